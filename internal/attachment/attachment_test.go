package attachment

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"peiban/internal/workspace/keys"
)

func sealer(t *testing.T) *keys.Sealer {
	t.Helper()
	m, err := keys.Create(t.TempDir() + "/key")
	if err != nil {
		t.Fatal(err)
	}
	ring, err := m.Ring(1, m.NewWorkspaceKey(1))
	if err != nil {
		t.Fatal(err)
	}
	s, err := ring.Person(7, ring.NewPersonKey(7))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFileComesBackAsItWas(t *testing.T) {
	s, key := Shelf{t.TempDir()}, sealer(t)
	p := Place{1, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAA"}
	for _, n := range []int{6, first, first + 1, piece - 1, piece, piece + 1, 2 * piece, 3*piece + 17, Largest} {
		b := append([]byte("%PDF-"), bytes.Repeat([]byte{'x'}, n-5)...)
		b[n-1] = 'z'
		size, media, err := s.Put(t.Context(), p, key, bytes.NewReader(b))
		if err != nil || size != int64(n) || media != "application/pdf" {
			t.Fatalf("%d bytes: %d %s %v", n, size, media, err)
		}
		var out bytes.Buffer
		if err := s.Write(t.Context(), &out, p, key); err != nil || !bytes.Equal(out.Bytes(), b) {
			t.Fatalf("%d bytes: %d came back, %v", n, out.Len(), err)
		}
		s.Drop(p)
	}
	if _, _, err := s.Put(t.Context(), p, key, strings.NewReader("%PDF-"+strings.Repeat("x", Largest))); !errors.Is(err, ErrLarge) || s.Has(p) {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestDamageIsSeen(t *testing.T) {
	s, key := Shelf{t.TempDir()}, sealer(t)
	p := Place{1, "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAA"}
	if _, _, err := s.Put(t.Context(), p, key, strings.NewReader("%PDF-"+strings.Repeat("x", 2*piece))); err != nil {
		t.Fatal(err)
	}
	path, _ := s.path(p)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	one := len(whole) - 2*4
	for name, b := range map[string][]byte{
		"empty": nil, "cut": whole[:len(whole)-1], "a bit": append(bytes.Clone(whole[:100]), append([]byte{whole[100] ^ 1}, whole[101:]...)...),
		"a piece less": whole[:pieceEnd(whole)], "the length": append([]byte{0xff}, whole[1:one]...),
	} {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Write(t.Context(), new(bytes.Buffer), p, key); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(t.Context(), new(bytes.Buffer), p, sealer(t)); !errors.Is(err, ErrDamaged) {
		t.Errorf("another's key: %v", err)
	}
	if err := s.Clear(1, p.Person); err != nil || s.Has(p) {
		t.Errorf("cleared: %v", err)
	}
}

// pieceEnd is where the second of the sealed pieces ends.
func pieceEnd(b []byte) int {
	at := 0
	for range 2 {
		at += 4 + int(b[at+1])<<16 + int(b[at+2])<<8 + int(b[at+3])
	}
	return at
}

func TestNames(t *testing.T) {
	for name, want := range map[string]string{
		"化验单 2026.pdf": "化验单 2026.pdf", "../../etc/passwd": "passwd.pdf", `C:\boot.ini`: "boot.pdf", "": "report.pdf", "...": "report.pdf",
		"a\u202efdp.exe": "afdp.pdf", "a\r\nSet-Cookie: x": "aSet-Cookie x.pdf", `"><script>.html`: "script.pdf", strings.Repeat("长", 300): strings.Repeat("长", longestName) + ".pdf",
	} {
		if got := Name(name, "application/pdf"); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestNothingOutsideTheFolder(t *testing.T) {
	s := Shelf{t.TempDir()}
	for _, id := range []string{"", "..", "../../../../../../etc/passwd", "01ARZ3NDEKTSV4RRFFQ69G5FA/", "01arz3ndektsv4rrffq69g5faa"} {
		if _, err := s.path(Place{1, "01ARZ3NDEKTSV4RRFFQ69G5FAV", id}); !errors.Is(err, ErrNone) {
			t.Errorf("%q names a file", id)
		}
	}
}

func TestSniff(t *testing.T) {
	for _, b := range []string{"", "%PD", "<html>", "<svg xmlns", "MZ\x90", "PK\x03\x04", "GIF89a", "RIFF1234WAVE"} {
		if m := Sniff([]byte(b)); m != "" {
			t.Errorf("%q is %s", b, m)
		}
	}
	if Sniff(append(make([]byte, 128), "DICM"...)) != "application/dicom" || Sniff([]byte("\x00\x00\x00\x18ftypheic")) != "image/heic" {
		t.Error("an image of a scanner or a phone is not known")
	}
}
