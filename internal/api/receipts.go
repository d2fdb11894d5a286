package api

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/healthfile"
	"peiban/internal/person"
	"peiban/internal/product"
	"peiban/internal/staff"
)

// ReceiptSaid is what somebody says a receipt holds: one thing, or several lines.
type ReceiptSaid struct {
	Shop     string        `json:"shop,omitempty" maxLength:"60"`
	Title    string        `json:"title,omitempty" maxLength:"300" doc:"what was bought; of several lines their titles"`
	Quantity float64       `json:"quantity,omitempty" minimum:"0" maximum:"10000" doc:"boxes; of several lines together"`
	Amount   float64       `json:"amount,omitempty" minimum:"0" maximum:"10000000" doc:"CNY; of several lines together"`
	Lines    []ReceiptLine `json:"lines,omitempty" maxItems:"30" doc:"the things on it, one each; sent with title, quantity or amount, these are left aside"`
}

// Receipt is a receipt a person uploaded.
type Receipt struct {
	ID       string        `json:"id"`
	Person   Ref           `json:"person"`
	State    string        `json:"state" enum:"uploaded,verified,refused"`
	At       string        `json:"at" doc:"the day it is of, as the person said; else when it came"`
	Came     string        `json:"came"`
	File     *ReceiptFile  `json:"file,omitempty"`
	Told     *ReceiptSaid  `json:"told,omitempty" doc:"as the person said it"`
	Typed    *ReceiptTyped `json:"typed,omitempty"`
	Draft    *ReceiptDraft `json:"draft,omitempty" doc:"of one taken up again: what had been typed, to go on from"`
	Reason   *Text         `json:"reason,omitempty" doc:"why it was refused"`
	By       *Text         `json:"by,omitempty" doc:"who typed or refused it"`
	MayWrite bool          `json:"mayWrite"`
}

// ReceiptFile is its picture.
type ReceiptFile struct {
	URL   string `json:"url"`
	Media string `json:"media"`
	Name  string `json:"name"`
}

// ReceiptTyped is what staff typed from it.
type ReceiptTyped struct {
	ReceiptSaid
	Order        string      `json:"order" doc:"id of the first line's order"`
	Orders       []TypedLine `json:"orders" doc:"the order each line became"`
	At           string      `json:"at"`
	Number       string      `json:"number,omitempty"`
	ProductText  *Text       `json:"productText,omitempty" doc:"of the first line"`
	Prescription bool        `json:"prescription,omitempty" doc:"all of it"`
}

// ReceiptList is a page of receipts and how many wait.
type ReceiptList struct {
	Listing[Receipt]
	Waiting  int      `json:"waiting"`
	Reasons  []Choice `json:"reasons" doc:"why one may be refused"`
	Products []Choice `json:"products,omitempty" doc:"of the list of those that wait: what shops sell, to choose a line's product from"`
}

// receiptReasons are why a receipt is refused, as the person reads it.
var receiptReasons = []Choice{
	{"unreadable", text("看不清，请重新拍一张", "It cannot be read; please take the photo again")},
	{"duplicate", text("这张已经登记过", "It was registered already")},
	{"not_receipt", text("不是购物小票或发票", "It is no receipt or invoice")},
	{"not_ours", text("不是本人买的，或与本项目无关", "It is of somebody else or has nothing to do with the programme")},
}

type receiptsInput struct {
	Paging
	State string `query:"state" enum:"uploaded,verified,refused" doc:"uploaded, which wait, when not given"`
}

type typeReceiptInput struct {
	IDPath
	EntryPath
	Body struct {
		ReceiptSaid
		At           string `json:"at" minLength:"10" maxLength:"40" doc:"when it was bought: 2026-03-08 or a time"`
		Number       string `json:"number,omitempty" maxLength:"60" doc:"of the receipt or order"`
		Product      string `json:"product,omitempty" maxLength:"60" doc:"of a receipt without lines: id of a product; else it is found by its title"`
		Prescription bool   `json:"prescription,omitempty" doc:"all of it bought on prescription: it earns no points"`
		Again        bool   `json:"again,omitempty" doc:"it is another one, though one like it is here"`
	}
}

type refuseReceiptInput struct {
	IDPath
	EntryPath
	Body struct {
		Reason string `json:"reason" enum:"unreadable,duplicate,not_receipt,not_ours"`
	}
}

type reopenReceiptInput struct {
	IDPath
	EntryPath
}

type tellReceiptInput struct {
	EntryPath
	Body ReceiptSaid
}

