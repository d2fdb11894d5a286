package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// collect measures taking readings in: batches of 100 over HTTP, ours with all tags, stages and journeys reacted
// and durable, the bare server with the rows durable.
func collect(o options) ([]row, error) {
	scratch, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	dir := o.dir
	if dir == "" {
		dir = scratch
	}
	_, missing := os.Stat(filepath.Join(dir, "ours.db"))
	kept := missing == nil
	ours, err := startOurs(o, dir, kept)
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	bare, err := startBare(scratch)
	if err != nil {
		return nil, err
	}
	defer bare.stop()
	if !kept {
		fmt.Fprintf(os.Stderr, "bench: %d people join ...\n", o.people)
		if err := ours.populate(o.people); err != nil {
			return nil, err
		}
	}
	idle, err := ours.memory()
	if err != nil {
		return nil, err
	}
	d := time.Duration(o.seconds * float64(time.Second))
	var raws, p99, half, p99s []float64
	var bares, mines, bareOnes, ones loads
	for n := range o.rounds {
		fmt.Fprintf(os.Stderr, "bench: round %d, bare ...\n", n+1)
		raw, err := rawInsert(filepath.Join(scratch, fmt.Sprintf("raw%d.db", len(raws))), d/2)
		if err != nil {
			return nil, err
		}
		b, err := bare.load(o.people, d, sending{each: 100, conns: connections})
		if err != nil {
			return nil, fmt.Errorf("bare: %w", err)
		}
		bs, err := bare.load(o.people, d, sending{each: 1, conns: singles})
		if err != nil {
			return nil, fmt.Errorf("bare, one by one: %w", err)
		}
		fmt.Fprintf(os.Stderr, "bench: round %d, ours ...\n", n+1)
		m, err := ours.load(o.people, d, sending{each: 100, conns: connections})
		if err != nil {
			return nil, fmt.Errorf("ours: %w", err)
		}
		h, err := ours.load(o.people, d, sending{each: 100, conns: connections, rate: m.rate / 2})
		if err != nil {
			return nil, fmt.Errorf("ours at half load: %w", err)
		}
		s, err := ours.load(o.people, d, sending{each: 1, conns: singles})
		if err != nil {
			return nil, fmt.Errorf("ours, one by one: %w", err)
		}
		raws, p99, half, p99s = append(raws, raw), append(p99, m.p99), append(half, h.p99), append(p99s, s.p99)
		bares, mines, bareOnes, ones = append(bares, b), append(mines, m), append(bareOnes, bs), append(ones, s)
	}
	size := fmt.Sprintf("%d people, batches of 100, %d connections", o.people, connections)
	ratio, one := mines.rate()/bares.rate(), ones.rate()/bareOnes.rate()
	sizeOne := fmt.Sprintf("%d people, one event a request, %d connections", o.people, singles)
	return []row{
		{What: "bare server against raw inserts", Size: "batches of 1,000 raw", Bare: median(raws), Ours: bares.rate(), Unit: "events/s", Ratio: bares.rate() / median(raws), Bar: ">= 0.5", Met: bares.rate() >= 0.5*median(raws)},
		{What: "collect", Size: size, Bare: bares.rate(), Ours: mines.rate(), Unit: "events/s", Ratio: ratio, Bar: ">= 0.4 of bare", Met: ratio >= 0.4, Detail: beside(bares, mines)},
		{What: "collect, one by one", Size: sizeOne, Bare: bareOnes.rate(), Ours: ones.rate(), Unit: "events/s", Ratio: one, Bar: ">= 0.5 of bare", Met: one >= 0.5, Detail: beside(bareOnes, ones)},
		{What: "collect, one by one, p99", Size: sizeOne, Ours: median(p99s), Unit: "ms", Bar: "told", Met: true},
		{What: "collect, p99 at full load", Size: size, Ours: median(p99), Unit: "ms", Bar: "< 250 ms", Met: median(p99) < 250},
		{What: "collect, p99 at half load", Size: size, Ours: median(half), Unit: "ms", Bar: "< 50 ms", Met: median(half) < 50},
		{What: "memory with these people", Size: size, Ours: idle, Unit: "MB", Bar: "told", Met: true},
	}, nil
}

