package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// Maker makes rehearsals beside live workspaces and removes them.
type Maker interface {
	// Make has a rehearsal made as w says, beside w.Beside. It is there when this returns; its story is told in the background.
	Make(ctx context.Context, w workspace.Workspace, made, first audit.Entry) (workspace.Workspace, error)
	// Live moves the clock of a rehearsal while its made-up people live on.
	Live(ctx context.Context, c *conductor.Conductor, by time.Duration) (conductor.Happened, error)
	// Remove removes a rehearsal, and stops whoever still tells its story.
	Remove(ctx context.Context, w workspace.Workspace, removed audit.Entry) error
}

// neighbours is what the API asks of the store about workspaces beside each other.
type neighbours interface {
	Workspaces(context.Context) ([]workspace.Workspace, error)
	JoinBeside(ctx context.Context, live, rehearsal workspace.Number, id string) error
	MoveSession(ctx context.Context, from workspace.Number, hash []byte, to workspace.Number, v staff.Session, left, came audit.Entry) error
	TakeDraft(ctx context.Context, from, to workspace.Number, d conductor.Draft, based int64, given, taken audit.Entry) error
}

// RehearsalSpaces are the rehearsals beside a live workspace.
type RehearsalSpaces struct {
	Live  *SpaceRef        `json:"live,omitempty" doc:"the workspace they are beside; absent: this one stands alone"`
	Items []RehearsalSpace `json:"items"`
	May   bool             `json:"may" doc:"the caller may make and remove them"`
	Most  int              `json:"most" doc:"how many there may be at once"`
}

// RehearsalSpace is a workspace with made-up people and a clock of its own, beside a live one.
type RehearsalSpace struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	State     string `json:"state" enum:"making,ready,stopped" doc:"stopped: its making ended before it was ready; remove it"`
	Done      int    `json:"done" minimum:"0" maximum:"100" doc:"percent of the story that is told"`
	People    int    `json:"people"`
	Days      int    `json:"days" doc:"behind them when it was made"`
	Seed      int64  `json:"seed" doc:"the same seed makes the same people"`
	Programme string `json:"programme" doc:"its people are in; empty: the first"`
	Created   string `json:"created"`
	Now       string `json:"now,omitempty" doc:"its clock; absent until it is ready"`
	Here      bool   `json:"here" doc:"the caller is in it"`
}

// BesideProgramme is a programme of a workspace beside the caller's, and whether it is another one here.
type BesideProgramme struct {
	Key     string `json:"key"`
	Name    Text   `json:"name"`
	Version int    `json:"version" doc:"in force there; 0: only a draft"`
	Force   string `json:"force" enum:"none,same,differs" doc:"the version in force there beside the one here"`
	Draft   string `json:"draft" enum:"none,same,differs" doc:"the draft there beside the draft here, or beside the version in force here where there is none"`
	Here    int64  `json:"here" doc:"revision of the draft here; 0: none. Send it as If-Match when bringing one"`
}

// Bounds of a rehearsal made from the console: it is told by the server that looks after real people meanwhile.
const (
	mostRehearsals   = 3
	mostMadeUp       = 500
	mostDaysBehind   = 400
	usualMadeUp      = 60
	usualDaysBehind  = 60
	toldAtLeastEvery = 2 * time.Minute
)

