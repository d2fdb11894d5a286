package ingest

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
)

// BenchmarkRead is what reading a body of 100 readings costs before anything is stored.
func BenchmarkRead(b *testing.B) {
	var body bytes.Buffer
	body.WriteString(`{"batch":[`)
	for i := range 100 {
		if i > 0 {
			body.WriteByte(',')
		}
		fmt.Fprintf(&body, `{"type":"track","event":"glucose","messageId":"m%d","userId":"u%d","timestamp":"2026-03-08T03:20:00Z","properties":{"value":7.8,"unit":"mmol/L","context":"fasting"}}`, i, i)
	}
	body.WriteString(`]}`)
	p := &parser{source: event.Source{Number: 1, Name: "app"}, people: new(conductor.Directory), zone: time.UTC, now: time.Date(2026, 3, 8, 3, 27, 0, 0, time.UTC).UnixMicro()}
	for b.Loop() {
		items, _, err := splitBatch(body.Bytes())
		if err != nil {
			b.Fatal(err)
		}
		for _, raw := range items {
			if _, _, f := p.item(raw, ""); f != nil {
				b.Fatal(f)
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/event")
}
