package api_test

import (
	"strings"
	"testing"
)

func TestBadInput(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	phone := h.phone(liu, card.ID)
	id := string(card.ID)
	tests := []struct {
		name, method, path string
		body               any
		status             int
		field              string
	}{
		{"text for a number", "POST", "/api/me/readings", map[string]any{"value": "seven", "unit": "mmol/L", "context": ""}, 422, "body.value"},
		{"wrong unit", "POST", "/api/me/readings", map[string]any{"value": 7, "unit": "mmol", "context": ""}, 422, "body.unit"},
		{"no value", "POST", "/api/me/readings", map[string]any{"unit": "mmol/L", "context": ""}, 422, "body.value"},
		{"a list for a value", "POST", "/api/me/readings", map[string]any{"value": []int{1}, "unit": "mmol/L", "context": ""}, 422, "body.value"},
		{"unknown slot", "POST", "/api/me/readings", map[string]any{"value": 7, "unit": "mmol/L", "context": "brunch"}, 422, "body.context"},
		{"a future date", "POST", "/api/me/readings", map[string]any{"value": 7, "unit": "mmol/L", "context": "", "measuredAt": "2026-03-09T11:27:00+08:00"}, 422, "body.measuredAt"},
		{"a date of 1900", "POST", "/api/me/readings", map[string]any{"value": 7, "unit": "mmol/L", "context": "", "measuredAt": "1900-01-01T00:00:00Z"}, 422, "body.measuredAt"},
		{"no date", "POST", "/api/me/readings", map[string]any{"value": 7, "unit": "mmol/L", "context": "", "measuredAt": "yesterday"}, 422, "body.measuredAt"},
		{"an unknown field", "POST", "/api/me/readings", map[string]any{"value": 7, "unit": "mmol/L", "context": "", "colour": "red"}, 422, "body.colour"},
		{"not JSON", "POST", "/api/me/readings", "hello", 400, ""},
		{"JSON cut off", "POST", "/api/me/readings", `{"value":`, 400, ""},
		{"invalid UTF-8", "POST", "/api/me/contact", "{\"note\":\"\xff\xfe\"}", 422, "body"},
		{"nothing", "POST", "/api/me/readings", "", 400, ""},
		{"100 KB", "POST", "/api/me/contact", map[string]string{"note": strings.Repeat("x", 100<<10)}, 413, ""},
		{"a note too long", "POST", "/api/me/contact", map[string]string{"note": strings.Repeat("长", 501)}, 422, "body.note"},
		{"a name of blanks", "POST", "/api/people", map[string]any{"name": "   "}, 422, "body.name"},
		{"a name of two lines", "PATCH", "/api/people/" + id, map[string]any{"name": "张\n桂芳"}, 422, "body.name"},
		{"a telephone number of letters", "POST", "/api/people", map[string]any{"name": "张", "phone": "abc"}, 422, "body.phone"},
		{"unknown purpose", "POST", "/api/me/consents", map[string]any{"purpose": "everything", "granted": true, "version": "1"}, 422, "body.purpose"},
		{"days", "GET", "/api/me/readings?days=8", nil, 422, "query.days"},
		{"a wrong moment", "GET", "/api/people/" + id + "?at=soon", nil, 422, "query.at"},
		{"a wrong cursor", "GET", "/api/people?cursor=abc", nil, 422, "query.cursor"},
		{"a cursor of the audit", "GET", "/api/people/" + id + "/messages?cursor=abc", nil, 422, ""},
		{"a limit of a million", "GET", "/api/people?limit=1000000", nil, 422, "query.limit"},
		{"unknown sort", "GET", "/api/people?sort=luck", nil, 422, "query.sort"},
		{"an unknown parameter", "GET", "/api/people?text=x", nil, 422, "query.text"},
		{"an unknown parameter beside a known one", "GET", "/api/tags?q=x&grp=y", nil, 422, "query.grp"},
		{"a parameter of the file", "GET", "/api/people.csv?nam=x", nil, 422, "query.nam"},
		{"a parameter nobody should repeat", "GET", "/api/me/messages?%E5%BC%A0%E6%A1%82%E8%8A%B3=1", nil, 422, "query.?"},
		{"a parameter where there are none", "GET", "/api/programmes?x=1", nil, 422, "query.x"},
		{"a list for the body", "POST", "/api/people", `[]`, 422, "body"},
		{"a number for the body", "POST", "/api/me/readings", `7`, 422, "body"},
		{"null for the body", "POST", "/api/me/readings", `null`, 422, "body"},
		{"unknown tag", "GET", "/api/people/" + id + "/tags/nope", nil, 404, ""},
		{"unknown programme", "GET", "/api/programmes/nope", nil, 404, ""},
		{"no such address", "GET", "/api/nope", nil, 404, ""},
		{"a name of nothing", "POST", "/api/people", map[string]string{"name": ""}, 422, "body.name"},
		{"a phone of letters", "POST", "/api/people", map[string]string{"name": "x", "phone": "abc"}, 422, "body.phone"},
		{"a name of marks nobody sees", "POST", "/api/people", `{"name":"\u200b\u2060"}`, 422, "body.name"},
		{"a name that turns the writing round", "POST", "/api/people", `{"name":"a\u202eb"}`, 422, "body.name"},
		{"half a character", "POST", "/api/people", `{"name":"\ud800"}`, 422, "body.name"},
		{"a NUL in a name", "PATCH", "/api/people/" + id, `{"name":"a\u0000b"}`, 422, "body.name"},
		{"a NUL in a login", "POST", "/api/session", `{"login":"a\u0000b","password":"x"}`, 422, "body.login"},
		{"a NUL in an address", "GET", "/api/tasks/%00/why", nil, 422, "path"},
		{"a NUL in a query", "GET", "/api/audit?action=%00", nil, 422, "query.action"},
		{"no UTF-8 in a query", "GET", "/api/people?q=%ff", nil, 422, "query.q"},
		{"a query cut off", "GET", "/api/people?q=%zz", nil, 422, "query"},
		{"a field twice", "POST", "/api/people", `{"name":"a","name":"b"}`, 422, "body.name"},
		{"a field twice, inside", "POST", "/api/people", `{"name":"a","x":[1,{"y":1,"y":2}]}`, 422, "body.x[1].y"},
		{"the same field of two objects", "POST", "/api/people", `{"name":"a","x":[{"y":1},{"y":2}]}`, 422, "body.x"},
		{"a number of 400 digits", "POST", "/api/people", `{"name":"a","birthYear":` + strings.Repeat("9", 400) + `}`, 422, "body.birthYear"},
		{"ten thousand lists", "POST", "/api/people", `{"name":` + strings.Repeat("[", 10000) + strings.Repeat("]", 10000) + `}`, 422, "body"},
		{"an unknown sort of the file", "GET", "/api/people.csv?sort=luck", nil, 422, "query.sort"},
		{"SQL and HTML in a name", "POST", "/api/people", map[string]string{"name": "<b>'); DROP TABLE person;--"}, 200, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := liu
			if strings.HasPrefix(tt.path, "/api/me") {
				b = phone
			}
			p := b.refused(tt.method, tt.path, tt.body, "If-Match", "*")
			if p.Status != tt.status || p.Field != tt.field {
				t.Errorf("%d at %q (%s %s), want %d at %q", p.Status, p.Field, p.Code, p.Text.En, tt.status, tt.field)
			}
			if tt.status >= 400 && (p.Code == "" || p.Text.Zh == "" || p.Text.En == "") {
				t.Errorf("no words: %+v", p)
			}
		})
	}
}

func TestACompressedBodyIsNotTaken(t *testing.T) {
	h := newHouse(t)
	p := h.as("liu").refused("POST", "/api/people", "\x1f\x8b\x08", "Content-Encoding", "gzip")
	if p.Status != 415 || p.Code != "compressed_body" || p.Field != "header.Content-Encoding" {
		t.Errorf("%+v", p)
	}
}

// What was meant is said: by another name, by a misspelt one, or all there are.
func TestAnUnknownParameterIsNamedWithWhatWasMeant(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	for path, hint := range map[string]string{
		"/api/people?text=x": "did you mean q?", "/api/people?ownr=me": "did you mean owner?", "/api/people?page=2": "did you mean cursor?",
		"/api/tags?colour=red": "there are: programme, q, group, kind", "/api/programmes?x=1": "this address takes no parameters",
	} {
		if p := liu.refused("GET", path, nil); p.Code != "unknown_parameter" || p.Hint != hint {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := liu.refused("POST", "/api/people", `[]`); !strings.Contains(p.Text.En, "object") || strings.Contains(p.Text.En, "cannot be read") {
		t.Errorf("%+v", p)
	}
}