var (
	errNoRehearsals   = fault.New(fault.Missing, "no_rehearsals", "这里不能建演练空间", "rehearsals cannot be made here")
	errStandsAlone    = fault.New(fault.Missing, "stands_alone", "演练空间建在正式空间旁边，这里没有正式空间", "a rehearsal is made beside a live workspace; there is none here")
	errNoSuchSpace    = fault.New(fault.Missing, "rehearsal_not_found", "没有找到这个演练空间", "no such rehearsal")
	errRehearsalsFull = fault.New(fault.Clash, "rehearsals_full", "演练空间已经有三个了", "there are three rehearsals already").
				Because("先删掉一个不用的", "remove one that is not needed first")
	errBeingMade = fault.New(fault.Clash, "rehearsal_being_made", "正在建一个演练空间", "a rehearsal is being made").
			Because("等它建好，或先停下来", "wait until it is ready, or stop it first")
	errRehearsalHere = fault.New(fault.Clash, "rehearsal_here", "您正在这个演练空间里", "you are in this rehearsal").
				Because("先回到正式空间，再删除或重来", "go back to the live workspace first, then remove it or begin again")
	errRehearsalName = fault.New(fault.Clash, "rehearsal_name", "已有同名的空间", "a workspace has this name already").At("body.name").
				Because("换一个名字", "choose another name")
	errNameLine = fault.New(fault.Invalid, "name_line", "名字是一行文字，不能只有空格", "the name is one line of text, not blanks only").At("body.name")
	errMadeUpIn = fault.New(fault.Invalid, "rehearsal_programme", "没有这个方案", "there is no such programme").At("body.programme").
			Because("选一个生效的方案，或不选", "choose one in force, or none")
	errNothingThere = fault.New(fault.Missing, "nothing_to_bring", "那边没有这个方案，或没有草稿", "the other workspace has no such programme, or no draft of it").
			Because("先看看那边有什么", "look what there is first")
	errSameAlready = fault.New(fault.Clash, "draft_same", "两边一样，不用带", "both are the same already")
	errContained   = fault.New(fault.Clash, "rehearsal_stays", "演练空间旁边有真实的人，这里的内容不往外发", "this rehearsal stands beside real people: nothing is sent out of it").
			Because("要对外发送，请回到正式空间设置", "set up what is sent out in the live workspace")
)

func (s *Server) rehearsalSpaceOperations() {
	const at = "/api/rehearsal-spaces"
	serve(s, operation{"rehearsal-spaces", http.MethodGet, at, "rehearsals", "The rehearsals beside the live workspace, and how far one is that is being made", forStaff}, s.rehearsalSpaces)
	serve(s, operation{"make-rehearsal-space", http.MethodPost, at, "rehearsals", "Make a rehearsal beside the live workspace: its programmes, rules and staff, made-up people, a clock of its own", forStaff}, s.makeRehearsalSpace)
	serve(s, operation{"reset-rehearsal-space", http.MethodPost, at + "/{space}/reset", "rehearsals", "Begin again: the same people from the beginning, with what is in force in the live workspace now", forStaff}, s.resetRehearsalSpace)
	act(s, operation{"remove-rehearsal-space", http.MethodDelete, at + "/{space}", "rehearsals", "Remove a rehearsal with all its people, or stop one that is being made", forStaff}, s.removeRehearsalSpace)
	serve(s, operation{"programmes-beside", http.MethodGet, at + "/{space}/programmes", "rehearsals", "The programmes of a workspace beside this one, and which are others than here", forStaff}, s.programmesBeside)
	serve(s, operation{"bring-draft", http.MethodPost, "/api/programmes/{key}/draft/bring", "rehearsals", "Take a programme from the workspace beside this one, as a draft; nothing comes into force", forStaff}, s.bringDraft)
	serveCookie(s, operation{"enter-workspace", http.MethodPost, "/api/session/workspace", "session", "Go to the rehearsal beside the live workspace, or back; rights and the end of the session stay", forStaff}, s.enterWorkspace)
}

// liveOf is the live workspace c is in or beside; 0: neither.
func liveOf(c *caller) workspace.Number {
	if w := c.space.Workspace; w.Kind == workspace.Live {
		return w.Number
	}
	return c.space.Workspace.Beside
}

// rehearsalsOf lists what stands beside a live workspace.
func (s *Server) rehearsalsOf(ctx context.Context, live workspace.Number) ([]workspace.Workspace, error) {
	if live == 0 {
		return nil, nil
	}
	all, err := s.store.Workspaces(ctx)
	return slices.DeleteFunc(all, func(w workspace.Workspace) bool { return w.Beside != live }), err
}

