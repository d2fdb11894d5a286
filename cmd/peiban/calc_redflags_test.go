package main

import (
	"strings"
	"testing"
)

func TestCalcRedflags(t *testing.T) {
	rows, texts, score, err := calcRedflags{AllOfThem: true}.rows(strings.NewReader("话题,文本\nemergency,我胸口突然很疼\n无,今天 6.1\nself_harm,今天好好的\n,不想活了\n"))
	if err != nil {
		t.Fatal(err)
	}
	if texts != 4 || len(rows) != 4 || rows[0].Topic != "emergency" || rows[0].Line != 2 || rows[0].Start != 1 || rows[1].Topic != "" {
		t.Errorf("%d texts, %+v", texts, rows)
	}
	if score == nil || *score != (scored{hit: 1, missed: 1, wrong: 1, calm: 1}) {
		t.Errorf("%+v", score)
	}
	var out strings.Builder
	if err := (calcRedflags{}).write(&out, rows); err != nil || !strings.Contains(out.String(), "2,emergency,chest,") {
		t.Errorf("%s %v", out.String(), err)
	}
	if _, _, _, err := (calcRedflags{}).rows(strings.NewReader("a,b\n1,2\n")); err == nil {
		t.Error("a table without texts is read")
	}
	if rows, _, score, err := (calcRedflags{}).rows(strings.NewReader("\ufeffmessage\n喘不上气\n")); err != nil || len(rows) != 1 || score != nil {
		t.Errorf("%+v %v %v", rows, score, err)
	}
	if got := shareOf(1, 0); got != "-" {
		t.Error(got)
	}
}
