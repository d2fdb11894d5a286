package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/page"
	"peiban/internal/staff"
)

// NewReading is a value as the person or staff typed it.
type NewReading struct {
	Value      Typed  `json:"value" doc:"a number, or HI or LO as the meter shows them"`
	Unit       string `json:"unit" enum:"mmol/L,mg/dL"`
	Context    string `json:"context" maxLength:"40" doc:"meal slot; empty: unknown"`
	MeasuredAt string `json:"measuredAt,omitempty" format:"date-time" doc:"now when not given"`
	Note       string `json:"note,omitempty" maxLength:"500"`
	ClientID   string `json:"clientId,omitempty" maxLength:"100" doc:"made by the phone: the same one is stored once"`
}

// Typed is a number or one of the meter's words.
type Typed struct{ json.RawMessage }

// Schema tells the document that both are welcome.
func (Typed) Schema(huma.Registry) *huma.Schema {
	longest := 20
	return &huma.Schema{OneOf: []*huma.Schema{{Type: huma.TypeNumber}, {Type: huma.TypeString, MaxLength: &longest}}}
}

// Recorded is what the person reads after saving a value.
type Recorded struct {
	Reading Reading  `json:"reading"`
	Reply   Reply    `json:"reply"`
	Card    *Message `json:"card,omitempty" doc:"a safety card that came with it"`
	Confirm *Confirm `json:"confirm,omitempty" doc:"the value can hardly be right; it is kept, and asked about"`
}

// Reply is the answer to one value: what it means and one next step.
type Reply struct {
	Text Text   `json:"text"`
	Next *Text  `json:"next,omitempty"`
	Tone string `json:"tone"`
}

// Confirm asks whether a value is what was meant.
type Confirm struct {
	Text        Text   `json:"text"`
	SuggestUnit string `json:"suggestUnit,omitempty" enum:"mmol/L,mg/dL"`
}

// MyReadings are a span in plain words.
type MyReadings struct {
	Sentence Text      `json:"sentence"`
	Items    []Reading `json:"items"`
	Days     []LogDay  `json:"days"`
	Range    *Limits   `json:"range,omitempty"`
	Compare  *Said     `json:"compare,omitempty"`
	Next     *Text     `json:"next,omitempty"`
}

func (s *Server) myReadingOperations() {
	serve(s, operation{"my-today", http.MethodGet, "/api/me/today", "me", "What to do now, and whether it is all right", forPerson}, s.today)
	serve(s, operation{"record", http.MethodPost, "/api/me/readings", "me", "Record a glucose value", forPerson}, s.record)
	serve(s, operation{"correct", http.MethodPost, "/api/me/readings/{id}/correct", "me", "Replace a value of mine", forPerson}, s.correct)
	act(s, operation{"take-back", http.MethodDelete, "/api/me/readings/{id}", "me", "Take a value of mine back", forPerson}, s.takeBack)
	serve(s, operation{"my-readings", http.MethodGet, "/api/me/readings", "me", "My values of some days, in plain words", forPerson}, s.myReadings)
}

var (
	errNoConsent  = fault.New(fault.Forbidden, "consent_needed", "还没有同意处理健康数据，不能记录", "health data may not be recorded without consent")
	errFuture     = fault.New(fault.Invalid, "in_the_future", "测量时间在将来", "the time of measuring is in the future")
	errLongAgo    = fault.New(fault.Invalid, "too_long_ago", "测量时间太早", "the time of measuring is too long ago")
	errReplaced   = fault.New(fault.Stale, "reading_replaced", "这条记录已经改过或撤回，请刷新再看", "this reading was corrected or taken back meanwhile; reload and look again")
	errNotReading = fault.New(fault.Missing, "reading_not_found", "没有找到这条记录", "no such reading")
)

// clockSlack is how far ahead of ours a phone's clock may run; a reading from that far ahead is one of now.
const clockSlack = 5 * time.Minute

// oldest is how far back a value may be entered by hand.
const oldest = 10 * 365 * 24 * time.Hour

