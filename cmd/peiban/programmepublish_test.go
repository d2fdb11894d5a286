package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"peiban/internal/config"
	"peiban/internal/store"
	"peiban/internal/store/storetest"
)

// One of the two has a reading that is a number. A folder is published by a command, beside a process that runs on the same database and follows it.
func TestAFolderIsPublished(t *testing.T) {
	folderIsPublished(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db"))
}

func TestAFolderIsPublishedPostgres(t *testing.T) { folderIsPublished(t, storetest.PostgresURL(t)) }

func folderIsPublished(t *testing.T, db string) {
	dir := t.TempDir()
	shipped, err := filepath.Abs("../../programmes")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir) // where the key of a database is that is not a file
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "rehearsal")
	must(t, "", "import", "uci-diabetes", write(t), "--db", db, "--rejects", filepath.Join(dir, "rejects.csv"))
	folder := filepath.Join(dir, "diabetes")
	if err := os.CopyFS(dir, os.DirFS(shipped)); err != nil {
		t.Fatal(err)
	}
	publish := func(in string, flags ...string) result {
		return peiban(t, in, append([]string{"programme", "publish", folder, "--db", db}, flags...)...)
	}
	if r := publish("", "--yes"); r.code != failed || !strings.Contains(r.err, "nothing is different") {
		t.Errorf("unchanged: exit %d %s", r.code, r.err)
	}
	tags := filepath.Join(folder, "tags", "safety.yaml")
	b, err := os.ReadFile(tags)
	if err != nil {
		t.Fatal(err)
	}
	changed := string(b) + `
ever_measured:
  name: {zh: 测过血糖, en: Has measured}
  group: safety
  plain: {zh: 测过, en: has}
  when: events("glucose").count() >= 1
  because: {zh: 是, en: "yes"}
  source: test
`
	if err := os.WriteFile(tags, []byte(strings.Replace(changed, `events("glucose")`, `events("glucos")`, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if r := publish("", "--yes"); r.code != failed || !strings.Contains(r.err, "tags/safety.yaml:") {
		t.Errorf("mistakes: exit %d %s", r.code, r.err)
	}
	if err := os.WriteFile(tags, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}

	cfg := config.Config{}
	h, w, err := oneSpace{database: database{DB: db}}.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer h.close()
	ps, err := loadProgrammes(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server, err := h.conductor(t.Context(), w, ps, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	base := server.Programme("").Version

	for _, in := range []string{"", "no\n", "y\n"} {
		if r := publish(in); r.code != failed || !strings.Contains(r.err, "nothing is published") || !strings.Contains(r.out, "ever_measured") {
			t.Errorf("%q: exit %d %s%s", in, r.code, r.out, r.err)
		}
	}
	gone, stop := context.WithCancel(t.Context())
	stop()
	if code := run(gone, []string{"programme", "publish", folder, "--db", db, "--yes"}, terminal{in: strings.NewReader(""), out: &strings.Builder{}, err: &strings.Builder{}}); code != failed {
		t.Errorf("interrupted: exit %d", code)
	}
	r := publish("yes\n", "--json", "--note", "see who measures")
	var out published
	if err := json.Unmarshal([]byte(r.out), &out); err != nil || r.code != done {
		t.Fatalf("exit %d %v\n%s%s", r.code, err, r.out, r.err)
	}
	if out.Version != base+1 || out.People != 2 || out.Changed != 1 || out.Preview == nil || out.Preview.People.Changed != 1 {
		t.Errorf("%+v", out)
	}
	if _, err := server.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := server.Programme(""); p.Version != base+1 || p.TagIndex("ever_measured") < 0 || server.Count("tag", "ever_measured") != 1 {
		t.Errorf("the server runs version %d, %d have the tag", p.Version, server.Count("tag", "ever_measured"))
	}
	all, err := h.store.Audit(t.Context(), w.Number, store.AuditFilter{Action: "programme.publish"}, store.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range all.Items {
		if e.Actor == "cli" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d publications in the audit", n)
	}
	must(t, "", "replay", "--verify", "--db", db)
}
