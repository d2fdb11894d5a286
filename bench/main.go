// Command bench measures peiban beside the bare engines in the same run. Machines are noisy: single figures move,
// the ratios of interleaved runs are what counts, so every pair is measured in turns and the median is printed.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one line of the table.
type row struct {
	What   string  `json:"what"`
	Size   string  `json:"size"`
	Bare   float64 `json:"bare,omitempty"` // events/s of the bare engine in the same run
	Ours   float64 `json:"ours"`
	Unit   string  `json:"unit"`
	Ratio  float64 `json:"ratio,omitempty"`
	Bar    string  `json:"bar"`
	Met    bool    `json:"met"`
	Detail string  `json:"detail,omitempty"`
}

type options struct {
	binary  string
	full    bool
	people  int
	seconds float64
	rounds  int
	data    string
	dir     string
	sized   bool   // the number of people was asked for
	profile string // file for a CPU profile of the rules for everyone
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "bare" {
		bareServer(os.Args[2])
		return
	}
	var o options
	flag.StringVar(&o.binary, "binary", "bin/peiban", "the program to measure")
	flag.BoolVar(&o.full, "full", false, "the sizes of the bars")
	flag.IntVar(&o.people, "people", 0, "people in the database; 0: 20,000, or 100,000 with --full")
	flag.Float64Var(&o.seconds, "seconds", 0, "how long each turn lasts; 0: 4, or 10 with --full")
	flag.IntVar(&o.rounds, "rounds", 3, "turns of each side")
	flag.StringVar(&o.data, "data", os.Getenv("PEIBAN_DATA"), "folder of the data sets; empty: ../shared/data")
	flag.StringVar(&o.dir, "dir", "", "keep the people of collect in this folder, and use those that are there; empty: new ones each time")
	flag.StringVar(&o.profile, "profile", "", "write a CPU profile of the rules for everyone here")
	only := flag.String("only", "", "measure only what has this in its name")
	flag.Parse()
	if o.sized = o.people > 0; !o.sized {
		o.people = map[bool]int{false: 20_000, true: 100_000}[o.full]
	}
	if o.seconds == 0 {
		o.seconds = map[bool]float64{false: 4, true: 10}[o.full]
	}
	if o.data == "" {
		o.data = "../shared/data"
	}
	if err := run(o, *only); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(o options, only string) error {
	parts := []struct {
		name string
		do   func(options) ([]row, error)
	}{
		{"collect", collect}, {"tables", tables}, {"uploads", uploads}, {"rules", rules}, {"timelines", timelines}, {"rebuild", rebuild}, {"wakes", wakes}, {"changes", changes}, {"import", importUCI}, {"matching", matching}, {"handover", handover}, {"lookups", lookups}, {"lookalikes", lookalikes}, {"channels", channels}, {"pages", pages}, {"inbox", inbox}, {"callbacks", callbacks}, {"steps", steps}, {"lag", lag}, {"bulk", bulk}, {"simulate", story}, {"demo", demo},
	}
	var rows []row
	for _, p := range parts {
		if only != "" && !strings.Contains(p.name, only) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %s ...\n", p.name)
		got, err := p.do(o)
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		rows = append(rows, got...)
	}
	commit, _ := exec.Command("git", "rev-parse", "--short", "HEAD").Output()
	fmt.Printf("%s, commit %s, %d cores, %s\n\n", time.Now().Format("2006-01-02"), strings.TrimSpace(string(commit)), runtime.NumCPU(), runtime.Version())
	fmt.Println("| what | size | bare | ours | unit | ratio | bar | met | detail |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|")
	for _, r := range rows {
		fmt.Printf("| %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", r.What, r.Size, num(r.Bare), num(r.Ours), r.Unit, num(r.Ratio), r.Bar,
			map[bool]string{true: "yes", false: "**no**"}[r.Met], r.Detail)
	}
	b, err := json.MarshalIndent(rows, "", "  ")
	if err != nil {
		return err
	}
	fmt.Printf("\n%s\n", b)
	return nil
}

func num(v float64) string {
	switch {
	case v == 0:
		return ""
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	s := slices.Clone(v)
	slices.Sort(s)
	return s[len(s)/2]
}
