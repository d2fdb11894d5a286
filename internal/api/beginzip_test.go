package api_test

import (
	"bytes"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/programme"
	"peiban/programmes"
)

// A zip of a programme the workspace does not have is a new one: in the list, with its checklist, and never in force.
func TestAZipBeginsAProgramme(t *testing.T) {
	h := newHouse(t)
	b := h.as("zhou")
	files, err := programme.ReadFiles(programmes.FS, "osteonecrosis")
	if err != nil {
		t.Fatal(err)
	}
	delete(files, "stages.yaml")
	if files, err = files.As(programme.Beginning{Key: "knee", Name: api.Text{Zh: "膝", En: "Knee"}, Zone: "Asia/Shanghai", Prefix: "knee"}); err != nil {
		t.Fatal(err)
	}
	var zip bytes.Buffer
	if err := files.Archive(&zip, "knee", time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	const at = "/api/programmes/import"
	if p := h.as("liu").refused("POST", at, zip.String()); p.Status != 403 {
		t.Errorf("who may not edit: %+v", p)
	}
	var d api.Draft
	if status := b.do("POST", at, zip.String(), &d); status != 200 || d.Programme != "knee" || !d.New || d.Sound || len(d.Problems) == 0 {
		t.Fatalf("%d %+v", status, d)
	}
	var desk struct{ Items []api.ProgrammeLine }
	b.do("GET", "/api/programme-desk", nil, &desk)
	found := false
	for _, l := range desk.Items {
		found = found || l.Key == "knee" && l.New && l.Draft && l.Name.En == "Knee"
	}
	if !found {
		t.Errorf("it is not in the list: %+v", desk.Items)
	}
	var list api.Checklist
	if status := b.do("GET", "/api/programmes/knee/checklist", nil, &list); status != 200 || list.Of != "draft" || list.Total == 0 {
		t.Errorf("%d %+v", status, list)
	}
	if p := b.refused("POST", at, zip.String()); p.Code != "programme_exists" {
		t.Errorf("a second time: %+v", p)
	}
	if p := b.refused("POST", at, "no zip"); p.Status != 400 && p.Status != 422 {
		t.Errorf("%+v", p)
	}
}
