package api

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/layer"
	"peiban/internal/programme"
	"peiban/internal/reading"
	"peiban/internal/staff"
)

// Layers is layered management of a programme, of the people the caller sees.
type Layers struct {
	Programme string      `json:"programme"`
	Name      Text        `json:"name"`
	Version   int         `json:"version"`
	AsOf      string      `json:"asOf"`
	People    int         `json:"people" doc:"in the programme"`
	Days      int         `json:"days" doc:"how far back contacts are compared with the plan"`
	Group     *Named      `json:"group,omitempty" doc:"absent: the programme describes no layers"`
	Items     []LayerLine `json:"items" doc:"the first is looked at first"`
	None      int         `json:"none" doc:"in no layer"`
	Weeks     []LayerWeek `json:"weeks" doc:"oldest first; the last is under way"`
}

// LayerLine is one layer: who, why, what it gets and whether it was given.
type LayerLine struct {
	Key     string        `json:"key"`
	Name    Text          `json:"name"`
	Plain   Text          `json:"plain"`
	People  int           `json:"people"`
	Reasons []LayerReason `json:"reasons" doc:"the commonest first; somebody may be in several"`
	Gets    LayerCare     `json:"gets"`
	Given   LayerGiven    `json:"given"`
}

// LayerReason is a tag, or another condition, that brought people into a layer.
type LayerReason struct {
	Key    string `json:"key" doc:"a tag; rule: what the rule asks beside tags"`
	Name   Text   `json:"name"`
	Plain  Text   `json:"plain"`
	People int    `json:"people"`
}

// LayerCare is what the people of a layer get.
type LayerCare struct {
	Text     Text          `json:"text"`
	Days     float64       `json:"days" doc:"at least one contact in so many days"`
	Setting  string        `json:"setting,omitempty" doc:"where the number stands"`
	Named    *Text         `json:"settingName,omitempty" doc:"the name of that setting"`
	By       Choice        `json:"by"`
	Channels []Choice      `json:"channels"`
	Journeys []JourneyLine `json:"journeys"`
	Source   string        `json:"source"`
}

// LayerGiven compares contacts with the plan, over the last days and since each came into the layer.
type LayerGiven struct {
	Planned int `json:"planned"`
	Kept    int `json:"kept" doc:"of the planned; what was done beyond the plan of one makes up for nobody else"`
	Done    int `json:"done" doc:"all contacts"`
	Behind  int `json:"behind" doc:"people with fewer than planned"`
}

// LayerWeek is one local week.
type LayerWeek struct {
	From   string      `json:"from" doc:"its Monday"`
	To     string      `json:"to" doc:"its last day, or today"`
	People []int       `json:"people" doc:"at its end: the layers in order, then in none, then not yet joined"`
	Moves  []LayerMove `json:"moves" doc:"who changed place or joined; the largest first"`
}

// LayerMove is how many went from one place to another in a week.
type LayerMove struct {
	From   string `json:"from" doc:"a layer; none; joined: not in the programme before"`
	To     string `json:"to"`
	People int    `json:"people"`
}

var contacterNames = map[string]Text{
	"owner": text("健管师（负责人）", "Health manager (owner)"), "pharmacist": text("药师", "Pharmacist"), "doctor": text("医生", "Doctor"),
	"on_duty": text("值班", "On duty"),
}

var contactNames = map[string]Text{
	"phone": text("电话", "Phone"), "chat": text("一对一聊天", "Chat"), "message": text("消息", "Message"), "visit": text("当面", "In person"),
	"group": text("群里", "Group"),
}

// usualWeeks is how many weeks of movement are shown when nobody says.
const usualWeeks = 12

type layersIn struct {
	OfProgramme
	Weeks int `query:"weeks" minimum:"2" maximum:"26" doc:"12 when not given"`
}

type layerPeopleIn struct {
	Body struct {
		Programme string `json:"programme,omitempty" maxLength:"60"`
		Of        string `json:"of" enum:"in,none,reason,behind,planned,end,moved" doc:"which number: people in a layer; in none; there for a reason; with fewer contacts than planned; with any planned; there at a week's end; moved in a week"`
		Layer     string `json:"layer,omitempty" maxLength:"80" doc:"a layer; for end also none"`
		Reason    string `json:"reason,omitempty" maxLength:"80"`
		Week      string `json:"week,omitempty" maxLength:"10" doc:"its Monday"`
		From      string `json:"from,omitempty" maxLength:"80"`
		To        string `json:"to,omitempty" maxLength:"80"`
	}
}

func (s *Server) layerOperations() {
	serve(s, operation{"layers", http.MethodGet, "/api/layers", "layers", "Layered management: who is in which layer, why, what each gets and got, who moved", forStaff}, s.layers)
	serve(s, operation{"layer-people", http.MethodPost, "/api/layers/people", "layers", "The people behind one number of the layers, as a list for GET /api/people", forStaff}, s.layerPeople)
}

