package api

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/rule"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// Why is the one answer to "why?", for tags, stages, messages and tasks.
type Why struct {
	Kind          string     `json:"kind" enum:"tag,stage,message,task"`
	Programme     *Named     `json:"programme,omitempty" doc:"of a tag or a stage: whose rule it is"`
	Title         Text       `json:"title"`
	State         string     `json:"state"`
	Sentence      Text       `json:"sentence" doc:"the rule in words, with this person's numbers"`
	Because       *Text      `json:"because,omitempty" doc:"what the sentence does not say yet"`
	Rule          string     `json:"rule,omitempty"`
	Source        string     `json:"source,omitempty"`
	Version       string     `json:"version,omitempty"`
	Since         string     `json:"since,omitempty"`
	NextChange    string     `json:"nextChange,omitempty" doc:"when the answer can next change by itself"`
	Evidence      []Evidence `json:"evidence"`
	EvidenceTotal int        `json:"evidenceTotal"`
	Steps         []Step     `json:"steps,omitempty"`
	Links         []Link     `json:"links,omitempty"`
}

// Evidence is one event behind an answer.
type Evidence struct {
	EventID string   `json:"eventId"`
	Type    string   `json:"type"`
	At      string   `json:"at"`
	Text    Text     `json:"text"`
	Reading *Reading `json:"reading,omitempty"`
}

// Step is one thing that was looked at or done on the way to an answer.
type Step struct {
	At   string `json:"at,omitempty"`
	Text Text   `json:"text"`
	OK   bool   `json:"ok"`
}

// Link leads on to something an answer rests on.
type Link struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Text Text   `json:"text"`
}

// TagState is one tag of a person at one moment.
type TagState struct {
	Programme  string   `json:"programme"`
	Key        string   `json:"key"`
	Name       Text     `json:"name"`
	Group      string   `json:"group"`
	Private    string   `json:"private"`
	State      string   `json:"state" enum:"has,no,unknown"`
	Since      string   `json:"since,omitempty"`
	Because    *Text    `json:"because,omitempty"`
	NextChange string   `json:"nextChange,omitempty"`
	Value      *float64 `json:"value,omitempty" doc:"of tags that have a number"`
	Unit       string   `json:"unit,omitempty"`
	Code       string   `json:"code,omitempty" doc:"of a tag with codes: the one that holds"`
	CodeName   *Text    `json:"codeName,omitempty"`
}

func (s *Server) tagOperations() {
	serve(s, operation{"person-tags", http.MethodGet, "/api/people/{id}/tags", "tags", "Every tag of a person: has, no, unknown", forStaff}, s.personTags)
	serve(s, operation{"why-tag", http.MethodGet, "/api/people/{id}/tags/{key}", "tags", "Why a person has a tag, or has it not", forStaff}, s.whyTag)
	serve(s, operation{"why-stage", http.MethodGet, "/api/people/{id}/stage", "tags", "Why a person is in their stage", forStaff}, s.whyStage)
	serve(s, operation{"why-message", http.MethodGet, "/api/messages/{id}/why", "messages", "Why a message was sent, waits, or was withheld", forStaff}, s.whyMessage)
	serve(s, operation{"why-task", http.MethodGet, "/api/tasks/{id}/why", "tasks", "Why a task was opened", forStaff}, s.whyTask)
}

type tagsInput struct {
	IDPath
	Moments
}

type tagInput struct {
	IDPath
	Moments
	OfTheirs
	Key string `path:"key" maxLength:"80"`
}

type stageInput struct {
	IDPath
	Moments
	OfTheirs
}

// OfTheirs names one of the programmes a person is in.
type OfTheirs struct {
	Programme string `query:"programme" maxLength:"60" doc:"one the person is in; the first of theirs that fits when not given"`
}

// look is authorize, the moment asked about, and the proof of having looked, for everything of one person.
func (s *Server) look(ctx context.Context, id string, m Moments, action string) (*caller, *conductor.Look, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, id)
	if err != nil {
		return nil, nil, err
	}
	at, known, err := m.parse(c.space.loc)
	if err != nil {
		return nil, nil, err
	}
	l, err := c.space.Conductor.Look(card.Number, at, known)
	if err != nil {
		return nil, nil, err
	}
	return c, l, s.read(ctx, c, action, card.Number)
}

type tagList struct {
	Items []TagState `json:"items"`
}

