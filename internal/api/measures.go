package api

import (
	"context"
	"net/http"
	"slices"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// MeasuredValue is a value other than glucose in words.
type MeasuredValue struct {
	ID   string `json:"id"`
	Type string `json:"type"`
	At   string `json:"at"`
	Text Text   `json:"text"`
}

func measuredAt(l *conductor.Look, i int) *MeasuredValue {
	v := l.View
	return &MeasuredValue{ID: event.IDOf(v.Recv[i], v.Seq[i]), Type: v.Type[i].String(), At: moment(v.At[i], v.Loc), Text: eventText(l, i)}
}

// Measures are what was measured or felt at home beside glucose.
type Measures struct {
	Kinds []string    `json:"kinds" doc:"what may be entered, by type; what the person's programmes measure comes first"`
	Items []FileEntry `json:"items" doc:"newest first; what was taken back is among them"`
}

// Measured is a stored value with what the person reads after saving it.
type Measured struct {
	Entry FileEntry `json:"entry"`
	Reply Text      `json:"reply"`
	Next  *Text     `json:"next,omitempty"`
	Card  *Message  `json:"card,omitempty" doc:"a safety card that came with it"`
}

func (s *Server) measureOperations() {
	serve(s, operation{"person-measures", http.MethodGet, "/api/people/{id}/measures", "people", "Blood pressure, pain, weight and symptoms of some days", forStaff}, s.personMeasures)
	serve(s, operation{"add-measure", http.MethodPost, "/api/people/{id}/measures", "people", "Enter a blood pressure, pain, weight or symptom", forStaff}, s.addMeasure)
	serve(s, operation{"correct-measure", http.MethodPost, "/api/people/{id}/measures/{entry}/correct", "people", "Replace one; it is taken back like any entry of the file", forStaff}, s.correctMeasure)
	serve(s, operation{"my-measures", http.MethodGet, "/api/me/measures", "me", "My blood pressure, pain, weight and symptoms of some days", forPerson}, s.myMeasures)
	serve(s, operation{"add-my-measure", http.MethodPost, "/api/me/measures", "me", "Enter a blood pressure, pain, weight or symptom of mine", forPerson}, s.addMyMeasure)
	serve(s, operation{"correct-my-measure", http.MethodPost, "/api/me/measures/{entry}/correct", "me", "Replace one of mine; it is taken back like any entry of my file", forPerson}, s.correctMyMeasure)
}

var (
	errNotMeasure = fault.New(fault.Invalid, "not_a_measure", "这里只记血压、疼痛、体重和不适", "only blood pressure, pain, weight and symptoms are entered here").
			At("body.type").Because("血糖另有入口；别的在健康档案里记", "glucose has an entry of its own; the rest belongs to the health file")
	errWhere   = fault.New(fault.Invalid, "site_missing", "没有说哪里疼", "it does not say where it hurts").At("body.properties.site")
	errSymptom = fault.New(fault.Invalid, "unknown_symptom", "没有这种不适", "there is no such symptom").At("body.properties.kind").
			Because("从目录里选；没有的选 other，写在 note 里", "choose from the catalogue; for another one choose other and say it in note")
)

// ofMeasures reports whether events of t are entered here.
func ofMeasures(t event.Type) bool {
	section, _ := healthfile.SectionOf(t)
	return section == healthfile.Measures
}

type measuresInput struct {
	IDPath
	Days int `query:"days" minimum:"0" maximum:"90" doc:"30 when not given"`
}

type myMeasuresInput struct {
	Days int `query:"days" minimum:"0" maximum:"90" doc:"30 when not given"`
}

func (s *Server) personMeasures(ctx context.Context, in *measuresInput) (Measures, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Measures{}, err
	}
	if err := s.read(ctx, c, "measures.read", card.Number); err != nil {
		return Measures{}, err
	}
	return s.measures(ctx, c, card, in.Days)
}

func (s *Server) myMeasures(ctx context.Context, in *myMeasuresInput) (Measures, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Measures{}, err
	}
	if err := s.read(ctx, c, "me.measures", c.me.Number); err != nil {
		return Measures{}, err
	}
	return s.measures(ctx, c, c.me, in.Days)
}

