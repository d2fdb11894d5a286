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
	var raws, bares, mines, p99, half []float64
	for n := range o.rounds {
		fmt.Fprintf(os.Stderr, "bench: round %d, bare ...\n", n+1)
		raw, err := rawInsert(filepath.Join(scratch, fmt.Sprintf("raw%d.db", len(raws))), d/2)
		if err != nil {
			return nil, err
		}
		b, _, err := bare.load(o.people, d, connections, 0)
		if err != nil {
			return nil, fmt.Errorf("bare: %w", err)
		}
		fmt.Fprintf(os.Stderr, "bench: round %d, ours ...\n", n+1)
		m, l, err := ours.load(o.people, d, connections, 0)
		if err != nil {
			return nil, fmt.Errorf("ours: %w", err)
		}
		_, h, err := ours.load(o.people, d, connections, m/2)
		if err != nil {
			return nil, fmt.Errorf("ours at half load: %w", err)
		}
		raws, bares, mines = append(raws, raw), append(bares, b), append(mines, m)
		p99, half = append(p99, l.Seconds()*1000), append(half, h.Seconds()*1000)
	}
	size := fmt.Sprintf("%d people, batches of 100, %d connections", o.people, connections)
	ratio := median(mines) / median(bares)
	return []row{
		{What: "bare server against raw inserts", Size: "batches of 1,000 raw", Bare: median(raws), Ours: median(bares), Unit: "events/s", Ratio: median(bares) / median(raws), Bar: ">= 0.5", Met: median(bares) >= 0.5*median(raws)},
		{What: "collect", Size: size, Bare: median(bares), Ours: median(mines), Unit: "events/s", Ratio: ratio, Bar: ">= 0.3 of bare", Met: ratio >= 0.3},
		{What: "collect, p99 at full load", Size: size, Ours: median(p99), Unit: "ms", Bar: "< 250 ms", Met: median(p99) < 250},
		{What: "collect, p99 at half load", Size: size, Ours: median(half), Unit: "ms", Bar: "< 50 ms", Met: median(half) < 50},
		{What: "memory with these people", Size: size, Ours: idle, Unit: "MB", Bar: "told", Met: true},
	}, nil
}

const connections = 8

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

func (s *server) post(c *http.Client, body []byte) error {
	req, err := http.NewRequest(http.MethodPost, s.base+"/v1/batch", bytes.NewReader(body))
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
		if err := s.post(c, b.Bytes()); err != nil {
			return fmt.Errorf("populate: %w", err)
		}
	}
	return nil
}

// value is a reading as meters see them: log-normal around 8 mmol/L, so that about one in a hundred is a low and
// one in a hundred a critical high, each of which starts a journey, a card, an alert and a task.
func value(rnd *rand.Rand) float64 { return math.Exp(math.Log(8) + 0.3*rnd.NormFloat64()) }

// load posts batches of 100 for d over conns connections, at most rate events/s when it is set, and gives the
// rate and the 99th percentile of the answer times.
func (s *server) load(people int, d time.Duration, conns int, rate float64) (float64, time.Duration, error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var times []time.Duration
	var failure error
	var count atomic.Int64
	transport := &http.Transport{MaxIdleConnsPerHost: conns}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	begin := time.Now()
	for w := range conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			rnd := rand.New(rand.NewPCG(uint64(w), uint64(begin.UnixNano())))
			next := begin
			if rate > 0 { // spread over the interval, as people are
				next = next.Add(time.Duration(float64(w) * 100 / rate * float64(time.Second)))
			}
			for time.Since(begin) < d {
				if rate > 0 {
					next = next.Add(time.Duration(float64(conns) * 100 / rate * float64(time.Second)))
					time.Sleep(time.Until(next))
				}
				body := s.batch(rnd, people)
				t := time.Now()
				err := s.post(client, body)
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
				count.Add(100)
			}
		}()
	}
	wg.Wait()
	took := time.Since(begin).Seconds()
	slices.Sort(times)
	if failure != nil || len(times) == 0 {
		return 0, 0, failure
	}
	return float64(count.Load()) / took, times[len(times)*99/100], nil
}

var slots = []string{"fasting", "after_breakfast_2h", "before_lunch", "after_lunch_2h", "before_dinner", "after_dinner_2h", "bedtime"}

// batch is 100 readings of random people, as meters send them.
func (s *server) batch(rnd *rand.Rand, people int) []byte {
	now := time.Now().UTC()
	b := make([]byte, 0, 24<<10)
	b = append(b, `{"batch":[`...)
	for i := range 100 {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, `{"type":"track","event":"glucose","messageId":"m%d-%d","userId":"u%d","timestamp":"%s","properties":{"value":%.1f,"unit":"mmol/L","context":"%s"}}`,
			s.began, s.sent.Add(1), rnd.IntN(people), now.Add(-time.Duration(rnd.IntN(3600))*time.Second).Format(time.RFC3339), value(rnd), slots[rnd.IntN(len(slots))])
	}
	return append(b, `]}`...)
}
