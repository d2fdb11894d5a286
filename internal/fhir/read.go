package fhir

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"hash/maphash"
	"io"

	"peiban/internal/fault"
)

// Entry is one resource of a file.
type Entry struct {
	Place    int // in a bundle the entry's number, in NDJSON the line's, from 1; 0: the bundle itself
	FullURL  string
	Resource map[string]any
	Wrong    []*fault.Fault // why it is refused; empty: it is valid
}

// Type is the resource's type.
func (e *Entry) Type() string { return text(e.Resource, "resourceType") }

// Limits of a file. A file may be of any length: it is read an entry at a time.
const (
	largest     = 32 << 20 // bytes of one resource
	longestLine = 4 << 20  // up to which a first line is looked at to tell NDJSON
)

// What may be wrong with a file as a whole, or with an entry of it beside what Check finds.
var (
	ErrJSON    = fault.New(fault.Invalid, "fhir_bad_json", "不是完整的 JSON", "this is not whole JSON").Because("文件可能只传了一半，请重新导出；前面读到的已经收下", "the file may be cut off: export it again; what came before was taken in")
	ErrLine    = fault.New(fault.Invalid, "fhir_bad_json", "这一行不是 JSON", "this line is not JSON").Because("NDJSON 每行一个资源", "in NDJSON each line is one resource")
	ErrSize    = fault.New(fault.TooLarge, "fhir_too_large", "一个资源超过 32 MB", "a resource is larger than 32 MB").Because("把附件单独存放", "keep its attachments apart")
	ErrEmpty   = fault.New(fault.Invalid, "fhir_empty", "文件里没有资源", "the file holds no resource")
	ErrObject  = fault.New(fault.Invalid, "fhir_no_resource", "不是 FHIR 资源", "this is no FHIR resource").Because("要 Bundle、单个资源或 NDJSON", "a Bundle, a resource or NDJSON is expected")
	ErrSameURL = fault.New(fault.Invalid, "fhir_same_full_url", "两个条目用了同一个 fullUrl", "two entries have one fullUrl").Because("每个条目一个 fullUrl；新版本写不同的 meta.versionId", "give each entry a fullUrl of its own; versions differ in meta.versionId")
	ErrNothing = fault.New(fault.Invalid, "fhir_required", "条目里没有资源", "the entry holds no resource").At("Bundle.entry.resource").Because("删除之类的请求不能导入", "requests such as a deletion are not imported")

	ErrAfter = fault.New(fault.Invalid, "fhir_bad_json", "第一个资源后面还有内容，没有读", "something follows the first resource and was not read").
			Because("多个资源放进 Bundle，或写成 NDJSON（每行一个）", "put several resources into a Bundle, or write NDJSON, one a line")

	errTrailing = errors.New("something follows the value")
)

// Read gives every resource of a Bundle, of NDJSON, or the one resource that a file is, in order, until take fails. An entry that is
// not valid is given with what is wrong. An error of Read's own means that the rest cannot be read; what came before was given.
func Read(ctx context.Context, in io.Reader, take func(Entry) error) error {
	b := bufio.NewReaderSize(in, longestLine)
	if mark, _ := b.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = b.Discard(3) // it was just seen
	}
	r := reader{ctx: ctx, take: take, seen: map[uint64]bool{}, seed: maphash.MakeSeed()}
	head, _ := b.Peek(longestLine) // less when the file is shorter
	if first, rest, more := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("\n")); more && json.Valid(first) && len(bytes.TrimSpace(rest)) > 0 {
		return r.lines(b)
	}
	return r.whole(b)
}

type reader struct {
	ctx  context.Context //nolint:containedctx // lives as long as the call
	take func(Entry) error
	seen map[uint64]bool // full URLs, by hash: a file may hold millions
	seed maphash.Seed
}

func (r *reader) give(e Entry) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	return r.take(e)
}

// lines reads NDJSON. A broken line spoils no other.
func (r *reader) lines(b *bufio.Reader) error {
	for n := 1; ; n++ {
		line, err := readLine(b)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, ErrSize) {
			return err
		}
		switch line = bytes.TrimSpace(line); {
		case errors.Is(err, ErrSize):
			err = r.give(Entry{Place: n, Wrong: []*fault.Fault{ErrSize}})
		case len(line) == 0:
			err = nil
		default:
			err = r.line(n, line)
		}
		if err != nil {
			return err
		}
	}
}

func (r *reader) line(n int, line []byte) error {
	v, err := Decode(line)
	if err != nil {
		return r.give(Entry{Place: n, Wrong: []*fault.Fault{ErrLine}})
	}
	o, ok := v.(map[string]any)
	if !ok {
		return r.give(Entry{Place: n, Wrong: []*fault.Fault{ErrObject}})
	}
	if text(o, "resourceType") == "Bundle" {
		return r.bundle(o)
	}
	return r.give(Entry{Place: n, Resource: o, Wrong: Check(o)})
}

// readLine reads up to the next line break. One that is too long is skipped and gives ErrSize.
func readLine(b *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := b.ReadSlice('\n')
		if !long {
			line = append(line, part...)
		}
		if len(line) > largest {
			line, long = nil, true
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case long && (err == nil || errors.Is(err, io.EOF)):
			return nil, ErrSize
		default:
			return line, err
		}
	}
}