// read turns what was typed into an event.
func (n NewReading) event(now int64) (event.Event, error) {
	props := map[string]any{"value": n.Value.RawMessage, "unit": n.Unit}
	if n.Context != "" {
		props["context"] = n.Context
	}
	if n.Note != "" {
		props["note"] = n.Note
	}
	b, err := json.Marshal(props)
	if err != nil {
		return event.Event{}, errBadBody.At("body.value")
	}
	e, f := event.Decode("glucose", b)
	if f != nil {
		return e, onBody(f)
	}
	e.Occurred = now
	if n.MeasuredAt != "" {
		at, err := parseMoment("body.measuredAt", n.MeasuredAt, time.UTC)
		if err != nil {
			return e, err
		}
		switch {
		case at > now+clockSlack.Microseconds():
			return e, errFuture.At("body.measuredAt")
		case at < now-oldest.Microseconds():
			return e, errLongAgo.At("body.measuredAt")
		}
		e.Occurred = min(at, now)
		e.Original = at
		if t, err := time.Parse(time.RFC3339, n.MeasuredAt); err == nil {
			_, off := t.Zone()
			e.Offset = int16(off / 60)
		}
	}
	return e, nil
}

type recordInput struct {
	Body NewReading
}

func (s *Server) record(ctx context.Context, in *recordInput) (Recorded, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Recorded{}, err
	}
	return s.store1(ctx, c, c.me, in.Body, 0)
}

type addReadingInput struct {
	IDPath
	Body NewReading
}

func (s *Server) addReading(ctx context.Context, in *addReadingInput) (Recorded, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Recorded{}, err
	}
	return s.store1(ctx, c, card, in.Body, 0)
}

// store1 takes one value in, as a correction of another when supersedes is set, and answers what it means.
func (s *Server) store1(ctx context.Context, c *caller, card conductor.Card, n NewReading, supersedes event.Seq) (Recorded, error) {
	_, _, st, ok := c.space.Conductor.Glance(card.Number)
	if !ok || !st.Consented("health_data") {
		return Recorded{}, errNoConsent
	}
	e, err := n.event(c.space.now())
	if err != nil {
		return Recorded{}, err
	}
	e.Supersedes = supersedes
	it := conductor.Item{Person: card.Number, Event: e}
	if n.ClientID != "" {
		it.MessageID = "client:" + string(card.ID) + ":" + n.ClientID
	}
	out, err := s.submitted(ctx, c, card, "reading.write", it)
	if err != nil {
		return Recorded{}, err
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Recorded{}, err
	}
	i := l.View.Find(out[0].Event.Seq)
	if out[0].Status == conductor.Repeated {
		i = same(l, &e)
	}
	if i < 0 {
		return Recorded{}, errNotReading
	}
	return s.recorded(ctx, c, l, i, n)
}

// same finds the reading a repeated request stored the first time: the same value of the same minute, or else the
// newest.
func same(l *conductor.Look, e *event.Event) int {
	for i := l.View.Len() - 1; i >= 0; i-- {
		near := l.View.At[i]-e.Occurred < time.Minute.Microseconds() && e.Occurred-l.View.At[i] < time.Minute.Microseconds()
		if l.View.Type[i] == event.Glucose && l.View.Num[i] == e.Num && near {
			return i
		}
	}
	return insight.Latest(l.View, event.Glucose, l.At)
}

func (s *Server) recorded(ctx context.Context, c *caller, l *conductor.Look, i int, n NewReading) (Recorded, error) {
	v := l.View
	r := *readingAt(v, l.Target, i)
	r.Source, r.Provenance = "peiban", "manual"
	if c.session.Kind == staff.KindStaff {
		r.Provenance = "console"
	}
	out := Recorded{Reading: r, Reply: replyTo(l, i, unitOf(l.Card), s.nurseOf(ctx, c, l.Card)), Confirm: confirm(&r, n)}
	if v.At[i] >= l.At-measure.HistoryGap*time.Hour.Microseconds() && !strings.HasPrefix(r.Band, "in") {
		card, err := s.freshCard(ctx, c, l, v.Recv[i])
		if err != nil {
			return Recorded{}, err
		}
		out.Card = card
	}
	return out, nil
}

// nurseOf is nurse for the owner of someone else than the caller.
func (s *Server) nurseOf(ctx context.Context, c *caller, card conductor.Card) Text {
	as := *c
	as.me = card
	return s.nurse(ctx, &as)
}

// freshCard is a safety card sent to the person since a moment and not answered yet.
func (s *Server) freshCard(ctx context.Context, c *caller, l *conductor.Look, since int64) (*Message, error) {
	list, err := s.store.MessagesTo(ctx, c.space.number(), l.Card.Number, page.Part{Limit: 10})
	if err != nil {
		return nil, err
	}
	for _, m := range list.Items {
		if m.Kind == "card" && m.Class == "safety" && m.SentAt >= since && m.Answered == 0 && m.Person == l.Card.Number {
			v := s.messageView(c, m)
			return &v, nil
		}
	}
	return nil, nil
}

