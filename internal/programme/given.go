package programme

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
)

// maxRepeats keeps one line of a test from becoming a flood.
const maxRepeats = 1000

// given reads one line: when, what, its values and codes, and how it repeats:
//
//	2026-03-08 11:27  glucose 2.8 before_lunch
//	2026-03-01 07:00  glucose 8.2,6.1,126 mg/dL fasting every 1d
//	2026-03-01 07:00  glucose 8.2 fasting x7 every 1d
//	2026-03-01 07:00  glucose 2.8 arrives 2026-03-01 15:00
//	2026-03-01 09:00  data_suspect copied cleared instead
//	2026-03-08 11:40  done call-after-low reached
func (c *caseReader) given(n *node) []Given {
	s := c.s
	parts := strings.Fields(n.text)
	wrong := func(text, hint fault.Text) []Given { s.at(n, text, hint); return nil }
	if len(parts) < 3 {
		return wrong(words("看不懂“%s”", "cannot read %q", n.text), words("写成 2026-03-08 11:27 glucose 2.8 before_lunch", "write it as 2026-03-08 11:27 glucose 2.8 before_lunch"))
	}
	at, ok := c.moment(parts[0], parts[1])
	if !ok {
		return wrong(words("“%s”不是时间", "%q is not a time", parts[0]+" "+parts[1]), words("写成 2026-03-08 11:27", "write it as 2026-03-08 11:27"))
	}
	g := Given{At: at, Arrives: at, Line: n.line}
	switch verb := parts[2]; verb {
	case "done", "skip", "read", "postpone":
		if len(parts) < 4 {
			return wrong(words("%s 后面写是哪一个", "%s names what", verb), words("例如 done call-after-low reached", "for example done call-after-low reached"))
		}
		g.Do, g.Content = verb, parts[3]
		kind := KindScript
		if verb == "read" {
			kind = ""
		}
		if x := c.l.p.Contents[g.Content]; x == nil || kind != "" && x.Kind != kind {
			if !c.l.p.lost["content/"+g.Content+".md"] {
				s.lacking(n, lacksText, g.Content, words("没有内容“%s”", "no content %q", g.Content), s.meant(g.Content, c.contents(kind)))
			}
			return nil
		}
		if len(parts) > 4 {
			g.Outcome = parts[4]
		}
		if verb == "postpone" {
			d, ok := parseSpan(g.Outcome)
			if !ok {
				return wrong(words("postpone 后面写推迟多久", "postpone says for how long"), words("例如 postpone call-after-low 2h", "for example postpone call-after-low 2h"))
			}
			g.Outcome, g.Until = "", at+d.Microseconds()
		}
		return []Given{g}
	}
	spec := event.Lookup(parts[2])
	if spec == nil {
		return wrong(words("没有事件类型“%s”", "no event type %q", parts[2]), s.meant(parts[2], append(eventKeys(), "done", "skip", "read", "postpone")))
	}
	return c.events(n, g, spec, parts[3:])
}

