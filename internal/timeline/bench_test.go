package timeline

import (
	"math/rand/v2"
	"testing"

	"peiban/internal/event"
)

// BenchmarkUnpack reads the record of a person with 200 events.
func BenchmarkUnpack(b *testing.B) {
	rec, n := busyRecord(b, 200)
	b.ReportMetric(float64(n)/200, "bytes/event")
	room := &Timeline{}
	b.ReportAllocs()
	for b.Loop() {
		if err := room.unpack(rec, n, nil, 0); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkPack writes it.
func BenchmarkPack(b *testing.B) {
	rec, n := busyRecord(b, 200)
	t := &Timeline{}
	if err := t.unpack(rec, n, nil, 0); err != nil {
		b.Fatal(err)
	}
	var p packer
	b.ReportAllocs()
	for b.Loop() {
		p.out = p.out[:0]
		p.pack(t, func(y event.Symbol) uint32 { return uint32(y) })
	}
}

func busyRecord(b *testing.B, events int) ([]byte, int) {
	r := rand.New(rand.NewPCG(1, 2))
	t := &Timeline{}
	at := int64(1_760_000_000_000_000)
	for i := range events {
		at += r.Int64N(2 * 86_400_000_000)
		e := reading(event.Seq(i*1_000_000+r.IntN(1_000_000)), at, float64(30+r.IntN(150))/10)
		e.Received = at + r.Int64N(600_000_000)
		e.A = event.Intern(event.Contexts[r.IntN(len(event.Contexts))])
		switch r.IntN(8) {
		case 0:
			e.Type, e.Num = event.MessageSent, float64(r.Uint64N(1<<48))
		case 1:
			e.Type, e.Num = event.CheckIn, nan
		}
		t.Add(e)
	}
	var p packer
	p.pack(t, func(y event.Symbol) uint32 { return uint32(y) })
	return append(p.out, make([]byte, pad)...), len(p.out)
}
