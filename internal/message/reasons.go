package message

import "peiban/internal/fault"

// Reasons say, by code, why a message waits or was never sent.
var Reasons = map[string]fault.Text{
	"no_consent":          said("本人没有同意", "The person has not agreed"),
	"not_approved":        said("内容没有批准", "The text is not approved"),
	"content_expired":     said("内容过了有效期", "The text has expired"),
	"wrong_audience":      said("内容不是写给这位的", "The text is for another audience"),
	"too_grave":           said("这样的消息只能由医生当面说", "Only a doctor may say this, in person"),
	"no_reader":           said("没有可以接收的人", "Nobody may receive it"),
	"left_journey":        said("旅程已经结束", "The journey has ended"),
	"not_relevant":        said("原因已经不在了", "Its reason is gone"),
	"human_talking":       said("有人正在和本人联系，自动消息先停", "A human is in touch; automatic messages wait"),
	"open_alert":          said("有安全警报没有关闭，计划里的消息先停", "A safety alert is open; planned messages wait"),
	"open_adverse_event":  said("不良反应还在跟进，计划里的消息先停", "An adverse event is followed up; planned messages wait"),
	"open_complaint":      said("投诉还没有办结，计划里的消息先停", "A complaint is open; planned messages wait"),
	"cap_day":             said("今天已发到上限", "Today's cap is reached"),
	"cap_week":            said("这周已发到上限", "This week's cap is reached"),
	"cap_wish":            said("到了本人选的每周条数", "As many this week as the person wants"),
	"quiet_hours":         said("免打扰时间", "Quiet hours"),
	"no_channel":          said("渠道暂时不能用", "The channel is closed"),
	"duplicate":           said("同样的内容刚发过", "The same text was just sent"),
	"do_not_contact":      said("本人不愿再收到消息，或依法不能联系", "Not to be written to"),
	"health_withdrawn":    said("本人撤回了健康数据的同意", "The consent to health data was withdrawn"),
	"no_marketing":        said("本人没有同意收活动和产品消息", "The person has not agreed to offers and news"),
	"consent_outdated":    said("同意书有了新版，本人还没有重新同意", "The text agreed to has a newer version; ask again"),
	"not_personal":        said("本人不接收个性化推荐", "The person wants nothing chosen for them"),
	"minor":               said("不给未成年人发活动和产品消息", "No offers to a minor"),
	"asked_hours":         said("不在本人选的提醒时间里", "Outside the hours the person chose"),
	"channel_waits":       said("渠道的额度用完或窗口没开，等它开", "The channel has no quota or window now; it waits"),
	"wording_review":      said("等药师或医生看过再发", "Waits for a pharmacist or doctor to look"),
	"wording_refused":     said("药师或医生看过，不发", "A pharmacist or doctor decided not to send it"),
	"too_late":            said("已经太晚，没有意义了", "Too late to mean anything"),
	"channel_failed":      said("多次发送失败", "Sending failed again and again"),
	"channel_retry":       said("发送失败，稍后再试", "Sending failed; it is tried again"),
	"no_address":          said("不知道怎么在这个渠道联系到本人", "Nobody knows how to reach them there"),
	"window_closed":       said("超过 48 小时或条数已用完，等本人再来消息", "The window is closed until the person writes again"),
	"not_friend":          said("本人和同事已经不是好友", "They and the colleague are not in contact any more"),
	"user_refused":        said("本人在对方平台拒收，或订阅次数用完", "The person does not accept it, or their consent is used up"),
	"unsubscribed":        said("本人没有关注，或已退订", "The person does not follow, or opted out there"),
	"receiver_full":       said("本人这段时间收到的群发已满", "They have had as many as the platform allows"),
	"bad_address":         said("号码或地址不对", "The number or address leads nowhere"),
	"channel_rejected":    said("对方平台不收这条内容", "The platform does not take this content"),
	"channel_settings":    said("渠道设置有误，请管理员检查", "The channel is set up wrongly"),
	"channel_unclear":     said("可能已发出，对方没有答复，不再重发", "It may have gone; it is not sent again"),
	"channel_unconfirmed": said("同事没有及时确认发送", "No colleague confirmed it in time"),
	"channel_undelivered": said("对方平台没有送达", "The platform could not deliver it"),
	"awaits_confirmation": said("等同事在企业微信里确认发送", "A colleague has to confirm it in WeCom"),
	"awaits_receipt":      said("已交给对方平台，等回执", "Taken by the platform; its receipt is awaited"),
	"history":             said("历史数据不发消息", "Nothing is sent for history"),
	"erased":              said("本人的资料已删除", "The person was erased"),
	"relation_ended":      said("关系已经结束", "The relation has ended"),
	"not_for_kind":        said("这种关系的人不看这一项", "People of this kind are not let know this"),
	"out_of_scope":        said("本人没有选这一项", "The person did not choose this"),
	"family_first":        said("事关重大，医生定了先告诉家属", "Serious: a doctor decided that family hears it first"),
	"person_only":         said("事关重大，医生没有定告诉家属", "Serious: no doctor decided that family hears it"),
}

func said(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// ReasonText says a reason; one nobody has words for is said by its code.
func ReasonText(code string) fault.Text {
	if t, ok := Reasons[code]; ok {
		return t
	}
	return fault.Text{Zh: code, En: code}
}