func (s *Server) personTags(ctx context.Context, in *tagsInput) (tagList, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "tags.read")
	if err != nil {
		return tagList{}, err
	}
	tags, err := s.tagStates(ctx, c, l)
	return tagList{tags}, err
}

var truths = map[rule.Truth]string{rule.True: "has", rule.False: "no", rule.Unknown: "unknown"}

func (s *Server) tagStates(ctx context.Context, c *caller, l *conductor.Look) ([]TagState, error) {
	out := []TagState{}
	for _, x := range l.Each() {
		tags, err := s.tagStatesBy(ctx, c, x)
		if err != nil {
			return nil, err
		}
		out = append(out, tags...)
	}
	return out, nil
}

// tagStatesBy are the tags of the one programme l is by.
func (s *Server) tagStatesBy(ctx context.Context, c *caller, l *conductor.Look) ([]TagState, error) {
	out := []TagState{}
	since, err := s.sinceOf(ctx, c, l)
	if err != nil {
		return nil, err
	}
	for _, a := range l.Tags {
		if a.Tag.Of != "" {
			continue // told with the tag it is a code of
		}
		t := TagState{Programme: l.Programme.Key, Key: a.Tag.Key, Name: a.Tag.Name, Group: a.Tag.Group, Private: a.Tag.Private, State: truths[a.Truth]}
		if a.Next != engine.Never {
			t.NextChange = moment(a.Next, l.View.Loc)
		}
		if a.Truth == rule.True {
			t.Since = moment(since["tag"+a.Tag.Key], l.View.Loc)
			if w, ok := l.WhyTag(a.Tag.Key); ok {
				t.Because = optional(w.Because)
				if w.Code != nil {
					key := l.Programme.Tags[w.Code.Tag].Key
					t.Name, t.Code, t.CodeName = w.Name, w.Code.Key, &w.Code.Name
					t.Since = moment(since["tag"+key], l.View.Loc)
				}
				if !math.IsNaN(w.Value) {
					t.Value, t.Unit = &w.Value, a.Tag.Unit
				}
			}
		}
		out = append(out, t)
	}
	return out, nil
}

// sinceOf is when each tag and stage that holds at the moment of l was gained: out of the state for now, out of
// the transitions for another moment.
func (s *Server) sinceOf(ctx context.Context, c *caller, l *conductor.Look) (map[string]int64, error) {
	out := map[string]int64{}
	if l.Programme == nil {
		return out, nil
	}
	if !l.Past {
		if p := l.State.Progress(l.Programme.Key); p != nil {
			for _, t := range p.Tags {
				out["tag"+t.Key] = t.Since
			}
			out["stage"+p.Stage] = p.StageSince
		}
		return out, nil
	}
	list, err := s.store.Transitions(ctx, c.space.number(), l.Card.Number, l.Changed, "", page.Part{Limit: 1000})
	if err != nil {
		return nil, err
	}
	for _, t := range list.Items { // newest first: the first gain at or before the moment counts
		of, plain := splitKey(t.Key)
		if of != l.Programme.Key {
			continue
		}
		key := t.Kind + plain
		if _, known := out[key]; t.Gained && t.At <= l.At && !known {
			out[key] = t.At
		}
	}
	return out, nil
}

// splitKey parts a transition's key into the programme's and the tag's or stage's.
func splitKey(key string) (programme, plain string) {
	programme, plain, _ = strings.Cut(key, "/")
	return programme, plain
}

func (s *Server) whyTag(ctx context.Context, in *tagInput) (Why, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "tag.why")
	if err != nil {
		return Why{}, err
	}
	if l = theirs(l, in.Programme, in.Key); l == nil {
		return Why{}, errNotFound
	}
	w, ok := l.WhyTag(in.Key)
	if !ok {
		return Why{}, errNotFound
	}
	return s.whyView(ctx, c, l, w)
}

// theirs is the look by the programme a question about a tag names, else by the first of the person's that has the tag; nil for none.
func theirs(l *conductor.Look, programme, tag string) *conductor.Look {
	if programme == "" {
		return l.With(tag)
	}
	return l.In(programme)
}