// besideSpace is a workspace that is served beside the caller's: its live one, or a rehearsal of the same live one.
func (s *Server) besideSpace(c *caller, id string) *space {
	live := liveOf(c)
	for _, sp := range s.allSpaces() {
		if w := sp.Workspace; live != 0 && sp != c.space && string(w.ID) == id && (w.Number == live || w.Beside == live) {
			return sp
		}
	}
	return nil
}

func (s *Server) rehearsalSpaces(ctx context.Context, _ *Empty) (RehearsalSpaces, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return RehearsalSpaces{}, err
	}
	live := liveOf(c)
	v := RehearsalSpaces{Items: []RehearsalSpace{}, May: s.maker != nil && live != 0 && c.key == nil && c.member.Role.Can(staff.CanEditProgress), Most: mostRehearsals}
	if sp := s.space(live); sp != nil {
		ref := sp.view()
		v.Live = &ref
	}
	all, err := s.rehearsalsOf(ctx, live)
	if err != nil {
		return v, err
	}
	for _, w := range all {
		v.Items = append(v.Items, s.rehearsalSpaceView(c, w))
	}
	return v, nil
}

func (s *Server) rehearsalSpaceView(c *caller, w workspace.Workspace) RehearsalSpace {
	story := storyOf(w)
	v := RehearsalSpace{
		ID: string(w.ID), Name: w.Name, State: "ready", Done: 100 - w.Untold/10, People: story.People, Days: story.Days, Seed: int64(story.Seed),
		Programme: story.Programme, Created: moment(w.Created, c.space.loc), Here: w.Number == c.space.number(),
	}
	switch sp := s.space(w.Number); {
	case !w.Ready() && s.real().UnixMicro()-w.ToldAt > toldAtLeastEvery.Microseconds():
		v.State = "stopped"
	case sp == nil: // ready, and about to be served
		v.State = "making"
	default:
		v.Now = moment(sp.now(), sp.loc)
	}
	return v
}

func storyOf(w workspace.Workspace) (v workspace.Story) {
	_ = json.Unmarshal([]byte(w.Story), &v) // one that cannot be read is of nobody
	return v
}

// toldBy is what the log of access says of a rehearsal.
func toldBy(v workspace.Story) map[string]any {
	return map[string]any{"people": v.People, "days": v.Days, "seed": v.Seed}
}

// mayMake finds the live workspace beside which the caller makes and removes rehearsals.
func (s *Server) mayMake(ctx context.Context) (*caller, workspace.Number, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	switch {
	case err != nil:
		return nil, 0, err
	case s.maker == nil:
		return nil, 0, errNoRehearsals
	case liveOf(c) == 0:
		return nil, 0, errStandsAlone
	}
	return c, liveOf(c), nil
}

type makeRehearsalIn struct {
	Body struct {
		Name      string `json:"name" minLength:"1" maxLength:"40"`
		People    int    `json:"people,omitempty" minimum:"0" maximum:"500" doc:"made-up people; 60 when not given"`
		Days      int    `json:"days,omitempty" minimum:"0" maximum:"400" doc:"days behind them; 60 when not given"`
		Seed      int64  `json:"seed,omitempty" minimum:"0" doc:"the same seed makes the same people; by chance when not given"`
		Programme string `json:"programme,omitempty" maxLength:"60" doc:"in force, which they are in; the first when not given"`
	}
}

