package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/page"
	"peiban/internal/person"
)

type recorded struct {
	Reading struct {
		ID, Band, At, CorrectedBy string
		Mmol                      float64
		Show                      struct{ Mmol, Mgdl string }
	}
	Reply struct {
		Text, Next struct{ Zh, En string }
		Tone       string
	}
	Card    *struct{ ID, Content, State string }
	Confirm *struct {
		Text        struct{ Zh string }
		SuggestUnit string
	}
}

// From a new person's consent to a low reading, its card on the phone, its task in the console, and why.
func TestFromThePhoneToTheConsole(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	var p struct {
		ID    string
		Owner struct{ Name string }
	}
	if status := liu.do("POST", "/api/people", map[string]any{"name": "张桂芳", "phone": "138 0000 0412", "gender": "female", "birthYear": 1958}, &p); status != 200 || p.Owner.Name != "刘敏" {
		t.Fatalf("add: %d %+v", status, p)
	}
	person, _ := h.spaces[0].Directory().ByID(personID(p.ID))
	var number struct{ Phone string }
	if liu.do("GET", "/api/people/"+p.ID+"/phone", nil, &number); number.Phone != "13800000412" {
		t.Errorf("the number to call: %+v", number)
	}
	phone := h.phone(liu, person.ID)

	var me struct {
		NeedsConsent bool
		Consents     []struct {
			Purpose, Version string
			Required         bool
			Text, Summary    struct{ Zh, En string }
		}
		Owner struct {
			Name     string
			RoleText struct{ Zh string }
		}
	}
	phone.do("GET", "/api/me", nil, &me)
	if !me.NeedsConsent || len(me.Consents) < 4 || !me.Consents[0].Required || me.Consents[0].Text.Zh == "" || me.Owner.RoleText.Zh != "护师" {
		t.Fatalf("%+v", me)
	}
	if r := phone.refused("POST", "/api/me/readings", reading); r.Status != 403 || r.Code != "consent_needed" {
		t.Errorf("a reading before consent: %+v", r)
	}
	var quiet struct {
		Main struct{ Kind string }
		Week struct{ Plan *float64 }
	}
	if phone.do("GET", "/api/me/today", nil, &quiet); quiet.Main.Kind != "consent" || quiet.Week.Plan != nil {
		t.Errorf("asked to measure what is refused: %+v", quiet)
	}
	var history struct{ Next *struct{ Zh string } }
	if phone.do("GET", "/api/me/readings", nil, &history); history.Next != nil {
		t.Errorf("asked to measure what is refused: %+v", history.Next)
	}
	for _, c := range me.Consents {
		body := map[string]any{"purpose": c.Purpose, "granted": true, "version": "0"}
		if r := phone.refused("POST", "/api/me/consents", body); r.Status != 409 {
			t.Errorf("agreed to a text nobody showed: %+v", r)
		}
		body["version"] = c.Version
		if status := phone.do("POST", "/api/me/consents", body, &me); status != 200 {
			t.Fatalf("consent: %d", status)
		}
	}
	if me.NeedsConsent {
		t.Error("still asked for consent")
	}
	var today struct {
		Greeting struct{ Zh string }
		Main     struct{ Kind, Context string }
		Card     *struct{ ID string }
	}
	if phone.do("GET", "/api/me/today", nil, &today); today.Greeting.Zh != "张阿姨，中午好" || today.Main.Kind != "record" || today.Main.Context != "before_lunch" {
		t.Errorf("today: %+v", today)
	}

	var r recorded
	if status := phone.do("POST", "/api/me/readings", map[string]any{"value": 2.8, "unit": "mmol/L", "context": "before_lunch", "clientId": "c1"}, &r); status != 200 {
		t.Fatalf("record: %d", status)
	}
	if r.Reading.Band != "very_low" || r.Card == nil || r.Card.Content != "low-now" || r.Card.State != "sent" || !strings.HasPrefix(r.Reply.Text.Zh, "2.8，很低") {
		t.Errorf("recorded %+v", r)
	}
	var again recorded
	if phone.do("POST", "/api/me/readings", map[string]any{"value": 2.8, "unit": "mmol/L", "context": "before_lunch", "clientId": "c1"}, &again); again.Reading.ID != r.Reading.ID {
		t.Errorf("the same client id made another reading: %s, %s", r.Reading.ID, again.Reading.ID)
	}
	if phone.do("GET", "/api/me/today", nil, &today); today.Main.Kind != "card" || today.Card == nil {
		t.Errorf("today after a low: %+v", today)
	}

	var list struct {
		Items       []workRow
		Counts      struct{ All, Safety int }
		MinutesLeft int
	}
	liu.do("GET", "/api/tasks?owner=me", nil, &list)
	if len(list.Items) != 1 || list.Counts.All != 1 || list.Counts.Safety != 1 || list.MinutesLeft != 10 {
		t.Fatalf("one low is one row: %+v", list)
	}
	row := list.Items[0]
	if row.Kind != "alert" || row.Priority != "safety" || row.Due != "2026-03-08T11:37:00+08:00" || row.Reading.Show.Mmol != "2.8" ||
		!strings.Contains(row.Detail.Zh, "测到 午前 2.8 很低；安全卡已送达，本人还没确认") || row.outcomes() != "reached no_answer went_to_hospital" || len(row.Steps) != 1 {
		t.Errorf("row %+v", row)
	}
	call := row.Steps[0]
	if row.Script == nil || row.Script.Key != "call-after-low" || strings.Contains(row.Script.Body.Zh, "{name}") || call.Script.Key != row.Script.Key || call.State != "open" {
		t.Errorf("script %+v, call %+v", row.Script, call)
	}
	for _, path := range []string{"/api/tasks/" + call.ID + "/why", "/api/messages/" + r.Card.ID + "/why", "/api/people/" + p.ID + "/tags/gl_hypo2_28d", "/api/people/" + p.ID + "/stage"} {
		var why struct {
			State    string
			Sentence struct{ Zh, En string }
			Evidence []struct{ Reading *struct{ Band string } }
			Steps    []struct{ OK bool }
		}
		if status := liu.do("GET", path, nil, &why); status != 200 || why.Sentence.Zh == "" || why.Sentence.En == "" || len(why.Evidence) == 0 {
			t.Errorf("%s: %d %+v", path, status, why)
		}
	}

	if q := liu.refused("POST", "/api/tasks/"+call.ID+"/postpone", map[string]string{"until": "2026-03-09T09:00:00+08:00"}, "If-Match", "1"); q.Status != 409 {
		t.Errorf("a safety task was postponed: %+v", q)
	}
	if q := liu.refused("POST", "/api/tasks/"+call.ID+"/complete", map[string]string{"outcome": "sneezed"}, "If-Match", "1"); q.Status != 422 || q.Field != "body.outcome" {
		t.Errorf("an outcome nobody offered: %+v", q)
	}
	if q := liu.refused("POST", "/api/tasks/"+call.ID+"/complete", map[string]string{"outcome": "reached"}, "If-Match", "7"); q.Status != 412 {
		t.Errorf("an old version: %+v", q)
	}
	var done struct {
		State, Outcome string
		OutcomeText    struct{ Zh string }
		By             struct{ Name string }
	}
	if status := liu.do("POST", "/api/tasks/"+call.ID+"/complete", map[string]string{"outcome": "reached", "note": "吃了糖，好多了"}, &done, "If-Match", "1"); status != 200 || done.State != "done" || done.OutcomeText.Zh != "联系上了" || done.By.Name != "刘敏" {
		t.Errorf("complete: %d %+v", status, done)
	}
	if status := liu.do("POST", "/api/tasks/"+call.ID+"/reopen", nil, &done, "If-Match", `"2"`); status != 200 || done.State != "open" {
		t.Errorf("undo: %d %+v", status, done)
	}
	var m struct {
		Answer, ReadAt string
		Call           []struct{ Tel string }
	}
	if status := phone.do("POST", "/api/me/messages/"+r.Card.ID+"/answer", map[string]string{"answer": "better"}, &m); status != 200 || m.Answer != "better" || m.ReadAt == "" || m.Call[0].Tel != "120" {
		t.Errorf("answer: %d %+v", status, m)
	}
	if q := phone.refused("POST", "/api/me/messages/"+r.Card.ID+"/answer", map[string]string{"answer": "hello"}); q.Status != 422 {
		t.Errorf("an answer the card has not: %+v", q)
	}
}

