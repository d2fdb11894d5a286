package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnErasedPersonStaysErasedInEveryBackup(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	db := "sqlite:" + at("a.db")
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "rehearsal")
	must(t, "a long password\n", "staff", "add", "--db", db, "--login", "adm", "--name", "x", "--role", "admin")
	must(t, "a long password\n", "staff", "add", "--db", db, "--login", "liu", "--name", "y", "--role", "manager")
	must(t, "", "import", "uci-diabetes", write(t), "--db", db, "--rejects", at("rejects.csv"))
	old := at("old.backup")
	must(t, "", "backup", old, "--db", db)

	var why struct {
		Person   string
		Evidence []any
	}
	explain := func(db, who string, flags ...string) result {
		return peiban(t, "", append([]string{"explain", who, "gl_hypo2_28d", "--at", "2019-03-05", "--db", db, "--json"}, flags...)...)
	}
	if err := json.Unmarshal([]byte(explain(db, "UCI data-01").out), &why); err != nil || len(why.Evidence) == 0 {
		t.Fatalf("explain: %v", err)
	}
	id := why.Person
	erase := func(who string, flags ...string) result {
		return peiban(t, "", append([]string{"person", "erase", who, "--db", db}, flags...)...)
	}
	for name, r := range map[string]result{
		"nobody answers for it": erase(id, "--yes"),
		"no admin":              erase(id, "--yes", "--by", "liu"),
		"a name for an id":      erase("UCI data-01", "--yes", "--by", "adm"),
		"not confirmed":         erase(id, "--by", "adm"),
	} {
		if r.code != misuse {
			t.Errorf("%s: exit %d %s", name, r.code, r.err)
		}
	}
	if r := explain(db, "UCI data-01"); r.code != done {
		t.Fatal("somebody was erased")
	}
	if r := erase(id, "--by", "adm", "--yes", "--list", at("list.json")); r.code != done {
		t.Fatalf("erase: exit %d %s", r.code, r.err)
	}
	if r := erase(id, "--by", "adm", "--yes"); r.code != failed || !strings.Contains(r.err, "erased") {
		t.Errorf("erased twice: exit %d %s", r.code, r.err)
	}
	must(t, "", "restore", old, "--erased", at("list.json"), "--db", "sqlite:"+at("b.db"), "--key-file", at("a.db.key"))
	for db, flags := range map[string][]string{db: nil, "sqlite:" + at("b.db"): {"--key-file", at("a.db.key")}} {
		if r := explain(db, "UCI data-01", flags...); r.code != misuse || !strings.Contains(r.err, "nobody fits") {
			t.Errorf("%s: the name is still found: exit %d %s%s", db, r.code, r.out, r.err)
		}
		if r := explain(db, "UCI data-02", flags...); r.code != done {
			t.Errorf("%s: somebody else is gone: %s", db, r.err)
		}
		must(t, "", append([]string{"replay", "--verify", "--db", db}, flags...)...)
	}
	must(t, "", "person", "erased", at("again.json"), "--db", "sqlite:"+at("b.db"), "--key-file", at("a.db.key"))
	one, _ := os.ReadFile(at("list.json"))
	two, _ := os.ReadFile(at("again.json"))
	if !strings.Contains(string(one), id) || string(one) != string(two) {
		t.Errorf("lists: %s and %s", one, two)
	}
}

func TestMistakesAreNamed(t *testing.T) {
	dir := t.TempDir()
	a, b := "sqlite:"+filepath.Join(dir, "a.db"), "sqlite:"+filepath.Join(dir, "b.db")
	must(t, "", "init", "--db", a, "--name", "Team")
	must(t, "", "init", "--db", b, "--name", "Team")
	for _, tt := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"another database's key", []string{"source", "add", "x", "--db", a, "--key-file", filepath.Join(dir, "b.db.key")}, failed, "not the master key"},
		{"a second workspace of one name", []string{"init", "--db", a, "--name", "Team"}, misuse, "already"},
		{"a workspace without a name", []string{"init", "--db", a, "--name", " "}, misuse, "--name"},
	} {
		if r := peiban(t, "", tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.says) {
			t.Errorf("%s: exit %d %s%s", tt.name, r.code, r.out, r.err)
		}
	}
}
