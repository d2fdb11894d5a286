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
	"peiban/internal/outlet"
)

// asker says of one secret that the far side does not accept it.
type asker struct{}

func (asker) Try(_ context.Context, o *outlet.Outlet, _ []corp.Corp) error {
	if o.Set["secret"] == "wrong" {
		return fault.New(fault.Invalid, "outlet_refused", "不接受", "not accepted")
	}
	return nil
}

func TestConnectingAWayOut(t *testing.T) {
	h := newHouse(t, func(c *api.Config) { c.OutletTester, c.CorpTester = asker{}, tester{} })
	admin, liu := h.as("admin"), h.as("liu")
	sms := map[string]any{"kind": "aliyun", "name": "短信", "set": map[string]string{
		"key": "LTAI123", "secret": "topsecret", "sign": "陪伴健康", "templates": `"*": {template: SMS_1, values: {text: "{body}"}}`,
	}}
	if p := liu.refused("POST", "/api/outlets", sms); p.Status != http.StatusForbidden {
		t.Errorf("a health manager connects a way out: %+v", p)
	}
	get := func(method, path string, body, out any, headers ...string) {
		t.Helper()
		if status := admin.do(method, path, body, out, headers...); status != http.StatusOK {
			t.Fatalf("%s %s answered %d", method, path, status)
		}
	}
	var made api.Outlet
	get("POST", "/api/outlets", sms, &made)
	if made.Channel != "sms" || !slices.Equal(made.Secrets, []string{"secret"}) || made.Set["secret"] != "" || made.Set["key"] != "LTAI123" || !strings.HasSuffix(made.Address, "/cb/sms/"+made.ID) {
		t.Errorf("%+v", made)
	}
	var all api.Outlets
	get("GET", "/api/outlets", nil, &all)
	if len(all.Items) != 1 || len(all.Kinds) != len(outlet.Kinds) || !all.MayManage || !slices.Contains(all.Channels, "inapp") {
		t.Errorf("%+v", all)
	}
	if _, body := admin.raw("GET", "/api/outlets", nil); strings.Contains(string(body), "topsecret") {
		t.Errorf("%s", body)
	}
	at := "/api/outlets/" + made.ID
	for field, bad := range map[string]map[string]any{
		"body.name": {"name": ""}, "body.set.sign": {"set": map[string]string{"sign": ""}}, "body.set.base": {"set": map[string]string{"base": "http://10.0.0.1"}},
		"body.set.templates": {"set": map[string]string{"templates": "{"}}, "body.set.nothing": {"set": map[string]string{"nothing": "x"}}, "body.kind": {"kind": "email"},
	} {
		if p := admin.refused("PATCH", at, bad, "If-Match", "1"); p.Field != field {
			t.Errorf("%s: %+v", field, p)
		}
	}
	if p := admin.refused("PATCH", at, map[string]any{"paused": true}, "If-Match", "7"); p.Status != http.StatusPreconditionFailed {
		t.Errorf("%+v", p)
	}
	var changed api.Outlet
	get("PATCH", at, map[string]any{"paused": true, "set": map[string]string{"sign": "陪伴"}}, &changed, "If-Match", "1")
	if !changed.Paused || changed.Set["sign"] != "陪伴" || len(changed.Secrets) != 1 {
		t.Errorf("%+v", changed)
	}
	var trial api.OutletTrial
	if get("POST", at+"/try", nil, &trial); !trial.OK {
		t.Errorf("%+v", trial)
	}
	get("PATCH", at, map[string]any{"set": map[string]string{"secret": "wrong"}}, &changed, "If-Match", "2")
	if p := admin.refused("POST", at+"/try", nil); p.Code != "outlet_refused" {
		t.Errorf("%+v", p)
	}

	// A company has to be connected before it can be written through.
	wecom := map[string]any{"kind": "wecom", "name": "企业微信", "set": map[string]string{"corp": "nobody"}}
	if p := admin.refused("POST", "/api/outlets", wecom); p.Field != "body.set.corp" {
		t.Errorf("%+v", p)
	}
	var company api.Corp
	get("POST", "/api/corps", newCorp(), &company)
	wecom["set"] = map[string]string{"corp": company.ID}
	get("POST", "/api/outlets", wecom, &made)
	get("GET", "/api/outlets", nil, &all)
	if c := all.Kinds[0].Fields[0].Choices; len(c) != 1 || c[0].ID != company.ID {
		t.Errorf("%+v", c)
	}

	var order api.OutletOrder
	get("PUT", "/api/outlet-order", map[string]any{"order": []string{"wecom", "sms", "inapp"}}, &order, "If-Match", "0")
	if order.Version != 1 || len(order.Order) != 3 {
		t.Errorf("%+v", order)
	}
	for _, bad := range [][]string{{"pigeon"}, {"sms", "sms"}} {
		if p := admin.refused("PUT", "/api/outlet-order", map[string]any{"order": bad}, "If-Match", "1"); p.Field != "body.order" {
			t.Errorf("%+v", p)
		}
	}
	if status := admin.do("DELETE", at, nil, nil, "If-Match", "3"); status != http.StatusNoContent {
		t.Errorf("%d", status)
	}
	if p := admin.refused("POST", at+"/try", nil); p.Status != http.StatusNotFound {
		t.Errorf("%+v", p)
	}
}
