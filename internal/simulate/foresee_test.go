package simulate

import (
	"encoding/json"
	"runtime"
	"sync"
	"testing"

	"peiban/internal/programme"
	"peiban/programmes"
)

var diabetes = sync.OnceValues(func() (*programme.Compiled, programme.Problems) { return programme.Open(programmes.FS, "diabetes") })

func foreseen(t *testing.T, n int, b Behaviour, cores int) (Foreseen, string) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	c, problems := diabetes()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	people, start, end := story(t, n)
	start = end.AddDate(0, 0, -40)
	people = People(3, n, start, end, people[0].Zone)
	Behave(3, people, end, b)
	out, err := Foresee(t.Context(), []*programme.Compiled{c}, Story{Seed: 3, People: people, Start: start, End: end, Behaviour: &b}, 40, nil)
	if err != nil {
		t.Fatal(err)
	}
	js, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return out, string(js)
}

var usual = Behaviour{Adherence: 1, Silence: 1, Replies: 1, Relapse: 0.08}

func TestForeseenIsTheSameOnAnyNumberOfCores(t *testing.T) {
	out, one := foreseen(t, 25, usual, 1)
	if _, two := foreseen(t, 25, usual, 2); two != one {
		t.Error("two cores tell another story than one")
	}
	if _, many := foreseen(t, 25, usual, 7); many != one {
		t.Error("seven cores tell another story than one")
	}
	f := out.Forecast
	if f.People != 25 || f.Reached < 12 || f.Sent < 30 || f.Tasks < 12 || f.Suppressed == 0 || f.Held == 0 {
		t.Errorf("nothing much happened: %+v", f)
	}
	sent, tasks, load := 0, 0, 0
	for _, j := range f.Journeys {
		for _, s := range j.Steps {
			sent, tasks = sent+s.Sent, tasks+s.Tasks
		}
	}
	for _, l := range f.Staff {
		load += l.Total
	}
	if sent != f.Sent || tasks+out.Figures.Calls != f.Tasks || load != f.Tasks || f.Tasks != f.All.Total || out.Figures.Messages != f.Sent {
		t.Errorf("steps sent %d and opened %d, staff has %d, people received %d and called %d: %+v", sent, tasks, load, out.Figures.Messages, out.Figures.Calls, f.All)
	}
}

func TestBehaviourTells(t *testing.T) {
	base, _ := foreseen(t, 25, usual, 2)
	for _, x := range []struct {
		name string
		b    Behaviour
		less func(f Foreseen) (int, int)
	}{
		{"who adheres less measures less", Behaviour{Adherence: 0.3, Silence: 1, Replies: 1, Relapse: 0.08}, func(f Foreseen) (int, int) { return f.Figures.Events, base.Figures.Events }},
		{"more silence, fewer events", Behaviour{Adherence: 1, Silence: 5, Replies: 1, Relapse: 0.08}, func(f Foreseen) (int, int) { return f.Figures.Events, base.Figures.Events }},
		{"who does not reply opens nothing but what is about danger", Behaviour{Adherence: 1, Silence: 1, Replies: 0, Relapse: 0.08}, func(f Foreseen) (int, int) { return f.Figures.Opened, base.Figures.Opened }},
		{"a relapse costs readings", Behaviour{Adherence: 1, Silence: 1, Replies: 1, Relapse: 1}, func(f Foreseen) (int, int) { return f.Figures.Events, base.Figures.Events }},
	} {
		f, _ := foreseen(t, 25, x.b, 2)
		if got, was := x.less(f); got >= was {
			t.Errorf("%s: %d, usually %d", x.name, got, was)
		}
	}
}
