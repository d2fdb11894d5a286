package conductor_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/identity"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/review"
	"peiban/internal/rule"
	"peiban/programmes"
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

// as gives an item the identifiers of several platforms.
func as(it conductor.Item, ids ...string) conductor.Item {
	it.Ident = nil
	for i := 0; i < len(ids); i += 2 {
		it.Ident = append(it.Ident, conductor.Identifier{Type: ids[i], Value: ids[i+1]})
	}
	return it
}

func TestThreeSourcesBecomeOnePerson(t *testing.T) {
	b := newBench(t)
	came := func(ids ...string) conductor.Item {
		return as(b.item("", "contact_added", `{"channel":"pharmacy"}`, b.now), ids...)
	}
	out := b.submit(
		came("account", "shop-77", "phone", "13912345678"),
		came("unionid", "o6_bmasdasdsad", "phone", "139 1234 5678"),
		came("record", "H-4412", "id_card", "110101195801011234"))
	if out[0].Person == 0 || out[1].Person == 0 || out[2].Person == 0 || out[2].Person == out[0].Person {
		t.Fatalf("%+v", out)
	}
	shop, scan, hospital := out[0].Person, out[1].Person, out[2].Person
	b.now = b.now.Add(time.Hour)
	// The hospital tells the unionid as well, and the shop's account: what is surely one person's makes them one.
	out = b.submit(came("record", "H-4412", "unionid", "o6_bmasdasdsad", "account", "shop-77"))
	if out[0].Status != conductor.Stored {
		t.Fatalf("%+v", out[0])
	}
	for _, n := range [3]person.Number{shop, scan, hospital} {
		if l, err := b.c.Look(n, 0, 0); err != nil || l.Card.Number != shop {
			t.Errorf("%d is %d, %v", n, l.Card.Number, err)
		}
	}
	b.replays()
	ok(t, b.c.Unmerge(t.Context(), hospital, byStaff))
	if l, err := b.c.Look(hospital, 0, 0); err != nil || l.Card.Number != hospital {
		t.Errorf("the hospital's record is %d, %v", l.Card.Number, err)
	}
	if l, err := b.c.Look(scan, 0, 0); err != nil || l.Card.Number != shop {
		t.Errorf("the scan is %d, %v", l.Card.Number, err)
	}
	b.replays()
}

func TestWhatNeverMergesByItself(t *testing.T) {
	b := newBench(t)
	came := func(ids ...string) conductor.Item {
		return as(b.item("", "contact_added", `{"channel":"pharmacy"}`, b.now), ids...)
	}
	one := func(it conductor.Item) person.Number { return b.submit(it)[0].Person }
	mother, son := one(came("unionid", "union-mother", "phone", "13912345678")), one(came("unionid", "union-son-1"))
	if got := one(came("unionid", "union-son-1", "phone", "13912345678")); got != son || got == mother {
		t.Errorf("a family's telephone made %d of %d and %d", got, mother, son)
	}
	if got := one(came("unionid", "union-son-1", "unionid", "union-mother")); got != son && got != mother {
		t.Errorf("two unionids made %d", got)
	}
	if l, _ := b.c.Look(son, 0, 0); l.Card.Number != son {
		t.Error("two unionids of two people made one")
	}
	if _, err := b.c.Merge(t.Context(), mother, son, "", byStaff); err == nil {
		t.Error("staff merged two unionids")
	}
	if o := b.submit(came("phone", "000000000")); o[0].Status != conductor.Refused || o[0].Fault == nil {
		t.Errorf("zeros named somebody: %+v", o[0])
	}
	pairs, _, err := b.store.Proposals(t.Context(), b.ws.Number, review.Filter{}, 0, 100)
	ok(t, err)
	if len(pairs) == 0 {
		t.Error("nobody is asked about the two")
	}
}

