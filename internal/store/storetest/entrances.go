package storetest

import (
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/entrance"
	"peiban/internal/store"
)

func entrances(_ *testing.T, f *fixture) {
	code := entrance.Entrance{ID: "a", State: "sstate", Kind: "pharmacy", Name: "城东药店", Programme: "diabetes"}
	saved, err := f.s.SaveEntrance(ctx, f.w, code, 5, "staff:1")
	f.must(err)
	_, err = f.s.SaveEntrance(ctx, f.w, code, 6, "staff:1") // as if it were new
	f.is(err, store.ErrEntranceChanged)
	saved.Name, saved.State = "城东大药房", "another"
	saved, err = f.s.SaveEntrance(ctx, f.w, saved, 7, "staff:2")
	f.must(err)
	same(f, "what is printed stays", saved.State, "sstate")
	way := &entrance.Contact{Corp: "c", Config: "cfg", QR: "https://wework.example/1", Users: []string{"zhou"}}
	f.must(f.s.SetContactWay(ctx, f.w, "a", way))
	f.is(f.s.SetContactWay(ctx, f.w, "nobody", way), store.ErrNoEntrance)
	saved.Contact = nil
	saved, err = f.s.SaveEntrance(ctx, f.w, saved, 7, "staff:2")
	f.must(err)
	same(f, "its contact way stays", saved.Contact, way)
	next := entrance.Entrance{ID: "b", State: "other", Kind: "event", Name: "义诊", Successor: "a"}
	_, err = f.s.SaveEntrance(ctx, f.w, next, 8, "staff:1")
	f.must(err)
	saved.Successor = "b"
	_, err = f.s.SaveEntrance(ctx, f.w, saved, 9, "staff:1")
	f.is(err, entrance.ErrSelf)
	f.is(f.s.SetDefaultEntrance(ctx, f.w, "none", 9, "staff:1"), store.ErrNoEntrance)
	f.must(f.s.SetDefaultEntrance(ctx, f.w, "b", 9, "staff:1"))
	b, err := f.s.Entrances(ctx, f.w)
	f.must(err)
	same(f, "codes", [3]any{len(b.All), b.Default, b.ByState("sstate").Name}, [3]any{2, "b", "城东大药房"})
	same(f, "made and changed", [2]int64{b.ByID("a").Created, b.ByID("a").At}, [2]int64{5, 7})
	found, err := f.s.FindWay(ctx, "sstate")
	f.must(err)
	same(f, "by what is printed", found, entrance.Way{Workspace: f.w, Entrance: "a"})
	_, err = f.s.FindWay(ctx, "")
	f.is(err, store.ErrNoEntrance)
	elsewhere, err := f.s.Entrances(ctx, f.workspace("01JTESTELSEWHERE0000000000"))
	f.must(err)
	same(f, "another workspace", len(elsewhere.All), 0)
}

func arrivals(_ *testing.T, f *fixture) {
	come := func(visitor string, day int32, late bool) bool {
		fresh, err := f.s.Arrive(ctx, f.w, "a", []byte(visitor), 5, day, late, "baidu")
		f.must(err)
		return fresh
	}
	same(f, "again and again", []bool{come("x", 10, false), come("x", 10, false), come("x", 11, true), come("y", 11, true)}, []bool{true, false, false, true})
	by, err := f.s.Arrivals(ctx, f.w, entrance.Span{})
	f.must(err)
	same(f, "in all", by["a"], entrance.Opened{All: 2, Late: 1})
	by, err = f.s.Arrivals(ctx, f.w, entrance.Span{From: 11, To: 11})
	f.must(err)
	same(f, "of a day", by["a"], entrance.Opened{All: 1, Late: 1})
	days, err := f.s.ArrivalDays(ctx, f.w, "a", entrance.Span{})
	f.must(err)
	same(f, "by day", days, []entrance.Opened{{Day: 10, All: 1}, {Day: 11, All: 1, Late: 1}})
	// Which browser it was is forgotten, the moment itself being kept; the counts stay, and the browser counts anew.
	f.must(f.s.Purge(ctx, 0, 0, 0, 5))
	same(f, "still known", come("x", 12, false), false)
	f.must(f.s.Purge(ctx, 0, 0, 0, 6))
	by, err = f.s.Arrivals(ctx, f.w, entrance.Span{})
	f.must(err)
	same(f, "counts after the purge", by["a"], entrance.Opened{All: 2, Late: 1})
	same(f, "forgotten", come("x", 12, false), true)
	// By which browser somebody joined is forgotten as long after they came; what they are known by else stays.
	who := f.people[0]
	f.commit(f.w, func(_ *store.Tx, c *conductor.Changes) {
		c.Identities = []conductor.Identity{
			{Type: "visitor", Hash: hash(1), Person: who.Number, Bucket: who.Bucket}, {Type: "phone", Hash: hash(2), Person: who.Number, Bucket: who.Bucket},
		}
	})
	f.must(f.s.Purge(ctx, 0, 0, 0, who.CreatedAt))
	ids, err := f.s.IdentitiesOf(ctx, f.w, who.Number)
	f.must(err)
	same(f, "known by, in time", len(ids), 2)
	f.must(f.s.Purge(ctx, 0, 0, 0, who.CreatedAt+1))
	ids, err = f.s.IdentitiesOf(ctx, f.w, who.Number)
	f.must(err)
	same(f, "known by, after", ids, []conductor.Identity{{Type: "phone", Hash: hash(2), Person: who.Number, Bucket: who.Bucket}})
}

func costs(_ *testing.T, f *fixture) {
	c := entrance.Cost{ID: "1", Entrance: "a", From: 10, To: 19, Fen: 1000, What: "传单"}
	for _, want := range []int{1, 0} { // a file read twice adds once
		n, err := f.s.SaveCosts(ctx, f.w, []entrance.Cost{c}, 5, "staff:1")
		f.must(err)
		same(f, "added", n, want)
	}
	c.Fen, c.Revision = 900, 1
	_, err := f.s.SaveCosts(ctx, f.w, []entrance.Cost{c}, 6, "staff:1")
	f.must(err)
	_, err = f.s.SaveCosts(ctx, f.w, []entrance.Cost{{ID: "2", Entrance: "a", From: 1, To: 1, Fen: 1, What: "x"}, c}, 7, "staff:1")
	f.is(err, store.ErrCostChanged)
	all, err := f.s.Costs(ctx, f.w)
	f.must(err)
	c.Revision, c.At, c.Actor = 2, 6, "staff:1"
	same(f, "all or none", all, []entrance.Cost{c})
}

func invitations(_ *testing.T, f *fixture) {
	ps := f.add(f.w, 2)
	invite := func(i int, offered string) string {
		state, err := f.s.Invite(ctx, f.w, ps[i].Number, offered, 5)
		f.must(err)
		return state
	}
	same(f, "one each", []string{invite(0, "i1"), invite(0, "i2"), invite(1, "i3")}, []string{"i1", "i1", "i3"})
	way, err := f.s.FindWay(ctx, "i1")
	f.must(err)
	same(f, "whose it is", way, entrance.Way{Workspace: f.w, Person: ps[0].Number})
	f.must(f.s.Erase(ctx, f.w, ps[0].Number, 9))
	_, err = f.s.FindWay(ctx, "i1")
	f.is(err, store.ErrNoEntrance)
	left, err := f.s.Invitations(ctx, f.w)
	f.must(err)
	same(f, "of who is left", len(left), 1)
}
