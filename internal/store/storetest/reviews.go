package storetest

import (
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/store"
)

func proposals(_ *testing.T, f *fixture) {
	a, b, c := f.people[0].Number, f.people[1].Number, f.people[2].Number
	said := []review.Evidence{{Field: "phone", Level: "exact", Bits: 9, Text: fault.Text{Zh: "手机号：相同", En: "telephone: the same"}}}
	strong := review.Found{Pair: review.PairOf(b, a), Origin: review.Matched, Weight: 9.4, Probability: .93, Evidence: said, At: 7}
	weak := review.Found{Pair: review.PairOf(c, a), Origin: review.Matched, Weight: 2.1, Probability: .61, At: 8}
	fresh, err := f.s.AddProposals(ctx, f.w, []review.Found{weak, strong})
	f.must(err)
	same(f, "new ones", fresh, 2)
	list, _, err := f.s.Proposals(ctx, f.w, review.Filter{}, 0, 100)
	f.must(err)
	same(f, "the strongest first", [2]review.Pair{list[0].Pair, list[1].Pair}, [2]review.Pair{{Person: a, Other: b}, {Person: a, Other: c}})

	p, err := f.s.Proposal(ctx, f.w, strong.Pair)
	f.must(err)
	same(f, "as it was found", p.Found, strong)
	p.State, p.Actor, p.Decided, p.Why = review.Different, "staff:1", 20, "身份证号不同"
	stale := p
	f.must(f.s.DecideProposal(ctx, f.w, &p))
	f.is(f.s.DecideProposal(ctx, f.w, &stale), review.ErrMoved)
	again, err := f.s.Proposal(ctx, f.w, strong.Pair)
	f.must(err)
	same(f, "decided, with its reason", again, p)

	strong.Weight, strong.Evidence = 12, append(said, review.Evidence{Field: "birth", Level: "exact", Bits: 3})
	weak.Weight, weak.Evidence = 3, said
	fresh, err = f.s.AddProposals(ctx, f.w, []review.Found{weak, strong})
	f.must(err)
	same(f, "none is new", fresh, 0)
	list, _, err = f.s.Proposals(ctx, f.w, review.Filter{}, 0, 100)
	f.must(err)
	same(f, "what was decided is not asked again", len(list), 1)
	same(f, "what is open has the newer reckoning", list[0].Weight, 3.0)
	decided, err := f.s.DecidedPairs(ctx, f.w)
	f.must(err)
	same(f, "who are two by somebody's word", decided, []review.Pair{strong.Pair})

	f.commit(f.w, func(_ *store.Tx, ch *conductor.Changes) {
		ch.Proposals = []review.Found{{Pair: weak.Pair, Origin: review.Intake, Weight: 30}, {Pair: review.PairOf(c, b), Origin: review.Intake, Weight: 9}}
	})
	list, _, err = f.s.Proposals(ctx, f.w, review.Filter{Origin: review.Intake}, 0, 100)
	f.must(err)
	same(f, "of the intake only what is new", []review.Pair{list[0].Pair}, []review.Pair{{Person: b, Other: c}})
	f.is(second(f.s.Proposal(ctx, f.w, review.Pair{Person: a, Other: 999})), review.ErrNone)
	f.is(second(f.s.Proposal(ctx, f.workspace("01JTESTELSEWHERE0000000000"), weak.Pair)), review.ErrNone)

	f.must(f.s.Erase(ctx, f.w, c, 30))
	list, err = f.s.ProposalsOf(ctx, f.w, c)
	f.must(err)
	same(f, "of an erased person", len(list), 0)
	fresh, err = f.s.AddProposals(ctx, f.w, []review.Found{weak})
	f.must(err)
	same(f, "nobody who was erased is asked about", fresh, 0)
	if _, err := f.s.AddProposals(ctx, f.w, []review.Found{{Pair: review.Pair{Person: b, Other: a}}}); err == nil {
		f.Error("a pair in the wrong order was kept")
	}
	if _, err := f.s.AddProposals(ctx, f.w, []review.Found{{Pair: review.Pair{Person: a, Other: person.Number(999)}}}); err == nil {
		f.Error("a pair with nobody was kept")
	}
}

