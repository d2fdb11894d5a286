package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/person"
	"peiban/internal/referral"
	"peiban/internal/task"
)

// referring is how referrals go on while a demo is told: the person answers, the doctor takes, sees and reports, each after a while.
type referring struct {
	end   time.Time
	next  time.Time // of the story: when somebody looks after them again
	hands []hand
	stuck map[string]bool // by person and referral: once the person agreed, nobody answers
}

// hand is a referral somebody opens by hand, so many hours before the demo begins. They are spread so that each column of the board has
// somebody, and so that one is late and one is the managers' already.
type hand struct {
	before time.Duration
	stuck  bool
	note   string
}

const day = 24 * time.Hour

func hands() []hand {
	return []hand{
		{26 * day, false, "眼底照相可疑，请专病组看"}, {17 * day, false, "病程十年以上，从没看过眼底"}, {13 * day, false, "自述视物模糊"}, {9 * day, false, "病程长，今年没有查眼底"},
		{8 * day, true, "基层初筛建议转诊"}, {6 * day, false, "自述看东西变形"}, {4 * day, true, "家属来电要求"}, {44 * time.Hour, false, "复查时间到了"}, {30 * time.Hour, false, "眼压偏高"}, {8 * time.Hour, false, "昨天随访说眼前有黑影"},
	}
}

// after is how long each state lasts in the story.
var after = map[referral.State]struct {
	wait time.Duration
	to   referral.State
}{
	referral.Proposed:  {20 * time.Hour, referral.Consented},
	referral.Consented: {26 * time.Hour, referral.Accepted},
	referral.Accepted:  {5 * day, referral.Seen},
	referral.Seen:      {3 * day, referral.Feedback},
	referral.Feedback:  {10 * day, referral.Closed},
}

// lookAfterReferrals takes every referral a step on whose time has come. Every seventh person declines.
func (r *rehearsal) lookAfterReferrals(ctx context.Context) error {
	now := r.c.Now()
	if r.refers == nil || now.Before(r.refers.next) {
		return nil
	}
	r.refers.next = now.Add(6 * time.Hour)
	for len(r.refers.hands) > 0 && !now.Before(r.refers.end.Add(-r.refers.hands[0].before)) {
		h := r.refers.hands[0]
		r.refers.hands = r.refers.hands[1:]
		if err := r.referSomebody(ctx, h); err != nil {
			return err
		}
	}
	all, err := r.c.Referrals(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		x := &all[i]
		step, goes := after[x.State]
		if !goes || now.Sub(time.UnixMicro(x.Since())) < step.wait || x.State != referral.Proposed && r.refers.stuck[fmt.Sprint(x.Person, x.ID)] {
			continue
		}
		if err := r.stepOf(ctx, x, step.to); err != nil {
			return fmt.Errorf("take a referral of the demo on: %w", err)
		}
	}
	return nil
}

func (r *rehearsal) stepOf(ctx context.Context, x *conductor.Referred, to referral.State) error {
	doctor := r.staff["qian"]
	m := conductor.ReferralMove{ID: x.ID, From: x.State, To: to}
	actor := "staff:" + doctor
	switch to {
	case referral.Consented:
		m.Self, m.Next, actor = true, doctor, string(r.outside(x.Person))
		if x.Person%7 == 3 {
			m.To, m.Reason, m.Next = referral.Declined, "person", ""
		}
	case referral.Accepted, referral.Seen:
		m.Next = doctor
	case referral.Feedback:
		m.Note = "轻度非增殖期，半年复查"
	case referral.Closed:
		m.Reason = "watch"
	}
	return r.c.MoveReferral(ctx, x.Person, m, audit.Entry{Actor: actor, Action: "referral.move", Person: x.Person})
}

func (r *rehearsal) outside(n person.Number) string {
	card, _ := r.c.Directory().ByNumber(n)
	return "person:" + string(card.ID)
}

// referSomebody opens one by hand: of the first who may be referred and is not under way.
func (r *rehearsal) referSomebody(ctx context.Context, h hand) error {
	rules, _ := r.c.ReferralRules()
	if len(rules) == 0 {
		return nil
	}
	rule := slices.Sorted(maps.Keys(rules))[0]
	all := r.c.Directory().All().ToArray()
	for i := len(all) - 1; i >= 0; i-- {
		n := person.Number(all[i])
		if n%7 == 3 { // who would decline
			continue
		}
		err := r.c.OpenReferral(ctx, n, rule, h.note, audit.Entry{Actor: "staff:" + r.staff["liu"], Action: "referral.open", Person: n})
		switch {
		case errors.Is(err, conductor.ErrReferAsk), errors.Is(err, conductor.ErrUnderWay): // referred already, or not to be
			continue
		case err != nil:
			return fmt.Errorf("refer somebody of the demo: %w", err)
		}
		if h.stuck {
			r.refers.stuck[fmt.Sprint(n, rule+"/1")] = true
		}
		return nil
	}
	return nil
}

// ofReferral tells whether work is a referral's: the story's people take those on by themselves.
func (r *rehearsal) ofReferral(t *task.Task) bool {
	return r.refers != nil && strings.HasPrefix(t.Title.Zh, "转诊：")
}
