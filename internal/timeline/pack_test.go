package timeline

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"peiban/internal/event"
)

// same tells where two timelines differ; "" when they do not. Numbers are compared to the bit.
func same(t *rapid.T, a, b *Timeline) string {
	switch {
	case a.Len() != b.Len():
		return "number of events"
	case len(a.Extra) != len(b.Extra):
		return "number of extra numbers"
	case len(a.Fixes) != len(b.Fixes):
		return "number of corrections"
	}
	bits := func(v float64) uint64 {
		if math.IsNaN(v) {
			return 1
		}
		return math.Float64bits(v)
	}
	for i := range a.At {
		if a.At[i] != b.At[i] || a.Recv[i] != b.Recv[i] || a.Seq[i] != b.Seq[i] || a.Type[i] != b.Type[i] || a.Flags[i] != b.Flags[i] || a.Source[i] != b.Source[i] ||
			bits(a.Num[i]) != bits(b.Num[i]) || a.A[i] != b.A[i] || a.B[i] != b.B[i] || a.C[i] != b.C[i] || a.Ext[i] != b.Ext[i] {
			if t != nil {
				t.Logf("event %d: %+v and %+v", i, a.Event(i), b.Event(i))
			}
			return "an event"
		}
	}
	for k := range a.Extra {
		if bits(a.Extra[k]) != bits(b.Extra[k]) {
			return "an extra number"
		}
	}
	for k := range a.Fixes {
		if a.Fixes[k] != b.Fixes[k] {
			return "a correction"
		}
	}
	return ""
}

// numbers that are measured, counted, made up to identify something, and awkward.
var numbers = rapid.OneOf(
	rapid.Map(rapid.IntRange(0, 400), func(i int) float64 { return float64(i) / 10 }),
	rapid.Map(rapid.IntRange(0, 100_000), func(i int) float64 { return float64(i) / 1000 }),
	rapid.Map(rapid.Uint64Range(0, 1<<53+2), func(u uint64) float64 { return float64(u) }),
	rapid.SampledFrom([]float64{math.NaN(), 0, math.Copysign(0, -1), -7.5, 118 / 18.0156, math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324, 1 << 53, 0.1 + 0.2}),
	rapid.Float64(),
)

var moments = rapid.OneOf(
	rapid.Map(rapid.Int64Range(0, 500_000), func(m int64) int64 { return 1_760_000_040_000_000 + m*60_000_000 }),
	rapid.Map(rapid.Int64Range(0, 500_000), func(s int64) int64 { return 1_760_000_000_000_000 + s*1_000_000 }),
	rapid.Int64Range(1_760_000_000_000_000, 1_790_000_000_000_000),
	rapid.SampledFrom([]int64{0, -1, math.MinInt64, math.MaxInt64, 1_760_000_000_000_000}),
)

var codes = rapid.Map(rapid.IntRange(0, 60), func(i int) event.Symbol {
	if i == 0 {
		return 0
	}
	return event.Intern("code" + string(rune('A'+i)))
})

// someEvent draws an event with sequence s; it may correct or take back an earlier one.
func someEvent(t *rapid.T, s event.Seq) *event.Event {
	e := &event.Event{
		Seq: s, Source: rapid.Int32Range(0, 5).Draw(t, "source"), Type: event.Type(rapid.IntRange(1, 43).Draw(t, "type")), Occurred: moments.Draw(t, "at"), Received: moments.Draw(t, "received"),
		Num: numbers.Draw(t, "num"), A: codes.Draw(t, "a"), B: codes.Draw(t, "b"), C: codes.Draw(t, "c"),
		X: rapid.SliceOfN(numbers, 0, 4).Draw(t, "x"), Flags: event.Flags(rapid.SampledFrom([]uint16{0, 0, 0, 1, 2, 4, 0x1f}).Draw(t, "flags")),
	}
	if s > 1 {
		switch rapid.IntRange(0, 9).Draw(t, "fixes") {
		case 0:
			e.Supersedes = event.Seq(rapid.Uint64Range(1, uint64(s)-1).Draw(t, "of"))
		case 1:
			e.Retracts = event.Seq(rapid.Uint64Range(1, uint64(s)-1).Draw(t, "of"))
		}
	}
	return e
}

func someTimeline(t *rapid.T) *Timeline {
	tl := &Timeline{}
	s := event.Seq(0)
	for range rapid.IntRange(0, 60).Draw(t, "n") {
		s += event.Seq(rapid.SampledFrom([]int{1, 1, 3, 200, 100_000}).Draw(t, "step"))
		tl.Add(someEvent(t, s))
	}
	return tl
}

func itself(y event.Symbol) uint32 { return uint32(y) }

