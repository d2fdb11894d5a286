package entrance

import (
	"slices"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

var shanghai = func() *time.Location { l, _ := time.LoadLocation("Asia/Shanghai"); return l }()

func TestStateFitsWhatWeComAllows(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s := NewState()
		if len(s) != 16 || len(s) > LongestState || !IsState(s) || seen[s] {
			t.Fatalf("state %q", s)
		}
		seen[s] = true
	}
	for _, s := range []string{"", "a b", "<script>", "%00", "一二", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"} {
		if IsState(s) {
			t.Errorf("%q passes", s)
		}
	}
}

func TestStandingAndWhereItLeads(t *testing.T) {
	b := NewBook([]Entrance{
		{ID: "ended", To: "2026-03-10", Successor: "next"}, {ID: "next", Ended: true, Successor: "last"}, {ID: "last"},
		{ID: "alone", Ended: true}, {ID: "paused", Paused: true, Successor: "last"}, {ID: "early", From: "2026-04-01"}, {ID: "default"},
	}, "default", 1)
	for _, x := range []struct{ id, day, leads string }{
		{"ended", "2026-03-10", "ended"},   // its last day is good
		{"ended", "2026-03-11", "last"},    // past one that ended too
		{"alone", "2026-03-11", "default"}, // reprinted after its campaign
		{"paused", "2026-03-11", ""},
		{"early", "2026-03-31", ""},
		{"early", "2026-04-01", "early"},
	} {
		got := ""
		if e := b.Leads(b.ByID(x.id), x.day); e != nil {
			got = e.ID
		}
		if got != x.leads {
			t.Errorf("%s on %s leads to %q", x.id, x.day, got)
		}
	}
	b.Default = ""
	if b.Leads(b.ByID("alone"), "2026-03-11") != nil {
		t.Error("it leads somewhere without a default")
	}
	if fl := b.CheckSuccessor("last", "ended"); fl == nil || fl.Code != ErrSelf.Code {
		t.Errorf("a circle: %v", fl)
	}
}

func TestClicksThatAreKept(t *testing.T) {
	kept, platform := KeptClicks(map[string]string{"gdt_vid": "wx0abc", "name": "张三", "bd_vid": "<script>", "clickid": "E.C.M", "utm_source": "x"})
	if kept != "gdt_vid=wx0abc&clickid=E.C.M" || platform != "tencent" {
		t.Errorf("%q of %q", kept, platform)
	}
}

func at(day string, hour int) int64 {
	t, err := time.ParseInLocation(time.DateOnly, day, shanghai)
	if err != nil {
		panic(err)
	}
	return t.Add(time.Duration(hour) * time.Hour).UnixMicro()
}

func life(es ...event.Event) *timeline.Timeline {
	tl := &timeline.Timeline{}
	for i := range es {
		es[i].Seq = event.Seq(i + 1)
		tl.Add(&es[i])
	}
	return tl
}

func came(day, code string) event.Event {
	return event.Event{Type: event.ContactAdded, Occurred: at(day, 9), B: event.Intern(code)}
}

func consents(day string) event.Event {
	return event.Event{Type: event.Consent, Occurred: at(day, 10), A: basicService, Num: 1}
}

func TestOrigin(t *testing.T) {
	reading := func(day string) event.Event { return event.Event{Type: event.Glucose, Occurred: at(day, 7), Num: 6} }
	for _, x := range []struct {
		name        string
		of          []event.Event
		first, last string
		settled     bool
		kept        bool
	}{
		{"comes and agrees", []event.Event{came("2026-03-01", "a"), consents("2026-03-01")}, "a", "a", true, false},
		{"never agrees", []event.Event{came("2026-03-01", "a"), reading("2026-05-01")}, "a", "a", false, false},
		{"was here before", []event.Event{consents("2026-02-01"), came("2026-03-01", "a")}, "a", "a", false, false},
		{"a second code changes the last touch only", []event.Event{came("2026-03-01", "a"), consents("2026-03-01"), came("2026-03-09", "b")}, "a", "b", true, false},
		{"the first contact without a code is no code's", []event.Event{came("2026-03-01", ""), consents("2026-03-01"), came("2026-03-09", "b")}, "", "b", true, false},
		{"a late first contact counts by its own time", []event.Event{came("2026-03-09", "b"), consents("2026-03-10"), came("2026-03-01", "a")}, "a", "b", true, false},
		{"heard from on day 29", []event.Event{came("2026-03-01", "a"), consents("2026-03-01"), reading("2026-03-31")}, "a", "a", true, false},
		{"heard from on day 30", []event.Event{came("2026-03-01", "a"), consents("2026-03-01"), reading("2026-04-01")}, "a", "a", true, true},
	} {
		o := Of(life(x.of...))
		if o.First.String() != x.first || o.Last.String() != x.last || o.Settled != 0 != x.settled || o.Kept() != x.kept {
			t.Errorf("%s: first %q, last %q, settled %d, kept %v", x.name, o.First, o.Last, o.Settled, o.Kept())
		}
	}
}

