package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// rules runs the package's own benchmark of every tag for a person with 1,000 events.
func rules(options) ([]row, error) {
	out, err := exec.Command("go", "test", "-run", "^$", "-bench", "Tags|Reading", "-benchtime", "1s", "./internal/engine").CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	var rows []row
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		ns, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			continue
		}
		bar, limit := "<= 50 us", 50.0
		if strings.Contains(f[0], "Reading") {
			bar, limit = "<= 5 us", 5
		}
		rows = append(rows, row{What: "tags: " + strings.TrimPrefix(f[0], "Benchmark"), Size: "one person, 1,000 events", Ours: ns / 1000, Unit: "us", Bar: bar, Met: ns/1000 <= limit})
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("the benchmark printed nothing:\n%s", out)
	}
	return rows, nil
}

// importUCI brings 70 real people in, from nothing.
func importUCI(o options) ([]row, error) {
	var took []float64
	for range o.rounds {
		dir, err := os.MkdirTemp("", "peiban-bench-")
		if err != nil {
			return nil, err
		}
		begin := time.Now()
		out, err := exec.Command(o.binary, "import", "uci-diabetes", filepath.Join(o.data, "uci_diabetes_aim94", "raw"),
			"--db", "sqlite:"+filepath.Join(dir, "uci.db"), "--rejects", filepath.Join(dir, "rejects.csv")).CombinedOutput()
		took = append(took, time.Since(begin).Seconds())
		_ = os.RemoveAll(dir)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, out)
		}
	}
	m := median(took)
	return []row{{What: "UCI import", Size: "29,330 lines, 70 people", Ours: m, Unit: "s", Bar: "< 5 s", Met: m < 5}}, nil
}

// demo builds the rehearsal's database and looks at the memory of the server on it.
func demo(o options) ([]row, error) {
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	begin := time.Now()
	if out, err := exec.Command(o.binary, "demo", "--dir", dir, "--build-only").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w: %s", err, out)
	}
	took := time.Since(begin).Seconds()
	cmd := exec.Command(o.binary, "serve", "--db", "sqlite:"+filepath.Join(dir, "peiban.db"), "--listen", "127.0.0.1:0", "--log-level", "error")
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd}
	defer s.stop()
	time.Sleep(3 * time.Second)
	mb, err := s.memory()
	if err != nil {
		return nil, err
	}
	return []row{
		{What: "demo: 200 people live 180 days", Size: "about 41,000 events, over HTTP", Ours: took, Unit: "s", Bar: "demo ready in 40 s", Met: took < 40},
		{What: "memory, idle, demo data", Size: "200 people", Ours: mb, Unit: "MB", Bar: "< 150 MB", Met: mb < 150},
	}, nil
}
