package device

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"peiban/internal/fault"
	"peiban/internal/ingest/rows"
)

// FuzzEveryFormat holds, for any bytes: nothing panics, every row has a place and an outcome, and no id stands for two readings of a
// row.
func FuzzEveryFormat(f *testing.F) {
	for _, s := range []string{
		"", "\x00", "[", "{", "[[[[", `{"a":`, "PK\x03\x04", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "\xff\xfe\x00", "a,b\n\"", libreHead + "x,y,1/1/1,0,5\n", dexcomHead + "1\t2024\tEGV\n",
		"Date,CGM mg/dl\n45413.5,1e999\n", "时间,血糖 mmol/L\n2024-05-01 07:05,6.1\n", `[{"date":1e400,"sgv":1},{"_type":1,"timestamp":[]},{"store":{"a":1},"defaultProfile":2}]`, mgdl, "2a34 ff", `{"packets":[1,null,{"hex":"00"}]}`,
		"Date\tCGM mg/dl\tInsulin\n45413.5\t1\t9 IU 8 IU, 7单位U\n", "[{\"rate\":1,\"start\":\":\"},{\"rate\":1,\"minutes\":1e300}]",
	} {
		f.Add([]byte(s))
	}
	if dir := os.Getenv("PEIBAN_DATA"); dir != "" {
		for _, name := range []string{"device_exports/De-identified_Dexcom.txt", "nightscout_like/pumphistory.json", "ble_glucose/vectors.json", "shanghai_t2dm/raw_sample/2002_0_20210513.xlsx"} {
			if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
				f.Add(b[:min(len(b), 4000)])
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		Detect(data)
		for kind, format := range Kinds {
			o := options()
			o.Unit = "mg/dL"
			err := format(o)(context.Background(), bytes.NewReader(data), func(r rows.Row) error {
				if r.Line < 1 {
					t.Errorf("%s: a row without a line", kind)
				}
				for _, e := range r.Events {
					if e.ID == "" || e.Occurred < 0 {
						t.Errorf("%s: an event without a name or a time", kind)
					}
				}
				return nil
			})
			if err != nil && fault.Of(err) == nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
}

func TestWhichFormatAFileIsOf(t *testing.T) {
	for text, want := range map[string]string{
		libreHead: "libreview", dexcomHead: "dexcom", "时间,血糖 mmol/L\n": "meter", "Date,CGM (mg / dl),CBG (mg / dl)\n": "shanghai-t2dm",
		`[{"sgv":1}]`: "nightscout", `{"packets":["2a18"]}`: "bluetooth", mgdl: "bluetooth", "2A18 " + mgdl: "bluetooth", "": "", "hello": "", "{}": "", "a,b\n1,2\n": "",
	} {
		if got := Detect([]byte(text)); got != want {
			t.Errorf("%.30q: %q, wants %q", text, got, want)
		}
	}
}
