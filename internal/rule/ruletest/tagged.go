package ruletest

import (
	"fmt"
	"slices"
	"strings"

	"peiban/internal/event"
)

// Valued is a tag that has a number.
type Valued struct {
	Tag string
	Num Num
}

// Coded is a tag that has codes; who has a code has the tag Tag.code.
type Coded struct {
	Tag   string
	Codes []string
}

// Weekly is how many readings of a type the last seven days hold.
func Weekly(t event.Type) Num {
	const text = "7d"
	within := func(w *World, in []Event) ([]Event, bool) {
		return keep(in, func(e Event) bool { return e.At > w.Now-7*day }), true
	}
	s := Sel{Type: t, links: []link{{fmt.Sprintf(".within(%q)", text), within}}}
	return (&Gen{}).count(s)
}

// of is the number of a tag, unknown while the tag is.
func (v Valued) of() Num {
	return Num{Text: fmt.Sprintf("tag_value(%q)", v.Tag), Coarse: v.Num.Coarse, Of: func(w *World) float64 {
		if w.Tag(v.Tag) == Unknown {
			return nan
		}
		return v.Num.Of(w)
	}}
}

// of is the code somebody has; known is false when that cannot be said.
func (c Coded) of(w *World) (code string, known bool) {
	for _, x := range c.Codes {
		if w.Tag(c.Tag+"."+x) == True {
			return x, true
		}
	}
	return "", w.Tag(c.Tag) == False
}

// tagged draws a condition about tags, or the stage.
func (g *Gen) tagged() Bool {
	switch k := g.IntN(6); {
	case k == 0 && len(g.Values) > 0:
		n, least := pick(g, g.Values).of(), pick(g, []float64{0, 1, 2, 4})
		return Bool{fmt.Sprintf("%s >= %v", n.Text, least), func(w *World) Truth { return compare(">=", n.Of(w), least) }}
	case k == 1 && len(g.Coded) > 0:
		c := pick(g, g.Coded)
		want := c.Codes[:1+g.IntN(len(c.Codes))]
		text := fmt.Sprintf("tag_code(%q) in [%q]", c.Tag, strings.Join(want, `", "`))
		text = strings.ReplaceAll(text, `\"`, `"`)
		return Bool{text, func(w *World) Truth {
			code, known := c.of(w)
			if !known {
				return Unknown
			}
			return Is(slices.Contains(want, code))
		}}
	case k == 2 && len(g.Stages) > 0:
		s := pick(g, g.Stages)
		return Bool{fmt.Sprintf("stage() == %q", s), func(w *World) Truth { return Is(w.Stage == s) }}
	}
	key := pick(g, g.Tags)
	return Bool{fmt.Sprintf("tag(%q)", key), func(w *World) Truth { return w.Tag(key) }}
}
