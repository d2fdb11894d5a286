package soak

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/referral"
	"peiban/internal/store"
)

// look compares what came about with what the far side and those who act for people wrote down.
func (w *world) look() {
	for k, p := range w.workers {
		if p == nil {
			continue
		}
		if at, who, kind, key, ok := p.c.Next(); ok && !at.After(w.now) {
			w.broken("process %d: %s %s of person %d was due at %s and was not done", k, kind, key, who, at)
		}
		people, diff, err := p.c.Replay(w.ctx, nil)
		if err != nil || people == 0 {
			w.broken("replay of %d: %v", people, err)
		}
		for _, d := range diff {
			a, _ := engine.Decode(d.Stored)
			b, _ := engine.Decode(d.Again)
			w.broken("process %d: %s is not what the events say:\nstored %+v\nagain  %+v", k, d.Person, *a, *b)
		}
	}
	w.nothingTwice()
	w.nothingLost()
	w.referred()
}

// messages are all that were ever asked for.
func (w *world) messages() map[message.ID]message.Message {
	out := map[message.ID]message.Message{}
	for _, s := range w.people {
		l, err := w.workers[0].db.MessagesOf(w.ctx, w.ws.Number, person.Number(s.number), store.Page{Limit: 500})
		if err != nil {
			w.broken("list messages: %v", err)
		}
		for _, m := range l.Items {
			out[m.ID] = m
		}
	}
	return out
}

// nothingTwice looks for what happened twice, and for sends that cannot be proved.
func (w *world) nothingTwice() {
	all := w.messages()
	w.inTheApp(all)
	sends := map[string]int{}
	for _, t := range w.far.order {
		m, there := all[message.ID(t.key)]
		if !there {
			w.broken("the far side took %s and nobody asked for it", t.key)
			continue
		}
		if t.class == "service" {
			continue
		}
		sends[m.Run+" "+m.Step]++
		most := 1
		if !texts[t.content].once {
			most = rounds
		}
		if n := sends[m.Run+" "+m.Step]; n > most {
			w.broken("%s: step %s of one run was sent %d times", t.content, m.Step, n)
		}
	}
	proved := 0
	for _, id := range slices.Sorted(maps.Keys(all)) {
		m := all[id]
		if m.State == message.Sent && m.Channel == "webhook" && w.far.taken[string(id)] == nil {
			w.broken("%s is said to be sent and never came", m.Content)
		}
		if (m.State == message.Queued || m.State == message.Held) && m.Next <= w.now.UnixMicro() {
			w.broken("%s is %s since %s", m.Content, m.State, time.UnixMicro(m.Next))
		}
		if m.State == message.Sending {
			w.broken("%s is on its way for ever", m.Content)
		}
		if proved < 12 && (m.State == message.Sent || m.State == message.Suppressed) {
			proved++
			proof, err := w.workers[0].c.Prove(w.ctx, m)
			if err != nil || !proof.Same {
				w.broken("%s %s (%s) cannot be proved: %v %+v", m.Content, m.State, m.Reason, err, proof.Difference)
				for _, d := range proof.Decisions {
					w.broken("  at %s recorded %s, found %s", time.UnixMicro(d.At).In(shanghai).Format(time.DateTime), d.Recorded, d.Found)
				}
			}
		}
	}
	for _, s := range w.people {
		if s.with != nil {
			continue
		}
		l, err := w.workers[0].c.Look(person.Number(s.number), 0, 0)
		if err != nil {
			w.broken("look: %v", err)
			continue
		}
		seen := map[string]bool{}
		for i, t := range l.View.Type {
			var ref string
			switch t {
			case event.MessageSent, event.JourneyCall, event.TaskOpened:
				if l.View.C[i].String() == "alert" {
					continue
				}
				ref = fmt.Sprint(t, l.View.Num[i])
			case event.Points:
				ref = fmt.Sprint(t, l.View.XAt(i, 0))
			default:
				continue
			}
			if seen[ref] && t != event.TaskOpened {
				w.broken("%s has %s twice", s.user, t)
			}
			seen[ref] = true
		}
	}
}