// connections send batches, singles one event at a time.
const connections, singles = 8, 64

// sending is how a load is sent.
type sending struct {
	each, conns int     // events in a request, connections
	rate        float64 // events/s at most; 0: as fast as answers come
}

// taken is what became of a load.
type taken struct {
	rate float64 // events/s
	p99  float64 // ms, of the answers
	cpu  float64 // microseconds of processor time of the server for each event
}

type loads []taken

func (l loads) median(of func(taken) float64) float64 {
	v := make([]float64, len(l))
	for i := range l {
		v[i] = of(l[i])
	}
	return median(v)
}

func (l loads) rate() float64 { return l.median(func(t taken) float64 { return t.rate }) }
func (l loads) cpu() float64  { return l.median(func(t taken) float64 { return t.cpu }) }

// beside is what the two servers cost: on a busy machine it says more than the rates.
func beside(bare, ours loads) string {
	return fmt.Sprintf("CPU %.0f us an event, bare %.0f", ours.cpu(), bare.cpu())
}

// server is a process under load.
type server struct {
	cmd   *exec.Cmd
	base  string
	key   string
	began int64 // nanoseconds; message ids differ from one run to the next
	sent  atomic.Int64
}

func (s *server) stop() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

func startBare(dir string) (*server, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self, "bare", filepath.Join(dir, "bare.db"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("start the bare server: %w", err)
	}
	return &server{cmd: cmd, base: "http://" + strings.TrimSpace(line), began: time.Now().UnixNano()}, nil
}

// startOurs makes a rehearsal workspace with one source, unless dir has one already, and serves it, as an operator
// would.
func startOurs(o options, dir string, kept bool) (*server, error) {
	db, keyFile := "sqlite:"+filepath.Join(dir, "ours.db"), filepath.Join(dir, "source")
	if !kept {
		if err := makeOurs(o, db, keyFile); err != nil {
			return nil, err
		}
	}
	key, err := os.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	addr := l.Addr().String()
	_ = l.Close()
	cmd := exec.Command(o.binary, "serve", "--db", db, "--listen", addr, "--log-level", "error")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{cmd: cmd, base: "http://" + addr, key: string(key), began: time.Now().UnixNano()}
	for range 2400 { // two minutes: a database of this size without its snapshot takes some
		if res, err := http.Get(s.base + "/readyz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return s, nil
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("the server at %s did not become ready", addr)
}

func makeOurs(o options, db, keyFile string) error {
	if out, err := exec.Command(o.binary, "init", "--db", db, "--name", "bench", "--kind", "rehearsal").CombinedOutput(); err != nil {
		return fmt.Errorf("init: %w: %s", err, out)
	}
	out, err := exec.Command(o.binary, "source", "add", "bench", "--json", "--db", db).Output()
	if err != nil {
		return fmt.Errorf("source add: %w", err)
	}
	var src struct{ WriteKey string }
	if err := json.Unmarshal(bytes.TrimSpace(out), &src); err != nil {
		return fmt.Errorf("source add: %w", err)
	}
	return os.WriteFile(keyFile, []byte(src.WriteKey), 0o600)
}

// memory is what the process holds now, in MB.
func (s *server) memory() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS")
}

// cpu is the processor time the process took so far.
func (s *server) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(b), ") ") // the name may hold blanks
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0, fmt.Errorf("no times in /proc/%d/stat", s.cmd.Process.Pid)
	}
	user, err := strconv.ParseInt(f[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * (time.Second / 100), err // clock ticks, 100 a second on Linux
}

func (s *server) post(c *http.Client, path string, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, s.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if s.key != "" {
		req.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(s.key+":")))
	}
	res, err := c.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %.300s", res.StatusCode, answer)
	}
	return nil
}

// history is how many readings each person has before anything is measured: what is measured is people who are
// followed already, not everybody's first reading.
const history = 12