var (
	errNoReceipt    = fault.New(fault.Missing, "receipt_not_found", "没有这张小票", "there is no such receipt")
	errReceiptDone  = fault.New(fault.Clash, "receipt_done", "这张小票已经处理过", "the receipt was dealt with already").Because("刷新列表；要改，先“重新处理”", "load the list again; to change it, take it up again first")
	errReceiptOpen  = fault.New(fault.Clash, "receipt_waits", "这张小票还没有处理", "the receipt still waits")
	errReceiptTwice = fault.New(fault.Clash, "receipt_twice", "这位已经有一笔一样的订单：同店同号，或同一天同样的东西和金额", "the person has such an order already: same shop and number, or same day, thing and amount").
			Because("是同一张就按“重复”退回；确是另一张，再点一次“仍然登记”", "if it is the same, refuse it as a duplicate; if it is another, register it all the same")
	errReceiptEmpty = fault.New(fault.Invalid, "receipt_empty", "写上买了什么", "say what was bought").At("body.title")
)

func (s *Server) receiptOperations() {
	serve(s, operation{"receipts", http.MethodGet, "/api/receipts", "receipts", "Receipts people uploaded, those that wait the longest first", forStaff}, s.receipts)
	serve(s, operation{"type-receipt", http.MethodPost, "/api/people/{id}/receipts/{entry}/order", "receipts", "Type a receipt: each of its lines becomes an order, beside its picture", forStaff}, s.typeReceipt)
	serve(s, operation{"refuse-receipt", http.MethodPost, "/api/people/{id}/receipts/{entry}/refuse", "receipts", "Say why a receipt is not taken; the person sees it", forStaff}, s.refuseReceipt)
	serve(s, operation{"reopen-receipt", http.MethodPost, "/api/people/{id}/receipts/{entry}/reopen", "receipts", "Take the orders or the refusal back: the receipt waits again", forStaff}, s.reopenReceipt)
	serve(s, operation{"refund-receipt", http.MethodPost, "/api/people/{id}/receipts/{entry}/refund", "receipts", "Say that a line of a receipt went back, all of it or a part", forStaff}, s.refundReceipt)
	serve(s, operation{"undo-receipt-refund", http.MethodDelete, "/api/people/{id}/receipts/{entry}/refund/{refund}", "receipts", "Take a refund of a line back", forStaff}, s.undoReceiptRefund)
	serve(s, operation{"my-receipts", http.MethodGet, "/api/me/receipts", "me", "My receipts, what I said of them and what they became, the newest first", forPerson}, s.myReceipts)
	serve(s, operation{"tell-my-receipt", http.MethodPost, "/api/me/receipts/{entry}/told", "me", "Say what an uploaded receipt of mine holds", forPerson}, s.tellMyReceipt)
}

var receiptKind = event.Intern("receipt")

// receipt is one paper that stands.
type receipt struct {
	e     event.Event
	entry *healthfile.Entry
}

func (s *Server) receipts(ctx context.Context, in *receiptsInput) (ReceiptList, error) {
	out := ReceiptList{Listing: Listing[Receipt]{Items: []Receipt{}}, Reasons: receiptReasons}
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return out, err
	}
	if c.masked() && c.sending == nil { // the picture of a receipt shows the name; a list that is sent has no pictures
		return out, errForbidden
	}
	who, err := c.space.Conductor.Reported(ctx)
	if err != nil {
		return out, err
	}
	who.And(s.visible(ctx, c))
	state := event.Intern(cmp.Or(in.State, "uploaded"))
	waits := event.Intern("uploaded")
	type found struct {
		person person.Number
		seq    event.Seq
		came   int64
	}
	var all []found
	for it := who.Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		_, v, st, ok := c.space.Conductor.Glance(n)
		if !ok || !st.Consented("health_data") {
			continue
		}
		for i, kind := range v.Type {
			if kind != event.Report || v.A[i] != receiptKind || v.Flags[i]&event.Hidden != 0 {
				continue
			}
			if v.B[i] == waits {
				out.Waiting++
			}
			if v.B[i] == state {
				all = append(all, found{n, v.Seq[i], v.Recv[i]})
			}
		}
	}
	slices.SortFunc(all, func(a, b found) int {
		if in.State == "" || in.State == "uploaded" {
			return cmp.Compare(a.seq, b.seq)
		}
		return cmp.Compare(b.seq, a.seq) // what was done last comes first
	})
	start, err := offset(in.Cursor, len(all))
	if err != nil {
		return out, err
	}
	end := min(start+in.limit(20), len(all))
	out.Total = len(all)
	var people []person.Number
	for _, x := range all[start:end] {
		l, err := c.space.Conductor.Look(x.person, 0, 0)
		if err != nil {
			return out, err
		}
		r, err := s.receiptAt(ctx, c, l, x.seq)
		if err != nil {
			return out, err
		}
		view, err := s.receiptView(ctx, c, l, r)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, view)
		people = append(people, x.person)
	}
	if end < len(all) {
		out.NextCursor = strconv.Itoa(end)
	}
	if state == waits && c.sending == nil {
		if out.Products, err = s.sold(ctx, c); err != nil {
			return out, err
		}
	}
	return out, s.read(ctx, c, "receipts.read", people...)
}