func TestARecordIsTheTimeline(t *testing.T) {
	var p packer
	scratch := &Timeline{}
	rapid.Check(t, func(t *rapid.T) {
		tl := someTimeline(t)
		p.out = p.out[:0]
		p.pack(tl, itself)
		n := len(p.out)
		b := append(p.out, make([]byte, pad)...)
		for _, into := range []*Timeline{scratch, {}} {
			if err := into.unpack(b, n, nil, 0); err != nil {
				t.Fatal(err)
			}
			if d := same(t, tl, into); d != "" {
				t.Fatalf("%s came back otherwise", d)
			}
		}
	})
}

// TestAColumnAloneIsTheColumn reads any choice of columns: what was asked for is as it is in the whole, the rest is
// empty, so that who forgot to ask for it does not read what was left there by another.
func TestAColumnAloneIsTheColumn(t *testing.T) {
	var p packer
	got := &Timeline{}
	rapid.Check(t, func(t *rapid.T) {
		want := someTimeline(t)
		need := Columns(rapid.IntRange(0, AllColumns).Draw(t, "need"))
		p.out = p.out[:0]
		p.pack(want, itself)
		n := len(p.out)
		if err := got.unpackOnly(need, append(p.out, make([]byte, pad)...), n, nil, 0); err != nil {
			t.Fatal(err)
		}
		left := *want.clone()
		drop := func(c Columns, lens ...int) {
			for _, l := range lens {
				if need&c == 0 && l != 0 {
					t.Errorf("columns %b: %d values nobody asked for", need, l)
				}
			}
		}
		drop(Received, len(got.Recv))
		drop(Sequence, len(got.Seq))
		drop(Flags, len(got.Flags))
		drop(Origin, len(got.Source))
		drop(Number, len(got.Num))
		drop(CodeA, len(got.A))
		drop(CodeB, len(got.B))
		drop(CodeC, len(got.C))
		drop(Extras, len(got.Ext), len(got.Extra))
		drop(Corrections, len(got.Fixes))
		full := *got // what was left out is put in from the whole, and then all must be the same
		for _, c := range []struct {
			c   Columns
			put func()
		}{
			{Received, func() { full.Recv = left.Recv }}, {Sequence, func() { full.Seq = left.Seq }}, {Flags, func() { full.Flags = left.Flags }},
			{Number, func() { full.Num = left.Num }}, {CodeA, func() { full.A = left.A }}, {CodeB, func() { full.B = left.B }},
			{CodeC, func() { full.C = left.C }}, {Extras, func() { full.Ext, full.Extra = left.Ext, left.Extra }},
			{Corrections, func() { full.Fixes = left.Fixes }}, {Origin, func() { full.Source = left.Source }},
		} {
			if need&c.c == 0 {
				c.put()
			}
		}
		if d := same(t, want, &full); d != "" {
			t.Fatalf("columns %b: %s came back otherwise", need, d)
		}
	})
}

// TestBytesThatAreNoRecord feeds what is cut, changed or made up; whatever comes out, it is an error or a timeline
// that can be walked.
func TestBytesThatAreNoRecord(t *testing.T) {
	var p packer
	tl := &Timeline{}
	r := rand.New(rand.NewPCG(1, 2))
	for s := range event.Seq(50) {
		e := reading(s+1, 1_760_000_000_000_000+int64(s)*3_600_000_000, float64(r.IntN(200))/10, 1.5)
		if s%9 == 8 {
			e.Supersedes = s
		}
		tl.Add(e)
	}
	p.pack(tl, itself)
	n := len(p.out)
	whole := append(p.out, make([]byte, pad)...)
	refused := 0
	try := func(b []byte, n int) {
		got := &Timeline{}
		if err := got.unpack(b, n, []event.Symbol{0, 1, 2, 3, 4, 5}, 0); err != nil {
			if !errors.Is(err, errRecord) {
				t.Fatal(err)
			}
			refused++
			return
		}
		for i := range got.At {
			_ = got.Event(i)
		}
	}
	for cut := range n {
		try(append(append([]byte(nil), whole[:cut]...), make([]byte, pad)...), cut)
	}
	if refused < n-1 { // of no bytes, nothing is the record
		t.Errorf("%d of %d shorter records were taken", n-1-refused, n)
	}
	for range 20_000 {
		b := append([]byte(nil), whole...)
		for range 1 + r.IntN(3) {
			b[r.IntN(n)] = byte(r.Uint32())
		}
		try(b, n)
		made := make([]byte, r.IntN(64)+pad)
		for i := range made {
			made[i] = byte(r.Uint32())
		}
		try(made, len(made)-pad)
	}
	huge := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0, 0}, make([]byte, pad)...)
	if err := (&Timeline{}).unpack(huge, len(huge)-pad, nil, 0); err == nil {
		t.Error("a record of nine bytes claims 2^48 events and was believed")
	}
}