func (s *Server) makeRehearsalSpace(ctx context.Context, in *makeRehearsalIn) (RehearsalSpace, error) {
	c, live, err := s.mayMake(ctx)
	if err != nil {
		return RehearsalSpace{}, err
	}
	name := strings.TrimSpace(in.Body.Name)
	if name == "" || strings.ContainsFunc(name, unicode.IsControl) {
		return RehearsalSpace{}, errNameLine
	}
	if sp := s.space(live); in.Body.Programme != "" && (sp == nil || sp.Conductor.Programme(in.Body.Programme) == nil) {
		return RehearsalSpace{}, errMadeUpIn
	}
	all, err := s.store.Workspaces(ctx)
	if err != nil {
		return RehearsalSpace{}, err
	}
	there := 0
	for _, w := range all {
		switch {
		case (w.Beside == live || w.Number == live) && w.Name == name:
			return RehearsalSpace{}, errRehearsalName
		case w.Beside == live && !w.Ready() && s.rehearsalSpaceView(c, w).State == "making":
			return RehearsalSpace{}, errBeingMade
		case w.Beside == live:
			there++
		}
	}
	if there >= mostRehearsals {
		return RehearsalSpace{}, errRehearsalsFull
	}
	return s.madeBeside(ctx, c, live, name, workspace.Story{
		People: cmp.Or(in.Body.People, usualMadeUp), Days: cmp.Or(in.Body.Days, usualDaysBehind),
		Seed: uint64(cmp.Or(in.Body.Seed, 1+rand.Int64N(1_000_000))), Programme: in.Body.Programme,
	})
}

func (s *Server) madeBeside(ctx context.Context, c *caller, live workspace.Number, name string, story workspace.Story) (RehearsalSpace, error) {
	b, err := json.Marshal(story)
	if err != nil {
		return RehearsalSpace{}, err
	}
	at := s.real().UnixMicro()
	w, err := s.maker.Make(ctx, workspace.Workspace{Name: name, Beside: live, Story: string(b), Untold: 1000, Created: at, ToldAt: at},
		s.entry(ctx, c, "rehearsal.create", 0, toldBy(story)), s.entry(ctx, c, "workspace.create", 0, nil))
	if err != nil {
		return RehearsalSpace{}, err
	}
	return s.rehearsalSpaceView(c, w), nil
}

type rehearsalSpaceIn struct {
	Space string `path:"space" maxLength:"40"`
}

// removable finds a rehearsal the caller may remove.
func (s *Server) removable(ctx context.Context, id string) (*caller, workspace.Workspace, error) {
	c, live, err := s.mayMake(ctx)
	if err != nil {
		return nil, workspace.Workspace{}, err
	}
	all, err := s.rehearsalsOf(ctx, live)
	if err != nil {
		return nil, workspace.Workspace{}, err
	}
	for _, w := range all {
		if string(w.ID) != id {
			continue
		}
		if w.Number == c.space.number() {
			return nil, w, errRehearsalHere
		}
		return c, w, nil
	}
	return nil, workspace.Workspace{}, errNoSuchSpace
}

func (s *Server) removeRehearsalSpace(ctx context.Context, in *rehearsalSpaceIn) error {
	c, w, err := s.removable(ctx, in.Space)
	if err != nil {
		return err
	}
	return s.maker.Remove(ctx, w, s.entry(ctx, c, "rehearsal.remove", 0, toldBy(storyOf(w))))
}

// resetRehearsalSpace makes the same rehearsal again and removes the one before, once the new one is there.
func (s *Server) resetRehearsalSpace(ctx context.Context, in *rehearsalSpaceIn) (RehearsalSpace, error) {
	c, w, err := s.removable(ctx, in.Space)
	if err != nil {
		return RehearsalSpace{}, err
	}
	if !w.Ready() && s.rehearsalSpaceView(c, w).State == "making" {
		return RehearsalSpace{}, errBeingMade
	}
	v, err := s.madeBeside(ctx, c, w.Beside, w.Name, storyOf(w))
	if err != nil {
		return v, err
	}
	return v, s.maker.Remove(ctx, w, s.entry(ctx, c, "rehearsal.remove", 0, toldBy(storyOf(w))))
}

type enterIn struct {
	Body struct {
		Workspace string `json:"workspace" minLength:"1" maxLength:"40" doc:"id of the rehearsal, or of the live workspace"`
	}
}

