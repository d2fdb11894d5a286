package soak

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/task"
)

var byStaff = audit.Entry{Actor: "staff:1", Action: "soak"}

func (w *world) item(s *somebody, key, props string) conductor.Item {
	e, f := event.Decode(key, json.RawMessage(props))
	if f != nil {
		panic(fmt.Sprintf("%s %s: %v", key, props, f))
	}
	e.Occurred, e.Actor, e.Provenance = w.real.UnixMicro(), "source", "device"
	w.sent++
	return conductor.Item{Ident: []conductor.Identifier{{Type: "userId", Value: s.user}}, Event: e, MessageID: fmt.Sprint("m", w.sent)}
}

// tell brings an event in. It is not over before it is answered: who got no answer says it again.
func (w *world) tell(s *somebody, key, props string) (out conductor.Outcome) {
	it := w.item(s, key, props)
	w.do(s.user+" "+key+" "+props, func(p *process) error {
		o, err := p.c.Submit(w.ctx, conductor.Live, byStaff, []conductor.Item{it})
		if err == nil {
			out = o[0]
			if out.Status == conductor.Refused || out.Status == conductor.Clashes {
				err = fmt.Errorf("status %d: %v", out.Status, out.Fault)
			}
		}
		return err
	})
	w.again = append(w.again, func() {
		w.do("again "+it.MessageID, func(p *process) error {
			o, err := p.c.Submit(w.ctx, conductor.Live, byStaff, []conductor.Item{it})
			if err == nil && o[0].Status != conductor.Repeated {
				err = fmt.Errorf("%s came a second time: status %d", it.MessageID, o[0].Status)
			}
			return err
		})
	})
	return out
}

var zones = []string{"Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi", "Europe/London", "America/New_York"}

// settle brings the people in, before any fault.
func (w *world) settle() {
	for i := range 3 + w.work.IntN(3) {
		s := &somebody{user: fmt.Sprint("u", i), zone: shanghai, own: map[string]word{}, meals: map[string]bool{}}
		w.stands[s] = standing{}
		w.people = append(w.people, s)
		w.consents(s, "basic_service", true)
		if w.work.IntN(8) > 0 {
			w.consents(s, "health_data", true)
		}
		if w.work.IntN(2) == 0 {
			w.consents(s, "marketing_push", true)
		}
		o := w.tell(s, "profile", fmt.Sprintf(`{"zone":%q}`, zones[w.work.IntN(len(zones))]))
		card, _ := w.workers[0].c.Directory().ByNumber(o.Person)
		if o.Person == 0 {
			w.broken("%s is nobody", s.user)
			return
		}
		if w.work.IntN(6) == 0 {
			w.wishes(s, inApp, wish{on: true})
		}
		s.number, s.id = uint32(o.Person), string(card.ID)
		if l, err := time.LoadLocation(card.Profile.Zone); err == nil {
			s.zone = l
		}
		w.byID[s.id] = s
	}
	w.begun = true
}

func (w *world) consents(s *somebody, purpose string, given bool) {
	if !given { // from the moment it is said it holds, whoever has been told
		defer w.says(s, purpose, given)
	}
	w.tell(s, "consent", fmt.Sprintf(`{"purpose":%q,"granted":%v,"textVersion":"1"}`, purpose, given))
	if given {
		w.says(s, purpose, given)
	}
}

// withdrawBy has somebody take their consent to the service back through one process while another is at work.
func (w *world) withdrawBy(p *process, s *somebody) {
	w.note("meanwhile %s withdraws", s.user)
	it := w.item(s, "consent", `{"purpose":"basic_service","granted":false,"textVersion":"1"}`)
	if _, err := p.c.Submit(w.ctx, conductor.Live, byStaff, []conductor.Item{it}); err != nil {
		w.broken("withdraw: %v", err)
		return
	}
	w.says(s, "basic_service", false)
}

