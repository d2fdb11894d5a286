package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/visit"
)

// visited is somebody with a medicine, a question and a link, and the token of the link.
func (h *house) visited(t *testing.T) (liu, phone *browser, path, token, question string) {
	t.Helper()
	x := h.add(0, "张桂芳", "liu")
	liu, path = h.as("liu"), "/api/people/"+string(x.ID)
	phone = h.phone(liu, x.ID)
	liu.says(path, "medication", "2026-02-01", props{"name": "二甲双胍", "action": "start", "dose": 0.5, "doseUnit": "g", "timesPerDay": 2})
	question = phone.says("/api/me", "visit_question", "", props{"status": "open", "question": "为什么会低血糖？"}).Entry.ID
	var link api.VisitLink
	if status := phone.do("POST", "/api/me/visit-links", nil, &link); status != 200 {
		t.Fatalf("a link: %d", status)
	}
	_, token, _ = strings.Cut(link.URL, "#")
	if !strings.HasPrefix(link.URL, h.http.URL+"/visit/#") || len(token) != 43 || !strings.HasPrefix(link.QR, "data:image/png;base64,") || strings.Contains(link.URL, string(x.ID)) {
		t.Fatalf("%+v", link)
	}
	return liu, phone, path, token, question
}

func (b *browser) visitAnswers(path string) []api.VisitAnswer {
	b.h.t.Helper()
	var list api.Listing[api.VisitAnswer]
	b.do("GET", path+"/visit-answers", nil, &list)
	return list.Items
}

func TestADoctorAnswersByLink(t *testing.T) {
	h := newHouse(t)
	liu, phone, path, token, question := h.visited(t)
	doctor := h.browser()
	var page api.DoctorPage
	if status := doctor.do("POST", "/api/visit/open", props{"token": token}, &page); status != 200 || page.Answered {
		t.Fatalf("open: %d", status)
	}
	if w := page.Page.Who; w.Name != "张*芳" || w.Owner != "" {
		t.Errorf("a link tells more than it must: %+v", w)
	}
	if len(page.Page.Medicines) != 1 || len(page.Page.Questions) != 1 || page.Page.Questions[0].ID != question {
		t.Fatalf("%+v", page.Page)
	}
	answer := props{
		"token": token, "name": "王建", "hospital": "市一院", "note": "注意足部", "targets": props{"fastingHigh": 7.5}, "perWeek": 5, "when": "空腹、晚饭后",
		"medicines": []props{{"name": "二甲双胍", "action": "change", "dose": 1, "doseUnit": "g", "timesPerDay": 2}}, "nextVisit": "2026-04-08",
		"answers": []props{{"question": question, "text": "可能是晚饭吃得少"}},
	}
	wrong := func(change props, code, field string) {
		t.Helper()
		body := props{}
		for k, v := range answer {
			body[k] = v
		}
		for k, v := range change {
			body[k] = v
		}
		if p := doctor.refused("POST", "/api/visit/answer", body); p.Status != 422 || p.Code != code || p.Field != field {
			t.Errorf("%v: %+v", change, p)
		}
	}
	wrong(props{"name": "王\n建"}, "not_one_line", "body.name")
	wrong(props{"medicines": []props{{"name": "二甲双胍", "action": "start", "dose": 10, "doseUnit": "U"}}}, "wrong_dose_unit", "body.medicines[0].doseUnit")
	wrong(props{"targets": props{"fastingHigh": 70}}, "out_of_range", "body.targets.fastingHigh")
	wrong(props{"targets": props{"signed": true}}, "signed_by_account_only", "body.targets.signed")
	wrong(props{"nextVisit": "2026-03-08"}, "bad_day", "body.nextVisit")
	wrong(props{"answers": []props{{"question": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "text": "x"}}}, "unknown_question", "body.answers[0].question")
	if p := doctor.refused("POST", "/api/visit/answer", props{"token": token, "name": "王建"}); p.Code != "nothing_said" {
		t.Errorf("nothing said: %+v", p)
	}
	if status := doctor.do("POST", "/api/visit/answer", answer, nil); status != 200 {
		t.Fatalf("answer: %d", status)
	}
	if p := doctor.refused("POST", "/api/visit/answer", answer); p.Status != 409 || p.Code != "visit_answered" {
		t.Errorf("a second answer: %+v", p)
	}

	// Nothing of it holds until somebody checks it.
	f := liu.fileOf(path)
	if f.Targets.InForce != nil || *f.Medicines[0].Dose != 0.5 || len(f.Plans) != 0 {
		t.Fatalf("an answer nobody checked holds: %+v %+v", f.Targets, f.Plans)
	}
	var tasks api.Listing[api.Task]
	liu.do("GET", path+"/tasks", nil, &tasks)
	if len(tasks.Items) != 1 || !strings.Contains(tasks.Items[0].Title.Zh, "就诊链接") {
		t.Errorf("work for the owner: %+v", tasks.Items)
	}
	list := liu.visitAnswers(path)
	if len(list) != 1 || list[0].Status != "waiting" || list[0].Name != "王建" || len(list[0].Items) != 5 || !strings.Contains(list[0].Origin.Zh, "不是签署") {
		t.Fatalf("%+v", list)
	}
	if s := list[0].Items[2].Text.Zh; !strings.Contains(s, "二甲双胍") || !strings.Contains(s, "1 g") {
		t.Errorf("a change of medicine reads %q", s)
	}
	if p := liu.refused("POST", path+"/visit-answers/"+list[0].ID+"/confirm", props{"items": []int{9}}); p.Status != 422 {
		t.Errorf("a statement it does not hold: %+v", p)
	}
	if status := liu.do("POST", path+"/visit-answers/"+list[0].ID+"/confirm", props{"items": []int{0, 1, 2, 4}}, nil); status != 204 {
		t.Fatalf("confirm: %d", status)
	}
	if p := liu.refused("POST", path+"/visit-answers/"+list[0].ID+"/confirm", props{"items": []int{3}}); p.Status != 412 {
		t.Errorf("checked twice: %+v", p)
	}
	f = liu.fileOf(path)
	in := f.Targets.Unsigned
	if f.Targets.InForce != nil || in == nil || in.Signed || in.Provenance != "visit_link" || in.Said == nil || in.Said.Name != "王建（市一院）" || !strings.Contains(in.Said.ByText.Zh, "不是签署") || in.Properties["fastingHigh"] != 7.5 {
		t.Fatalf("%+v", in)
	}
	if *f.Medicines[0].Dose != 1 || len(f.Medicines[0].Courses) != 2 || len(f.Plans) != 1 || f.Plans[0].Kind != "glucose" || f.Plans[0].Signed {
		t.Errorf("%+v %+v", f.Medicines[0], f.Plans)
	}
	if got := liu.visitAnswers(path); len(got) != 1 || got[0].Status != "confirmed" || !got[0].Items[0].Taken || got[0].Items[3].Taken {
		t.Errorf("%+v", got)
	}
	var mine api.MyVisit
	phone.do("GET", "/api/me/visit-page", nil, &mine)
	if len(mine.Page.Questions) != 0 || len(mine.Answered) != 1 || mine.Answered[0].Answer != "可能是晚饭吃得少" {
		t.Errorf("%+v", mine)
	}
}

