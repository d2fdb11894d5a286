package api

import (
	"context"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// listFilter is what of a list may be chosen when it is sent at fixed times: a parameter of its address.
type listFilter struct {
	key     string
	name    Text
	many    bool
	choices func(*caller) []Choice
}

var (
	byProgramme = listFilter{"programme", text("项目", "Programme"), false, func(c *caller) (all []Choice) {
		for _, p := range c.space.Conductor.Programmes() {
			all = append(all, Choice{p.Key, p.Name})
		}
		return all
	}}
	byTag = listFilter{"tag", text("标签或人群", "Tags or segments"), true, func(c *caller) (all []Choice) {
		for _, p := range c.space.Conductor.Programmes() {
			for i := range p.Tags {
				if t := &p.Tags[i]; t.Of == "" && !slices.ContainsFunc(all, func(x Choice) bool { return x.Key == t.Key }) {
					all = append(all, Choice{t.Key, t.Name})
				}
			}
		}
		return all
	}}
	byDue         = offered("due", text("需要跟进", "To be looked after"), Choice{"1", text("有未完成的任务，或 14 天没有数据", "with an open task, or 14 days without a reading")})
	byTaskState   = offered("state", text("状态", "State"), Choice{"open", text("未完成", "Open")}, Choice{"closed", text("已完成", "Closed")})
	byRejectState = offered("state", text("状态", "State"), Choice{"open", text("待处理", "Open")}, Choice{"replayed", text("已重放", "Replayed")}, Choice{"dropped", text("已丢弃", "Dropped")}, Choice{"all", text("全部", "All")})
	byReviewState = offered("state", text("状态", "State"), Choice{"open", text("待核对", "Open")}, Choice{"later", text("先放着", "Put aside")}, Choice{"same", text("同一人", "Same")}, Choice{"different", text("不是", "Different")}, Choice{"family", text("是家人", "Family")})
	byDoubtState  = offered("state", text("状态", "State"), Choice{"open", text("待核实", "Open")}, Choice{"cleared", text("已核实", "Cleared")}, Choice{"all", text("全部", "All")})
)

func offered(key string, name Text, choices ...Choice) listFilter {
	return listFilter{key, name, false, func(*caller) []Choice { return choices }}
}

var (
	errList       = fault.New(fault.Invalid, "unknown_list", "没有这份名单", "there is no such list").At("body.list")
	errListRight  = fault.New(fault.Forbidden, "list_right", "没有导出这份名单的权限", "you may not take this list").At("body.list")
	errQueryFound = fault.New(fault.Invalid, "filter_now", "这个筛选只在当时有效，不能定时发送", "this filter holds for now only and cannot be sent at fixed times").At("body.query").
			Because("改用标签、人群、阶段或负责人", "use tags, segments, stage or owner")
)

// listNamed finds a list by the name of its file.
func (s *Server) listNamed(name string) (listing, bool) {
	all := s.listings()
	i := slices.IndexFunc(all, func(l listing) bool { return l.name == name })
	if i < 0 {
		return listing{}, false
	}
	return all[i], true
}

// mayTake holds a delivery's list and filter to what its maker may take away, and the filter to what the list knows.
func (s *Server) mayTake(c *caller, t *out.Sending) error {
	l, ok := s.listNamed(t.List)
	if !ok {
		return errList
	}
	if !c.member.Role.Can(staff.CanExport) || !c.member.Role.Can(l.needs) {
		return errListRight
	}
	q, err := url.ParseQuery(strings.TrimPrefix(t.Query, "?"))
	if err != nil {
		return errBadBody.At("body.query")
	}
	for key, values := range q {
		if slices.Equal(values, []string{""}) {
			delete(q, key)
		}
	}
	if q.Get("found")+q.Get("of")+q.Get("q") != "" {
		return errQueryFound
	}
	t.Query = q.Encode()
	return filled(q, reflect.New(reflect.TypeOf(l.input).Elem()).Interface())
}

type progressKey struct{}

// advance says how much of a list is there. Outside of a delivery nobody listens.
func advance(ctx context.Context, rows, of int) error {
	if told, ok := ctx.Value(progressKey{}).(func(rows, of int)); ok {
		told(rows, of)
	}
	return nil
}

// List gives what a delivery sends to the file that begin makes for its columns: what its maker may take away now, of people who share it
// with whoever gets it.
func (s *Server) List(ctx context.Context, w workspace.Number, d *out.Delivery, progress func(rows, of int), begin func([]export.Column) (*export.Writer, error)) error {
	sp := s.space(w)
	l, ok := s.listNamed(d.Told.List)
	if sp == nil || !ok {
		return errList
	}
	m, err := s.store.Member(ctx, w, d.Maker)
	switch {
	case fault.KindOf(err) == fault.Missing || err == nil && m.Disabled:
		return out.ErrMakerLeft
	case err != nil:
		return err
	case !m.Role.Can(staff.CanExport) || !m.Role.Can(l.needs):
		return out.ErrMakerRight
	}
	q, err := url.ParseQuery(d.Told.Query)
	if err != nil {
		return errBadBody.At("body.query")
	}
	c := &caller{space: sp, session: staff.Session{Kind: staff.KindStaff, Subject: m.ID}, member: m, sending: d}
	ctx = context.WithValue(ctx, requestKey{}, &request{id: newNumber(), actor: c.actor()})
	ctx = context.WithValue(context.WithValue(ctx, callerKey{}, c), progressKey{}, progress)
	file, err := begin(l.columns)
	if err != nil {
		return err
	}
	if err = l.rows(ctx, q, file); fault.KindOf(err) == fault.Forbidden {
		err = out.ErrMakerRight
	}
	return err
}

// filterWords says a filter in words, both languages.
func (s *Server) filterWords(c *caller, l *listing, query string) *Text {
	q, err := url.ParseQuery(query)
	if err != nil || len(q) == 0 {
		return nil
	}
	var zh, en []string
	add := func(t Text) { zh, en = append(zh, t.Zh), append(en, t.En) }
	for _, f := range l.filters {
		values := q[f.key]
		delete(q, f.key)
		for _, v := range values {
			all := f.choices(c)
			if i := slices.IndexFunc(all, func(x Choice) bool { return x.Key == v }); i >= 0 {
				add(all[i].Text)
			} else {
				add(Text{Zh: f.name.Zh + "（已不在）", En: f.name.En + " (no more there)"})
			}
		}
	}
	if len(q) > 0 {
		add(text("其他筛选", "another filter"))
	}
	return &Text{Zh: strings.Join(zh, "、"), En: strings.Join(en, ", ")}
}

var weekdays = []Text{
	text("每周一", "Mondays"), text("每周二", "Tuesdays"), text("每周三", "Wednesdays"), text("每周四", "Thursdays"), text("每周五", "Fridays"), text("每周六", "Saturdays"), text("每周日", "Sundays"),
}

// whenWords says a timetable in words.
func whenWords(t *out.Timetable) Text {
	day := text("每天", "Every day")
	if t.Every == out.EveryWeek && t.Weekday >= 1 && t.Weekday <= 7 {
		day = weekdays[t.Weekday-1]
	}
	return Text{Zh: day.Zh + " " + t.At, En: day.En + ", " + t.At}
}

// nextOf is when a delivery is due next, by the workspace's clock; the zero time when it is not on.
func nextOf(c *caller, d *out.Delivery) time.Time {
	if d.State != out.On {
		return time.Time{}
	}
	return d.Told.Timetable.Next(time.UnixMicro(max(c.space.now(), d.After)), c.space.loc)
}
