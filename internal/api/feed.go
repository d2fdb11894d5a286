package api

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/workspace"
)

// FeedPage is a part of the stream of events.
type FeedPage struct {
	Items []out.Item `json:"items" doc:"in commit order"`
	Next  string     `json:"next" doc:"ask with it as after for what follows, now or later"`
	More  bool       `json:"more" doc:"there is more already: ask again at once"`
}

type feedInput struct {
	After  string   `query:"after" maxLength:"60" doc:"next of the answer before, or cursor of an item; the beginning when not given"`
	Since  string   `query:"since" maxLength:"40" doc:"begin with what was committed from this day or moment on; without after only"`
	Type   []string `query:"type,explode" doc:"only these types; all the key may have when not given"`
	Limit  int      `query:"limit" minimum:"1" maximum:"1000" doc:"items at most; 100 when not given"`
	Wait   int      `query:"wait" minimum:"0" maximum:"60" doc:"seconds to wait for something to come when there is nothing yet; 0 when not given"`
	Format string   `query:"format" enum:"json,ndjson," doc:"ndjson: an item a line, next in the header Peiban-Next"`
}

var (
	errNeedsKey = fault.New(fault.Unauthenticated, "api_key_needed", "这个地址要用接口密钥", "this address needs a key of another system").
			Because("请求头写 Authorization: Bearer pbk_…", "send the header Authorization: Bearer pbk_…")
	errTooMany   = fault.New(fault.TooMany, "too_many_requests", "这个密钥同时的请求太多", "this key has too many requests at once").Because("最多 4 个；等前面的结束", "four at most; wait for one of them")
	errCursorNew = fault.New(fault.Clash, "cursor_ahead", "这个游标比数据还新：数据恢复到了较早的一天", "this cursor is ahead of the data: they were put back to an earlier day").At("query.after").
			Because("用 since 从恢复的那一天读起", "begin with since at the day they were put back to")
	errFeedNumber = fault.New(fault.Invalid, "bad_number", "数量不对", "this is no such number")
	errFeedBoth   = fault.New(fault.Invalid, "after_and_since", "after 和 since 只能写一个", "give after or since, not both").At("query.since")
)

// feedStore is the log behind the feed.
type feedStore interface {
	out.Log
	Head(ctx context.Context, w workspace.Number) (event.Seq, error)
}

// feed reads the log of a workspace for others.
func (s *Server) feed(sp *space) *out.Feed {
	return &out.Feed{Log: s.store, Space: sp.Conductor, Source: func(ctx context.Context, n int32) string { return sp.sourceName(ctx, s.store, n) }}
}

func (s *Server) feedOperations() {
	op := s.describe(operation{"stream-events", http.MethodGet, feedAddress, "out", "Everything that happens, in commit order, for other systems by a key with the scope events.read", forAnyone})
	op.Security = []map[string][]string{{"apiKey": {}}}
	in := reflect.TypeFor[feedInput]()
	registry := s.huma.OpenAPI().Components.Schemas
	for i := range in.NumField() {
		f := in.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("query"), ",")
		op.Parameters = append(op.Parameters, &huma.Param{Name: name, In: "query", Description: f.Tag.Get("doc"), Schema: huma.SchemaFromField(registry, f, "")})
	}
	op.Responses = map[string]*huma.Response{"200": {Description: "a page of the stream", Content: map[string]*huma.MediaType{
		"application/json":     {Schema: huma.SchemaFromType(registry, reflect.TypeFor[FeedPage]())},
		"application/x-ndjson": {Schema: huma.SchemaFromType(registry, reflect.TypeFor[out.Item]())},
	}}}
	doc := s.huma.OpenAPI()
	if doc.Components.SecuritySchemes == nil {
		doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	doc.Components.SecuritySchemes["apiKey"] = &huma.SecurityScheme{Type: "http", Scheme: "bearer", Description: "a key of another system, pbk_…"}
	doc.AddOperation(&op)
}

func (s *Server) feedRoutes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+feedAddress, func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = feedAddress
		if err := s.serveFeed(w, r); err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
		}
	})
}

func (s *Server) serveFeed(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c := callerOf(ctx)
	if c == nil || c.key == nil {
		return errNeedsKey
	}
	release, ok := s.turns.take(c.key.ID)
	if !ok {
		return errTurns()
	}
	defer release()
	in, err := feedAsked(r)
	if err != nil {
		return err
	}
	want := c.key.Want()
	if want.Types, err = narrowed(want.Types, in.Type); err != nil {
		return err
	}
	at, err := s.feedStart(ctx, c, in)
	if err != nil {
		return err
	}
	page, err := s.feedWait(ctx, c, at, &want, in)
	if err != nil {
		return err
	}
	if len(page.Items) > 0 {
		detail := map[string]any{"events": len(page.Items), "people": len(page.People), "from": uint64(page.Items[0].Place.Seq), "to": uint64(page.Items[len(page.Items)-1].Place.Seq)}
		if err := s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "stream.read", 0, detail)); err != nil {
			return err
		}
	}
	return writeFeed(w, r, in, &page, page.Next.Cursor(c.space.Workspace.ID))
}

