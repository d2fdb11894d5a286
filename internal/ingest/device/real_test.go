package device

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"peiban/internal/event"
	"peiban/internal/ingest/rows"
)

// real opens a file of the data sets, which are beside the project and never in it.
func real(t *testing.T, name string) []byte {
	t.Helper()
	dir := os.Getenv("PEIBAN_DATA")
	if dir == "" {
		t.Skip("PEIBAN_DATA is not set")
	}
	all, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// figures are what one file comes to.
type figures struct {
	rows, refused, events, sensor, finger, ids int
	sum                                        float64 // of what a sensor measured, as entered
}

func count(t *testing.T, format rows.Format, data []byte) figures {
	t.Helper()
	var f figures
	ids := map[string]bool{}
	err := format(context.Background(), bytes.NewReader(data), func(r rows.Row) error {
		f.rows++
		if r.Why != nil {
			f.refused++
			t.Logf("line %d: %v", r.Line, r.Why)
		}
		for _, e := range r.Events {
			f.events++
			ids[e.ID] = true
			if e.Type != event.Glucose {
				continue
			}
			if e.Flags&event.Sensor == 0 {
				f.finger++
				continue
			}
			f.sensor++
			v, _ := e.Entered()
			f.sum += v
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.ids = len(ids)
	return f
}

func TestRealExportsOfSensors(t *testing.T) {
	o := options()
	f := count(t, Dexcom(o), real(t, "device_exports/De-identified_Dexcom.txt"))
	if f.rows != 1440 || f.refused != 0 || f.sensor != 1411 || f.finger != 12 || f.ids != f.events || int(f.sum/1411*100+0.5) != 10171 {
		t.Errorf("Dexcom: %+v, mean %v", f, f.sum/1411)
	}
	f = count(t, LibreView(o), real(t, "device_exports/De-identified_Libre.csv"))
	if f.rows != 1337 || f.refused != 0 || f.sensor != 1337 || f.ids != 1337 || int(f.sum/1337*1e4+0.5) != 995677 {
		t.Errorf("Libre: %+v, mean %v", f, f.sum/1337)
	}
}

func TestRealWorkbooksOfShanghai(t *testing.T) {
	for name, want := range map[string]figures{
		// counted from the cells without this package: rows, all with CGM; finger readings; every event
		"2000_0_20201230.xlsx": {rows: 1339, sensor: 1339, finger: 32, events: 1440},
		"2001_1_20201117.xlsx": {rows: 1339, sensor: 1339, finger: 86, events: 1521},
		"2002_0_20210513.xlsx": {rows: 571, sensor: 571, finger: 38, events: 685},
		"2014_0_20201224.xlsx": {rows: 1333, sensor: 1333, finger: 92, events: 1522},
		"2020_0_20210423.xls":  {rows: 539, sensor: 539, finger: 21, events: 591},
	} {
		o := options()
		o.Whose, o.Name = "", name
		if f := count(t, ShanghaiT2DM(o), real(t, "shanghai_t2dm/raw_sample/"+name)); f.rows != want.rows || f.refused != 0 || f.ids != f.events || f.sensor != want.sensor || f.finger != want.finger || f.events != want.events {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestRealJSONAndPackets(t *testing.T) {
	for name, want := range map[string]figures{
		"glucose.json": {rows: 6, sensor: 6, events: 6}, "carbhistory.json": {rows: 2, events: 2}, "basal_profile.json": {rows: 1, events: 1}, "profile.json": {rows: 1, events: 1},
		"pumphistory.json": {rows: 3, events: 2, refused: 1}, // a rate for ten days is none
	} {
		f := count(t, Nightscout(options()), real(t, "nightscout_like/"+name))
		if f.rows != want.rows || f.refused != want.refused || f.sensor != want.sensor || f.events != want.events || f.ids != f.events {
			t.Errorf("%s: %+v", name, f)
		}
	}
	f := count(t, Bluetooth(options()), real(t, "ble_glucose/vectors.json")) // both are no reading of a person
	if f.rows != 2 || f.refused != 2 {
		t.Errorf("packets: %+v", f)
	}
}
