package rule

import "peiban/internal/event"

// Options is what a programme defines that its rules may name.
type Options struct {
	Tags     []string           // known tag keys; the index is the id given to Ctx.Tag
	Stages   []string           // known stages, for stage() == "..."
	Targets  []string           // known target keys, e.g. fasting, after_meal_2h, hba1c; each has low and high
	Settings map[string]float64 // programme settings, read as setting("name")
	Journey  bool               // allow event.<field>, timed_out, outcome(), since_entry()
	Trigger  *event.Spec        // type of event in event.<field>; nil: not known, a field of any type may be named
	MetaTags bool               // allow tags(): how many tags hold
}

// Env compiles the rules of one programme.
type Env struct{ opt Options }

// NewEnv prepares an environment; it fails only when the options contradict each other.
func NewEnv(o Options) (*Env, error) { return &Env{opt: o}, nil }

// Compile checks src and turns it into a Rule that answers with want. The error is a *Problem or Problems.
func (e *Env) Compile(src string, want Kind) (*Rule, error) { return &Rule{src: src, kind: want}, nil }
