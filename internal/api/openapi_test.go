package api_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"peiban/internal/api"
)

var update = flag.Bool("update", false, "write docs/openapi.json anew")

const released = "../../docs/openapi.json"

// document is the API's document as parsed JSON, with the operations of a rehearsal.
func document(t *testing.T) map[string]any {
	t.Helper()
	s, err := api.New(api.Config{Real: time.Now, Version: "1", Demo: &api.Demo{}})
	must(t, err)
	b, err := json.Marshal(s.OpenAPI())
	must(t, err)
	var doc map[string]any
	must(t, json.Unmarshal(b, &doc))
	return doc
}

var schemaName = regexp.MustCompile(`^[a-zA-Z0-9._-]+$`)

// The API only grows: what docs/openapi.json promises is still there, and nothing new is asked of a client.
// Run with -update after adding something, and review the difference like code.
func TestTheDocumentOnlyGrows(t *testing.T) {
	now := document(t)
	if *update {
		b, err := json.MarshalIndent(now, "", " ")
		must(t, err)
		must(t, os.WriteFile(released, append(b, '\n'), 0o644))
	}
	b, err := os.ReadFile(released)
	must(t, err)
	var then map[string]any
	must(t, json.Unmarshal(b, &then))
	for _, p := range shrunk(then, now) {
		t.Error(p)
	}
	for name := range object(object(now, "components"), "schemas") {
		if !schemaName.MatchString(name) {
			t.Errorf("OpenAPI 3.1 has no schema names such as %q", name)
		}
	}
	if len(shrunk(now, then)) > 0 {
		t.Error("docs/openapi.json is older than the code; run go test ./internal/api -run Grows -update")
	}
}

// shrunk lists what then has and now has not, and what now asks for and then did not.
func shrunk(then, now map[string]any) (out []string) {
	for path, item := range object(then, "paths") {
		for method, op := range item.(map[string]any) {
			where := method + " " + path
			later := object(object(object(now, "paths"), path), method)
			if later == nil {
				out = append(out, where+" is gone")
				continue
			}
			out = append(out, parameters(where, op.(map[string]any), later)...)
		}
	}
	schemas := object(object(now, "components"), "schemas")
	for name, s := range object(object(then, "components"), "schemas") {
		later := object(schemas, name)
		if later == nil {
			out = append(out, "schema "+name+" is gone")
			continue
		}
		out = append(out, properties(name, s.(map[string]any), later)...)
	}
	slices.Sort(out)
	return out
}

func object(m map[string]any, key string) map[string]any {
	o, _ := m[key].(map[string]any)
	return o
}

func parameters(where string, then, now map[string]any) (out []string) {
	list := func(op map[string]any) map[string]map[string]any {
		m := map[string]map[string]any{}
		ps, _ := op["parameters"].([]any)
		for _, p := range ps {
			o := p.(map[string]any)
			m[fmt.Sprint(o["in"], " ", o["name"])] = o
		}
		return m
	}
	was, is := list(then), list(now)
	for k := range was {
		if is[k] == nil {
			out = append(out, where+": parameter "+k+" is gone")
		}
	}
	for k, p := range is {
		if p["required"] == true && was[k] == nil {
			out = append(out, where+": parameter "+k+" is newly required")
		}
	}
	for status := range object(then, "responses") {
		if object(object(now, "responses"), status) == nil {
			out = append(out, where+": answer "+status+" is gone")
		}
	}
	return out
}

func properties(name string, then, now map[string]any) (out []string) {
	later := object(now, "properties")
	for k, p := range object(then, "properties") {
		is := object(later, k)
		was := p.(map[string]any)
		switch {
		case is == nil:
			out = append(out, name+"."+k+" is gone")
		case fmt.Sprint(was["type"], was["$ref"]) != fmt.Sprint(is["type"], is["$ref"]):
			out = append(out, name+"."+k+" is of another type")
		}
		for _, e := range list(was["enum"]) {
			if is != nil && !slices.Contains(list(is["enum"]), e) {
				out = append(out, fmt.Sprintf("%s.%s no longer knows %v", name, k, e))
			}
		}
	}
	return out
}

func list(x any) []any {
	l, _ := x.([]any)
	return l
}

func TestTheComparisonFindsWhatShrank(t *testing.T) {
	then, now := document(t), document(t)
	delete(object(now, "paths"), "/api/people")
	delete(object(object(object(object(now, "components"), "schemas"), "Reading"), "properties"), "band")
	object(object(object(object(object(now, "components"), "schemas"), "Task"), "properties"), "late")["type"] = "string"
	got := shrunk(then, now)
	for _, want := range []string{"get /api/people is gone", "post /api/people is gone", "Reading.band is gone", "Task.late is of another type"} {
		if !slices.Contains(got, want) {
			t.Errorf("%q was not found in %q", want, got)
		}
	}
}
