package rule

import (
	"peiban/internal/event"
	"peiban/internal/timeline"
)

// Most people have events of few types. A rule over types that somebody has none of answers as it does for an empty timeline, and
// where that answer is for ever it is worked out once, when the rule is compiled.

// absent finds what r answers whoever has no event of the types it reads; nil when that depends on more than events, or on the day.
func (r *Rule) absent() (none *Result) {
	d := &r.deps
	if d.AllEvents || d.Stage || d.Target || len(d.Tags) > 0 || r.kind == KindEvents {
		return nil
	}
	for _, t := range d.Events {
		if t >= maxPlaces {
			return nil
		}
		r.reads.add(t)
	}
	defer func() {
		if recover() != nil { // it fails when it is asked, and is listed then
			none = nil
		}
	}()
	c := &Ctx{TL: timeline.View{Timeline: &timeline.Timeline{}}} // at the beginning of 1970: an answer for ever holds ever after
	if res := r.eval(c); res.Next == Never {
		return &res
	}
	return nil
}

// lacks tells whether c's person has no event of the types r reads.
func (c *Ctx) lacks(r *Rule) bool {
	s := &c.scene
	if s.tl == nil || s.tl != c.TL.Timeline || s.n != len(c.TL.At) || s.links != s.epoch {
		if c.TL.Timeline == nil {
			return true
		}
		c.stand(r.env)
		s.link()
	}
	for i, w := range r.reads {
		if w&s.types[i] != 0 {
			return false
		}
	}
	return true
}

// joinNewest notes which types there are.
func (s *scene) joinNewest() {
	s.types = typeSet{}
	for t, n := range s.newest {
		if n != 0 {
			s.types.add(event.Type(t))
		}
	}
}