func TestTwoWorkersMakeOnePerson(t *testing.T) {
	b := newBench(t)
	other := b.open()
	var wg sync.WaitGroup
	var got [20]person.Number
	for i := range got {
		c := b.c
		if i%2 == 1 {
			c = other
		}
		it := b.item("new", "glucose", fmt.Sprintf(`{"value":%d.%d,"unit":"mmol/L"}`, 4+i/10, i%10), b.now)
		wg.Go(func() {
			out, err := c.Submit(t.Context(), conductor.Live, audit.Entry{Actor: "source:test", Action: "intake.batch"}, []conductor.Item{it})
			if err != nil {
				t.Error(err)
				return
			}
			got[i] = out[0].Person
		})
	}
	wg.Wait()
	for _, n := range got {
		if n == 0 || n != got[0] {
			t.Fatalf("one new person became %v", got)
		}
	}
}

func TestIdentifiersArePartedAndMergedAgain(t *testing.T) {
	b := newBench(t)
	other := b.open()
	came := func(ids ...string) conductor.Item {
		return as(b.item("", "contact_added", `{"channel":"pharmacy"}`, b.now), ids...)
	}
	n := b.submit(came("userId", "zhang", "device", "SN88A1"))[0].Person
	_, err := other.Tick(t.Context())
	ok(t, err)
	if got := b.submit(came("device", "SN88A1"))[0].Person; got != n {
		t.Fatalf("the meter is %d's", got)
	}
	ids, err := b.store.IdentitiesOf(t.Context(), b.ws.Number, n)
	ok(t, err)
	var meter [][16]byte
	for _, i := range ids {
		if i.Type == "device" {
			meter = append(meter, i.Hash)
		}
	}
	before := b.life(b.c, n)
	ok(t, b.c.Split(t.Context(), n, meter, byStaff)) // the meter was passed to a neighbour
	b.now = b.now.Add(time.Hour)
	neighbour := b.submit(came("device", "SN88A1"))[0].Person
	if neighbour == n || b.submit(came("userId", "zhang"))[0].Person != n {
		t.Errorf("the meter still is %d's", neighbour)
	}
	_, err = other.Tick(t.Context())
	ok(t, err)
	it := came("device", "SN88A1")
	it.MessageID = "there"
	out, err := other.Submit(t.Context(), conductor.Live, audit.Entry{Actor: "source:test", Action: "intake.batch"}, []conductor.Item{it})
	ok(t, err)
	if out[0].Person != neighbour {
		t.Errorf("to the other process the meter is %d's", out[0].Person)
	}
	if err := b.c.Split(t.Context(), n, meter, byStaff); err == nil {
		t.Error("it was parted twice")
	}
	b.replays()
	_, err = b.c.Merge(t.Context(), n, neighbour, "", byStaff)
	ok(t, err)
	if got, want := lastLines(b.life(b.c, n)), lastLines(before); got != want {
		t.Errorf("merged again\n%s\nwas\n%s", got, want)
	}
	b.replays()
}

// A patient and a doctor stay two, whoever says that they are one: an event with the surest identifiers of both, or staff.
func TestAPatientAndADoctorAreNeverOne(t *testing.T) {
	b := newBench(t)
	hcp, problems := programme.Open(programmes.FS, "hcp-academic")
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	b.c.Close()
	b.progs = append(b.progs, hcp)
	b.c = b.open()
	came := func(programme string, ids ...string) conductor.Item {
		it := as(b.item("", "contact_added", `{"channel":"hospital"}`, b.now), ids...)
		it.Programme = programme
		return it
	}
	doctor := b.submit(came("hcp-academic", "unionid", "o6_doctor_1"))[0].Person
	patient := b.submit(came("", "record", "H-1"))[0].Person
	if out := b.submit(came("", "unionid", "o6_doctor_1", "record", "H-1")); out[0].Status != conductor.Stored || out[0].Person != doctor && out[0].Person != patient {
		t.Fatalf("%+v", out)
	}
	for _, n := range [2]person.Number{doctor, patient} {
		if l, err := b.c.Look(n, 0, 0); err != nil || l.Card.Number != n {
			t.Errorf("%d is %d, %v", n, l.Card.Number, err)
		}
	}
	pairs, _, err := b.store.Proposals(t.Context(), b.ws.Number, review.Filter{}, 0, 10)
	ok(t, err)
	if len(pairs) != 1 || pairs[0].Cause != string(identity.OtherRole) {
		t.Errorf("%+v", pairs)
	}
	if _, err := b.c.Merge(t.Context(), patient, doctor, "同名", byStaff); !errors.Is(err, conductor.ErrOtherRole) {
		t.Errorf("staff merged them: %v", err)
	}
	if _, err := b.c.LookAtMerge(t.Context(), patient, doctor); !errors.Is(err, conductor.ErrOtherRole) {
		t.Errorf("%v", err)
	}
	b.replays()
}

