package api_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"peiban/internal/api"
	"peiban/internal/event"
	"peiban/internal/person"
)

// orders are the orders of the first workspace that stand.
func (h *house) orders() (out []event.Event) {
	for k := 1; ; k++ {
		card, ok := h.spaces[0].Directory().ByNumber(person.Number(k))
		if !ok {
			return out
		}
		l, err := h.spaces[0].Look(card.Number, 0, 0)
		must(h.t, err)
		for i := range l.View.Seq {
			if l.View.Type[i] == event.Order && l.View.Flags[i]&event.Hidden == 0 {
				out = append(out, l.View.Event(i))
			}
		}
	}
}

// shop imports an order list.
func (h *house) shop(b *browser, list string) api.Import {
	h.t.Helper()
	var up, out api.Import
	b.do("POST", "/api/imports?name="+url.QueryEscape("订单.csv"), list, &up)
	at := fmt.Sprintf("/api/imports/%d", up.Number)
	var g api.ImportGuess
	b.do("GET", at+"/guess", nil, &g)
	said, err := json.Marshal(g.Map)
	must(h.t, err)
	var m map[string]any
	must(h.t, json.Unmarshal([]byte(strings.ReplaceAll(string(said), `"?"`, `"tmall"`)), &m)) // which shop's account it is
	if status := b.do("POST", at+"/start", map[string]any{"map": m}, &out); status != 200 {
		h.t.Fatalf("%d %+v", status, g)
	}
	h.work()
	return h.imported(b, up.Number)
}

func TestAnUnknownProductIsAskedOnceAndItsOrdersAreCompleted(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	day := h.now().AddDate(0, 0, -3).Format("2006-01-02")
	before := len(h.orders())
	done := h.shop(zhou, "订单编号,买家会员名,商品标题,数量,实付金额,付款时间\nN1,xiaoli,活力试纸 50片,2,198,"+day+" 10:00\nN2,dawang,活力试纸 50片,1,99,"+day+" 11:00\n")
	if done.Report.Taken != 2 {
		t.Fatalf("%+v", done)
	}
	var qs api.Listing[api.ProductQuestion]
	zhou.do("GET", "/api/products/questions", nil, &qs)
	if qs.Total != 1 || qs.Items[0].Orders != 2 || qs.Items[0].Title+qs.Items[0].Code != "活力试纸 50片" {
		t.Fatalf("%+v", qs)
	}
	if rows := zhou.rowsOf("/api/product-questions.csv"); len(rows) != 2 || rows[1][0] != qs.Items[0].ID || rows[1][5] != "2" {
		t.Errorf("as a file: %v", rows)
	}
	at := "/api/products/questions/" + qs.Items[0].ID + "/answer"
	if p := zhou.refused("POST", at, map[string]any{}); p.Code != "product_answer" {
		t.Errorf("no answer: %+v", p)
	}
	var got api.Completed
	if status := zhou.do("POST", at, map[string]any{"new": map[string]any{"nameZh": "活力试纸", "kind": "strips", "units": 50, "perDay": 2}}, &got); status != 200 || got.Completed != 2 || got.Product.ID == "" {
		t.Fatalf("%d %+v", status, got)
	}
	es := h.orders()
	if len(es) != before+2 || es[len(es)-1].B.String() != got.Product.ID || es[len(es)-1].X[1] != 25 || es[len(es)-1].C.String() != "strips" {
		t.Errorf("%+v", es)
	}
	if zhou.do("GET", "/api/products/questions", nil, &qs); qs.Total != 0 {
		t.Errorf("asked again: %+v", qs)
	}
	if p := zhou.refused("POST", at, map[string]any{"product": "nobody"}); p.Status != 404 {
		t.Errorf("a product that is none: %+v", p)
	}

	// The answer was wrong: the name goes to another product, and the orders with it, once.
	first := got.Product.ID
	if zhou.do("GET", "/api/products/questions?state=answered", nil, &qs); qs.Total != 1 || qs.Items[0].Orders != 2 || qs.Items[0].Product != first {
		t.Fatalf("%+v", qs)
	}
	if status := zhou.do("POST", at, map[string]any{"new": map[string]any{"nameZh": "活力采血针", "kind": "lancets", "units": 100, "perDay": 4}}, &got); status != 200 || got.Completed != 2 || got.Product.ID == first {
		t.Fatalf("%d %+v", status, got)
	}
	if es := h.orders(); len(es) != before+2 || es[len(es)-1].B.String() != got.Product.ID || es[len(es)-1].X[1] != 25 || es[len(es)-1].C.String() != "lancets" {
		t.Errorf("%+v", es)
	}
	var all api.Products
	if zhou.do("GET", "/api/products", nil, &all); len(all.Items) < 2 || len(all.Items)-len(slices.DeleteFunc(slices.Clone(all.Items), func(p api.Product) bool {
		return len(p.Titles)+len(p.SKUs) > 0 && strings.HasPrefix(p.NameZh, "活力")
	})) != 1 {
		t.Errorf("both have the name, or none: %+v", all.Items)
	}
	if status := zhou.do("POST", at, map[string]any{"product": first}, &got); status != 200 || got.Completed != 2 {
		t.Fatalf("back again: %d %+v", status, got)
	}
	if status := zhou.do("POST", at, map[string]any{"product": first}, &got); status != 200 || got.Completed != 0 {
		t.Errorf("the same answer: %d %+v", status, got)
	}

	// What the import brought goes with it, with its product too, and comes in again.
	if status := zhou.do("POST", fmt.Sprintf("/api/imports/%d/undo", done.Number), map[string]int{"events": done.Report.Events}, nil); status != 200 {
		t.Fatal(status)
	}
	h.work()
	if u := h.imported(zhou, done.Number).Undo; u == nil || u.Taken != done.Report.Events || u.Changed != 0 || len(h.orders()) != before {
		t.Errorf("%+v, %d orders stand", u, len(h.orders()))
	}
	h.shop(zhou, "订单编号,买家会员名,商品标题,数量,实付金额,付款时间\nN1,xiaoli,活力试纸 50片,2,198,"+day+" 10:00\n")
	if es := h.orders(); len(es) != before+1 || es[len(es)-1].X[1] != 50 {
		t.Errorf("again: %+v", es)
	}
}