// longQueue has every two of 142 people wait: each page holds what its place says, nothing twice, and a merge takes out what it answers.
func longQueue(_ *testing.T, f *fixture) {
	of, page := 142, 700 // 10,011 pairs
	if testing.Short() { // the race detector would take minutes
		of, page = 30, 70
	}
	people := append(f.people, f.add(f.w, of-len(f.people))...)
	var found []review.Found
	for i := range people {
		for k := range i {
			found = append(found, review.Found{Pair: review.PairOf(people[k].Number, people[i].Number), Origin: review.Matched, Weight: float64((i*7919+k*31)%2000) / 100})
		}
	}
	found[0].Weight, found[0].Origin = 90, review.Intake
	found[1].Weight = 80
	fresh, err := f.s.AddProposals(ctx, f.w, found)
	f.must(err)
	same(f, "pairs", fresh, of*(of-1)/2)
	seen := map[review.Pair]bool{}
	last := review.Proposal{Found: review.Found{Weight: 100}}
	for from := 0; ; from += page {
		list, total, err := f.s.Proposals(ctx, f.w, review.Filter{}, from, page)
		f.must(err)
		same(f, "in all", total, len(found))
		for _, p := range list {
			if seen[p.Pair] || p.Weight > last.Weight || p.Weight == last.Weight && (p.Person < last.Person || p.Person == last.Person && p.Other <= last.Other) {
				f.Fatalf("%+v after %+v", p, last)
			}
			seen[p.Pair], last = true, p
		}
		if len(list) < page {
			break
		}
	}
	same(f, "on all pages", len(seen), len(found))
	counts, err := f.s.ProposalCounts(ctx, f.w)
	f.must(err)
	same(f, "counted", counts, map[review.State]int{review.Open: len(found)})

	middle, _, err := f.s.Proposals(ctx, f.w, review.Filter{}, len(found)/2, 2)
	f.must(err)
	place, next, err := f.s.PlaceOf(ctx, f.w, &middle[0])
	f.must(err)
	same(f, "its place", place, len(found)/2+1)
	same(f, "the next", next, middle[1].Pair)
	_, total, err := f.s.Proposals(ctx, f.w, review.Filter{Origin: review.Intake}, 0, 10)
	f.must(err)
	same(f, "of the intake", total, 1)
	a, b := people[0], people[1]
	list, total, err := f.s.Proposals(ctx, f.w, review.Filter{Among: []person.Number{a.Number}}, 0, 10)
	f.must(err)
	same(f, "with one of them", [2]int{total, len(list)}, [2]int{of - 1, 10})
	_, total, err = f.s.Proposals(ctx, f.w, review.Filter{Among: []person.Number{}}, 0, 10)
	f.must(err)
	same(f, "with nobody", total, 0)

	// b becomes a's: the pair of the two is answered, and with each of the others one question is left of two.
	link := func(root person.Number) {
		f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
			c.Roots = []conductor.Rooted{{Person: b.Number, Bucket: b.Bucket, Root: root}}
		})
	}
	link(a.Number)
	_, total, err = f.s.Proposals(ctx, f.w, review.Filter{}, 0, 10)
	f.must(err)
	same(f, "when two are one", total, len(found)-(of-1))
	list, _, err = f.s.Proposals(ctx, f.w, review.Filter{Among: []person.Number{a.Number}}, 0, 1000)
	f.must(err)
	same(f, "with the merged one", len(list), of-2)
	same(f, "of two questions the stronger", list[0].Weight, 80.0)
	_, err = f.s.AddProposals(ctx, f.w, []review.Found{{Pair: review.PairOf(a.Number, b.Number), Origin: review.Intake, Weight: 99}})
	f.must(err)
	_, total, err = f.s.Proposals(ctx, f.w, review.Filter{Origin: review.Intake}, 0, 10)
	f.must(err)
	same(f, "nobody is asked about two who are one", total, 0)
	gone, err := f.s.Proposal(ctx, f.w, found[0].Pair)
	f.must(err)
	place, next, err = f.s.PlaceOf(ctx, f.w, &gone)
	f.must(err)
	same(f, "out of the queue, before its first", [2]any{place, next}, [2]any{0, list[0].Pair})
	link(0)
	counts, err = f.s.ProposalCounts(ctx, f.w)
	f.must(err)
	same(f, "parted again", counts[review.Open], len(found))
}

