package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/suspicion"
	"peiban/internal/task"
)

// TimelineItem is one line of everything about a person.
type TimelineItem struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind" enum:"event,message,task,tag,stage"`
	At       string   `json:"at"`
	Type     string   `json:"type,omitempty"`
	Text     Text     `json:"text"`
	Reading  *Reading `json:"reading,omitempty"`
	Actor    *Text    `json:"actor,omitempty"`
	Source   string   `json:"source,omitempty"`
	Gained   bool     `json:"gained,omitempty"`
	Key      string   `json:"key,omitempty"`
	Of       string   `json:"programme,omitempty" doc:"of a tag or a stage: whose it is"`
	Why      bool     `json:"why,omitempty" doc:"there is an answer to why"`
	Hidden   bool     `json:"hidden,omitempty" doc:"corrected or taken back"`
	Imported bool     `json:"imported,omitempty"`
	Sources  []Told   `json:"sources,omitempty" doc:"everybody who told this measurement, this event itself first; left out when nobody else did"`
}

// LogDay is one day of the glucose log: readings by meal slot.
type LogDay struct {
	Date  string               `json:"date"`
	Slots map[string][]Reading `json:"slots"`
}

// Readings are a person's glucose values of a span, as a list and as the log they know from paper.
type Readings struct {
	Items []Reading    `json:"items" doc:"newest first"`
	Days  []LogDay     `json:"days" doc:"newest first; days without a reading are left out"`
	Stats ReadingStats `json:"stats"`
}

// ReadingStats are the figures of a span; what needs more data than there is stays out.
type ReadingStats struct {
	N        int      `json:"n"`
	Mean     *float64 `json:"mean,omitempty" doc:"mmol/L; from three readings on"`
	InTarget *Ratio   `json:"inTarget,omitempty"`
}

// Run is one way of a person through a journey.
type Run struct {
	ID         string `json:"id"`
	Journey    string `json:"journey"`
	Name       Text   `json:"name"`
	Version    int    `json:"version"`
	Status     string `json:"status" enum:"running,done,left"`
	Reason     string `json:"reason,omitempty"`
	ReasonText *Text  `json:"reasonText,omitempty"`
	Step       string `json:"step,omitempty"`
	StepText   *Text  `json:"stepText,omitempty"`
	Started    string `json:"started"`
	Ended      string `json:"ended,omitempty"`
	Until      string `json:"until,omitempty"`
}

func (s *Server) timelineOperations() {
	serve(s, operation{"person-readings", http.MethodGet, "/api/people/{id}/readings", "timeline", "Glucose readings of a span, and the glucose log", forStaff}, s.personReadings)
	serve(s, operation{"add-reading", http.MethodPost, "/api/people/{id}/readings", "timeline", "Record a reading a person told of", forStaff}, s.addReading)
	serve(s, operation{"person-timeline", http.MethodGet, "/api/people/{id}/timeline", "timeline", "Everything about a person, newest first", forStaff}, s.personTimeline)
	serve(s, operation{"person-runs", http.MethodGet, "/api/people/{id}/runs", "timeline", "Journeys of a person and where they stand", forStaff}, s.personRuns)
}

type readingsInput struct {
	IDPath
	Moments
	From string `query:"from" maxLength:"40" doc:"a day or a moment; 30 days before the end when not given"`
	To   string `query:"to" maxLength:"40"`
}

func (s *Server) personReadings(ctx context.Context, in *readingsInput) (Readings, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "readings.read")
	if err != nil {
		return Readings{}, err
	}
	from, err := parseStart("query.from", in.From, l.View.Loc)
	if err != nil {
		return Readings{}, err
	}
	to, err := parseMoment("query.to", in.To, l.View.Loc)
	if err != nil {
		return Readings{}, err
	}
	if to == 0 || to > l.At {
		to = l.At
	}
	if in.From == "" {
		from = time.UnixMicro(insight.StartOfDay(to, l.View.Loc)).In(l.View.Loc).AddDate(0, 0, -29).UnixMicro()
	}
	return s.readings(ctx, c, l, from-1, to, true)
}

