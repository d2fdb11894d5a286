package api_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
	"peiban/internal/ingest"
)

const readingsHead = "病历号,测量时间,血糖(mmol/L)\n"

// What happens with a table that is not as it should be: the list is docs/guide/collect.md.
func TestBadTablesHaveTheirOutcome(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	at := func(days int, clock string) string {
		return h.now().AddDate(0, 0, days).Format("2006-01-02") + " " + clock
	}
	for name, c := range map[string]struct {
		text     string
		taken    int
		reasons  string
		unmapped string // why it is not even looked at
	}{
		"half a file":          {text: readingsHead + "B1," + at(-3, "07:00") + ",7.8\nB1," + at(-2, "07:00")[:7], taken: 1, reasons: "nothing_here 1"},
		"a quote left open":    {text: readingsHead + "B2," + at(-3, "07:00") + ",7.8\n\"B2," + at(-2, "07:00") + ",7.8\n", taken: 1, reasons: "quote_not_closed 1"},
		"ten-year-old clocks":  {text: readingsHead + "B3," + at(-3660, "07:00") + ",7.8\nB3," + at(-3659, "07:00") + ",7.9\n", taken: 2},
		"times in the future":  {text: readingsHead + "B4," + at(0, "11:30") + ",7.8\nB4," + at(1, "07:00") + ",7.9\n", taken: 1, reasons: "in_the_future 1"},
		"impossible in a unit": {text: readingsHead + "B5," + at(-3, "07:00") + ",7.8\nB5," + at(-2, "07:00") + ",126\n", taken: 1, reasons: "unit_doubtful 1"},
		"merged headers":       {text: "病历号,日期,血糖,\n,,空腹,早餐后2小时\nB6," + at(-3, "")[:10] + ",7.8,9.1\n", unmapped: "header"},
		"mixed units":          {text: "病历号,测量时间,血糖\nB7," + at(-3, "07:00") + ",7.8\nB7," + at(-2, "07:00") + ",126\n", unmapped: "events[0].fields.value.unit"},
		"units missing":        {text: "病历号,测量时间,血糖\nB8," + at(-3, "07:00") + ",25\n", unmapped: "events[0].fields.value.unit"},
	} {
		t.Run(name, func(t *testing.T) {
			var up api.Import
			zhou.do("POST", "/api/imports?name=a.csv", c.text, &up)
			path := fmt.Sprintf("/api/imports/%d", up.Number)
			var g api.ImportGuess
			if status := zhou.do("GET", path+"/guess", nil, &g); status != 200 {
				t.Fatal(status)
			}
			if c.unmapped != "" {
				if len(g.Questions) == 0 || g.Questions[0].Path != c.unmapped {
					t.Errorf("asked %+v", g.Questions)
				}
				if res, answer := zhou.raw("POST", path+"/start", map[string]any{"map": g.Map}); res.StatusCode == 200 || !strings.Contains(string(answer), "body.map."+c.unmapped) {
					t.Errorf("it starts unanswered: %d %s", res.StatusCode, answer)
				}
				return
			}
			if status := zhou.do("POST", path+"/start", map[string]any{"map": g.Map, "basis": "paper"}, nil); status != 200 {
				t.Fatalf("%d %+v", status, g.Questions)
			}
			h.work()
			r := h.imported(zhou, up.Number).Report
			var reasons []string
			for k, n := range r.Reasons {
				reasons = append(reasons, fmt.Sprint(k, " ", n))
			}
			if r.Taken != c.taken || strings.Join(reasons, ", ") != c.reasons || r.Rows != r.Taken+r.Repeated+r.Refused {
				t.Errorf("%+v", r)
			}
		})
	}
}

// bomb is a workbook of some kilobytes whose sheet is larger than any that is read.
func bomb(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for name, text := range map[string]string{
		"[Content_Types].xml":        `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"xl/workbook.xml":            `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
	} {
		w, err := z.Create(name)
		must(t, err)
		_, err = io.WriteString(w, text)
		must(t, err)
	}
	w, err := z.Create("xl/worksheets/sheet1.xml")
	must(t, err)
	_, err = io.WriteString(w, `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	must(t, err)
	blank := bytes.Repeat([]byte(" "), 1<<20)
	for range 600 {
		_, err = w.Write(blank)
		must(t, err)
	}
	must(t, z.Close())
	return out.String()
}

func TestAZipBombIsRefusedBeforeItIsUnpacked(t *testing.T) {
	t.Parallel() // one of the longest
	h := newHouse(t)
	zhou := h.as("zhou")
	var up api.Import
	if status := zhou.do("POST", "/api/imports?name=a.xlsx", bomb(t), &up); status != 200 {
		t.Fatal(status)
	}
	began := time.Now()
	if p := zhou.refused("GET", fmt.Sprintf("/api/imports/%d/guess", up.Number), nil); p.Code != "workbook_too_large" || p.Status != 413 {
		t.Errorf("%+v", p)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// A source that sends bad events without end is refused each, and fills nothing: so many are kept, the others are counted.
func TestASourceThatSendsBadEventsWithoutEndFillsNothing(t *testing.T) {
	var intake *ingest.Segment
	h := newHouse(t, withIntake(&intake))
	admin := h.as("admin")
	var made, good api.SourceKey
	admin.do("POST", "/api/sources", map[string]any{"name": "wild"}, &made)
	admin.do("POST", "/api/sources", map[string]any{"name": "tame"}, &good)
	const batches, each = 12, 1000
	for i := range batches {
		var b strings.Builder
		for k := range each {
			if k > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, `{"type":"track","userId":"u","messageId":"m%d","event":"glucose","properties":{"value":"x"}}`, i*each+k)
		}
		if status, answer := h.send(made.WriteKey, "batch", `{"batch":[`+b.String()+`]}`); status != 200 || answer["refused"] != float64(each) {
			t.Fatalf("%d %v", status, answer["refused"])
		}
	}
	var list api.Listing[api.Reject]
	if admin.do("GET", "/api/rejects?limit=1", nil, &list); list.Total != ingest.MaxRejects {
		t.Errorf("%d are kept, want %d", list.Total, ingest.MaxRejects)
	}
	if status, answer := h.send(good.WriteKey, "track", `{"type":"track","userId":"u","event":"consent","properties":{"purpose":"health_data","granted":true,"textVersion":"1"}}`); status != 200 {
		t.Errorf("another source: %d %v", status, answer)
	}
}
