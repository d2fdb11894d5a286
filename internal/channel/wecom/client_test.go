package wecom_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"iter"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
)

var update = flag.Bool("update", false, "rewrite testdata/calls.txt")

// far answers each API with what a test says and notes what it was asked.
type far struct {
	answers map[string][]string // by API, in turn; the last one stays
	asked   []string
}

var boundary = regexp.MustCompile(`[0-9a-f]{60}`)

func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	api := strings.TrimPrefix(r.URL.Path, "/cgi-bin/")
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = strings.TrimSpace(strings.ReplaceAll(boundary.ReplaceAllString(string(b), "BOUNDARY"), "\r\n", "\n"))
	}
	f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery+" "+body))
	answer := `{"errcode":0,"errmsg":"ok"}`
	switch all := f.answers[api]; {
	case len(all) > 1:
		answer, f.answers[api] = all[0], all[1:]
	case len(all) == 1:
		answer = all[0]
	case api == "gettoken":
		answer = `{"errcode":0,"access_token":"TOKEN-` + r.URL.Query().Get("corpsecret") + `","expires_in":7200}`
	}
	h := http.Header{"Content-Type": {"application/json"}}
	if strings.HasPrefix(answer, "\xff\xd8") {
		h = http.Header{"Content-Type": {"image/jpeg"}}
	}
	return &http.Response{StatusCode: http.StatusOK, Header: h, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func clientTo(t *testing.T, f *far) *wecom.Client {
	t.Helper()
	c, err := wecom.New(wecom.Settings{Base: "http://far.example", Corp: "wwcorp", Agent: 7, AppSecret: "app", ContactSecret: "contact", KfSecret: "kf", ArchiveSecret: "archive"},
		wecom.Options{HTTP: &http.Client{Transport: f}, Now: func() time.Time { return time.Unix(1414587457, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// walk takes a list whole.
func walk[T any](list iter.Seq2[T, error]) (any, error) {
	var all []T
	for one, err := range list {
		if err != nil {
			return all, err
		}
		all = append(all, one)
	}
	return all, nil
}

func two[A, B any](a A, b B, err error) (any, error) { return []any{a, b}, err }

func one[A any](a A, err error) (any, error) { return a, err }

func none(err error) (any, error) { return nil, err }

// TestEveryCall holds what goes over the line for each call, and what is read from the documented answer.
func TestEveryCall(t *testing.T) {
	text, remark := &wecom.Text{Content: "您好 & welcome"}, "张阿姨"
	var out bytes.Buffer
	for _, tt := range []struct {
		api     string
		answers []string
		call    func(context.Context, *wecom.Client) (any, error)
	}{
		{"externalcontact/get_follow_user_list", []string{`{"errcode":0,"follow_user":["zhou","liu"]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.FollowUsers(ctx)) }},
		{"externalcontact/list", []string{`{"errcode":84061,"errmsg":"not external contact"}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.CustomersOf(ctx, "zhou")) }},
		{"externalcontact/get", []string{
			`{"errcode":0,"external_contact":{"external_userid":"wm1","name":"N","type":1,"gender":2,"unionid":"u"},"follow_user":[{"userid":"zhou","createtime":5,"tags":[{"group_name":"g","tag_name":"t","tag_id":"et1","type":1}],"add_way":1,"state":"s"}],"next_cursor":"c2"}`,
			`{"errcode":0,"external_contact":{"external_userid":"wm1"},"follow_user":[{"userid":"liu","createtime":6,"add_way":16}]}`,
		}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Customer(ctx, "wm1")) }},
		{"externalcontact/batch/get_by_user", []string{
			`{"errcode":0,"external_contact_list":[{"external_contact":{"external_userid":"wm1","name":"N","type":1},"follow_info":{"userid":"zhou","tag_id":["et1"],"createtime":5,"add_way":1}}],"next_cursor":"c2"}`,
			`{"errcode":0,"external_contact_list":[],"next_cursor":""}`,
		}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllCustomers(ctx, []string{"zhou", "liu"}))
		}},
		{"externalcontact/remark", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.Remark(ctx, wecom.Remark{User: "zhou", Customer: "wm1", Remark: &remark}))
		}},
		{"externalcontact/add_contact_way", []string{`{"errcode":0,"config_id":"way1","qr_code":"https://qr"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return two(c.AddContactWay(ctx, wecom.ContactWay{Type: 2, Scene: 2, Skip: true, State: "s", Users: []string{"zhou"}}))
		}},
		{"externalcontact/get_contact_way", []string{`{"errcode":0,"contact_way":{"config_id":"way1","type":2,"scene":2,"state":"s","user":["zhou"],"qr_code":"https://qr","skip_verify":true}}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.ContactWay(ctx, "way1")) }},
		{"externalcontact/list_contact_way", []string{`{"errcode":0,"contact_way":[{"config_id":"a"},{"config_id":"b"}],"next_cursor":"c2"}`, `{"errcode":0,"contact_way":[{"config_id":"c"}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return walk(c.AllContactWays(ctx, 1, 2)) }},
		{"externalcontact/update_contact_way", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.UpdateContactWay(ctx, wecom.ContactWay{ID: "way1", Type: 2, Scene: 2, State: "s2"}))
		}},
		{"externalcontact/del_contact_way", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.DeleteContactWay(ctx, "way1")) }},
		{"externalcontact/close_temp_chat", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.CloseTempChat(ctx, "zhou", "wm1"))
		}},
		{"externalcontact/customer_acquisition/create_link", []string{`{"errcode":0,"link":{"link_id":"l","link_name":"n","url":"https://work","create_time":3}}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.CreateLink(ctx, "n", []string{"zhou"}, true))
		}},
		{"externalcontact/send_welcome_msg", []string{`{"errcode":41051,"errmsg":"chat already started"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.Welcome(ctx, wecom.Greeting{Code: "W", Text: text, Attachments: []wecom.Attachment{wecom.Card(wecom.WebLink{Title: "T", URL: "https://x?a=1&b=2"})}}))
		}},
		{"externalcontact/get_corp_tag_list", []string{`{"errcode":0,"tag_group":[{"group_id":"g","group_name":"渠道","create_time":1,"order":2,"tag":[{"id":"et1","name":"药店","create_time":1,"order":0}]}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Tags(ctx, nil, []string{"g"})) }},
		{"externalcontact/add_corp_tag", []string{`{"errcode":0,"tag_group":{"group_id":"g","group_name":"渠道","create_time":1,"order":2,"tag":[{"id":"et2","name":"义诊"}]}}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.AddTags(ctx, wecom.TagGroup{Name: "渠道", Tags: []wecom.Tag{{Name: "义诊"}}}))
		}},
		{"externalcontact/edit_corp_tag", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.RenameTag(ctx, "et2", "社区"))
		}},
		{"externalcontact/del_corp_tag", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.DeleteTags(ctx, []string{"et2"}, nil))
		}},
		{"externalcontact/mark_tag", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.Mark(ctx, "zhou", "wm1", []string{"et1"}, nil))
		}},
		{"externalcontact/groupchat/list", []string{`{"errcode":0,"group_chat_list":[{"chat_id":"wr1","status":0}],"next_cursor":"c2"}`, `{"errcode":0,"group_chat_list":[{"chat_id":"wr2","status":1}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return walk(c.AllGroups(ctx, nil)) }},
		{"externalcontact/groupchat/get", []string{`{"errcode":0,"group_chat":{"chat_id":"wr1","name":"班","owner":"zhou","create_time":1,"member_list":[{"userid":"zhou","type":1,"join_time":1,"join_scene":1},{"userid":"wm1","type":2,"unionid":"u","join_time":2,"join_scene":3,"state":"s","invitor":{"userid":"zhou"}}],"admin_list":[{"userid":"liu"}]}}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Group(ctx, "wr1")) }},
		{"externalcontact/groupchat/transfer", []string{`{"errcode":0,"failed_chat_list":[{"chat_id":"wr1","errcode":90500,"errmsg":"the owner of this group chat is not resigned"}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.TransferGroups(ctx, []string{"wr1"}, "liu"))
		}},
		{"externalcontact/groupchat/add_join_way", []string{`{"errcode":0,"config_id":"j1"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.AddJoinWay(ctx, wecom.JoinWay{Scene: 2, AutoNew: 1, BaseName: "控糖营", BaseID: 1, Groups: []string{"wr1"}, State: "s"}))
		}},
		{"externalcontact/groupchat/get_join_way", []string{`{"errcode":0,"join_way":{"config_id":"j1","scene":2,"auto_create_room":1,"chat_id_list":["wr1"],"qr_code":"https://qr"}}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.JoinWay(ctx, "j1")) }},
		{"externalcontact/groupchat/update_join_way", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.UpdateJoinWay(ctx, wecom.JoinWay{ID: "j1", Scene: 2, Groups: []string{"wr1", "wr2"}}))
		}},
		{"externalcontact/groupchat/del_join_way", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.DeleteJoinWay(ctx, "j1")) }},
		{"externalcontact/add_msg_template", []string{`{"errcode":0,"fail_list":["wm9"],"msgid":"msgG1"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return two(c.AddGroupSend(ctx, wecom.GroupSend{Kind: wecom.ToCustomers, Customers: []string{"wm1", "wm9"}, Sender: "zhou", Text: text}))
		}},
		{"externalcontact/get_groupmsg_list_v2", []string{`{"errcode":0,"group_msg_list":[{"msgid":"msgG1","creator":"zhou","create_time":9,"create_type":1,"text":{"content":"x"}}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllGroupSends(ctx, wecom.ToCustomers, 1, 2))
		}},
		{"externalcontact/get_groupmsg_task", []string{`{"errcode":0,"task_list":[{"userid":"zhou","status":2,"send_time":10}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllConfirmations(ctx, "msgG1"))
		}},
		{"externalcontact/get_groupmsg_send_result", []string{`{"errcode":0,"send_list":[{"external_userid":"wm1","userid":"zhou","status":1,"send_time":10},{"external_userid":"wm2","userid":"zhou","status":3}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllResults(ctx, "msgG1", "zhou"))
		}},
		{"externalcontact/remind_groupmsg_send", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.RemindGroupSend(ctx, "msgG1")) }},
		{"externalcontact/cancel_groupmsg_send", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.CancelGroupSend(ctx, "msgG1")) }},
		{"externalcontact/add_moment_task", []string{`{"errcode":0,"jobid":"job1"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.AddMoment(ctx, wecom.Moment{Text: text}))
		}},
		{"externalcontact/get_moment_task_result", []string{`{"errcode":0,"status":3,"type":"add_moment_task","result":{"errcode":0,"moment_id":"mom1","invalid_sender_list":{"user_list":["qian"]}}}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.MomentMade(ctx, "job1")) }},
		{"externalcontact/cancel_moment_task", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.CancelMoment(ctx, "mom1")) }},
		{"externalcontact/get_moment_list", []string{`{"errcode":0,"moment_list":[{"moment_id":"mom1","creator":"zhou","create_time":9,"create_type":1,"visible_type":1}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return walk(c.AllMoments(ctx, 1, 2)) }},
		{"externalcontact/get_moment_task", []string{`{"errcode":0,"task_list":[{"userid":"zhou","publish_status":1}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return walk(c.AllPublished(ctx, "mom1")) }},
		{"externalcontact/get_moment_customer_list", []string{`{"errcode":0,"customer_list":[{"userid":"zhou","external_userid":"wm1"}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllMomentReaders(ctx, "mom1", "zhou"))
		}},
		{"externalcontact/get_moment_send_result", []string{`{"errcode":0,"customer_list":[{"external_userid":"wm1"}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllMomentShown(ctx, "mom1", "zhou"))
		}},
		{"externalcontact/get_moment_comments", []string{`{"errcode":0,"comment_list":[{"external_userid":"wm1","create_time":3}],"like_list":[{"userid":"liu","create_time":4}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return two(c.MomentEchoes(ctx, "mom1", "zhou"))
		}},
		{"externalcontact/transfer_customer", []string{`{"errcode":0,"customer":[{"external_userid":"wm1","errcode":0},{"external_userid":"wm2","errcode":40096}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.Transfer(ctx, "zhou", "liu", []string{"wm1", "wm2"}, "以后由刘敏照顾您"))
		}},
		{"externalcontact/transfer_result", []string{`{"errcode":0,"customer":[{"external_userid":"wm1","status":1,"takeover_time":8}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllTransfers(ctx, "zhou", "liu"))
		}},
		{"externalcontact/resigned/transfer_customer", []string{`{"errcode":0,"customer":[{"external_userid":"wm1","errcode":0}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.TransferLeft(ctx, "zhou", "liu", []string{"wm1"}))
		}},
		{"externalcontact/resigned/transfer_result", []string{`{"errcode":0,"customer":[{"external_userid":"wm1","status":3}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return walk(c.AllTransfersLeft(ctx, "zhou", "liu"))
		}},
		{"externalcontact/get_unassigned_list", []string{`{"errcode":0,"info":[{"handover_userid":"zhou","external_userid":"wm1","dimission_time":5}],"is_last":true,"next_cursor":"more"}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return walk(c.AllUnassigned(ctx)) }},
		{"idconvert/unionid_to_external_userid", []string{`{"errcode":0,"pending_id":"p1"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return two(c.ExternalID(ctx, "u", "o", 0))
		}},
		{"idconvert/batch/external_userid_to_pending_id", []string{`{"errcode":0,"result":[{"external_userid":"wm1","pending_id":"p1"}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.PendingIDs(ctx, "", []string{"wm1"}))
		}},
		{"user/get", []string{`{"errcode":0,"userid":"zhou","name":"周宁","status":1}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Member(ctx, "zhou")) }},
		{"message/send", []string{`{"errcode":0,"invaliduser":"liu|chen","msgid":"m1","response_code":"r1"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.SendApp(ctx, wecom.AppMessage{Users: []string{"zhou", "liu", "chen"}, Type: "template_card", Repeat: 1800, Template: &wecom.TemplateCard{
				Type: "button_interaction", Title: wecom.Words{Title: "低血糖"}, Task: "t1", Buttons: []wecom.Button{{Text: "我来打电话", Key: "take"}},
			}}))
		}},
		{"message/update_template_card", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.UpdateCard(ctx, []string{"zhou"}, "r1", "周宁已接手"))
		}},
		{"message/recall", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.RecallApp(ctx, "m1")) }},
		{"kf/sync_msg", []string{`{"errcode":0,"next_cursor":"c2","has_more":1,"msg_list":[{"msgid":"k1","open_kfid":"wk","external_userid":"wm1","send_time":5,"origin":3,"msgtype":"text","text":{"content":"头晕"}},{"msgid":"k2","send_time":6,"origin":4,"msgtype":"event","event":{"event_type":"enter_session","open_kfid":"wk","external_userid":"wm1","scene":"s","welcome_code":"W"}},{"msgid":7}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.PullKf(ctx, "wk", "c1", "T"))
		}},
		{"kf/send_msg", []string{`{"errcode":0,"msgid":"id1"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.SendKf(ctx, wecom.KfOut{To: "wm1", Account: "wk", ID: "id1", Type: "text", Text: text}))
		}},
		{"kf/send_msg_on_event", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.SendKfEvent(ctx, "W", "id2", *text))
		}},
		{"kf/service_state/get", []string{`{"errcode":0,"service_state":3,"servicer_userid":"zhou"}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.KfTalk(ctx, "wk", "wm1")) }},
		{"kf/service_state/trans", []string{`{"errcode":0,"msg_code":"mc"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.MoveKf(ctx, "wk", "wm1", wecom.KfTalk{State: wecom.KfHuman, Servicer: "zhou"}))
		}},
		{"kf/account/list", []string{`{"errcode":0,"account_list":[{"open_kfid":"wk","name":"糖友客服"}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.KfAccounts(ctx)) }},
		{"kf/account/add", []string{`{"errcode":0,"open_kfid":"wk2"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.AddKfAccount(ctx, wecom.KfAccount{Name: "药师", Media: "M"}))
		}},
		{"kf/account/update", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return none(c.UpdateKfAccount(ctx, wecom.KfAccount{ID: "wk2", Name: "药师台"}))
		}},
		{"kf/account/del", nil, func(ctx context.Context, c *wecom.Client) (any, error) { return none(c.DeleteKfAccount(ctx, "wk2")) }},
		{"kf/add_contact_way", []string{`{"errcode":0,"url":"https://work.weixin.qq.com/kfid/wk"}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.KfLinkTo(ctx, "wk", "s")) }},
		{"kf/servicer/list", []string{`{"errcode":0,"servicer_list":[{"userid":"zhou","status":0}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.KfServicers(ctx, "wk")) }},
		{"kf/servicer/add", []string{`{"errcode":0,"result_list":[{"userid":"zhou","errcode":0},{"userid":"qian","errcode":95014}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.AddKfServicers(ctx, "wk", []string{"zhou", "qian"}))
		}},
		{"kf/servicer/del", nil, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.RemoveKfServicers(ctx, "wk", []string{"zhou"}))
		}},
		{"media/upload", []string{`{"errcode":0,"type":"image","media_id":"M1","created_at":"1380000000"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.Upload(ctx, "image", "a\"b.png", []byte("\x89PNG\r\n\x1a\n")))
		}},
		{"media/uploadimg", []string{`{"errcode":0,"url":"https://pic"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.UploadImage(ctx, "a.png", []byte("x")))
		}},
		{"media/upload_attachment", []string{`{"errcode":0,"media_id":"M2"}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.UploadAttachment(ctx, "image", "a.png", []byte("x")))
		}},
		{"media/get", []string{"\xff\xd8 jpeg"}, func(ctx context.Context, c *wecom.Client) (any, error) { return two(c.Download(ctx, "M1", 5)) }},
		{"auth/getuserinfo", []string{`{"errcode":0,"UserId":"zhou","OpenId":"","DeviceId":"d"}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Visitor(ctx, "code")) }},
		{"auth/getuserdetail", []string{`{"errcode":0,"userid":"zhou","gender":"1","mobile":"13800000000"}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Detail(ctx, "ticket")) }},
		{"get_jsapi_ticket", []string{`{"errcode":0,"ticket":"sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg","expires_in":7200}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.SignCorp(ctx, "http://mp.weixin.qq.com?params=value", "Wm3WZYTPz0wzccnW"))
		}},
		{"ticket/get", []string{`{"errcode":0,"ticket":"T2","expires_in":7200}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.SignAgent(ctx, "https://x.example/side#a", "n"))
		}},
		{"msgaudit/get_permit_user_list", []string{`{"errcode":0,"ids":["zhou"]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.Archived(ctx)) }},
		{"msgaudit/check_single_agree", []string{`{"errcode":0,"agreeinfo":[{"userid":"zhou","exteranalopenid":"wm1","agree_status":"Agree","status_change_time":5}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) {
			return one(c.AgreedTo(ctx, []wecom.Pair{{User: "zhou", Customer: "wm1"}}))
		}},
		{"msgaudit/check_room_agree", []string{`{"errcode":0,"agreeinfo":[{"exteranalopenid":"wm1","agree_status":"Disagree","status_change_time":5}]}`}, func(ctx context.Context, c *wecom.Client) (any, error) { return one(c.AgreedIn(ctx, "wr1")) }},
	} {
		f := &far{answers: map[string][]string{}}
		if tt.answers != nil {
			f.answers[tt.api] = tt.answers
		}
		got, err := tt.call(t.Context(), clientTo(t, f))
		fmt.Fprintf(&out, "## %s\n", tt.api)
		for _, asked := range f.asked {
			if !strings.Contains(asked, "/gettoken?") {
				fmt.Fprintln(&out, asked)
			}
		}
		b, encoded := json.Marshal(got)
		if encoded != nil {
			t.Fatal(encoded)
		}
		fmt.Fprintf(&out, "-> %s %v\n\n", b, err)
		if !strings.Contains(strings.Join(f.asked, "\n"), "/cgi-bin/"+tt.api+"?") {
			t.Errorf("%s was not asked: %q", tt.api, f.asked)
		}
	}
	const file = "testdata/calls.txt"
	if *update {
		if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("what goes over the line has changed; look at it with -update and git diff\n%s", out.String())
	}
}

