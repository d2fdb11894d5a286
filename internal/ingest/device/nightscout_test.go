package device

import (
	"testing"

	"peiban/internal/fault"
)

func TestNightscoutEntries(t *testing.T) {
	got := all(t, Nightscout, options(), `[
{"_id":"a1","date":1714518300000,"dateString":"2024-05-01T07:05:00+0800","sgv":101,"device":"cgm","type":"sgv"},
{"date":1714518600000,"dateString":"2024-04-30T16:10:00-0700","sgv":"LOW","device":"cgm","type":"sgv"},
{"date":1714518900,"mbg":120,"type":"mbg","device":"meter"},
{"date":1714519200000,"type":"cal","slope":800},
{"dateString":"2024-05-01T00:15:00-07:00","sgv":7.2,"units":"mmol/L"},
{"dateString":"2024-05-01 07:20:00","glucose":5.6},
{"sgv":100}, {"date":1814518300000,"sgv":100}, {"date":-5,"sgv":100}, {"date":1714518300000,"sgv":"x"}, {"date":1714518300000,"type":"sgv"},
{"date":1714518300000,"color":"blue"}, 7, {"date":1714518300000,"sgv":99999999999},
{"openaps":{},"created_at":"2024-05-01T00:00:00Z"}, {"_id":{"$oid":"b"},"date":1714518300000,"sgv":90,"isValid":false}
]`)
	compare(t, got,
		"glucose 05-01 07:05 101 mg/dL cgm sensor", "glucose 04-30 16:10 LO mg/dL cgm sensor", "glucose 05-01 07:15 120 mg/dL meter", "",
		"glucose 05-01 00:15 7.2 mmol/L sensor", "!unit_unclear",
		"!time_missing", "!in_the_future", "!bad_time", "!bad_value", "!value_missing", "!unknown_record", "!not_an_object", "!out_of_range", "", "!withdrawn")
	if got[0].Events[0].ID != "p\x1fglucose\x1f2024-04-30T23:05:00Z\x1fcgm\x1fsgv\x1f101\x1fmg/dL" || got[1].Line != 3 {
		t.Errorf("id %q, line %d", got[0].Events[0].ID, got[1].Line)
	}
	o := options()
	o.Unit = "mmol/L"
	compare(t, all(t, Nightscout, o, `{"date":1714518300000,"sgv":5.6}`+"\n"+`{"date":1714518300000,"sgv":5.7}`), "glucose 05-01 07:05 5.6 mmol/L sensor", "glucose 05-01 07:05 5.7 mmol/L sensor")
}

func TestNightscoutTreatments(t *testing.T) {
	compare(t, all(t, Nightscout, options(), `{"treatments":[
{"_id":"1","eventType":"Meal Bolus","created_at":"2024-05-01T07:00:00.000Z","carbs":30,"insulin":4.5,"insulinType":"Humalog","notes":"noodles","glucose":7.1,"glucoseType":"Finger","units":"mmol"},
{"eventType":"Temp Basal","created_at":"2024-05-01T07:00:00+0800","absolute":0.8,"duration":30},
{"eventType":"Temp Basal","created_at":"2024-05-01T07:30:00+0800","duration":0},
{"eventType":"Temp Basal","created_at":"2024-05-01T07:40:00+0800","percent":-50,"duration":30},
{"eventType":"Temp Basal","created_at":"2024-05-01T07:45:00+0800","rate":0.8,"duration":3000},
{"eventType":"Suspend Pump","timestamp":"2024-05-01T08:00:00+08:00"},
{"eventType":"Exercise","timestamp":"2024-05-01T08:00:00+08:00","duration":40,"notes":"walk"},
{"eventType":"Site Change","timestamp":"2024-05-01T08:00:00+08:00"},
{"eventType":"Note","timestamp":"2024-05-01T08:00:00+08:00","notes":"ill"},
{"eventType":"BG Check","timestamp":"2024-05-01T08:00:00+08:00","glucose":110},
{"eventType":"BG Check","timestamp":"2024-05-01T08:00:00+08:00","glucose":25},
{"enteredBy":"x","carbs":5,"created_at":"2024-05-01T07:00:00.000Z","insulin":null}],"entries":[{"date":1714518300000,"sgv":101}]}`),
		"glucose 05-01 07:05 101 mg/dL sensor",
		`meal 05-01 15:00 30 {"note":"noodles"}; insulin 05-01 15:00 4.5 rapid {"note":"noodles"}; glucose 05-01 15:00 7.1 mmol/L`,
		"basal 05-01 07:00 0.8 temporary", "special_event 05-01 07:30 temp_basal_ended", `special_event 05-01 07:40 temp_basal_percent {"note":"-50 % 30 min"}`, "!out_of_range",
		"basal 05-01 08:00 0 suspended", `exercise 05-01 08:00 40 {"note":"walk"}`, "special_event 05-01 08:00 site_change", `special_event 05-01 08:00 note {"note":"ill"}`,
		"glucose 05-01 08:00 110 mg/dL", "!unit_unclear", "meal 05-01 15:00 5")
}

