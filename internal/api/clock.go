package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Clock is a workspace's time.
type Clock struct {
	Now    string `json:"now"`
	Offset int64  `json:"offset" doc:"seconds ahead of the machine's clock"`
	Next   *Next  `json:"next,omitempty"`
}

// Next is what falls due next.
type Next struct {
	At   string `json:"at"`
	Text Text   `json:"text"`
}

// Moved is what came about while the clock moved.
type Moved struct {
	Before   string   `json:"before"`
	After    string   `json:"after"`
	Happened Happened `json:"happened"`
}

// Happened counts and lists; the list holds the first of very many.
type Happened struct {
	Sent       int         `json:"sent"`
	Tasks      int         `json:"tasks"`
	Held       int         `json:"held"`
	Suppressed int         `json:"suppressed"`
	Gained     int         `json:"gained"`
	Lost       int         `json:"lost"`
	Alerts     int         `json:"alerts"`
	Items      []Happening `json:"items"`
}

// Happening is one of them.
type Happening struct {
	Kind   string `json:"kind"`
	At     string `json:"at"`
	Person Ref    `json:"person"`
	Text   Text   `json:"text"`
	ID     string `json:"id,omitempty" doc:"of the message or task, to ask why"`
	Key    string `json:"key,omitempty" doc:"of the tag or stage, to ask why"`
}

// Live workspaces have no clock to move; the answer is that of an address that is not there.
var errNoClock = fault.New(fault.Missing, "clock_fixed", "只有演练空间能拨动时钟", "only a rehearsal workspace has a clock that moves")

func (s *Server) clockOperations() {
	w := forStaff
	if s.demo != nil {
		w = forAnyone // the start page of a rehearsal has no sign-in
	}
	serve(s, operation{"clock", http.MethodGet, "/api/clock", "clock", "The time of a rehearsal, and what falls due next", w}, s.clock)
	serve(s, operation{"move-clock", http.MethodPost, "/api/clock", "clock", "Move the clock of a rehearsal forward; everything that falls due happens", w}, s.moveClock)
}

// clockSpace is the rehearsal whose clock is meant: the caller's, or on the start page the one it shows.
func (s *Server) clockSpace(ctx context.Context) (*caller, *space, error) {
	c := callerOf(ctx)
	switch {
	case c != nil && c.session.Kind == staff.KindStaff:
		if c.space.Workspace.Kind != workspace.Rehearsal {
			return nil, nil, errNoClock
		}
		return c, c.space, nil
	case s.demo != nil:
		if sp := s.demoSpace(); sp != nil {
			return nil, sp, nil
		}
		return nil, nil, errNoClock
	}
	return nil, nil, errSignIn
}

func (s *Server) clock(ctx context.Context, _ *Empty) (Clock, error) {
	c, sp, err := s.clockSpace(ctx)
	if err != nil {
		return Clock{}, err
	}
	return s.clockView(c, sp), nil
}

func (s *Server) clockView(c *caller, sp *space) Clock {
	v := Clock{Now: moment(sp.now(), sp.loc), Offset: int64(sp.Conductor.Workspace().Offset / time.Second)}
	at, n, kind, key, ok := sp.Conductor.Next()
	if !ok {
		return v
	}
	what := contentTitle(sp.Conductor, key)
	if kind != "message" {
		what = journeyName(sp.Conductor, key)
	}
	v.Next = &Next{At: moment(max(at.UnixMicro(), sp.now()), sp.loc), Text: what}
	if card, ok := sp.Conductor.Directory().ByNumber(n); ok {
		if name := nameFor(c, card); name != "" {
			v.Next.Text = Text{Zh: name + "：" + what.Zh, En: name + ": " + what.En}
		}
	}
	return v
}

// nameFor is a name on the clock's panel: nobody's that the caller may not see.
func nameFor(c *caller, card conductor.Card) string {
	switch {
	case c == nil: // the start page of a rehearsal: its people are made up
		return card.Name
	case !c.member.Sees(card.Owner):
		return ""
	}
	return c.nameOf(card)
}

type moveInput struct {
	Body struct {
		By string `json:"by" enum:"1h,1d,1w,next"`
	}
}