func TestEachSecretHasItsToken(t *testing.T) {
	f := &far{answers: map[string][]string{"msgaudit/get_permit_user_list": {`{"errcode":0}`}}}
	c := clientTo(t, f)
	for range 2 {
		if _, err := c.FollowUsers(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Member(t.Context(), "zhou"); err != nil {
			t.Fatal(err)
		}
	}
	tokens := 0
	for _, asked := range f.asked {
		if strings.Contains(asked, "/gettoken?") {
			tokens++
		}
	}
	if tokens != 2 {
		t.Errorf("%d tokens were fetched for two secrets: %q", tokens, f.asked)
	}
}

func TestWithoutAnArchive(t *testing.T) {
	f := &far{}
	c, err := wecom.New(wecom.Settings{Base: "http://far.example", Corp: "wwcorp", AppSecret: "app"}, wecom.Options{HTTP: &http.Client{Transport: f}, Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Archived(t.Context()); tencent.ActionOf(err) != tencent.Mend || len(f.asked) != 0 {
		t.Errorf("%v, asked %q", err, f.asked)
	}
}

func TestManyAreHandedOverInParts(t *testing.T) {
	f := &far{answers: map[string][]string{"externalcontact/transfer_customer": {`{"errcode":0,"customer":[{"external_userid":"wm1","errcode":40096}]}`}}}
	failed, err := clientTo(t, f).Transfer(t.Context(), "zhou", "liu", make([]string, 250), "")
	if err != nil || len(failed) != 3 || len(f.asked) != 4 {
		t.Errorf("%v, %d failed, %d calls", err, len(failed), len(f.asked))
	}
}

func TestNoSettings(t *testing.T) {
	if _, err := wecom.New(wecom.Settings{Corp: "wwcorp"}, wecom.Options{}); err == nil {
		t.Error("a client without a secret was made")
	}
}
