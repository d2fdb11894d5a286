package programme

import (
	"slices"
	"strings"

	"peiban/internal/rule"
)

// withStage adds to what the tags depend on what the stage does: the tags the rules of stages read. In rules that ask for
// the stage it depends on itself.
func (c *compiler) withStage(e *rule.Env, depends [][]int) [][]int {
	var on []int
	for _, st := range c.p.stages {
		for _, n := range []*node{st.when, st.stay} {
			r := c.compile(e, st.s, n, rule.KindBool)
			if r == nil {
				continue
			}
			reads := r.Deps().Tags
			if r.Deps().Stage {
				reads = append(slices.Clone(reads), len(depends))
			}
			for _, t := range reads {
				if !slices.Contains(on, t) {
					on = append(on, t)
					c.stageReads = append(c.stageReads, stageRead{t, st, n})
				}
			}
		}
	}
	return append(depends, on)
}

// stageRead is where the rules of stages first read a tag; the one past the last tag is the stage itself.
type stageRead struct {
	tag int
	by  *stageEntry
	at  *node
}

// order puts every tag after those it reads, and what rests on the stage, which is the last of depends, after all that does
// not. after counts those. A circle is reported with its members by name.
func (c *compiler) order(depends [][]int) (order []int, after int) {
	const (
		fresh = iota
		open
		done
	)
	stage := len(depends) - 1
	state := make([]int, len(depends))
	rests := make([]bool, len(depends))
	rests[stage] = true
	var early, late, path []int
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		path = append(path, i)
		for _, d := range depends[i] {
			switch {
			case d < 0 || d >= len(depends):
			case state[d] == open:
				c.circle(path[slices.Index(path, d):], stage)
			case state[d] == fresh:
				visit(d)
				fallthrough
			default:
				rests[i] = rests[i] || rests[d]
			}
		}
		path = path[:len(path)-1]
		state[i] = done
		switch {
		case i == stage:
		case rests[i]:
			late = append(late, i)
		default:
			early = append(early, i)
		}
	}
	for i := range depends {
		if state[i] == fresh {
			visit(i)
		}
	}
	return append(early, late...), len(late)
}

// circle reports tags that read each other, and the stage when it is among them.
func (c *compiler) circle(members []int, stage int) {
	names := make([]string, 0, len(members)+1)
	for _, t := range append(slices.Clone(members), members[0]) {
		if t == stage {
			names = append(names, "stage()")
			continue
		}
		names = append(names, c.p.tags[t].Key)
	}
	circle := strings.Join(names, " → ")
	if i := slices.Index(members, stage); i >= 0 {
		next := members[(i+1)%len(members)]
		for _, r := range c.stageReads {
			if r.tag == next {
				r.by.s.at(r.at, words("阶段和标签绕成一圈：%s", "stages and tags in a circle: %s", circle),
					words("阶段读到的标签不能问 stage()，阶段自己也不能", "tags that stages read cannot ask for stage(), nor can stages"))
				return
			}
		}
	}
	t := c.p.tags[members[0]]
	t.s.at(t.at, words("标签绕成一圈：%s", "tags in a circle: %s", circle), words("去掉其中一处 tag(…)", "take away one of the tag(...)"))
}
