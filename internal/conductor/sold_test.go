package conductor_test

import (
	"math"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/product"
)

// standingOrders are the orders of a person nothing hides.
func standingOrders(b *bench, n person.Number) (out []event.Event) {
	l, err := b.c.Look(n, 0, 0)
	ok(b.t, err)
	for i := range l.View.Seq {
		if l.View.Type[i] == event.Order && l.View.Flags[i]&event.Hidden == 0 {
			out = append(out, l.View.Event(i))
		}
	}
	return out
}

func (b *bench) sells(ps ...product.Product) {
	b.t.Helper()
	ok(b.t, b.store.SaveProducts(b.t.Context(), b.ws.Number, ps, 1, "staff:1"))
}

func (b *bench) complete() int {
	b.t.Helper()
	n, err := b.c.CompleteSold(b.t.Context(), audit.Entry{Actor: "staff:1", Action: "product.save"})
	ok(b.t, err)
	return n
}

func (b *bench) questions() []product.Question {
	b.t.Helper()
	qs, err := b.store.ProductQuestions(b.t.Context(), b.ws.Number, product.Open)
	ok(b.t, err)
	return qs
}

func TestAnOrderWaitsForItsProductAndIsCompletedOnce(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	it := b.item("zhang", "order", `{"shop":"jd","title":"试纸 50片","quantity":2,"number":"9"}`, b.now.Add(-48*time.Hour))
	it.MessageID = "jd 9"
	b.submit(it)
	if q := b.questions(); len(q) != 1 || q[0].Orders != 1 || q[0].Line.Title != "试纸 50片" {
		t.Fatalf("%+v", q)
	}
	before := len(b.messages(n)) + len(b.tasks(n))
	b.sells(product.Product{ID: "strips-50", NameZh: "试纸", Kind: "strips", Units: 50, PerDay: 2, Titles: []string{"试纸 50片"}})
	if done, again := b.complete(), b.complete(); done != 1 || again != 0 {
		t.Errorf("completed %d, then %d", done, again)
	}
	got := standingOrders(b, n)
	if len(got) != 1 || got[0].B.String() != "strips-50" || got[0].X[1] != 50 || got[0].X[2] != 100 || got[0].Num != 2 || got[0].Occurred != it.Event.Occurred {
		t.Errorf("%+v", got)
	}
	if q := b.questions(); len(q) != 0 {
		t.Errorf("still asked: %+v", q)
	}
	if after := len(b.messages(n)) + len(b.tasks(n)); after != before {
		t.Errorf("something was sent for an order of the past: %d, before %d", after, before)
	}
	if o := b.submit(it); o[0].Status != conductor.Repeated {
		t.Errorf("the order again: %v", o[0].Status)
	}
	fresh := b.item("zhang", "order", `{"shop":"jd","title":"试纸 50片","number":"10"}`, b.now)
	b.submit(fresh)
	if got := standingOrders(b, n); len(got) != 2 || got[1].X[1] != 25 || len(b.questions()) != 0 {
		t.Errorf("filled at intake: %+v", got)
	}
}

func TestOrdersTakenBackAreNotCompleted(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	out := b.submit(b.item("zhang", "order", `{"title":"试纸"}`, b.now))
	gone := b.item("zhang", "correction", `{}`, b.now)
	gone.Event.Retracts = out[0].Event.Seq
	b.submit(gone)
	b.sells(product.Product{ID: "strips", NameZh: "试纸", Kind: "strips", Units: 50, Titles: []string{"试纸"}})
	if done := b.complete(); done != 0 || len(standingOrders(b, n)) != 0 || len(b.questions()) != 0 {
		t.Errorf("completed %d: %+v", done, standingOrders(b, n))
	}
	if x := out[0].Event.X; len(x) > 1 && !math.IsNaN(x[1]) {
		t.Errorf("an unknown product lasts %v", x)
	}
}

func TestAFillWithoutDaysIsTakenAndGetsThemWithTheAnswer(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	at := b.now.Add(-48 * time.Hour)
	// Of another size than any product says, at first: it is passed by when the rest is completed.
	b.submit(b.item("zhang", "fill", `{"class":"su","name":"格列美脲","quantity":1,"counted":"piece","perDay":2}`, at.Add(-time.Hour)))
	b.submit(b.item("zhang", "fill", `{"class":"su","name":"格列美脲","quantity":2,"counted":"box"}`, at))
	fills := func() (out []event.Event) {
		l, err := b.c.Look(n, 0, 0)
		ok(t, err)
		for i := range l.View.Seq {
			if l.View.Type[i] == event.Fill && l.View.Flags[i]&event.Hidden == 0 {
				out = append(out, l.View.Event(i))
			}
		}
		return out
	}
	if f := fills(); len(f) != 2 || !math.IsNaN(f[0].Num) || !math.IsNaN(f[1].Num) {
		t.Fatalf("%+v", f)
	}
	if q := b.questions(); len(q) != 1 || q[0].Orders != 2 || q[0].Line.Title != "格列美脲" {
		t.Fatalf("%+v", q)
	}
	p := product.Product{ID: "gli", NameZh: "格列美脲", Kind: "medicine", Units: 30, Titles: []string{"格列美脲"}}
	b.sells(p)
	if done := b.complete(); done != 0 || len(b.questions()) != 1 {
		t.Errorf("a product that does not say how long it lasts completed %d", done)
	}
	c, err := b.store.Products(t.Context(), b.ws.Number)
	ok(t, err)
	p.Revision, p.PerDay = c.Products[0].Revision, 2
	b.sells(p)
	if done, again := b.complete(), b.complete(); done != 1 || again != 0 {
		t.Errorf("completed %d, then %d", done, again)
	}
	f := fills()
	if len(f) != 2 || f[1].Num != 30 || f[1].X[2] != 1 || f[1].Occurred != at.UnixMicro() || !math.IsNaN(f[0].Num) {
		t.Errorf("%+v", f)
	}
	if q := b.questions(); len(q) != 1 || q[0].Orders != 1 {
		t.Errorf("%+v", q)
	}
}

