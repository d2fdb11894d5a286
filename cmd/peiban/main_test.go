package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// result is what a command left behind.
type result struct {
	code     int
	out, err string
}

func peiban(t *testing.T, in string, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, terminal{in: strings.NewReader(in), out: &out, err: &err})
	return result{code, out.String(), err.String()}
}

// must runs a command that has to succeed and gives the last line of its output.
func must(t *testing.T, in string, args ...string) string {
	t.Helper()
	r := peiban(t, in, args...)
	if r.code != done {
		t.Fatalf("peiban %s: exit %d\n%s%s", strings.Join(args, " "), r.code, r.out, r.err)
	}
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	return lines[len(lines)-1]
}

// write makes a folder with two made-up people in the form of the UCI data set.
func write(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"data-01": "03-01-2019\t7:05\t58\t110\n03-02-2019\t7:05\t58\t52\n03-03-2019\t7:05\t58\t60\n03-03-2019\t7:05\t58\t60\n03-03-2019\t9:05\t56\t60\n",
		"data-02": "03-01-2019\t7:05\t58\t0Hi\n\t018\t33\t22\n03-01-2019\t7:05\t33\t9\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	lost := "sqlite:" + filepath.Join(dir, "lost.db") // its key is gone
	must(t, "", "init", "--db", lost, "--name", "a")
	if err := os.Remove(filepath.Join(dir, "lost.db.key")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		code int
		says string
	}{
		{"nothing", nil, misuse, "--help"},
		{"help", []string{"--help"}, done, ""},
		{"version", []string{"version"}, done, ""},
		{"unknown command", []string{"frobnicate"}, misuse, "frobnicate"},
		{"unknown flag", []string{"serve", "--bogus"}, misuse, "bogus"},
		{"bad setting", []string{"serve", "--db", "mysql://x"}, misuse, "--db: db: should be sqlite:FILE"},
		{"no key, no start", []string{"serve", "--db", lost}, failed, "no master key"},
		{"a mistyped database", []string{"serve", "--db", "sqlite:" + filepath.Join(dir, "none.db")}, failed, "none.db does not exist; peiban init makes it"},
		{"no such day", []string{"simulate", "--until", "2026-13-01"}, misuse, "--until is a moment"},
		{"unknown role", []string{"staff", "add", "--login", "a", "--name", "a", "--role", "king"}, misuse, "king"},
		{"unknown zone", []string{"init", "--name", "a", "--zone", "Mars/Base"}, misuse, "Mars/Base"},
		{"a folder that is not there", []string{"programme", "check", filepath.Join(dir, "x")}, misuse, ""},
		{"too many people", []string{"simulate", "--people", "0"}, misuse, "1 to 100,000"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if r := peiban(t, "", tt.args...); r.code != tt.code || !strings.Contains(r.err, tt.says) {
				t.Errorf("exit %d, wants %d\n%s%s", r.code, tt.code, r.out, r.err)
			}
		})
	}
}

