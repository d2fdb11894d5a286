package channel

import (
	"testing"
	"time"
)

func TestWindowOf(t *testing.T) {
	now := time.Date(2026, 3, 8, 11, 30, 0, 0, time.UTC)
	tests := []struct {
		name    string
		channel string
		heard   time.Time
		sent    int
		limited bool
		left    int
	}{
		{"in the app nothing is limited", "inapp", now.Add(-72 * time.Hour), 99, false, 0},
		{"nobody wrote: closed", Kf, time.Time{}, 0, true, 0},
		{"seven hours after, two sent", Kf, now.Add(-7 * time.Hour), 2, true, 3},
		{"five sent: none left", Kf, now.Add(-time.Hour), 5, true, 0},
		{"more than five sent is not less than none", Official, now.Add(-time.Hour), 9, true, 0},
		{"a microsecond before the end", MiniProgram, now.Add(-48*time.Hour + time.Microsecond), 0, true, 5},
		{"at the end", Official, now.Add(-48 * time.Hour), 0, true, 0},
		{"a clock ahead opens nothing", Kf, now.Add(time.Minute), 0, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := WindowOf(tt.channel, tt.heard, tt.sent, now)
			if w.Limited != tt.limited || w.Left != tt.left {
				t.Errorf("WindowOf = %+v, want limited %v, left %d", w, tt.limited, tt.left)
			}
			if w.Open() != (!tt.limited || tt.left > 0) {
				t.Errorf("Open = %v of %+v", w.Open(), w)
			}
		})
	}
}
