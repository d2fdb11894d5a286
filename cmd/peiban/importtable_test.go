package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestATableIsGuessedAskedAndImportedOnce(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("t.csv", "病历号,测量时间,体重\nA1,2026-03-08 07:05,60.5\nA1,2026-03-09 07:05,很重\n")
	do := func(args ...string) (code int, out, said string) {
		var o, e bytes.Buffer
		code = run(context.Background(), append([]string{"import", "table", "t.csv"}, args...), terminal{in: strings.NewReader(""), out: &o, err: &e})
		return code, o.String(), e.String()
	}
	code, text, said := do("--guess")
	if code != failed || !strings.Contains(text, `unit: "?"`) || !strings.Contains(said, "line 20 of the map: what is the unit") {
		t.Fatalf("code %d\n%s\n%s", code, text, said)
	}
	write("m.yaml", text)
	if code, _, said := do("--map", "m.yaml"); code != failed || !strings.Contains(said, "m.yaml:20: not answered") {
		t.Errorf("an open map: code %d, %s", code, said)
	}
	write("m.yaml", strings.Replace(text, `unit: "?"`, "unit: 斤", 1))
	if code, out, said := do("--map", "m.yaml", "--preview", "2", "--programme", "diabetes"); code != done || !strings.Contains(out, "Weight  30.25 kg") || !strings.Contains(out, "refused: 体重") {
		t.Errorf("preview: code %d\n%s%s", code, out, said)
	}
	for _, want := range []string{"2 rows = 1 taken + 0 repeated + 1 refused (not_a_number 1)", "2 rows = 0 taken + 1 repeated + 1 refused (not_a_number 1)"} {
		if code, out, said := do("--map", "m.yaml", "--db", "sqlite:"+filepath.Join(dir, "x.db"), "--consent-basis", "paper"); code != done || !strings.Contains(out, want) {
			t.Fatalf("code %d: %s%s", code, out, said)
		}
	}
	if list, err := os.ReadFile("t.rejects.csv"); err != nil || !strings.Contains(string(list), ",3,体重,not_a_number") {
		t.Errorf("%s %v", list, err)
	}
}
