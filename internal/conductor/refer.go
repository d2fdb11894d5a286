package conductor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/referral"
	"peiban/internal/task"
	"peiban/internal/timeline"
)

// What a step of a referral may be refused for.
var (
	ErrNoReferral = fault.New(fault.Missing, "referral_not_found", "没有找到这次转诊", "no such referral")
	ErrNoRule     = fault.New(fault.Invalid, "referral_rule_unknown", "没有这条转诊标准", "there is no such referral rule")
	ErrStepOrder  = fault.New(fault.Clash, "referral_moved", "这次转诊已经到了别的状态，请刷新再看", "the referral is in another state; reload and look again")
	ErrReferAsk   = fault.New(fault.Forbidden, "referral_consent_needed", "本人还没有同意处理健康数据，不能转诊", "the person has not agreed to health data; they cannot be referred")
	ErrUnderWay   = fault.New(fault.Clash, "referral_under_way", "这件事已经在转诊中，或刚结束不久", "this matter is being referred already, or ended a short while ago")
)

// ReferralRules are the criteria in force, by their id, with the groups that take them.
func (c *Conductor) ReferralRules() (rules map[string]*referral.Rule, groups map[string][]referral.Group) {
	return referralRules(c.Programmes())
}

func referralRules(ps []*engine.Programme) (rules map[string]*referral.Rule, groups map[string][]referral.Group) {
	rules, groups = map[string]*referral.Rule{}, map[string][]referral.Group{}
	for _, p := range ps {
		groups[p.Key] = p.ReferralGroups
		for i := range p.Referrals {
			rules[p.Referrals[i].ID()] = &p.Referrals[i]
		}
	}
	return rules, groups
}

// Referred is a referral with whose it is.
type Referred struct {
	Person person.Number
	referral.Referral
}

// Referrals are those of everybody, by person and then as they were opened.
func (c *Conductor) Referrals(ctx context.Context) ([]Referred, error) {
	who, err := c.whoever(ctx, &c.referred)
	if err != nil {
		return nil, err
	}
	var out []Referred
	for it := who.Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		if c.rootOfPublished(n) != n {
			continue
		}
		_, v, _, ok := c.Glance(n)
		if !ok {
			continue
		}
		for _, r := range referral.Fold(v.Timeline) {
			out = append(out, Referred{n, r})
		}
	}
	return out, nil
}

// refers opens what the tags that a step brought ask for.
func (w *work) refers(d *draft, ts []engine.Transition, now int64) error {
	var rules []*referral.Rule
	for _, t := range ts {
		if t.Kind != "tag" {
			continue
		}
		for _, p := range w.programmes() {
			for i := range p.Referrals {
				if r := &p.Referrals[i]; p.Key == t.Programme && (slices.Contains(r.All, t.Key) || slices.Contains(r.None, t.Key)) && !slices.Contains(rules, r) {
					rules = append(rules, r)
				}
			}
		}
	}
	for _, r := range rules {
		if !r.Holds(d.has(r.Programme)) {
			continue
		}
		if err := w.openReferral(d, r, now, "engine", ""); err != nil && fault.Of(err) == nil { // refused: it is under way
			return err
		}
	}
	return nil
}

// refersBy opens a referral that a step of a journey asks for; one that is refused, such as because it is under way, is not.
func (w *work) refersBy(d *draft, rule string, now int64) error {
	for _, p := range w.programmes() {
		for i := range p.Referrals {
			if r := &p.Referrals[i]; r.ID() == rule {
				if err := w.openReferral(d, r, now, "engine", ""); err != nil && fault.Of(err) == nil {
					return err
				}
			}
		}
	}
	return nil
}

// has asks for the tags somebody has by a programme.
func (d *draft) has(programme string) func(tag string) bool {
	return func(tag string) bool {
		for i := range d.state.Programmes {
			if p := &d.state.Programmes[i]; p.Key == programme {
				return slices.ContainsFunc(p.Tags, func(a engine.Active) bool { return a.Key == tag })
			}
		}
		return false
	}
}

