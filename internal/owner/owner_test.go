package owner_test

import (
	"math"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/owner"
	"peiban/internal/staff"
)

const day = int64(24 * 60 * 60 * 1_000_000)

func member(id string, change ...func(*owner.Member)) owner.Member {
	m := owner.Member{ID: id, Role: staff.HealthManager}
	for _, f := range change {
		f(&m)
	}
	return m
}

func full(n int) func(*owner.Member)         { return func(m *owner.Member) { m.Capacity = n } }
func speaks(l ...string) func(*owner.Member) { return func(m *owner.Member) { m.Languages = l } }
func passed(c string, until int64) func(*owner.Member) {
	return func(m *owner.Member) { m.Passed = map[string]int64{c: until} }
}

func TestChoose(t *testing.T) {
	away := []owner.Absence{{ID: "1", Staff: "a", From: 0, To: day}}
	tests := []struct {
		name     string
		rules    []owner.Rule
		staff    []owner.Member
		absences []owner.Absence
		facts    owner.Facts
		people   map[string]int
		want     string // member, or why
	}{
		{name: "no rule at all", staff: []owner.Member{member("a")}, want: owner.NoRule},
		{name: "a rule without conditions fits everybody", rules: []owner.Rule{{}}, staff: []owner.Member{member("a")}, want: "a"},
		{name: "the smallest share, not the smallest number", rules: []owner.Rule{{}}, staff: []owner.Member{member("a", full(100)), member("b", full(400))}, people: map[string]int{"a": 40, "b": 80}, want: "b"},
		{name: "of equals the first", rules: []owner.Rule{{}}, staff: []owner.Member{member("a"), member("b")}, want: "a"},
		{name: "all full", rules: []owner.Rule{{}}, staff: []owner.Member{member("a", full(2))}, people: map[string]int{"a": 2}, want: owner.Full},
		{name: "the last place is given", rules: []owner.Rule{{}}, staff: []owner.Member{member("a", full(2))}, people: map[string]int{"a": 1}, want: "a"},
		{name: "200 where nothing is said", rules: []owner.Rule{{}}, staff: []owner.Member{member("a")}, people: map[string]int{"a": 200}, want: owner.Full},
		{name: "by region, with or without 市", rules: []owner.Rule{{Regions: []string{"上海"}, Staff: []string{"b"}}, {}}, staff: []owner.Member{member("a"), member("b")}, facts: owner.Facts{Province: "上海市"}, want: "b"},
		{name: "by region, a code holds its districts", rules: []owner.Rule{{Regions: []string{"310000"}, Staff: []string{"b"}}, {}}, staff: []owner.Member{member("a"), member("b")}, facts: owner.Facts{City: "310115"}, want: "b"},
		{name: "a code does not hold its neighbour", rules: []owner.Rule{{Regions: []string{"310000"}}}, staff: []owner.Member{member("a")}, facts: owner.Facts{City: "320100"}, want: owner.NoRule},
		{name: "region not known fits no region", rules: []owner.Rule{{Regions: []string{"上海"}}}, staff: []owner.Member{member("a")}, want: owner.NoRule},
		{name: "by entry code", rules: []owner.Rule{{Channels: []string{"QR-7"}}}, staff: []owner.Member{member("a")}, facts: owner.Facts{Code: "QR-7"}, want: "a"},
		{name: "by kind of channel", rules: []owner.Rule{{Channels: []string{"pharmacy"}}}, staff: []owner.Member{member("a")}, facts: owner.Facts{Kind: "pharmacy"}, want: "a"},
		{name: "conditions hold together", rules: []owner.Rule{{Channels: []string{"pharmacy"}, Programmes: []string{"diabetes"}}}, staff: []owner.Member{member("a")}, facts: owner.Facts{Kind: "pharmacy", Programmes: []string{"ptx"}}, want: owner.NoRule},
		{name: "language of the person", rules: []owner.Rule{{Languages: []string{"en"}, Staff: []string{"b"}}, {}}, staff: []owner.Member{member("a"), member("b")}, facts: owner.Facts{Language: "en-GB"}, want: "b"},
		{name: "who speaks it", rules: []owner.Rule{{Speaks: true}}, staff: []owner.Member{member("a"), member("b", speaks("zh", "en"))}, facts: owner.Facts{Language: "en"}, want: "b"},
		{name: "nobody speaks it", rules: []owner.Rule{{Speaks: true}}, staff: []owner.Member{member("a")}, facts: owner.Facts{Language: "ug"}, want: owner.Language},
		{name: "an exam that counts", rules: []owner.Rule{{Exam: "dm"}}, staff: []owner.Member{member("a"), member("b", passed("dm", 2*day))}, want: "b"},
		{name: "the moment an exam expires is outside", rules: []owner.Rule{{Exam: "dm"}}, staff: []owner.Member{member("a", passed("dm", day/2))}, want: owner.Exam},
		{name: "away", rules: []owner.Rule{{}}, staff: []owner.Member{member("a")}, absences: away, want: owner.Absent},
		{name: "who is full leaves it to the next rule", rules: []owner.Rule{{Staff: []string{"a"}}, {Staff: []string{"b"}}}, staff: []owner.Member{member("a", full(1)), member("b")}, people: map[string]int{"a": 1}, want: "b"},
		{name: "unless the rule looks no further", rules: []owner.Rule{{Staff: []string{"a"}, Last: true}, {Staff: []string{"b"}}}, staff: []owner.Member{member("a", full(1)), member("b")}, people: map[string]int{"a": 1}, want: owner.Full},
		{name: "a closed account takes nobody", rules: []owner.Rule{{Staff: []string{"a"}}}, staff: []owner.Member{member("a", func(m *owner.Member) { m.Disabled = true })}, want: owner.Nobody},
		{name: "who takes nobody new", rules: []owner.Rule{{}}, staff: []owner.Member{member("a", func(m *owner.Member) { m.Closed = true })}, want: owner.Nobody},
		{name: "managers only where they are named", rules: []owner.Rule{{}}, staff: []owner.Member{{ID: "m", Role: staff.Manager}}, want: owner.Nobody},
		{name: "named, they do", rules: []owner.Rule{{Staff: []string{"m"}}}, staff: []owner.Member{{ID: "m", Role: staff.Manager}}, want: "m"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := owner.Book{Rules: owner.Rules{On: true, List: tt.rules}, Staff: tt.staff, Absences: tt.absences}
			got := b.Choose(tt.facts, func(id string) int { return tt.people[id] }, day/2)
			if got.Member != tt.want && got.Why != tt.want {
				t.Errorf("%+v, want %q", got, tt.want)
			}
		})
	}
	off := owner.Book{Rules: owner.Rules{List: []owner.Rule{{}}}, Staff: []owner.Member{member("a")}}
	if got := off.Choose(owner.Facts{}, func(string) int { return 0 }, 0); got.Why != owner.RulesOff {
		t.Errorf("rules that are off gave %+v", got)
	}
}

