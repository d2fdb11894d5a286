package proof

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"peiban/internal/programme"
	"peiban/programmes"
)

// copyOf is a programme's folder that may be changed, with what programmes share beside it.
func copyOf(t *testing.T, dir string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	for _, from := range []string{dir, "common"} {
		err := fs.WalkDir(programmes.FS, from, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(programmes.FS, name)
			m[name] = &fstest.MapFile{Data: b}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// A fault in a rule, a time or a step is noticed by the cases.
func TestFaultsAreNoticed(t *testing.T) {
	faults := []struct{ name, file, was, is, says string }{
		{"3.9 counted as a low", "tags/", "e.value >= mmol(3.0) && e.value < mmol(3.9)", "e.value >= mmol(3.0) && e.value <= mmol(3.9)", "tag gl_hypo1_28d: expected has it not, got has it"},
		{"a day missing from a window", "tags/", `with_flags().within("28d").where(e, is_level_2_low)`, `with_flags().within("27d").where(e, is_level_2_low)`, "tag gl_hypo2_28d: expected has it, got has it not"},
		{"too little data taken for an answer", "tags/", `  needs: events("glucose").within("14d").count() >= 30`, `  needs: events("glucose").within("14d").count() >= 2`, "expected unknown"},
		{"another limit", "programme.yaml", "fasting: {low: 4.4 mmol/L, high: 7.0 mmol/L}", "fasting: {low: 4.4 mmol/L, high: 7.1 mmol/L}", "gl_fast_high"},
		{"a level 2 low taken for level 1", "programme.yaml", `event_level_2_low: event.value < mmol(3.0)`, `event_level_2_low: event.value < mmol(2.8)`, "alerts: expected [2], got []"},
		{"a danger no stage shows", "stages.yaml", "is_level_2_low || is_critical ||", "is_level_2_low ||", "stage: expected risk"},
		{"a late call", "journeys/low-glucose.yaml", "due: 10m\n          script: call-after-low", "due: 20m\n          script: call-after-low", "tasks: expected"},
		{"a card forgotten", "journeys/low-glucose.yaml", "  - card: low-now\n", "", `no journey says "low-now"`},
		{"family told without being allowed", "journeys/low-glucose.yaml", "scope: alerts", "scope: readings", "messages: expected"},
		{"another order of steps", "journeys/new-patient.yaml", `{day: 3, at: "09:00"}`, `{day: 2, at: "09:00"}`, "new-patient.yaml"},
		{"journeys that go on after goodbye", "journeys/new-patient.yaml", `leave: tag("lc_lost_deleted")`, `leave: tag("lc_camp_drop")`, "messages: expected [], got"},
	}
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			m := copyOf(t, "diabetes")
			said := false
			for name, file := range m {
				if strings.HasPrefix(name, "diabetes/"+f.file) && strings.Contains(string(file.Data), f.was) {
					file.Data, said = []byte(strings.ReplaceAll(string(file.Data), f.was, f.is)), true
				}
			}
			if !said {
				t.Fatalf("%s does not say %s", f.file, f.was)
			}
			c, problems := programme.Open(m, "diabetes")
			var failed []string
			for _, p := range problems {
				failed = append(failed, p.String())
			}
			if c != nil {
				for _, r := range Run(c, c.Cases()) {
					if !r.Passed {
						failed = append(failed, r.String())
					}
				}
			}
			switch all := strings.Join(failed, "\n"); {
			case all == "":
				t.Error("every case passed")
			case !strings.Contains(all, f.says):
				t.Errorf("nothing said %q; said:\n%s", f.says, all)
			}
		})
	}
}
