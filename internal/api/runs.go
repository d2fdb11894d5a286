package api

import (
	"context"
	"math"
	"strconv"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/staff"
	"peiban/internal/timeline"
)

func (s *Server) personRuns(ctx context.Context, in *IDPath) (Listing[Run], error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Listing[Run]{}, err
	}
	rows, err := s.store.Runs(ctx, c.space.number(), card.Number)
	if err != nil {
		return Listing[Run]{}, err
	}
	out := Listing[Run]{Items: []Run{}, Total: len(rows)}
	_, v, _, _ := c.space.Conductor.Glance(card.Number)
	for _, r := range rows {
		out.Items = append(out.Items, runView(c.space.Conductor, v, r))
	}
	return out, s.read(ctx, c, "runs.read", card.Number)
}

func runView(cd *conductor.Conductor, v timeline.View, r conductor.RunRow) Run {
	run := Run{
		ID: r.ID, Journey: r.Journey, Name: journeyName(cd, r.Journey), Version: r.Version, Status: r.Status, Reason: r.Reason,
		ReasonText: wordOrNil(runReasons, r.Reason), Step: r.Step, Started: moment(r.Started, v.Loc), Ended: moment(r.Ended, v.Loc), Until: moment(r.Until, v.Loc),
	}
	if r.Status == "running" {
		if j := journeyOf(cd, r.Journey); j != nil {
			run.StepText = stepText(findStep(j.Steps, r.Step))
		}
	}
	return run
}

func journeyOf(cd *conductor.Conductor, key string) *journey.Definition {
	for _, p := range cd.Programmes() {
		if j := p.Compiled.Journey(key); j != nil {
			return j
		}
	}
	return nil
}

func journeyName(cd *conductor.Conductor, key string) Text {
	if j := journeyOf(cd, key); j != nil {
		return j.Name
	}
	return text("已撤下的旅程", "A journey since withdrawn")
}

func contentTitle(cd *conductor.Conductor, key string) Text {
	for _, p := range cd.Programmes() {
		if x := p.Content(key); x != nil && x.Title != (Text{}) {
			return x.Title
		}
	}
	return text("一条旧消息", "An older message")
}

func findStep(steps []journey.Step, id string) (found *journey.Step) {
	journey.Walk(steps, func(s *journey.Step) {
		if s.ID == id {
			found = s
		}
	})
	return found
}

// stepText says what a run waits for.
func stepText(step *journey.Step) *Text {
	if step == nil {
		return nil
	}
	var t Text
	if m := step.Says(); m != nil && m.Waits() {
		t = text("等消息发出", "Waiting for the message to go out")
		return &t
	}
	if step.Call != nil {
		t = text("等另一段旅程走完", "Waiting for another journey to end")
		return &t
	}
	if step.Wait == nil {
		return nil
	}
	w := step.Wait
	switch {
	case w.Date != nil:
		t = journeyWords{}.date(w.Date)
		t = Text{Zh: "等到" + t.Zh, En: "Waiting until " + t.En}
	case w.At == journey.BestHour:
		t = text("等到本人常回应的时间", "Waiting until the hour they usually answer")
	case w.Weekday > 0:
		t = Text{Zh: "等到" + onWeekday(w.Weekday).Zh + " " + w.At, En: "Waiting until " + w.At + onWeekday(w.Weekday).En}
	case w.Event != "":
		what := map[string]Text{"task": text("任务完成", "the task"), "answer": text("本人答复", "an answer"), "reply": text("本人回话", "a reply"), "form": text("问卷填完", "the questionnaire")}[w.Event]
		if spec := event.Lookup(w.Event); spec != nil {
			what = spec.Name
		}
		t = Text{Zh: "等" + what.Zh, En: "Waiting for " + what.En}
		if w.AtMost > 0 {
			most := span(w.AtMost)
			t = Text{Zh: t.Zh + "，最多 " + most.Zh, En: t.En + ", at most " + most.En}
		}
	case w.At != "":
		t = Text{Zh: "等到 " + w.At, En: "Waiting until " + w.At}
		if w.Day > 0 {
			d := strconv.Itoa(w.Day)
			t = Text{Zh: "等到第 " + d + " 天 " + w.At, En: "Waiting until day " + d + ", " + w.At}
		}
	case w.Day > 0:
		t = Text{Zh: "等到第 " + strconv.Itoa(w.Day) + " 天", En: "Waiting until day " + strconv.Itoa(w.Day)}
	default:
		most := span(w.For)
		t = Text{Zh: "等 " + most.Zh, En: "Waiting " + most.En}
	}
	return &t
}

// span is a length of time in words.
func span(d time.Duration) Text {
	switch {
	case d >= 24*time.Hour && d%(24*time.Hour) == 0:
		n := int(d / (24 * time.Hour))
		return Text{Zh: strconv.Itoa(n) + " 天", En: plural(n, "day", "days")}
	case d >= time.Hour && d%time.Hour == 0:
		n := int(d / time.Hour)
		return Text{Zh: strconv.Itoa(n) + " 小时", En: plural(n, "hour", "hours")}
	}
	n := int(math.Round(d.Minutes()))
	return Text{Zh: strconv.Itoa(n) + " 分钟", En: plural(n, "minute", "minutes")}
}
