package timeline

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"peiban/internal/event"
	"peiban/internal/person"
)

// town is a store of people with histories of different lengths: enough for several blocks, some of them empty.
func town(people int) (*Store, event.Seq) {
	s := NewStore()
	r := rand.New(rand.NewPCG(3, 4))
	q := event.Seq(0)
	tls := make([]Timeline, people)
	for range people * 8 {
		n := r.IntN(people)
		if n/blockPeople == 1 { // nobody in the second block
			continue
		}
		q++
		e := reading(q, 1_760_000_000_000_000+int64(q)*60_000_000-int64(r.IntN(40))*600_000_000, float64(r.IntN(200))/10)
		if tls[n].Len() > 0 && r.IntN(10) == 0 {
			e.Supersedes, e.X = tls[n].Seq[r.IntN(tls[n].Len())], []float64{1.25, float64(n)}
		}
		tls[n].Add(e)
	}
	for n := range tls {
		if tls[n].Len() > 0 {
			s.Put(person.Number(n), &tls[n])
		}
	}
	s.SetHead(q, int(q))
	return s, q
}

func saved(t *testing.T, people int) (path string, s *Store) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "t.snapshot")
	s, _ = town(people)
	if err := s.Save(path, "ws"); err != nil {
		t.Fatal(err)
	}
	return path, s
}

// reseal makes the checksums of a changed file right again, so that what lies behind them is met.
func reseal(b []byte) []byte {
	binary.LittleEndian.PutUint32(b[headSize-4:], crc32.Checksum(b[:headSize-4], castagnoli))
	at := len(b) - tailSize
	t, _ := decodeTail(b[at:])
	if t.names <= t.table && t.table <= uint64(at) && t.blocks <= uint64(at)/entrySize {
		for i := range t.blocks {
			if uint64(at)-t.table < (i+1)*entrySize {
				break
			}
			row := b[t.table+i*entrySize:]
			if e := decodeEntry(row); e.off <= uint64(at) && e.size <= uint64(at)-e.off {
				binary.LittleEndian.PutUint32(row[16:], crc32.Checksum(b[e.off:e.off+e.size], castagnoli))
			}
		}
		binary.LittleEndian.PutUint32(b[at+72:], crc32.Checksum(b[t.names:at], castagnoli))
	}
	binary.LittleEndian.PutUint32(b[len(b)-4:], crc32.Checksum(b[at:len(b)-4], castagnoli))
	return b
}

