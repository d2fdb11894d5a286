package api

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/course"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

type courseStore interface {
	Courses(context.Context, workspace.Number) ([]course.Course, error)
	Course(ctx context.Context, w workspace.Number, key string) (course.Course, error)
	CourseVersion(ctx context.Context, w workspace.Number, key string, version int) (course.Doc, error)
	SaveCourse(ctx context.Context, w workspace.Number, key string, d course.Doc, revision, at int64, actor string, entries ...audit.Entry) error
	PublishCourse(ctx context.Context, w workspace.Number, key string, revision, at int64, actor string, entries ...audit.Entry) error
	CourseAttempts(ctx context.Context, w workspace.Number, staff string) ([]course.Attempt, error)
	BeginAttempt(ctx context.Context, w workspace.Number, a course.Attempt, most int, entries ...audit.Entry) error
	EndAttempt(ctx context.Context, w workspace.Number, a course.Attempt, entries ...audit.Entry) error
}

// CourseCard is a course as its list shows it.
type CourseCard struct {
	Key       string        `json:"key"`
	Title     Text          `json:"title"`
	About     Text          `json:"about"`
	Subject   string        `json:"subject" enum:"disease,product,sop"`
	Sample    bool          `json:"sample" doc:"it ships with peiban and is no approved training"`
	Version   int           `json:"version" doc:"0: never published"`
	Revision  int64         `json:"revision" doc:"of the draft, for If-Match; 0: a sample that was not taken over"`
	Changed   bool          `json:"changed" doc:"the draft differs from what is published"`
	Roles     []string      `json:"roles"`
	Mine      bool          `json:"mine" doc:"the caller is to take it"`
	Lessons   int           `json:"lessons"`
	Questions int           `json:"questions"`
	Pass      int           `json:"pass"`
	Days      int           `json:"days,omitempty"`
	State     string        `json:"state,omitempty" enum:"todo,open,passed,expired,failed,"`
	Left      *int          `json:"left,omitempty" doc:"attempts left; absent: as many as needed"`
	Expires   string        `json:"expires,omitempty"`
	Score     int           `json:"score,omitempty"`
	Staff     *CourseCounts `json:"staff,omitempty" doc:"for managers: where the staff it is for stand"`
}

// CourseCounts is how many of the staff stand where with a course.
type CourseCounts struct {
	All     int `json:"all"`
	Passed  int `json:"passed"`
	Expired int `json:"expired"`
	Failed  int `json:"failed"`
	Todo    int `json:"todo"`
}

// CoursePage is a course to read; managers see the draft too.
type CoursePage struct {
	CourseCard
	Read  []course.Lesson `json:"read"`
	Draft *course.Doc     `json:"draft,omitempty"`
}

func (v CoursePage) etag() string { return quoted(v.Revision) }

// ExamPaper is one attempt, without what is right.
type ExamPaper struct {
	ID        string          `json:"id"`
	Course    string          `json:"course"`
	Title     Text            `json:"title"`
	Version   int             `json:"version"`
	Pass      int             `json:"pass"`
	Questions []PaperQuestion `json:"questions"`
}

// PaperQuestion is a question as it is shown in one attempt.
type PaperQuestion struct {
	Kind    string `json:"kind" enum:"single,multiple,boolean"`
	Text    Text   `json:"text"`
	Options []Text `json:"options"`
}

// ExamResult is how an attempt ended.
type ExamResult struct {
	Score   int          `json:"score"`
	Passed  bool         `json:"passed"`
	Expires string       `json:"expires,omitempty"`
	Marks   []MarkedItem `json:"marks"`
}

// MarkedItem says whether an answer was right, and why.
type MarkedItem struct {
	Right bool `json:"right"`
	Why   Text `json:"why"`
}

// CourseResult is one attempt of somebody, for managers.
type CourseResult struct {
	Staff   Ref    `json:"staff"`
	Course  string `json:"course"`
	Title   Text   `json:"title"`
	Version int    `json:"version"`
	At      string `json:"at"`
	Score   int    `json:"score"`
	Passed  bool   `json:"passed"`
	Expires string `json:"expires,omitempty"`
	Expired bool   `json:"expired"`
}

