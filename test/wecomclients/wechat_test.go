package wecomclients

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	mini "github.com/silenceper/wechat/v2/miniprogram/config"
	"github.com/silenceper/wechat/v2/miniprogram/subscribe"
	"github.com/silenceper/wechat/v2/officialaccount/basic"
	official "github.com/silenceper/wechat/v2/officialaccount/config"
	"github.com/silenceper/wechat/v2/officialaccount/message"
	"github.com/silenceper/wechat/v2/util"
	work "github.com/silenceper/wechat/v2/work/config"
	"github.com/silenceper/wechat/v2/work/externalcontact"
)

// here has silenceper/wechat call the sandbox where it would call Tencent.
func (b *box) here() {
	util.SetURIModifier(func(uri string) string {
		uri = strings.Replace(uri, "https://qyapi.weixin.qq.com", b.said["WeCom"]+"/qyapi", 1)
		return strings.Replace(uri, "https://api.weixin.qq.com", b.said["WeChat"]+"/weixin", 1)
	})
	b.Cleanup(func() { util.SetURIModifier(nil) })
}

// silenceper/wechat serves the official account and the mini-program.
func TestWechat(t *testing.T) {
	b := start(t)
	b.here()
	var world struct {
		Customers []struct {
			UnionID string
			OpenID  string
			MiniID  string `json:"mini_openid"`
		}
		Templates []struct {
			ID string `json:"template_id"`
			In string `json:"in"`
		}
	}
	resp, err := http.Get(b.said["WeCom"] + "/sandbox/world")
	b.must(err)
	defer func() { _ = resp.Body.Close() }()
	b.must(json.NewDecoder(resp.Body).Decode(&world))
	who := world.Customers[5]

	w := wechat.NewWechat()
	oa := w.GetOfficialAccount(&official.Config{AppID: b.said["陪伴健康 appid"], AppSecret: b.said["陪伴健康 secret"], Token: token, EncodingAESKey: key, Cache: cache.NewMemory()})
	heard := make(chan *message.MixMessage, 9)
	hook := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		server := oa.GetServer(r, rw)
		server.SetMessageHandler(func(m *message.MixMessage) *message.Reply { heard <- m; return nil })
		if err := server.Serve(); err != nil {
			t.Error(err)
		}
		_ = server.Send()
	}))
	defer hook.Close()
	b.hand("callback", map[string]any{"app": "account", "url": hook.URL, "token": token, "aes_key": key})
	code, err := oa.GetBasic().GetQRTicket(basic.NewTmpQrRequest(time.Hour, "shop9"))
	if b.must(err); code.Ticket == "" || code.ExpireSeconds != 3600 {
		t.Errorf("%+v", code)
	}
	b.hand("weixin/scan", map[string]any{"customer": who.UnionID, "code": "shop9"})
	if m := <-heard; m.Event != message.EventSubscribe || m.EventKey != "qrscene_shop9" || string(m.FromUserName) != who.OpenID {
		t.Errorf("%+v", m)
	}
	b.hand("weixin/say", map[string]any{"customer": who.UnionID, "chat": "official", "text": "你好"})
	if m := <-heard; m.Content != "你好" {
		t.Errorf("%+v", m)
	}
	info, err := oa.GetUser().GetUserInfo(who.OpenID)
	if b.must(err); info.Subscribe != 1 || info.UnionID != who.UnionID {
		t.Errorf("%+v", info)
	}
	b.must(oa.GetCustomerMessageManager().Send(message.NewCustomerTextMessage(who.OpenID, "您好")))
	data := map[string]*message.TemplateDataItem{"thing1": {Value: "复诊"}, "time2": {Value: "2026-06-20 09:00"}}
	if id, err := oa.GetTemplate().Send(&message.TemplateMessage{ToUser: who.OpenID, TemplateID: world.Templates[0].ID, Data: data}); err != nil || id == 0 {
		t.Error(id, err)
	}

	mp := w.GetMiniProgram(&mini.Config{AppID: b.said["陪伴小程序 appid"], AppSecret: b.said["陪伴小程序 secret"], Cache: cache.NewMemory()})
	login := b.hand("weixin/code", map[string]any{"customer": who.UnionID, "key": "login"})["code"].(string)
	if s, err := mp.GetAuth().Code2Session(login); err != nil || s.OpenID != who.MiniID || s.UnionID != who.UnionID {
		t.Errorf("%+v %v", s, err)
	}
	phone := b.hand("weixin/code", map[string]any{"customer": who.UnionID, "key": "phone"})["code"].(string)
	if p, err := mp.GetAuth().GetPhoneNumber(phone); err != nil || p.PhoneInfo.CountryCode != "86" {
		t.Errorf("%+v %v", p, err)
	}
	remind := &subscribe.Message{ToUser: who.MiniID, TemplateID: world.Templates[2].ID, Page: "pages/today", Data: map[string]*subscribe.DataItem{"thing1": {Value: "测血糖"}, "time2": {Value: "19:00"}}}
	if err := mp.GetSubscribe().Send(remind); err == nil || !strings.Contains(err.Error(), "43101") {
		t.Error("nobody agreed:", err)
	}
	b.hand("weixin/agree", map[string]any{"customer": who.UnionID, "id": remind.TemplateID})
	b.must(mp.GetSubscribe().Send(remind))
}

