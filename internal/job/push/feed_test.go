package push

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/out"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
)

// read reads the whole feed in pages of a size.
func (g *rig) read(w out.Want, size int) (all []out.Item) {
	g.t.Helper()
	at := out.Place{}
	for {
		p, err := g.r.Feed.Page(g.t.Context(), at, out.Place{}, &w, size)
		g.must(err)
		if p.Next.Compare(at) < 0 {
			g.t.Fatalf("back from %v to %v", at, p.Next)
		}
		all, at = append(all, p.Items...), p.Next
		if !p.More {
			return all
		}
	}
}

func of(items []out.Item, action string) (n int) {
	for _, i := range items {
		if i.Action == action {
			n++
		}
	}
	return n
}

func both(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Run("sqlite", func(t *testing.T) { f(t, storetest.SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, storetest.Postgres(t)) })
}

func TestTheFeedIsTheSameInPagesOfEverySize(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		g := newRig(t, s)
		for i := range 4 {
			c := g.add(fmt.Sprint("人", i), "sponsor_share_identified")
			for k := range 5 {
				g.glucose(c.Number, 2.5+float64(k+i))
			}
		}
		w := out.Want{Receiver: shared, History: true}
		whole := g.read(w, 1000)
		if len(whole) < 40 {
			t.Fatalf("%d items", len(whole))
		}
		seen := map[string]bool{}
		for i, x := range whole {
			if seen[x.ID] {
				t.Errorf("%s twice", x.ID)
			}
			seen[x.ID] = true
			if i > 0 && whole[i-1].Place.Compare(x.Place) >= 0 {
				t.Errorf("%v before %v", whole[i-1].Place, x.Place)
			}
			at, err := out.ParseCursor(x.Cursor, g.w.ID)
			if err != nil || at != x.Place {
				t.Errorf("cursor of %v: %v %v", x.Place, at, err)
			}
		}
		for _, size := range []int{1, 2, 7} {
			parts := g.read(w, size)
			if len(parts) != len(whole) {
				t.Fatalf("pages of %d: %d items of %d", size, len(parts), len(whole))
			}
			for i := range parts {
				if parts[i].ID != whole[i].ID {
					t.Fatalf("pages of %d: item %d is %s, not %s", size, i, parts[i].ID, whole[i].ID)
				}
			}
		}
	})
}

func TestOnlyWhoSharesIsTold(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	yes := g.add("张桂芳", "sponsor_share_identified")
	no := g.add("李四")
	g.glucose(yes.Number, 7.8)
	g.glucose(no.Number, 6.1)
	w := out.Want{Receiver: shared}
	for _, i := range g.read(w, 100) {
		if i.Person != string(yes.ID) {
			t.Fatalf("told of somebody who shares nothing: %+v", i)
		}
	}
	all := g.read(out.Want{Types: []string{"glucose"}, Receiver: out.Receiver{Basis: out.Entrusted, Contract: "C-1"}}, 100)
	if len(all) != 2 {
		t.Errorf("one entrusted hears of %d readings", len(all))
	}
	if got := g.read(out.Want{Types: []string{"glucose"}, Receiver: out.Receiver{Basis: "sponsor_share_identified", Abroad: true, Approval: "A"}}, 100); len(got) != 0 {
		t.Errorf("abroad without the person's own consent to that: %+v", got)
	}
	g.tell(yes.Number, "consent", `{"purpose":"sponsor_share_identified","granted":false,"textVersion":"1"}`)
	left := g.read(w, 100)
	if len(left) != 1 || left[0].Action != out.SharingEnded || left[0].Person != string(yes.ID) {
		t.Errorf("after the withdrawal: %+v", left)
	}
	if p, err := g.r.Feed.Page(t.Context(), out.Place{}, out.Place{}, &out.Want{Types: []string{"glucose"}, Receiver: shared, Programmes: []string{"hypertension"}}, 10); err != nil || len(p.Items) != 0 {
		t.Errorf("another programme: %+v %v", p.Items, err)
	}
}

func TestHealthNeedsConsentToHealthData(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	a := g.add("张桂芳", "sponsor_share_identified")
	g.glucose(a.Number, 2.4)
	g.tell(a.Number, "session", `{"app":"phone","minutes":3}`)
	g.tell(a.Number, "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`)
	for _, i := range g.read(out.Want{Receiver: shared}, 100) {
		if i.Type == "glucose" || i.Type == out.TagEntered || i.Type == out.StageChanged {
			t.Errorf("%+v", i)
		}
	}
	if got := g.read(out.Want{Types: []string{"session"}, Receiver: shared}, 100); of(got, out.Happened) != 1 || of(got, out.SharingEnded) != 1 {
		t.Errorf("%+v", got)
	}
}

func TestCorrectionsAndErasuresAreTold(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	a := g.add("张桂芳", "sponsor_share_identified")
	first, second := g.glucose(a.Number, 7.8), g.glucose(a.Number, 6.1)
	g.tell(a.Number, "glucose", fmt.Sprintf(mmol, 8.7), func(e *event.Event) { e.Supersedes = first.Seq })
	_, err := g.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Person: a.Number, MessageID: "x", Event: event.Event{
		Type: event.Correction, Schema: 1, Retracts: second.Seq, Occurred: g.clock.Load(), Actor: "staff:S1", Provenance: "console"}}})
	g.must(err)
	w := out.Want{Types: []string{"glucose"}, Receiver: shared}
	got := g.read(w, 100)
	if len(got) != 4 || got[2].Action != out.Corrected || got[2].Corrects != got[0].ID || got[3].Action != out.TakenBack || got[3].Retracts != got[1].ID || got[3].Of != "glucose" {
		t.Fatalf("%+v", got)
	}
	g.must(g.c.Erase(t.Context(), a.Number, audit.Entry{Actor: "staff:S1", Action: "person.erase"}))
	got = g.read(w, 100)
	if len(got) != 1 || got[0].Action != out.Erased || got[0].Person != string(a.ID) || got[0].Properties != nil {
		t.Errorf("after the erasure: %+v", got)
	}
}

