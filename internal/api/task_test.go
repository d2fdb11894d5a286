package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/person"
)

// workRow is what a test reads of a task.
type workRow struct {
	ID, Kind, Priority, State, Due, Closed, Outcome, Alert string
	Version                                                int64
	Title, Detail                                          struct{ Zh, En string }
	Reading                                                *struct{ Show struct{ Mmol string } }
	Results                                                []struct{ Key string }
	Script                                                 *struct {
		Key  string
		Body struct{ Zh string }
	}
	Steps []struct {
		ID, State, Outcome, Due string
		Version                 int64
		Script                  struct{ Key string }
	}
}

func (r workRow) outcomes() string {
	var out []string
	for _, x := range r.Results {
		out = append(out, x.Key)
	}
	return strings.Join(out, " ")
}

type workList struct {
	Items  []workRow
	Total  int
	Counts struct{ All, Safety, Today int }
}

func (b *browser) work(path string) workList {
	b.h.t.Helper()
	var l workList
	if status := b.do("GET", path, nil, &l); status != 200 {
		b.h.t.Fatalf("%s: %d", path, status)
	}
	return l
}

// version is how a change says what it is based on.
func version(v int64) []string { return []string{"If-Match", fmt.Sprintf(`"%d"`, v)} }

// From the row of an alert one works as if it were the call: both end, both come back, and on the person's page both are
// there with their relation.
func TestAnAlertAndItsCallAreOneRow(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	x := h.lowReading(0, "张桂芳", "liu")
	of := "/api/people/" + string(x.person.ID) + "/tasks"
	states := func() string {
		var out []string
		for _, k := range liu.work(of).Items {
			out = append(out, strings.TrimSpace(k.Kind+" "+k.State+" "+k.Outcome))
			if k.Kind == "task" && k.Alert == "" || k.Kind == "alert" && (len(k.Steps) != 1 || k.Alert != "") {
				t.Errorf("%s does not say what it belongs to: %+v", k.Kind, k)
			}
		}
		if len(out) == 2 && out[0] > out[1] {
			out[0], out[1] = out[1], out[0]
		}
		return strings.Join(out, ", ")
	}
	row := func() workRow {
		l := liu.work("/api/tasks?owner=me")
		if len(l.Items) != 1 || l.Total != 1 || l.Items[0].Kind != "alert" {
			t.Fatalf("rows %+v", l)
		}
		return l.Items[0]
	}
	act := func(id, verb string, v int64, body any) (out workRow) {
		if status := liu.do("POST", "/api/tasks/"+id+"/"+verb, body, &out, version(v)...); status != 200 {
			t.Fatalf("%s: %d", verb, status)
		}
		return out
	}
	r := row()
	out := act(r.Steps[0].ID, "complete", r.Steps[0].Version, map[string]string{"outcome": "no_answer"})
	if out.State != "done" || states() != "alert open, task done no_answer" {
		t.Errorf("nobody answered: %s", states())
	}
	r = row()
	if r.Steps[0].Outcome != "no_answer" || r.Script == nil || r.outcomes() != "handled reached no_answer went_to_hospital" {
		t.Errorf("the row after a call nobody answered: %+v", r)
	}
	act(r.Steps[0].ID, "reopen", r.Steps[0].Version, nil)
	r = row()
	act(r.Steps[0].ID, "complete", r.Steps[0].Version, map[string]string{"outcome": "reached"})
	if l := liu.work("/api/tasks?owner=me"); len(l.Items) != 0 || l.Counts.Safety != 0 || states() != "alert done handled, task done reached" {
		t.Errorf("after the call: %s, %+v", states(), l)
	}
	closed := liu.work("/api/tasks?owner=me&state=closed")
	if len(closed.Items) != 1 || closed.Items[0].Kind != "alert" || closed.Items[0].Steps[0].Outcome != "reached" {
		t.Fatalf("done: %+v", closed)
	}
	act(closed.Items[0].ID, "reopen", closed.Items[0].Version, nil)
	if states() != "alert open, task open" {
		t.Errorf("undone: %s", states())
	}
	r = row()
	if p := liu.refused("POST", "/api/tasks/"+r.ID+"/complete", map[string]string{"outcome": "agreed"}, version(r.Version)...); p.Status != 422 {
		t.Errorf("an outcome neither offers: %+v", p)
	}
	act(r.ID, "complete", r.Version, map[string]string{"outcome": "went_to_hospital"})
	if states() != "alert done went_to_hospital, task done went_to_hospital" {
		t.Errorf("after the alert: %s", states())
	}
}

