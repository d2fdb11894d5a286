package api_test

import (
	"fmt"
	"strings"
	"testing"

	"peiban/internal/api"
)

func TestAWizardTakesColumnsForWhatSomebodySays(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	day := h.now().AddDate(0, 0, -3).Format("2006-01-02")
	text := "编号,日期,甲,血糖(mmol/L)\nA1," + day + " 07:00,65,7.8\nA2," + day + " 08:00,70,很高\n"
	upload := func(text string) string {
		var up api.Import
		if status := zhou.do("POST", "/api/imports?name=a.csv", text, &up); status != 200 || up.Kind != "table" {
			t.Fatalf("%d %+v", status, up)
		}
		return fmt.Sprintf("/api/imports/%d", up.Number)
	}
	at := upload(text)
	var g api.ImportGuess
	if zhou.do("GET", at+"/guess", nil, &g); len(g.Columns) != 4 || g.Columns[2].Role != "-" || g.Columns[3].Role != "glucose.value" || len(g.Roles) < 40 || g.Earlier != nil {
		t.Fatalf("%+v", g)
	}
	if p := zhou.refused("POST", at+"/guess", map[string]any{"roles": map[string]string{"甲": "colour"}}); p.Code != "bad_map" {
		t.Errorf("%+v", p)
	}
	if status := zhou.do("POST", at+"/guess", map[string]any{"roles": map[string]string{"甲": "weight.value"}}, &g); status != 200 || g.Columns[2].Role != "weight.value" {
		t.Fatalf("%d %+v", status, g.Columns)
	}
	for _, q := range g.Questions {
		if !strings.HasSuffix(q.Path, "unit") {
			t.Errorf("asked %+v", q)
		}
	}
	setUnit(t, g.Map, "weight", "kg")
	var p api.ImportPreview
	if status := zhou.do("POST", at+"/preview", map[string]any{"map": g.Map}, &p); status != 200 || p.Looked != 2 || p.More || p.Refused != 1 || len(p.Wrong) != 1 || p.Wrong[0].Line != 3 || len(p.Rows) != 2 {
		t.Fatalf("%d %+v", status, p)
	}
	// As a file and back it is the same map.
	var file api.ImportYAML
	var read api.ImportMapRead
	if status := zhou.do("POST", "/api/import-maps/write", map[string]any{"map": g.Map}, &file); status != 200 || !strings.Contains(file.YAML, "weight") {
		t.Fatalf("%d %s", status, file.YAML)
	}
	if status := zhou.do("POST", "/api/import-maps/read", file, &read); status != 200 || len(read.Problems)+len(read.Open) != 0 || fmt.Sprint(read.Map) != fmt.Sprint(g.Map) {
		t.Errorf("%d %+v\n%v", status, read, g.Map)
	}
	if zhou.do("POST", "/api/import-maps/read", map[string]string{"yaml": "events:\n  - type: glucos\n"}, &read); len(read.Problems) == 0 {
		t.Error("a wrong map is read")
	}
	if p := h.as("liu").refused("POST", "/api/import-maps/read", file); p.Status != 403 {
		t.Errorf("%+v", p)
	}
	// The next table with these columns, in any order, is offered this map.
	if status := zhou.do("POST", at+"/start", map[string]any{"map": g.Map, "basis": "paper", "programme": "diabetes", "owner": h.staff["liu"]}, nil); status != 200 {
		t.Fatal(status)
	}
	h.work()
	if card, _ := h.spaces[0].Directory().ByNumber(1); card.Owner != h.staff["liu"] {
		t.Errorf("%+v", card)
	}
	next := upload("甲,编号,日期,血糖(mmol/L)\n66,A1," + day + " 09:00,7.1\n")
	if zhou.do("GET", next+"/guess", nil, &g); g.Earlier == nil || g.Earlier.Name != "a.csv" || fmt.Sprint(g.Earlier.Map["events"]) == "" {
		t.Errorf("%+v", g.Earlier)
	}
	other := upload("编号,日期,血糖(mmol/L)\nA1," + day + " 09:00,7.1\n")
	var fresh api.ImportGuess
	if zhou.do("GET", other+"/guess", nil, &fresh); fresh.Earlier != nil {
		t.Errorf("another header: %+v", fresh.Earlier)
	}
}

// setUnit answers the unit of a kind's value in a map.
func setUnit(t *testing.T, m map[string]any, kind, unit string) {
	t.Helper()
	for _, e := range m["events"].([]any) {
		one := e.(map[string]any)
		if one["type"] == kind {
			one["fields"].(map[string]any)["value"].(map[string]any)["unit"] = unit
			return
		}
	}
	t.Fatalf("no %s in %v", kind, m)
}
