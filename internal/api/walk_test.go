package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"peiban/internal/api"
)

// call is how an operation of the document is called in the walk: a body that is right in every other respect.
type call struct {
	id   func(world) string // what {id} stands for; nil: a person
	key  string             // what {key} stands for
	body any
	// hides says what else names somebody: a query or a body with an id of the other world.
	query func(world) string
	// more says that finding one's own takes more than this world has: the operation's own test does. Another's is not there all the same.
	more bool
}

func personOf(w world) string  { return string(w.person.ID) }
func taskOf(w world) string    { return w.task }
func messageOf(w world) string { return w.message }
func readingOf(w world) string { return w.reading.ID() }

var reading = map[string]any{"value": 7.8, "unit": "mmol/L", "context": "fasting"}

var statement = map[string]any{"type": "medication", "properties": map[string]any{"name": "神奇降糖灵", "action": "start"}}

var weighed = map[string]any{"type": "weight", "properties": map[string]any{"value": 70}}

var kin = map[string]any{"kind": "son", "scopes": []string{}}

var answers = map[string]any{"answers": []map[string]any{{"item": "foot", "codes": []string{"fine"}}, {"item": "shoes", "codes": []string{"fit"}}}}

// calls says for every operation with somebody in its address how it is called. An operation that is missing here
// fails the walk, so that no address is added without its check.
var calls = map[string]call{
	"person-starts": {}, "overdue-outcome": {body: map[string]string{"kind": "readings", "due": "2026-03-01T00:00:00+08:00", "result": "reached", "reason": "refused"}, more: true}, "person-consents": {}, "child-consents": {more: true}, "child-consent": {body: map[string]any{"purpose": "health_data", "granted": true, "version": "1"}, more: true},
	"write-to-person": {body: map[string]string{"text": "您好"}}, "message-proof": {id: messageOf}, "review-message": {body: map[string]bool{"send": false}, more: true},
	"person-conversation": {}, "handle-conversation": {body: map[string]string{"action": "noted", "note": "x"}}, "suggestions": {},
	"person-forms": {}, "form-answers": {key: "feet"},
	"answer-form":        {key: "feet", body: answers},
	"correct-answers":    {key: "feet", body: answers},
	"retract-answers":    {key: "feet", body: map[string]string{"reason": "x"}},
	"correct-my-answers": {key: "feet", body: answers},
	"retract-my-answers": {key: "feet", body: map[string]string{"reason": "x"}},
	"health-file":        {}, "upload-report": {query: func(world) string { return "?kind=lab" }, body: "%PDF-1.7"},
	"report": {}, "my-report": {},
	"person-changes": {}, "person-change": {}, "person-progress": {}, "visit-page": {}, "make-visit-link": {}, "visit-links": {}, "visit-answers": {},
	"revoke-visit-link": {}, "revoke-my-visit-link": {},
	"make-uploader": {}, "uploaders": {}, "revoke-uploader": {}, "revoke-my-uploader": {},
	"confirm-visit-answer": {body: map[string][]int{"items": {}}},
	"refuse-visit-answer":  {body: map[string]string{"reason": "x"}},
	"add-to-file":          {body: statement},
	"correct-in-file":      {body: statement},
	"retract-from-file":    {body: map[string]string{"reason": "x"}},
	"map-medicine":         {body: map[string]string{"generic": "metformin"}},
	"sign-in-file":         {},
	"correct-in-my-file":   {body: statement},
	"retract-from-my-file": {body: map[string]string{"reason": "x"}},
	"person":               {}, "person-readings": {}, "person-timeline": {}, "person-runs": {}, "person-tags": {}, "why-stage": {},
	"person-tasks": {}, "person-messages": {}, "person-phone": {}, "sign-in-link": {},
	"tag-history": {key: "gl_hypo2_28d"}, "person-segments": {},
	"set-segment":     {key: "pilot", body: map[string]string{"state": "in", "reason": "x"}},
	"why-tag":         {key: "gl_hypo2_28d"},
	"change-person":   {body: map[string]any{"name": "李四"}},
	"add-reading":     {body: reading},
	"change-relative": {body: kin}, "change-my-relative": {body: kin}, "end-relative": {},
	"person-family": {}, "add-relative": {body: map[string]any{"name": "李四", "phone": "13900000001", "kind": "son", "scopes": []string{}}},
	"type-receipt":   {body: map[string]any{"at": "2026-03-08", "title": "x"}},
	"refuse-receipt": {body: map[string]string{"reason": "unreadable"}},
	"reopen-receipt": {},
	"refund-receipt": {body: map[string]any{"order": "01HZZZZZZZZZZZZZZZZZZZZZZZ", "at": "2026-03-08"}}, "undo-receipt-refund": {},
	"tell-my-receipt": {body: map[string]any{"shop": "x"}},
	"person-measures": {}, "add-measure": {body: weighed}, "correct-measure": {body: weighed}, "correct-my-measure": {body: weighed},
	"who-knows-what": {}, "shared-view": {more: true}, "household": {}, "join-household": {body: map[string]string{"other": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}, more: true}, "leave-household": {more: true},
	"open-referral": {body: map[string]string{"rule": "x"}, more: true}, "move-referral": {body: map[string]string{"referral": "x", "from": "proposed", "to": "declined"}, more: true},
	"person-members": {}, "merge-person": {body: map[string]string{"other": "01HZZZZZZZZZZZZZZZZZZZZZZZ", "why": "x"}, more: true},
	"unmerge-person":    {body: map[string]string{"member": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}, more: true},
	"unsplit-person":    {body: map[string]string{"other": "01HZZZZZZZZZZZZZZZZZZZZZZZ"}, more: true},
	"split-person":      {body: map[string]any{"member": "01HZZZZZZZZZZZZZZZZZZZZZZZ", "identifiers": []string{"00"}}, more: true},
	"move-visit":        {body: map[string]string{"plan": "01HZZZZZZZZZZZZZZZZZZZZZZZ", "day": "2099-01-01"}, more: true},
	"decide-disclosure": {body: map[string]string{"mode": "both", "reason": "xx"}},
	"claim-task":        {id: taskOf},
	"complete-task":     {id: taskOf, body: map[string]string{"outcome": "reached"}},
	"skip-task":         {id: taskOf, body: map[string]string{"reason": "other"}},
	"postpone-task":     {id: taskOf, body: map[string]string{"until": "2026-03-09T09:00:00+08:00"}},
	"reopen-task":       {id: taskOf},
	"why-task":          {id: taskOf},
	"why-message":       {id: messageOf},
	"correct":           {id: readingOf, body: reading},
	"take-back":         {id: readingOf},
	"read-message":      {id: messageOf},
	"my-message":        {id: messageOf},
	"erase-person":      {body: map[string]string{"confirm": "no such name"}},
	"answer-message":    {id: messageOf, body: map[string]string{"answer": "better"}},
	"person-doubts":     {},
	"clear-doubt":       {body: map[string]string{"why": "confirmed"}},
	"audit":             {query: func(w world) string { return "?person=" + personOf(w) }},
}