func TestTallyCountsEverybodyOnce(t *testing.T) {
	a, b := event.Intern("tally-a"), event.Intern("tally-b")
	rows := []Row{
		{}, {First: a, FirstDay: 100, Settled: 100, Active: 103, Kept: true}, {First: a, FirstDay: 100}, {First: a, FirstDay: 120, Settled: 121},
		{First: b, FirstDay: 100, Settled: 90}, {First: event.Intern("tally-none"), FirstDay: 100, Settled: 100},
	}
	place := func(y event.Symbol) int { return slices.Index([]event.Symbol{a, b}, y) }
	got := Tally(rows, 2, place, Span{From: 100}, 140, nil)
	if got[0] != (Count{Touched: 3, Settled: 2, Activated: 1, Kept: 1, KeptOf: 1}) || got[1] != (Count{Touched: 1}) {
		t.Errorf("%+v", got)
	}
	sum := 0
	for _, d := range Days(rows, a, Span{}, nil) {
		sum += d.Settled
	}
	var who []int
	Who(rows, a, IsSettled, Span{}, 140, func(i int) { who = append(who, i) })
	if sum != 2 || !slices.Equal(who, []int{1, 3}) {
		t.Errorf("%d by day, %v by name", sum, who)
	}
}

func TestCostIsSpreadOverItsDays(t *testing.T) {
	c := Cost{From: 100, To: 106, Fen: 1000}
	whole := int64(0)
	for d := int32(95); d < 112; d++ {
		whole += c.In(Span{d, d})
	}
	if whole != 1000 || c.In(Span{}) != 1000 || c.In(Span{From: 107}) != 0 || c.In(Span{To: 102})+c.In(Span{From: 103}) != 1000 {
		t.Errorf("%d in all", whole)
	}
	big := Cost{From: 1, To: 1000, Fen: MostFen}
	if big.In(Span{To: 500}) != MostFen/2 {
		t.Error("half of much is not half")
	}
	if Each(0, 5) != nil || Each(100, 0) != nil || *Each(100, 3) != 33 || *Each(101, 2) != 51 {
		t.Error("what each cost")
	}
}

func TestRewardsAreCapped(t *testing.T) {
	caps := Caps{Points: 10, PerDay: 1, PerMonth: 2, InTotal: 3}
	given := func(days ...string) timeline.View {
		var es []event.Event
		for _, d := range days {
			es = append(es, event.Event{Type: event.Points, Occurred: at(d, 12), A: rewardRule, Num: 10})
		}
		return timeline.View{Timeline: life(es...), Loc: shanghai}
	}
	for _, x := range []struct {
		days []string
		want Outcome
	}{
		{nil, Rewarded}, {[]string{"2026-03-14"}, Rewarded}, {[]string{"2026-03-15"}, DayFull},
		{[]string{"2026-03-01", "2026-03-02"}, MonthFull}, {[]string{"2026-02-27", "2026-02-28"}, Rewarded},
		{[]string{"2026-01-01", "2026-01-02", "2026-02-01"}, AllFull},
	} {
		if got := caps.Allows(given(x.days...), at("2026-03-15", 0)); got != x.want {
			t.Errorf("%v: %s", x.days, got)
		}
	}
	if got := (Caps{}).Allows(given(), at("2026-03-15", 0)); got != NoPoints {
		t.Errorf("without settings: %s", got)
	}
}

func TestTree(t *testing.T) {
	tree := Tree{Parent: []uint32{0, 0, 1, 2, 2, 0, 5, 8, 7}} // 1 > 2 > 3, 4; 5 > 6; 7 and 8 brought each other
	s := tree.Measure()
	if s.Brought != 6 || s.Inviters != 5 || s.Deepest != 2 || s.Largest != 3 || !slices.Equal(s.ByDepth, []int{2, 2}) {
		t.Errorf("%+v", s)
	}
	if !tree.Above(3, 1) || tree.Above(1, 3) || tree.Above(7, 1) {
		t.Error("who stands above whom")
	}
}