// readings shapes the readings of (from, to]. With hidden, those corrected or taken back are in the list, marked.
func (s *Server) readings(ctx context.Context, c *caller, l *conductor.Look, from, to int64, hidden bool) (Readings, error) {
	v := l.View
	out := Readings{Items: []Reading{}, Days: []LogDay{}}
	shaped := map[int]*Reading{}
	var places []int
	doubts := c.openDoubts(v)
	for i := 0; i < v.Len(); i++ {
		if v.Type[i] == event.Glucose && v.At[i] > from && v.At[i] <= to && v.Flags[i]&event.Echo == 0 && (hidden || v.Flags[i]&event.Hidden == 0) {
			places = append(places, i)
			shaped[i] = readingAt(v, l.Target, i)
			if slices.ContainsFunc(doubts, func(p suspicion.Past) bool { return suspicion.Covers(v, &p, i) }) {
				shaped[i].Flags = append(shaped[i].Flags, "in_doubt")
			}
		}
	}
	if err := s.detail(ctx, c.space, l.Card.Number, v, places, shaped); err != nil {
		return Readings{}, err
	}
	for _, i := range slices.Backward(places) {
		out.Items = append(out.Items, *shaped[i])
	}
	for _, d := range insight.Log(v, from, to) {
		day := LogDay{Date: d.Date, Slots: map[string][]Reading{}}
		for slot, is := range d.Slots {
			for _, i := range is {
				day.Slots[slot] = append(day.Slots[slot], *shaped[i])
			}
		}
		out.Days = append(out.Days, day)
	}
	mean, n, ok := insight.Mean(v, "", from, to)
	out.Stats.N = n
	if ok {
		out.Stats.Mean = &mean
	}
	if share := insight.InTarget(v, l.Target, "", from, to); share.Of > 0 {
		out.Stats.InTarget = &Ratio{share.N, share.Of}
	}
	return out, nil
}

type timelineInput struct {
	IDPath
	Moments
	Paging
	Kind string `query:"kind" enum:"event,message,task,tag,stage," doc:"only one kind"`
}

// line is an item with its place: the newest first, and at one moment in a fixed order. Somebody may have 100,000 events, and a page
// shows fifty: the item of an event is made when it is shown.
type line struct {
	at    int64
	seq   event.Seq
	item  TimelineItem
	event int // place of the event in the timeline, from 1; 0: item is made
}

func (x *line) id(l *conductor.Look) string {
	if x.event == 0 {
		return x.item.ID
	}
	return event.IDOf(l.View.Recv[x.event-1], x.seq)
}

func (s *Server) personTimeline(ctx context.Context, in *timelineInput) (Listing[TimelineItem], error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "timeline.read")
	if err != nil {
		return Listing[TimelineItem]{}, err
	}
	lines, err := s.lines(ctx, c, l, in.Kind)
	if err != nil {
		return Listing[TimelineItem]{}, err
	}
	slices.SortStableFunc(lines, func(a, b line) int {
		if by := cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(b.seq, a.seq)); by != 0 {
			return by
		}
		return strings.Compare(b.id(l), a.id(l))
	})
	start, err := offset(in.Cursor, len(lines))
	if err != nil {
		return Listing[TimelineItem]{}, err
	}
	end := min(start+in.limit(50), len(lines))
	out := Listing[TimelineItem]{Items: make([]TimelineItem, 0, end-start), Total: len(lines)}
	for i := range lines[start:end] {
		x := &lines[start+i]
		if x.event != 0 {
			x.item = eventItem(l, x.event-1)
		}
		out.Items = append(out.Items, x.item)
	}
	if end < len(lines) {
		out.NextCursor = strconv.Itoa(end)
	}
	return out, s.origins(ctx, c, l, lines[start:end], out.Items)
}

