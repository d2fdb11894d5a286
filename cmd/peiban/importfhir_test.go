package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestImportOfFHIRNamesWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"a.json":   `{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7"}]},"subject":{"reference":"Patient/1"},"effectiveDateTime":"2026-03-01","valueQuantity":{"value":70,"unit":"kg"}}`,
		"b.ndjson": "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\",\"gender\":\"f\"}\n",
		"c.json":   `{"resourceType":"Bundle","type":"collection","entry":[`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args := []string{"import", "fhir", dir, "--db", "sqlite:" + filepath.Join(dir, "p.db"), "--json"}
	for _, want := range []struct{ taken, repeated, events int }{{2, 0, 1}, {0, 2, 0}} {
		got := peiban(t, "", args...)
		var r struct {
			Rows, Taken, Repeated, Refused, Events, Files int
			BrokenFiles                                   []struct{ File, Code string }
		}
		if err := json.Unmarshal([]byte(got.out), &r); err != nil {
			t.Fatalf("%v: %s %s", err, got.out, got.err)
		}
		if got.code != failed || r.Files != 3 || r.Rows != 3 || r.Taken != want.taken || r.Repeated != want.repeated || r.Refused != 1 || r.Events != want.events || len(r.BrokenFiles) != 1 {
			t.Errorf("code %d, %s", got.code, got.out)
		}
	}
	csv, err := os.ReadFile("fhir.rejects.csv")
	if err != nil || !strings.Contains(string(csv), "b.ndjson,2,Patient,Patient.gender,fhir_unknown_code") {
		t.Errorf("%v: %s", err, csv)
	}
}
