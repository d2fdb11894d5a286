package programme

import (
	"slices"
	"strings"

	"peiban/internal/fault"
)

// Line is one line of a difference: "=" as it was, "-" gone, "+" new, "…" for lines left out between.
type Line struct {
	Op   string
	Text string
}

const (
	around    = 2       // lines that stay, shown before and after a change
	mostCells = 4 << 20 // of the table below; texts beyond it are shown as gone and new
)

// Lines is how is differs from was, with a few lines around each change.
func Lines(was, is string) []Line {
	a, b := lined(was), lined(is)
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	last := 0
	for last < len(a)-first && last < len(b)-first && a[len(a)-1-last] == b[len(b)-1-last] {
		last++
	}
	var all []Line
	for _, l := range a[:first] {
		all = append(all, Line{"=", l})
	}
	all = append(all, changed(a[first:len(a)-last], b[first:len(b)-last])...)
	for _, l := range a[len(a)-last:] {
		all = append(all, Line{"=", l})
	}
	return near(all)
}

func lined(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// changed finds the longest common lines of two short texts; the table counts them from each place to the end.
func changed(a, b []string) (out []Line) {
	if (len(a)+1)*(len(b)+1) > mostCells {
		for _, l := range a {
			out = append(out, Line{"-", l})
		}
		for _, l := range b {
			out = append(out, Line{"+", l})
		}
		return out
	}
	w := len(b) + 1
	t := make([]int32, (len(a)+1)*w)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				t[i*w+j] = t[(i+1)*w+j+1] + 1
			} else {
				t[i*w+j] = max(t[(i+1)*w+j], t[i*w+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, Line{"=", a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && t[(i+1)*w+j] >= t[i*w+j+1]:
			out = append(out, Line{"-", a[i]})
			i++
		default:
			out = append(out, Line{"+", b[j]})
			j++
		}
	}
	return out
}

// near leaves out lines that are as they were and far from every change.
func near(all []Line) []Line {
	keep := make([]bool, len(all))
	for i := range all {
		if all[i].Op == "=" {
			continue
		}
		for j := max(0, i-around); j <= min(len(all)-1, i+around); j++ {
			keep[j] = true
		}
	}
	var out []Line
	for i, l := range all {
		if keep[i] {
			out = append(out, l)
		} else if i > 0 && keep[i-1] && slices.Contains(keep[i:], true) {
			out = append(out, Line{"…", ""})
		}
	}
	return out
}

// Numbers are the settings and the limits of targets that are different, each as people write it.
func Numbers(was, now *Compiled) (settings, targets []Change) {
	say := func(s Setting, ok bool) string {
		if !ok {
			return ""
		}
		return number(s.Value) + " " + s.Unit
	}
	for _, k := range union(was.SettingKeys(), now.SettingKeys()) {
		o, had := was.Settings[k]
		n, has := now.Settings[k]
		if c := (Change{Key: k, Name: n.Name, Was: say(o, had), Is: say(n, has)}); had != has || c.Was != c.Is || o.Name != n.Name || o.Source != n.Source {
			c.What = what(had, has, c.Was != c.Is)
			if !has {
				c.Name = o.Name
			}
			settings = append(settings, c)
		}
	}
	wasBy, nowBy := profiles(was), profiles(now)
	var keys []string
	for k := range wasBy {
		keys = append(keys, k)
	}
	for k := range nowBy {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range slices.Compact(keys) {
		o, had := wasBy[k]
		n, has := nowBy[k]
		if o == n {
			continue
		}
		c := Change{Key: k, Name: n.name, Was: o.text, Is: n.text, What: what(had, has, o.text != n.text)}
		if !has {
			c.Name = o.name
		}
		targets = append(targets, c)
	}
	return settings, targets
}

func what(had, has, decides bool) string {
	switch {
	case !had:
		return Added
	case !has:
		return Removed
	case decides:
		return Changed
	}
	return Reworded
}

func union(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

type limitSaid struct {
	name fault.Text
	text string
}

// profiles are the limits of every profile by PROFILE.KEY, as their file has them.
func profiles(c *Compiled) map[string]limitSaid {
	out := map[string]limitSaid{}
	for _, t := range c.Files.Targets() {
		for _, l := range t.Limits {
			var parts []string
			for _, p := range []struct {
				mark string
				q    *Quantity
			}{{"≥ ", l.Low}, {"≤ ", l.High}, {"< ", l.Below}} {
				if p.q != nil {
					parts = append(parts, p.mark+decimal(l.Key, p.q)+" "+p.q.Unit)
				}
			}
			out[t.Key+"."+l.Key] = limitSaid{t.Name, strings.Join(parts, ", ")}
		}
	}
	return out
}
