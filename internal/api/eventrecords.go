package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/timeline"
)

// The list of events is what stands in all timelines, in the order it was committed: what was corrected or taken back is left out, what
// took its place is there. It is read from the same feed as the stream for other systems, so masks and consents are the same.

// EventRecord is an event of somebody's timeline.
type EventRecord struct {
	ID         string         `json:"id"`
	Person     Ref            `json:"person"`
	Type       string         `json:"type"`
	Name       Text           `json:"name" doc:"of the type"`
	Text       Text           `json:"text" doc:"what it says, in words"`
	At         string         `json:"at" doc:"when it happened"`
	Received   string         `json:"received" doc:"when it was committed"`
	Source     string         `json:"source,omitempty" doc:"empty: peiban itself"`
	Imported   bool           `json:"imported,omitempty" doc:"history brought in"`
	Value      *float64       `json:"value,omitempty" doc:"the number the type is about"`
	Unit       string         `json:"unit,omitempty"`
	Properties map[string]any `json:"properties,omitempty" doc:"the rest, as the catalogue describes it"`
	Corrects   string         `json:"corrects,omitempty" doc:"id of the event it took the place of"`
}

// EventRecords are a part of the list.
type EventRecords struct {
	Items      []EventRecord `json:"items"`
	NextCursor string        `json:"nextCursor,omitempty" doc:"ask with it for what follows; a part may be empty and have more behind it"`
	Types      []Choice      `json:"types,omitempty" doc:"with the first part: what may be chosen"`
	Sources    []Choice      `json:"sources,omitempty"`
}

// RecordsFilter chooses among events.
type RecordsFilter struct {
	Type      []string `query:"type,explode" doc:"only these types; all when not given"`
	Source    string   `query:"source" maxLength:"12" doc:"only of this source, by its number; 0 is peiban itself"`
	Programme string   `query:"programme" maxLength:"60" doc:"only people in this programme"`
	From      string   `query:"from" maxLength:"40" doc:"what happened from this day or moment on"`
	To        string   `query:"to" maxLength:"40" doc:"until this day, all of it, or moment"`
	Days      string   `query:"days" maxLength:"4" doc:"what happened in so many days up to now, 1 to 3660; instead of from and to"`
}

type recordsInput struct {
	Cursor string `query:"cursor" maxLength:"60" doc:"nextCursor of the part before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" doc:"at most so many items; 50 when not given"`
	RecordsFilter
}

var errDays = fault.New(fault.Invalid, "bad_number", "天数要在 1 到 3660 之间", "between 1 and 3660 days").At("query.days").Because("和起止日期只用一样", "and without from and to")

func (s *Server) recordOperations() {
	serve(s, operation{"event-records", http.MethodGet, "/api/event-records", "out", "Events of all timelines as they stand, in the order they were committed", forStaff}, s.eventRecords)
}

var recordColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "type", Name: "类型 type"}, {Key: "type_name", Name: "事件 event"},
	{Key: "at", Name: "发生 at", Kind: export.Moment}, {Key: "received", Name: "收到 received", Kind: export.Moment}, {Key: "source", Name: "来源 source"}, {Key: "imported", Name: "历史导入 imported"},
	{Key: "value", Name: "数值 value", Kind: export.Number}, {Key: "unit", Name: "单位 unit"}, {Key: "more", Name: "其他内容 more"}, {Key: "corrects", Name: "更正了 corrects"},
}

func (r *EventRecord) cells() []string {
	value, more, imported := "", "", ""
	if r.Value != nil {
		value = strconv.FormatFloat(*r.Value, 'f', -1, 64)
	}
	if len(r.Properties) > 0 {
		b, _ := json.Marshal(r.Properties) // numbers, codes and texts
		more = string(b)
	}
	if r.Imported {
		imported = "是"
	}
	return []string{r.ID, r.Person.ID, r.Person.Name, r.Type, r.Name.Zh, r.At, r.Received, r.Source, imported, value, r.Unit, more, r.Corrects}
}

// records reads the list.
type records struct {
	s     *Server
	c     *caller
	feed  *out.Feed
	want  out.Want
	at    out.Place
	until out.Place
	words bool            // with what each says in words
	told  *roaring.Bitmap // whose events were written down as read
}