// feedAsked reads the query.
func feedAsked(r *http.Request) (*feedInput, error) {
	q := r.URL.Query()
	if err := onlyKnown(q, queryNames(reflect.TypeFor[feedInput]())); err != nil {
		return nil, err
	}
	in := &feedInput{After: q.Get("after"), Since: q.Get("since"), Limit: 100, Format: q.Get("format")}
	for _, t := range q["type"] {
		in.Type = append(in.Type, strings.FieldsFunc(t, func(r rune) bool { return r == ',' })...)
	}
	for _, n := range []struct {
		name      string
		to        *int
		low, high int
	}{{"limit", &in.Limit, 1, 1000}, {"wait", &in.Wait, 0, 60}} {
		text := q.Get(n.name)
		if text == "" {
			continue
		}
		v, err := strconv.Atoi(text)
		if err != nil || v < n.low || v > n.high {
			return nil, errFeedNumber.At("query.%s", n.name).Because(strconv.Itoa(n.low)+" 到 "+strconv.Itoa(n.high), strconv.Itoa(n.low)+" to "+strconv.Itoa(n.high))
		}
		*n.to = v
	}
	switch {
	case in.After != "" && in.Since != "":
		return nil, errFeedBoth
	case !slices.Contains([]string{"", "json", "ndjson"}, in.Format):
		return nil, errCodeChoice.At("query.format").Because("json 或 ndjson", "json or ndjson")
	case in.Format == "" && strings.Contains(r.Header.Get("Accept"), "application/x-ndjson"):
		in.Format = "ndjson"
	}
	return in, nil
}

// narrowed are the types asked for, when the key may have them.
func narrowed(may, asked []string) ([]string, error) {
	for _, t := range asked {
		if event.Lookup(t) == nil && !slices.Contains(out.Changes, t) {
			return nil, errNoType.At("query.type")
		}
		if len(may) > 0 && !slices.Contains(may, t) {
			return nil, out.ErrScope.At("query.type").Because("这个密钥只能读："+strings.Join(may, "、"), "this key may read: "+strings.Join(may, ", "))
		}
	}
	if len(asked) == 0 {
		return may, nil
	}
	return asked, nil
}

func (s *Server) feedStart(ctx context.Context, c *caller, in *feedInput) (out.Place, error) {
	if in.Since != "" {
		from, err := parseStart("query.since", in.Since, c.space.loc)
		if err != nil {
			return out.Place{}, err
		}
		return s.feed(c.space).Since(ctx, from)
	}
	at, err := out.ParseCursor(in.After, c.space.Workspace.ID)
	if err != nil || at.Seq <= c.space.Conductor.Head() {
		return at, err
	}
	head, err := s.store.Head(ctx, c.space.number()) // another server may be further than this one has followed
	if err == nil && at.Seq > head {
		err = errCursorNew
	}
	return at, err
}

const feedPoll = 100 * time.Millisecond

// feedWait reads a page; when there is nothing it waits for as long as was asked.
func (s *Server) feedWait(ctx context.Context, c *caller, at out.Place, want *out.Want, in *feedInput) (out.Page, error) {
	feed := s.feed(c.space)
	page, err := feed.Page(ctx, at, out.Place{}, want, in.Limit)
	if err != nil || len(page.Items) > 0 || page.More || in.Wait == 0 {
		return page, err
	}
	tick := s.every(feedPoll)
	defer tick.Stop()
	for range time.Duration(in.Wait) * time.Second / feedPoll {
		select {
		case <-ctx.Done():
			return page, ctx.Err()
		case <-c.space.hub.done: // the server stops: the reader comes back with what it has
			return page, nil
		case <-tick.C:
		}
		if c.space.Conductor.Head() <= page.Next.Seq {
			continue
		}
		if page, err = feed.Page(ctx, page.Next, out.Place{}, want, in.Limit); err != nil || len(page.Items) > 0 {
			return page, err
		}
	}
	return page, nil
}

func writeFeed(w http.ResponseWriter, r *http.Request, in *feedInput, page *out.Page, next string) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	h := w.Header()
	h.Set("Peiban-Next", next)
	h.Set("Cache-Control", "no-store")
	if in.Format == "ndjson" {
		h.Set("Content-Type", "application/x-ndjson")
		for i := range page.Items {
			if err := e.Encode(&page.Items[i]); err != nil {
				return err
			}
		}
	} else {
		h.Set("Content-Type", "application/json")
		items := page.Items
		if items == nil {
			items = []out.Item{}
		}
		if err := e.Encode(FeedPage{items, next, page.More}); err != nil {
			return err
		}
	}
	if r.Method == http.MethodHead {
		return nil
	}
	_, _ = w.Write(b.Bytes()) // the reader is gone: it asks again with the cursor it has
	return nil
}
