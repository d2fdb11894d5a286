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
	"peiban/internal/person"
	"peiban/internal/rule"
)

var byStaff = audit.Entry{Actor: "staff:1", Action: "person.merge"}

// life is everything that follows from a person's events: what counts, tags, stage, balance, consents.
func (b *bench) life(c *conductor.Conductor, n person.Number) string {
	b.t.Helper()
	l, err := c.Look(n, 0, 0)
	ok(b.t, err)
	var out []string
	points := 0.0
	for i, t := range l.View.Type {
		if t == event.Merged { // tells of the merge itself
			continue
		}
		out = append(out, fmt.Sprint(l.View.Seq[i], t, l.View.Flags[i]&event.Hidden != 0))
		if t == event.Points && l.View.Flags[i]&event.Hidden == 0 {
			points += l.View.Num[i]
		}
	}
	slices.Sort(out)
	for _, x := range l.Each() {
		for _, tag := range x.Tags {
			if tag.Truth == rule.True {
				out = append(out, tag.Tag.Key)
			}
		}
		p := l.State.Progress(x.Programme.Key)
		for _, tag := range p.Tags {
			if !c.Members("tag", tag.Key).Contains(uint32(l.Card.Number)) {
				b.t.Errorf("person %d has %s and is not counted", l.Card.Number, tag.Key)
			}
		}
		out = append(out, x.Programme.Key, p.Stage)
	}
	for _, g := range l.State.Consents {
		out = append(out, fmt.Sprint(g.Purpose, g.Given))
	}
	return strings.Join(append(out, fmt.Sprint(points)), "\n")
}

func (b *bench) replays() {
	b.t.Helper()
	_, diff, err := b.c.Replay(b.t.Context(), nil)
	ok(b.t, err)
	if len(diff) != 0 {
		b.t.Fatalf("replay of %s differs:\n%s\n%s", diff[0].Person, diff[0].Stored, diff[0].Again)
	}
}

func TestMergedPeopleAreOneAndPartAgain(t *testing.T) {
	b := newBench(t)
	zhang, li := b.consent("zhang"), b.consent("li")
	b.submit(
		b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L","context":"fasting"}`, b.now),
		b.item("li", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now),
		b.item("li", "profile", `{"name":"李秀英","gender":"female"}`, b.now))
	before := [2]string{b.life(b.c, zhang), b.life(b.c, li)}
	b.now = b.now.Add(time.Minute)
	root, err := b.c.Merge(t.Context(), li, zhang, "同一张身份证", byStaff)
	ok(t, err)
	if root != zhang {
		t.Fatalf("%d stays; the older is %d", root, zhang)
	}
	card, _ := b.c.Directory().ByNumber(zhang)
	if card.Name != "李秀英" {
		t.Errorf("the card says %q", card.Name)
	}
	if b.c.Members("tag", "gl_hypo2_28d").Contains(uint32(li)) || !b.c.Members("tag", "gl_hypo2_28d").Contains(uint32(zhang)) {
		t.Error("the tag is not counted once, with who stays")
	}
	if _, err := b.c.Merge(t.Context(), li, zhang, "", byStaff); err == nil {
		t.Error("they were merged twice")
	}
	l, err := b.c.Look(li, 0, 0)
	ok(t, err)
	if l.Card.Number != zhang || len(l.State.Runs) != 1 {
		t.Errorf("the old number finds %d with runs %+v", l.Card.Number, l.State.Runs)
	}
	if n := len(b.tasks(zhang)); n < 2 {
		t.Errorf("%d tasks of both", n)
	}
	b.replays()

	// An event under either name, a restart with and without the snapshot.
	b.now = b.now.Add(time.Minute)
	b.submit(
		b.item("li", "glucose", `{"value":7.5,"unit":"mmol/L","context":"after_lunch_2h"}`, b.now),
		b.item("zhang", "glucose", `{"value":6.6,"unit":"mmol/L","context":"bedtime"}`, b.now))
	merged := b.life(b.c, zhang)
	for range 2 {
		again := b.open()
		if got := b.life(again, li); got != merged {
			t.Fatalf("after a start\n%s\nwant\n%s", got, merged)
		}
		b.c.Close()
	}
	b.c = b.open()
	b.replays()

	b.now = b.now.Add(time.Minute)
	ok(t, b.c.Unmerge(t.Context(), li, byStaff))
	if n, _ := b.counted(b.c, li); n != 2 {
		t.Errorf("%d readings of li, want their own and the one that came since", n)
	}
	if n, _ := b.counted(b.c, zhang); n != 2 {
		t.Errorf("%d readings of zhang", n)
	}
	if card, _ := b.c.Directory().ByNumber(zhang); card.Name != "" {
		t.Errorf("the card still says %q", card.Name)
	}
	for i, n := range [2]person.Number{zhang, li} {
		if got := b.life(b.c, n); !strings.Contains(got, lastLines(before[i])) {
			t.Errorf("person %d is\n%s\nwas\n%s", n, got, before[i])
		}
	}
	if err := b.c.Unmerge(t.Context(), li, byStaff); err == nil {
		t.Error("parted twice")
	}
	b.replays()
	again := b.open()
	for _, n := range [2]person.Number{zhang, li} {
		if got, want := b.life(again, n), b.life(b.c, n); got != want {
			t.Errorf("after a start\n%s\nwant\n%s", got, want)
		}
	}
}