// populate has everybody consent and brings two weeks of readings in.
func (s *server) populate(people int) error {
	c := &http.Client{}
	now := time.Now().UTC()
	at := now.Add(-20 * 24 * time.Hour).Format(time.RFC3339)
	rnd := rand.New(rand.NewPCG(1, 2))
	for from := 0; from < people; from += 50 {
		var b bytes.Buffer
		b.WriteString(`{"batch":[`)
		for i := from; i < min(from+50, people); i++ {
			for k, purpose := range []string{"basic_service", "health_data"} {
				if b.Len() > 10 {
					b.WriteByte(',')
				}
				fmt.Fprintf(&b, `{"type":"track","event":"consent","messageId":"c%d-%d","userId":"u%d","timestamp":"%s","properties":{"purpose":"%s","granted":true,"textVersion":"1"}}`, i, k, i, at, purpose)
			}
			for k := range history {
				fmt.Fprintf(&b, `,{"type":"track","event":"glucose","messageId":"h%d-%d","userId":"u%d","timestamp":"%s","properties":{"value":%.1f,"unit":"mmol/L","context":"%s"}}`,
					i, k, i, now.Add(-time.Duration(history-k)*28*time.Hour).Format(time.RFC3339), value(rnd), slots[rnd.IntN(len(slots))])
			}
		}
		b.WriteString(`]}`)
		if err := s.post(c, "/v1/batch", b.Bytes()); err != nil {
			return fmt.Errorf("populate: %w", err)
		}
	}
	return nil
}

// value is a reading as meters see them: log-normal around 8 mmol/L, so that about one in a hundred is a low and
// one in a hundred a critical high, each of which starts a journey, a card, an alert and a task.
func value(rnd *rand.Rand) float64 { return math.Exp(math.Log(8) + 0.3*rnd.NormFloat64()) }

// load sends readings for d.
func (s *server) load(people int, d time.Duration, how sending) (taken, error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var times []time.Duration
	var failure error
	transport := &http.Transport{MaxIdleConnsPerHost: how.conns}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	path := "/v1/batch"
	if how.each == 1 {
		path = "/v1/track"
	}
	spent, err := s.cpu()
	if err != nil {
		return taken{}, err
	}
	begin := time.Now()
	for w := range how.conns {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(uint64(w), uint64(begin.UnixNano())))
			next := begin
			if how.rate > 0 { // spread over the interval, as people are
				next = next.Add(time.Duration(float64(w*how.each) / how.rate * float64(time.Second)))
			}
			for time.Since(begin) < d {
				if how.rate > 0 {
					next = next.Add(time.Duration(float64(how.conns*how.each) / how.rate * float64(time.Second)))
					time.Sleep(time.Until(next))
				}
				body := s.readings(rnd, people, how.each)
				t := time.Now()
				err := s.post(client, path, body)
				took := time.Since(t)
				mu.Lock()
				if err != nil {
					failure = err
				}
				times = append(times, took)
				mu.Unlock()
				if err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(begin).Seconds()
	if failure != nil {
		return taken{}, failure
	}
	now, err := s.cpu()
	if err != nil {
		return taken{}, err
	}
	n := float64(len(times) * how.each)
	return taken{rate: n / took, p99: worst(times), cpu: (now - spent).Seconds() * 1e6 / n}, nil
}

// worst is the 99th percentile in milliseconds.
func worst(times []time.Duration) float64 {
	slices.Sort(times)
	return times[len(times)*99/100].Seconds() * 1000
}

var slots = []string{"fasting", "after_breakfast_2h", "before_lunch", "after_lunch_2h", "before_dinner", "after_dinner_2h", "bedtime"}

// readings are n of random people, as meters send them: a batch, or one by itself.
func (s *server) readings(rnd *rand.Rand, people, n int) []byte {
	now := time.Now().UTC()
	b := make([]byte, 0, n*240+16)
	if n > 1 {
		b = append(b, `{"batch":[`...)
	}
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"type":"track","event":"glucose","messageId":"m%d-%d","userId":"u%d","timestamp":"%s","properties":{"value":%.1f,"unit":"mmol/L","context":"%s"}}`,
			s.began, s.sent.Add(1), rnd.IntN(people), now.Add(-time.Duration(rnd.IntN(3600))*time.Second).Format(time.RFC3339), value(rnd), slots[rnd.IntN(len(slots))])
	}
	if n > 1 {
		b = append(b, `]}`...)
	}
	return b
}
