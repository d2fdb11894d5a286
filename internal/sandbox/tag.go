package sandbox

import (
	"slices"

	"peiban/internal/sandbox/wire"
)

type tagGroup struct {
	ID    string `json:"group_id"`
	Name  string `json:"group_name"`
	Made  int64  `json:"create_time"`
	Order int64  `json:"order"`
	Gone  bool   `json:"deleted"`
	Tags  []*tag `json:"tag"`
}

type tag struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Made  int64  `json:"create_time"`
	Order int64  `json:"order"`
	Gone  bool   `json:"deleted"`
}

const (
	mostTagName = 30
	mostTags    = 3000
)

func (s *Sandbox) tag(id string) (*tagGroup, *tag) {
	for _, g := range s.tags {
		if t := find(g.Tags, func(t *tag) bool { return t.ID == id }); t != nil {
			return g, t
		}
	}
	return nil, nil
}

func (s *Sandbox) tagsOf(b *bond) []wire.Answer {
	all := []wire.Answer{}
	for _, id := range b.tags {
		if g, t := s.tag(id); t != nil {
			all = append(all, wire.Answer{"group_name": g.Name, "tag_name": t.Name, "tag_id": t.ID, "type": 1})
		}
	}
	return all
}

func (s *Sandbox) listTags(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Tags   []string `json:"tag_id"`
		Groups []string `json:"group_id"`
	}](c)
	all := []*tagGroup{}
	for _, g := range s.tags {
		part := *g
		part.Tags = []*tag{}
		for _, t := range g.Tags {
			if len(in.Tags) == 0 && len(in.Groups) == 0 || slices.Contains(in.Tags, t.ID) || slices.Contains(in.Groups, g.ID) {
				part.Tags = append(part.Tags, t)
			}
		}
		if len(part.Tags) > 0 {
			all = append(all, &part)
		}
	}
	return wire.Answer{"tag_group": all}, nil
}

func (s *Sandbox) addTag(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		GroupID string `json:"group_id"`
		Group   string `json:"group_name"`
		Order   int64  `json:"order"`
		Tags    []struct {
			Name  string `json:"name"`
			Order int64  `json:"order"`
		} `json:"tag"`
	}](c)
	count := 0
	for _, g := range s.tags {
		count += len(g.Tags)
	}
	if len(in.Tags) == 0 {
		return nil, wire.Refuse(40063, "tag missing")
	}
	if count+len(in.Tags) > mostTags {
		return nil, wire.Refuse(81017, "too many tags, at most 3000")
	}
	g := find(s.tags, func(g *tagGroup) bool { return g.ID == in.GroupID || in.GroupID == "" && g.Name == in.Group })
	if g == nil && in.GroupID != "" {
		return nil, wire.Refuse(40068, "invalid tagid")
	}
	if g == nil && in.Group == "" {
		return nil, wire.Refuse(40063, "group_id or group_name missing")
	}
	names := map[string]bool{}
	if g != nil {
		for _, t := range g.Tags {
			names[t.Name] = true
		}
	}
	for _, t := range in.Tags {
		if t.Name == "" || len([]rune(t.Name)) > mostTagName {
			return nil, wire.Refuse(40058, "a tag name has 1 to 30 characters")
		}
		if names[t.Name] {
			return nil, wire.Refuse(40071, "tag name exists")
		}
		names[t.Name] = true
	}
	now := s.Clock.Now().Unix()
	if g == nil {
		g = &tagGroup{ID: s.ids.New("et", 30), Name: in.Group, Made: now, Order: in.Order}
		s.tags = append(s.tags, g)
	}
	out := *g
	out.Tags = nil
	for _, t := range in.Tags {
		made := &tag{ID: s.ids.New("et", 30), Name: t.Name, Made: now, Order: t.Order}
		g.Tags, out.Tags = append(g.Tags, made), append(out.Tags, made)
	}
	return wire.Answer{"tag_group": out}, nil
}

func (s *Sandbox) editTag(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		ID    string  `json:"id"`
		Name  *string `json:"name"`
		Order *int64  `json:"order"`
	}](c)
	if in.Name != nil && (*in.Name == "" || len([]rune(*in.Name)) > mostTagName) {
		return nil, wire.Refuse(40058, "a tag name has 1 to 30 characters")
	}
	if g := find(s.tags, func(g *tagGroup) bool { return g.ID == in.ID }); g != nil {
		set(&g.Name, in.Name)
		set(&g.Order, in.Order)
		return nil, nil
	}
	_, t := s.tag(in.ID)
	if t == nil {
		return nil, wire.Refuse(40068, "invalid tagid")
	}
	set(&t.Name, in.Name)
	set(&t.Order, in.Order)
	return nil, nil
}

func (s *Sandbox) delTag(c *wire.Call) (wire.Answer, error) {
	if err := s.caller(c).may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		Tags   []string `json:"tag_id"`
		Groups []string `json:"group_id"`
	}](c)
	if len(in.Tags)+len(in.Groups) == 0 {
		return nil, wire.Refuse(40063, "tag_id and group_id missing")
	}
	gone := slices.Clone(in.Tags)
	for _, id := range in.Groups {
		g := find(s.tags, func(g *tagGroup) bool { return g.ID == id })
		if g == nil {
			return nil, wire.Refuse(40068, "invalid tagid")
		}
		for _, t := range g.Tags {
			gone = append(gone, t.ID)
		}
	}
	for _, id := range in.Tags {
		if _, t := s.tag(id); t == nil {
			return nil, wire.Refuse(40068, "invalid tagid")
		}
	}
	for _, g := range s.tags {
		g.Tags = slices.DeleteFunc(g.Tags, func(t *tag) bool { return slices.Contains(gone, t.ID) })
	}
	s.tags = slices.DeleteFunc(s.tags, func(g *tagGroup) bool { return len(g.Tags) == 0 })
	for _, b := range s.bonds {
		b.tags = slices.DeleteFunc(b.tags, func(id string) bool { return slices.Contains(gone, id) })
	}
	return nil, nil
}

func (s *Sandbox) markTag(c *wire.Call) (wire.Answer, error) {
	a := s.caller(c)
	if err := a.may(contactApp); err != nil {
		return nil, err
	}
	in := wire.Read[struct {
		User     string   `json:"userid"`
		Customer string   `json:"external_userid"`
		Add      []string `json:"add_tag"`
		Remove   []string `json:"remove_tag"`
	}](c)
	b, err := s.related(a, in.User, in.Customer)
	if err != nil {
		return nil, err
	}
	if len(in.Add)+len(in.Remove) == 0 {
		return nil, wire.Refuse(40063, "add_tag and remove_tag missing")
	}
	for _, id := range slices.Concat(in.Add, in.Remove) {
		if _, t := s.tag(id); t == nil {
			return nil, wire.Refuse(40068, "invalid tagid")
		}
	}
	b.tags = slices.DeleteFunc(b.tags, func(id string) bool { return slices.Contains(in.Remove, id) })
	for _, id := range in.Add {
		if !slices.Contains(b.tags, id) {
			b.tags = append(b.tags, id)
		}
	}
	return nil, nil
}
