package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestSignInAndOut(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	res, body := b.raw("POST", "/api/session", map[string]string{"login": " LIU ", "password": password})
	if res.StatusCode != 200 || !strings.Contains(string(body), `"health_manager"`) {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	c := res.Cookies()[0]
	if c.Name != "pb_staff" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.MaxAge != 12*3600 {
		t.Errorf("cookie %+v", c)
	}
	var s struct{ CSRF string }
	b.do("GET", "/api/session", nil, &s)
	b.csrf = s.CSRF
	if status := b.do("DELETE", "/api/session", nil, nil); status != 200 {
		t.Errorf("sign out: %d", status)
	}
	if p := b.refused("GET", "/api/session", nil); p.Status != 401 {
		t.Errorf("after signing out: %+v", p)
	}
}

func TestWrongPasswordsLockOut(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	wrong := map[string]string{"login": "liu", "password": "not this one"}
	for range 5 {
		if p := b.refused("POST", "/api/session", wrong); p.Status != 401 || p.Code != "bad_sign_in" {
			t.Fatalf("%+v", p)
		}
	}
	right := map[string]string{"login": "liu", "password": password}
	p := b.refused("POST", "/api/session", right)
	if p.Status != 429 || p.Code != "locked" || p.RetryAfter != 30 {
		t.Errorf("the right password while locked: %+v", p)
	}
	h.clock.Add((30 * time.Second).Microseconds())
	if p := b.refused("POST", "/api/session", wrong); p.Status != 401 {
		t.Errorf("after the wait: %+v", p)
	}
	if p := b.refused("POST", "/api/session", right); p.RetryAfter != 60 {
		t.Errorf("the wait did not grow: %+v", p)
	}
	h.clock.Add(time.Minute.Microseconds())
	if status := b.do("POST", "/api/session", right, nil); status != 200 {
		t.Errorf("the right password after the wait: %d", status)
	}
	if p := b.refused("POST", "/api/session", map[string]string{"login": "nobody", "password": password}); p.Code != "bad_sign_in" {
		t.Errorf("an unknown login: %+v", p)
	}
}

// One password tried on many logins locks no account; it is the address that waits.
func TestManyWrongSignInsFromOneAddressWait(t *testing.T) {
	h := newHouse(t)
	b := h.browser()
	sign := func(login, from string) problem {
		return b.refused("POST", "/api/session", map[string]string{"login": login, "password": "123456"}, "X-Forwarded-For", from)
	}
	for i := range 30 {
		if p := sign(fmt.Sprint("nobody", i), "198.51.100.1"); p.Status != 401 {
			t.Fatalf("try %d: %+v", i, p)
		}
	}
	res, _ := b.raw("POST", "/api/session", map[string]string{"login": "liu", "password": password}, "X-Forwarded-For", "198.51.100.1")
	if res.StatusCode != 429 || res.Header.Get("Retry-After") != "20" {
		t.Errorf("one too many: %d, wait %s", res.StatusCode, res.Header.Get("Retry-After"))
	}
	if p := b.refused("POST", "/api/me/session", map[string]string{"token": "x"}, "X-Forwarded-For", "198.51.100.1"); p.Status != 429 || p.Code != "too_many_tries" || p.RetryAfter != 20 {
		t.Errorf("a phone's link from there: %+v", p)
	}
	if p := sign("nobody", "198.51.100.2"); p.Status != 401 {
		t.Errorf("another address: %+v", p)
	}
	h.clock.Add((20 * time.Second).Microseconds())
	for range 40 { // the right password uses nothing up
		if status := b.do("POST", "/api/session", map[string]string{"login": "liu", "password": password}, nil, "X-Forwarded-For", "198.51.100.1"); status != 200 {
			t.Fatalf("the right password after the wait: %d", status)
		}
	}
}

func TestSessionsEnd(t *testing.T) {
	h := newHouse(t)
	b := h.as("liu")
	h.clock.Add((4 * time.Hour).Microseconds())
	if p := b.refused("GET", "/api/session", nil); p.Status != 401 {
		t.Errorf("after four idle hours: %+v", p)
	}
}

func TestChangesNeedTheToken(t *testing.T) {
	h := newHouse(t)
	x := h.lowReading(0, "张桂芳", "liu")
	b := h.as("liu")
	path := "/api/tasks/" + x.task + "/claim"
	tests := []struct {
		name    string
		headers []string
		want    int
	}{
		{"no token", []string{"X-CSRF-Token", ""}, 403},
		{"a wrong one", []string{"X-CSRF-Token", "abc"}, 403},
		{"from another site", []string{"Origin", "https://evil.example"}, 403},
		{"the browser says another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"from our page", []string{"Sec-Fetch-Site", "same-origin"}, 200},
	}
	for _, tt := range tests {
		if p := b.refused("POST", path, nil, append(tt.headers, "If-Match", "*")...); p.Status != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, p.Status, tt.want)
		}
	}
	phone := h.phone(b, x.person.ID)
	if p := phone.refused("PUT", "/api/me/settings", map[string]bool{"elder": true}, "X-CSRF-Token", b.csrf); p.Status != 403 {
		t.Errorf("the staff's token on the phone: %d", p.Status)
	}
}

