package conductor_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/store"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
	"peiban/programmes"
)

// BenchmarkSubmit takes readings in, in batches of 100, for people in random order: durable, with every tag,
// stage and journey already reacted.
func BenchmarkSubmit(b *testing.B) {
	for _, people := range []int{2_000, 20_000} {
		b.Run(fmt.Sprintf("people=%d", people), func(b *testing.B) {
			now := time.Date(2026, 3, 8, 11, 0, 0, 0, shanghai)
			file := filepath.Join(b.TempDir(), "p.db")
			m, err := keys.Create(file + ".key")
			if err != nil {
				b.Fatal(err)
			}
			s, err := store.Open(b.Context(), "sqlite:"+file, store.Options{Keys: m})
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			ws, err := s.CreateWorkspace(b.Context(), workspace.Workspace{ID: "01JTESTWORKSPACE0000000000", Kind: workspace.Rehearsal, Zone: "Asia/Shanghai"})
			if err != nil {
				b.Fatal(err)
			}
			ring, _ := s.Ring(b.Context(), ws.Number)
			p, problems := programme.Open(programmes.FS, "diabetes")
			if len(problems) > 0 {
				b.Fatal(problems)
			}
			c, err := conductor.Open(b.Context(), conductor.Config{
				Store: s, Ring: ring, Workspace: ws, Programmes: []*programme.Compiled{p}, Real: func() time.Time { return now },
			})
			if err != nil {
				b.Fatal(err)
			}
			consent := func(i int, purpose string) conductor.Item {
				return conductor.Item{
					Ident: []conductor.Identifier{{Type: "userId", Value: fmt.Sprint(i)}},
					Event: event.Event{Type: event.Consent, Num: 1, A: event.Intern(purpose), B: event.Intern("1"), Occurred: now.UnixMicro()},
				}
			}
			for i := 0; i < people; i += 500 {
				var items []conductor.Item
				for k := i; k < i+500; k++ {
					items = append(items, consent(k, "basic_service"), consent(k, "health_data"))
				}
				if _, err := c.Submit(b.Context(), conductor.Bulk, audit.Entry{}, items); err != nil {
					b.Fatal(err)
				}
			}
			rnd := rand.New(rand.NewPCG(1, 2))
			n := 0
			b.ResetTimer()
			for b.Loop() {
				items := make([]conductor.Item, 100)
				for k := range items {
					n++
					items[k] = conductor.Item{
						Ident:     []conductor.Identifier{{Type: "userId", Value: fmt.Sprint(rnd.IntN(people))}},
						MessageID: fmt.Sprint("m", n),
						Event: event.Event{
							Type: event.Glucose, Num: math.Exp(math.Log(8) + 0.3*rnd.NormFloat64()), A: event.Intern("fasting"), B: event.Intern("mmol/L"),
							Occurred: now.UnixMicro(),
						},
					}
				}
				now = now.Add(time.Second)
				if _, err := c.Submit(b.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.batch"}, items); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
