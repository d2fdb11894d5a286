package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/product"
	"peiban/internal/purchase"
	"peiban/internal/staff"
)

// ReceiptLine is one thing on a receipt.
type ReceiptLine struct {
	Title        string  `json:"title,omitempty" maxLength:"300" doc:"as it is printed"`
	Product      string  `json:"product,omitempty" maxLength:"60" doc:"id of a product; else it is found by its title"`
	Quantity     float64 `json:"quantity,omitempty" minimum:"0" maximum:"10000" doc:"boxes"`
	Amount       float64 `json:"amount,omitempty" minimum:"0" maximum:"10000000" doc:"CNY, of the line"`
	Prescription bool    `json:"prescription,omitempty" doc:"bought on prescription: it earns no points"`
}

// TypedLine is a line and what it became.
type TypedLine struct {
	ReceiptLine
	Order       string          `json:"order" doc:"id of the order's event"`
	ProductText *Text           `json:"productText,omitempty"`
	Days        float64         `json:"days,omitempty" doc:"of supply that are left after refunds, d"`
	Kept        float64         `json:"kept" doc:"share of it that did not go back, 0 to 1"`
	Refunds     []ReceiptRefund `json:"refunds,omitempty"`
}

// ReceiptRefund is what went back of a line.
type ReceiptRefund struct {
	ID       string  `json:"id"`
	At       string  `json:"at"`
	Quantity float64 `json:"quantity,omitempty" doc:"boxes"`
	Amount   float64 `json:"amount,omitempty" doc:"CNY"`
}

// ReceiptDraft is what had been typed of a receipt that was taken up again.
type ReceiptDraft struct {
	Shop   string        `json:"shop,omitempty"`
	At     string        `json:"at"`
	Number string        `json:"number,omitempty"`
	Lines  []ReceiptLine `json:"lines"`
}

type refundReceiptInput struct {
	IDPath
	EntryPath
	Body struct {
		Order    string  `json:"order" minLength:"1" maxLength:"40" doc:"id of the line's order"`
		At       string  `json:"at" minLength:"10" maxLength:"40" doc:"when it went back: 2026-03-08 or a time"`
		Quantity float64 `json:"quantity,omitempty" minimum:"0" maximum:"10000" doc:"boxes that went back; with neither this nor an amount, all that is left"`
		Amount   float64 `json:"amount,omitempty" minimum:"0" maximum:"10000000" doc:"CNY paid back; in proportion when not given"`
	}
}

type undoRefundInput struct {
	IDPath
	EntryPath
	Refund string `path:"refund" maxLength:"40"`
}

var (
	errNoLine      = fault.New(fault.Missing, "receipt_line_not_found", "这张小票没有这一行", "the receipt has no such line").At("body.order")
	errNoRefund    = fault.New(fault.Missing, "refund_not_found", "没有这笔退款", "there is no such refund")
	errRefundMuch  = fault.New(fault.Invalid, "refund_too_much", "退的比剩下的多", "more went back than is left")
	errRefundEarly = fault.New(fault.Invalid, "refund_too_early", "退款日期在购买之前", "it went back before it was bought").At("body.at")
)

// things are the lines of what was said: those given, or the one that stands without any. Empty ones are left out.
func (r *ReceiptSaid) things() []ReceiptLine {
	all := r.Lines
	if len(all) == 0 {
		all = []ReceiptLine{{Title: r.Title, Quantity: r.Quantity, Amount: r.Amount}}
	}
	out := make([]ReceiptLine, 0, len(all))
	for _, l := range all {
		if l.Title = strings.TrimSpace(l.Title); l != (ReceiptLine{Prescription: l.Prescription}) {
			out = append(out, l)
		}
	}
	return out
}

// sum says of all lines together what is said of one.
func (r *ReceiptSaid) sum() {
	if len(r.Lines) == 0 {
		return
	}
	r.Quantity, r.Amount = 0, 0
	var titles []string
	for _, l := range r.Lines {
		r.Quantity += l.Quantity
		r.Amount = math.Round((r.Amount+l.Amount)*100) / 100
		if l.Title != "" {
			titles = append(titles, l.Title)
		}
	}
	r.Title = strings.Join(titles, "；")
}

// knownProducts says which line names a product there is not.
func (s *Server) knownProducts(ctx context.Context, c *caller, lines []ReceiptLine, at string) error {
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return err
	}
	for i, x := range lines {
		if _, ok := cat.ByID(x.Product); x.Product != "" && !ok {
			return errNoProduct.At("%s", fmt.Sprintf("%s[%d].product", at, i))
		}
	}
	return nil
}

