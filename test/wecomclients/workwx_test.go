// Package wecomclients has clients that others wrote talk to the sandbox of the binary: what they do not understand, the
// sandbox says wrongly. It is a module of its own, so that nothing of it is in the program.
package wecomclients

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/xen0n/go-workwx"
)

const (
	token = "sandboxtoken"
	key   = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
)

// box is a sandbox that runs.
type box struct {
	*testing.T
	said  map[string]string
	world struct {
		Members   []struct{ UserID string }
		Customers []struct {
			ID   string `json:"external_userid"`
			Name string `json:"name"`
		}
		Groups []struct {
			ID string `json:"chat_id"`
		}
		Kf []struct {
			ID string `json:"open_kfid"`
		}
	}
}

func start(t *testing.T) *box {
	t.Helper()
	binary := os.Getenv("PEIBAN")
	if binary == "" {
		binary = "../../bin/peiban"
	}
	cmd := exec.CommandContext(t.Context(), binary, "sandbox", "--addr", "127.0.0.1:0", "--seed", "3")
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatalf("start the sandbox (make build makes it): %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	b := &box{T: t, said: map[string]string{}}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		name, value, _ := strings.Cut(lines.Text(), ": ")
		if b.said[name] = value; strings.HasSuffix(name, "小程序 secret") {
			break
		}
	}
	resp, err := http.Get(b.said["WeCom"] + "/sandbox/world")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if err := json.NewDecoder(resp.Body).Decode(&b.world); err != nil {
		t.Fatal(err)
	}
	return b
}

// hand does what people do with their phones.
func (b *box) hand(name string, in map[string]any) map[string]any {
	b.Helper()
	raw, _ := json.Marshal(in)
	resp, err := http.Post(b.said["WeCom"]+"/sandbox/"+name, "application/json", bytes.NewReader(raw))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var out map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&out); err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d %v", name, resp.StatusCode, out)
	}
	return out
}

func (b *box) app(name string, agent int64) *workwx.WorkwxApp {
	return workwx.New(b.said["corpid"], workwx.WithQYAPIHost(b.said["WeCom"])).WithApp(b.said[name], agent)
}

func (b *box) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

type inbox chan *workwx.RxMessage

func (i inbox) OnIncomingMessage(m *workwx.RxMessage) error { i <- m; return nil }

// go-workwx adds a customer, greets them, and does with them what its functions allow.
func TestWorkwx(t *testing.T) {
	b := start(t)
	c := b.app("陪伴 agentid 1000002, secret", 1000002)
	events := make(inbox, 20)
	handler, err := workwx.NewHTTPHandler(token, key, events)
	b.must(err)
	hook := httptest.NewServer(handler)
	defer hook.Close()
	b.hand("callback", map[string]any{"url": hook.URL, "token": token, "aes_key": key})

	way, err := c.ExternalContactAddContact(1, 2, 1, "城南", true, "shop7", []string{"liumin"}, nil, false, 0, 0, "", workwx.Conclusions{})
	b.must(err)
	got, err := c.ExternalContactGetContactWay(way.ConfigID)
	if b.must(err); got.State != "shop7" || !slices.Equal(got.User, []string{"liumin"}) {
		t.Errorf("%+v", got)
	}
	who := b.world.Customers[9]
	b.hand("scan", map[string]any{"code": way.QRCode, "customer": who.ID})
	added, ok := (<-events).EventAddExternalContact()
	if !ok || added.GetExternalUserID() != who.ID || added.GetState() != "shop7" {
		t.Fatalf("%+v", added)
	}
	b.must(c.SendWelcomeMsg(added.GetWelcomeCode(), workwx.Text{Content: "欢迎"}, nil))
	if err := c.SendWelcomeMsg(added.GetWelcomeCode(), workwx.Text{Content: "欢迎"}, nil); err == nil || !strings.Contains(err.Error(), "41051") {
		t.Error("a welcome twice:", err)
	}
	info, err := c.GetExternalContact(who.ID)
	if b.must(err); info.ExternalContact.Name != who.Name || len(info.FollowUser) != 1 || info.FollowUser[0].State != "shop7" {
		t.Errorf("%+v", info)
	}
	all, err := c.ListExternalContact("liumin")
	if b.must(err); !slices.Contains(all, who.ID) {
		t.Error(all)
	}
	follow, err := c.ExternalContactListFollowUser()
	if b.must(err); !slices.Contains(follow.FollowUser, "zhouning") {
		t.Error(follow)
	}
	batch, err := c.BatchListExternalContact("zhouning", "", 10)
	if b.must(err); len(batch.Result) != 3 {
		t.Errorf("%+v", batch)
	}
	tags, err := c.AddExternalContactCorpTag(workwx.ExternalContactAddCorpTagGroup{GroupName: "方案", Tag: []workwx.ExternalContactAddCorpTag{{Name: "控糖"}}})
	b.must(err)
	b.must(c.MarkExternalContactTag("liumin", who.ID, []string{tags.Tag[0].ID}, nil))
	b.must(c.RemarkExternalContact(&workwx.ExternalContactRemark{Userid: "liumin", ExternalUserid: who.ID, Remark: "老师"}))

	groups, err := c.GetGroupChatList(workwx.ReqChatList{Limit: 10})
	if b.must(err); len(groups.GroupChatList) != 2 {
		t.Errorf("%+v", groups)
	}
	group, err := c.GetGroupChatInfo(b.world.Groups[0].ID, 1)
	if b.must(err); group.Owner != "zhouning" || len(group.MemberList) != 2 {
		t.Errorf("%+v", group)
	}
	join, err := c.ExternalContactAddGroupChatJoinWay(workwx.ExternalGroupChatJoinWay{Scene: 2, ChatIDs: []string{group.ChatID}, State: "j"})
	b.must(err)
	b.hand("scan", map[string]any{"code": join, "customer": who.ID})
	if changed, ok := (<-events).EventChangeExternalChat(); !ok || changed.GetChatID() != group.ChatID {
		t.Errorf("%+v", changed)
	}

	sent, err := c.AddMsgTemplate(workwx.ChatTypeSingle, "liumin", []string{who.ID, b.world.Customers[0].ID}, workwx.Text{Content: "今晚直播"}, nil)
	if b.must(err); !slices.Equal(sent.FailList, []string{b.world.Customers[0].ID}) {
		t.Errorf("%+v", sent)
	}
	b.hand("confirm-send", map[string]any{"id": sent.MsgID, "user": "liumin"})
	moved, err := c.TransferCustomer("liumin", "zhouning", []string{who.ID})
	if b.must(err); moved[0].Errcode != 0 {
		t.Errorf("%+v", moved)
	}
	b.hand("clock", map[string]any{"advance": "24h"})
	c = b.app("陪伴 agentid 1000002, secret", 1000002) // it does not fetch a token again by itself
	result, err := c.GetTransferCustomerResult("liumin", "zhouning", "")
	if b.must(err); len(result.Customer) != 1 || result.Customer[0].Status != 1 {
		t.Errorf("%+v", result)
	}
	if gone, ok := (<-events).EventDelExternalContact(); !ok || gone.GetUserID() != "liumin" {
		t.Errorf("%+v", gone)
	}
}

