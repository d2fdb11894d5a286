package contract_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"peiban/internal/sandbox"
	"peiban/internal/sandbox/callback"
	"peiban/internal/sandbox/wire"
)

// The behaviours of the documents that a client must live with, one test each.

func TestTokens(t *testing.T) {
	r := newRig(t)
	get := func(corp, secret string) body {
		return r.raw(http.MethodGet, "/cgi-bin/gettoken?corpid="+corp+"&corpsecret="+secret, nil)
	}
	r.code(40013, get("x", "x"))
	r.code(40001, get(r.world.Corp, "x"))
	first := get(r.world.Corp, r.secret("陪伴"))
	r.Advance(time.Hour)
	again := get(r.world.Corp, r.secret("陪伴"))
	if first["access_token"] != again["access_token"] || again["expires_in"] != 3600.0 {
		t.Errorf("the same token while it is good, with what is left: %v", again["expires_in"])
	}
	if other := get(r.world.Corp, r.secret("门店")); other["access_token"] == first["access_token"] {
		t.Error("one token for two secrets")
	}
	call := func(token any) body {
		return r.raw(http.MethodGet, "/cgi-bin/get_jsapi_ticket?access_token="+token.(string), nil)
	}
	r.code(0, call(first["access_token"]))
	r.code(41001, r.raw(http.MethodGet, "/cgi-bin/get_jsapi_ticket", nil))
	r.code(40014, call("x"))
	r.Advance(time.Hour)
	r.code(42001, call(first["access_token"]))
	next := get(r.world.Corp, r.secret("陪伴"))
	r.act("tokens", body{"do": "expire"}, 200)
	r.code(42001, call(next["access_token"]))
	next = get(r.world.Corp, r.secret("陪伴"))
	r.act("tokens", body{"do": "revoke", "ttl_seconds": 60}, 200)
	r.code(40014, call(next["access_token"]))
	if short := get(r.world.Corp, r.secret("陪伴")); short["expires_in"] != 60.0 {
		t.Error(short["expires_in"])
	}
	r.code(43002, r.raw(http.MethodGet, "/cgi-bin/message/send", nil))
}

func (r *rig) act(name string, in any, status int) body {
	r.Helper()
	b, _ := json.Marshal(in)
	resp, err := http.Post(r.base+"/sandbox/"+name, "application/json", bytes.NewReader(b))
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out body
	_ = json.NewDecoder(resp.Body).Decode(&out)
	if resp.StatusCode != status {
		r.Fatalf("%s answers %d: %v", name, resp.StatusCode, out)
	}
	return out
}

func TestRangesAndRights(t *testing.T) {
	r := newRig(t)
	r.code(60011, r.as("门店", "user/get?userid=zhouning", nil))
	r.code(0, r.as("门店", "user/get?userid=chenxiao", nil))
	r.code(48002, r.as("门店", "externalcontact/list?userid=chenxiao", nil))
	r.act("app", body{"agentid": 1000003, "contact": true}, 200)
	r.code(0, r.as("门店", "externalcontact/list?userid=chenxiao", nil))
	r.code(40096, r.as("门店", "externalcontact/get?external_userid="+r.customer(0), nil)) // a customer of somebody it does not see
	r.code(84061, r.as("门店", "externalcontact/get?external_userid="+r.customer(9), nil))
	if got := r.as("门店", "message/send", body{"touser": "zhouning|chenxiao", "msgtype": "text", "agentid": 1000003, "text": body{"content": "a"}}); got["invaliduser"] != "zhouning" || got["errcode"] != 0.0 {
		t.Error(got)
	}
	r.code(41054, r.api("externalcontact/add_contact_way", body{"type": 1, "scene": 2, "user": []string{"hexin"}}))
	r.act("member", body{"userid": "hexin", "activated": true}, 200)
	r.code(0, r.api("externalcontact/add_contact_way", body{"type": 1, "scene": 2, "user": []string{"hexin"}}))
	r.act("app", body{"agentid": 1000003, "ips": []string{"10.0.0.1"}}, 200)
	w := r.World().Switches
	w.TrustedIP = true
	r.Switch(w)
	r.code(60020, r.as("门店", "get_jsapi_ticket", nil))
	r.code(0, r.api("get_jsapi_ticket", nil))
}

