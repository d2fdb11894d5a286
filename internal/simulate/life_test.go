package simulate

import (
	"fmt"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func story(t *testing.T, n int) (people []*Person, start, end time.Time) {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	end = time.Date(2026, 3, 8, 7, 5, 0, 0, zone)
	start = end.AddDate(0, 0, -180)
	return People(1, n, start, end, zone), start, end
}

func TestPeople(t *testing.T) {
	people, start, end := story(t, 200)
	if len(people) != 200 {
		t.Fatalf("%d people", len(people))
	}
	names, roles := map[string]bool{}, map[string]int{}
	for i, p := range people {
		if p.N != i+1 || p.Name == "" || names[p.Name] || strings.Contains(p.Name, "张三") {
			t.Errorf("person %d is called %q", p.N, p.Name)
		}
		names[p.Name] = true
		roles[p.Role]++
		if p.Age(end) < 19 || p.Age(end) > 90 {
			t.Errorf("%s is %d", p.Role, p.Age(end))
		}
		if !p.Joins.IsZero() && (p.Joins.Before(start) || p.Joins.After(end)) {
			t.Errorf("%s joins %v", p.Role, p.Joins)
		}
		if p.Diabetes == "gdm" && !p.Female {
			t.Error("a man with gestational diabetes")
		}
	}
	for _, r := range cast {
		if roles[r.key] == 0 {
			t.Errorf("nobody plays %s", r.key)
		}
	}
	if roles[child] != roles["helped"] {
		t.Errorf("%d children for %d parents", roles[child], roles["helped"])
	}
}

func TestSmallCompanies(t *testing.T) {
	for _, n := range []int{1, 2, 7, 40, 41, 500} {
		if people, _, _ := story(t, n); len(people) != n {
			t.Errorf("asked for %d people, got %d", n, len(people))
		}
	}
}

// told renders the whole story of p when it is heard in steps of a given length.
func told(p *Person, start, end time.Time, step time.Duration) string {
	var b strings.Builder
	l := NewLife(1, p, start, end)
	for now := start; now.Before(end); now = now.Add(step) {
		for _, h := range l.Until(now) {
			fmt.Fprintln(&b, h.ID, h.At.Format(time.RFC3339), h.Sent.Format(time.RFC3339), h.Event, h.Properties)
		}
	}
	return b.String()
}

func TestLifeDoesNotDependOnSteps(t *testing.T) {
	people, start, end := story(t, 40)
	for _, p := range people[:12] {
		fine, coarse := told(p, start, end, 15*time.Minute), told(p, start, end, 6*time.Hour)
		// A coarse telling may end earlier; what it tells must be the same.
		if !strings.HasPrefix(fine, coarse) && !strings.HasPrefix(coarse, fine) {
			t.Errorf("%s %s: two steps tell two stories", p.UserID, p.Role)
		}
	}
}

func TestStories(t *testing.T) {
	people, start, end := story(t, 200)
	readings, lows, critical := map[string]int{}, map[string]int{}, map[string]int{}
	consented := 0
	all := 0
	for _, p := range people {
		l := NewLife(1, p, start, end)
		health := false
		last := time.Time{}
		for _, h := range l.Until(end) {
			all++
			if h.Sent.Before(last) {
				t.Fatalf("%s: out of order", p.UserID)
			}
			last = h.Sent
			switch h.Event {
			case "consent":
				health = health || h.Properties["purpose"] == "health_data"
			case "glucose":
				if !health && p.HealthData {
					t.Errorf("%s %s: a value before consent", p.UserID, p.Role)
				}
				readings[p.Role]++
				v, _ := h.Properties["value"].(float64)
				if h.Properties["unit"] == "mmol/L" && v > 0 && v < 3.9 {
					lows[p.Role]++
				}
				if v >= 16.7 && v < 34 && end.Sub(h.At) < 14*24*time.Hour {
					critical[p.Role]++
				}
			}
		}
		if health {
			consented++
		}
	}
	t.Logf("%d events, %d people agreed to health data, readings %v, lows %v, critical in 14 days %v", all, consented, readings, lows, critical)
	if readings["steady"] < 1000 || lows["night_lows"] < 50 || critical["worsening"] == 0 {
		t.Error("the company does not play its roles")
	}
	if critical["steady"]+critical["advocate"] > 0 {
		t.Error("steady people have critical values")
	}
}

func TestReceiveLow(t *testing.T) {
	people, start, end := story(t, 40)
	var again, better int
	for _, p := range people {
		if p.Diabetes == "" || p.Joins.IsZero() {
			continue
		}
		l := NewLife(1, p, start, end)
		now := end.Add(-time.Hour)
		l.Until(now)
		l.Receive(Received{Message: "01ARZ3NDEKTSV4RRFFQ69G5FAV", At: now, Safety: true, Content: "low-now", Answers: []string{"better", "still_unwell"}})
		for _, h := range l.Until(now.Add(40 * time.Minute)) {
			if h.Act == Reply && h.Answer == "better" {
				better++
			}
			if h.Event == "glucose" && h.Properties["context"] == "random" && h.At.Sub(now) >= 15*time.Minute && h.At.Sub(now) <= 27*time.Minute {
				again++
			}
		}
	}
	if again < 15 || better < 15 {
		t.Errorf("%d measured again, %d felt better", again, better)
	}
}
