package device

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
)

var (
	errItem = fault.New(fault.Invalid, "not_an_object", "这里要一个 JSON 对象", "a JSON object is expected here")
	errKind = fault.New(fault.Invalid, "unknown_record", "不认识这种记录", "this kind of record is not known")
)

// errBroken says where JSON ends that is not whole. What stands before it is read.
func errBroken(line int) error {
	return fault.New(fault.Invalid, "json_broken", fmt.Sprintf("第 %d 行起不是完整的 JSON：文件断了，或者不是 JSON", line), fmt.Sprintf("from line %d on this is no whole JSON: the file breaks off, or is none", line)).
		Because("重新下载完整的文件再导入；前面已经收下的不会重复", "get it again whole and import that; what was taken before does not repeat")
}

// lists are the members of an object that hold records: of backups, of answers of the API.
var lists = [...]string{"entries", "sgvs", "mbgs", "cals", "treatments", "profile", "profiles", "devicestatus", "result"}

// items gives every record of a JSON text with its line: the members of arrays, objects alone, and objects one after the other.
func items(ctx context.Context, data []byte, each func(line int, raw json.RawMessage) error) error {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	d := json.NewDecoder(bytes.NewReader(data))
	at := lineAt{data: data, line: 1}
	give := func(raw json.RawMessage) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return each(at.of(int(d.InputOffset())-len(raw)), raw)
	}
	for {
		kind, err := opens(data, int(d.InputOffset()))
		if err != nil {
			return nil // the end
		}
		if kind != '[' {
			var raw json.RawMessage
			if d.Decode(&raw) != nil {
				return errBroken(at.of(int(d.InputOffset())))
			}
			if err := unpack(raw, give, func() int { return at.line }, each); err != nil {
				return err
			}
			continue
		}
		if _, err := d.Token(); err != nil {
			return errBroken(at.of(int(d.InputOffset())))
		}
		for d.More() {
			var raw json.RawMessage
			if d.Decode(&raw) != nil {
				return errBroken(at.of(int(d.InputOffset())))
			}
			if err := give(raw); err != nil {
				return err
			}
		}
		if _, err := d.Token(); err != nil {
			return errBroken(at.of(int(d.InputOffset())))
		}
	}
}

// unpack gives the records of an object that holds lists of them, or else the object.
func unpack(raw json.RawMessage, give func(json.RawMessage) error, line func() int, each func(int, json.RawMessage) error) error {
	var members map[string]json.RawMessage
	if json.Unmarshal(raw, &members) != nil {
		return give(raw)
	}
	found := false
	for _, name := range lists {
		var list []json.RawMessage
		if m, ok := members[name]; !ok || json.Unmarshal(m, &list) != nil {
			continue
		}
		found = true
		for _, r := range list {
			if err := each(line(), r); err != nil {
				return err
			}
		}
	}
	if found {
		return nil
	}
	return give(raw)
}

// opens is the first character of the next value.
func opens(data []byte, from int) (byte, error) {
	for _, c := range data[min(from, len(data)):] {
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != ',' {
			return c, nil
		}
	}
	return 0, io.EOF
}

// lineAt counts lines up to ever later places.
type lineAt struct {
	data       []byte
	next, line int
}

func (l *lineAt) of(place int) int {
	if place > l.next {
		l.line += bytes.Count(l.data[l.next:min(place, len(l.data))], []byte("\n"))
		l.next = min(place, len(l.data))
	}
	return l.line
}

// object is a record: its members as JSON has them, numbers as written.
type object map[string]any

func parseObject(raw json.RawMessage) (object, bool) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var o object
	return o, d.Decode(&o) == nil && o != nil
}

// text is a member that is text or a number; empty: none of these.
func (o object) text(names ...string) string {
	for _, n := range names {
		switch v := o[n].(type) {
		case string:
			if s := strings.TrimSpace(strings.ToValidUTF8(v, "\uFFFD")); s != "" {
				return s
			}
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// number is a member that is a number, or text that reads as one.
func (o object) number(names ...string) (float64, bool) {
	for _, n := range names {
		switch v := o[n].(type) {
		case json.Number:
			if f, err := strconv.ParseFloat(v.String(), 64); err == nil {
				return f, true
			}
		case string:
			if f, ok := amount(v); ok {
				return f, true
			}
		}
	}
	return 0, false
}

func (o object) has(names ...string) bool {
	for _, n := range names {
		if v, ok := o[n]; ok && v != nil {
			return true
		}
	}
	return false
}

// each reads every record as an object and gives its row.
func eachObject(ctx context.Context, data []byte, take func(rows.Row) error, f func(object) rows.Row) error {
	return items(ctx, data, func(line int, raw json.RawMessage) error {
		o, ok := parseObject(raw)
		if !ok {
			return take(rows.Row{Line: line, Why: errItem})
		}
		r := f(o)
		r.Line = line
		return take(r)
	})
}
