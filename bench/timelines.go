package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"peiban/internal/engine"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/internal/timeline"
	"peiban/programmes"
)

const (
	eventsEach = 200 // of a person
	rulesAsked = 200
)

// timelines measures the store: the snapshot's size and the time to open it, all rules for all people, a merge while
// others write and read. Nothing of it touches a database.
func timelines(o options) ([]row, error) {
	people := o.people
	if o.full && !o.sized {
		people = 1_000_000
	}
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	p, err := manyRules(rulesAsked)
	if err != nil {
		return nil, err
	}
	end := time.Date(2026, 11, 20, 3, 27, 11, 123456000, time.UTC).UnixMicro()
	whole := historian{people: people, events: eventsEach, end: end}
	half := historian{people: people / 2, events: eventsEach, end: end}
	files := [2]string{filepath.Join(dir, "half"), filepath.Join(dir, "whole")}
	for i, h := range []historian{half, whole} {
		fmt.Fprintf(os.Stderr, "bench: %d people live half a year ...\n", h.people)
		if err := timeline.Write(files[i], "bench", h.head(), h.people, h.of); err != nil {
			return nil, err
		}
	}
	size := fmt.Sprintf("%d people, %d events", people, people*eventsEach)
	opened, err := openings(o, files[1], size, people)
	if err != nil {
		return nil, err
	}
	asked, err := everyone(o, p, files, end, size)
	if err != nil {
		return nil, err
	}
	merged, err := merges(files[1], whole, size)
	if err != nil {
		return nil, err
	}
	return slices.Concat(opened, asked, merged), nil
}

// openings measures a start from the snapshot.
func openings(o options, file, size string, people int) ([]row, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	var took, each []float64
	for range o.rounds {
		before := heap()
		begin := time.Now()
		s, err := timeline.Open(file, "bench")
		if err != nil {
			return nil, err
		}
		took = append(took, time.Since(begin).Seconds())
		each = append(each, float64(heap()-before)/float64(people))
		runtime.KeepAlive(s)
	}
	events := float64(people) * eventsEach
	per := float64(st.Size()) / events
	bar := 3 * max(events/20e6, 1)
	return []row{
		{What: "timelines: open the snapshot", Size: size, Ours: median(took), Unit: "s", Bar: "< 3 s for 20 million events", Met: median(took) < bar, Detail: fmt.Sprintf("%.0f million events/s, checked", events/median(took)/1e6)},
		{What: "timelines: snapshot", Size: size, Ours: per, Unit: "bytes an event", Bar: "<= 24", Met: per <= 24, Detail: "columns, index, names and checksums, on disk and mapped"},
		{What: "timelines: heap of a person without a delta", Size: size, Ours: median(each), Unit: "bytes", Bar: "<= 64", Met: median(each) <= 64, Detail: "8 bytes more in the mapped index"},
	}, nil
}

// everyone measures all rules for half the people and for all, in turns.
func everyone(o options, p *engine.Programme, files [2]string, now int64, size string) ([]row, error) {
	var took, cpu [2][]float64
	var peak float64
	var held atomic.Int64
	for round := range o.rounds {
		if round > 0 && o.full {
			break // once is a minute and more
		}
		for i, file := range files {
			s, err := timeline.Open(file, "bench")
			if err != nil {
				return nil, err
			}
			resetPeak()
			if i == 1 && round == 0 && o.profile != "" {
				f, err := os.Create(o.profile)
				if err != nil {
					return nil, err
				}
				defer f.Close()
				if err := pprof.StartCPUProfile(f); err != nil {
					return nil, err
				}
			}
			begin, worked := time.Now(), cpuSeconds()
			counts := make([]int64, 64*runtime.GOMAXPROCS(0))
			err = p.EvaluateAll(context.Background(), s, engine.Everyone{Now: now, Visit: func(w int, a *engine.Answers) {
				for _, t := range a.Tags {
					if t == rule.True {
						counts[64*w]++
					}
				}
			}})
			took[i], cpu[i] = append(took[i], time.Since(begin).Seconds()), append(cpu[i], cpuSeconds()-worked)
			pprof.StopCPUProfile()
			if err != nil {
				return nil, err
			}
			for _, n := range counts {
				held.Add(n)
			}
			mb, err := peakMB()
			if err != nil {
				return nil, err
			}
			peak = max(peak, mb)
		}
	}
	if held.Load() == 0 {
		return nil, fmt.Errorf("no rule holds for anybody: nothing was measured")
	}
	half, whole := median(took[0]), median(took[1])
	people, _ := strconv.ParseFloat(strings.Fields(size)[0], 64)
	us, worked := whole/people*1e6, median(cpu[1])/people*1e6
	return []row{
		{What: fmt.Sprintf("timelines: %d rules for everyone", len(p.Tags)), Size: size, Ours: whole, Unit: "s", Bar: "<= 60 s for 1,000,000 people", Met: us <= 60, Detail: fmt.Sprintf("%.1f us a person; %.1f us of processor time, on %d cores", us, worked, runtime.GOMAXPROCS(0))},
		{What: "timelines: twice the people", Size: size, Bare: half, Ours: whole, Unit: "s", Ratio: whole / half, Bar: "<= 2.2", Met: whole/half <= 2.2},
		{What: "timelines: most memory meanwhile", Size: size, Ours: peak, Unit: "MB", Bar: "<= 8 GB", Met: peak <= 8192, Detail: "with the pages of the mapped file"},
	}, nil
}

