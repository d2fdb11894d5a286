package match

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"peiban/internal/match/field"
)

const (
	english = "first last house street town post birth"
	han     = "name sex birth phone address"
)

// TestMadeUp holds what is found over tables of many kinds: languages, columns, how many rows a person has, how badly they were kept.
func TestMadeUp(t *testing.T) {
	for _, tt := range []struct {
		name         string
		s            settings
		precision, f float64
	}{
		{"two rows each", settings{people: 700, copies: 1, wrong: .1, missing: .03, columns: english + " id"}, .995, .99},
		{"without the number", settings{people: 700, copies: 1, wrong: .1, missing: .05, columns: english}, .99, .98},
		{"many rows each", settings{people: 400, copies: 9, wrong: .15, missing: .05, columns: english + " id"}, .99, .98},
		{"many rows each, families, no number", settings{people: 500, copies: 5, wrong: .15, missing: .08, families: .2, columns: english}, .99, .94},
		{"dirty", settings{people: 500, copies: 3, wrong: .35, missing: .15, columns: english + " id phone"}, .99, .96},
		{"one name column, many styles", settings{people: 600, copies: 3, wrong: .1, missing: .05, nothing: "N/A", separated: true, columns: "name birth phone address mail"}, .99, .98},
		{"only name and birth", settings{people: 800, copies: 2, wrong: .1, columns: "first last birth"}, .97, .93},
		{"Chinese", settings{chinese: true, people: 700, copies: 2, wrong: .1, missing: .05, nothing: "不详", separated: true, columns: han + " id"}, .995, .99},
		{"Chinese without the number", settings{chinese: true, people: 700, copies: 2, wrong: .1, missing: .05, nothing: "无", separated: true, columns: han}, .99, .97},
		{"Chinese, families, many rows", settings{chinese: true, people: 500, copies: 9, wrong: .15, missing: .1, nothing: "未知", families: .3, separated: true, columns: han}, .98, .95},
		{"Chinese without phone and address", settings{chinese: true, people: 700, copies: 2, wrong: .08, columns: "name sex birth post"}, .97, .90},
		{"headers that say nothing", settings{people: 600, copies: 2, wrong: .1, missing: .05, columns: english + " id", headers: []string{"a", "b", "c", "d", "e", "f", "g", "h"}}, .99, .97},
		{"Chinese headers that say nothing", settings{chinese: true, people: 600, copies: 2, wrong: .1, missing: .05, separated: true, columns: han + " id", headers: []string{"c1", "c2", "c3", "c4", "c5", "c6"}}, .99, .98},
		{"headers that say nothing, families", settings{people: 500, copies: 3, wrong: .12, missing: .05, families: .2, columns: english + " id", headers: []string{"a", "b", "c", "d", "e", "f", "g", "h"}}, .99, .98},
		{"up to six rows, much wrong, no number", settings{people: 500, copies: 5, wrong: .25, missing: .08, columns: english}, .99, .96},
		{"Chinese, name and phone alone", settings{chinese: true, people: 500, copies: 3, wrong: .1, missing: .02, separated: true, columns: "name phone"}, .99, .9},
		{"copies without a slip", settings{people: 300, copies: 2, columns: english + " id"}, 1, 1},
		{"nobody twice", settings{people: 800, families: .3, columns: english}, 0, 0},
		{"a small table", settings{people: 20, copies: 1, wrong: .1, columns: english + " id"}, .99, .9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(seeds()) {
				tt.s.seed = seed + 1
				table, truth := newMaker(tt.s).table()
				got, err := Run(context.Background(), table, Options{})
				if err != nil {
					t.Fatal(err)
				}
				m := Measure(got.Pairs, truth)
				t.Logf("%d rows: precision %.4f, recall %.4f, F %.4f; true %d found %d; %d candidates, threshold %.3f, expected %.4f, refused %d", len(truth), m.Precision(), m.Recall(), m.F(), m.True, m.Found, got.Candidates, got.Threshold, got.Expected, got.Refused)
				if tt.f == 0 {
					if m.Found > 2 {
						t.Errorf("%d pairs of people who are nobody twice", m.Found)
					}
				} else if m.Precision() < tt.precision || m.F() < tt.f {
					t.Errorf("precision %.4f, F %.4f", m.Precision(), m.F())
				}
				if seed == 0 && testing.Verbose() {
					show(t, got, truth)
					showWrong(t, got, table, truth)
				}
			}
		})
	}
}

