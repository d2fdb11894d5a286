package callback

import (
	"context"
	"net/http"
	"time"

	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/fault"
)

// Tester asks a company's WeCom whether what was said of it is right.
type Tester struct {
	HTTP *http.Client
	Real func() time.Time
}

// Why a company's settings do not work, with where in WeCom's console to look.
var (
	errSecret = fault.New(fault.Invalid, "wecom_secret", "企业微信不认这个 Secret", "WeCom does not know this secret").At("body.app").
			Because("在“应用管理”里打开这个应用，重新复制 Secret", "open the app under 应用管理 and copy its secret again")
	errCorpID = fault.New(fault.Invalid, "wecom_corp_id", "企业微信不认这个企业 ID", "WeCom does not know this corp id").At("body.corpId").
			Because("在“我的企业”最下面复制企业 ID", "copy it from the foot of 我的企业")
	errAddress = fault.New(fault.Invalid, "wecom_ip", "企业微信不接受这台服务器的地址", "WeCom does not accept this server's address").At("body.base").
			Because("在应用的“企业可信IP”里加上服务器出口的公网 IP，一分钟后再试", "add the server's public IP to 企业可信IP of the app and try again in a minute")
	errRight = fault.New(fault.Invalid, "wecom_right", "这个应用不能读客户", "this app may not read customers").At("body.contact").
			Because("在“客户联系”的“可调用接口的应用”里加上它，或填客户联系的 Secret", "add it under 客户联系 · 可调用接口的应用, or give the secret of 客户联系")
	errBusy = fault.New(fault.Unavailable, "wecom_busy", "企业微信说调用太多，请过一会儿再试", "WeCom says there were too many calls; try again later")
	errFar  = fault.New(fault.Unavailable, "wecom_unreached", "连不上企业微信", "WeCom cannot be reached").
		Because("检查服务器能否访问外网，地址是否写对", "check that the server reaches the internet and that the address is right")
	errUser = fault.New(fault.Invalid, "wecom_member", "这位成员还不能加客户", "this member may not have customers yet").At("body.users").
		Because("在“客户联系 · 权限配置”里加上，并请本人激活企业微信、完成实名", "add them under 客户联系 · 权限配置, and have them activate WeCom and verify their name")
	errNoUser = fault.New(fault.Invalid, "wecom_no_member", "应用看不到这个成员账号", "the app does not see this member").At("body.users").
			Because("检查账号，或把成员加进应用的可见范围", "check the userid, or add the member to what the app may see")
	errOther = fault.New(fault.Invalid, "wecom_refused", "企业微信没有接受", "WeCom did not accept it")
)

// Try answers who of the company may have customers. A fault says which setting is wrong.
func (t *Tester) Try(ctx context.Context, c *corp.Corp) ([]string, error) {
	client, err := wecom.New(wecom.Settings{Base: c.Base, Corp: c.CorpID, Agent: c.Agent, AppSecret: c.App, ContactSecret: c.Contact}, wecom.Options{HTTP: t.HTTP, Now: t.Real})
	if err != nil {
		return nil, corp.ErrBase
	}
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	members, err := client.FollowUsers(ctx)
	if err != nil {
		return nil, explained(err)
	}
	return members, nil
}

// explained says an error of WeCom as what an administrator can do about it.
func explained(err error) error {
	code, action := tencent.CodeOf(err), tencent.ActionOf(err)
	switch {
	case code == 40001 || code == 40125:
		return errSecret
	case code == 40013:
		return errCorpID
	case code == 60020:
		return errAddress
	case code == 40098 || code == 41054 || code == 84074:
		return errUser
	case code == 40003 || code == 60111 || code == 60011:
		return errNoUser
	case code == 48001 || code == 48002:
		return errRight
	case action == tencent.Slow:
		return errBusy
	case code == 0:
		return errFar
	}
	return errOther
}
