package api

import (
	"cmp"
	"context"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"peiban/internal/export"
	"peiban/internal/staff"
)

// screenLists are lists whose file is what their screen shows, read page by page: who may see what, what is masked and what is written
// down about it are the screen's. What a row says is defined here once, beside its columns.
func (s *Server) screenLists() []listing {
	return []listing{
		fileOf(s, listing{name: "tasks", tag: "tasks", columns: taskColumns, title: text("任务", "Tasks"), needs: staff.CanReadPeople, filters: []listFilter{byTaskState}}, taskCells, taskPerson, func(ctx context.Context, in *tasksInput) (Listing[Task], error) {
			l, err := s.listTasks(ctx, in)
			return l.Listing, err
		}),
		fileOf(s, listing{name: "referrals", tag: "referrals", columns: referralColumns, title: text("转诊", "Referrals"), needs: staff.CanReadPeople}, referralCells, referralPerson, s.referrals),
		fileOf(s, listing{name: "audit", tag: "audit", columns: auditColumns, title: text("访问记录", "Audit"), needs: staff.CanReadAudit}, auditCells, auditPerson, s.audit),
		fileOf(s, listing{name: "reviews", tag: "reviews", columns: reviewColumns, title: text("身份核对", "Match review"), needs: staff.CanMerge, filters: []listFilter{byReviewState}}, reviewCells, reviewPerson, func(ctx context.Context, in *reviewsInput) (Listing[ReviewRow], error) {
			l, err := s.reviews(ctx, in)
			return l.Listing, err
		}),
		fileOf(s, listing{name: "rejects", tag: "sources", columns: rejectColumns, title: text("拒收的数据", "Refused data"), needs: staff.CanReadIntake, filters: []listFilter{byRejectState}}, rejectCells, nil, s.rejects),
		fileOf(s, listing{name: "sources", tag: "sources", columns: sourceColumns, title: text("数据来源", "Sources"), needs: staff.CanReadIntake}, sourceCells, nil, func(ctx context.Context, in *sourcesFileInput) (Listing[Source], error) {
			all, err := s.sources(ctx, nil)
			return Listing[Source]{Items: all.Items, Total: len(all.Items)}, err
		}),
	}
}

// sourcesFileInput is a list without filters.
type sourcesFileInput struct{ Paging }

// pagedInput is the input of a screen's list.
type pagedInput interface{ paging() *Paging }

func (p *Paging) paging() *Paging { return p }

// fileOf makes the file of a screen's list: every page of it, in the columns, a page in memory at a time. person is whom a row is about, nil
// for a list that is about nobody: rows about who does not share with whom a file is sent to are left out.
func fileOf[I any, T any](s *Server, l listing, cells func(*T) []string, person func(*T) string, page func(context.Context, *I) (Listing[T], error)) listing {
	l.id, l.summary, l.input = l.name, "The same list as a file", new(I)
	l.rows = func(ctx context.Context, q url.Values, to taker) (err error) {
		in := new(I)
		if err := filled(q, in); err != nil {
			return err
		}
		c, _, err := s.authorize(ctx, staff.CanExport)
		if err != nil {
			return err
		}
		proof := func(detail map[string]any) error {
			return s.store.AppendAudit(context.WithoutCancel(ctx), c.space.number(), s.entry(ctx, c, l.name+".export", 0, detail))
		}
		at := any(in).(pagedInput).paging() //nolint:forcetypeassert // every list has pages; a test opens each
		at.Limit = 1000
		total, count, begun := 0, 0, false
		defer func() {
			if begun { // of a long list it is said at its end too, also when it was cut off
				err = cmp.Or(err, proof(map[string]any{"rows": count, "whole": err == nil}))
			}
		}()
		for {
			part, err := page(ctx, in)
			if err != nil {
				return err
			}
			rows := make([][]string, 0, len(part.Items))
			for i := range part.Items {
				if person == nil || c.sharesID(person(&part.Items[i])) {
					rows = append(rows, cells(&part.Items[i]))
				}
			}
			if !at.Uncounted { // the first page: nothing leaves before it is written down
				total, at.Uncounted = part.Total, true
				if begun = part.NextCursor != ""; begun {
					err = cmp.Or(to.Expect(max(len(rows), total-(len(part.Items)-len(rows)))), proof(map[string]any{"of": total}))
				} else {
					err = proof(map[string]any{"rows": len(rows)})
				}
			}
			if err = cmp.Or(err, handOver(to, rows)); err != nil {
				return err
			}
			count += len(rows)
			if err := cmp.Or(ctx.Err(), advance(ctx, count, max(total, count))); err != nil {
				return err
			}
			if at.Cursor = part.NextCursor; at.Cursor == "" {
				return nil
			}
		}
	}
	return l
}

// sharesID is shares by the id of a row; a row about nobody goes to everybody.
func (c *caller) sharesID(id string) bool {
	if id == "" || c.key == nil && c.sending == nil {
		return true
	}
	card, ok := c.space.card(id)
	return ok && c.shares(card)
}