// measures are the values of the last local days, today among them.
func (s *Server) measures(ctx context.Context, c *caller, card conductor.Card, days int) (Measures, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Measures{}, err
	}
	if days == 0 {
		days = 30
	}
	from := insight.LastDays(l.At, days, l.View.Loc)
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool {
		return ofMeasures(l.View.Type[i]) && l.View.At[i] > from && l.View.At[i] <= l.At
	})
	if err != nil {
		return Measures{}, err
	}
	f := healthfile.Fold(es, l.At)
	h := &shaper{s: s, ctx: ctx, c: c, l: l, file: f}
	return Measures{Kinds: kindsOf(c, l), Items: h.entries(f.In(healthfile.Measures))}, nil
}

// kindsOf is everything that may be entered; what the person's programmes measure comes first.
func kindsOf(c *caller, l *conductor.Look) []string {
	out := measuresOf(c, l)
	for _, key := range programme.Measurable {
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

func (s *Server) addMeasure(ctx context.Context, in *addInput) (Measured, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Measured{}, err
	}
	return s.measured(ctx, c, card, in.Body, "")
}

func (s *Server) correctMeasure(ctx context.Context, in *correctEntryInput) (Measured, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Measured{}, err
	}
	return s.measured(ctx, c, card, in.Body, in.Entry)
}

func (s *Server) addMyMeasure(ctx context.Context, in *myAddInput) (Measured, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Measured{}, err
	}
	return s.measured(ctx, c, c.me, in.Body, "")
}

func (s *Server) correctMyMeasure(ctx context.Context, in *myCorrectInput) (Measured, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Measured{}, err
	}
	return s.measured(ctx, c, c.me, in.Body, in.Entry)
}

// measured stores a value, in place of an entry when one is named, and answers what comes of it.
func (s *Server) measured(ctx context.Context, c *caller, card conductor.Card, b Statement, instead string) (Measured, error) {
	spec := event.Lookup(b.Type)
	if spec == nil || !ofMeasures(spec.Type) {
		return Measured{}, errNotMeasure
	}
	if err := told(spec, b.Properties); err != nil {
		return Measured{}, err
	}
	stated, err := s.state(ctx, c, card, b, instead)
	if err != nil {
		return Measured{}, err
	}
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Measured{}, err
	}
	out := Measured{Entry: stated.Entry, Reply: joined(text("记下了：", "Noted:"), stated.Entry.Text)}
	seq, _ := event.SeqOf(stated.Entry.ID)
	i := l.View.Find(seq)
	if i < 0 || l.View.At[i] < l.At-measure.HistoryGap*insight.Day/24 { // as for glucose: what is old raises nothing now
		return out, nil
	}
	out.Next = measureAim(l, i)
	out.Card, err = s.freshCard(ctx, c, l, l.View.Recv[i])
	return out, err
}

// told refuses what the catalogue leaves open and nobody could use: a pain that is nowhere, a symptom nobody knows.
func told(spec *event.Spec, props map[string]any) error {
	switch spec.Type {
	case event.Pain:
		if site, _ := props["site"].(string); site == "" {
			return errWhere.Because("选左髋、右髋或别处", "choose the left hip, the right hip or another place")
		}
	case event.Symptom:
		kind, _ := props["kind"].(string)
		if _, known := event.Words(spec.Key, "kind")[kind]; !known && kind != "" {
			return errSymptom
		}
	}
	return nil
}

// measureAim says what the person's own limits are, where a profile sets any. It judges no single value: limits of the pressure are
// of the mean of days.
func measureAim(l *conductor.Look, i int) *Text {
	switch l.View.Type[i] {
	case event.BloodPressure:
		sys, dia := l.Target.Ranges["systolic"], l.Target.Ranges["diastolic"]
		if sys.High != 0 && dia.High != 0 {
			n := number(sys.High, 0) + "/" + number(dia.High, 0) + " mmHg"
			t := text("您的目标：几天的平均不超过 "+n, "Your target: a mean of several days of "+n+" at most")
			if sys.Open {
				t = text("您的目标：几天的平均低于 "+n, "Your target: a mean of several days below "+n)
			}
			return &t
		}
	case event.Pain:
		if r := l.Target.Ranges["pain"]; r.High != 0 {
			n := number(r.High, 0)
			t := text("您的目标：不超过 "+n+" 分", "Your target: "+n+" of 10 at most")
			return &t
		}
	}
	return nil
}
