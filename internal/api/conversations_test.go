package api_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"peiban/internal/api"
)

func inbox(t *testing.T, b *browser, query string) api.ConversationList {
	t.Helper()
	var l api.ConversationList
	if status := b.do("GET", "/api/conversations"+query, nil, &l); status != http.StatusOK {
		t.Fatalf("%d of %s", status, query)
	}
	return l
}

func names(l api.ConversationList) string {
	var out []string
	for _, r := range l.Items {
		out = append(out, r.Person.Name)
	}
	return strings.Join(out, " ")
}

// From the phone to the inbox, to an answer, to done: each hears of what is theirs, and nobody of what is another's.
func TestTheInbox(t *testing.T) {
	h := newHouse(t)
	zhang, li, nobody := h.add(0, "张桂芳", "liu"), h.add(0, "李秀英", "liu"), h.add(0, "王建国", "")
	liu, chen, zhou := h.as("liu"), h.as("chen"), h.as("zhou")
	if l := inbox(t, liu, ""); l.Total != 0 {
		t.Fatalf("before anybody spoke: %+v", l)
	}
	say := func(id string, by *browser, text string) {
		t.Helper()
		var chat api.MyChat
		if status := by.do("POST", "/api/me/chat", props{"text": text}, &chat); status != http.StatusOK || len(chat.Items) == 0 || !chat.Waits {
			t.Fatalf("%s could not say it: %d %+v", id, status, chat)
		}
	}
	her := h.phone(zhou, zhang.ID)
	say("zhang", her, "早上 9.2，昨晚吃了面条")
	h.clock.Add(time.Minute.Microseconds())
	say("li", h.phone(zhou, li.ID), "谢谢")
	say("nobody", h.phone(zhou, nobody.ID), "在吗")
	l := inbox(t, liu, "")
	if names(l) != "张桂芳 李秀英" || l.Tabs.Mine != 2 || l.Tabs.All != 2 || l.Items[0].Last.Text != "早上 9.2，昨晚吃了面条" || l.Items[0].Due == "" {
		t.Fatalf("who waits longest first: %s %+v", names(l), l.Tabs)
	}
	if l := inbox(t, chen, "?tab=all"); l.Total != 0 {
		t.Errorf("another's people are shown: %s", names(l))
	}
	if l := inbox(t, zhou, "?tab=unassigned"); names(l) != "王建国" || l.Tabs.All != 3 {
		t.Errorf("nobody's: %s %+v", names(l), l.Tabs)
	}
	// An emergency is first, whoever waited longer.
	say("li", h.phone(zhou, li.ID), "胸痛，喘不上气")
	if l := inbox(t, liu, ""); names(l) != "李秀英 张桂芳" || !l.Items[0].Safety || !l.Items[0].Alarm || l.Tabs.Safety != 1 {
		t.Errorf("safety first: %s", names(l))
	}
	at := "/api/people/" + string(zhang.ID) + "/conversation"
	var v api.PersonConversation
	if status := liu.do("GET", at, nil, &v); status != http.StatusOK || len(v.Lines) != 1 || v.Lines[0].From != "person" || len(v.Reasons) == 0 || !v.MayWrite || v.Seen == "" {
		t.Fatalf("%d %+v", status, v)
	}
	seen := v.Seen
	if p := chen.refused("GET", at, nil); p.Status != http.StatusNotFound {
		t.Errorf("another's: %+v", p)
	}
	// Handed over, the colleague sees the person until it is done.
	var colleague string
	for _, c := range v.Colleagues {
		if c.Name == "陈晓" {
			colleague = c.ID
		}
	}
	if p := liu.refused("POST", at, props{"action": "assigned", "to": "nobody"}); p.Code != "colleague" {
		t.Errorf("%+v", p)
	}
	if status := liu.do("POST", at, props{"action": "assigned", "to": colleague}, &v); status != http.StatusOK || !v.Handed || v.Owner.Name != "陈晓" {
		t.Fatalf("%d %+v", status, v.Conversation)
	}
	if l := inbox(t, chen, ""); names(l) != "张桂芳" {
		t.Errorf("handed over: %s", names(l))
	}
	if l := inbox(t, liu, ""); names(l) != "李秀英" {
		t.Errorf("handed away: %s", names(l))
	}
	if status := chen.do("POST", "/api/people/"+string(zhang.ID)+"/messages", props{"text": "面条升糖快，今晚少吃一点，饭后走走"}, nil); status != http.StatusOK {
		t.Fatalf("the colleague could not write: %d", status)
	}
	if l := inbox(t, chen, "?tab=theirs"); names(l) != "张桂芳" || l.Items[0].Last.From != "staff" {
		t.Errorf("answered: %s", names(l))
	}
	var chat api.MyChat
	if status := her.do("GET", "/api/me/chat", nil, &chat); status != http.StatusOK || len(chat.Items) != 2 || chat.Items[0].From != "staff" || chat.Waits {
		t.Errorf("the phone shows %d %+v", status, chat)
	}
	say("zhang", her, "好的")
	for name, body := range map[string]props{
		"reason_missing":     {"action": "closed", "seen": seen},
		"moment_past":        {"action": "snoozed", "until": "2020-01-01"},
		"chat_id":            {"action": "closed", "reason": "thanks", "seen": "x"},
		"note_missing":       {"action": "noted", "note": "  "},
		"conversation_moved": {"action": "closed", "reason": "thanks", "seen": seen},
	} {
		if name == "reason_missing" {
			name = "closing_reason"
		}
		if p := chen.refused("POST", at, body); p.Code != name {
			t.Errorf("%v: %+v, want %s", body, p, name)
		}
	}
	if status := chen.do("POST", at, props{"action": "closed", "reason": "thanks"}, &v); status != http.StatusOK || v.State != "closed" || v.Reason.Zh != "对方致谢或道别" {
		t.Fatalf("%d %+v", status, v.Conversation)
	}
	if p := chen.refused("GET", at, nil); p.Status != http.StatusNotFound {
		t.Errorf("done, and the colleague still looks: %+v", p)
	}
	if l := inbox(t, liu, "?tab=closed"); names(l) != "张桂芳" {
		t.Errorf("done: %s", names(l))
	}
	if status := liu.do("POST", at, props{"action": "snoozed", "until": "2099-01-01"}, nil); status != http.StatusConflict {
		t.Errorf("put aside though done: %d", status)
	}
}