// lastLines is what follows from the events, without them.
func lastLines(life string) string {
	lines := strings.Split(life, "\n")
	i := slices.IndexFunc(lines, func(s string) bool { return s != "" && (s[0] < '0' || s[0] > '9') })
	return strings.Join(lines[i:], "\n")
}

func TestTheMostRestrictiveConsentHoldsWhileMerged(t *testing.T) {
	b := newBench(t)
	zhang, li := b.consent("zhang"), b.consent("li")
	b.now = b.now.Add(time.Hour)
	b.submit(b.item("li", "consent", `{"purpose":"health_data","granted":false,"textVersion":"1"}`, b.now))
	_, err := b.c.Merge(t.Context(), zhang, li, "", byStaff)
	ok(t, err)
	if o := b.submit(b.item("zhang", "glucose", `{"value":6.1,"unit":"mmol/L"}`, b.now)); o[0].Status != conductor.Kept {
		t.Errorf("a reading was taken in: %v", o[0].Status)
	}
	b.now = b.now.Add(time.Hour)
	ok(t, b.c.Unmerge(t.Context(), li, byStaff))
	if o := b.submit(b.item("zhang", "glucose", `{"value":6.4,"unit":"mmol/L"}`, b.now)); o[0].Status != conductor.Stored {
		t.Errorf("zhang never refused: %v", o[0].Status)
	}
	b.replays()
}

func TestTwoProcessesFollowAMerge(t *testing.T) {
	b := newBench(t)
	other := b.open()
	zhang, li := b.consent("zhang"), b.consent("li")
	b.submit(b.item("li", "glucose", `{"value":2.8,"unit":"mmol/L"}`, b.now))
	_, err := other.Tick(t.Context())
	ok(t, err)
	_, err = b.c.Merge(t.Context(), zhang, li, "", byStaff)
	ok(t, err)
	_, err = other.Tick(t.Context())
	ok(t, err)
	if got, want := b.life(other, li), b.life(b.c, zhang); got != want {
		t.Errorf("the other process sees\n%s\nwant\n%s", got, want)
	}
	ok(t, other.Unmerge(t.Context(), li, byStaff))
	_, err = b.c.Tick(t.Context())
	ok(t, err)
	for _, n := range [2]person.Number{zhang, li} {
		if got, want := b.life(b.c, n), b.life(other, n); got != want {
			t.Errorf("this process sees of %d\n%s\nwant\n%s", n, got, want)
		}
	}
	b.replays()
}

// Readings, corrections, merges and partings at random: whatever the order, undoing all merges leaves everybody with what came for
// them, and a replay and a fresh start agree at every step.
func TestMergesAtRandomAreUndone(t *testing.T) {
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for seed := range rounds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			b, alone := newBench(t), newBench(t)
			r := rand.New(rand.NewPCG(uint64(seed), 66))
			names := []string{"a", "b", "c", "d"}
			var all []person.Number
			for _, n := range names {
				all = append(all, b.consent(n))
				alone.consent(n)
			}
			merged := 0
			for range 40 {
				b.now = b.now.Add(time.Duration(1+r.IntN(180)) * time.Minute)
				alone.now = b.now
				switch k := r.IntN(10); {
				case k < 6:
					who := names[r.IntN(4)]
					at := b.now.Add(-time.Duration(r.IntN(48)) * time.Hour)
					props := fmt.Sprintf(`{"value":%.1f,"unit":"mmol/L","context":"fasting"}`, 2.5+10*r.Float64())
					it := b.item(who, "glucose", props, at)
					it.Event.Flags |= event.Imported // sends nothing: what was said is not undone
					b.submit(it)
					alone.submit(it)
				case k < 8:
					n, m := all[r.IntN(4)], all[r.IntN(4)]
					if _, err := b.c.Merge(t.Context(), n, m, "", byStaff); err == nil { // of one person it is refused
						merged++
					}
				default:
					_ = b.c.Unmerge(t.Context(), all[r.IntN(4)], byStaff)
				}
				if r.IntN(8) == 0 {
					b.c.Close()
					b.c = b.open()
				}
			}
			if merged == 0 {
				t.Fatal("nobody was merged")
			}
			b.replays()
			for again := true; again; {
				again = false
				for _, n := range all {
					again = b.c.Unmerge(t.Context(), n, byStaff) == nil || again
				}
			}
			b.replays()
			for i, n := range all {
				got, want := lastLines(b.life(b.c, n)), lastLines(alone.life(alone.c, all[i]))
				if got != want {
					t.Errorf("%s is\n%s\nand never merged would be\n%s", names[i], got, want)
				}
				here, _ := b.counted(b.c, n)
				there, _ := alone.counted(alone.c, n)
				if here != there {
					t.Errorf("%s has %d readings, never merged %d", names[i], here, there)
				}
			}
		})
	}
}
