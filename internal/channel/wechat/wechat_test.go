package wechat_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wechat"
)

type far struct {
	answers map[string]string // by path
	asked   []string
}

func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = strings.TrimSpace(string(b))
	}
	f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+r.URL.Path+"?"+r.URL.RawQuery+" "+body))
	answer, ok := f.answers[r.URL.Path]
	switch {
	case ok:
	case r.URL.Path == "/cgi-bin/stable_token":
		answer = `{"access_token":"T","expires_in":7200}` // no errcode when it works
	default:
		answer = `{"errcode":0,"errmsg":"ok"}`
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: io.NopCloser(strings.NewReader(answer))}, nil
}

func TestEveryCall(t *testing.T) {
	ctx := t.Context()
	for _, tt := range []struct {
		name, path, answer, asked string
		call                      func(*wechat.Client) (any, error)
		want                      any
	}{
		{"mini login", "/sns/jscode2session", `{"openid":"o","session_key":"k","unionid":"u"}`,
			"GET /sns/jscode2session?appid=wxapp&grant_type=authorization_code&js_code=code&secret=sec",
			func(c *wechat.Client) (any, error) { return c.MiniLogin(ctx, "code") }, wechat.Login{OpenID: "o", UnionID: "u", Key: "k"}},
		{"page login", "/sns/oauth2/access_token", `{"access_token":"x","openid":"o","unionid":"u"}`,
			"GET /sns/oauth2/access_token?appid=wxapp&code=code&grant_type=authorization_code&secret=sec",
			func(c *wechat.Client) (any, error) { return c.PageLogin(ctx, "code") }, wechat.Login{OpenID: "o", UnionID: "u"}},
		{"phone", "/wxa/business/getuserphonenumber", `{"errcode":0,"phone_info":{"phoneNumber":"+8613800000000","purePhoneNumber":"13800000000","countryCode":"86"}}`,
			`POST /wxa/business/getuserphonenumber?access_token=T {"code":"c"}`,
			func(c *wechat.Client) (any, error) { n, country, err := c.Phone(ctx, "c"); return country + n, err }, "8613800000000"},
		{"follower", "/cgi-bin/user/info", `{"subscribe":1,"openid":"o","unionid":"u","subscribe_time":5,"qr_scene_str":"s"}`,
			"GET /cgi-bin/user/info?access_token=T&lang=zh_CN&openid=o",
			func(c *wechat.Client) (any, error) { return c.Follower(ctx, "o") }, wechat.Follower{Follows: 1, OpenID: "o", UnionID: "u", Since: 5, QR: "s"}},
		{"code for ever", "/cgi-bin/qrcode/create", `{"ticket":"t","url":"http://weixin.qq.com/q/1"}`,
			`POST /cgi-bin/qrcode/create?access_token=T {"action_info":{"scene":{"scene_str":"s"}},"action_name":"QR_LIMIT_STR_SCENE"}`,
			func(c *wechat.Client) (any, error) { return c.Code(ctx, "s", 0) }, "http://weixin.qq.com/q/1"},
		{"code for a day", "/cgi-bin/qrcode/create", `{"ticket":"t","url":"http://weixin.qq.com/q/1"}`,
			`POST /cgi-bin/qrcode/create?access_token=T {"action_info":{"scene":{"scene_str":"s"}},"action_name":"QR_STR_SCENE","expire_seconds":86400}`,
			func(c *wechat.Client) (any, error) { return c.Code(ctx, "s", 86400) }, "http://weixin.qq.com/q/1"},
		{"sign a page", "/cgi-bin/ticket/getticket", `{"errcode":0,"ticket":"sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg","expires_in":7200}`,
			"GET /cgi-bin/ticket/getticket?access_token=T&type=jsapi",
			func(c *wechat.Client) (any, error) {
				_, s, err := c.SignPage(ctx, "http://mp.weixin.qq.com?params=value", "Wm3WZYTPz0wzccnW")
				return s, err
			}, "0f9de62fce790f9a083d5c99e95740ceb90c27ed"},
		{"subscribed", "/cgi-bin/message/subscribe/send", `{"errcode":0}`,
			`POST /cgi-bin/message/subscribe/send?access_token=T {"touser":"o","template_id":"t","page":"p","data":{"thing1":{"value":"复诊提醒"}}}`,
			func(c *wechat.Client) (any, error) {
				return nil, c.SendSubscribed(ctx, wechat.Subscribed{To: "o", Template: "t", Page: "p", Values: wechat.Values{"thing1": "复诊提醒"}})
			}, nil},
		{"template", "/cgi-bin/message/template/send", `{"errcode":0,"msgid":3141592653589793238}`,
			`POST /cgi-bin/message/template/send?access_token=T {"touser":"o","template_id":"t","miniprogram":{"appid":"wxm","pagepath":"p"},"client_msg_id":"k","data":{"first":{"value":"v"}}}`,
			func(c *wechat.Client) (any, error) {
				return c.SendTemplate(ctx, wechat.Template{To: "o", Template: "t", App: "wxm", Page: "p", ID: "k", Values: wechat.Values{"first": "v"}})
			}, "3141592653589793238"},
		{"a text", "/cgi-bin/message/custom/send", `{"errcode":0}`, `POST /cgi-bin/message/custom/send?access_token=T {"msgtype":"text","text":{"content":"您好"},"touser":"o"}`,
			func(c *wechat.Client) (any, error) { return nil, c.Text(ctx, "o", "您好") }, nil},
		{"a link", "/cgi-bin/message/custom/send", `{"errcode":0}`,
			`POST /cgi-bin/message/custom/send?access_token=T {"link":{"description":"d","thumb_url":"p","title":"t","url":"u"},"msgtype":"link","touser":"o"}`,
			func(c *wechat.Client) (any, error) { return nil, c.Link(ctx, "o", "t", "d", "u", "p") }, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &far{answers: map[string]string{tt.path: tt.answer}}
			got, err := tt.call(clientTo(t, f))
			if err != nil || got != tt.want {
				t.Errorf("%+v, %v", got, err)
			}
			if last := f.asked[len(f.asked)-1]; last != tt.asked {
				t.Errorf("asked\n%s, not\n%s", last, tt.asked)
			}
		})
	}
}

func clientTo(t *testing.T, f *far) *wechat.Client {
	t.Helper()
	c, err := wechat.New(wechat.Settings{Base: "http://far.example/", App: "wxapp", Secret: "sec"},
		wechat.Options{HTTP: &http.Client{Transport: f}, Now: func() time.Time { return time.Unix(1414587457, 0) }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhatBecomesOfARefusal(t *testing.T) {
	for code, want := range map[string]tencent.Action{
		"43101": tencent.Refuse, "40037": tencent.Mend, "45015": tencent.Late, "45047": tencent.Late, "43004": tencent.Gone, "45011": tencent.Slow, "99999": tencent.Look,
	} {
		f := &far{answers: map[string]string{"/cgi-bin/message/subscribe/send": `{"errcode":` + code + `,"errmsg":"no"}`}}
		err := clientTo(t, f).SendSubscribed(t.Context(), wechat.Subscribed{})
		if got := tencent.ActionOf(err); got != want || len(f.asked) != 2 {
			t.Errorf("%s: %v, asked %d times", code, got, len(f.asked))
		}
	}
}

func TestNoSettings(t *testing.T) {
	if _, err := wechat.New(wechat.Settings{App: "x"}, wechat.Options{}); !errors.Is(err, wechat.ErrSettings) {
		t.Errorf("%v", err)
	}
}
