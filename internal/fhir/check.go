package fhir

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"peiban/internal/fault"
)

// What may be wrong with a resource. Each is given with the element it is about.
var (
	ErrNoType   = fault.New(fault.Invalid, "fhir_no_type", "没有写 resourceType", "resourceType is missing")
	ErrType     = fault.New(fault.Invalid, "fhir_unknown_type", "FHIR R4 没有这种资源", "FHIR R4 has no such resource type")
	ErrRequired = fault.New(fault.Invalid, "fhir_required", "缺少必须有的元素", "a required element is missing")
	ErrUnknown  = fault.New(fault.Invalid, "fhir_unknown_element", "这里没有这个元素", "there is no such element here")
	ErrKind     = fault.New(fault.Invalid, "fhir_wrong_kind", "元素的类型不对", "the element is of another kind")
	ErrCode     = fault.New(fault.Invalid, "fhir_unknown_code", "代码不在规定的值里", "the code is not one of those allowed")
	ErrChoice   = fault.New(fault.Invalid, "fhir_two_choices", "只能写其中一个", "only one of them may be there")
	ErrDeep     = fault.New(fault.Invalid, "fhir_too_deep", "嵌套太深", "nested too deeply").Because("最多 100 层", "at most 100 levels")
)

const (
	deepest   = 100 // levels of nesting
	mostTold  = 20  // mistakes of one resource that are told
	anyType   = "Resource"
	shownName = 60 // bytes of an unknown element's name that are repeated
)

// Check says what is wrong with a resource by the structure of R4, in the order of its elements; nothing: it is valid. The values it
// was sent with are not repeated.
func Check(r map[string]any) []*fault.Fault {
	c := checker{}
	c.resource(r, "", 0)
	return c.found
}

type checker struct{ found []*fault.Fault }

func (c *checker) say(f *fault.Fault, path string) {
	if len(c.found) < mostTold {
		f = f.At("%s", path)
		c.found = append(c.found, f)
	}
}

func (c *checker) full() bool { return len(c.found) >= mostTold }

// resource checks one resource. at is the element it stands in; empty: it stands by itself.
func (c *checker) resource(v any, at string, depth int) {
	r, ok := v.(map[string]any)
	if !ok {
		c.say(ErrKind.Because("这里要一个资源（JSON 对象）", "a resource, a JSON object, is expected here"), or(at, "resourceType"))
		return
	}
	t, ok := r["resourceType"].(string)
	if !ok || t == "" {
		c.say(ErrNoType.Because("加上 \"resourceType\": \"Observation\" 这样的类型", "add a type, such as \"resourceType\": \"Observation\""), join(at, "resourceType"))
		return
	}
	if !Known(t) {
		c.say(ErrType.Because("写 R4 的资源类型，例如 Patient、Observation", "give a resource type of R4, such as Patient or Observation"), join(at, "resourceType"))
		return
	}
	c.object(r, shapes()[t], or(at, t), depth)
}

func (c *checker) object(o map[string]any, s *shape, path string, depth int) {
	if depth > deepest {
		c.say(ErrDeep, path)
		return
	}
	for _, name := range s.required {
		if o[name] == nil && o["_"+name] == nil {
			c.say(ErrRequired.Because("加上 "+name, "add "+name), path+"."+name)
		}
	}
	for _, stem := range s.oneOf {
		if !slices.ContainsFunc(keysOf(o), func(k string) bool { return s.elements[strings.TrimPrefix(k, "_")].choice == stem }) {
			c.say(ErrRequired.Because("加上 "+stem+"[x] 中的一个", "add one of "+stem+"[x]"), path+"."+stem+"[x]")
		}
	}
	chosen := map[string]string{}
	for _, name := range keysOf(o) {
		if c.full() {
			return
		}
		e, ok := s.elements[name]
		switch own, under := strings.CutPrefix(name, "_"); {
		case name == "resourceType" && s.elements["implicitRules"].kind != "":
		case ok:
			if e.choice != "" {
				if chosen[e.choice] != "" {
					c.say(ErrChoice.Because(e.choice+"[x] 只留一个", "keep one "+e.choice+"[x]"), path+"."+e.choice+"[x]")
				}
				chosen[e.choice] = name
			}
			c.element(o[name], e, path+"."+name, depth)
		case under && s.elements[own].primitive():
			of := s.elements[own]
			of.kind, of.codes = "Element", nil
			c.extensions(o[name], of, path+"."+name, depth)
		default:
			f := ErrUnknown.Because("删掉它，或看看是不是写错了名字；自己的内容放在 extension 里", "take it away, or look whether its name is mistyped; what is your own goes into extension")
			if near := nearest(name, s); near != "" {
				f = ErrUnknown.Because("是不是 "+near+"？", "did you mean "+near+"?")
			}
			c.say(f, path+"."+shown(name))
		}
	}
}