func TestPumpsAndProfiles(t *testing.T) {
	got := all(t, Nightscout, options(), `[
{"timestamp":"2024-05-01T07:05:00-07:00","_type":"Bolus","amount":0.4,"duration":0},
{"timestamp":"2024-05-01T07:00:00-07:00","_type":"TempBasalDuration","duration (min)":30},
{"timestamp":"2024-05-01T07:00:00-07:00","_type":"TempBasal","temp":"absolute","rate":0},
{"timestamp":"2024-05-01T07:00:00-07:00","_type":"PumpSuspend"},
{"timestamp":"2024-05-01T08:00:00-07:00","_type":"TempBasalDuration","duration (min)":14400},
{"timestamp":"2024-05-01T08:00:00-07:00","_type":"Rewind"},
{"timestamp":"2024-05-01T08:00:00-07:00","_type":"BolusWizard","carb_input":20,"bg":0}]`)
	compare(t, got, "insulin 05-01 07:05 0.4", "", "basal 05-01 07:00 0 temporary", "basal 05-01 07:00 0 suspended", "!out_of_range", `special_event 05-01 08:00 pump {"note":"Rewind"}`, "meal 05-01 08:00 20")
	if got[2].Events[0].X[0] != 30 {
		t.Errorf("the rate holds %v minutes", got[2].Events[0].X)
	}
	// now is midnight of 1 June: 00:00 began just now, 06:30 yesterday
	compare(t, all(t, Nightscout, options(), `[{"minutes":0,"rate":1,"start":"00:00:00","i":0},{"minutes":390,"rate":1.2,"start":"06:30:00","i":1},{"minutes":0,"rate":99,"start":"00:00"},{"rate":1,"start":"25:00"}]`),
		"basal 06-01 00:00 1 scheduled", "basal 05-31 06:30 1.2 scheduled", "!out_of_range", "!bad_time")
	compare(t, all(t, Nightscout, options(), `{"dia":6,"basalprofile":[{"minutes":0,"rate":1.0,"start":"00:00:00","i":0}]}`), "basal 06-01 00:00 1 scheduled")
	compare(t, all(t, Nightscout, options(), `[{"_id":"x","defaultProfile":"day","startDate":"2024-05-01T08:00:00+08:00","store":{"day":{"timezone":"Asia/Shanghai","basal":[{"time":"00:00","value":"0.5"},{"time":"09:00","value":0.7}]},"ill":{"basal":[]}}}]`),
		"basal 05-02 00:00 0.5 scheduled; basal 05-01 09:00 0.7 scheduled")
}

func TestAScheduleWithoutADateIsToldOnce(t *testing.T) {
	o := options()
	first := all(t, Nightscout, o, `[{"rate":1,"start":"00:00"}]`)
	o.Now = o.Now.AddDate(0, 0, 3)
	if later := all(t, Nightscout, o, `[{"rate":1,"start":"00:00"}]`); later[0].Events[0].ID != first[0].Events[0].ID || later[0].Events[0].Original != first[0].Events[0].Original {
		t.Error("the same schedule was told twice")
	}
}

func TestJSONThatBreaksOff(t *testing.T) {
	for _, text := range []string{`[{"date":1714518300000,"sgv":101},` + "\n" + `{"date":17145`, `[{"date":1714518300000,"sgv":101}`, `{"date":1714518300000,"sgv":101}{`} {
		got, err := read(t, Nightscout, options(), text)
		refused(t, err, fault.New(fault.Invalid, "json_broken", "", ""))
		compare(t, got, "glucose 05-01 07:05 101 mg/dL sensor")
	}
	_, err := read(t, Nightscout, options(), dexcomHead+"1\n")
	refused(t, err, fault.New(fault.Invalid, "not_json", "", ""))
}