func (s *Server) lines(ctx context.Context, c *caller, l *conductor.Look, kind string) ([]line, error) {
	var lines []line
	want := func(k string) bool { return kind == "" || kind == k }
	if want("event") {
		lines = eventLines(lines, l)
	}
	if want("tag") || want("stage") {
		list, err := s.store.Transitions(ctx, c.space.number(), l.Card.Number, l.Changed, kind, page.Part{Limit: 1000})
		if err != nil {
			return nil, err
		}
		lines = transitionLines(lines, c, l, list.Items)
	}
	if want("message") {
		list, err := s.store.MessagesOf(ctx, c.space.number(), l.Card.Number, page.Part{Limit: 1000})
		if err != nil {
			return nil, err
		}
		lines = messageLines(lines, c, l, list.Items)
	}
	if want("task") {
		list, err := s.store.TasksOf(ctx, c.space.number(), l.Card.Number)
		if err != nil {
			return nil, err
		}
		lines = s.taskLines(ctx, lines, c, l, list)
	}
	return lines, nil
}

// eventLines leaves out what messages and tasks tell themselves.
func eventLines(lines []line, l *conductor.Look) []line {
	v := l.View
	for i := range v.Len() {
		t := v.Type[i]
		if v.At[i] > l.At || t.Spec() == nil || t.Spec().System && t != event.StageSet || t == event.Correction || v.Flags[i]&event.Echo != 0 {
			continue
		}
		lines = append(lines, line{at: v.At[i], seq: v.Seq[i], event: i + 1})
	}
	return lines
}

// eventItem says one event as a line of the timeline.
func eventItem(l *conductor.Look, i int) TimelineItem {
	v := l.View
	item := TimelineItem{
		ID: event.IDOf(v.Recv[i], v.Seq[i]), Kind: "event", At: moment(v.At[i], v.Loc), Type: v.Type[i].String(),
		Text: eventText(l, i), Hidden: v.Flags[i]&event.Hidden != 0, Imported: v.Flags[i]&event.Imported != 0,
	}
	if v.Type[i] == event.Glucose {
		item.Reading = readingAt(v, l.Target, i)
	}
	return item
}

func transitionLines(lines []line, c *caller, l *conductor.Look, ts []conductor.Transition) []line {
	for _, t := range ts {
		if t.At > l.At || t.Kind == "stage" && !t.Gained {
			continue
		}
		of, key := splitKey(t.Key)
		p := c.space.Conductor.Programme(of)
		if p == nil || t.Kind == "tag" && spokenFor(p, key) {
			continue
		}
		item := TimelineItem{
			ID: strconv.FormatUint(uint64(t.Seq), 36) + "-" + strconv.Itoa(t.N), Kind: t.Kind, At: moment(t.At, l.View.Loc), Key: key, Of: of, Gained: t.Gained,
			Why: l.In(of) != nil, // the rule of a programme they left says nothing of them now
		}
		switch name := or(nameOfKey(p, t.Kind, key), withdrawn); {
		case t.Kind == "stage":
			item.Text = Text{Zh: "阶段变为 " + name.Zh, En: "Stage is now " + name.En}
		case t.Gained:
			item.Text = Text{Zh: "得到标签 " + name.Zh, En: "Gained tag " + name.En}
		default:
			item.Text = Text{Zh: "失去标签 " + name.Zh, En: "Lost tag " + name.En}
		}
		lines = append(lines, line{at: t.At, seq: t.Seq, item: item})
	}
	return lines
}

func nameOfKey(p *engine.Programme, kind, key string) Text {
	if kind == "stage" {
		if sg := p.Stage(key); sg != nil {
			return sg.Name
		}
	} else if i := p.TagIndex(key); i >= 0 {
		return p.Tags[i].Name
	}
	return Text{}
}

// withdrawn stands for a tag or a stage that a newer version of the programme has no more.
var withdrawn = text("（已撤下）", "(since withdrawn)")

var messageStates = map[message.State]Text{
	message.Queued: text("排队中", "queued"), message.Held: text("等待", "held"), message.Sending: text("正在发送", "sending"),
	message.Sent: text("已送达", "delivered"), message.Suppressed: text("没有发送", "not sent"), message.Dead: text("发送失败", "failed"),
}

