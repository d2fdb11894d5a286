package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"peiban/internal/fault"
)

// Problem is every error the API answers, as RFC 9457 has it, with the words for people in both languages. It
// never holds a name, a phone number, a message or a measured value.
type Problem struct {
	Type       string      `json:"type" doc:"address of the kind of problem"`
	Title      string      `json:"title" doc:"the status in words"`
	Status     int         `json:"status"`
	Detail     string      `json:"detail" doc:"what is wrong, in English"`
	Code       string      `json:"code" doc:"stable name of the problem, for machines"`
	Field      string      `json:"field,omitempty" doc:"what it is about, such as body.context"`
	Hint       string      `json:"hint,omitempty" doc:"what would be right, in English"`
	Text       fault.Text  `json:"text" doc:"what is wrong, for people"`
	HintText   *fault.Text `json:"hintText,omitempty" doc:"what would be right, for people"`
	RetryAfter int         `json:"retryAfter,omitempty" doc:"seconds to wait before trying again"`
	Number     string      `json:"number,omitempty" doc:"number of the request, to tell whoever runs the server"`
}

func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is huma's question for the status line.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is huma's question for the content type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders is huma's question for headers.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	return h
}

// statuses is the one place where a kind of fault becomes a status.
var statuses = map[fault.Kind]int{
	fault.Internal:        http.StatusInternalServerError,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.Missing:         http.StatusNotFound,
	fault.Clash:           http.StatusConflict,
	fault.Stale:           http.StatusPreconditionFailed,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// exact are the faults HTTP has a status of its own for, narrower than their kind.
var exact = map[string]int{
	errMethod.Code:    http.StatusMethodNotAllowed,
	errNoIfMatch.Code: http.StatusPreconditionRequired,
	errEncoding.Code:  http.StatusUnsupportedMediaType,
}

// Errors of the API itself.
var (
	errSignIn     = fault.New(fault.Unauthenticated, "not_signed_in", "请先登录", "sign in first")
	errBadSignIn  = fault.New(fault.Unauthenticated, "bad_sign_in", "账号或密码不对", "wrong login or password")
	errLocked     = fault.New(fault.TooMany, "locked", "错了太多次，请等一会儿再试", "too many wrong passwords; wait a while")
	errForbidden  = fault.New(fault.Forbidden, "not_allowed", "您的角色不能做这件事", "your role may not do this")
	errCSRF       = fault.New(fault.Forbidden, "csrf", "页面过期了，请刷新再试", "the page is out of date; reload and try again")
	errNotFound   = fault.New(fault.Missing, "not_found", "没有找到", "not found")
	errNoAddress  = fault.New(fault.Missing, "no_such_address", "没有这个地址", "there is nothing at this address")
	errMethod     = fault.New(fault.Invalid, "method_not_allowed", "这个地址不接受这种方法", "this address does not take that method")
	errTooLarge   = fault.New(fault.TooLarge, "body_too_large", "内容太大", "the body is too large")
	errMediaType  = fault.New(fault.Invalid, "not_json", "内容要是 JSON", "the body has to be JSON").At("header.Content-Type").Because("写 application/json", "write application/json")
	errOneLine    = fault.New(fault.Invalid, "not_one_line", "要写一行看得见的文字", "one line of text that can be seen is expected")
	errBadBody    = fault.New(fault.Invalid, "bad_request", "请求看不懂", "the request cannot be read")
	errInternal   = fault.New(fault.Internal, "internal", "我们这边出错了，您的记录没有丢。请再试一次", "something went wrong on our side; nothing you saved is lost. Please try again")
	errMasked     = fault.New(fault.Forbidden, "names_masked", "您的角色看不到姓名，不能按姓名查找", "your role does not see names and cannot search by them")
	errCursor     = fault.New(fault.Invalid, "bad_cursor", "这个翻页标记不是我们给的", "this cursor was not ours")
	errMoment     = fault.New(fault.Invalid, "bad_moment", "时间写法不对", "this is not a time")
	errCodeChoice = fault.New(fault.Invalid, "unknown_code", "不认识这个代码", "this code is not known")
)

// problemOf turns any error into what the client sees. What is not a fault becomes a number; the log has the rest.
func problemOf(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal {
		f = errInternal
	}
	p = &Problem{Status: statuses[f.Kind], Code: f.Code, Field: f.Field, Detail: f.Text.En, Hint: f.Hint.En, Text: f.Text}
	if status, ok := exact[f.Code]; ok {
		p.Status = status
	}
	if f.Hint != (fault.Text{}) {
		hint := f.Hint
		p.HintText = &hint
	}
	return p.finish()
}

func (p *Problem) finish() *Problem {
	p.Type, p.Title = "/docs#"+p.Code, http.StatusText(p.Status)
	return p
}

// locked says how long an account waits.
func locked(wait time.Duration) error { return waits(errLocked, wait) }

// waits is f with the time to wait, in whole seconds.
func waits(f *fault.Fault, wait time.Duration) error {
	p := problemOf(f)
	p.RetryAfter = int((wait + time.Second - 1) / time.Second)
	return p
}

// writeProblem answers err outside of huma.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := *problemOf(err)
	if p.Status >= 500 {
		p.Number = requestOf(r.Context()).id
	}
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	if r.Method != http.MethodHead {
		_ = json.NewEncoder(w).Encode(&p) // the client is gone: nobody to tell
	}
}