func TestCorrectAndTakeBack(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	phone := h.phone(liu, card.ID)
	var r, c recorded
	phone.do("POST", "/api/me/readings", map[string]any{"value": 78, "unit": "mmol/L", "context": "fasting"}, &r)
	if r.Reading.Band != "implausible" || r.Confirm == nil || r.Confirm.SuggestUnit != "mg/dL" || r.Confirm.Text.Zh != "您输入的是 78，对吗？如果单位是 mg/dL，点这里" {
		t.Fatalf("%+v %+v", r, r.Confirm)
	}
	phone.do("POST", "/api/me/readings/"+r.Reading.ID+"/correct", map[string]any{"value": 78, "unit": "mg/dL", "context": "fasting"}, &c)
	if c.Reading.Band != "below_target" && c.Reading.Band != "in_target" || c.Reading.Show.Mgdl != "78" || c.Reading.At != r.Reading.At {
		t.Errorf("corrected: %+v", c)
	}
	var all struct {
		Items []struct {
			ID, CorrectedBy, Corrects string
			Retracted                 bool
		}
		Stats struct{ N int }
	}
	liu.do("GET", "/api/people/"+string(card.ID)+"/readings", nil, &all)
	if len(all.Items) != 2 || all.Stats.N != 1 {
		t.Fatalf("%+v", all)
	}
	for _, x := range all.Items {
		if x.ID == r.Reading.ID && x.CorrectedBy != c.Reading.ID || x.ID == c.Reading.ID && x.Corrects != r.Reading.ID {
			t.Errorf("%+v", x)
		}
	}
	if p := phone.refused("POST", "/api/me/readings/"+r.Reading.ID+"/correct", map[string]any{"value": 7, "unit": "mmol/L", "context": ""}); p.Status != 412 {
		t.Errorf("a corrected reading was corrected again: %+v", p)
	}
	if status := phone.do("DELETE", "/api/me/readings/"+c.Reading.ID, nil, nil); status != 204 {
		t.Errorf("take back: %d", status)
	}
	liu.do("GET", "/api/people/"+string(card.ID)+"/readings", nil, &all)
	if all.Stats.N != 0 || !slices.ContainsFunc(all.Items, func(x struct {
		ID, CorrectedBy, Corrects string
		Retracted                 bool
	}) bool {
		return x.ID == c.Reading.ID && x.Retracted
	}) {
		t.Errorf("after taking back: %+v", all)
	}
}