// eventsTold begins to read the list, held to what the caller may see and take.
func (s *Server) eventsTold(ctx context.Context, c *caller, f *RecordsFilter) (*records, error) {
	r := &records{s: s, c: c, feed: s.feed(c.space), told: roaring.New()}
	r.want = out.Want{Types: f.Type, Receiver: out.Receiver{Basis: out.Entrusted}, Names: !c.masked(), History: true}
	if c.sending != nil {
		r.want.Receiver = c.sending.Told.Receiver
	}
	for _, t := range f.Type {
		if event.Lookup(t) == nil {
			return nil, errNoType.At("query.type")
		}
	}
	if f.Programme != "" {
		if _, err := c.programmeOr(f.Programme); err != nil {
			return nil, errSourceJoins.At("query.programme")
		}
		r.want.Programmes = []string{f.Programme}
	}
	source, err := strconv.ParseInt(cmp.Or(f.Source, "0"), 10, 32)
	if err != nil || source < 0 {
		return nil, errFeedNumber.At("query.source")
	}
	from, to, err := f.span(c)
	if err != nil {
		return nil, err
	}
	may := s.visible(ctx, c)
	r.want.Only = func(n person.Number, e *event.Event, v timeline.View) bool {
		if e.Type == event.Correction || len(f.Type) > 0 && !slices.Contains(f.Type, e.Type.String()) || to != 0 && e.Occurred > to || e.Occurred < from || f.Source != "" && e.Source != int32(source) || !may.Contains(uint32(n)) {
			return false
		}
		i := v.Find(e.Seq)
		return i >= 0 && v.Flags[i]&event.Hidden == 0
	}
	if from != 0 { // nothing is committed long before it happened
		const early = 24 * 3600 * int64(1e6)
		if r.at, err = r.feed.Since(ctx, from-early); err != nil {
			return nil, err
		}
	}
	r.until = out.StartOf(c.space.Conductor.Head() + 1) // what comes meanwhile is for the next file
	return r, nil
}

// span is the time asked for, microseconds; 0: open.
func (f *RecordsFilter) span(c *caller) (from, to int64, err error) {
	if f.Days != "" {
		n, err := strconv.Atoi(f.Days)
		if err != nil || n < 1 || n > 3660 || f.From+f.To != "" {
			return 0, 0, errDays
		}
		return c.space.now() - int64(n)*24*3600*1e6, c.space.now(), nil
	}
	if from, err = parseStart("query.from", f.From, c.space.loc); err == nil {
		to, err = parseMoment("query.to", f.To, c.space.loc)
	}
	return from, to, err
}

// next reads on; done says that there is nothing behind. Whose events they are is written down before they are given.
func (r *records) next(ctx context.Context, most int, action string) (items []EventRecord, done bool, err error) {
	p, err := r.feed.Page(ctx, r.at, r.until, &r.want, most)
	if err != nil {
		return nil, false, err
	}
	r.at = p.Next
	for i := range p.Items {
		x := &p.Items[i]
		if x.Action == out.Erased { // nothing is told of them
			continue
		}
		card, ok := r.c.space.Conductor.Directory().ByNumber(x.Number)
		if !ok {
			continue
		}
		items = append(items, r.record(x, Ref{string(card.ID), r.c.nameOf(card)}))
	}
	var people []person.Number
	for _, n := range p.People {
		if r.told.CheckedAdd(uint32(n)) {
			people = append(people, n)
		}
	}
	return items, !p.More, r.s.read(ctx, r.c, action, people...)
}

func (r *records) record(x *out.Item, who Ref) EventRecord {
	e := EventRecord{ID: x.ID, Person: who, Type: x.Type, At: x.Occurred, Received: x.Received, Source: x.Source, Imported: x.Imported, Properties: x.Properties, Corrects: x.Corrects}
	spec := event.Lookup(x.Type)
	if spec == nil {
		return e
	}
	e.Name = spec.Name
	if _, v, _, ok := r.c.space.Conductor.Glance(x.Number); ok && r.words {
		if i := v.Find(x.Place.Seq); i >= 0 {
			e.Text = plainText(v, spec, i)
		}
	}
	for i := range spec.Fields {
		f := &spec.Fields[i]
		if v, ok := x.Properties[f.Name].(float64); ok && f.Slot == event.SlotNum {
			e.Value, e.Unit = &v, f.Unit
			delete(x.Properties, f.Name)
			delete(x.Properties, "unit") // as the catalogue has it
		}
	}
	return e
}

