package mapping

import (
	"slices"
	"testing"

	"peiban/internal/sheet"
)

func looked(t *testing.T, cells ...[]string) Sample {
	t.Helper()
	var s Sample
	for i, c := range cells {
		s.Rows = append(s.Rows, sheet.Row{Line: i + 1, Cells: c})
	}
	return s
}

func TestEveryRoleHasItsWords(t *testing.T) {
	all := Roles()
	for r := range names {
		if !slices.ContainsFunc(all, func(o Option) bool { return o.Value == r && o.Text.Zh != "" && o.Text.En != "" }) {
			t.Errorf("%s cannot be chosen", r)
		}
	}
	for _, r := range []string{"glucose@fasting", "lab:ldl", Unused} {
		if !slices.ContainsFunc(all, func(o Option) bool { return o.Value == r }) {
			t.Errorf("%s cannot be chosen", r)
		}
	}
}

func TestAColumnIsWhatSomebodySaysItIs(t *testing.T) {
	s := looked(t, []string{"编号", "日期", "甲", "血糖"}, []string{"A1", "2026-03-01 07:00", "5.6", "7.8"}, []string{"A2", "2026-03-02 07:00", "6.1", "8.8"})
	g, err := Guess(s)
	if err != nil || g.Map.Events[0].Fields["value"].Column != "血糖" || g.Columns[2].Role != Unused || g.Columns[3].Role != "glucose.value" {
		t.Fatalf("%+v %v", g, err)
	}
	g, err = GuessAs(s, As{Roles: map[string]string{"甲": "glucose.value"}})
	if err != nil || len(g.Map.Events) != 1 || g.Map.Events[0].Fields["value"].Column != "甲" || g.Columns[3].Role != Unused {
		t.Errorf("%+v %v", g.Map, err)
	}
	g, err = GuessAs(s, As{Roles: map[string]string{"甲": "weight.value", "血糖": Unused}})
	if err != nil || len(g.Map.Events) != 1 || g.Map.Events[0].Type != "weight" {
		t.Errorf("%+v %v", g.Map, err)
	}
	if p := (As{Roles: map[string]string{"甲": "colour"}, Header: "3"}).Problems(); len(p) != 2 {
		t.Errorf("%+v", p)
	}
}

func TestUnitsAndDatesMayBeChosenOtherwise(t *testing.T) {
	s := looked(t, []string{"病历号", "测量时间", "血糖(mmol/L)"}, []string{"A1", "2026-03-01 07:00", "5.6"})
	g, err := Guess(s)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, x := range g.Settings {
		got[x.Path] = x.Value
	}
	if got["events[0].fields.value.unit"] != "mmol/L" || got["who[0].scope"] != "clinic" {
		t.Errorf("%+v", got)
	}
	if _, ok := got["dates"]; !ok {
		t.Errorf("%+v", got)
	}
	mixed := looked(t, []string{"病历号", "测量时间", "血糖"}, []string{"A1", "2026-03-01 07:00", "5.6"}, []string{"A1", "2026-03-02 07:00", "126"})
	if g, err = Guess(mixed); err != nil || len(g.Questions) != 1 || g.Questions[0].Path != "events[0].fields.value.unit" {
		t.Errorf("%+v %v", g.Questions, err)
	}
	for _, x := range g.Settings {
		if x.Path == g.Questions[0].Path {
			t.Error("what is asked is a setting too")
		}
	}
}
