package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// tables measures bringing in files by a map: 100,000 rows of many people, in two orders, and of one person, and, with --full, a file of
// 2 GB, during which the memory of the program must not grow with the file.
func tables(o options) ([]row, error) {
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	var rows []row
	for _, k := range []tableKind{
		{name: "500 people, one after the other", people: 500, rows: 100_000},
		{name: "500 people, by time", people: 500, rows: 100_000, byTime: true},
		{name: "one person, every five minutes", people: 1, rows: 100_000},
	} {
		var took []float64
		for n := range o.rounds {
			t, _, err := importTable(o, filepath.Join(dir, fmt.Sprint(len(rows), "-", n)), k)
			if err != nil {
				return nil, err
			}
			took = append(took, t.Seconds())
		}
		m := median(took)
		rows = append(rows, row{What: "import table", Size: "100,000 rows, " + k.name, Ours: m, Unit: "s", Bar: "< 30 s", Met: m < 30})
	}
	if !o.full {
		return rows, nil
	}
	k := tableKind{name: "rows of 20 kB", people: 500, rows: 100_000, wide: 20_000}
	_, small, err := importTable(o, filepath.Join(dir, "narrow"), tableKind{people: 500, rows: 100_000})
	if err != nil {
		return nil, err
	}
	t, big, err := importTable(o, filepath.Join(dir, "wide"), k)
	if err != nil {
		return nil, err
	}
	return append(rows, row{
		What: "import table, most memory", Size: "2 GB: 100,000 " + k.name, Bare: small, Ours: big, Unit: "MB", Ratio: big / small,
		Bar: "<= 1.5 of the same rows in 4 MB", Met: big <= 1.5*small, Detail: fmt.Sprintf("%.0f s", t.Seconds()),
	}), nil
}

// tableKind is a table of readings.
type tableKind struct {
	name         string
	people, rows int
	byTime       bool
	wide         int // bytes of a column that is not asked for
}

const tableMap = `who:
  - type: record
    scope: clinic
    column: 会员号
time:
  column: 测量时间
events:
  - type: glucose
    fields:
      value:
        column: 血糖(mmol/L)
        unit: mmol/L
`

func (k tableKind) write(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	rnd := rand.New(rand.NewPCG(3, 4))
	out := bytes.NewBuffer(make([]byte, 0, 1<<20))
	out.WriteString("会员号,测量时间,血糖(mmol/L),备注\n")
	note := strings.Repeat("x", k.wide)
	each := k.rows / k.people
	from := time.Now().AddDate(0, 0, -180)
	for i := range k.rows {
		who, n := i/each, i%each
		if k.byTime {
			who, n = i%k.people, i/k.people
		}
		at := from.Add(time.Duration(n)*180*24*time.Hour/time.Duration(each) + time.Duration(who)*time.Second)
		if k.people == 1 {
			at = time.Now().Add(time.Duration(n-k.rows) * 5 * time.Minute)
		}
		fmt.Fprintf(out, "M%05d,%s,%.1f,%s\n", who, at.Format(time.DateTime), min(value(rnd), 30), note)
		if out.Len() > 1<<20-k.wide-100 {
			if _, err := f.Write(out.Bytes()); err != nil {
				return err
			}
			out.Reset()
		}
	}
	_, err = f.Write(out.Bytes())
	return err
}

// importTable makes a database and a table in dir and brings it in; it gives the time and the most memory, in MB.
func importTable(o options, dir string, k tableKind) (time.Duration, float64, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	db, file, plan := "sqlite:"+filepath.Join(dir, "p.db"), filepath.Join(dir, "t.csv"), filepath.Join(dir, "map.yaml")
	if out, err := exec.Command(o.binary, "init", "--db", db, "--name", "bench").CombinedOutput(); err != nil {
		return 0, 0, fmt.Errorf("init: %w: %s", err, out)
	}
	if err := k.write(file); err != nil {
		return 0, 0, err
	}
	if err := os.WriteFile(plan, []byte(tableMap), 0o600); err != nil {
		return 0, 0, err
	}
	cmd := exec.Command(o.binary, "import", "table", file, "--map", plan, "--db", db, "--consent-basis", "bench", "--rejects", filepath.Join(dir, "rejects.csv"), "--json")
	begin := time.Now()
	out, err := cmd.Output()
	took := time.Since(begin)
	if err != nil {
		return 0, 0, fmt.Errorf("import table: %w", err)
	}
	var said struct{ Rows, Taken, Repeated int }
	if err := json.Unmarshal(out, &said); err != nil {
		return 0, 0, fmt.Errorf("import table: %w: %s", err, out)
	}
	if said.Rows != k.rows || said.Taken+said.Repeated != k.rows {
		return 0, 0, fmt.Errorf("import table: of %d rows %+v", k.rows, said)
	}
	return took, float64(maxRSS(cmd.ProcessState)) / 1024, nil
}

