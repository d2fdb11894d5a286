package simulate

import (
	"context"
	"encoding/json"
	"testing"
	"time"
)

// listener is a world that only listens: it sends a safety card for every low and opens a task for it.
type listener struct {
	t       *testing.T
	now     time.Time
	known   map[string]bool
	cards   []Delivery
	tasks   []Work
	events  int
	replies int
	done    int
	signed  int
}

func (l *listener) Advance(_ context.Context, to time.Time) error {
	if to.Before(l.now) {
		l.t.Error("the clock went back")
	}
	l.now = to
	return nil
}
func (l *listener) Due() (time.Time, bool) { return time.Time{}, false }
func (l *listener) ID(_ context.Context, user string) string {
	if l.known[user] || user == "staff:liu" || user == "staff:chen" || user == "staff:"+Doctor {
		return "id-" + user
	}
	return ""
}

func (l *listener) Batch(_ context.Context, body []byte) (int, error) {
	var b struct {
		Batch []struct {
			UserID, MessageID, Event string
			Properties               map[string]any
			OriginalTimestamp        time.Time
		}
	}
	if err := json.Unmarshal(body, &b); err != nil {
		l.t.Fatal(err)
	}
	for _, e := range b.Batch {
		l.events++
		if !l.known[e.UserID] && e.Event != "profile" {
			l.t.Errorf("%s: %s comes before anybody knows them", e.MessageID, e.Event)
		}
		l.known[e.UserID] = true
		if e.OriginalTimestamp.After(l.now) {
			l.t.Errorf("%s happens in the future", e.MessageID)
		}
		if v, ok := e.Properties["value"].(float64); ok && e.Event == "glucose" && v < 3.9 {
			l.cards = append(l.cards, Delivery{e.UserID, Received{Message: "card-" + e.MessageID, At: l.now, Safety: true, Content: "low-now", Answers: []string{"better", "still_unwell"}}})
			l.tasks = append(l.tasks, Work{Task: e.MessageID, UserID: e.UserID, Opened: l.now, Due: l.now.Add(2 * time.Hour), Results: []string{"reached", "no_answer"}})
		}
	}
	return 0, nil
}

func (l *listener) Arrived(context.Context) ([]Delivery, error) {
	defer func() { l.cards = nil }()
	return l.cards, nil
}

func (l *listener) Opened(context.Context) ([]Work, error) {
	defer func() { l.tasks = nil }()
	return l.tasks, nil
}
func (l *listener) Open(context.Context, string, string) error { return nil }
func (l *listener) Reply(context.Context, string, string, string) error {
	l.replies++
	return nil
}

func (l *listener) Call(_ context.Context, user, _, _ string) error {
	if !l.known[user] {
		l.t.Errorf("%s calls before anybody knows them", user)
	}
	return nil
}

func (l *listener) Sign(_ context.Context, login, user, event string, _ time.Time, _ map[string]any) error {
	if l.signed++; !l.known[user] || login != Doctor {
		l.t.Errorf("%s signs %s for %s before anybody knows them", login, event, user)
	}
	return nil
}

func (l *listener) Postpone(_ context.Context, w Work, until time.Time, _ string) (bool, error) {
	if !until.After(l.now) {
		l.t.Errorf("%s is put off to the past", w.Task)
	}
	return true, nil
}

func (l *listener) Finish(_ context.Context, w Work, outcome, _ string) (bool, error) {
	if outcome == "" {
		l.t.Errorf("%s ends without an outcome", w.Task)
	}
	l.done++
	return true, nil
}

func TestRun(t *testing.T) {
	people, start, end := story(t, 200)
	tell := func() (*listener, Figures) {
		l := &listener{t: t, known: map[string]bool{}}
		f, err := Run(t.Context(), Story{Seed: 1, People: people, Start: start, End: end}, l, nil)
		if err != nil {
			t.Fatal(err)
		}
		return l, f
	}
	l, f := tell()
	t.Logf("%+v", f)
	if f.Events != l.events || l.events < 20000 || l.replies < 80 || l.signed < 20 || l.done < f.Tasks*8/10 {
		t.Errorf("events %d of %d, %d replies, %d signatures, %d of %d tasks done", f.Events, l.events, l.replies, l.signed, l.done, f.Tasks)
	}
	if _, again := tell(); again != f {
		t.Errorf("the same seed told another story: %+v", again)
	}
}

// Whatever the size, nobody does anything before they are introduced, and whoever should come does.
func TestRunShort(t *testing.T) {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	morning := time.Date(2026, 3, 9, 8, 14, 0, 0, zone)
	for i, days := range []int{1, 2, 10, 30, 70} {
		for _, n := range []int{1, 3, 20, 45} {
			for seed := range uint64(4) {
				end := morning.Add(time.Duration(i) * 3 * time.Hour) // some stories end in the middle of a working day
				start := end.AddDate(0, 0, -days)
				people := People(seed, n, start, end, zone)
				l := &listener{t: t, known: map[string]bool{}}
				if _, err := Run(t.Context(), Story{Seed: seed, People: people, Start: start, End: end}, l, nil); err != nil {
					t.Fatal(err)
				}
				for _, p := range people {
					if !l.known[p.UserID] && p.Seen.Before(end.Add(-time.Hour)) {
						t.Errorf("%d people, %d days, seed %d: %s (%s) never comes", n, days, seed, p.UserID, p.Role)
					}
				}
			}
		}
	}
}
