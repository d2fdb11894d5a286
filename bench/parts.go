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
	us, err := goBench("Tags|Reading", "./internal/engine")
	if err != nil {
		return nil, err
	}
	hundred, err := goBench("Hundred", "./internal/rule")
	if err != nil {
		return nil, err
	}
	size := "one person, 1,000 events"
	tags := us.tags
	each := us.took["Tags"] / tags
	return []row{
		{What: fmt.Sprintf("all %.0f tags", tags), Size: size, Ours: us.took["Tags"], Unit: "us", Bar: "<= 50 us for 200 rules", Met: 200*each <= 50, Detail: fmt.Sprintf("30 of them %.0f us", 30*each)},
		{What: "one reading more", Size: size, Ours: us.took["Reading"], Unit: "us", Bar: "<= 5 us", Met: us.took["Reading"] <= 5},
		{
			What: "100 random rules against the naive evaluator", Size: size, Bare: hundred.took["HundredNaive"], Ours: hundred.took["Hundred"], Unit: "us",
			Ratio: hundred.took["HundredNaive"] / hundred.took["Hundred"], Bar: "told", Met: true,
		},
	}, nil
}

// benched is what Go's benchmarks printed: microseconds for each operation, and how many tags they asked.
type benched struct {
	took map[string]float64
	tags float64
}

// goBench runs Go's benchmarks of a package.
func goBench(pattern, pkg string) (benched, error) {
	b := benched{took: map[string]float64{}}
	out, err := exec.Command("go", "test", "-run", "^$", "-bench", pattern, "-benchtime", "1s", pkg).CombinedOutput()
	if err != nil {
		return b, fmt.Errorf("%w: %s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		ns, err := strconv.ParseFloat(f[2], 64)
		if err != nil {
			continue
		}
		name, _, _ := strings.Cut(strings.TrimPrefix(f[0], "Benchmark"), "-")
		b.took[name] = ns / 1000
		for i, unit := range f {
			if unit == "tags" {
				b.tags, _ = strconv.ParseFloat(f[i-1], 64)
			}
		}
	}
	if len(b.took) == 0 {
		return b, fmt.Errorf("the benchmark printed nothing:\n%s", out)
	}
	return b, nil
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
