package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
)

// lineReader reads a stream line by line with a limit on waiting.
type lineReader struct {
	lines chan string
}

func (b *browser) stream(path string, headers ...string) *lineReader {
	b.h.t.Helper()
	req, err := http.NewRequestWithContext(b.h.t.Context(), "GET", b.h.http.URL+path, nil)
	must(b.h.t, err)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := b.http.Do(req)
	must(b.h.t, err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		b.h.t.Fatalf("stream: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	r := &lineReader{make(chan string, 100)}
	go func() {
		defer close(r.lines)
		defer res.Body.Close()
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			r.lines <- s.Text()
		}
	}()
	return r
}

func (r *lineReader) change(t *testing.T) (c api.Change) {
	t.Helper()
	for {
		select {
		case l, ok := <-r.lines:
			if !ok {
				t.Fatal("the stream ended")
			}
			if data, ok := strings.CutPrefix(l, "data: "); ok {
				must(t, json.Unmarshal([]byte(data), &c))
				return c
			}
		case <-time.After(10 * time.Second):
			t.Fatal("no change came")
		}
	}
}

func TestTheStreamTellsEachTheirOwn(t *testing.T) {
	h := newHouse(t)
	mine := h.add(0, "张桂芳", "liu")
	theirs := h.add(0, "李秀英", "chen")
	liu := h.as("liu")
	phone := h.phone(liu, mine.ID)
	since := fmt.Sprint(uint64(h.spaces[0].Head()))
	console, mobile := liu.stream("/api/stream"), phone.stream("/api/me/stream")
	h.tell(0, theirs.Number, "weight", `{"value":60}`, h.now())
	h.tell(0, mine.Number, "weight", `{"value":61}`, h.now())
	for _, r := range []*lineReader{console, mobile} {
		if c := r.change(t); len(c.People) != 1 || c.People[0] != string(mine.ID) || c.Seq == 0 {
			t.Errorf("%+v", c)
		}
	}
	if c := liu.stream("/api/stream", "Last-Event-ID", since).change(t); len(c.People) != 1 || c.People[0] != string(mine.ID) {
		t.Errorf("what was missed: %+v", c)
	}
	if c := liu.stream("/api/stream", "Last-Event-ID", "1").change(t); len(c.People) != 0 || len(c.Kinds) != 4 {
		t.Errorf("what was forgotten: %+v", c)
	}
	h.server.Close()
	for range console.lines { // ends, or the test times out
	}
}