// A doctor asks for what the person's programmes measure, at slots a plan can name.
func TestADoctorsPlansByLink(t *testing.T) {
	h := newHouse(t)
	liu, _, path, token, _ := h.visited(t)
	doctor := h.browser()
	var page api.DoctorPage
	doctor.do("POST", "/api/visit/open", props{"token": token}, &page)
	if ps := page.Page.Plans; len(ps) == 0 || ps[0].Key != "glucose" || len(ps[0].Slots) != 9 || ps[0].Slots[0].Key != "fasting" {
		t.Fatalf("%+v", ps)
	}
	for field, p := range map[string]props{
		"body.plans[0].kind":     {"kind": "exercise", "perWeek": 3},
		"body.plans[0].slots[1]": {"kind": "glucose", "perWeek": 3, "slots": []string{"fasting", "noon"}},
		"body.plans[0].perWeek":  {"kind": "glucose", "perWeek": 71},
	} {
		if r := doctor.refused("POST", "/api/visit/answer", props{"token": token, "name": "王建", "plans": []props{p}}); r.Status != 422 || r.Field != field {
			t.Errorf("%v: %+v", p, r)
		}
	}
	if status := doctor.do("POST", "/api/visit/answer", props{"token": token, "name": "王建", "plans": []props{{"kind": "glucose", "perWeek": 6, "slots": []string{"fasting", "bedtime"}}}}, nil); status != 200 {
		t.Fatal(status)
	}
	list := liu.visitAnswers(path)
	if s := list[0].Items[0].Text.Zh; !strings.Contains(s, "空腹、睡前") {
		t.Errorf("the plan reads %q", s)
	}
	if status := liu.do("POST", path+"/visit-answers/"+list[0].ID+"/confirm", props{"items": []int{0}}, nil); status != 204 {
		t.Fatal(status)
	}
	if p := liu.fileOf(path).Plans[0].Entries[0].Properties; p["points"] != "fasting+bedtime" || p["perWeek"] != 6.0 || p["pointsPerDay"] != 2.0 {
		t.Errorf("%+v", p)
	}
}