func TestRepliesInPlainWords(t *testing.T) {
	h := newHouse(t)
	tests := []struct {
		name     string
		value    any
		unit     string
		context  string
		ago      time.Duration
		band     string
		zh, next string
		safety   bool
	}{
		{"in target", 7.0, "mmol/L", "fasting", 0, "in_target", "7.0，在您的目标里（早上空腹 4.4~7.0）", "", false},
		{"in target, mg/dL", 126, "mg/dL", "fasting", 0, "in_target", "7.0，在您的目标里（早上空腹 4.4~7.0）", "", false},
		{"high once", 8.6, "mmol/L", "fasting", 0, "high", "8.6，比您的空腹目标高一些", "偶尔一次不用担心，明早再测一次", false},
		{"after a meal, at the open limit", 10.0, "mmol/L", "after_lunch_2h", 0, "high", "10.0，比您的餐后目标高一些", "偶尔一次不用担心，下一餐后再测一次", false},
		{"low", 3.5, "mmol/L", "random", 0, "low", "3.5，偏低", "现在吃 15 克快糖，15 分钟后再测", true},
		{"low though it rounds to the limit", 3.86, "mmol/L", "random", 0, "low", "3.86，偏低", "现在吃 15 克快糖，15 分钟后再测", true},
		{"LO", "LO", "mmol/L", "random", 0, "lo", "LO，很低。先吃糖，我们马上联系您", "叫不醒请打 120", true},
		{"critical", 17.2, "mmol/L", "random", 0, "very_high", "17.2，很高。请今天就医", "恶心、呼吸快、想睡，马上打 120", true},
		{"HI", "HI", "mmol/L", "random", 0, "hi", "HI，很高。请今天就医", "恶心、呼吸快、想睡，马上打 120", true},
		{"a low of this morning", 2.8, "mmol/L", "fasting", 4 * time.Hour, "very_low", "2.8，很低，是之前测的", "请现在再测一次。不舒服请找刘护师，严重时打 120", false},
	}
	liu := h.as("liu")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			card := h.add(0, "张桂芳", "liu")
			phone := h.phone(liu, card.ID)
			var r recorded
			phone.do("POST", "/api/me/readings", map[string]any{"value": tt.value, "unit": tt.unit, "context": tt.context, "measuredAt": h.now().Add(-tt.ago).Format(time.RFC3339)}, &r)
			if r.Reading.Band != tt.band || r.Reply.Text.Zh != tt.zh || r.Reply.Next.Zh != tt.next || (r.Card != nil) != tt.safety {
				t.Errorf("%s %q %q card %v", r.Reading.Band, r.Reply.Text.Zh, r.Reply.Next.Zh, r.Card)
			}
		})
	}
}

