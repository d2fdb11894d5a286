package api

import (
	"context"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/export"
	"peiban/internal/staff"
)

type calendarFileIn struct {
	Paging
	From      string `query:"from" maxLength:"10" doc:"a local day; today when not given"`
	To        string `query:"to" maxLength:"10" doc:"a local day, inside; 30 days later when not given"`
	Owner     string `query:"owner" maxLength:"40" doc:"me, or a member of staff; all the caller may see when not given"`
	Programme string `query:"programme" maxLength:"60"`
}

var calendarColumns = []export.Column{
	{Key: "day", Name: "哪天 day"}, {Key: "at", Name: "时间 at", Kind: export.Moment}, {Key: "kind", Name: "类型编号 kind"}, {Key: "kind_name", Name: "类型 kind name"},
	{Key: "person", Name: "人员编号 person"}, {Key: "name", Name: "姓名 name"}, {Key: "title", Name: "什么 title"}, {Key: "late", Name: "已过期 late"}, {Key: "task", Name: "任务编号 task"},
}

func calendarPerson(x *CalendarItem) string { return x.Person.ID }

func calendarCells(x *CalendarItem) []string {
	late := ""
	if x.Late {
		late = "1"
	}
	return []string{x.Day, x.At, x.Kind, dueNames[x.Kind].Zh, x.Person.ID, x.Person.Name, x.Title.Zh, late, x.Task}
}

// calendarRows is the calendar's list, all of it, where the screen shows the first.
func (s *Server) calendarRows(ctx context.Context, in *calendarFileIn) (Listing[CalendarItem], error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Listing[CalendarItem]{}, err
	}
	from, until, err := (&calendarIn{From: in.From, To: in.To}).span(c)
	if err != nil {
		return Listing[CalendarItem]{}, err
	}
	who := in.Owner
	if who == "me" {
		who = c.member.ID
	}
	items, err := s.onDays(ctx, c, s.visible(ctx, c), who, in.Programme, from, until)
	if err != nil {
		return Listing[CalendarItem]{}, err
	}
	if err := s.titled(ctx, c, items); err != nil {
		return Listing[CalendarItem]{}, err
	}
	told := roaring.New()
	for i := range items {
		told.Add(uint32(items[i].number))
	}
	return Listing[CalendarItem]{Items: items, Total: len(items)}, s.read(ctx, c, "calendar.items", numbersOf(told)...)
}