func (s *Server) layers(ctx context.Context, in *layersIn) (Layers, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Layers{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return Layers{}, err
	}
	f, err := s.layerFigures(ctx, c, p, true)
	if err != nil {
		return Layers{}, err
	}
	v := Layers{
		Programme: p.Key, Name: p.Name, Version: p.Version, AsOf: moment(f.At, c.space.loc), People: len(f.Standings),
		Days: int(layer.Period / (24 * time.Hour).Microseconds()), Items: []LayerLine{}, Weeks: []LayerWeek{},
	}
	running, err := s.store.Running(ctx, c.space.number())
	if err != nil {
		return Layers{}, err
	}
	for k := range p.Layers {
		v.Items = append(v.Items, f.line(k, running))
	}
	for i := range f.Standings {
		if f.Standings[i].Layer == layer.None {
			v.None++
		}
	}
	if len(p.Layers) == 0 {
		return v, s.read(ctx, c, "layers.read", 0)
	}
	key := p.LayerGroup()
	for _, g := range p.Groups {
		if g.Key == key {
			v.Group = &Named{g.Key, g.Name}
		}
	}
	weeks := in.Weeks
	if weeks == 0 {
		weeks = usualWeeks
	}
	all, err := s.layerWeeks(ctx, c, f, weeks, nil)
	if err != nil {
		return Layers{}, err
	}
	for i := range all {
		v.Weeks = append(v.Weeks, weekView(c, p, &all[i]))
	}
	return v, s.read(ctx, c, "layers.read", 0)
}

// layerFigures is where everybody the caller sees stands in a programme.
type layerFigures struct {
	*conductor.Layered
	p *engine.Programme
}

func (s *Server) layerFigures(ctx context.Context, c *caller, p *engine.Programme, contacts bool) (*layerFigures, error) {
	seen := s.visible(ctx, c)
	seen.And(c.space.Conductor.Members("programme", p.Key))
	l, err := c.space.Conductor.Layered(ctx, p, seen, contacts)
	return &layerFigures{l, p}, err
}

// layerCause is what may bring somebody into a layer: a tag its rule asks for, or the rest of the rule.
type layerCause struct {
	key  string
	name Text
	say  Text
	tag  string // empty: who is in the layer with none of the tags
}

// causes are the branches of a layer's rule any of which is enough.
func causes(p *engine.Programme, t *programme.Tag) (all []layerCause) {
	var rest []string
	for _, b := range layer.Branches(t.When.Source()) {
		key := layer.TagOf(b)
		if i := p.TagIndex(key); key != "" && i >= 0 {
			all = append(all, layerCause{key: key, name: p.Tags[i].Name, say: p.Tags[i].Plain, tag: key})
			continue
		}
		rest = append(rest, b)
	}
	if len(rest) > 0 {
		say := t.Plain
		if len(all) > 0 {
			say, _ = reading.Say(strings.Join(rest, " || "), namesOf(p.Compiled))
		}
		all = append(all, layerCause{key: "rule", name: text("符合规则里的其他条件", "Another condition of the rule"), say: say})
		if len(all) == 1 {
			all[0].name = text("符合这一层的条件", "Fits the condition of the layer")
		}
	}
	return all
}

// brought reports whether a cause brought somebody of the layer there.
func (x layerCause) brought(all []layerCause, pr *engine.Progress) bool {
	if x.tag != "" {
		return pr.Has(x.tag)
	}
	return !slices.ContainsFunc(all, func(o layerCause) bool { return o.tag != "" && pr.Has(o.tag) })
}

func (f *layerFigures) line(k int, running map[string]int) LayerLine {
	p, y := f.p, &f.p.Layers[k]
	t := &p.Tags[p.TagIndex(y.Tag)]
	v := LayerLine{Key: t.Key, Name: t.Name, Plain: t.Plain, Reasons: []LayerReason{}, Gets: careView(p, y, running)}
	all := causes(p, t)
	counts := make([]int, len(all))
	for i := range f.Standings {
		if f.Standings[i].Layer != k {
			continue
		}
		v.People++
		for j := range all {
			if all[j].brought(all, f.States[i]) {
				counts[j]++
			}
		}
		g := f.Given[i]
		v.Given.Planned, v.Given.Done, v.Given.Kept = v.Given.Planned+g.Planned, v.Given.Done+g.Done, v.Given.Kept+g.Kept()
		if g.Behind() {
			v.Given.Behind++
		}
	}
	for j, x := range all {
		v.Reasons = append(v.Reasons, LayerReason{x.key, x.name, x.say, counts[j]})
	}
	slices.SortStableFunc(v.Reasons, func(a, b LayerReason) int { return b.People - a.People })
	return v
}