// deeds are what people do, each as likely as its weight.
var deeds = []struct {
	weight int
	do     func(w *world, s *somebody)
}{
	{6, func(w *world, s *somebody) { w.meal(s) }},
	{4, func(w *world, s *somebody) {
		w.tell(s, "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L"}`, 2.5+w.work.Float64()*2))
	}},
	{4, func(w *world, s *somebody) { w.tell(s, "exercise", `{"minutes":20}`) }},
	{3, func(w *world, s *somebody) { w.tell(s, "check_in", `{}`) }},
	{3, func(w *world, s *somebody) { w.page(s) }},
	{2, func(w *world, s *somebody) { // what they hear of the walk may be held until they have left its journey
		w.tell(s, "exercise", `{"minutes":40}`)
		w.due()
		w.pass(time.Duration(1+w.work.IntN(200)) * time.Minute)
		w.due()
		w.page(s)
	}},
	{4, func(w *world, s *somebody) { w.wish(s) }},
	{4, func(w *world, s *somebody) { w.refer(s) }},
	{3, func(w *world, s *somebody) { w.tell(s, "content_read", `{"content":"x"}`) }},
	{3, func(w *world, s *somebody) { w.tell(s, "sleep", `{"hours":7}`) }},
	{2, func(w *world, s *somebody) { w.tell(s, "camp_enrolled", `{"camp":"c1"}`) }},
	{1, func(w *world, s *somebody) {
		if w.tell(s, "visit", `{}`); w.agreed(s, "health_data") && s.visits.IsZero() {
			s.visits = w.real
		}
	}},
	{2, func(w *world, s *somebody) { w.tell(s, "journey_start", `{"journey":"hand","how":"hand"}`) }},
	{3, func(w *world, s *somebody) { w.tell(s, "chat", `{"from":"person","text":"今天走了五千步"}`) }},
	{2, func(w *world, s *somebody) { w.tell(s, "chat", `{"from":"staff","text":"好的"}`) }},
	{1, func(w *world, s *somebody) {
		w.tell(s, "chat", `{"from":"person","text":"不要再发了"}`)
		w.says(s, "marketing_push", false)
		w.says(s, "silent", true)
	}},
	{2, func(w *world, s *somebody) {
		w.tell(s, "do_not_contact", `{"active":false}`)
		w.says(s, "silent", false)
	}},
	{2, func(w *world, s *somebody) { w.consents(s, "basic_service", false) }},
	{4, func(w *world, s *somebody) { w.consents(s, "basic_service", true) }},
	{1, func(w *world, s *somebody) { w.consents(s, "health_data", false) }},
	{2, func(w *world, s *somebody) { w.consents(s, "health_data", true) }},
	{1, func(w *world, s *somebody) { w.consents(s, "marketing_push", w.work.IntN(3) > 0) }},
	{4, func(w *world, s *somebody) { w.act(s) }},
	{3, func(w *world, s *somebody) { w.answer(s) }},
	{1, func(w *world, s *somebody) { w.merge() }},
	{1, func(w *world, s *somebody) { w.unmerge() }},
	{1, func(w *world, s *somebody) { w.publish() }},
	{1, func(w *world, s *somebody) { w.do("settle", func(p *process) error { return p.c.Settle(w.ctx) }) }},
}

var deedsWeigh = func() (n int) {
	for _, d := range deeds {
		n += d.weight
	}
	return n
}()

// live has people live for a while, with what falls due and what goes wrong in between.
func (w *world) live(steps int) {
	for range steps {
		n := w.work.IntN(deedsWeigh)
		for _, d := range deeds {
			if n -= d.weight; n < 0 {
				d.do(w, w.people[w.work.IntN(len(w.people))])
				break
			}
		}
		by := time.Duration(1+w.work.IntN(500)) * time.Minute
		if w.plan.jumps {
			switch w.chance.IntN(20) {
			case 0:
				by += time.Duration(1+w.chance.IntN(4)) * 24 * time.Hour
			case 1:
				w.back(time.Hour)
			case 2, 3:
				w.back(0)
			}
		}
		if w.plan.down && w.far.down.IsZero() && w.chance.IntN(15) == 0 {
			w.far.down = w.now.Add(24 * time.Hour)
			w.note("the channel is down")
		}
		if len(w.again) > 0 && w.chance.Float64() < w.plan.twice {
			w.again[w.chance.IntN(len(w.again))]()
		}
		w.due()
		// The hours until the next deed, looked at a few times, as a server would all the while.
		for range 2 {
			w.pass(by / 2)
			w.due()
		}
		if len(w.wrong) > 0 {
			return
		}
	}
}

// rest lets everything come to its end without further faults.
func (w *world) rest() {
	w.back(0)
	w.plan.crash, w.plan.failing, w.plan.slow = 0, 0, false
	w.far.down = time.Time{}
	for range 14 * 4 {
		w.pass(6*time.Hour + time.Minute)
		w.due()
	}
}

func (w *world) page(s *somebody) {
	if o := w.tell(s, "page", `{}`); o.Status == conductor.Stored || o.Status == conductor.Repeated {
		s.pages = true
	}
}

func (w *world) meal(s *somebody) {
	id := fmt.Sprint("m", w.sent+1)
	if w.tell(s, "meal", `{"carbs":40}`); w.agreed(s, "health_data") {
		s.meals[id] = true
	}
}

// act does something with an open task.
func (w *world) act(s *somebody) {
	n := person.Number(s.root().number)
	pick, how := w.work.Uint64(), w.work.IntN(4)
	var done task.ID
	w.do(s.user+" task", func(p *process) error {
		all, err := p.db.TasksOf(w.ctx, w.ws.Number, n)
		if err != nil {
			return err
		}
		all = slices.DeleteFunc(all, func(t task.Task) bool { return t.State != task.Open })
		if len(all) == 0 {
			return nil
		}
		slices.SortFunc(all, func(a, b task.Task) int {
			if a.ID < b.ID {
				return -1
			}
			return 1
		})
		t := all[pick%uint64(len(all))]
		if done != "" { // tried before: it is the one we mean, or it is done
			i := slices.IndexFunc(all, func(x task.Task) bool { return x.ID == done })
			if i < 0 {
				return nil
			}
			t = all[i]
		}
		done = t.ID
		a := conductor.Act{Kind: "complete", Outcome: "reached"}
		if len(t.Results) > 0 {
			a.Outcome = t.Results[how%len(t.Results)]
		}
		if how == 3 {
			a = conductor.Act{Kind: "skip", Outcome: "not_needed"}
		}
		_, err = p.c.Act(w.ctx, "1", t, a, byStaff)
		if f := fault.Of(err); f != nil && !p.db.dead {
			return nil // refused: of an alert, say
		}
		return err
	})
}

// answer presses a card, or reads a message.
func (w *world) answer(s *somebody) {
	n, pick := person.Number(s.root().number), w.work.Uint64()
	w.do(s.user+" answers", func(p *process) error {
		l, err := p.db.MessagesTo(w.ctx, w.ws.Number, n, store.Page{Limit: 100})
		l.Items = slices.DeleteFunc(l.Items, func(m message.Message) bool { return m.Class == message.Service }) // whose ids are not of the seed
		if err != nil || len(l.Items) == 0 {
			return err
		}
		slices.SortFunc(l.Items, func(a, b message.Message) int {
			if a.ID < b.ID {
				return -1
			}
			return 1
		})
		m := l.Items[pick%uint64(len(l.Items))]
		if m.Kind != "card" {
			return p.c.ReadMessage(w.ctx, m, byStaff)
		}
		return p.c.AnswerMessage(w.ctx, m, "yes", byStaff)
	})
}

// merge makes one of two who are nobody else yet.
func (w *world) merge() {
	a, b := w.people[w.work.IntN(len(w.people))], w.people[w.work.IntN(len(w.people))]
	if a == b || len(w.group(a)) > 1 || len(w.group(b)) > 1 {
		return
	}
	w.do("merge "+a.user+" and "+b.user, func(p *process) error {
		root, err := p.c.Merge(w.ctx, person.Number(a.number), person.Number(b.number), "soak", byStaff)
		if errors.Is(err, conductor.ErrSamePerson) {
			card, _ := p.c.Directory().ByNumber(person.Number(a.number))
			root, err = card.Number, nil
		}
		if err != nil {
			return err
		}
		stays, member := a, b
		if uint32(root) == b.number {
			stays, member = b, a
		}
		w.unite(stays, member)
		return nil
	})
}

func (w *world) unmerge() {
	i := slices.IndexFunc(w.people, func(s *somebody) bool { return s.with != nil })
	if i < 0 {
		return
	}
	member := w.people[i]
	w.do("part "+member.user, func(p *process) error {
		err := p.c.Unmerge(w.ctx, person.Number(member.number), byStaff)
		if errors.Is(err, conductor.ErrNotMerged) {
			err = nil
		}
		if err == nil {
			w.part(member)
		}
		return err
	})
}

// publish puts the next edition into force.
func (w *world) publish() {
	if w.editions == len(edits) {
		return
	}
	w.editions++
	files := edition(w.editions)
	w.do(fmt.Sprint("publish edition ", w.editions), func(p *process) error {
		if _, err := p.c.Tick(w.ctx); err != nil { // follows what others published
			return err
		}
		v := p.c.Programme("trial").Version
		if v > w.editions {
			return nil
		}
		carried := make(chan error, 1)
		_, err := p.c.Publish(w.ctx, conductor.Publication{
			Programme: "trial", Base: v, Files: files, By: "staff:1", Note: "soak", Swapped: func(_ conductor.Version, err error) { carried <- err },
		}, byStaff)
		if errors.Is(err, conductor.ErrSuperseded) && !p.db.dead {
			return nil
		}
		if err == nil {
			err = <-carried
		}
		return err
	})
}
