package channel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Template is a text that a far side has approved, and what fills its places: {title} and {body} are the message's.
type Template struct {
	ID     string            `yaml:"template"`
	Values map[string]string `yaml:"values"`
	Page   string            `yaml:"page"` // what it opens, where it opens something
}

// Templates are which template says a content, by the content's key; "*" says all others.
type Templates map[string]Template

// ReadTemplates reads templates from YAML:
//
//	low-now: {template: SMS_1234, values: {title: "{title}"}}
//	"*": {template: SMS_5678, values: {text: "{body}"}}
func ReadTemplates(text string) (Templates, error) {
	var all Templates
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	if err := yaml.UnmarshalWithOptions([]byte(text), &all, yaml.Strict()); err != nil {
		return nil, fmt.Errorf("the templates are not as expected: %s", firstLine(err.Error()))
	}
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if all[key].ID == "" {
			return nil, fmt.Errorf("%s: template is missing", key)
		}
	}
	return all, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// Of is the template for a message; ok is false when there is none.
func (ts Templates) Of(content string) (Template, bool) {
	if t, ok := ts[content]; ok {
		return t, true
	}
	t, ok := ts["*"]
	return t, ok
}

// Filled are the values of a template for a message.
func (t *Template) Filled(m *Outgoing) map[string]string {
	out := make(map[string]string, len(t.Values))
	for k, v := range t.Values {
		out[k] = m.Fill(v)
	}
	return out
}
