package conductor_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/page"
	"peiban/internal/person"
)

// facts are what is true of somebody, whenever it was told: what stands, tags, stage, balance, consents.
func (b *bench) facts(c *conductor.Conductor, n person.Number) string {
	b.t.Helper()
	l, err := c.Look(n, 0, 0)
	ok(b.t, err)
	var out []string
	for i, t := range l.View.Type {
		if l.View.Flags[i]&event.Hidden != 0 || t == event.Correction || t == event.ProgrammeJoined || t.Spec().System && t != event.Points {
			continue // what was done about it stays done
		}
		out = append(out, fmt.Sprint(l.View.At[i], t, l.View.Num[i], l.View.A[i], l.View.B[i], l.View.C[i]))
	}
	slices.Sort(out)
	return strings.Join(out, "\n") + "\n" + lastLines(b.life(c, n))
}

// of are the keys of the identifiers of a type that came for a record.
func (b *bench) of(n person.Number, types ...string) (out [][16]byte) {
	b.t.Helper()
	ids, err := b.store.IdentitiesOf(b.t.Context(), b.ws.Number, n)
	ok(b.t, err)
	for _, i := range ids {
		if slices.Contains(types, i.Type) {
			out = append(out, i.Hash)
		}
	}
	return out
}

func (b *bench) balance(n person.Number) (sum float64) {
	b.t.Helper()
	_, v, _, _ := b.c.Glance(n)
	for i, t := range v.Type {
		if t == event.Points && v.Flags[i]&event.Hidden == 0 {
			sum += v.Num[i]
		}
	}
	return sum
}

