package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/page"
	"peiban/internal/programme"
	"peiban/internal/reading"
	"peiban/internal/staff"
)

// TagLine is a tag or segment as the catalogue lists it.
type TagLine struct {
	Key      string `json:"key"`
	Name     Text   `json:"name"`
	Kind     string `json:"kind" enum:"tag,segment"`
	Group    string `json:"group"`
	Private  string `json:"private"`
	Plain    Text   `json:"plain"`
	Source   string `json:"source"`
	Rule     string `json:"rule"`
	Needs    string `json:"needs,omitempty"`
	Value    string `json:"value,omitempty"`
	Unit     string `json:"unit,omitempty"`
	ByHand   bool   `json:"byHand" doc:"people may be put in and taken out, which beats the rule"`
	Has      int    `json:"has"`
	Unknown  *int   `json:"unknown,omitempty"`
	No       *int   `json:"no,omitempty"`
	Gained7d int    `json:"gained7d"`
	Lost7d   int    `json:"lost7d"`
	UsedBy   int    `json:"usedBy"`

	Codes []TagCode `json:"codes,omitempty" doc:"of a tag with codes: what it can be, the first that holds"`
}

// TagGroup is a heading with how many tags it has.
type TagGroup struct {
	Key       string `json:"key"`
	Name      Text   `json:"name"`
	Tags      int    `json:"tags"`
	Exclusive bool   `json:"exclusive" doc:"a person has at most one of its tags: the first that holds"`
}

// TagCatalogue is every tag of a programme.
type TagCatalogue struct {
	Programme string     `json:"programme"`
	Version   int        `json:"version"`
	AsOf      string     `json:"asOf"`
	People    int        `json:"people"`
	Groups    []TagGroup `json:"groups"`
	Total     int        `json:"total"`
	Items     []TagLine  `json:"items"`
}

// TagDetail is one tag with what it rests on and what rests on it.
type TagDetail struct {
	TagLine
	Because      Text      `json:"because"`
	Reading      Text      `json:"reading" doc:"the rule in words, made from the expression"`
	NeedsReading *Text     `json:"needsReading,omitempty"`
	File         string    `json:"file"`
	Line         int       `json:"line"`
	Uses         []TagUse  `json:"uses"`
	Reads        []TagRead `json:"reads"`
	Words        []WordDef `json:"words" doc:"the programme's words the rule says"`

	Failures []RuleFailure `json:"failures,omitempty" doc:"the rule could not be computed for some people"`
}

// TagUse is one place that rests on a tag.
type TagUse struct {
	Kind  string `json:"kind" enum:"journey,stage,tag,segment"`
	Key   string `json:"key"`
	Name  Text   `json:"name"`
	Where Text   `json:"where"`
	Rule  string `json:"rule"`
}

// TagRead is one thing a rule reads.
type TagRead struct {
	Kind string `json:"kind" enum:"event,tag,target,setting"`
	Key  string `json:"key"`
	Name Text   `json:"name"`
}

// WordDef is a word of the programme and the rule it stands for.
type WordDef struct {
	Key  string `json:"key"`
	Rule string `json:"rule"`
}

// TagTrend is how many people had a tag, day by day.
type TagTrend struct {
	Key      string        `json:"key"`
	From     string        `json:"from"`
	To       string        `json:"to"`
	Days     []TagDay      `json:"days" doc:"one row a local day, oldest first"`
	Versions []TrendChange `json:"versions" doc:"versions that came into force in the span"`
}

// TagDay is one local day: who had the tag at its end, who gained and lost it during it.
type TagDay struct {
	Day    string `json:"day"`
	People int    `json:"people"`
	Gained int    `json:"gained"`
	Lost   int    `json:"lost"`
}

// TrendChange is when a version came into force.
type TrendChange struct {
	Version int    `json:"version"`
	At      string `json:"at"`
	Day     string `json:"day"`
}

// TagChange is one gain or loss of a tag by a person.
type TagChange struct {
	At        string `json:"at"`
	Gained    bool   `json:"gained"`
	Version   int    `json:"version" doc:"of the programme that decided it"`
	Cause     string `json:"cause" doc:"time, definition, or the type of the event"`
	CauseText Text   `json:"causeText"`
	EventID   string `json:"eventId,omitempty"`

	Code     string `json:"code,omitempty" doc:"of a tag with codes: which was gained or lost"`
	CodeName *Text  `json:"codeName,omitempty"`
}

