package timeline

import (
	"encoding/binary"
	"errors"
	"hash/crc32"

	"peiban/internal/person"
)

// ErrSnapshot means a snapshot is missing, damaged, of another version or of another workspace. The caller
// rebuilds the timelines from the event log.
var ErrSnapshot = errors.New("no usable snapshot")

// A snapshot file, numbers little-endian:
//
//	head       what file this is and whose
//	blocks     64 people each, by number: where each record ends, the records, pad bytes of nothing
//	names      the dictionary of symbols that occur in the records: length and text of each
//	table      where each block is, and its CRC-32C
//	tail       where names and table are, their CRC-32C, and up to which commit this is
//
// It is written from front to back, so a write that broke off has no tail. Head and tail have a CRC-32C each, so that
// no byte of a file but its pads is believed unchecked.
const (
	magic   = 0x3156544e41424550 // "PEBANTV1"
	ending  = 0x31444e4541424550 // "PEBAEND1"
	version = 5

	headSize  = 64
	tailSize  = 96
	entrySize = 24 // of the table

	blockPeople = 64
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// workspaceID is the workspace's id as the head holds it: 32 bytes, the rest nothing.
type workspaceID [32]byte

func workspaceOf(id string) (w workspaceID) {
	copy(w[:], id)
	return w
}

func encodeHead(w workspaceID) []byte {
	b := make([]byte, headSize)
	binary.LittleEndian.PutUint64(b, magic)
	binary.LittleEndian.PutUint32(b[8:], version)
	copy(b[12:], w[:])
	binary.LittleEndian.PutUint32(b[headSize-4:], crc32.Checksum(b[:headSize-4], castagnoli))
	return b
}

// entry of the table.
type blockEntry struct {
	off, size uint64
	crc       uint32
	events    uint32 // for the count of the whole; a block never holds more than this can say
}

func (e blockEntry) encode(b []byte) []byte {
	b = binary.LittleEndian.AppendUint64(b, e.off)
	b = binary.LittleEndian.AppendUint64(b, e.size)
	b = binary.LittleEndian.AppendUint32(b, e.crc)
	return binary.LittleEndian.AppendUint32(b, e.events)
}

func decodeEntry(b []byte) blockEntry {
	return blockEntry{
		binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:]), binary.LittleEndian.Uint32(b[16:]), binary.LittleEndian.Uint32(b[20:]),
	}
}

// tail says where everything is.
type tail struct {
	head             uint64 // commit sequence
	people, events   uint64
	names, namesSize uint64
	count            uint64 // of names
	table, blocks    uint64
	size             uint64 // of the whole file
	crc              uint32 // of names and table
}

func (t *tail) fields() [9]*uint64 {
	return [9]*uint64{&t.head, &t.people, &t.events, &t.names, &t.namesSize, &t.count, &t.table, &t.blocks, &t.size}
}

func (t *tail) encode() []byte {
	b := make([]byte, 0, tailSize)
	for _, f := range t.fields() {
		b = binary.LittleEndian.AppendUint64(b, *f)
	}
	b = binary.LittleEndian.AppendUint32(b, t.crc)
	b = binary.LittleEndian.AppendUint64(b, ending)
	b = append(b, make([]byte, tailSize-4-len(b))...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

func decodeTail(b []byte) (t tail, ok bool) {
	for i, f := range t.fields() {
		*f = binary.LittleEndian.Uint64(b[8*i:])
	}
	at := 8 * len(t.fields())
	t.crc = binary.LittleEndian.Uint32(b[at:])
	return t, binary.LittleEndian.Uint64(b[at+4:]) == ending &&
		binary.LittleEndian.Uint32(b[tailSize-4:]) == crc32.Checksum(b[:tailSize-4], castagnoli)
}

// blockOf is the block a person is in, and the place there.
func blockOf(n person.Number) (block, place int) { return int(n) / blockPeople, int(n) % blockPeople }