// operations lists the document's operations: id, method, path.
func operations(s *api.Server) (out [][3]string) {
	for path, item := range s.OpenAPI().Paths {
		if item.Get != nil {
			out = append(out, [3]string{item.Get.OperationID, http.MethodGet, path})
		}
		if item.Post != nil {
			out = append(out, [3]string{item.Post.OperationID, http.MethodPost, path})
		}
		if item.Put != nil {
			out = append(out, [3]string{item.Put.OperationID, http.MethodPut, path})
		}
		if item.Patch != nil {
			out = append(out, [3]string{item.Patch.OperationID, http.MethodPatch, path})
		}
		if item.Delete != nil {
			out = append(out, [3]string{item.Delete.OperationID, http.MethodDelete, path})
		}
	}
	slices.SortFunc(out, func(a, b [3]string) int { return strings.Compare(a[0], b[0]) })
	return out
}

// hidden calls every operation that names somebody about x and expects the answer of an id that never was.
func hidden(t *testing.T, h *house, staffBrowser, phone *browser, x world) {
	t.Helper()
	for _, op := range operations(h.server) {
		id, method, path := op[0], op[1], op[2]
		c, listed := calls[id]
		if !strings.Contains(path, "{id}") && !listed {
			continue
		}
		if !listed {
			t.Errorf("%s %s: the walk does not know how to call it", method, path)
			continue
		}
		of := c.id
		if of == nil {
			of = personOf
		}
		path = strings.NewReplacer("{id}", of(x), "{key}", c.key, "{entry}", x.entry, "{file}", x.file, "{filling}", x.filling, "{link}", x.link, "{answer}", x.answer, "{doubt}", x.doubt, "{relative}", x.relative, "{other}", x.relative, "{uploader}", x.uploader, "{refund}", x.entry).Replace(path)
		if c.query != nil {
			path += c.query(x)
		}
		b := staffBrowser
		if strings.HasPrefix(path, "/api/me/") {
			b = phone
		}
		if p := b.refused(method, path, c.body, "If-Match", "*"); p.Status != http.StatusNotFound {
			if id == "audit" && p.Status == http.StatusForbidden { // a role that may not read the audit at all
				continue
			}
			t.Errorf("%s: %s %s answered %d %s, want 404", id, method, path, p.Status, p.Code)
		}
	}
}