func TestActing(t *testing.T) {
	staffs := []owner.Member{member("a"), member("b"), member("c"), member("gone", func(m *owner.Member) { m.Disabled = true })}
	abs := func(who, cover string, from, to int64) owner.Absence {
		return owner.Absence{ID: who + cover, Staff: who, Cover: cover, From: from, To: to}
	}
	tests := []struct {
		name     string
		absences []owner.Absence
		at       int64
		acts     string
		why      string
	}{
		{"there", nil, 0, "a", ""},
		{"covered from the first moment", []owner.Absence{abs("a", "b", day, 2*day)}, day, "b", ""},
		{"not a moment before", []owner.Absence{abs("a", "b", day, 2*day)}, day - 1, "a", ""},
		{"the moment it ends is the owner's again", []owner.Absence{abs("a", "b", day, 2*day)}, 2 * day, "a", ""},
		{"ended early", []owner.Absence{{Staff: "a", Cover: "b", From: 0, To: 9 * day, Ended: day}}, day, "a", ""},
		{"until nobody knows when", []owner.Absence{abs("a", "b", 0, math.MaxInt64)}, 900 * day, "b", ""},
		{"nobody covers", []owner.Absence{abs("a", "", 0, day)}, 1, "", owner.NoCover},
		{"the cover is away and covered", []owner.Absence{abs("a", "b", 0, day), abs("b", "c", 0, day)}, 1, "c", ""},
		{"the cover is away, nobody covers them", []owner.Absence{abs("a", "b", 0, day), abs("b", "", 0, day)}, 1, "", owner.NoCover},
		{"a circle", []owner.Absence{abs("a", "b", 0, day), abs("b", "a", 0, day)}, 1, "", owner.Circular},
		{"a circle of three", []owner.Absence{abs("a", "b", 0, day), abs("b", "c", 0, day), abs("c", "a", 0, day)}, 1, "", owner.Circular},
		{"a circle ends when one is back", []owner.Absence{abs("a", "b", 0, 2*day), abs("b", "a", 0, day)}, day, "b", ""},
		{"the cover's account is closed", []owner.Absence{abs("a", "gone", 0, day)}, 1, "", owner.CoverGone},
		{"of two that overlap the later begun counts", []owner.Absence{abs("a", "b", 0, 9*day), abs("a", "c", day, 2*day)}, day, "c", ""},
		{"and the longer again after it", []owner.Absence{abs("a", "b", 0, 9*day), abs("a", "c", day, 2*day)}, 2 * day, "b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := owner.Book{Staff: staffs, Absences: tt.absences}
			got := b.Acting("a", tt.at)
			if got.Acts != tt.acts || got.Why != tt.why {
				t.Errorf("%+v, want %q %q", got, tt.acts, tt.why)
			}
		})
	}
	b := owner.Book{Staff: staffs, Absences: []owner.Absence{abs("a", "b", 0, 9*day), abs("c", "", 0, 9*day)}}
	if got := b.Covers("b", day); len(got) != 1 || got[0] != "a" {
		t.Errorf("b covers %v", got)
	}
	if got := b.Uncovered(day); len(got) != 1 || got[0] != "c" {
		t.Errorf("uncovered %v", got)
	}
	for _, x := range []struct {
		name   string
		who    string
		due    int64
		safety bool
		want   bool
	}{
		{"safety at its time is the cover's", "a", day, true, false},
		{"late safety is the managers' too at once", "a", day - 1, true, true},
		{"other late work only after four hours", "a", day - owner.OtherGrace, false, false},
		{"then it is", "a", day - owner.OtherGrace - 1, false, true},
		{"without a cover at once", "c", 5 * day, false, true},
		{"who is there has no escalation", "b", 1, true, false},
	} {
		if got := b.Escalated(x.who, x.due, x.safety, day); got != x.want {
			t.Errorf("%s: %v", x.name, got)
		}
	}
}