func (r *rig) way(more body) string {
	r.Helper()
	id, _ := r.ok("externalcontact/add_contact_way", with(body{"type": 1, "scene": 2, "user": []string{"liumin"}, "state": "st"}, more))["config_id"].(string)
	return id
}

func TestWelcomes(t *testing.T) {
	r := newRig(t)
	code := r.way(nil)
	welcome := func(code string) body {
		return r.api("externalcontact/send_welcome_msg", body{"welcome_code": code, "text": body{"content": "欢迎"}})
	}
	r.must(r.Scan(code, r.customer(5), ""))
	e := r.one("add_external_contact")
	r.code(0, welcome(e.Welcome))
	r.code(41051, welcome(e.Welcome))

	r.must(r.Scan(code, r.customer(6), ""))
	e = r.one("add_external_contact")
	r.Advance(20 * time.Second)
	r.code(41050, welcome(e.Welcome))

	w := r.World().Switches
	w.WelcomeWait = 1000
	r.Switch(w)
	r.must(r.Scan(code, r.customer(7), ""))
	e = r.one("add_external_contact")
	r.code(0, welcome(e.Welcome))
	r.code(41096, welcome(e.Welcome))
	r.Advance(time.Second)
	r.code(41051, welcome(e.Welcome))

	r.must(r.Scan(code, r.customer(8), ""))
	e = r.one("add_external_contact")
	r.must(r.Say(r.customer(8), "single:liumin:"+r.customer(8), "你好", ""))
	r.Advance(time.Second)
	r.must(r.Scan(code, r.customer(8), "")) // friends already: nothing happens
	if more := r.news(); len(more) != 0 {
		t.Error(more)
	}
	half := r.way(body{"skip_verify": false})
	r.must(r.Scan(half, r.customer(9), ""))
	if e := r.one("add_half_external_contact"); e.Welcome == "" {
		t.Error(e)
	}
	r.code(84061, r.api("externalcontact/get?external_userid="+r.customer(9), nil))
	r.must(r.AddBack("liumin", r.customer(9)))
	if e := r.one("add_external_contact"); e.Welcome != "" {
		t.Error("the code was in the half one", e)
	}
	r.code(0, r.api("externalcontact/get?external_userid="+r.customer(9), nil))
}

func TestTemporarySessions(t *testing.T) {
	r := newRig(t)
	code := r.way(body{"is_temp": true, "chat_expires_in": 3600})
	r.must(r.Scan(code, r.customer(5), ""))
	if err := r.Scan(code, r.customer(6), ""); err == nil {
		t.Error("a temporary code works once")
	}
	talk := "single:liumin:" + r.customer(5)
	r.must(r.Say(r.customer(5), talk, "在吗", ""))
	r.Advance(time.Hour)
	if err := r.Say(r.customer(5), talk, "还在吗", ""); err == nil {
		t.Error("the talk has ended")
	}
}

func TestCallbacksComeAgain(t *testing.T) {
	r := newRig(t)
	code := r.way(nil)
	r.refuse = 2
	r.must(r.Scan(code, r.customer(5), ""))
	r.one("add_external_contact") // the third attempt
	if tries := r.Events.Tries(); len(tries) != 3 || tries[0].Result != "500" || tries[2].Result != "200" {
		t.Error(tries)
	}
	r.refuse = 3
	r.must(r.Scan(code, r.customer(6), ""))
	if all := r.news(); len(all) != 0 {
		t.Error("after three attempts it is lost", all)
	}
	r.Events.Switch(callback.Switches{Twice: true})
	r.must(r.Scan(code, r.customer(7), ""))
	if all := r.news(); len(all) != 2 || all[0] != all[1] {
		t.Error(all)
	}
	r.Events.Switch(callback.Switches{Disorder: true})
	r.must(r.Scan(code, r.customer(8), ""))
	r.must(r.DeleteMember(r.customer(8), "liumin"))
	if all := r.news(); len(all) != 2 || all[0].Change != "del_follow_user" {
		t.Error(all)
	}
	r.Events.Switch(callback.Switches{HalfOpen: true})
	before := len(r.Events.Tries())
	r.must(r.Scan(code, r.customer(9), ""))
	r.one("add_external_contact")
	if tries := r.Events.Tries()[before:]; len(tries) != 2 || tries[0].Result == "200" {
		t.Error(tries)
	}
	if err := r.Callback(t.Context(), r.base+"/sandbox/", hookToken, hookKey); err == nil {
		t.Error("an address that does not answer the check is kept")
	}
}

