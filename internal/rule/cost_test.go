package rule

import (
	"strings"
	"testing"
)

// A rule that would cost too much is refused, with what to write in its place.
func TestWhatWouldCostTooMuchIsRefused(t *testing.T) {
	env := testEnv(t)
	for _, tt := range []struct{ name, src, want string }{
		{"ten years of readings a minute", `events("glucose").within("3650d").mean() > 8`, "looks back"},
		{"a long curve", `events("glucose").local_days("3650d").tir() > 70`, "whole local days"},
		{"parentheses without end", strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200), "nested too deeply"},
		{"conditions without end", strings.Repeat("!(", 100) + "true" + strings.Repeat(")", 100), "nested too deeply"},
		{"selections without end", strings.Repeat(`events("glucose").count() > 1 || `, maxWalks) + `events("glucose").count() > 1`, "selects events at most"},
		{"letters without end", strings.Repeat("age() > 1 || ", 2000) + "false", "longer than"},
		{"a window without end", `events("order").within("999999w").count() > 1`, "a hundred years"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := env.Compile(tt.src, KindBool)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%.300v", err)
			}
			if p := ProblemsOf(err); len(p) == 0 || p[0].Msg.Zh == "" || p[0].Hint.Zh == "" || p[0].Line == 0 {
				t.Errorf("%+v", p)
			}
		})
	}
}

// What costs little over a long time is let through: counts, the newest few, and figures without a window, which take so many.
func TestWhatCostsLittleIsNotRefused(t *testing.T) {
	env := testEnv(t)
	for _, src := range []string{
		`events("glucose").within("3650d").count() > 1000`, `events("glucose").last(1000).mean() > 8`, `events("hba1c").within("3650d").mean() > 8`, `events("glucose").sd() > 3`,
	} {
		if _, err := env.Compile(src, KindBool); err != nil {
			t.Errorf("%s: %v", src, err)
		}
	}
}