// filled reads a query into a list's input, held to what its declaration says, as the list itself is.
func filled(q url.Values, in any) error {
	v := reflect.ValueOf(in).Elem()
	if err := onlyKnown(q, queryNames(v.Type())); err != nil {
		return err
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("query"), ",")
		text := q.Get(name)
		if name == "" || text == "" {
			continue
		}
		if enum, ok := f.Tag.Lookup("enum"); ok && !slices.Contains(strings.Split(enum, ","), text) {
			one := strings.ReplaceAll(strings.Trim(enum, ","), ",", ", ")
			return errCodeChoice.At("query.%s", name).Because("只能是："+one, "one of: "+one)
		}
		if most, err := strconv.Atoi(f.Tag.Get("maxLength")); err == nil && utf8.RuneCountInString(text) > most {
			return errBadBody.At("query.%s", name)
		}
		switch to := v.Field(i); to.Kind() {
		case reflect.String:
			to.SetString(text)
		case reflect.Int, reflect.Int32, reflect.Int64:
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				return errFeedNumber.At("query.%s", name)
			}
			to.SetInt(n)
		}
	}
	return nil
}

var taskColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "kind", Name: "类型 kind"},
	{Key: "priority", Name: "优先 priority"}, {Key: "title", Name: "任务 title"}, {Key: "state", Name: "状态 state"}, {Key: "owner", Name: "负责人 owner"},
	{Key: "opened", Name: "开始 opened", Kind: export.Moment}, {Key: "due", Name: "到期 due", Kind: export.Moment},
	{Key: "closed", Name: "完成 closed", Kind: export.Moment}, {Key: "outcome", Name: "结果 outcome"}, {Key: "by", Name: "完成人 by"},
}

func taskPerson(t *Task) string { return t.Person.ID }

func taskCells(t *Task) []string {
	outcome := ""
	if t.OutcomeText != nil {
		outcome = t.OutcomeText.Zh
	}
	return []string{t.ID, t.Person.ID, t.Person.Name, t.Kind, t.Priority, t.Title.Zh, t.State, refName(t.Owner), t.Opened, t.Due, t.Closed, outcome, refName(t.By)}
}

func refName(r *Ref) string {
	if r == nil {
		return ""
	}
	return r.Name
}

var auditColumns = []export.Column{
	{Key: "id", Name: "编号 id", Kind: export.Number}, {Key: "at", Name: "时间 at", Kind: export.Moment}, {Key: "actor", Name: "谁 actor"}, {Key: "name", Name: "姓名 name"},
	{Key: "action", Name: "做了什么 action"}, {Key: "deed", Name: "说明 deed"}, {Key: "person", Name: "人员编号 person"}, {Key: "detail", Name: "细节 detail"}, {Key: "number", Name: "请求 number"},
}

func auditPerson(a *AuditRow) string {
	if a.Person == nil {
		return ""
	}
	return a.Person.ID
}

func auditCells(a *AuditRow) []string {
	return []string{strconv.FormatInt(a.ID, 10), a.At, a.Actor, a.Who.Zh, a.Action, a.Deed.Zh, auditPerson(a), string(a.Detail), a.Number}
}

var rejectColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "source", Name: "来源 source"}, {Key: "type", Name: "事件 type"}, {Key: "reason", Name: "原因 reason"}, {Key: "field", Name: "位置 field"},
	{Key: "first", Name: "第一次 first", Kind: export.Moment}, {Key: "last", Name: "最近 last", Kind: export.Moment}, {Key: "times", Name: "次数 times", Kind: export.Number},
	{Key: "state", Name: "状态 state"}, {Key: "by", Name: "处理人 by"}, {Key: "done", Name: "处理时间 done", Kind: export.Moment}, {Key: "event", Name: "成为 event"},
}

func rejectCells(r *Reject) []string {
	return []string{r.ID, r.Source.Name, r.Type, r.Reason, r.Field, r.First, r.Last, strconv.FormatInt(r.Times, 10), r.State, refName(r.By), r.Done, r.Event}
}

var sourceColumns = []export.Column{
	{Key: "number", Name: "编号 number", Kind: export.Number}, {Key: "name", Name: "名称 name"}, {Key: "kind", Name: "类型 kind"}, {Key: "state", Name: "状态 state"},
	{Key: "created", Name: "添加 created", Kind: export.Moment}, {Key: "programme", Name: "项目 programme"}, {Key: "stored", Name: "24 小时收下 stored", Kind: export.Number},
	{Key: "repeated", Name: "重复 repeated", Kind: export.Number}, {Key: "refused", Name: "拒收 refused", Kind: export.Number}, {Key: "put_off", Name: "推后 put off", Kind: export.Number},
	{Key: "last", Name: "最近 last", Kind: export.Moment}, {Key: "open", Name: "待处理 open", Kind: export.Number},
}

func sourceCells(v *Source) []string {
	state := "on"
	switch {
	case v.Disabled:
		state = "off"
	case !v.Keyed:
		state = "imports only"
	}
	n := func(v int64) string { return strconv.FormatInt(v, 10) }
	return []string{
		n(int64(v.Number)), v.Name, v.KindText.Zh, state, v.Created, v.Programme, n(v.Day.Stored), n(v.Day.Repeated), n(v.Day.Refused), n(v.Day.PutOff), v.Last, strconv.Itoa(v.Open),
	}
}