func (s *Server) courseOperations() {
	serve(s, operation{"courses", http.MethodGet, "/api/courses", "courses", "Courses the caller is to take; for managers all, with where the staff stand", forStaff}, s.courses)
	serve(s, operation{"course", http.MethodGet, "/api/courses/{course}", "courses", "The lessons of a course; for managers the draft too", forStaff}, s.courseOne)
	serve(s, operation{"save-course", http.MethodPut, "/api/courses/{course}", "courses", "Write the draft of a course, or make one", forStaff}, s.saveCourse)
	serve(s, operation{"publish-course", http.MethodPost, "/api/courses/{course}/publish", "courses", "Make a version of the draft; results keep the version they are of", forStaff}, s.publishCourse)
	serve(s, operation{"begin-exam", http.MethodPost, "/api/courses/{course}/exam", "courses", "Begin an attempt, or open the one that was not handed in", forStaff}, s.beginExam)
	serve(s, operation{"hand-in-exam", http.MethodPost, "/api/exams/{attempt}/hand-in", "courses", "Hand an attempt in", forStaff}, s.handInExam)
	serve(s, operation{"course-results", http.MethodGet, "/api/course-results", "courses", "Attempts of the staff, the newest first", forStaff}, s.courseResults)
}

// known adds the samples nobody has taken over to the courses of a workspace.
func (s *Server) knownCourses(ctx context.Context, c *caller) ([]course.Course, error) {
	all, err := s.store.Courses(ctx, c.space.number())
	if err != nil || !c.member.Role.Can(staff.CanAssign) {
		return all, err
	}
	samples, err := course.Samples()
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(samples)) {
		if !slices.ContainsFunc(all, func(x course.Course) bool { return x.Key == key }) {
			all = append(all, course.Course{Key: key, Draft: samples[key]})
		}
	}
	return all, nil
}

func (s *Server) courses(ctx context.Context, _ *Empty) (Listing[CourseCard], error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return Listing[CourseCard]{}, err
	}
	all, err := s.knownCourses(ctx, c)
	if err != nil {
		return Listing[CourseCard]{}, err
	}
	who := c.member.ID
	if c.member.Role.Can(staff.CanAssign) {
		who = ""
	}
	tries, err := s.store.CourseAttempts(ctx, c.space.number(), who)
	if err != nil {
		return Listing[CourseCard]{}, err
	}
	out := Listing[CourseCard]{Items: []CourseCard{}}
	for i := range all {
		if v := s.courseCard(ctx, c, &all[i], tries); v.Mine || c.member.Role.Can(staff.CanAssign) {
			out.Items = append(out.Items, v)
		}
	}
	out.Total = len(out.Items)
	return out, nil
}

func (s *Server) courseCard(ctx context.Context, c *caller, x *course.Course, tries []course.Attempt) CourseCard {
	d := &x.Doc
	if x.Version == 0 {
		d = &x.Draft
	}
	v := CourseCard{
		Key: x.Key, Title: d.Title, About: d.About, Subject: d.Subject, Sample: d.Approval == "sample", Version: x.Version, Revision: x.Revision, Changed: x.Version == 0 || !sameDoc(&x.Draft, &x.Doc),
		Roles: []string{}, Mine: x.Version > 0 && d.For(c.member.Role), Lessons: len(d.Lessons), Questions: len(d.Exam.Questions), Pass: d.Exam.Pass, Days: d.Exam.Days,
	}
	for _, r := range d.Roles {
		v.Roles = append(v.Roles, string(r))
	}
	now := c.space.now()
	of := func(id string) course.Standing {
		return x.Stand(slices.DeleteFunc(slices.Clone(tries), func(a course.Attempt) bool { return a.Staff != id }), now)
	}
	if v.Mine {
		at := of(c.member.ID)
		v.State, v.Score, v.Expires = at.State, at.Score, until(at.Expires, c.space.loc)
		if at.Left >= 0 {
			v.Left = &at.Left
		}
	}
	if c.member.Role.Can(staff.CanAssign) && x.Version > 0 {
		v.Staff = &CourseCounts{}
		for _, m := range c.space.team(ctx, s.store) {
			if m.Disabled || !d.For(m.Role) || !m.Role.Can(staff.CanWork) {
				continue
			}
			v.Staff.All++
			switch of(m.ID).State {
			case "passed":
				v.Staff.Passed++
			case "expired":
				v.Staff.Expired++
			case "failed":
				v.Staff.Failed++
			default:
				v.Staff.Todo++
			}
		}
	}
	return v
}

// CoursePath names a course.
type CoursePath struct {
	Key string `path:"course" maxLength:"40"`
}

// courseFor finds a course that the caller is to take, or manages. Another's never was.
func (s *Server) courseFor(ctx context.Context, key string) (*caller, course.Course, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return nil, course.Course{}, err
	}
	all, err := s.knownCourses(ctx, c)
	if err != nil {
		return nil, course.Course{}, err
	}
	for _, x := range all {
		if x.Key == key && (c.member.Role.Can(staff.CanAssign) || x.Version > 0 && x.Doc.For(c.member.Role)) {
			return c, x, nil
		}
	}
	return nil, course.Course{}, course.ErrNone
}

