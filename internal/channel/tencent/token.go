package tencent

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// Token is a credential that ends: an access token or a ticket of the JS-SDK.
type Token struct {
	Value string
	Until time.Time
}

const (
	early    = 5 * time.Minute  // at most so long before its end a token is renewed: a call that begins with it must be able to end with it
	sulk     = 20 * time.Second // how long a refusal is remembered; 2,000 wrong calls in an hour close the door for an hour
	patience = 15 * time.Second // how long one fetch may take, whoever of those waiting gives up
)

// Tokens keeps one credential per key and fetches a new one once, however many ask at the same time.
type Tokens struct {
	now    func() time.Time
	mu     sync.Mutex
	kept   map[string]kept
	failed map[string]failure
	flight singleflight.Group
}

type kept struct {
	value string
	renew time.Time
}

type failure struct {
	err   error
	until time.Time
}

// NewTokens makes an empty store; now is the machine's clock.
func NewTokens(now func() time.Time) *Tokens {
	return &Tokens{now: now, kept: map[string]kept{}, failed: map[string]failure{}}
}

// Value is the credential of key, fetched if there is none that lasts.
func (t *Tokens) Value(ctx context.Context, key string, fetch func(context.Context) (Token, error)) (string, error) {
	if v, err, known := t.known(key); known {
		return v, err
	}
	// The fetch outlives the one who happened to begin it: others wait for it too.
	ch := t.flight.DoChan(key, func() (any, error) {
		if v, err, known := t.known(key); known {
			return v, err
		}
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), patience)
		defer stop()
		got, err := fetch(ctx)
		t.mu.Lock()
		defer t.mu.Unlock()
		if err != nil {
			if ActionOf(err) != Again {
				t.failed[key] = failure{err, t.now().Add(sulk)}
			}
			return "", err
		}
		delete(t.failed, key)
		now := t.now()
		t.kept[key] = kept{got.Value, got.Until.Add(-min(early, got.Until.Sub(now)/10))}
		return got.Value, nil
	})
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-ch:
		if r.Err != nil {
			return "", r.Err
		}
		return r.Val.(string), nil
	}
}

func (t *Tokens) known(key string) (value string, err error, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	if k, ok := t.kept[key]; ok && now.Before(k.renew) {
		return k.value, nil, true
	}
	if f, ok := t.failed[key]; ok && now.Before(f.until) {
		return "", f.err, true
	}
	return "", nil, false
}

// Drop forgets a credential the far side refused. One that has been renewed meanwhile stays.
func (t *Tokens) Drop(key, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept[key].value == value {
		delete(t.kept, key)
	}
}
