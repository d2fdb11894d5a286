package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
)

type referralList = api.Listing[api.ReferralRow]

func TestAReferralFromItsCriterionToTheFeedback(t *testing.T) {
	h := houseOf(t, "osteonecrosis")
	liu := h.as("liu")
	card := h.add(0, "张桂芳", "liu")
	path := "/api/people/" + string(card.ID)
	h.tell(0, card.Number, "glucocorticoid", highDose, h.now().Add(-60*24*time.Hour))
	var list referralList
	if status := liu.do("GET", "/api/referrals", nil, &list); status != 200 || len(list.Items) != 1 {
		t.Fatalf("%d %+v", status, list)
	}
	one := list.Items[0]
	if one.State != "proposed" || one.From != "nephrology" || one.Group == nil || one.Group.Key != "onfh" || one.Doctor == nil || one.Doctor.Name != "钱立" || one.Due == "" || one.Late {
		t.Fatalf("%+v", one)
	}
	// The same again opens nothing, and neither does a hand while it is under way.
	h.tell(0, card.Number, "glucocorticoid", highDose, h.now())
	if p := liu.refused("POST", path+"/referrals", props{"rule": "osteonecrosis/glucocorticoid", "note": "家属要求"}); p.Code != "referral_under_way" {
		t.Errorf("%+v", p)
	}
	if p := liu.refused("POST", path+"/referrals", props{"rule": "osteonecrosis/what", "note": "x"}); p.Code != "referral_rule_unknown" {
		t.Errorf("%+v", p)
	}
	if n := tasksNamed(liu, path, "征求本人同意"); n != 1 {
		t.Errorf("%d tasks to ask the person", n)
	}
	// Before the person agreed the receiver sees nothing, whoever else does.
	qian := h.as("qian")
	move := func(from, to string, more ...string) props {
		b := props{"referral": one.ID, "from": from, "to": to}
		for i := 0; i+1 < len(more); i += 2 {
			b[more[i]] = more[i+1]
		}
		return b
	}
	if qian.do("GET", "/api/referrals", nil, &list); len(list.Items) != 0 {
		t.Errorf("the receiver before the consent: %+v", list.Items)
	}
	if p := qian.refused("POST", path+"/referrals/move", move("proposed", "consented", "note", "x")); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if p := liu.refused("POST", path+"/referrals/move", move("proposed", "consented")); p.Code != "referral_proof_needed" {
		t.Errorf("%+v", p)
	}
	phone := h.phone(liu, card.ID)
	var mine struct{ Items []api.MyReferral }
	if status := phone.do("GET", "/api/me/referrals", nil, &mine); status != 200 || len(mine.Items) != 1 || !mine.Items[0].Asks || !strings.Contains(mine.Items[0].Text.Zh, "骨坏死专病组") {
		t.Fatalf("%d %+v", status, mine)
	}
	h.clock.Add(time.Minute.Microseconds())
	if status := phone.do("POST", "/api/me/referrals/answer", props{"referral": one.ID, "agree": true}, &mine); status != 200 || mine.Items[0].Asks {
		t.Fatalf("%d %+v", status, mine)
	}
	if p := phone.refused("POST", "/api/me/referrals/answer", props{"referral": one.ID, "agree": false}); p.Code != "referral_moved" {
		t.Errorf("answered twice: %+v", p)
	}
	if n := tasksNamed(liu, path, "征求本人同意"); n != 0 {
		t.Errorf("the task to ask is open still: %d", n)
	}
	// Now it is the receiver's to take, to see and to answer; nobody else's.
	if qian.do("GET", "/api/referrals?mine=true", nil, &list); len(list.Items) != 1 || !slices.Equal(list.Items[0].Moves, []string{"accepted", "declined"}) {
		t.Fatalf("the receiver: %+v", list.Items)
	}
	if p := liu.refused("POST", path+"/referrals/move", move("consented", "accepted")); p.Code != "not_the_receiver" {
		t.Errorf("%+v", p)
	}
	for _, step := range [][]string{{"consented", "accepted"}, {"accepted", "seen"}, {"seen", "feedback"}} {
		h.clock.Add(24 * time.Hour.Microseconds())
		qian = h.as("qian") // a day later, signed in again
		if status := qian.do("POST", path+"/referrals/move", move(step[0], step[1], "note", "双髋磁共振未见坏死"), &list); status != 200 || list.Items[0].State != step[1] {
			t.Fatalf("%s: %d %+v", step[1], status, list.Items)
		}
		if p := qian.refused("POST", path+"/referrals/move", move(step[0], step[1])); p.Code != "referral_moved" {
			t.Errorf("twice: %+v", p)
		}
	}
	liu = h.as("liu")
	var board api.ReferralBoard
	if status := liu.do("GET", "/api/referral-board", nil, &board); status != 200 {
		t.Fatal(status)
	}
	f := board.All
	if f.Opened != 1 || f.Consented != 1 || f.Accepted != 1 || f.Seen != 1 || f.Feedback != 1 || f.InTime != 1 || f.Days["feedback"] != 1 || len(board.Groups) != 1 || len(board.Rules) != 1 {
		t.Errorf("%+v", board)
	}
	// The referrer, somebody around the person, learns how it goes and nothing of what was found.
	hers, _ := h.kinOf(liu, card, "13900000077", "referrer", "progress")
	_, body := hers.raw("GET", "/api/me/shared/"+string(card.ID), nil)
	if s := string(body); !strings.Contains(s, "已反馈") || strings.Contains(s, "磁共振") {
		t.Errorf("the referrer: %s", s)
	}
	// Another's referrals are not there.
	chen := h.as("chen")
	if chen.do("GET", "/api/referrals", nil, &list); len(list.Items) != 0 {
		t.Errorf("%+v", list.Items)
	}
	if p := chen.refused("POST", path+"/referrals/move", move("feedback", "closed", "reason", "treated")); p.Status != 404 {
		t.Errorf("%+v", p)
	}
	if status := qian.do("POST", path+"/referrals/move", move("feedback", "closed", "reason", "watch"), &list); status != 200 || list.Items[0].State != "closed" || len(list.Items[0].Moves) != 0 {
		t.Errorf("%d %+v", status, list.Items)
	}
	if rows := liu.rowsOf("/api/referrals.csv"); len(rows) == 0 {
		t.Error("no file")
	}
}

