package tencent_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"peiban/internal/channel/tencent"
)

// far is the other side of the line.
type far func(*http.Request) (*http.Response, error)

func (f far) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func says(body string) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

type line struct {
	*tencent.Caller
	tokens *tencent.Tokens
	limits *tencent.Limits
}

func callerTo(t *testing.T, limit tencent.Limit, f far) line {
	t.Helper()
	l := line{tokens: tencent.NewTokens(time.Now), limits: tencent.NewLimits(func(string) tencent.Limit { return limit }, time.Now)}
	c, err := tencent.NewCaller(tencent.Options{Base: "http://far.example", Client: &http.Client{Transport: f}, Limits: l.limits, Tokens: l.tokens, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	l.Caller = c
	return l
}

func get(api string) tencent.Call {
	return tencent.Call{API: api, Path: "/cgi-bin/" + api, Method: http.MethodGet}
}

func TestATokenIsFetchedOnceByAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := tencent.NewTokens(time.Now)
		var fetched atomic.Int32
		fetch := func(context.Context) (tencent.Token, error) {
			time.Sleep(time.Second)
			return tencent.Token{Value: string(rune('a' + fetched.Add(1) - 1)), Until: time.Now().Add(2 * time.Hour)}, nil
		}
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if v, err := tokens.Value(t.Context(), "k", fetch); v != "a" || err != nil {
					t.Errorf("%q, %v", v, err)
				}
			})
		}
		// One who gives up takes nobody along.
		short, stop := context.WithTimeout(t.Context(), time.Millisecond)
		defer stop()
		if _, err := tokens.Value(short, "k", fetch); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		all.Wait()
		if n := fetched.Load(); n != 1 {
			t.Errorf("fetched %d times", n)
		}
		time.Sleep(2*time.Hour - 5*time.Minute - 2*time.Second)
		if v, _ := tokens.Value(t.Context(), "k", fetch); v != "a" {
			t.Errorf("%q before its end is near", v)
		}
		time.Sleep(2 * time.Second)
		if v, _ := tokens.Value(t.Context(), "k", fetch); v != "b" {
			t.Errorf("%q five minutes before its end", v)
		}
		tokens.Drop("k", "a") // what another has renewed meanwhile stays
		if v, _ := tokens.Value(t.Context(), "k", fetch); v != "b" {
			t.Errorf("%q after an old one was dropped", v)
		}
	})
}

func TestAWrongSecretIsNotAskedAgainAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tokens := tencent.NewTokens(time.Now)
		asked := 0
		fetch := func(context.Context) (tencent.Token, error) {
			asked++
			return tencent.Token{}, &tencent.Error{API: "gettoken", Code: 40001}
		}
		for range 50 {
			if _, err := tokens.Value(t.Context(), "k", fetch); tencent.ActionOf(err) != tencent.Mend {
				t.Fatal(err)
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		time.Sleep(21 * time.Second)
		_, _ = tokens.Value(t.Context(), "k", fetch)
		if asked != 2 {
			t.Errorf("asked %d times after a while", asked)
		}
	})
}

func TestARefusedTokenIsRenewedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		good := "second"
		c := callerTo(t, tencent.Limit{}, func(r *http.Request) (*http.Response, error) {
			token := r.URL.Query().Get("access_token")
			seen = append(seen, token)
			if token != good {
				return says(`{"errcode":42001,"errmsg":"access_token expired"}`)
			}
			return says(`{"errcode":0,"errmsg":"ok"}`)
		})
		next := []string{"first", "second", "third", "fourth"}
		call := get("x")
		call.Once = true // a token that was refused did nothing, so this too may be called again
		call.Token = func(ctx context.Context) (string, string, error) {
			v, err := c.tokens.Value(ctx, "k", func(context.Context) (tencent.Token, error) {
				v := next[0]
				next = next[1:]
				return tencent.Token{Value: v, Until: time.Now().Add(time.Hour)}, nil
			})
			return "k", v, err
		}
		if err := c.Do(t.Context(), call, nil); err != nil || strings.Join(seen, " ") != "first second" {
			t.Errorf("%v, tokens %q", err, seen)
		}
		good = "nobody has it"
		seen = nil
		if err := c.Do(t.Context(), call, nil); tencent.ActionOf(err) != tencent.Renew || len(seen) != 2 {
			t.Errorf("%v, tokens %q", err, seen)
		}
	})
}

func TestWhatABusyFarSideGets(t *testing.T) {
	for _, tt := range []struct {
		name  string
		once  bool
		busy  int // answers before it works
		calls int
		ok    bool
	}{
		{"twice busy", false, 2, 3, true},
		{"busy for good", false, 9, 3, false},
		{"busy, and not to be called twice", true, 1, 1, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				c := callerTo(t, tencent.Limit{}, func(*http.Request) (*http.Response, error) {
					if calls++; calls <= tt.busy {
						return says(`{"errcode":-1,"errmsg":"system busy"}`)
					}
					return says(`{"errcode":0}`)
				})
				call := get("x")
				call.Once = tt.once
				if err := c.Do(t.Context(), call, nil); (err == nil) != tt.ok || calls != tt.calls {
					t.Errorf("%v after %d calls", err, calls)
				}
			})
		})
	}
}