// nothingLost counts the runs that had to begin, and looks whether each has come to its end.
func (w *world) nothingLost() {
	meals, runs := 0, map[string]string{}
	for _, s := range w.people {
		meals += len(s.meals)
		rows, err := w.workers[0].db.Runs(w.ctx, w.ws.Number, person.Number(s.number))
		if err != nil {
			w.broken("list runs: %v", err)
		}
		for _, r := range rows {
			if r.Journey == "meal" {
				runs[r.ID] = r.Status
			}
			if r.Status == "running" && r.Until != 0 && r.Until <= w.now.UnixMicro() {
				w.broken("%s: the run of %s waits at %s since %s", s.user, r.Journey, r.Step, time.UnixMicro(r.Until))
			}
			// Everybody waits at most three days at a time, and a fortnight has gone by; who is asked to wait for a held message waits longer.
			if r.Status == "running" && r.Journey != "walk" && r.Journey != "hand" && r.Started < w.now.Add(-12*24*time.Hour).UnixMicro() {
				w.broken("%s: the run of %s never ended; it is at %s until %d", s.user, r.Journey, r.Step, r.Until)
			}
		}
	}
	if len(runs) != meals {
		w.broken("%d meals were told and began %d runs", meals, len(runs))
	}
}

// facts are what came about, in words that do not depend on how commits were cut.
func (w *world) facts() []string {
	var out []string
	for _, m := range w.messages() {
		if m.Class == message.Service { // named after the event it answers, whose number depends on how commits were cut
			m.ID = ""
		}
		out = append(out, fmt.Sprintln("message", m.ID, m.Person, m.To, m.Content, m.State, m.Reason, m.Due, m.SentAt, m.Answer))
	}
	for _, s := range w.people {
		ts, err := w.workers[0].db.TasksOf(w.ctx, w.ws.Number, person.Number(s.number))
		if err != nil {
			w.broken("list tasks: %v", err)
		}
		for _, t := range ts {
			out = append(out, fmt.Sprintln("task", t.ID, t.Person, t.State, t.Title.En, t.Opened, t.Due))
		}
		rows, err := w.workers[0].db.Runs(w.ctx, w.ws.Number, person.Number(s.number))
		if err != nil {
			w.broken("list runs: %v", err)
		}
		for _, r := range rows {
			out = append(out, fmt.Sprintln("run", r.ID, r.Journey, r.Version, r.Status, r.Reason, r.Step, r.Started, r.Ended, r.Arm))
		}
		if s.with != nil {
			continue
		}
		l, err := w.workers[0].c.Look(person.Number(s.number), 0, 0)
		if err != nil {
			w.broken("look: %v", err)
			continue
		}
		out = append(out, referrals(s.user, referral.Fold(l.View.Timeline))...)
		for _, g := range l.State.Consents {
			out = append(out, fmt.Sprintln(s.user, g.Purpose, g.Given, g.At))
		}
		for _, p := range l.State.Programmes {
			tags := make([]string, len(p.Tags))
			for i, t := range p.Tags {
				tags[i] = fmt.Sprint(t.Key, t.Since)
			}
			out = append(out, fmt.Sprintln(s.user, p.Key, p.Stage, p.StageSince, strings.Join(tags, " ")))
		}
		for _, e := range l.State.Entries {
			out = append(out, fmt.Sprintln(s.user, "entered", e.Journey, e.Count, e.Last))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// differs says where two lists of facts part.
func differs(without, with []string) string {
	var out []string
	a, b := map[string]bool{}, map[string]bool{}
	for _, x := range without {
		a[x] = true
	}
	for _, x := range with {
		b[x] = true
	}
	for _, x := range without {
		if !b[x] {
			out = append(out, "- "+x)
		}
	}
	for _, x := range with {
		if !a[x] {
			out = append(out, "+ "+x)
		}
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Compare(a[2:], b[2:]) })
	return strings.Join(out[:min(len(out), 12)], "")
}
