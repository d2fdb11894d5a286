package medicine

import (
	"regexp"
	"strings"
	"testing"

	"peiban/internal/event"
	"peiban/internal/measure"
)

func TestTheTableIsSound(t *testing.T) {
	atc := regexp.MustCompile(`^[A-Z][0-9]{2}[A-Z]([A-Z]([0-9]{2})?)?$`)
	words := event.Words("medication", "class")
	seen := map[string]bool{}
	for _, m := range All() {
		if seen[m.Key] || m.Name.Zh == "" || m.Name.En == "" {
			t.Errorf("%s: twice, or without a name", m.Key)
		}
		seen[m.Key] = true
		if !(m.Low > 0 && m.High >= m.Low) {
			t.Errorf("%s: from %v to %v", m.Key, m.Low, m.High)
		}
		if !atc.MatchString(m.ATC) && !strings.HasPrefix(m.Key, "tcm_") {
			t.Errorf("%s: no ATC code is %q", m.Key, m.ATC)
		}
		if factors[m.Unit] == 0 && m.Unit != "U" && m.Unit != "tablet" && m.Unit != "dose" {
			t.Errorf("%s: unit %q", m.Key, m.Unit)
		}
		for _, part := range m.Of {
			if x, ok := Of(part); !ok || len(x.Of) > 0 {
				t.Errorf("%s is made of %s, which is no substance here", m.Key, part)
			}
		}
		if len(m.Also) > 0 && len(m.Of) == 0 {
			t.Errorf("%s is of two classes and made of nothing", m.Key)
		}
		if n, ok := Named(m.Name.Zh); !ok || n.Key != m.Key {
			t.Errorf("%s is not found by its own name: %s", m.Key, n.Key)
		}
	}
	for _, c := range append(Classes(), Unmapped) {
		if words[c].Zh == "" {
			t.Errorf("class %s has no words", c)
		}
	}
	for _, g := range measure.Glucocorticoids() {
		if m, ok := Of(g); !ok || m.Class != Glucocorticoid || m.Unit != "mg" {
			t.Errorf("%s is no glucocorticoid in mg here", g)
		}
	}
}

func TestSearch(t *testing.T) {
	for text, want := range map[string]string{
		"二甲双胍": "metformin", "双胍": "metformin", "ejsg": "metformin", "erjia": "metformin", "METFORMIN": "metformin", "格华止": "metformin", "ghz": "metformin",
		"达格列净": "dapagliflozin", "诺和锐30": "insulin_aspart_30", "诺和锐": "insulin_aspart", "qiangdesong": "prednisone", "zlls": "zoledronate",
	} {
		got := Search(text, 5)
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("%s finds %s", text, got[0].Key)
		case want != "" && (len(got) == 0 || got[0].Key != want):
			t.Errorf("%s finds %d, not %s first", text, len(got), want)
		}
	}
	if n := len(Search("", 7)); n != 7 {
		t.Errorf("an empty text finds %d of 7", n)
	}
}

func TestNamed(t *testing.T) {
	for name, want := range map[string]string{
		"盐酸二甲双胍缓释片": "metformin", "苯磺酸氨氯地平片": "amlodipine", "阿托伐他汀钙片": "atorvastatin", "氯沙坦钾片": "losartan",
		"Ozempic": "semaglutide", "醋酸泼尼松片": "prednisone", "缬沙坦氨氯地平片": "valsartan_amlodipine", "唑来膦酸注射液": "zoledronate",
		"左氨氯地平片": "levamlodipine", "神奇降糖灵": "", "片": "", "": "", "胰岛素": "",
	} {
		m, ok := Named(name)
		if m.Key != want || ok != (want != "") {
			t.Errorf("%s is %q, want %q", name, m.Key, want)
		}
	}
}

func TestDose(t *testing.T) {
	for _, tt := range []struct {
		key  string
		v    float64
		unit string
		want float64
		code string
		hint string
	}{
		{"metformin", 500, "mg", 0.5, "", ""},
		{"metformin", 0.5, "克", 0.5, "", ""},
		{"metformin", 500, "g", 0, "dose_out_of_range", "in mg"},
		{"metformin", 10, "U", 0, "wrong_dose_unit", "g, mg, ug"},
		{"insulin_glargine", 16, "单位", 16, "", ""},
		{"insulin_glargine", 16, "mg", 0, "wrong_dose_unit", "one of: U"},
		{"levothyroxine", 0.05, "mg", 50, "", ""},
		{"levothyroxine", 50, "mg", 0, "dose_out_of_range", "in ug"},
		{"amlodipine", 5, "", 5, "", ""},
		{"amlodipine", 500, "mg", 0, "dose_out_of_range", "1.25 and 10 mg"},
		{"metformin", 100, "MG", 0.1, "", ""},
	} {
		m, _ := Of(tt.key)
		got, f := m.Dose(tt.v, tt.unit)
		code, hint := "", ""
		if f != nil {
			code, hint = f.Code, f.Hint.En
		}
		if got != tt.want || code != tt.code || !strings.Contains(hint, tt.hint) {
			t.Errorf("%v %s of %s: %v %s %s", tt.v, tt.unit, tt.key, got, code, hint)
		}
	}
}

func TestWhatACombinationShares(t *testing.T) {
	for _, x := range []struct {
		a, b string
		want bool
	}{
		{"metformin", "metformin", true}, {"metformin", "sitagliptin_metformin", true}, {"sitagliptin_metformin", "metformin", true},
		{"valsartan_amlodipine", "perindopril_amlodipine", true}, {"valsartan_amlodipine", "sacubitril_valsartan", true},
		{"sitagliptin", "metformin", false}, {"irbesartan", "losartan_hydrochlorothiazide", false}, {"", "metformin", false}, {"", "", false}, {"nothing", "nothing", true},
	} {
		if Share(x.a, x.b) != x.want {
			t.Errorf("%q and %q: %v", x.a, x.b, !x.want)
		}
	}
}