// Work that is alike in all that matters has one order all the same, or a page would show a row twice and miss another.
func TestRowsInATotalOrder(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	for _, name := range []string{"张桂芳", "李秀英", "王建国"} {
		card := h.add(0, name, "liu")
		for i := range 4 {
			h.askFor(card.Number, fmt.Sprint(name, i))
		}
	}
	first := liu.work("/api/tasks?limit=12")
	var got []string
	for i := 0; i < 12; i += 5 {
		for _, k := range liu.work(fmt.Sprintf("/api/tasks?limit=5&cursor=%d", i)).Items {
			got = append(got, k.ID)
		}
	}
	if len(got) != 12 {
		t.Fatalf("%d tasks on three pages", len(got))
	}
	for i, k := range first.Items {
		if k.ID != got[i] || i > 0 && k.ID <= first.Items[i-1].ID {
			t.Errorf("row %d is %s, then %s: alike in all else they go by their id", i, k.ID, got[i])
		}
	}
}

func (h *house) askFor(n person.Number, key string) {
	h.t.Helper()
	must(h.t, h.spaces[0].Contact(h.t.Context(), n, key, "", audit.Entry{}))
}

// The page of a person on an earlier day shows what was to be done then, and how what was over had ended.
func TestTasksOfAnEarlierMoment(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	x := h.lowReading(0, "张桂芳", "liu")
	id := "/api/people/" + string(x.person.ID)
	moment := func() string { return h.now().Format(time.RFC3339) }
	before := h.now().Add(-time.Second).Format(time.RFC3339)
	opened := moment()
	h.clock.Add(2 * time.Minute.Microseconds())
	r := liu.work("/api/tasks?owner=me").Items[0]
	liu.do("POST", "/api/tasks/"+r.Steps[0].ID+"/complete", map[string]string{"outcome": "reached"}, nil, version(r.Steps[0].Version)...)
	done := moment()
	h.clock.Add(2 * time.Minute.Microseconds())
	liu.do("POST", "/api/tasks/"+r.Steps[0].ID+"/reopen", nil, nil, version(r.Steps[0].Version+1)...)
	reopened := moment()
	h.clock.Add(time.Minute.Microseconds())
	h.askFor(x.person.Number, "k")
	h.clock.Add(time.Minute.Microseconds())
	asked := moment()
	promise := liu.work(id + "/tasks").Items[0]
	h.clock.Add(time.Minute.Microseconds())
	later := h.now().Add(5 * time.Hour).Format(time.RFC3339)
	if status := liu.do("POST", "/api/tasks/"+promise.ID+"/postpone", map[string]string{"until": later}, nil, version(promise.Version)...); status != 200 {
		t.Fatalf("postpone: %d", status)
	}
	put := moment()
	tests := []struct {
		name, at, want string
		open           int
		safety         bool
		next           string
	}{
		{"before", before, "", 0, false, ""},
		{"when they were opened", opened, "alert open, task open", 2, true, "2026-03-08T11:37:00+08:00"},
		{"done, though it was taken back later", done, "alert done handled, task done reached", 0, false, ""},
		{"taken back", reopened, "alert open, task open", 2, true, "2026-03-08T11:37:00+08:00"},
		{"a promise, due as it was before it was put off", asked, "task open, alert open, task open", 3, true, "2026-03-08T11:37:00+08:00"},
		{"put off", put, "task open, alert open, task open", 3, true, "2026-03-08T11:37:00+08:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := "?at=" + strings.ReplaceAll(tt.at, "+", "%2B")
			var p struct {
				OpenTasks int
				Safety    bool
				NextStep  *struct{ At string }
			}
			liu.do("GET", id+q, nil, &p)
			next := ""
			if p.NextStep != nil {
				next = p.NextStep.At
			}
			if p.OpenTasks != tt.open || p.Safety != tt.safety || next != tt.next {
				t.Errorf("person: %d open, safety %v, next %q", p.OpenTasks, p.Safety, next)
			}
			var got []string
			for _, k := range liu.work(id + "/tasks" + q).Items {
				got = append(got, strings.TrimSpace(k.Kind+" "+k.State+" "+k.Outcome))
				if k.Priority == "promise" {
					if want := map[bool]string{true: later, false: promise.Due}[tt.at == put]; k.Due != toShanghai(t, want) {
						t.Errorf("the promise was due %s, want %s", k.Due, want)
					}
				}
			}
			if len(got) == 2 && got[0] > got[1] {
				got[0], got[1] = got[1], got[0]
			}
			if len(got) == 3 && got[1] > got[2] {
				got[1], got[2] = got[2], got[1]
			}
			if strings.Join(got, ", ") != tt.want {
				t.Errorf("%q, want %q", strings.Join(got, ", "), tt.want)
			}
		})
	}
}

