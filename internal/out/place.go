package out

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"math"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/workspace"
)

// Place is how far somebody has read the feed: everything up to it is behind them. At one sequence the event comes first (K 0), then the
// changes of tags and stages of that commit.
type Place struct {
	Seq event.Seq
	K   uint32
}

// Compare orders places as the feed does.
func (p Place) Compare(o Place) int { return cmp.Or(cmp.Compare(p.Seq, o.Seq), cmp.Compare(p.K, o.K)) }

// endOf is behind everything of a sequence.
func endOf(s event.Seq) Place { return Place{s, math.MaxUint32} }

// StartOf is before everything of a sequence.
func StartOf(s event.Seq) Place {
	if s == 0 {
		return Place{}
	}
	return endOf(s - 1)
}

// ErrCursor means that a cursor is not one of this workspace.
var ErrCursor = fault.New(fault.Invalid, "bad_cursor", "这个游标不是我们给的", "this cursor was not ours").At("query.after").
	Because("用上一次回答里的 next；从头读就不写", "use next of the answer before; leave it out to begin at the beginning")

// Cursor is a place as others keep it. It says nothing they could build on, and one of another workspace is refused.
func (p Place) Cursor(w workspace.ID) string {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.Seq))
	b = binary.BigEndian.AppendUint32(b, p.K)
	b = binary.BigEndian.AppendUint32(b, sum(b, w))
	return base64.RawURLEncoding.EncodeToString(b)
}

func sum(b []byte, w workspace.ID) uint32 {
	return crc32.Update(crc32.ChecksumIEEE([]byte("feed "+string(w))), crc32.IEEETable, b)
}

// ParseCursor reads a place; an empty cursor is the beginning.
func ParseCursor(text string, w workspace.ID) (Place, error) {
	if text == "" {
		return Place{}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) != 16 || binary.BigEndian.Uint32(b[12:]) != sum(b[:12], w) {
		return Place{}, ErrCursor
	}
	return Place{event.Seq(binary.BigEndian.Uint64(b)), binary.BigEndian.Uint32(b[8:])}, nil
}

// Before is the place just before this one.
func (p Place) Before() Place {
	if p.K == 0 {
		return StartOf(p.Seq)
	}
	return Place{p.Seq, p.K - 1}
}