func (r *rig) sendOne() string {
	r.Helper()
	id, _ := r.ok("externalcontact/add_msg_template", body{"chat_type": "single", "external_userid": []string{r.customer(0)}, "sender": "zhouning", "text": body{"content": "消息"}})["msgid"].(string)
	return id
}

func (r *rig) result(id string) any {
	return at(r.ok("externalcontact/get_groupmsg_send_result", body{"msgid": id, "userid": "zhouning"}), "send_list", 0, "status")
}

func TestGroupSendsWaitAndAreCapped(t *testing.T) {
	r := newRig(t)
	for _, tt := range []struct {
		name string
		most int
	}{{"day", 1}, {"week", 7}, {"month", 30}} {
		w := r.World().Switches
		w.Cap = tt.name
		r.Switch(w)
		r.Advance(31 * 24 * time.Hour) // another month; July has 31 days
		most := tt.most
		if local := r.Clock.Now(); tt.name == "month" {
			most = time.Date(local.Year(), local.Month()+1, 0, 0, 0, 0, 0, time.UTC).Day()
		}
		for n := range most + 1 {
			id := r.sendOne()
			if got := r.result(id); got != 0.0 {
				t.Fatalf("before a member confirms: %v", got)
			}
			r.must(r.Confirm(id, "zhouning"))
			want := 1.0
			if n == most {
				want = 3
			}
			if got := r.result(id); got != want {
				t.Fatalf("%s, send %d: %v", tt.name, n+1, got)
			}
		}
	}
	id := r.sendOne()
	for range 3 {
		r.ok("externalcontact/remind_groupmsg_send", body{"msgid": id})
	}
	r.code(45009, r.api("externalcontact/remind_groupmsg_send", body{"msgid": id}))
	r.ok("externalcontact/cancel_groupmsg_send", body{"msgid": id})
	if err := r.Confirm(id, "zhouning"); err == nil || !strings.Contains(err.Error(), "41093") {
		t.Error(err)
	}
}

func TestGroupSendsGoToWhoTalkedLast(t *testing.T) {
	r := newRig(t)
	r.must(r.Scan(r.way(nil), r.customer(0), ""))
	r.Advance(time.Hour)
	r.must(r.Say(r.customer(0), "single:zhouning:"+r.customer(0), "你好", ""))
	tag := r.world.Tags[0].Tags[0].ID
	id := r.ok("externalcontact/add_msg_template", body{"external_userid": []string{r.customer(0)}, "text": body{"content": "a"}})["msgid"]
	if got := at(r.ok("externalcontact/get_groupmsg_task", body{"msgid": id}), "task_list", 0, "userid"); got != "zhouning" {
		t.Error(got)
	}
	filter := body{"group_list": []any{body{"tag_list": []string{tag, r.world.Tags[0].Tags[1].ID}}, body{"tag_list": []string{r.world.Tags[1].Tags[0].ID}}}}
	in := body{"sender": "zhouning", "tag_filter": filter, "text": body{"content": "a"}}
	r.code(41048, r.api("externalcontact/add_msg_template", in)) // nobody has a tag of both groups
	r.ok("externalcontact/mark_tag", body{"userid": "zhouning", "external_userid": r.customer(1), "add_tag": []string{r.world.Tags[1].Tags[0].ID}})
	id = r.ok("externalcontact/add_msg_template", in)["msgid"]
	got := r.ok("externalcontact/get_groupmsg_send_result", body{"msgid": id, "userid": "zhouning"})
	if list, _ := got["send_list"].([]any); len(list) != 1 || at(list, 0, "external_userid") != r.customer(1) {
		t.Error(got)
	}
}

