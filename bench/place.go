package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// benchDay is a day on which nothing in particular happens, in the zone of the programme: a Friday.
var benchDay = time.Date(2026, 11, 20, 11, 27, 11, 123456000, mustZone("Asia/Shanghai"))

func mustZone(name string) *time.Location {
	l, err := time.LoadLocation(name)
	fail(err)
	return l
}

// place is a workspace made without a server, in a folder of its own: its rows are written as the store writes them, only
// without asking the engine for each.
type place struct {
	file  string
	url   string
	store *store.Store
	ws    workspace.Workspace
	ring  *keys.Ring
	in    *programme.Compiled
}

// newPlace makes an empty one. Its commits do not wait for the disk until it is opened again.
func newPlace(ctx context.Context, dir string) (*place, error) {
	compiled, problems := programme.Open(programmes.FS, "diabetes")
	if compiled == nil {
		return nil, fmt.Errorf("the programme does not compile: %v", problems)
	}
	return newPlaceAt(ctx, filepath.Join(dir, "place.db"), "", compiled)
}

// newPlaceAt makes one with another programme, and in the database at url; empty: in the file.
func newPlaceAt(ctx context.Context, file, url string, compiled *programme.Compiled) (*place, error) {
	p := &place{file: file, url: url, in: compiled}
	if p.url == "" {
		p.url = "sqlite:" + file
	}
	m, err := keys.Create(p.file + ".key")
	if err != nil {
		return nil, err
	}
	if p.store, err = store.Open(ctx, p.url, store.Options{Keys: m, Relaxed: true}); err != nil {
		return nil, err
	}
	ws := workspace.Workspace{ID: "01JBENCH000000000000000000", Name: "bench", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "bench"}
	if p.ws, err = p.store.CreateWorkspace(ctx, ws); err != nil {
		return nil, err
	}
	if p.ring, err = p.store.Ring(ctx, p.ws.Number); err != nil {
		return nil, err
	}
	return p, nil
}

// durable closes the database and opens it as a server does: every commit waits for the disk.
func (p *place) durable(ctx context.Context) error {
	if err := p.store.Close(); err != nil {
		return err
	}
	m, err := keys.Load(p.file+".key", "")
	if err != nil {
		return err
	}
	if p.store, err = store.Open(ctx, p.url, store.Options{Keys: m}); err != nil {
		return err
	}
	p.ring, err = p.store.Ring(ctx, p.ws.Number)
	return err
}

// snapshot is the file of the timelines.
func (p *place) snapshot() string { return p.file + ".timelines" }

// open starts the conductor at a moment the caller moves.
func (p *place) open(ctx context.Context, now func() time.Time) (*conductor.Conductor, error) {
	return conductor.Open(ctx, conductor.Config{
		Store: p.store, Ring: p.ring, Workspace: p.ws, Programmes: []*programme.Compiled{p.in}, Real: now, Snapshot: p.snapshot(),
	})
}

// atOnce is how many rows a transaction of the preparation holds.
const atOnce = 20_000

// admit writes people 1 to n, in the programme and agreed to everything, with the state and the wake that state gives
// for each, as a commit at head left them.
func (p *place) admit(ctx context.Context, n int, head event.Seq, state func(person.Number) (*engine.State, int64)) error {
	r := rand.New(rand.NewPCG(3, 4))
	for first := 1; first <= n; first += atOnce {
		tx, err := p.store.Begin(ctx, p.ws.Number)
		if err != nil {
			return err
		}
		ch := &conductor.Changes{}
		for k := first; k < min(first+atOnce, n+1); k++ {
			who, err := p.somebody(r, person.Number(k))
			if err != nil {
				return err
			}
			s, wake := state(person.Number(k))
			b, err := s.Encode()
			if err != nil {
				return err
			}
			ch.People = append(ch.People, who)
			ch.Settled = append(ch.Settled, conductor.StateRow{Person: who.Number, Bucket: who.Bucket, State: b, Wake: wake, Seq: head})
			ch.Identities = append(ch.Identities, conductor.Identity{
				Type: "userId", Hash: p.ring.Hash("userId", fmt.Sprintf("u%d", k)), Person: who.Number, Bucket: who.Bucket,
			})
		}
		if err := tx.Write(ctx, head, ch); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return nil
}

// somebody is a new person with a card, as intake makes one.
func (p *place) somebody(r *rand.Rand, n person.Number) (conductor.NewPerson, error) {
	var u ulid.ULID
	binary.BigEndian.PutUint64(u[:], uint64(benchDay.UnixMilli())<<16)
	binary.BigEndian.PutUint64(u[8:], r.Uint64())
	id := person.ID(u.String())
	key := p.ring.NewPersonKey(n)
	sealer, err := p.ring.Person(n, key)
	if err != nil {
		return conductor.NewPerson{}, err
	}
	card, err := json.Marshal(conductor.Profile{Name: string([]rune("陈李王张刘赵周吴")[r.IntN(8)]) + fmt.Sprint(n)})
	if err != nil {
		return conductor.NewPerson{}, err
	}
	return conductor.NewPerson{
		Person: person.Person{Number: n, ID: id, Bucket: id.Bucket(), Holdout: person.Holdout(p.ws.Salt, id), CreatedAt: 1, Version: 1},
		Key:    key, Profile: sealer.Seal("profile", card),
	}, nil
}

// follow writes n events of people 1 to people into the log, in commit order, a year's worth up to end.
func (p *place) follow(ctx context.Context, h historian, n int) error {
	r := rand.New(rand.NewPCG(5, 6))
	seen := make([]uint16, h.people+1)
	step := int64(365*86400) * 1e6 / int64(n)
	at := h.end - int64(n)*step
	es := make([]event.Event, 0, atOnce)
	for k := 1; k <= n; k++ {
		who := 1 + r.IntN(h.people)
		e := h.event(r, int(seen[who]), at)
		e.Seq, e.Person, e.Schema, e.Source, e.Offset, e.Actor = event.Seq(k), person.Number(who), 1, 1, 480, "source:1"
		binary.LittleEndian.PutUint64(e.Hash[:], r.Uint64())
		e.Original, e.Sent = e.Occurred, e.Occurred
		seen[who]++
		at += step
		es = append(es, e)
		if len(es) < atOnce && k < n {
			continue
		}
		tx, err := p.store.Begin(ctx, p.ws.Number)
		if err != nil {
			return err
		}
		if err := tx.AppendEvents(ctx, es); err != nil {
			return err
		}
		if err := tx.Write(ctx, event.Seq(k), nil); err != nil {
			return err
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		es = es[:0]
	}
	return nil
}

// joined is the state of somebody of whom nothing is known but that they are in the programme.
func (p *place) joined(pr engine.Progress) *engine.State {
	pr.Key, pr.Joined = p.in.Key, benchDay.AddDate(0, -6, 0).UnixMicro()
	s := &engine.State{V: 1, Programmes: []engine.Progress{pr}}
	for _, purpose := range []string{"basic_service", "health_data"} {
		s.Consents = append(s.Consents, engine.Grant{Purpose: purpose, Given: true, Version: "1", At: pr.Joined})
	}
	return s
}