func (s *Server) eventRecords(ctx context.Context, in *recordsInput) (EventRecords, error) {
	v := EventRecords{Items: []EventRecord{}}
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err == nil {
		c, _, err = s.authorize(ctx, staff.CanExport)
	}
	if err != nil {
		return v, err
	}
	r, err := s.eventsTold(ctx, c, &in.RecordsFilter)
	if err != nil {
		return v, err
	}
	r.words = true
	if in.Cursor == "" {
		v.Types, v.Sources = typeChoices(c), s.sourceChoices(ctx, c)
	} else if r.at, err = out.ParseCursor(in.Cursor, c.space.Workspace.ID); err != nil {
		return v, err
	}
	limit := cmp.Or(in.Limit, 50)
	for range 10 { // of a rare type a part may end with fewer: whoever asks goes on
		items, done, err := r.next(ctx, limit-len(v.Items), "events.read")
		if err != nil {
			return v, err
		}
		if v.Items = append(v.Items, items...); done {
			return v, nil
		}
		if len(v.Items) >= limit {
			break
		}
	}
	v.NextCursor = r.at.Cursor(c.space.Workspace.ID)
	return v, nil
}

// recordsFile is the whole list as a file, a few thousand events in memory at a time.
func (s *Server) recordsFile(ctx context.Context, q url.Values, to taker) (err error) {
	if err := onlyKnown(q, queryNames(reflect.TypeFor[RecordsFilter]())); err != nil {
		return err
	}
	f := &RecordsFilter{Source: q.Get("source"), Programme: q.Get("programme"), From: q.Get("from"), To: q.Get("to"), Days: q.Get("days")}
	for _, t := range q["type"] {
		f.Type = append(f.Type, strings.FieldsFunc(t, func(r rune) bool { return r == ',' })...)
	}
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err == nil {
		c, _, err = s.authorize(ctx, staff.CanExport)
	}
	if err != nil {
		return err
	}
	r, err := s.eventsTold(ctx, c, f)
	if err != nil {
		return err
	}
	count := 0
	defer func() {
		detail := map[string]any{"rows": count, "people": r.told.GetCardinality(), "types": f.Type, "whole": err == nil}
		err = cmp.Or(err, s.store.AppendAudit(context.WithoutCancel(ctx), c.space.number(), s.entry(ctx, c, "event-records.export", 0, detail)))
	}()
	for {
		items, done, err := r.next(ctx, 2000, "events.export")
		if err != nil {
			return err
		}
		for i := range items {
			if err := to.Row(items[i].cells()); err != nil {
				return err
			}
		}
		count += len(items)
		if err := cmp.Or(ctx.Err(), advance(ctx, count, count)); err != nil || done {
			return err
		}
	}
}

// typeChoices are the types of events, in the words of the catalogue.
func typeChoices(*caller) []Choice {
	var all []Choice
	for _, spec := range event.Catalogue() {
		if spec.Type != event.Correction {
			all = append(all, Choice{spec.Key, spec.Name})
		}
	}
	slices.SortFunc(all, func(a, b Choice) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// sourceChoices are where events may have come from, by number; peiban itself is 0.
func (s *Server) sourceChoices(ctx context.Context, c *caller) []Choice {
	out := []Choice{{"0", text("陪伴自己", "peiban itself")}}
	all, err := s.store.Sources(ctx, c.space.number())
	if err != nil {
		return out // the list is there without
	}
	for _, x := range all {
		out = append(out, Choice{strconv.Itoa(int(x.Number)), Text{Zh: x.Name, En: x.Name}})
	}
	return out
}

var (
	byType = listFilter{"type", text("事件类型", "Types of events"), true, typeChoices}
	byDays = offered("days", text("最近多久", "How far back"), Choice{"1", text("最近 1 天", "The last day")}, Choice{"7", text("最近 7 天", "The last 7 days")},
		Choice{"30", text("最近 30 天", "The last 30 days")}, Choice{"90", text("最近 90 天", "The last 90 days")})
)