// seeds is how many tables of each kind are made; PEIBAN_MATCH_SEEDS asks for more.
func seeds() int {
	if n, err := strconv.Atoi(os.Getenv("PEIBAN_MATCH_SEEDS")); err == nil {
		return n
	}
	return 1
}

func small(t *testing.T) (Table, []string) {
	t.Helper()
	return newMaker(settings{seed: 3, chinese: true, people: 150, copies: 2, wrong: .1, missing: .05, separated: true, columns: han + " id"}).table()
}

func run(t *testing.T, table Table, o Options) *Result {
	t.Helper()
	r, err := Run(context.Background(), table, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestSameAnswerOnAnyNumberOfProcessors(t *testing.T) {
	table, _ := small(t)
	one, many := run(t, table, Options{Workers: 1}), run(t, table, Options{Workers: 7})
	if len(one.Pairs) == 0 || !reflect.DeepEqual(one.Pairs, many.Pairs) || !reflect.DeepEqual(one.Notes, many.Notes) {
		t.Errorf("%d and %d pairs", len(one.Pairs), len(many.Pairs))
	}
	for _, p := range one.Pairs {
		if !reflect.DeepEqual(words(one, p), words(many, p)) {
			t.Fatal(words(one, p), words(many, p))
		}
	}
}

func words(r *Result, p Pair) (out []string) {
	for _, e := range r.Model.Explain(p.A, p.B) {
		out = append(out, e.Words().Zh, e.Words().En)
	}
	return append(out, TogetherWords(r.Model.Together(p.A, p.B)).Zh)
}

// TestSkippedColumnSaysNothing puts the truth into a column that is skipped, and then something else.
func TestSkippedColumnSaysNothing(t *testing.T) {
	table, truth := small(t)
	with := func(cell func(i int) string) *Result {
		x := Table{Columns: append([]Column{{Name: "身份证号", Skip: true}}, table.Columns...)}
		for i, r := range table.Rows {
			x.Rows = append(x.Rows, append([]string{cell(i)}, r...))
		}
		return run(t, x, Options{})
	}
	a, b := with(func(i int) string { return truth[i] }), with(func(int) string { return "1" })
	if !reflect.DeepEqual(a.Pairs, b.Pairs) {
		t.Error("a skipped column changed the answer")
	}
}

func TestExplanationAddsUpAndHoldsNoValue(t *testing.T) {
	table, _ := small(t)
	r := run(t, table, Options{})
	for _, p := range r.Pairs {
		sum := r.Model.Together(p.A, p.B)
		for _, e := range r.Model.Explain(p.A, p.B) {
			sum += e.Bits
			for _, cell := range append(table.Rows[p.A], table.Rows[p.B]...) {
				if w := e.Words(); len(cell) > 3 && (strings.Contains(w.Zh, cell) || strings.Contains(w.En, cell)) {
					t.Fatalf("%q holds a value", w.Zh)
				}
			}
		}
		if d := sum - p.Weight; d > 0.01 || d < -0.01 {
			t.Fatalf("the fields weigh %.2f, the pair %.2f", sum, p.Weight)
		}
		if d := probability(p.Weight+r.Model.Start()) - p.Probability; d > 1e-9 || d < -1e-9 {
			t.Fatalf("probability %v is not that of the weight", p.Probability)
		}
	}
}

// TestWeakLinkJoinsNobody has two people of three rows each, and one row that is like both.
func TestWeakLinkJoinsNobody(t *testing.T) {
	g := &grouping{of: map[int32]*group{}, known: map[pair]float64{}}
	set := func(a, b int32, odds float64) { g.known[pairOf(a, b)] = odds }
	for _, p := range [][2]int32{{0, 1}, {0, 2}, {1, 2}, {3, 4}, {3, 5}, {4, 5}} {
		set(p[0], p[1], 20)
	}
	for a := range int32(3) {
		for b := range int32(3) {
			set(a, b+3, -15)
		}
	}
	set(0, 3, 9)
	for _, p := range [][2]int32{{0, 1}, {0, 2}, {3, 4}, {3, 5}} {
		if !g.join(p[0], p[1]) {
			t.Fatalf("rows %v of one person are not joined", p)
		}
	}
	if g.join(0, 3) || len(g.people()) != 2 {
		t.Error("one link against eight joined two people")
	}
	set(0, 6, 15)
	set(1, 6, 3)
	set(2, 6, -4)
	if !g.join(0, 6) {
		t.Error("a row that lost much is not found through another")
	}
}

func TestHostileTables(t *testing.T) {
	same := func(n int, row ...string) (out [][]string) {
		for range n {
			out = append(out, row)
		}
		return out
	}
	columns := func(names ...string) (out []Column) {
		for _, n := range names {
			out = append(out, Column{Name: n})
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		table Table
		err   error
	}{
		{"no rows", Table{Columns: columns("name")}, ErrTooFew},
		{"one row", Table{Columns: columns("name"), Rows: same(1, "anna")}, ErrTooFew},
		{"nothing stands in it", Table{Columns: columns("name"), Rows: same(5, "")}, ErrNoField},
		{"no columns", Table{Rows: same(5)}, ErrNoField},
		{"all the same", Table{Columns: columns("name", "phone"), Rows: same(3000, "anna berg", "13812345670")}, ErrNoField},
		{"nearly all the same", Table{Columns: columns("name", "phone", "birth"), Rows: append(same(3000, "anna berg", "13812345670", "1962-05-11"), same(2, "otto kahn", "13912345678", "1970-01-02")...)}, nil},
		{"rows without cells", Table{Columns: columns("first", "last"), Rows: append(same(30), []string{"anna", "berg"}, []string{"otto", "kahn"}, []string{"anna", "berg"})}, nil},
		{"binary", Table{Columns: columns("name", "\x00"), Rows: [][]string{{"\xff\xfe\x00", "\x00"}, {"\xff\xfe\x00", "\x01"}, {strings.Repeat("长", 100000), "*"}, {"a", "**"}}}, nil},
		{"more columns than are compared", Table{Columns: columns(strings.Fields(strings.Repeat("surname ", 40))...), Rows: [][]string{strings.Fields(strings.Repeat("a ", 40)), strings.Fields(strings.Repeat("b ", 40)), strings.Fields(strings.Repeat("a ", 40))}}, nil},
	} {
		r, err := Run(context.Background(), tt.table, Options{})
		if !errors.Is(err, tt.err) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.err)
		}
		if err == nil && r.Candidates > 200*len(tt.table.Rows) {
			t.Errorf("%s: %d candidates", tt.name, r.Candidates)
		}
	}
}

func TestStops(t *testing.T) {
	table, _ := small(t)
	ctx, stop := context.WithCancel(context.Background())
	stages := 0
	_, err := Run(ctx, table, Options{Progress: func(s Stage, _, _ int) {
		if stages++; s == Comparing {
			stop()
		}
	}})
	if !errors.Is(err, context.Canceled) || stages > 3 {
		t.Errorf("%v after %d stages", err, stages)
	}
}

// TestSharedNumbersAreNoEvidence gives a whole ward one phone and a form's number.
func TestSharedNumbersAreNoEvidence(t *testing.T) {
	table, truth := small(t)
	table.Columns = append(table.Columns, Column{Name: "联系电话", Kind: field.Phone})
	for i := range table.Rows {
		phone := "02165551234"
		if i%2 == 0 {
			phone = fmt.Sprintf("139%08d", i*7919%99999989)
		}
		table.Rows[i] = append(table.Rows[i], phone)
	}
	r := run(t, table, Options{})
	if m := Measure(r.Pairs, truth); m.Precision() < .99 {
		t.Errorf("precision %.4f", m.Precision())
	}
	if len(r.Notes) == 0 || r.Notes[0].Column != "联系电话" {
		t.Errorf("the shared number is not said: %v", r.Notes)
	}
}

// TestOnePersonOfManyRows has a person of a thousand rows: the pairs that are listed do not grow with the square.
func TestOnePersonOfManyRows(t *testing.T) {
	table, _ := small(t)
	for range 1000 {
		table.Rows = append(table.Rows, table.Rows[0])
	}
	r := run(t, table, Options{})
	if r.Shortened != 1 || len(r.Pairs) > 3000 || len(r.People[0]) < 1000 {
		t.Errorf("%d shortened, %d pairs, %d rows of the first", r.Shortened, len(r.Pairs), len(r.People[0]))
	}
}

func TestMeasure(t *testing.T) {
	m := Measure([]Pair{{A: 0, B: 1}, {A: 0, B: 2}, {A: 3, B: 5}}, []string{"x", "x", "y", "y", "y", ""})
	if m.True != 4 || m.Found != 2 || m.Right != 1 || m.Known != 5 || m.Precision() != .5 || m.Recall() != .25 || m.F() != 2.0/6 {
		t.Errorf("%+v", m)
	}
	if none := Measure(nil, []string{"a", "b"}); none.Precision() != 1 || none.Recall() != 1 || none.F() != 1 {
		t.Errorf("%+v", none)
	}
}