func TestProductsAreManagedAndTakenFromAFile(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	file := "名称,类别,店铺编码,每盒数量,通用名\n试纸甲,试纸,jd:A1,50,\n二甲双胍片,药品,,60,metformin\n神药,药品,,60,no-such\n"
	var read api.ProductsRead
	if status := zhou.do("POST", "/api/products/file", file, &read); status != 200 || read.Rows != 3 || read.Added != 2 || len(read.Refused) != 1 || read.Refused[0].Line != 4 {
		t.Fatalf("%d %+v", status, read)
	}
	if zhou.do("POST", "/api/products/file", file, &read); read.Same != 2 || read.Added+read.Changed != 0 {
		t.Errorf("again: %+v", read)
	}
	if status := zhou.do("PUT", "/api/products/setting", map[string]any{"perDay": map[string]float64{"strips": 2}}, nil); status != 200 {
		t.Error(status)
	}
	if p := zhou.refused("PUT", "/api/products/setting", map[string]any{"perDay": map[string]float64{"toys": 2}}); p.Code != "product_number" {
		t.Errorf("%+v", p)
	}
	var list api.Products
	zhou.do("GET", "/api/products?q=jd+a1", nil, &list)
	if zhou.do("GET", "/api/products?q="+url.QueryEscape("试纸"), nil, &list); list.Total != 1 || *list.Items[0].BoxDays != 25 || !list.MayManage {
		t.Fatalf("%+v", list)
	}
	one := list.Items[0]
	body := map[string]any{"nameZh": one.NameZh, "kind": "strips", "units": 50, "perDay": 5, "revision": one.Revision, "skus": one.SKUs}
	var changed api.Completed
	if status := zhou.do("PUT", "/api/products/"+one.ID, body, &changed); status != 200 || *changed.Product.BoxDays != 10 {
		t.Errorf("%d %+v", status, changed)
	}
	if p := zhou.refused("PUT", "/api/products/"+one.ID, body); p.Code != "product_changed" {
		t.Errorf("a change of what is not there any more: %+v", p)
	}
	if p := zhou.refused("POST", "/api/products", map[string]any{"nameZh": "试纸甲", "kind": "strips"}); p.Code != "product_exists" {
		t.Errorf("%+v", p)
	}
	if p := zhou.refused("POST", "/api/products", map[string]any{"nameZh": "乙", "kind": "strips", "skus": []map[string]string{{"shop": "JD", "code": "a1"}}}); p.Code != "product_name_taken" || p.Field != "body.skus" {
		t.Errorf("%+v", p)
	}
	_, csv := zhou.raw("GET", "/api/products.csv", nil)
	if zhou.do("POST", "/api/products/file", string(csv), &read); read.Same != 2 || read.Rows != 2 {
		t.Errorf("the export read back: %+v", read)
	}
	for _, path := range []string{"/api/products", "/api/products/questions", "/api/products.csv"} {
		if p := h.as("liu").refused("GET", path, nil); p.Status != 403 {
			t.Errorf("%s: a health manager is answered %d", path, p.Status)
		}
	}
	if p := h.as("liu").refused("POST", "/api/products/file", file); p.Status != 403 {
		t.Errorf("a health manager sends a file: %d", p.Status)
	}
}
