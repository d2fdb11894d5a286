package product_test

import (
	"math"
	"testing"

	"peiban/internal/event"
	"peiban/internal/product"
)

func TestADoseIsReadOnlyWhereItIsSaidPlainly(t *testing.T) {
	for _, tt := range []struct {
		text string
		want float64 // 0: nobody can know
	}{
		{"每次1片，每日2次", 2},
		{"一次2粒 一日三次", 6},
		{"口服 每次半片 每天两次", 1},
		{"1片 bid", 2},
		{"0.5g（1片） tid", 3},
		{"1片 q8h", 3},
		{"每晚1片", 1},
		{"睡前服用2粒", 2},
		{"每次1片，隔日1次", 0.5},
		{"每次1片，每3天一次", 1.0 / 3},
		{"早1片，晚2片", 3},
		{"早餐前各1粒 中餐前1粒 晚餐后1粒", 3},
		{"Take 1 tablet twice daily", 2},
		{"2 tabs po qd", 2},
		{"take 1 capsule 3 times a day", 3},
		{"每次１片，每日２次", 2},
		{"", 0},
		{"遵医嘱", 0},
		{"每日2次", 0},                             // of what
		{"每次1片", 0},                             // how often
		{"0.5g bid", 0},                         // how many pieces that is nobody says
		{"每次1-2片，每日2次", 0},                      // one or two
		{"每次1片，每日2次，必要时", 0},                    // when needed
		{"1 tablet every 6 hours as needed", 0}, // when needed
		{"第一周每次1片，之后每次2片，每日2次", 0},              // changes
		{"每次1片 每日2次；每次2片 每日1次", 0},              // two instructions
		{"每次1片 每日2次 tid", 0},                    // two answers
		{"早1片 早2片", 0},
		{"每周1片", 0},
		{"每次10ml，每日3次", 0},
	} {
		got, sure := product.Daily(tt.text)
		if sure != (tt.want > 0) || math.Abs(got-tt.want) > 1e-9 && sure {
			t.Errorf("%q: %v %v, want %v", tt.text, got, sure, tt.want)
		}
	}
}

func TestAFillGetsItsDaysFromWhatIsKnownAndNothingElse(t *testing.T) {
	c := product.New(1, []product.Product{
		{ID: "met", NameZh: "二甲双胍 0.5g", Kind: "medicine", Generic: "metformin", Units: 60, PerDay: 3, Titles: []string{"二甲双胍 0.5g"}},
		{ID: "gli", NameZh: "格列美脲", Kind: "medicine", Units: 30, Titles: []string{"格列美脲"}},
		{ID: "week", NameZh: "周制剂", Kind: "medicine", Units: 4, Days: 28, Titles: []string{"周制剂"}},
		{ID: "strips", NameZh: "试纸", Kind: "strips", Units: 50, PerDay: 1, Titles: []string{"试纸"}},
	}, product.Setting{})
	for name, tt := range map[string]struct {
		props string
		want  float64
		asked bool
	}{
		"stated":                            {`{"class":"metformin","days":14,"name":"二甲双胍 0.5g","quantity":2,"counted":"box"}`, 14, false},
		"boxes and the usual dose":          {`{"class":"metformin","name":"二甲双胍片 0.5g*60","quantity":2,"counted":"box"}`, 40, false},
		"pieces and the usual dose":         {`{"class":"metformin","name":"二甲双胍 0.5g","quantity":45,"counted":"piece"}`, 15, false},
		"boxes and their own dose":          {`{"class":"metformin","name":"二甲双胍 0.5g","quantity":1,"counted":"box","doseText":"每次1片，每日2次"}`, 30, false},
		"pieces and their own dose":         {`{"class":"unmapped","name":"新药","quantity":28,"counted":"piece","perDay":2}`, 14, false},
		"a dose nobody is sure of":          {`{"class":"metformin","name":"二甲双胍 0.5g","quantity":1,"counted":"box","doseText":"遵医嘱"}`, 20, false},
		"a box that says its days":          {`{"class":"glp1","name":"周制剂","quantity":1,"counted":"box"}`, 28, false},
		"pieces of it":                      {`{"class":"glp1","name":"周制剂","quantity":2,"counted":"piece"}`, 14, false},
		"a known product without daily use": {`{"class":"su","name":"格列美脲","quantity":1,"counted":"box"}`, 0, true},
		"an unknown product":                {`{"class":"su","name":"不知道","quantity":1,"counted":"box"}`, 0, true},
		"their own dose, an unknown box":    {`{"class":"su","name":"不知道","quantity":1,"counted":"box","perDay":1}`, 0, true},
		"a quantity of nobody knows what":   {`{"class":"metformin","name":"二甲双胍 0.5g","quantity":2}`, 0, false},
		"no quantity":                       {`{"class":"metformin","name":"二甲双胍 0.5g","doseText":"每次1片，每日2次"}`, 0, false},
		"no medicine of that name":          {`{"class":"metformin","name":"试纸","quantity":1,"counted":"box"}`, 0, true},
		"another medicine than it says":     {`{"class":"su","generic":"gliclazide","name":"二甲双胍 0.5g","quantity":1,"counted":"box"}`, 0, true},
		"longer than a fill can last":       {`{"class":"metformin","name":"x","quantity":4000,"counted":"piece","perDay":1}`, 0, true},
		"no name to ask about":              {`{"class":"metformin","generic":"metformin","quantity":2,"counted":"box"}`, 0, false},
		"less than a day":                   {`{"class":"metformin","name":"x","quantity":1,"counted":"piece","perDay":2}`, 0, true},
	} {
		e, fl := event.Decode("fill", []byte(tt.props))
		if fl != nil {
			t.Fatal(name, fl)
		}
		said := e
		by, asked := c.Fill(&e)
		if asked != tt.asked || (tt.want == 0) != math.IsNaN(e.Num) || tt.want != 0 && e.Num != tt.want {
			t.Errorf("%s: %v days, asked %v", name, e.Num, asked)
		}
		reckoned := len(e.X) > 2 && e.X[2] == 1
		if reckoned != (tt.want != 0 && name != "stated") {
			t.Errorf("%s: worked out: %v", name, reckoned)
		}
		product.Empty(&e, product.Line{}, by.What)
		if again, _ := c.Fill(&e); again != by || math.IsNaN(said.Num) && tt.want != 0 && e.Num != tt.want {
			t.Errorf("%s: emptied and filled again: %+v, before %+v", name, again, by)
		}
	}
}