// A doctor's own account that takes an answer in does not sign it: what was typed on a link is nobody's statement.
func TestConfirmingIsNotSigning(t *testing.T) {
	h := newHouse(t)
	_, _, path, token, _ := h.visited(t)
	h.browser().do("POST", "/api/visit/answer", props{"token": token, "name": "王建", "perWeek": 5}, nil)
	if status := h.as("admin").do("PATCH", path, props{"doctor": h.staff["qian"]}, nil, "If-Match", "*"); status != 200 {
		t.Fatal(status)
	}
	qian := h.as("qian")
	a := qian.visitAnswers(path)
	if status := qian.do("POST", path+"/visit-answers/"+a[0].ID+"/confirm", props{"items": []int{0}}, nil); status != 204 {
		t.Fatalf("confirm: %d", status)
	}
	if p := qian.fileOf(path).Plans; len(p) != 1 || p[0].Signed || p[0].Entries[0].Provenance != "visit_link" {
		t.Errorf("%+v", p)
	}
}

func TestVisitLinksEnd(t *testing.T) {
	h := newHouse(t)
	liu, phone, path, token, _ := h.visited(t)
	opens := func(token string) int {
		return h.browser().refused("POST", "/api/visit/open", props{"token": token}).Status
	}
	if opens(token) != 200 || opens(token+"x") != 401 || opens("x") != 401 {
		t.Fatal("only the token opens the page")
	}
	var links api.Listing[api.VisitLink]
	liu.do("GET", path+"/visit-links", nil, &links)
	if len(links.Items) != 1 || links.Items[0].URL != "" || links.Items[0].QR != "" || links.Items[0].State != "open" || links.Items[0].By.Zh != "本人" {
		t.Fatalf("%+v", links.Items)
	}
	if status := h.as("chen").refused("POST", path+"/visit-links/"+links.Items[0].ID+"/revoke", nil).Status; status != 404 {
		t.Errorf("another's link: %d", status)
	}
	if status := phone.do("POST", "/api/me/visit-links/"+links.Items[0].ID+"/revoke", nil, nil); status != 204 {
		t.Fatalf("revoke: %d", status)
	}
	if opens(token) != 401 {
		t.Error("a link taken back opens")
	}
	if p := h.browser().refused("POST", "/api/visit/answer", props{"token": token, "name": "王建", "perWeek": 5}); p.Status != 401 {
		t.Errorf("a link taken back answers: %+v", p)
	}
	var link api.VisitLink
	liu.do("POST", path+"/visit-links", nil, &link)
	_, token, _ = strings.Cut(link.URL, "#")
	h.clock.Add(visit.LinkLife.Microseconds() - 1)
	if opens(token) != 200 {
		t.Error("a link ended early")
	}
	h.clock.Add(1)
	if opens(token) != 401 {
		t.Error("a link lasts too long")
	}
	if status := h.as("viewer").refused("POST", path+"/visit-links", nil).Status; status != 403 && status != 404 {
		t.Errorf("a viewer makes a link: %d", status)
	}
}

// Whoever guesses tokens waits after some tries; whoever has one does not.
func TestGuessingTokensCosts(t *testing.T) {
	h := newHouse(t)
	_, _, _, token, _ := h.visited(t)
	b := h.browser()
	for range 40 {
		if p := b.refused("POST", "/api/visit/open", props{"token": token}); p.Status != 200 {
			t.Fatalf("%+v", p)
		}
	}
	last := problem{}
	for range 31 {
		last = b.refused("POST", "/api/visit/open", props{"token": "guess"})
	}
	if last.Status != 429 || last.RetryAfter <= 0 {
		t.Errorf("%+v", last)
	}
}

