// Package outlet is about the ways out that an administrator connected for a workspace: which far side, with which account, and in which
// order they are tried. How each is spoken with is in internal/channel.
package outlet

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"peiban/internal/channel"
	"peiban/internal/fault"
)

// Outlet is one connected way out.
type Outlet struct {
	ID     string            `json:"-"` // in the address of its receipts; nobody can guess it
	Kind   string            `json:"kind"`
	Name   string            `json:"name"`
	Paused bool              `json:"paused,omitempty"` // messages for it wait
	Set    map[string]string `json:"set"`              // by field of its kind, secrets too

	Revision int64  `json:"-"`
	Created  int64  `json:"-"`
	At       int64  `json:"-"` // microseconds, of the last change
	Actor    string `json:"-"`
}

// Order are the channels that are tried for a message whose journey names none.
type Order struct {
	Names    []string
	Revision int64
}

// Field is one thing an administrator says of a way out.
type Field struct {
	Key      string
	Name     fault.Text
	Hint     fault.Text // where to find it
	Secret   bool       // written, never read
	Optional bool
	Long     bool   // several lines
	Corp     bool   // the id of a connected company
	Options  string // words, by |
}

// Kind of a way out.
type Kind struct {
	Key     string
	Channel string // the name journeys use
	Name    fault.Text
	About   fault.Text
	Fields  []Field
}

