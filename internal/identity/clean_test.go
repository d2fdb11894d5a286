package identity

import (
	"errors"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	tests := []struct {
		name string
		id   Identifier
		want Identifier // compared where there is no error
		err  error
	}{
		{"as it came", Identifier{"userId", "app", "u-1"}, Identifier{"userId", "app", "u-1"}, nil},
		{"letters of a user's id are kept as they are", Identifier{"userId", "app", " aB "}, Identifier{"userId", "app", "aB"}, nil},
		{"a telephone in four forms", Identifier{"phone", "", "+86 138-0412-0412"}, Identifier{"phone", "", "13804120412"}, nil},
		{"with the country in front", Identifier{"phone", "", "008613804120412"}, Identifier{"phone", "", "13804120412"}, nil},
		{"in full width", Identifier{"phone", "shop", "１３８０４１２０４１２"}, Identifier{"phone", "", "13804120412"}, nil},
		{"copied from a chat, with marks nobody sees", Identifier{"phone", "", "\u202d13804120412\u202c"}, Identifier{"phone", "", "13804120412"}, nil},
		{"an identity card in small letters", Identifier{"id_card", "", "33010219620511002x"}, Identifier{"id_card", "", "33010219620511002X"}, nil},
		{"a serial with strokes", Identifier{"device", "", "sn-88a1 0042"}, Identifier{"device", "", "SN88A10042"}, nil},
		{"a short record number", Identifier{"record", "h1", "7"}, Identifier{"record", "h1", "7"}, nil},
		{"empty", Identifier{"userId", "app", "  "}, Identifier{}, ErrPlaceholder},
		{"zero", Identifier{"record", "h1", "0"}, Identifier{}, ErrPlaceholder},
		{"zeros", Identifier{"record", "h1", "0000000"}, Identifier{}, ErrPlaceholder},
		{"zeros of a telephone", Identifier{"phone", "", "000-0000-0000"}, Identifier{}, ErrPlaceholder},
		{"minus one", Identifier{"userId", "app", "-1"}, Identifier{}, ErrPlaceholder},
		{"null in any case", Identifier{"userId", "app", "NULL"}, Identifier{}, ErrPlaceholder},
		{"undefined", Identifier{"anonymousId", "app", "undefined"}, Identifier{}, ErrPlaceholder},
		{"nothing known, in Chinese", Identifier{"record", "h1", "不详"}, Identifier{}, ErrPlaceholder},
		{"one digit repeated", Identifier{"phone", "", "11111111111"}, Identifier{}, ErrPlaceholder},
		{"one digit repeated, four times", Identifier{"record", "h1", "9999"}, Identifier{}, ErrPlaceholder},
		{"three are a number", Identifier{"record", "h1", "999"}, Identifier{"record", "h1", "999"}, nil},
		{"the telephone of every example", Identifier{"phone", "", "138 0013 8000"}, Identifier{}, ErrPlaceholder},
		{"counting up", Identifier{"phone", "", "12345678901"}, Identifier{}, ErrPlaceholder},
		{"hidden", Identifier{"phone", "", "138****0412"}, Identifier{}, ErrMasked},
		{"hidden in full width", Identifier{"id_card", "", "3301＊＊＊＊0022"}, Identifier{}, ErrMasked},
		{"too short for a telephone", Identifier{"phone", "", "0412"}, Identifier{}, ErrForm},
		{"longer than anything", Identifier{"userId", "app", strings.Repeat("ab", 300)}, Identifier{}, ErrForm},
		{"a WeCom contact without its corp", Identifier{"external_userid", " ", "wmAbc123"}, Identifier{}, ErrScope},
		{"a type nobody listed", Identifier{"loyalty", "shop", "L9"}, Identifier{"loyalty", "shop", "L9"}, nil},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got, err := Default().Clean(c.id)
			if !errors.Is(err, c.err) || err == nil && got != c.want {
				t.Errorf("%+v gives %+v %v, want %+v %v", c.id, got, err, c.want, c.err)
			}
		})
	}
}

func TestMistakesOfTheFileHavePlaces(t *testing.T) {
	good := string(Shipped())
	tests := []struct {
		name      string
		old, new  string
		want      string
		line, col int
	}{
		{"a telephone that merges", "merges: false\n    as: phone", "merges: true\n    as: phone", "families share a telephone", 0, 13},
		{"a scope there is not", "scope: required", "scope: sometimes", "scope is none", 0, 12},
		{"a limit of nothing", "limit: 20", "limit: 0", "limit is a number", 0, 12},
		{"two of an exclusive type", "limit: 1\n    priority: 95", "limit: 2\n    priority: 95", "limit is 1", 0, 12},
		{"a type twice", "- type: openid", "- type: record", "stands here twice", 0, 11},
		{"no regular expression", `"123456.*"`, `"123456(.*"`, "no regular expression", 0, 15},
		{"a word that is none of ours", "repeated: 4", "repeats: 4", "unknown field", 0, 1},
		{"not YAML", "types:", "types: [", "", 0, 0},
		{"an alias", "as: phone", "as: *phone", "anchors", 0, 9},
		{"others missing", "others:\n  name: {zh: 其他标识, en: other identifier}\n  scope: optional\n  limit: 20\n  priority: 20\n  exclusive: false\n  merges: true\n", "", "others is missing", 1, 1},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(good, c.old, c.new, 1)
			if text == good {
				t.Fatal("the file was not changed")
			}
			p, problems := Parse([]byte(text))
			if p != nil || len(problems) == 0 || !strings.Contains(problems[0].Text.En, c.want) {
				t.Fatalf("got %v", problems)
			}
			line := c.line
			if line == 0 {
				at := strings.Index(good, c.old)
				line = 1 + strings.Count(good[:at], "\n")
			}
			if g := problems[0]; c.col != 0 && (g.Col != c.col || g.Line != line) {
				t.Errorf("it is at %d:%d, want %d:%d", g.Line, g.Col, line, c.col)
			}
		})
	}
	if _, problems := Parse([]byte(good)); len(problems) > 0 {
		t.Errorf("the shipped file: %v", problems)
	}
	for _, text := range []string{"", "a", "[]", "types: 3", "\xff", strings.Repeat("[", 10000), strings.Repeat("a: b\n", 20000)} {
		if p, problems := Parse([]byte(text)); p != nil || len(problems) == 0 {
			t.Errorf("%.20q is taken for a policy", text)
		}
	}
}