// Nothing is offered or said that nobody but its writer stands for, and what nobody knew becomes an answer.
func TestTheKnowledgeBase(t *testing.T) {
	h := newHouse(t)
	zhang := h.add(0, "张桂芳", "liu")
	liu, wang, zhou := h.as("liu"), h.as("wang"), h.as("zhou")
	her := h.phone(zhou, zhang.ID)
	var set api.ConversationSettings
	if status := zhou.do("GET", "/api/conversation-settings", nil, &set); status != http.StatusOK || set.Assistant || !set.May {
		t.Fatalf("%d %+v", status, set)
	}
	on := props{"assistant": true, "least": 0.6, "pauseHours": 24, "withinMinutes": 30, "from": 480, "to": 1260}
	if p := liu.refused("PUT", "/api/conversation-settings", on); p.Status != http.StatusForbidden {
		t.Errorf("%+v", p)
	}
	if status := zhou.do("PUT", "/api/conversation-settings", on, &set, "If-Match", `"0"`); status != http.StatusOK || !set.Assistant {
		t.Fatalf("%d %+v", status, set)
	}
	her.do("POST", "/api/me/chat", props{"text": "血糖仪怎么校准，打 13812345678 告诉我"}, nil)
	var asked api.Listing[api.UnansweredQuestion]
	if status := liu.do("GET", "/api/questions", nil, &asked); status != http.StatusOK || asked.Total != 1 || !strings.Contains(asked.Items[0].Text, "怎么校准") || strings.Contains(asked.Items[0].Text, "138") {
		t.Fatalf("%d %+v", status, asked)
	}
	body := props{"kind": "answer", "title": "血糖仪怎么校准", "questions": []string{"血糖仪怎么校准"}, "text": "用质控液测一次，结果在范围里就可以。", "source": "说明书", "automatic": true}
	var e api.Knowledge
	if status := liu.do("POST", "/api/knowledge", body, &e); status != http.StatusOK || e.State != "draft" {
		t.Fatalf("%d %+v", status, e)
	}
	version := func() []string { return []string{"If-Match", `"` + strconv.FormatInt(e.Version, 10) + `"`} }
	if p := zhou.refused("POST", "/api/knowledge/"+e.ID+"/approve", nil, version()...); p.Code != "reviewers_only" {
		t.Errorf("%+v", p)
	}
	var none api.Suggestions
	if liu.do("GET", "/api/people/"+string(zhang.ID)+"/suggestions", nil, &none); len(none.Answers) != 0 {
		t.Error("a draft is offered")
	}
	if status := wang.do("POST", "/api/knowledge/"+e.ID+"/approve", nil, &e, version()...); status != http.StatusOK || e.State != "approved" || e.ApprovedBy.Name != "王蕾" {
		t.Fatalf("%d %+v", status, e)
	}
	var sug api.Suggestions
	if status := liu.do("GET", "/api/people/"+string(zhang.ID)+"/suggestions", nil, &sug); status != http.StatusOK || len(sug.Answers) != 1 || sug.Answers[0].Source != "说明书" || sug.Answers[0].Quote == "" {
		t.Errorf("%d %+v", status, sug)
	}
	if status := liu.do("POST", "/api/people/"+string(zhang.ID)+"/conversation", props{"action": "settled", "chat": asked.Items[0].Chat, "reason": "answer"}, nil); status != http.StatusOK {
		t.Errorf("settled: %d", status)
	}
	if liu.do("GET", "/api/questions", nil, &asked); asked.Total != 0 {
		t.Errorf("still asked: %+v", asked)
	}
	var chat api.MyChat
	if status := her.do("POST", "/api/me/chat", props{"text": "请问血糖仪怎么校准"}, &chat); status != http.StatusOK || chat.Items[0].From != "bot" || !strings.Contains(chat.Items[0].Text, "质控液") {
		t.Fatalf("%d %+v", status, chat.Items)
	}
	body["text"] = "问药店。"
	var anew api.Knowledge
	if status := liu.do("PUT", "/api/knowledge/"+e.ID, body, &anew, version()...); status != http.StatusOK || anew.State != "draft" || anew.ApprovedBy != nil {
		t.Errorf("written anew it is a draft: %d %+v", status, anew)
	}
	e = anew
	if p := liu.refused("PUT", "/api/knowledge/"+e.ID, body, "If-Match", `"1"`); p.Status != http.StatusPreconditionFailed {
		t.Errorf("%+v", p)
	}
	her.do("POST", "/api/me/chat", props{"text": "血糖仪怎么校准"}, &chat)
	if strings.Contains(chat.Items[0].Text, "药店") || strings.Contains(chat.Items[0].Text, "质控液") {
		t.Errorf("it said what nobody approved: %q", chat.Items[0].Text)
	}
	var list api.KnowledgeList
	if status := liu.do("GET", "/api/knowledge?q=质控&state=draft", nil, &list); status != http.StatusOK || list.Total != 0 {
		t.Errorf("%d %+v", status, list)
	}
	if status := liu.do("GET", "/api/knowledge?q=药店", nil, &list); status != http.StatusOK || list.Total != 1 {
		t.Errorf("%d %+v", status, list)
	}
	if status := liu.do("POST", "/api/knowledge/"+e.ID+"/retire", nil, &e, version()...); status != http.StatusOK || e.State != "retired" {
		t.Errorf("%d %+v", status, e)
	}
}