// fails wraps an operation's error for huma and logs what the client will not see.
func (s *Server) fails(info *request, err error) error {
	p := *problemOf(err)
	if p.Status >= 500 {
		p.Number = info.id
		s.log.Error("request failed", slog.String("number", info.id), slog.String("route", info.route), slog.Any("error", err))
	}
	return &p
}

// speakProblem makes huma answer its own complaints (a missing field, a wrong type) as Problem. huma keeps this
// in package variables, so it is set once, before the first API is made.
var speakProblem = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return complaint(status, msg, errs)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		if ctx == nil {
			return complaint(status, msg, errs)
		}
		p := complaint(status, msg, errs)
		if p.Status >= 500 {
			p.Number = requestOf(ctx.Context()).id
		}
		return p
	}
})

// complaint translates what huma found. Only the first of several is told: the others often follow from it.
func complaint(status int, msg string, errs []error) *Problem {
	p := &Problem{Status: status, Code: errBadBody.Code, Text: errBadBody.Text, Detail: msg}
	switch {
	case status >= 500:
		q := *problemOf(errInternal)
		return &q
	case status == http.StatusRequestEntityTooLarge:
		p.Code, p.Text = errTooLarge.Code, errTooLarge.Text
	case status == http.StatusUnsupportedMediaType:
		q := *problemOf(errMediaType)
		q.Status = status
		return q.finish()
	}
	for _, err := range errs {
		if err == nil {
			continue
		}
		var d huma.ErrorDetailer
		if !errors.As(err, &d) || d.ErrorDetail().Location == "body" && status == http.StatusBadRequest {
			// What the decoder says holds pieces of the body; they stay here.
			p.Text = fault.Text{Zh: "请求看不懂，要的是 JSON", En: "the request cannot be read; JSON is expected"}
			p.Detail = p.Text.En
			break
		}
		detail := d.ErrorDetail()
		p.Code, p.Field, p.Text = "invalid", detail.Location, inWords(detail.Message)
		if m := missing.FindStringSubmatch(detail.Message); m != nil {
			p.Field += "." + m[1]
		}
		p.Detail = p.Text.En
		break
	}
	return p.finish()
}

// expectations are huma's sentences and ours in both languages; $1 and on are the groups. What the client sent
// is in none of them.
var expectations = []struct {
	re     *regexp.Regexp
	zh, en string
}{
	{regexp.MustCompile(`^unexpected property$`), "没有这个字段", "there is no such field"},
	{regexp.MustCompile(`^expected required property (\S+) to be present$`), "缺少字段 $1", "field $1 is missing"},
	{regexp.MustCompile(`^required \S+ parameter is missing$`), "缺少这个参数", "this parameter is missing"},
	{regexp.MustCompile(`^request body is required$`), "缺少请求内容", "the body is missing"},
	{regexp.MustCompile(`^expected value to be one of "(.*?)(?:, )?"$`), "只能是：$1", "one of: $1"},
	{regexp.MustCompile(`^expected number >= (\S+)$`), "不能小于 $1", "not below $1"},
	{regexp.MustCompile(`^expected number <= (\S+)$`), "不能大于 $1", "not above $1"},
	{regexp.MustCompile(`^expected length >= (\S+)$`), "至少 $1 个字", "at least $1 characters"},
	{regexp.MustCompile(`^expected length <= (\S+)$`), "最多 $1 个字", "at most $1 characters"},
	{regexp.MustCompile(`^expected array length <= (\S+)$`), "最多 $1 项", "at most $1 items"},
	{regexp.MustCompile(`^expected string to be RFC 3339 date-time`), "要写成 2026-03-08T07:12:00+08:00 这样的时间", "a time such as 2026-03-08T07:12:00+08:00"},
	{regexp.MustCompile(`^expected number|^invalid float`), "这里要一个数字", "a number is expected here"},
	{regexp.MustCompile(`^expected integer|^invalid integer`), "这里要一个整数", "a whole number is expected here"},
	{regexp.MustCompile(`^expected string to match pattern \^\[0-9\+ -\]\*\$$`), "电话只能有数字、空格、+ 和 -", "a telephone number has digits, blanks, + and - only"},
	{regexp.MustCompile(`^expected string to match pattern`), "这个值的写法不对", "this value is not written as it should be"},
	{regexp.MustCompile(`^expected string`), "这里要一段文字", "text is expected here"},
	{regexp.MustCompile(`^expected boolean|^invalid boolean`), "这里要 true 或 false", "true or false is expected here"},
	{regexp.MustCompile(`^expected array`), "这里要一个列表", "a list is expected here"},
	{regexp.MustCompile(`^expected object`), "这里要一个 JSON 对象", "a JSON object is expected here"},
	{regexp.MustCompile(`^expected value to match`), "这个值的类型不对", "this value is of the wrong type"},
}

var missing = regexp.MustCompile(`^expected required property (\S+) to be present$`)

func inWords(message string) fault.Text {
	for _, e := range expectations {
		if m := e.re.FindStringSubmatch(message); m != nil {
			group := func(s string) string {
				for i := 1; i < len(m); i++ {
					s = strings.ReplaceAll(s, fmt.Sprintf("$%d", i), m[i])
				}
				return s
			}
			return fault.Text{Zh: group(e.zh), En: group(e.en)}
		}
	}
	return fault.Text{Zh: "这个值不对", En: "this value is not right"}
}
