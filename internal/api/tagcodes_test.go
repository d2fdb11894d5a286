package api_test

import (
	"slices"
	"testing"

	"peiban/internal/api"
)

// A tag with codes is one line, with the code that holds; its history is that of its codes.
func TestATagWithCodesIsShownWithItsCode(t *testing.T) {
	h := newHouse(t)
	one, _ := lowReadings(h)
	b := h.as("zhou")
	var tags struct{ Items []api.TagState }
	if status := b.do("GET", "/api/people/"+one+"/tags", nil, &tags); status != 200 {
		t.Fatal(status)
	}
	at := slices.IndexFunc(tags.Items, func(t api.TagState) bool { return t.Key == "eg_level" })
	if at < 0 || slices.ContainsFunc(tags.Items, func(t api.TagState) bool { return t.Key == "eg_level.low" }) {
		t.Fatalf("%+v", tags.Items)
	}
	level := tags.Items[at]
	if level.State != "has" || level.Code != "low" || level.CodeName == nil || level.CodeName.En != "Low" || level.Name.Zh != "活跃度：低" || level.Since == "" || level.Value == nil {
		t.Errorf("%+v", level)
	}
	var history struct{ Items []api.TagChange }
	if b.do("GET", "/api/people/"+one+"/tags/eg_level/history", nil, &history); len(history.Items) != 1 || history.Items[0].Code != "low" || !history.Items[0].Gained {
		t.Errorf("%+v", history.Items)
	}
	var c api.TagCatalogue
	b.do("GET", "/api/tags?q=eg_level", nil, &c)
	if len(c.Items) != 1 || len(c.Items[0].Codes) != 3 || c.Items[0].Codes[2].Key != "eg_level.low" || c.Items[0].Codes[2].Has != c.Items[0].Has || c.Items[0].Has == 0 {
		t.Errorf("%+v", c.Items)
	}
	var d api.TagDetail
	b.do("GET", "/api/tags/eg_level", nil, &d)
	if len(d.Reads) < 4 || d.Codes[0].Reading == nil || d.Codes[0].Reading.Zh == "" || d.Reading.En == "" {
		t.Errorf("%+v", d)
	}
}
