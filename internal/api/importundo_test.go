package api_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/person"
)

// tableOf uploads any table and starts it as guessed, with further words of the start beside the map.
func (h *house) tableOf(b *browser, text string, more map[string]any) api.Import {
	h.t.Helper()
	var up, out api.Import
	if status := b.do("POST", "/api/imports?name=a.csv", text, &up); status != 200 {
		h.t.Fatal(status)
	}
	at := fmt.Sprintf("/api/imports/%d", up.Number)
	var g api.ImportGuess
	if status := b.do("GET", at+"/guess", nil, &g); status != 200 {
		h.t.Fatal(status)
	}
	body := map[string]any{"map": g.Map}
	for k, v := range more {
		body[k] = v
	}
	if res, answer := b.raw("POST", at+"/start", body); res.StatusCode != 200 {
		h.t.Fatalf("%s; %+v", answer, g.Questions)
	}
	h.work()
	b.do("GET", at, nil, &out)
	if r := out.Report; out.State != "done" || r.Rows != r.Taken+r.Repeated+r.Refused || r.Changed > r.Taken {
		h.t.Fatalf("%+v", out)
	}
	return out
}

func (h *house) undo(b *browser, one api.Import) api.Import {
	h.t.Helper()
	at := fmt.Sprintf("/api/imports/%d", one.Number)
	if status := b.do("POST", at+"/undo", map[string]int{"events": one.Report.Events}, nil); status != 200 {
		h.t.Fatal(status)
	}
	h.work()
	out := h.imported(b, one.Number)
	if out.State != "undone" {
		h.t.Fatalf("%+v", out)
	}
	return out
}

// amounts are those of the orders that stand, of everybody.
func (h *house) amounts() (out []float64) {
	h.everybody(func(n person.Number) {
		_, v, _, _ := h.spaces[0].Glance(n)
		for i := range v.Type {
			if v.Type[i].String() == "order" && v.Flags[i]&event.Hidden == 0 {
				out = append(out, v.XAt(i, 0))
			}
		}
	})
	slices.Sort(out)
	return out
}

func (h *house) everybody(each func(person.Number)) {
	for n := person.Number(1); ; n++ {
		if _, ok := h.spaces[0].Directory().ByNumber(n); !ok {
			return
		}
		each(n)
	}
}

const ordersHead = "订单编号,买家会员名,商品标题,商家编码,购买数量,买家实际支付金额,付款时间,订单状态\n"

func TestALaterListOfOrdersPutsTheEarlierRight(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	line := func(order, amount, status string) string {
		return order + ",tb_one,血糖试纸50片,TS50,1," + amount + "," + h.now().AddDate(0, 0, -5).Format("2006-01-02") + " 10:00:00," + status + "\n"
	}
	first := ordersHead + line("100000000000001", "99.00", "已付款") + line("100000000000002", "50.00", "已付款")
	one := h.tableOf(zhou, first, nil)
	if one.Report.Taken != 2 || fmt.Sprint(h.amounts()) != "[50 99]" {
		t.Fatalf("%+v %v", one.Report, h.amounts())
	}
	second := ordersHead + line("100000000000001", "89.00", "交易成功") + line("100000000000002", "50.00", "交易成功") + line("100000000000003", "10.00", "已付款")
	two := h.tableOf(zhou, second, nil)
	if r := two.Report; r.Rows != 3 || r.Taken != 2 || r.Changed != 1 || r.Repeated != 1 || r.Refused != 0 {
		t.Errorf("%+v", r)
	}
	if got := fmt.Sprint(h.amounts()); got != "[10 50 89]" {
		t.Errorf("orders %s", got)
	}
	for name, text := range map[string]string{"the same again": second, "the older list late": first} {
		if r := h.tableOf(zhou, text, nil).Report; r.Taken != 0 || r.Repeated != r.Rows {
			t.Errorf("%s: %+v", name, r)
		}
	}
	third := h.tableOf(zhou, ordersHead+line("100000000000001", "79.00", "交易成功")+line("100000000000001", "78.00", "交易成功"), nil)
	if r := third.Report; r.Changed != 1 || r.Refused != 1 || r.Reasons["message_id_conflict"] != 1 {
		t.Errorf("one number twice in one file: %+v", r)
	}
	// Undone, the version before stands again; the file may come in again.
	if u := h.undo(zhou, third); u.Undo.Back != 1 || u.Undo.Taken != 1 {
		t.Errorf("%+v", u.Undo)
	}
	if u := h.undo(zhou, two); u.Undo.Back != 1 || u.Undo.Taken != 2 {
		t.Errorf("%+v", u.Undo)
	}
	if got := fmt.Sprint(h.amounts()); got != "[50 99]" {
		t.Errorf("orders after the undo %s", got)
	}
	if u := h.undo(zhou, one); len(h.amounts()) != 0 {
		t.Errorf("%v stand, %+v", h.amounts(), u.Undo)
	}
	if r := h.tableOf(zhou, first, nil).Report; r.Taken != 2 || len(h.amounts()) != 2 {
		t.Errorf("in again: %+v %v", r, h.amounts())
	}
}

