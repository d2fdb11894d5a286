package conductor_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// kills is how often the child is shot in each database.
const kills = 50

// children is how many it writes for.
const children = 20

func TestMain(m *testing.M) {
	if url := os.Getenv("PEIBAN_KILL_CHILD"); url != "" {
		child(url)
		return
	}
	storetest.Main(m)
}

// ledger is the far side of a channel: it writes down the key of every message it takes, at once.
type ledger struct {
	mu   sync.Mutex
	file *os.File
}

func (l *ledger) Send(_ context.Context, m channel.Outgoing) (channel.Answer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintln(l.file, m.Key)
	return channel.Answer{}, err
}

func killConductor(ctx context.Context, url, dir string, sender channel.Sender) (*conductor.Conductor, *store.Store, error) {
	m, err := keys.Load(filepath.Join(dir, "key"), "")
	if err != nil {
		return nil, nil, err
	}
	s, err := store.Open(ctx, url, store.Options{Keys: m})
	if err != nil {
		return nil, nil, err
	}
	ws, err := s.Workspace(ctx, 1)
	if err != nil {
		return nil, nil, err
	}
	ring, err := s.Ring(ctx, 1)
	if err != nil {
		return nil, nil, err
	}
	p, problems := programme.Open(programmes.FS, "diabetes")
	if len(problems) > 0 {
		return nil, nil, problems.Err()
	}
	c, err := conductor.Open(ctx, conductor.Config{
		Store: s, Ring: ring, Workspace: ws, Programmes: []*programme.Compiled{p}, Real: time.Now,
		Senders: map[string]channel.Sender{"webhook": sender}, Snapshot: filepath.Join(dir, "timelines"),
	})
	return c, s, err
}

// child writes readings as fast as it can, two writers at once, and prints the id of each only after it is durable.
func child(url string) {
	ctx := context.Background()
	dir := os.Getenv("PEIBAN_KILL_DIR")
	out, err := os.OpenFile(filepath.Join(dir, "sent"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		fmt.Println("ERR", err)
		return
	}
	c, _, err := killConductor(ctx, url, dir, &ledger{file: out})
	if err != nil {
		fmt.Println("ERR", err)
		return
	}
	go func() { _ = c.Run(ctx) }()
	go func() { // so that it is shot while it settles, too
		for {
			if err := c.Settle(ctx); err != nil {
				fmt.Println("ERR", err)
			}
			time.Sleep(3 * time.Millisecond)
		}
	}()
	fmt.Println("UP")
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for n := 0; ; n++ {
				id := fmt.Sprintf("%s-%d-%d", os.Getenv("PEIBAN_KILL_ROUND"), w, n)
				items := []conductor.Item{killItem(id), killItem(id + "b")}
				if _, err := c.Submit(ctx, conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items); err != nil {
					fmt.Println("ERR", err)
					return
				}
				fmt.Println("ACK", id)
			}
		}()
	}
	wg.Wait()
}

// killItem is the reading of an id: every seventh is a low, so that cards, tasks and alerts are under way.
func killItem(id string) conductor.Item {
	h := uint64(0)
	for _, b := range []byte(id) {
		h = h*31 + uint64(b)
	}
	v := 5 + float64(h%50)/10
	if h%7 == 0 {
		v = 2.8
	}
	return conductor.Item{
		Ident: []conductor.Identifier{{Type: "userId", Value: fmt.Sprint("child-", h%children)}}, MessageID: id,
		Event: event.Event{
			Type: event.Glucose, Schema: 1, Num: v, A: event.Intern("fasting"), B: event.Intern("mmol/L"),
			Occurred: time.Now().UnixMicro(), Actor: "source", Provenance: "device",
		},
	}
}

func TestKilledAtRandomPointsSQLite(t *testing.T)   { killTest(t, storetest.SQLiteURL(t)) }
func TestKilledAtRandomPointsPostgres(t *testing.T) { killTest(t, storetest.PostgresURL(t)) }

