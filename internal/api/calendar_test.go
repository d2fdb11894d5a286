package api_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"peiban/internal/api"
)

func TestTheCalendar(t *testing.T) {
	h := newHouse(t)
	liu, zhou := h.as("liu"), h.as("zhou")
	card := h.add(0, "李秀英", "liu")
	h.askFor(card.Number, "a")
	day := func(n int) string {
		return h.now().In(time.FixedZone("", 8*3600)).AddDate(0, 0, n).Format(time.DateOnly)
	}
	var said struct {
		Entry struct{ ID string }
	}
	liu.do("POST", "/api/people/"+string(card.ID)+"/file", map[string]any{"type": "care_plan", "properties": map[string]any{"kind": "visit", "inDays": 10, "active": true, "text": "带上化验单"}}, &said)
	var c api.Calendar
	if status := liu.do("GET", "/api/calendar?from="+day(0)+"&to="+day(30)+"&items=true&owner=me", nil, &c); status != 200 {
		t.Fatal(status)
	}
	find := func(kind string) *api.CalendarItem {
		for i := range c.Items {
			if c.Items[i].Kind == kind {
				return &c.Items[i]
			}
		}
		t.Fatalf("no %s among %+v", kind, c.Items)
		return nil
	}
	visit := find("visit")
	if visit.Day != day(10) || !visit.Moves || visit.Person.Name != "李秀英" || find("task").Task == "" {
		t.Fatalf("%+v", c.Items)
	}
	var people struct{ Total int }
	liu.do("GET", "/api/people?found="+c.Found+"&of=visit@"+day(10), nil, &people)
	if people.Total != 1 {
		t.Errorf("the people of a day: %d", people.Total)
	}
	move := func(to string) map[string]string { return map[string]string{"plan": visit.Plan, "day": to} }
	if p := liu.refused("POST", "/api/people/"+string(card.ID)+"/visit-day", move(day(0))); p.Status != 422 {
		t.Errorf("moved to today: %+v", p)
	}
	if status := liu.do("POST", "/api/people/"+string(card.ID)+"/visit-day", move(day(12)), nil); status >= 300 {
		t.Fatalf("moved: %d", status)
	}
	liu.do("GET", "/api/calendar?items=true", nil, &c)
	if visit = find("visit"); visit.Day != day(12) {
		t.Errorf("after moving: %+v", visit)
	}
	// The list as a file holds what the screen lists, in its order.
	rows := zhou.rowsOf("/api/calendar.csv?programme=diabetes")
	zhou.do("GET", "/api/calendar?items=true&programme=diabetes", nil, &c)
	if len(rows) != c.Total+1 || c.Total == 0 || rows[1][0] != c.Items[0].Day || rows[1][4] != c.Items[0].Person.ID {
		t.Errorf("%d rows of %d items: %v", len(rows), c.Total, rows)
	}
	// A campaign is planned by managers, moved with its version, and counts whom it is for.
	plan := map[string]any{"name": "春季义诊", "from": day(3), "to": day(5), "programme": "diabetes"}
	if p := liu.refused("POST", "/api/campaigns", plan); p.Status != 403 {
		t.Errorf("a health manager planned: %+v", p)
	}
	plan["segment"] = "no_such_tag"
	if p := zhou.refused("POST", "/api/campaigns", plan); p.Field != "body.segment" {
		t.Errorf("a segment that is not there: %+v", p)
	}
	delete(plan, "segment")
	var one api.Campaign
	zhou.do("POST", "/api/campaigns", plan, &one)
	plan["from"], plan["to"] = day(4), day(6)
	if p := zhou.refused("PUT", "/api/campaigns/"+one.ID, plan, "If-Match", "9"); p.Status != 412 {
		t.Errorf("an old version: %+v", p)
	}
	zhou.do("PUT", "/api/campaigns/"+one.ID, plan, &one, "If-Match", "1")
	zhou.do("GET", "/api/calendar", nil, &c)
	if len(c.Campaigns) != 1 || c.Campaigns[0].From != day(4) || c.Campaigns[0].People != 1 {
		t.Errorf("%+v", c.Campaigns)
	}
	if p := liu.refused("GET", "/api/calendar?from="+day(0)+"&to="+day(62), nil); p.Status != 422 {
		t.Errorf("too long: %+v", p)
	}
}

func TestTheCalendarsAddress(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	h.askFor(h.add(0, "李秀英", "liu").Number, "a")
	var f api.CalendarFeed
	liu.do("POST", "/api/calendar-feed", nil, &f)
	read := func(at string) (int, string) {
		res, body := h.browser().raw("GET", at, nil)
		return res.StatusCode, string(body)
	}
	status, body := read(f.Address)
	if status != http.StatusOK || strings.Contains(body, "李") || !strings.Contains(body, "DTSTAMP") {
		t.Fatalf("%d %s", status, body)
	}
	cal, err := ics.ParseCalendar(strings.NewReader(body))
	if err != nil || len(cal.Events()) == 0 {
		t.Fatalf("%v: %s", err, body)
	}
	for _, line := range strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line of %d bytes: RFC 5545 folds at 75", len(line))
		}
	}
	first := f.Address
	liu.do("POST", "/api/calendar-feed", nil, &f)
	if status, _ := read(first); status != 404 {
		t.Errorf("the address before: %d", status)
	}
	var now api.CalendarFeed
	liu.do("GET", "/api/calendar-feed", nil, &now)
	if !now.On || now.Address != "" {
		t.Errorf("%+v", now)
	}
	liu.do("POST", "/api/calendar-feed/end", nil, nil)
	if status, _ := read(f.Address); status != 404 {
		t.Errorf("after its end: %d", status)
	}
}
