package api_test

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"peiban/internal/api"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/fault"
)

// ways notes what contact ways are made and ended.
type ways struct {
	made  int
	ended []string
	fails bool
}

func (w *ways) Put(_ context.Context, c *corp.Corp, e *entrance.Entrance, want entrance.Contact) (entrance.Contact, error) {
	if w.fails {
		return want, fault.New(fault.Invalid, "wecom_member", "不能", "may not").At("body.users")
	}
	w.made++
	want.Config, want.QR = strings.Repeat("c", w.made), "https://wework.example/"+e.State+c.ID
	return want, nil
}

func (w *ways) Drop(_ context.Context, _ *corp.Corp, way *entrance.Contact) error {
	w.ended = append(w.ended, way.Config)
	return nil
}

func TestContactWayOfACode(t *testing.T) {
	far := &ways{}
	h := newHouse(t, func(c *api.Config) { c.CorpTester, c.Ways = tester{}, far })
	admin, liu := h.as("admin"), h.as("liu")
	var company api.Corp
	admin.do("POST", "/api/corps", newCorp(), &company)
	code := admin.code(props{"kind": "pharmacy", "name": "人民路药店"})
	path := "/api/entrances/" + code.ID + "/contact-way"
	said := props{"corp": company.ID, "users": []string{"zhouning"}}
	if p := liu.refused("PUT", path, said); p.Status != http.StatusForbidden {
		t.Errorf("a health manager makes a contact way: %+v", p)
	}
	for name, bad := range map[string]props{
		"no such company": {"corp": "other", "users": []string{"a"}}, "nobody": {"corp": company.ID, "users": []string{}},
		"no userid": {"corp": company.ID, "users": []string{"周 宁"}}, "twice": {"corp": company.ID, "users": []string{"a", "a"}},
	} {
		if p := admin.refused("PUT", path, bad); p.Status != http.StatusUnprocessableEntity && p.Status != http.StatusNotFound {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if p := admin.refused("DELETE", path, nil); p.Code != "contact_way_not_found" {
		t.Errorf("%+v", p)
	}
	var got api.Entrance
	if status := admin.do("PUT", path, said, &got); status != 200 || got.ContactWay == nil || got.ContactWay.QR != "https://wework.example/"+code.State+company.ID {
		t.Fatalf("%d %+v", status, got.ContactWay)
	}
	// What is said of the code otherwise leaves it alone.
	admin.do("PUT", "/api/entrances/"+code.ID, props{"kind": "pharmacy", "name": "解放路药店"}, &got, "If-Match", strconv.FormatInt(code.Version, 10))
	if got.Name != "解放路药店" || got.ContactWay == nil {
		t.Errorf("%+v", got)
	}
	admin.do("PUT", path, props{"corp": company.ID, "users": []string{"zhouning", "liumin"}}, &got)
	if len(far.ended) != 1 || far.ended[0] != "c" {
		t.Errorf("the one it replaced is ended: %q", far.ended)
	}
	far.fails = true
	if p := admin.refused("PUT", path, said); p.Code != "wecom_member" || p.Field != "body.users" {
		t.Errorf("%+v", p)
	}
	got = api.Entrance{}
	if status := admin.do("DELETE", path, nil, &got); status != 200 || got.ContactWay != nil || len(far.ended) != 2 {
		t.Errorf("%d %+v %q", status, got.ContactWay, far.ended)
	}
}