// ordersOf are the ids of the orders a receipt became, in the order of its lines.
func (r *receipt) ordersOf() []string {
	var out []string
	if raw := r.entry.Body()["orders"]; raw != nil && json.Unmarshal(raw, &out) == nil {
		return out
	}
	if one := r.entry.Text("order"); one != "" { // typed when a receipt was one line
		out = append(out, one)
	}
	return out
}

// typedReceipt is what the orders of a receipt say now: what was completed since stands for them. nil: it was not typed.
func (s *Server) typedReceipt(ctx context.Context, c *caller, l *conductor.Look, r *receipt) (*ReceiptTyped, error) {
	ids := r.ordersOf()
	if len(ids) == 0 {
		return nil, nil
	}
	var order []event.Seq // of the lines
	for _, id := range ids {
		seq, ok := event.SeqOf(id)
		if seq = standsFor(l, seq); ok && l.View.Find(seq) >= 0 {
			order = append(order, seq)
		}
	}
	es, err := s.eventsOf(ctx, c, l, func(i int) bool { return slices.Contains(order, l.View.Seq[i]) })
	if err != nil || len(es) == 0 {
		return nil, err
	}
	slices.SortFunc(es, func(a, b event.Event) int { return cmp.Compare(slices.Index(order, a.Seq), slices.Index(order, b.Seq)) })
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	kept := purchase.Of(l.View.Timeline, l.At)
	out := &ReceiptTyped{Order: es[0].ID(), At: moment(es[0].Occurred, c.space.loc), Number: textIn(&es[0], "number"), Prescription: true}
	out.Shop = es[0].A.String()
	for i := range es {
		e := &es[i]
		line := TypedLine{Order: e.ID(), Kept: 1}
		line.Title, line.Quantity, line.Prescription = textIn(e, "title"), zeroed(e.Num), len(e.X) > 4 && e.X[4] == 1
		line.Amount = amountOf(e)
		if p, ok := cat.ByID(e.B.String()); ok {
			line.Product, line.ProductText = p.ID, &Text{Zh: p.NameZh, En: cmp.Or(p.NameEn, p.NameZh)}
			line.Title = cmp.Or(line.Title, p.NameZh)
		}
		if at := l.View.Find(e.Seq); at >= 0 {
			left := kept.At(l.View.Timeline, at)
			line.Days, line.Kept = zeroed(left.Days), left.Share
			line.Refunds = refundsOf(c, l, at)
			if l.View.Flags[at]&event.Hidden != 0 {
				line.Kept, line.Days = 0, 0 // somebody took the order itself back
			}
		}
		out.Prescription = out.Prescription && line.Prescription
		out.Orders, out.Lines = append(out.Orders, line), append(out.Lines, line.ReceiptLine)
	}
	out.ProductText = out.Orders[0].ProductText
	out.sum()
	return out, nil
}

// Places of the numbers of orders and refunds, as the catalogue of events has them.
const orderRefAt, orderLineAt, refundRefAt, refundLineAt = 3, 5, 2, 4

// refundsOf are the refunds that number the line of the order at place i, the oldest first.
func refundsOf(c *caller, l *conductor.Look, i int) (out []ReceiptRefund) {
	v := l.View
	ref, line := v.XAt(i, orderRefAt), v.XAt(i, orderLineAt)
	for k, kind := range v.Type {
		if kind == event.Refund && v.Flags[k]&event.Hidden == 0 && v.XAt(k, refundRefAt) == ref && (v.XAt(k, refundLineAt) == line || math.IsNaN(line)) {
			out = append(out, ReceiptRefund{event.IDOf(v.Recv[k], v.Seq[k]), moment(v.At[k], c.space.loc), zeroed(v.Num[k]), zeroed(v.XAt(k, 0))})
		}
	}
	return out
}