func TestAnUndoReachesWhatWaitsForConsent(t *testing.T) {
	for _, later := range []bool{false, true} {
		h := newHouse(t)
		zhou := h.as("zhou")
		text := "病历号,测量时间,血糖(mmol/L)\nA1," + h.now().AddDate(0, 0, -3).Format("2006-01-02") + " 07:00,7.8\nA1," + h.now().AddDate(0, 0, -2).Format("2006-01-02") + " 07:00,8.8\n"
		one := h.tableOf(zhou, text, nil)
		if one.Report.Kept != 2 || one.Report.Events != 0 {
			t.Fatalf("%+v", one.Report)
		}
		agree := func() { h.tell(0, 1, "consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, h.now()) }
		if later { // what waited came in long after the import
			agree()
			if n := h.stand(1, "glucose"); n != 2 {
				t.Fatalf("%d stand", n)
			}
		}
		u := h.undo(zhou, one).Undo
		if !later {
			agree()
		}
		if n := h.stand(1, "glucose"); n != 0 || u.Taken+u.Waiting != 2 || (u.Waiting == 2) == later {
			t.Errorf("later %v: %d stand, %+v", later, n, u)
		}
		if r := h.tableOf(zhou, text, nil).Report; r.Taken != 2 || h.stand(1, "glucose") != 2 {
			t.Errorf("in again: %+v", r)
		}
	}
}

func TestAnUndoPutsTheCardRight(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	day := h.now().AddDate(0, 0, -3).Format("2006-01-02")
	text := func(name string) string {
		return "病历号,姓名,手机,测量时间,血糖(mmol/L)\nA1," + name + ",13800000001," + day + " 07:00,7.8\n"
	}
	card := func() string {
		c, _ := h.spaces[0].Directory().ByNumber(1)
		return c.Name + " " + c.Phone + " " + c.Owner
	}
	one := h.tableOf(zhou, text("张三"), map[string]any{"owner": h.staff["liu"], "basis": "paper"})
	if card() != "张三 13800000001 "+h.staff["liu"] {
		t.Fatal(card())
	}
	two := h.tableOf(zhou, strings.Replace(text("张三丰"), "07:00", "08:00", 1), map[string]any{"owner": h.staff["chen"], "basis": "paper"})
	if !strings.HasPrefix(card(), "张三丰") {
		t.Fatal(card())
	}
	h.undo(zhou, two)
	if got := card(); got != "张三 13800000001 "+h.staff["liu"] {
		t.Errorf("after the second's undo: %s", got)
	}
	h.undo(zhou, one)
	if got := card(); got != "  " {
		t.Errorf("after both: %q", got)
	}
	// What staff wrote by hand stays.
	hand := h.add(0, "李四", "liu")
	h.tell(0, hand.Number, "profile", `{"name":"李四"}`, h.now())
	if c, _ := h.spaces[0].Directory().ByNumber(hand.Number); c.Name != "李四" || c.Phone == "" {
		t.Errorf("%+v", c)
	}
}

func TestASourceIsWithdrawnInTheBackground(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	var text strings.Builder
	text.WriteString("病历号,测量时间,血糖(mmol/L)\n")
	for i := range 700 {
		fmt.Fprintf(&text, "A1,%s,7.8\n", h.now().Add(-time.Duration(i+2)*time.Hour).Format("2006-01-02 15:04"))
	}
	h.tableOf(zhou, text.String(), map[string]any{"basis": "paper"})
	h.tell(0, 1, "glucose", `{"value":6.1,"unit":"mmol/L"}`, h.now().Add(-time.Hour))
	var waiting api.Import
	h.tableOf(zhou, strings.ReplaceAll(strings.Join(strings.SplitAfter(text.String(), "\n")[:3], ""), "A1", "A2"), nil)
	var all api.Sources
	zhou.do("GET", "/api/sources", nil, &all)
	at := fmt.Sprintf("/api/sources/%d", all.Items[0].Number)
	var w api.Withdrawal
	if status := zhou.do("GET", at+"/withdrawal", nil, &w); status != 200 || w.Events != 700 || w.People != 1 {
		t.Fatalf("%d %+v", status, w)
	}
	if p := zhou.refused("POST", at+"/withdraw", map[string]int{"events": 7}); p.Code != "import_count" {
		t.Errorf("%+v", p)
	}
	if p := h.as("liu").refused("POST", at+"/withdraw", map[string]int{"events": 700}); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	if status := zhou.do("POST", at+"/withdraw", map[string]int{"events": 700}, &waiting); status != 200 || waiting.Kind != "withdraw" || waiting.State != "waiting" || waiting.Name != "tables" {
		t.Fatalf("%d %+v", status, waiting)
	}
	if p := zhou.refused("POST", at+"/withdraw", map[string]int{"events": 700}); p.Code != "withdrawal_under_way" {
		t.Errorf("%+v", p)
	}
	stopping := &stopper{Conductor: h.spaces[0], after: 2, stop: func() {
		if status := zhou.do("POST", fmt.Sprintf("/api/imports/%d/stop", waiting.Number), nil, nil); status != 200 {
			t.Error(status)
		}
	}}
	r := h.runner()
	r.Taker = stopping
	if _, err := r.Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	part := h.imported(zhou, waiting.Number)
	if part.State != "stopped" || part.Undo.Taken == 0 || part.Undo.Taken >= 700 || part.Share <= 0 || part.Share >= 1 {
		t.Fatalf("%+v %+v", part, part.Undo)
	}
	if status := zhou.do("POST", fmt.Sprintf("/api/imports/%d/continue", waiting.Number), nil, nil); status != 200 {
		t.Fatal(status)
	}
	h.work()
	done := h.imported(zhou, waiting.Number)
	if done.State != "done" || done.Undo.Taken != 700 || done.Undo.Waiting != 2 || done.Share != 1 {
		t.Errorf("%+v %+v", done, done.Undo)
	}
	if n := h.stand(1, "glucose"); n != 1 {
		t.Errorf("%d readings stand", n)
	}
	var back api.Reinstatement
	if status := zhou.do("GET", at+"/reinstatement", nil, &back); status != 200 || back != (api.Reinstatement{Events: 700, People: 1}) {
		t.Fatalf("%d %+v", status, back)
	}
	if p := h.as("liu").refused("POST", at+"/reinstate", map[string]int{"events": 700}); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	if p := zhou.refused("POST", at+"/reinstate", map[string]int{"events": 699}); p.Code != "import_count" {
		t.Errorf("%+v", p)
	}
	if status := zhou.do("POST", at+"/reinstate", map[string]int{"events": 700}, &waiting); status != 200 || waiting.Kind != "reinstate" {
		t.Fatalf("%d %+v", status, waiting)
	}
	if p := zhou.refused("POST", at+"/withdraw", map[string]int{"events": 0}); p.Code != "withdrawal_under_way" {
		t.Errorf("%+v", p)
	}
	h.work()
	if done = h.imported(zhou, waiting.Number); done.State != "done" || done.Undo.Back != 700 || done.Undo.People != 1 || h.stand(1, "glucose") != 701 {
		t.Errorf("%+v %+v: %d stand", done, done.Undo, h.stand(1, "glucose"))
	}
	var rows struct{ Total int }
	if zhou.do("GET", "/api/audit?action=source.reinstate", nil, &rows); rows.Total == 0 {
		t.Error("it is not on record")
	}
	h.tell(0, 2, "consent", `{"purpose":"health_data","granted":true,"textVersion":"1"}`, h.now())
	if n := h.stand(2, "glucose"); n != 0 {
		t.Errorf("%d readings that waited came in after the withdrawal", n)
	}
	if p := zhou.refused("POST", fmt.Sprintf("/api/imports/%d/undo", waiting.Number), map[string]int{"events": 0}); p.Code != "import_state" {
		t.Errorf("%+v", p)
	}
}

// stopper is a workspace in which somebody asks for a stop after some batches.
type stopper struct {
	*conductor.Conductor
	after int
	stop  func()
}

func (s *stopper) Withdraw(ctx context.Context, source int32, entry audit.Entry, progress func(done, of int) error) (conductor.Withdrawn, error) {
	return s.Conductor.Withdraw(ctx, source, entry, func(done, of int) error {
		if s.after--; s.after == 0 {
			s.stop()
		}
		return progress(done, of)
	})
}
