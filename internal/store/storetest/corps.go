package storetest

import (
	"strconv"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/corp"
)

func corps(_ *testing.T, f *fixture) {
	c := corp.Corp{
		ID: "abc", Name: "陪伴演练", CorpID: "ww1234567890", Agent: 7, App: "secret", Token: "token", Key: "key",
		Members: map[string]string{"zhou": "staff1"}, Source: 3,
	}
	saved, err := f.s.SaveCorp(ctx, f.w, c, 5, "staff:x", audit.Entry{Actor: "staff:x", Action: "corp.connect"})
	f.must(err)
	same(f, "revision", saved.Revision, int64(1))
	w, got, err := f.s.CorpByID(ctx, "abc")
	f.must(err)
	same(f, "workspace", w, f.w)
	same(f, "what was said", got, saved)
	_, err = f.s.SaveCorp(ctx, f.w, c, 6, "staff:y") // by who read it before it was there
	f.is(err, corp.ErrMoved)
	got.Paused = true
	again, err := f.s.SaveCorp(ctx, f.w, got, 7, "staff:y")
	f.must(err)
	same(f, "revision after a change", again.Revision, int64(2))
	list, err := f.s.Corps(ctx, f.w)
	f.must(err)
	same(f, "list", list, []corp.Corp{again})
	_, _, err = f.s.CorpByID(ctx, "other")
	f.is(err, corp.ErrMissing)
	f.is(f.s.DeleteCorp(ctx, f.w, "abc", 1), corp.ErrMoved)
	f.must(f.s.DeleteCorp(ctx, f.w, "abc", 2))
	_, _, err = f.s.CorpByID(ctx, "abc")
	f.is(err, corp.ErrMissing)
}

func callbacks(_ *testing.T, f *fixture) {
	var all []corp.Callback
	for i := range 4 {
		all = append(all, corp.Callback{
			Workspace: f.w, Corp: "abc", Hash: corp.HashOf("abc", strconv.Itoa(i)), Received: int64(10 - i), Kind: "k", Urgent: i == 1, Body: []byte("body " + strconv.Itoa(i)),
		})
	}
	f.must(f.s.KeepCallbacks(ctx, all[:3]))
	changed := all[0]
	changed.Body = []byte("another")
	f.must(f.s.KeepCallbacks(ctx, append([]corp.Callback{changed}, all[1:]...))) // a repeat changes nothing
	var without []string
	var lane *bool
	bodies := func(now int64, most int) (out []string) {
		got, err := f.s.WaitingCallbacks(ctx, f.w, now, most, without, lane)
		f.must(err)
		for _, v := range got {
			out = append(out, string(v.Body))
		}
		return out
	}
	same(f, "the urgent first, then by time", bodies(100, 10), []string{"body 1", "body 3", "body 2", "body 0"})
	same(f, "no more than asked", bodies(100, 1), []string{"body 1"})
	urgent, other := true, false
	lane = &urgent
	same(f, "those for which somebody waits", bodies(100, 10), []string{"body 1"})
	lane = &other
	same(f, "the others", bodies(100, 10), []string{"body 3", "body 2", "body 0"})
	lane = nil
	without = []string{"abc", "other"}
	same(f, "those of a paused company wait", len(bodies(100, 10)), 0)
	without = []string{"other"}
	same(f, "and hold nobody else up", bodies(100, 1), []string{"body 1"})
	without = nil
	f.must(f.s.EndCallbacks(ctx, f.w, []corp.Verdict{
		{Hash: all[1].Hash, State: corp.Done, Why: corp.Greeted, At: 12}, {Hash: all[2].Hash, State: corp.Waiting, Why: "busy", Next: 200}, {Hash: all[3].Hash, State: corp.Stuck, Why: "odd"},
	}))
	told, err := f.s.ToldCallbacks(ctx, f.w, "abc", 0, 2)
	f.must(err)
	same(f, "what was told, the latest first", told, []corp.Told{{Kind: "k", State: corp.Waiting, Received: 10}, {Kind: "k", State: corp.Done, Why: corp.Greeted, Received: 9, Ended: 12, Tries: 1}})
	told, err = f.s.ToldCallbacks(ctx, f.w, "abc", 8, 2)
	f.must(err)
	same(f, "the rest", len(told), 1)
	welcomes, err := f.s.Welcomes(ctx, f.w, "abc", 9)
	f.must(err)
	same(f, "welcomes", welcomes, corp.Welcomes{Counts: map[string]int{corp.Greeted: 1}, Took: []int64{3}})
	same(f, "what is left now", bodies(100, 10), []string{"body 0"})
	same(f, "what is left later", bodies(300, 10), []string{"body 2", "body 0"})
	f.must(f.s.KeepCallbacks(ctx, all[1:2]))
	same(f, "what is done does not come back", bodies(300, 10), []string{"body 2", "body 0"})
	n, err := f.s.RetryCallbacks(ctx, f.w, "abc", 50)
	f.must(err)
	same(f, "made to wait again", n, int64(1))
	same(f, "with what it said", bodies(100, 10), []string{"body 3", "body 0"})
	tallies, err := f.s.CallbackTallies(ctx, f.w)
	f.must(err)
	same(f, "tallies", tallies, []corp.Tally{{Corp: "abc", Kind: "k", State: corp.Done, Count: 1, Last: 9}, {Corp: "abc", Kind: "k", State: corp.Waiting, Count: 3, Last: 10}})
	f.must(f.s.Purge(ctx, 0, 100, 0, 0))
	tallies, err = f.s.CallbackTallies(ctx, f.w)
	f.must(err)
	same(f, "what waits is never forgotten", tallies, []corp.Tally{{Corp: "abc", Kind: "k", State: corp.Waiting, Count: 3, Last: 10}})
}
