package main

import (
	"context"
	"fmt"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/person"
	"peiban/internal/rule"
)

type whyCmd struct {
	oneSpace
	Person string `arg:"" help:"Id, name, pinyin or last four digits of the phone."`
	Tag    string `arg:"" help:"Key of a tag, or stage."`
	In     string `name:"programme" help:"One of the programmes the person is in (default: the first of theirs that has the tag)." placeholder:"KEY"`
	At     string `help:"Moment, such as 2026-03-08T07:00:00+08:00 or 2026-03-08 (default: now)." placeholder:"TIME"`
	JSON   bool   `name:"json" help:"Print the answer as JSON."`
}

func (c whyCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	w, err := h.workspace(ctx, c.Workspace)
	if err != nil {
		return err
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	who, err := find(cond, c.Person)
	if err != nil {
		return err
	}
	at, err := moment("--at", c.At, w.Zone)
	if err != nil {
		return err
	}
	look, err := cond.Look(who, at, 0)
	if err != nil {
		return err
	}
	by := look.In(c.In)
	if c.In == "" && c.Tag != "stage" {
		by = look.With(c.Tag)
	}
	if by == nil {
		return usage("none of the person's programmes has a tag %q", c.Tag)
	}
	look = by
	why, ok := look.WhyTag(c.Tag)
	if c.Tag == "stage" {
		why, ok = look.WhyStage()
	}
	if !ok {
		return usage("the programme has no tag %q", c.Tag)
	}
	return t.explain(look, why, c.JSON)
}

// explain prints the answer: the rule in words, this person's numbers, the events, the next change.
func (t terminal) explain(look *conductor.Look, why engine.Why, asJSON bool) error {
	answer := map[rule.Truth]string{rule.True: "yes", rule.False: "no", rule.Unknown: "unknown"}[why.Truth]
	zone := look.View.Loc
	stamp := func(at int64) string { return time.UnixMicro(at).In(zone).Format("2006-01-02 15:04:05 -07:00") }
	type seen struct {
		Event string   `json:"event"`
		At    string   `json:"at"`
		Type  string   `json:"type"`
		Value *float64 `json:"value,omitempty"`
		Code  string   `json:"code,omitempty"`
	}
	evidence := []seen{}
	tl := look.View.Timeline
	for _, s := range why.Evidence {
		i := tl.Find(s)
		if i < 0 {
			continue
		}
		e := seen{Event: fmt.Sprint(s), At: stamp(tl.At[i]), Type: tl.Type[i].String(), Code: tl.A[i].String()}
		if v := tl.Num[i]; v == v {
			e.Value = &v
		}
		evidence = append(evidence, e)
	}
	next := ""
	if why.Next != engine.Never {
		next = stamp(why.Next)
	}
	if asJSON {
		return t.sum(true, map[string]any{
			"person": look.Card.ID, "kind": why.Kind, "key": why.Key, "name": why.Name, "at": stamp(look.At), "answer": answer, "plain": why.Plain, "because": why.Because,
			"rule": why.Rule, "source": why.Source, "version": why.Version, "nextChange": next, "evidence": evidence, "evidenceTotal": why.Total,
		}, "", "")
	}
	fmt.Fprintf(t.out, "%s %s: %s\n", stamp(look.At), t.say(why.Name.Zh, why.Name.En), t.say(map[string]string{"yes": "是", "no": "否", "unknown": "数据不足"}[answer], answer))
	for _, line := range []string{t.say(why.Plain.Zh, why.Plain.En), t.say(why.Because.Zh, why.Because.En), why.Rule, why.Source} {
		if line != "" {
			fmt.Fprintln(t.out, "  "+line)
		}
	}
	for _, e := range evidence {
		value := ""
		if e.Value != nil {
			value = fmt.Sprintf(" %.4g", *e.Value)
		}
		fmt.Fprintf(t.out, "  · %s %s%s %s\n", e.At, e.Type, value, e.Code)
	}
	if next != "" {
		fmt.Fprintln(t.out, "  "+t.say("最早会自己变：", "can change by itself: ")+next)
	}
	t.note("依据 %d 条", "%d events", why.Total)
	return nil
}

// find names one person by id or by a search that fits nobody else.
func find(c *conductor.Conductor, text string) (person.Number, error) {
	if card, ok := c.Directory().ByID(person.ID(text)); ok {
		return card.Number, nil
	}
	found := c.Directory().Search(text)
	switch n := found.GetCardinality(); n {
	case 1:
		return person.Number(found.Minimum()), nil
	case 0:
		return 0, usage("nobody fits that name or id")
	default:
		return 0, usage("%d people fit; give the id", n)
	}
}

// moment reads the value of a flag; 0: now. A day means its end.
func moment(flag, s, zone string) (int64, error) {
	if s == "" {
		return 0, nil
	}
	if at, err := time.Parse(time.RFC3339, s); err == nil {
		return at.UnixMicro(), nil
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return 0, fmt.Errorf("read the workspace's zone: %w", err)
	}
	day, err := time.ParseInLocation("2006-01-02", s, loc)
	if err != nil {
		return 0, usage("%s is a moment such as 2026-03-08T07:00:00+08:00 or a day such as 2026-03-08", flag)
	}
	return day.AddDate(0, 0, 1).UnixMicro() - 1, nil
}
