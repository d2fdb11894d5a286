package storetest

import (
	"testing"

	"peiban/internal/course"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

func courses(_ *testing.T, f *fixture) {
	f.must(f.s.CreateMember(ctx, f.w, staff.Member{ID: "L", Login: "learns", Name: "L", Role: staff.HealthManager, Hash: "-", Created: 1}))
	d := course.Doc{Title: fault.Text{Zh: "课", En: "course"}}
	f.must(f.s.SaveCourse(ctx, f.w, "dm", d, 0, 5, "staff:x"))
	f.is(f.s.SaveCourse(ctx, f.w, "dm", d, 0, 5, "staff:x"), course.ErrMoved)
	b, err := f.s.Owners(ctx, f.w)
	f.must(err)
	same(f, "a draft may not be asked for", len(b.Courses), 0)
	f.is(f.s.PublishCourse(ctx, f.w, "dm", 7, 6, "staff:x"), course.ErrMoved)
	f.must(f.s.PublishCourse(ctx, f.w, "dm", 1, 6, "staff:x"))
	d.Title.Zh = "新课"
	f.must(f.s.SaveCourse(ctx, f.w, "dm", d, 2, 7, "staff:x"))
	c, err := f.s.Course(ctx, f.w, "dm")
	f.must(err)
	same(f, "published", c.Doc.Title.Zh, "课")
	same(f, "draft", c.Draft.Title.Zh, "新课")
	f.must(f.s.PublishCourse(ctx, f.w, "dm", 3, 8, "staff:x"))
	old, err := f.s.CourseVersion(ctx, f.w, "dm", 1)
	f.must(err)
	same(f, "the first version", old.Title.Zh, "课")
	a := course.Attempt{ID: "A1", Staff: "L", Course: "dm", Version: 2, Seed: 9, Started: 10}
	f.must(f.s.BeginAttempt(ctx, f.w, a, 2))
	f.is(f.s.BeginAttempt(ctx, f.w, course.Attempt{ID: "A2", Staff: "L", Course: "dm", Version: 2}, 2), course.ErrMoved)
	a.Ended, a.Score, a.Passed, a.Expires, a.Answers = 20, 100, true, 500, [][]int{{1}}
	f.must(f.s.EndAttempt(ctx, f.w, a))
	f.is(f.s.EndAttempt(ctx, f.w, a), course.ErrOver)
	f.must(f.s.BeginAttempt(ctx, f.w, course.Attempt{ID: "A2", Staff: "L", Course: "dm", Version: 2, Started: 30}, 2))
	f.must(f.s.EndAttempt(ctx, f.w, course.Attempt{ID: "A2", Staff: "L", Course: "dm", Version: 2, Started: 30, Ended: 31, Answers: [][]int{}}))
	f.is(f.s.BeginAttempt(ctx, f.w, course.Attempt{ID: "A3", Staff: "L", Course: "dm", Version: 2}, 2), course.ErrNoMore)
	list, err := f.s.CourseAttempts(ctx, f.w, "L")
	f.must(err)
	same(f, "attempts", len(list), 2)
	same(f, "the first", list[1], a)
	if b, err = f.s.Owners(ctx, f.w); err != nil {
		f.Fatal(err)
	}
	same(f, "what may be asked for", b.Courses, []string{"dm"})
	same(f, "until when it counts", b.Member("L").Passed["dm"], int64(500))
}