func TestALinkWorksOnce(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	var link struct{ URL, QR, Expires string }
	liu.do("POST", "/api/people/"+string(card.ID)+"/signin-link", nil, &link)
	if !strings.HasPrefix(link.URL, h.http.URL+"/m/in/") || !strings.HasPrefix(link.QR, "data:image/png;base64,") {
		t.Fatalf("%+v", link)
	}
	token := map[string]string{"token": link.URL[strings.LastIndexByte(link.URL, '/')+1:]}
	if status := h.browser().do("POST", "/api/me/session", token, nil); status != 200 {
		t.Errorf("first use: %d", status)
	}
	if p := h.browser().refused("POST", "/api/me/session", token); p.Status != 401 || p.Text.Zh == "" {
		t.Errorf("second use: %+v", p)
	}
	liu.do("POST", "/api/people/"+string(card.ID)+"/signin-link", nil, &link)
	h.clock.Add((15 * time.Minute).Microseconds())
	token["token"] = link.URL[strings.LastIndexByte(link.URL, '/')+1:]
	if p := h.browser().refused("POST", "/api/me/session", token); p.Status != 401 {
		t.Errorf("too late: %+v", p)
	}
}

func TestRoles(t *testing.T) {
	h := newHouse(t)
	x := h.lowReading(0, "张桂芳", "liu")
	nobodys := h.add(0, "李秀英", "")
	id := string(x.person.ID)

	viewer := h.as("viewer")
	var row struct {
		Name, Last4 string
		Masked      bool
	}
	if viewer.do("GET", "/api/people/"+id, nil, &row); row.Name != "张*芳" || row.Last4 != "" || !row.Masked {
		t.Errorf("a viewer reads %+v", row)
	}
	_, list := viewer.raw("GET", "/api/people", nil)
	_, tasks := viewer.raw("GET", "/api/tasks", nil)
	_, messages := viewer.raw("GET", "/api/people/"+id+"/messages", nil)
	for name, b := range map[string][]byte{"people": list, "tasks": tasks, "messages": messages} {
		if strings.Contains(string(b), "张桂芳") || strings.Contains(string(b), "李") {
			t.Errorf("a viewer reads a name in %s: %s", name, b)
		}
	}
	for _, c := range []struct {
		method, path string
		body         any
	}{
		{"POST", "/api/tasks/" + x.task + "/claim", nil}, {"POST", "/api/people/" + id + "/readings", reading},
		{"PATCH", "/api/people/" + id, map[string]string{"name": "x"}}, {"POST", "/api/people", map[string]string{"name": "x"}},
		{"POST", "/api/people/" + id + "/signin-link", nil}, {"GET", "/api/people.csv", nil}, {"GET", "/api/audit", nil},
		{"GET", "/api/people?q=zhang", nil}, {"POST", "/api/clock", map[string]string{"by": "1h"}},
	} {
		if p := viewer.refused(c.method, c.path, c.body); p.Status != 403 {
			t.Errorf("a viewer may %s %s: %d", c.method, c.path, p.Status)
		}
	}
	for login, want := range map[string]int{"admin": 200, "zhou": 200, "liu": 404, "chen": 404, "wang": 404, "viewer": 404} {
		if p := h.as(login).refused("GET", "/api/people/"+string(nobodys.ID), nil); p.Status != want {
			t.Errorf("%s reads a person without an owner: %d, want %d", login, p.Status, want)
		}
	}
	liu := h.as("liu")
	for _, path := range []string{"/api/audit", "/api/quarantine", "/api/deliveries"} {
		if p := liu.refused("GET", path, nil); p.Status != 403 {
			t.Errorf("a health manager reads %s: %d", path, p.Status)
		}
	}
	if p := liu.refused("PATCH", "/api/people/"+id, map[string]string{"owner": h.staff["chen"]}); p.Status != 403 {
		t.Errorf("a health manager hands a person over: %d", p.Status)
	}
	zhou := h.as("zhou")
	var p struct {
		Version int64
		Owner   struct{ Name string }
	}
	zhou.do("GET", "/api/people/"+id, nil, &p)
	if q := zhou.refused("PATCH", "/api/people/"+id, map[string]string{"owner": h.staff["chen"]}, "If-Match", "99"); q.Status != 412 {
		t.Errorf("an old version: %+v", q)
	}
	if status := zhou.do("PATCH", "/api/people/"+id, map[string]string{"owner": h.staff["chen"]}, &p, "If-Match", "\"1\""); status != 412 && p.Owner.Name != "陈晓" {
		t.Errorf("handed over: %d %+v", status, p)
	}
}