func said(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

var (
	company  = Field{Key: "corp", Name: said("企业微信", "WeCom"), Hint: said("先在“企业微信”里连接", "connect it under WeCom first"), Corp: true}
	appID    = Field{Key: "app", Name: said("AppID", "AppID"), Hint: said("公众平台 → 设置与开发 → 基本配置", "mp.weixin.qq.com, 设置与开发 → 基本配置")}
	secret   = Field{Key: "secret", Name: said("AppSecret", "AppSecret"), Hint: said("和 AppID 在同一页", "on the same page as the AppID"), Secret: true}
	base     = Field{Key: "base", Name: said("接口地址", "Address"), Hint: said("一般不用填；经过网关或用沙箱时填 https://…", "usually empty; of a gateway or a sandbox, https://…"), Optional: true}
	patterns = Field{Key: "templates", Name: said("模板", "Templates"), Hint: said("每行一条：内容的键: {template: 编号, values: {变量: \"{body}\"}}；\"*\" 管其余的内容", "one a line: key of a text: {template: ID, values: {name: \"{body}\"}}; \"*\" says all others"), Long: true}
)

// Kinds are all ways out, in the order they are offered.
var Kinds = []Kind{
	{"wecom", "wecom", said("企业微信一对一", "WeCom, one to one"), said("由成员在企业微信里点确认发出；按客户最近添加的成员", "a member confirms each message in WeCom: the one the person added last"), []Field{company}},
	{"kf", channel.Kf, said("微信客服", "WeChat customer service"), said("本人来消息后 48 小时内最多 5 条", "at most five within 48 hours of the person's message"), []Field{company}},
	{"official", channel.Official, said("公众号", "Official account"), said("48 小时内用客服消息，之外用模板消息", "customer service within 48 hours, template messages otherwise"), []Field{appID, secret, optional(patterns), base}},
	{"mini_program", channel.MiniProgram, said("小程序订阅消息", "Mini-program"), said("本人同意一次，发一条", "one message for each consent"), []Field{
		appID, secret, patterns, {Key: "state", Name: said("版本", "Version"), Hint: said("正式版填 formal", "formal for the one that is published"), Optional: true, Options: "formal|trial|developer"}, base,
	}},
	{"aliyun", "sms", said("阿里云短信", "SMS by Aliyun"), said("用审核过的签名和模板；回执自动记到消息上", "approved signature and templates; receipts are kept with the message"), []Field{
		{Key: "key", Name: said("AccessKey ID", "AccessKey ID"), Hint: said("阿里云控制台 → RAM 访问控制 → 用户", "Aliyun's console, RAM → Users")},
		{Key: "secret", Name: said("AccessKey Secret", "AccessKey Secret"), Hint: said("创建 AccessKey 时显示一次", "shown once when the key is made"), Secret: true},
		{Key: "sign", Name: said("签名", "Signature"), Hint: said("短信服务 → 国内消息 → 签名管理", "SMS → signatures")},
		patterns, base,
	}},
	{"sms", "sms", said("短信（HTTP 接口）", "SMS by any HTTP interface"), said("按供应商的说明写一个请求", "one request, as the supplier's manual says"), []Field{
		{Key: "url", Name: said("地址", "Address"), Hint: said("https://…", "https://…")},
		{Key: "headers", Name: said("请求头", "Headers"), Hint: said("每行一条，名: 值；密钥可以写在这里", "one a line, name: value; keys go here"), Secret: true, Optional: true, Long: true},
		{Key: "body", Name: said("请求体", "Body"), Hint: said("写 {phone} {text} {title} {body} {key} 的地方会换成内容", "{phone} {text} {title} {body} {key} are replaced"), Long: true},
		{Key: "success", Name: said("成功的标志", "What success looks like"), Hint: said("回答里的 字段=值，如 code=0；不填只看状态码", "field=value in the answer, like code=0; empty: the status alone"), Optional: true},
		{Key: "repeats", Name: said("对方能认出重复", "The far side notices repeats"), Hint: said("按 {key} 认；不能就不会再发第二次", "by {key}; if not, nothing unclear is sent twice"), Optional: true, Options: "no|yes"},
	}},
	{"email", "email", said("邮件", "E-mail"), said("经 SMTP 发出，带退订", "by SMTP, with a way to opt out"), []Field{
		{Key: "host", Name: said("服务器", "Server"), Hint: said("smtp.example.com", "smtp.example.com")},
		{Key: "port", Name: said("端口", "Port"), Hint: said("465 用 TLS，587 用 STARTTLS", "465 for TLS, 587 for STARTTLS")},
		{Key: "user", Name: said("账号", "Account"), Optional: true},
		{Key: "password", Name: said("密码或授权码", "Password"), Secret: true, Optional: true},
		{Key: "from", Name: said("发件地址", "Sender"), Hint: said("care@example.com", "care@example.com")},
		{Key: "name", Name: said("发件人", "Sender's name"), Optional: true},
		{Key: "unsubscribe", Name: said("退订地址", "Address for opting out"), Hint: said("邮箱或 https://…；不填用发件地址", "an address of mail or https://…; empty: the sender"), Optional: true},
	}},
	{"webhook", "webhook", said("外部系统", "Outside system"), said("签名的 POST，对方按 Idempotency-Key 认重复", "a signed POST; the far side notices repeats by Idempotency-Key"), []Field{
		{Key: "url", Name: said("地址", "Address"), Hint: said("https://…", "https://…")},
		{Key: "secret", Name: said("密钥", "Secret"), Hint: said("至少 16 位，用来签名", "at least 16 characters, signs every request"), Secret: true},
	}},
}

func optional(f Field) Field { f.Optional = true; return f }

// KindOf finds a kind.
func KindOf(key string) (Kind, bool) {
	i := slices.IndexFunc(Kinds, func(k Kind) bool { return k.Key == key })
	if i < 0 {
		return Kind{}, false
	}
	return Kinds[i], true
}

// What is wrong with a way out.
var (
	ErrMissing = fault.New(fault.Missing, "outlet_not_found", "没有这个发送渠道", "there is no such way out")
	ErrMoved   = fault.New(fault.Stale, "outlet_changed", "刚才有别人改过，请刷新后再改", "somebody else has just changed it; read it again, then change it")
	ErrName    = fault.New(fault.Invalid, "outlet_name", "名称写一行，最多 40 个字", "the name is one line of at most 40 characters").At("body.name")
	ErrKind    = fault.New(fault.Invalid, "outlet_kind", "没有这种渠道", "there is no such kind").At("body.kind")
	ErrField   = fault.New(fault.Invalid, "outlet_field", "这一项要填", "this is needed")
	ErrLong    = fault.New(fault.Invalid, "outlet_long", "太长，最多 4000 个字符", "too long: at most 4000 characters")
	ErrAddress = fault.New(fault.Invalid, "outlet_address", "地址写成 https://…", "an address is like https://…")
	ErrOption  = fault.New(fault.Invalid, "outlet_option", "只能从给出的里选", "one of those that are offered")
	ErrUnknown = fault.New(fault.Invalid, "outlet_unknown_field", "没有这一项", "there is no such field")
	ErrPattern = fault.New(fault.Invalid, "outlet_templates", "模板写得不对", "the templates are not as expected").At("body.set.templates").
			Because("每行一条：内容的键: {template: 编号, values: {变量: \"{body}\"}}", "one a line: key of a text: {template: ID, values: {name: \"{body}\"}}")
	ErrSecret = fault.New(fault.Invalid, "outlet_secret", "密钥至少 16 位", "a secret has at least 16 characters").At("body.set.secret")
	ErrOrder  = fault.New(fault.Invalid, "outlet_order", "顺序里有没有的渠道，或重复了", "the order names a channel there is not, or one twice").At("body.order")
	ErrPort   = fault.New(fault.Invalid, "outlet_port", "端口是 1 到 65535", "a port is 1 to 65535").At("body.set.port")
)

const longest = 4000

// Check refuses a way out that cannot work. The fault names the field.
func (o *Outlet) Check() *fault.Fault {
	kind, ok := KindOf(o.Kind)
	switch {
	case !ok:
		return ErrKind
	case strings.TrimSpace(o.Name) == "" || utf8.RuneCountInString(o.Name) > 40 || strings.ContainsAny(o.Name, "\r\n\t"):
		return ErrName
	}
	for key := range o.Set {
		if !slices.ContainsFunc(kind.Fields, func(f Field) bool { return f.Key == key }) {
			return ErrUnknown.At("body.set.%s", key)
		}
	}
	for _, f := range kind.Fields {
		v := o.Set[f.Key]
		at := func(wrong *fault.Fault) *fault.Fault { return wrong.At("body.set.%s", f.Key) }
		switch {
		case v == "" && f.Optional:
			continue
		case strings.TrimSpace(v) == "":
			return at(ErrField)
		case len(v) > longest:
			return at(ErrLong)
		case !f.Long && strings.ContainsAny(v, "\r\n"):
			return at(ErrField)
		case f.Options != "" && !slices.Contains(strings.Split(f.Options, "|"), v):
			return at(ErrOption)
		case f.Key == "base" || f.Key == "url":
			u, err := url.Parse(v)
			if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
				return at(ErrAddress)
			}
		case f.Key == "templates":
			if _, err := channel.ReadTemplates(v); err != nil {
				return ErrPattern
			}
		case f.Key == "port":
			if n := strings.TrimLeft(v, "0123456789"); n != "" || len(v) > 5 || v > "65535" && len(v) == 5 || strings.Trim(v, "0") == "" {
				return ErrPort
			}
		}
	}
	if o.Kind == "webhook" && len(o.Set["secret"]) < 16 {
		return ErrSecret
	}
	return nil
}

// InApp is the way that is always there.
const InApp = "inapp"

// Channels are the names of all channels, in the order they are offered.
func Channels() []string {
	var out []string
	for _, k := range Kinds {
		if !slices.Contains(out, k.Channel) {
			out = append(out, k.Channel)
		}
	}
	return append(out, InApp)
}

// CheckOrder refuses an order that names what there is not, or something twice.
func CheckOrder(names []string) *fault.Fault {
	for i, n := range names {
		if !slices.Contains(Channels(), n) || slices.Contains(names[:i], n) {
			return ErrOrder
		}
	}
	return nil
}
