package contract_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"peiban/internal/sandbox"
)

// What the page does, by the addresses the page uses.
func TestHandsAndPhones(t *testing.T) {
	r := newRig(t)
	code, who := r.way(nil), r.customer(9)
	kf := r.world.Accounts[0]["open_kfid"].(string)
	open := func(id, key string) sandbox.PhoneChat {
		t.Helper()
		p, ok := r.Phone(id)
		if i := slices.IndexFunc(p.Chats, func(c sandbox.PhoneChat) bool { return c.Key == key }); ok && i >= 0 {
			return p.Chats[i]
		}
		t.Fatalf("no talk %s on the phone of %s", key, id)
		return sandbox.PhoneChat{}
	}
	talk := "single:liumin:" + who
	r.act("scan", body{"code": code, "customer": who}, 200)
	r.act("say", body{"from": who, "chat": talk, "text": "你好"}, 200)
	r.act("say", body{"from": "liumin", "chat": talk, "text": "您好"}, 200)
	if c := open(who, talk); c.Title != "刘敏" || !c.Can || c.Lines[len(c.Lines)-1].Text != "您好" {
		t.Errorf("%+v", c)
	}
	r.act("say", body{"from": who, "chat": "single:zhouning:" + r.customer(0), "text": "别人的"}, 422)
	r.act("consent", body{"user": "liumin", "customer": who, "yes": true}, 200)
	r.act("delete-member", body{"user": "liumin", "customer": who}, 200)
	if c := open(who, talk); c.Can {
		t.Error("who deleted somebody cannot write to them")
	}
	r.act("delete-customer", body{"user": "liumin", "customer": who}, 200)

	group := r.world.Groups[0].ID
	join := r.ok("externalcontact/groupchat/add_join_way", body{"scene": 2, "chat_id_list": []string{group}})["config_id"]
	r.act("scan", body{"code": join, "customer": who}, 200)
	r.act("say", body{"from": who, "chat": "group:" + group, "text": "大家好"}, 200)
	if c := open("zhouning", "group:"+group); c.Lines[len(c.Lines)-1].Text != "大家好" {
		t.Errorf("%+v", c)
	}
	r.act("leave-group", body{"id": group, "customer": who}, 200)
	r.act("say", body{"from": who, "chat": "group:" + group, "text": "还在"}, 422)

	id := r.sendOne()
	if p, _ := r.Phone("zhouning"); len(p.Tasks) != 1 || p.Tasks[0].ID != id {
		t.Errorf("%+v", p.Tasks)
	}
	r.act("confirm-send", body{"id": id, "user": "zhouning"}, 200)
	if p, _ := r.Phone("zhouning"); len(p.Tasks) != 0 {
		t.Errorf("%+v", p.Tasks)
	}
	r.ok("externalcontact/add_moment_task", body{"text": body{"content": "降温了"}})
	p, _ := r.Phone("zhouning")
	r.act("confirm-moment", body{"id": p.Tasks[0].ID, "user": "zhouning"}, 200)
	r.act("like", body{"id": p.Tasks[0].ID, "customer": r.customer(0), "text": "好"}, 200)
	if c := open(r.customer(0), "moments:"+r.customer(0)); c.Lines[0].Text != "降温了" {
		t.Errorf("%+v", c)
	}

	r.act("scan", body{"code": kf, "customer": who}, 200)
	r.ok("kf/service_state/trans", body{"open_kfid": kf, "external_userid": who, "service_state": 3, "servicer_userid": "zhouning"})
	r.act("say", body{"from": "zhouning", "chat": "kf:" + kf + ":" + who, "text": "我在"}, 200)
	r.act("kf/end", body{"id": kf, "customer": who}, 200)
	r.act("say", body{"from": "zhouning", "chat": "kf:" + kf + ":" + who, "text": "晚了"}, 422)

	union := r.world.Customers[9].Union
	r.act("weixin/scan", body{"customer": union}, 200)
	r.act("weixin/say", body{"customer": union, "chat": "official", "text": "在吗"}, 200)
	r.act("weixin/click", body{"customer": union, "key": "today"}, 200)
	if p, _ := r.Phone(who); !p.Follows || len(p.Weixin) != 2 {
		t.Errorf("%+v", p.Weixin)
	}
	r.act("weixin/unfollow", body{"customer": union}, 200)
	r.act("weixin/say", body{"customer": union, "chat": "official", "text": "在吗"}, 422)
	r.act("clock", body{"advance": "-1h"}, 422)
	r.act("clock", body{"advance": "1h"}, 200)
	r.act("resign", body{"user": "liumin"}, 200)
	r.act("resign", body{"user": "liumin"}, 422)
	r.act("scan", body{"unknown": 1}, 400)
	for path, want := range map[string]int{"/sandbox/phone?id=" + who: 200, "/sandbox/phone?id=x": 404, "/sandbox/world": 200, "/sandbox/callback/tries": 200} {
		if resp, err := http.Get(r.base + path); err != nil || resp.StatusCode != want {
			t.Error(path, err)
		} else {
			_ = resp.Body.Close()
		}
	}
}

func TestThePageBringsEverythingItself(t *testing.T) {
	r := newRig(t)
	for path, part := range map[string]string{"/": "演练用的手机", "/sandbox": "演练用的手机", "/sandbox/page.js": "'use strict'", "/sandbox/page.css": "--ink"} {
		resp, err := http.Get(r.base + path)
		r.must(err)
		text, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if resp.StatusCode != 200 || !strings.Contains(string(text), part) || !strings.HasPrefix(resp.Header.Get("Content-Security-Policy"), "default-src 'self'") {
			t.Error(path, resp.StatusCode)
		}
		if strings.Contains(string(text), "https://") {
			t.Error(path, "asks elsewhere")
		}
	}
}