func (s *Server) typeReceipt(ctx context.Context, in *typeReceiptInput) (Receipt, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Receipt{}, err
	}
	defer s.alone(c, card)()
	l, r, err := s.waitingReceipt(ctx, c, card, in.Entry, "uploaded")
	if err != nil {
		return Receipt{}, err
	}
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return Receipt{}, err
	}
	orders, err := s.ordersTyped(c, card, l, r, cat, in)
	if err != nil {
		return Receipt{}, err
	}
	before, err := s.ordersFor(ctx, c, l, r)
	if err != nil {
		return Receipt{}, err
	}
	if len(before) == 0 && !in.Body.Again {
		for i := range orders {
			filled := orders[i].Event
			cat.Fill(&filled)
			twice, err := s.boughtBefore(ctx, c, l, &filled)
			if err != nil {
				return Receipt{}, err
			}
			if twice {
				return Receipt{}, errReceiptTwice
			}
		}
	}
	if len(before) == 0 { // else they were typed, and the process ended before the receipt was said again
		if before, err = s.registered(ctx, c, card, orders); err != nil {
			return Receipt{}, err
		}
	}
	done := r.becomes(card, "verified", "receipt-typed:"+r.e.ID(), map[string]any{"order": before[0], "orders": before, "draft": nil, "refusal": nil, "note": nil})
	if _, err := s.submitted(ctx, c, card, "receipt.done", done); err != nil {
		return Receipt{}, err
	}
	return s.receiptNow(ctx, c, card, r.e.Seq)
}

// ordersTyped are the orders a receipt becomes, one each line. They share a reference, so that a refund finds its line: the shop's number,
// or one of the receipt's own.
func (s *Server) ordersTyped(c *caller, card conductor.Card, l *conductor.Look, r *receipt, cat *product.Catalogue, in *typeReceiptInput) ([]conductor.Item, error) {
	b := &in.Body
	place := func(i int, field string) string {
		if len(b.Lines) == 0 {
			return "body." + field
		}
		return fmt.Sprintf("body.lines[%d].%s", i, field)
	}
	given := b.Lines
	if len(given) == 0 {
		given = []ReceiptLine{{Title: b.Title, Product: b.Product, Quantity: b.Quantity, Amount: b.Amount}}
	}
	at, _, err := (&statement{s: s, c: c, l: l, Statement: Statement{Type: "order", At: b.At}}).moment()
	if err != nil {
		if f := fault.Of(err); f != nil {
			return nil, f.At("body.at")
		}
		return nil, err
	}
	number := strings.TrimSpace(b.Number)
	out := make([]conductor.Item, 0, len(given))
	for i, x := range given {
		if x.Title = strings.TrimSpace(x.Title); x.Title == "" && x.Product == "" {
			return nil, errReceiptEmpty.At("%s", place(i, "title"))
		}
		if _, ok := cat.ByID(x.Product); x.Product != "" && !ok {
			return nil, errNoProduct.At("%s", place(i, "product"))
		}
		props := map[string]any{"file": r.entry.Text("file"), "by": "self", "receipt": r.e.ID(), "line": i + 1}
		for k, v := range map[string]string{"shop": strings.TrimSpace(b.Shop), "product": x.Product, "title": x.Title, "number": number} {
			if v != "" {
				props[k] = v
			}
		}
		for k, v := range map[string]float64{"quantity": x.Quantity, "amount": x.Amount} {
			if v > 0 {
				props[k] = v
			}
		}
		if number == "" {
			props["ref"] = product.Ref("", "receipt "+r.e.ID())
		}
		if b.Prescription || x.Prescription {
			props["prescription"] = true
		}
		order, err := item(card, "order", props)
		if err != nil {
			return nil, err
		}
		order.Event.Occurred, order.MessageID, order.Event.Provenance = at, "receipt:"+r.e.ID(), "receipt"
		if i > 0 {
			order.MessageID += ":" + fmt.Sprint(i+1)
		}
		out = append(out, order)
	}
	return out, nil
}

// registered stores the orders of a receipt, all in one commit, and gives their ids. Where another server was there first nothing of ours
// stays: what of it came in is taken back.
func (s *Server) registered(ctx context.Context, c *caller, card conductor.Card, orders []conductor.Item) ([]string, error) {
	out, err := s.submitted(ctx, c, card, "receipt.type", orders...)
	if err != nil {
		return nil, err
	}
	var ids []string
	var gone []conductor.Item
	for _, o := range out {
		if o.Status != conductor.Stored {
			continue
		}
		ids = append(ids, o.Event.ID())
		back, err := item(card, "correction", map[string]any{"reason": "taken_back"})
		if err != nil {
			return nil, err
		}
		back.Event.Retracts = o.Event.Seq
		gone = append(gone, back)
	}
	if len(ids) == len(orders) {
		return ids, nil
	}
	return nil, cmp.Or(s.submit(ctx, c, card, "receipt.type", gone...), error(errReceiptDone))
}

