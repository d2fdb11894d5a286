package programme

import (
	"slices"
	"time"

	"peiban/internal/fault"
	"peiban/internal/referral"
)

const referralsFile = "referrals.yaml"

// referrals reads who is referred, by which tags, and the groups that take them. Both are optional, and so is the file.
func (l *loader) referrals() {
	s, ok := l.open(referralsFile, true)
	if !ok {
		return
	}
	root := l.parse(s)
	if root == nil || root.kind == null {
		return
	}
	r := s.fields(root, words("转诊", "referrals"), "groups", "referrals")
	if g := r.of["groups"]; g != nil {
		for _, e := range g.pairs {
			l.p.ReferralGroups = append(l.p.ReferralGroups, l.referralGroup(s, e))
		}
	}
	if x := r.of["referrals"]; x != nil {
		for _, e := range x.pairs {
			l.p.Referrals = append(l.p.Referrals, l.referral(s, e))
		}
	}
}

// referralGroup reads one team and its doctors.
func (l *loader) referralGroup(s *source, e pair) referral.Group {
	r := s.fields(e.value, words("接诊组", "a group that takes referrals"), "name", "specialty", "regions", "stages", "from_age", "to_age", "doctors")
	g := referral.Group{Key: s.key(e.key), Name: s.text(r.need("name")), Specialty: s.key(r.need("specialty"))}
	for _, n := range s.strs(r.of["regions"]) {
		g.Regions = append(g.Regions, s.str(n))
	}
	for _, n := range s.strs(r.of["stages"]) {
		if !slices.ContainsFunc(l.p.stages, func(x *stageEntry) bool { return x.Key == n.text }) {
			s.at(n, words("没有阶段“%s”", "there is no stage %q", n.text), s.meant(n.text, l.stageKeys()))
			continue
		}
		g.Stages = append(g.Stages, n.text)
	}
	g.From, g.To = s.whole(r.of["from_age"], 0, 120), s.whole(r.of["to_age"], 0, 120)
	if g.To != 0 && g.To < g.From {
		s.at(r.of["to_age"], words("年龄的上限比下限小", "the highest age is below the lowest"), fault.Text{})
	}
	d := r.need("doctors")
	if d == nil {
		return g
	}
	for _, one := range d.pairs {
		f := s.fields(one.value, words("医生", "a doctor"), "strength", "capacity")
		g.Doctors = append(g.Doctors, referral.Doctor{Login: one.key.text, Strength: s.whole(f.need("strength"), 1, 5), Capacity: s.whole(f.need("capacity"), 1, 1000)})
	}
	if len(g.Doctors) == 0 {
		s.at(d, words("接诊组里没有医生", "the group has no doctor"), words("一位医生是“账号: {strength: 3, capacity: 20}”", "a doctor is login: {strength: 3, capacity: 20}"))
	}
	return g
}

// referral reads one criterion.
func (l *loader) referral(s *source, e pair) referral.Rule {
	r := s.fields(e.value, words("转诊标准", "a referral"), "name", "matter", "from", "to", "all", "none", "strength", "again", "clock", "source")
	x := referral.Rule{
		Key: s.key(e.key), Name: s.text(r.need("name")), Matter: s.key(r.need("matter")), From: s.key(r.need("from")), To: s.key(r.need("to")),
		Strength: 1, Again: s.span(r.of["again"]), Clock: map[referral.State]time.Duration{}, Source: s.str(r.need("source")),
	}
	if r.has("strength") {
		x.Strength = s.whole(r.of["strength"], 1, 5)
	}
	all := r.need("all")
	x.All, x.None = l.referralTags(s, all), l.referralTags(s, r.of["none"])
	if all != nil && len(s.strs(all)) == 0 {
		s.at(all, words("一个标签也没有，人人都会被转诊", "without a tag everybody would be referred"), words("写至少一个标签", "name at least one tag"))
	}
	for _, one := range s.strs(r.of["none"]) {
		if slices.Contains(x.All, one.text) {
			s.at(one, words("“%s”既要有又不能有", "%q is asked for and excluded", one.text), words("从 all 或 none 里去掉它", "take it out of all or of none"))
		}
	}
	if x.From == x.To && x.From != "" {
		s.at(r.of["to"], words("转给自己是循环", "referring to oneself is a circle"), words("from 和 to 写不同的专科", "name two specialties"))
	}
	groups, strongest := 0, 0
	for _, g := range l.p.ReferralGroups {
		if g.Specialty != x.To {
			continue
		}
		groups++
		for _, d := range g.Doctors {
			strongest = max(strongest, d.Strength)
		}
	}
	switch {
	case x.To == "":
	case groups == 0:
		s.at(r.of["to"], words("没有接诊组是“%s”", "no group is of %q", x.To), words("在 groups 里加一个这个专科的组", "add a group of this specialty"))
	case strongest > 0 && x.Strength > strongest && r.has("strength"):
		s.at(r.of["strength"], words("“%s”的医生没有一位到 %d", "no doctor of %q is as strong as %d", x.To, x.Strength), words("降低要求，或给接诊组加一位医生", "ask for less, or add a doctor to the group"))
	}
	if c := r.of["clock"]; c != nil {
		f := s.fields(c, words("时限", "the clock"), "proposed", "consented", "accepted", "seen")
		for _, state := range []referral.State{referral.Proposed, referral.Consented, referral.Accepted, referral.Seen} {
			if d := s.span(f.of[string(state)]); d > 0 {
				x.Clock[state] = d
			}
		}
	}
	return x
}

// referralTags reads names of tags that there are.
func (l *loader) referralTags(s *source, n *node) (out []string) {
	for _, one := range s.strs(n) {
		if !slices.ContainsFunc(l.p.tags, func(t *tagEntry) bool { return t.Key == one.text }) {
			s.lacking(one, lacksTag, one.text, words("没有标签“%s”", "no tag %q", one.text), s.meant(one.text, l.tagKeys()))
			continue
		}
		out = append(out, one.text)
	}
	return out
}

func (l *loader) tagKeys() []string {
	var out []string
	for _, t := range l.p.tags {
		out = append(out, t.Key)
	}
	return out
}

func (l *loader) stageKeys() []string {
	var out []string
	for _, x := range l.p.stages {
		out = append(out, x.Key)
	}
	return out
}

// referralsOf are the criteria with the key of their programme.
func (p *Programme) referralsOf() []referral.Rule {
	out := slices.Clone(p.Referrals)
	for i := range out {
		out[i].Programme = p.Key
	}
	return out
}