// enterWorkspace changes the workspace of a session. The new one ends when the old one would have: going back and forth makes none longer.
func (s *Server) enterWorkspace(ctx context.Context, in *enterIn) (Session, *http.Cookie, error) {
	c := callerOf(ctx)
	if c.key != nil {
		return Session{}, nil, errForbidden
	}
	to := s.besideSpace(c, in.Body.Workspace)
	if to == nil {
		return Session{}, nil, errNoSuchSpace.At("body.workspace")
	}
	live := liveOf(c)
	if to.number() != live {
		if err := s.store.JoinBeside(ctx, live, to.number(), c.member.ID); err != nil {
			return Session{}, nil, err
		}
	}
	m, err := s.actsAs(ctx, to, c.member.ID)
	if err != nil {
		return Session{}, nil, err
	}
	sess, token := staff.NewSession(staff.KindStaff, m.ID, s.real())
	sess.Expires = min(sess.Expires, c.session.Expires)
	came := audit.Entry{At: s.real().UnixMicro(), Actor: "staff:" + m.ID, Action: "session.enter", Ref: requestOf(ctx).id}
	if err := s.store.MoveSession(ctx, c.space.number(), c.session.TokenHash, to.number(), sess, s.entry(ctx, c, "session.leave", 0, nil), came); err != nil {
		return Session{}, nil, err
	}
	return s.sessionView(&caller{space: to, session: sess, member: m}), s.cookieFor(sess, token), nil
}

// actsAs is a member of staff as they may act in a workspace. In a rehearsal beside a live workspace that is what they are in the live
// one, now: whoever may not sign in there any more is nobody here.
func (s *Server) actsAs(ctx context.Context, sp *space, id string) (staff.Member, error) {
	m, err := s.store.Member(ctx, sp.number(), id)
	live := sp.Workspace.Beside
	if err != nil || live == 0 {
		return m, err
	}
	now, err := s.store.Member(ctx, live, id)
	m.Name, m.Role, m.Disabled = now.Name, now.Role, now.Disabled
	return m, err
}

// other finds the workspace a programme is looked at in or taken from.
func (s *Server) other(c *caller, id string) (*space, error) {
	sp := s.besideSpace(c, id)
	if sp == nil {
		return nil, errNoSuchSpace
	}
	return sp, nil
}

func (s *Server) programmesBeside(ctx context.Context, in *rehearsalSpaceIn) (Listing[BesideProgramme], error) {
	out := Listing[BesideProgramme]{Items: []BesideProgramme{}}
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return out, err
	}
	from, err := s.other(c, in.Space)
	if err != nil {
		return out, err
	}
	rows := map[string]*BesideProgramme{}
	for _, p := range from.Conductor.Programmes() {
		row := &BesideProgramme{Key: p.Key, Name: p.Name, Version: p.Version, Force: "differs", Draft: "none"}
		if here := c.space.Conductor.Programme(p.Key); here != nil && sameFiles(here.Files, p.Files) {
			row.Force = "same"
		}
		rows[p.Key] = row
	}
	drafts, err := s.store.Drafts(ctx, from.number())
	if err != nil {
		return out, err
	}
	for _, d := range drafts {
		there, err := s.store.Draft(ctx, from.number(), d.Programme)
		if err != nil {
			return out, err
		}
		row := rows[d.Programme]
		if row == nil {
			row = &BesideProgramme{Key: d.Programme, Name: Text{Zh: d.Programme, En: d.Programme}, Force: "none"}
			if compiled, _ := there.Files.Open(); compiled != nil {
				row.Name = compiled.Name
			}
			rows[d.Programme] = row
		}
		mine, _, err := s.standing(ctx, c, d.Programme)
		if err != nil {
			return out, err
		}
		if row.Draft = "differs"; sameFiles(mine.Files, there.Files) {
			row.Draft = "same"
		}
	}
	mine, err := s.store.Drafts(ctx, c.space.number())
	if err != nil {
		return out, err
	}
	for _, d := range mine {
		if row := rows[d.Programme]; row != nil {
			row.Here = d.Revision
		}
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		out.Items = append(out.Items, *rows[key])
	}
	out.Total = len(out.Items)
	return out, nil
}

