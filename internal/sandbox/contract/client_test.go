package contract_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wechat"
	"peiban/internal/channel/wecom"
	"peiban/internal/sandbox/archive"
)

func (r *rig) ours() *wecom.Client {
	r.Helper()
	c, err := wecom.New(wecom.Settings{Base: r.base, Corp: r.world.Corp, Agent: 1000002, AppSecret: r.secret("陪伴"), ContactSecret: r.secret("客户联系"),
		KfSecret: r.secret("微信客服"), ArchiveSecret: r.secret("会话内容存档")}, wecom.Options{HTTP: http.DefaultClient, Now: r.Clock.Now})
	r.must(err)
	return c
}

func codeOf(err error) int {
	var e *tencent.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return 0
}

func collect[T any](t *testing.T, seq func(func(T, error) bool)) (all []T) {
	t.Helper()
	for v, err := range seq {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	return all
}

// The client was written by others from the same documents: where the two disagree, one of them has read them wrong.
func TestOurClientMeetsACustomer(t *testing.T) {
	r := newRig(t)
	c, ctx := r.ours(), t.Context()
	id, qr, err := c.AddContactWay(ctx, wecom.ContactWay{Type: 1, Scene: 2, Users: []string{"zhouning"}, State: "shop7", Remark: "城南", Skip: true})
	if err != nil || id == "" || qr == "" {
		t.Fatal(id, qr, err)
	}
	way, err := c.ContactWay(ctx, id)
	if err != nil || way.State != "shop7" || !slices.Equal(way.Users, []string{"zhouning"}) {
		t.Fatal(way, err)
	}
	if got := collect(t, c.AllContactWays(ctx, start.Add(-time.Hour).Unix(), start.Add(time.Hour).Unix())); !slices.Equal(got, []string{id}) {
		t.Error(got)
	}
	r.must(r.Scan(qr, r.customer(7), ""))
	e := r.one("add_external_contact")
	if e.State != "shop7" || e.User != "zhouning" || e.Customer != r.customer(7) || e.Welcome == "" {
		t.Fatalf("%+v", e)
	}
	for i, want := range []bool{true, false} { // told once; the second time it was there already
		told, err := c.Welcome(ctx, wecom.Greeting{Code: e.Welcome, Text: &wecom.Text{Content: "您好"}})
		if err != nil && i == 0 || told != want {
			t.Error(i, told, err)
		}
	}
	p, _ := r.Phone(r.customer(7))
	if last := p.Chats[0].Lines[len(p.Chats[0].Lines)-1]; last.Text != "您好" || last.Source != "welcome" {
		t.Errorf("the phone shows %+v", last)
	}
	tags, err := c.AddTags(ctx, wecom.TagGroup{Name: "方案", Tags: []wecom.Tag{{Name: "控糖"}}})
	if err != nil || len(tags.Tags) != 1 {
		t.Fatal(tags, err)
	}
	r.must(c.Mark(ctx, "zhouning", r.customer(7), []string{tags.Tags[0].ID}, nil))
	r.must(c.Remark(ctx, wecom.Remark{User: "zhouning", Customer: r.customer(7), Remark: ptr("姜老师")}))
	got, err := c.Customer(ctx, r.customer(7))
	if err != nil || len(got.Follows) != 1 || got.Follows[0].State != "shop7" || got.Follows[0].Remark != "姜老师" {
		t.Fatalf("%+v %v", got, err)
	}
	if more := r.news(); len(more) != 0 {
		t.Errorf("what the API changes is not called back: %+v", more)
	}
	users, err := c.FollowUsers(ctx)
	if err != nil || !slices.Contains(users, "zhouning") || slices.Contains(users, "zhaoqing") {
		t.Error(users, err)
	}
	if all := collect(t, c.AllCustomers(ctx, []string{"zhouning", "liumin"})); len(all) != 5 {
		t.Errorf("%d customers", len(all))
	}
	r.must(r.DeleteMember(r.customer(7), "zhouning"))
	if e := r.one("del_follow_user"); e.Customer != r.customer(7) {
		t.Error(e)
	}
	if _, err := c.Customer(ctx, r.customer(7)); err != nil {
		t.Errorf("the company's side of a deleted member works on: %v", err)
	}
	r.must(c.DeleteContactWay(ctx, id))
}

func ptr[T any](v T) *T { return &v }

func TestOurClientSendsToMany(t *testing.T) {
	r := newRig(t)
	c, ctx := r.ours(), t.Context()
	id, cannot, err := c.AddGroupSend(ctx, wecom.GroupSend{Kind: "single", Customers: []string{r.customer(0), r.customer(1), r.customer(9)}, Sender: "zhouning", Text: &wecom.Text{Content: "今晚八点直播"}})
	if err != nil || !slices.Equal(cannot, []string{r.customer(9)}) {
		t.Fatal(cannot, err)
	}
	r.must(r.DeleteMember(r.customer(1), "zhouning"))
	if got := collect(t, c.AllConfirmations(ctx, id)); len(got) != 1 || got[0].User != "zhouning" || got[0].State != 0 {
		t.Errorf("%+v", got)
	}
	r.must(c.RemindGroupSend(ctx, id))
	r.must(r.Confirm(id, "zhouning"))
	got := collect(t, c.AllResults(ctx, id, "zhouning"))
	if len(got) != 2 || got[0].State != 1 || got[1].State != 2 || got[0].Customer != r.customer(0) {
		t.Errorf("%+v", got)
	}
	if all := collect(t, c.AllGroupSends(ctx, "single", start.Add(-time.Hour).Unix(), start.Add(time.Hour).Unix())); len(all) != 1 || all[0].ID != id {
		t.Errorf("%+v", all)
	}
	job, err := c.AddMoment(ctx, wecom.Moment{Text: &wecom.Text{Content: "降温了，记得测血糖"}})
	r.must(err)
	made, err := c.MomentMade(ctx, job)
	for err == nil && made.State != 3 {
		made, err = c.MomentMade(ctx, job)
	}
	r.must(err)
	posts := collect(t, c.AllMoments(ctx, start.Add(-time.Hour).Unix(), start.Add(time.Hour).Unix()))
	if len(posts) != 1 {
		t.Fatalf("%+v", posts)
	}
	r.must(r.Publish(posts[0].ID, "zhouning"))
	if shown := collect(t, c.AllMomentShown(ctx, posts[0].ID, "zhouning")); len(shown) != 2 {
		t.Errorf("%+v", shown)
	}
	r.must(r.Like(posts[0].ID, r.customer(0), false))
	if _, likes, err := c.MomentEchoes(ctx, posts[0].ID, "zhouning"); err != nil || len(likes) != 1 {
		t.Error(likes, err)
	}
	failed, err := c.Transfer(ctx, "zhouning", "liumin", []string{r.customer(0)}, "以后由刘敏陪您")
	if err != nil || len(failed) != 0 {
		t.Fatal(failed, err)
	}
	if moved := collect(t, c.AllTransfers(ctx, "zhouning", "liumin")); len(moved) != 1 || moved[0].State != 2 {
		t.Errorf("%+v", moved)
	}
	r.Advance(24 * time.Hour)
	if moved := collect(t, c.AllTransfers(ctx, "zhouning", "liumin")); len(moved) != 1 || moved[0].State != 1 {
		t.Errorf("%+v", moved)
	}
}

func TestOurClientTalksToStaffAndService(t *testing.T) {
	r := newRig(t)
	c, ctx := r.ours(), t.Context()
	sent, err := c.SendApp(ctx, wecom.AppMessage{Type: "text", Users: []string{"zhouning", "nobody"}, Text: &wecom.Text{Content: "有新任务"}})
	if err != nil || sent.ID == "" || !slices.Equal(sent.Cannot, []string{"nobody"}) {
		t.Fatalf("%+v %v", sent, err)
	}
	r.must(c.RecallApp(ctx, sent.ID))
	accounts, err := c.KfAccounts(ctx)
	if err != nil || len(accounts) != 1 {
		t.Fatal(accounts, err)
	}
	link, err := c.KfLinkTo(ctx, accounts[0].ID, "shop")
	r.must(err)
	r.must(r.Scan(link, r.customer(3), ""))
	e := r.one("kf_msg_or_event")
	r.must(r.Say(r.customer(3), "kf:"+e.Kf+":"+r.customer(3), "药吃完了怎么办", ""))
	e = r.one("kf_msg_or_event")
	var all []wecom.KfMessage
	for cursor, more := "", true; more; {
		page, err := c.PullKf(ctx, e.Kf, cursor, e.Token)
		r.must(err)
		all, cursor, more = append(all, page.Messages...), page.Next, page.More
	}
	if len(all) != 2 || all[0].Event == nil || all[0].Event.Scene != "shop" || all[1].Text.Content != "药吃完了怎么办" {
		t.Fatalf("%+v", all)
	}
	r.must(c.SendKfEvent(ctx, all[0].Event.Welcome, "w1", wecom.Text{Content: "欢迎"}))
	for i := range 6 {
		_, err := c.SendKf(ctx, wecom.KfOut{To: r.customer(3), Account: e.Kf, Type: "text", Text: &wecom.Text{Content: "请说"}})
		if want := 0; i < 5 && codeOf(err) != want || i == 5 && codeOf(err) != 95001 {
			t.Error(i, err)
		}
	}
	if _, err := c.MoveKf(ctx, e.Kf, r.customer(3), wecom.KfTalk{State: 3, Servicer: "liumin"}); err != nil {
		t.Error(err)
	}
	if talk, err := c.KfTalk(ctx, e.Kf, r.customer(3)); err != nil || talk.State != 3 || talk.Servicer != "liumin" {
		t.Error(talk, err)
	}
	code, err := r.SignIn("zhouning", "snsapi_privateinfo")
	r.must(err)
	who, err := c.Visitor(ctx, code)
	if err != nil || who.User != "zhouning" {
		t.Errorf("%+v %v", who, err)
	}
	if _, err := c.Visitor(ctx, code); codeOf(err) != 40029 {
		t.Errorf("a code twice: %v", err)
	}
	if _, err := c.SignCorp(ctx, "https://example.com/", "n"); err != nil {
		t.Error(err)
	}
	if _, err := c.SignAgent(ctx, "https://example.com/", "n"); err != nil {
		t.Error(err)
	}
	up, err := c.Upload(ctx, "image", "a.png", []byte("\x89PNG made-up"))
	r.must(err)
	if got, _, err := c.Download(ctx, up.ID, 100); err != nil || string(got) != "\x89PNG made-up" {
		t.Error(got, err)
	}
	groups := collect(t, c.AllGroups(ctx, nil))
	if len(groups) != 2 {
		t.Fatal(groups)
	}
	g, err := c.Group(ctx, groups[0].ID)
	if err != nil || g.Owner != "zhouning" || len(g.Members) != 2 {
		t.Errorf("%+v %v", g, err)
	}
	join, err := c.AddJoinWay(ctx, wecom.JoinWay{Scene: 2, Groups: []string{g.ID}, State: "j1"})
	r.must(err)
	r.news()
	r.must(r.Scan(join, r.customer(8), ""))
	if e := r.one("update"); e.Group != g.ID {
		t.Error(e)
	}
}

func TestOurClientReadsTheArchive(t *testing.T) {
	r := newRig(t)
	c, ctx := r.ours(), t.Context()
	key := "single:zhouning:" + r.customer(0)
	r.must(r.Say(r.customer(0), key, "还没有同意", ""))
	r.must(r.Consent("zhouning", r.customer(0), true))
	r.must(r.Say(r.customer(0), key, "今天血糖七点二", ""))
	r.must(r.Say("zhouning", key, "收到", ""))
	var vault wecom.Archive = &archive.Reader{Base: r.base, Key: r.pem()}
	talks, err := vault.Talks(ctx, 0, 10)
	if err != nil || len(talks) != 2 || talks[0].Text.Content != "今天血糖七点二" || talks[1].From != "zhouning" || talks[1].Seq != 2 {
		t.Fatalf("%+v %v", talks, err)
	}
	if later, err := vault.Talks(ctx, talks[0].Seq, 10); err != nil || len(later) != 1 {
		t.Error(later, err)
	}
	agreed, err := c.AgreedTo(ctx, []wecom.Pair{{User: "zhouning", Customer: r.customer(0)}, {User: "zhouning", Customer: r.customer(1)}})
	if err != nil || len(agreed) != 2 || agreed[0].State != "Agree" || agreed[1].State != "Disagree" {
		t.Error(agreed, err)
	}
	if ids, err := c.Archived(ctx); err != nil || !slices.Equal(ids, []string{"zhouning"}) {
		t.Error(ids, err)
	}
	r.Advance(5 * 24 * time.Hour)
	if gone, err := vault.Talks(ctx, 0, 10); err != nil || len(gone) != 0 {
		t.Errorf("five days later there are %d, %v", len(gone), err)
	}
}

func (r *rig) pem() []byte {
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/sandbox/archive/key", nil))
	return w.Body.Bytes()
}

func TestOurClientOfWeChat(t *testing.T) {
	r := newRig(t)
	ctx := t.Context()
	account := func(app, secret string) *wechat.Client {
		c, err := wechat.New(wechat.Settings{Base: r.base, App: app, Secret: secret}, wechat.Options{HTTP: http.DefaultClient, Now: r.Clock.Now})
		r.must(err)
		return c
	}
	official := account(r.world.Official.AppID, r.world.Official.Secret)
	mini := account(r.world.Mini.AppID, r.world.Mini.Secret)
	who := r.world.Customers[2]
	hook := httptest.NewServer(r.hook(r.world.Official.AppID))
	defer hook.Close()
	r.must(r.CallbackOfAccount(ctx, hook.URL, hookToken, hookKey))

	if _, err := official.Code(ctx, "shop9", 600); err != nil {
		t.Fatal(err)
	}
	notice := wechat.Template{To: who.OpenID, Template: r.world.Templates[0].ID, Values: wechat.Values{"thing1": "复诊", "time2": "2026-06-20 09:00"}}
	if _, err := official.SendTemplate(ctx, notice); codeOf(err) != 43004 {
		t.Errorf("who does not follow gets nothing: %v", err)
	}
	r.must(r.Weixin.Scan(who.Union, "shop9"))
	if e := r.one("subscribe"); e.Key != "qrscene_shop9" || e.From != who.OpenID {
		t.Errorf("%+v", e)
	}
	f, err := official.Follower(ctx, who.OpenID)
	if err != nil || f.UnionID != who.Union {
		t.Errorf("%+v %v", f, err)
	}
	if _, err := official.SendTemplate(ctx, notice); err != nil {
		t.Error(err)
	}
	r.must(r.Weixin.Say(who.Union, "official", "你好"))
	if e := r.one(""); e.Text != "你好" {
		t.Errorf("%+v", e)
	}
	for i := range 9 { // three for the scan, five for the message
		if err := official.Text(ctx, who.OpenID, "在"); i < 8 && err != nil || i == 8 && codeOf(err) != 45047 {
			t.Error(i, err)
		}
	}
	r.Advance(48 * time.Hour)
	if err := official.Text(ctx, who.OpenID, "在"); codeOf(err) != 45015 {
		t.Error(err)
	}
	code, err := r.Weixin.Code(who.Union, "login")
	r.must(err)
	login, err := mini.MiniLogin(ctx, code)
	if err != nil || login.OpenID != who.MiniID || login.UnionID != who.Union {
		t.Errorf("%+v %v", login, err)
	}
	if _, err := mini.MiniLogin(ctx, code); codeOf(err) != 40163 {
		t.Error(err)
	}
	code, err = r.Weixin.Code(who.Union, "phone")
	r.must(err)
	if number, country, err := mini.Phone(ctx, code); err != nil || number != who.Mobile || country != "86" {
		t.Error(number, country, err)
	}
	remind := wechat.Subscribed{To: who.MiniID, Template: r.world.Templates[2].ID, Page: "pages/today", Values: wechat.Values{"thing1": "测血糖", "time2": "19:00"}}
	if err := mini.SendSubscribed(ctx, remind); codeOf(err) != 43101 {
		t.Error(err)
	}
	r.must(r.Weixin.Agree(who.Union, remind.Template))
	r.must(mini.SendSubscribed(ctx, remind))
	if err := mini.SendSubscribed(ctx, remind); codeOf(err) != 43101 {
		t.Errorf("one yes is one message: %v", err)
	}
}