// A meter is passed to a neighbour: what it measured is the neighbour's, the past as well; what came under the account too is not.
func TestWhatCameByAnIdentifierGoesWithIt(t *testing.T) {
	b := newBench(t)
	other := b.open()
	by := func(key, props string, ids ...string) conductor.Item {
		return as(b.item("", key, props, b.now), ids...)
	}
	glucose := func(v float64, ids ...string) conductor.Item {
		return by("glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","context":"fasting","remark":"晨起 %.1f"}`, v, v), ids...)
	}
	zhang := b.submit(
		by("consent", `{"purpose":"basic_service","granted":true,"textVersion":"1"}`, "userId", "zhang", "device", "SN88A1"),
		by("consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, "userId", "zhang"))[0].Person
	b.submit(glucose(6.1, "userId", "zhang"), glucose(7.7, "userId", "zhang", "device", "SN88A1"))
	mine := b.facts(b.c, zhang)
	b.now = b.now.Add(time.Hour)
	past := func(it conductor.Item) conductor.Item { // what was done on a reading that was told live stays done; see the guide
		it.Event.Flags |= event.Imported
		return it
	}
	low := b.submit(past(glucose(2.8, "device", "SN88A1")), past(glucose(9.9, "device", "SN88A1")), by("points", `{"rule":"meter","amount":20}`, "device", "SN88A1"))
	for _, o := range low {
		if o.Status != conductor.Stored || o.Person != zhang {
			t.Fatalf("%+v", o)
		}
	}
	wrong := by("correction", `{"reason":"typing"}`, "device", "SN88A1")
	wrong.Event.Retracts = low[1].Event.Seq
	b.submit(wrong)
	before, tasks := b.facts(b.c, zhang), len(b.tasks(zhang))
	if !strings.Contains(before, "gl_hypo2_28d") || b.balance(zhang) != 20 {
		t.Fatalf("before\n%s", before)
	}

	ok(t, b.c.Split(t.Context(), zhang, b.of(zhang, "device"), audit.Entry{Actor: "staff:1", Action: "person.split"}))
	neighbour := zhang + 1
	if got := b.facts(b.c, zhang); got != mine {
		t.Errorf("zhang has\n%s\nwant\n%s", got, mine)
	}
	if n, _ := b.counted(b.c, neighbour); n != 1 || b.balance(neighbour) != 20 || b.balance(zhang) != 0 {
		t.Errorf("the neighbour has %d readings and %g points, zhang %g points", n, b.balance(neighbour), b.balance(zhang))
	}
	if got := b.facts(b.c, neighbour); !strings.Contains(got, "gl_hypo2_28d") || !b.c.Members("tag", "gl_hypo2_28d").Contains(uint32(neighbour)) {
		t.Errorf("the neighbour is\n%s", got)
	}
	if len(b.tasks(neighbour)) != 0 || len(b.messages(neighbour)) != 0 || len(b.tasks(zhang)) != tasks {
		t.Error("something was sent or asked for the past")
	}
	_, v, _, _ := b.c.Glance(neighbour)
	for i, kind := range v.Type {
		if kind != event.Glucose || v.Flags[i]&event.Hidden != 0 {
			continue
		}
		es, err := b.store.EventsBySeq(t.Context(), b.ws.Number, neighbour, []event.Seq{v.Seq[i]})
		ok(t, err)
		ok(t, b.c.Reveal(neighbour, es))
		if es[0].Provenance != "device" || !strings.Contains(string(es[0].Body), "晨起 2.8") || es[0].Person != neighbour {
			t.Errorf("what was moved says %+v %s", es[0], es[0].Body)
		}
	}
	proof, err := b.store.Audit(t.Context(), b.ws.Number, audit.Filter{Action: "person.split"}, page.Part{Limit: 10})
	ok(t, err)
	if proof.Total != 2 || !strings.Contains(proof.Items[0].Detail, `"events":4`) {
		t.Errorf("%+v", proof.Items)
	}
	b.replays()
	for _, c := range []*conductor.Conductor{other, b.open()} { // one that follows, one that starts
		_, err := c.Tick(t.Context())
		ok(t, err)
		for _, n := range []person.Number{zhang, neighbour} {
			if got, want := b.facts(c, n), b.facts(b.c, n); got != want {
				t.Errorf("another process sees of %d\n%s\nwant\n%s", n, got, want)
			}
		}
	}
	b.now = b.now.Add(time.Hour)
	if o := b.submit(glucose(5.5, "device", "SN88A1"))[0]; o.Person != neighbour || o.Status != conductor.Kept {
		t.Errorf("the neighbour agreed to nothing yet: %+v", o)
	}

	if _, err := b.c.Unsplit(t.Context(), zhang, 999, byStaff); err == nil {
		t.Error("undone with nobody")
	}
	root, err := b.c.Unsplit(t.Context(), zhang, neighbour, audit.Entry{Actor: "staff:1", Action: "person.unsplit"})
	ok(t, err)
	got := slices.DeleteFunc(strings.Split(b.facts(b.c, zhang), "\n"), func(line string) bool { return strings.Contains(line, "glucose 5.5 ") }) // since
	if strings.Join(got, "\n") != before || root != zhang {
		t.Errorf("undone, %d is\n%s\nwas\n%s", root, strings.Join(got, "\n"), before)
	}
	if _, err := b.c.Unsplit(t.Context(), zhang, neighbour, byStaff); err == nil {
		t.Error("undone twice")
	}
	b.replays()
	ok(t, b.c.Unmerge(t.Context(), neighbour, byStaff)) // and that is undone too
	if got := b.facts(b.c, zhang); got != mine {
		t.Errorf("zhang has\n%s\nwant\n%s", got, mine)
	}
	b.replays()
}

// What somebody else agreed to is theirs: of a consent that came by the identifier that goes nothing is left here.
func TestAConsentGoesWithItsIdentifier(t *testing.T) {
	b := newBench(t)
	say := func(given bool, ids ...string) conductor.Item {
		return as(b.item("", "consent", fmt.Sprintf(`{"purpose":"health_data","granted":%t,"textVersion":"1"}`, given), b.now), ids...)
	}
	n := b.submit(as(b.item("", "contact_added", `{"channel":"pharmacy"}`, b.now), "userId", "zhang", "anonymousId", "browser-1"), say(true, "anonymousId", "browser-1"))[0].Person
	ok(t, b.c.Split(t.Context(), n, b.of(n, "anonymousId"), byStaff))
	b.now = b.now.Add(time.Hour)
	reading := func(ids ...string) conductor.Status {
		return b.submit(as(b.item("", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now), ids...))[0].Status
	}
	if s := reading("userId", "zhang"); s != conductor.Kept {
		t.Errorf("zhang agreed to nothing: %v", s)
	}
	if s := reading("anonymousId", "browser-1"); s != conductor.Stored {
		t.Errorf("the other agreed: %v", s)
	}
	b.replays()
	_, err := b.c.Unsplit(t.Context(), n, n+1, byStaff)
	ok(t, err)
	if got, _ := b.counted(b.c, n); got != 2 {
		t.Errorf("%d readings when they are one again: what waited is the person's who agreed", got)
	}
	b.replays()
}

// Readings under one or several identifiers, merges, partings of records and of identifiers, and their undoing at random: with all of them
// undone everybody has the facts, tags and balance of somebody whom nobody touched, and a replay agrees at every step.
func TestPartingsAtRandomAreUndone(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			b, alone := newBench(t), newBench(t)
			r := rand.New(rand.NewPCG(uint64(seed), 11))
			names := []string{"a", "b", "c"}
			var all, made []person.Number
			var parted [][2]person.Number
			for _, n := range names {
				it := as(b.item("", "contact_added", `{"channel":"pharmacy"}`, b.now), "userId", n, "device", "SN-"+n, "account", "acc-"+n)
				all = append(all, b.submit(it)[0].Person)
				alone.submit(it)
				b.consent(n)
				alone.consent(n)
			}
			next := slices.Max(all)
			splits, undone := 0, 0
			for range 40 {
				b.now = b.now.Add(time.Duration(1+r.IntN(180))*time.Minute + time.Duration(r.IntN(1e9)))
				alone.now = b.now
				switch k := r.IntN(12); {
				case k < 6:
					who := names[r.IntN(3)]
					var ids []string
					for _, id := range [][2]string{{"userId", who}, {"device", "SN-" + who}, {"account", "acc-" + who}} {
						if r.IntN(2) == 0 {
							ids = append(ids, id[0], id[1])
						}
					}
					if len(ids) == 0 {
						ids = []string{"device", "SN-" + who}
					}
					at := b.now.Add(-time.Duration(r.IntN(48)) * time.Hour)
					it := as(b.item("", "glucose", fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","context":"fasting"}`, 2.5+10*r.Float64()), at), ids...)
					if r.IntN(4) == 0 {
						it = as(b.item("", "points", fmt.Sprintf(`{"rule":"x","amount":%d}`, 1+r.IntN(9)), at), ids...)
					}
					it.Event.Flags |= event.Imported
					b.submit(it)
					alone.submit(it)
				case k < 9:
					n := append(slices.Clone(all), made...)[r.IntN(len(all)+len(made))]
					types := [][]string{{"device"}, {"account"}, {"device", "account"}}[r.IntN(3)]
					ids, err := b.store.IdentitiesOf(t.Context(), b.ws.Number, n)
					ok(t, err)
					going := b.of(n, types...)
					if len(going) == 0 || len(going) == len(ids) {
						continue
					}
					ok(t, b.c.Split(t.Context(), n, going, byStaff))
					next++
					made, parted = append(made, next), append(parted, [2]person.Number{n, next})
					splits++
				case k < 10 && len(parted) > 0:
					p := parted[r.IntN(len(parted))]
					if _, err := b.c.Unsplit(t.Context(), p[0], p[1], byStaff); err == nil {
						undone++
					}
				case k < 11:
					_, _ = b.c.Merge(t.Context(), all[r.IntN(3)], all[r.IntN(3)], "", byStaff)
				default:
					_ = b.c.Unmerge(t.Context(), append(slices.Clone(all), made...)[r.IntN(len(all)+len(made))], byStaff)
				}
				if r.IntN(10) == 0 {
					b.replays()
					b.c.Close()
					b.c = b.open()
				}
			}
			if splits == 0 {
				t.Fatal("nobody was parted")
			}
			b.replays()
			for again := true; again; {
				again = false
				for _, n := range append(slices.Clone(all), made...) {
					again = b.c.Unmerge(t.Context(), n, byStaff) == nil || again
				}
			}
			for _, p := range parted {
				_, err := b.c.Unsplit(t.Context(), p[0], p[1], byStaff)
				ok(t, err)
			}
			b.replays()
			for i, n := range all {
				if got, want := b.facts(b.c, n), alone.facts(alone.c, all[i]); got != want {
					t.Errorf("%s is\n%s\nand never touched would be\n%s", names[i], got, want)
				}
			}
		})
	}
}