func (s *Server) courseOne(ctx context.Context, in *CoursePath) (CoursePage, error) {
	c, x, err := s.courseFor(ctx, in.Key)
	if err != nil {
		return CoursePage{}, err
	}
	return s.courseView(ctx, c, &x)
}

func (s *Server) courseView(ctx context.Context, c *caller, x *course.Course) (CoursePage, error) {
	tries, err := s.store.CourseAttempts(ctx, c.space.number(), c.member.ID)
	if err != nil {
		return CoursePage{}, err
	}
	v := CoursePage{CourseCard: s.courseCard(ctx, c, x, tries), Read: append([]course.Lesson{}, x.Doc.Lessons...)}
	v.Staff = nil // of one member's attempts nothing can be said of all
	if c.member.Role.Can(staff.CanAssign) {
		v.Draft = &x.Draft
	}
	return v, nil
}

type saveCourseIn struct {
	CoursePath
	Based
	Body course.Doc
}

func (s *Server) saveCourse(ctx context.Context, in *saveCourseIn) (CoursePage, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return CoursePage{}, err
	}
	if err := course.CheckKey(in.Key); err != nil {
		return CoursePage{}, err
	}
	x, err := s.store.Course(ctx, c.space.number(), in.Key)
	if err != nil && !errors.Is(err, course.ErrNone) {
		return CoursePage{}, err
	}
	if err := in.check(x.Revision); err != nil {
		return CoursePage{}, err
	}
	if err := s.store.SaveCourse(ctx, c.space.number(), in.Key, in.Body, x.Revision, c.space.now(), c.actor(), s.entry(ctx, c, "course.save", 0, map[string]any{"course": in.Key})); err != nil {
		return CoursePage{}, err
	}
	return s.courseOne(ctx, &in.CoursePath)
}

type publishCourseIn struct {
	CoursePath
	Based
}

func (s *Server) publishCourse(ctx context.Context, in *publishCourseIn) (CoursePage, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return CoursePage{}, err
	}
	x, err := s.store.Course(ctx, c.space.number(), in.Key)
	if err != nil {
		return CoursePage{}, err
	}
	if err := in.check(x.Revision); err != nil {
		return CoursePage{}, err
	}
	if err := x.Draft.Check(c.space.Workspace.Kind == workspace.Live); err != nil {
		return CoursePage{}, err
	}
	if err := s.store.PublishCourse(ctx, c.space.number(), in.Key, x.Revision, c.space.now(), c.actor(), s.entry(ctx, c, "course.publish", 0, map[string]any{"course": in.Key, "version": x.Version + 1})); err != nil {
		return CoursePage{}, err
	}
	c.space.forgetBook()
	return s.courseOne(ctx, &in.CoursePath)
}

var errNotLearner = fault.New(fault.Clash, "course_not_yours", "这门课还没发布，或不是给您的角色的", "this course is not published, or not for your role")

func (s *Server) beginExam(ctx context.Context, in *CoursePath) (ExamPaper, error) {
	c, x, err := s.courseFor(ctx, in.Key)
	if err != nil {
		return ExamPaper{}, err
	}
	if x.Version == 0 || !x.Doc.For(c.member.Role) {
		return ExamPaper{}, errNotLearner
	}
	defer s.edits.lock(string(c.space.Workspace.ID) + "exam" + c.member.ID + x.Key)()
	tries, err := s.store.CourseAttempts(ctx, c.space.number(), c.member.ID)
	if err != nil {
		return ExamPaper{}, err
	}
	for _, a := range tries {
		if a.Course == x.Key && a.Version == x.Version && a.Ended == 0 {
			return paperOf(&x.Doc, &a), nil
		}
	}
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	a := course.Attempt{ID: ulid.Make().String(), Staff: c.member.ID, Course: x.Key, Version: x.Version, Seed: int64(binary.BigEndian.Uint64(b[:]) >> 1), Started: c.space.now()}
	if err := s.store.BeginAttempt(ctx, c.space.number(), a, x.Doc.Exam.Attempts, s.entry(ctx, c, "exam.begin", 0, map[string]any{"course": x.Key, "version": x.Version})); err != nil {
		return ExamPaper{}, err
	}
	return paperOf(&x.Doc, &a), nil
}

var booleans = []Text{text("对", "True"), text("错", "False")}

func paperOf(d *course.Doc, a *course.Attempt) ExamPaper {
	p := ExamPaper{ID: a.ID, Course: a.Course, Title: d.Title, Version: a.Version, Pass: d.Exam.Pass, Questions: []PaperQuestion{}}
	for _, at := range d.Paper(a.Seed) {
		q := &d.Exam.Questions[at.Question]
		v := PaperQuestion{Kind: q.Kind, Text: q.Text, Options: []Text{}}
		for _, o := range at.Options {
			if q.Kind == "boolean" {
				v.Options = append(v.Options, booleans[o])
			} else {
				v.Options = append(v.Options, q.Options[o])
			}
		}
		p.Questions = append(p.Questions, v)
	}
	return p
}