// element checks a value, or a list of them where the element repeats.
func (c *checker) element(v any, e element, path string, depth int) {
	list, isList := v.([]any)
	switch {
	case !e.many:
		if isList {
			c.say(ErrKind.Because("这个元素只有一个，不写成列表", "this element does not repeat: no list"), path)
			return
		}
		c.value(v, e, path, depth)
	case !isList:
		c.say(ErrKind.Because("这个元素可以重复，写成列表 [ … ]", "this element repeats: write a list [ ... ]"), path)
	default:
		for i, x := range list {
			if c.full() {
				return
			}
			c.value(x, e, fmt.Sprintf("%s[%d]", path, i), depth)
		}
	}
}

// extensions checks what stands beside a primitive; in a list null stands where there is none.
func (c *checker) extensions(v any, e element, path string, depth int) {
	list, isList := v.([]any)
	if !e.many || !isList {
		c.element(v, e, path, depth)
		return
	}
	for i, x := range list {
		if x != nil {
			c.value(x, e, fmt.Sprintf("%s[%d]", path, i), depth)
		}
	}
}

func (c *checker) value(v any, e element, path string, depth int) {
	if p := primitives[e.kind]; p != nil {
		c.plain(v, e, p, path)
		return
	}
	if e.kind == anyType {
		if depth > deepest {
			c.say(ErrDeep, path)
			return
		}
		c.resource(v, path, depth+1)
		return
	}
	o, ok := v.(map[string]any)
	s := shapes()[e.kind]
	if !ok || s == nil {
		c.say(ErrKind.Because("这里要一个 "+e.kind+"（JSON 对象）", "a "+e.kind+", a JSON object, is expected here"), path)
		return
	}
	c.object(o, s, path, depth+1)
}

func (c *checker) plain(v any, e element, p *primitive, path string) {
	if !p.fits(v) {
		c.say(ErrKind.Because(p.zh, p.en), path)
		return
	}
	if code, ok := v.(string); ok && e.codes != nil && !slices.Contains(e.codes, code) {
		one := strings.Join(e.codes, ", ")
		if len(e.codes) > 30 {
			one = strings.Join(e.codes[:30], ", ") + " …"
		}
		c.say(ErrCode.Because("可用："+one, "one of: "+one), path)
	}
}

func (e element) primitive() bool { return primitives[e.kind] != nil && e.kind != "xhtml" }

// nearest is an element whose name is one slip away; empty: none.
func nearest(name string, s *shape) string {
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range s.elements {
			if !yield(k) {
				return
			}
		}
	}) {
		if strings.EqualFold(k, name) || strings.EqualFold(k, name+"s") || strings.EqualFold(k+"s", name) {
			return k
		}
		if e := s.elements[k]; e.choice != "" && strings.EqualFold(e.choice, name) {
			return e.choice + "[x]"
		}
	}
	return ""
}

// shown is a name from outside, cut and without control signs.
func shown(name string) string {
	name = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0xfffd {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(name, "?"))
	if len(name) > shownName {
		return strings.ToValidUTF8(name[:shownName], "") + "…"
	}
	return name
}

func keysOf(o map[string]any) []string {
	out := make([]string, 0, len(o))
	for k := range o {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func join(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// Outcome is what was found, as FHIR says it.
func Outcome(found ...*fault.Fault) map[string]any {
	issues := make([]any, 0, len(found))
	for _, f := range found {
		zh, en := f.Text.Zh, f.Text.En
		if f.Hint.Zh != "" {
			zh, en = zh+"："+f.Hint.Zh, en+": "+f.Hint.En
		}
		issue := map[string]any{
			"severity": "error", "code": issueType(f),
			"details":     map[string]any{"coding": []any{map[string]any{"system": System + "/issue", "code": f.Code}}, "text": zh},
			"diagnostics": zh + " / " + en,
		}
		if f.Field != "" {
			issue["expression"] = []any{f.Field}
		}
		issues = append(issues, issue)
	}
	return map[string]any{"resourceType": "OperationOutcome", "issue": issues}
}

// issueTypes are the codes of http://hl7.org/fhir/issue-type for our own.
var issueTypes = map[string]string{
	"fhir_no_type": "required", "fhir_required": "required", "fhir_unknown_type": "structure", "fhir_unknown_element": "structure",
	"fhir_wrong_kind": "value", "fhir_unknown_code": "code-invalid", "fhir_two_choices": "structure", "fhir_too_deep": "too-long",
	"fhir_same_full_url": "duplicate", "fhir_bad_json": "structure", "fhir_too_large": "too-long",
}

func issueType(f *fault.Fault) string {
	if t := issueTypes[f.Code]; t != "" {
		return t
	}
	switch f.Kind {
	case fault.Invalid:
		return "invalid"
	case fault.Unauthenticated:
		return "login"
	case fault.Forbidden:
		return "forbidden"
	case fault.Missing:
		return "not-found"
	case fault.Clash, fault.Stale:
		return "conflict"
	case fault.TooLarge:
		return "too-long"
	case fault.TooMany:
		return "throttled"
	case fault.Internal, fault.Unavailable:
		return "exception"
	}
	return "processing"
}

// number is a JSON number as it was written.
func number(v any) (float64, bool) {
	switch n := v.(type) {
	case json.Number:
		f, err := n.Float64()
		return f, err == nil
	case float64:
		return n, true
	}
	return 0, false
}