// OfProgramme names the programme a question is about.
type OfProgramme struct {
	Programme string `query:"programme" maxLength:"60" doc:"the workspace's default programme when not given"`
}

type tagsIn struct {
	OfProgramme
	Q     string `query:"q" maxLength:"80" doc:"looked for in key, name, meaning and rule"`
	Group string `query:"group" maxLength:"64"`
	Kind  string `query:"kind" enum:"tag,segment"`
}

// OneTag names a tag.
type OneTag struct {
	OfProgramme
	Key string `path:"key" maxLength:"80"`
}

type trendIn struct {
	OneTag
	Days int `query:"days" minimum:"1" maximum:"400" doc:"90 when not given"`
}

type historyIn struct {
	IDPath
	Paging
	OfTheirs
	Key string `path:"key" maxLength:"80"`
}

// programmeOr finds a programme by key, the default one without.
func (c *caller) programmeOr(key string) (*engine.Programme, error) {
	if p := c.space.Conductor.Programme(key); p != nil {
		return p, nil
	}
	return nil, errNotFound
}

func (s *Server) tagCatalogue(ctx context.Context, in *tagsIn) (TagCatalogue, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return TagCatalogue{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return TagCatalogue{}, err
	}
	cd := c.space.Conductor
	v := TagCatalogue{
		Programme: p.Key, Version: p.Version, AsOf: moment(c.space.now(), c.space.loc), People: cd.Count("programme", p.Key),
		Groups: []TagGroup{}, Items: []TagLine{},
	}
	names := make([]string, len(p.Tags))
	for i := range p.Tags {
		names[i] = p.Key + "/" + p.Tags[i].Key
	}
	week, err := c.space.flows.days(ctx, s, c.space, names...)
	if err != nil {
		return TagCatalogue{}, err
	}
	in7 := map[string]int{}
	unknown := s.unknown(cd, p)
	for i := range p.Tags {
		t := &p.Tags[i]
		if t.Of != "" {
			continue // told with the tag it is a code of
		}
		in7[t.Group]++
		if in.Group != "" && in.Group != t.Group || in.Kind != "" && in.Kind != t.Kind() || !mentioned(t, in.Q) {
			continue
		}
		l := tagLine(cd, p, t)
		l.count7(week[p.Key+"/"+t.Key], c.space)
		if unknown != nil {
			no := max(0, v.People-l.Has-unknown[i])
			l.Unknown, l.No = &unknown[i], &no
		}
		v.Items = append(v.Items, l)
	}
	v.Total = len(v.Items)
	for _, g := range p.Groups {
		v.Groups = append(v.Groups, TagGroup{g.Key, g.Name, in7[g.Key], g.Exclusive})
	}
	return v, nil
}

// count7 adds up the last seven local days; the sums may reach further back.
func (l *TagLine) count7(days map[string]flow, sp *space) {
	midnight := time.UnixMicro(insight.StartOfDay(sp.now(), sp.loc)).In(sp.loc)
	for i := range 7 {
		d := days[midnight.AddDate(0, 0, -i).Format(time.DateOnly)]
		l.Gained7d, l.Lost7d = l.Gained7d+d.gained, l.Lost7d+d.lost
	}
}

func mentioned(t *programme.Tag, q string) bool {
	q = strings.ToLower(strings.TrimSpace(q))
	for _, text := range []string{t.Key, t.Name.Zh, t.Name.En, t.Plain.Zh, t.Plain.En, t.Src} {
		if strings.Contains(strings.ToLower(text), q) {
			return true
		}
	}
	return false
}

func tagLine(cd *conductor.Conductor, p *engine.Programme, t *programme.Tag) TagLine {
	return TagLine{
		Key: t.Key, Name: t.Name, Kind: t.Kind(), Group: t.Group, Private: t.Private, Plain: t.Plain, Source: t.Source, Rule: t.Src,
		Needs: t.NeedsSrc, Value: t.ValueSrc, Unit: t.Unit, ByHand: t.ByHand, Has: has(cd, p.Compiled, t.Key), UsedBy: len(p.Uses(t.Key)),
		Codes: codesView(cd, p.Compiled, t, false),
	}
}

// has is how many people of a programme have one of its tags. Others may have a tag of the same key by another programme.
func has(cd *conductor.Conductor, p *programme.Compiled, tag string) int {
	return int(cd.Of(p.Key, "tag", tag).GetCardinality())
}

