package programme

import (
	"cmp"
	"slices"
	"strings"

	"peiban/internal/journey"
)

// Crowded are the journeys by which somebody may be asked to hear more of a programme in one day than the cap lets through: the guard
// holds the rest until another day, or drops it when it comes too late. It is no mistake, so a programme runs with it, and whoever
// writes it should know. perDay is how many messages of class programme one person gets a day.
//
// It looks at definitions only: at messages with no wait of a day between them, and at journeys that the same thing enters and whose
// conditions do not part them.
func (p *Compiled) Crowded(perDay int) Problems {
	var out Problems
	flat := map[string]*journey.Program{}
	for _, d := range p.Journeys {
		flat[d.Key] = journey.Flatten(d)
	}
	var first func(key string) int
	deep := 0
	first = func(key string) int {
		f := flat[key]
		if f == nil || f.Def.Class != journey.Programme || deep > len(flat) {
			return 0
		}
		deep++
		defer func() { deep-- }()
		b, _ := f.Bursts(first)
		return b.N
	}
	begins := map[string]journey.Burst{}
	for _, d := range p.Journeys {
		if d.Class != journey.Programme {
			continue
		}
		b, worst := flat[d.Key].Bursts(first)
		begins[d.Key] = b
		if worst.N > perDay {
			out = append(out, Problem{
				File: d.File, Line: worst.Last.Line, Col: 1,
				Text: words("旅程“%s”一天里可能要发 %d 条，每人每天最多 %d 条", "the journey %q may ask for %d messages in a day; a person gets %d", d.Key, worst.N, perDay),
				Hint: words("多的会留到以后某天，过时就不发；在中间加一步等到第二天", "the rest is held for another day, or dropped when too late; put a wait until the next day between them"),
			})
		}
	}
	return append(out, p.together(begins, perDay)...).sorted()
}

// together are journeys that the same thing enters, and that come to more than the cap at once.
func (p *Compiled) together(begins map[string]journey.Burst, perDay int) (out Problems) {
	by := map[string][]*journey.Definition{}
	for _, d := range p.Journeys {
		if begins[d.Key].N > 0 && d.Enter.On != journey.OnHand && d.Enter.On != journey.OnCall {
			on := strings.Join([]string{d.Enter.On, d.Enter.Tag, d.Enter.Stage}, " ")
			if d.Enter.Date != nil {
				on += d.Enter.Date.Type + d.Enter.Date.Field
			}
			by[on] = append(by[on], d)
		}
	}
	for _, ds := range by {
		slices.SortFunc(ds, func(a, b *journey.Definition) int { return cmp.Compare(a.File, b.File) })
		for i, d := range ds {
			sum, with := begins[d.Key].N, []string(nil)
			for k, o := range ds {
				if k == i || !meet(d, o) {
					continue
				}
				if k < i { // said at the first of them
					with = nil
					break
				}
				sum += begins[o.Key].N
				with = append(with, o.Key)
			}
			if len(with) == 0 || sum <= perDay {
				continue
			}
			line := begins[d.Key].Last.Line
			out = append(out, Problem{
				File: d.File, Line: line, Col: 1,
				Text: words("“%s”和 %s 由同一件事进入，当天一起要发 %d 条，每人每天最多 %d 条", "%q and %s are entered by the same thing and ask for %d messages that day; a person gets %d", d.Key, strings.Join(with, ", "), sum, perDay),
				Hint: words("写明各自的 if，或让其中一个等到第二天", "give each an if of its own, or have one wait until the next day"),
			})
		}
	}
	return out
}

// meet tells whether one thing may enter both: conditions that differ are taken to part them, none parts nobody.
func meet(a, b *journey.Definition) bool {
	switch {
	case a.Enter.On == journey.OnDate && (a.Enter.Date.Shift != b.Enter.Date.Shift || a.Enter.Date.Code != b.Enter.Date.Code || a.Enter.Date.Is != b.Enter.Date.Is):
		return false
	case a.Enter.Older > 0 && b.Enter.Lookback > 0 && a.Enter.Older >= b.Enter.Lookback, b.Enter.Older > 0 && a.Enter.Lookback > 0 && b.Enter.Older >= a.Enter.Lookback:
		return false // the one takes what the other finds too old
	}
	x, y := strings.TrimSpace(a.Enter.If.Src), strings.TrimSpace(b.Enter.If.Src)
	return x == "" || y == "" || x == y
}