// uploads measures what staff wait while sensors upload: 24 uploads a second of three readings each, two of which are here already.
func uploads(o options) ([]row, error) {
	dir, err := os.MkdirTemp("", "peiban-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	s, err := startOurs(o, dir, false)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	login := exec.Command(o.binary, "staff", "add", "--db", "sqlite:"+filepath.Join(dir, "ours.db"), "--login", "bench", "--name", "bench", "--role", "manager", "--generate", "--json")
	said, err := login.Output()
	if err != nil {
		return nil, fmt.Errorf("staff add: %w", err)
	}
	var account struct{ Login, Password string }
	if err := json.Unmarshal(said, &account); err != nil {
		return nil, fmt.Errorf("staff add: %w", err)
	}
	fmt.Fprintf(os.Stderr, "bench: %d people join ...\n", o.people)
	if err := s.populate(o.people); err != nil {
		return nil, err
	}
	before, err := s.memory()
	if err != nil {
		return nil, err
	}
	d := map[bool]time.Duration{false: 30 * time.Second, true: 10 * time.Minute}[o.full]
	const perSecond = 24
	fmt.Fprintf(os.Stderr, "bench: %d uploads a second for %s while staff browse ...\n", perSecond, d)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	var mu sync.Mutex
	var sent, browsed []time.Duration
	var failure error
	keep := func(to *[]time.Duration, took time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		*to = append(*to, took)
		if err != nil && failure == nil {
			failure = err
		}
	}
	for i := range 3 {
		b, err := s.signIn(account.Login, account.Password)
		if err != nil {
			return nil, err
		}
		wg.Go(func() { // somebody who looks at a page, reads a moment and goes on
			rnd := rand.New(rand.NewPCG(7, uint64(i)))
			for {
				select {
				case <-stop:
					return
				case <-time.After(200 * time.Millisecond):
				}
				for _, path := range b.page(rnd) {
					t := time.Now()
					err := b.get(path)
					keep(&browsed, time.Since(t), err)
				}
			}
		})
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	tick := time.NewTicker(time.Second / perSecond)
	begin := time.Now()
	for n := 0; time.Since(begin) < d; n++ {
		<-tick.C
		wg.Go(func() {
			t := time.Now()
			err := s.post(client, "/v1/batch", upload(n%min(o.people, 300*perSecond), begin))
			keep(&sent, time.Since(t), err)
		})
	}
	tick.Stop()
	close(stop)
	wg.Wait()
	if failure != nil {
		return nil, failure
	}
	after, err := s.memory()
	if err != nil {
		return nil, err
	}
	size := fmt.Sprintf("%d people, 24 uploads/s for %s", o.people, d)
	p := worst(browsed)
	return []row{
		{What: "browsing beside uploads, p99", Size: size, Ours: p, Unit: "ms", Bar: "< 200 ms", Met: p < 200, Detail: fmt.Sprintf("%d requests of three people", len(browsed))},
		{What: "an upload meanwhile, p99", Size: size, Ours: worst(sent), Unit: "ms", Bar: "told", Met: true, Detail: fmt.Sprintf("%d uploads", len(sent))},
		{What: "memory of the server meanwhile", Size: size, Bare: before, Ours: after, Unit: "MB", Bar: "told", Met: true},
	}, nil
}

// upload is what the app of a sensor sends each five minutes: the newest reading, and the two before it once more.
func upload(who int, begin time.Time) []byte {
	b := []byte(`{"batch":[`)
	now := int64(time.Since(begin) / (5 * time.Minute))
	for k := range int64(3) {
		if k > 0 {
			b = append(b, ',')
		}
		n := now - k
		at := begin.Add(time.Duration(n) * 5 * time.Minute)
		b = fmt.Appendf(b, `{"type":"track","event":"glucose","messageId":"g%d-%d","userId":"u%d","timestamp":"%s","properties":{"value":%.1f,"unit":"mmol/L","sensor":true}}`,
			who, at.Unix(), who, at.UTC().Format(time.RFC3339), 6+float64((n+int64(who))%40)/10)
	}
	return append(b, `]}`...)
}

// browser is somebody of the staff.
type browser struct {
	client *http.Client
	base   string
	people []string
}

func (s *server) signIn(login, password string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &browser{client: &http.Client{Jar: jar}, base: s.base}
	body, err := json.Marshal(map[string]string{"login": login, "password": password})
	if err != nil {
		return nil, err
	}
	res, err := b.client.Post(s.base+"/api/session", "application/json", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("sign in: status %d", res.StatusCode)
	}
	var list struct{ Items []struct{ ID string } }
	if err := b.read("/api/people?limit=100", &list); err != nil {
		return nil, err
	}
	for _, p := range list.Items {
		b.people = append(b.people, p.ID)
	}
	if len(b.people) == 0 {
		return nil, fmt.Errorf("nobody in the list of people")
	}
	return b, nil
}

// page is what one page of the console asks for.
func (b *browser) page(rnd *rand.Rand) []string {
	who := b.people[rnd.IntN(len(b.people))]
	switch rnd.IntN(4) {
	case 0:
		return []string{"/api/people?limit=50", "/api/tasks?limit=50"}
	case 1:
		return []string{"/api/people?limit=50&q=" + url.QueryEscape("u"+fmt.Sprint(rnd.IntN(1000)))}
	case 2:
		return []string{"/api/tasks?limit=50"}
	}
	return []string{"/api/people/" + who, "/api/people/" + who + "/readings?from=" + time.Now().AddDate(0, 0, -14).UTC().Format(time.RFC3339), "/api/people/" + who + "/timeline?limit=50", "/api/people/" + who + "/tags"}
}

func (b *browser) get(path string) error { return b.read(path, nil) }

func (b *browser) read(path string, into any) error {
	res, err := b.client.Get(b.base + path)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: status %d: %.300s", path, res.StatusCode, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// maxRSS is the most memory a process that ended held, in kB.
func maxRSS(p *os.ProcessState) int64 {
	if u, ok := p.SysUsage().(*syscall.Rusage); ok {
		return u.Maxrss
	}
	return 0
}
