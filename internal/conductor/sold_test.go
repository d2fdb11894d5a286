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
