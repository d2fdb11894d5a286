package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// register is a table of thirty people, ten of whom stand in it twice with a slip.
func register() string {
	var b strings.Builder
	b.WriteString("真值,姓名,性别,出生日期,手机号,住址\n")
	last, first := []rune("王李张刘陈杨赵黄周吴"), []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰")
	for i := range 30 {
		name := string(last[i%10]) + string(first[i*7%15]) + string(first[i*4%15])
		sex, y, m, d := []string{"男", "女"}[i%2], 1940+i, 1+i%12, 1+i*5%28
		phone, road := 13800100000+int64(i)*7654321%90000000, fmt.Sprintf("朝阳区建国路%d号", 3+i*17)
		fmt.Fprintf(&b, "p-%d-a,%s,%s,%d-%02d-%02d,%d,%s\n", i, name, sex, y, m, d, phone, road)
		if i%3 == 0 {
			fmt.Fprintf(&b, "p-%d-b,%s,%s,%d年%d月%d日,+86 %d,北京市%s\n", i, name, sex, y, m, d, phone+int64(i%2), road)
		}
	}
	return b.String()
}

func TestMatchPrintsPairsAndMeasures(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(register())
	if err != nil {
		t.Fatal(err)
	}
	out := peiban(t, gb, "match", "-", "--truth", "真值", "--truth-pattern", "^p-([0-9]+)", "--lang", "zh").out
	for _, want := range []string{
		"1. 第 ", "姓名·姓：相同", "出生日期：相同", "precision 1.0000，召回率 recall 1.0000，F 1.0000（真的 10 对，找到 10 对，其中对的 10 对）", "40 行里 10 对像是同一个人，合成 10 人",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not said in:\n%s", want, out)
		}
	}
	if regexp.MustCompile(`1380010|[王李张刘陈杨赵黄周吴][伟芳娜秀英]`).MatchString(out) {
		t.Error("values of the table are printed unasked")
	}
	if with := peiban(t, register(), "match", "-", "--ignore", "真值", "--lang", "en", "--values").out; !strings.Contains(with, "[北京市朝阳区建国路3号 | 朝阳区建国路3号]") && !strings.Contains(with, "[朝阳区建国路3号 | 北京市朝阳区建国路3号]") {
		t.Errorf("values are not printed when asked for:\n%s", with)
	}
}

func TestMatchWritesFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pairs.csv")
	must(t, register(), "match", "-", "--ignore", "真值", "--out", file, "--lang", "en")
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 11 || strings.Join(rows[0], ",") != "line_a,line_b,probability,weight,person,through,explanation" {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	var said struct {
		Summary struct{ Pairs int }
		Pairs   []struct {
			LineA, LineB int
			Probability  float64
			Fields       []struct{ Column, Level string }
		}
	}
	if err := json.Unmarshal([]byte(must(t, register(), "match", "-", "--ignore", "真值", "--json")), &said); err != nil || said.Summary.Pairs != 10 {
		t.Fatalf("%+v, %v", said.Summary, err)
	}
	first := said.Pairs[0]
	if rows[1][0] != fmt.Sprint(first.LineA) || rows[1][1] != fmt.Sprint(first.LineB) || first.LineB != first.LineA+1 || len(first.Fields) != 6 {
		t.Errorf("%+v and %v", first, rows[1])
	}
}

func TestMatchSaysWhatIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name string
		in   string
		args []string
		code int
		says string
	}{
		{"no such column", register(), []string{"--ignore", "soc"}, misuse, "there are 真值, 姓名"},
		{"no such truth", register(), []string{"--truth", "rec_id"}, misuse, `no column "rec_id"`},
		{"a pattern without a column", register(), []string{"--truth-pattern", "(x)"}, misuse, "goes with --truth"},
		{"a pattern without a group", register(), []string{"--truth", "真值", "--truth-pattern", "x"}, misuse, "needs a group"},
		{"a broken pattern", register(), []string{"--truth", "真值", "--truth-pattern", "("}, misuse, "no regular expression"},
		{"a threshold of two", register(), []string{"--threshold", "2"}, misuse, "between 0 and 1"},
		{"an empty file", "", nil, failed, "empty"},
		{"a header alone", "name,birth\n", nil, failed, "at least two rows"},
		{"nothing to compare", "name,birth\n,\n,\n-,-\nN/A,\n", nil, failed, "no column can be used"},
		{"a quotation mark in the header", "\"name,birth\na,b\n", nil, failed, "quotation mark"},
		{"bytes", "\x00\xff\xfe,\x01\n\x02,\x03\n\x04,\x05\n", nil, failed, "no column"},
	} {
		r := peiban(t, tt.in, append([]string{"match", "-", "--lang", "en"}, tt.args...)...)
		if r.code != tt.code || !strings.Contains(r.err, tt.says) {
			t.Errorf("%s: code %d, %q", tt.name, r.code, r.err)
		}
	}
	r := peiban(t, register()+"a,b,c,d,e,f,g,h\n\"not closed,x\n", "match", "-", "--ignore", "真值", "--lang", "en")
	if r.code != done || !strings.Contains(r.err, "2 rows could not be read") {
		t.Errorf("code %d: %s", r.code, r.err)
	}
}

func TestMatchStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	var out, errs strings.Builder
	if code := run(ctx, []string{"match", "-"}, terminal{in: strings.NewReader(register()), out: &out, err: &errs}); code != failed || !strings.Contains(errs.String(), "interrupted") || out.Len() > 0 {
		t.Errorf("code %d, %q, %q", code, out.String(), errs.String())
	}
}

// FuzzMatch gives the whole command files of any bytes.
func FuzzMatch(f *testing.F) {
	f.Add([]byte(register()))
	f.Add([]byte("a;b\n1;2\n1;2\n3;4\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 4<<10 {
			return
		}
		var out, errs strings.Builder
		code := run(context.Background(), []string{"match", "-"}, terminal{in: strings.NewReader(string(b)), out: &out, err: &errs})
		if code != done && errs.Len() == 0 {
			t.Errorf("code %d without a word", code)
		}
	})
}