// A wrong answer is mended for what waited for it and for what came after it, as one correction each, and never twice.
func TestAWrongAnswerIsMendedInTheOrdersItFilled(t *testing.T) {
	b := newBench(t)
	n := b.consent("zhang")
	at := b.now.Add(-48 * time.Hour)
	tell := func(k int, props string) {
		it := b.item("zhang", "order", props, at.Add(time.Duration(k)*time.Hour))
		it.MessageID = props
		b.submit(it)
	}
	const title = `"shop":"jd","product":"K-9","title":"活力 50片"`
	tell(0, `{`+title+`,"quantity":2,"number":"1"}`)
	said := standingOrders(b, n)[0]
	sell := func(ps ...product.Product) {
		t.Helper()
		c, err := b.store.Products(t.Context(), b.ws.Number)
		ok(t, err)
		for i := range ps {
			if old, there := c.ByID(ps[i].ID); there {
				ps[i].Revision = old.Revision
			}
		}
		b.sells(ps...)
	}
	strips := product.Product{ID: "strips", NameZh: "试纸", Kind: "strips", Units: 50, PerDay: 2, SKUs: []product.SKU{{Shop: "jd", Code: "K-9"}}}
	lancets := product.Product{ID: "lancets", NameZh: "采血针", Kind: "lancets", Units: 100, PerDay: 4}
	sell(strips, lancets)
	if n := b.complete(); n != 1 {
		t.Fatalf("completed %d", n)
	}
	tell(1, `{`+title+`,"quantity":1,"number":"2"}`)
	tell(2, `{`+title+`,"quantity":1,"days":7,"number":"3"}`) // its days are stated
	tell(3, `{`+title+`,"quantity":1,"number":"4"}`)
	byHand := b.item("zhang", "order", `{"product":"strips","days":9}`, at.Add(3*time.Hour))
	byHand.Event.Supersedes = standingOrders(b, n)[3].Seq
	b.submit(byHand)
	if got := standingOrders(b, n); len(got) != 4 || got[1].X[1] != 25 || got[2].X[1] != 7 || got[3].X[1] != 9 {
		t.Fatalf("%+v", got)
	}

	strips.SKUs, lancets.SKUs = nil, strips.SKUs
	sell(strips, lancets)
	if n, again := b.complete(), b.complete(); n != 3 || again != 0 {
		t.Errorf("mended %d, then %d", n, again)
	}
	want := func(why string, id string, days ...float64) {
		t.Helper()
		got := standingOrders(b, n)
		if len(got) != 4 {
			t.Fatalf("%s: %d orders", why, len(got))
		}
		for i, d := range days {
			e := got[i]
			if e.B.String() != id || e.X[1] != d && !(math.IsNaN(e.X[1]) && math.IsNaN(d)) || e.Occurred != at.Add(time.Duration(i)*time.Hour).UnixMicro() {
				t.Errorf("%s: order %d: %s lasts %v", why, i, e.B, e.X)
			}
		}
		if got[3].X[1] != 9 || got[3].B.String() != "strips" {
			t.Errorf("%s: what was corrected by hand is touched: %+v", why, got[3])
		}
	}
	want("mended", "lancets", 50, 25, 7)
	if got := standingOrders(b, n)[0]; got.C.String() != "lancets" || !math.IsNaN(got.X[2]) {
		t.Errorf("strips that are none: %+v", got)
	}

	lancets.SKUs = nil
	sell(lancets)
	if n, again := b.complete(), b.complete(); n != 3 || again != 0 {
		t.Errorf("taken back %d, then %d", n, again)
	}
	nan := math.NaN()
	want("nobody knows it again", "K-9", nan, nan, 7)
	if got := standingOrders(b, n)[0]; got.A != said.A || got.B != said.B || got.C != said.C || got.Num != said.Num || got.X[3] != said.X[3] || !math.IsNaN(got.X[2]) {
		t.Errorf("not as it was said: %+v, %+v", got, said)
	}
	if q := b.questions(); len(q) != 1 || q[0].Orders != 2 { // the third states what is asked for
		t.Errorf("%+v", q)
	}
	strips.SKUs = []product.SKU{{Shop: "jd", Code: "K-9"}}
	sell(strips)
	if n, again := b.complete(), b.complete(); n != 2 || again != 0 {
		t.Errorf("answered anew %d, then %d", n, again)
	}
}
