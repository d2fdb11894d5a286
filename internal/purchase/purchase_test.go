package purchase_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"peiban/internal/event"
	"peiban/internal/product"
	"peiban/internal/purchase"
	"peiban/internal/timeline"
)

const hour = int64(time.Hour / time.Microsecond)

// said is an event as a shop tells it.
type said struct {
	at     int64 // hours
	kind   string
	props  string
	source int32
}

func line(t *testing.T, all []said) *timeline.Timeline {
	t.Helper()
	tl := &timeline.Timeline{}
	none := product.New(0, nil, product.Setting{})
	for i, s := range all {
		e, f := event.Decode(s.kind, json.RawMessage(s.props))
		if f != nil {
			t.Fatal(f)
		}
		none.Fill(&e)
		e.Seq, e.Occurred, e.Source = event.Seq(i+1), s.at*hour, s.source
		tl.Add(&e)
	}
	return tl
}

const bought = `{"shop":"jd","number":"1","product":"a","quantity":2,"amount":200,"days":50,"strips":100}`

func TestARefundIsTakenOffItsOrder(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		why   string
		all   []said
		days  float64
		left  float64 // boxes
		money float64
		loose int
	}{
		{"nothing went back", []said{{1, "order", bought, 1}}, 50, 2, 200, 0},
		{"all of it", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1"}`, 1}}, 0, 0, 0, 0},
		{"by quantity", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","quantity":1}`, 1}}, 25, 1, 100, 0},
		{"by days", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","days":10}`, 1}}, 40, 1.6, 160, 0},
		{"by its part of the price", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","amount":50}`, 1}}, 37, 1.5, 150, 0},
		{"money only", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","quantity":0,"amount":20}`, 1}}, 50, 2, 180, 0},
		{"another line of the same order", []said{{1, "order", bought[:len(bought)-1] + `,"line":1}`, 1}, {2, "refund", `{"shop":"jd","number":"1","product":"a","line":2}`, 1}, {1, "order", `{"shop":"jd","number":"1","product":"a","quantity":1,"amount":90,"line":2}`, 1}}, 50, 2, 200, 0},
		{"this line of an order of two alike", []said{{1, "order", bought[:len(bought)-1] + `,"line":1}`, 1}, {2, "refund", `{"shop":"jd","number":"1","product":"a","line":1,"quantity":1}`, 1}, {1, "order", `{"shop":"jd","number":"1","product":"a","quantity":1,"amount":90,"line":2}`, 1}}, 25, 1, 100, 0},
		{"a line that orders of before do not number", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","line":1,"quantity":1}`, 1}}, 25, 1, 100, 0},
		{"before its order", []said{{0, "refund", `{"shop":"jd","number":"1","quantity":1}`, 1}, {1, "order", bought, 1}}, 25, 1, 100, 0},
		{"not yet", []said{{1, "order", bought, 1}, {9, "refund", `{"shop":"jd","number":"1"}`, 1}}, 50, 2, 200, 0},
		{"of another shop's number", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"tmall","number":"1"}`, 1}}, 50, 2, 200, 1},
		{"without a number", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd"}`, 1}}, 50, 2, 200, 1},
		{"without a number, the only one of its product", []said{{1, "order", bought, 1}, {1, "order", `{"shop":"jd","number":"2","product":"b"}`, 1}, {2, "refund", `{"shop":"jd","product":"a","quantity":1}`, 1}}, 25, 1, 100, 0},
		{"without numbers on both", []said{{1, "order", `{"shop":"jd","product":"a","quantity":2,"amount":200,"days":50}`, 1}, {2, "refund", `{"shop":"jd","product":"a","quantity":1}`, 1}}, 25, 1, 100, 0},
		{"without a number, one of two", []said{{1, "order", bought, 1}, {2, "order", `{"shop":"jd","number":"2","product":"a"}`, 1}, {3, "refund", `{"shop":"jd","product":"a"}`, 1}}, 50, 2, 200, 1},
		{"without a number, the only one large enough", []said{{1, "order", bought, 1}, {2, "order", `{"shop":"jd","number":"2","product":"a","quantity":1}`, 1}, {3, "refund", `{"shop":"jd","product":"a","quantity":2}`, 1}}, 0, 0, 0, 0},
		{"without a number, of more than was paid", []said{{1, "order", bought, 1}, {3, "refund", `{"shop":"jd","product":"a","amount":201}`, 1}}, 50, 2, 200, 1},
		{"without a number, of another shop", []said{{1, "order", bought, 1}, {3, "refund", `{"shop":"tmall","product":"a"}`, 1}}, 50, 2, 200, 1},
		{"without a number, before its order", []said{{0, "refund", `{"shop":"jd","product":"a"}`, 1}, {1, "order", bought, 1}}, 50, 2, 200, 1},
		{"with a number, and without by another source", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","product":"a","quantity":1}`, 1}, {2, "refund", `{"shop":"jd","product":"a","quantity":1}`, 2}}, 25, 1, 100, 0},
		{"told by two sources", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","quantity":1}`, 1}, {2, "refund", `{"shop":"jd","number":"1","quantity":1}`, 2}}, 25, 1, 100, 0},
		{"twice by one source", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","quantity":1}`, 1}, {3, "refund", `{"shop":"jd","number":"1","quantity":1}`, 1}}, 0, 0, 0, 0},
		{"more than was bought", []said{{1, "order", bought, 1}, {2, "refund", `{"shop":"jd","number":"1","quantity":7,"amount":900}`, 1}}, 0, 0, 0, 0},
		{"of another line", []said{{1, "order", bought, 1}, {1, "order", `{"shop":"jd","number":"1","product":"b","quantity":1,"amount":50}`, 1}, {2, "refund", `{"shop":"jd","number":"1","product":"b"}`, 1}}, 50, 2, 200, 0},
		{"of the whole order", []said{{1, "order", bought, 1}, {1, "order", `{"shop":"jd","number":"1","product":"b","quantity":1,"amount":50}`, 1}, {2, "refund", `{"shop":"jd","number":"1"}`, 1}}, 0, 0, 0, 0},
		{"an order without a price", []said{{1, "order", `{"shop":"jd","number":"1","days":30}`, 1}, {2, "refund", `{"shop":"jd","number":"1","amount":50}`, 1}}, 0, nan, nan, 0},
	} {
		tl := line(t, c.all)
		i := 0
		for tl.Type[i] != event.Order {
			i++
		}
		table := purchase.Of(tl, 5*hour)
		l := table.At(tl, i)
		if !same(l.Days, c.days) || !same(l.Quantity, c.left) || !same(l.Amount, c.money) || len(table.Loose) != c.loose || l.Gone() != (c.days == 0) {
			t.Errorf("%s: %+v, %d loose", c.why, l, len(table.Loose))
		}
	}
}

func same(a, b float64) bool { return math.Abs(a-b) < 1e-6 || math.IsNaN(a) && math.IsNaN(b) }

func TestWhatIsLeftIsNeverBelowZeroNorAboveWhatWasBought(t *testing.T) {
	for seed := range uint64(300) {
		g := rand.New(rand.NewPCG(seed, 1))
		var all []said
		for range 2 + g.IntN(12) {
			kind := []string{"order", "refund"}[g.IntN(2)]
			props := map[string]any{"shop": "jd", "number": string(rune('1' + g.IntN(3))), "product": string(rune('a' + g.IntN(2)))}
			for k, v := range map[string]float64{"quantity": float64(g.IntN(4)), "amount": float64(g.IntN(300)), "days": float64(1 + g.IntN(60))} {
				if g.IntN(3) > 0 {
					props[k] = v
				}
			}
			b, _ := json.Marshal(props)
			all = append(all, said{int64(g.IntN(8)), kind, string(b), int32(1 + g.IntN(2))})
		}
		tl := line(t, all)
		table := purchase.Of(tl, 5*hour)
		for i := range tl.Type {
			if tl.Type[i] != event.Order {
				continue
			}
			l := table.At(tl, i)
			for _, v := range [][2]float64{{l.Quantity, tl.Num[i]}, {l.Days, tl.XAt(i, 1)}, {l.Amount, tl.XAt(i, 0)}} {
				if v[0] < 0 || v[0] > v[1]+1e-9 {
					t.Fatalf("seed %d: %+v of %v %v", seed, l, tl.Num[i], tl.XAt(i, 1))
				}
			}
			if l.Share < 0 || l.Share > 1 {
				t.Fatalf("seed %d: share %v", seed, l.Share)
			}
		}
	}
}
