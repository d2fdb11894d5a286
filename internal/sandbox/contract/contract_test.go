package contract_test

import (
	"strings"
	"testing"
)

// row is one call by the documents: what goes in, the code, and members the answer must have.
type row struct {
	path string
	in   any // nil: GET
	code int
	have []string // a.b: b in a; a.0.b: in the first of a
}

// Every address of the company's server with what the documents say of its answer, and what is refused. The rows run in their
// order on one world.
func TestContracts(t *testing.T) {
	r := newRig(t)
	image, picture := r.upload("media/upload?type=image"), r.upload("media/upload_attachment?media_type=image&attachment_type=1")
	r.upload("media/uploadimg?")
	c0, c9 := r.customer(0), r.customer(9)
	group, tag, set := r.world.Groups[0].ID, r.world.Tags[0].Tags[0].ID, r.world.Tags[0].ID
	kf := r.world.Accounts[0]["open_kfid"].(string)
	way := body{"type": 1, "scene": 2, "user": []string{"zhouning"}, "state": "s1"}
	wayID := r.ok("externalcontact/add_contact_way", way)["config_id"]
	temp := r.ok("externalcontact/add_contact_way", with(way, body{"is_temp": true}))["config_id"]
	r.must(r.Scan(temp.(string), r.customer(6), ""))
	joinID := r.ok("externalcontact/groupchat/add_join_way", body{"scene": 2, "chat_id_list": []string{group}})["config_id"]
	send := r.ok("externalcontact/add_msg_template", body{"chat_type": "single", "external_userid": []string{c0}, "sender": "zhouning", "text": body{"content": "您好"}})["msgid"]
	job := r.ok("externalcontact/add_moment_task", body{"text": body{"content": "您好"}})["jobid"].(string)
	r.ok("externalcontact/get_moment_task_result?jobid="+job, nil)
	moment := at(r.ok("externalcontact/get_moment_task_result?jobid="+job, nil), "result", "moment_id")
	card := body{"touser": "zhouning", "msgtype": "template_card", "agentid": 1000002, "template_card": body{"card_type": "button_interaction",
		"main_title": body{"title": "有一个任务"}, "task_id": "t1", "button_list": []any{body{"text": "我来", "key": "take"}}}}
	cardSent := r.ok("message/send", card)
	code, err := r.SignIn("zhouning", "snsapi_privateinfo")
	r.must(err)
	ticket := r.ok("auth/getuserinfo?code="+code, nil)["user_ticket"]
	old, err := r.SignIn(c0, "snsapi_base")
	r.must(err)
	r.must(r.Say(c0, "kf:"+kf+":"+c0, "在吗", ""))
	r.must(r.Resign("chenxiao"))
	left := r.customer(4)
	from, to := start.Unix()-3600, start.Unix()+3600
	who := r.world.Customers[0]
	stranger := r.world.Customers[9]

	seen := map[string]bool{"/cgi-bin/gettoken": true, "/cgi-bin/media/upload": true, "/cgi-bin/media/uploadimg": true, "/cgi-bin/media/upload_attachment": true}
	for _, row := range []row{
		{"user/get?userid=zhouning", nil, 0, []string{"userid", "name", "department", "status"}},
		{"user/get?userid=nobody", nil, 60111, nil},
		{"user/get?userid=a%20b", nil, 40003, nil},
		{"auth/getuserinfo?code=" + code, nil, 40029, nil},
		{"auth/getuserdetail", body{"user_ticket": ticket}, 0, []string{"userid", "mobile"}},
		{"auth/getuserdetail", body{"user_ticket": "x"}, 40058, nil},
		{"user/getuserinfo?code=" + old, nil, 0, []string{"OpenId", "external_userid", "DeviceId"}},
		{"get_jsapi_ticket", nil, 0, []string{"ticket", "expires_in"}},
		{"ticket/get?type=agent_config", nil, 0, []string{"ticket", "expires_in"}},
		{"ticket/get?type=jsapi", nil, 91040, nil},
		{"idconvert/unionid_to_external_userid", body{"unionid": who.Union, "openid": who.OpenID, "subject_type": 0}, 0, []string{"external_userid"}},
		{"idconvert/unionid_to_external_userid", body{"unionid": stranger.Union, "openid": stranger.MiniID}, 0, []string{"pending_id"}},
		{"idconvert/unionid_to_external_userid", body{"unionid": who.Union, "openid": "x"}, 40058, nil},
		{"idconvert/batch/external_userid_to_pending_id", body{"external_userid": []string{c9}}, 0, []string{"result.0.pending_id"}},
		{"externalcontact/unionid_to_external_userid", body{"unionid": who.Union, "openid": who.OpenID}, 0, []string{"external_userid"}},
		{"externalcontact/unionid_to_external_userid", body{"unionid": stranger.Union, "openid": stranger.OpenID}, 84061, nil},

		{"externalcontact/get_follow_user_list", nil, 0, []string{"follow_user.0"}},
		{"externalcontact/list?userid=zhouning", nil, 0, []string{"external_userid.0"}},
		{"externalcontact/list?userid=wanglei", nil, 84061, nil},
		{"externalcontact/list?userid=zhaoqing", nil, 84074, nil},
		{"externalcontact/get?external_userid=" + c0, nil, 0, []string{"external_contact.external_userid", "external_contact.name", "external_contact.type",
			"external_contact.gender", "external_contact.unionid", "follow_user.0.userid", "follow_user.0.createtime", "follow_user.0.tags.0.tag_id",
			"follow_user.0.tags.0.group_name", "follow_user.0.add_way"}},
		{"externalcontact/get?external_userid=" + c9, nil, 84061, nil},
		{"externalcontact/get?external_userid=wmNobody", nil, 40096, nil},
		{"externalcontact/batch/get_by_user", body{"userid_list": []string{"zhouning"}, "limit": 1}, 0, []string{"external_contact_list.0.follow_info.tag_id", "next_cursor"}},
		{"externalcontact/batch/get_by_user", body{"userid_list": []string{"zhouning"}, "limit": 101}, 40058, nil},
		{"externalcontact/remark", body{"userid": "zhouning", "external_userid": c0, "remark": "林老师"}, 0, nil},
		{"externalcontact/remark", body{"userid": "zhouning", "external_userid": c0}, 40063, nil},
		{"externalcontact/remark", body{"userid": "zhouning", "external_userid": c0, "remark": strings.Repeat("长", 21)}, 40058, nil},

		{"externalcontact/add_contact_way", body{"scene": 2, "user": []string{"zhouning"}}, 41037, nil},
		{"externalcontact/add_contact_way", with(way, body{"state": strings.Repeat("a", 31)}), 40058, nil},
		{"externalcontact/add_contact_way", with(way, body{"user": []string{"zhouning", "liumin"}}), 40058, nil},
		{"externalcontact/add_contact_way", with(way, body{"user": []string{"wanglei"}}), 40098, nil},
		{"externalcontact/add_contact_way", with(way, body{"user": []string{"hexin"}}), 41054, nil},
		{"externalcontact/add_contact_way", with(way, body{"user": []string{"zhaoqing"}}), 84074, nil},
		{"externalcontact/get_contact_way", body{"config_id": wayID}, 0, []string{"contact_way.config_id", "contact_way.qr_code", "contact_way.state", "contact_way.user.0"}},
		{"externalcontact/get_contact_way", body{"config_id": "x"}, 41044, nil},
		{"externalcontact/list_contact_way", body{"start_time": from, "end_time": to}, 0, []string{"contact_way.0.config_id"}},
		{"externalcontact/update_contact_way", body{"config_id": wayID, "remark": "改过"}, 0, nil},
		{"externalcontact/update_contact_way", body{"config_id": wayID, "user": []string{"hexin"}}, 41054, nil},
		{"externalcontact/close_temp_chat", body{"userid": "zhouning", "external_userid": r.customer(6)}, 0, nil},
		{"externalcontact/close_temp_chat", body{"userid": "zhouning", "external_userid": c0}, 40058, nil},
		{"externalcontact/del_contact_way", body{"config_id": wayID}, 0, nil},
		{"externalcontact/del_contact_way", body{"config_id": wayID}, 41044, nil},
		{"externalcontact/customer_acquisition/create_link", body{"link_name": "春季", "range": body{"user_list": []string{"zhouning"}}}, 0, []string{"link.link_id", "link.url", "link.create_time"}},
		{"externalcontact/send_welcome_msg", body{"welcome_code": "x", "text": body{"content": "a"}}, 41050, nil},

		{"externalcontact/get_corp_tag_list", body{}, 0, []string{"tag_group.0.group_id", "tag_group.0.tag.0.id", "tag_group.0.tag.0.order"}},
		{"externalcontact/add_corp_tag", body{"group_id": set, "tag": []any{body{"name": "新"}}}, 0, []string{"tag_group.group_name", "tag_group.tag.0.id"}},
		{"externalcontact/add_corp_tag", body{"group_id": "etx", "tag": []any{body{"name": "新"}}}, 40068, nil},
		{"externalcontact/add_corp_tag", body{"group_name": "长", "tag": []any{body{"name": strings.Repeat("长", 31)}}}, 40058, nil},
		{"externalcontact/edit_corp_tag", body{"id": tag, "name": "药店"}, 0, nil},
		{"externalcontact/mark_tag", body{"userid": "zhouning", "external_userid": c0, "add_tag": []string{tag}}, 0, nil},
		{"externalcontact/mark_tag", body{"userid": "zhouning", "external_userid": c0, "add_tag": []string{"etx"}}, 40068, nil},
		{"externalcontact/mark_tag", body{"userid": "liumin", "external_userid": c0, "add_tag": []string{tag}}, 84061, nil},
		{"externalcontact/del_corp_tag", body{"tag_id": []string{tag}}, 0, nil},
		{"externalcontact/del_corp_tag", body{"tag_id": []string{tag}}, 40068, nil},

		{"externalcontact/groupchat/list", body{"limit": 10}, 0, []string{"group_chat_list.0.chat_id", "group_chat_list.0.status"}},
		{"externalcontact/groupchat/list", body{"limit": 1001}, 40058, nil},
		{"externalcontact/groupchat/get", body{"chat_id": group, "need_name": 1}, 0, []string{"group_chat.owner", "group_chat.member_list.0.join_scene", "group_chat.member_list.1.name"}},
		{"externalcontact/groupchat/get", body{"chat_id": "wrx"}, 86003, nil},
		{"externalcontact/groupchat/transfer", body{"chat_id_list": []string{group}, "new_owner": "liumin"}, 0, []string{"failed_chat_list.0.errcode"}},
		{"externalcontact/groupchat/transfer", body{"chat_id_list": []string{r.world.Groups[1].ID}, "new_owner": "liumin"}, 0, []string{"failed_chat_list"}},
		{"externalcontact/groupchat/add_join_way", body{"scene": 2, "chat_id_list": []string{"wrx"}}, 86003, nil},
		{"externalcontact/groupchat/get_join_way", body{"config_id": joinID}, 0, []string{"join_way.qr_code", "join_way.chat_id_list.0"}},
		{"externalcontact/groupchat/update_join_way", body{"config_id": joinID, "scene": 2, "chat_id_list": []string{group}, "state": "j"}, 0, nil},
		{"externalcontact/groupchat/del_join_way", body{"config_id": joinID}, 0, nil},

		{"externalcontact/add_msg_template", body{"chat_type": "group", "text": body{"content": "a"}}, 40063, nil},
		{"externalcontact/add_msg_template", body{"external_userid": []string{c9}, "text": body{"content": "a"}}, 41048, nil},
		{"externalcontact/add_msg_template", body{"external_userid": []string{c0}, "sender": "hexin", "text": body{"content": "a"}}, 41054, nil},
		{"externalcontact/add_msg_template", body{"external_userid": []string{c0}, "text": body{"content": strings.Repeat("a", 4001)}}, 40058, nil},
		{"externalcontact/add_msg_template", body{"external_userid": []string{c0}, "attachments": []any{body{"msgtype": "image", "image": body{"media_id": "x"}}}}, 40007, nil},
		{"externalcontact/add_msg_template", body{"external_userid": []string{c0}, "attachments": []any{body{"msgtype": "image", "image": body{"media_id": image}}}}, 0, []string{"msgid", "fail_list"}},
		{"externalcontact/get_groupmsg_list_v2", body{"chat_type": "single", "start_time": from, "end_time": to, "limit": 10}, 0, []string{"group_msg_list.0.msgid", "group_msg_list.0.creator"}},
		{"externalcontact/get_groupmsg_task", body{"msgid": send}, 0, []string{"task_list.0.userid", "task_list.0.status"}},
		{"externalcontact/get_groupmsg_send_result", body{"msgid": send, "userid": "zhouning"}, 0, []string{"send_list.0.external_userid", "send_list.0.status"}},
		{"externalcontact/get_groupmsg_send_result", body{"msgid": "x", "userid": "zhouning"}, 40058, nil},
		{"externalcontact/remind_groupmsg_send", body{"msgid": send}, 0, nil},
		{"externalcontact/cancel_groupmsg_send", body{"msgid": send}, 0, nil},
		{"externalcontact/remind_groupmsg_send", body{"msgid": send}, 41093, nil},

		{"externalcontact/add_moment_task", body{"attachments": []any{body{"msgtype": "image", "image": body{"media_id": image}}}}, 40007, nil},
		{"externalcontact/add_moment_task", body{"attachments": []any{body{"msgtype": "image", "image": body{"media_id": picture}}}}, 0, []string{"jobid"}},
		{"externalcontact/get_moment_task_result?jobid=x", nil, 40058, nil},
		{"externalcontact/get_moment_task_result?jobid=" + job, nil, 0, []string{"status", "type", "result.moment_id", "result.invalid_sender_list"}},
		{"externalcontact/get_moment_list", body{"start_time": from, "end_time": to}, 0, []string{"moment_list.0.moment_id"}},
		{"externalcontact/get_moment_list", body{"start_time": from - 31*86400, "end_time": to}, 40058, nil},
		{"externalcontact/get_moment_task", body{"moment_id": moment}, 0, []string{"task_list.0.publish_status"}},
		{"externalcontact/get_moment_customer_list", body{"moment_id": moment, "userid": "zhouning"}, 0, []string{"customer_list.0.external_userid", "customer_list.0.userid"}},
		{"externalcontact/get_moment_send_result", body{"moment_id": moment, "userid": "zhouning"}, 0, []string{"customer_list"}},
		{"externalcontact/get_moment_comments", body{"moment_id": moment, "userid": "zhouning"}, 0, []string{"comment_list", "like_list"}},
		{"externalcontact/cancel_moment_task", body{"moment_id": moment}, 0, nil},

		{"externalcontact/transfer_customer", body{"handover_userid": "zhouning", "takeover_userid": "liumin", "external_userid": []string{c0}}, 0, []string{"customer.0.errcode"}},
		{"externalcontact/transfer_result", body{"handover_userid": "zhouning", "takeover_userid": "liumin"}, 0, []string{"customer.0.status", "customer.0.takeover_time"}},
		{"externalcontact/get_unassigned_list", body{"page_size": 10}, 0, []string{"info.0.handover_userid", "info.0.dimission_time", "is_last"}},
		{"externalcontact/resigned/transfer_customer", body{"handover_userid": "zhouning", "takeover_userid": "liumin", "external_userid": []string{c0}}, 40058, nil},
		{"externalcontact/resigned/transfer_customer", body{"handover_userid": "chenxiao", "takeover_userid": "liumin", "external_userid": []string{left}}, 0, []string{"customer.0.errcode"}},
		{"externalcontact/resigned/transfer_result", body{"handover_userid": "chenxiao", "takeover_userid": "liumin"}, 0, []string{"customer.0.status"}},

		{"message/send", body{"touser": "zhouning", "msgtype": "text", "agentid": 1000002, "text": body{"content": "a"}}, 0, []string{"msgid", "invaliduser"}},
		{"message/send", body{"touser": "nobody", "msgtype": "text", "agentid": 1000002, "text": body{"content": "a"}}, 81013, nil},
		{"message/send", body{"msgtype": "text", "agentid": 1000002, "text": body{"content": "a"}}, 82001, nil},
		{"message/send", body{"touser": "zhouning", "msgtype": "text", "agentid": 1000003, "text": body{"content": "a"}}, 301002, nil},
		{"message/send", body{"touser": "zhouning", "msgtype": "text", "text": body{"content": "a"}}, 40056, nil},
		{"message/send", card, 40058, nil}, // the task_id is used
		{"message/update_template_card", body{"userids": []string{"zhouning"}, "agentid": 1000002, "response_code": cardSent["response_code"], "button": body{"replace_name": "已处理"}}, 0, nil},
		{"message/update_template_card", body{"userids": []string{"zhouning"}, "agentid": 1000002, "response_code": cardSent["response_code"], "button": body{"replace_name": "已处理"}}, 40058, nil},
		{"message/recall", body{"msgid": cardSent["msgid"]}, 0, nil},

		{"kf/sync_msg", body{"open_kfid": kf}, 0, []string{"next_cursor", "has_more", "msg_list.0.msgid", "msg_list.0.origin", "msg_list.0.text.content"}},
		{"kf/sync_msg", body{"open_kfid": kf, "token": "x"}, 95007, nil},
		{"kf/sync_msg", body{"open_kfid": "wkx"}, 95000, nil},
		{"kf/send_msg", body{"touser": c0, "open_kfid": kf, "msgid": "m-1", "msgtype": "text", "text": body{"content": "在"}}, 0, []string{"msgid"}},
		{"kf/send_msg", body{"touser": c0, "open_kfid": kf, "msgid": "有", "msgtype": "text", "text": body{"content": "在"}}, 40058, nil},
		{"kf/send_msg_on_event", body{"code": "x", "msgtype": "text", "text": body{"content": "在"}}, 40058, nil},
		{"kf/service_state/get", body{"open_kfid": kf, "external_userid": c0}, 0, []string{"service_state"}},
		{"kf/service_state/trans", body{"open_kfid": kf, "external_userid": c0, "service_state": 3}, 40063, nil},
		{"kf/service_state/trans", body{"open_kfid": kf, "external_userid": c0, "service_state": 3, "servicer_userid": "chenxiao"}, 95014, nil},
		{"kf/service_state/trans", body{"open_kfid": kf, "external_userid": c0, "service_state": 3, "servicer_userid": "zhouning"}, 0, []string{"msg_code"}},
		{"kf/account/list", nil, 0, []string{"account_list.0.open_kfid", "account_list.0.name"}},
		{"kf/account/add", body{"name": "夜间客服"}, 0, []string{"open_kfid"}},
		{"kf/account/update", body{"open_kfid": kf, "name": "客服"}, 0, nil},
		{"kf/add_contact_way", body{"open_kfid": kf, "scene": "a1"}, 0, []string{"url"}},
		{"kf/servicer/add", body{"open_kfid": kf, "userid_list": []string{"liumin", "nobody"}}, 0, []string{"result_list.0.errcode"}},
		{"kf/servicer/list?open_kfid=" + kf, nil, 0, []string{"servicer_list.0.userid"}},
		{"kf/servicer/del", body{"open_kfid": kf, "userid_list": []string{"liumin"}}, 0, []string{"result_list.0.userid"}},
		{"kf/account/del", body{"open_kfid": kf}, 0, nil},

		{"media/get?media_id=x", nil, 40007, nil},
		{"msgaudit/get_permit_user_list", body{}, 48002, nil},
		{"msgaudit/check_single_agree", body{"info": []any{body{"userid": "zhouning", "exteranalopenid": c0}}}, 48002, nil},
		{"msgaudit/check_room_agree", body{"roomid": group}, 48002, nil},
		{"msgaudit/groupchat/get", body{"roomid": group}, 48002, nil},
	} {
		path, _, _ := strings.Cut(row.path, "?")
		seen["/cgi-bin/"+path] = true
		got := r.api(row.path, row.in)
		if got["errcode"] != float64(row.code) {
			t.Errorf("%s %v: want %d, got %v", row.path, row.in, row.code, got)
			continue
		}
		if text, _ := got["errmsg"].(string); row.code == 0 && text != "ok" || row.code != 0 && !strings.Contains(text, "hint: [") {
			t.Errorf("%s: errmsg %q", row.path, text)
		}
		for _, name := range row.have {
			if lookup(got, name) == nil {
				t.Errorf("%s: no %s in %v", row.path, name, got)
			}
		}
	}
	for _, row := range []row{
		{"msgaudit/get_permit_user_list", body{}, 0, []string{"ids.0"}},
		{"msgaudit/check_single_agree", body{"info": []any{body{"userid": "zhouning", "exteranalopenid": c0}}}, 0, []string{"agreeinfo.0.agree_status"}},
		{"msgaudit/check_room_agree", body{"roomid": group}, 0, []string{"agreeinfo.0.exteranalopenid"}},
		{"msgaudit/groupchat/get", body{"roomid": group}, 0, []string{"roomname", "creator", "members.0.memberid"}},
	} {
		got := r.as("会话内容存档", row.path, row.in)
		r.code(row.code, got)
		for _, name := range row.have {
			if lookup(got, name) == nil {
				t.Errorf("%s: no %s in %v", row.path, name, got)
			}
		}
	}
	for _, path := range r.Box.Paths() {
		if !seen[path] {
			t.Errorf("no contract of %s", path)
		}
	}
}

