package api_test

import (
	"net/http"
	"strings"
	"testing"

	"peiban/internal/audit"
	"peiban/internal/page"
)

func TestErasingAPersonOverTheAPI(t *testing.T) {
	h := newHouse(t)
	x := h.lowReading(0, "张桂芳", "liu")
	admin, liu := h.as("admin"), h.as("liu")
	phone := h.phone(liu, x.person.ID)
	id := string(x.person.ID)
	at := "/api/people/" + id
	erase := func(b *browser, confirm string) problem {
		return b.refused("POST", at+"/erase", map[string]string{"confirm": confirm}, "Idempotency-Key", "e-"+confirm)
	}
	if status := admin.do("PATCH", at, map[string]any{"name": "张桂芬"}, nil, "If-Match", "*", "Idempotency-Key", "rename"); status != 200 {
		t.Fatalf("rename: %d", status)
	}
	for name, p := range map[string]problem{
		"who looks after them": erase(liu, "张桂芬"), "the manager": erase(h.as("zhou"), "张桂芬"), "a viewer": erase(h.as("viewer"), "张桂芬"),
	} {
		if p.Status != http.StatusForbidden {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := erase(h.as("chen"), "张桂芬"); p.Status != http.StatusNotFound {
		t.Errorf("who may not see them: %+v", p)
	}
	if p := erase(h.as("admin2"), "张桂芬"); p.Status != http.StatusNotFound {
		t.Errorf("another workspace: %+v", p)
	}
	for _, wrong := range []string{"张桂芳", "桂芬", id[len(id)-5:], "000000"} {
		if p := erase(admin, wrong); p.Status != 422 || p.Code != "not_confirmed" || p.Field != "body.confirm" || strings.Contains(p.Hint+p.Text.Zh, "张桂芬") {
			t.Errorf("%s: %+v", wrong, p)
		}
	}
	if p := erase(admin, "张 桂芬"); p.Status != 200 || !strings.Contains(p.Text.Zh, "永久删除") {
		t.Fatalf("erase: %+v", p)
	}
	for _, again := range []string{"张 桂芬", "whatever"} { // the same request, and another one
		if p := erase(admin, again); p.Status != 200 {
			t.Errorf("erasing again: %+v", p)
		}
	}
	if p := erase(liu, "张桂芬"); p.Status != http.StatusNotFound {
		t.Errorf("erasing again without the right: %+v", p)
	}
	l, err := h.store.Audit(t.Context(), h.spaces[0].Workspace().Number, audit.Filter{Person: x.person.Number, Action: "person.erase"}, page.Part{})
	must(t, err)
	if len(l.Items) != 1 || l.Items[0].Actor != "staff:"+h.staff["admin"] || l.Items[0].Ref == "" {
		t.Errorf("proof: %+v", l.Items)
	}
	var proof struct{ Total int }
	if status := admin.do("GET", "/api/audit?person="+id, nil, &proof); status != 200 || proof.Total < 3 {
		t.Errorf("the proof of who read what: %d %+v", status, proof)
	}

	for _, op := range operations(h.server) {
		c, listed := calls[op[0]]
		if !listed || op[0] == "erase-person" || op[0] == "audit" {
			continue
		}
		of := c.id
		if of == nil {
			of = personOf
		}
		path := strings.NewReplacer("{id}", of(x), "{key}", c.key).Replace(op[2])
		b, want := admin, http.StatusNotFound
		if strings.HasPrefix(path, "/api/me/") {
			b, want = phone, http.StatusUnauthorized
		}
		if p := b.refused(op[1], path, c.body, "If-Match", "*"); p.Status != want {
			t.Errorf("%s %s answers %d %s", op[1], path, p.Status, p.Code)
		}
	}
	for _, path := range []string{"/api/people", "/api/people.csv", "/api/tasks", "/api/tasks?state=closed", "/api/deliveries?state=suppressed", "/api/deliveries?state=sent", "/api/audit", "/api/workspace"} {
		res, body := admin.raw("GET", path, nil)
		if res.StatusCode != 200 || strings.Contains(string(body), "桂芬") || !strings.HasPrefix(path, "/api/audit") && strings.Contains(string(body), id) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
	// What was answered before cannot be read by asking for it again.
	if p := admin.refused("PATCH", at, map[string]any{"name": "张桂芬"}, "If-Match", "*", "Idempotency-Key", "rename"); p.Status != http.StatusNotFound || p.Code != "erased" {
		t.Errorf("the old answer: %+v", p)
	}
}

// Asked a second time, an answer that named several people says that it was done, and does nothing.
func TestAnAnswerAboutSeveralPeopleIsNotKept(t *testing.T) {
	h := newHouse(t)
	h.lowReading(0, "张桂芳", "liu")
	h.lowReading(0, "李秀英", "liu")
	liu := h.as("liu")
	var moved struct{ After string }
	move := func() (*http.Response, string) {
		res, body := liu.raw("POST", "/api/clock", map[string]string{"by": "1d"}, "Idempotency-Key", "k")
		return res, string(body)
	}
	if res, body := move(); res.StatusCode != 200 || !strings.Contains(body, "张桂芳") || !strings.Contains(body, "李秀英") {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	now := h.spaces[0].Now()
	if res, body := move(); res.StatusCode != 409 || !strings.Contains(body, `"already_done"`) || strings.Contains(body, "张桂芳") || !h.spaces[0].Now().Equal(now) {
		t.Errorf("%d %s %v", res.StatusCode, body, moved)
	}
}