// killTest shoots a writing child kills times at random moments. Afterwards every answered id must be stored,
// nothing may have been done twice, and the log must replay to the very same states.
func killTest(t *testing.T, url string) {
	if testing.Short() {
		t.Log("the short run shoots five times")
	}
	rounds := kills
	if testing.Short() {
		rounds = 5
	}
	dir := t.TempDir()
	m, err := keys.Create(filepath.Join(dir, "key"))
	ok(t, err)
	s, err := store.Open(t.Context(), url, store.Options{Keys: m})
	ok(t, err)
	_, err = s.CreateWorkspace(t.Context(), workspace.Workspace{ID: "01JKILLWORKSPACE0000000000", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai"})
	ok(t, err)
	ok(t, s.Close())
	consents(t, url, dir)

	var acked []string
	rnd := rand.New(rand.NewPCG(7, uint64(len(url))))
	for round := range rounds {
		acked = append(acked, shoot(t, url, dir, round, time.Duration(rnd.IntN(120))*time.Millisecond)...)
	}
	if len(acked) < rounds {
		t.Fatalf("only %d answers in %d rounds: the child hardly ran", len(acked), rounds)
	}

	out, err := os.OpenFile(filepath.Join(dir, "sent"), os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	ok(t, err)
	c, s, err := killConductor(t.Context(), url, dir, &ledger{file: out})
	ok(t, err)
	defer s.Close()
	for _, id := range acked {
		got, err := c.Submit(t.Context(), conductor.Live, audit.Entry{}, []conductor.Item{killItem(id), killItem(id + "b")})
		ok(t, err)
		for _, o := range got {
			if o.Status != conductor.Repeated {
				t.Fatalf("%s was answered and is not there", id)
			}
		}
	}
	_, err = c.Tick(t.Context())
	ok(t, err)
	once(t, s, c)
	people, diff, err := c.Replay(t.Context(), nil)
	ok(t, err)
	if people < children || len(diff) > 0 {
		t.Fatalf("%d people, %d differ from their replay:\n%s\n%s", people, len(diff), diff[0].Stored, diff[0].Again)
	}
	t.Logf("%d kills, %d answered ids, all there once", rounds, len(acked))
}

func consents(t *testing.T, url, dir string) {
	t.Helper()
	c, s, err := killConductor(t.Context(), url, dir, nil)
	ok(t, err)
	defer s.Close()
	var items []conductor.Item
	for i := range children {
		for _, purpose := range []string{"basic_service", "health_data"} {
			items = append(items, conductor.Item{
				Ident: []conductor.Identifier{{Type: "userId", Value: fmt.Sprint("child-", i)}},
				Event: event.Event{Type: event.Consent, Schema: 1, Num: 1, A: event.Intern(purpose), B: event.Intern("1"), Occurred: time.Now().UnixMicro()},
			})
		}
	}
	_, err = c.Submit(t.Context(), conductor.Live, audit.Entry{}, items)
	ok(t, err)
}

// shoot runs a child and kills it at a random moment: every fifth after it came up, the others after they have answered
// for a while, however slow the machine is. It gives back what the child answered.
func shoot(t *testing.T, url, dir string, round int, after time.Duration) []string {
	t.Helper()
	self, err := os.Executable()
	ok(t, err)
	cmd := exec.Command(self, "-test.run=^$")
	cmd.Env = append(os.Environ(), "PEIBAN_KILL_CHILD="+url, "PEIBAN_KILL_DIR="+dir, fmt.Sprintf("PEIBAN_KILL_ROUND=%d", round))
	cmd.Stderr = os.Stderr
	pipe, err := cmd.StdoutPipe()
	ok(t, err)
	ok(t, cmd.Start())
	stuck := time.AfterFunc(time.Minute, func() {
		t.Errorf("round %d: the child is stuck; where, it says itself", round)
		_ = cmd.Process.Signal(syscall.SIGQUIT)
	})
	defer stuck.Stop()
	var acked []string
	lines := bufio.NewScanner(pipe)
	for lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), " ")
		if len(acked) == 5*(round%5) { // once: an answer follows, or the end
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
		switch word {
		case "ACK":
			acked = append(acked, rest)
		case "ERR":
			_ = cmd.Process.Kill()
			t.Fatalf("round %d: %s", round, rest)
		}
	}
	_ = cmd.Wait()
	return acked
}

// once checks that every run, step and round asked for a thing once: one card, one task, one message event each.
func once(t *testing.T, s *store.Store, c *conductor.Conductor) {
	t.Helper()
	cards, tasks := 0, 0
	for n := person.Number(1); int(n) <= children; n++ {
		page := store.Page{Limit: 200}
		sent := map[string]int{} // by run and step: no step of these journeys speaks twice in one run
		for {
			l, err := s.MessagesOf(t.Context(), 1, n, page)
			ok(t, err)
			for _, m := range l.Items {
				if m.State == message.Sent {
					cards++
					sent[m.Run+"/"+m.Step]++
				}
			}
			if l.Next == "" {
				break
			}
			page.Cursor = l.Next
		}
		for k, v := range sent {
			if v > 1 {
				t.Errorf("person %d: step %s spoke %d times", n, k, v)
			}
		}
		_, view, _, _ := c.Glance(n)
		said := map[float64]int{}
		for i := range view.At {
			if view.Type[i] == event.MessageSent {
				said[view.Num[i]]++
			}
		}
		for ref, v := range said {
			if v > 1 {
				t.Errorf("person %d: message %v was sent %d times", n, ref, v)
			}
		}
		ts, err := s.TasksOf(t.Context(), 1, n)
		ok(t, err)
		seen := map[string]int{}
		for _, k := range ts {
			tasks++
			seen[k.Run+"/"+k.Script+k.Kind]++
		}
		for k, v := range seen {
			if v > 2 { // a call and its escalation may share a script
				t.Errorf("person %d: %s asked for %d times", n, k, v)
			}
		}
	}
	if cards == 0 || tasks == 0 {
		t.Errorf("%d cards and %d tasks: the children caused nothing, so nothing was shown", cards, tasks)
	}
}
