package api

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/fault"
	"peiban/internal/staff"
)

// Counting is a count of everyone that goes on by itself: whoever began it may look at it again, from another page or
// after a reload, until it is old.
type Counting struct {
	ID      string          `json:"id"`
	State   string          `json:"state" enum:"running,done,cancelled,failed"`
	Done    int             `json:"done" doc:"people asked"`
	Of      int             `json:"of"`
	BegunAt string          `json:"begunAt"`
	Asked   CountRuleInBody `json:"asked"`
	Failure *Text           `json:"failure,omitempty"`
	Result  *RuleCounted    `json:"result,omitempty"`
}

// counting is one count. What its goroutine writes is read under mu, or is atomic.
type counting struct {
	id     string
	member string
	begun  time.Time
	at     int64 // the workspace's own clock, microseconds
	of     int
	asked  *countAsked
	cancel context.CancelFunc

	mu      sync.Mutex
	state   string
	failure error
	got     *counted
}

// countings are the counts of a workspace, under way and done, in the memory of this process alone: like the lists they
// open they are of one moment and soon old.
type countings struct {
	mu  sync.Mutex
	all []*counting // the oldest first
}

// runningOfOne is how many counts one person may have under way: each takes all cores, and a third would rather be a
// change of mind.
const runningOfOne = 2

var errCountGone = fault.New(fault.Missing, "count_gone", "这次统计没有留下来", "this count was not kept").
	Because("服务重启过，或者已经过了 4 小时。数据没有变，再数一次就有", "the service was restarted, or 4 hours have passed; no data changed, count again")

// keep adds x. The member's oldest counts beyond the limits end and are forgotten.
func (k *countings) keep(x *counting) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.all = append(k.all, x)
	own, running := 0, 0
	kept := make([]*counting, 0, len(k.all))
	for i := len(k.all) - 1; i >= 0; i-- {
		o := k.all[i]
		if o.member == x.member {
			own++
			if o.running() {
				if running++; running > runningOfOne {
					o.cancel()
				}
			}
		}
		if o.member == x.member && own > findingsOfOne || len(kept) >= findingsKept || x.begun.Sub(o.begun) > findingLasts {
			o.cancel()
			continue
		}
		kept = append(kept, o)
	}
	for i, j := 0, len(kept)-1; i < j; i, j = i+1, j-1 {
		kept[i], kept[j] = kept[j], kept[i]
	}
	k.all = kept
}

func (x *counting) running() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.state == "running"
}

// get finds a count again for who began it. Somebody else's never was.
func (k *countings) get(member, id string, now time.Time) (*counting, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, x := range k.all {
		if x.id == id && x.member == member && now.Sub(x.begun) <= findingLasts {
			return x, nil
		}
	}
	return nil, errCountGone.At("path.count")
}

func (k *countings) stop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, x := range k.all {
		x.cancel()
	}
}

type countingIn struct {
	Count string `path:"count" maxLength:"40"`
}

func (s *Server) beginCount(ctx context.Context, in *countRuleIn) (Counting, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Counting{}, err
	}
	a, err := s.askable(ctx, c, in.Body)
	if err != nil {
		return Counting{}, err
	}
	// It goes on when the request is over; DELETE, a later count and the server's end end it.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	x := &counting{
		id: ulid.Make().String(), member: c.member.ID, begun: s.real(), at: c.space.now(), of: c.space.Conductor.Count("programme", a.p.Key),
		asked: a, cancel: cancel, state: "running",
	}
	c.space.countings.keep(x)
	go func() {
		defer cancel()
		var got *counted
		err := s.behind("count", func() (err error) {
			got, err = s.count(work, c, a)
			return err
		})
		x.mu.Lock()
		defer x.mu.Unlock()
		switch {
		case errors.Is(err, context.Canceled):
			x.state = "cancelled"
		case err != nil:
			x.state, x.failure = "failed", err
		default:
			x.state, x.got = "done", got
		}
	}()
	return s.countingView(ctx, c, x)
}

func (s *Server) countingView(ctx context.Context, c *caller, x *counting) (Counting, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	v := Counting{ID: x.id, State: x.state, Done: int(x.asked.poll.Asked.Load()), Of: x.of, BegunAt: moment(x.at, c.space.loc), Asked: x.asked.body}
	if x.failure != nil {
		f := fault.Of(x.failure)
		if f == nil {
			f = errInternal
		}
		v.Failure = &f.Text
	}
	if x.got == nil {
		return v, nil
	}
	result, err := s.countView(ctx, c, x.asked, x.got)
	v.Result = &result
	return v, err
}

func (s *Server) counting(ctx context.Context, in *countingIn) (Counting, error) {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return Counting{}, err
	}
	x, err := c.space.countings.get(c.member.ID, in.Count, s.real())
	if err != nil {
		return Counting{}, err
	}
	return s.countingView(ctx, c, x)
}

func (s *Server) cancelCount(ctx context.Context, in *countingIn) error {
	c, _, err := s.authorize(ctx, staff.CanReadProgress)
	if err != nil {
		return err
	}
	x, err := c.space.countings.get(c.member.ID, in.Count, s.real())
	if err != nil {
		return err
	}
	x.cancel()
	return nil
}

func (s *Server) countOperations() {
	const at = "/api/rules/counts"
	serve(s, operation{"begin-count", http.MethodPost, at, "rules", "Begin to ask a rule of everyone", forStaff}, s.beginCount)
	serve(s, operation{"counting", http.MethodGet, at + "/{count}", "rules", "A count: how far it is, or what it found", forStaff}, s.counting)
	act(s, operation{"cancel-count", http.MethodDelete, at + "/{count}", "rules", "Give a count up", forStaff}, s.cancelCount)
}