func (r *rig) move(from, to string, n int) any {
	r.Helper()
	return at(r.ok("externalcontact/transfer_customer", body{"handover_userid": from, "takeover_userid": to, "external_userid": []string{r.customer(n)}}), "customer", 0, "errcode")
}

func TestTransfers(t *testing.T) {
	r := newRig(t)
	if got := r.move("zhouning", "liumin", 0); got != 0.0 {
		t.Fatal(got)
	}
	r.Advance(24*time.Hour - time.Second)
	if all := r.news(); len(all) != 0 {
		t.Error("before a day is over", all)
	}
	r.Advance(time.Second)
	all := r.news()
	if len(all) != 2 || all[0].Source != "DELETE_BY_TRANSFER" || all[1].Change != "add_external_contact" || all[1].User != "liumin" {
		t.Errorf("%+v", all)
	}
	if got := r.move("liumin", "zhouning", 0); got != 0.0 {
		t.Error(got)
	}
	r.Advance(24 * time.Hour)
	if got := r.move("zhouning", "liumin", 0); got != 40128.0 {
		t.Errorf("the third time in 90 days: %v", got)
	}
	r.Advance(90 * 24 * time.Hour)
	if got := r.move("zhouning", "liumin", 0); got != 0.0 {
		t.Errorf("after 90 days: %v", got)
	}
	r.news()
	r.must(r.RefuseTransfer(r.customer(0)))
	if e := r.one("transfer_fail"); e.Why != "customer_refused" {
		t.Error(e)
	}
	if got := r.move("liumin", "zhouning", 1); got != 40097.0 {
		t.Errorf("not theirs: %v", got)
	}
	r.must(r.Scan(r.way(nil), r.customer(1), "")) // a friend of the taker already
	r.news()
	r.move("zhouning", "liumin", 1)
	r.Advance(24 * time.Hour)
	if e := r.one("del_external_contact"); e.User != "zhouning" {
		t.Error(e)
	}
	r.must(r.Resign("zhouning"))
	got := r.ok("externalcontact/get_unassigned_list", body{})
	if info, _ := got["info"].([]any); len(info) != 2 {
		t.Error(got)
	}
	r.ok("externalcontact/resigned/transfer_customer", body{"handover_userid": "zhouning", "takeover_userid": "liumin", "external_userid": []string{r.customer(2)}})
	r.Advance(24 * time.Hour)
	if got := at(r.ok("externalcontact/resigned/transfer_result", body{"handover_userid": "zhouning", "takeover_userid": "liumin"}), "customer", 0, "status"); got != 1.0 {
		t.Error(got)
	}
}

func TestWhoDeletesWhom(t *testing.T) {
	r := newRig(t)
	r.must(r.DeleteMember(r.customer(0), "zhouning"))
	r.one("del_follow_user")
	r.code(0, r.api("externalcontact/remark", body{"userid": "zhouning", "external_userid": r.customer(0), "remark": "走了"})) // one way it works on
	id := r.sendOne()
	r.must(r.Confirm(id, "zhouning"))
	if got := r.result(id); got != 2.0 {
		t.Error(got)
	}
	r.must(r.DeleteCustomer("zhouning", r.customer(1)))
	r.one("del_external_contact")
	r.code(84061, r.api("externalcontact/get?external_userid="+r.customer(1), nil))
	remark := "新的称呼"
	r.must(r.Remark("zhouning", r.customer(2), &remark, nil))
	r.one("edit_external_contact")
	r.must(r.RenameTag(r.world.Tags[0].Tags[0].ID, "药店"))
	r.one("update")
}