// confirm asks about a value no meter can show, and offers the other unit where that would make it one.
func confirm(r *Reading, n NewReading) *Confirm {
	if r.Band != string(measure.BandUnclear) {
		return nil
	}
	shown := string(bytes.Trim(n.Value.RawMessage, `"`))
	c := &Confirm{Text: Text{Zh: "您输入的是 " + shown + "，对吗？", En: "You entered " + shown + ". Is that right?"}}
	var typed float64
	if json.Unmarshal(n.Value.RawMessage, &typed) != nil {
		return c
	}
	lo, hi := measure.GlucoseMin*measure.MgPerMmol, measure.GlucoseMax*measure.MgPerMmol
	switch {
	case n.Unit == string(measure.MmolL) && typed >= lo && typed <= hi:
		c.SuggestUnit = string(measure.MgdL)
	case n.Unit == string(measure.MgdL) && typed >= measure.GlucoseMin && typed <= measure.GlucoseMax:
		c.SuggestUnit = string(measure.MmolL)
	}
	if c.SuggestUnit != "" {
		c.Text.Zh += "如果单位是 " + c.SuggestUnit + "，点这里"
		c.Text.En += " If the unit is " + c.SuggestUnit + ", tap here"
	}
	return c
}

type correctInput struct {
	IDPath
	Body NewReading
}

// mine finds a reading of the caller that still stands. A reading is never edited, it is replaced by another, so its id
// is its version: naming one that was replaced meanwhile is what an old If-Match is elsewhere.
func (s *Server) mine(ctx context.Context, id string) (*caller, event.Seq, int64, error) {
	c, err := s.self(ctx)
	if err != nil {
		return nil, 0, 0, err
	}
	seq, ok := event.SeqOf(id)
	_, v, _, known := c.space.Conductor.Glance(c.me.Number)
	if !ok || !known {
		return nil, 0, 0, errNotReading
	}
	i := v.Find(seq)
	if i < 0 || v.Type[i] != event.Glucose || event.IDOf(v.Recv[i], seq) != id {
		return nil, 0, 0, errNotReading
	}
	if v.Flags[i]&(event.Hidden|event.Echo) == event.Hidden {
		return nil, 0, 0, errReplaced
	}
	return c, seq, v.At[i], nil
}

func (s *Server) correct(ctx context.Context, in *correctInput) (Recorded, error) {
	c, seq, at, err := s.mine(ctx, in.ID)
	if err != nil {
		return Recorded{}, err
	}
	if in.Body.MeasuredAt == "" { // a correction without a time corrects the value, not the time
		in.Body.MeasuredAt = time.UnixMicro(at).UTC().Format(time.RFC3339Nano)
	}
	return s.store1(ctx, c, c.me, in.Body, seq)
}

func (s *Server) takeBack(ctx context.Context, in *IDPath) error {
	c, seq, _, err := s.mine(ctx, in.ID)
	if err != nil {
		return err
	}
	it, err := item(c.me, "correction", map[string]any{"reason": "undo"})
	if err != nil {
		return err
	}
	it.Event.Retracts = seq
	return s.submit(ctx, c, c.me, "reading.retract", it)
}

type myReadingsInput struct {
	Days int `query:"days" doc:"7 or 30; 7 when not given"`
}

func (s *Server) myReadings(ctx context.Context, in *myReadingsInput) (MyReadings, error) {
	c, err := s.self(ctx)
	if err != nil {
		return MyReadings{}, err
	}
	l, err := c.space.Conductor.Look(c.me.Number, 0, 0)
	if err != nil {
		return MyReadings{}, err
	}
	switch in.Days {
	case 0:
		in.Days = 7
	case 7, 30:
	default:
		return MyReadings{}, errCodeChoice.At("query.days").Because("7 或 30", "7 or 30")
	}
	from := time.UnixMicro(insight.StartOfDay(l.At, l.View.Loc)).In(l.View.Loc).AddDate(0, 0, 1-in.Days).UnixMicro() - 1
	rs, err := s.readings(ctx, c, l, from, l.At, false)
	if err != nil {
		return MyReadings{}, err
	}
	out := MyReadings{Items: rs.Items, Days: rs.Days, Sentence: spanSentence(l, in.Days, from), Compare: compare(l, in.Days)}
	if ask := mainMeasure(c, l); ask.or(event.Glucose) == event.Glucose {
		out.Next = nextWords(l)
	}
	slot := insight.Fullest(l.View, from, l.At)
	if r := l.Target.ForContext(slot); slot != "" && r != (measure.Range{}) {
		out.Range = &Limits{Low: r.Low, High: r.High, Open: r.Open}
	}
	return out, s.read(ctx, c, "me.readings", c.me.Number)
}
