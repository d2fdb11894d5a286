package field

import (
	"fmt"
	"testing"
)

func TestGuess(t *testing.T) {
	repeat := func(cells ...string) (out []string) {
		for i := range 60 {
			out = append(out, cells[i%len(cells)])
		}
		return out
	}
	numbered := func(format string, from int) (out []string) {
		for i := range 60 {
			out = append(out, fmt.Sprintf(format, from+i*7919%5003))
		}
		return out
	}
	var days, rows []string
	for i := range 60 {
		days = append(days, fmt.Sprintf("%d-%02d-%02d", 1930+i, 1+i%12, 1+i%28))
		rows = append(rows, fmt.Sprint(i+1))
	}
	for _, tt := range []struct {
		name   string
		header string
		cells  []string
		kind   Kind
		why    Why
	}{
		{"an English name", "Date of Birth", days, Birth, Used},
		{"a Chinese name", "出生日期", days, Birth, Used},
		{"pinyin", "csrq", days, Birth, Used},
		{"no name, dates of lives", "x", days, Birth, Used},
		{"a name the values contradict", "birth", repeat("anna", "berta", "clara"), Category, Used},
		{"phones", "c3", numbered("1380042%04d", 1000), Phone, Used},
		{"identity numbers", "c4", repeat("110101196205111236", "110101196205111236"), Unused, OneOnly},
		{"identity numbers under another name", "no", []string{"110101196205111236", "110101194901010018", "110101196205111236", "110101194901010018"}, Identity, Used},
		{"sexes", "c5", repeat("男", "女"), Sex, Used},
		{"Chinese names", "c6", func() (out []string) {
			for i := range 60 {
				out = append(out, string([]rune("王李张刘陈")[i%5])+string([]rune("伟芳娜秀英敏静丽强磊军洋勇")[i%13])+"兰")
			}
			return out
		}(), FullName, Used},
		{"addresses", "c7", numbered("北京市朝阳区建国路%d号", 1), Address, Used},
		{"streets", "c8", numbered("%d giblin street", 1), Address, Used},
		{"mail", "contact", numbered("a%d@qq.com", 1), Email, Used},
		{"numbers of rows", "c0", rows, Unused, Running},
		{"numbers of rows by their name", "rec_id", numbered("rec-%d-org", 1), Unused, Running},
		{"nothing", "c9", repeat("", "N/A", "不详"), Unused, Empty},
		{"all the same", "country", repeat("cn"), Unused, OneOnly},
		{"FEBRL's house numbers", "street_number", numbered("%d", 1), House, Used},
		{"FEBRL's second line", "address_2", repeat("willaroo", "killarney", "rosedown"), Address, Used},
		{"a name with a unit", "手机号（必填）", numbered("1380042%04d", 1000), Phone, Used},
	} {
		if k, why := Guess(Column{Name: tt.header, Cells: tt.cells}); k != tt.kind || why != tt.why {
			t.Errorf("%s: %s, %d; want %s, %d", tt.name, k.Key(), why, tt.kind.Key(), tt.why)
		}
	}
}
