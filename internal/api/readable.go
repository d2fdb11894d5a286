package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"peiban/internal/fault"
)

const (
	largestBody = 64 << 10 // of anything but intake, in bytes
	deepest     = 20       // levels of a body; our own have three

	largestFile = 600 << 10 // of a body that holds a file of a programme: 256 KB of text, quoted
)

// bodyLimit is how large the body of a request to an address may be.
func bodyLimit(path string) int64 {
	if strings.HasPrefix(path, "/api/programmes/") && strings.Contains(path, "/draft/") {
		return largestFile
	}
	if path == "/api/products/file" {
		return largestProducts
	}
	if path == costsFile {
		return largestCosts
	}
	return largestBody
}

var (
	errUTF8     = fault.New(fault.Invalid, "invalid_utf8", "文字不是有效的 UTF-8", "the text is not valid UTF-8").Because("用 UTF-8 编码再发", "encode it as UTF-8")
	errEncoding = fault.New(fault.Invalid, "compressed_body", "这里不接受压缩的内容", "a compressed body is not taken here").At("header.Content-Encoding").Because("不压缩再发", "send it uncompressed")
	errQuery    = fault.New(fault.Invalid, "bad_query", "网址里的参数看不懂", "the query cannot be read").At("query").Because("按百分号编码写参数", "write parameters percent-encoded")
	errNUL      = fault.New(fault.Invalid, "nul_character", "文字里不能有空字符", "a text may not hold the character NUL").Because("去掉 U+0000", "leave out U+0000")
	errTwice    = fault.New(fault.Invalid, "said_twice", "同一个字段写了两次", "the same field is given twice").Because("只留一个", "give it once")
	errHuge     = fault.New(fault.Invalid, "number_too_large", "这个数字太大", "this number is too large").Because("写一个普通的数字，例如 7.8", "write an ordinary number, such as 7.8")
	errDeep     = fault.New(fault.Invalid, "too_deep", "内容嵌套太深", "the body is nested too deeply").At("body").Because("最多 20 层", "at most 20 levels")
)

// readable refuses what nobody could rightly read, before anybody does: text that is not UTF-8 would be stored with
// marks in place of letters, a NUL is text to SQLite and none to PostgreSQL, and of a field given twice one would be
// dropped in silence.
func readable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := soundAddress(r.URL); err != nil {
			writeProblem(w, r, err)
			return
		}
		if r.Body == nil || r.Body == http.NoBody || !unsafe(r.Method) || isUpload(r) || isArchive(r) {
			next.ServeHTTP(w, r)
			return
		}
		if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" {
			writeProblem(w, r, errEncoding)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit(r.URL.Path)))
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			err = errTooLarge
		case err != nil:
			err = errBadBody.Wrap(err)
		case !utf8.Valid(body):
			err = errUTF8.At("body")
		default:
			err = soundBody(body)
		}
		if err != nil {
			writeProblem(w, r, err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// soundAddress looks at an address as it will be understood.
func soundAddress(u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery) // what it cannot read it leaves out
	if err != nil {
		return errQuery
	}
	if err := soundText("path", u.Path); err != nil {
		return err
	}
	for name, values := range query {
		if err := soundText("query", name); err != nil {
			return err
		}
		for _, v := range values {
			if err := soundText("query."+name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func soundText(field, s string) error {
	switch {
	case !utf8.ValidString(s):
		return errUTF8.At("%s", field)
	case strings.ContainsRune(s, 0):
		return errNUL.At("%s", field)
	}
	return nil
}

// level is an object or a list that is open while a body is walked through.
type level struct {
	path string
	keys map[string]bool // of an object; nil: a list
	key  string          // of the value that comes next; empty: a key comes
	n    int             // place in a list
}

// next is the path of the value that comes next.
func (l *level) next() string {
	if l.keys == nil {
		l.n++
		return fmt.Sprintf("%s[%d]", l.path, l.n-1)
	}
	key := l.key
	l.key = ""
	return l.path + "." + key
}

// soundBody walks through a body without building it. What is no JSON is left to whoever reads it.
func soundBody(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var open []*level
	awaited := false // the level on top has a key and waits for its value
	for {
		t, err := d.Token()
		if err != nil {
			return nil //nolint:nilerr // the end, or no JSON
		}
		var top *level
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		if x, ok := t.(json.Delim); ok && (x == '}' || x == ']') {
			open = open[:len(open)-1]
			awaited = false
			continue
		}
		if key, ok := t.(string); ok && top != nil && top.keys != nil && !awaited {
			if top.keys[key] {
				return errTwice.At("%s.%s", top.path, shown(key))
			}
			if err := soundText(top.path, key); err != nil {
				return err
			}
			top.keys[key], top.key, awaited = true, shown(key), true
			continue
		}
		path := "body"
		if top != nil {
			path = top.next()
		}
		awaited = false
		switch x := t.(type) {
		case json.Delim:
			if len(open) == deepest {
				return errDeep
			}
			l := &level{path: path}
			if x == '{' {
				l.keys = map[string]bool{}
			}
			open = append(open, l)
		case string:
			if err := soundText(path, x); err != nil {
				return err
			}
		case json.Number:
			if f, err := x.Float64(); err != nil || math.IsInf(f, 0) {
				return errHuge.At("%s", path)
			}
		}
	}
}

// shown is a key as an error may name it: one that is none of ours could hold anything.
func shown(key string) string {
	if len(key) > 40 || strings.ContainsFunc(key, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}) {
		return "?"
	}
	return key
}
