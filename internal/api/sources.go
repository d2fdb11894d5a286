package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/staff"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// Receiver is what the API asks of the intake of events.
type Receiver interface {
	http.Handler
	Arrivals(w workspace.Number, after int64, most int) ([]intake.Arrival, int64)
	Replayer
}

// Source is where events come from, and how it is doing.
type Source struct {
	Number    int32             `json:"number"`
	Name      string            `json:"name"`
	Kind      string            `json:"kind"`
	KindText  Text              `json:"kindText"`
	Keyed     bool              `json:"keyed" doc:"it has a write key; without one it is fed by imports only"`
	Disabled  bool              `json:"disabled"`
	Created   string            `json:"created"`
	Rotated   string            `json:"rotated,omitempty" doc:"when the key was changed last"`
	OldUntil  string            `json:"oldUntil,omitempty" doc:"until when the key before is still taken"`
	Rate      int               `json:"rate" doc:"events a second it may send for long; 0: as the server is set"`
	Burst     int               `json:"burst" doc:"events at once beyond that; 0: twice the rate"`
	Programme string            `json:"programme,omitempty" doc:"what new people it brings join"`
	Names     map[string]string `json:"names" doc:"its own event names and the types they stand for"`
	Day       Came              `json:"day" doc:"the last 24 hours"`
	Hours     []int64           `json:"hours" doc:"events taken in each of the last 24 hours, the oldest first"`
	Last      string            `json:"last,omitempty" doc:"when something came last, within seven days"`
	Open      int               `json:"open" doc:"refused events that wait for somebody"`
	Reasons   []Reason          `json:"reasons" doc:"why they were refused, the most frequent first"`
}

// Came is how much came.
type Came struct {
	Requests int64 `json:"requests"`
	Bytes    int64 `json:"bytes"`
	Stored   int64 `json:"stored"`
	Repeated int64 `json:"repeated"`
	Kept     int64 `json:"kept" doc:"put aside until the person consents"`
	Ignored  int64 `json:"ignored" doc:"pages of visitors nobody knows"`
	Refused  int64 `json:"refused"`
	PutOff   int64 `json:"putOff" doc:"requests told to come again later"`
}

func (c *Came) add(m *intake.Minute) {
	c.Requests += m.Requests
	c.Bytes += m.Bytes
	c.Stored += m.Stored
	c.Repeated += m.Repeated
	c.Kept += m.Kept
	c.Ignored += m.Ignored
	c.Refused += m.Refused
	c.PutOff += m.PutOff
}

// Reason is one reason and how often.
type Reason struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// SourceKey is a source and its write key, which is told this once.
type SourceKey struct {
	Source   Source `json:"source"`
	WriteKey string `json:"writeKey" doc:"shown this once; only its hash is kept"`
}

// Sources are all of a workspace, and what may be chosen for them.
type Sources struct {
	Items      []Source `json:"items"`
	Kinds      []Choice `json:"kinds"`
	Rate       int      `json:"rate" doc:"events a second where a source has no limit of its own"`
	MayManage  bool     `json:"mayManage"`
	Address    string   `json:"address" doc:"where senders send to"`
	DedupeText Text     `json:"dedupeText" doc:"for how long a message id is remembered"`
}

// Volume is what came from a source, or all, step by step.
type Volume struct {
	From  string       `json:"from"`
	Step  int          `json:"step" doc:"seconds"`
	Items []VolumeStep `json:"items" doc:"every step, those without anything too"`
	Total Came         `json:"total"`
}

// VolumeStep is one step of it.
type VolumeStep struct {
	At string `json:"at"`
	Came
}

var sourceKindNames = map[string]Text{
	"segment": text("网站、小程序或应用", "Web site, mini-program or app"), "nightscout": text("Nightscout 上传器", "Nightscout uploader"),
	"import": text("文件导入", "Imports of files"), "shop": text("网店", "Shop"), "hospital": text("医院系统", "Hospital system"),
	"device": text("设备", "Device"), "wecom": text("企业微信", "WeCom"), "other": text("其他", "Other"),
}

// How long a source's key before may still be taken after a change, hours.
const longestOverlap = 24 * 14

// OfSource names a source.
type OfSource struct {
	Number int32 `path:"number" minimum:"1"`
}