func (s *Server) tagDetail(ctx context.Context, in *OneTag) (TagDetail, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return TagDetail{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return TagDetail{}, err
	}
	i := p.TagIndex(in.Key)
	if i < 0 {
		return TagDetail{}, errNotFound
	}
	t := &p.Tags[i]
	v := TagDetail{
		TagLine: tagLine(c.space.Conductor, p, t), Because: t.Because, File: t.File, Line: t.Line,
		Uses: usesView(p, t.Key), Reads: readsView(p.Compiled, rulesOf(p.Compiled, t)...), Words: []WordDef{},
	}
	v.Codes = codesView(c.space.Conductor, p.Compiled, t, true)
	week, err := c.space.flows.days(ctx, s, c.space, p.Key+"/"+t.Key)
	if err != nil {
		return TagDetail{}, err
	}
	v.count7(week[p.Key+"/"+t.Key], c.space)
	v.Reading = readingOf(p.Compiled, t)
	v.Failures = c.failuresOf(p.Compiled, t)
	if t.Needs != nil {
		needs, _ := reading.Say(t.Needs.Source(), namesOf(p.Compiled))
		v.NeedsReading = &needs
	}
	for key, r := range sorted(p.Words()) {
		if strings.Contains(t.Src, key) {
			v.Words = append(v.Words, WordDef{key, r})
		}
	}
	return v, nil
}

func usesView(p *engine.Programme, key string) []TagUse {
	out := []TagUse{}
	for _, u := range p.Uses(key) {
		out = append(out, TagUse(u))
	}
	return out
}

func readsView(c *programme.Compiled, rules ...string) []TagRead {
	out := []TagRead{}
	n := namesOf(c)
	for _, r := range reading.Reads(strings.Join(rules, " && ")) {
		name := Text{Zh: r.Key, En: r.Key}
		switch r.Kind {
		case "event":
			name = reading.NameOf(r.Key)
		case "tag":
			name = or(n.Tag(r.Key), name)
		case "setting":
			name = or(n.Setting(r.Key), name)
		case "target":
			name = or(targetNames[r.Key], name)
		}
		out = append(out, TagRead{r.Kind, r.Key, name})
	}
	return out
}

// namesOf are what the things of a programme are called, for rules in words.
func namesOf(c *programme.Compiled) reading.Names {
	return reading.Names{
		Tag: func(key string) (t Text) {
			if i := c.TagIndex(key); i >= 0 {
				t = c.Tags[i].Name
			}
			return t
		},
		Stage: func(key string) (t Text) {
			if g := c.Stage(key); g != nil {
				t = g.Name
			}
			return t
		},
		Setting: func(key string) Text { return c.Settings[key].Name },
		Code: func(tag, code string) (t Text) {
			if i := c.TagIndex(tag); i >= 0 {
				for _, x := range c.Tags[i].Codes {
					if x.Key == code {
						t = x.Name
					}
				}
			}
			return t
		},
	}
}

func (s *Server) tagUses(ctx context.Context, in *OneTag) (Listing[TagUse], error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Listing[TagUse]{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return Listing[TagUse]{}, err
	}
	if p.TagIndex(in.Key) < 0 {
		return Listing[TagUse]{}, errNotFound
	}
	items := usesView(p, in.Key)
	return Listing[TagUse]{Items: items, Total: len(items)}, nil
}

func (s *Server) tagTrend(ctx context.Context, in *trendIn) (TagTrend, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return TagTrend{}, err
	}
	p, err := c.programmeOr(in.Programme)
	if err != nil {
		return TagTrend{}, err
	}
	if p.TagIndex(in.Key) < 0 {
		return TagTrend{}, errNotFound
	}
	days := in.Days
	if days == 0 {
		days = 90
	}
	all, err := c.space.flows.days(ctx, s, c.space, p.Key+"/"+in.Key)
	if err != nil {
		return TagTrend{}, err
	}
	flow := all[p.Key+"/"+in.Key]
	v := TagTrend{Key: in.Key, Days: make([]TagDay, days), Versions: []TrendChange{}}
	midnight := insight.StartOfDay(c.space.now(), c.space.loc)
	people := has(c.space.Conductor, p.Compiled, in.Key)
	for i := range days { // from today back: who has it now, less what came after
		day := time.UnixMicro(midnight).In(c.space.loc).AddDate(0, 0, -i).Format(time.DateOnly)
		v.Days[days-1-i] = TagDay{day, people, flow[day].gained, flow[day].lost}
		people -= flow[day].gained - flow[day].lost
	}
	v.From, v.To = v.Days[0].Day, v.Days[days-1].Day
	for _, w := range c.space.Conductor.Versions(p.Key) {
		if day := time.UnixMicro(w.At).In(c.space.loc).Format(time.DateOnly); w.At != 0 && day >= v.From {
			v.Versions = append(v.Versions, TrendChange{w.Number, moment(w.At, c.space.loc), day})
		}
	}
	return v, nil
}