func careView(p *engine.Programme, y *programme.Layer, running map[string]int) LayerCare {
	v := LayerCare{
		Text: y.Gets, Days: math.Round(y.Every.Hours()/24*100) / 100, By: Choice{y.By, word(contacterNames, y.By)}, Channels: []Choice{}, Journeys: []JourneyLine{},
		Setting: y.Setting, Source: y.Source,
	}
	if set, ok := p.Compiled.Settings[y.Setting]; ok {
		v.Named = &set.Name
	}
	for _, ch := range y.Channels {
		v.Channels = append(v.Channels, Choice{ch, word(contactNames, ch)})
	}
	for _, key := range y.Journeys {
		if j := p.Compiled.Journey(key); j != nil {
			d := j
			v.Journeys = append(v.Journeys, JourneyLine{d.Key, d.Name, string(d.Class), d.Version, len(d.Steps), running[d.Key]})
		}
	}
	return v
}

func weekView(c *caller, p *engine.Programme, w *layer.Week) LayerWeek {
	v := LayerWeek{From: localDay(w.From+1, c.space.loc), To: localDay(w.To, c.space.loc), People: w.People, Moves: []LayerMove{}}
	for from := range w.Moves {
		for to, n := range w.Moves[from] {
			if n > 0 && from != to {
				v.Moves = append(v.Moves, LayerMove{placeKey(p, from), placeKey(p, to), n})
			}
		}
	}
	slices.SortStableFunc(v.Moves, func(a, b LayerMove) int { return b.People - a.People })
	return v
}

// placeKey names a place of the weeks on the wire.
func placeKey(p *engine.Programme, at int) string {
	switch {
	case at < len(p.Layers):
		return p.Layers[at].Tag
	case at == len(p.Layers):
		return "none"
	}
	return "joined"
}

func placeOf(p *engine.Programme, key string) (int, bool) {
	for at := range len(p.Layers) + 2 {
		if placeKey(p, at) == key {
			return at, true
		}
	}
	return 0, false
}

func (s *Server) layerPeople(ctx context.Context, in *layerPeopleIn) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Found{}, err
	}
	p, err := c.programmeOr(in.Body.Programme)
	if err != nil {
		return Found{}, err
	}
	q := in.Body
	f, err := s.layerFigures(ctx, c, p, q.Of == "behind" || q.Of == "planned")
	if err != nil {
		return Found{}, err
	}
	set, said, err := roaring.New(), Text{}, error(nil)
	if q.Of == "end" || q.Of == "moved" {
		said, err = s.movedPeople(ctx, c, f, in, set)
	} else {
		said, err = f.people(in, set)
	}
	if err != nil {
		return Found{}, err
	}
	id := s.remember(c, c.member.ID, Found{Programme: p.Key, AsOf: moment(f.At, c.space.loc)}, []string{q.Of}, map[string]Text{q.Of: said}, map[string]*roaring.Bitmap{q.Of: set})
	if err := s.read(ctx, c, "layers.people", 0); err != nil {
		return Found{}, err
	}
	return s.found(ctx, &foundIn{Found: id})
}

// people puts those behind a number of today into set and says what it counts.
func (f *layerFigures) people(in *layerPeopleIn, set *roaring.Bitmap) (Text, error) {
	q, p := in.Body, f.p
	if q.Of == "none" {
		for i := range f.Standings {
			if f.Standings[i].Layer == layer.None {
				set.Add(f.Standings[i].Person)
			}
		}
		return text("不在任何一层", "In no layer"), nil
	}
	k := slices.IndexFunc(p.Layers, func(y programme.Layer) bool { return y.Tag == q.Layer })
	if k < 0 {
		return Text{}, errCodeChoice.At("body.layer")
	}
	t := &p.Tags[p.TagIndex(q.Layer)]
	said := t.Name
	all := causes(p, t)
	var cause *layerCause
	switch q.Of {
	case "reason":
		j := slices.IndexFunc(all, func(x layerCause) bool { return x.key == q.Reason })
		if j < 0 {
			return Text{}, errCodeChoice.At("body.reason")
		}
		cause = &all[j]
		said = Text{Zh: said.Zh + "，因为" + cause.name.Zh, En: said.En + ", by " + cause.name.En}
	case "behind":
		said = Text{Zh: said.Zh + "，28 天里联系比计划少", En: said.En + ", fewer contacts than planned in 28 days"}
	case "planned":
		said = Text{Zh: said.Zh + "，28 天里该联系", En: said.En + ", to be contacted in 28 days"}
	}
	for i := range f.Standings {
		if f.Standings[i].Layer != k || cause != nil && !cause.brought(all, f.States[i]) ||
			q.Of == "behind" && !f.Given[i].Behind() || q.Of == "planned" && f.Given[i].Planned == 0 {
			continue
		}
		set.Add(f.Standings[i].Person)
	}
	return said, nil
}