func messageLines(lines []line, c *caller, l *conductor.Look, ms []message.Message) []line {
	for _, m := range ms {
		at := m.Due
		if m.SentAt != 0 {
			at = m.SentAt
		}
		if at > l.At {
			continue
		}
		title, state := contentTitle(c.space.Conductor, m.Content), messageStates[m.State]
		t := Text{Zh: title.Zh + "：" + state.Zh, En: title.En + ": " + state.En}
		if m.Reason != "" {
			reason := word(messageReasons, m.Reason)
			t = Text{Zh: t.Zh + "，" + reason.Zh, En: t.En + ", " + reason.En}
		}
		lines = append(lines, line{at: at, seq: event.Seq(m.Seq), item: TimelineItem{ID: string(m.ID), Kind: "message", At: moment(at, l.View.Loc), Type: m.Kind, Key: m.Content, Text: t, Why: true}})
	}
	return lines
}

func (s *Server) taskLines(ctx context.Context, lines []line, c *caller, l *conductor.Look, ts []task.Task) []line {
	for _, t := range ts {
		title := taskTitle(c.space.Conductor, t)
		if t.Opened <= l.At {
			lines = append(lines, line{at: t.Opened, item: TimelineItem{
				ID: string(t.ID), Kind: "task", At: moment(t.Opened, l.View.Loc), Type: "opened", Key: t.Script, Why: true,
				Text: Text{Zh: "任务：" + title.Zh, En: "Task: " + title.En},
			}})
		}
		if t.Closed == 0 || t.Closed > l.At {
			continue
		}
		done := outcomeOrReason(t.Outcome)
		item := TimelineItem{
			ID: string(t.ID) + "/closed", Kind: "task", At: moment(t.Closed, l.View.Loc), Type: string(t.State), Key: t.Script,
			Text: Text{Zh: title.Zh + "：" + done.Zh, En: title.En + ": " + done.En},
		}
		if by := c.space.ref(ctx, s.store, t.By); by != nil {
			item.Actor = &Text{Zh: by.Name, En: by.Name}
		}
		lines = append(lines, line{at: t.Closed, item: item})
	}
	return lines
}

// origins adds, for the events of one page, who or what they came from, and the note that came with them.
func (s *Server) origins(ctx context.Context, c *caller, l *conductor.Look, lines []line, items []TimelineItem) error {
	var seqs []event.Seq
	at := map[event.Seq]int{}
	others := tellers{}
	for i := range lines {
		if items[i].Kind == "event" {
			seqs, at[lines[i].seq] = others.of(l.View, lines[i].event-1, append(seqs, lines[i].seq)), i
		}
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), l.Card.Number, seqs)
	if err != nil {
		return err
	}
	if err := c.space.Conductor.Reveal(l.Card.Number, es); err != nil {
		return err
	}
	for k := range es {
		place, ours := at[es[k].Seq]
		if !ours {
			continue // who told the same
		}
		item := &items[place]
		item.Sources = others.told(ctx, s, c.space, l.View, lines[place].event-1, es)
		item.Source = c.space.sourceName(ctx, s.store, es[k].Source)
		item.Actor = s.actorName(ctx, c, es[k].Actor)
		if item.Reading != nil {
			item.Reading.Source, item.Reading.Provenance = item.Source, es[k].Provenance
		}
		if note := noteOf(&es[k]); note != "" && !c.masked() {
			item.Text = Text{Zh: item.Text.Zh + "：" + note, En: item.Text.En + ": " + note}
		}
	}
	return nil
}

// noteOf is the free text that came with an event, if any.
func noteOf(e *event.Event) string {
	var b struct {
		Note string `json:"note"`
		Text string `json:"text"`
	}
	_ = json.Unmarshal(e.Body, &b) // no body, or one of an erased person: no note
	return cmp.Or(b.Note, b.Text)
}

func (s *Server) actorName(ctx context.Context, c *caller, actor string) *Text {
	kind, id, _ := strings.Cut(actor, ":")
	var t Text
	switch kind {
	case "self", "person":
		t = text("本人", "The person")
	case "staff":
		if m := c.space.ref(ctx, s.store, id); m != nil {
			t = Text{Zh: m.Name, En: m.Name}
		}
	case "visit":
		t = text("医生（就诊链接，未核实身份）", "A doctor, by visit link (identity not checked)")
	case "engine":
		t = text("系统", "peiban")
	case "source":
		t = text("设备或系统", "A device or system")
	case "delivery":
		t = text("定时发送", "A delivery")
	}
	return optional(t)
}
