package timeline

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"math"
	"os"
	"path/filepath"
	"syscall"
	"unsafe"

	"peiban/internal/event"
	"peiban/internal/person"
)

// ErrSnapshot means a snapshot is missing, damaged, of another version or of another workspace. The caller
// rebuilds the timelines from the event log.
var ErrSnapshot = errors.New("no usable snapshot")

// The file: header, table of symbols, index of people, columns, each part on an 8-byte boundary, and at the end
// a CRC-32C of all before it. Numbers are little-endian, as memory is on every machine the product runs on.
const (
	magic   = 0x3156544e41424550 // "PEBANTV1"
	version = 3
)

type header struct {
	Magic     uint64
	Version   uint32
	Symbols   uint32
	Head      uint64
	People    uint64 // entries of the index
	Events    uint64
	Extras    uint64
	Fixes     uint64
	Workspace [32]byte
}

type span struct{ Start, Len, XStart, XLen, FStart, FLen uint64 }

// mapping stays mapped for the life of the process: timelines handed out point into it.
type mapping struct{ data []byte }

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save writes every timeline to path, atomically, readable by its owner only. Timelines published while it runs
// may or may not be part of it; events after its head are added again when it is loaded, by the caller.
func (s *Store) Save(path, workspace string) error {
	head := s.Head()
	n := s.Len()
	ts := make([]*Timeline, n)
	h := header{Magic: magic, Version: version, Head: uint64(head), People: uint64(n)}
	copy(h.Workspace[:], workspace)
	index := make([]span, n)
	for i := range ts {
		t := s.Of(person.Number(i)).upTo(head)
		ts[i] = t
		index[i] = span{h.Events, uint64(len(t.At)), h.Extras, uint64(len(t.Extra)), h.Fixes, uint64(len(t.Fixes))}
		h.Events += uint64(len(t.At))
		h.Extras += uint64(len(t.Extra))
		h.Fixes += uint64(len(t.Fixes))
	}
	names := event.Symbols()
	h.Symbols = uint32(len(names))

	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("create snapshot: %w", err)
	}
	defer os.Remove(f.Name()) //nolint:errcheck // once it has its own name there is nothing left to remove
	defer f.Close()           //nolint:errcheck // what it holds was synced before
	w := &sink{w: bufio.NewWriterSize(f, 1<<20), crc: crc32.New(castagnoli)}
	w.value(h)
	for _, name := range names {
		w.value(uint32(len(name)))
		w.bytes([]byte(name))
	}
	w.pad()
	raw(w, index)
	each := func(col func(*Timeline) []byte) {
		for _, t := range ts {
			w.bytes(col(t))
		}
		w.pad()
	}
	each(func(t *Timeline) []byte { return view(t.At) })
	each(func(t *Timeline) []byte { return view(t.Recv) })
	each(func(t *Timeline) []byte { return view(t.Seq) })
	each(func(t *Timeline) []byte { return view(t.Num) })
	each(func(t *Timeline) []byte { return view(t.Extra) })
	each(func(t *Timeline) []byte { return view(t.Fixes) })
	each(func(t *Timeline) []byte { return view(t.A) })
	each(func(t *Timeline) []byte { return view(t.B) })
	each(func(t *Timeline) []byte { return view(t.C) })
	each(func(t *Timeline) []byte { return view(t.Ext) })
	each(func(t *Timeline) []byte { return view(t.Type) })
	each(func(t *Timeline) []byte { return view(t.Flags) })
	sum := w.crc.Sum32()
	w.value(uint64(sum))
	if w.err == nil {
		w.err = w.w.Flush()
	}
	if w.err == nil {
		w.err = f.Chmod(0o600)
	}
	if w.err == nil {
		w.err = f.Sync()
	}
	if w.err == nil {
		w.err = os.Rename(f.Name(), path)
	}
	if w.err != nil {
		return fmt.Errorf("write snapshot: %w", w.err)
	}
	s.changed.Store(0)
	return nil
}

// upTo is t without events committed after head.
func (t *Timeline) upTo(head event.Seq) *Timeline {
	for _, q := range t.Seq {
		if q > head {
			return t.only(func(i int) bool { return t.Seq[i] <= head }, math.MaxInt64).known(head)
		}
	}
	return t
}

// known drops corrections committed after head.
func (t *Timeline) known(head event.Seq) *Timeline {
	fixes := t.Fixes
	t.Fixes = nil
	for i := range t.Flags {
		t.Flags[i] &^= event.Hidden
	}
	for _, f := range fixes {
		if f.By > head {
			continue
		}
		t.Fixes = append(t.Fixes, f)
		if i := t.Find(f.Of); i >= 0 {
			t.Flags[i] |= event.Hidden
		}
	}
	return t
}

