package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/programme"
	"peiban/internal/simulate"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// besideMaker makes rehearsals beside live workspaces: an empty workspace with the live one's programmes, rules and staff, in which
// made-up people then live their days.
type besideMaker struct {
	h  *house
	ps []*programme.Compiled // of the folder; what is published in the live workspace goes before them
}

// begin makes the workspace, without people.
func (m *besideMaker) begin(ctx context.Context, w workspace.Workspace, made, first audit.Entry) (workspace.Workspace, error) {
	w.ID, w.Salt = workspace.ID(ulid.Make().String()), keys.NewToken()
	return m.h.store.CreateBeside(ctx, w, made, first)
}

// toldEvery is how often it is noted how far a story is told; who removed the rehearsal meanwhile is heard of as often.
const toldEvery = time.Second

// tell has the story of a workspace happen, up to now, and makes it ready. What fails or is broken off leaves no rehearsal behind.
func (m *besideMaker) tell(ctx context.Context, w workspace.Workspace, progress func(done, of int64, at time.Time)) error {
	err := m.told(ctx, w, progress)
	if err == nil {
		return nil
	}
	over := context.WithoutCancel(ctx)
	removed := audit.Entry{At: time.Now().UnixMicro(), Actor: "system", Action: "rehearsal.remove", Detail: `{"ready":false}`}
	if e := m.h.store.RemoveBeside(over, w.Number, time.Now().UnixMicro(), removed); e != nil { // somebody did: what was written since goes too
		err = errors.Join(err, m.h.store.Clear(over, w.Number))
	}
	m.h.forget(w)
	return err
}

func (m *besideMaker) told(ctx context.Context, w workspace.Workspace, progress func(done, of int64, at time.Time)) error {
	by, story, err := storyOf(w)
	if err != nil {
		return err
	}
	r, err := m.world(ctx, w, by.Programme, story)
	if err != nil {
		return err
	}
	defer r.close()
	telling, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var noted time.Time
	_, err = simulate.Run(telling, story, r, func(now time.Time, _ simulate.Figures) {
		done, of := int64(now.Sub(story.Start)), int64(story.End.Sub(story.Start))
		if progress != nil {
			progress(done, of, now)
		}
		if time.Since(noted) < toldEvery {
			return
		}
		noted = time.Now()
		if err := m.h.store.Told(ctx, w.Number, max(1, int(1000-1000*done/max(of, 1))), noted.UnixMicro()); err != nil {
			stop(err)
		}
	})
	if cause := context.Cause(telling); cause != nil {
		return cause
	}
	if err != nil {
		return err
	}
	return m.h.store.Told(ctx, w.Number, 0, time.Now().UnixMicro())
}

// storyOf is the story of a workspace, which ends as the workspace was made. It is the same whenever it is asked for.
func storyOf(w workspace.Workspace) (by workspace.Story, s simulate.Story, err error) {
	if err := json.Unmarshal([]byte(w.Story), &by); err != nil {
		return by, s, fmt.Errorf("read the story of workspace %s: %w", w.ID, err)
	}
	zone, err := time.LoadLocation(w.Zone)
	if err != nil {
		return by, s, fmt.Errorf("read the zone of workspace %s: %w", w.ID, err)
	}
	s.Seed, s.End = by.Seed, time.UnixMicro(w.Created).In(zone).Truncate(time.Minute)
	s.Start = s.End.AddDate(0, 0, -by.Days)
	s.People = simulate.People(by.Seed, by.People, s.Start, s.End, zone)
	return by, s, nil
}

// teller is the world of a story without its workspace.
func (m *besideMaker) teller(w workspace.Workspace, story simulate.Story) *rehearsal {
	r := &rehearsal{
		h: m.h, w: w, key: storyKey(w), clock: &virtual{}, touched: map[string]map[person.Number]bool{"message": {}, "task": {}},
		cast: newCast(story.People), staff: map[string]string{}, logins: map[string]string{},
		messages: map[message.ID]message.Message{}, tasks: map[task.ID]task.Task{}, texts: map[string]*programme.Content{},
	}
	r.clock.at.Store(story.Start.UnixMicro())
	return r
}