// go-workwx talks to staff and in the customer service, signs somebody in, uploads, and asks about the archive.
func TestWorkwxTalks(t *testing.T) {
	b := start(t)
	c := b.app("陪伴 agentid 1000002, secret", 1000002)
	who := b.world.Customers[4]
	b.must(c.SendTextMessage(&workwx.Recipient{UserIDs: []string{"zhouning"}}, "有新任务", false))
	accounts, err := c.ListKfAccount(0, 10)
	if b.must(err); len(accounts) != 1 || accounts[0].OpenKfID != b.world.Kf[0].ID {
		t.Fatalf("%+v", accounts)
	}
	link, err := c.AddKfContact(accounts[0].OpenKfID, "shop")
	b.must(err)
	b.hand("scan", map[string]any{"code": link, "customer": who.ID})
	b.hand("say", map[string]any{"from": who.ID, "chat": "kf:" + accounts[0].OpenKfID + ":" + who.ID, "text": "药吃完了"})
	list, more, _, err := c.KfSyncMsg(accounts[0].OpenKfID, "", "", 100, 0)
	if b.must(err); more != 0 || len(list) != 2 || list[1].Text.Content != "药吃完了" {
		t.Errorf("%d %+v", more, list)
	}
	code, err := c.TransKfServiceState(accounts[0].OpenKfID, who.ID, "zhouning", 3)
	if b.must(err); code == "" {
		t.Error("no msg_code")
	}
	if state, servicer, err := c.GetKfServiceState(accounts[0].OpenKfID, who.ID); err != nil || state != 3 || servicer != "zhouning" {
		t.Error(state, servicer, err)
	}
	if _, err := c.GetJSAPITicket(); err != nil {
		t.Error(err)
	}
	signed := b.hand("sign-in", map[string]any{"user": "zhouning"})
	if me, err := c.GetUserInfoByCode(signed["code"].(string)); err != nil || me.UserID != "zhouning" {
		t.Errorf("%+v %v", me, err)
	}
	if u, err := c.GetUser("liumin"); err != nil || u.Name != "刘敏" {
		t.Errorf("%+v %v", u, err)
	}
	picture, err := workwx.NewMediaFromBuffer("a.png", []byte("\x89PNG made-up"))
	b.must(err)
	if up, err := c.UploadTempImageMedia(picture); err != nil || up.MediaID == "" {
		t.Errorf("%+v %v", up, err)
	}
	archive := b.app("会话内容存档 secret", 0)
	agreed, err := archive.CheckMsgAuditSingleAgree([]workwx.CheckMsgAuditSingleAgreeUserInfo{{UserID: "zhouning", ExternalOpenID: b.world.Customers[0].ID}})
	if b.must(err); len(agreed) != 1 || agreed[0].AgreeStatus != "Disagree" {
		t.Errorf("%+v", agreed)
	}
	if _, err := b.app("门店 agentid 1000003, secret", 1000003).ListExternalContact("chenxiao"); err == nil || !strings.Contains(err.Error(), "48002") {
		t.Error("an app without the right:", err)
	}
}