// sourceBody is what may be said of a source; what is not given stays.
type sourceBody struct {
	Name      *string            `json:"name,omitempty" minLength:"1" maxLength:"60"`
	Kind      *string            `json:"kind,omitempty" maxLength:"20"`
	Programme *string            `json:"programme,omitempty" maxLength:"60"`
	Rate      *int               `json:"rate,omitempty" minimum:"0" maximum:"1000000"`
	Burst     *int               `json:"burst,omitempty" minimum:"0" maximum:"10000000"`
	Names     *map[string]string `json:"names,omitempty" doc:"the sender's event names and the types of the catalogue they stand for"`
	Disabled  *bool              `json:"disabled,omitempty"`
}

type addSourceInput struct{ Body sourceBody }

type changeSourceInput struct {
	OfSource
	Body sourceBody
}

type rotateInput struct {
	OfSource
	Body struct {
		Hours int `json:"hours" minimum:"0" maximum:"336" doc:"how long the key before is still taken"`
	}
}

type volumeInput struct {
	Source int32 `query:"source" doc:"number of a source; all when not given"`
	Hours  int   `query:"hours" minimum:"1" maximum:"744" doc:"24 when not given"`
}

func (s *Server) sourceOperations() {
	serve(s, operation{"sources", http.MethodGet, "/api/sources", "sources", "Where events come from, and how each source is doing", forStaff}, s.sources)
	serve(s, operation{"add-source", http.MethodPost, "/api/sources", "sources", "Let a sender in: makes a write key and tells it once", forStaff}, s.addSource)
	serve(s, operation{"change-source", http.MethodPatch, "/api/sources/{number}", "sources", "Change what a source is called, may send and means; switch it off or on", forStaff}, s.changeSource)
	serve(s, operation{"rotate-source", http.MethodPost, "/api/sources/{number}/rotate", "sources", "Give a source another write key", forStaff}, s.rotateSource)
	serve(s, operation{"source-volume", http.MethodGet, "/api/sources/volume", "sources", "What came from a source or all, step by step", forStaff}, s.sourceVolume)
	serve(s, operation{"arrivals", http.MethodGet, "/api/sources/arrivals", "sources", "The events that came just now, without what they say", forStaff}, s.arrivals)
}

func (s *Server) sources(ctx context.Context, _ *Empty) (Sources, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Sources{}, err
	}
	all, err := s.store.Sources(ctx, c.space.number())
	if err != nil {
		return Sources{}, err
	}
	out := Sources{
		Items: []Source{}, Kinds: []Choice{}, MayManage: c.member.Role.Can(staff.CanManageIntake), Address: s.address + "/v1/batch", Rate: intake.DefaultRate,
		DedupeText: text("同一来源的同一条消息（编号相同）永远只存一次", "The same messageId of a source is stored once, for ever"),
	}
	for _, k := range event.SourceKinds {
		out.Kinds = append(out.Kinds, Choice{k, sourceKindNames[k]})
	}
	if out.Items, err = s.sourceViews(ctx, c, all); err != nil {
		return Sources{}, err
	}
	return out, nil
}

