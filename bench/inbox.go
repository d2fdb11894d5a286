package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/knowledge"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// inboxLimitMs is the bar of the list: 200,000 conversations under 100 ms.
const inboxLimitMs = 100

// searchLimitMs is the bar of the search: 20,000 answers under 50 ms.
const searchLimitMs = 50

// inbox measures the staff's inbox when everybody has written, through the API, and the search of the knowledge base.
func inbox(o options) ([]row, error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := newCrowd(ctx, dir, o.people)
	if err != nil {
		return nil, err
	}
	defer func() { _ = p.store.Close() }()
	hash, err := staff.HashPassword("bench bench bench")
	if err != nil {
		return nil, err
	}
	if err := p.store.CreateMember(ctx, p.ws.Number, staff.Member{ID: "01BENCH", Login: "bench", Name: "bench", Role: staff.Admin, Hash: hash, Language: "zh"}); err != nil {
		return nil, err
	}
	clk := newClock(benchDay)
	c, err := p.open(ctx, clk.now)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	fmt.Fprintln(os.Stderr, "bench: everybody writes ...")
	if err := allWrite(ctx, c, o.people); err != nil {
		return nil, err
	}
	srv, err := api.New(api.Config{Conductors: []*conductor.Conductor{c}, Store: p.store, Real: clk.now})
	if err != nil {
		return nil, err
	}
	defer srv.Close()
	ask, err := signedIn(srv)
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if _, err := c.HandedTo(ctx, "nobody"); err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d conversations", o.people)
	out := []row{{What: "inbox: all conversations read, once after the start", Size: size, Ours: time.Since(began).Seconds() * 1000, Unit: "ms", Bar: "told", Met: true}}
	for _, x := range []struct{ what, path string }{
		{"inbox: the first page of all that wait", "/api/conversations?tab=all"},
		{"inbox: only how many of each kind", "/api/conversations/counts"},
	} {
		worst, middle, err := ask(x.path)
		if err != nil {
			return nil, err
		}
		out = append(out, row{What: x.what, Size: size, Ours: middle, Unit: "ms in the middle of 15", Bar: "< 100 ms for 200,000", Met: middle < inboxLimitMs, Detail: fmt.Sprintf("%.0f ms at worst", worst)})
	}
	return append(out, searched()), nil
}

// allWrite has everybody write one line that nobody has answered, now: what they said before is in their timelines only.
func allWrite(ctx context.Context, c *conductor.Conductor, people int) error {
	body, err := json.Marshal(map[string]string{"text": "晚饭后走路，是马上走还是等一会儿？"})
	if err != nil {
		return err
	}
	for first := 1; first <= people; first += 1000 {
		var items []conductor.Item
		for k := first; k < min(first+1000, people+1); k++ {
			e := event.Event{
				Type: event.Chat, Schema: 1, Num: math.NaN(), A: event.Intern("person"), B: event.Intern("reply"), Actor: "self", Provenance: "phone", Body: body,
			}
			items = append(items, conductor.Item{Person: person.Number(k), Event: e})
		}
		out, err := c.Submit(ctx, conductor.Bulk, audit.Entry{Actor: "bench", Action: "intake.batch"}, items)
		if err != nil {
			return err
		}
		for i := range out {
			if out[i].Fault != nil {
				return out[i].Fault
			}
		}
	}
	return nil
}

// searched measures the search of 20,000 answers, each of some eighty words of care.
func searched() row {
	words := []string{"血糖", "空腹", "餐后", "胰岛素", "低血糖", "怎么办", "饮食", "水果", "运动", "散步", "足部", "眼底", "复查", "药店", "保存", "冰箱", "注射", "针头", "试纸", "校准"}
	es := make([]knowledge.Entry, 20_000)
	n := uint64(1)
	pick := func(k int) string {
		var b strings.Builder
		for range k {
			n = n*6364136223846793005 + 1442695040888963407
			b.WriteString(words[(n>>33)%uint64(len(words))])
		}
		return b.String()
	}
	for i := range es {
		es[i] = knowledge.Entry{ID: fmt.Sprintf("%06d", i), Kind: knowledge.Answer, Title: pick(3), Questions: []string{pick(4), pick(5)}, Text: pick(40) + "。" + pick(40), Source: "x", State: knowledge.Approved, Automatic: true}
	}
	x := knowledge.NewIndex(1, es)
	var took []float64
	worst := 0.0
	for range 31 {
		began := time.Now()
		x.Search("空腹血糖高怎么办", knowledge.Wanted{Now: 1}, 10)
		ms := float64(time.Since(began).Microseconds()) / 1000
		took, worst = append(took, ms), max(worst, ms)
	}
	middle := median(took)
	return row{What: "knowledge: a search of approved answers", Size: "20,000 answers of 80 words", Ours: middle, Unit: "ms in the middle of 31", Bar: "< 50 ms", Met: middle < searchLimitMs, Detail: fmt.Sprintf("%.0f ms at worst", worst)}
}
