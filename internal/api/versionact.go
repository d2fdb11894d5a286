package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/staff"
)

// OneVersion is one version of a programme.
type OneVersion struct {
	Key     string `path:"key" maxLength:"60"`
	Version int    `path:"version" minimum:"1"`
}

type restoreIn struct {
	OneVersion
	Based
}

type programmePeopleIn struct {
	Key  string `path:"key" maxLength:"60"`
	Body struct {
		Part string `json:"part" enum:"programme,stage,tag,run"`
		Of   string `json:"of,omitempty" maxLength:"80" doc:"which stage, tag, code (TAG.CODE) or journey"`
	}
}

func (s *Server) versionOperations() {
	const at = "/api/programmes/{key}"
	serve(s, operation{"restore-version", http.MethodPost, at + "/versions/{version}/restore", "drafts", "An old version becomes the draft; what is in force stays", forStaff}, s.restoreVersion)
	serve(s, operation{"version-moved", http.MethodPost, at + "/versions/{version}/moved", "drafts", "The people whose tags and stage a version changed when it came into force", forStaff}, s.versionMoved)
	serve(s, operation{"programme-people", http.MethodPost, at + "/people", "programmes", "The people behind a number of a programme, listed by GET /api/people with found and of", forStaff}, s.programmePeople)
}

func (s *Server) restoreVersion(ctx context.Context, in *restoreIn) (Draft, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return Draft{}, err
	}
	p, err := c.space.Conductor.VersionOf(ctx, in.Key, in.Version)
	if err != nil {
		return Draft{}, err
	}
	now := c.space.Conductor.Programme(in.Key)
	if now == nil {
		return Draft{}, errNotFound
	}
	return s.change(ctx, in.Key, in.Based, "draft.restore", func(programme.Files) (programme.Files, error) { return p.Files.WithVersion(now.Version) })
}

// versionMoved finds whom a publication changed: of every tag and stage, who gained and who lost it.
func (s *Server) versionMoved(ctx context.Context, in *OneVersion) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Found{}, err
	}
	p, err := c.space.Conductor.VersionOf(ctx, in.Key, in.Version)
	if err != nil {
		return Found{}, err
	}
	var seq event.Seq
	var at int64
	for _, v := range c.space.Conductor.Versions(in.Key) {
		if v.Number == in.Version {
			seq, at = v.Seq, v.At
		}
	}
	m := movers{p: p, all: roaring.New(), sets: map[string]*roaring.Bitmap{}, texts: map[string]Text{}}
	if seq != 0 {
		if err := s.store.VersionMovers(ctx, c.space.number(), seq, m.add); err != nil {
			return Found{}, err
		}
	}
	n := strconv.Itoa(in.Version)
	m.sets["all"], m.texts["all"] = m.all, text("第 "+n+" 版生效时有变化的人", "Changed when version "+n+" came into force")
	slices.Sort(m.order)
	id := s.remember(c, c.member.ID, Found{Programme: in.Key, AsOf: moment(at, c.space.loc)}, append([]string{"all"}, m.order...), m.texts, m.sets)
	return s.found(ctx, &foundIn{Found: id})
}

type movers struct {
	p     *engine.Programme
	all   *roaring.Bitmap
	order []string
	sets  map[string]*roaring.Bitmap
	texts map[string]Text
}

// add puts somebody among those who gained or lost a part of the programme.
func (m *movers) add(n uint32, kind, full string, gained bool) {
	prefix := m.p.Key + "/"
	if len(full) <= len(prefix) || full[:len(prefix)] != prefix {
		return
	}
	key := full[len(prefix):]
	side, zh, en := "gain", "得到", "Gained "
	if !gained {
		side, zh, en = "lose", "失去", "Lost "
	}
	name := tagNamed(m.p, key)
	if kind == "stage" {
		if name, zh, en = (Text{Zh: key, En: key}), "进入", "Entered "; !gained {
			zh, en = "离开", "Left "
		}
		if g := m.p.Stage(key); g != nil {
			name = g.Name
		}
	}
	name = or(name, Text{Zh: key, En: key}) // it is gone with this version
	of := kind + ":" + key + ":" + side
	if m.sets[of] == nil {
		m.sets[of], m.order = roaring.New(), append(m.order, of)
		m.texts[of] = text(zh+"“"+name.Zh+"”", en+name.En)
	}
	m.sets[of].Add(n)
	m.all.Add(n)
}

func (s *Server) programmePeople(ctx context.Context, in *programmePeopleIn) (Found, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Found{}, err
	}
	p := c.space.Conductor.Programme(in.Key)
	if p == nil {
		return Found{}, errNotFound
	}
	name, ok := partNamed(p, in.Body.Part, in.Body.Of)
	if !ok {
		return Found{}, errCodeChoice.At("body.of")
	}
	sets := map[string]*roaring.Bitmap{"people": c.space.Conductor.Of(in.Key, in.Body.Part, in.Body.Of)}
	id := s.remember(c, c.member.ID, Found{Programme: in.Key, AsOf: moment(c.space.now(), c.space.loc)}, []string{"people"}, map[string]Text{"people": name}, sets)
	return s.found(ctx, &foundIn{Found: id})
}

// partNamed says what a number of the document counts.
func partNamed(p *engine.Programme, part, of string) (Text, bool) {
	switch part {
	case "programme":
		return text("在“"+p.Name.Zh+"”里的人", "In "+p.Name.En), of == ""
	case "stage":
		if g := p.Stage(of); g != nil {
			return text("在阶段“"+g.Name.Zh+"”", "In stage "+g.Name.En), true
		}
	case "tag":
		if name := tagNamed(p, of); name != (Text{}) {
			return text("有“"+name.Zh+"”", "With "+name.En), true
		}
	case "run":
		if j := p.Compiled.Journey(of); j != nil {
			return text("正在旅程“"+j.Name.Zh+"”里", "Under way in "+j.Name.En), true
		}
	}
	return Text{}, false
}
