package device

import (
	"bytes"
	"encoding/hex"
	"io"
	"strings"

	"peiban/internal/ingest/rows"
	"peiban/internal/sheet"
)

// Kinds are the formats, as commands and sources call them.
var Kinds = map[string]func(Options) rows.Format{
	"libreview": LibreView, "dexcom": Dexcom, "meter": Meter, "shanghai-t2dm": ShanghaiT2DM, "nightscout": Nightscout, "bluetooth": Bluetooth,
}

// looksAt is how much of a beginning Detect reads.
const looksAt = 64 << 10

// Detect tells which format a file is of from how it begins; empty: none of these.
func Detect(begin []byte) string {
	head := begin[:min(len(begin), looksAt)]
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) == 0 {
		return ""
	}
	if text[0] == '{' || text[0] == '[' {
		if has(text, "2a18", "2A18", `"packets"`) {
			return "bluetooth"
		}
		if has(text, `"sgv"`, `"mbg"`, `"eventType"`, `"_type"`, `"carbs"`, `"basalprofile"`, `"defaultProfile"`, `"rate"`) {
			return "nightscout"
		}
		return ""
	}
	if isPacket(text) {
		return "bluetooth"
	}
	whole := begin
	if !sheet.Is(begin) {
		whole = head
	}
	kind := ""
	for _, l := range [...]layout{libreLayout, dexcomLayout, shanghaiLayout, meterLayout} {
		t := &table{layout: l, o: &Options{}, data: whole}
		if t.each(func(int, sheet.Row) error { return io.EOF }) != nil && t.named == nil {
			return ""
		}
		for i := range t.named {
			if _, found, err := t.find(i); found || err != nil {
				return l.name
			}
		}
	}
	return kind
}

func has(text []byte, words ...string) bool {
	for _, w := range words {
		if bytes.Contains(text, []byte(w)) {
			return true
		}
	}
	return false
}

// isPacket reports whether a text begins with a line of a glucose measurement in hexadecimal digits.
func isPacket(text []byte) bool {
	first, _, _ := strings.Cut(string(text), "\n")
	first = strings.ToLower(strings.TrimSpace(first))
	if strings.HasPrefix(first, "2a18") || strings.HasPrefix(first, "0x2a18") {
		return true
	}
	b, err := hex.DecodeString(strings.NewReplacer(" ", "", ":", "", "-", "").Replace(first))
	return err == nil && len(b) >= 10
}