// storyKey is the write key by which the made-up people of a workspace send: whoever tells their story on has it again.
func storyKey(w workspace.Workspace) string {
	sum := sha256.Sum256([]byte("story of " + string(w.ID) + " " + w.Salt))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// listenTo takes a conductor as the one the story happens in.
func (r *rehearsal) listenTo(c *conductor.Conductor, real func() time.Time) {
	r.c = c
	for _, p := range c.Programmes() {
		for key, c := range p.Contents {
			r.texts[key] = c
		}
	}
	r.changes, r.cancel = c.Subscribe()
	r.answer = r.h.intake([]*conductor.Conductor{c}, real)
}

// live moves the clock of a rehearsal that is served, while its people live on. Where they cannot, the clock goes on without them.
func (m *besideMaker) live(ctx context.Context, c *conductor.Conductor, by time.Duration) (conductor.Happened, error) {
	w := c.Workspace()
	_, story, err := storyOf(w)
	if err != nil {
		return conductor.Happened{}, err
	}
	r := m.teller(w, story)
	if err := m.cast(ctx, r, w, story); err != nil {
		return conductor.Happened{}, err
	}
	return c.Pass(ctx, func(ctx context.Context, pass func(time.Time) error) error {
		from := c.Now()
		to := from.Add(by)
		r.pass, r.since = pass, from.UnixMicro()
		r.listenTo(c, c.Now)
		defer r.cancel()
		if err := simulate.Continue(ctx, story, from, to, r); err != nil {
			m.h.log.Error("made-up people did not live on; the clock goes on without them", "workspace", string(w.ID), "error", err)
		}
		r.answer.WriteCounts(ctx, from)
		return pass(to)
	})
}

// world opens an empty rehearsal at its story's start. The parts in a story are played by the members of staff of the same role who
// came along from the live workspace; who has none is made up and cannot sign in. It has no entry codes: nobody comes by one.
func (m *besideMaker) world(ctx context.Context, w workspace.Workspace, key string, story simulate.Story) (*rehearsal, error) {
	h := m.h
	r := m.teller(w, story)
	if err := m.cast(ctx, r, w, story); err != nil {
		return nil, err
	}
	sold := product.Product{ID: "strips-50", NameZh: "血糖试纸 50 片", NameEn: "Test strips, 50", Kind: product.Strips, Units: 50, SKUs: []product.SKU{{Code: "strips-50"}}}
	known, err := h.store.Products(ctx, w.Number)
	if err != nil {
		return nil, err
	}
	if _, there := known.ByID(sold.ID); !there {
		if err := h.store.SaveProducts(ctx, w.Number, []product.Product{sold}, story.Start.UnixMicro(), "command"); err != nil {
			return nil, fmt.Errorf("add what is sold: %w", err)
		}
	}
	if _, err := h.store.EnsureSource(ctx, w.Number, event.Source{Name: sender, KeyHash: keys.TokenHash(r.key), Created: story.Start.UnixMicro()}); err != nil {
		return nil, err
	}
	c, err := h.conductorFor(ctx, w, m.ps, key, r.clock.now)
	if err != nil {
		return nil, err
	}
	r.listenTo(c, r.clock.now)
	return r, nil
}

// cast gives the parts of a story to members of staff.
func (m *besideMaker) cast(ctx context.Context, r *rehearsal, w workspace.Workspace, story simulate.Story) error {
	members, err := m.h.store.Members(ctx, w.Number)
	if err != nil {
		return err
	}
	of := map[staff.Role][]staff.Member{}
	for _, x := range members {
		if !x.Disabled {
			of[x.Role] = append(of[x.Role], x)
		}
	}
	taken := map[staff.Role]int{}
	for _, part := range simulate.Staff {
		role := staff.Role(part.Role)
		if all := of[role]; len(all) > 0 {
			id := all[taken[role]%len(all)].ID
			taken[role]++
			r.staff[part.Login] = id
			if r.logins[id] == "" {
				r.logins[id] = part.Login
			}
			continue
		}
		x := staff.Member{ID: ulid.Make().String(), Login: "演练-" + part.Login, Name: part.Name, Role: role, Hash: "-", Language: "zh", Created: story.Start.UnixMicro()}
		if err := m.h.store.CreateMember(ctx, w.Number, x); err != nil {
			return fmt.Errorf("make up the %s: %w", part.Role, err)
		}
		r.staff[part.Login], r.logins[x.ID] = x.ID, part.Login
	}
	return nil
}

// forget removes what lies beside the database of a workspace that was removed: its snapshot and its people's files.
func (h *house) forget(w workspace.Workspace) {
	if file := h.snapshot(w); file != "" {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			h.log.Warn("the snapshot of a removed workspace stays", "workspace", string(w.ID), "error", err)
		}
	}
	if dir := h.reports(); dir != "" && w.Kind == workspace.Rehearsal && w.Number > 0 {
		if err := os.RemoveAll(filepath.Join(dir, strconv.Itoa(int(w.Number)))); err != nil {
			h.log.Warn("the files of a removed workspace stay", "workspace", string(w.ID), "error", err)
		}
	}
}

// fromLive makes a rehearsal beside a live workspace and waits until it is ready.
func (c initCmd) fromLive(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	live, err := h.workspace(ctx, c.From)
	if err != nil {
		return err
	}
	if live.Kind != workspace.Live {
		return usage("%q is a rehearsal itself; --from names a live workspace", c.From)
	}
	if err := h.free(ctx, c.Name); err != nil {
		return err
	}
	story, err := json.Marshal(workspace.Story{People: c.People, Days: c.Days, Seed: c.Seed, Programme: c.Programme})
	if err != nil {
		return fmt.Errorf("write the story: %w", err)
	}
	m := &besideMaker{h, ps}
	at := time.Now().UnixMicro()
	w, err := m.begin(ctx, workspace.Workspace{Name: c.Name, Beside: live.Number, Story: string(story), Untold: 1000, Created: at, ToldAt: at},
		audit.Entry{At: at, Actor: "command", Action: "rehearsal.create", Detail: string(story)}, audit.Entry{At: at, Actor: "command", Action: "workspace.create"})
	if err != nil {
		return err
	}
	bar := t.progress(fmt.Sprintf("%d 人过 %d 天", c.People, c.Days), fmt.Sprintf("%d people live %d days", c.People, c.Days))
	err = m.tell(ctx, w, func(done, of int64, now time.Time) { bar.show(done, of, now.Format("2006-01-02")) })
	bar.end()
	if err != nil {
		return err
	}
	return t.sum(c.JSON, map[string]string{"workspace": string(w.ID), "name": w.Name, "kind": string(w.Kind), "beside": string(live.ID)},
		fmt.Sprintf("演练空间 %s 已建在 %s 旁边。控制台顶上换过去；账号和正式空间一样", w.Name, live.Name),
		fmt.Sprintf("made the rehearsal %s beside %s; switch to it at the top of the console, with the accounts of the live workspace", w.Name, live.Name))
}

// free makes sure that a name is nobody's yet.
func (h *house) free(ctx context.Context, name string) error {
	all, err := h.store.Workspaces(ctx)
	for _, w := range all {
		if w.Name == name {
			return usage("there is a workspace %q already", name)
		}
	}
	return err
}
