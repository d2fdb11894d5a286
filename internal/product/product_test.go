package product_test

import (
	"encoding/json"
	"math"
	"testing"

	"peiban/internal/event"
	"peiban/internal/product"
)

var strips = product.Product{
	ID: "strips-50", NameZh: "血糖试纸 50 片", Kind: "strips", Units: 50, PerDay: 2,
	SKUs: []product.SKU{{Shop: "tmall", Code: "ACC-50"}, {Code: "GX50"}}, Barcodes: []string{"6901234567892"}, Titles: []string{"试纸 50片"},
}

var other = product.Product{ID: "a-meter", NameZh: "血糖仪", Kind: "meter", SKUs: []product.SKU{{Shop: "jd", Code: "ACC-50"}}, Titles: []string{"血糖仪", "试纸"}}

func catalogue() *product.Catalogue {
	return product.New(1, []product.Product{strips, other}, product.Setting{PerDay: map[string]float64{"strips": 4}})
}

func TestALineIsFoundByCodeThenBarcodeThenTheLongestTitle(t *testing.T) {
	for _, c := range []struct {
		why  string
		line product.Line
		want string
	}{
		{"by id", product.Line{Product: "a-meter"}, "a-meter"},
		{"by the shop's code", product.Line{Shop: "Tmall", SKU: "acc-50"}, "strips-50"},
		{"another shop's code is another product", product.Line{Shop: "jd", SKU: "ACC-50"}, "a-meter"},
		{"a code of a third shop is nobody's", product.Line{Shop: "pdd", SKU: "ACC-50"}, ""},
		{"a code of every shop", product.Line{Shop: "pdd", Product: "gx50"}, "strips-50"},
		{"a code goes before a title", product.Line{SKU: "GX50", Title: "血糖仪"}, "strips-50"},
		{"by barcode", product.Line{Barcode: "6901234567892", Title: "血糖仪"}, "strips-50"},
		{"every word must occur; full-width is the same", product.Line{Title: "正品 血糖试纸　５０片装"}, "strips-50"},
		{"the longer pattern wins", product.Line{Title: "试纸 50片"}, "strips-50"},
		{"the shorter where the longer does not fit", product.Line{Title: "试纸 100 张"}, "a-meter"},
		{"a title where the product should be", product.Line{Product: "家用血糖仪"}, "a-meter"},
		{"nobody's", product.Line{Title: "酒精棉片"}, ""},
		{"nothing said", product.Line{}, ""},
	} {
		got := ""
		if p, ok := catalogue().Resolve(c.line); ok {
			got = p.ID
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.why, got, c.want)
		}
	}
}

func TestSupplyFollowsFromBoxesPiecesAndUse(t *testing.T) {
	nan := math.NaN()
	set := product.Setting{PerDay: map[string]float64{"strips": 4}}
	for _, c := range []struct {
		why                 string
		p                   product.Product
		boxes, pieces, days float64
	}{
		{"boxes × pieces ÷ use", strips, 2, 100, 50},
		{"the use set for the kind", product.Product{Kind: "strips", Units: 50}, 1, 50, 12},
		{"days of a box", product.Product{Kind: "medicine", Days: 28, Units: 56}, 3, 168, 84},
		{"no use known", product.Product{Kind: "lancets", Units: 50}, 1, 50, nan},
		{"no pieces known", product.Product{Kind: "strips", PerDay: 2}, 1, nan, nan},
		{"less than a day is none", product.Product{Kind: "strips", Units: 1, PerDay: 2}, 1, 1, nan},
		{"no boxes", strips, 0, nan, nan},
	} {
		pieces, days := product.New(1, nil, set).Supply(&c.p, c.boxes)
		if !same(pieces, c.pieces) || !same(days, c.days) {
			t.Errorf("%s: %v pieces, %v days", c.why, pieces, days)
		}
	}
}

func same(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }

func order(t *testing.T, kind, props string) event.Event {
	t.Helper()
	e, f := event.Decode(kind, json.RawMessage(props))
	if f != nil {
		t.Fatal(f)
	}
	return e
}

