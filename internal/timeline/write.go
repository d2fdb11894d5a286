package timeline

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"peiban/internal/event"
	"peiban/internal/person"
)

// file is what is asked of a file while it is written; tests have one that fails.
type file interface {
	io.Writer
	Name() string
	Chmod(os.FileMode) error
	Sync() error
	Close() error
}

func createTemp(dir, pattern string) (file, error) { return os.CreateTemp(dir, pattern) }

// writer writes a snapshot from front to back.
type writer struct {
	w     *bufio.Writer
	at    uint64
	p     packer
	block []byte
	place int // people in the block so far
	count uint32
	table []blockEntry
	tail  tail
	names []event.Symbol // the dictionary
	codes []uint32       // by symbol, plus one; 0: not in the dictionary yet
}

// newWriter begins a file. It takes over the dictionary of old, so that old's records can be copied as they are.
func newWriter(w io.Writer, id workspaceID, old *base) *writer {
	out := &writer{w: bufio.NewWriterSize(w, 1<<20)}
	out.code(0) // the commonest, as the smallest number
	if old != nil {
		out.names = out.names[:0]
		for i, y := range old.names {
			out.give(y, uint32(i))
		}
	}
	out.put(encodeHead(id))
	out.begin()
	return out
}

// put writes b; an error stays in the bufio.Writer and comes out in finish.
func (w *writer) put(b []byte) {
	n, _ := w.w.Write(b)
	w.at += uint64(n)
}

func (w *writer) begin() {
	w.block = append(w.block[:0], make([]byte, blockPeople*8)...)
	w.place, w.count = 0, 0
}

// code is the number of y in the file.
func (w *writer) code(y event.Symbol) uint32 {
	if int(y) < len(w.codes) && w.codes[y] != 0 {
		return w.codes[y] - 1
	}
	return w.give(y, uint32(len(w.names)))
}

func (w *writer) give(y event.Symbol, code uint32) uint32 {
	if int(y) >= len(w.codes) {
		w.codes = append(w.codes, make([]uint32, int(y)+1-len(w.codes))...)
	}
	w.names, w.codes[y] = append(w.names, y), code+1
	return code
}

// add writes the next person.
func (w *writer) add(t *Timeline) error {
	w.p.out = w.p.out[:0]
	w.p.pack(t, w.code)
	return w.copy(w.p.out, t.Len())
}

// copy writes the next person from a record with the numbers of this file.
func (w *writer) copy(record []byte, events int) error {
	w.block = append(w.block, record...)
	binary.LittleEndian.PutUint64(w.block[w.place*8:], uint64(len(w.block)))
	if uint64(w.count)+uint64(events) > math.MaxUint32 {
		return fmt.Errorf("a block of more than %d events", uint32(math.MaxUint32))
	}
	w.count += uint32(events)
	w.tail.people++
	if w.place++; w.place == blockPeople {
		w.end()
	}
	return nil
}

// whole writes all people of a block as they are in old; the block before must be complete.
func (w *writer) whole(old *base, i int) {
	e := old.table[i]
	w.table = append(w.table, blockEntry{off: w.at, size: e.size, crc: e.crc, events: e.events})
	w.tail.people, w.tail.events = w.tail.people+blockPeople, w.tail.events+uint64(e.events)
	w.put(old.data[e.off : e.off+e.size])
}

// end writes the block.
func (w *writer) end() {
	for ; w.place < blockPeople; w.place++ {
		binary.LittleEndian.PutUint64(w.block[w.place*8:], uint64(len(w.block)))
	}
	w.block = append(w.block, make([]byte, pad)...)
	w.table = append(w.table, blockEntry{w.at, uint64(len(w.block)), crc32.Checksum(w.block, castagnoli), w.count})
	w.tail.events += uint64(w.count)
	w.put(w.block)
	w.begin()
}

// packed is a block ready to be written.
type packed struct {
	data   []byte
	events uint32
	err    error
}