// Referrals are found by whoever they are of now, in the process that merged and in others, and count for the doctor's load.
func TestAReferralIsWhoseItIsNow(t *testing.T) {
	b := newBench(t)
	zhang, li := b.consent("zhang"), b.consent("li")
	other := b.open()
	proof := audit.Entry{Actor: "staff:liu", Action: "referral.open"}
	ok(t, b.c.OpenReferral(t.Context(), li, "diabetes/retinopathy", "", proof))
	of := func(c *conductor.Conductor) []person.Number {
		_, err := c.Tick(t.Context())
		ok(t, err)
		all, err := c.Referrals(t.Context())
		ok(t, err)
		var out []person.Number
		for _, r := range all {
			out = append(out, r.Person)
		}
		return out
	}
	both := func(what string, want person.Number) {
		t.Helper()
		for _, c := range []*conductor.Conductor{b.c, other} {
			if got := of(c); len(got) != 1 || got[0] != want {
				t.Errorf("%s: referrals of %v, want of %d", what, got, want)
			}
		}
	}
	both("opened", li)
	_, err := b.c.Merge(t.Context(), zhang, li, "one", audit.Entry{Actor: "staff:liu", Action: "person.merge"})
	ok(t, err)
	both("merged", zhang)
	ok(t, b.c.Unmerge(t.Context(), li, audit.Entry{Actor: "staff:liu", Action: "person.unmerge"}))
	both("parted", li)
}

// A date that a merge brings along enters nothing when it is past, though it is another moment in the survivor's zone.
func TestADateOfTheOtherEntersNothing(t *testing.T) {
	b := newBench(t)
	b.publish(b.c, func(f programme.Files) {
		f["journeys/after.yaml"] = "name: {zh: 旅程, en: A journey}\nenter: {date: {of: visit, days: 1, at: \"10:00\"}}\nsteps: [{points: {amount: 1, rule: came}}]\n"
	})
	zhang, li := b.consent("zhang"), b.consent("li")
	b.submit(b.item("zhang", "profile", `{"zone":"America/New_York"}`, b.now))
	b.now = time.Date(2026, 3, 9, 15, 0, 0, 0, shanghai)
	b.submit(b.item("li", "visit", `{}`, b.now)) // the day after at ten: for zhang twelve hours later than for li
	entered := func(n person.Number, what string, want int) {
		t.Helper()
		b.tick()
		l, err := b.c.Look(n, 0, 0)
		ok(t, err)
		for _, e := range l.State.Entries {
			if e.Journey == "after" && e.Count != want {
				t.Errorf("%s: entered %d times, want %d", what, e.Count, want)
			}
		}
		b.same(b.c)
		b.same(b.open())
	}
	b.now = time.Date(2026, 3, 11, 11, 0, 0, 0, shanghai)
	entered(li, "her own", 1)
	_, err := b.c.Merge(t.Context(), zhang, li, "one", byStaff)
	ok(t, err)
	b.now = b.now.Add(time.Hour)
	b.submit(b.item("zhang", "meal", `{"carbs":40}`, b.now))
	entered(zhang, "merged", 1)
	ok(t, b.c.Unmerge(t.Context(), li, byStaff))
	b.now = b.now.Add(time.Hour)
	b.submit(b.item("li", "meal", `{"carbs":40}`, b.now))
	entered(li, "parted", 1)
}
