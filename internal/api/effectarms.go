package api

import (
	"context"
	"math"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/insight"
	"peiban/internal/insight/effect"
	"peiban/internal/journey"
	"peiban/internal/person"
)

const fewestInArm = effect.FewestInArm

// EffectComparison is one group that chance made against another: what a journey changed.
type EffectComparison struct {
	Step    string      `json:"step" doc:"that divides"`
	Kind    string      `json:"kind" enum:"holdout,split"`
	Treated EffectArm   `json:"treated"`
	Held    EffectArm   `json:"held" doc:"held out, or the arm compared with"`
	Verdict string      `json:"verdict" enum:"too_few,too_early,more,fewer"`
	Text    Text        `json:"text" doc:"what may be said"`
	Missing *Text       `json:"missing,omitempty" doc:"what is lacking before more may be said"`
	Needed  int         `json:"needed,omitempty" doc:"people of both groups it takes to find a difference of 10 points with the power of 80 %"`
	Once    *Difference `json:"once,omitempty" doc:"in percentage points, 95 % for a single look (Newcombe); absent: too few"`
	Always  *Difference `json:"always,omitempty" doc:"in percentage points, 95 % however often one looks; this one decides"`
	Means   EffectMeans `json:"means"`
	Days    []EffectDay `json:"days" doc:"what was known at the end of each day, oldest first; of the last 120"`
	Since   string      `json:"since,omitempty" doc:"the first day of those from which on the verdict stands"`
}

// EffectArm is one group of a comparison.
type EffectArm struct {
	Key     string `json:"key"`
	Name    Text   `json:"name"`
	Exposed int    `json:"exposed" doc:"people chance put here"`
	Before  int    `json:"before" doc:"of them, whose goal held already: not counted"`
	Waiting int    `json:"waiting" doc:"of them, whose window is not over"`
	Counted int    `json:"counted"`
	Reached *int   `json:"reached,omitempty" doc:"of counted, the goal; absent: too few people to be shown"`
}

