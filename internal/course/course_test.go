package course_test

import (
	"math"
	"slices"
	"testing"

	"peiban/internal/course"
	"peiban/internal/fault"
	"peiban/internal/staff"
)

func samples(t *testing.T) map[string]course.Doc {
	t.Helper()
	all, err := course.Samples()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestSamplesAreSoundAndOnlySamples(t *testing.T) {
	all := samples(t)
	if len(all) < 2 {
		t.Fatalf("%d samples", len(all))
	}
	for key, d := range all {
		if err := d.Check(false); err != nil {
			t.Errorf("%s: %v", key, err)
		}
		if f := fault.Of(d.Check(true)); f == nil || f.Code != "course_approval" {
			t.Errorf("%s may be published live: %v", key, f)
		}
		if err := course.CheckKey(key); err != nil {
			t.Errorf("%s: %v", key, err)
		}
	}
}

// chosen are the answers that are right, as the paper of a seed shows them.
func chosen(d course.Doc, seed int64) [][]int { return d.Key(seed) }

func TestMark(t *testing.T) {
	d := samples(t)["low-glucose"]
	orders := map[int]bool{}
	for seed := range int64(20) {
		a := course.Attempt{Seed: seed}
		orders[d.Paper(seed)[0].Question] = true
		right, err := d.Mark(&a, chosen(d, seed), 1000)
		if err != nil || a.Score != 100 || !a.Passed || slices.Contains(right, false) {
			t.Fatalf("seed %d: all right gave %+v %v", seed, a, err)
		}
		if a.Expires != 1000+365*24*60*60*1_000_000 {
			t.Errorf("a pass counts until %d", a.Expires)
		}
		one := chosen(d, seed)
		one[0] = nil
		b := course.Attempt{Seed: seed}
		if _, err := d.Mark(&b, one, 1000); err != nil || b.Score != 80 || !b.Passed {
			t.Fatalf("seed %d: at the pass mark %+v", seed, b)
		}
		one[1] = nil
		c := course.Attempt{Seed: seed}
		if _, err := d.Mark(&c, one, 1000); err != nil || c.Score != 60 || c.Passed || c.Expires != 0 {
			t.Fatalf("seed %d: below it %+v", seed, c)
		}
	}
	if len(orders) < 3 {
		t.Error("questions are not shuffled")
	}
	d.Exam.Days = 0
	a := course.Attempt{}
	if _, err := d.Mark(&a, chosen(d, 0), 5); err != nil || a.Expires != math.MaxInt64 {
		t.Errorf("without an expiry %+v %v", a, err)
	}
	for name, answers := range map[string][][]int{"too few": {{0}}, "an option there is not": {{9}, {0}, {0}, {0}, {0}}} {
		if _, err := d.Mark(&course.Attempt{}, answers, 5); fault.Of(err) == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheck(t *testing.T) {
	base := samples(t)["consent-desk"]
	for name, tt := range map[string]struct {
		change func(*course.Doc)
		code   string
	}{
		"no title":              {func(d *course.Doc) { d.Title.En = "" }, "text_missing"},
		"no lesson":             {func(d *course.Doc) { d.Lessons = nil }, "course_empty"},
		"no pass mark":          {func(d *course.Doc) { d.Exam.Pass = 0 }, "course_pass"},
		"unknown role":          {func(d *course.Doc) { d.Roles = []staff.Role{"x"} }, "unknown_role"},
		"two right of a single": {func(d *course.Doc) { d.Exam.Questions[1].Right = []int{0, 1} }, "question_right"},
		"the same right twice":  {func(d *course.Doc) { d.Exam.Questions[1].Right = []int{0, 0} }, "question_right"},
		"right beyond options":  {func(d *course.Doc) { d.Exam.Questions[1].Right = []int{3} }, "question_right"},
		"one option":            {func(d *course.Doc) { d.Exam.Questions[1].Options = d.Exam.Questions[1].Options[:1] }, "question_options"},
	} {
		d := base
		d.Lessons, d.Exam.Questions = slices.Clone(base.Lessons), slices.Clone(base.Exam.Questions)
		tt.change(&d)
		if f := fault.Of(d.Check(false)); f == nil || f.Code != tt.code {
			t.Errorf("%s: %v", name, f)
		}
	}
	if !base.For(staff.Doctor) || func() bool { d := base; d.Roles = []staff.Role{staff.Manager}; return d.For(staff.Doctor) }() {
		t.Error("whose a course is")
	}
}
