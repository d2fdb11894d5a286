package sandbox

import (
	"time"

	"peiban/internal/sandbox/weixin"
	"peiban/internal/sandbox/wire"
)

// Agents of the company's applications.
const (
	Agent = 1000002 // sees everybody, may read customers, talks for the customer service
	Shop  = 1000003 // sees the shop alone and no customers
)

// found makes the company and its people. All of them are made up.
func (s *Sandbox) found() {
	now := s.Clock.Now()
	s.id = s.ids.New("ww", 16)
	s.depts = []*dept{{1, "陪伴健康"}, {2, "健康管理部"}, {3, "城南门店"}}
	here := []string{"127.0.0.1", "::1"}
	s.apps = []*app{
		{Agent: Agent, Name: "陪伴", Contact: true, Kf: true, IPs: here},
		{Agent: Shop, Name: "门店", Parties: []int{3}, IPs: here},
		{Name: "客户联系", Contact: true, IPs: here},
		{Name: "微信客服", Kf: true, IPs: here},
		{Name: "会话内容存档", Archive: true, IPs: here},
	}
	for _, a := range s.apps {
		a.Secret = s.ids.New("sandbox-", 35)
	}
	s.members = []*member{
		{ID: "zhouning", Name: "周宁", Dept: 2, Mobile: "13900000001", Activated: true, Verified: true, Contact: true, Archived: true},
		{ID: "liumin", Name: "刘敏", Dept: 2, Mobile: "13900000002", Activated: true, Verified: true, Contact: true},
		{ID: "chenxiao", Name: "陈晓", Dept: 3, Mobile: "13900000003", Activated: true, Verified: true, Contact: true},
		{ID: "wanglei", Name: "王蕾", Dept: 3, Mobile: "13900000004", Activated: true, Contact: true},
		{ID: "hexin", Name: "何欣", Dept: 3, Mobile: "13900000005", Verified: true, Contact: true},
		{ID: "zhaoqing", Name: "赵青", Dept: 2, Mobile: "13900000006", Activated: true, Verified: true},
	}
	for i, name := range []string{"林小满", "高远山", "沈立秋", "苏清禾", "唐果果", "方晓棠", "贺一鸣", "姜南星", "罗平安", "钟子衿"} {
		s.people = append(s.people, &customer{ID: s.ids.New("wm", 30), Name: name, Gender: 1 + (i+1)%2, Union: s.ids.New("o", 27),
			Mobile: "1380000" + itoa(int64(1000+i)), OpenID: s.ids.New("oa", 26), MiniID: s.ids.New("om", 26)})
	}
	made := now.Unix()
	for _, g := range []struct {
		name string
		tags []string
	}{{"来源", []string{"门店", "活动", "线上"}}, {"称呼偏好", []string{"叫老师", "叫名字"}}} {
		group := &tagGroup{ID: s.ids.New("et", 30), Name: g.name, Made: made}
		for i, name := range g.tags {
			group.Tags = append(group.Tags, &tag{ID: s.ids.New("et", 30), Name: name, Made: made, Order: int64(len(g.tags) - i)})
		}
		s.tags = append(s.tags, group)
	}
	for i, user := range []string{"zhouning", "zhouning", "zhouning", "liumin", "chenxiao"} {
		b, _ := s.befriend(user, s.people[i].ID, "", 1, false, now.Add(-time.Duration(30-i)*24*time.Hour))
		b.tags = []string{s.tags[0].Tags[i%3].ID}
	}
	for i, name := range []string{"控糖打卡一群", "城南门店会员群"} {
		owner := []string{"zhouning", "chenxiao"}[i]
		g := &group{ID: s.ids.New("wr", 30), Name: name, Owner: owner, Made: now.Add(-20 * 24 * time.Hour)}
		g.Members = []*inside{{ID: owner, Type: 1, Joined: g.Made, Scene: 1}, {ID: s.people[i].ID, Type: 2, Joined: g.Made, Scene: 1, Invitor: owner}}
		s.groups = append(s.groups, g)
	}
	s.newAccount("陪伴客服", "zhouning", "liumin")
}

// wechatPeople are the same people as the official account and the mini-program know them.
func (s *Sandbox) wechatPeople() (all []weixin.Person) {
	for _, p := range s.people {
		all = append(all, weixin.Person{Name: p.Name, Union: p.Union, OpenID: p.OpenID, MiniID: p.MiniID, Mobile: p.Mobile})
	}
	return all
}