// receiptAt is the receipt of a sequence with what it says.
func (s *Server) receiptAt(ctx context.Context, c *caller, l *conductor.Look, seq event.Seq) (*receipt, error) {
	es, err := s.eventsWhere(ctx, c, l, func(i int) bool { return l.View.Seq[i] == seq })
	if err != nil {
		return nil, err
	}
	f := healthfile.Fold(es, l.At)
	e := f.Find(seq)
	if e == nil || e.Event.Type != event.Report || e.Event.A != receiptKind {
		return nil, errNoReceipt
	}
	return &receipt{e.Event, e}, nil
}

func (s *Server) receiptView(ctx context.Context, c *caller, l *conductor.Look, r *receipt) (Receipt, error) {
	e := r.entry
	out := Receipt{
		ID: r.e.ID(), Person: Ref{string(l.Card.ID), c.nameOf(l.Card)}, State: r.e.B.String(), At: moment(r.e.Occurred, c.space.loc), Came: moment(r.e.Received, c.space.loc),
		MayWrite: c.member.Role.Can(staff.CanWritePeople),
	}
	if date := e.Text("date"); date != "" {
		out.At = date
	}
	if file := e.Text("file"); file != "" {
		out.File = &ReceiptFile{"/api/people/" + string(l.Card.ID) + "/reports/" + file, e.Text("media"), e.Text("name")}
	}
	body := e.Body()
	if raw := body["told"]; raw != nil && json.Unmarshal(raw, &out.Told) == nil && out.Told != nil { // ours
		out.Told.Lines = out.Told.things()
		out.Told.sum()
	}
	if raw := body["draft"]; raw != nil {
		_ = json.Unmarshal(raw, &out.Draft) // ours
	}
	if key := e.Text("refusal"); key != "" {
		t := receiptReason(key)
		out.Reason = &t
	}
	if r.e.B.String() != "uploaded" {
		out.By = s.actorName(ctx, c, r.e.Actor)
	}
	var err error
	out.Typed, err = s.typedReceipt(ctx, c, l, r)
	return out, err
}

func receiptReason(key string) Text {
	for _, r := range receiptReasons {
		if r.Key == key {
			return r.Text
		}
	}
	return Text{}
}

func zeroed(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}

// standsFor follows corrections: what superseded an order stands for it.
func standsFor(l *conductor.Look, seq event.Seq) event.Seq {
	for again := true; again; {
		again = false
		for _, f := range l.View.Fixes {
			if i := l.View.Find(f.By); f.Of == seq && i >= 0 && l.View.Type[i] == event.Order {
				seq, again = f.By, true
				break
			}
		}
	}
	return seq
}

// waiting is a receipt that is about to be dealt with.
func (s *Server) waitingReceipt(ctx context.Context, c *caller, card conductor.Card, id string, state string) (*conductor.Look, *receipt, error) {
	l, f, err := s.toChange(ctx, c, card)
	if err != nil {
		return nil, nil, err
	}
	e, err := s.entryAt(f, l, id)
	if fl := fault.Of(err); fl != nil && fl.Kind == fault.Stale {
		return nil, nil, errReceiptDone
	}
	if err != nil {
		return nil, nil, err
	}
	if e.Event.Type != event.Report || e.Event.A != receiptKind {
		return nil, nil, errNoReceipt
	}
	if got := e.Event.B.String(); state == "uploaded" && got != state {
		return nil, nil, errReceiptDone
	} else if state == "" && got == "uploaded" {
		return nil, nil, errReceiptOpen
	}
	return l, &receipt{e.Event, e}, nil
}

// becomes is the receipt said again in another state, with what else is to be kept of it; nil takes a property out.
func (r *receipt) becomes(card conductor.Card, state, id string, more map[string]any) conductor.Item {
	body := map[string]any{}
	for k, v := range r.entry.Body() {
		body[k] = v
	}
	for k, v := range more {
		if body[k] = v; v == nil {
			delete(body, k)
		}
	}
	e := r.e
	e.Body, _ = json.Marshal(body) // texts and what was parsed
	e.B, e.Supersedes, e.Retracts, e.Hash, e.Actor, e.Provenance = event.Intern(state), r.e.Seq, 0, [16]byte{}, "", ""
	e.Flags &^= event.Hidden
	return conductor.Item{Person: card.Number, Event: e, MessageID: id}
}

