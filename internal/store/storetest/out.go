package storetest

import (
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/workspace"
)

// apiKeys: found by their hash, by that of the one before for a while, and not once they are over.
func apiKeys(_ *testing.T, f *fixture) {
	k := out.Key{
		ID: "K1", Name: "仓库", Scopes: []out.Scope{out.ReadEvents}, Types: []string{"glucose"}, Programmes: []string{"diabetes"},
		Receiver: out.Receiver{Basis: out.Entrusted, Contract: "C-1"}, Hash: []byte("now"), Created: 5, By: "staff:S1", Expires: 100,
	}
	f.must(f.s.CreateAPIKey(ctx, f.w, k, audit.Entry{Action: "key.create"}))
	w, got, err := f.s.APIKeyByHash(ctx, []byte("now"), 50)
	f.must(err)
	same(f, "workspace", w, f.w)
	same(f, "key", got, k)
	f.is(second2(f.s.APIKeyByHash(ctx, []byte("now"), 100)), out.ErrKey)
	f.is(second2(f.s.APIKeyByHash(ctx, []byte("no"), 50)), out.ErrKey)
	_, err = f.s.ChangeAPIKey(ctx, f.w, "K1", func(k *out.Key) error {
		k.Previous, k.PreviousUntil, k.Hash, k.Rotated = k.Hash, 60, []byte("new"), 50
		return nil
	})
	f.must(err)
	f.must(second2(f.s.APIKeyByHash(ctx, []byte("now"), 59)))
	f.is(second2(f.s.APIKeyByHash(ctx, []byte("now"), 60)), out.ErrKey)
	f.must(second2(f.s.APIKeyByHash(ctx, []byte("new"), 60)))
	f.must(f.s.TouchAPIKey(ctx, f.w, "K1", 70))
	f.must(f.s.TouchAPIKey(ctx, f.w, "K1", 65))
	list, err := f.s.APIKeys(ctx, f.w)
	f.must(err)
	same(f, "last used", list[0].Used, int64(70))
	_, err = f.s.ChangeAPIKey(ctx, f.w, "K1", func(*out.Key) error { return out.ErrRevoked })
	f.is(err, out.ErrRevoked)
	_, err = f.s.ChangeAPIKey(ctx, f.w+1, "K1", func(*out.Key) error { return nil })
	f.is(err, out.ErrNoKey)
	_, err = f.s.ChangeAPIKey(ctx, f.w, "K1", func(k *out.Key) error { k.Revoked = 71; return nil })
	f.must(err)
	f.is(second2(f.s.APIKeyByHash(ctx, []byte("new"), 72)), out.ErrKey)
}

func second2[A, B any](_ A, _ B, err error) error { return err }

// webhooks: one sender at a time, a change by staff is not written over, and attempts are kept in their order.
func webhooks(_ *testing.T, f *fixture) {
	h := out.Hook{ID: "H1", State: out.On, Created: 5, At: out.Place{Seq: 3, K: 1}, Told: out.Told{Name: "x", URL: "https://example.com/in", Secrets: []out.Secret{{Text: "whsec_eA=="}}}}
	f.must(f.s.CreateHook(ctx, f.w, &h))
	f.must(f.s.LeaseHook(ctx, f.w, "H1", "a", 100, 200))
	f.is(f.s.LeaseHook(ctx, f.w, "H1", "b", 199, 300), out.ErrHookMoved)
	mine, err := f.s.Hook(ctx, f.w, "H1")
	f.must(err)
	h.LeaseBy, h.Lease = "a", 200
	same(f, "webhook", mine, h)
	mine.At, mine.Done, mine.Lease = out.Place{Seq: 4}, 120, 220
	tried := []out.Attempt{
		{At: 110, Item: "E1", Message: "m1", Place: out.Place{Seq: 4}, Type: "glucose", Try: 1, Status: 500, Took: 3 * time.Millisecond, Outcome: out.Failed, Answer: "no"},
		{At: 120, Item: "E1", Message: "m1", Place: out.Place{Seq: 4}, Type: "glucose", Try: 2, Status: 200, Took: time.Second, Outcome: out.Taken, Replay: true},
	}
	f.must(f.s.SaveHook(ctx, f.w, &mine, tried, audit.Entry{Action: "webhook.send"}))
	list, err := f.s.Attempts(ctx, f.w, "H1", "", page.Part{Limit: 10})
	f.must(err)
	tried[0].N, tried[1].N = 1, 2
	same(f, "attempts", list.Total, 2)
	same(f, "the newest", list.Items[0], tried[1])
	only, err := f.s.Attempt(ctx, f.w, "H1", 1)
	f.must(err)
	same(f, "an attempt", only, tried[0])
	failed, err := f.s.Attempts(ctx, f.w, "H1", out.Failed, page.Part{Limit: 10})
	f.must(err)
	same(f, "those that failed", failed.Total, 1)
	bad, err := f.s.Attempts(ctx, f.w, "H1", out.Bad, page.Part{Limit: 10})
	f.must(err)
	same(f, "all that were not taken", [2]any{bad.Total, bad.Items[0].N}, [2]any{1, int64(1)})
	figures, err := f.s.HookFigures(ctx, f.w, 115)
	f.must(err)
	same(f, "figures", figures["H1"][out.Taken], 1)
	same(f, "figures from a moment on", figures["H1"][out.Failed], 0)

	_, err = f.s.ChangeHook(ctx, f.w, "H1", func(h *out.Hook) error { h.Replay = out.Replay{Number: 1, To: h.At}; return nil })
	f.must(err)
	f.is(f.s.SaveHook(ctx, f.w, &mine, nil), out.ErrHookMoved)
	again, err := f.s.Hook(ctx, f.w, "H1")
	f.must(err)
	same(f, "place", again.At, out.Place{Seq: 4})
	same(f, "replay", again.Replay, out.Replay{Number: 1, To: out.Place{Seq: 4}})
	f.must(f.s.LeaseHook(ctx, f.w, "H1", "b", 220, 300))
	f.is(f.s.SaveHook(ctx, f.w, &again, nil), out.ErrHookMoved)
	other, err := f.s.CreateWorkspace(ctx, workspace.Workspace{ID: "01OTHERHOOKS"})
	f.must(err)
	_, err = f.s.Hook(ctx, other.Number, "H1")
	f.is(err, out.ErrNoHook)
	f.must(f.s.DropHook(ctx, f.w, "H1"))
	f.is(f.s.DropHook(ctx, f.w, "H1"), out.ErrNoHook)
	list, err = f.s.Attempts(ctx, f.w, "H1", "", page.Part{Limit: 10})
	f.must(err)
	same(f, "attempts of a dropped one", list.Total, 0)
}
