package api_test

import (
	"net/url"
	"testing"

	"peiban/internal/api"
)

func TestAReceiptIsTypedOnceAndTakenBackWithItsOrder(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	x := h.red("张三", "liu").ID
	path := "/api/people/" + string(x)
	me := h.phone(liu, x)
	var up api.Stated
	if status := me.do("POST", "/api/me/reports?kind=receipt&name=a.pdf&at=2026-03-01", "%PDF-1.7 receipt", &up, "Content-Type", "application/octet-stream"); status != 200 {
		t.Fatal(status)
	}
	var told api.Stated
	if status := me.do("POST", "/api/me/receipts/"+up.Entry.ID+"/told", map[string]any{"shop": "康宁大药房", "amount": 98}, &told); status != 200 {
		t.Fatal(status)
	}
	var list api.ReceiptList
	liu.do("GET", "/api/receipts", nil, &list)
	if list.Waiting != 1 || list.Total != 1 || list.Items[0].Told == nil || list.Items[0].Told.Shop != "康宁大药房" || list.Items[0].At != "2026-03-01" || list.Items[0].File == nil {
		t.Fatalf("%+v", list)
	}
	at := path + "/receipts/" + list.Items[0].ID
	if p := liu.refused("POST", at+"/order", map[string]any{"at": "2026-03-01"}); p.Code != "receipt_empty" {
		t.Errorf("%+v", p)
	}
	before := len(h.orders())
	typed := map[string]any{"at": "2026-03-01", "shop": "康宁大药房", "number": "777", "title": "试纸 50片", "quantity": 2, "amount": 98, "prescription": true}
	var got api.Receipt
	if status := liu.do("POST", at+"/order", typed, &got); status != 200 || got.State != "verified" || got.Typed == nil || got.Typed.Amount != 98 || !got.Typed.Prescription || got.By == nil {
		t.Fatalf("%d %+v", status, got)
	}
	if es := h.orders(); len(es) != before+1 || es[len(es)-1].Provenance == "manual" || es[len(es)-1].Num != 2 {
		t.Errorf("%+v", es)
	}
	if rows := liu.rowsOf("/api/receipts.csv?state=verified"); len(rows) != 2 || rows[1][1] != string(x) || rows[1][7] != "试纸 50片" || rows[1][9] != "98" || rows[1][12] != got.Typed.Order {
		t.Errorf("as a file: %v", rows)
	}
	if rows := h.as("chen").rowsOf("/api/receipts.csv?state=verified"); len(rows) != 1 {
		t.Errorf("somebody else's person in the file: %v", rows)
	}
	if p := liu.refused("POST", at+"/order", typed); p.Code != "receipt_done" && p.Status != 410 {
		t.Errorf("typed twice: %+v", p)
	}

	// The same paper once more is warned of, by its number and by day, thing and amount.
	if status := me.do("POST", "/api/me/reports?kind=receipt&name=b.pdf", "%PDF-1.7 receipt again", &up, "Content-Type", "application/octet-stream"); status != 200 {
		t.Fatal(status)
	}
	second := path + "/receipts/" + up.Entry.ID
	if p := liu.refused("POST", second+"/order", map[string]any{"at": "2026-03-02", "shop": "康宁大药房", "number": "777", "title": "别的"}); p.Code != "receipt_twice" {
		t.Errorf("the same number: %+v", p)
	}
	if p := liu.refused("POST", second+"/order", map[string]any{"at": "2026-03-01", "title": "试纸 50片", "amount": 98}); p.Code != "receipt_twice" {
		t.Errorf("the same day, thing and amount: %+v", p)
	}
	if status := liu.do("POST", second+"/refuse", map[string]any{"reason": "duplicate"}, &got); status != 200 || got.State != "refused" || got.Reason == nil {
		t.Errorf("%d %+v", status, got)
	}
	if liu.do("GET", "/api/receipts?state=refused", nil, &list); list.Total != 1 || list.Waiting != 0 {
		t.Errorf("%+v", list)
	}

	// Taken up again, the order is gone and the receipt waits.
	var again api.Receipt
	if liu.do("GET", "/api/receipts?state=verified", nil, &list); list.Total != 1 {
		t.Fatalf("%+v", list)
	}
	if status := liu.do("POST", path+"/receipts/"+list.Items[0].ID+"/reopen", nil, &again); status != 200 || again.State != "uploaded" || again.Typed != nil || again.Told == nil || len(h.orders()) != before {
		t.Errorf("%d %+v, %d orders", status, again, len(h.orders()))
	}
	typed["quantity"] = 1
	if status := liu.do("POST", path+"/receipts/"+again.ID+"/order", typed, &got); status != 200 || got.Typed.Quantity != 1 || len(h.orders()) != before+1 {
		t.Errorf("%d %+v", status, got)
	}
	if p := h.as("viewer").refused("GET", "/api/receipts", nil); p.Status != 403 {
		t.Errorf("a viewer sees receipts: %+v", p)
	}
	if p := me.refused("GET", "/api/receipts?q="+url.QueryEscape("x"), nil); p.Status < 400 {
		t.Errorf("%+v", p)
	}
}
