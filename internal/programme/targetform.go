package programme

import (
	"maps"
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/measure"
)

// Quantity is a number with its unit, as a file has it.
type Quantity struct {
	Value float64
	Unit  string
}

// LimitForm are the limits of one key of a profile; nil is not set. At High a value is in target, at Below it is not any more.
type LimitForm struct {
	Key              string
	Low, High, Below *Quantity
}

// ApprovalForm is who answers for a text or a limit, as an editor fills it in.
type ApprovalForm struct {
	Sample   bool
	By       string
	At       string // 2026-03-08
	Document string
}

// TargetForm is a profile of targets as an editor fills it in.
type TargetForm struct {
	Key      string
	Name     fault.Text
	Limits   []LimitForm // in the order of TargetKeys
	Source   string
	Approval *ApprovalForm // nil: as the programme's
	Default  bool
	Line     int
}

// Bound is between which numbers a limit makes sense, in one unit.
type Bound struct {
	Unit     string
	Min, Max float64
}

// TargetBounds are the units a limit of TargetKeys may be written in, the first one being that it is shown in.
func TargetBounds(key string) []Bound {
	if u, ok := limitUnits[key]; ok {
		return []Bound{{u.unit, u.min, u.max}}
	}
	if key == "hba1c" { // 3 % and 20 % by the IFCC-NGSP master equation; see hba1c
		return []Bound{{"%", 3, 20}, {"mmol/mol", 9.3, 195.1}}
	}
	return []Bound{
		{string(measure.MmolL), measure.GlucoseMin, measure.GlucoseMax},
		{string(measure.MgdL), 20, 600}, // what meters show in that unit; see measure.GlucoseMin
	}
}

// Targets are the profiles of f in the order of the file. What cannot be read is left out.
func (f Files) Targets() (out []TargetForm) {
	s, root := f.tree("programme.yaml")
	all := child(root, "targets")
	if all == nil {
		return nil
	}
	def := ""
	if d := child(root, "default_target"); d != nil {
		def = d.text
	}
	for _, e := range all.pairs {
		if e.value.kind != mapping {
			continue
		}
		x := TargetForm{Key: e.key.text, Line: e.key.line, Default: e.key.text == def}
		for _, p := range e.value.pairs {
			switch p.key.text {
			case "name":
				x.Name = plainText(p.value)
			case "source":
				x.Source = p.value.text
			case "approval":
				x.Approval = approvalForm(p.value)
			}
		}
		for _, k := range TargetKeys {
			if n := child(e.value, k); n != nil && n.kind == mapping {
				x.Limits = append(x.Limits, LimitForm{k, s.maybe(child(n, "low")), s.maybe(child(n, "high")), s.maybe(child(n, "below"))})
			}
		}
		out = append(out, x)
	}
	return out
}

// maybe reads a quantity that may be missing or wrong.
func (s *source) maybe(n *node) *Quantity {
	if n == nil || n.kind != scalar {
		return nil
	}
	v, unit, ok := s.quantity(n)
	if !ok {
		return nil
	}
	return &Quantity{v, unit}
}

func approvalForm(n *node) *ApprovalForm {
	if n.kind != mapping {
		return &ApprovalForm{Sample: true}
	}
	a := &ApprovalForm{}
	for _, p := range n.pairs {
		switch p.key.text {
		case "by":
			a.By = p.value.text
		case "at":
			a.At = p.value.text
		case "document":
			a.Document = p.value.text
		}
	}
	return a
}

func (a ApprovalForm) yaml() string {
	if a.Sample || a.By == "" {
		return "sample"
	}
	return "{by: " + quoted(a.By) + ", at: " + quoted(a.At) + ", document: " + quoted(a.Document) + "}"
}