func TestNoAnswer(t *testing.T) {
	secret := errors.New("EOF from far.example?access_token=SECRET")
	for _, tt := range []struct {
		name    string
		far     far
		unclear bool
	}{
		{"the line breaks", func(*http.Request) (*http.Response, error) { return nil, secret }, true},
		{"nobody there", func(*http.Request) (*http.Response, error) { return nil, &net.OpError{Op: "dial", Err: secret} }, false},
		{"a gateway fails", func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: http.StatusBadGateway, Body: io.NopCloser(strings.NewReader(""))}, nil
		}, true},
		{"half an answer", func(*http.Request) (*http.Response, error) { return says(`{"errcode":0,`) }, true},
		{"a page instead", func(*http.Request) (*http.Response, error) { return says(`<html>`) }, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := callerTo(t, tencent.Limit{}, tt.far).Do(t.Context(), get("x"), nil)
			if err == nil || errors.Is(err, tencent.ErrUnclear) != tt.unclear || strings.Contains(err.Error(), "SECRET") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestWhatTheFarSideSaysIsNotRepeated(t *testing.T) {
	c := callerTo(t, tencent.Limit{}, func(*http.Request) (*http.Response, error) {
		return says(`{"errcode":40096,"errmsg":"invalid external userid wmSECRET, hint: [1], from ip: 10.0.0.1"}`)
	})
	err := c.Do(t.Context(), get("externalcontact/get"), nil)
	if tencent.ActionOf(err) != tencent.Gone || strings.Contains(err.Error(), "SECRET") {
		t.Errorf("%v", err)
	}
}

func TestLimitsAreKeptExactly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		limit := tencent.Limit{Minute: 100, Hour: 450, Together: 7}
		var mu sync.Mutex
		var began []time.Time
		under, most := 0, 0
		c := callerTo(t, limit, func(*http.Request) (*http.Response, error) {
			mu.Lock()
			began = append(began, time.Now())
			under++
			most = max(most, under)
			mu.Unlock()
			time.Sleep(130 * time.Millisecond)
			mu.Lock()
			under--
			mu.Unlock()
			return says(`{"errcode":0}`)
		})
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if err := c.Do(t.Context(), get("x"), nil); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if most != limit.Together {
			t.Errorf("%d at once", most)
		}
		for _, span := range []struct {
			d time.Duration
			n int
		}{{time.Minute, limit.Minute}, {time.Hour, limit.Hour}} {
			for i := span.n; i < len(began); i++ {
				if d := began[i].Sub(began[i-span.n]); d < span.d {
					t.Fatalf("call %d began %s after the one %d before it", i, d, span.n)
				}
			}
		}
		// As much as is allowed is used: 1,000 calls of 450 an hour are through in a little over two hours.
		if took := began[len(began)-1].Sub(began[0]); took > 2*time.Hour+3*time.Minute {
			t.Errorf("took %s", took)
		}
	})
}

func TestTooOftenAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		c := callerTo(t, tencent.Limit{Minute: 100}, func(*http.Request) (*http.Response, error) {
			if calls++; calls == 1 {
				return says(`{"errcode":45009,"errmsg":"api freq out of limit"}`)
			}
			return says(`{"errcode":0}`)
		})
		began := time.Now()
		err := c.Do(t.Context(), get("x"), nil)
		if e, ok := errors.AsType[*tencent.Error](err); !ok || e.Action() != tencent.Slow || e.After != time.Minute {
			t.Errorf("%v", err)
		}
		if opens := c.limits.Opens("x"); opens.Sub(began) != time.Minute {
			t.Errorf("opens after %s", opens.Sub(began))
		}
		if opens := c.limits.Opens("y"); !opens.IsZero() {
			t.Errorf("another opens at %s", opens)
		}
		if err := c.Do(t.Context(), get("x"), nil); err != nil || time.Since(began) != time.Minute {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

func TestWhoWaitsMayGiveUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := callerTo(t, tencent.Limit{Minute: 1, Together: 1}, func(*http.Request) (*http.Response, error) { return says(`{"errcode":0}`) })
		if err := c.Do(t.Context(), get("x"), nil); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second)
		defer stop()
		if err := c.Do(ctx, get("x"), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		if err := c.Do(t.Context(), get("x"), nil); err != nil { // the place of the one who gave up is free again
			t.Errorf("%v", err)
		}
	})
}

func TestABaseThatIsNone(t *testing.T) {
	for _, base := range []string{"", "qyapi.example", "ftp://x.example", "://"} {
		if _, err := tencent.NewCaller(tencent.Options{Base: base}); err == nil {
			t.Errorf("%q was taken", base)
		}
	}
}