// Difference is treated minus held out, with its limits.
type Difference struct {
	Diff float64 `json:"diff"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// EffectMeans compares on how many days of the window people recorded anything.
type EffectMeans struct {
	Treated *float64    `json:"treated,omitempty" doc:"days"`
	Held    *float64    `json:"held,omitempty" doc:"days"`
	Verdict string      `json:"verdict" enum:"too_few,too_early,more,fewer"`
	Text    Text        `json:"text"`
	Once    *Difference `json:"once,omitempty" doc:"days; 95 % for a single look (Welch)"`
	Always  *Difference `json:"always,omitempty" doc:"days; 95 % however often one looks"`
}

// EffectDay is what was known at the end of a day.
type EffectDay struct {
	Day     string      `json:"day"`
	Treated int         `json:"treated" doc:"people counted by then"`
	Held    int         `json:"held"`
	Verdict string      `json:"verdict"`
	Always  *Difference `json:"always,omitempty" doc:"absent: too few"`
}

// division is a step that divides people by chance, and its arms: the last is what the others are compared with.
type division struct {
	step, kind string
	arms       []Choice
}

// divides are the steps of a journey that divide people.
func divides(d *journey.Definition) (out []division) {
	journey.Walk(d.Steps, func(s *journey.Step) {
		switch {
		case s.Holdout != nil:
			out = append(out, division{s.ID, "holdout", []Choice{{journey.Treated, text("走旅程", "In the journey")}, {journey.HeldOut, text("对照组", "Holdout")}}})
		case s.Split != nil:
			v := division{step: s.ID, kind: "split"}
			for i := range s.Split.Arms {
				a := &s.Split.Arms[i]
				v.arms = append(v.arms, Choice{a.Key, or(a.Name, Text{Zh: a.Key, En: a.Key})})
			}
			slices.Reverse(v.arms) // the one written first is what the others are compared with
			out = append(out, v)
		}
	})
	return out
}

// armMember is somebody one step divided, as they stand now.
type armMember struct {
	person uint32
	arm    string
	before bool // the goal held already when they were divided
	over   bool // their window is
	out    effect.Outcome
}

// armMembers are everybody a step divided whom the caller sees. The caller of effectFold has read who was ever in the journey.
func (f *effectWork) armMembers(cd *conductor.Conductor, d *journey.Definition, step string) (out []armMember) {
	f.goals.mu.Lock()
	defer f.goals.mu.Unlock()
	window := windowOf(d).Microseconds()
	for it := f.entered.Iterator(); it.HasNext(); {
		n := it.Next()
		_, v, _, ok := cd.Glance(person.Number(n))
		if !ok {
			continue
		}
		for _, x := range effect.Exposures(v, d.Key, f.now) {
			if x.Step != step {
				continue
			}
			until := x.At + window
			at, before := f.goals.reached(cd, d.Key, n, x.At, until, f.now)
			m := armMember{person: n, arm: x.Arm, before: before, over: until <= f.now, out: effect.Outcome{At: until, Reached: at != 0, Figure: math.NaN()}}
			if m.over && !before {
				m.out.Figure = float64(insight.RecordDays(v, x.At, until))
			}
			out = append(out, m)
		}
	}
	return out
}

// comparisons are what a journey changed, or why nothing is told of that.
func (s *Server) comparisons(ctx context.Context, c *caller, d *journey.Definition, f *effectWork) ([]EffectComparison, *Text, error) {
	out := []EffectComparison{}
	all := divides(d)
	var why Text
	switch {
	case d.Class == journey.Safety:
		why = text("安全旅程不设对照组：不能为了比较，让人少一次救助。这里只看做没做到", "A safety journey has no holdout: nobody goes without help for a comparison. Here one sees only whether it was done")
	case d.Goal == nil:
		why = text("这个旅程没有写目标，所以没有可比的", "This journey states no goal, so there is nothing to compare")
	case len(all) == 0:
		why = text("这个旅程没有对照组，只能看做了多少，看不出带来了什么", "This journey has no holdout: one sees what was done, not what it changed")
	}
	if why != (Text{}) {
		return out, &why, nil
	}
	if err := s.whoEntered(ctx, c, d, f); err != nil {
		return nil, nil, err
	}
	for _, v := range all {
		members := f.armMembers(c.space.Conductor, d, v.step)
		base := v.arms[len(v.arms)-1]
		alpha := effect.Alpha / float64(len(v.arms)-1) // several arms against one: the chance of crying is theirs together
		for _, arm := range v.arms[:len(v.arms)-1] {
			out = append(out, c.comparison(v, arm, base, members, alpha, f))
		}
	}
	return out, nil, nil
}

// whoEntered reads who was ever in the journey, as they are merged now.
func (s *Server) whoEntered(ctx context.Context, c *caller, d *journey.Definition, f *effectWork) error {
	f.entered = roaring.New()
	return s.store.JourneyRuns(ctx, c.space.number(), []string{d.Key}, 0, math.MaxInt64, func(r conductor.RunRow) {
		if card, ok := c.space.Conductor.Directory().ByNumber(r.Person); ok && !card.Erased && f.seen.Contains(uint32(card.Number)) {
			f.entered.Add(uint32(card.Number))
		}
	})
}

// effectLookDays is how many days are told one by one.
const effectLookDays = 120

func (c *caller) comparison(v division, arm, base Choice, members []armMember, alpha float64, f *effectWork) EffectComparison {
	now := f.now
	out := EffectComparison{Step: v.step, Kind: v.kind, Treated: EffectArm{Key: arm.Key, Name: arm.Text}, Held: EffectArm{Key: base.Key, Name: base.Text}, Days: []EffectDay{}}
	var outcomes []effect.Outcome
	first := now
	for i := range members {
		m := &members[i]
		a := &out.Treated
		switch m.arm {
		case arm.Key:
		case base.Key:
			a = &out.Held
		default:
			continue
		}
		a.Exposed++
		switch {
		case m.before:
			a.Before++
		case !m.over:
			a.Waiting++
		default:
			o := m.out
			o.Treated = a == &out.Treated
			outcomes = append(outcomes, o)
			first = min(first, o.At)
		}
	}
	loc := c.space.loc
	var moments []int64
	begin := max(insight.StartOfDay(first, loc), insight.LastDays(now, effectLookDays, loc)+1)
	for at := insight.EndOfDay(begin, loc); at <= now; at = insight.EndOfDay(at, loc) {
		moments = append(moments, at-1)
	}
	moments = append(moments, now)
	looks := effect.Looks(outcomes, moments, alpha)
	last := &looks[len(looks)-1]
	out.Treated.fill(last.Treated, f.fewest)
	out.Held.fill(last.Held, f.fewest)
	out.Verdict = string(last.Verdict())
	for i := range looks {
		l := &looks[i]
		day := EffectDay{Day: localDay(l.At, loc), Treated: l.Treated.N, Held: l.Held.N, Verdict: string(l.Verdict())}
		if l.Missing() == (effect.Missing{}) {
			day.Always = points(l.AlwaysRates())
		}
		out.Days = append(out.Days, day)
	}
	if v := last.Verdict(); v == effect.More || v == effect.Fewer {
		for i := len(looks) - 1; i >= 0 && looks[i].Verdict() == v; i-- {
			out.Since = out.Days[i].Day
		}
	}
	if last.Missing() == (effect.Missing{}) {
		out.Once, out.Always = points(last.Rates()), points(last.AlwaysRates())
	}
	if last.Held.N >= effect.FewestInArm {
		if share := float64(last.Held.N) / float64(last.Held.N+last.Treated.N); share > 0 && share < 1 {
			out.Needed = effect.Needed(last.Held.Share(), plannedDifference(last.Held.Share()), share)
		}
	}
	out.Text, out.Missing = rateWords(last, out.Needed)
	out.Means = meansView(last, f.fewest)
	return out
}

// plannedDifference is what plans speak of, 10 points, upwards unless there is no room.
func plannedDifference(base float64) float64 {
	if base > 0.9 {
		return -0.1
	}
	return 0.1
}

func (a *EffectArm) fill(r effect.Rate, fewest int) {
	a.Counted = r.N
	if r.N >= fewest {
		a.Reached = &r.X
	}
}

// points are percentage points to a tenth.
func points(i effect.Interval) *Difference { return differenceView(i, 100, 10) }

func differenceView(i effect.Interval, scale, parts float64) *Difference {
	if math.IsNaN(i.Diff) {
		return nil
	}
	r := func(x float64) float64 { return math.Round(x*scale*parts)/parts + 0 } // + 0: no negative zero
	return &Difference{r(i.Diff), r(i.Low), r(i.High)}
}

func meansView(l *effect.Look, fewest int) EffectMeans {
	v := EffectMeans{Verdict: string(l.MeansVerdict())}
	mean := func(s effect.Sample) *float64 {
		if s.N < fewest {
			return nil
		}
		x := math.Round(s.Mean*10) / 10
		return &x
	}
	v.Treated, v.Held = mean(l.TreatedMean), mean(l.HeldMean)
	if l.MeansVerdict() != effect.TooFew {
		v.Once, v.Always = differenceView(l.Means(), 1, 10), differenceView(l.AlwaysMeans(), 1, 10)
	}
	v.Text = meanWords(l)
	return v
}

var armParts = map[string]Text{
	"exposed": text("分到这一组的", "put into this group"), "waiting": text("还没到时候的", "whose window is not over"), "counted": text("算在内的", "counted"), "goal": text("达到目标的", "goal reached"),
	"no_goal": text("没达到目标的", "goal missed"), "before": text("分组时目标已经满足的", "whose goal held already"),
}

// armPeople puts those behind a number of a comparison into set and says what it counts.
func (s *Server) armPeople(ctx context.Context, c *caller, d *journey.Definition, f *effectWork, in *effectPeopleIn, set *roaring.Bitmap) (Text, error) {
	q := in.Body
	all := divides(d)
	i := slices.IndexFunc(all, func(v division) bool { return v.step == q.Step })
	if i < 0 {
		return Text{}, errCodeChoice.At("body.step")
	}
	k := slices.IndexFunc(all[i].arms, func(a Choice) bool { return a.Key == q.Arm })
	if k < 0 {
		return Text{}, errCodeChoice.At("body.arm")
	}
	if err := s.whoEntered(ctx, c, d, f); err != nil {
		return Text{}, err
	}
	counted := 0
	for _, m := range f.armMembers(c.space.Conductor, d, q.Step) {
		if m.arm != q.Arm {
			continue
		}
		done := m.over && !m.before
		if done {
			counted++
		}
		if map[string]bool{"exposed": true, "before": m.before, "waiting": !m.before && !m.over, "counted": done, "goal": done && m.out.Reached, "no_goal": done && !m.out.Reached}[q.Part] {
			set.Add(m.person)
		}
	}
	if (q.Part == "goal" || q.Part == "no_goal") && counted < f.fewest {
		return Text{}, errEffectSmall.At("body.arm")
	}
	name, said := all[i].arms[k].Text, armParts[q.Part]
	return text(name.Zh+"，"+said.Zh, name.En+", "+said.En), nil
}