func (s *Server) moveClock(ctx context.Context, in *moveInput) (Moved, error) {
	c, sp, err := s.clockSpace(ctx)
	if err != nil {
		return Moved{}, err
	}
	if c != nil && !c.member.Role.Can(staff.CanMoveClock) {
		return Moved{}, errForbidden
	}
	cd := sp.Conductor
	before := cd.Now()
	by := map[string]time.Duration{"1h": time.Hour, "1d": 24 * time.Hour, "1w": 7 * 24 * time.Hour}[in.Body.By]
	if in.Body.By == "next" {
		at, _, _, _, ok := cd.Next()
		if !ok {
			return Moved{}, fault.New(fault.Clash, "nothing_due", "没有要发生的事", "nothing falls due any more")
		}
		by = max(at.Sub(before), time.Second)
	}
	move := cd.Move
	if s.maker != nil && sp.Workspace.Beside != 0 {
		move = func(ctx context.Context, by time.Duration) (conductor.Happened, error) {
			return s.maker.Live(ctx, cd, by)
		}
	}
	h, err := move(ctx, by)
	if err != nil {
		return Moved{}, err
	}
	after := cd.Now()
	sp.moved.keep(before, after, h)
	out := s.movedView(c, sp, before, after, h)
	if c == nil {
		return out, nil
	}
	var people []person.Number
	for _, x := range h.Items {
		people = append(people, x.Person)
	}
	return out, s.read(ctx, c, "clock.move", people...)
}

// lastMove is what came about when a workspace's clock was last moved, for a start page that is opened again. It
// lasts as long as the process.
type lastMove struct {
	mu            sync.Mutex
	before, after time.Time
	happened      conductor.Happened
}

func (m *lastMove) keep(before, after time.Time, h conductor.Happened) {
	h.Items = slices.Clone(h.Items)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before, m.after, m.happened = before, after, h
}

func (m *lastMove) view(s *Server, sp *space) *Moved {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.after.IsZero() {
		return nil
	}
	v := s.movedView(nil, sp, m.before, m.after, m.happened)
	return &v
}

func (s *Server) movedView(c *caller, sp *space, before, after time.Time, h conductor.Happened) Moved {
	return Moved{Before: moment(before.UnixMicro(), sp.loc), After: moment(after.UnixMicro(), sp.loc), Happened: s.happened(c, sp, h)}
}

func (s *Server) happened(c *caller, sp *space, h conductor.Happened) Happened {
	slices.SortStableFunc(h.Items, func(a, b conductor.Happening) int { return cmp.Compare(a.At, b.At) })
	v := Happened{h.Sent, h.Tasks, h.Held, h.Suppressed, h.Gained, h.Lost, h.Alerts, []Happening{}}
	for _, x := range h.Items {
		card, ok := sp.Conductor.Directory().ByNumber(x.Person)
		if !ok || card.Erased || c != nil && !c.member.Sees(card.Owner) {
			continue
		}
		v.Items = append(v.Items, Happening{
			Kind: x.Kind, At: moment(x.At, sp.loc), Person: Ref{string(card.ID), nameFor(c, card)}, Text: happeningText(sp.Conductor, x), ID: x.ID, Key: x.Key,
		})
	}
	return v
}

func happeningText(cd *conductor.Conductor, x conductor.Happening) Text {
	said := func(zh, en string, t Text) Text { return Text{Zh: zh + t.Zh, En: en + t.En} }
	title := func() Text { return contentTitle(cd, x.Key) }
	named := func(kind string) Text {
		for _, p := range cd.Programmes() {
			if t := nameOfKey(p, kind, x.Key); t != (Text{}) {
				return t
			}
		}
		return withdrawn
	}
	because := func(t Text) Text {
		if x.Reason == "" {
			return t
		}
		r := word(messageReasons, x.Reason)
		return Text{Zh: t.Zh + "（" + r.Zh + "）", En: t.En + " (" + r.En + ")"}
	}
	switch x.Kind {
	case string(message.Sent):
		return said("送出：", "Sent: ", title())
	case string(message.Held):
		return because(said("推迟：", "Held: ", title()))
	case string(message.Suppressed), string(message.Dead):
		return because(said("没有发送：", "Not sent: ", title()))
	case "task":
		return said("任务：", "Task: ", title())
	case "alert":
		return text("警报：请马上联系", "Alert: contact at once")
	case "gained":
		return said("得到标签 ", "Gained tag ", named("tag"))
	case "lost":
		return said("失去标签 ", "Lost tag ", named("tag"))
	case "stage":
		return said("阶段变为 ", "Stage is now ", named("stage"))
	}
	return Text{Zh: x.Kind, En: x.Kind}
}