// sourceViews puts sources together with what came from them.
func (s *Server) sourceViews(ctx context.Context, c *caller, all []event.Source) ([]Source, error) {
	now := c.space.Conductor.Now().Truncate(time.Hour).Add(time.Hour)
	day, week := now.Add(-24*time.Hour), now.Add(-7*24*time.Hour)
	hours, err := s.store.Minutes(ctx, c.space.number(), 0, week.UnixMicro(), now.UnixMicro(), time.Hour.Microseconds())
	if err != nil {
		return nil, err
	}
	reasons, err := s.store.RejectReasons(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	out := make([]Source, 0, len(all))
	for _, v := range all {
		x := Source{
			Number: v.Number, Name: v.Name, Kind: v.Kind, KindText: word(sourceKindNames, v.Kind), Keyed: v.KeyHash != nil, Disabled: v.Disabled,
			Created: moment(v.Created, c.space.loc), Rotated: moment(v.Rotated, c.space.loc), Rate: v.Rate, Burst: v.Burst, Programme: v.Programme,
			Names: v.Names, Hours: make([]int64, 24), Reasons: []Reason{},
		}
		if x.Names == nil {
			x.Names = map[string]string{}
		}
		if len(v.Previous) > 0 && v.PreviousUntil > s.real().UnixMicro() {
			x.OldUntil = moment(v.PreviousUntil, c.space.loc)
		}
		for i := range hours {
			h := &hours[i]
			if h.Source != v.Number {
				continue
			}
			x.Last = moment(h.At, c.space.loc)
			if at := int((h.At - day.UnixMicro()) / time.Hour.Microseconds()); h.At >= day.UnixMicro() && at < len(x.Hours) {
				x.Hours[at] += h.Stored
				x.Day.add(h)
			}
		}
		for code, n := range reasons[v.Number] {
			x.Open += n
			x.Reasons = append(x.Reasons, Reason{code, n})
		}
		slices.SortFunc(x.Reasons, func(a, b Reason) int {
			if a.Count != b.Count {
				return b.Count - a.Count
			}
			return strings.Compare(a.Code, b.Code)
		})
		out = append(out, x)
	}
	return out, nil
}

func (s *Server) sourceView(ctx context.Context, c *caller, v event.Source) (Source, error) {
	views, err := s.sourceViews(ctx, c, []event.Source{v})
	if err != nil {
		return Source{}, err
	}
	return views[0], nil
}

var (
	errSourceName = fault.New(fault.Invalid, "bad_source_name", "名称要一行，1 到 60 个字", "a name is one line of 1 to 60 characters").At("body.name")
	errSourceKind = fault.New(fault.Invalid, "unknown_kind", "没有这种来源", "there is no such kind of source").At("body.kind")
	errSourceType = fault.New(fault.Invalid, "unknown_event_type", "目录里没有这种事件", "the catalogue has no such type").At("body.names").
			Because("右边写目录里的类型，例如 glucose", "on the right write a type of the catalogue, such as glucose")
	errSourceJoins = fault.New(fault.Invalid, "unknown_programme", "没有这个项目", "there is no such programme").At("body.programme")
	errKeyless     = fault.New(fault.Clash, "source_without_key", "文件导入的来源没有密钥", "a source of imports has no key").Because("新建一个来源", "make a source of its own")
)

// apply changes v as b says.
func (b *sourceBody) apply(c *caller, v *event.Source) error {
	if b.Name != nil {
		name := strings.TrimSpace(*b.Name)
		if name == "" || !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
			return errSourceName
		}
		v.Name = name
	}
	if b.Kind != nil {
		if !slices.Contains(event.SourceKinds, *b.Kind) {
			return errSourceKind.Because("可用："+strings.Join(event.SourceKinds, ", "), "one of: "+strings.Join(event.SourceKinds, ", "))
		}
		v.Kind = *b.Kind
	}
	if b.Programme != nil {
		if *b.Programme != "" && c.space.Conductor.Programme(*b.Programme) == nil {
			return errSourceJoins
		}
		v.Programme = *b.Programme
	}
	if b.Rate != nil {
		v.Rate = *b.Rate
	}
	if b.Burst != nil {
		v.Burst = *b.Burst
	}
	if b.Names != nil {
		for from, to := range *b.Names {
			if spec := event.Lookup(to); from == "" || len(from) > 200 || len(*b.Names) > 500 || spec == nil || spec.System {
				return errSourceType
			}
		}
		v.Names = *b.Names
	}
	if b.Disabled != nil {
		v.Disabled = *b.Disabled
	}
	return nil
}

func (s *Server) addSource(ctx context.Context, in *addSourceInput) (SourceKey, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return SourceKey{}, err
	}
	if in.Body.Name == nil {
		return SourceKey{}, errSourceName
	}
	key := keys.NewToken()
	v := event.Source{Kind: "segment", KeyHash: keys.TokenHash(key), Created: s.real().UnixMicro()}
	if err := in.Body.apply(c, &v); err != nil {
		return SourceKey{}, err
	}
	if v, err = s.store.CreateSource(ctx, c.space.number(), v, s.entry(ctx, c, "source.create", 0, nil)); err != nil {
		return SourceKey{}, err
	}
	c.space.forgetNames()
	view, err := s.sourceView(ctx, c, v)
	return SourceKey{view, key}, err
}

func (s *Server) changeSource(ctx context.Context, in *changeSourceInput) (Source, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Source{}, err
	}
	v, err := s.store.ChangeSource(ctx, c.space.number(), in.Number, func(v *event.Source) error { return in.Body.apply(c, v) },
		s.entry(ctx, c, "source.change", 0, map[string]any{"source": in.Number}))
	if err != nil {
		return Source{}, err
	}
	c.space.forgetNames()
	return s.sourceView(ctx, c, v)
}