// boughtBefore tells whether the person has such an order: of the same shop and number, or of the same day, thing and amount. The lines
// of one receipt are not asked about each other.
func (s *Server) boughtBefore(ctx context.Context, c *caller, l *conductor.Look, e *event.Event) (bool, error) {
	day := func(at int64) string { return time.UnixMicro(at).In(c.space.loc).Format(time.DateOnly) }
	v := l.View
	es, err := s.eventsOf(ctx, c, l, func(i int) bool {
		return v.Type[i] == event.Order && v.Flags[i]&event.Hidden == 0 && (day(v.At[i]) == day(e.Occurred) || len(e.X) > 3 && v.XAt(i, 3) == e.X[3])
	})
	if err != nil {
		return false, err
	}
	mine, _ := product.Of(e)
	for i := range es {
		o := &es[i]
		if len(e.X) > 3 && len(o.X) > 3 && e.X[3] == o.X[3] {
			return true, nil
		}
		l, _ := product.Of(o)
		same := l.Product != "" && l.Product == mine.Product || l.Title != "" && product.Fold(l.Title) == product.Fold(mine.Title)
		if same && day(o.Occurred) == day(e.Occurred) && amountOf(o) == amountOf(e) {
			return true, nil
		}
	}
	return false, nil
}

func amountOf(e *event.Event) float64 {
	if len(e.X) == 0 {
		return 0
	}
	return zeroed(e.X[0])
}

// eventsOf are the chosen events with their texts.
func (s *Server) eventsOf(ctx context.Context, c *caller, l *conductor.Look, wanted func(i int) bool) ([]event.Event, error) {
	var seqs []event.Seq
	for i := range l.View.Seq {
		if wanted(i) {
			seqs = append(seqs, l.View.Seq[i])
		}
	}
	if len(seqs) == 0 {
		return nil, nil
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), l.Card.Number, seqs)
	if err != nil {
		return nil, err
	}
	return es, c.space.Conductor.Reveal(l.Card.Number, es)
}

// receiptNow answers with a receipt as it stands after a change of the event seq.
func (s *Server) receiptNow(ctx context.Context, c *caller, card conductor.Card, seq event.Seq) (Receipt, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Receipt{}, err
	}
	for _, f := range l.View.Fixes {
		if f.Of == seq {
			seq = f.By
		}
	}
	r, err := s.receiptAt(ctx, c, l, seq)
	if err != nil {
		return Receipt{}, err
	}
	return s.receiptView(ctx, c, l, r)
}

func (s *Server) refuseReceipt(ctx context.Context, in *refuseReceiptInput) (Receipt, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Receipt{}, err
	}
	defer s.alone(c, card)()
	_, r, err := s.waitingReceipt(ctx, c, card, in.Entry, "uploaded")
	if err != nil {
		return Receipt{}, err
	}
	again := r.becomes(card, "refused", "receipt-refused:"+r.e.ID(), map[string]any{"refusal": in.Body.Reason, "note": receiptReason(in.Body.Reason).Zh})
	if _, err := s.submitted(ctx, c, card, "receipt.refuse", again); err != nil {
		return Receipt{}, err
	}
	return s.receiptNow(ctx, c, card, r.e.Seq)
}

func (s *Server) tellMyReceipt(ctx context.Context, in *tellReceiptInput) (Stated, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Stated{}, err
	}
	defer s.alone(c, c.me)()
	_, r, err := s.waitingReceipt(ctx, c, c.me, in.Entry, "uploaded")
	if err != nil {
		return Stated{}, err
	}
	b := in.Body
	b.Shop, b.Title = strings.TrimSpace(b.Shop), strings.TrimSpace(b.Title)
	if len(b.Lines) > 0 {
		b.Lines = b.things()
		if err := s.knownProducts(ctx, c, b.Lines, "body.lines"); err != nil {
			return Stated{}, err
		}
		b.sum()
	}
	out, err := s.submitted(ctx, c, c.me, "receipt.tell", r.becomes(c.me, "uploaded", "receipt-told:"+r.e.ID(), map[string]any{"told": b}))
	if err != nil {
		return Stated{}, err
	}
	if out[0].Status != conductor.Stored {
		return s.statedBefore(ctx, c, c.me, &r.e)
	}
	return s.stated(ctx, c, c.me, out[0], nil)
}