// openReferral writes the first step of a referral: to whom it goes, or why it does not.
func (w *work) openReferral(d *draft, r *referral.Rule, now int64, actor, note string) error {
	rules, groups := referralRules(w.programmes())
	past := referral.Fold(d.tl)
	matter := matterOf(rules)
	if !referral.Opens(r, past, matter, now) {
		return ErrUnderWay
	}
	n := 1
	for i := range past {
		if past[i].Rule == r.ID() {
			n++
		}
	}
	id := r.ID() + "/" + strconv.Itoa(n)
	specialty := func(group string) string {
		for _, gs := range groups {
			for _, g := range gs {
				if g.Key == group {
					return g.Specialty
				}
			}
		}
		return ""
	}
	if referral.Circle(past, r.Matter, matter, specialty, r.From, r.To) {
		return w.refer(d, id, referral.Refused, r.From+">circle", now, actor, note, "")
	}
	load, err := w.referralLoad()
	if err != nil {
		return err
	}
	group, doctor, why := referral.Choose(groups[r.Programme], r, w.need(d, r.Programme, now), load)
	if why != "" {
		return w.refer(d, id, referral.Queued, r.From+">"+why, now, actor, note, "")
	}
	return w.refer(d, id, referral.Proposed, referral.Detail(r.From, group, doctor), now, actor, note, "")
}

func matterOf(rules map[string]*referral.Rule) func(string) string {
	return func(id string) string {
		if r := rules[id]; r != nil {
			return r.Matter
		}
		return ""
	}
}

// need is what the choice goes by.
func (w *work) need(d *draft, programme string, now int64) (n referral.Need) {
	for i := d.tl.Len() - 1; i >= 0 && n.Region == ""; i-- {
		if d.tl.Type[i] == event.Residence && d.tl.Flags[i]&event.Hidden == 0 {
			n.Region = d.tl.A[i].String()
			if city := d.tl.B[i].String(); len(city) == 6 && strings.Trim(city, "0123456789") == "" { // the code of the city tells the province too
				n.Region = city
			}
		}
	}
	for i := range d.state.Programmes {
		if d.state.Programmes[i].Key == programme {
			n.Stage = d.state.Programmes[i].Stage
		}
	}
	if card, ok := w.card(d); ok && card.BirthYear != 0 {
		n.Age = time.UnixMicro(now).In(d.loc).Year() - card.BirthYear
	}
	return n
}

// referralLoad is how many referrals a doctor has under way, with those this transaction opened.
func (w *work) referralLoad() (func(login string) int, error) {
	who, err := w.c.whoever(context.Background(), &w.c.referred) // in memory; it ends by itself
	if err != nil {
		return nil, err
	}
	n := map[string]int{}
	count := func(tl *timeline.Timeline) {
		for _, r := range referral.Fold(tl) {
			if !r.State.Over() && r.Doctor != "" {
				n[r.Doctor]++
			}
		}
	}
	for it := who.Iterator(); it.HasNext(); {
		p := person.Number(it.Next())
		if w.drafts[p] == nil && w.c.rootOf(p) == p {
			count(w.c.tls.Of(p))
		}
	}
	for _, d := range w.order {
		count(d.tl)
	}
	return func(login string) int { return n[login] }, nil
}

// LateReferrals are the tasks of referrals that have lasted twice as long as they may: they are the managers' too.
func (c *Conductor) LateReferrals(ctx context.Context) ([]task.ID, error) {
	all, err := c.Referrals(ctx)
	if err != nil {
		return nil, err
	}
	rules, _ := c.ReferralRules()
	now := c.now()
	var out []task.ID
	for i := range all {
		r := &all[i]
		if at := r.Escalates(rules[r.Rule]); at == 0 || now < at {
			continue
		}
		// The task keeps the id of the record it was opened for, and everybody is merged into somebody at most once.
		for _, n := range append(c.Linked(r.Person), r.Person) {
			if card, ok := c.dir.Record(n); ok {
				out = append(out, task.ID(engine.ContactID(c.wsID, string(card.ID), ReferralKey(r.ID, r.State))))
			}
		}
	}
	return out, nil
}

// ReferralKey names the work a state of a referral asks for.
func ReferralKey(id string, s referral.State) string { return "referral:" + id + ":" + string(s) }

