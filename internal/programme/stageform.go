package programme

import (
	"slices"
	"strings"

	"peiban/internal/fault"
)

// StageForm is a stage as an editor fills it in.
type StageForm struct {
	Key    string
	Name   fault.Text
	Plain  fault.Text
	When   string
	Stay   string // empty: left when When no longer holds
	Source string
}

const stagesFile = "stages.yaml"

// StageForms are the stages of f in their order; ok is false when the file cannot be read.
func (f Files) StageForms() (out []StageForm, ok bool) {
	s, root := f.tree(stagesFile)
	if root == nil {
		return nil, false
	}
	for _, e := range root.pairs {
		if e.value.kind != mapping {
			return nil, false
		}
		x := StageForm{Key: e.key.text}
		for _, p := range e.value.pairs {
			switch p.key.text {
			case "name":
				x.Name = plainText(p.value)
			case "plain":
				x.Plain = plainText(p.value)
			case "when":
				x.When = strings.TrimRight(s.rule(p.value), " \n")
			case "stay":
				x.Stay = strings.TrimRight(s.rule(p.value), " \n")
			case "source":
				x.Source = p.value.text
			}
		}
		out = append(out, x)
	}
	return out, true
}

// SetStages is f with these stages in this order. A stage that is as it was keeps its lines, with the comments above it,
// wherever it moves.
func (f Files) SetStages(all []StageForm) (Files, error) {
	seen := map[string]bool{}
	for _, x := range all {
		if !keyOK(x.Key) || seen[x.Key] {
			return nil, errFormKey.At("body.stages")
		}
		seen[x.Key] = true
	}
	head, blocks := "", map[string]string{}
	was, readable := f.StageForms()
	if _, there := f[stagesFile]; there && !readable {
		return nil, errByHand.At(stagesFile)
	}
	if readable {
		s, root := f.tree(stagesFile)
		from := 0
		for i, e := range root.pairs {
			if !ownLine(s.lines, e.key) {
				return nil, errByHand.At(stagesFile)
			}
			to := blockEnd(s.lines, e.key.line-1)
			if i == 0 { // what stands above the first stage, apart by an empty line, is about all of them
				from = aboveOf(s.lines, e.key.line-1)
				head = strings.Join(s.lines[:from], "\n")
			}
			blocks[e.key.text] = strings.Trim(strings.Join(s.lines[from:to], "\n"), "\n")
			from = to
		}
	}
	parts := []string{}
	if h := strings.TrimRight(head, "\n"); h != "" {
		parts = append(parts, h)
	}
	for _, x := range all {
		i := slices.IndexFunc(was, func(o StageForm) bool { return o.Key == x.Key })
		if i >= 0 && was[i] == x {
			parts = append(parts, blocks[x.Key])
			continue
		}
		block := strings.TrimRight(x.yaml(), "\n")
		if i >= 0 {
			block = commentsOf(blocks[x.Key]) + block
		}
		parts = append(parts, block)
	}
	return f.with(stagesFile, strings.Join(parts, "\n\n")+"\n"), nil
}

// aboveOf is the first of the comment lines that stand directly above line at, counted from 0.
func aboveOf(lines []string, at int) int {
	for at > 0 && strings.HasPrefix(lines[at-1], "#") {
		at--
	}
	if at == 0 { // no empty line between: it is about the file
		for at < len(lines) && strings.HasPrefix(lines[at], "#") {
			at++
		}
	}
	return at
}

// commentsOf are the comment lines a block begins with.
func commentsOf(block string) string {
	var b strings.Builder
	for l := range strings.SplitSeq(block, "\n") {
		if !strings.HasPrefix(l, "#") {
			break
		}
		b.WriteString(l + "\n")
	}
	return b.String()
}

// yaml writes x as a programme manager would.
func (x StageForm) yaml() string {
	t := TagForm{Key: x.Key, Name: x.Name, Plain: x.Plain, When: x.When, Source: x.Source}.yaml()
	if x.Stay == "" {
		return t
	}
	stay := TagForm{Key: "k", When: x.Stay}.yaml()
	_, stay, _ = strings.Cut(stay, "  when:")
	head, source, ok := strings.Cut(t, "  source:")
	if !ok {
		return t + "  stay:" + stay
	}
	return head + "  stay:" + stay + "  source:" + source
}