// events reads what follows the type.
func (c *caseReader) events(n *node, g Given, spec *event.Spec, parts []string) []Given {
	s := c.s
	e := event.Event{Type: spec.Type, Num: math.NaN(), Provenance: "test"}
	values, times, gap, unit := []float64(nil), 1, time.Duration(0), measure.MmolL
	bad := func(p string) []Given {
		s.at(n, words("看不懂“%s”", "cannot read %q", p), c.codes(spec, p))
		return nil
	}
	for i := 0; i < len(parts); i++ {
		p := parts[i]
		name, value, named := strings.Cut(p, "=")
		switch {
		case named:
			if !c.set(&e, spec, name, value) {
				return bad(p)
			}
		case p == "every" && i+1 < len(parts):
			i++
			d, ok := parseSpan(parts[i])
			if !ok {
				return bad(parts[i])
			}
			gap = d
		case p == "arrives" && i+2 < len(parts):
			t, ok := c.moment(parts[i+1], parts[i+2])
			if !ok || t < g.At {
				return bad(parts[i+1] + " " + parts[i+2])
			}
			g.Arrives = t
			i += 2
		case p == "instead":
			g.Instead = true
		case p == "imported":
			e.Flags |= event.Imported
		case spec.Type == event.Glucose && (p == "HI" || p == "LO"):
			e.Flags |= map[string]event.Flags{"HI": event.HI, "LO": event.LO}[p]
		case spec.Type == event.Glucose && (p == "mg/dL" || p == "mmol/L"):
			unit = measure.Unit(p)
		case len(p) > 1 && p[0] == 'x' && p[1] >= '0' && p[1] <= '9':
			v, err := strconv.Atoi(p[1:])
			if err != nil || v < 1 || v > maxRepeats {
				return bad(p)
			}
			times = v
		case values == nil && (p[0] >= '0' && p[0] <= '9' || p[0] == '-'):
			for _, t := range strings.Split(p, ",") {
				v, err := strconv.ParseFloat(t, 64)
				if err != nil || math.IsInf(v, 0) || math.IsNaN(v) {
					return bad(p)
				}
				values = append(values, v)
			}
		default:
			if !c.code(&e, spec, p) {
				return bad(p)
			}
		}
	}
	if f := spec.Field("value"); f != nil && f.Required && values == nil && e.Flags&(event.HI|event.LO) == 0 {
		s.at(n, words("%s 要有一个数", "%s needs a number", spec.Key), fault.Text{})
		return nil
	}
	if spec.Type == event.FormAnswer && !c.answered(n, e.A.String(), e.B.String(), e.C.String()) {
		return nil
	}
	c.agrees(n, &e)
	if values == nil {
		values = []float64{e.Num}
	}
	if (times > 1 || len(values) > 1) && gap == 0 || times*len(values) > maxRepeats {
		s.at(n, words("重复的事件要写间隔，最多 %d 次", "events that repeat say how often, at most %d of them", maxRepeats), words("例如 x7 every 1d", "for example x7 every 1d"))
		return nil
	}
	var out []Given
	for range times {
		for _, v := range values {
			x := g
			x.Event = e
			x.Event.X = slices.Clone(e.X)
			x.Event.Num = v
			if spec.Type == event.Glucose && e.Flags&(event.HI|event.LO) == 0 {
				if unit == measure.MgdL {
					x.Event.B = event.Intern(string(unit))
					setX(&x.Event, 0, v)
				}
				x.Event.Num = measure.Canonical(v, unit)
				if x.Event.Num < measure.GlucoseMin || x.Event.Num > measure.GlucoseMax {
					x.Event.Flags |= event.Implausible
				}
			}
			x.Event.Occurred, x.Event.Received = x.At, x.Arrives
			out = append(out, x)
			g.At += gap.Microseconds()
			g.Arrives += gap.Microseconds()
		}
	}
	return out
}

// set gives a named field its value.
func (c *caseReader) set(e *event.Event, spec *event.Spec, name, value string) bool {
	f := spec.Field(name)
	if f == nil {
		return false
	}
	if f.Kind == event.Code {
		if len(f.Enum) > 0 && !slices.Contains(f.Enum, value) {
			return false
		}
		return setCode(e, f, value)
	}
	if f.Kind == event.Text {
		return true // rules never see it
	}
	switch value {
	case "true":
		value = "1"
	case "false":
		value = "0"
	}
	v, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(v) || f.Min != f.Max && (v < f.Min || v > f.Max) {
		return false
	}
	if f.Slot == event.SlotNum {
		e.Num = v
	} else if f.Slot >= event.X0 {
		setX(e, int(f.Slot-event.X0), v)
	}
	return true
}

// code gives a bare word to the field that lists it, or else to the first free field that takes any word: the
// main one, and in types that list no words at all every one.
func (c *caseReader) code(e *event.Event, spec *event.Spec, word string) bool {
	var listed []string
	for _, f := range spec.Fields {
		listed = append(listed, f.Enum...)
	}
	known := slices.Contains(listed, word)
	if !known && closest(word, listed) != "" {
		return false // a slip of the pen, not a new word
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		taken := f.Slot == event.SlotA && e.A != 0 || f.Slot == event.SlotB && e.B != 0 || f.Slot == event.SlotC && e.C != 0
		if f.Kind != event.Code || taken || known != slices.Contains(f.Enum, word) || !known && len(f.Enum) > 0 {
			continue
		}
		if !known && f.Slot != event.SlotA && len(listed) > 0 {
			return false
		}
		return setCode(e, f, word)
	}
	return false
}

func setCode(e *event.Event, f *event.Field, value string) bool {
	y := event.Intern(value)
	switch f.Slot {
	case event.SlotA:
		e.A = y
	case event.SlotB:
		e.B = y
	case event.SlotC:
		e.C = y
	default:
		return false
	}
	return true
}

func setX(e *event.Event, k int, v float64) {
	for len(e.X) <= k {
		e.X = append(e.X, math.NaN())
	}
	e.X[k] = v
}

// codes is the hint for a word no field of spec takes.
func (c *caseReader) codes(spec *event.Spec, word string) fault.Text {
	var known []string
	for _, f := range spec.Fields {
		known = append(known, f.Enum...)
		known = append(known, f.Name+"=")
	}
	word, _, named := strings.Cut(word, "=")
	if named {
		word += "="
	}
	return c.s.meant(word, known)
}

func (c *caseReader) contents(kind string) []string {
	var known []string
	for k, x := range c.l.p.Contents {
		if kind == "" || x.Kind == kind {
			known = append(known, k)
		}
	}
	slices.Sort(known)
	return known
}
