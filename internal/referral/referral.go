// Package referral is about a person who is passed on to the specialists that fit: which group and doctor that is, what states it goes
// through, how long each may last, and what it all comes to. It is pure: what happened is read from the person's timeline.
package referral

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/timeline"
)

// State is where a referral stands.
type State string

// The states.
const (
	Queued    State = "queued"    // nobody fits; Reason says what was lacking
	Proposed  State = "proposed"  // a receiver is named, the person was not asked yet
	Consented State = "consented" // the person agreed: from here on the receiver sees it
	Accepted  State = "accepted"
	Seen      State = "seen"
	Feedback  State = "feedback"
	Closed    State = "closed"
	Declined  State = "declined"
	Expired   State = "expired"
	Refused   State = "refused" // it would have gone in a circle
)

// States are all of them, in the order of a board.
var States = []State{Queued, Proposed, Consented, Accepted, Seen, Feedback, Closed, Declined, Expired, Refused}

// next says which state may follow which.
var next = map[State][]State{
	Queued:    {Proposed, Closed, Expired},
	Proposed:  {Consented, Declined, Expired, Queued},
	Consented: {Accepted, Declined, Expired},
	Accepted:  {Seen, Declined, Expired},
	Seen:      {Feedback, Closed},
	Feedback:  {Closed},
}

// Over tells whether nothing follows.
func (s State) Over() bool { return len(next[s]) == 0 }

// May tells whether to may follow s.
func (s State) May(to State) bool { return slices.Contains(next[s], to) }

// Visible tells whether the receiver may know of a referral in this state. Before the person agreed, and where they did not, nothing is.
func (r *Referral) Visible() bool { return !r.Moments[Consented].IsZero() && r.State != Refused }

// Rule is a criterion that opens a referral, as a programme has it.
type Rule struct {
	Programme string
	Key       string
	Name      fault.Text
	Matter    string // what it is about; two rules of one matter are one circle
	From      string // specialty that refers
	To        string // specialty that is asked
	All, None []string
	Strength  int           // of the doctor, at least
	Again     time.Duration // how long after the end it may open again
	Clock     map[State]time.Duration
	Source    string
}

// ID is what events name the rule by.
func (r *Rule) ID() string { return r.Programme + "/" + r.Key }

// Holds tells whether the criterion holds of somebody's tags.
func (r *Rule) Holds(has func(tag string) bool) bool {
	return !slices.ContainsFunc(r.All, func(t string) bool { return !has(t) }) && !slices.ContainsFunc(r.None, has)
}

// Group is a team of specialists.
type Group struct {
	Key       string
	Name      fault.Text
	Specialty string
	Regions   []string // beginnings of the code of a region; empty: everywhere
	Stages    []string // of the programme; empty: all
	From, To  int      // ages, both inside; 0: no limit
	Doctors   []Doctor
}

// Doctor is somebody of a group.
type Doctor struct {
	Login    string
	Strength int // 1 to 5
	Capacity int // open referrals at a time
}

// Step is one change.
type Step struct {
	State State
	At    int64
	Seq   event.Seq
}

// Referral is one matter of one person on its way.
type Referral struct {
	ID      string // rule and number: <programme>/<rule>/<n>
	Rule    string
	State   State
	From    string // specialty
	Group   string // of who is asked; empty while queued
	Doctor  string // login
	Reason  string // of queued, declined, expired, refused; outcome of closed
	Steps   []Step
	Moments map[State]time.Time // when a state was reached first
}

// Detail is what an event of a state says beside it.
func Detail(from, group, doctor string) string { return from + ">" + group + "/" + doctor }

// Fold is every referral of a person, in the order they were opened.
func Fold(tl *timeline.Timeline) []Referral {
	var out []Referral
	at := map[event.Symbol]int{}
	for i := range tl.Len() {
		if tl.Type[i] != event.ReferralStep || tl.Flags[i]&event.Hidden != 0 {
			continue
		}
		id, state, detail := tl.A[i].String(), State(tl.B[i].String()), tl.C[i].String()
		k, ok := at[tl.A[i]]
		if !ok {
			k = len(out)
			at[tl.A[i]] = k
			rule, _, _ := cutLast(id)
			out = append(out, Referral{ID: id, Rule: rule, Moments: map[State]time.Time{}})
		}
		out[k].take(state, detail, tl.At[i], tl.Seq[i])
	}
	return out
}

