package soak

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peiban/internal/store/storetest"
)

var (
	seedFlag = flag.Uint64("seed", 0, "run this seed only, and tell what was done")
	seeds    = flag.Int("seeds", 0, "so many seeds, with progress; 0: the few of make test")
	from     = flag.Uint64("from", 1, "the first of them")
	database = flag.String("db", "both", "sqlite, postgres or both")
	goOn     = flag.Bool("on", false, "go on after a seed that failed")
	steps    = flag.Int("steps", 40, "how much people do in one seed")
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestEveryEditionIsSound(t *testing.T) {
	for i := range len(edits) + 1 {
		if _, problems := edition(i).Open(); len(problems) > 0 {
			t.Errorf("edition %d: %v", i, problems)
		}
	}
}

func TestSoakSQLite(t *testing.T)   { soak(t, "sqlite", 30) }
func TestSoakPostgres(t *testing.T) { soak(t, "postgres", 6) }

func soak(t *testing.T, db string, few int) {
	if *database != "both" && *database != db {
		return
	}
	url := func(t *testing.T) string {
		if db == "postgres" {
			return storetest.PostgresURL(t)
		}
		return storetest.SQLiteURL(t)
	}
	first, n := *from, few
	switch {
	case *seedFlag != 0:
		first, n = *seedFlag, 1
	case *seeds != 0:
		n = *seeds
	case testing.Short():
		n = max(3, few/8)
	}
	began, deaths := time.Now(), 0
	for seed := first; seed < first+uint64(n); seed++ {
		ok := t.Run(fmt.Sprint(seed), func(t *testing.T) { deaths += once(t, db, seed, url) })
		if !ok && *seeds != 0 {
			fmt.Fprintf(os.Stderr, "%s: seed %d failed\n", db, seed)
		}
		if !ok && *seeds != 0 && !*goOn {
			t.Fatalf("seed %d failed", seed)
		}
		if done := seed - first + 1; *seeds != 0 && done%50 == 0 {
			fmt.Fprintf(os.Stderr, "%s: %d of %d seeds, %d processes died, %.0f s\n", db, done, n, deaths, time.Since(began).Seconds())
		}
	}
}

// once runs one seed, and where its faults change nothing of what comes about the same work without them.
func once(t *testing.T, db string, seed uint64, url func(*testing.T) string) int {
	p := planOf(seed)
	w := run(t, seed, p, url(t))
	if len(w.wrong) == 0 && p.gentle {
		w2 := run(t, seed, plan{gentle: true}, url(t))
		if d := differs(w2.facts(), w.facts()); d != "" {
			w.broken("another thing came about than without faults (-):\n%s", d)
		}
		w.wrong = append(w.wrong, w2.wrong...)
		w2.end()
	}
	w.end()
	if len(w.wrong) > 0 {
		t.Errorf("seed %d, %+v\n%s\nthe last that was done:\n%s\nagain: go test ./internal/soak -run Soak -count=1 -db=%s -steps=%d -seed=%d", seed, p,
			strings.Join(w.wrong, "\n"), w.story(40), db, *steps, seed)
	}
	if *seedFlag != 0 {
		t.Logf("%s", w.story(1<<20))
	}
	return w.deaths
}

func run(t *testing.T, seed uint64, p plan, url string) *world {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "w")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w, err := begin(context.WithoutCancel(t.Context()), seed, p, url, dir, storetest.Keys(t))
	if err != nil {
		t.Fatal(err)
	}
	if w.settle(); len(w.wrong) == 0 {
		w.live(*steps)
	}
	if len(w.wrong) == 0 {
		w.rest()
		w.look()
	}
	return w
}
