// Package course is about what staff learn: lessons, an exam at their end, and how long a pass counts.
//
// A course is edited as a draft and published as a version. A result keeps the version it was of; questions and options are shuffled for
// each attempt from its seed, so that an attempt that is opened again is the same.
package course

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"path"
	"regexp"
	"slices"

	"peiban/internal/fault"
	"peiban/internal/staff"
)

// Doc is a course as it is edited and published.
type Doc struct {
	Title    fault.Text   `json:"title"`
	About    fault.Text   `json:"about"`
	Subject  string       `json:"subject" enum:"disease,product,sop"`
	Approval string       `json:"approval,omitempty" maxLength:"120" doc:"who approved it; sample: for rehearsals only"`
	Roles    []staff.Role `json:"roles" maxItems:"6" doc:"whose it is; empty: everybody's"`
	Lessons  []Lesson     `json:"lessons" maxItems:"50"`
	Exam     Exam         `json:"exam"`
}

// Lesson is one page to read, as Markdown.
type Lesson struct {
	Title fault.Text `json:"title"`
	Body  fault.Text `json:"body"`
}

// Exam is what stands at the end of a course.
type Exam struct {
	Pass      int        `json:"pass" minimum:"1" maximum:"100" doc:"per cent of the questions that must be right"`
	Attempts  int        `json:"attempts,omitempty" minimum:"0" maximum:"20" doc:"of one version; 0: as many as needed"`
	Days      int        `json:"days,omitempty" minimum:"0" maximum:"3650" doc:"how long a pass counts; 0: for ever"`
	Questions []Question `json:"questions" maxItems:"200"`
}

// Question has options of which one, several, or true or false is right.
type Question struct {
	Kind    string       `json:"kind" enum:"single,multiple,boolean"`
	Text    fault.Text   `json:"text"`
	Options []fault.Text `json:"options" maxItems:"8" doc:"of boolean: none; the first is true, the second false"`
	Right   []int        `json:"right" maxItems:"8" doc:"places of the right options, from 0"`
	Why     fault.Text   `json:"why"`
}

// Attempt is one try at an exam.
type Attempt struct {
	ID      string
	Staff   string
	Course  string
	Version int
	Seed    int64
	Started int64 // microseconds, the workspace's clock
	Ended   int64 // 0: not handed in
	Score   int   // per cent
	Passed  bool
	Expires int64   // until when the pass counts; MaxInt64: for ever
	Answers [][]int // by question, as they were shown
}

var key = regexp.MustCompile(`^[a-z][a-z0-9-]{1,39}$`)

var (
	// ErrNone is what an unknown course gives.
	ErrNone = fault.New(fault.Missing, "course_not_found", "没有这门课程", "there is no such course")
	// ErrNoAttempt is what an unknown attempt gives.
	ErrNoAttempt = fault.New(fault.Missing, "attempt_not_found", "没有这次考试", "there is no such attempt")
	// ErrMoved means that somebody changed the course since it was read.
	ErrMoved = fault.New(fault.Stale, "changed_meanwhile", "刚被别人改过，请刷新再试", "someone changed this meanwhile; reload and try again")
	// ErrOver means that an attempt was handed in already.
	ErrOver = fault.New(fault.Clash, "attempt_over", "这次考试已经交卷", "this attempt was handed in already")
	// ErrNoMore means that all attempts were made.
	ErrNoMore = fault.New(fault.Clash, "no_attempts_left", "考试次数用完了，请主管出新的一版", "no attempts are left: a manager may publish a new version")

	errKey      = fault.New(fault.Invalid, "course_key", "课程编号用小写字母、数字和连字符，2 到 40 个字符", "a course's key has 2 to 40 small letters, digits and hyphens")
	errText     = fault.New(fault.Invalid, "text_missing", "中文和英文都要写", "both Chinese and English are needed")
	errSubject  = fault.New(fault.Invalid, "course_subject", "分类是疾病、产品或流程", "the subject is disease, product or sop")
	errRole     = fault.New(fault.Invalid, "unknown_role", "没有这个角色", "there is no such role")
	errNothing  = fault.New(fault.Invalid, "course_empty", "至少要有一课和一道题", "a course has at least one lesson and one question")
	errPass     = fault.New(fault.Invalid, "course_pass", "及格线在 1 到 100 之间", "the pass mark lies between 1 and 100")
	errOptions  = fault.New(fault.Invalid, "question_options", "选择题至少两个选项；判断题不写选项", "a choice has at least two options; true or false has none")
	errRight    = fault.New(fault.Invalid, "question_right", "正确答案不对：单选和判断恰好一个，多选至少一个，都在选项之内", "the right answers do not fit: exactly one for single and boolean, at least one for multiple, all among the options")
	errApproval = fault.New(fault.Invalid, "course_approval", "示例课程只能在演练工作区发布", "a sample course is published in rehearsals only").Because("请医学负责人看过后写上姓名和日期", "have it reviewed, and write who approved it and when")
	errAnswers  = fault.New(fault.Invalid, "answers_count", "每道题都要有一份答案", "there must be an answer to each question")
)