func (r *Referral) take(state State, detail string, at int64, seq event.Seq) {
	r.State, r.Reason = state, ""
	switch state {
	case Proposed:
		from, to, _ := strings.Cut(detail, ">")
		r.From = from
		r.Group, r.Doctor, _ = strings.Cut(to, "/")
	case Queued, Refused:
		r.From, r.Reason, _ = strings.Cut(detail, ">")
		r.Group, r.Doctor = "", ""
	default:
		r.Reason = detail
	}
	r.Steps = append(r.Steps, Step{state, at, seq})
	if r.Moments[state].IsZero() {
		r.Moments[state] = time.UnixMicro(at)
	}
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// Since is when it came to where it stands.
func (r *Referral) Since() int64 { return r.Steps[len(r.Steps)-1].At }

// usual is how long a state may last where a rule says nothing.
const usual = 3 * 24 * time.Hour

// Within is how long a state that asks somebody for work may last; 0: it asks nobody. A nil rule is one that is in force no more.
func (r *Rule) Within(s State) time.Duration {
	switch {
	case !slices.Contains([]State{Queued, Proposed, Consented, Accepted, Seen}, s):
		return 0
	case r == nil:
		return usual
	}
	return cmp.Or(r.Clock[s], usual)
}

// Due is when the state should have ended by rule; 0: no clock runs.
func (r *Referral) Due(rule *Rule) int64 {
	if rule == nil || rule.Within(r.State) == 0 {
		return 0
	}
	return r.Since() + rule.Within(r.State).Microseconds()
}

// Escalates is when the state has lasted twice as long as it may: from then on it is the managers' too; 0: no clock runs.
func (r *Referral) Escalates(rule *Rule) int64 {
	due := r.Due(rule)
	if due == 0 {
		return 0
	}
	return due + rule.Within(r.State).Microseconds()
}

// Opens tells whether rule may open another referral of somebody at now: none of its matter is under way, and the last of the rule is
// long enough over.
func Opens(rule *Rule, past []Referral, matter func(rule string) string, now int64) bool {
	for i := range past {
		r := &past[i]
		if matter(r.Rule) != rule.Matter {
			continue
		}
		if !r.State.Over() || r.Rule == rule.ID() && now < r.Since()+rule.Again.Microseconds() {
			return false
		}
	}
	return true
}

// Circle tells whether referring a matter from one specialty to another would bring it back to where it was: whoever was asked before
// asks the one who asked.
func Circle(past []Referral, matter string, of func(rule string) string, specialty func(group string) string, from, to string) bool {
	if from == to {
		return true
	}
	reached := map[string]bool{to: true}
	for grew := true; grew; {
		grew = false
		for i := range past {
			r := &past[i]
			if of(r.Rule) != matter || r.Group == "" || r.State == Refused {
				continue
			}
			if s := specialty(r.Group); reached[r.From] && s != "" && !reached[s] {
				reached[s], grew = true, true
			}
		}
	}
	return reached[from]
}

// Need is what is known of somebody who is to be referred.
type Need struct {
	Region string // six-digit code, or a name; empty: unknown
	Stage  string
	Age    int // 0: unknown
}

// Choose finds the group and doctor that fit best: of the specialty, for the region, stage and age, strong enough, with room; of those
// the one with the most room in proportion, then the stronger, then by name. load is how many open referrals a doctor has. Nobody: why.
//
// Where the region, the stage or the age is unknown, only a group without that limit fits.
func Choose(groups []Group, rule *Rule, n Need, load func(login string) int) (group, doctor, why string) {
	reasons := []string{"no_specialty", "no_region", "no_stage", "no_age", "no_strength", "all_full"}
	far, best := 0, -1.0
	strength := 0
	for _, g := range groups {
		fits := []bool{g.Specialty == rule.To, g.region(n.Region), len(g.Stages) == 0 || slices.Contains(g.Stages, n.Stage), g.age(n.Age)}
		if i := slices.Index(fits, false); i >= 0 {
			far = max(far, i)
			continue
		}
		far = max(far, len(fits))
		for _, d := range g.Doctors {
			if d.Strength < rule.Strength {
				continue
			}
			far = len(reasons) - 1
			room := 1 - float64(load(d.Login))/float64(max(d.Capacity, 1))
			better := room > best || room == best && (d.Strength > strength || d.Strength == strength && d.Login < doctor)
			if load(d.Login) < d.Capacity && better {
				best, strength, group, doctor = room, d.Strength, g.Key, d.Login
			}
		}
	}
	if doctor == "" {
		return "", "", reasons[far]
	}
	return group, doctor, ""
}

func (g *Group) region(code string) bool {
	return len(g.Regions) == 0 || code != "" && slices.ContainsFunc(g.Regions, func(r string) bool { return strings.HasPrefix(code, r) })
}

func (g *Group) age(a int) bool {
	return g.From == 0 && g.To == 0 || a != 0 && a >= g.From && (g.To == 0 || a <= g.To)
}

// Figures are what referrals come to. Each has one definition: of those opened, how many ever reached a state.
type Figures struct {
	Opened, Consented, Accepted, Seen, Feedback int
	InTime                                      int // feedback no later than the clock of seen says
	Days                                        map[State]float64
}

// Count counts referrals; rule finds the rule of one. Days are the mean number of days between two states reached one after another,
// named by the later; a state nobody reached is absent.
func Count(all []Referral, rule func(id string) *Rule) Figures {
	f := Figures{Days: map[State]float64{}}
	path := []State{Proposed, Consented, Accepted, Seen, Feedback}
	n := map[State]int{}
	for i := range all {
		r := &all[i]
		if r.State == Refused {
			continue
		}
		f.Opened++
		for k, to := range []*int{nil, &f.Consented, &f.Accepted, &f.Seen, &f.Feedback} {
			at := r.Moments[path[k]]
			if to == nil || at.IsZero() {
				continue
			}
			*to++
			if before := r.Moments[path[k-1]]; !before.IsZero() {
				f.Days[path[k]] += at.Sub(before).Hours() / 24
				n[path[k]]++
			}
		}
		seen, said := r.Moments[Seen], r.Moments[Feedback]
		if x := rule(r.Rule); x != nil && !said.IsZero() && !seen.IsZero() && (x.Clock[Seen] == 0 || said.Sub(seen) <= x.Clock[Seen]) {
			f.InTime++
		}
	}
	for s, k := range n {
		f.Days[s] /= float64(k)
	}
	return f
}