func (s *Server) whyStage(ctx context.Context, in *stageInput) (Why, error) {
	c, l, err := s.look(ctx, in.ID, in.Moments, "stage.why")
	if err != nil {
		return Why{}, err
	}
	if l = l.In(in.Programme); l == nil {
		return Why{}, errNotFound
	}
	w, ok := l.WhyStage()
	if !ok {
		return Why{Kind: "stage", Programme: programmeNamed(l.Programme), Title: noStage, State: "no", Sentence: noStage, Evidence: []Evidence{}}, nil
	}
	return s.whyView(ctx, c, l, w)
}

func (s *Server) whyView(ctx context.Context, c *caller, l *conductor.Look, w engine.Why) (Why, error) {
	since, err := s.sinceOf(ctx, c, l)
	if err != nil {
		return Why{}, err
	}
	v := Why{
		Kind: w.Kind, Programme: programmeNamed(l.Programme), Title: w.Name, State: truths[w.Truth], Sentence: sentence(w), Rule: w.Rule,
		Source: w.Source, Version: versionOf(l.Programme), Evidence: []Evidence{}, EvidenceTotal: w.Total,
	}
	if w.Truth == rule.True {
		v.Since = moment(since[w.Kind+w.Key], l.View.Loc)
	}
	if w.Next != engine.Never {
		v.NextChange = moment(w.Next, l.View.Loc)
	}
	for _, seq := range w.Evidence {
		if e, ok := evidence(l, seq); ok {
			v.Evidence = append(v.Evidence, e)
		}
	}
	for _, key := range w.Tags {
		if i := l.Programme.TagIndex(key); i >= 0 {
			v.Links = append(v.Links, Link{Kind: "tag", ID: key, Text: l.Programme.Tags[i].Name})
		}
	}
	return v, nil
}

func programmeNamed(p *engine.Programme) *Named {
	if p == nil {
		return nil
	}
	return &Named{p.Key, p.Name}
}

func versionOf(p *engine.Programme) string {
	if p == nil {
		return ""
	}
	hash := p.Hash
	if len(hash) > 8 {
		hash = hash[:8]
	}
	return fmt.Sprintf("%s %d · %s", p.Key, p.Version, hash)
}

// sentence is the rule in words with what it found.
func sentence(w engine.Why) Text {
	plain := or(w.Plain, w.Name)
	switch {
	case w.Because != (Text{}):
		return Text{Zh: plain.Zh + "。" + w.Because.Zh, En: plain.En + ". " + w.Because.En}
	case w.Truth == rule.Unknown:
		return Text{Zh: fmt.Sprintf("%s。数据不足 (n=%d)", plain.Zh, w.Total), En: fmt.Sprintf("%s. Not enough data (n=%d)", plain.En, w.Total)}
	}
	return plain
}

func evidence(l *conductor.Look, seq event.Seq) (Evidence, bool) {
	i := l.View.Find(seq)
	if i < 0 {
		return Evidence{}, false
	}
	e := Evidence{
		EventID: event.IDOf(l.View.Recv[i], seq), Type: l.View.Type[i].String(), At: moment(l.View.At[i], l.View.Loc),
		Text: eventText(l, i),
	}
	if l.View.Type[i] == event.Glucose {
		e.Reading = readingAt(l.View, l.Target, i)
	}
	return e, true
}

// cause is what the engine and the guard kept beside a message or a task.
type cause struct {
	engine.Cause
	Checks  []message.Check `json:"checks"`
	Decided int64           `json:"decided"`
}

func causeOf(b json.RawMessage) cause {
	var c cause
	_ = json.Unmarshal(b, &c) // ours; none for what a person or a member of staff asked for
	return c
}

// events adds what a journey was entered for, and what ended its last wait.
func (c cause) events(v *Why, l *conductor.Look) {
	for _, seq := range []event.Seq{c.Event, c.By} {
		if seq == 0 || seq == c.Event && len(v.Evidence) > 0 {
			continue
		}
		if e, ok := evidence(l, seq); ok {
			v.Evidence = append(v.Evidence, e)
		}
	}
	v.EvidenceTotal = len(v.Evidence)
}

type whyMessageInput struct {
	IDPath
	Person string `query:"person" maxLength:"40" doc:"whom the message is about; must be right when given"`
}

