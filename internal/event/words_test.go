package event

import (
	"testing"

	"peiban/internal/fault"
)

// TestWords: every code the catalogue allows has a word in both languages, and no word is given to a code that is
// not allowed.
func TestWords(t *testing.T) {
	seen := map[string]bool{}
	for i := range catalogue {
		s := &catalogue[i]
		for k := range s.Fields {
			f := &s.Fields[k]
			key := s.Key + "." + f.Name
			seen[key] = f.Kind == Code
			for _, code := range f.Enum {
				if w := words[key][code]; w.Zh == "" || w.En == "" {
					t.Errorf("%s: %q has no words", key, code)
				}
			}
			if len(f.Enum) > 0 && len(words[key]) != len(f.Enum) {
				t.Errorf("%s: %d words for %d codes", key, len(words[key]), len(f.Enum))
			}
		}
	}
	for key, of := range words {
		if !seen[key] {
			t.Errorf("words for %s, which is no code of the catalogue", key)
		}
		for code, w := range of {
			if w.Zh == "" || w.En == "" {
				t.Errorf("%s: %q has words in one language only", key, code)
			}
		}
	}
}

func TestWord(t *testing.T) {
	word := func(typ, field, code string) fault.Text {
		s := Lookup(typ)
		return s.Word(s.Field(field), code)
	}
	tests := []struct {
		name string
		got  fault.Text
		want fault.Text
	}{
		{"a code of the catalogue", word("meal", "size", "less"), text("比平时少", "less than usual")},
		{"an open code we write ourselves", word("visit", "department", "endocrinology"), text("内分泌科", "endocrinology")},
		{"an open code nobody knows is what was typed", word("visit", "department", "podology"), text("“podology”", "“podology”")},
		{"nothing was said", word("visit", "department", ""), fault.Text{}},
		{"a product of the catalogue is not read", word("order", "product", "p-f90adf13"), fault.Text{}},
		{"a product with words is", word("order", "product", "strips-50"), fault.Text{Zh: "试纸 50 片", En: "50 strips"}},
		{"a key is not read", word("answer", "content", "low-now"), fault.Text{}},
		{"a unit that is a word", Lookup("exercise").Field("minutes").UnitWord(), text("分钟", "min")},
		{"a unit that is a sign", Lookup("weight").Field("value").UnitWord(), text("kg", "kg")},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}
