package api_test

import (
	"net/url"
	"strings"
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

// A pharmacy's receipt lists several goods: each becomes an order that carries its own supply, and one may go back alone.
func TestAReceiptOfSeveralThingsBecomesAnOrderEach(t *testing.T) {
	h := newHouse(t)
	admin, liu := h.as("admin"), h.as("liu")
	x := h.red("张三", "liu").ID
	path := "/api/people/" + string(x)
	me := h.phone(liu, x)
	for _, p := range []map[string]any{
		{"nameZh": "血糖试纸 50 片", "kind": "strips", "units": 50, "days": 25, "titles": []string{"试纸 50"}},
		{"nameZh": "二甲双胍 0.5g 60 片", "kind": "medicine", "units": 60, "perDay": 2, "titles": []string{"二甲双胍"}},
	} {
		if status := admin.do("POST", "/api/products", p, nil); status != 200 {
			t.Fatal(status)
		}
	}
	var up api.Stated
	if status := me.do("POST", "/api/me/reports?kind=receipt&name=a.pdf&at=2026-03-01", "%PDF-1.7 receipt", &up, "Content-Type", "application/octet-stream"); status != 200 {
		t.Fatal(status)
	}
	var mine api.MyReceipts
	if status := me.do("GET", "/api/me/receipts", nil, &mine); status != 200 || len(mine.Items) != 1 || len(mine.Products) != 2 || mine.Items[0].State != "uploaded" {
		t.Fatalf("%d %+v", status, mine)
	}
	strips := mine.Products[0].Key
	if !strings.HasPrefix(mine.Products[0].Text.Zh, "血糖试纸") {
		strips = mine.Products[1].Key
	}
	if p := me.refused("POST", "/api/me/receipts/"+up.Entry.ID+"/told", map[string]any{"lines": []map[string]any{{"title": "创可贴"}, {"product": "none-such"}}}); p.Code != "product_not_found" || p.Field != "body.lines[1].product" {
		t.Errorf("%+v", p)
	}
	told := map[string]any{"shop": "康宁大药房", "lines": []map[string]any{{"title": "试纸 50 片", "product": strips, "quantity": 2, "amount": 180.5}, {"title": "创可贴", "amount": 6}}}
	if status := me.do("POST", "/api/me/receipts/"+up.Entry.ID+"/told", told, &up); status != 200 {
		t.Fatal(status)
	}
	told["lines"] = append(told["lines"].([]map[string]any), map[string]any{"title": "二甲双胍 60 片", "quantity": 1, "amount": 30})
	if status := me.do("POST", "/api/me/receipts/"+up.Entry.ID+"/told", told, &up); status != 200 {
		t.Fatal(status)
	}
	var list api.ReceiptList
	liu.do("GET", "/api/receipts", nil, &list)
	if list.Waiting != 1 || list.Total != 1 || len(list.Products) != 2 || len(list.Items[0].Told.Lines) != 3 || list.Items[0].Told.Amount != 216.5 {
		t.Fatalf("a receipt is one, however many things are on it: %+v", list)
	}
	if rows := liu.rowsOf("/api/receipts.csv"); len(rows) != 4 || rows[3][7] != "二甲双胍 60 片" {
		t.Errorf("as a file, a thing a row: %v", rows)
	}
	at := path + "/receipts/" + list.Items[0].ID
	if p := liu.refused("POST", at+"/order", map[string]any{"at": "2026-03-01", "lines": []map[string]any{{"title": "x"}, {"quantity": 2}}}); p.Code != "receipt_empty" || p.Field != "body.lines[1].title" {
		t.Errorf("%+v", p)
	}
	before := len(h.orders())
	typed := map[string]any{"at": "2026-03-01", "shop": "康宁大药房", "lines": list.Items[0].Told.Lines}
	var got api.Receipt
	if status := liu.do("POST", at+"/order", typed, &got, "Idempotency-Key", "k1"); status != 200 || got.State != "verified" || len(got.Typed.Orders) != 3 {
		t.Fatalf("%d %+v", status, got)
	}
	if status := liu.do("POST", at+"/order", typed, nil, "Idempotency-Key", "k1"); status != 200 || len(h.orders()) != before+3 {
		t.Errorf("the same once more: %d, %d orders", status, len(h.orders()))
	}
	if p := liu.refused("POST", at+"/order", typed); p.Code != "receipt_done" && p.Status != 410 {
		t.Errorf("typed twice: %+v", p)
	}
	if o := got.Typed.Orders; o[0].Days != 50 || o[1].Days != 0 || o[2].Days != 30 || o[0].ProductText == nil || o[1].ProductText != nil || got.Typed.Amount != 216.5 {
		t.Errorf("%+v", o)
	}
	if me.do("GET", "/api/me/receipts", nil, &mine); mine.Items[0].Typed == nil || len(mine.Items[0].Typed.Orders) != 3 || mine.Items[0].By != nil {
		t.Errorf("on the phone: %+v", mine.Items)
	}

	// One box of the strips goes back: its line alone has less, and lasts less.
	done := path + "/receipts/" + got.ID
	for field, body := range map[string]map[string]any{
		"body.order":    {"order": list.Items[0].ID, "at": "2026-03-02"},
		"body.quantity": {"order": got.Typed.Orders[0].Order, "at": "2026-03-02", "quantity": 3},
		"body.amount":   {"order": got.Typed.Orders[1].Order, "at": "2026-03-02", "amount": 6.5},
		"body.at":       {"order": got.Typed.Orders[0].Order, "at": "2026-02-02"},
	} {
		if p := liu.refused("POST", done+"/refund", body); p.Field != field {
			t.Errorf("%s: %+v", field, p)
		}
	}
	back := map[string]any{"order": got.Typed.Orders[0].Order, "at": "2026-03-02", "quantity": 1}
	if status := liu.do("POST", done+"/refund", back, &got, "Idempotency-Key", "k2"); status != 200 {
		t.Fatal(status)
	}
	liu.do("POST", done+"/refund", back, &got, "Idempotency-Key", "k2")
	if o := got.Typed.Orders; o[0].Kept != 0.5 || o[0].Days != 25 || len(o[0].Refunds) != 1 || o[1].Kept != 1 || o[2].Kept != 1 || o[2].Days != 30 {
		t.Errorf("one box of two, once: %+v", o)
	}
	if status := liu.do("POST", done+"/refund", map[string]any{"order": got.Typed.Orders[1].Order, "at": "2026-03-02"}, &got); status != 200 || got.Typed.Orders[1].Kept != 0 || got.Typed.Orders[2].Kept != 1 {
		t.Errorf("all of a thing nobody knows: %d %+v", status, got.Typed.Orders)
	}
	if p := liu.refused("POST", done+"/refund", map[string]any{"order": got.Typed.Orders[1].Order, "at": "2026-03-02"}); p.Code != "refund_too_much" {
		t.Errorf("%+v", p)
	}
	if rows := liu.rowsOf("/api/receipts.csv?state=verified"); len(rows) != 4 || rows[1][17] != "0.5" || rows[2][17] != "0" || rows[3][16] != "30" {
		t.Errorf("%v", rows)
	}
	if status := liu.do("DELETE", done+"/refund/"+got.Typed.Orders[1].Refunds[0].ID, nil, &got); status != 200 || got.Typed.Orders[1].Kept != 1 {
		t.Errorf("%d %+v", status, got.Typed)
	}
	if p := liu.refused("DELETE", done+"/refund/"+got.Typed.Orders[1].Order, nil); p.Code != "refund_not_found" {
		t.Errorf("%+v", p)
	}

	// Taken up again nothing of it counts, and what had been typed is there to go on from.
	var again api.Receipt
	if status := liu.do("POST", done+"/reopen", nil, &again); status != 200 || again.Typed != nil || again.Draft == nil || len(again.Draft.Lines) != 3 || again.Draft.Lines[0].Quantity != 2 || len(h.orders()) != before {
		t.Fatalf("%d %+v, %d orders", status, again, len(h.orders()))
	}
	if status := liu.do("POST", path+"/receipts/"+again.ID+"/order", map[string]any{"at": "2026-03-01", "number": "8", "lines": again.Draft.Lines[:2]}, &got); status != 200 || len(got.Typed.Orders) != 2 || got.Draft != nil || got.Typed.Orders[0].Kept != 1 || len(h.orders()) != before+2 {
		t.Errorf("%d %+v, %d orders", status, got.Typed, len(h.orders()))
	}
	if status := liu.do("POST", path+"/receipts/"+got.ID+"/refund", map[string]any{"order": got.Typed.Orders[1].Order, "at": "2026-03-01"}, &got); status != 200 || got.Typed.Orders[0].Kept != 1 || got.Typed.Orders[1].Kept != 0 {
		t.Errorf("with a number of its shop: %d %+v", status, got.Typed)
	}
}
