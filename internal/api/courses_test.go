package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/course"
)

// right answers a paper by the texts of its options; wrong of them are left out.
func rightOf(d course.Doc, p api.ExamPaper, wrong int) (out [][]int) {
	for i, q := range p.Questions {
		var chosen []int
		for _, x := range d.Exam.Questions {
			if x.Text != q.Text || i < wrong {
				continue
			}
			for at, o := range q.Options {
				for _, r := range x.Right {
					if x.Kind == "boolean" && at == r || x.Kind != "boolean" && x.Options[r] == o {
						chosen = append(chosen, at)
					}
				}
			}
		}
		out = append(out, append([]int{}, chosen...))
	}
	return out
}

func TestStaffLearn(t *testing.T) {
	h := newHouse(t)
	zhou, liu, chen := h.as("zhou"), h.as("liu"), h.as("chen")
	var list api.Listing[api.CourseCard]
	liu.do("GET", "/api/courses", nil, &list)
	if list.Total != 0 {
		t.Fatalf("a sample nobody published is shown: %+v", list)
	}
	zhou.do("GET", "/api/courses", nil, &list)
	if list.Total < 2 || !list.Items[0].Sample || list.Items[0].Revision != 0 {
		t.Fatalf("samples %+v", list)
	}
	at := "/api/courses/low-glucose"
	var v api.CoursePage
	zhou.do("GET", at, nil, &v)
	d := *v.Draft
	if s := zhou.do("PUT", at, d, &v, "If-Match", "0"); s != 200 || v.Revision != 1 || v.Version != 0 {
		t.Fatalf("%d %+v", s, v)
	}
	if s := zhou.do("PUT", at, d, nil, "If-Match", "0"); s != 412 {
		t.Errorf("an old revision gave %d", s)
	}
	if s := liu.do("PUT", at, d, nil, "If-Match", "1"); s != 403 {
		t.Errorf("a health manager writes a course: %d", s)
	}
	if s := liu.do("GET", at, nil, nil); s != 404 {
		t.Errorf("a draft is read by staff: %d", s)
	}
	rules := map[string]any{"on": true, "list": []map[string]any{{"name": "考过的", "exam": "low-glucose"}}}
	if p := zhou.refused("PUT", "/api/owner-rules", rules, "If-Match", "0"); p.Code != "rule_exam_unknown" {
		t.Errorf("a rule asks for a draft: %+v", p)
	}
	zhou.do("POST", at+"/publish", nil, &v, "If-Match", "1")
	if v.Version != 1 || v.Changed {
		t.Fatalf("published %+v", v)
	}
	if s := zhou.do("PUT", "/api/owner-rules", rules, nil, "If-Match", "0"); s != 200 {
		t.Fatalf("rules: %d", s)
	}
	if got := h.arrive("l1", "residence", `{"province":"上海"}`); got.Owner != "" {
		t.Fatalf("nobody has passed, and yet %q", got.Owner)
	}
	var queue api.Listing[api.Unowned]
	zhou.do("GET", "/api/owners/unassigned?why=exam", nil, &queue)
	if queue.Total != 1 {
		t.Errorf("%d wait for somebody with the exam", queue.Total)
	}
	v = api.CoursePage{}
	liu.do("GET", at, nil, &v)
	if len(v.Read) != 2 || v.Draft != nil || v.State != "todo" || v.Left == nil || *v.Left != 3 {
		t.Errorf("to read %+v", v)
	}
	var paper, again api.ExamPaper
	raw, body := liu.raw("POST", at+"/exam", nil)
	if raw.StatusCode != 200 || strings.Contains(string(body), `"right"`) {
		t.Fatalf("the paper tells what is right: %s", body)
	}
	liu.do("POST", at+"/exam", nil, &paper)
	liu.do("POST", at+"/exam", nil, &again)
	if paper.ID != again.ID || !slices.EqualFunc(paper.Questions, again.Questions, func(a, b api.PaperQuestion) bool { return a.Text == b.Text }) {
		t.Error("opened again, the attempt is another")
	}
	if s := chen.do("POST", "/api/exams/"+paper.ID+"/hand-in", map[string]any{"answers": rightOf(d, paper, 0)}, nil); s != 404 {
		t.Errorf("chen hands liu's attempt in: %d", s)
	}
	var result api.ExamResult
	liu.do("POST", "/api/exams/"+paper.ID+"/hand-in", map[string]any{"answers": rightOf(d, paper, 2)}, &result)
	if result.Passed || result.Score != 60 || result.Marks[0].Right || result.Marks[0].Why.Zh == "" {
		t.Fatalf("%+v", result)
	}
	if s := liu.do("POST", "/api/exams/"+paper.ID+"/hand-in", map[string]any{"answers": rightOf(d, paper, 0)}, nil); s != 409 {
		t.Errorf("handed in twice: %d", s)
	}
	liu.do("POST", at+"/exam", nil, &paper)
	liu.do("POST", "/api/exams/"+paper.ID+"/hand-in", map[string]any{"answers": rightOf(d, paper, 0)}, &result)
	if !result.Passed || result.Score != 100 || result.Expires == "" {
		t.Fatalf("%+v", result)
	}
	if got := h.arrive("l2", "residence", `{"province":"上海"}`); got.Owner != h.staff["liu"] {
		t.Errorf("liu has passed, the owner is %q", got.Owner)
	}
	// A new version: the old results keep theirs and count until they expire.
	zhou.do("GET", at, nil, &v)
	d.Exam.Pass = 100
	zhou.do("PUT", at, d, &v, "If-Match", fmt.Sprint(v.Revision))
	zhou.do("POST", at+"/publish", nil, &v, "If-Match", fmt.Sprint(v.Revision))
	var results api.Listing[api.CourseResult]
	zhou.do("GET", "/api/course-results", nil, &results)
	if v.Version != 2 || results.Total != 2 || results.Items[0].Version != 1 || !results.Items[0].Passed || results.Items[1].Passed {
		t.Errorf("version %d, results %+v", v.Version, results)
	}
	h.clock.Add((365 * 24 * time.Hour).Microseconds())
	zhou = h.as("zhou")
	zhou.do("GET", "/api/course-results", nil, &results)
	if !results.Items[0].Expired {
		t.Error("after a year the pass still counts")
	}
	if got := h.arrive("l3", "residence", `{"province":"上海"}`); got.Owner != "" {
		t.Errorf("it expired, and yet the owner is %q", got.Owner)
	}
	zhou.do("GET", "/api/courses", nil, &list)
	i := slices.IndexFunc(list.Items, func(x api.CourseCard) bool { return x.Key == "low-glucose" })
	if x := list.Items[i].Staff; x == nil || x.Expired != 1 || x.All != 3 {
		t.Errorf("where the staff stand: %+v", x)
	}
	if s := h.as("liu").do("GET", "/api/course-results", nil, nil); s != 403 {
		t.Errorf("staff read everybody's results: %d", s)
	}
}