func matchRuns(_ *testing.T, f *fixture) {
	f.is(second(f.s.NextMatchRun(ctx, f.w, 5)), review.ErrNoRun)
	v := review.Run{Actor: "nightly", Night: "2026-03-08", Created: 1}
	f.must(f.s.StartMatchRun(ctx, f.w, &v))
	f.is(f.s.StartMatchRun(ctx, f.w, &review.Run{Actor: "staff:1"}), review.ErrBusy)
	next, err := f.s.NextMatchRun(ctx, f.w, 5)
	f.must(err)
	same(f, "what waits", next, v)
	other := next
	next.State, next.Lease, next.Stage, next.People = review.Running, 100, "reading", 3
	f.must(f.s.SaveMatchRun(ctx, f.w, &next))
	f.is(f.s.SaveMatchRun(ctx, f.w, &other), review.ErrRunMoved)
	f.is(second(f.s.NextMatchRun(ctx, f.w, 50)), review.ErrNoRun)
	left, err := f.s.NextMatchRun(ctx, f.w, 101)
	f.must(err)
	same(f, "left by who worked on it", left, next)
	f.must(f.s.StopMatchRun(ctx, f.w, v.Number))
	f.must(f.s.SaveMatchRun(ctx, f.w, &next))
	same(f, "it hears that it should stop", next.Want, "stop")
	next.State, next.Ended = review.Stopped, 60
	f.must(f.s.SaveMatchRun(ctx, f.w, &next))
	f.is(f.s.StopMatchRun(ctx, f.w, v.Number), review.ErrNoRun)
	f.is(f.s.StartMatchRun(ctx, f.w, &review.Run{Actor: "nightly", Night: "2026-03-08"}), review.ErrBusy)
	f.must(f.s.StartMatchRun(ctx, f.w, &review.Run{Actor: "staff:1"}))
	list, err := f.s.MatchRuns(ctx, f.w, 10)
	f.must(err)
	same(f, "the newest first", [2]string{list[0].Actor, list[1].Actor}, [2]string{"staff:1", "nightly"})
}

func identityPolicies(_ *testing.T, f *fixture) {
	p, err := f.s.IdentityPolicy(ctx, f.w)
	f.must(err)
	same(f, "the shipped one", p.Revision == 0 && p.Text != "", true)
	p = review.Policy{At: 5, Actor: "staff:1", Text: "types: []"}
	f.must(f.s.SaveIdentityPolicy(ctx, f.w, p, 0))
	f.is(f.s.SaveIdentityPolicy(ctx, f.w, p, 0), review.ErrPolicyMoved)
	p.Revision = 1
	got, err := f.s.IdentityPolicy(ctx, f.w)
	f.must(err)
	same(f, "as it was saved", got, p)
}

func identitiesOf(_ *testing.T, f *fixture) {
	a, b := f.people[0], f.people[1]
	mine := []conductor.Identity{{Type: "openid", Scope: "app", Hash: hash(2), Person: a.Number, Bucket: a.Bucket}, {Type: "phone", Hash: hash(1), Person: a.Number, Bucket: a.Bucket}}
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Identities = append([]conductor.Identity{{Type: "phone", Hash: hash(3), Person: b.Number, Bucket: b.Bucket}}, mine...)
	})
	got, err := f.s.IdentitiesOf(ctx, f.w, a.Number)
	f.must(err)
	same(f, "identifiers of one person", got, mine)
}
