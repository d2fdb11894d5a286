package fhir

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write structure.txt anew")

// data is where the data sets lie; without them a test that needs one is left out.
func data(t testing.TB, parts ...string) string {
	t.Helper()
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	return filepath.Join(append([]string{dir}, parts...)...)
}

type schemaProperty struct {
	Ref     string          `json:"$ref"`
	Type    string          `json:"type"`
	Pattern string          `json:"pattern"`
	Enum    []string        `json:"enum"`
	Const   string          `json:"const"`
	Items   *schemaProperty `json:"items"`
}

type schemaDefinition struct {
	schemaProperty
	Properties map[string]schemaProperty `json:"properties"`
	Required   []string                  `json:"required"`
}

// written is the schema as structure.txt has it.
func written(t *testing.T) string {
	b, err := os.ReadFile(data(t, "fhir_r4_schema", "fhir.schema.r4.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Definitions map[string]schemaDefinition }
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, d := range schema.Definitions {
		if d.Properties != nil {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var out strings.Builder
	for _, name := range names {
		d := schema.Definitions[name]
		var props []string
		for p := range d.Properties {
			props = append(props, p)
		}
		slices.Sort(props)
		out.WriteString(name)
		for _, p := range props {
			q := d.Properties[p]
			if q.Const != "" {
				continue // resourceType
			}
			if own, ok := strings.CutPrefix(p, "_"); ok { // an extension of a primitive has its name with a line before it
				e := d.Properties[own]
				of := e
				if e.Items != nil {
					of = *e.Items
				}
				if base := strings.TrimPrefix(of.Ref, "#/definitions/"); base != "" && schema.Definitions[base].Properties != nil {
					t.Errorf("%s.%s: of a type that is no primitive", name, p)
				}
				continue
			}
			out.WriteString(" " + p)
			if slices.Contains(d.Required, p) {
				out.WriteString("!")
			}
			of := q
			if q.Items != nil {
				out.WriteString("*")
				of = *q.Items
			}
			switch {
			case of.Enum != nil:
				out.WriteString("=" + strings.Join(of.Enum, "|"))
			case of.Ref == "#/definitions/ResourceList":
				out.WriteString(":Resource")
			case of.Ref != "":
				out.WriteString(":" + strings.TrimPrefix(of.Ref, "#/definitions/"))
			default: // valueDateTime: written out where it is used; its name ends with what it is
				kind := ""
				for k, prim := range schema.Definitions {
					if prim.Properties == nil && strings.HasSuffix(p, strings.ToUpper(k[:1])+k[1:]) && len(k) > len(kind) {
						kind = k
					}
				}
				if kind == "" {
					t.Fatalf("%s.%s: no kind", name, p)
				}
				out.WriteString(":" + kind)
			}
		}
		out.WriteString("\n")
	}
	return out.String()
}

func TestStructureIsTheStandards(t *testing.T) {
	want := written(t)
	if *update {
		if err := os.WriteFile("structure.txt", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if structure != want {
		t.Error("structure.txt is not what the schema says; run with -update")
	}
}
