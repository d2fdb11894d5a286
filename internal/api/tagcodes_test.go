package api_test

import (
	"fmt"
	"reflect"
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

// A tag with codes passes through the editor as it was, also through one that does not know of codes.
func TestATagWithCodesIsEditedAsItStands(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	b := h.as("admin")
	const at = "/api/programmes/diabetes/draft"
	var form, again api.TagForm
	if status := b.do("GET", at+"/tags/eg_level", nil, &form); status != 200 || len(form.Codes) != 3 || form.Codes[0].When == "" {
		t.Fatalf("%d %+v", status, form)
	}
	var d api.Draft
	put := func(f api.TagForm, revision int64) {
		t.Helper()
		if status := b.do("PUT", at+"/tags/eg_level", f, &d, "If-Match", fmt.Sprintf("%q", fmt.Sprint(revision))); status != 200 || !d.Sound {
			t.Fatalf("%d %+v", status, d.Problems)
		}
		again = api.TagForm{}
		b.do("GET", at+"/tags/eg_level", nil, &again)
	}
	b.do("GET", at, nil, &d)
	put(form, d.Revision)
	if !reflect.DeepEqual(form, again) || len(d.Diff.Tags) != 0 {
		t.Errorf("%+v\nwas %+v\n%+v", again, form, d.Diff.Tags)
	}
	unaware := form
	unaware.Codes, unaware.Code, unaware.Source = nil, "", "another source"
	put(unaware, d.Revision)
	if !reflect.DeepEqual(form.Codes, again.Codes) || again.Source != "another source" {
		t.Errorf("%+v\nwas %+v", again, form)
	}
}