func toShanghai(t *testing.T, s string) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	must(t, err)
	return at.In(time.FixedZone("", 8*3600)).Format(time.RFC3339)
}

// Why a task is there is the reading, the tag in the person's numbers, or the day, in both languages; never only the name
// of a journey.
func TestWhyATaskIsThere(t *testing.T) {
	h := newHouse(t)
	c := h.spaces[0]
	high := h.add(0, "孙建华", "liu")
	for i := range 7 {
		h.tell(0, high.Number, "glucose", fmt.Sprintf(`{"value":%v,"unit":"mmol/L","context":"fasting"}`, []float64{6, 8.1, 8.4, 6.2, 8.6, 8.8, 9.2}[i]), h.now().Add(-time.Duration(24*(6-i))*time.Hour-4*time.Hour))
	}
	newcomer := h.add(0, "李秀英", "liu")
	h.tell(0, newcomer.Number, "contact_added", `{"channel":"clinic","code":"c"}`, h.now())
	h.clock.Add(2 * 24 * time.Hour.Microseconds())
	_, err := c.Tick(t.Context())
	must(t, err)
	h.tell(0, newcomer.Number, "glucose", `{"value":7.2,"unit":"mmol/L","context":"fasting"}`, h.now())
	h.clock.Add(6 * 24 * time.Hour.Microseconds())
	_, err = c.Tick(t.Context())
	must(t, err)
	h.askFor(newcomer.Number, "k")
	liu := h.as("liu") // a session of last week is over
	list := liu.work("/api/tasks?owner=me")
	find := func(title string) workRow {
		for _, k := range list.Items {
			if strings.Contains(k.Title.Zh, title) {
				return k
			}
		}
		t.Fatalf("no task %q in %+v", title, list.Items)
		return workRow{}
	}
	tests := []struct{ title, zh, en string }{
		{"空腹偏高", "因为空腹偏高：", "Because of Fasting high: "},
		{"第一周回访", "因为第 7 天（3月8日 添加好友", "Because it is day 7 (8 March: Contact added"},
		{"第一周回访", "），之后测了 1 次，最近 3月10日 空腹 7.2 ", "; 1 reading since, the last 10 March, Fasting 7.2 "},
		{"请联系我", "本人 11:27 在手机上请求联系", "Asked for a call on the phone at 11:27"},
	}
	for _, tt := range tests {
		k := find(tt.title)
		if !strings.Contains(k.Detail.Zh, tt.zh) || !strings.Contains(k.Detail.En, tt.en) {
			t.Errorf("%s: %q, %q; want %q, %q in them", tt.title, k.Detail.Zh, k.Detail.En, tt.zh, tt.en)
		}
		var why struct {
			Sentence struct{ Zh, En string }
			Evidence []struct {
				Reading *struct{ Show struct{ Mmol string } }
			}
			Steps []struct{ Text struct{ Zh string } }
		}
		liu.do("GET", "/api/tasks/"+k.ID+"/why", nil, &why)
		if why.Sentence.Zh != k.Detail.Zh || k.Priority != "promise" && len(why.Evidence) == 0 {
			t.Errorf("why: %+v", why)
		}
		if strings.HasPrefix(tt.title, "空腹") && (len(why.Evidence) < 3 || why.Evidence[0].Reading == nil || !strings.HasPrefix(why.Steps[0].Text.Zh, "进入旅程“空腹偏高回访”：空腹偏高")) {
			t.Errorf("the readings behind the tag: %+v", why)
		}
	}
}
