package soak

import (
	"errors"
	"fmt"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/person"
	"peiban/internal/referral"
	"peiban/internal/task"
)

// refer is a deed: the next step of the referral of somebody that is under way, or one opened by hand.
func (w *world) refer(s *somebody) {
	n, pick := person.Number(s.root().number), w.work.IntN(4)
	var moved *conductor.ReferralMove // tried before: it is the one we mean
	w.do(s.user+" referral", func(p *process) error {
		if moved == nil {
			if _, err := p.c.Tick(w.ctx); err != nil { // follows what others wrote
				return err
			}
			l, err := p.c.Look(n, 0, 0)
			if err != nil {
				return err
			}
			moved = step(referral.Fold(l.View.Timeline), pick)
		}
		var err error
		if moved.ID == "" {
			err = p.c.OpenReferral(w.ctx, n, "trial/lows", "", byStaff)
		} else {
			err = p.c.MoveReferral(w.ctx, n, *moved, byStaff)
		}
		for _, refused := range []error{conductor.ErrStepOrder, conductor.ErrUnderWay, conductor.ErrReferAsk, conductor.ErrNoReferral} {
			if errors.Is(err, refused) && !p.db.dead { // it was taken before the process died, or somebody else did meanwhile
				return nil
			}
		}
		return err
	})
}

// step is what somebody would do next; without an id: open one.
func step(rs []referral.Referral, pick int) *conductor.ReferralMove {
	for _, r := range rs {
		if r.State.Over() {
			continue
		}
		m := &conductor.ReferralMove{ID: r.ID, From: r.State, To: referral.Closed, Reason: "done"}
		switch r.State {
		case referral.Queued:
			if pick == 0 {
				m.To, m.Reason = referral.Expired, "nobody"
			}
		case referral.Proposed:
			if m.To = referral.Consented; pick == 0 {
				m.To, m.Reason = referral.Declined, "unwilling"
			}
		case referral.Consented:
			m.To = referral.Accepted
		case referral.Accepted:
			m.To = referral.Seen
		case referral.Seen:
			m.To = referral.Feedback
		}
		return m
	}
	return &conductor.ReferralMove{}
}

// referred looks at the referrals: each step may follow the one before, one of a matter is under way at a time, and what a state asks of staff
// is open once and over with the state. Of two who were one at some time both may have had one.
func (w *world) referred() {
	load, merged := map[string]int{}, false
	for _, s := range w.people {
		merged = merged || s.merged
		if s.merged {
			continue
		}
		n := person.Number(s.number)
		l, err := w.workers[0].c.Look(n, 0, 0)
		if err != nil {
			w.broken("look: %v", err)
			continue
		}
		ts, err := w.workers[0].db.TasksOf(w.ctx, w.ws.Number, n)
		if err != nil {
			w.broken("list tasks: %v", err)
		}
		state := map[task.ID]task.State{}
		for _, t := range ts {
			state[t.ID] = t.State
		}
		underWay := 0
		for _, r := range referral.Fold(l.View.Timeline) {
			for i, x := range r.Steps {
				if i > 0 && !r.Steps[i-1].State.May(x.State) {
					w.broken("%s: referral %s went from %s to %s", s.user, r.ID, r.Steps[i-1].State, x.State)
				}
				id := task.ID(engine.ContactID(string(w.ws.ID), s.id, conductor.ReferralKey(r.ID, x.State)))
				last := i == len(r.Steps)-1
				if now, there := state[id]; (*referral.Rule)(nil).Within(x.State) != 0 && (!there || !last && now == task.Open) {
					w.broken("%s: the work of %s of referral %s is there: %v, %s", s.user, x.State, r.ID, there, now)
				}
			}
			if !r.State.Over() {
				underWay++
				load[r.Doctor]++
			}
		}
		if underWay > 1 {
			w.broken("%s: %d referrals of one matter at once", s.user, underWay)
		}
	}
	if !merged && (load["qian"] > 2 || load["sun"] > 1) {
		w.broken("doctors have more than they may: %v", load)
	}
}

// referrals are those of somebody, in words.
func referrals(user string, rs []referral.Referral) (out []string) {
	for _, r := range rs {
		line := fmt.Sprint(user, " referral ", r.ID, " ", r.Group, "/", r.Doctor, " ", r.Reason)
		for _, x := range r.Steps {
			line += fmt.Sprint(" ", x.State, " ", x.At)
		}
		out = append(out, line+"\n")
	}
	return out
}