func TestGroupsChange(t *testing.T) {
	r := newRig(t)
	id, who := r.world.Groups[0].ID, r.customer(6)
	join := r.ok("externalcontact/groupchat/add_join_way", body{"scene": 2, "chat_id_list": []string{id}, "state": "j7"})["config_id"].(string)
	r.must(r.Scan(join, who, ""))
	if e := r.one("update"); e.Detail != "add_member" || e.Who != who || e.Group != id {
		t.Errorf("%+v", e)
	}
	if got := at(r.ok("externalcontact/groupchat/get", body{"chat_id": id}), "group_chat", "member_list", 2, "state"); got != "j7" {
		t.Error(got)
	}
	r.must(r.LeaveGroup(id, who))
	if e := r.one("update"); e.Detail != "del_member" || e.Who != who {
		t.Errorf("%+v", e)
	}
	r.act("group", body{"id": id, "name": "控糖二群"}, 200)
	if e := r.one("update"); e.Detail != "change_name" {
		t.Errorf("%+v", e)
	}
	r.act("group", body{"id": id, "owner": "liumin"}, 422)
	r.act("group", body{"id": id, "dismiss": true}, 200)
	r.one("dismiss")
	r.code(86003, r.api("externalcontact/groupchat/get", body{"chat_id": id}))
}

func TestCustomerService(t *testing.T) {
	r := newRig(t)
	kf, who := r.world.Accounts[0]["open_kfid"].(string), r.customer(9)
	talk := "kf:" + kf + ":" + who
	send := func(text string) body {
		return r.api("kf/send_msg", body{"touser": who, "open_kfid": kf, "msgtype": "text", "text": body{"content": text}})
	}
	r.code(95002, send("没人说过话"))
	r.must(r.Scan(kf, who, ""))
	e := r.one("kf_msg_or_event")
	pull := func(token string) body {
		got := r.ok("kf/sync_msg", body{"open_kfid": kf, "token": token})
		for got["has_more"] == 1.0 {
			if list, _ := got["msg_list"].([]any); len(list) != 0 {
				t.Error("only the empty pages say that there is more", got)
			}
			got = r.ok("kf/sync_msg", body{"open_kfid": kf, "token": token, "cursor": got["next_cursor"]})
		}
		return got
	}
	code := at(pull(e.Token), "msg_list", 0, "event", "welcome_code")
	onEvent := func() body {
		return r.api("kf/send_msg_on_event", body{"code": code, "msgtype": "text", "text": body{"content": "欢迎"}})
	}
	r.code(0, onEvent())
	r.code(40058, onEvent())
	r.must(r.Say(who, talk, "药吃完了", ""))
	for range 5 {
		r.code(0, send("好"))
	}
	r.code(95001, send("第六条"))
	r.must(r.Say(who, talk, "谢谢", ""))
	r.code(0, send("不客气"))
	r.Advance(48 * time.Hour)
	r.code(95002, send("晚了"))
	r.must(r.Say(who, talk, "再问一句", ""))
	move := func(to int) body {
		return r.api("kf/service_state/trans", body{"open_kfid": kf, "external_userid": who, "service_state": to, "servicer_userid": "zhouning"})
	}
	r.code(0, move(1))
	r.code(0, send("机器人也可以说"))
	r.code(0, move(3))
	r.code(95016, send("有人在接待"))
	r.code(95016, move(1))
	r.must(r.Say("zhouning", talk, "我是周宁", ""))
	r.code(0, move(4))
	r.code(95013, send("结束了"))
	r.code(95016, move(3))
	r.must(r.Say(who, talk, "又来了", "")) // begins anew
	r.code(0, send("您好"))
	r.act("kf/refuse", body{"id": kf, "customer": who, "yes": true}, 200)
	r.news()
	r.code(0, send("拒收"))
	r.one("kf_msg_or_event")
	r.Advance(10 * time.Minute)
	r.code(95007, r.api("kf/sync_msg", body{"open_kfid": kf, "token": e.Token}))
	empty := 0
	for range 10 {
		if got := r.ok("kf/sync_msg", body{"open_kfid": kf, "limit": 1000}); got["has_more"] == 1.0 && len(got["msg_list"].([]any)) == 0 {
			empty++
		}
	}
	if empty != 2 {
		t.Errorf("every fifth pull is empty with more to come; of ten %d were", empty)
	}
}