// What go-workwx has no functions for: results of group sends, moments.
func TestWechatOfTheCompany(t *testing.T) {
	b := start(t)
	b.here()
	c := wechat.NewWechat().GetWork(&work.Config{CorpID: b.said["corpid"], CorpSecret: b.said["客户联系 secret"], Cache: cache.NewMemory()}).GetExternalContact()
	one := b.world.Customers[0].ID
	sent, err := c.AddMsgTemplate(&externalcontact.AddMsgTemplateRequest{ChatType: "single", ExternalUserID: []string{one}, Sender: "zhouning", Text: externalcontact.MsgText{Content: "今晚直播"}})
	b.must(err)
	tasks, err := c.GetGroupMsgTask(&externalcontact.GetGroupMsgTaskRequest{MsgID: sent.MsgID, Limit: 10})
	if b.must(err); len(tasks.TaskList) != 1 || tasks.TaskList[0].Status != 0 {
		t.Errorf("%+v", tasks)
	}
	b.must(c.RemindGroupMsgSend(&externalcontact.RemindGroupMsgSendRequest{MsgID: sent.MsgID}))
	b.hand("confirm-send", map[string]any{"id": sent.MsgID, "user": "zhouning"})
	results, err := c.GetGroupMsgSendResult(&externalcontact.GetGroupMsgSendResultRequest{MsgID: sent.MsgID, UserID: "zhouning", Limit: 10})
	if b.must(err); len(results.SendList) != 1 || results.SendList[0].Status != 1 || results.SendList[0].ExternalUserID != one {
		t.Errorf("%+v", results)
	}
	job, err := c.AddMomentTask(&externalcontact.AddMomentTaskRequest{Text: externalcontact.MomentTaskText{Content: "降温了"}})
	b.must(err)
	made, err := c.GetMomentTaskResult(job.JobID)
	for err == nil && made.Status != 3 {
		made, err = c.GetMomentTaskResult(job.JobID)
	}
	b.must(err)
	now := time.Now().Unix()
	posts, err := c.GetMomentList(&externalcontact.GetMomentListRequest{StartTime: now - 3600, EndTime: now + 3600})
	if b.must(err); len(posts.MomentList) != 1 || posts.MomentList[0].MomentID != made.Result.MomentID {
		t.Errorf("%+v", posts)
	}
	b.hand("confirm-moment", map[string]any{"id": made.Result.MomentID, "user": "zhouning"})
	members, err := c.GetMomentTask(&externalcontact.GetMomentTaskRequest{MomentID: made.Result.MomentID, Limit: 10})
	if b.must(err); len(members.TaskList) == 0 || members.TaskList[0].PublishStatus != 1 {
		t.Errorf("%+v", members)
	}
	shown, err := c.GetMomentSendResult(&externalcontact.GetMomentSendResultRequest{MomentID: made.Result.MomentID, UserID: "zhouning", Limit: 10})
	if b.must(err); len(shown.CustomerList) != 3 {
		t.Errorf("%+v", shown)
	}
	b.hand("resign", map[string]any{"user": "chenxiao"})
	left, err := c.GetUnassignedList(&externalcontact.GetUnassignedListRequest{PageSize: 10})
	if b.must(err); len(left.Info) != 1 || left.Info[0].HandoverUserID != "chenxiao" || !left.IsLast {
		t.Errorf("%+v", left)
	}
}