func TestHistoryInPlainWords(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	phone := h.phone(liu, card.ID)
	var my struct {
		Sentence struct{ Zh, En string }
		Range    *struct{ Low, High float64 }
		Compare  *struct{ Text struct{ Zh string } }
	}
	want := []string{"最近 7 天还没有记录", "最近 7 天测了 1 次，早上空腹 1 次", "最近 7 天测了 2 次，早上空腹 2 次", "7 天里早上空腹测了 3 次，2 次在您的目标里（4.4~7.0）"}
	for i, w := range want {
		if phone.do("GET", "/api/me/readings?days=7", nil, &my); my.Sentence.Zh != w {
			t.Errorf("%d readings: %q, want %q", i, my.Sentence.Zh, w)
		}
		h.tell(0, card.Number, "glucose", fmt.Sprintf(`{"value":%v,"unit":"mmol/L","context":"fasting"}`, []float64{6, 8.6, 7, 6.1}[i]), h.now().Add(-time.Duration(24*(i+1))*time.Hour))
	}
	if my.Compare != nil {
		t.Errorf("a change out of one week: %+v", my.Compare)
	}
	if my.Range == nil || my.Range.High != 7 {
		t.Errorf("range %+v", my.Range)
	}
	for i := range 3 {
		h.tell(0, card.Number, "glucose", `{"value":8.4,"unit":"mmol/L","context":"fasting"}`, h.now().Add(-time.Duration(24*(i+8))*time.Hour))
	}
	if phone.do("GET", "/api/me/readings?days=7", nil, &my); my.Compare == nil || my.Compare.Text.Zh != "早上空腹平均 8.4 → 6.9，下降 1.5" {
		t.Errorf("%+v", my.Compare)
	}
}

func TestPeopleAreFoundAndSorted(t *testing.T) {
	h := newHouse(t)
	h.lowReading(0, "张桂芳", "liu")
	h.add(0, "李秀英", "liu")
	h.add(0, "陈国强", "chen")
	h.add(0, "王建国", "")
	zhou := h.as("zhou")
	names := func(b *browser, query string) string {
		var l struct {
			Items      []struct{ Name string }
			Total      int
			NextCursor string
		}
		if status := b.do("GET", "/api/people"+query, nil, &l); status != 200 {
			t.Fatalf("%s: %d", query, status)
		}
		var out []string
		for _, x := range l.Items {
			out = append(out, x.Name)
		}
		return strings.Join(out, " ")
	}
	tests := []struct{ query, want string }{
		{"", "张桂芳 陈国强 李秀英 王建国"}, // danger first, then by sound
		{"?sort=name", "陈国强 李秀英 王建国 张桂芳"},
		{"?sort=name&dir=desc", "张桂芳 王建国 李秀英 陈国强"},
		{"?q=桂芳", "张桂芳"}, {"?q=zhanggui", "张桂芳"}, {"?q=zgf", "张桂芳"}, {"?q=0412&sort=name", "陈国强 李秀英 王建国 张桂芳"},
		{"?tag=gl_hypo2_28d", "张桂芳"}, {"?tag=gl_hypo2_28d&tag=gl_freq_ok", ""}, {"?owner=none", "王建国"}, {"?owner=" + h.staff["chen"], "陈国强"},
		{"?due=1", "张桂芳"}, {"?q=%3Cscript%3E", ""}, {"?q=%27%20OR%201=1", ""},
		{"?sort=name&limit=2", "陈国强 李秀英"}, {"?sort=name&limit=2&cursor=2", "王建国 张桂芳"},
	}
	for _, tt := range tests {
		if got := names(zhou, tt.query); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.query, got, tt.want)
		}
	}
	if got := names(h.as("liu"), "?sort=name"); got != "李秀英 张桂芳" {
		t.Errorf("a health manager's list: %q", got)
	}
	res, body := zhou.raw("GET", "/api/people.csv?sort=name", nil)
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || strings.Count(string(body), "\n") != 5 || !strings.Contains(string(body), "张桂芳") {
		t.Errorf("csv: %s", body)
	}
}