func TestNamesAndTextsComeWithTheirScopeOnly(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	a := g.add("张桂芳", "sponsor_share_identified")
	g.tell(a.Number, "glucose", `{"value":126,"unit":"mg/dL","note":"儿子张伟量的","deviceName":"张家"}`)
	w := out.Want{Types: []string{"glucose"}, Receiver: shared}
	bare := g.read(w, 10)[0]
	if bare.Who != nil || bare.Properties["note"] != nil || bare.Properties["deviceName"] != nil {
		t.Errorf("%+v", bare)
	}
	if bare.Properties["entered"] != 126.0 || bare.Properties["enteredUnit"] != "mg/dL" || bare.Properties["unit"] != "mmol/L" {
		t.Errorf("%+v", bare.Properties)
	}
	w.Names = true
	named := g.read(w, 10)[0]
	if named.Who == nil || named.Who.Name != "张桂芳" || named.Properties["note"] != "儿子张伟量的" || named.Properties["deviceName"] != "张家" {
		t.Errorf("%+v", named)
	}
}

// TestNobodyAtTheTailMissesACommit reads while several write: each event is seen once, in the order of the log.
func TestNobodyAtTheTailMissesACommit(t *testing.T) {
	both(t, func(t *testing.T, s *store.Store) {
		g := newRig(t, s)
		var people []conductor.Card
		for i := range 4 {
			people = append(people, g.add(fmt.Sprint("人", i), "sponsor_share_identified"))
		}
		const each = 25
		done := make(chan error, len(people))
		for _, c := range people {
			go func() {
				for k := range each {
					e, f := event.Decode("weight", fmt.Appendf(nil, `{"value":%d}`, 50+k))
					if f != nil {
						done <- f
						return
					}
					e.Occurred, e.Actor, e.Provenance = g.clock.Load()-int64(k), "source", "device"
					if _, err := g.c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{{Person: c.Number, Event: e, MessageID: fmt.Sprint(c.Number, " ", k)}}); err != nil {
						done <- err
						return
					}
				}
				done <- nil
			}()
		}
		w := out.Want{Types: []string{"weight"}, Receiver: shared}
		at, seen, left := out.Place{}, map[string]bool{}, len(people)
		for {
			over := left == 0
			p, err := g.r.Feed.Page(t.Context(), at, out.Place{}, &w, 7)
			g.must(err)
			for _, i := range p.Items {
				if seen[i.ID] {
					t.Fatalf("%s twice", i.ID)
				}
				seen[i.ID] = true
			}
			at = p.Next
			if over && !p.More {
				break
			}
			select {
			case err := <-done:
				g.must(err)
				left--
			default:
			}
		}
		if len(seen) != len(people)*each {
			t.Errorf("%d of %d", len(seen), len(people)*each)
		}
	})
}

func TestACursorOfAnotherWorkspaceIsRefused(t *testing.T) {
	c := out.Place{Seq: 7, K: 2}.Cursor("A")
	if p, err := out.ParseCursor(c, "A"); err != nil || p != (out.Place{Seq: 7, K: 2}) {
		t.Error(p, err)
	}
	for _, text := range []string{"x", c + "a", "AAAAAAAAAAcAAAAC"} {
		if _, err := out.ParseCursor(text, "A"); !errors.Is(err, out.ErrCursor) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := out.ParseCursor(c, "B"); !errors.Is(err, out.ErrCursor) {
		t.Error(err)
	}
}

func TestARestoredCopySendsNothing(t *testing.T) {
	g := newRig(t, storetest.SQLite(t))
	g.hook("glucose")
	var b bytes.Buffer
	g.must(g.s.Backup(t.Context(), &b, nil))
	copied := storetest.SQLite(t)
	g.must(copied.Restore(t.Context(), &b, nil, func(string, int64) {}))
	h, err := copied.Hook(t.Context(), g.w.Number, "H1")
	g.must(err)
	if h.State != out.Paused || len(h.Told.Secrets) != 1 {
		t.Errorf("%+v", h)
	}
}
