package layer

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/timeline"
)

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func at(s string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t.UnixMicro()
}

func view(es ...event.Event) timeline.View {
	t := &timeline.Timeline{}
	for i := range es {
		es[i].Seq = event.Seq(i + 1)
		t.Add(&es[i])
	}
	return timeline.View{Timeline: t, Loc: shanghai}
}

func done(when, outcome string) event.Event {
	return event.Event{Type: event.TaskDone, Occurred: at(when), C: event.Intern(outcome)}
}

func TestContacts(t *testing.T) {
	chat := func(when, from string) event.Event {
		return event.Event{Type: event.Chat, Occurred: at(when), A: event.Intern(from)}
	}
	tests := []struct {
		name     string
		events   []event.Event
		messages bool
		want     int
	}{
		{"nothing", nil, true, 0},
		{"a call that reached the person", []event.Event{done("2026-03-02 09:00", "reached")}, false, 1},
		{"a call nobody answered", []event.Event{done("2026-03-02 09:00", "no_answer")}, false, 0},
		{"two on one day are one", []event.Event{done("2026-03-02 09:00", "reached"), chat("2026-03-02 23:59", "staff")}, false, 1},
		{"midnight begins another", []event.Event{done("2026-03-02 23:59", "reached"), chat("2026-03-03 00:00", "staff")}, false, 2},
		{"what the person or a machine wrote", []event.Event{chat("2026-03-02 09:00", "person"), chat("2026-03-02 10:00", "bot")}, false, 0},
		{"a message, where messages count", []event.Event{{Type: event.MessageSent, Occurred: at("2026-03-02 09:00")}}, true, 1},
		{"and where they do not", []event.Event{{Type: event.MessageSent, Occurred: at("2026-03-02 09:00")}}, false, 0},
		{"the first moment is outside, the last inside", []event.Event{done("2026-03-01 00:00", "reached"), done("2026-03-08 12:00", "reached")}, false, 1},
		{"taken back", []event.Event{{Type: event.DoctorTalk, Occurred: at("2026-03-02 09:00"), Flags: event.Hidden}}, false, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Contacts(view(tt.events...), tt.messages, at("2026-03-01 00:00"), at("2026-03-08 12:00")); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestGivenTo(t *testing.T) {
	now := at("2026-03-29 12:00")
	v := view(done("2026-03-02 09:00", "reached"), done("2026-03-20 09:00", "reached"), done("2026-03-25 09:00", "reached"), done("2026-03-26 09:00", "reached"))
	week := Care{Every: 7 * 24 * time.Hour}
	tests := []struct {
		name  string
		care  Care
		since string
		want  Given
	}{
		{"28 days are four weeks", week, "2025-01-01 00:00", Given{4, 4}},
		{"since they came, and one moment short of a week", week, "2026-03-22 12:01", Given{0, 2}},
		{"a week to the moment", week, "2026-03-22 12:00", Given{1, 2}},
		{"every third day", Care{Every: 3 * 24 * time.Hour}, "2026-03-19 12:00", Given{3, 3}},
		{"nothing is planned", Care{}, "2026-03-19 12:00", Given{}},
		{"came this moment", week, "2026-03-29 12:00", Given{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := GivenTo(v, tt.care, at(tt.since), now); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if g := (Given{2, 5}); g.Kept() != 2 || g.Behind() {
		t.Error("more than planned")
	}
	if g := (Given{3, 2}); g.Kept() != 2 || !g.Behind() {
		t.Error("fewer than planned")
	}
}

func TestBounds(t *testing.T) {
	now := at("2026-03-11 12:00") // a Wednesday
	got := Bounds(now, 2, shanghai)
	if want := []int64{at("2026-03-02 00:00") - 1, at("2026-03-09 00:00") - 1, now}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// walk makes people wander between layers for some weeks, and remembers where each was at every moment.
func walk(seed uint64, people, tags int, bounds []int64) (now []Standing, moves []Move, was func(n int, moment int64) int) {
	r := rand.New(rand.NewPCG(seed, 2))
	type step struct {
		at int64
		to int
	}
	lives := make([][]step, people)
	joined := make([]int64, people)
	seq := event.Seq(0)
	from, to := bounds[0]-14*24*3600_000_000, bounds[len(bounds)-1]
	for n := range people {
		joined[n] = from + r.Int64N(to-from)
		place, when := tags, joined[n]
		lives[n] = []step{{joined[n], tags}}
		for {
			when += 1 + r.Int64N(10*24*3600_000_000)
			if r.IntN(8) == 0 { // to the very edge of a week
				when = max(when, bounds[r.IntN(len(bounds))])
			}
			next := r.IntN(tags + 1)
			if when > to {
				break
			}
			if next == place {
				continue
			}
			seq++
			n1 := 0
			if place < tags {
				moves = append(moves, Move{Person: uint32(n), Tag: place, At: when, Seq: seq, N: n1})
				n1++
			}
			if next < tags {
				moves = append(moves, Move{Person: uint32(n), Tag: next, Gained: true, At: when, Seq: seq, N: n1})
			}
			place = next
			lives[n] = append(lives[n], step{when, place})
		}
		s := Standing{Person: uint32(n), Layer: place, Joined: joined[n], Changed: seq}
		if place == tags {
			s.Layer = None
		}
		now = append(now, s)
	}
	r.Shuffle(len(moves), func(i, k int) { moves[i], moves[k] = moves[k], moves[i] })
	return now, moves, func(n int, moment int64) int {
		place := tags + 1
		for _, x := range lives[n] {
			if x.at <= moment {
				place = x.to
			}
		}
		return place
	}
}

// The weeks count what a second, naive count counts: everybody asked where they were at every week's edge.
func TestWeeksAreWhatWasLogged(t *testing.T) {
	const tags = 3
	bounds := Bounds(at("2026-03-11 12:00"), 6, shanghai)
	for seed := range uint64(30) {
		now, moves, was := walk(seed, 60, tags, bounds)
		cell := Cell{Week: int(seed % 6), From: int(seed) % (tags + 2), To: All}
		weeks := Weeks(now, moves, tags, bounds, &cell)
		for w := range weeks {
			people, table := make([]int, tags+2), make([][]int, tags+2)
			var which []uint32
			for i := range table {
				table[i] = make([]int, tags+2)
			}
			for n := range now {
				from, to := was(n, bounds[w]), was(n, bounds[w+1])
				people[to]++
				table[from][to]++
				if w == cell.Week && from == cell.From {
					which = append(which, uint32(n))
				}
			}
			if !slices.Equal(weeks[w].People, people) || fmt.Sprint(weeks[w].Moves) != fmt.Sprint(table) {
				t.Fatalf("seed %d week %d: %v %v, want %v %v", seed, w, weeks[w].People, weeks[w].Moves, people, table)
			}
			if !slices.Equal(weeks[w].Which, which) {
				t.Fatalf("seed %d week %d: behind the cell are %v, want %v", seed, w, weeks[w].Which, which)
			}
		}
	}
}

// A move that was committed after the standings were read does not belong to them.
func TestAMoveOfALaterCommitIsLeftOut(t *testing.T) {
	bounds := Bounds(at("2026-03-11 12:00"), 2, shanghai)
	now := []Standing{{Person: 1, Layer: 0, Changed: 5}}
	moves := []Move{
		{Person: 1, Tag: 0, Gained: true, At: at("2026-03-03 12:00"), Seq: 5},
		{Person: 1, Tag: 0, At: at("2026-03-11 11:59"), Seq: 6},
		{Person: 1, Tag: 1, Gained: true, At: at("2026-03-11 11:59"), Seq: 6, N: 1},
	}
	weeks := Weeks(now, moves, 2, bounds, nil)
	if weeks[1].Moves[0][0] != 1 || weeks[0].Moves[2][0] != 1 {
		t.Errorf("%+v", weeks)
	}
}

func TestBranches(t *testing.T) {
	for rule, want := range map[string][]string{
		`tag("a") || tag("b")`:                       {`tag("a")`, `tag("b")`},
		`events("x").count() >= 12`:                  {`events("x").count() >= 12`},
		`(tag("a") || tag("b")) && tag("c")`:         {`(tag("a") || tag("b")) && tag("c")`},
		`tag("a") || x.where(e, e.a == "||").any()`:  {`tag("a")`, `x.where(e, e.a == "||").any()`},
		`tag("a") ? tag("b") || tag("c") : tag("d")`: {`tag("a") ? tag("b") || tag("c") : tag("d")`},
		"tag(\"a\")\n|| f(\")\") || (tag('b'))":      {`tag("a")`, `f(")")`, `(tag('b'))`},
	} {
		if got := Branches(rule); !slices.Equal(got, want) {
			t.Errorf("%s: %q", rule, got)
		}
	}
	for branch, want := range map[string]string{`tag("a")`: "a", `(tag("a.b"))`: "a.b", `!tag("a")`: "", `tag("a") && tag("b")`: "", `x`: ""} {
		if got := TagOf(branch); got != want {
			t.Errorf("%s: %q", branch, got)
		}
	}
}

func BenchmarkWeeksOf100000(b *testing.B) {
	bounds := Bounds(at("2026-03-11 12:00"), 12, shanghai)
	now, moves, _ := walk(1, 100_000, 3, bounds)
	slices.SortFunc(moves, Newest)
	for b.Loop() {
		Weeks(now, moves, 3, bounds, nil)
	}
}
