package device

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"peiban/internal/fault"
)

// book makes a workbook of one sheet; a cell after "=" is merged over so many to the right.
func book(t *testing.T, rows ...[]any) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, r := range rows {
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", at, &r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestMeterTables(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("血糖仪导出\n测量日期,测量时间,血糖值（mmol/L）,时段,备注\n2024年5月1日,7:05,6.1,空腹,\n2024/5/1,下午 3:05,HI,午餐后2小时,吃多了\n2024-5-1,21:30,<1.1,睡前,\n")
	if err != nil {
		t.Fatal(err)
	}
	compare(t, all(t, Meter, options(), gb), "glucose 05-01 07:05 6.1 fasting mmol/L",
		`glucose 05-01 15:05 HI after_lunch_2h mmol/L {"note":"吃多了"}`, "glucose 05-01 21:30 LO bedtime mmol/L")

	compare(t, all(t, Meter, options(), "Date/Time;Result;Unit;Meal;Serial Number\n2024-05-01 07:05;110;mg/dL;Before breakfast;M1\n2024-05-01 09:05;\"7,2\";mmol/L;1 h after breakfast;M1\n2024-05-01 10:05;7,2;stone;;M1\n2024-05-01 10:05;5.5;mmol/L;control;M1\n"),
		"glucose 05-01 07:05 110 fasting mg/dL M1", `glucose 05-01 09:05 7.2 mmol/L M1 {"note":"1 h after breakfast"}`, "!unknown_unit", "!control_solution")

	compare(t, all(t, Meter, options(), "时间,血糖\n2024-05-01 07:05,6.1 mmol/L\n2024-05-01 08:05,110mg/dl ↑\n2024-05-01,5 mmol/L\n,5 mmol/L\n2024-05-02 08:00,\n2024-05-03 08:00,xx mmol/L\n"),
		"glucose 05-01 07:05 6.1 mmol/L", "glucose 05-01 08:05 110 mg/dL", "!clock_missing", "!time_missing", "!value_missing", "!bad_value")

	compare(t, all(t, Meter, options(), "Time,Glucose (mmol/L),Glucose (mg/dL)\n2024-05-01 07:05,6.1,110\n2024-05-01 08:05,,126\n"), // one reading in both units
		"glucose 05-01 07:05 6.1 mmol/L", "glucose 05-01 08:05 126 mg/dL")

	compare(t, all(t, Meter, options(), book(t, []any{"日期", "时刻", "血糖"}, []any{"", "", "数值 mmol/L", "时段"}, []any{45413, 0.3125, 6.1, "空腹"}, []any{45413.75, "", 7.0, "晚餐前"})), // merged header, Excel's dates
		"glucose 05-01 07:30 6.1 fasting mmol/L", "glucose 05-01 18:00 7 before_dinner mmol/L")
}

func TestTheUnitIsNeverGuessed(t *testing.T) {
	file := func(header string, values ...string) string {
		s := header + "\n"
		for i, v := range values {
			s += "2024-05-01 07:0" + string(rune('0'+i)) + "," + v + "\n"
		}
		return s
	}
	tests := []struct {
		name, header, unit string
		values             []string
		why                *fault.Fault
		want               []string
	}{
		{"none given", "时间,血糖", "", []string{"6.1", "7"}, ErrUnitMissing, nil},
		{"none given, said", "时间,血糖", "mmol/L", []string{"6.1"}, nil, []string{"6.1 mmol/L"}},
		{"none given, mixed", "时间,血糖", "", []string{"6.1", "126"}, ErrUnitMixed, nil},
		{"given, mixed", "时间,血糖 mmol/L", "", []string{"6.1", "126"}, ErrUnitMixed, nil},
		{"given, and none is of it", "时间,血糖 mg/dL", "", []string{"6.1"}, ErrUnitMixed, nil},
		{"given, said otherwise", "时间,血糖 mmol/L", "mg/dL", []string{"6.1"}, ErrUnitClash, nil},
		{"mixed, said to be one", "时间,血糖 mmol/L", "mmol/L", []string{"6.1", "126"}, nil, []string{"6.1 mmol/L", "126 mmol/L implausible"}},
		{"mixed, each by its size", "时间,血糖", Each, []string{"6.1", "126", "25", "HI", "33.3", "19.9", "33.4"}, nil,
			[]string{"6.1 mmol/L", "126 mg/dL", "!unit_unclear", "HI mmol/L", "!unit_unclear", "19.9 mmol/L", "33.4 mg/dL"}},
		{"at the limits of one unit", "时间,血糖 mmol/L", "", []string{"33.3", "1.1"}, nil, []string{"33.3 mmol/L", "1.1 mmol/L"}},
		{"only HI", "时间,血糖", "", []string{"HI"}, ErrUnitMissing, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := options()
			o.Unit = tt.unit
			got, err := read(t, Meter, o, file(tt.header, tt.values...))
			if tt.why != nil {
				refused(t, err, tt.why)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.want {
				if !strings.HasPrefix(tt.want[i], "!") {
					tt.want[i] = "glucose 05-01 07:0" + string(rune('0'+i)) + " " + tt.want[i]
				}
			}
			compare(t, got, tt.want...)
		})
	}
}

func TestMeterTablesThatAreNone(t *testing.T) {
	for text, why := range map[string]*fault.Fault{
		"日期,空腹,早餐后2小时,午餐前\n2024-05-01,5,7,6\n":                                                ErrWide,
		"id,time,gl\nA,2024-05-01 07:00,100\nA,2024-05-01 07:05,100\nB,2024-05-01 07:00,90\n": ErrPeople,
		"姓名,时间,血糖 mmol/L\n甲,2024-05-01 07:00,5\n乙,2024-05-01 07:05,5\n":                       ErrPeople,
		libreHead + "Libre,S1,05-13-2024 07:00,0,117\n":                                       fault.New(fault.Invalid, "other_kind", "", ""),
		"时间,血糖,血糖\n2024-05-01 07:00,5,6\n":                                                    fault.New(fault.Invalid, "column_twice", "", ""),
	} {
		_, err := read(t, Meter, options(), text)
		refused(t, err, why)
	}
	compare(t, all(t, Meter, options(), "设备编号,设备时间,血糖 mmol/L\nM1,2024-05-01 07:00,5\n"), "glucose 05-01 07:00 5 mmol/L M1")
	compare(t, all(t, Meter, options(), "id,time,gl mg/dL\n1,2024-05-01 07:00,100\n2,2024-05-01 07:05,101\n"), // numbers of rows
		"glucose 05-01 07:00 100 mg/dL", "glucose 05-01 07:05 101 mg/dL")
}

func TestMealSlotsByTheirWords(t *testing.T) {
	for word, want := range map[string]string{
		"空腹": "fasting", "早餐前": "fasting", "Before Breakfast": "fasting", "早餐后2h": "after_breakfast_2h", "早餐后1小时": "", "午餐前": "before_lunch",
		"After lunch": "after_lunch_2h", "晚饭后": "after_dinner_2h", "pre-dinner": "before_dinner", "睡前": "bedtime", "凌晨3点": "night", "随机": "random",
		"餐后": "", "After meal": "", "before_lunch": "before_lunch", "空腹血糖": "fasting", "": "",
	} {
		if got := slotOf(key(word)); got != want {
			t.Errorf("%s: %q, wants %q", word, got, want)
		}
	}
}
