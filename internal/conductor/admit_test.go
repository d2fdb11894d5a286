package conductor

import "testing"

func TestPhoneDigits(t *testing.T) {
	for _, x := range []struct{ name, number, want string }{
		{"as typed", "138 0013-8000", "13800138000"},
		{"with the code of the country", "+86 13800138000", "13800138000"},
		{"with its long form", "0086 13800138000", "13800138000"},
		{"a telephone at home keeps its area", "010-6552 1234", "01065521234"},
		{"abroad", "+1 212 555 0100", "12125550100"},
		{"another country before eleven digits", "+33 13800138000", "3313800138000"},
		{"nothing", "-", ""},
	} {
		if got := PhoneDigits(x.number); got != x.want {
			t.Errorf("%s: %q is %q, want %q", x.name, x.number, got, x.want)
		}
	}
}
