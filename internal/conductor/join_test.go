package conductor_test

import (
	"fmt"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/person"
)

func joining(name, phone, browser, code string, inviter person.Number) conductor.Joining {
	return conductor.Joining{
		Profile: conductor.Profile{Name: name, Phone: phone}, Visitor: browser, Inviter: inviter,
		Answers: []conductor.ConsentAnswer{{Purpose: "basic_service", TextVersion: "1", Granted: true}},
		Came:    conductor.Coming{Code: code, Channel: "douyin", Kind: "media", Click: "bd_vid=x"},
	}
}

func (b *bench) join(c *conductor.Conductor, j conductor.Joining) conductor.Joined {
	b.t.Helper()
	out, err := c.Join(b.t.Context(), j, audit.Entry{Action: "join"})
	ok(b.t, err)
	return out
}

func points(c *conductor.Conductor, n person.Number) (sum float64) {
	_, v, _, _ := c.Glance(n)
	for i, t := range v.Type {
		if t == event.Points {
			sum += v.Num[i]
		}
	}
	return sum
}

func TestWhoComesByACodeSettlesThere(t *testing.T) {
	b := newBench(t)
	c := b.c
	j := joining("张桂芳", "13800138000", "browser", "code-a", 0)
	first := b.join(c, j)
	again := b.join(c, j)
	if !again.Again || again.Card.Number != first.Card.Number {
		t.Errorf("the same answers twice: %+v", again)
	}
	j.Name = "李建国"
	if other := b.join(c, j); !other.Shared || other.Card.Number == first.Card.Number {
		t.Errorf("another by the same browser: %+v", other)
	}
	none := joining("王秀英", "", "elsewhere", "code-a", 0)
	none.Answers[0].Granted = false
	b.join(c, none)
	rows, err := c.Origins(t.Context())
	ok(t, err)
	got := entrance.Tally(rows, 1, func(y event.Symbol) int {
		if y.String() == "code-a" {
			return 0
		}
		return -1
	}, entrance.Span{}, rows[first.Card.Number].Settled, nil)
	if got[0].Touched != 3 || got[0].Settled != 2 {
		t.Errorf("%+v", got[0])
	}
	_, err = c.CameAgain(t.Context(), first.Card.Number, conductor.Coming{Code: "code-b", Kind: "event"}, 0, audit.Entry{Actor: "person:x", Action: "came"})
	ok(t, err)
	rows, err = c.Origins(t.Context())
	ok(t, err)
	if r := rows[first.Card.Number]; r.First.String() != "code-a" || r.Last.String() != "code-b" {
		t.Errorf("first touch %s, last %s", r.First, r.Last)
	}
}

func TestARewardIsGivenOnceToWhoBroughtSomebody(t *testing.T) {
	b := newBench(t)
	c := b.c
	caps := c.Caps("")
	if caps.Points == 0 {
		t.Fatal("the programme gives nothing")
	}
	root := b.join(c, joining("甲", "13800000001", "b1", "code-a", 0)).Card
	state, err := b.store.Invite(t.Context(), c.Workspace().Number, root.Number, "inv-root", 1)
	ok(t, err)
	kid := b.join(c, joining("乙", "13800000002", "b2", state, root.Number))
	if kid.Outcome != entrance.Rewarded || points(c, root.Number) != caps.Points {
		t.Errorf("%s, %v points", kid.Outcome, points(c, root.Number))
	}
	if x := b.join(c, joining("丙", "+86 138 0000 0001", "b3", state, root.Number)); x.Outcome != entrance.SamePhone {
		t.Errorf("the inviter's own number: %s", x.Outcome)
	}
	if x := b.join(c, joining("丁", "", "b2", state, root.Number)); x.Outcome != entrance.SameScan {
		t.Errorf("a browser somebody came in by: %s", x.Outcome)
	}
	for i := 3; i < 3+caps.PerDay; i++ {
		x := b.join(c, joining("戊", fmt.Sprintf("1380000010%d", i), fmt.Sprint("c", i), state, root.Number))
		if want := map[bool]entrance.Outcome{true: entrance.Rewarded, false: entrance.DayFull}[i-2 < caps.PerDay]; x.Outcome != want {
			t.Errorf("number %d of the day: %s", i-1, x.Outcome)
		}
	}
	below, err := b.store.Invite(t.Context(), c.Workspace().Number, kid.Card.Number, "inv-kid", 1)
	ok(t, err)
	before := points(c, root.Number)
	if x := b.join(c, joining("己", "13800000009", "d", below, kid.Card.Number)); x.Outcome != entrance.Rewarded || points(c, root.Number) != before {
		t.Errorf("two steps down: %s, and the one above has %v", x.Outcome, points(c, root.Number))
	}
	touch := func(n person.Number, by string, inviter person.Number) entrance.Outcome {
		o, err := c.CameAgain(t.Context(), n, conductor.Coming{Code: by, Kind: "referral"}, inviter, audit.Entry{Actor: fmt.Sprint("person:", n), Action: "came"})
		ok(t, err)
		return o
	}
	if got := [3]entrance.Outcome{touch(root.Number, state, root.Number), touch(root.Number, below, kid.Card.Number), touch(kid.Card.Number, state, root.Number)}; got !=
		[3]entrance.Outcome{entrance.Self, entrance.Circle, entrance.Here} {
		t.Errorf("%v", got)
	}
	if points(c, root.Number) != before {
		t.Error("coming again gave points")
	}
	tree, err := c.Brought(t.Context())
	ok(t, err)
	if s := tree.Measure(); s.Deepest != 2 || s.Inviters != 2 {
		t.Errorf("%+v", s)
	}
}
