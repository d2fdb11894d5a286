package api_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"peiban/internal/api"
	"peiban/internal/corp"
	"peiban/internal/fault"
)

// tester says of one secret that it is wrong.
type tester struct{}

func (tester) Try(_ context.Context, c *corp.Corp) ([]string, error) {
	if c.App == "wrong" {
		return nil, fault.New(fault.Invalid, "wecom_secret", "不认", "not known").At("body.app")
	}
	return []string{"zhou", "liu"}, nil
}

func newCorp() map[string]any {
	return map[string]any{
		"name": "陪伴演练", "corpId": "ww1234567890abcdef", "agent": 1000002, "app": "topsecret", "token": "QDG6eK", "key": "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
	}
}

func TestConnectingACompany(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.CorpTester = tester{} })
	admin, liu := h.as("admin"), h.as("liu")
	if p := liu.refused("POST", "/api/corps", newCorp()); p.Status != http.StatusForbidden {
		t.Errorf("a health manager connects a company: %+v", p)
	}
	get := func(method, path string, body, out any, headers ...string) {
		t.Helper()
		if status := admin.do(method, path, body, out, headers...); status != http.StatusOK {
			t.Fatalf("%s %s answered %d", method, path, status)
		}
	}
	var made api.Corp
	get("POST", "/api/corps", newCorp(), &made)
	if !strings.HasSuffix(made.Address, "/cb/wecom/"+made.ID) || len(made.ID) < 20 || !slices.Equal(made.Set, []string{"app", "key"}) || made.Version != 1 {
		t.Errorf("%+v", made)
	}
	// Secrets are written and never read.
	_, body := admin.raw("GET", "/api/corps", nil)
	if strings.Contains(string(body), "topsecret") || strings.Contains(string(body), "jWmYm7") {
		t.Errorf("%s", body)
	}
	for field, bad := range map[string]any{
		"name": "", "corpId": "xx", "token": "a b", "key": "short", "base": "http://10.0.0.1", "programme": "nothing", "members": map[string]string{"zhou": "nobody"}, "app": "",
	} {
		p := admin.refused("PATCH", "/api/corps/"+made.ID, map[string]any{field: bad}, "If-Match", "1")
		if p.Status != http.StatusUnprocessableEntity && p.Status != http.StatusBadRequest || p.Field != "body."+field {
			t.Errorf("%s: %+v", field, p)
		}
	}
	if p := admin.refused("PATCH", "/api/corps/"+made.ID, map[string]any{"paused": true}, "If-Match", "7"); p.Status != http.StatusPreconditionFailed {
		t.Errorf("%+v", p)
	}
	var changed api.Corp
	get("PATCH", "/api/corps/"+made.ID, map[string]any{"members": map[string]string{"zhouning": h.staff["liu"]}, "paused": true}, &changed, "If-Match", "1")
	if !changed.Paused || len(changed.Members) != 1 || changed.Members[0].Staff.Name == "" || !slices.Equal(changed.Set, []string{"app", "key"}) {
		t.Errorf("%+v", changed)
	}
	var trial api.CorpTrial
	get("POST", "/api/corps/"+made.ID+"/try", nil, &trial)
	if len(trial.Members) != 2 {
		t.Errorf("%+v", trial)
	}
	get("PATCH", "/api/corps/"+made.ID, map[string]any{"app": "wrong"}, &changed, "If-Match", "2")
	if p := admin.refused("POST", "/api/corps/"+made.ID+"/try", nil); p.Code != "wecom_secret" || p.Field != "body.app" {
		t.Errorf("%+v", p)
	}
	if p := admin.refused("POST", "/api/corps/another/try", nil); p.Status != http.StatusNotFound {
		t.Errorf("%+v", p)
	}
	get("POST", "/api/corps/"+made.ID+"/retry", nil, &changed)
	if status := admin.do("DELETE", "/api/corps/"+made.ID, nil, nil, "If-Match", "3"); status != http.StatusNoContent {
		t.Errorf("%d", status)
	}
	var all api.Corps
	get("GET", "/api/corps", nil, &all)
	if len(all.Items) != 0 || !all.MayManage || len(all.Staff) == 0 {
		t.Errorf("%+v", all)
	}
}
