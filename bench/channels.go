package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"peiban/internal/api"
	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/timeline"
)

const (
	benchCodes  = 400
	pageLimitMs = 500
)

// channels measures the page of entry codes over everybody: through the API, as the console asks for it.
func channels(o options) ([]row, error) {
	people := o.people
	if o.full && !o.sized {
		people = 1_000_000
	}
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newPlace(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	fmt.Fprintf(os.Stderr, "bench: %d people come by %d codes ...\n", people, benchCodes)
	codes, err := p.codes(ctx)
	if err != nil {
		return nil, err
	}
	head := event.Seq(20 * (people + 2))
	err = timeline.Write(p.snapshot(), string(p.ws.ID), head, people+1, func(n person.Number) *timeline.Timeline { return arrived(n, codes) })
	if err != nil {
		return nil, err
	}
	err = p.admit(ctx, people, head, func(n person.Number) (*engine.State, int64) {
		var pr engine.Progress
		if n%3 != 0 {
			pr.Tags = []engine.Active{{Key: entrance.ActivatedTag, Since: benchDay.AddDate(0, 0, -int(n%150)).UnixMicro(), Version: 1}}
		}
		return p.joined(pr), engine.Never
	})
	if err != nil {
		return nil, err
	}
	hash, err := staff.HashPassword("bench bench bench")
	if err != nil {
		return nil, err
	}
	if err := p.store.CreateMember(ctx, p.ws.Number, staff.Member{ID: "01BENCH", Login: "bench", Name: "bench", Role: staff.Admin, Hash: hash, Language: "zh"}); err != nil {
		return nil, err
	}
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	began := time.Now()
	rows, err := c.Origins(ctx)
	if err != nil {
		return nil, err
	}
	first := time.Since(began)
	settled := 0
	for i := range rows {
		if rows[i].Settled != 0 {
			settled++
		}
	}
	srv, err := api.New(api.Config{Conductors: []*conductor.Conductor{c}, Store: p.store, Real: clk.now})
	if err != nil {
		return nil, err
	}
	defer srv.Close()
	ask, err := signedIn(srv)
	if err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d people, %d codes", people, benchCodes)
	out := []row{{What: "channels: how everybody came in, read once after the start", Size: size, Ours: first.Seconds(), Unit: "s", Bar: "told", Met: true,
		Detail: fmt.Sprintf("%d settled, %d bytes a person", settled, 24)}}
	for _, x := range []struct{ what, path string }{
		{"channels: the list", "/api/entrances?limit=50"}, {"channels: the list of 90 days", "/api/entrances?limit=50&from=2026-01-01&to=2026-03-31"},
		{"channels: one code with its days", "/api/entrances/c7"}, {"channels: by region", "/api/entrances/regions"}, {"channels: who brought whom", "/api/inviters"},
	} {
		worst, middle, err := ask(x.path)
		if err != nil {
			return nil, err
		}
		out = append(out, row{What: x.what, Size: size, Ours: worst, Unit: "ms at worst of 15", Bar: "< 500 ms for 1,000,000 people", Met: worst < pageLimitMs, Detail: fmt.Sprintf("%.0f ms in the middle", middle)})
	}
	return out, nil
}

// codes makes the codes, with costs, and gives what is printed on each.
func (p *place) codes(ctx context.Context) ([]event.Symbol, error) {
	var out []event.Symbol
	var costs []entrance.Cost
	day := entrance.DayOf(benchDay.UnixMicro(), benchDay.Location())
	for i := range benchCodes {
		e := entrance.Entrance{
			ID: fmt.Sprintf("c%d", i), State: entrance.NewState(), Kind: entrance.Kinds[i%len(entrance.Kinds)], Name: fmt.Sprintf("入口 %d", i), Programme: p.in.Key,
			Province: entrance.Provinces[i%len(entrance.Provinces)],
		}
		if _, err := p.store.SaveEntrance(ctx, p.ws.Number, e, 1, "bench"); err != nil {
			return nil, err
		}
		out = append(out, event.Intern(e.State))
		for m := range int32(6) {
			costs = append(costs, entrance.Cost{ID: fmt.Sprintf("%d-%d", i, m), Entrance: e.ID, From: day - 30*(m+1), To: day - 30*m - 1, Fen: 100_000, What: "x"})
		}
	}
	_, err := p.store.SaveCosts(ctx, p.ws.Number, costs, 1, "bench")
	return out, err
}

// arrived is the history of somebody who came by a code, agreed at once, and was heard from for a while.
func arrived(n person.Number, codes []event.Symbol) *timeline.Timeline {
	t := &timeline.Timeline{}
	if n == 0 {
		return t
	}
	r := rand.New(rand.NewPCG(17, uint64(n)))
	at := benchDay.Add(-time.Duration(r.Int64N(int64(180 * 24 * time.Hour)))).UnixMicro()
	seq := event.Seq(20 * uint64(n))
	add := func(e event.Event) {
		seq++
		e.Seq, e.Occurred, e.Received = seq, at, at
		t.Add(&e)
		at += r.Int64N(10 * 86400 * 1e6)
	}
	add(event.Event{Type: event.ContactAdded, Num: math.NaN(), B: codes[int(uint32(n)*2654435761>>8)%len(codes)]})
	add(event.Event{Type: event.Consent, Num: 1, A: historySymbols.service})
	for range 2 + r.IntN(8) {
		add(event.Event{Type: event.Glucose, Num: 7})
	}
	return t
}

// signedIn gives what asks for a page as a member of staff does, and tells the worst and the middle of several times in milliseconds.
func signedIn(srv http.Handler) (func(path string) (worst, middle float64, err error), error) {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/api/session", strings.NewReader(`{"login":"bench","password":"bench bench bench"}`))
	r.Header.Set("Content-Type", "application/json")
	srv.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return nil, fmt.Errorf("sign in: %d %s", w.Code, w.Body)
	}
	cookies := w.Result().Cookies()
	return func(path string) (worst, middle float64, err error) {
		var took []float64
		for range 15 {
			w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
			for _, c := range cookies {
				r.AddCookie(c)
			}
			began := time.Now()
			srv.ServeHTTP(w, r)
			took = append(took, float64(time.Since(began).Microseconds())/1000)
			if w.Code != http.StatusOK || !json.Valid(w.Body.Bytes()) {
				return 0, 0, fmt.Errorf("%s: %d %s", path, w.Code, w.Body)
			}
			worst = max(worst, took[len(took)-1])
		}
		return worst, median(took), nil
	}, nil
}