func TestChecks(t *testing.T) {
	b := owner.Book{Rules: owner.Rules{On: true}, Staff: []owner.Member{member("a"), member("b"), {ID: "v", Role: staff.Viewer}, member("gone", func(m *owner.Member) { m.Disabled = true })}}
	known := func(s string) bool { return s == "dm" }
	rules := func(r ...owner.Rule) error { return b.Check(&owner.Rules{List: r}, "body", known, known) }
	order := func(o owner.Order) error { return b.CheckOrder(&o) }
	absent := func(a owner.Absence) error { return b.CheckAbsence(&a, day) }
	off := owner.Book{}
	tests := []struct {
		name string
		err  error
		code string
	}{
		{"good rules", rules(owner.Rule{Name: "x", Staff: []string{"a"}, Programmes: []string{"dm"}, Exam: "dm"}, owner.Rule{Name: "y", Last: true}), ""},
		{"no name", rules(owner.Rule{Name: " "}), "rule_name_missing"},
		{"unknown staff", rules(owner.Rule{Name: "x", Staff: []string{"z"}}), "rule_staff_unknown"},
		{"closed account", rules(owner.Rule{Name: "x", Staff: []string{"gone"}}), "rule_staff_unknown"},
		{"a viewer", rules(owner.Rule{Name: "x", Staff: []string{"v"}}), "rule_staff_unknown"},
		{"programme", rules(owner.Rule{Name: "x", Programmes: []string{"q"}}), "rule_programme_unknown"},
		{"course", rules(owner.Rule{Name: "x", Exam: "q"}), "rule_exam_unknown"},
		{"never asked", rules(owner.Rule{Name: "x", Last: true}, owner.Rule{Name: "y"}), "rule_never_asked"},
		{"good order", order(owner.Order{From: "a", To: []string{"b"}, Why: owner.Left}), ""},
		{"to the same", order(owner.Order{From: "a", To: []string{"a"}, Why: owner.Left}), "receiver_same"},
		{"to a viewer", order(owner.Order{To: []string{"v"}, Why: owner.Left}), "receiver_unknown"},
		{"to nobody", order(owner.Order{Why: owner.Left}), "receiver_missing"},
		{"no reason", order(owner.Order{To: []string{"b"}}), "reason_missing"},
		{"other without a word", order(owner.Order{To: []string{"b"}, Why: owner.OtherWhy}), "note_missing"},
		{"by rules that are off", off.CheckOrder(&owner.Order{Rule: true, Why: owner.Left}), "rules_missing"},
		{"good absence", absent(owner.Absence{Staff: "a", From: 0, To: 2 * day, Cover: "b"}), ""},
		{"ends before it begins", absent(owner.Absence{Staff: "a", From: 3 * day, To: 2 * day}), "absence_span"},
		{"is over", absent(owner.Absence{Staff: "a", From: 0, To: day}), "absence_past"},
		{"covers themselves", absent(owner.Absence{Staff: "a", From: 0, To: 2 * day, Cover: "a"}), "cover_self"},
		{"unknown cover", absent(owner.Absence{Staff: "a", From: 0, To: 2 * day, Cover: "v"}), "cover_unknown"},
		{"unknown staff away", absent(owner.Absence{Staff: "z", From: 0, To: 2 * day}), "absence_staff"},
	}
	for _, tt := range tests {
		code := ""
		if f := fault.Of(tt.err); f != nil {
			code = f.Code
		}
		if code != tt.code {
			t.Errorf("%s: %q, want %q", tt.name, code, tt.code)
		}
	}
}

func TestSpreadFillsWhoHasMostRoom(t *testing.T) {
	b := owner.Book{Staff: []owner.Member{member("a", full(100)), member("b", full(300)), member("gone", func(m *owner.Member) { m.Disabled = true })}}
	got := b.Spread(200, []string{"a", "b", "gone"}, func(id string) int { return map[string]int{"a": 50}[id] })
	if len(got) != 3 || got[0].Gets+got[1].Gets != 200 || got[2].Gets != 0 {
		t.Fatalf("%+v", got)
	}
	if got[0].After != 63 && got[0].After != 62 { // 250 of 400 places: the same share for both
		t.Errorf("a has %d of %d", got[0].After, got[0].Room)
	}
}
