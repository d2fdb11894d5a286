package bluetooth

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func packet(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestMeasurements(t *testing.T) {
	base := time.Date(2026, 3, 2, 7, 5, 9, 0, time.UTC)
	for _, tt := range []struct {
		name, hex string
		want      Measurement
	}{
		{"mmol/L with a clock that was set forward", "07 0201 ea0703020705 09 3c00 3fd0 11", Measurement{Sequence: 258, Time: base.Add(time.Hour), Measured: true, Molar: true, Value: 63, Sample: CapillaryWhole, Location: Finger}},
		{"mg/dL and a status", "0a 0300 ea0703020705 09 7eb0 12 0100", Measurement{Sequence: 3, Time: base, Measured: true, Value: 126, Sample: CapillaryPlasma, Location: Finger, Status: BatteryLow}},
		{"above what the meter measures", "02 0400 ea0703020705 09 fe07 12", Measurement{Sequence: 4, Time: base, Measured: true, Value: math.Inf(1), Sample: CapillaryPlasma, Location: Finger}},
		{"below it", "02 0500 ea0703020705 09 0208 12", Measurement{Sequence: 5, Time: base, Measured: true, Value: math.Inf(-1), Sample: CapillaryPlasma, Location: Finger}},
		{"the offset goes back past midnight and into another year", "03 0600 ea0701010005 00 f6ff 7eb0 1a", Measurement{Sequence: 6, Time: time.Date(2025, 12, 31, 23, 55, 0, 0, time.UTC), Measured: true, Value: 126, Sample: ControlSolution, Location: Finger}},
		{"no concentration, and a context to come", "10 0700 ea0703020705 09", Measurement{Sequence: 7, Time: base, Value: math.NaN(), Context: true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := DecodeMeasurement(packet(t, compact(tt.hex)))
			if math.IsNaN(tt.want.Value) && math.IsNaN(got.Value) {
				tt.want.Value, got.Value = 0, 0
			}
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v\nwant %+v", got, err, tt.want)
			}
		})
	}
}

func compact(text string) (out string) {
	for _, r := range text {
		if r != ' ' {
			out += string(r)
		}
	}
	return out
}

func TestWhatIsNoPersonsReading(t *testing.T) {
	for _, tt := range []struct {
		m               Measurement
		control, failed bool
	}{
		{Measurement{Sample: ControlSolution}, true, false},
		{Measurement{Location: ControlSample}, true, false},
		{Measurement{Sample: CapillaryPlasma, Location: Finger, Status: BatteryLow | ResultTooHigh | TimeFault}, false, false},
		{Measurement{Status: SampleTooSmall}, false, true},
	} {
		if tt.m.Control() != tt.control || tt.m.Failed() != tt.failed {
			t.Errorf("%+v: control %v, failed %v", tt.m, tt.m.Control(), tt.m.Failed())
		}
	}
}

