package programme

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"peiban/internal/event"
	"peiban/internal/fault"
)

// Answered is what was answered to one item of a form: a code to a choice (yes or no to a boolean), a number to an integer or a
// decimal, a text to the rest. An item that repeats has one Answered for each code.
type Answered struct {
	Item  string
	Code  string
	Value float64 // NaN: no number
	Text  string
}

// What may be wrong with an answer, besides what may be wrong with any value.
var (
	errNoItem   = fault.New(fault.Invalid, "unknown_item", "问卷里没有这个问题", "the form has no such item")
	errKind     = fault.New(fault.Invalid, "wrong_kind_of_answer", "这个问题不是这样回答的", "this item is not answered like that")
	errOneOnly  = fault.New(fault.Invalid, "one_answer_only", "这个问题只能选一个答案", "this item takes one answer")
	errTwice    = fault.New(fault.Invalid, "answered_twice", "同一个答案写了两次", "the same answer is given twice").Because("只留一个", "give it once")
	errNotWhole = fault.New(fault.Invalid, "not_whole", "这里要一个整数", "a whole number is expected here")
	errDay      = fault.New(fault.Invalid, "not_a_day", "这里要一个日期", "a day is expected here")
)

// longestAnswer is how many characters a text may have; a FHIR string is one line, a text may be several.
const longestAnswer = 500

// Accept checks a whole set of answers and gives it in the order of the form. The field of a fault is answers.ITEM.
func (f *Form) Accept(in []Answered) ([]Answered, *fault.Fault) {
	for _, a := range in {
		if it := f.Item(a.Item); it == nil || !it.Asks() {
			return nil, errNoItem.At("answers").Because(f.asked())
		}
	}
	out := make([]Answered, 0, len(in))
	for i := range f.Items {
		it := &f.Items[i]
		if !it.Asks() {
			continue
		}
		n := len(out)
		for _, a := range in {
			if a.Item != it.Key {
				continue
			}
			fine, wrong := it.accept(a)
			if wrong == nil && slices.ContainsFunc(out[n:], func(b Answered) bool { return b.Code == fine.Code && b.Text == fine.Text }) {
				wrong = errTwice
			}
			if wrong == nil && len(out) > n && !it.Repeats {
				wrong = errOneOnly.Because("只留一个", "keep one")
			}
			if wrong != nil {
				return nil, wrong.At("answers.%s", it.Key)
			}
			out = append(out, fine)
		}
		if it.Required && len(out) == n {
			return nil, event.ErrMissing.At("answers.%s", it.Key).Because("请回答这个问题", "please answer this item")
		}
	}
	if len(out) == 0 {
		return nil, event.ErrMissing.At("answers").Because("至少回答一个问题", "answer one item at least")
	}
	return out, nil
}

func (f *Form) asked() (zh, en string) {
	var keys []string
	for i := range f.Items {
		if f.Items[i].Asks() {
			keys = append(keys, f.Items[i].Key)
		}
	}
	one := strings.Join(keys, ", ")
	return "可用：" + one, "one of: " + one
}

// accept checks one answer to one item.
func (it *FormItem) accept(a Answered) (Answered, *fault.Fault) {
	out := Answered{Item: it.Key, Value: math.NaN()}
	number, said := !math.IsNaN(a.Value), strings.TrimSpace(a.Text)
	switch it.Type {
	case "choice", "boolean":
		if a.Code == "" || number || said != "" {
			return out, errKind.Because("给一个答案的代码", "give the code of an answer")
		}
		codes := []string{"yes", "no"}
		if it.Type == "choice" {
			codes = codes[:0]
			for _, o := range it.Options {
				codes = append(codes, o.Code)
			}
		}
		if !slices.Contains(codes, a.Code) {
			one := strings.Join(codes, ", ")
			return out, event.ErrCode.Because("可用："+one, "one of: "+one)
		}
		out.Code = a.Code
	case "integer", "decimal":
		if !number || a.Code != "" || said != "" {
			return out, errKind.Because("给一个数", "give a number")
		}
		return it.number(out, a.Value)
	default:
		if said == "" || number || a.Code != "" {
			return out, errKind.Because("写一段文字", "give a text")
		}
		out.Text = said
		return out, it.text(said)
	}
	return out, nil
}

func (it *FormItem) number(out Answered, v float64) (Answered, *fault.Fault) {
	if math.IsInf(v, 0) || math.Abs(v) > 1e9 { // beyond it nothing anybody is asked for has a meaning
		return out, event.ErrRange.Because("这个数太大", "the number is too large")
	}
	if it.Type == "integer" && v != math.Trunc(v) {
		return out, errNotWhole.Because("写整数，例如 3", "write a whole number, such as 3")
	}
	if v < it.Min || v > it.Max { // no limit is NaN, and no number is beyond it
		zh, en := it.between()
		return out, event.ErrRange.Because(zh, en)
	}
	out.Value = v
	return out, nil
}

func (it *FormItem) between() (zh, en string) {
	low, high := strconv.FormatFloat(it.Min, 'f', -1, 64), strconv.FormatFloat(it.Max, 'f', -1, 64)
	switch {
	case math.IsNaN(it.Min):
		return "不超过 " + high, high + " at most"
	case math.IsNaN(it.Max):
		return "不小于 " + low, low + " at least"
	}
	return "应在 " + low + " 到 " + high + " 之间", "between " + low + " and " + high
}

func (it *FormItem) text(said string) *fault.Fault {
	if it.Type == "date" {
		if _, err := time.Parse(time.DateOnly, said); err != nil {
			return errDay.Because("写成 2026-03-08", "write it as 2026-03-08")
		}
		return nil
	}
	if utf8.RuneCountInString(said) > longestAnswer {
		n := strconv.Itoa(longestAnswer)
		return event.ErrTooLong.Because("最多 "+n+" 个字", "at most "+n+" characters")
	}
	control := func(r rune) bool { return unicode.IsControl(r) && (it.Type == "string" || r != '\n') }
	if strings.ContainsFunc(said, control) {
		return event.ErrOneLine.Because("不要控制字符", "no control characters")
	}
	return nil
}

// Score is the sum of the points of the answers; not ok when the form makes no scale, or a question that gives points has no answer.
func (f *Form) Score(answers []Answered) (sum float64, ok bool) {
	if f.Scale == "" {
		return 0, false
	}
	for i := range f.Items {
		it := &f.Items[i]
		if len(it.Options) == 0 || !it.Options[0].HasScore {
			continue
		}
		answered := false
		for _, a := range answers {
			if o := it.Option(a.Code); a.Item == it.Key && o != nil {
				sum, answered = sum+o.Score, true
			}
		}
		if !answered {
			return 0, false
		}
	}
	return sum, true
}