// sameFiles reports whether two programmes say the same, whatever number each has where it is in force.
func sameFiles(a, b programme.Files) bool {
	x, errX := a.WithVersion(1)
	y, errY := b.WithVersion(1)
	if errX != nil || errY != nil {
		return maps.Equal(a, b)
	}
	return maps.Equal(x, y)
}

// standing is the draft of a programme here with the version in force; without a draft its files are those in force, with revision 0.
func (s *Server) standing(ctx context.Context, c *caller, key string) (d conductor.Draft, version int, err error) {
	now := c.space.Conductor.Programme(key)
	if now != nil {
		version = now.Version
	}
	d, err = s.store.Draft(ctx, c.space.number(), key)
	if errors.Is(err, conductor.ErrNoDraft) {
		d, err = conductor.Draft{Programme: key, Base: version}, nil
		if now != nil {
			d.Files = now.Files
		}
	}
	return d, version, err
}

type bringIn struct {
	Key string `path:"key" maxLength:"60"`
	Based
	Body struct {
		From string `json:"from" minLength:"1" maxLength:"40" doc:"id of the workspace beside this one"`
		What string `json:"what" enum:"draft,force" doc:"its draft, or what is in force there"`
	}
}

// bringDraft takes a programme from beside as a draft in the place of the one here. Only publishing brings it into force.
func (s *Server) bringDraft(ctx context.Context, in *bringIn) (Draft, error) {
	c, _, err := s.authorize(ctx, staff.CanEditProgress)
	if err != nil {
		return Draft{}, err
	}
	from, err := s.other(c, in.Body.From)
	if err != nil {
		return Draft{}, err
	}
	var files programme.Files
	if in.Body.What == "draft" {
		there, err := s.store.Draft(ctx, from.number(), in.Key)
		if errors.Is(err, conductor.ErrNoDraft) {
			return Draft{}, errNothingThere
		}
		if err != nil {
			return Draft{}, err
		}
		files = there.Files
	} else if p := from.Conductor.Programme(in.Key); in.Key != "" && p != nil {
		files = p.Files
	} else {
		return Draft{}, errNothingThere
	}
	d, version, err := s.standing(ctx, c, in.Key)
	if err != nil {
		return Draft{}, err
	}
	if err := in.check(d.Revision); err != nil {
		return Draft{}, err
	}
	if sameFiles(d.Files, files) {
		return Draft{}, errSameAlready
	}
	was := d.Revision
	d.Files, d.Base, d.By, d.At = files, version, c.actor(), s.real().UnixMicro()
	d.Revision = max(was+1, d.At)
	given, taken := s.entry(ctx, c, "draft.give", 0, map[string]any{"programme": in.Key, "to": c.space.Workspace.ID}),
		s.entry(ctx, c, "draft.bring", 0, map[string]any{"programme": in.Key, "from": from.Workspace.ID, "what": in.Body.What, "revision": d.Revision})
	if err := s.store.TakeDraft(ctx, from.number(), c.space.number(), d, was, given, taken); err != nil {
		return Draft{}, err
	}
	c.space.previews.cancel(in.Key)
	_, now, d, err := s.editing(ctx, in.Key, staff.CanEditProgress)
	if err != nil {
		return Draft{}, err
	}
	return s.draftView(ctx, c, now, d), nil
}

// leaves reports whether a request sets up something that is sent out, or read from outside, of the workspace.
func leaves(r *http.Request) bool {
	if !unsafe(r.Method) || r.Method == http.MethodDelete {
		return false
	}
	p := r.URL.Path
	return strings.HasPrefix(p, "/api/out/") || strings.HasPrefix(p, "/api/corps") || p == "/api/calendar-feed"
}