// CheckKey finds a mistake in a course's key.
func CheckKey(k string) error {
	if !key.MatchString(k) {
		return errKey.At("path.course")
	}
	return nil
}

// Check finds the first mistake in a course that is to be published. live: samples are refused.
func (d *Doc) Check(live bool) error {
	full := func(t fault.Text) bool { return t.Zh != "" && t.En != "" }
	switch {
	case !full(d.Title):
		return errText.At("body.title")
	case !slices.Contains([]string{"disease", "product", "sop"}, d.Subject):
		return errSubject.At("body.subject")
	case len(d.Lessons) == 0 || len(d.Exam.Questions) == 0:
		return errNothing.At("body.lessons")
	case d.Exam.Pass < 1 || d.Exam.Pass > 100:
		return errPass.At("body.exam.pass")
	case live && (d.Approval == "" || d.Approval == "sample"):
		return errApproval.At("body.approval")
	}
	for i, r := range d.Roles {
		if !r.Known() {
			return errRole.At("body.roles[%d]", i)
		}
	}
	for i, l := range d.Lessons {
		if !full(l.Title) || !full(l.Body) {
			return errText.At("body.lessons[%d]", i)
		}
	}
	for i := range d.Exam.Questions {
		if err := d.Exam.Questions[i].check(fmt.Sprintf("body.exam.questions[%d]", i)); err != nil {
			return err
		}
	}
	return nil
}

func (q *Question) check(at string) error {
	if q.Text.Zh == "" || q.Text.En == "" {
		return errText.At("%s.text", at)
	}
	options := len(q.Options)
	switch {
	case q.Kind == "boolean" && options > 0, q.Kind != "boolean" && options < 2:
		return errOptions.At("%s.options", at)
	case q.Kind == "boolean":
		options = 2
	}
	for i, o := range q.Options {
		if o.Zh == "" || o.En == "" {
			return errText.At("%s.options[%d]", at, i)
		}
	}
	right := slices.Compact(slices.Sorted(slices.Values(q.Right)))
	if len(right) != len(q.Right) || len(right) == 0 || len(right) > 1 && q.Kind != "multiple" || right[0] < 0 || right[len(right)-1] >= options {
		return errRight.At("%s.right", at)
	}
	return nil
}

// For reports whether a course is of a role.
func (d *Doc) For(r staff.Role) bool { return len(d.Roles) == 0 || slices.Contains(d.Roles, r) }

// Place is a question of an attempt: which of the course it is, and in which order its options are shown.
type Place struct {
	Question int
	Options  []int
}

// Paper is the order in which an attempt shows its questions and their options. True comes before false always.
func (d *Doc) Paper(seed int64) []Place {
	r := rand.New(rand.NewPCG(uint64(seed), 0x9e3779b97f4a7c15)) //nolint:gosec // an order, no secret
	out := make([]Place, 0, len(d.Exam.Questions))
	for _, i := range r.Perm(len(d.Exam.Questions)) {
		p := Place{Question: i, Options: r.Perm(len(d.Exam.Questions[i].Options))}
		if d.Exam.Questions[i].Kind == "boolean" {
			p.Options = []int{0, 1}
		}
		out = append(out, p)
	}
	return out
}

