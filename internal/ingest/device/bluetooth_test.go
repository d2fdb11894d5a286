package device

import (
	"strings"
	"testing"

	"peiban/internal/fault"
)

// packets of 2024-05-01 07:05:09 by the meter's clock
const (
	mgdl     = "0a 0300 e80705010705 09 7eb0 11 0100" // 126 mg/dL, 3, battery low
	mmol     = "06 0400 e80705010705 09 3fc0 11"      // 6.3 mmol/L, 4
	hi       = "02 0500 e80705010705 09 fe07 12"      // 5
	lo       = "02 0600 e80705010705 09 0208 12"      // 6
	nan      = "02 0700 e80705010705 09 ff07 12"      // 7
	control  = "02 0800 e80705010705 09 7eb0 1a"      // 8
	shifted  = "03 0900 e80705010705 09 f6ff 7eb0 11" // 9, ten minutes before
	tooMuch  = "02 0a00 e80705010705 09 1e00 12"      // 30 kg/L
	failed   = "0a 0b00 e80705010705 09 7eb0 11 0400" // too little blood
	unset    = "02 0c00 e80700000705 09 7eb0 11"      // month and day 0
	tooHigh  = "0a 0d00 e80705010705 09 7eb0 11 2000" // flagged above its range
	nothing_ = "00 0e00 e80705010705 09"              // no concentration
	future   = "02 0f00 ea0705010705 09 7eb0 11"      // 2026
	fluid    = "02 1000 e80705010705 09 7eb0 19"      // interstitial fluid
	after    = "13 0300 01 1ed0 02 2c01 32"           // of 3: breakfast of 30 g, after a meal
	alone    = "02 6300 01"                           // of a measurement that is not there
)

func TestPacketsOfAMeter(t *testing.T) {
	file := "# read out at the clinic\ndevice: M1\n"
	for _, p := range []string{mgdl, mmol, hi, lo, nan, control, shifted, tooMuch, failed, unset, tooHigh, nothing_, future, fluid} {
		file += p + "\r\n"
	}
	file += "2A34 03 0300 01 1ed0 02\n0x2a34, " + alone + "\n\n1b01\nno packet\n" + mgdl + "\n"
	got := all(t, Bluetooth, options(), file)
	compare(t, got, "", "",
		"glucose 05-01 07:05 126 after_breakfast_2h mg/dL M1", "glucose 05-01 07:05 6.3 mmol/L M1", "glucose 05-01 07:05 HI mg/dL M1", "glucose 05-01 07:05 LO mg/dL M1",
		"!bad_value", "!control_solution", "glucose 05-01 06:55 126 mg/dL M1", "!out_of_range", "!meter_fault", "!clock_not_set", "glucose 05-01 07:05 HI mg/dL M1",
		"!value_missing", "!in_the_future", "glucose 05-01 07:05 126 mg/dL M1 sensor", "meal 05-01 07:05 30", "!no_measurement", "!bad_packet", "!bad_packet",
		"glucose 05-01 07:05 126 after_breakfast_2h mg/dL M1")
	if first, again := got[2].Events[0], got[len(got)-1].Events[0]; first.ID != again.ID || first.X[2] != 3 || got[4].Line != 5 {
		t.Errorf("a meter that is read twice: %q %q", first.ID, again.ID)
	}
}

func TestPacketsInJSON(t *testing.T) {
	squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	compare(t, all(t, Bluetooth, options(), `{"device":"M1","packets":[{"characteristic":"00002a18-0000-1000-8000-00805f9b34fb","hex":"`+squeeze(mgdl)+`"},{"uuid":"2A34","hex":"0303000 1"},"`+squeeze(mmol)+`"]}`),
		"glucose 05-01 07:05 126 mg/dL M1", "!bad_packet", "glucose 05-01 07:05 6.3 mmol/L M1")
	compare(t, all(t, Bluetooth, options(), `[{"serial":"A","2a18":["`+squeeze(mgdl)+`"],"2a34":["030300011ed002"]},{"serial":"B","2a18":["`+squeeze(mgdl)+`"]}]`),
		"glucose 05-01 07:05 126 after_breakfast_2h mg/dL A", "meal 05-01 07:05 30", "glucose 05-01 07:05 126 mg/dL B")
	for text, why := range map[string]string{"{}": "no_packets", `[{"sgv":100}]`: "no_packets", "hello": "no_packets", `[{"hex":"` + squeeze(mgdl) + `"},{`: "json_broken"} {
		_, err := read(t, Bluetooth, options(), text)
		refused(t, err, fault.New(fault.Invalid, why, "", ""))
	}
}