type handInInput struct {
	Attempt string `path:"attempt" maxLength:"40"`
	Body    struct {
		Answers [][]int `json:"answers" maxItems:"200" doc:"of each question, as shown, the places of the options chosen, from 0"`
	}
}

func (s *Server) handInExam(ctx context.Context, in *handInInput) (ExamResult, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return ExamResult{}, err
	}
	tries, err := s.store.CourseAttempts(ctx, c.space.number(), c.member.ID)
	if err != nil {
		return ExamResult{}, err
	}
	i := slices.IndexFunc(tries, func(a course.Attempt) bool { return a.ID == in.Attempt })
	if i < 0 {
		return ExamResult{}, course.ErrNoAttempt
	}
	a := tries[i]
	if a.Ended != 0 {
		return ExamResult{}, course.ErrOver
	}
	d, err := s.store.CourseVersion(ctx, c.space.number(), a.Course, a.Version)
	if err != nil {
		return ExamResult{}, err
	}
	right, err := d.Mark(&a, in.Body.Answers, c.space.now())
	if err != nil {
		return ExamResult{}, err
	}
	detail := map[string]any{"course": a.Course, "version": a.Version, "score": a.Score, "passed": a.Passed}
	if err := s.store.EndAttempt(ctx, c.space.number(), a, s.entry(ctx, c, "exam.hand_in", 0, detail)); err != nil {
		return ExamResult{}, err
	}
	c.space.forgetBook()
	out := ExamResult{Score: a.Score, Passed: a.Passed, Expires: until(a.Expires, c.space.loc), Marks: []MarkedItem{}}
	for k, at := range d.Paper(a.Seed) {
		out.Marks = append(out.Marks, MarkedItem{right[k], d.Exam.Questions[at.Question].Why})
	}
	return out, nil
}

type courseResultsIn struct {
	Paging
	Course string `query:"course" maxLength:"40"`
	Staff  string `query:"staff" maxLength:"40"`
}

func (s *Server) courseResults(ctx context.Context, in *courseResultsIn) (Listing[CourseResult], error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return Listing[CourseResult]{}, err
	}
	tries, err := s.store.CourseAttempts(ctx, c.space.number(), in.Staff)
	if err != nil {
		return Listing[CourseResult]{}, err
	}
	tries = slices.DeleteFunc(tries, func(a course.Attempt) bool { return a.Ended == 0 || in.Course != "" && a.Course != in.Course })
	all, err := s.store.Courses(ctx, c.space.number())
	if err != nil {
		return Listing[CourseResult]{}, err
	}
	titles := map[string]Text{}
	for i := range all {
		titles[all[i].Key] = all[i].Doc.Title
	}
	start, err := offset(in.Cursor, len(tries))
	if err != nil {
		return Listing[CourseResult]{}, err
	}
	end := min(start+in.limit(50), len(tries))
	out := Listing[CourseResult]{Items: []CourseResult{}, Total: len(tries)}
	now := c.space.now()
	for _, a := range tries[start:end] {
		out.Items = append(out.Items, CourseResult{
			Staff: *c.space.ref(ctx, s.store, a.Staff), Course: a.Course, Title: titles[a.Course], Version: a.Version, At: moment(a.Ended, c.space.loc), Score: a.Score,
			Passed: a.Passed, Expires: until(a.Expires, c.space.loc), Expired: a.Passed && a.Expires <= now,
		})
	}
	if end < len(tries) {
		out.NextCursor = itoa(end)
	}
	return out, nil
}

var resultColumns = []export.Column{
	{Key: "staff", Name: "编号 staff"}, {Key: "name", Name: "姓名 name"}, {Key: "course", Name: "课程编号 course"}, {Key: "title", Name: "课程 title"},
	{Key: "version", Name: "版本 version", Kind: export.Number}, {Key: "at", Name: "交卷 handed in", Kind: export.Moment}, {Key: "score", Name: "得分 score", Kind: export.Number},
	{Key: "passed", Name: "通过 passed"}, {Key: "expires", Name: "有效到 expires", Kind: export.Moment},
}

func resultCells(r *CourseResult) []string {
	return []string{r.Staff.ID, r.Staff.Name, r.Course, r.Title.Zh, strconv.Itoa(r.Version), r.At, strconv.Itoa(r.Score), map[bool]string{true: "是", false: "否"}[r.Passed], r.Expires}
}

// sameDoc compares by what is written.
func sameDoc(a, b *course.Doc) bool { return reflect.DeepEqual(a, b) }