// whole reads a file that is one JSON value. Of a bundle no more than one entry is in memory at a time.
func (r *reader) whole(b *bufio.Reader) error {
	limited := &budget{r: b}
	d := json.NewDecoder(limited)
	d.UseNumber()
	start, err := d.Token()
	if errors.Is(err, io.EOF) {
		return ErrEmpty
	}
	if err != nil {
		return broken(err)
	}
	if start != json.Delim('{') {
		return ErrObject
	}
	o := map[string]any{}
	place := 0
	for d.More() {
		limited.left = largest
		key, err := d.Token()
		if err != nil {
			return broken(err)
		}
		name, _ := key.(string)
		if name == "entry" && text(o, "resourceType") == "Bundle" {
			if err := r.entries(d, limited, &place); err != nil {
				return err
			}
			o[name] = []any{}
			continue
		}
		var v any
		if err := d.Decode(&v); err != nil {
			return broken(err)
		}
		o[name] = v
	}
	if _, err := d.Token(); err != nil {
		return broken(err)
	}
	give := func() error { return r.give(Entry{Place: 1, Resource: o, Wrong: Check(o)}) }
	if text(o, "resourceType") == "Bundle" {
		give = func() error { return r.bundle(o) }
	}
	if err := give(); err != nil {
		return err
	}
	limited.left = largest
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return ErrAfter
	}
	return nil
}

// entries reads the list of a bundle's entries from the stream.
func (r *reader) entries(d *json.Decoder, limited *budget, place *int) error {
	t, err := d.Token()
	if err != nil {
		return broken(err)
	}
	if t != json.Delim('[') {
		return r.give(Entry{Wrong: []*fault.Fault{ErrKind.At("Bundle.entry").Because("entry 是一个列表", "entry is a list")}})
	}
	for d.More() {
		limited.left = largest
		var v any
		if err := d.Decode(&v); err != nil {
			return broken(err)
		}
		*place++
		if err := r.entry(*place, v); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return broken(err)
	}
	return nil
}

// bundle checks a bundle whose entries were given already, or gives those it still has.
func (r *reader) bundle(o map[string]any) error {
	list, _ := o["entry"].([]any)
	shell := map[string]any{}
	for k, v := range o {
		if k != "entry" {
			shell[k] = v
		}
	}
	if _, isList := o["entry"].([]any); o["entry"] != nil && !isList {
		shell["entry"] = o["entry"]
	}
	if wrong := Check(shell); len(wrong) > 0 {
		if err := r.give(Entry{Resource: shell, Wrong: wrong}); err != nil {
			return err
		}
	}
	for i, v := range list {
		if err := r.entry(i+1, v); err != nil {
			return err
		}
	}
	return nil
}

// entry checks one entry of a bundle and the resource in it.
func (r *reader) entry(place int, v any) error {
	e := Entry{Place: place}
	o, ok := v.(map[string]any)
	if !ok {
		e.Wrong = []*fault.Fault{ErrKind.At("Bundle.entry").Because("条目是一个 JSON 对象", "an entry is a JSON object")}
		return r.give(e)
	}
	e.FullURL = text(o, "fullUrl")
	resource, has := o["resource"]
	c := checker{}
	shell := map[string]any{}
	for k, v := range o {
		if k != "resource" {
			shell[k] = v
		}
	}
	c.object(shell, shapes()["Bundle_Entry"], "Bundle.entry", 1)
	if has {
		c.resource(resource, "", 1)
		e.Resource, _ = resource.(map[string]any)
	}
	e.Wrong = c.found
	switch {
	case len(e.Wrong) > 0:
	case !has:
		e.Wrong = []*fault.Fault{ErrNothing}
	case e.FullURL != "":
		name := maphash.String(r.seed, e.FullURL+"\x00"+text(object(e.Resource, "meta"), "versionId"))
		if r.seen[name] {
			e.Wrong = []*fault.Fault{ErrSameURL.At("Bundle.entry.fullUrl")}
		}
		r.seen[name] = true
	}
	return r.give(e)
}

func broken(err error) error {
	if errors.Is(err, ErrSize) {
		return ErrSize
	}
	return ErrJSON.Wrap(err)
}

// budget lets so many bytes through until it is filled again: what one resource may hold.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left == 0 {
		b.left = largest
	}
	if b.left < 0 {
		return 0, ErrSize
	}
	n, err := b.r.Read(p)
	if b.left -= n; b.left == 0 {
		b.left = -1
	}
	return n, err
}

// text is a member of an object that is a text; empty: none.
func text(o map[string]any, name string) string {
	s, _ := o[name].(string)
	return s
}

// object is a member that is an object; nil: none.
func object(o map[string]any, name string) map[string]any {
	x, _ := o[name].(map[string]any)
	return x
}

// objects are the objects of a member that repeats.
func objects(o map[string]any, name string) []map[string]any {
	list, _ := o[name].([]any)
	var out []map[string]any
	for _, v := range list {
		if x, ok := v.(map[string]any); ok {
			out = append(out, x)
		}
	}
	return out
}