// routes are the addresses of qyapi.weixin.qq.com.
func (s *Sandbox) routes() {
	get := func(path string, do func(*wire.Call) (wire.Answer, error)) {
		s.Box.Add(wire.API{Path: "/cgi-bin/" + path, Get: true, Do: do})
	}
	post := func(path string, do func(*wire.Call) (wire.Answer, error)) {
		s.Box.Add(wire.API{Path: "/cgi-bin/" + path, Do: do})
	}
	s.Box.Add(wire.API{Path: "/cgi-bin/gettoken", Get: true, Open: true, Do: s.getToken})
	get("user/get", s.getUser)
	get("auth/getuserinfo", s.userInfo)
	get("user/getuserinfo", s.oldUserInfo)
	post("auth/getuserdetail", s.userDetail)
	get("get_jsapi_ticket", s.corpTicket)
	get("ticket/get", s.appTicket)
	post("idconvert/unionid_to_external_userid", s.convertUnion)
	post("idconvert/batch/external_userid_to_pending_id", s.toPending)

	get("externalcontact/get_follow_user_list", s.followers)
	get("externalcontact/list", s.customersOf)
	get("externalcontact/get", s.getCustomer)
	post("externalcontact/batch/get_by_user", s.customersBatch)
	post("externalcontact/remark", s.remark)
	post("externalcontact/unionid_to_external_userid", s.unionToExternal)
	post("externalcontact/add_contact_way", s.addWay)
	post("externalcontact/get_contact_way", s.getWay)
	post("externalcontact/list_contact_way", s.listWays)
	post("externalcontact/update_contact_way", s.updateWay)
	post("externalcontact/del_contact_way", s.delWay)
	post("externalcontact/close_temp_chat", s.closeTemp)
	post("externalcontact/customer_acquisition/create_link", s.createLink)
	post("externalcontact/send_welcome_msg", s.sendWelcome)
	post("externalcontact/get_corp_tag_list", s.listTags)
	post("externalcontact/add_corp_tag", s.addTag)
	post("externalcontact/edit_corp_tag", s.editTag)
	post("externalcontact/del_corp_tag", s.delTag)
	post("externalcontact/mark_tag", s.markTag)

	post("externalcontact/groupchat/list", s.listGroups)
	post("externalcontact/groupchat/get", s.getGroup)
	post("externalcontact/groupchat/transfer", s.transferGroups)
	post("externalcontact/groupchat/add_join_way", s.addJoin)
	post("externalcontact/groupchat/get_join_way", s.getJoin)
	post("externalcontact/groupchat/update_join_way", s.updateJoin)
	post("externalcontact/groupchat/del_join_way", s.delJoin)

	post("externalcontact/add_msg_template", s.addSend)
	post("externalcontact/get_groupmsg_list_v2", s.listSends)
	post("externalcontact/get_groupmsg_task", s.sendTasks)
	post("externalcontact/get_groupmsg_send_result", s.sendResults)
	post("externalcontact/remind_groupmsg_send", s.remindSend)
	post("externalcontact/cancel_groupmsg_send", s.cancelSend)

	post("externalcontact/add_moment_task", s.addMoment)
	get("externalcontact/get_moment_task_result", s.momentResult)
	post("externalcontact/cancel_moment_task", s.cancelMoment)
	post("externalcontact/get_moment_list", s.listMoments)
	post("externalcontact/get_moment_task", s.momentTasks)
	post("externalcontact/get_moment_customer_list", s.momentCustomers)
	post("externalcontact/get_moment_send_result", s.momentSent)
	post("externalcontact/get_moment_comments", s.momentComments)

	post("externalcontact/transfer_customer", s.transferOnJob)
	post("externalcontact/transfer_result", s.transferResult)
	post("externalcontact/resigned/transfer_customer", s.transferResigned)
	post("externalcontact/resigned/transfer_result", s.resignedResult)
	post("externalcontact/get_unassigned_list", s.unassigned)

	post("message/send", s.sendMessage)
	post("message/recall", s.recallMessage)
	post("message/update_template_card", s.updateCard)

	post("kf/sync_msg", s.syncMsg)
	post("kf/send_msg", s.sendKf)
	post("kf/send_msg_on_event", s.sendKfOnEvent)
	post("kf/service_state/get", s.getState)
	post("kf/service_state/trans", s.transState)
	post("kf/account/add", s.addAccount)
	post("kf/account/del", s.delAccount)
	post("kf/account/update", s.updateAccount)
	get("kf/account/list", s.listAccounts)
	post("kf/add_contact_way", s.addKfWay)
	post("kf/servicer/add", s.changeServicers(true))
	post("kf/servicer/del", s.changeServicers(false))
	get("kf/servicer/list", s.listServicers)

	post("media/upload", s.upload)
	post("media/uploadimg", s.uploadImage)
	post("media/upload_attachment", s.uploadAttachment)
	get("media/get", s.getMedia)

	get("msgaudit/get_permit_user_list", s.permitted)
	post("msgaudit/check_single_agree", s.checkAgree)
	post("msgaudit/check_room_agree", s.checkRoom)
	post("msgaudit/groupchat/get", s.archivedGroup)
}
