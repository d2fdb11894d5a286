package programme_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	"peiban/internal/fault"
	"peiban/internal/programme"
)

type entry struct {
	name, text string
	mode       fs.FileMode
}

func packed(t *testing.T, entries ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(e.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func unpacked(b []byte) (programme.Files, error) {
	return programme.ReadArchive(bytes.NewReader(b), int64(len(b)))
}

func TestAProgrammeComesBackFromItsArchive(t *testing.T) {
	f := diabetes(t)
	var b bytes.Buffer
	if err := f.Archive(&b, "diabetes", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	back, err := unpacked(b.Bytes())
	if err != nil || !maps.Equal(back, f) {
		t.Errorf("%v, %d of %d files", err, len(back), len(f))
	}
	var again bytes.Buffer
	_ = f.Archive(&again, "diabetes", time.Unix(0, 0))
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("the same files give other bytes")
	}
}

func TestAnArchiveIsReadHoweverTheFolderWasPacked(t *testing.T) {
	head := "key: a\n"
	for name, tt := range map[string]struct {
		entries []entry
		has     string
	}{
		"the files themselves":            {[]entry{{"programme.yaml", head, 0}, {"tags/x.yaml", "y", 0}}, "tags/x.yaml"},
		"their folder":                    {[]entry{{"a/", "", fs.ModeDir | 0o755}, {"a/programme.yaml", head, 0}, {"a/tags/x.yaml", "y", 0}}, "tags/x.yaml"},
		"with the shared parts beside it": {[]entry{{"p/a/programme.yaml", head, 0}, {"p/common/contact/part.yaml", "name: x", 0}}, "common/contact/part.yaml"},
		"with what a Mac adds":            {[]entry{{"a/programme.yaml", head, 0}, {"a/tags.yaml", "y", 0}, {"__MACOSX/a/._tags.yaml", "\x00", 0}, {"a/.DS_Store", "\x00", 0}}, "tags.yaml"},
	} {
		f, err := unpacked(packed(t, tt.entries...))
		if err != nil || f[tt.has] == "" || f["programme.yaml"] != head || len(f) != 2 && len(f) != 1 {
			t.Errorf("%s: %v %v", name, err, f.Paths())
		}
	}
}

func TestAnArchiveThatIsNoProgrammeIsRefused(t *testing.T) {
	head := entry{"programme.yaml", "key: a\n", 0}
	many := []entry{head}
	for i := range 1001 {
		many = append(many, entry{fmt.Sprintf("content/t%d.md", i), "x", 0})
	}
	var total []entry
	for i := range 40 {
		total = append(total, entry{fmt.Sprintf("tests/t%d.yaml", i), strings.Repeat("x", 250<<10), 0})
	}
	for name, tt := range map[string]struct {
		body []byte
		code string
		says string // the entry it names
	}{
		"no zip":                       {[]byte("PK but no"), "bad_archive", ""},
		"nothing":                      {nil, "bad_archive", ""},
		"no programme.yaml":            {packed(t, entry{"a/tags.yaml", "x", 0}), "no_programme_yaml", ""},
		"a path out of it":             {packed(t, head, entry{"../../etc/passwd", "x", 0}), "bad_archive_path", "../../etc/passwd"},
		"an absolute path":             {packed(t, head, entry{"/etc/passwd", "x", 0}), "bad_archive_path", "/etc/passwd"},
		"a path of another system":     {packed(t, head, entry{`a\..\b.yaml`, "x", 0}), "bad_archive_path", `a\..\b.yaml`},
		"a drive":                      {packed(t, head, entry{"C:/x.yaml", "x", 0}), "bad_archive_path", "C:/x.yaml"},
		"a link":                       {packed(t, head, entry{"tags.yaml", "/etc/passwd", fs.ModeSymlink | 0o777}), "bad_archive_entry", "tags.yaml"},
		"a device":                     {packed(t, head, entry{"tags.yaml", "", fs.ModeDevice | 0o777}), "bad_archive_entry", "tags.yaml"},
		"a file of another kind":       {packed(t, head, entry{"run.sh", "x", 0}), "bad_file_path", "run.sh"},
		"two programmes":               {packed(t, entry{"a/programme.yaml", "x", 0}, entry{"b/programme.yaml", "x", 0}), "two_in_archive", ""},
		"the same file twice":          {packed(t, head, entry{"tags.yaml", "x", 0}, entry{"tags.yaml", "y", 0}), "two_in_archive", "tags.yaml"},
		"another folder beside it":     {packed(t, entry{"a/programme.yaml", "x", 0}, entry{"b/tags.yaml", "x", 0}), "bad_file_path", "b/tags.yaml"},
		"a file too large":             {packed(t, head, entry{"tags.yaml", strings.Repeat("x", 257<<10), 0}), "programme_too_large", "tags.yaml"},
		"too many files":               {packed(t, many...), "programme_too_large", ""},
		"too much in all, well packed": {packed(t, append([]entry{head}, total...)...), "programme_too_large", ""},
		"no text":                      {packed(t, head, entry{"tags.yaml", "\xff\xfe\x00", 0}), "bad_archive_text", "tags.yaml"},
	} {
		_, err := unpacked(tt.body)
		f := fault.Of(err)
		if f == nil || f.Code != tt.code || !strings.Contains(f.Text.En, tt.says) || !strings.Contains(f.Text.Zh, tt.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A bomb says that it is small: what comes out is counted, not what the archive says.
func TestAnArchiveIsNotBelievedAboutItsSize(t *testing.T) {
	b := packed(t, entry{"programme.yaml", "key: a\n", 0}, entry{"tags.yaml", strings.Repeat("x", 5<<20), 0})
	for _, at := range []string{"PK\x01\x02", "PK\x03\x04"} { // the size of the second entry, in the directory and before it
		i := bytes.LastIndex(b, []byte(at))
		size := map[string]int{"PK\x01\x02": 24, "PK\x03\x04": 22}[at]
		copy(b[i+size:], []byte{1, 0, 0, 0})
	}
	if _, err := unpacked(b); err == nil || !errors.Is(err, programme.ErrArchive) && fault.Of(err).Code != "programme_too_large" {
		t.Errorf("%v", err)
	}
}

func TestADamagedEntryIsNamed(t *testing.T) {
	b := packed(t, entry{"programme.yaml", "key: a\n", 0}, entry{"tags.yaml", "when: true and some more", 0})
	i := bytes.LastIndex(b, []byte("PK\x01\x02"))
	b[i+16] ^= 0xff // its checksum in the directory
	if _, err := unpacked(b); !errors.Is(err, programme.ErrArchive) || !strings.Contains(fault.Of(err).Text.En, "tags.yaml") {
		t.Errorf("%v", err)
	}
}
