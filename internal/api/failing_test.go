package api_test

import (
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/programmes"
)

// A rule that panics for somebody is listed with how many and since when; their reading is taken, and their page answers.
func TestARuleThatFailsIsListed(t *testing.T) {
	own, problems := programme.Open(programmes.FS, "diabetes") // a rule of it is broken
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	h := newHouseOf(t, own)
	card, other := h.add(0, "张桂芳", "liu"), h.add(0, "李秀英", "liu")
	p := h.spaces[0].Programme("")
	const key = "gl_context_missing" // it needs ten readings
	p.Tags[p.TagIndex(key)].When = new(rule.Rule)
	for range 12 {
		h.clock.Add(time.Hour.Microseconds())
		h.tell(0, card.Number, "glucose", `{"value":7.3,"unit":"mmol/L"}`, h.now())
	}
	h.tell(0, other.Number, "glucose", `{"value":7.3,"unit":"mmol/L"}`, h.now())
	// What the rule looks at was not known when the versions were prepared, so it is asked when the day is over.
	h.clock.Add((49 * time.Hour).Microseconds())
	_, err := h.spaces[0].Tick(t.Context())
	must(t, err)

	liu := h.as("liu")
	var list api.Listing[api.RuleFailure]
	if status := liu.do("GET", "/api/rules/failures", nil, &list); status != 200 || len(list.Items) != 1 {
		t.Fatalf("%d %+v", status, list)
	}
	f := list.Items[0]
	if f.Kind != "tag" || f.Key != key || f.People != 1 || f.Times < 1 || f.Version != p.Version || f.First == "" || f.Last < f.First ||
		f.Name.Zh != p.Tags[p.TagIndex(key)].Name.Zh || f.Hint.Zh == "" || strings.Contains(f.Reason, "7.3") {
		t.Errorf("%+v", f)
	}
	var tag api.TagDetail
	if status := liu.do("GET", "/api/tags/"+key, nil, &tag); status != 200 || len(tag.Failures) != 1 {
		t.Errorf("%d: the tag's page says %+v", status, tag.Failures)
	}
	if status := liu.do("GET", "/api/tags/gl_fast_high", nil, &tag); status != 200 {
		t.Error(status)
	}
	var tags api.Listing[api.TagState]
	if status := liu.do("GET", "/api/people/"+string(card.ID)+"/tags", nil, &tags); status != 200 || len(tags.Items) < 20 {
		t.Fatalf("%d, %d tags", status, len(tags.Items))
	}
	for _, x := range tags.Items {
		if x.Key == key && x.State != "unknown" {
			t.Errorf("%s is %s", key, x.State)
		}
	}
	if p := h.phone(liu, card.ID).refused("GET", "/api/rules/failures", nil); p.Status != 401 {
		t.Errorf("a phone sees %d", p.Status)
	}
}
