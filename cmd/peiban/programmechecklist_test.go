package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The checklist of a folder tells what the console would: what is known is looked at, what people state nobody has stated.
func TestTheChecklistOfAFolder(t *testing.T) {
	dir := t.TempDir()
	db := "sqlite:" + filepath.Join(dir, "a.db")
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "rehearsal")
	folder, zip := filepath.Join(dir, "out"), filepath.Join(dir, "out.zip")
	must(t, "", "programme", "export", "hypertension", folder, "--db", db)
	must(t, "", "programme", "export", "hypertension", zip, "--db", db)
	state := func(from string, flags ...string) map[string]string {
		t.Helper()
		r := peiban(t, "", append([]string{"programme", "checklist", from, "--json"}, flags...)...)
		var items []struct {
			Key   string
			Step  int
			Human bool
			State string
		}
		if err := json.Unmarshal([]byte(r.out), &items); err != nil || r.code != 0 {
			t.Fatalf("exit %d, %v: %s", r.code, err, r.err)
		}
		out := map[string]string{}
		for _, i := range items {
			if out[i.Key] = i.State; i.Human && i.State != "open" {
				t.Errorf("%s was stated by nobody and is %s", i.Key, i.State)
			}
		}
		return out
	}
	for _, from := range []string{folder, zip} {
		if s := state(from); s["sound"] != "done" || s["green"] != "done" || s["published"] != "open" || s["pathway"] != "open" {
			t.Errorf("%s: %v", from, s)
		}
	}
	if s := state(folder, "--fast"); s["green"] != "unknown" {
		t.Errorf("tests that were not run: %v", s["green"])
	}
	if err := os.Remove(filepath.Join(folder, "stages.yaml")); err != nil {
		t.Fatal(err)
	}
	if s := state(folder); s["sound"] != "open" || s["tags"] != "unknown" || s["green"] != "unknown" {
		t.Errorf("with a missing file: %v", s)
	}
	r := peiban(t, "", "programme", "checklist", zip)
	if r.code != 0 || !strings.Contains(r.out, "[people]   A clinician read tags and words aloud") || !strings.Contains(r.out, "7 Going live") {
		t.Errorf("exit %d\n%s", r.code, r.out)
	}
	if r := peiban(t, "", "programme", "checklist", filepath.Join(dir, "nothing")); r.code == 0 {
		t.Error("a folder that is not there has a checklist")
	}
}