func TestAnOrderIsFilledAndWhatTheSenderStatedStays(t *testing.T) {
	c := catalogue()
	e := order(t, "order", `{"shop":"tmall","product":"ACC-50","quantity":2,"number":" 88 "}`)
	if _, asked := c.Fill(&e); asked {
		t.Error("a known product is asked for")
	}
	if e.B.String() != "strips-50" || e.C.String() != "strips" || e.X[2] != 100 || e.X[1] != 50 || e.X[3] != product.Ref("Tmall", "88") {
		t.Errorf("%v %v %v", e.B, e.C, e.X)
	}
	if l, _ := product.Of(&e); l.Product != "strips-50" || string(e.Body) != `{"named":"ACC-50","number":" 88 "}` {
		t.Errorf("%+v %s", l, e.Body)
	}
	stated := order(t, "order", `{"product":"GX50","quantity":2,"days":10}`)
	c.Fill(&stated)
	if stated.X[1] != 10 || stated.X[2] != 100 {
		t.Errorf("%v", stated.X)
	}
	one := order(t, "order", `{"title":"试纸 50片"}`)
	if c.Fill(&one); one.X[1] != 25 {
		t.Errorf("a line without a quantity is of one: %v", one.X)
	}
	back := order(t, "refund", `{"shop":"tmall","product":"ACC-50","number":"88"}`)
	if c.Fill(&back); back.B.String() != "strips-50" || back.X[2] != product.Ref("tmall", "88") || !math.IsNaN(back.X[1]) {
		t.Errorf("a refund without a quantity says no days: %v", back.X)
	}
	for props, want := range map[string]bool{
		`{"title":"酒精棉片"}`: true, `{"title":"酒精棉片","days":3}`: false, `{"title":"酒精棉片","kind":"other"}`: false, `{"amount":3}`: false,
	} {
		e := order(t, "order", props)
		if _, asked := c.Fill(&e); asked != want {
			t.Errorf("%s asked: %v", props, !want)
		}
	}
}

func TestAnAnswerMakesItsLineKnownAndNoOther(t *testing.T) {
	for _, l := range []product.Line{
		{Shop: "tmall", SKU: "N1", Title: "棉片"}, {Barcode: "123", Title: "棉片"}, {Title: "酒精 棉片"}, {Product: "酒精棉片"}, {Shop: "jd", Product: "N1"},
	} {
		p := product.Product{ID: "swabs", NameZh: "棉片", Kind: "other"}
		p.Learn(l)
		c := product.New(1, []product.Product{p}, product.Setting{})
		if _, ok := c.Resolve(l); !ok {
			t.Errorf("%+v is not known after the answer: %+v", l, p)
		}
		if _, ok := c.Resolve(product.Line{Shop: "pdd", Title: "试纸"}); ok {
			t.Errorf("%+v makes another known", l)
		}
	}
}

func TestAProductIsRefusedWithItsField(t *testing.T) {
	for want, change := range map[string]func(*product.Product){
		"id": func(p *product.Product) { p.ID = "Strips 50" }, "nameZh": func(p *product.Product) { p.NameZh = " " },
		"kind": func(p *product.Product) { p.Kind = "toy" }, "units": func(p *product.Product) { p.Units = -1 },
		"perDay": func(p *product.Product) { p.PerDay = math.NaN() }, "days": func(p *product.Product) { p.Days = 5000 },
		"generic": func(p *product.Product) { p.Generic = "metformin" }, "titles": func(p *product.Product) { p.Titles = []string{"a"} },
		"skus": func(p *product.Product) { p.SKUs = []product.SKU{{Shop: "jd"}} }, "barcodes": func(p *product.Product) { p.Barcodes = []string{"a\nb"} },
	} {
		p := strips
		change(&p)
		if f := p.Check(); f == nil || f.Field != want {
			t.Errorf("%s: %v", want, f)
		}
	}
	p := strips
	if f := p.Check(); f != nil {
		t.Errorf("a sound one: %v", f)
	}
	for field, rival := range map[string]product.Product{
		"skus": {ID: "another", SKUs: []product.SKU{{Code: "gx50"}}}, "barcodes": {ID: "zzz", Barcodes: strips.Barcodes},
		"titles": {ID: "another", Titles: []string{"试纸  50片"}}, "": {ID: "another", SKUs: []product.SKU{{Shop: "jd", Code: "gx50"}}},
	} {
		f := product.New(1, []product.Product{strips, rival}, product.Setting{}).Clash(rival.ID)
		if (f == nil) != (field == "") || f != nil && f.Field != field {
			t.Errorf("%s of another product: %v", field, f)
		}
	}
}
