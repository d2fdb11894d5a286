// Package knowledge is about what has been written once to be said many times: answers to what people ask, articles to look things up
// in, and quick replies. Each says for whom it is, where it comes from and who approved it; only approved words are offered or said.
//
// Search is over all of it in memory, by pairs of Chinese characters. Who may read and write is left to others.
package knowledge

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"peiban/internal/fault"
	"peiban/internal/wording"
)

// Kind is what an entry is for.
type Kind string

// The kinds.
const (
	Answer  Kind = "answer"  // to a question people ask; the assistant may say it when it is allowed to
	Article Kind = "article" // to look things up in, for staff
	Quick   Kind = "quick"   // a line staff put into what they write
)

// State is where an entry stands.
type State string

// The states.
const (
	Draft    State = "draft"
	Approved State = "approved"
	Retired  State = "retired"
)

// Entry is one entry. Times are microseconds; 0: never.
type Entry struct {
	ID         string   `json:"id"`
	Kind       Kind     `json:"kind"`
	Title      string   `json:"title"`
	Questions  []string `json:"questions,omitempty"` // the ways people ask it
	Text       string   `json:"text"`
	TextEn     string   `json:"textEn,omitempty"`
	Audience   []string `json:"audience,omitempty"` // person, family, doctor; none: everybody
	Gravity    int      `json:"gravity"`            // 0 daily life to 3 end of life, as content has it
	Source     string   `json:"source"`             // where it comes from
	Automatic  bool     `json:"automatic"`          // the assistant may say it
	State      State    `json:"state"`
	WrittenBy  string   `json:"writtenBy"`
	ApprovedBy string   `json:"approvedBy,omitempty"`
	ApprovedAt int64    `json:"approvedAt,omitempty"`
	Expires    int64    `json:"expires,omitempty"`

	Revision int64  `json:"-"` // of the whole base when this was written last
	At       int64  `json:"-"`
	Actor    string `json:"-"`
}

// Audiences are for whom something may be.
var Audiences = []string{"person", "family", "doctor"}

// MostGravityOfBot is the gravest the assistant may say by itself: what is graver is said by people (operations.md 7.3).
const MostGravityOfBot = 1

// approvedFor is how long an approval holds.
const approvedFor = 365 * 24 * time.Hour

// Limits of an entry, characters.
const (
	mostTitle     = 80
	mostText      = 4000
	mostQuick     = 1000
	mostQuestions = 30
	mostQuestion  = 120
)

// What an entry may be refused for.
var (
	ErrMissing = fault.New(fault.Missing, "knowledge_not_found", "没有这条知识", "there is no such entry")
	ErrChanged = fault.New(fault.Stale, "knowledge_changed", "这条刚刚被改过，请刷新", "the entry changed meanwhile; load it again")
	ErrOwn     = fault.New(fault.Forbidden, "own_words", "自己写的要由别人审", "somebody else has to approve what you wrote")
	ErrState   = fault.New(fault.Clash, "knowledge_state", "现在的状态不能这样做，请刷新", "this cannot be done in its state; load it again")

	errTitle     = fault.New(fault.Invalid, "title_length", "标题要有 1 到 80 个字", "a title has 1 to 80 characters").At("body.title")
	errText      = fault.New(fault.Invalid, "text_length", "正文要有 1 到 4000 个字，快捷回复最多 1000 个字", "a text has 1 to 4000 characters, a quick reply at most 1000").At("body.text")
	errQuestions = fault.New(fault.Invalid, "questions", "问法最多 30 个，每个最多 120 个字", "at most 30 ways of asking of at most 120 characters").At("body.questions")
	errAsked     = fault.New(fault.Invalid, "question_missing", "智能助手要用的答案至少写一个问法", "an answer of the assistant needs a way of asking it").At("body.questions")
	errSource    = fault.New(fault.Invalid, "source_missing", "请写出处，如指南、说明书或审稿人", "say where it comes from: a guideline, a leaflet or who checked it").At("body.source")
	errGravity   = fault.New(fault.Invalid, "gravity_bot", "智能助手只说 0 到 1 级的内容", "the assistant says only what has gravity 0 or 1").At("body.automatic")
	errAudience  = fault.New(fault.Invalid, "audience", "没有这种对象", "there is no such audience").At("body.audience")
	errKind      = fault.New(fault.Invalid, "automatic_kind", "只有答案能由智能助手说", "only answers are said by the assistant").At("body.automatic")
	errBotWords  = fault.New(fault.Invalid, "wording_blocked", "里面有智能助手不能说的话", "it says what the assistant may not say").At("body.text")
)

// Tidied is an entry with its texts trimmed and its questions once each.
func (e Entry) Tidied() Entry {
	e.Title, e.Text, e.TextEn, e.Source = strings.TrimSpace(e.Title), strings.TrimSpace(e.Text), strings.TrimSpace(e.TextEn), strings.TrimSpace(e.Source)
	var qs []string
	for _, q := range e.Questions {
		if q = strings.TrimSpace(q); q != "" && !slices.Contains(qs, q) {
			qs = append(qs, q)
		}
	}
	e.Questions = qs
	return e
}

// Check finds the first mistake in an entry that is to be kept.
func (e *Entry) Check() error {
	n := utf8.RuneCountInString
	switch most := mostText; {
	case n(e.Title) < 1 || n(e.Title) > mostTitle:
		return errTitle
	case e.Kind == Quick && n(e.Text) > mostQuick, n(e.Text) < 1, n(e.Text) > most, n(e.TextEn) > most:
		return errText
	case len(e.Questions) > mostQuestions || slices.ContainsFunc(e.Questions, func(q string) bool { return n(q) > mostQuestion }):
		return errQuestions
	case e.Automatic && e.Kind != Answer:
		return errKind
	case e.Automatic && len(e.Questions) == 0:
		return errAsked
	case e.Automatic && e.Gravity > MostGravityOfBot:
		return errGravity
	case e.Kind != Quick && e.Source == "":
		return errSource
	case slices.ContainsFunc(e.Audience, func(a string) bool { return !slices.Contains(Audiences, a) }):
		return errAudience
	}
	if e.Automatic {
		if r := wording.Check(e.Text+"\n"+e.TextEn, wording.Writer{Automatic: true}); r.Action == wording.Block || r.Action == wording.Hold {
			return errBotWords
		}
	}
	return nil
}

// Approve has somebody other than its writer stand for an entry, for a year.
func (e *Entry) Approve(by string, now int64) error {
	switch {
	case e.State != Draft:
		return ErrState
	case e.WrittenBy == by:
		return ErrOwn
	}
	e.State, e.ApprovedBy, e.ApprovedAt, e.Expires = Approved, by, now, now+approvedFor.Microseconds()
	return nil
}

// Usable reports whether an entry may be offered or said at a moment. The moment an approval ends is outside it.
func (e *Entry) Usable(now int64) bool {
	return e.State == Approved && (e.Expires == 0 || now < e.Expires)
}

// For reports whether an entry is for an audience.
func (e *Entry) For(audience string) bool {
	return audience == "" || len(e.Audience) == 0 || slices.Contains(e.Audience, audience)
}