func TestCards(t *testing.T) {
	r := newRig(t)
	card := func(task string) body {
		return body{"touser": "zhouning|liumin", "msgtype": "template_card", "agentid": 1000002, "template_card": body{"card_type": "button_interaction",
			"main_title": body{"title": "有一个任务"}, "task_id": task, "button_list": []any{body{"text": "我来", "key": "take"}, body{"text": "不行", "key": "no"}}}}
	}
	r.ok("message/send", card("t1"))
	p, _ := r.Phone("zhouning")
	i := slices.IndexFunc(p.Chats, func(c sandbox.PhoneChat) bool { return c.Kind == "app" })
	line := p.Chats[i].Lines[0].ID
	if err := r.Press(line, "zhouning", "other"); err == nil {
		t.Error("a button that is not there")
	}
	r.must(r.Press(line, "zhouning", "take"))
	e := r.one("template_card_event")
	if e.From != "zhouning" || e.Key != "take" || e.Task != "t1" || e.Code == "" {
		t.Errorf("%+v", e)
	}
	update := body{"userids": []string{"zhouning", "liumin"}, "agentid": 1000002, "response_code": e.Code, "button": body{"replace_name": "周宁已接"}}
	r.ok("message/update_template_card", update)
	r.code(40058, r.api("message/update_template_card", update))
	p, _ = r.Phone("liumin")
	i = slices.IndexFunc(p.Chats, func(c sandbox.PhoneChat) bool { return c.Kind == "app" })
	if !bytes.Contains(p.Chats[i].Lines[0].Content, []byte("周宁已接")) || len(p.Chats[i].Buttons) != 0 {
		t.Errorf("%s", p.Chats[i].Lines[0].Content)
	}
	late := r.ok("message/send", card("t2"))["response_code"]
	r.Advance(25 * time.Hour)
	r.code(40058, r.api("message/update_template_card", body{"userids": []string{"zhouning"}, "agentid": 1000002, "response_code": late, "button": body{"replace_name": "x"}}))
}

func TestMessagesToStaffAreDroppedInSilence(t *testing.T) {
	r := newRig(t)
	text := body{"touser": "zhouning", "msgtype": "text", "agentid": 1000002, "text": body{"content": "a"}}
	shown := func() int {
		p, _ := r.Phone("zhouning")
		for _, c := range p.Chats {
			if c.Kind == "app" {
				return len(c.Lines)
			}
		}
		return 0
	}
	r.ok("message/send", with(text, body{"enable_duplicate_check": 1}))
	r.ok("message/send", with(text, body{"enable_duplicate_check": 1}))
	if n := shown(); n != 1 {
		t.Errorf("the same again is not shown: %d", n)
	}
	for range 35 {
		r.ok("message/send", text)
	}
	if n := shown(); n != 30 {
		t.Errorf("30 a minute, and no word about the rest: %d", n)
	}
}

func TestLimits(t *testing.T) {
	r := newRig(t)
	r.act("limit", body{"path": "/cgi-bin/get_jsapi_ticket", "minute": 2}, 200)
	r.code(0, r.api("get_jsapi_ticket", nil))
	r.code(0, r.api("get_jsapi_ticket", nil))
	r.code(45009, r.api("get_jsapi_ticket", nil))
	r.code(0, r.api("ticket/get?type=agent_config", nil))
	r.Advance(59 * time.Second)
	r.code(45009, r.api("get_jsapi_ticket", nil))
	r.Advance(time.Second)
	r.code(0, r.api("get_jsapi_ticket", nil))

	r.Box.Limit("/cgi-bin/user/get", wire.Limits{AtOnce: 1})
	r.Box.Break(wire.Fault{Path: "/cgi-bin/user/get", Calls: 2, Wait: 200 * time.Millisecond})
	var both sync.WaitGroup
	codes := make([]any, 2)
	for i := range codes {
		both.Go(func() { codes[i] = r.api("user/get?userid=zhouning", nil)["errcode"] })
	}
	both.Wait()
	if !slices.Contains(codes, any(0.0)) || !slices.Contains(codes, any(45033.0)) {
		t.Error(codes)
	}
}