func TestADatabaseFromInitToRestore(t *testing.T) {
	dir, data := t.TempDir(), write(t)
	db := "sqlite:" + filepath.Join(dir, "a.db")
	must(t, "", "init", "--db", db, "--name", "Team", "--kind", "rehearsal")
	if info, err := os.Stat(filepath.Join(dir, "a.db.key")); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v %v", info, err)
	}
	must(t, "a long password\n", "staff", "add", "--db", db, "--login", "Liu", "--name", "刘敏", "--role", "health_manager") // who signs in is looked for in small letters
	if r := peiban(t, "a long password\n", "staff", "add", "--db", db, "--login", "liu", "--name", "x", "--role", "viewer"); r.code != failed {
		t.Errorf("a login was given twice: exit %d", r.code)
	}
	if r := peiban(t, "short\n", "staff", "add", "--db", db, "--login", "b", "--name", "b", "--role", "viewer"); r.code != failed {
		t.Errorf("a short password was taken: exit %d", r.code)
	}
	if r := peiban(t, "", "staff", "list", "--db", db); !strings.Contains(r.out, "刘敏") {
		t.Errorf("staff list: %s", r.out)
	}
	must(t, "", "source", "add", "phone", "--db", db)

	rejects := filepath.Join(dir, "rejects.csv")
	args := []string{"import", "uci-diabetes", data, "--db", db, "--owner", "liu", "--rejects", rejects, "--json"}
	var report struct{ Lines, Taken, New, Known, Repeats, HiLo, Refused int }
	for i, want := range []int{5, 0} {
		if err := json.Unmarshal([]byte(must(t, "", args...)), &report); err != nil {
			t.Fatal(err)
		}
		if report.Lines != 8 || report.Taken != 6 || report.New != want || report.Repeats != 1 || report.HiLo != 1 || report.Refused != 2 {
			t.Errorf("run %d: %+v", i+1, report)
		}
	}
	if b, err := os.ReadFile(rejects); err != nil || !strings.Contains(string(b), "data-01,5,unknown_code") {
		t.Errorf("rejects: %s %v", b, err)
	}

	why := peiban(t, "", "explain", "UCI data-01", "gl_hypo2_28d", "--at", "2019-03-05", "--db", db, "--json")
	var answer struct {
		Answer   string
		Evidence []any
	}
	if err := json.Unmarshal([]byte(why.out), &answer); err != nil || answer.Answer != "yes" || len(answer.Evidence) != 1 {
		t.Errorf("explain: %v %s %s", err, why.out, why.err)
	}
	if r := peiban(t, "", "explain", "UCI", "stage", "--db", db); r.code != misuse || !strings.Contains(r.err, "2 people") {
		t.Errorf("an ambiguous name: exit %d %s", r.code, r.err)
	}
	if r := peiban(t, "", "explain", "UCI data-01", "gl_nonsense", "--db", db); r.code != misuse {
		t.Errorf("an unknown tag: exit %d", r.code)
	}
	must(t, "", "replay", "--verify", "--db", db)

	backup := filepath.Join(dir, "a.backup")
	must(t, "", "backup", backup, "--db", db)
	second := "sqlite:" + filepath.Join(dir, "b.db")
	must(t, "", "restore", backup, "--db", second, "--key-file", filepath.Join(dir, "a.db.key"))
	if r := peiban(t, "", "restore", backup, "--db", second, "--key-file", filepath.Join(dir, "a.db.key")); r.code != failed {
		t.Errorf("restored over a database that is not empty: exit %d", r.code)
	}
	must(t, "", "replay", "--verify", "--db", second, "--key-file", filepath.Join(dir, "a.db.key"))

	old := must(t, "", "key", "export", "--db", db)
	must(t, "", "key", "rotate", "--db", db)
	if now := must(t, "", "key", "export", "--db", db); now == old || strings.Contains(now, "\n") {
		t.Error("the key is the old one, or the file still holds it")
	}
	if r := peiban(t, "", "explain", "UCI data-02", "stage", "--db", db); r.code != done {
		t.Errorf("after rotation: %s", r.err)
	}
}