// SetTarget is f with a profile in the place of the one of its key, or after the others.
func (f Files) SetTarget(x TargetForm) (Files, error) {
	if !keyOK(x.Key) {
		return nil, errFormKey.At("key")
	}
	var b strings.Builder
	b.WriteString("  " + x.Key + ":\n    name: " + flowText(x.Name) + "\n")
	for _, k := range TargetKeys {
		i := slices.IndexFunc(x.Limits, func(l LimitForm) bool { return l.Key == k })
		if i < 0 {
			continue
		}
		var parts []string
		for _, p := range []struct {
			word string
			q    *Quantity
		}{{"low", x.Limits[i].Low}, {"high", x.Limits[i].High}, {"below", x.Limits[i].Below}} {
			if p.q == nil {
				continue
			}
			if !slices.ContainsFunc(TargetBounds(k), func(b Bound) bool { return b.Unit == p.q.Unit }) {
				return nil, errNoUnit.At("body.limits")
			}
			parts = append(parts, p.word+": "+decimal(k, p.q)+" "+p.q.Unit)
		}
		if len(parts) > 0 {
			b.WriteString("    " + k + ": {" + strings.Join(parts, ", ") + "}\n")
		}
	}
	b.WriteString("    source: " + quoted(x.Source) + "\n")
	if x.Approval != nil {
		b.WriteString("    approval: " + x.Approval.yaml() + "\n")
	}
	out, err := f.setEntry("programme.yaml", "targets", x.Key, b.String())
	if err != nil || !x.Default {
		return out, err
	}
	return out.setScalar("programme.yaml", "default_target", x.Key, "targets")
}

// decimal writes a limit as people write it: glucose in mmol/L and HbA1c in % with at least one decimal.
func decimal(key string, q *Quantity) string {
	v := number(q.Value)
	_, other := limitUnits[key]
	if !other && !strings.Contains(v, ".") && (q.Unit == string(measure.MmolL) || q.Unit == "%") {
		v += ".0"
	}
	return v
}

// DropTarget is f without a profile. The default one is not taken out: somebody has it without having chosen.
func (f Files) DropTarget(key string) (Files, error) {
	for _, x := range f.Targets() {
		if x.Key == key && x.Default {
			return nil, fault.New(fault.Clash, "default_target", "这是默认的一组目标，不能删", "this is the default profile; it cannot be taken out").
				Because("先把另一组设为默认", "make another the default first")
		}
	}
	return f.setEntry("programme.yaml", "targets", key, "")
}

// setScalar is f with another single value of a key at the top of a file; a new one comes before the key named.
func (f Files) setScalar(name, key, value, before string) (Files, error) {
	s, root := f.tree(name)
	if root == nil {
		return nil, errByHand.At("%s", name)
	}
	lines, line := slices.Clone(s.lines), key+": "+value
	for _, e := range root.pairs {
		if e.key.text != key {
			continue
		}
		if !ownLine(lines, e.key) || e.value.line != e.key.line && e.value.kind != mapping {
			return nil, errByHand.At("%s", name)
		}
		if from := e.key.line - 1; e.value.kind == scalar {
			line += comment(lines[from], e.value.text)
		}
		lines = slices.Replace(lines, e.key.line-1, blockEnd(lines, e.key.line-1), line)
		return f.with(name, strings.Join(lines, "\n")), nil
	}
	at := len(lines)
	for _, e := range root.pairs {
		if e.key.text == before {
			at = e.key.line - 1
		}
	}
	lines = slices.Insert(lines, at, line)
	return f.with(name, strings.Join(lines, "\n")), nil
}

// comment is what a person wrote behind a value of one line, with the space before it.
func comment(line, value string) string {
	_, rest, ok := strings.Cut(line, value)
	if i := strings.Index(rest, " #"); ok && i >= 0 {
		return " " + strings.TrimSpace(rest[i:])
	}
	return ""
}

// HeadForm is what programme.yaml says of the programme as a whole.
type HeadForm struct {
	Name     fault.Text
	Approval ApprovalForm
}

// Head reads the name and the approval of f.
func (f Files) Head() HeadForm {
	h := HeadForm{Approval: ApprovalForm{Sample: true}}
	_, root := f.tree("programme.yaml")
	if n := child(root, "name"); n != nil {
		h.Name = plainText(n)
	}
	if n := child(root, "approval"); n != nil {
		h.Approval = *approvalForm(n)
	}
	return h
}

// SetHead is f with another name and approval.
func (f Files) SetHead(h HeadForm) (Files, error) {
	out, err := f.setScalar("programme.yaml", "name", flowText(h.Name), "version")
	if err != nil {
		return nil, err
	}
	return out.setScalar("programme.yaml", "approval", h.Approval.yaml(), "groups")
}

// TargetProfiles are the profiles in the order of their keys, the default one first.
func (c *Compiled) TargetProfiles() []TargetProfile {
	keys := slices.Sorted(maps.Keys(c.Targets))
	slices.SortStableFunc(keys, func(a, b string) int {
		return map[bool]int{true: 1}[b == c.DefaultTarget] - map[bool]int{true: 1}[a == c.DefaultTarget]
	})
	var out []TargetProfile
	for _, k := range keys {
		out = append(out, c.Targets[k])
	}
	return out
}
