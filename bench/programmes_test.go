package main

import (
	"testing"

	"peiban/internal/programme"
	"peiban/programmes"
)

// What the bench makes of the programmes that ship still compiles, and is what it says.
func TestTheProgrammesThatAreMeasured(t *testing.T) {
	p, err := manyRules(rulesAsked)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Tags) != rulesAsked {
		t.Errorf("%d rules, want %d", len(p.Tags), rulesAsked)
	}
	was, problems := programme.Open(programmes.FS, "diabetes")
	if was == nil {
		t.Fatal(problems)
	}
	files, err := changed(was)
	if err != nil {
		t.Fatal(err)
	}
	is, problems := files.Open()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if tags, _ := programme.Affected(was, is); len(tags) == 0 {
		t.Error("the changed rule changes no tag")
	}
}
