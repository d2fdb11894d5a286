package api_test

import (
	"testing"

	"peiban/internal/api"
)

// A medicine that was got under a name nobody knows waits to be mapped; once it is, every entry of that name is of that medicine, and so is
// the next.
func TestAFillNobodyKnowsIsMapped(t *testing.T) {
	h := newHouse(t)
	path := "/api/people/" + string(h.add(0, "张桂芳", "wang").ID)
	wang := h.as("wang")
	first := wang.says(path, "fill", "2026-02-01", props{"name": "降糖一号", "days": 30})
	if len(first.Notes) != 1 || first.Notes[0].Code != "unknown_medicine" {
		t.Errorf("nobody is asked: %+v", first.Notes)
	}
	wang.says(path, "fill", "2026-03-01", props{"name": "降糖一号", "days": 28})
	wang.says(path, "medication", "2026-02-01", props{"name": "降糖一号", "action": "start"})
	wang.says(path, "fill", "2026-03-01", props{"name": "降糖二号", "days": 7})
	if f := wang.fileOf(path); f.Unmapped != 2 || f.Fills[0].Known {
		t.Errorf("%d names wait: %+v", f.Unmapped, f.Fills)
	}
	var out api.Stated
	if status := wang.do("POST", path+"/file/"+first.Entry.ID+"/map", props{"generic": "gliclazide"}, &out); status != 200 {
		t.Fatal(status)
	}
	if e := out.Entry; e.Type != "fill" || e.Properties["generic"] != "gliclazide" || e.Properties["class"] != "su" || e.Properties["days"] != 30.0 || e.At != first.Entry.At || len(e.Replaced) != 1 {
		t.Errorf("%+v", e)
	}
	f := wang.fileOf(path)
	known := 0
	for _, x := range f.Fills {
		if x.Known && x.Name.Zh == "格列齐特" {
			known++
		}
	}
	if f.Unmapped != 1 || known != 2 || len(f.Medicines) != 1 || f.Medicines[0].Key != "gliclazide" {
		t.Errorf("%d wait, %d fills known, %+v", f.Unmapped, known, f.Medicines)
	}
	if next := wang.says(path, "fill", "", props{"name": "降糖一号", "days": 30}); next.Entry.Properties["generic"] != "gliclazide" || len(next.Notes) != 0 {
		t.Errorf("asked again: %+v", next)
	}
	if p := wang.refused("POST", path+"/file/"+out.Entry.ID+"/map", props{"generic": "metformin"}); p.Code != "already_mapped" {
		t.Errorf("%+v", p)
	}
}
