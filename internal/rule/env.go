package rule

import (
	"fmt"
	"slices"
	"sync"

	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/parser"

	"peiban/internal/event"
)

// Options is what a programme defines that its rules may name.
type Options struct {
	Tags     []string           // known tag keys; the index is the id given to Ctx.Tag
	Stages   []string           // known stages, for stage() == "..."
	Targets  []string           // known target keys, e.g. fasting, after_meal_2h, hba1c; each has low, high and own
	Profiles []string           // known profiles of targets, for target_profile() == "..."
	Settings map[string]float64 // programme settings, read as setting("name")
	Journey  bool               // allow event.<field>, timed_out, outcome(), since_entry()

	// Coded are the tags that have codes: the codes in order. A person has code c of tag t when they have tag t.c, which is
	// among Tags too.
	Coded map[string][]string
	// Values are the tags that have a number of their own: the expression that gives it.
	Values map[string]string

	// Forms are the questionnaires rules may ask answers of: the items of each. Nil: answers of any are asked.
	Forms map[string][]string

	Trigger *event.Spec // type of event in event.<field>; nil: not known, a field of any type may be named
}

// Env compiles the rules of one programme. It may be used from several goroutines.
type Env struct {
	opt    Options
	tags   map[string]int
	parser *parser.Parser
	check  *checker.Env // only copied, never used itself: checking changes it

	known sync.Mutex        // over what follows
	kinds map[string]int    // numbers of the kinds of events rules begin with
	words map[string]int    // numbers of the conditions several rules may share
	trees map[string]parsed // of texts that were read before; nil: they are not kept
}

// parsed is a text as it was read, before and after its types were checked. Neither is changed any more.
type parsed struct{ read, checked *ast.AST }

// InJourney compiles what a journey of the same programme asks, where trigger is the event it was entered by or waits for; nil: it is not known.
func (e *Env) InJourney(trigger *event.Spec) (*Env, error) {
	o := e.opt
	o.Journey, o.Trigger = true, trigger
	return NewEnv(o)
}

// NewEnv prepares an environment; it fails when a tag is listed twice.
func NewEnv(o Options) (*Env, error) {
	e := &Env{opt: o, tags: make(map[string]int, len(o.Tags)), kinds: map[string]int{}, words: map[string]int{}}
	for i, key := range o.Tags {
		if _, twice := e.tags[key]; twice {
			return nil, fmt.Errorf("prepare rules: tag %q is listed twice", key)
		}
		e.tags[key] = i
	}
	var err error
	e.parser, err = parser.NewParser(parser.Macros(macros...), parser.MaxRecursionDepth(maxDepth),
		parser.ErrorRecoveryLimit(4), parser.ExpressionSizeCodePointLimit(maxLength))
	if err != nil {
		return nil, fmt.Errorf("prepare rules: %w", err)
	}
	if e.check, err = newChecker(o); err != nil {
		return nil, err
	}
	return e, nil
}

// Reordered is an environment with the same names, and the tags, which are the same too, in another order. To read a text takes most of
// the time of compiling it: what either of the two has read, the other does not read again, until they forget it.
func (e *Env) Reordered(tags []string) (*Env, error) {
	o := e.opt
	o.Tags = tags
	n, err := NewEnv(o)
	if err != nil {
		return nil, err
	}
	n.trees = e.trees
	return n, nil
}

// Remember keeps what is read from now on, for texts that are compiled several times. It is called before others use e.
func (e *Env) Remember() { e.trees = map[string]parsed{} }

// Forget ends that.
func (e *Env) Forget() {
	e.known.Lock()
	defer e.known.Unlock()
	e.trees = nil
}

func (e *Env) remembered(text string) (parsed, bool) {
	e.known.Lock()
	defer e.known.Unlock()
	t, ok := e.trees[text]
	return t, ok
}

func (e *Env) keep(text string, t parsed) {
	e.known.Lock()
	defer e.known.Unlock()
	if e.trees != nil {
		e.trees[text] = t
	}
}

// Compile checks src and turns it into a Rule that answers with want. The error is a *Problem or Problems.
func (e *Env) Compile(src string, want Kind) (*Rule, error) {
	k := &compiler{env: e, src: newSource(src)}
	tree, ps := k.src.parse(e)
	if ps != nil {
		return nil, ps.err()
	}
	k.tree = tree
	v := k.value(tree.Expr())
	if k.walks > maxWalks {
		k.refuse(tree.Expr(), tooManyWalks)
	}
	if len(k.problems) > 0 {
		return nil, k.problems.err()
	}
	if k.traits {
		k.frail.add(event.Profile)
	}
	if k.deps.Target {
		k.frail.add(event.TargetSet)
	}
	r := &Rule{env: e, src: src, kind: want, slots: k.slots, deps: k.deps.list(), answer: v, watched: k.watch(), traits: k.traits, frail: k.frail, touched: k.touched, needs: k.needs}
	if got := v.kind(); got != want {
		return nil, k.src.wrongKind(tree.Expr(), want, got)
	}
	if !k.runs {
		r.none = r.absent()
	}
	return r, nil
}

// kind numbers the events a selection begins with.
func (e *Env) kind(s *selection) kind {
	k := kind{only: s.only, one: s.spec != nil, set: s.set}
	e.known.Lock()
	defer e.known.Unlock()
	name := fmt.Sprint(k.one, k.only, k.set)
	id, ok := e.kinds[name]
	if !ok {
		id = len(e.kinds)
		e.kinds[name] = id
	}
	k.id = id
	return k
}

// leaf numbers a condition; false when there are too many to remember.
func (e *Env) leaf(what string) (int, bool) {
	e.known.Lock()
	defer e.known.Unlock()
	id, ok := e.words[what]
	if !ok && len(e.words) < maxLeaves {
		id, ok = len(e.words), true
		e.words[what] = id
	}
	return id, ok
}

// dependencies gathers Deps while a rule is compiled.
type dependencies struct {
	Deps
	events map[event.Type]bool
	tags   map[int]bool
}

func (d *dependencies) onType(t event.Type) {
	if d.events == nil {
		d.events = map[event.Type]bool{}
	}
	d.events[t] = true
}

func (d *dependencies) onTag(id int) {
	if d.tags == nil {
		d.tags = map[int]bool{}
	}
	d.tags[id] = true
}

func (d *dependencies) list() Deps {
	for t := range d.events {
		d.Events = append(d.Events, t)
	}
	for id := range d.tags {
		d.Tags = append(d.Tags, id)
	}
	slices.Sort(d.Events)
	slices.Sort(d.Tags)
	return d.Deps
}
