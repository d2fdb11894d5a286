package api

import (
	"bytes"
	"html/template"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// docsPage answers the readable form of the API's document: one page, no script, nothing from elsewhere.
func (s *Server) docsPage() http.HandlerFunc {
	var page bytes.Buffer
	err := docsTemplate.Execute(&page, chapters(s.huma.OpenAPI()))
	return func(w http.ResponseWriter, r *http.Request) {
		requestOf(r.Context()).route = "/docs"
		if err != nil {
			writeProblem(w, r, s.fails(requestOf(r.Context()), err))
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(page.Bytes())
	}
}

type docsOperation struct {
	ID, Method, Path, Summary, Description, Who string
	Parameters                                  []docsField
	Body, Answer                                []docsField
}

type docsField struct {
	Name, Type, Text string
	Required         bool
}

type docsChapter struct {
	Name       string
	Operations []docsOperation
}

// chapters groups the operations by their first tag, in the order of the document's addresses.
func chapters(o *huma.OpenAPI) []docsChapter {
	var all []docsChapter
	paths := make([]string, 0, len(o.Paths))
	for p := range o.Paths {
		paths = append(paths, p)
	}
	sort.Strings(paths)
	for _, p := range paths {
		item := o.Paths[p]
		for _, m := range []struct {
			name string
			op   *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}, {"PUT", item.Put}, {"PATCH", item.Patch}, {"DELETE", item.Delete}} {
			if m.op == nil {
				continue
			}
			name := "other"
			if len(m.op.Tags) > 0 {
				name = m.op.Tags[0]
			}
			i := slices.IndexFunc(all, func(c docsChapter) bool { return c.Name == name })
			if i < 0 {
				all = append(all, docsChapter{Name: name})
				i = len(all) - 1
			}
			all[i].Operations = append(all[i].Operations, describe(o, m.name, p, m.op))
		}
	}
	return all
}

func describe(o *huma.OpenAPI, method, path string, op *huma.Operation) docsOperation {
	w, _ := op.Metadata["who"].(who)
	d := docsOperation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Who: string(w)}
	for _, p := range op.Parameters {
		d.Parameters = append(d.Parameters, docsField{Name: p.In + " " + p.Name, Type: kindOf(p.Schema), Text: p.Description, Required: p.Required})
	}
	if op.RequestBody != nil {
		d.Body = fieldsOf(o, op.RequestBody.Content)
	}
	for status, answer := range op.Responses {
		if strings.HasPrefix(status, "2") {
			d.Answer = fieldsOf(o, answer.Content)
		}
	}
	return d
}

func fieldsOf(o *huma.OpenAPI, content map[string]*huma.MediaType) []docsField {
	var out []docsField
	for _, m := range content {
		s := m.Schema
		if s != nil && s.Ref != "" {
			s = o.Components.Schemas.SchemaFromRef(s.Ref)
		}
		if s == nil {
			continue
		}
		names := make([]string, 0, len(s.Properties))
		for n := range s.Properties {
			names = append(names, n)
		}
		sort.Strings(names)
		for _, n := range names {
			p := s.Properties[n]
			out = append(out, docsField{Name: n, Type: kindOf(p), Text: p.Description, Required: slices.Contains(s.Required, n)})
		}
	}
	return out
}

func kindOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case s.Ref != "":
		return s.Ref[strings.LastIndexByte(s.Ref, '/')+1:]
	case s.Type == huma.TypeArray:
		return "list of " + kindOf(s.Items)
	case s.Format != "":
		return s.Type + " (" + s.Format + ")"
	}
	return s.Type
}

var docsTemplate = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>peiban API</title><style>
body{font:14px/1.5 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif;color:#1B1F27;background:#F6F7F9;margin:0}
main{max-width:60rem;margin:0 auto;padding:1.5rem}h1{font-size:20px}h2{font-size:16px;margin-top:2rem;text-transform:capitalize}
details{background:#fff;border:1px solid #D9DDE4;border-radius:6px;margin:.5rem 0;padding:.5rem .75rem}
summary{cursor:pointer}code,b.m{font-family:ui-monospace,monospace}b.m{display:inline-block;min-width:4.5rem;color:#1D5BC4}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;border-top:1px solid #D9DDE4;padding:.25rem .5rem;vertical-align:top}
.n{color:#4A5160}</style></head><body><main>
<h1>peiban API</h1>
<p>The document behind this page is <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1). Errors are
<code>application/problem+json</code> with a stable <code>code</code> and a <code>text</code> in Chinese and English. Writes need
<code>X-CSRF-Token</code> from the session's answer and take <code>Idempotency-Key</code>; edits take <code>If-Match</code>.
Lists take <code>cursor</code> and <code>limit</code>. Events come in at <code>/v1</code> in Segment's form, with a write key.</p>
{{range .}}<h2>{{.Name}}</h2>{{range .Operations}}
<details id="{{.ID}}"><summary><b class="m">{{.Method}}</b> <code>{{.Path}}</code> <span class="n">{{.Summary}}</span></summary>
{{with .Description}}<p>{{.}}</p>{{end}}{{with .Who}}<p class="n">For: {{.}}</p>{{end}}
{{with .Parameters}}<table><tr><th>parameter</th><th>type</th><th></th></tr>{{range .}}<tr><td><code>{{.Name}}</code>{{if .Required}} *{{end}}</td><td>{{.Type}}</td><td>{{.Text}}</td></tr>{{end}}</table>{{end}}
{{with .Body}}<table><tr><th>body</th><th>type</th><th></th></tr>{{range .}}<tr><td><code>{{.Name}}</code>{{if .Required}} *{{end}}</td><td>{{.Type}}</td><td>{{.Text}}</td></tr>{{end}}</table>{{end}}
{{with .Answer}}<table><tr><th>answer</th><th>type</th><th></th></tr>{{range .}}<tr><td><code>{{.Name}}</code></td><td>{{.Type}}</td><td>{{.Text}}</td></tr>{{end}}</table>{{end}}
</details>{{end}}{{end}}</main></body></html>`))
