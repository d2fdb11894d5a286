package event

import "peiban/internal/fault"

var cameByWords = map[string]fault.Text{
	"pharmacy": text("药店", "pharmacy"), "ecommerce": text("电商", "online shop"), "hospital": text("医院", "hospital"),
	"hcp": text("医生二维码", "a doctor's code"), "event": text("活动", "event"), "media": text("媒体", "media"),
	"staff": text("工作人员", "staff"), "referral": text("朋友推荐", "referral"), "other": text("其他", "other"),
	"campaign": text("投放活动", "campaign"), "distributor": text("经销商", "distributor"), "rep": text("代表", "representative"),
}

// serviceWords are of what happens beside health itself, and in programmes for doctors.
var serviceWords = map[string]map[string]fault.Text{
	"contact_added.kind": cameByWords,
	"came_again.kind":    cameByWords,
	"assigned.role": {
		"manager": text("健管师", "health manager"), "pharmacist": text("药师", "pharmacist"), "doctor": text("医生", "doctor"),
		"rep": text("代表", "representative"),
	},
	"assigned.why": {
		"left": text("原负责人离开", "the owner left"), "load": text("人数调匀", "to even out"), "asked": text("本人或家人要求", "the person or family asked"),
		"fits": text("更合适", "a better fit"), "rule": text("按规则", "by the rules"), "returned": text("回到原负责人", "back to the owner before"),
		"other": text("其他", "other"),
	},
	"visit.kind": {
		"offline": text("到院", "in person"), "online": text("线上", "online"), "telephone": text("电话", "by telephone"),
		"home": text("上门", "at home"),
	},
	"referral.kind": {"patient": text("病友", "a patient"), "family": text("家人", "family"), "doctor": text("医生", "a doctor")},
	"referral_step.state": {
		"queued": text("没有合适的人", "nobody fits yet"), "proposed": text("待本人同意", "waits for consent"), "consented": text("待接诊方接受", "waits to be accepted"),
		"accepted": text("待就诊", "waits to be seen"), "seen": text("待反馈", "waits for feedback"), "feedback": text("已反馈", "feedback given"),
		"closed": text("已结束", "closed"), "declined": text("被谢绝", "declined"), "expired": text("过期", "expired"), "refused": text("循环转诊，没有转", "a circle, not referred"),
	},
	"residence.tier": {
		"city": text("城区", "city"), "county": text("县城", "county town"), "township": text("乡镇", "township"),
		"village": text("村", "village"),
	},
	"role.role": {
		"patient": text("患者", "patient"), "family": text("家属", "family"), "doctor": text("医生", "doctor"),
		"koc": text("志愿者", "volunteer"),
	},
	"bound.account": {
		"mini_program": text("小程序", "mini-program"), "official_account": text("公众号", "official account"),
		"phone": text("手机端", "phone"), "device_app": text("设备应用", "device app"),
	},
	"policy_published.purpose": purposes,
	"adverse_event.status": {
		"suspected": text("疑似", "suspected"), "opened": text("已立案", "opened"), "reported": text("已上报", "reported"),
		"closed": text("已结案", "closed"), "dismissed": text("排除", "dismissed"),
	},
	"complaint.status": {"opened": text("受理", "opened"), "closed": text("办结", "closed")},
	"chat_topic.topic": {
		"opt_out": text("不要再发", "no more messages"), "self_harm": text("自伤", "self-harm"), "emergency": text("急症", "emergency"),
		"pregnancy": text("怀孕", "pregnancy"), "adverse_event": text("不良反应", "adverse event"), "cost": text("费用", "cost"),
		"drug_concern": text("用药顾虑", "worry about medicine"), "stopped_medicine": text("停药", "stopped medicine"),
		"missed_dose": text("漏服", "missed dose"), "surgery_fear": text("怕手术", "fear of surgery"),
		"injection_site": text("注射部位", "injection site"), "diet": text("饮食", "eating"), "exercise": text("运动", "exercise"),
		"mood": text("情绪", "mood"), "sleep": text("睡眠", "sleep"), "complaint": text("投诉", "complaint"),
		"praise": text("表扬", "praise"), "other": text("其他", "other"),
	},
	"chat_topic.found": {"words": text("按词", "by words"), "model": text("按模型", "by a model"), "staff": text("工作人员", "by staff")},
	"chat_topic.review": {
		"open": text("待核对", "to be reviewed"), "confirmed": text("属实", "confirmed"), "dismissed": text("不是", "dismissed"),
	},
	"conversation.action": {
		"taken": text("人工接手", "taken over"), "given_back": text("交回智能助手", "given back to the assistant"), "assigned": text("转交", "handed over"),
		"promised": text("约定回复时间", "an answer promised"), "snoozed": text("稍后提醒", "put aside"), "closed": text("完成", "done"), "reopened": text("重新打开", "opened again"),
		"noted": text("备注", "note"), "alarmed": text("说到急症", "speaks of an emergency"), "unanswered": text("智能助手答不了", "the assistant has no answer"), "settled": text("问题已处理", "question dealt with"),
	},
	"conversation.reason": {
		"answered": text("已答复", "answered"), "thanks": text("对方致谢或道别", "thanks or good-bye"), "by_phone": text("已电话沟通", "spoken on the telephone"),
		"referred": text("已转医生或就医", "referred to a doctor"), "no_need": text("不需要答复", "needs no answer"), "duplicate": text("重复", "said twice"),
		"other": text("其他", "other"), "answer": text("做成了答案", "made an answer"), "dismissed": text("不做答案", "no answer made"),
	},
	"do_not_contact.reason": {
		"asked": text("本人要求", "asked for"), "legal": text("法律原因", "legal hold"), "bereaved": text("丧亲", "bereavement"),
		"other": text("其他", "other"),
	},
	"preference.kind": {
		"asked_hours": text("只在这些时间收自己设的提醒", "hours for what I asked for"), "not_personal": text("不接收个性化推荐", "nothing chosen for me"),
		"per_week": text("每周最多收几条", "at most so many messages a week"), "in_app_only": text("只在这里收消息", "messages in the app only"),
	},
	"data_suspect.reason": {
		"repeated": text("数值重复", "repeated values"), "too_many": text("次数过多", "too many readings"),
		"shared_device": text("一机多人", "one device, two people"), "time_travel": text("时间不对", "impossible times"),
		"copied": text("像抄别人的", "a copy of another's"),
	},
	"data_suspect.state": {"found": text("存疑", "in doubt"), "cleared": text("已澄清", "cleared up")},
	"group_message.kind": {
		"text": text("文字", "text"), "picture": text("图片", "picture"), "voice": text("语音", "voice"),
		"check_in": text("打卡", "check-in"), "other": text("其他", "other"),
	},
	"survey.kind": {
		"nps": text("推荐意愿", "would recommend"), "satisfaction": text("满意度", "satisfaction"), "distress": text("情绪困扰", "distress"),
		"knowledge": text("知识", "knowledge"), "stance": text("态度", "stance"), "research": text("调研", "research"),
		"other": text("其他", "other"),
	},
	"survey.topic": {
		"safety": text("安全性", "safety"), "efficacy": text("疗效", "efficacy"), "access": text("可及性", "access"),
		"service": text("服务", "service"), "price": text("价格", "price"), "other": text("其他", "other"),
	},
	"activity.kind": {
		"light_clinic": text("轻义诊", "light clinic"), "full_clinic": text("重义诊", "full clinic"),
		"patient_meeting": text("病友会", "patient meeting"), "live_lesson": text("直播课", "live lesson"),
		"doctor_meeting": text("医生会议", "doctors' meeting"), "training": text("培训", "training"), "other": text("其他", "other"),
	},
	"overdue_try.kind": {
		"visit": text("复诊", "visit"), "refill": text("取药", "refill"), "imaging": text("影像", "imaging"), "check": text("检查化验", "check"),
		"device": text("设备检查", "device check"), "readings": text("测量", "readings"),
	},
	"overdue_try.result": {"reached": text("联系到了", "reached"), "no_answer": text("没接通", "no answer"), "wrong_number": text("号码不对", "wrong number")},
	"overdue_try.reason": {
		"cost": text("费用", "cost"), "felt_well": text("觉得好了", "felt well"), "side_effect": text("不良反应", "a side effect"), "elsewhere": text("在别处看", "goes elsewhere"),
		"moved": text("搬走了", "moved away"), "died": text("去世", "died"), "refused": text("不愿意", "refused"), "wrong_number": text("号码不对", "wrong number"), "other": text("其他", "other"),
	},
	"journey_start.how": {"hand": text("人工", "by hand"), "backfill": text("补进", "as one who fitted already")},
	"activity.status": {
		"invited":   text("已邀请", "invited"),
		"signed_up": text("已报名", "signed up"), "attended": text("已参加", "attended"), "missed": text("没来", "missed"),
		"cancelled": text("取消", "cancelled"),
	},
	"session.app": {
		"phone": text("手机端", "phone"), "console": text("工作台", "console"), "mini_program": text("小程序", "mini-program"),
		"web": text("网页", "web"), "other": text("其他", "other"),
	},
	"hcp_fact.kind": {
		"licence": text("执业证", "licence"), "specialty": text("专科", "specialty"), "title": text("职称", "title"),
		"hospital_tier": text("医院等级", "hospital tier"), "region": text("地区", "region"),
		"patient_focus": text("主要患者", "patient focus"), "expert_tier": text("专家层级", "expert tier"),
		"visit_rule": text("院内拜访规定", "hospital's rule on visits"), "internet_hospital": text("互联网医院", "internet hospital"),
	},
	"hcp_fact.answer": {
		"verified": text("已核验", "verified"), "refused": text("未通过", "refused"), "expired": text("已过期", "expired"),
		"resident": text("住院医师", "resident"), "attending": text("主治医师", "attending"),
		"associate": text("副主任医师", "associate chief"), "chief": text("主任医师", "chief"), "tertiary_a": text("三甲", "tertiary A"),
		"tertiary": text("三级", "tertiary"), "secondary": text("二级", "secondary"), "primary": text("基层", "primary care"),
		"national": text("国家级", "national"), "regional": text("区域级", "regional"), "local": text("地方级", "local"),
		"allowed": text("允许", "allowed"), "banned": text("禁止", "banned"), "registered": text("已入驻", "registered"),
		"t1": text("1 型", "type 1"), "t2": text("2 型", "type 2"), "gdm": text("妊娠期", "gestational"),
		"onfh": text("股骨头坏死", "osteonecrosis"),
	},
	"hcp_act.act": {
		"share": text("转发", "shared"), "comment": text("评论", "commented"), "question": text("提问", "asked a question"),
		"save": text("收藏", "saved"), "referral_asked": text("要求转介患者", "asked to refer patients"),
		"speaking_asked": text("愿意讲课", "offered to speak"), "demo_asked": text("要求演示", "asked for a demonstration"),
	},
	"lecture.status": {
		"planned": text("计划", "planned"), "contracted": text("已签约", "under contract"), "delivered": text("已讲", "delivered"),
		"cancelled": text("取消", "cancelled"),
	},
	"case_shared.status": {"submitted": text("已提交", "submitted"), "accepted": text("已采用", "accepted"), "refused": text("未采用", "refused")},
	"rep_visit.status": {
		"planned": text("计划", "planned"), "done": text("已拜访", "done"), "missed": text("未见到", "missed"),
		"cancelled": text("取消", "cancelled"),
	},
	"content_approved.kind": {
		"article": text("文章", "article"), "video": text("视频", "video"), "live": text("直播", "live broadcast"),
		"lesson": text("课", "lesson"),
	},
	"course.status":        {"started": text("开始", "started"), "finished": text("完成", "finished"), "dropped": text("中断", "dropped")},
	"medical_query.status": {"asked": text("已提出", "asked"), "answered": text("已答复", "answered"), "withdrawn": text("撤回", "withdrawn")},
	"outreach.channel": {
		"wecom": text("企业微信", "WeCom"), "live": text("直播", "live broadcast"), "article": text("文章", "article"),
		"call": text("电话", "telephone"), "visit": text("拜访", "visit"), "sms": text("短信", "text message"),
		"mail": text("邮件", "mail"),
	},
	"content_read.topic": {
		"diet": text("饮食", "eating"), "exercise": text("运动", "exercise"), "monitoring": text("监测", "monitoring"),
		"hypoglycaemia": text("低血糖", "lows"), "medicine": text("用药", "medicine"), "insulin": text("胰岛素", "insulin"),
		"mood": text("情绪", "mood"), "foot": text("足部", "feet"), "eyes": text("眼底", "eyes"), "kidney": text("肾", "kidneys"),
		"blood_pressure": text("血压", "blood pressure"), "hip": text("髋", "hip"), "surgery": text("手术", "surgery"),
	},
	"quiz.topic": {
		"diet": text("饮食", "eating"), "exercise": text("运动", "exercise"), "monitoring": text("监测", "monitoring"),
		"hypoglycaemia": text("低血糖", "lows"), "medicine": text("用药", "medicine"), "insulin": text("胰岛素", "insulin"),
		"mood": text("情绪", "mood"), "foot": text("足部", "feet"), "eyes": text("眼底", "eyes"), "kidney": text("肾", "kidneys"),
		"blood_pressure": text("血压", "blood pressure"), "hip": text("髋", "hip"), "surgery": text("手术", "surgery"),
	},
}
