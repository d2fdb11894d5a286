package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

// Found is what a count found: whom each of its numbers stands for is listed by GET /api/people with found and of.
type Found struct {
	Found     string     `json:"found"`
	Programme string     `json:"programme"`
	AsOf      string     `json:"asOf" doc:"the people are those of this moment, whatever happened since"`
	Draft     bool       `json:"draft"`
	Rule      string     `json:"rule,omitempty"`
	Sets      []FoundSet `json:"sets"`
}

// FoundSet is one number and what it counts.
type FoundSet struct {
	Of     string `json:"of"`
	Text   Text   `json:"text"`
	People int    `json:"people" doc:"everyone; a list shows those the caller may see"`
}

// finding is whom one count found. It is kept in memory and not on disk: it is of one moment and soon old.
type finding struct {
	id     string
	member string // who counted; empty: whoever may edit the programme, who all see the same preview
	kept   time.Time
	view   Found
	sets   map[string]*roaring.Bitmap
}

// findings are the last counts of a workspace.
type findings struct {
	mu  sync.Mutex
	all []*finding // the oldest first
}

const (
	// findingsOfOne and findingsKept bound the memory: a set of a million people takes at most 128 kB.
	findingsOfOne = 24
	findingsKept  = 240
	findingLasts  = 4 * time.Hour
)

var errFoundGone = fault.New(fault.Missing, "found_gone", "这次统计的名单没有留下来", "the people of this count were not kept").
	Because("服务重启过，或者已经过了 4 小时。数据没有变，回到数它的那一页再数一次", "the service was restarted, or 4 hours have passed; no data changed: count again on the page it was counted on")

func (f *findings) keep(x *finding) {
	f.mu.Lock()
	defer f.mu.Unlock()
	own := 0
	for i := len(f.all) - 1; i >= 0; i-- {
		if f.all[i].member != x.member {
			continue
		}
		if own++; own >= findingsOfOne {
			f.all = slices.Delete(f.all, i, i+1)
		}
	}
	if len(f.all) >= findingsKept {
		f.all = slices.Delete(f.all, 0, len(f.all)-findingsKept+1)
	}
	f.all = append(f.all, x)
}

// get finds a count again for someone who may see it. One that is somebody else's never was.
func (f *findings) get(c *caller, id string, now time.Time) (*finding, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.all {
		if x.id != id || now.Sub(x.kept) > findingLasts {
			continue
		}
		if x.member == c.member.ID || x.member == "" && c.member.Role.Can(staff.CanEditProgress) {
			return x, nil
		}
	}
	return nil, errFoundGone.At("query.found")
}

// people is a copy of one of the sets.
func (x *finding) people(of string) (*roaring.Bitmap, error) {
	set := x.sets[of]
	if set == nil {
		return nil, errCodeChoice.At("query.of")
	}
	return set.Clone(), nil
}

// remember keeps what a count found; texts says what each number counts, in the order they are shown in.
func (s *Server) remember(c *caller, member string, view Found, order []string, texts map[string]Text, sets map[string]*roaring.Bitmap) string {
	x := &finding{id: ulid.Make().String(), member: member, kept: s.real(), view: view, sets: map[string]*roaring.Bitmap{}}
	x.view.Found, x.view.Sets = x.id, []FoundSet{}
	for _, of := range order {
		set := sets[of]
		if set == nil {
			set = roaring.New()
		}
		set.RunOptimize()
		x.sets[of] = set
		x.view.Sets = append(x.view.Sets, FoundSet{of, texts[of], int(set.GetCardinality())})
	}
	c.space.findings.keep(x)
	return x.id
}

// setOrder is the order of a poll's numbers.
var setOrder = []string{
	conductor.SetHas, conductor.SetNo, conductor.SetUnknown, conductor.SetGain, conductor.SetLose, conductor.SetCouldGain, conductor.SetCouldLose,
}

// pollTexts say what the numbers of a poll count. name is the tag compared with, if any.
func pollTexts(name Text) map[string]Text {
	of := func(zh, en string) Text {
		if name == (Text{}) {
			return text(zh+"这条规则", en+" the rule as written")
		}
		return text(zh+"“"+name.Zh+"”", en+" "+name.En)
	}
	return map[string]Text{
		conductor.SetHas:       of("按规则符合", "Fit the rule:"),
		conductor.SetNo:        of("按规则不符合", "Do not fit the rule:"),
		conductor.SetUnknown:   of("数据不足，还不知道是否符合", "Too little data to say:"),
		conductor.SetGain:      of("这样改会得到", "Would gain by this change:"),
		conductor.SetLose:      of("这样改会失去", "Would lose by this change:"),
		conductor.SetCouldGain: of("差一步就符合", "One step from fitting"),
		conductor.SetCouldLose: of("差一步就不再符合", "One step from no longer fitting"),
	}
}

// tagNamed is what a tag is called in a programme; nothing where it is not there.
func tagNamed(p *engine.Programme, key string) Text {
	if i := p.TagIndex(key); i >= 0 {
		return p.Tags[i].Name
	}
	return Text{}
}

