package mapping_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"peiban/internal/ingest/mapping"
	"peiban/internal/ingest/rows"
)

var (
	shanghai, _ = time.LoadLocation("Asia/Shanghai")
	now         = time.Date(2026, 3, 9, 12, 0, 0, 0, shanghai)
)

// guess looks at a table and gives the written map, read again.
func guess(t *testing.T, table string) (mapping.Map, []mapping.Question) {
	t.Helper()
	s, err := mapping.Look(strings.NewReader(table), "")
	if err != nil {
		t.Fatal(err)
	}
	g, err := mapping.Guess(s)
	if err != nil {
		t.Fatal(err)
	}
	text, questions := mapping.Write(g.Map, g.Questions, false)
	m, _, problems := mapping.Load(text)
	if len(problems) > 0 {
		t.Fatalf("%+v\n%s", problems, text)
	}
	lines := strings.Split(string(text), "\n")
	for _, q := range questions {
		if q.Line < 1 || !strings.Contains(lines[q.Line-1], `"?"`) {
			t.Errorf("question %s stands at line %d\n%s", q.Path, q.Line, text)
		}
	}
	if got, want := len(m.Unanswered()), len(questions); got != want {
		t.Errorf("%d open in the map, %d questions\n%s", got, want, text)
	}
	return m, questions
}