func TestNoKeyNoStart(t *testing.T) {
	dir := t.TempDir()
	db := "sqlite:" + filepath.Join(dir, "a.db")
	must(t, "", "init", "--db", db, "--name", "Team")
	key := filepath.Join(dir, "a.db.key")
	for name, spoil := range map[string]func() error{
		"others may read it": func() error { return os.Chmod(key, 0o644) },
		"it is damaged":      func() error { return os.WriteFile(key, []byte("1:zzzz\n"), 0o600) },
		"it is gone":         func() error { return os.Remove(key) },
	} {
		saved, err := os.ReadFile(key)
		if err != nil {
			t.Fatal(err)
		}
		if err := spoil(); err != nil {
			t.Fatal(err)
		}
		for _, command := range [][]string{{"serve"}, {"staff", "list"}, {"replay", "--verify"}} {
			if r := peiban(t, "", append(command, "--db", db)...); r.code != failed || !strings.Contains(r.err, "key") {
				t.Errorf("%s: peiban %v: exit %d %s", name, command, r.code, r.err)
			}
		}
		if err := os.WriteFile(key, saved, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestProgrammeCommands(t *testing.T) {
	must(t, "", "programme", "check", "../../programmes/diabetes")
	if last := must(t, "", "programme", "test", "../../programmes/diabetes"); !strings.HasSuffix(last, " 0 failed") {
		t.Errorf("programme test: %s", last)
	}
	all := t.TempDir()
	if err := os.CopyFS(all, os.DirFS("../../programmes")); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(all, "diabetes")
	tags, err := os.ReadFile(filepath.Join(dir, "tags", "control.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(tags), `events("glucose")`, `events("glucos")`, 1)
	if err := os.WriteFile(filepath.Join(dir, "tags", "control.yaml"), []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	r := peiban(t, "", "programme", "check", dir)
	if r.code != failed || !strings.Contains(r.err, "control.yaml:") || !strings.Contains(r.err, "glucose") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	sound := filepath.Join(all, "hypertension") // one broken folder does not hide that others are sound, nor they it
	r = peiban(t, "", "programme", "check", dir, sound)
	if r.code != failed || !strings.Contains(r.err, "control.yaml:") || !strings.Contains(r.out, "Hypertension version 1 is sound") {
		t.Errorf("two folders: exit %d\n%s%s", r.code, r.out, r.err)
	}
	other := filepath.Join(all, "bp") // sound by itself, but a text of it is another's
	if err := os.CopyFS(other, os.DirFS(sound)); err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{"programme.yaml": {"key: hypertension", "key: bp"}, "content/bp-welcome.md": {"我们是您", "这里是您"}} {
		b, err := os.ReadFile(filepath.Join(other, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(other, name), []byte(strings.Replace(string(b), edit[0], edit[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r := peiban(t, "", "programme", "check", other); r.code != 0 {
		t.Fatalf("%s%s", r.out, r.err)
	}
	if r := peiban(t, "", "programme", "check", other, sound); r.code != failed || !strings.Contains(r.err, "bp-welcome") {
		t.Errorf("two that clash: exit %d\n%s%s", r.code, r.out, r.err)
	}
	var found map[string][]any
	r = peiban(t, "", "programme", "check", "--json", dir, sound)
	if err := json.Unmarshal([]byte(r.out), &found); err != nil || len(found) != 2 || len(found[dir]) == 0 || len(found[sound]) != 0 {
		t.Errorf("%v %s", err, r.out)
	}
}

func TestOpenAPI(t *testing.T) {
	r := peiban(t, "", "openapi")
	var doc struct {
		OpenAPI string
		Paths   map[string]any
	}
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") || len(doc.Paths) < 20 {
		t.Errorf("%v: version %q, %d paths", err, doc.OpenAPI, len(doc.Paths))
	}
}

func TestDemoReplacesNothingElse(t *testing.T) {
	dir := t.TempDir()
	mine := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(mine, []byte("years of work"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"demo", "--dir", dir, "--people", "3", "--days", "2", "--build-only"}
	for _, more := range [][]string{nil, {"--fresh"}} {
		if r := peiban(t, "", append(args, more...)...); r.code != misuse || !strings.Contains(r.err, "--dir") {
			t.Errorf("exit %d %s", r.code, r.err)
		}
		if b, err := os.ReadFile(mine); err != nil || string(b) != "years of work" {
			t.Fatal("a file that is no demo's is gone")
		}
	}
	// An empty folder and an older demo are replaced.
	empty := filepath.Join(t.TempDir(), "demo")
	args[2] = empty
	must(t, "", args...)
	must(t, "", append(args, "--fresh")...)
	// A file put beside a demo is somebody's: it stays as well.
	if err := os.WriteFile(filepath.Join(empty, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := peiban(t, "", append(args, "--fresh")...); r.code != misuse {
		t.Errorf("a demo with a stranger's file: exit %d", r.code)
	}
}
