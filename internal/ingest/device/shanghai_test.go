package device

import (
	"strings"
	"testing"

	"peiban/internal/fault"
)

// the columns of the data set, as most of its files have them
var shanghaiHead = []any{"Date", "CGM (mg / dl)", "CBG (mg / dl)", "Blood Ketone (mmol / L)", "Dietary intake", "饮食", "Insulin dose - s.c.", "Non-insulin hypoglycemic agents",
	"CSII - bolus insulin (Novolin R, IU)", "CSII - basal insulin (Novolin R, IU / H)", "Insulin dose - i.v."}

func shanghaiOptions() Options {
	o := options()
	o.Whose, o.Name = "", "2000_1_20240501.xlsx"
	return o
}

func TestShanghaiWorkbooks(t *testing.T) {
	got := all(t, ShanghaiT2DM, shanghaiOptions(), book(t, shanghaiHead,
		[]any{45413.57909, 120.60000000000001, 99, 0.1, "Rice 150 g", "米饭150g\r\r", "Gansulin 40R, 6 IU"},
		[]any{45414, 88.2, "", "", "data not available", "未记录", "insulin glargine, 12 IU; Novolin R, 4 IU", "metformin 0.5 g, acarbose 50 mg、unknownine 3 mg", 6, 0.6},
		[]any{45414.5, "", "", "", "", "", "forgot", "", "", "temporarily suspend", "500ml 0.9% sodium chloride, 15 IU Novolin R, 10 ml 10% potassium chloride"},
		[]any{45414.6, "broken", 101},
		[]any{45414.7},
		[]any{"", 99},
		[]any{"2024-05-03 07:00", "HI"}))
	compare(t, got,
		`glucose 05-01 13:54 120.6 mg/dL sensor; glucose 05-01 13:54 99 mg/dL; lab 05-01 13:54 0.1 ketone_blood mmol/L; meal 05-01 13:54 {"note":"Rice 150 g\n米饭150g"}; insulin 05-01 13:54 6 premix {"note":"Gansulin 40R"}`,
		`glucose 05-02 00:00 88.2 mg/dL sensor; meal 05-02 00:00 {"note":"data not available\n未记录"}; insulin 05-02 00:00 12 long {"note":"insulin glargine"}; insulin 05-02 00:00 4 regular {"note":"Novolin R"}; `+
			`medication 05-02 00:00 0.5 metformin taken metformin {"doseText":"0.5 g","name":"metformin"}; medication 05-02 00:00 50 agi taken acarbose {"doseText":"50 mg","name":"acarbose"}; `+
			`medication 05-02 00:00 unmapped taken {"doseText":"3 mg","name":"unknownine"}; insulin 05-02 00:00 6 regular {"note":"CSII bolus"}; basal 05-02 00:00 0.6 scheduled`,
		`special_event 05-02 12:00 insulin_without_dose {"note":"forgot"}; basal 05-02 12:00 0 suspended; insulin 05-02 12:00 15 regular {"note":"i.v. 500ml 0.9% sodium chloride, 15 IU Novolin R, 10 ml 10% potassium chloride"}`,
		"glucose 05-02 14:24 101 mg/dL; !bad_value", "!value_missing", "!time_missing", "glucose 05-03 07:00 HI mg/dL sensor")
	if w := got[0].Who; len(w) != 1 || w[0].Value != "2000" || w[0].Scope != "shanghai-t2dm" || !strings.Contains(got[0].Events[0].ID, "2000") {
		t.Errorf("whose: %v, %q", w, got[0].Events[0].ID)
	}
	o := shanghaiOptions()
	o.Name = "2000_2_20240601.xlsx" // another period of the same person tells the same reading
	if again := all(t, ShanghaiT2DM, o, book(t, shanghaiHead, []any{45413.5791666, 120.6})); again[0].Events[0].ID != got[0].Events[0].ID {
		t.Error("one reading has two names")
	}
}

func TestShanghaiColumnsByMeaning(t *testing.T) {
	compare(t, all(t, ShanghaiT2DM, shanghaiOptions(), book(t, []any{"日期时间", "动态血糖(mmol/L)", "指尖血糖(mmol/L)", "血酮", "进食量", "皮下胰岛素", "口服降糖药", "胰岛素泵-基础率(U/h)", "心情"},
		[]any{"2024/5/1 07:00", 6.7, 6.1, "", "米饭", "诺和锐30 12U", "格华止 0.5g", "0.8 U/h", "好"})),
		`glucose 05-01 07:00 6.7 mmol/L sensor; glucose 05-01 07:00 6.1 mmol/L; meal 05-01 07:00 {"note":"米饭"}; insulin 05-01 07:00 12 premix {"note":"诺和锐30"}; `+
			`medication 05-01 07:00 0.5 metformin taken metformin {"doseText":"0.5 g","name":"格华止"}; basal 05-01 07:00 0.8 scheduled; special_event 05-01 07:00 note {"note":"心情: 好"}`)
	_, err := read(t, ShanghaiT2DM, shanghaiOptions(), book(t, []any{"Date", "CGM"}, []any{45413.5, 120}))
	refused(t, err, ErrUnitMissing)
	_, err = read(t, ShanghaiT2DM, shanghaiOptions(), book(t, []any{"Date", "Something"}, []any{45413.5, 120}))
	refused(t, err, fault.New(fault.Invalid, "no_header", "", ""))
	o := shanghaiOptions()
	o.Name = "patient.xlsx"
	_, err = read(t, ShanghaiT2DM, o, book(t, shanghaiHead))
	refused(t, err, ErrFileName)
	o.Whose = "p"
	if got := all(t, ShanghaiT2DM, o, book(t, shanghaiHead, []any{45413.5, 120})); got[0].Who != nil {
		t.Error("whose it is was said")
	}
}

func TestKindsOfInsulinByName(t *testing.T) {
	for name, want := range map[string]string{
		"Novolin R": "regular", "Humulin R": "regular", "Gansulin R": "regular", "Novolin 30R": "premix", "Humulin 70/30": "premix", "insulin aspart 70/30": "premix", "NovoMix 30": "premix",
		"insulin glarigine": "long", "insulin degludec": "long", "insulin aspart": "rapid", "Humalog": "rapid", "Novolin N": "nph", "Novolin": "", "甘精胰岛素": "long", "诺和灵R": "regular", "": "", "soup": "",
	} {
		if got := insulinKind(name); got != want {
			t.Errorf("%s: %q, wants %q", name, got, want)
		}
	}
}