func TestVisitsAreOnRecord(t *testing.T) {
	h := newHouse(t)
	liu, _, path, token, _ := h.visited(t)
	h.browser().do("POST", "/api/visit/open", props{"token": token}, nil)
	h.browser().do("POST", "/api/visit/answer", props{"token": token, "name": "王建", "perWeek": 5}, nil)
	id := liu.visitAnswers(path)[0].ID
	liu.do("POST", path+"/visit-answers/"+id+"/refuse", props{"reason": "本人说不是这位医生"}, nil)
	var rows api.Listing[api.AuditRow]
	h.as("admin").do("GET", "/api/audit?limit=200", nil, &rows)
	seen := map[string]string{}
	for _, r := range rows.Items {
		seen[r.Action] = r.Actor
		if raw, _ := json.Marshal(r); strings.Contains(string(raw), token) || strings.Contains(string(raw), "王建") {
			t.Errorf("an audit row tells too much: %s", raw)
		}
	}
	for action, actor := range map[string]string{"visit.link": "person:", "visit.open": "visit:", "visit.answer": "visit:", "visit.answers": "staff:", "visit.refused": "staff:"} {
		if !strings.HasPrefix(seen[action], actor) {
			t.Errorf("%s was by %q", action, seen[action])
		}
	}
	if got := liu.visitAnswers(path); got[0].Status != "refused" || len(liu.fileOf(path).Plans) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestTheVisitPage(t *testing.T) {
	h := newHouse(t)
	liu, phone, path, _, _ := h.visited(t)
	n := h.personNumber(path)
	day := func(d, hour int) time.Time { return time.Date(2026, 3, d, hour-8, 0, 0, 0, time.UTC) }
	for d := 2; d <= 6; d++ {
		h.tell(0, n, "glucose", fmt.Sprintf(`{"value":%d,"unit":"mmol/L","context":"fasting"}`, d+3), day(d, 7))
	}
	h.tell(0, n, "glucose", `{"value":3.4,"unit":"mmol/L","context":"before_dinner"}`, day(7, 17))
	h.tell(0, n, "meal", `{"carbs":15}`, day(7, 17).Add(5*time.Minute))
	h.tell(0, n, "glucose", `{"value":5.6,"unit":"mmol/L"}`, day(7, 17).Add(20*time.Minute))
	liu.says(path, "hba1c", "2025-11-01", props{"value": 8.1})
	liu.says(path, "hba1c", "2026-02-20", props{"value": 7.4})
	liu.says(path, "hba1c", "2024-01-01", props{"value": 9.9}) // longer ago than two years
	for at, v := range map[string]int{"2025-06-01": 71, "2026-01-10": 84} {
		liu.says(path, "score", at, props{"scale": "harris", "value": v, "side": "left"})
	}
	liu.says(path, "score", "2026-01-10", props{"scale": "harris", "value": 90, "side": "right"})
	liu.says(path, "medication", "2026-03-07", props{"name": "二甲双胍", "action": "missed"})
	liu.says(path, "allergy", "2020", props{"kind": "drug", "substance": "青霉素", "active": true})
	var p api.VisitPage
	if status := liu.do("GET", path+"/visit-page", nil, &p); status != 200 {
		t.Fatal(status)
	}
	if c := p.Trends; len(c) != 2 || c[0].Key != "hba1c" || len(c[0].Points) != 2 || c[0].Points[1].Show != "7.4" || !strings.Contains(c[0].Sentence.Zh, "8.1 → 7.4%") || len(c[0].Limits) != 1 || c[1].Key != "harris:left" || c[1].Points[0].Value != 71 || c[1].Points[1].Value != 84 {
		t.Errorf("the courses of two years: %+v", c)
	}
	if p.Who.Name != "张桂芳" || p.Who.Owner != "刘敏" || len(p.Who.Allergies) != 1 || p.Days != 14 || p.From != "2026-02-23" {
		t.Errorf("%+v", p.Who)
	}
	if p.Pattern.Shape != "log" || p.Pattern.N != 7 || p.Pattern.Slots[0].Mean == nil || *p.Pattern.Slots[0].Mean != 7 || len(p.Log) != 6 {
		t.Errorf("%+v", p.Pattern)
	}
	if len(p.Lows) != 1 || p.Lows[0].Treated.Zh != "吃了东西，20 分钟后 5.6" {
		t.Errorf("%+v", p.Lows)
	}
	if m := p.Medicines; len(m) != 1 || m[0].Dose.Zh != "每次 0.5 g，一天 2 次" || m[0].Missed != 1 || *m[0].Planned != 56 || m[0].New {
		t.Errorf("%+v", m)
	}
	if l := p.Labs; len(l) != 1 || l[0].Latest.Value != 7.4 || *l[0].Change != -0.7 {
		t.Errorf("%+v", l)
	}
	var mine api.MyVisit
	phone.do("GET", "/api/me/visit-page", nil, &mine)
	if len(mine.Suggestions) == 0 || mine.Suggestions[0].Key != "low" {
		t.Errorf("%+v", mine.Suggestions)
	}
	var masked api.VisitPage
	if status := h.as("viewer").do("GET", path+"/visit-page", nil, &masked); status == 200 && (masked.Who.Name == "张桂芳" || len(masked.Questions) > 0) {
		t.Errorf("a viewer reads names: %+v", masked.Who)
	}
}