func TestASnapshotIsWhatWasSaved(t *testing.T) {
	path, _ := saved(t, 300)
	want, head := town(300)
	got, err := Open(path, "ws")
	if err != nil {
		t.Fatal(err)
	}
	if got.Head() != head || got.Changed() != 0 {
		t.Errorf("head %d, %d changed", got.Head(), got.Changed())
	}
	for n := range person.Number(300) {
		if d := same(nil, want.Of(n), got.Of(n)); d != "" {
			t.Fatalf("person %d: %s came back otherwise", n, d)
		}
	}
	if got.Of(5000) != empty || got.Of(blockPeople+3).Len() != 0 {
		t.Error("somebody without events has some")
	}
	if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: a snapshot holds health data", st.Mode())
	}
	if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSymbolsAreReadByTheirNames(t *testing.T) {
	path, s := saved(t, 40)
	b, _ := os.ReadFile(path)
	at := slices.Index(b, 'f') // "fasting", the only name
	for i := range b {
		if string(b[i:min(i+7, len(b))]) == "fasting" {
			at = i
		}
	}
	copy(b[at:], "bedtime")
	if err := os.WriteFile(path, reseal(b), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Open(path, "ws")
	if err != nil {
		t.Fatal(err)
	}
	n := person.Number(0)
	for s.Of(n).Len() == 0 {
		n++
	}
	if y := got.Of(n).A[0].String(); y != "bedtime" {
		t.Errorf("symbol %q: numbers of one process were taken for those of another", y)
	}
	if strings.Count(string(b), "after_breakfast_2h") != 0 {
		t.Error("a name nobody has is in the file")
	}
}

// refused opens a file of these bytes and tells whether it was refused as it should be, without taking memory that
// the file does not warrant.
func refused(t *testing.T, path string, b []byte) bool {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	s, err := Open(path, "ws")
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 4<<20 {
		t.Errorf("a file of %d bytes took %d MB", len(b), took>>20)
	}
	if err == nil {
		for n := range person.Number(s.Len()) {
			s.Of(n)
		}
		return false
	}
	if !errors.Is(err, ErrSnapshot) {
		t.Errorf("not ErrSnapshot: %v", err)
	}
	return true
}

func TestEveryByteIsUnderAChecksum(t *testing.T) {
	path, _ := saved(t, 100)
	whole, _ := os.ReadFile(path)
	other := filepath.Join(t.TempDir(), "x")
	r := rand.New(rand.NewPCG(5, 6))
	places := r.Perm(len(whole))[:300]
	for i := range headSize {
		places = append(places, i)
	}
	for i := range tailSize {
		places = append(places, len(whole)-1-i)
	}
	for _, i := range places {
		b := slices.Clone(whole)
		b[i] ^= 1 << r.IntN(8)
		if !refused(t, other, b) {
			t.Errorf("byte %d of %d was changed and nobody noticed", i, len(whole))
		}
	}
	for _, cut := range []int{0, 1, headSize - 1, headSize, headSize + tailSize, len(whole) / 2, len(whole) - tailSize, len(whole) - 1} {
		if !refused(t, other, whole[:cut]) {
			t.Errorf("%d of %d bytes were taken for a snapshot", cut, len(whole))
		}
	}
	tl, _ := decodeTail(whole[len(whole)-tailSize:])
	for i := range tl.blocks { // cut where a part ends, with the tail put behind it
		e := decodeEntry(whole[tl.table+i*entrySize:])
		if !refused(t, other, append(slices.Clone(whole[:e.off]), whole[len(whole)-tailSize:]...)) {
			t.Errorf("a file cut at block %d was taken", i)
		}
	}
	if !refused(t, other, append(slices.Clone(whole), 0)) {
		t.Error("a byte too many was not noticed")
	}
	if refused(t, other, whole) {
		t.Error("the file itself was refused")
	}
}

// TestAFileThatLies has right checksums and wrong contents.
func TestAFileThatLies(t *testing.T) {
	path, _ := saved(t, 100)
	whole, _ := os.ReadFile(path)
	at := len(whole) - tailSize
	tl, _ := decodeTail(whole[at:])
	other := filepath.Join(t.TempDir(), "x")
	if refused(t, other, reseal(slices.Clone(whole))) {
		t.Fatal("sealed again, the file itself is refused: the test tests nothing")
	}
	for k := 1; k < 9; k++ { // every field of the tail but the head, which is any number
		for _, v := range []uint64{0, 1, 1 << 20, 1 << 32, 1 << 62, 1<<64 - 1, 1<<64 - tailSize, binary.LittleEndian.Uint64(whole[at+8*k:]) + 1} {
			b := slices.Clone(whole)
			if binary.LittleEndian.Uint64(b[at+8*k:]) == v {
				continue
			}
			binary.LittleEndian.PutUint64(b[at+8*k:], v)
			took := !refused(t, other, reseal(b))
			if fewer := k == 1 && v < 100; took && !fewer { // fewer people than there are is a smaller town
				t.Errorf("field %d of the tail: %d was believed", k, v)
			}
		}
	}
	for i := range tl.blocks {
		for k := 0; k < 24; k += 8 {
			for _, v := range []uint64{0, 7, 1 << 33, 1<<64 - 1} {
				b := slices.Clone(whole)
				binary.LittleEndian.PutUint64(b[tl.table+i*entrySize+uint64(k):], v<<(32*uint64(k/16)))
				if !refused(t, other, reseal(b)) && k < 16 {
					t.Errorf("block %d, field at %d: %d was believed", i, k, v)
				}
			}
		}
	}
	first := decodeEntry(whole[tl.table:])
	for place := range blockPeople {
		for _, v := range []uint64{0, 1 << 20, 1 << 40, 1<<64 - 1} {
			b := slices.Clone(whole)
			binary.LittleEndian.PutUint64(b[first.off+uint64(place)*8:], v)
			if !refused(t, other, reseal(b)) {
				t.Errorf("a record that ends at %d was believed", v)
			}
		}
	}
	b := slices.Clone(whole)
	b[tl.names+1] = 0xff // the first name but the empty one
	if !refused(t, other, reseal(b)) {
		t.Error("a name longer than all names was believed")
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 300 { // anything at all in the blocks: what is not refused can be read
		b := slices.Clone(whole)
		for range 8 {
			b[headSize+r.IntN(int(tl.names)-headSize)] = byte(r.Uint32())
		}
		refused(t, other, reseal(b))
	}
}

func TestAFileOfSomethingElse(t *testing.T) {
	path, _ := saved(t, 10)
	whole, _ := os.ReadFile(path)
	other := filepath.Join(t.TempDir(), "x")
	older := slices.Clone(whole)
	binary.LittleEndian.PutUint32(older[8:], 3)
	tests := []struct {
		name  string
		bytes []byte
		id    string
		says  string
	}{
		{"an older version, sound in itself", reseal(older), "ws", "version 3"},
		{"a database", append([]byte("SQLite format 3\x00"), make([]byte, 8192)...), "ws", "not a snapshot"},
		{"nothing but noughts", make([]byte, 8192), "ws", "not a snapshot"},
		{"another workspace", whole, "another", "another workspace"},
		{"nothing", nil, "ws", "too short"},
		{"half of one", whole[:len(whole)/2], "ws", "cut short"},
	}
	for _, tt := range tests {
		if err := os.WriteFile(other, tt.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(other, tt.id)
		if !errors.Is(err, ErrSnapshot) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), "ws"); !errors.Is(err, ErrSnapshot) {
		t.Errorf("no file at all: %v", err)
	}
}

// brittle is a file that breaks at its k-th call.
type brittle struct {
	file
	left *int
}

var errBroken = errors.New("the disk is full")

func (b brittle) breaks() bool { *b.left--; return *b.left < 0 }

func (b brittle) Write(p []byte) (int, error) {
	if b.breaks() {
		n, _ := b.file.Write(p[:len(p)/2])
		return n, errBroken
	}
	return b.file.Write(p)
}

func (b brittle) Chmod(m os.FileMode) error {
	if b.breaks() {
		return errBroken
	}
	return b.file.Chmod(m)
}

func (b brittle) Sync() error {
	if b.breaks() {
		return errBroken
	}
	return b.file.Sync()
}

func (b brittle) Close() error {
	if b.breaks() {
		_ = b.file.Close()
		return errBroken
	}
	return b.file.Close()
}

var _ io.Writer = brittle{}

func TestASaveThatBreaksLeavesTheOldFile(t *testing.T) {
	path, s := saved(t, 100)
	old, _ := os.ReadFile(path)
	before := s.Of(1)
	s.Put(1, s.Of(1).With(reading(1_000_000, 1_860_000_000_000_000, 5)))
	s.SetHead(1_000_000, 1)
	broke := 0
	for k := 0; ; k++ {
		left := k
		s.create = func(dir, pattern string) (file, error) {
			f, err := createTemp(dir, pattern)
			return brittle{f, &left}, err
		}
		err := s.Save(path, "ws")
		if err == nil {
			break
		}
		broke++
		if !errors.Is(err, errBroken) {
			t.Fatal(err)
		}
		if now, _ := os.ReadFile(path); !slices.Equal(now, old) {
			t.Fatalf("call %d broke, and with it the old file", k)
		}
		if left, _ := filepath.Glob(path + ".*"); len(left) > 0 {
			t.Fatalf("call %d broke and left %v", k, left)
		}
		if s.Of(1).Len() != before.Len()+1 || s.Changed() != 1 || s.touched != nil {
			t.Fatalf("call %d broke, and with it the store", k)
		}
	}
	if broke < 4 { // mode, a write, sync, close
		t.Errorf("only %d calls could break", broke)
	}
	again, err := Open(path, "ws")
	if err != nil || again.Of(1).Len() != before.Len()+1 || again.Head() != 1_000_000 {
		t.Errorf("after all that the save is not whole: %v", err)
	}
}
