package api_test

import (
	"net/http"
	"testing"

	"peiban/internal/api"
)

// A manager who types a change of dose is warned, and the text waits for a pharmacist or doctor; the bot never sends it.
func TestATextThatChangesADoseWaitsForADoctor(t *testing.T) {
	h := newHouse(t)
	x := h.add(0, "张桂芳", "liu")
	liu := h.as("liu")
	var w api.Wording
	if status := liu.do("POST", "/api/wording", props{"text": "血糖好了，可以停 药"}, &w); status != http.StatusOK || w.Action != "hold" || len(w.Findings) != 1 || w.Findings[0].Start != 5 || w.Findings[0].Phrase != "可以停 药" {
		t.Fatalf("%d %+v", status, w)
	}
	write := "/api/people/" + string(x.ID) + "/messages"
	var m api.Message
	if status := liu.do("POST", write, props{"text": "可以停药"}, &m); status != http.StatusOK || m.State != "held" || m.Reason != "wording_review" {
		t.Fatalf("%d %+v", status, m)
	}
	if p := liu.refused("POST", "/api/messages/"+m.ID+"/review", props{"send": true}); p.Code != "reviewers_only" {
		t.Errorf("%+v", p)
	}
	if p := liu.refused("POST", write, props{"text": "保证根治"}); p.Code != "wording_blocked" {
		t.Errorf("%+v", p)
	}
	if p := liu.refused("POST", write, props{"text": "您控制得太差了"}); p.Code != "wording_warning" {
		t.Errorf("%+v", p)
	}
	if status := liu.do("POST", write, props{"text": "今天感觉怎么样？胸痛吗"}, &m); status != http.StatusOK || m.State != "sent" {
		t.Errorf("%d %+v", status, m)
	}
}