// highDose is more than 2 g as prednisolone within 90 days.
const highDose = `{"drug":"prednisone","dose":60,"days":60}`

func tasksNamed(b *browser, path, part string) (n int) {
	var out struct{ Items []api.Task }
	b.do("GET", path+"/tasks", nil, &out)
	for _, x := range out.Items {
		if x.State == "open" && strings.Contains(x.Title.Zh, part) {
			n++
		}
	}
	return n
}

// Before the person agrees the receiver does not see them; after it they do, until it is over.
func TestAReceiverSeesThePersonOnlyOnceTheyAgreed(t *testing.T) {
	h := houseOf(t, "osteonecrosis")
	liu, qian := h.as("liu"), h.as("qian")
	card := h.add(0, "张桂芳", "liu")
	path := "/api/people/" + string(card.ID)
	var list referralList
	if p := liu.refused("POST", path+"/referrals", props{"rule": "osteonecrosis/glucocorticoid", "note": " "}); p.Code != "referral_why_needed" {
		t.Errorf("without a reason: %+v", p)
	}
	if status := liu.do("POST", path+"/referrals", props{"rule": "osteonecrosis/glucocorticoid", "note": "长期用激素，家属要求看骨科"}, &list); status != 200 || list.Items[0].State != "proposed" || list.Items[0].Steps[0].Note == "" {
		t.Fatalf("%d %+v", status, list)
	}
	hidden := func(when string) {
		t.Helper()
		for _, at := range []string{path, path + "/timeline", path + "/tasks", path + "/file"} {
			if p := qian.refused("GET", at, nil); p.Status != 404 {
				t.Errorf("%s, %s: %+v", when, at, p)
			}
		}
		for _, at := range []string{"/api/people?limit=100", "/api/tasks?owner=me", "/api/referrals.csv", "/api/referrals"} {
			if _, body := qian.raw("GET", at, nil); strings.Contains(string(body), string(card.ID)) || strings.Contains(string(body), "张桂芳") {
				t.Errorf("%s, %s: %s", when, at, body)
			}
		}
		var board api.ReferralBoard
		if qian.do("GET", "/api/referral-board", nil, &board); board.All.Opened != 0 {
			t.Errorf("%s, the board: %+v", when, board.All)
		}
	}
	hidden("before the consent")
	phone := h.phone(liu, card.ID)
	id := list.Items[0].ID
	phone.do("POST", "/api/me/referrals/answer", props{"referral": id, "agree": true}, nil)
	if status := qian.do("GET", path, nil, nil); status != 200 {
		t.Errorf("after the consent: %d", status)
	}
	if status := qian.do("POST", path+"/referrals/move", props{"referral": id, "from": "consented", "to": "declined", "reason": "full"}, &list); status != 200 {
		t.Errorf("%d", status)
	}
	if p := qian.refused("GET", path, nil); p.Status != 404 {
		t.Errorf("after declining: %+v", p)
	}
	// The next is declined by the person, and nobody learns of it.
	h.clock.Add(200 * 24 * time.Hour.Microseconds())
	liu = h.as("liu")
	if status := liu.do("POST", path+"/referrals", props{"rule": "osteonecrosis/glucocorticoid", "note": "半年后再请"}, &list); status != 200 {
		t.Fatal(status)
	}
	phone = h.phone(liu, card.ID)
	if status := phone.do("POST", "/api/me/referrals/answer", props{"referral": "osteonecrosis/glucocorticoid/2", "agree": false}, nil); status != 200 {
		t.Errorf("%d", status)
	}
	qian = h.as("qian")
	if p := qian.refused("GET", path, nil); p.Status != 404 {
		t.Errorf("after the person declined: %+v", p)
	}
}

