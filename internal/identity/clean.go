package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"peiban/internal/fault"
)

// Why a value names nobody. An identifier like that is left out; what else names the person still does.
var (
	ErrPlaceholder = fault.New(fault.Invalid, "identifier_blocked", "这个值不认人（空、零、-1、null、一个字符重复或占位的值）", "this value names nobody: empty, zeros, -1, null, one character repeated, or a stand-in").
			Because("不知道就不要写这个标识；哪些值不认人见 identity.yaml", "leave the identifier out when it is not known; identity.yaml lists what names nobody")
	ErrMasked = fault.New(fault.Invalid, "identifier_masked", "这个标识遮住了一部分，认不出人", "a part of this identifier is hidden, it tells nobody").
			Because("用没有打星号的值", "give the whole value")
	ErrForm = fault.New(fault.Invalid, "identifier_form", "这个标识的样子不对", "this identifier does not look like one of its type").
		Because("长度和样子见 identity.yaml", "identity.yaml says how long it is and what it looks like")
	ErrScope = fault.New(fault.Invalid, "identifier_scope", "这种标识要写明在哪里唯一（哪个企业、哪个应用）", "this type of identifier needs the scope it is unique in: which corp, which app").
			Because("把企业或应用的编号写进 scope", "give the corp or the app as scope")
)

// longest is how many bytes an identifier may have; with more it is a text that slipped.
const longest = 512

// Clean brings an identifier into the form in which two are compared, or says why it names nobody: ErrPlaceholder, ErrMasked,
// ErrForm or ErrScope. A value that needs no tidying is returned without allocating.
func (p *Policy) Clean(id Identifier) (Identifier, error) {
	t := p.Type(id.Type)
	v := tidy(t, id.Value)
	switch {
	case p.blocked(t, v):
		return id, ErrPlaceholder
	case masked(t, v):
		return id, ErrMasked
	case len(v) > longest || utf8.RuneCountInString(v) < t.least || t.form != nil && !t.form.MatchString(v):
		return id, ErrForm
	}
	id.Value, id.Scope = v, strings.TrimSpace(id.Scope)
	switch {
	case t.Scope == Nowhere:
		id.Scope = ""
	case t.Scope == Required && id.Scope == "":
		return id, ErrScope
	}
	return id, nil
}

// tidy is a value without blanks around it, in half width, in one case, and, of a telephone or a code, without what people put
// between the digits.
func tidy(t *Type, v string) string {
	v = strings.TrimSpace(v)
	if !plain(v) {
		v = strings.TrimFunc(strings.Map(visible, width.Narrow.String(v)), unicode.IsSpace)
	}
	switch t.as {
	case "phone":
		v = phone(v)
	case "code":
		v = strings.Map(coded, v)
	}
	switch t.letters {
	case "lower":
		return strings.ToLower(v)
	case "upper":
		return strings.ToUpper(v)
	}
	return v
}

func plain(v string) bool {
	for i := range len(v) {
		if v[i] >= utf8.RuneSelf || v[i] < ' ' {
			return false
		}
	}
	return true
}

// visible drops what nobody sees: copied from a chat, a number often has such characters around it.
func visible(r rune) rune {
	if unicode.Is(unicode.Cf, r) || unicode.IsControl(r) {
		return -1
	}
	return r
}

// coded drops what stands between the parts of a code.
func coded(r rune) rune {
	switch r {
	case ' ', '-', '.', '_', '/', ':', '\u2010', '\u2011', '\u2012', '\u2013', '\u2014':
		return -1
	}
	return r
}

// phone is a telephone number as two of them are compared: +86 138-0013-8000 and 13800138000 are one. What is no number stays as
// it is, for the form to refuse.
func phone(v string) string {
	n := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+() ", r) {
			return -1
		}
		return coded(r)
	}, v)
	const mobile = 11 // digits of a mobile number in China, which begins with 1
	if at := len(n) - mobile; at > 0 && n[at] == '1' {
		switch n[:at] {
		case "86", "0086":
			return n[at:]
		}
	}
	return n
}

// blocked reports whether a tidied value stands for "nobody" in somebody's code or form.
func (p *Policy) blocked(t *Type, v string) bool {
	if strings.Trim(v, "0-./ ") == "" || p.placeholders[v] {
		return true
	}
	if hasUpper(v) && p.placeholders[strings.ToLower(v)] {
		return true
	}
	if len(v) >= p.repeated && strings.Count(v, v[:1]) == len(v) {
		return true
	}
	for _, re := range t.blocked {
		if re.MatchString(v) {
			return true
		}
	}
	return false
}

func hasUpper(v string) bool {
	for i := range len(v) {
		if 'A' <= v[i] && v[i] <= 'Z' {
			return true
		}
	}
	return false
}

// masked reports whether a part of the value is hidden. What looks so in an id of a machine is a part of it.
func masked(t *Type, v string) bool {
	if strings.ContainsAny(v, "*●•") {
		return true
	}
	return (t.as == "phone" || t.as == "code") && strings.Contains(strings.ToLower(v), "xxx")
}