// Every packet that is shorter or longer than its flags say is refused, never read past its end.
func TestPacketsOfAnotherLength(t *testing.T) {
	whole := packet(t, compact("1b 0100 e307021b0b0a 1e fbff 1e00 12 0501"))
	for n := range len(whole) {
		if _, err := DecodeMeasurement(whole[:n]); !errors.Is(err, ErrLength) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if _, err := DecodeMeasurement(append(whole, 0)); !errors.Is(err, ErrLength) {
		t.Errorf("a byte too many: %v", err)
	}
	context := packet(t, compact("ff 0100 00 01 3cf0 03 21 0807 32 04 0cf0 46f0"))
	if _, err := DecodeContext(context); err != nil {
		t.Fatal(err)
	}
	for n := range len(context) {
		if _, err := DecodeContext(context[:n]); !errors.Is(err, ErrLength) {
			t.Errorf("context of %d bytes: %v", n, err)
		}
	}
}

func TestDaysThatDoNotExist(t *testing.T) {
	for name, at := range map[string]string{"a meter never set": "0000 00 00 00 00 00", "29 February of 2026": "ea07 02 1d 07 05 09", "hour 24": "ea07 03 02 18 00 00", "second 60": "ea07 03 02 07 05 3c"} {
		if _, err := DecodeMeasurement(packet(t, compact("02 0100 "+at+" 7eb0 12"))); !errors.Is(err, ErrTime) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContexts(t *testing.T) {
	got, err := DecodeContext(packet(t, compact("5b 0201 02 3cd0 01 0807 32 04 0ca0")))
	want := Context{Sequence: 258, CarbsOf: Lunch, Carbs: 60, Meal: BeforeMeal, Exercise: 30 * time.Minute, Intensity: 50, Insulin: LongActing, Dose: 12}
	got.HbA1c = 0
	if err == nil || got.Dose == want.Dose {
		t.Errorf("HbA1c is said and missing: %+v %v", got, err)
	}
	got, err = DecodeContext(packet(t, compact("3b 0201 02 3cd0 01 0807 32 04 0cd0")))
	if !math.IsNaN(got.HbA1c) {
		t.Errorf("%v", got.HbA1c)
	}
	got.HbA1c, want.Volume = 0, true
	if err != nil || got != want {
		t.Errorf("%+v, %v\nwant %+v", got, err, want)
	}
	got, err = DecodeContext(packet(t, compact("4c 0100 ffff 64 46f0")))
	if err == nil {
		t.Errorf("the tester is said and missing: %+v", got)
	}
	got, err = DecodeContext(packet(t, compact("4c 0100 21 ffff 64 46f0")))
	if err != nil || got.Exercise != 0 || got.Tester != 1 || got.Health != 2 || got.HbA1c != 7 || !math.IsNaN(got.Carbs) || !math.IsNaN(got.Dose) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestVectors compares with packets of others.
func TestVectors(t *testing.T) {
	data := os.Getenv("PEIBAN_DATA")
	if data == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	b, err := os.ReadFile(filepath.Join(data, "ble_glucose", "vectors.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		Measurements []struct {
			Hex           string
			Sequence      uint16
			Local         string `json:"local_time"`
			Concentration float64
			Unit          string
			Type          Sample
			Location      Location `json:"sample_location"`
			Status        Status   `json:"sensor_status"`
			Context       bool     `json:"context_follows"`
		} `json:"nordic_2a18"`
		Invalid []struct{ Hex string } `json:"nordic_invalid_2a18"`
		SFloat  []struct {
			Raw   string
			Value any
		}
	}
	if err := json.Unmarshal(b, &v); err != nil || len(v.Measurements) == 0 || len(v.Invalid) == 0 || len(v.SFloat) == 0 {
		t.Fatal(err)
	}
	for _, x := range v.Measurements {
		m, err := DecodeMeasurement(packet(t, x.Hex))
		per := map[string]float64{"kg/L": 1e5, "mol/L": 1e3}[x.Unit]
		if err != nil || m.Sequence != x.Sequence || m.Time.Format("2006-01-02T15:04:05") != x.Local || math.Abs(m.Value-per*x.Concentration) > 1e-9*m.Value ||
			m.Sample != x.Type || m.Location != x.Location || m.Status != x.Status || m.Context != x.Context {
			t.Errorf("%s: %+v, %v", x.Hex, m, err)
		}
	}
	for _, x := range v.Invalid {
		if m, err := DecodeMeasurement(packet(t, x.Hex)); err == nil {
			t.Errorf("%s: %+v", x.Hex, m)
		}
	}
	words := map[string]float64{"NaN": math.NaN(), "NRes": math.NaN(), "reserved": math.NaN(), "+INFINITY": math.Inf(1), "-INFINITY": math.Inf(-1)}
	for _, x := range v.SFloat {
		raw, err := strconv.ParseUint(x.Raw, 0, 16)
		if err != nil {
			t.Fatal(err)
		}
		want, isNumber := x.Value.(float64)
		if s, isWord := x.Value.(string); isWord {
			want = words[s]
		} else if !isNumber {
			t.Fatalf("%v", x.Value)
		}
		if got := SFloat(uint16(raw)); got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Errorf("%s: %v, want %v", x.Raw, got, want)
		}
	}
}