func lookup(v any, name string) any {
	for _, part := range strings.Split(name, ".") {
		if len(part) == 1 && part[0] <= '9' {
			v = at(v, int(part[0]-'0'))
		} else {
			v = at(v, part)
		}
	}
	return v
}

// WeChat's addresses, in the same way.
func TestContractsOfWeChat(t *testing.T) {
	r := newRig(t)
	oa, mini, who := r.world.Official, r.world.Mini, r.world.Customers[0]
	login := func(a, secret string) string {
		got := r.raw("POST", "/cgi-bin/stable_token", body{"grant_type": "client_credential", "appid": a, "secret": secret})
		if _, has := got["errcode"]; has {
			t.Errorf("a token comes without errcode: %v", got)
		}
		return "access_token=" + got["access_token"].(string)
	}
	official, program := login(oa.AppID, oa.Secret), login(mini.AppID, mini.Secret)
	r.must(r.Weixin.Scan(who.Union, ""))
	r.must(r.Weixin.Enter(who.Union))
	page, err := r.Weixin.Code(who.Union, "page")
	r.must(err)
	mp, err := r.Weixin.Code(who.Union, "login")
	r.must(err)
	both := func(a, s string) string { return "appid=" + a + "&secret=" + s }
	official1, mini1 := r.world.Templates[0].ID, r.world.Templates[2].ID
	full := body{"thing1": body{"value": "复诊"}, "time2": body{"value": "2026-06-20 09:00"}}
	r.must(r.Weixin.Agree(who.Union, mini1))
	seen := map[string]bool{"/cgi-bin/stable_token": true}
	for _, row := range []row{
		{"/cgi-bin/token?grant_type=client_credential&" + both(oa.AppID, oa.Secret), nil, 0, []string{"access_token", "expires_in"}},
		{"/cgi-bin/token?grant_type=x&" + both(oa.AppID, oa.Secret), nil, 40002, nil},
		{"/cgi-bin/token?grant_type=client_credential&" + both(oa.AppID, "x"), nil, 40125, nil},
		{"/cgi-bin/token?grant_type=client_credential&" + both("x", "x"), nil, 40013, nil},
		{"/sns/jscode2session?grant_type=authorization_code&js_code=x&" + both(mini.AppID, mini.Secret), nil, 40029, nil},
		{"/sns/jscode2session?grant_type=authorization_code&js_code=" + mp + "&" + both(mini.AppID, mini.Secret), nil, 0, []string{"openid", "session_key", "unionid"}},
		{"/sns/jscode2session?grant_type=authorization_code&js_code=" + mp + "&" + both(mini.AppID, mini.Secret), nil, 40163, nil},
		{"/sns/oauth2/access_token?grant_type=authorization_code&code=" + page + "&" + both(oa.AppID, oa.Secret), nil, 0, []string{"access_token", "openid", "scope"}},
		{"/wxa/business/getuserphonenumber?" + program, body{"code": "x"}, 40029, nil},
		{"/cgi-bin/message/subscribe/send?" + program, body{"touser": who.MiniID, "template_id": "x", "data": full}, 40037, nil},
		{"/cgi-bin/message/subscribe/send?" + program, body{"touser": who.MiniID, "template_id": mini1, "page": "x", "data": full}, 41030, nil},
		{"/cgi-bin/message/subscribe/send?" + program, body{"touser": who.MiniID, "template_id": mini1, "data": body{}}, 47003, nil},
		{"/cgi-bin/message/subscribe/send?" + program, body{"touser": who.MiniID, "template_id": mini1, "data": with(full, body{"thing1": body{"value": strings.Repeat("长", 21)}})}, 47003, nil},
		{"/cgi-bin/message/subscribe/send?" + program, body{"touser": who.MiniID, "template_id": mini1, "page": "pages/today", "data": full}, 0, []string{"errmsg"}},
		{"/cgi-bin/message/template/send?" + official, body{"touser": who.OpenID, "template_id": official1, "data": full}, 0, []string{"msgid"}},
		{"/cgi-bin/message/template/send?" + official, body{"touser": r.world.Customers[1].OpenID, "template_id": official1, "data": full}, 43004, nil},
		{"/cgi-bin/message/custom/send?" + official, body{"touser": who.OpenID, "msgtype": "text", "text": body{"content": "您好"}}, 0, []string{"errmsg"}},
		{"/cgi-bin/message/custom/send?" + program, body{"touser": who.MiniID, "msgtype": "text", "text": body{"content": "您好"}}, 0, nil},
		{"/cgi-bin/message/custom/send?" + program, body{"touser": who.MiniID, "msgtype": "text", "text": body{"content": "您好"}}, 0, nil},
		{"/cgi-bin/message/custom/send?" + program, body{"touser": who.MiniID, "msgtype": "text", "text": body{"content": "您好"}}, 45047, nil},
		{"/cgi-bin/user/info?openid=" + who.OpenID + "&" + official, nil, 0, []string{"subscribe", "openid", "unionid", "subscribe_time", "subscribe_scene"}},
		{"/cgi-bin/user/info?openid=x&" + official, nil, 40003, nil},
		{"/cgi-bin/qrcode/create?" + official, body{"action_name": "QR_STR_SCENE", "expire_seconds": 60, "action_info": body{"scene": body{"scene_str": "a"}}}, 0, []string{"ticket", "url", "expire_seconds"}},
		{"/cgi-bin/qrcode/create?" + official, body{"action_name": "x"}, 40053, nil},
		{"/cgi-bin/ticket/getticket?type=jsapi&" + official, nil, 0, []string{"ticket", "expires_in"}},
		{"/cgi-bin/user/info?openid=" + who.OpenID, nil, 41001, nil},
		{"/cgi-bin/user/info?openid=" + who.OpenID + "&access_token=x", nil, 40001, nil},
	} {
		path, _, _ := strings.Cut(row.path, "?")
		seen[path] = true
		method := "POST"
		if row.in == nil {
			method = "GET"
		}
		got := r.raw(method, row.path, row.in)
		if code, _ := got["errcode"].(float64); int(code) != row.code {
			t.Errorf("%s %v: want %d, got %v", row.path, row.in, row.code, got)
		}
		for _, name := range row.have {
			if lookup(got, name) == nil {
				t.Errorf("%s: no %s in %v", row.path, name, got)
			}
		}
	}
	for _, path := range r.Weixin.Paths() {
		if !seen[path] {
			t.Errorf("no contract of %s", path)
		}
	}
}