func TestAnotherWorkspaceIsNotThere(t *testing.T) {
	h := newHouse(t)
	theirs := h.filed(h.lowReading(0, "张桂芳", "liu"))
	mine := h.add(1, "李秀英", "liu2")
	admin := h.as("admin2")
	hidden(t, h, admin, h.phone(admin, mine.ID), theirs)

	var people struct{ Total int }
	if admin.do("GET", "/api/people?q=张", nil, &people); people.Total != 0 {
		t.Errorf("found %d people of another workspace", people.Total)
	}
	if p := admin.refused("POST", "/api/people", map[string]string{"name": "王五", "owner": theirs.owner}); p.Status != 422 || p.Field != "body.owner" {
		t.Errorf("an owner of another workspace: %+v", p)
	}
	if p := admin.refused("PATCH", "/api/people/"+string(mine.ID), map[string]string{"owner": theirs.owner}, "If-Match", "*"); p.Status != 422 {
		t.Errorf("handed over to another workspace: %+v", p)
	}
}

func TestAnothersPersonIsNotThere(t *testing.T) {
	h := newHouse(t)
	theirs := h.filed(h.lowReading(0, "张桂芳", "chen"))
	mine := h.add(0, "李秀英", "liu")
	liu := h.as("liu")
	hidden(t, h, liu, h.phone(liu, mine.ID), theirs)
}

// The pharmacist is no one's owner: a person is there for her while a question about them waits for her, and no longer.
func TestThePharmacistSeesWhomSheIsAskedAbout(t *testing.T) {
	h := newHouse(t)
	wang, chen := h.as("wang"), h.as("chen")
	known := h.filedWith(h.lowReading(0, "张桂芳", "chen"), `{"class":"biguanide","action":"start","name":"二甲双胍"}`)
	unknown := h.filed(h.lowReading(0, "李秀英", "chen"))
	hidden(t, h, wang, h.phone(chen, h.add(0, "周敏", "chen").ID), known)
	if status := wang.do("GET", "/api/people/"+string(unknown.person.ID), nil, nil); status != http.StatusOK {
		t.Errorf("whom a question is about: %d", status)
	}
}

