package steps

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// What is what a fact says, apart from whom it is about: where a run stands, or what became of a message or a task a step asked for.
type What struct {
	Run    bool   // a run; else work
	Step   string // where the run stands; what asked for the work
	Kind   string // of work: task, alert, message, card
	State  string // of a run its status
	Reason string // of a run why it ended, of a message why it was not sent
}

// Fact is one of those of one record. What counts in a Book.
type Fact struct {
	Person  uint32 // the record it was kept for, whoever that is merged into
	What    uint32
	Entered uint32 // when the run began, whole seconds since 1970: no bound of days falls inside one
}

// Seconds is a moment in microseconds as facts have it.
func Seconds(micros int64) uint32 { return uint32(max(0, min(micros/1_000_000, 1<<32-1))) }

// Ledger keeps every fact of one journey. What changed is replaced record by record, so that nobody has to count everything again.
// It is not safe for use by several at once.
type Ledger struct {
	whats map[What]uint32
	said  []What
	all   []Fact            // in no order
	anew  map[uint32][]Fact // of those whose part of all holds no more
	gone  *roaring.Bitmap   // the keys of anew
	moved int               // facts in anew
}

// NewLedger is an empty one.
func NewLedger() *Ledger {
	return &Ledger{whats: map[What]uint32{}, anew: map[uint32][]Fact{}, gone: roaring.New()}
}

// Code is the number that stands for what is said.
func (l *Ledger) Code(w What) uint32 {
	n, known := l.whats[w]
	if !known {
		n = uint32(len(l.said))
		l.whats[w], l.said = n, append(l.said, w)
	}
	return n
}

// Add takes in facts of records that none were kept of. Their What are codes of whats.
func (l *Ledger) Add(facts []Fact, whats []What) {
	codes := make([]uint32, len(whats))
	for i, w := range whats {
		codes[i] = l.Code(w)
	}
	l.all = slices.Grow(l.all, len(facts))
	for _, f := range facts {
		f.What = codes[f.What]
		l.all = append(l.all, f)
	}
}

// Replace says everything anew of some records; of those without a fact there is none any more.
func (l *Ledger) Replace(people []uint32, facts []Fact, whats []What) {
	for _, n := range people {
		l.moved -= len(l.anew[n])
		l.anew[n] = nil
		l.gone.Add(n)
	}
	codes := make([]uint32, len(whats))
	for i, w := range whats {
		codes[i] = l.Code(w)
	}
	for _, f := range facts {
		f.What = codes[f.What]
		l.anew[f.Person] = append(l.anew[f.Person], f)
	}
	l.moved += len(facts)
	if l.gone.GetCardinality() > uint64(1000+len(l.all)/8) {
		l.settle()
	}
}

func (l *Ledger) settle() {
	l.all = slices.DeleteFunc(l.all, func(f Fact) bool { return l.gone.Contains(f.Person) })
	for _, fs := range l.anew {
		l.all = append(l.all, fs...)
	}
	l.anew, l.gone, l.moved = map[uint32][]Fact{}, roaring.New(), 0
}

// Len is how many facts there are, at most.
func (l *Ledger) Len() int { return len(l.all) + l.moved }

// Fill gives a fold what lies in [from, to), microseconds of when the run began; root says who a record is now, 0: nobody.
func (l *Ledger) Fill(f *Fold, from, to int64, root func(uint32) uint32) {
	after, before := Seconds(from), Seconds(to)
	sets, known := make([][]*roaring.Bitmap, len(l.said)), make([]bool, len(l.said))
	take := func(x *Fact) {
		if x.Entered < after || x.Entered >= before {
			return
		}
		n := root(x.Person)
		if n == 0 {
			return
		}
		if !known[x.What] { // a figure is made when it counts somebody
			for _, of := range f.counts(l.said[x.What]) {
				sets[x.What] = append(sets[x.What], f.set(of))
			}
			known[x.What] = true
		}
		for _, set := range sets[x.What] {
			set.Add(n)
		}
	}
	some := !l.gone.IsEmpty()
	for i := range l.all {
		if x := &l.all[i]; !some || !l.gone.Contains(x.Person) {
			take(x)
		}
	}
	for _, fs := range l.anew {
		for i := range fs {
			take(&fs[i])
		}
	}
}