// read gives each row of a table as its line, its events and why it is refused.
func read(t *testing.T, m mapping.Map, table string) []string {
	t.Helper()
	out, err := try(m, table)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func try(m mapping.Map, table string) ([]string, error) {
	var out []string
	err := m.Format(now, shanghai)(context.Background(), strings.NewReader(table), func(r rows.Row) error {
		s := fmt.Sprint(r.Line)
		if len(r.Who) > 0 {
			s += " " + r.Who[0].Type + ":" + r.Who[0].Value
		}
		for _, e := range r.Events {
			s += fmt.Sprintf(" [%s %.4g %s]", e.Type, e.Num, time.UnixMicro(e.Occurred).In(shanghai).Format("01-02 15:04"))
		}
		if r.Why != nil {
			s += " !" + r.Why.Code
		}
		out = append(out, s)
		return nil
	})
	return out, err
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestAChineseDiaryIsGuessedWhole(t *testing.T) {
	table := "患者编号,姓名,测量时间,血糖(mmol/L),时段,收缩压,舒张压\n" +
		"A1,张桂芳,2026-03-08 07:05,7.8,空腹,132,84\n" +
		"A1,张桂芳,2026/3/8 9:40,ＨＩ,早餐后2小时,,\n" +
		"A2,李秀英,2026年3月8日 07:10,１１．６,早餐前,131,200\n" +
		"合计,,,,,,\n"
	m, questions := guess(t, table)
	if len(questions) > 0 {
		t.Fatalf("asks %+v", questions)
	}
	same(t, read(t, m, table),
		"2 record:A1 [glucose 7.8 03-08 07:05] [blood_pressure 132 03-08 07:05] [profile NaN 03-09 12:00]",
		"3 record:A1 [glucose NaN 03-08 09:40]",
		"4 record:A2 [glucose 11.6 03-08 07:10] [profile NaN 03-09 12:00] !out_of_range",
		"5 !nothing_here")
}

func TestUnitsAreFoundOrAsked(t *testing.T) {
	for _, tt := range []struct {
		name, header string
		values       []string
		want         string // the unit, or ? with what the question names
	}{
		{"in the header", "血糖(mg/dL)", []string{"20", "25"}, "mg/dL"},
		{"below what mg/dL can be", "血糖", []string{"5.6", "7.8"}, "mmol/L"},
		{"above what mmol/L can be", "glucose", []string{"95", "140"}, "mg/dL"},
		{"both are possible", "血糖", []string{"22", "25"}, "? unit"},
		{"mixed in one column", "血糖", []string{"5.6", "140", "7.8"}, "? 2 can only be mmol/L, 1 can only be mg/dL"},
		{"beside every number", "血糖", []string{"5.6 mmol/L", "140 mg/dL"}, ""},
	} {
		table := "病历号,测量时间," + tt.header + "\n"
		for i, v := range tt.values {
			table += fmt.Sprintf("A1,2026-03-0%d 07:00,%s\n", i+1, v)
		}
		m, questions := guess(t, table)
		got := m.Events[0].Fields["value"].Unit
		if want, text, _ := strings.Cut(tt.want, " "); got != want || want == "?" && !strings.Contains(questions[0].Text.En, text) {
			t.Errorf("%s: %q, asked %+v", tt.name, got, questions)
		}
	}
}

func TestMixedUnitsAreTakenBySizeOnlyWhereTheyCanBeOne(t *testing.T) {
	table := "病历号,测量时间,血糖\nA1,2026-03-01 07:00,5.6\nA1,2026-03-02 07:00,140\nA1,2026-03-03 07:00,22\n"
	m, _ := guess(t, table)
	f := m.Events[0].Fields["value"]
	f.Unit = mapping.BySize
	m.Events[0].Fields["value"] = f
	same(t, read(t, m, table), "2 record:A1 [glucose 5.6 03-01 07:00]", "3 record:A1 [glucose 7.8 03-02 07:00]", "4 !unit_doubtful")
	f.Unit = "mmol/L"
	m.Events[0].Fields["value"] = f
	same(t, read(t, m, table)[1:2], "3 !unit_doubtful")
}

func TestDayAndMonthAreAskedUnlessTheFileProvesThem(t *testing.T) {
	head := "病历号,测量时间,血糖(mmol/L)\n"
	m, questions := guess(t, head+"A,3/8/2026 07:00,7.8\nA,4/8/2026 07:00,7.9\n")
	if m.Dates != "?" || len(questions) != 1 || questions[0].Path != "dates" {
		t.Errorf("%q %+v", m.Dates, questions)
	}
	if m, _ := guess(t, head+"A,3/8/2026 07:00,7.8\nA,25/2/2026 07:00,7.9\n"); m.Dates != "day_first" {
		t.Errorf("a 25th proves %q", m.Dates)
	}
	if m, q := guess(t, head+"A,2/25/2026 07:00,7.8\nA,25/2/2026 07:00,7.9\n"); m.Dates != "?" || !strings.Contains(q[0].Text.En, "mixed") {
		t.Errorf("both orders: %q %+v", m.Dates, q)
	}
}

func TestADiaryWithAColumnForEachMeal(t *testing.T) {
	table := "编号,日期,血糖,,,睡前\n,,空腹,早餐后,午餐前,\nA,2026-03-08,7.8,11.2,,6.1\n"
	m, questions := guess(t, table)
	if len(questions) != 1 || questions[0].Path != "header" {
		t.Fatalf("%+v", questions)
	}
	m.Header = "2"
	same(t, read(t, m, table), "3 record:A [glucose 7.8 03-08 07:00] [glucose 11.2 03-08 09:30] [glucose 6.1 03-08 22:00]")
}

func TestTwoColumnsForOneFieldAndNobodyAreAsked(t *testing.T) {
	_, questions := guess(t, "姓名,血糖,血糖,测量时间\n张,7.8,7.9,2026-03-08 07:00\n")
	var paths []string
	for _, q := range questions {
		paths = append(paths, q.Path)
	}
	same(t, paths, "who[0].column", "events[0].fields.value.column")
}

var orders = "订单编号,买家会员名,收货人手机,商品标题,商家编码,购买数量,买家实际支付金额,付款时间,订单状态,退款金额,退款时间\n" +
	"=\"202603081234567890\",tb_one,138****1234,血糖试纸 50 片,SKU-50,2,\"¥1,118.00\",2026-03-08 10:00:00,交易成功,0.00,\n" +
	",,,血糖仪,SKU-M,1,,,,59,2026-03-08 18:00\n" +
	"1.23E+17,tb_two,138****1234,血糖试纸,SKU-50,1,59,2026-03-08 11:00:00,交易成功,无退款,\n" +
	"'202603080000000001,tb_three,138****1234,血糖试纸,SKU-50,1,59,,等待买家付款,,\n"

func TestAShopsOrderListWithMergedCells(t *testing.T) {
	m, questions := guess(t, orders)
	if len(questions) > 0 || len(m.FillDown) == 0 || m.Who[0].Type != "account" || len(m.Who) != 1 {
		t.Fatalf("%+v %+v", questions, m)
	}
	same(t, read(t, m, orders),
		"2 account:tb_one [order 2 03-08 10:00]",
		"3 account:tb_one [order 1 03-08 10:00] [refund NaN 03-08 18:00]",
		"4 !digits_lost",
		"5 !nothing_here")
}

func TestAnIDSaysWhatHappenedAndNotWhere(t *testing.T) {
	m, _ := guess(t, orders)
	ids := func(table string) (out []string) {
		err := m.Format(now, shanghai)(context.Background(), strings.NewReader(table), func(r rows.Row) error {
			for _, e := range r.Events {
				out = append(out, e.ID)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	lines := strings.SplitAfter(orders, "\n")
	first, moved := ids(orders), ids(lines[0]+lines[4]+lines[3]+lines[1]+lines[2])
	if !slices.Equal(first, moved) || len(first) != 3 || first[0] == first[1] {
		t.Errorf("%v\n%v", first, moved)
	}
}

func TestCellsAsPeopleWriteThem(t *testing.T) {
	m := mapping.Map{
		Who: []mapping.Who{{Type: "phone", Column: "手机"}}, Time: mapping.Time{Column: "时间"},
		Events: []mapping.Event{{Type: "glucose", Fields: map[string]mapping.Field{"value": {Column: "血糖", Unit: "mmol/L"}}}},
	}
	head := "手机,时间,血糖\n"
	for _, tt := range []struct{ name, row, want string }{
		{"a number with its unit", "13800138000,2026-03-08 07:00,7.8 mmol/l", "2 phone:13800138000 [glucose 7.8 03-08 07:00]"},
		{"the cell's unit goes before the map's", "13800138000,2026-03-08 07:00,140mg/dL", "2 phone:13800138000 [glucose 7.8 03-08 07:00]"},
		{"full width", "１３８００１３８０００,２０２６－０３－０８ ０７：００,７．８", "2 phone:13800138000 [glucose 7.8 03-08 07:00]"},
		{"with the country", "+86 138-0013-8000,2026-03-08 07:00,7.8", "2 phone:13800138000 [glucose 7.8 03-08 07:00]"},
		{"Excel's date", "13800138000,46089.25,7.8", "2 phone:13800138000 [glucose 7.8 03-08 06:00]"},
		{"an arrow of the laboratory", "13800138000,2026-03-08 07:00,7.8↑", "2 phone:13800138000 [glucose 7.8 03-08 07:00]"},
		{"a number Excel wrote whole", "1.3800138000E10,2026-03-08 07:00,7.8", "2 phone:13800138000 [glucose 7.8 03-08 07:00]"},
		{"a number Excel cut", "1.38E+10,2026-03-08 07:00,7.8", "2 !digits_lost"},
		{"a part hidden", "138****8000,2026-03-08 07:00,7.8", "2 !identifier_masked"},
		{"noughts for nobody", "00000000000,2026-03-08 07:00,7.8", "2 !no_identifier"},
		{"a comma that could be either", `13800138000,2026-03-08 07:00,"7,8"`, "2 !comma_unclear"},
		{"words", "13800138000,2026-03-08 07:00,很高", "2 !not_a_number"},
		{"tomorrow", "13800138000,2026-03-10 07:00,7.8", "2 !in_the_future"},
		{"today without a time of day", "13800138000,2026-03-09,7.8", "2 phone:13800138000 [glucose 7.8 03-09 12:00]"},
		{"a clock that was never set", "13800138000,1969-12-30 07:00,7.8", "2 !too_long_ago"},
		{"30 February", "13800138000,2026-02-30 07:00,7.8", "2 !bad_time"},
		{"nothing measured", "13800138000,2026-03-08 07:00,--", "2 !nothing_here"},
		{"an endless cell", "13800138000,2026-03-08 07:00," + strings.Repeat("7", 25000), "2 !cell_too_long"},
		{"a formula of somebody else's", "13800138000,2026-03-08 07:00,=cmd|' /C calc'!A0", "2 !not_a_number"},
		{"half a row", "13800138000,2026-03", "2 !nothing_here"},
	} {
		got := read(t, m, head+tt.row+"\n")
		for i := range got { // whose a refused row is does not matter here
			if at := strings.Index(got[i], " !"); at > 0 {
				got[i] = "2" + got[i][at:]
			}
		}
		if len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	m.Decimal = "comma"
	same(t, read(t, m, head+`13800138000,2026-03-08 07:00,"7,8"`), "2 phone:13800138000 [glucose 7.8 03-08 07:00]")
}

func TestAFileThatCannotBeReadSaysSo(t *testing.T) {
	m := mapping.Map{Who: []mapping.Who{{Type: "record", Column: "编号"}}, Time: mapping.Time{Column: "日期"}, Events: []mapping.Event{{Type: "weight", Fields: map[string]mapping.Field{"value": {Column: "体重", Unit: "kg"}}}}}
	for _, tt := range []struct {
		name, table string
		want        error
	}{
		{"empty", "", mapping.ErrEmptyTable},
		{"another header", "a,b\n1,2\n", mapping.ErrNoHeader},
		{"a column twice", "编号,体重,体重,日期\n1,60,61,2026-03-08\n", mapping.ErrTwice},
	} {
		if _, err := try(m, tt.table); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	m.Zone = "?"
	if _, err := try(m, "编号,体重,日期\n"); !errors.Is(err, mapping.ErrOpen) {
		t.Errorf("an open question: %v", err)
	}
}

func TestGB18030AndWorkbooks(t *testing.T) {
	table := "病历号,测量时间,血糖(mmol/L)\nA1,2026-03-08 07:05,7.8\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	m, _ := guess(t, gb)
	same(t, read(t, m, gb), "2 record:A1 [glucose 7.8 03-08 07:05]")

	f := excelize.NewFile()
	for i, row := range [][]any{{"血糖记录表"}, {}, {"病历号", "测量时间", "血糖"}, {"A1", time.Date(2026, 3, 8, 7, 5, 0, 0, time.UTC), 7.8}, {nil, time.Date(2026, 3, 8, 9, 5, 0, 0, time.UTC), 9.8}} {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.MergeCell("Sheet1", "A4", "A5"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	book := b.String()
	m, questions := guess(t, book)
	if len(questions) != 1 || questions[0].Path != "fill_down[0]" {
		t.Fatalf("a merged number of a person is asked: %+v", questions)
	}
	m.FillDown = []string{"no"}
	same(t, read(t, m, book), "4 record:A1 [glucose 7.8 03-08 07:05]", "5 !no_identifier")
	m.FillDown = []string{"病历号"}
	same(t, read(t, m, book), "4 record:A1 [glucose 7.8 03-08 07:05]", "5 record:A1 [glucose 9.8 03-08 09:05]")
	if _, err := try(m, book[:len(book)/2]); err == nil {
		t.Error("half a workbook was read")
	}
}

func TestALaboratorysListOfTests(t *testing.T) {
	table := "病历号,检验项目,结果,单位,报告时间\nA,糖化血红蛋白,7.2,%,2026-03-01 08:00\nA,总胆固醇,5.1,mmol/L,2026-03-01 08:00\nA,血型,3,,2026-03-01 08:00\n"
	m, questions := guess(t, table)
	if len(questions) > 0 {
		t.Fatalf("%+v", questions)
	}
	same(t, read(t, m, table), "2 record:A [hba1c 7.2 03-01 08:00]", "3 record:A [lab 5.1 03-01 08:00]", "4 !nothing_here")
}

func TestAMapSaysAtWhichLineItIsWrong(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		line       int
		says       string
	}{
		{"an unknown key", "who:\n  - type: record\n    colum: x\nevents: []\n", 3, "colum"},
		{"an unknown event", "time: d\nevents:\n  - type: glucos\n    fields: {}\n", 3, "no such event type"},
		{"a unit the value cannot have", "time: d\nevents:\n  - type: glucose\n    fields:\n      value:\n        column: x\n        unit: kg\n", 7, "unit"},
		{"no YAML", "a: [\n", 1, "YAML"},
		{"a key twice", "zone: UTC\nzone: UTC\n", 2, ""},
		{"deep", strings.Repeat("[", 5000), 1, ""},
		{"nothing", "", 1, "empty"},
	} {
		_, _, problems := mapping.Load([]byte(tt.text))
		if len(problems) == 0 || problems[0].Line != tt.line || !strings.Contains(problems[0].Text.En, tt.says) {
			t.Errorf("%s: %+v", tt.name, problems)
		}
	}
}

func FuzzAnything(f *testing.F) {
	f.Add(orders)
	f.Add("病历号,测量时间,血糖\nA1,2026-03-08 07:05,7.8\n")
	f.Add("编号,日期,血糖,,,睡前\n,,空腹,早餐后,午餐前,\nA,2026-03-08,7.8,11.2,,6.1\n")
	f.Add("\xff\xfe\x00")
	f.Add("%s,%d,\"\n'1E9,\x00,血糖%\n\n\n,,,,,,#2,#2")
	f.Fuzz(func(t *testing.T, table string) {
		_, _, _ = mapping.Load([]byte(table))
		s, err := mapping.Look(strings.NewReader(table), "")
		if err != nil {
			return
		}
		g, err := mapping.Guess(s)
		if err != nil {
			return
		}
		text, _ := mapping.Write(g.Map, g.Questions, true)
		m, _, problems := mapping.Load(text)
		if len(problems) > 0 {
			t.Fatalf("what is guessed can be read: %+v\n%s", problems, text)
		}
		for range 3 {
			for _, p := range m.Unanswered() {
				_ = p
			}
		}
		_, _ = m.Preview(s, 10, now, shanghai)
		_, _ = try(m, table)
	})
}