// A referral that stands still is late by its clock, and after as long again the managers' too.
func TestAReferralThatStandsStillIsTheManagersToo(t *testing.T) {
	h := houseOf(t, "osteonecrosis")
	card := h.add(0, "张桂芳", "liu")
	path := "/api/people/" + string(card.ID)
	if status := h.as("liu").do("POST", path+"/referrals", props{"rule": "osteonecrosis/glucocorticoid", "note": "家属要求"}, nil); status != 200 {
		t.Fatal(status)
	}
	for _, x := range []struct {
		after     time.Duration
		late, too bool
	}{{3*24*time.Hour - time.Minute, false, false}, {time.Minute, true, false}, {3*24*time.Hour - time.Minute, true, false}, {time.Minute, true, true}} {
		h.clock.Add(x.after.Microseconds())
		zhou := h.as("zhou")
		var list referralList
		var mine api.TaskList
		zhou.do("GET", "/api/referrals", nil, &list)
		zhou.do("GET", "/api/tasks?owner=me", nil, &mine)
		n := 0
		for _, one := range mine.Items {
			if strings.Contains(one.Title.Zh, "转诊") {
				n++
			}
		}
		if list.Items[0].Late != x.late || list.Items[0].Escalated != x.too || (n == 1) != x.too {
			t.Errorf("late %v, escalated %v, %d tasks of the manager: %+v", list.Items[0].Late, list.Items[0].Escalated, n, x)
		}
	}
	liu := h.as("liu")
	if n := tasksNamed(liu, path, "征求本人同意"); n != 1 {
		t.Errorf("the owner has it still: %d", n)
	}
	var list referralList
	liu.do("POST", path+"/referrals/move", props{"referral": "osteonecrosis/glucocorticoid/1", "from": "proposed", "to": "consented", "note": "电话里同意，录音 0311"}, &list)
	if list.Items[0].Late || list.Items[0].Escalated {
		t.Errorf("a step forward begins its own clock: %+v", list.Items[0])
	}
}