// Open maps the snapshot at path. The error is ErrSnapshot when there is none to be used.
func Open(path, workspace string) (*Store, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	defer f.Close() //nolint:errcheck // it is only read
	st, err := f.Stat()
	if err != nil || st.Size() < int64(unsafe.Sizeof(header{}))+8 || st.Size()%8 != 0 {
		return nil, fmt.Errorf("%w: too short", ErrSnapshot)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(st.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	if err != nil {
		return nil, fmt.Errorf("%w: map: %w", ErrSnapshot, err)
	}
	m := &mapping{data}
	s, err := m.load(workspace)
	if err != nil {
		_ = syscall.Munmap(data) // nothing points into it
		return nil, err
	}
	return s, nil
}

func (m *mapping) load(workspace string) (*Store, error) {
	body, tail := m.data[:len(m.data)-8], m.data[len(m.data)-8:]
	if uint64(crc32.Checksum(body, castagnoli)) != binary.LittleEndian.Uint64(tail) {
		return nil, fmt.Errorf("%w: checksum does not match", ErrSnapshot)
	}
	var h header
	if _, err := binary.Decode(body, binary.LittleEndian, &h); err != nil || h.Magic != magic || h.Version != version {
		return nil, fmt.Errorf("%w: another version", ErrSnapshot)
	}
	var ws [32]byte
	copy(ws[:], workspace)
	if h.Workspace != ws {
		return nil, fmt.Errorf("%w: another workspace", ErrSnapshot)
	}
	at := binary.Size(h)
	translate := make([]event.Symbol, h.Symbols)
	same := true
	for i := range translate {
		if at+4 > len(body) {
			return nil, fmt.Errorf("%w: cut short", ErrSnapshot)
		}
		n := int(binary.LittleEndian.Uint32(body[at:]))
		if at += 4; at+n > len(body) {
			return nil, fmt.Errorf("%w: cut short", ErrSnapshot)
		}
		translate[i] = event.Intern(string(body[at : at+n]))
		same = same && translate[i] == event.Symbol(i)
		at += n
	}
	r := &source{data: body, at: (at + 7) &^ 7}
	index := take[span](r, h.People)
	all := Timeline{
		At: take[int64](r, h.Events), Recv: take[int64](r, h.Events), Seq: take[event.Seq](r, h.Events),
		Num: take[float64](r, h.Events), Extra: take[float64](r, h.Extras), Fixes: take[Fix](r, h.Fixes),
		A: take[event.Symbol](r, h.Events), B: take[event.Symbol](r, h.Events), C: take[event.Symbol](r, h.Events),
		Ext: take[uint32](r, h.Events), Type: take[event.Type](r, h.Events), Flags: take[event.Flags](r, h.Events),
	}
	if r.short {
		return nil, fmt.Errorf("%w: cut short", ErrSnapshot)
	}
	if !same { // private mapping: our copy changes, the file does not
		for _, col := range [][]event.Symbol{all.A, all.B, all.C} {
			for i, y := range col {
				if int(y) >= len(translate) {
					return nil, fmt.Errorf("%w: unknown symbol", ErrSnapshot)
				}
				col[i] = translate[y]
			}
		}
	}
	s := &Store{base: m}
	for i, p := range index {
		if p.Start+p.Len > h.Events || p.XStart+p.XLen > h.Extras || p.FStart+p.FLen > h.Fixes {
			return nil, fmt.Errorf("%w: index leads outside", ErrSnapshot)
		}
		if p.Len > 0 {
			s.Put(person.Number(i), all.part(p))
		}
	}
	s.head.Store(h.Head)
	return s, nil
}

// part cuts one person's rows out of the base; their capacity ends with them, so that adding copies them first.
func (t *Timeline) part(p span) *Timeline {
	a, b, xa, xb := p.Start, p.Start+p.Len, p.XStart, p.XStart+p.XLen
	fa, fb := p.FStart, p.FStart+p.FLen
	return &Timeline{
		At: t.At[a:b:b], Recv: t.Recv[a:b:b], Seq: t.Seq[a:b:b], Type: t.Type[a:b:b], Flags: t.Flags[a:b:b],
		Num: t.Num[a:b:b], A: t.A[a:b:b], B: t.B[a:b:b], C: t.C[a:b:b], Ext: t.Ext[a:b:b], Extra: t.Extra[xa:xb:xb],
		Fixes: t.Fixes[fa:fb:fb],
	}
}

type sink struct {
	w   *bufio.Writer
	crc hash.Hash32
	n   int
	err error
}

func (w *sink) bytes(b []byte) {
	if w.err != nil {
		return
	}
	w.crc.Write(b)
	w.n += len(b)
	_, w.err = w.w.Write(b)
}

func (w *sink) value(v any) {
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.bytes(b)
}

func (w *sink) pad() { w.bytes(make([]byte, -w.n&7)) }

func raw[T any](w *sink, s []T) { w.bytes(view(s)) }

// view is a column as bytes, without copying it.
func view[T any](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

type source struct {
	data  []byte
	at    int
	short bool
}

// take is the next n values as a column over the mapped bytes.
func take[T any](r *source, n uint64) []T {
	var zero T
	size := int(n) * int(unsafe.Sizeof(zero))
	if n > uint64(len(r.data)) || r.at+size > len(r.data) {
		r.short = true
		return nil
	}
	if n == 0 {
		return nil
	}
	s := unsafe.Slice((*T)(unsafe.Pointer(&r.data[r.at])), n)
	r.at = (r.at + size + 7) &^ 7
	return s
}