// blocks writes everybody, and what comes after the blocks. Several goroutines pack; every symbol that of gives has its
// number in w already.
func (w *writer) blocks(people int, of func(room *Timeline, n person.Number) *Timeline, head event.Seq) error {
	ready := make(chan chan packed, 4*runtime.GOMAXPROCS(0)) // in order
	type job struct {
		first int
		to    chan packed
	}
	jobs := make(chan job)
	var packing sync.WaitGroup
	defer packing.Wait()
	stop := make(chan struct{})
	defer close(stop)
	for range runtime.GOMAXPROCS(0) {
		packing.Go(func() {
			var p packer
			var room Timeline
			for j := range jobs {
				j.to <- w.pack(&p, j.first, people, func(n person.Number) *Timeline { return of(&room, n) })
			}
		})
	}
	go func() {
		defer close(ready)
		defer close(jobs)
		for first := 0; first < people; first += blockPeople {
			j := job{first, make(chan packed, 1)}
			select {
			case ready <- j.to:
			case <-stop:
				return
			}
			jobs <- j
		}
	}()
	for to := range ready {
		b := <-to
		if b.err != nil {
			return b.err
		}
		w.table = append(w.table, blockEntry{w.at, uint64(len(b.data)), crc32.Checksum(b.data, castagnoli), b.events})
		w.tail.events += uint64(b.events)
		w.put(b.data)
	}
	w.tail.people = uint64(people)
	return w.finish(head)
}

// pack makes a block of the people from first on. It changes nothing of w.
func (w *writer) pack(p *packer, first, people int, of func(person.Number) *Timeline) packed {
	p.out = append(p.out[:0], make([]byte, blockPeople*8)...)
	events := 0
	for place := range blockPeople {
		if n := first + place; n < people {
			t := of(person.Number(n))
			p.pack(t, func(y event.Symbol) uint32 { return w.codes[y] - 1 })
			events += t.Len()
		}
		binary.LittleEndian.PutUint64(p.out[place*8:], uint64(len(p.out)))
	}
	if uint64(events) > math.MaxUint32 {
		return packed{err: fmt.Errorf("a block of more than %d events", uint32(math.MaxUint32))}
	}
	return packed{data: slices.Concat(p.out, make([]byte, pad)), events: uint32(events)}
}

// finish writes what comes after the blocks.
func (w *writer) finish(head event.Seq) error {
	if w.place > 0 {
		w.end()
	}
	var rest []byte
	for _, y := range w.names {
		name := y.String()
		rest = binary.AppendUvarint(rest, uint64(len(name)))
		rest = append(rest, name...)
	}
	t := &w.tail
	t.head, t.names, t.namesSize, t.count = uint64(head), w.at, uint64(len(rest)), uint64(len(w.names))
	t.table, t.blocks = t.names+t.namesSize, uint64(len(w.table))
	for _, e := range w.table {
		rest = e.encode(rest)
	}
	t.crc = crc32.Checksum(rest, castagnoli)
	w.put(rest)
	t.size = w.at + tailSize
	w.put(t.encode())
	return w.w.Flush()
}

// Write makes a snapshot of what of gives for the numbers below people: for who has the timelines in the order of
// people and not in that of commits.
func Write(path, workspace string, head event.Seq, people int, of func(person.Number) *Timeline) error {
	err := replace(path, createTemp, func(out io.Writer) error {
		w := newWriter(out, workspaceOf(workspace), nil)
		for n := range person.Number(people) {
			if err := w.add(of(n)); err != nil {
				return err
			}
		}
		return w.finish(head)
	})
	if err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}

// replace writes a file at path in one step: whoever opens path finds the old one or the new one, also after a crash.
func replace(path string, create func(dir, pattern string) (file, error), fill func(io.Writer) error) (err error) {
	f, err := create(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("create a file beside it: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := f.Chmod(0o600); err != nil { // before there is anything in it
		return err
	}
	if err := fill(f); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
