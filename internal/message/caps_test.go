package message

import (
	"errors"
	"testing"

	"peiban/internal/fault"
)

func TestCapsThatCannotBe(t *testing.T) {
	if err := UsualCaps().Check(); err != nil {
		t.Error(err)
	}
	if p := DefaultPolicy(); p.With(p.Caps()) != p || p.With(Caps{2, 9, 3, 1, 5}).Caps() != (Caps{2, 9, 3, 1, 5}) || p.With(Caps{2, 9, 3, 1, 5}).QuietFrom != p.QuietFrom {
		t.Error("caps and policy do not go into each other")
	}
	for _, x := range []struct {
		name  string
		caps  Caps
		field string
		code  string
	}{
		{"the most", Caps{10, 40, 30, 10, 20}, "", ""},
		{"the least", Caps{1, 1, 0, 1, 1}, "", ""},
		{"seven days at their limit", Caps{2, 14, 7, 1, 6}, "", ""},
		{"none a day", Caps{0, 4, 7, 1, 6}, "perDay", "cap_bounds"},
		{"too many a day", Caps{11, 40, 7, 1, 6}, "perDay", "cap_bounds"},
		{"a week too many", Caps{10, 41, 7, 1, 6}, "perWeek", "cap_bounds"},
		{"negative", Caps{1, -4, 7, 1, 6}, "perWeek", "cap_bounds"},
		{"first days for ever", Caps{1, 4, 31, 1, 6}, "firstDays", "cap_bounds"},
		{"nothing in the first days", Caps{1, 4, 7, 0, 6}, "firstPerDay", "cap_bounds"},
		{"asked for too much", Caps{1, 4, 7, 1, 21}, "askedPerDay", "cap_bounds"},
		{"a week below a day", Caps{3, 2, 7, 1, 6}, "perWeek", "cap_week_below_day"},
		{"a week nobody reaches", Caps{1, 8, 7, 1, 6}, "perWeek", "cap_week_never"},
		{"more at first than later", Caps{1, 4, 7, 2, 6}, "firstPerDay", "cap_first_above_day"},
	} {
		err := x.caps.Check()
		var f *fault.Fault
		switch {
		case x.code == "":
			if err != nil {
				t.Errorf("%s: %v", x.name, err)
			}
		case !errors.As(err, &f) || f.Code != x.code || f.Field != "body."+x.field:
			t.Errorf("%s: %+v", x.name, err)
		}
	}
}