func (s *Server) rotateSource(ctx context.Context, in *rotateInput) (SourceKey, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return SourceKey{}, err
	}
	key, now := keys.NewToken(), s.real()
	v, err := s.store.ChangeSource(ctx, c.space.number(), in.Number, func(v *event.Source) error {
		if v.KeyHash == nil {
			return errKeyless
		}
		v.Previous, v.PreviousUntil = nil, 0
		if h := min(in.Body.Hours, longestOverlap); h > 0 {
			v.Previous, v.PreviousUntil = v.KeyHash, now.Add(time.Duration(h)*time.Hour).UnixMicro()
		}
		v.KeyHash, v.Rotated = keys.TokenHash(key), now.UnixMicro()
		return nil
	}, s.entry(ctx, c, "source.rotate", 0, map[string]any{"source": in.Number, "hours": in.Body.Hours}))
	if err != nil {
		return SourceKey{}, err
	}
	view, err := s.sourceView(ctx, c, v)
	return SourceKey{view, key}, err
}

func (s *Server) sourceVolume(ctx context.Context, in *volumeInput) (Volume, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Volume{}, err
	}
	hours := in.Hours
	if hours == 0 {
		hours = 24
	}
	step := time.Minute
	switch {
	case hours > 72:
		step = 6 * time.Hour
	case hours > 24:
		step = time.Hour
	case hours > 3:
		step = 15 * time.Minute
	}
	to := c.space.Conductor.Now().Truncate(step).Add(step)
	from := to.Add(-time.Duration(hours) * time.Hour)
	ms, err := s.store.Minutes(ctx, c.space.number(), in.Source, from.UnixMicro(), to.UnixMicro(), step.Microseconds())
	if err != nil {
		return Volume{}, err
	}
	out := Volume{From: moment(from.UnixMicro(), c.space.loc), Step: int(step.Seconds()), Items: make([]VolumeStep, int(to.Sub(from)/step))}
	for i := range out.Items {
		out.Items[i].At = moment(from.Add(time.Duration(i)*step).UnixMicro(), c.space.loc)
	}
	for i := range ms {
		if at := int((ms[i].At - from.UnixMicro()) / step.Microseconds()); at >= 0 && at < len(out.Items) {
			out.Items[at].add(&ms[i])
			out.Total.add(&ms[i])
		}
	}
	return out, nil
}

// Arrivals are the events that came just now.
type Arrivals struct {
	Items  []Arrived `json:"items" doc:"the newest last"`
	Newest int64     `json:"newest" doc:"ask with it as after for what comes next"`
}

// Arrived is one of them.
type Arrived struct {
	N      int64  `json:"n"`
	At     string `json:"at"`
	Source Ref    `json:"source"`
	Type   string `json:"type,omitempty"`
	Name   *Text  `json:"name,omitempty" doc:"of the type"`
	Status string `json:"status" enum:"stored,repeated,quarantined,ignored,refused,conflict"`
	Code   string `json:"code,omitempty" doc:"why it was not stored"`
}

type arrivalsInput struct {
	After  int64 `query:"after" minimum:"0" doc:"newest of the answer before; the last there are when not given"`
	Source int32 `query:"source" doc:"of one source only"`
	Limit  int   `query:"limit" minimum:"1" maximum:"500" doc:"100 when not given"`
}

func (s *Server) arrivals(ctx context.Context, in *arrivalsInput) (Arrivals, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Arrivals{}, err
	}
	out := Arrivals{Items: []Arrived{}}
	if s.receiver == nil {
		return out, nil
	}
	most := in.Limit
	if most == 0 {
		most = 100
	}
	as, newest := s.receiver.Arrivals(c.space.number(), in.After, most)
	out.Newest = newest
	for _, a := range as {
		if in.Source != 0 && a.Source != in.Source {
			continue
		}
		x := Arrived{N: a.N, At: a.At.In(c.space.loc).Format(time.RFC3339), Source: Ref{Name: c.space.sourceName(ctx, s.store, a.Source)}, Type: a.Type, Status: a.Status, Code: a.Code}
		if spec := event.Lookup(a.Type); spec != nil {
			name := spec.Name
			x.Name = &name
		}
		out.Items = append(out.Items, x)
	}
	return out, nil
}