func TestFaults(t *testing.T) {
	r := newRig(t)
	path := "/cgi-bin/externalcontact/add_corp_tag"
	in := body{"group_name": "组", "tag": []any{body{"name": "甲"}}}
	call := func(name string) (*http.Response, error) {
		b, _ := json.Marshal(with(in, body{"group_name": name}))
		resp, err := http.Post(r.base+path+"?access_token="+r.token("陪伴"), "application/json", bytes.NewReader(b))
		if err == nil {
			_ = resp.Body.Close()
		}
		return resp, err
	}
	r.act("fault", body{"path": path, "calls": 2, "errcode": -1}, 200)
	r.code(-1, r.api("externalcontact/add_corp_tag", in))
	r.code(-1, r.api("externalcontact/add_corp_tag", in))
	r.act("fault", body{"path": path, "calls": 1, "status": 502}, 200)
	if resp, err := call("网关"); err != nil || resp.StatusCode != 502 {
		t.Error(resp, err)
	}
	r.act("fault", body{"path": path, "calls": 1, "silent": true}, 200)
	if _, err := call("做了没说"); err == nil {
		t.Error("an answer came")
	}
	var names []any
	list, _ := r.ok("externalcontact/get_corp_tag_list", body{})["tag_group"].([]any)
	for _, g := range list {
		names = append(names, at(g, "group_name"))
	}
	if slices.Contains(names, any("网关")) || !slices.Contains(names, any("做了没说")) || slices.Contains(names, any("组")) {
		t.Errorf("what was done: %v", names)
	}
	r.act("fault", body{"path": path, "calls": 9, "errcode": -1}, 200)
	r.act("fault/mend", body{}, 200)
	r.code(0, r.api("externalcontact/add_corp_tag", in))
	r.act("fault", body{"path": "/nowhere", "calls": 1}, 422)
}

func TestHintsAndHalfReadBodies(t *testing.T) {
	r := newRig(t)
	got := r.api("externalcontact/add_contact_way", body{"scene": 2})
	if text, _ := got["errmsg"].(string); !strings.HasPrefix(text, "missing contact way type, hint: [") || !strings.HasSuffix(text, "https://open.work.weixin.qq.com/devtool/query?e=41037") || !strings.Contains(text, "from ip: 127.0.0.1") {
		t.Error(text)
	}
	half := r.api("externalcontact/remark", `{"userid":"zhouning","external_userid":"`+r.customer(0)+`","remark":"半","description":5}`)
	if text, _ := half["errmsg"].(string); half["errcode"] != 0.0 || !strings.Contains(text, "Warning: wrong json format") {
		t.Error(half)
	}
	resp, err := http.Get(r.base + "/cgi-bin/nowhere")
	r.must(err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Error("an address nobody knows", resp.StatusCode)
	}
}

func TestTheSameSeedMakesTheSameWorld(t *testing.T) {
	a, b := newRig(t), newRig(t)
	if a.world.Corp != b.world.Corp || a.customer(3) != b.customer(3) || a.secret("陪伴") != b.secret("陪伴") || a.way(nil) != b.way(nil) {
		t.Error("two worlds")
	}
	other, err := sandbox.New(sandbox.Options{Seed: 8, Now: time.Now})
	a.must(err)
	if other.World().Corp == a.world.Corp {
		t.Error("another seed makes the same company")
	}
}

func TestFilesExpire(t *testing.T) {
	r := newRig(t)
	id := r.upload("media/upload?type=image")
	in := body{"external_userid": []string{r.customer(0)}, "attachments": []any{body{"msgtype": "image", "image": body{"media_id": id}}}}
	r.ok("externalcontact/add_msg_template", in)
	r.Advance(3 * 24 * time.Hour)
	r.code(40007, r.api("externalcontact/add_msg_template", in))
}

func TestSignInPage(t *testing.T) {
	r := newRig(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	address := r.base + "/connect/oauth2/authorize?appid=" + r.world.Corp + "&redirect_uri=http%3A%2F%2F127.0.0.1%2Fin&response_type=code&scope=snsapi_base&state=s1"
	resp, err := client.Get(address)
	r.must(err)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Error(resp.StatusCode)
	}
	resp, err = client.Get(address + "&who=zhouning")
	r.must(err)
	_ = resp.Body.Close()
	to, err := resp.Location()
	r.must(err)
	if to.Query().Get("state") != "s1" {
		t.Error(to)
	}
	if got := r.ok("auth/getuserinfo?code="+to.Query().Get("code"), nil); got["userid"] != "zhouning" {
		t.Error(got)
	}
}
