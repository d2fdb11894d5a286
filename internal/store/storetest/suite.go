package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/store"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// Run holds a database to the suite; url gives the address of a new, migrated one.
func Run(t *testing.T, url func(testing.TB) string) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"an event comes back as it went in", roundTrip},
		{"a batch repeated gives no duplicates", repeated},
		{"an id with another content is no repeat", clashes},
		{"a repeat is found however many came between", manyIDs},
		{"a rollback leaves nothing", rollback},
		{"events out of order are refused", disorder},
		{"a commit is all or nothing", together},
		{"people are read by id, number and order", people},
		{"an identity stays with whom it came for", identities},
		{"states follow the commit sequence", states},
		{"transitions are paged, the newest first", transitions},
		{"versions of a programme are kept, drafts end with them", versions},
		{"transitions of everyone are read from a moment on", transitionsSince},
		{"statements about a programme are kept and taken back", statements},
		{"whom a version moved is read from its place", versionMovers},
		{"a run keeps what it began with", runs},
		{"the work of journeys is found by their runs", journeyWork},
		{"a message is inserted once and keeps its words", messages},
		{"messages are paged, to their reader once sent", messagePages},
		{"a task changed meanwhile is stale", tasks},
		{"a task that is late goes to another role once, with what is told", escalated},
		{"tasks are listed by whom, what and when", taskLists},
		{"quarantine is released once", quarantine},
		{"the audit log is filtered and paged", audits},
		{"staff sign in, fail and are locked", members},
		{"a session is found by kind and token", sessions},
		{"a sign-in link works once", links},
		{"a visit link is its person's and ends", visitLinks},
		{"a source is found by its key", sources},
		{"a source is changed, its key before taken for a while", changedSource},
		{"what came from a source is counted by the minute", minutes},
		{"refused events are kept once, listed and closed", rejects},
		{"a connected company is changed by who read it last", corps},
		{"a way out and the order of channels are changed by who read them last", outlets},
		{"what a company told is kept once and done once", callbacks},
		{"products are changed by who read them last", products},
		{"what nobody knows is asked once, whoever bought it", productQuestions},
		{"an entry code keeps what is printed", entrances},
		{"a browser arrives once", arrivals},
		{"a cost is mended by who read it last", costs},
		{"a person has one invitation", invitations},
		{"a job is worked on by one at a time", jobs},
		{"jobs made at once have numbers of their own", jobsAtOnce},
		{"who is put into a journey is kept, and the count", starts},
		{"an export is kept person by person until it is over", exports},
		{"a pair is decided once and not asked again", proposals},
		{"a long queue of pairs is read page by page", longQueue},
		{"one run looks for pairs at a time", matchRuns},
		{"identifiers are found by whose they are", identitiesOf},
		{"the identity policy is saved by who read it last", identityPolicies},
		{"who can look after people is one book", ownerBook},
		{"what is said about the work of staff", workSettings},
		{"words of opting out are one for all", stopWords},
		{"the smallest group of the page of effect", effectSettings},
		{"every version of the caps is kept", caps},
		{"knowledge is changed by who read it last", knowledgeBase},
		{"a deed done to many tasks can be taken back", taskBatches},
		{"what is planned for many", campaigns},
		{"the address of a calendar", calendarFeeds},
		{"an exam is taken once at a time and its version stays", courses},
		{"a hand-over leaves nobody and no work behind", handovers},
		{"a released id comes in once more", released},
		{"a key for other systems holds until it is over", apiKeys},
		{"a webhook is sent to by one at a time", webhooks},
		{"a delivery's moment is dealt with once", deliveries},
		{"an answer is kept for its request", answers},
		{"another workspace's ids are missing", isolation},
		{"unknown ids are missing", missing},
		{"a bad cursor is the client's mistake", badCursor},
		{"a resource is kept by version and found by its name", resources},
		{"erasing leaves nothing readable", erasing},
		{"keys are rotated and texts stay", rotation},
		{"figures count what waits", figures},
		{"writers take turns", writers},
		{"a clock is moved", clock},
		{"a rehearsal is made beside a live workspace and goes whole", beside},
		{"what served its time is purged", purging},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := url(t)
			c.run(t, newFixture(t, u))
		})
	}
	t.Run("two handles on one database see each other", func(t *testing.T) { twoHandles(t, url(t)) })
	t.Run("keys start with workspace, bucket, person", func(t *testing.T) {
		u := url(t)
		schema(t, Open(t, u), strings.HasPrefix(u, "sqlite:"))
	})
	t.Run("every table is in the backup or left out by name", func(t *testing.T) { backupIsComplete(t, Open(t, url(t))) })
}

