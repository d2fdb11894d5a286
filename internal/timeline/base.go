package timeline

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"
	"syscall"

	"peiban/internal/event"
	"peiban/internal/person"
)

// base is a snapshot mapped into memory. It does not change. The mapping ends when nothing refers to the base any
// more: whoever reads from data keeps the base alive until then.
type base struct {
	serial uint64 // of all bases of the process
	data   []byte
	tail   tail
	table  []blockEntry
	names  []event.Symbol // the file's symbols as this process numbers them
}

var serials atomic.Uint64

// Open maps the snapshot at path. The error is ErrSnapshot when there is none to be used. Everything in the file is
// read once, on all cores: a checksum of each part, and each record taken apart.
func Open(path, workspace string) (*Store, error) {
	b, err := openBase(path, workspaceOf(workspace))
	if err != nil {
		return nil, err
	}
	if err := b.verify(); err != nil {
		return nil, err
	}
	s := NewStore()
	s.gen.Store(newGeneration(b, int(b.tail.people)))
	s.head.Store(b.tail.head)
	return s, nil
}

// openBase maps a file and reads all of it but the blocks.
func openBase(path string, w workspaceID) (*base, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: there is none yet", ErrSnapshot)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSnapshot, err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil || st.Size() < headSize+tailSize {
		return nil, fmt.Errorf("%w: too short", ErrSnapshot)
	}
	data, err := syscall.Mmap(int(f.Fd()), 0, int(st.Size()), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("%w: map: %w", ErrSnapshot, err)
	}
	b := &base{serial: serials.Add(1), data: data}
	runtime.AddCleanup(b, func(data []byte) { _ = syscall.Munmap(data) }, data)
	if err := b.read(w); err != nil {
		return nil, err
	}
	return b, nil
}

// read looks at head, tail, names and table.
func (b *base) read(w workspaceID) error {
	head, size := b.data[:headSize], uint64(len(b.data))
	switch v := binary.LittleEndian.Uint32(head[8:]); {
	case binary.LittleEndian.Uint64(head) != magic:
		return fmt.Errorf("%w: not a snapshot of timelines", ErrSnapshot)
	case v != version:
		return fmt.Errorf("%w: written as version %d, this is version %d", ErrSnapshot, v, version)
	case binary.LittleEndian.Uint32(head[headSize-4:]) != crc32.Checksum(head[:headSize-4], castagnoli):
		return fmt.Errorf("%w: its head is damaged", ErrSnapshot)
	case workspaceID(head[12:12+len(w)]) != w:
		return fmt.Errorf("%w: another workspace's", ErrSnapshot)
	}
	t, ok := decodeTail(b.data[size-tailSize:])
	if !ok || t.size != size {
		return fmt.Errorf("%w: cut short, or its end is damaged", ErrSnapshot)
	}
	// Each part ends where the next begins. Sizes are compared by what is left, so that none can wrap around.
	if t.names < headSize || t.names > size-tailSize || t.namesSize > size-tailSize-t.names || t.table != t.names+t.namesSize ||
		t.blocks != (size-tailSize-t.table)/entrySize || (size-tailSize-t.table)%entrySize != 0 ||
		t.people > t.blocks*blockPeople || t.count > t.namesSize {
		return fmt.Errorf("%w: its parts do not fit together", ErrSnapshot)
	}
	if crc32.Checksum(b.data[t.names:size-tailSize], castagnoli) != t.crc {
		return fmt.Errorf("%w: its table is damaged", ErrSnapshot)
	}
	b.tail = t
	at, events := uint64(headSize), uint64(0)
	b.table = make([]blockEntry, t.blocks)
	for i := range b.table {
		e := decodeEntry(b.data[t.table+uint64(i)*entrySize:])
		if e.off != at || e.size > t.names-at || e.size < blockPeople*8+pad {
			return fmt.Errorf("%w: block %d leads outside", ErrSnapshot, i)
		}
		b.table[i], at, events = e, at+e.size, events+uint64(e.events)
	}
	if at != t.names || events != t.events {
		return fmt.Errorf("%w: its parts do not add up", ErrSnapshot)
	}
	return b.intern()
}

// intern gives the names of the file their symbols in this process.
func (b *base) intern() error {
	text := b.data[b.tail.names:b.tail.table]
	b.names = make([]event.Symbol, b.tail.count)
	for i := range b.names {
		n, k := binary.Uvarint(text)
		if k <= 0 || n > uint64(len(text)-k) {
			return fmt.Errorf("%w: its names are cut short", ErrSnapshot)
		}
		b.names[i] = event.Intern(string(text[k : k+int(n)]))
		text = text[k+int(n):]
	}
	if len(text) > 0 {
		return fmt.Errorf("%w: there are more names than it says", ErrSnapshot)
	}
	return nil
}

// verify reads every block: its checksum, and each record as readers will read it. What passed it can be read without
// looking for errors.
func (b *base) verify() error {
	rooms := make([]Timeline, runtime.GOMAXPROCS(0))
	return inBlocks(context.Background(), len(rooms), len(b.table), func(worker, i int) error {
		defer runtime.KeepAlive(b)
		e := b.table[i]
		if crc32.Checksum(b.data[e.off:e.off+e.size], castagnoli) != e.crc {
			return fmt.Errorf("%w: block %d is damaged", ErrSnapshot, i)
		}
		events := 0
		for place := range blockPeople {
			at, n := b.record(i, place)
			if at == nil {
				return fmt.Errorf("%w: block %d leads outside itself", ErrSnapshot, i)
			}
			if err := rooms[worker].unpack(at, n, b.names, 0); err != nil {
				return fmt.Errorf("%w: block %d: %w", ErrSnapshot, i, err)
			}
			events += rooms[worker].Len()
		}
		if events != int(e.events) {
			return fmt.Errorf("%w: block %d has %d events and says %d", ErrSnapshot, i, events, e.events)
		}
		return nil
	})
}

// record is a person's record with what follows it in the block, and its length; nil when the block is not sound.
func (b *base) record(block, place int) ([]byte, int) {
	e := b.table[block]
	rows := b.data[e.off : e.off+e.size]
	from, to := uint64(blockPeople*8), binary.LittleEndian.Uint64(rows[place*8:])
	if place > 0 {
		from = binary.LittleEndian.Uint64(rows[place*8-8:])
	}
	if from < blockPeople*8 || to < from || to > uint64(len(rows)-pad) {
		return nil, 0
	}
	return rows[from:], int(to - from)
}

// into reads columns of the timeline of n into t, over whatever it held; see unpack.
func (b *base) into(t *Timeline, n person.Number, need Columns, spare int) {
	if b == nil || uint64(n) >= b.tail.people {
		t.size(0, 0, 0, spare)
		return
	}
	at, size := b.record(blockOf(n))
	if err := t.unpackOnly(need, at, size, b.names, spare); err != nil {
		// Every record was read when the file was opened or written. Going on would answer rules from half a history.
		panic("timeline: the snapshot was changed while it was mapped")
	}
	runtime.KeepAlive(b)
}

// id is the serial of b; 0: there is no base.
func (b *base) id() uint64 {
	if b == nil {
		return 0
	}
	return b.serial
}

// head is the last commit in the base.
func (b *base) head() event.Seq {
	if b == nil {
		return 0
	}
	return event.Seq(b.tail.head)
}

func (b *base) events() int64 {
	if b == nil {
		return 0
	}
	return int64(b.tail.events)
}