func (s *Server) tagHistory(ctx context.Context, in *historyIn) (Listing[TagChange], error) {
	c, l, err := s.look(ctx, in.ID, Moments{}, "tag.history")
	if err != nil {
		return Listing[TagChange]{}, err
	}
	if l = theirs(l, in.Programme, in.Key); l == nil {
		return Listing[TagChange]{Items: []TagChange{}}, nil
	}
	out := Listing[TagChange]{Items: []TagChange{}}
	want := changeKeys(l.Programme, in.Key)
	for cursor := in.Cursor; ; {
		list, err := s.store.Transitions(ctx, c.space.number(), l.Card.Number, l.Changed, "tag", page.Part{Limit: 1000, Cursor: cursor})
		if err != nil {
			return Listing[TagChange]{}, err
		}
		for i := range list.Items {
			if code, ok := want[list.Items[i].Key]; ok {
				out.Items = append(out.Items, tagChange(l, &list.Items[i]))
				if code != nil {
					last := &out.Items[len(out.Items)-1]
					last.Code, last.CodeName = code.Key, &code.Name
				}
			}
		}
		cursor = list.Next
		if cursor == "" || len(out.Items) >= max(in.Limit, 50) {
			out.NextCursor = cursor
			break
		}
	}
	out.Total = len(out.Items)
	return out, nil
}

func tagChange(l *conductor.Look, t *conductor.Transition) TagChange {
	version, _ := strconv.Atoi(t.Version)
	v := TagChange{At: moment(t.At, l.View.Loc), Gained: t.Gained, Version: version, Cause: t.Cause}
	switch t.Cause {
	case "time":
		v.CauseText = text("时间到了", "time passed")
	case "definition":
		v.CauseText = Text{Zh: "规则改到第 " + t.Version + " 版", En: "version " + t.Version + " of the rules came into force"}
	default:
		v.CauseText = reading.NameOf(t.Cause)
		if i := l.View.Find(t.CauseAt); i >= 0 {
			v.EventID = event.IDOf(l.View.Recv[i], t.CauseAt)
		}
	}
	return v
}

func (s *Server) ruleOperations() {
	serve(s, operation{"tag-catalogue", http.MethodGet, "/api/tags", "tags", "Every tag of a programme, with counts", forStaff}, s.tagCatalogue)
	serve(s, operation{"tag", http.MethodGet, "/api/tags/{key}", "tags", "A tag: its rule in words, what it reads, where it is used", forStaff}, s.tagDetail)
	serve(s, operation{"tag-trend", http.MethodGet, "/api/tags/{key}/trend", "tags", "How many people had a tag, day by day", forStaff}, s.tagTrend)
	serve(s, operation{"tag-uses", http.MethodGet, "/api/tags/{key}/uses", "tags", "Where a tag is used: journeys, stages, other tags", forStaff}, s.tagUses)
	serve(s, operation{"tag-history", http.MethodGet, "/api/people/{id}/tags/{key}/history", "tags", "When a person gained and lost a tag, why, and under which version", forStaff}, s.tagHistory)
	serve(s, operation{"rule-vocabulary", http.MethodGet, "/api/rules/vocabulary", "rules", "Everything a rule may say, for editors", forStaff}, s.vocabulary)
	serve(s, operation{"rule-failures", http.MethodGet, "/api/rules/failures", "rules", "Rules that could not be computed for some people, since the server's start", forStaff}, s.ruleFailures)
	serve(s, operation{"rule-check", http.MethodPost, "/api/rules/check", "rules", "The mistakes of a rule, or the rule in words", forStaff}, s.checkRule)
	serve(s, operation{"rule-try", http.MethodPost, "/api/rules/try", "rules", "What a rule says of one person, and why", forStaff}, s.tryRule)
	serve(s, operation{"rule-count", http.MethodPost, "/api/rules/count", "rules", "What a rule says of everyone, and who stands near its edge", forStaff}, s.countRule)
}
