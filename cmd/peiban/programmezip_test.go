package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A programme goes out of a workspace as a zip or a folder and comes back as a draft, never into force.
func TestAProgrammeGoesOutAndComesBack(t *testing.T) {
	dir := t.TempDir()
	db := "sqlite:" + filepath.Join(dir, "a.db")
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "rehearsal")
	zip, folder := filepath.Join(dir, "out.zip"), filepath.Join(dir, "out")
	must(t, "", "programme", "export", "hypertension", zip, "--db", db)
	must(t, "", "programme", "export", "hypertension", folder, "--db", db)
	if r := peiban(t, "", "programme", "check", folder); r.code != 0 {
		t.Errorf("the folder does not check: %s", r.err)
	}
	if r := peiban(t, "", "programme", "export", "hypertension", zip, "--db", db); r.code == 0 || !strings.Contains(r.err, "there already") {
		t.Errorf("written over: exit %d %s", r.code, r.err)
	}
	if r := peiban(t, "", "programme", "export", "nothing", filepath.Join(dir, "x.zip"), "--db", db); r.code == 0 {
		t.Error("a programme that is not there was exported")
	}
	must(t, "", "programme", "import", zip, "--db", db)
	if err := os.Remove(filepath.Join(folder, "stages.yaml")); err != nil {
		t.Fatal(err)
	}
	if r := peiban(t, "", "programme", "import", folder, "--db", db); r.code == 0 || !strings.Contains(r.err, "--replace") {
		t.Errorf("over a draft: exit %d %s", r.code, r.err)
	}
	if r := peiban(t, "", "programme", "import", folder, "--db", db, "--replace"); r.code != 0 || !strings.Contains(r.err, "stages.yaml") {
		t.Errorf("a missing file is not named: exit %d %s", r.code, r.err)
	}
	draft := filepath.Join(dir, "draft")
	must(t, "", "programme", "export", "hypertension", draft, "--db", db, "--draft")
	if _, err := os.Stat(filepath.Join(draft, "stages.yaml")); err == nil {
		t.Error("the draft has the file that was missing")
	}
	must(t, "", "programme", "export", "hypertension", filepath.Join(dir, "again.zip"), "--db", db)
	a, _ := os.ReadFile(zip)
	b, _ := os.ReadFile(filepath.Join(dir, "again.zip"))
	if len(a) == 0 || string(a) != string(b) {
		t.Error("what is in force changed")
	}
}