var referralWork = map[referral.State]fault.Text{
	referral.Proposed:  {Zh: "转诊：请征求本人同意", En: "Referral: ask the person to agree"},
	referral.Queued:    {Zh: "转诊：没有合适的接诊人，请看原因", En: "Referral: nobody fits; look why"},
	referral.Consented: {Zh: "转诊：本人已同意，请决定是否接受", En: "Referral: the person agreed; accept or decline"},
	referral.Accepted:  {Zh: "转诊：已接受，请安排就诊", En: "Referral: accepted; see the person"},
	referral.Seen:      {Zh: "转诊：已就诊，请写反馈", En: "Referral: seen; write the feedback"},
}

// refer writes one step, ends the work of the step before and opens the next, due when the state's clock runs out. owner is the member
// of staff whose work it is; empty: the person's owner.
func (w *work) refer(d *draft, id string, to referral.State, detail string, now int64, actor, note, owner string) error {
	b := map[string]string{}
	if note != "" {
		b["note"] = note
	}
	body, _ := json.Marshal(b)
	e, err := w.add(d, event.Event{
		Type: event.ReferralStep, Schema: 1, Num: math.NaN(), A: event.Intern(id), B: event.Intern(string(to)), C: event.Intern(detail),
		Actor: actor, Provenance: cmp.Or(map[string]string{"engine": "engine", "self": "manual"}[actor], "console"), Body: body,
	}, now)
	if err != nil {
		return err
	}
	title, asks := referralWork[to]
	if !asks {
		return nil
	}
	rules, _ := referralRules(w.programmes())
	var due time.Duration
	for _, r := range referral.Fold(d.tl) {
		if r.ID == id {
			due = rules[r.Rule].Within(to)
		}
	}
	w.task(d, task.Task{
		ID: w.owed(d, ReferralKey(id, to)), Person: d.h.number, Kind: "task", Priority: task.Promise, Title: title, Results: []string{task.Handled},
		State: task.Open, Owner: owner, Role: map[bool]string{true: "owner", false: "doctor"}[owner == ""], Opened: e.Received,
		Due: now + due.Microseconds(), Version: 1,
	})
	return nil
}

// OpenReferral opens a referral by hand: of somebody a rule does not see, or who matched before the rule was there.
func (c *Conductor) OpenReferral(ctx context.Context, n person.Number, rule, note string, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(_ context.Context, w *work) error {
		d, err := w.draft(c.rootOf(n))
		if err != nil {
			return err
		}
		rules, _ := referralRules(w.programmes())
		r := rules[rule]
		if r == nil {
			return ErrNoRule
		}
		if !d.state.Consented("health_data") {
			return ErrReferAsk
		}
		w.audit(proof)
		return w.openReferral(d, r, w.now, proof.Actor, note)
	})
}

// ReferralMove is one step somebody takes.
type ReferralMove struct {
	ID     string
	From   referral.State // as it was looked at
	To     referral.State
	Reason string // code, of an end
	Note   string
	Self   bool   // the person, on the phone
	Next   string // member of staff who is to go on; empty: the person's owner
	Doctor string // of Proposed: another group/doctor, chosen by hand
}

// MoveReferral takes a step, if the referral still is where it was looked at.
func (c *Conductor) MoveReferral(ctx context.Context, n person.Number, m ReferralMove, proof audit.Entry) error {
	return c.write(ctx, Live, 1, func(ctx context.Context, w *work) error {
		d, err := w.draft(c.rootOf(n))
		if err != nil {
			return err
		}
		past := referral.Fold(d.tl)
		i := slices.IndexFunc(past, func(r referral.Referral) bool { return r.ID == m.ID })
		if i < 0 {
			return ErrNoReferral
		}
		if past[i].State != m.From || !m.From.May(m.To) {
			return ErrStepOrder
		}
		detail, actor := m.Reason, proof.Actor
		if m.To == referral.Proposed {
			detail = past[i].From + ">" + m.Doctor
		}
		if m.Self {
			actor = "self"
		}
		w.audit(proof)
		if err := w.refer(d, m.ID, m.To, detail, w.now, actor, m.Note, m.Next); err != nil {
			return fmt.Errorf("move referral: %w", err)
		}
		return w.fulfil(ctx, d, []string{ReferralKey(m.ID, m.From)}, &event.Event{Actor: actor, Person: d.h.number})
	})
}