func TestNobodyIsToldApartFromAWrongId(t *testing.T) {
	h := newHouse(t)
	theirs := h.lowReading(0, "张桂芳", "chen")
	liu := h.as("liu")
	a := liu.refused("GET", "/api/people/"+string(theirs.person.ID), nil)
	b := liu.refused("GET", "/api/people/01ARZ3NDEKTSV4RRFFQ69G5FAV", nil)
	if a != b {
		t.Errorf("another's person %+v, a wrong id %+v", a, b)
	}
}

func TestEveryOperationNeedsItsSession(t *testing.T) {
	h := newHouse(t)
	open := map[string]bool{"catalogue": true, "event-types": true, "event-schema": true, "sign-in": true, "enter": true, "open-visit": true, "answer-visit": true, "join-page": true, "code-opened": true, "join": true}
	nobody := h.browser()
	for _, op := range operations(h.server) {
		if open[op[0]] || strings.HasPrefix(op[2], "/api/people.") || strings.HasPrefix(op[2], "/api/doubts.") {
			continue
		}
		path := strings.NewReplacer("{id}", "x", "{key}", "y", "{entry}", "z", "{file}", "z", "{filling}", "z", "{link}", "z", "{answer}", "z", "{doubt}", "z", "{relative}", "z", "{uploader}", "z").Replace(op[2])
		if p := nobody.refused(op[1], path, nil); p.Status != http.StatusUnauthorized {
			t.Errorf("%s: %s %s answered nobody %d %s", op[0], op[1], path, p.Status, p.Code)
		}
	}
	for _, path := range []string{"/api/people.csv", "/api/doubts.csv", "/api/people.xlsx", "/api/doubts.parquet", "/api/stream", "/api/me/stream"} {
		if p := nobody.refused("GET", path, nil); p.Status != http.StatusUnauthorized {
			t.Errorf("%s answered nobody %d", path, p.Status)
		}
	}
}

// The same calls by whoever may make them find what they name: the walk above does not pass because its calls are
// wrong.
func TestTheWalkFindsOnesOwn(t *testing.T) {
	h := newHouse(t)
	x := h.filed(h.lowReading(0, "张桂芳", "liu"))
	admin := h.as("admin")
	phone := h.phone(admin, x.person.ID)
	for _, op := range operations(h.server) {
		c, listed := calls[op[0]]
		if !listed || c.more {
			continue
		}
		of := c.id
		if of == nil {
			of = personOf
		}
		path := strings.NewReplacer("{id}", of(x), "{key}", c.key, "{entry}", x.entry, "{file}", x.file, "{filling}", x.filling, "{link}", x.link, "{answer}", x.answer, "{doubt}", x.doubt, "{relative}", x.relative, "{other}", x.relative, "{uploader}", x.uploader, "{refund}", x.entry).Replace(op[2])
		if c.query != nil {
			path += c.query(x)
		}
		b := admin
		switch {
		case strings.HasPrefix(path, "/api/me/"):
			b = phone
		case op[0] == "sign-in-file", op[0] == "decide-disclosure": // by their doctor alone
			b = h.doctored("/api/people/"+string(x.person.ID), "qian")
		}
		if strings.Contains(op[2], "{file}") { // a file, not JSON
			if res, _ := b.raw(op[1], path, nil); res.StatusCode != http.StatusOK {
				t.Errorf("%s: %s %s answered %d", op[0], op[1], path, res.StatusCode)
			}
			continue
		}
		// Done in any order, one act may stand in another's way; not found it must never be.
		if p := b.refused(op[1], path, c.body, "If-Match", "*"); p.Status >= 300 && p.Status != http.StatusConflict && p.Code != "reading_replaced" && p.Code != "entry_replaced" && p.Code != "visit_answer_checked" && p.Code != "not_confirmed" {
			t.Errorf("%s: %s %s answered %d %s %s", op[0], op[1], path, p.Status, p.Code, p.Field)
		}
	}
}