// Key are the right answers of the attempt of a seed, as it shows them.
func (d *Doc) Key(seed int64) [][]int {
	var out [][]int
	for _, p := range d.Paper(seed) {
		chosen := []int{}
		for at, o := range p.Options {
			if slices.Contains(d.Exam.Questions[p.Question].Right, o) {
				chosen = append(chosen, at)
			}
		}
		out = append(out, chosen)
	}
	return out
}

// Mark ends an attempt: answers are the places chosen of each question, as they were shown. A question is right when exactly the right
// options were chosen.
func (d *Doc) Mark(a *Attempt, answers [][]int, now int64) (right []bool, err error) {
	paper := d.Paper(a.Seed)
	if len(answers) != len(paper) {
		return nil, errAnswers.At("body.answers")
	}
	n := 0
	for i, p := range paper {
		var chosen []int
		for _, at := range answers[i] {
			if at < 0 || at >= len(p.Options) {
				return nil, errAnswers.At("body.answers[%d]", i)
			}
			chosen = append(chosen, p.Options[at])
		}
		slices.Sort(chosen)
		ok := slices.Equal(slices.Compact(chosen), slices.Sorted(slices.Values(d.Exam.Questions[p.Question].Right)))
		right = append(right, ok)
		if ok {
			n++
		}
	}
	a.Answers, a.Ended = answers, now
	a.Score = 100 * n / len(paper)
	a.Passed = n*100 >= d.Exam.Pass*len(paper)
	if a.Passed {
		if a.Expires = math.MaxInt64; d.Exam.Days > 0 {
			a.Expires = now + int64(d.Exam.Days)*24*60*60*1_000_000
		}
	}
	return right, nil
}

//go:embed sample/*.json
var samples embed.FS

// Samples are the courses that ship with peiban, by key. They are no approved training.
func Samples() (map[string]Doc, error) {
	files, err := samples.ReadDir("sample")
	if err != nil {
		return nil, fmt.Errorf("read the sample courses: %w", err)
	}
	out := map[string]Doc{}
	for _, f := range files {
		b, err := samples.ReadFile(path.Join("sample", f.Name()))
		if err != nil {
			return nil, fmt.Errorf("read the sample course %s: %w", f.Name(), err)
		}
		var d Doc
		if err := json.Unmarshal(b, &d); err != nil {
			return nil, fmt.Errorf("read the sample course %s: %w", f.Name(), err)
		}
		out[f.Name()[:len(f.Name())-len(".json")]] = d
	}
	return out, nil
}

// Course is a course as it is kept.
type Course struct {
	Key      string
	Version  int // published; 0: never
	Revision int64
	At       int64
	By       string
	Draft    Doc
	Doc      Doc // of Version
}

// Standing is where a member of staff stands with a course at a moment.
type Standing struct {
	State   string // todo, open, passed, expired, failed
	Open    string // attempt that is not handed in
	Made    int    // attempts of the version that counts now
	Left    int    // attempts left; -1: as many as needed
	Expires int64  // until when the best pass counts
	Score   int    // of the last attempt handed in
}

// Stand says where somebody stands with c, out of their attempts at it.
func (c *Course) Stand(attempts []Attempt, now int64) Standing {
	s := Standing{State: "todo", Left: -1}
	last := int64(-1)
	for i := range attempts {
		a := &attempts[i]
		if a.Course != c.Key {
			continue
		}
		if a.Version == c.Version {
			s.Made++
			if a.Ended == 0 {
				s.Open = a.ID
			}
		}
		if a.Ended > last && a.Ended != 0 {
			last, s.Score = a.Ended, a.Score
		}
		if a.Passed {
			s.Expires = max(s.Expires, a.Expires)
		}
	}
	if c.Doc.Exam.Attempts > 0 {
		s.Left = max(0, c.Doc.Exam.Attempts-s.Made)
	}
	switch {
	case s.Expires > now:
		s.State = "passed"
	case s.Open != "":
		s.State = "open"
	case s.Expires != 0:
		s.State = "expired"
	case last >= 0:
		s.State = "failed"
	}
	return s
}