// ordersFor are the ids of the orders that were typed from a receipt, in the order of its lines.
func (s *Server) ordersFor(ctx context.Context, c *caller, l *conductor.Look, r *receipt) ([]string, error) {
	es, err := s.eventsOf(ctx, c, l, func(i int) bool {
		return l.View.Type[i] == event.Order && l.View.Flags[i]&event.Hidden == 0 && l.View.Seq[i] > r.e.Seq
	})
	var out []string
	for i := range es { // in the order of their commit, which is that of the lines
		if textIn(&es[i], "receipt") == r.e.ID() {
			out = append(out, es[i].ID())
		}
	}
	return out, err
}

// reopenReceipt takes back what was made of a receipt. Its orders are withdrawn, whatever stands for them since, and what went back of them.
// What had been typed stays beside the receipt, so that one line is mended without typing the others again.
func (s *Server) reopenReceipt(ctx context.Context, in *reopenReceiptInput) (Receipt, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Receipt{}, err
	}
	defer s.alone(c, card)()
	l, r, err := s.waitingReceipt(ctx, c, card, in.Entry, "")
	if err != nil {
		return Receipt{}, err
	}
	typed, err := s.typedReceipt(ctx, c, l, r)
	if err != nil {
		return Receipt{}, err
	}
	more := map[string]any{"order": nil, "orders": nil, "refusal": nil, "note": nil}
	var gone []event.Seq
	if typed != nil {
		more["draft"] = ReceiptDraft{typed.Shop, typed.At, typed.Number, typed.Lines}
		for _, line := range typed.Orders {
			if seq, ok := event.SeqOf(line.Order); ok && l.View.Flags[l.View.Find(seq)]&event.Hidden == 0 {
				gone = append(gone, seq)
			}
			for _, b := range line.Refunds {
				if seq, ok := event.SeqOf(b.ID); ok {
					gone = append(gone, seq)
				}
			}
		}
	}
	items := []conductor.Item{r.becomes(card, "uploaded", "receipt-reopened:"+r.e.ID(), more)}
	for _, seq := range gone {
		back, err := item(card, "correction", map[string]any{"reason": "taken_back"})
		if err != nil {
			return Receipt{}, err
		}
		back.Event.Retracts = seq
		items = append(items, back)
	}
	if _, err := s.submitted(ctx, c, card, "receipt.reopen", items...); err != nil {
		return Receipt{}, err
	}
	return s.receiptNow(ctx, c, card, r.e.Seq)
}

// typedLine finds a line of a receipt that was typed, and its order's place in the timeline.
func (s *Server) typedLine(ctx context.Context, c *caller, l *conductor.Look, r *receipt, order string) (*ReceiptTyped, *TypedLine, int, error) {
	typed, err := s.typedReceipt(ctx, c, l, r)
	if err != nil {
		return nil, nil, 0, err
	}
	if typed != nil {
		for i := range typed.Orders {
			if seq, ok := event.SeqOf(typed.Orders[i].Order); ok && typed.Orders[i].Order == order {
				return typed, &typed.Orders[i], l.View.Find(seq), nil
			}
		}
	}
	return nil, nil, 0, errNoLine
}