// foundOf is a preview's people, kept once for all who look at it.
func (s *Server) foundOf(c *caller, key string, o *conductor.Outlook) string {
	texts, sets, order := map[string]Text{}, map[string]*roaring.Bitmap{}, []string{}
	put := func(kind string, x *conductor.Swing) {
		for _, side := range []struct {
			of, zh, en string
			set        *roaring.Bitmap
		}{
			{"gain", "按草稿会得到", "Would gain by the draft:", x.Gainers}, {"lose", "按草稿会失去", "Would lose by the draft:", x.Losers},
		} {
			of := strings.Join([]string{kind, x.Key, side.of}, ":")
			order, sets[of] = append(order, of), side.set
			texts[of] = text(side.zh+"“"+x.Name.Zh+"”", side.en+" "+x.Name.En)
		}
	}
	for i := range o.Tags {
		put("tag", &o.Tags[i])
	}
	for i := range o.Stages {
		put("stage", &o.Stages[i])
	}
	for i := range o.Matching {
		m := &o.Matching[i]
		of := "journey:" + m.Key
		order, sets[of], texts[of] = append(order, of), m.People, text("已经符合“"+m.Name.Zh+"”的进入条件", "Fit the entry already: "+m.Name.En)
	}
	return s.remember(c, "", Found{Programme: key, AsOf: moment(o.At, c.space.loc), Draft: true}, order, texts, sets)
}

type foundIn struct {
	Found string `path:"found" maxLength:"40"`
}

func (s *Server) found(ctx context.Context, in *foundIn) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Found{}, err
	}
	x, err := c.space.findings.get(c, in.Found, s.real())
	if err != nil {
		return Found{}, err
	}
	return x.view, nil
}

type movedIn struct {
	Key  string `path:"key" maxLength:"80"`
	Body struct {
		Programme string `json:"programme,omitempty" maxLength:"60"`
		From      string `json:"from" maxLength:"40" doc:"a local day or a moment"`
		To        string `json:"to,omitempty" maxLength:"40" doc:"now when not given; a local day means its end"`
	}
}

// tagMoved finds the people who gained and who lost a tag in a span. One who did both is in both.
func (s *Server) tagMoved(ctx context.Context, in *movedIn) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Found{}, err
	}
	p, err := c.programmeOr(in.Body.Programme)
	if err != nil {
		return Found{}, err
	}
	name := tagNamed(p, in.Key)
	if name == (Text{}) {
		return Found{}, errNotFound
	}
	from, err := parseStart("body.from", in.Body.From, c.space.loc)
	if err != nil {
		return Found{}, err
	}
	to, err := parseMoment("body.to", in.Body.To, c.space.loc)
	if err != nil {
		return Found{}, err
	}
	if to == 0 {
		to = c.space.now()
	}
	sets := map[string]*roaring.Bitmap{"gained": roaring.New(), "lost": roaring.New()}
	err = s.store.TagMovers(ctx, c.space.number(), p.Key+"/"+in.Key, from, to, func(n uint32, gained bool) {
		sets[map[bool]string{true: "gained", false: "lost"}[gained]].Add(n)
	})
	if err != nil {
		return Found{}, err
	}
	days := localDay(from, c.space.loc)
	if last := localDay(to, c.space.loc); last != days {
		days += "～" + last
	}
	texts := map[string]Text{
		"gained": text(days+" 得到“"+name.Zh+"”", "Gained "+name.En+" on "+strings.Replace(days, "～", " to ", 1)),
		"lost":   text(days+" 失去“"+name.Zh+"”", "Lost "+name.En+" on "+strings.Replace(days, "～", " to ", 1)),
	}
	id := s.remember(c, c.member.ID, Found{Programme: p.Key, AsOf: moment(c.space.now(), c.space.loc)}, []string{"gained", "lost"}, texts, sets)
	return s.found(ctx, &foundIn{Found: id})
}

func localDay(at int64, loc *time.Location) string {
	return time.UnixMicro(at).In(loc).Format(time.DateOnly)
}

// inFound narrows a list of people to one number of a count.
func (s *Server) inFound(c *caller, set *roaring.Bitmap, id, of string) error {
	if id == "" {
		return nil
	}
	x, err := c.space.findings.get(c, id, s.real())
	if err != nil {
		return err
	}
	people, err := x.people(of)
	if err != nil {
		known := slices.Sorted(maps.Keys(x.sets))
		return errCodeChoice.At("query.of").Because("只能是："+strings.Join(known, ", "), "one of: "+strings.Join(known, ", "))
	}
	set.And(people)
	return nil
}

func (s *Server) foundOperations() {
	s.countOperations()
	serve(s, operation{"found", http.MethodGet, "/api/found/{found}", "rules", "What a count found: each number, listed by GET /api/people with found and of", forStaff}, s.found)
	serve(s, operation{"tag-moved", http.MethodPost, "/api/tags/{key}/moved", "tags", "The people who gained and who lost a tag in a span of time", forStaff}, s.tagMoved)
}