func (s *Server) whyMessage(ctx context.Context, in *whyMessageInput) (Why, error) {
	c, m, card, err := s.messageFor(ctx, in.ID)
	if err != nil {
		return Why{}, err
	}
	if in.Person != "" && in.Person != string(card.ID) {
		return Why{}, errNotFound
	}
	l, err := c.space.Conductor.Look(m.Person, 0, 0)
	if err != nil {
		return Why{}, err
	}
	why := causeOf(m.Why)
	v := Why{Kind: "message", Title: contentTitle(c.space.Conductor, m.Content), State: string(m.State), Evidence: []Evidence{}, Version: versionOf(l.Programme)}
	v.Sentence = messageSentence(m, l.View.Loc)
	if m.Journey != "" {
		name := journeyName(c.space.Conductor, m.Journey)
		v.Because = &Text{Zh: "旅程“" + name.Zh + "”走到了这一步", En: "The journey “" + name.En + "” came to this step"}
		v.Links = append(v.Links, Link{Kind: "journey", ID: m.Journey, Text: name})
	}
	why.events(&v, l)
	for _, k := range why.Checks {
		v.Steps = append(v.Steps, Step{At: moment(why.Decided, l.View.Loc), Text: word(checkNames, k.Name), OK: k.OK})
	}
	return v, s.read(ctx, c, "message.why", m.Person)
}

func messageSentence(m message.Message, loc *time.Location) Text {
	at := func(us int64) Text {
		t := time.UnixMicro(us).In(loc)
		return Text{Zh: t.Format("1月2日 15:04"), En: t.Format("2 Jan 15:04")}
	}
	reason := word(messageReasons, m.Reason)
	switch m.State {
	case message.Sent:
		return Text{Zh: "所有检查都通过，" + at(m.SentAt).Zh + " 已送达", En: "Every check passed; delivered at " + at(m.SentAt).En}
	case message.Held:
		return Text{Zh: reason.Zh + "，等到 " + at(m.Next).Zh, En: reason.En + "; waits until " + at(m.Next).En}
	case message.Suppressed:
		return Text{Zh: "没有发送：" + reason.Zh, En: "Not sent: " + reason.En}
	case message.Dead:
		return Text{Zh: "多次发送失败，已放弃", En: "Sending failed too often; given up"}
	}
	return Text{Zh: "排队中，" + at(m.Next).Zh + " 检查后发送", En: "Queued; checked and sent at " + at(m.Next).En}
}

type whyTaskInput struct {
	IDPath
	Person string `query:"person" maxLength:"40" doc:"not needed: a task knows whom it is about"`
}

func (s *Server) whyTask(ctx context.Context, in *whyTaskInput) (Why, error) {
	c, t, card, err := s.taskFor(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Why{}, err
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Why{}, err
	}
	why := causeOf(t.Why)
	v := Why{
		Kind: "task", Title: taskTitle(c.space.Conductor, t), State: string(t.State), Since: moment(t.Opened, l.View.Loc),
		Evidence: []Evidence{}, Version: versionOf(l.Programme),
	}
	why.events(&v, l)
	g := s.groundsOf(ctx, c, l, t)
	g.addTo(&v, l)
	v.Sentence = v.Title
	if d := s.reasoned(ctx, c, l, t, g); d != nil {
		v.Sentence = *d
	}
	if err := s.taskSteps(ctx, c, l, t, why, g, &v); err != nil {
		return Why{}, err
	}
	return v, s.read(ctx, c, "task.why", card.Number)
}

func (s *Server) taskSteps(ctx context.Context, c *caller, l *conductor.Look, t task.Task, why cause, g grounds, v *Why) error {
	if why.Journey == "" {
		return nil // the person asked for it: the sentence says so, and there was no other step
	}
	name := journeyName(c.space.Conductor, why.Journey)
	v.Links = append(v.Links, Link{Kind: "journey", ID: why.Journey, Text: name})
	runs, err := s.store.Runs(ctx, c.space.number(), l.Card.Number)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if r.ID == t.Run {
			in := Text{Zh: "进入旅程“" + name.Zh + "”", En: "Entered the journey “" + name.En + "”"}
			v.Steps = append(v.Steps, Step{At: moment(r.Started, l.View.Loc), Text: colon(in, g.short), OK: true})
		}
	}
	v.Steps = append(v.Steps, Step{At: moment(t.Opened, l.View.Loc), Text: text("开出任务", "Task opened"), OK: true})
	if t.Closed != 0 {
		v.Steps = append(v.Steps, Step{At: moment(t.Closed, l.View.Loc), Text: outcomeOrReason(t.Outcome), OK: t.State == task.Done})
	}
	return nil
}