// merges measures a merge of one event for 64 while one goroutine writes and one reads.
func merges(file string, h historian, size string) ([]row, error) {
	s, err := timeline.Open(file, "bench")
	if err != nil {
		return nil, err
	}
	q := h.head()
	write := func(n person.Number) {
		t := s.Of(n)
		e := t.Event(t.Len() - 1)
		q++
		e.Seq = q
		e.Occurred, e.Received = e.Occurred+1, e.Received+1
		s.Put(n, t.With(&e))
		s.SetHead(q, 1)
	}
	begin := time.Now()
	fresh := h.people * eventsEach / 64
	for k := range fresh {
		write(person.Number(k * 7919 % h.people))
	}
	added := time.Since(begin).Seconds() / float64(fresh) * 1e6
	peakBefore := heap()
	var over atomic.Bool
	var puts, gets []time.Duration
	done := make(chan struct{}, 2)
	go func() {
		for k := 0; !over.Load(); k++ {
			n := person.Number(k * 104729 % h.people)
			t := time.Now()
			write(n)
			puts = append(puts, time.Since(t))
			time.Sleep(100 * time.Microsecond)
		}
		done <- struct{}{}
	}()
	go func() {
		for k := 0; !over.Load(); k++ {
			t := time.Now()
			s.Of(person.Number(k * 15485863 % h.people))
			gets = append(gets, time.Since(t))
			time.Sleep(100 * time.Microsecond)
		}
		done <- struct{}{}
	}()
	begin = time.Now()
	err = s.Save(file, "bench")
	took := time.Since(begin).Seconds()
	over.Store(true)
	<-done
	<-done
	if err != nil {
		return nil, err
	}
	slices.Sort(puts)
	slices.Sort(gets)
	if len(puts) < 2 || len(gets) < 2 {
		return nil, fmt.Errorf("the merge was over before anybody wrote")
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	return []row{
		{What: "timelines: add an event to a random person", Size: size, Ours: added, Unit: "us", Bar: "told", Met: true, Detail: fmt.Sprintf("%d events, %.0f MB of heap then", fresh, float64(peakBefore)/1e6)},
		{What: "timelines: merge", Size: size, Ours: took, Unit: "s", Bar: "told", Met: true, Detail: fmt.Sprintf("%d new events into the file, while others write and read", fresh)},
		{What: "timelines: longest pause of a writer in a merge", Size: size, Ours: ms(puts[len(puts)-1]), Unit: "ms", Bar: "a few ms", Met: ms(puts[len(puts)-1]) <= 10, Detail: fmt.Sprintf("p99 %.2f ms of %d", ms(puts[len(puts)*99/100]), len(puts))},
		{What: "timelines: longest pause of a reader in a merge", Size: size, Ours: ms(gets[len(gets)-1]), Unit: "ms", Bar: "a few ms", Met: ms(gets[len(gets)-1]) <= 10, Detail: fmt.Sprintf("p99 %.2f ms of %d", ms(gets[len(gets)*99/100]), len(gets))},
	}, nil
}

var (
	periodOfRule = regexp.MustCompile(`"([0-9]+)d"`)
	tagInFile    = regexp.MustCompile(`(?m)^([a-z][a-z0-9_]*):`)
)

// manyRules is the diabetes programme with its tags again and again, their windows a day longer each time, until
// there are n.
func manyRules(n int) (*engine.Programme, error) {
	files, err := programme.ReadFiles(programmes.FS, "diabetes")
	if err != nil {
		return nil, err
	}
	c, problems := files.Open()
	if len(problems) > 0 {
		return nil, problems
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasPrefix(name, "tags/") && !strings.Contains(files[name], "group: layer") { // layers are described one by one
			text.WriteString(files[name] + "\n")
		}
	}
	var copies string
	missing := n - len(c.Tags)
	for round := 1; len(tagInFile.FindAllString(copies, missing+1)) < missing; round++ {
		again := tagInFile.ReplaceAllString(text.String(), fmt.Sprintf("${1}_%d:", round))
		copies += periodOfRule.ReplaceAllStringFunc(again, func(s string) string {
			d, _ := strconv.Atoi(s[1 : len(s)-2])
			return fmt.Sprintf(`"%dd"`, d+round)
		})
	}
	if missing > 0 {
		if at := tagInFile.FindAllStringIndex(copies, missing+1); len(at) > missing {
			copies = copies[:at[missing][0]]
		}
		files["tags/more.yaml"] = copies
		if c, problems = files.Open(); len(problems) > 0 {
			return nil, problems
		}
	}
	return engine.Prepare(c), nil
}

// cpuSeconds is the processor time this process took: on a machine that others use, too, it says more than the clock.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}

// heap is the bytes in use on the heap after a collection.
func heap() int64 {
	runtime.GC()
	runtime.GC() // what the first found to be cleaned up
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// resetPeak begins a new measurement of the most memory this process held.
func resetPeak() {
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // not allowed: the peak of before counts, too
}

func peakMB() (float64, error) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmHWM")
}