func TestEveryLookLeavesARow(t *testing.T) {
	h := newHouse(t)
	x := h.lowReading(0, "张桂芳", "liu")
	liu := h.as("liu")
	id := string(x.person.ID)
	rows := func() []audit.Row {
		l, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Person: x.person.Number, Actor: "staff:" + h.staff["liu"]}, page.Part{Limit: 1000})
		must(t, err)
		return l.Items
	}
	for _, path := range []string{
		"/api/people", "/api/people.csv", "/api/people/" + id, "/api/people/" + id + "/readings", "/api/people/" + id + "/timeline", "/api/people/" + id + "/tags",
		"/api/people/" + id + "/tags/gl_hypo2_28d", "/api/people/" + id + "/stage", "/api/people/" + id + "/messages", "/api/people/" + id + "/tasks",
		"/api/people/" + id + "/runs", "/api/tasks", "/api/tasks/" + x.task + "/why", "/api/messages/" + x.message + "/why",
	} {
		before := len(rows())
		res, _ := liu.raw("GET", path, nil)
		after := rows()
		if res.StatusCode != 200 || len(after) != before+1 {
			t.Errorf("%s: %d, %d rows", path, res.StatusCode, len(after)-before)
			continue
		}
		if r := after[0]; r.Ref != res.Header.Get("X-Request-Id") || strings.Contains(r.Detail, "2.8") {
			t.Errorf("%s left %+v", path, r)
		}
	}
	before := len(rows())
	liu.do("POST", "/api/tasks/"+x.task+"/claim", nil, nil, "If-Match", "*")
	liu.do("POST", "/api/people/"+id+"/readings", reading, nil)
	if got := len(rows()) - before; got != 2 {
		t.Errorf("two writes left %d rows", got)
	}
}

func TestARepeatedWriteIsAnsweredTheSame(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	path := "/api/people/" + string(card.ID) + "/readings"
	res1, first := liu.raw("POST", path, reading, "Idempotency-Key", "k1")
	res2, second := liu.raw("POST", path, reading, "Idempotency-Key", "k1")
	if res1.StatusCode != 200 || res2.StatusCode != 200 || string(first) != string(second) || res2.Header.Get("Idempotent-Replay") != "true" {
		t.Errorf("%d %s\n%d %s", res1.StatusCode, first, res2.StatusCode, second)
	}
	other := map[string]any{"value": 9.9, "unit": "mmol/L", "context": "fasting"}
	if p := liu.refused("POST", path, other, "Idempotency-Key", "k1"); p.Status != 409 {
		t.Errorf("the key with another request: %+v", p)
	}
	var all struct{ Stats struct{ N int } }
	if liu.do("GET", path, nil, &all); all.Stats.N != 1 {
		t.Errorf("%d readings", all.Stats.N)
	}
}

func TestTheClockOfARehearsal(t *testing.T) {
	h := newHouse(t)
	h.lowReading(0, "张桂芳", "liu")
	liu := h.as("liu")
	var moved struct {
		Before, After string
		Happened      struct {
			Sent, Tasks int
			Items       []struct {
				Kind   string
				Person struct{ Name string }
				Text   struct{ Zh, En string }
			}
		}
	}
	if status := liu.do("POST", "/api/clock", map[string]string{"by": "1h"}, &moved); status != 200 || moved.Before != "2026-03-08T11:27:00+08:00" || moved.After != "2026-03-08T12:27:00+08:00" || len(moved.Happened.Items) == 0 {
		t.Fatalf("%d %+v", status, moved)
	}
	for _, x := range moved.Happened.Items {
		if x.Text.Zh == "" || x.Text.En == "" || x.Person.Name != "张桂芳" {
			t.Errorf("%+v", x)
		}
	}
	var clock struct {
		Now    string
		Offset int64
	}
	if liu.do("GET", "/api/clock", nil, &clock); clock.Offset != 3600 || clock.Now != moved.After {
		t.Errorf("%+v", clock)
	}
	if p := liu.refused("POST", "/api/clock", map[string]string{"by": "back"}); p.Status != 422 {
		t.Errorf("%+v", p)
	}
}

func personID(s string) person.ID { return person.ID(s) }

// A card that asks about a typo must not come back when the app is opened again.
func TestAPutRightReadingTakesItsCardAway(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	phone := h.phone(h.as("liu"), card.ID)
	var r recorded
	phone.do("POST", "/api/me/readings", map[string]any{"value": 3.1, "unit": "mmol/L", "context": "fasting"}, &r)
	today := func() (out struct{ Card *struct{ ID string } }) {
		phone.do("GET", "/api/me/today", nil, &out)
		return out
	}
	if today().Card == nil {
		t.Fatal("no card for 3.1")
	}
	phone.do("POST", "/api/me/readings/"+r.Reading.ID+"/correct", map[string]any{"value": 6.1, "unit": "mmol/L", "context": "fasting"}, nil)
	if got := today().Card; got != nil {
		t.Errorf("the card is still there: %+v", got)
	}
}
