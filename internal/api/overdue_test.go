package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
)

func TestPeopleOverdueAreTriedUntilTheyComeOrNobodyLooksAnyMore(t *testing.T) {
	h := newHouse(t)
	liu, chen, viewer := h.as("liu"), h.as("chen"), h.as("viewer")
	one, two, other := h.add(0, "甲", "liu"), h.add(0, "乙", "liu"), h.add(0, "丙", "chen")
	const aDay = 24 * time.Hour
	for _, n := range []int{20, 40} {
		who := one
		if n == 40 {
			who = two
		}
		h.tell(0, who.Number, "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now().Add(-time.Duration(n)*aDay))
	}
	h.tell(0, other.Number, "fill", `{"class":"metformin","days":30}`, h.now().Add(-33*aDay))
	list := func(b *browser, query string) (l api.OverdueList) {
		t.Helper()
		b.do("GET", "/api/overdue"+query, nil, &l)
		return l
	}
	mine := list(liu, "")
	if mine.Total != 2 || mine.Items[0].Person.ID != string(two.ID) || mine.Items[0].Days != 26 || mine.Items[0].Kind != "readings" || mine.Items[1].Days != 6 {
		t.Fatalf("%+v", mine.Items)
	}
	if l := list(chen, "?kind=refill"); l.Total != 1 || l.Items[0].Person.ID != string(other.ID) || l.Items[0].Days < 2 {
		t.Errorf("%+v", l.Items)
	}
	for query, want := range map[string]int{"?days=10": 1, "?kind=visit": 0, "?owner=me": 2, "?programme=diabetes": 2, "?state=later": 0, "?limit=1": 2} {
		if l := list(liu, query); l.Total != want {
			t.Errorf("%s: %d, want %d", query, l.Total, want)
		}
	}
	at := "/api/people/" + string(one.ID) + "/overdue"
	body := map[string]any{"kind": "readings", "due": mine.Items[1].Due, "result": "no_answer", "reason": "cost"}
	for _, tt := range []struct {
		name, code string
		who        *browser
		more       map[string]any
	}{
		{"neither next nor closed", "next_try_missing", liu, nil},
		{"yesterday", "next_try_past", liu, map[string]any{"next": h.now().Add(-aDay).Format(time.RFC3339)}},
		{"not overdue for it", "not_overdue", liu, map[string]any{"kind": "visit", "next": h.now().Add(aDay).Format(time.RFC3339)}},
		{"a viewer works on nothing", "not_allowed", viewer, nil},
		{"somebody else's person", "person_not_found", chen, nil},
	} {
		ask := map[string]any{}
		for _, m := range []map[string]any{body, tt.more} {
			for k, v := range m {
				ask[k] = v
			}
		}
		if p := tt.who.refused("POST", at, ask); p.Code != tt.code {
			t.Errorf("%s: %s", tt.name, p.Code)
		}
	}
	body["next"] = h.now().Add(2 * aDay).Format(time.RFC3339)
	var out api.OverdueList
	if s := liu.do("POST", at, body, &out); s != 200 || len(out.Items) != 1 || out.Items[0].State != "later" || out.Items[0].Last == nil || out.Items[0].Last.ReasonText == nil {
		t.Fatalf("%d %+v", s, out.Items)
	}
	if l := list(liu, "?state=later"); l.Total != 1 || l.Counts["due"] != 1 || l.Counts["later"] != 1 {
		t.Errorf("%+v", l.Counts)
	}
	liu.do("POST", "/api/people/"+string(two.ID)+"/overdue", map[string]any{"kind": "readings", "due": mine.Items[0].Due, "result": "reached", "reason": "moved"}, &out)
	if l := list(liu, ""); l.Total != 0 || l.Counts["closed"] != 1 {
		t.Errorf("%+v", l.Counts)
	}
	h.clock.Add((3 * aDay).Microseconds())
	liu = h.as("liu") // the session is over by then
	if l := list(liu, ""); l.Total != 1 || l.Items[0].Tries != 1 {
		t.Errorf("the next try is not due: %+v", l)
	}
	h.tell(0, one.Number, "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now())
	if l := list(liu, "?state=all"); l.Total != 1 || l.Items[0].Person.ID != string(two.ID) {
		t.Errorf("who came is not overdue any more: %+v", l.Items)
	}
	var r api.ReturnedToCare
	liu.do("GET", "/api/overdue/returned?months=3", nil, &r)
	sum := api.ReturnedRow{}
	for _, m := range r.Months {
		sum.Became, sum.Back, sum.Left = sum.Became+m.Became, sum.Back+m.Back, sum.Left+m.Left
	}
	if len(r.Months) != 3 || sum.Became != 1 || sum.Back != 1 || sum.Left != 1 || len(r.Kinds) != 1 || r.Kinds[0].Share == nil || *r.Kinds[0].Share != 1 {
		t.Fatalf("%+v", r)
	}
	var people api.Listing[api.PersonRow]
	liu.do("GET", "/api/people?found="+r.Found+"&of=kind:readings:back", nil, &people)
	if people.Total != 1 || people.Items[0].ID != string(one.ID) {
		t.Errorf("the number opens %+v", people.Items)
	}
	if _, file := h.as("zhou").raw("GET", "/api/overdue.csv?state=all", nil); strings.Count(string(file), "\n") < 3 || !strings.Contains(string(file), string(two.ID)) {
		t.Errorf("%s", fmt.Sprint(string(file)))
	}
}