func (s *Server) refundReceipt(ctx context.Context, in *refundReceiptInput) (Receipt, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Receipt{}, err
	}
	defer s.alone(c, card)()
	l, r, err := s.waitingReceipt(ctx, c, card, in.Entry, "")
	if err != nil {
		return Receipt{}, err
	}
	b := &in.Body
	typed, line, i, err := s.typedLine(ctx, c, l, r, b.Order)
	if err != nil {
		return Receipt{}, err
	}
	at, _, err := (&statement{s: s, c: c, l: l, Statement: Statement{Type: "refund", At: b.At}}).moment()
	if err != nil {
		return Receipt{}, err
	}
	v := l.View
	if day := 24 * 3600 * int64(1e6); at < v.At[i]-day { // a day alone is its first moment
		return Receipt{}, errRefundEarly
	}
	left := purchase.Of(v.Timeline, l.At).At(v.Timeline, i)
	boxes, money := left.Quantity, left.Amount
	switch {
	case left.Gone():
		return Receipt{}, errRefundMuch.At("body.order").Because("这一行已全部退回", "all of the line went back already")
	case b.Quantity > boxes+1e-9:
		return Receipt{}, errRefundMuch.At("body.quantity").Because("还剩 "+figure(boxes)+" 盒", figure(boxes)+" boxes are left")
	case b.Amount > money+1e-9:
		return Receipt{}, errRefundMuch.At("body.amount").Because("还剩 "+figure(money)+" 元", "CNY "+figure(money)+" are left")
	}
	props := map[string]any{"receipt": r.e.ID(), "order": line.Order, "ref": v.XAt(i, orderRefAt), "line": v.XAt(i, orderLineAt)}
	if math.IsNaN(v.XAt(i, orderLineAt)) { // typed when a receipt was one line: what went back is all of its order's
		delete(props, "line")
	}
	if math.IsNaN(v.XAt(i, orderRefAt)) {
		delete(props, "ref")
	}
	for k, x := range map[string]string{"shop": v.A[i].String(), "product": v.B[i].String(), "title": line.Title, "number": typed.Number} {
		if x != "" {
			props[k] = x
		}
	}
	quantity := b.Quantity
	if quantity == 0 && b.Amount == 0 {
		quantity = zeroed(boxes)
	}
	if quantity > 0 {
		props["quantity"] = quantity
	}
	if b.Amount > 0 {
		props["amount"] = b.Amount
	}
	back, err := item(card, "refund", props)
	if err != nil {
		return Receipt{}, err
	}
	back.Event.Occurred, back.Event.Provenance = max(at, v.At[i]), "receipt"
	if err := s.submit(ctx, c, card, "receipt.refund", back); err != nil {
		return Receipt{}, err
	}
	return s.receiptNow(ctx, c, card, r.e.Seq)
}

func (s *Server) undoReceiptRefund(ctx context.Context, in *undoRefundInput) (Receipt, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Receipt{}, err
	}
	defer s.alone(c, card)()
	l, r, err := s.waitingReceipt(ctx, c, card, in.Entry, "")
	if err != nil {
		return Receipt{}, err
	}
	typed, err := s.typedReceipt(ctx, c, l, r)
	if err != nil {
		return Receipt{}, err
	}
	if typed != nil {
		for _, line := range typed.Orders {
			for _, b := range line.Refunds {
				seq, ok := event.SeqOf(b.ID)
				if !ok || b.ID != in.Refund {
					continue
				}
				gone, err := item(card, "correction", map[string]any{"reason": "taken_back"})
				if err != nil {
					return Receipt{}, err
				}
				gone.Event.Retracts = seq
				if err := s.submit(ctx, c, card, "receipt.refund-undo", gone); err != nil {
					return Receipt{}, err
				}
				return s.receiptNow(ctx, c, card, r.e.Seq)
			}
		}
	}
	return Receipt{}, errNoRefund
}

// MyReceipts are a person's own receipts, and what may be bought.
type MyReceipts struct {
	Items    []Receipt `json:"items"`
	Products []Choice  `json:"products" doc:"what shops sell, to choose a line's product from"`
}

// sold is what a line of a receipt may be: the products that are not retired.
func (s *Server) sold(ctx context.Context, c *caller) ([]Choice, error) {
	cat, err := s.store.Products(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	out := []Choice{}
	for i := range cat.Products {
		if p := &cat.Products[i]; !p.Retired {
			out = append(out, Choice{p.ID, Text{Zh: p.NameZh, En: cmp.Or(p.NameEn, p.NameZh)}})
		}
	}
	return out, nil
}

func (s *Server) myReceipts(ctx context.Context, _ *struct{}) (MyReceipts, error) {
	out := MyReceipts{Items: []Receipt{}}
	c, err := s.self(ctx)
	if err != nil {
		return out, err
	}
	if out.Products, err = s.sold(ctx, c); err != nil {
		return out, err
	}
	l, f, err := s.toChange(ctx, c, c.me)
	if fl := fault.Of(err); fl != nil && fl.Code == errNoConsent.Code {
		return out, nil
	}
	if err != nil {
		return out, err
	}
	for _, e := range f.Of(event.Report) {
		if e.Event.A != receiptKind || !e.Stands() {
			continue
		}
		r, err := s.receiptView(ctx, c, l, &receipt{e.Event, e})
		if err != nil {
			return out, err
		}
		r.By = nil
		if r.File != nil {
			r.File.URL = "/api/me/reports/" + e.Text("file")
		}
		out.Items = append(out.Items, r)
	}
	slices.SortFunc(out.Items, func(a, b Receipt) int { return strings.Compare(b.Came, a.Came) })
	return out, s.read(ctx, c, "receipts.read", c.me.Number)
}
