package fhir

import (
	"encoding/json"
	"math"
	"regexp"
	"strings"
	"unicode/utf8"
)

// primitive is a kind of value with what a right one looks like.
type primitive struct {
	fits   func(v any) bool
	zh, en string
}

// Patterns of the standard. Source: HL7 FHIR R4 (4.0.1), datatypes.
const (
	yearPattern = `([0-9]([0-9]([0-9][1-9]|[1-9]0)|[1-9]00)|[1-9]000)`
	timePattern = `([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(\.[0-9]+)?`
	zonePattern = `(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00))`
	monthDay    = `(0[1-9]|1[0-2])`
	dayPattern  = `(0[1-9]|[1-2][0-9]|3[0-1])`
)

func matching(pattern, zh, en string) *primitive {
	re := regexp.MustCompile(`^(?:` + pattern + `)$`)
	return &primitive{func(v any) bool {
		s, ok := v.(string)
		return ok && utf8.ValidString(s) && re.MatchString(s)
	}, zh, en}
}

func numeric(low float64, whole bool, zh, en string) *primitive {
	return &primitive{func(v any) bool {
		f, ok := number(v)
		return ok && !math.IsInf(f, 0) && f >= low && (!whole || f == math.Trunc(f) && math.Abs(f) < 1<<31)
	}, zh, en}
}

var (
	somewhere = math.Inf(-1)
	words     = &primitive{func(v any) bool {
		s, ok := v.(string)
		return ok && s != "" && utf8.ValidString(s)
	}, "写一段不空的文字", "a text that is not empty"}
	address = matching(`\S*`, "写一个没有空格的地址", "an address without spaces")
)

var primitives = map[string]*primitive{
	"string": words, "markdown": words,
	"xhtml":        {func(any) bool { return true }, "", ""},
	"boolean":      {func(v any) bool { _, ok := v.(bool); return ok }, "写 true 或 false，不加引号", "true or false, without quotes"},
	"code":         matching(`[^\s]+(\s[^\s]+)*`, "写一个代码，首尾没有空格", "a code, without spaces at its ends"),
	"id":           matching(`[A-Za-z0-9\-\.]{1,64}`, "编号用字母、数字、- 和 .，最多 64 个", "an id of letters, digits, - and ., at most 64"),
	"uri":          address,
	"url":          address,
	"canonical":    address,
	"oid":          matching(`urn:oid:[0-2](\.(0|[1-9][0-9]*))+`, "写成 urn:oid:1.2.3", "write urn:oid:1.2.3"),
	"uuid":         matching(`urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`, "写成 urn:uuid: 加小写 UUID 的文字", "a text: urn:uuid: and a UUID in small letters"),
	"base64Binary": {func(v any) bool { _, ok := v.(string); return ok }, "写 base64 文字", "a text in base64"},
	"date":         matching(yearPattern+`(-`+monthDay+`(-`+dayPattern+`)?)?`, "写成 2015、2015-03 或 2015-03-08", "write 2015, 2015-03 or 2015-03-08"),
	"dateTime": matching(yearPattern+`(-`+monthDay+`(-`+dayPattern+`(T`+timePattern+zonePattern+`)?)?)?`,
		"写成 2015、2015-03、2015-03-08 或 2015-03-08T08:30:00+08:00", "write 2015, 2015-03, 2015-03-08 or 2015-03-08T08:30:00+08:00"),
	"instant": matching(yearPattern+`-`+monthDay+`-`+dayPattern+`T`+timePattern+zonePattern,
		"写成 2015-03-08T08:30:00+08:00", "write 2015-03-08T08:30:00+08:00"),
	"time":        matching(timePattern, "写成 08:30:00", "write 08:30:00"),
	"decimal":     numeric(somewhere, false, "写一个不带引号的数字", "a number without quotes"),
	"integer":     numeric(somewhere, true, "写一个不带引号的整数", "a whole number without quotes"),
	"unsignedInt": numeric(0, true, "写一个不小于 0 的整数", "a whole number, 0 or more"),
	"positiveInt": numeric(1, true, "写一个大于 0 的整数", "a whole number, 1 or more"),
}

// Decode reads one JSON value with numbers as they were written; nothing may follow it.
func Decode(b []byte) (any, error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, errTrailing
	}
	return v, nil
}
