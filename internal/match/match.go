// Package match finds rows of a table, or people, that are the same person: probabilistic record linkage after Fellegi and Sunter.
//
// Each pair of rows is compared field by field in a few levels (package field). A level weighs log2(m/u): m is how often it is met
// among rows of one person, u among rows of two. The u come from pairs drawn at random, the m from expectation-maximisation over
// pairs that share a key (model.go), both without anybody saying which rows belong together. A value that many share weighs less
// than a rare one (frequency.go); a column that follows from another, as the postcode from the suburb, does not count twice
// (dependence.go). Which pairs are looked at at all is decided by keys (block.go). Pairs become people in cluster.go.
//
// The package is pure: it reads no file and no clock, and the same table gives the same answer on any number of processors.
//
// Sources: I. P. Fellegi, A. B. Sunter, A theory for record linkage, Journal of the American Statistical Association 1969;64:1183-1210;
// W. E. Winkler, Using the EM algorithm for weight computation in the Fellegi-Sunter model of record linkage, American Statistical
// Association 1988, Proceedings of the Section on Survey Research Methods, 667-671.
package match

import (
	"context"
	"runtime"
	"slices"

	"peiban/internal/fault"
	"peiban/internal/match/field"
)

// Limits of a run.
const (
	MaxRows   = 2_000_000
	MaxFields = 21 // a pair's levels are kept in 63 bits
)

// Why a table cannot be matched.
var (
	ErrTooFew  = fault.New(fault.Invalid, "match_too_few_rows", "至少要有两行才能比较", "at least two rows are needed to compare")
	ErrTooBig  = fault.New(fault.TooLarge, "match_too_many_rows", "行数太多，一次最多 200 万行", "too many rows; at most 2,000,000 at once")
	ErrNoField = fault.New(fault.Invalid, "match_no_fields", "没有一栏可以用来比较", "no column can be used to compare").
			Because("要有姓名、生日、电话、地址或证件号这样的栏，并且不能全空或全部相同", "there must be columns such as names, birthdays, phones, addresses or identity numbers that are not empty and not the same everywhere")
)

// Column is a column of the table.
type Column struct {
	Name string
	Kind field.Kind // Unused: guessed
	Skip bool       // never used as evidence
}

// Table is what is matched. A row that is shorter than the columns says nothing in the others.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// Options of a run. The zero value is usual.
type Options struct {
	// Precision is the share of proposed pairs that must be right by the model's own reckoning; 0: DefaultPrecision.
	Precision float64
	// Probability is the least probability of a proposed pair; 0: found from Precision.
	Probability float64
	// Workers is how many goroutines compare; 0: as many as there are processors. The answer does not depend on it.
	Workers int
	// Progress is told how far a stage is, now and then.
	Progress func(stage Stage, done, total int)
}

// DefaultPrecision is the share of proposed pairs that must be right, by the model's own reckoning.
const DefaultPrecision = 0.995

// leastProbability is the least probability of a pair, however sure all others are. Below it a pair is more likely wrong than
// anybody wants to look at.
const leastProbability = 0.6

// Stage is a part of a run.
type Stage uint8

// Stages.
const (
	Blocking Stage = iota
	Comparing
	Learning
	Scoring
)

// Words is the stage for people.
func (s Stage) Words() fault.Text {
	return [...]fault.Text{{Zh: "找可能的对子", En: "finding candidates"}, {Zh: "比较", En: "comparing"}, {Zh: "学习权重", En: "learning weights"}, {Zh: "打分", En: "scoring"}}[s]
}

// Pair is two rows that are proposed to be one person.
type Pair struct {
	A, B        int     // rows, from 0, A < B
	Weight      float64 // the evidence of all fields together, in bits
	Probability float64 // that the two are one person: of the odds Weight plus Model.Start
	Person      int     // which of the found people both belong to, from 0
	Through     bool    // proposed because other rows join the two, not by its own probability
}

// Result is what a run found.
type Result struct {
	Pairs   []Pair  // the most probable first
	People  [][]int // rows of one person, where there are at least two
	Notes   []Note
	Columns []Used
	Model   *Model
	// Candidates is how many pairs were compared.
	Candidates int
	// Threshold is the least probability of a pair that is proposed by itself.
	Threshold float64
	// Expected is the share of right pairs among those above the threshold, by the model's own reckoning.
	Expected float64
	// Refused is how many pairs above the threshold were not proposed because the people they would join disagree elsewhere.
	Refused int
	// Shortened is how many people have so many rows that only the pairs with their first row are listed.
	Shortened int

	compared [][]int // People by the rows that were compared
}

// Used says what was made of a column.
type Used struct {
	Name string
	Kind field.Kind
	Why  field.Why
	Skip bool
}

// Run matches the rows of a table with one another. It ends early, with ctx's error, when ctx does.
func Run(ctx context.Context, t Table, o Options) (*Result, error) {
	switch {
	case len(t.Rows) < 2:
		return nil, ErrTooFew
	case len(t.Rows) > MaxRows:
		return nil, ErrTooBig
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Precision <= 0 {
		o.Precision = DefaultPrecision
	}
	if o.Progress == nil {
		o.Progress = func(Stage, int, int) {}
	}
	p, err := prepare(ctx, t)
	if err != nil {
		return nil, err
	}
	m := &Model{people: p, workers: o.Workers}
	o.Progress(Blocking, 0, 1)
	candidates, err := m.block(ctx)
	if err != nil {
		return nil, err
	}
	o.Progress(Comparing, 0, 1)
	patterns, err := m.compareAll(ctx, candidates)
	if err != nil {
		return nil, err
	}
	drawn, err := m.draw(ctx)
	if err != nil {
		return nil, err
	}
	o.Progress(Learning, 0, 1)
	if err := m.learn(ctx, pairs{candidates, patterns}, drawn); err != nil {
		return nil, err
	}
	o.Progress(Scoring, 0, 1)
	r := &Result{Model: m, Notes: p.notes, Columns: p.used, Candidates: len(candidates)}
	for turn := range 2 { // the second time, values are counted once for each person found the first time
		if turn > 0 {
			m.countPeople(r.compared)
		}
		scored, err := m.scoreAll(ctx, candidates, patterns)
		if err != nil {
			return nil, err
		}
		r.cluster(scored, o)
	}
	r.finish()
	return r, ctx.Err()
}

// finish orders what was found.
func (r *Result) finish() {
	slices.SortFunc(r.Pairs, func(a, b Pair) int {
		switch {
		case a.Weight != b.Weight && a.Weight > b.Weight:
			return -1
		case a.Weight != b.Weight:
			return 1
		case a.A != b.A:
			return a.A - b.A
		}
		return a.B - b.B
	})
}