var ctx = context.Background()

// fixture is a workspace with three people.
type fixture struct {
	*testing.T
	url    string
	s      *store.Store
	w      workspace.Number
	ring   *keys.Ring
	people []conductor.NewPerson
}

func newFixture(t *testing.T, url string) *fixture {
	t.Helper()
	f := &fixture{T: t, url: url, s: Open(t, url)}
	f.w = f.workspace("01WORKSPACE0000000000000001")
	var err error
	if f.ring, err = f.s.Ring(ctx, f.w); err != nil {
		t.Fatal(err)
	}
	f.people = f.add(f.w, 3)
	return f
}

func (f *fixture) workspace(id workspace.ID) workspace.Number {
	f.Helper()
	w, err := f.s.CreateWorkspace(ctx, workspace.Workspace{ID: id, Name: "Clinic", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai", Salt: "salt", Created: 1})
	f.must(err)
	return w.Number
}

// add creates n people in a workspace.
func (f *fixture) add(w workspace.Number, n int) []conductor.NewPerson {
	f.Helper()
	ring, err := f.s.Ring(ctx, w)
	f.must(err)
	var out []conductor.NewPerson
	f.commit(w, func(tx *store.Tx, c *conductor.Changes) {
		for i := range n {
			number := tx.NextPerson() + person.Number(i)
			id := person.ID(fmt.Sprintf("01PERSON%02d%016d", w, number))
			key := ring.NewPersonKey(number)
			sealer, err := ring.Person(number, key)
			f.must(err)
			p := conductor.NewPerson{Person: person.Person{
				Number: number, ID: id, Bucket: id.Bucket(), Holdout: person.Holdout("salt", id),
				Owner: "liu", CreatedAt: 100, Version: 1,
			}, Key: key, Profile: sealer.Seal("profile", []byte(`{"name":"王秀兰"}`))}
			out = append(out, p)
		}
		c.People = out
	})
	return out
}

// commit writes what fill puts into a commit; each commit moves the head by one.
func (f *fixture) commit(w workspace.Number, fill func(*store.Tx, *conductor.Changes)) event.Seq {
	f.Helper()
	t, err := f.s.Begin(ctx, w)
	f.must(err)
	defer func() { _ = t.Rollback() }()
	var c conductor.Changes
	tx := t.(*store.Tx)
	head := tx.Head() + 1
	fill(tx, &c)
	f.must(tx.Write(ctx, head, &c))
	f.must(tx.Commit())
	return head
}

func (f *fixture) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

func (f *fixture) is(err, want error) {
	f.Helper()
	if !errors.Is(err, want) {
		f.Fatalf("got %v, want %v", err, want)
	}
}

func same[T any](f *fixture, what string, got, want T) {
	f.Helper()
	if !reflect.DeepEqual(got, want) {
		f.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func hash(n int) (h [16]byte) {
	h[0], h[1], h[2], h[15] = byte(n), byte(n>>8), byte(n>>16), 1
	return h
}

// reading is a glucose event with every field set.
func reading(p person.Number, seq event.Seq) event.Event {
	return event.Event{
		Seq: seq, Person: p, Type: event.Glucose, Schema: 1, Flags: event.Imported | event.Disputed,
		Occurred: int64(seq) * 1000, Original: 2, Sent: 3, Received: 4, Offset: -480, Source: 7, Hash: hash(int(seq)),
		Actor: "self", Provenance: "manual", Supersedes: 1, Retracts: 2, Num: 5.6,
		A: event.Intern("fasting"), C: event.Intern("左手"), X: []float64{1.5, -2, math.Inf(1)}, Body: []byte{0, 1, 255},
	}
}

// append commits readings of one person and returns them.
func (f *fixture) append(w workspace.Number, p person.Number, n int) []event.Event {
	f.Helper()
	t, err := f.s.Begin(ctx, w)
	f.must(err)
	defer func() { _ = t.Rollback() }()
	var es []event.Event
	for i := range n {
		es = append(es, reading(p, t.Head()+1+event.Seq(i)))
	}
	f.must(t.AppendEvents(ctx, es))
	f.must(t.Write(ctx, es[n-1].Seq, nil))
	f.must(t.Commit())
	return es
}

func (f *fixture) log(w workspace.Number, after, upTo event.Seq, bodies bool) []event.Event {
	f.Helper()
	var out []event.Event
	f.must(f.s.EventsAfter(ctx, w, after, upTo, bodies, func(e *event.Event) error {
		out = append(out, *e)
		return nil
	}))
	return out
}

func second[T any](_ T, err error) error { return err }

// lookups are the tables whose keys cannot contain the person, and why.
var lookups = map[string]string{
	"workspace":      "is the tenant itself",
	"person_place":   "finds the bucket",
	"identity":       "finds the person",
	"message_id":     "finds a repeat before the person is known",
	"message_run":    "says where message ids are looked for",
	"message_filter": "spares looking for new ids",
	"state_log":      "is appended in commit order and emptied into person_state",
	"audit":          "is the log of the workspace, by time",
	"staff":          "is not about a person",
	"session":        "is found by its token",
	"signin_link":    "is found by its token",
	"visit_link":     "is found by its token",
	"uploader":       "is found by its key",
	"source":         "is not about a person",
	"source_minute":  "is not about a person",
	"reject":         "is found by what was sent, whose it is is often not known",
	"corp":           "is not about a person",
	"outlet":         "is not about a person",
	"outlet_order":   "is not about a person",
	"callback":       "is found by what was told, whose it is is not known yet",
	"idempotency":    "is found by its key",
	"erasure":        "outlives the person",
	"job":            "is work on many people",
	"job_part":       "is work on many people",
	"released_id":    "is a message id",
	"api_key":        "is found by its hash",
	"webhook":        "is not about a person",

	"webhook_attempt": "is not about a person",
	"delivery":        "is not about a person",
	"delivery_run":    "is not about a person",
	"owner_rules":     "is not about a person",
	"owner_member":    "is not about a person",
	"absence":         "is not about a person",
	"work_settings":   "is not about a person",
	"task_batch":      "is one deed to many tasks",
	"effect_settings": "is not about a person",
	"message_caps":    "is not about a person",
	"knowledge":       "is not about a person",
	"talk_settings":   "is not about a person",
	"kf_cursor":       "is not about a person",
	"stop_words":      "is not about a person",
	"campaign":        "is for many people",
	"calendar_feed":   "is a member's, found by its hash",
	"course":          "is not about a person",
	"course_version":  "is not about a person",
	"course_attempt":  "is not about a person",

	"entrance":      "is not about a person",
	"entrance_cost": "is not about a person",
	"arrival":       "is of a browser nobody knows yet",
	"arrival_day":   "is not about a person",
	"invitation":    "is found by what is printed",

	"product":          "is not about a person",
	"product_question": "is not about a person",

	"identity_policy": "is not about a person",
	"match_run":       "is work on many people",

	"programme_version": "is not about a person",
	"programme_draft":   "is not about a person",

	"programme_statement": "is not about a person",
}

// schema holds the rule of buckets: what belongs to a person has unique keys that start with workspace, bucket,
// person, so that the schema can be spread over several machines.
func schema(t *testing.T, s *store.Store, logByCommit bool) {
	ks, err := s.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	start := []string{"workspace", "bucket", "person"}
	found := map[string]bool{}
	for _, k := range ks {
		if _, ok := found[k.Table]; !ok {
			found[k.Table] = false
		}
		if lookups[k.Table] != "" {
			found[k.Table] = true
			continue
		}
		if k.Unique && len(k.Columns) >= 3 && slices.Equal(k.Columns[:3], start) {
			found[k.Table] = true
		} else if logByCommit && k.Table == "transition" && slices.Equal(k.Columns, []string{"workspace", "seq", "person", "n"}) {
			found[k.Table] = true // part of the log; found by its links
		} else if k.Unique {
			t.Errorf("%s: the unique key %v does not start with %v", k.Table, k.Columns, start)
		} else if len(k.Columns) > 0 && k.Columns[0] != "workspace" {
			t.Errorf("%s: the index %v does not start with the workspace", k.Table, k.Columns)
		}
	}
	for table, ok := range found {
		if !ok && (table != "event" || !logByCommit) {
			t.Errorf("%s has no key that starts with %v and is no look-up table", table, start)
		}
	}
	for table := range lookups {
		if !found[table] && (!strings.HasPrefix(table, "message_") || logByCommit || table == "message_id") {
			t.Errorf("the look-up table %s is not there", table)
		}
	}
	if len(found) < 19 {
		t.Errorf("only %d tables were found", len(found))
	}
}
