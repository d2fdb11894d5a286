package event

import (
	"maps"

	"peiban/internal/fault"
)

// words are what people read for the codes of events, by type and property. A code property without an entry here
// is an id or a key that nobody reads. Properties with an Enum name every code of it; the others name those our
// simulator and our imports write, and what they do not name is shown as it was typed, in quotes.
//
// Sources: medicine classes and their Chinese names, 中国糖尿病防治指南（2024 版）, chapters on oral drugs, GLP-1 receptor
// agonists and insulin; meal slots, docs/guide/sources.md; insulins and meals of the UCI set, its file Data-Codes;
// outcomes of a camp, stage model. Departments and channels are everyday names.
var words = merged(homeWords, fileWords, serviceWords)

func merged(parts ...map[string]map[string]fault.Text) map[string]map[string]fault.Text {
	out := map[string]map[string]fault.Text{}
	for _, p := range parts {
		maps.Copy(out, p)
	}
	return out
}

var homeWords = map[string]map[string]fault.Text{
	"glucose.context": {
		"fasting": text("早上空腹", "Fasting"), "after_breakfast_2h": text("早饭后 2 小时", "2 h after breakfast"),
		"before_lunch": text("午饭前", "Before lunch"), "after_lunch_2h": text("午饭后 2 小时", "2 h after lunch"),
		"before_dinner": text("晚饭前", "Before dinner"), "after_dinner_2h": text("晚饭后 2 小时", "2 h after dinner"),
		"bedtime": text("睡前", "Bedtime"), "night": text("凌晨", "At night"), "random": text("随机", "Any time"),
	},
	"glucose.unit": {"mmol/L": text("mmol/L", "mmol/L"), "mg/dL": text("mg/dL", "mg/dL")},
	"insulin.kind": {
		"regular": text("短效", "regular"), "nph": text("中效", "NPH"), "ultralente": text("超长效", "ultralente"),
		"rapid": text("速效", "rapid"), "long": text("长效", "long-acting"), "premix": text("预混", "premixed"), "other": text("其他", "other"),
	},
	"basal.kind":         {"scheduled": text("按计划", "scheduled"), "temporary": text("临时", "temporary"), "suspended": text("暂停", "suspended")},
	"page.kind":          {"page": text("页面", "page"), "screen": text("屏幕", "screen")},
	"meal.size":          amounts,
	"exercise.level":     amounts,
	"symptom.kind":       symptoms,
	"special_event.kind": {},
	"contact_added.channel": {
		"hospital": text("医院", "hospital"), "pharmacy": text("药店", "pharmacy"), "douyin": text("抖音", "Douyin"),
		"xiaohongshu": text("小红书", "Xiaohongshu"), "shop": text("网店", "online shop"), "friend": text("朋友推荐", "a friend"),
		"family": text("家人", "family"),
	},
	"contact_removed.by":   {"person": text("本人", "by the person"), "staff": text("工作人员", "by staff")},
	"profile.gender":       {"male": text("男", "male"), "female": text("女", "female")},
	"profile.diabetesType": {"t1": text("1 型", "type 1"), "t2": text("2 型", "type 2"), "gdm": text("妊娠期", "gestational"), "prediabetes": text("糖尿病前期", "prediabetes"), "other": text("其他类型", "another type")},
	"profile.treatment": {
		"lifestyle": text("生活方式治疗", "lifestyle only"), "oral": text("口服药", "oral drugs"), "basal": text("基础胰岛素", "basal insulin"),
		"premix": text("预混胰岛素", "premixed insulin"), "mdi": text("强化胰岛素", "multiple injections or pump"), "glp1": text("GLP-1 类", "GLP-1"),
	},
	"medication.class":  medicines,
	"medication.action": {"start": text("开始用", "started"), "stop": text("停用", "stopped"), "change": text("调整", "changed"), "taken": text("已用", "taken"), "missed": text("漏服", "missed")},
	"fill.class":        medicines,
	"plan.source":       {"doctor": text("医生定的", "set by the doctor"), "programme": text("项目默认", "the programme's")},
	"plan.kind": {
		"glucose": text("测血糖", "glucose"), "blood_pressure": text("量血压", "blood pressure"), "weight": text("称体重", "weight"),
		"exercise": text("运动", "exercise"), "medication": text("用药", "medicine"), "check_in": text("打卡", "check-ins"), "pain": text("记疼痛", "pain"),
	},
	"pain.site": {
		"left_hip": text("左髋", "left hip"), "right_hip": text("右髋", "right hip"), "knee": text("膝", "knee"), "back": text("腰背", "back"),
		"other": text("别处", "elsewhere"),
	},
	"clinical_stage.system": {
		"arco2019": text("股骨头坏死 ARCO 2019", "ARCO 2019"), "arco1994": text("股骨头坏死 ARCO 1994", "ARCO 1994"), "jic": text("股骨头坏死 JIC 分型", "JIC"), "ficat": text("股骨头坏死 Ficat", "Ficat"),
		"ckd": text("慢性肾病 G 分期", "CKD, G"), "ckd_albumin": text("慢性肾病白蛋白尿 A 分级", "CKD, A"), "hypertension": text("高血压分级", "Hypertension grade"),
		"retinopathy": text("糖网病分级", "Diabetic retinopathy"), "wagner": text("糖尿病足 Wagner", "Wagner, diabetic foot"),
	},
	"clinical_stage.stage": {},
	"clinical_stage.side":  {"left": text("左", "left"), "right": text("右", "right")},
	"glucocorticoid.drug": {
		"prednisolone": text("泼尼松龙", "prednisolone"), "prednisone": text("泼尼松", "prednisone"), "methylprednisolone": text("甲泼尼龙", "methylprednisolone"),
		"triamcinolone": text("曲安奈德", "triamcinolone"), "hydrocortisone": text("氢化可的松", "hydrocortisone"), "cortisone": text("可的松", "cortisone"),
		"dexamethasone": text("地塞米松", "dexamethasone"), "betamethasone": text("倍他米松", "betamethasone"),
	},
	"merged.what":       {"link": text("合并", "merged"), "unlink": text("撤销合并", "parted again"), "split": text("拆出标识", "identifiers parted")},
	"merged.with":       {"consents": text("同意一起走", "consents went along")},
	"segment_set.state": {"in": text("放进", "put in"), "out": text("拿出", "taken out"), "rule": text("按规则", "as the rule says")},
	"consent.purpose":   purposes,
	"relation.kind": {
		"daughter": text("女儿", "Daughter"), "son": text("儿子", "Son"), "spouse": text("配偶", "Spouse"),
		"wife": text("妻子", "Wife"), "husband": text("丈夫", "Husband"), "mother": text("母亲", "Mother"),
		"father": text("父亲", "Father"), "sister": text("姐妹", "Sister"), "brother": text("兄弟", "Brother"),
		"parent": text("父母", "Parent"), "child": text("子女", "Child"), "carer": text("照护者", "Carer"),
		"guardian": text("监护人", "Guardian"), "other": text("其他亲属", "Other relative"), "doctor": text("院外医生", "Outside doctor"),
		"referrer": text("转诊人", "Referrer"), "koc": text("病友志愿者", "Peer volunteer"), "assistant": text("助理", "Assistant"),
		"household": text("同一家庭", "Same household"),
	},
	"chat.from":          {"person": text("本人", "the person"), "staff": text("工作人员", "staff"), "bot": text("智能助手", "the assistant")},
	"chat.kind":          {"reply": text("回复", "a reply"), "bulk": text("群发", "sent to many"), "automatic": text("自动", "automatic")},
	"check_in.pillar":    {"meal": text("饮食", "meals"), "exercise": text("运动", "exercise"), "monitoring": text("监测", "monitoring"), "learning": text("学习", "learning")},
	"camp_ended.outcome": {"finished": text("毕业", "finished"), "dropped": text("中途退出", "dropped out")},
	"content_read.kind":  {"article": text("文章", "article"), "video": text("视频", "video"), "live": text("直播", "live broadcast"), "lesson": text("课", "lesson")},
	"order.shop":         {"tmall": text("天猫", "Tmall"), "jd": text("京东", "JD"), "pharmacy": text("药店", "pharmacy")},
	"order.product":      {"strips-50": text("试纸 50 片", "50 strips")},
	"order.kind":         productKinds,
	"refund.kind":        productKinds,
	"fill.counted":       {"piece": text("片、粒、支", "pieces"), "box": text("盒", "boxes")},
	"visit.department":   departments,
}

var productKinds = map[string]fault.Text{
	"strips": text("试纸", "test strips"), "meter": text("血糖仪", "meter"), "lancets": text("采血针", "lancets"), "sensor": text("传感器", "sensor"),
	"medicine": text("药品", "medicine"), "device": text("其他器械", "other device"), "food": text("食品", "food"), "other": text("其他", "other"),
}

// symptoms are those rules of the programmes read, and the everyday ones beside them.
var symptoms = map[string]fault.Text{
	"hypoglycaemia": text("低血糖的感觉", "signs of a low"),
	"chest_pain":    text("胸痛", "chest pain"), "breathless": text("喘不上气", "short of breath"), "vision_loss": text("看不清", "loss of vision"),
	"weakness": text("一侧没力气", "weakness of one side"), "confusion": text("神志不清", "confusion"), "speech": text("说话不清", "trouble speaking"),
	"severe_headache":    text("剧烈头痛", "severe headache"),
	"cannot_bear_weight": text("站不住、不能踩地", "cannot bear weight"), "new_numbness": text("新出现的麻木", "new numbness"), "bladder_problem": text("大小便失控", "loss of bladder or bowel control"),
	"fever":      text("发烧", "fever"),
	"foot_ulcer": text("脚上溃疡", "foot ulcer"), "foot_numbness": text("脚麻", "numb feet"), "foot_wound": text("脚上伤口", "wound of the foot"),
	"dizzy": text("头晕", "dizziness"), "tired": text("乏力", "tiredness"), "other": text("别的不舒服", "something else"),
}

var purposes = map[string]fault.Text{
	"basic_service": text("基本服务", "Basic service"), "health_data": text("健康数据", "Health data"), "device_data": text("设备数据", "Device data"),
	"family_share": text("和家人分享", "Sharing with family"), "marketing_push": text("活动和产品消息", "Offers and news"), "research_rwe": text("医学研究", "Research"),
	"session_archive": text("聊天存档", "Archiving chats"), "hcp_share": text("和医生分享", "Sharing with the doctor"),
	"hcp_profile": text("医生资料与消息", "Doctors' profile and messages"), "sponsor_share_identified": text("和企业分享", "Sharing with the company"),
	"ai_processing": text("智能处理", "Processing by AI"), "cross_border": text("出境", "Sending abroad"),
}

var departments = map[string]fault.Text{
	"endocrinology": text("内分泌科", "endocrinology"), "ophthalmology": text("眼科", "eye clinic"), "community": text("社区医院", "community clinic"),
	"emergency": text("急诊", "emergency"), "nephrology": text("肾内科", "nephrology"), "cardiology": text("心内科", "cardiology"),
	"orthopaedics": text("骨科", "orthopaedics"), "haematology": text("血液科", "haematology"), "rheumatology": text("风湿科", "rheumatology"),
	"surgery": text("外科", "surgery"), "obstetrics": text("产科", "obstetrics"), "neurology": text("神经科", "neurology"),
}

var amounts = map[string]fault.Text{"usual": text("和平时一样", "as usual"), "more": text("比平时多", "more than usual"), "less": text("比平时少", "less than usual")}

var medicines = map[string]fault.Text{
	"metformin": text("二甲双胍", "metformin"), "su": text("磺脲类", "sulfonylurea"), "glinide": text("格列奈类", "glinide"),
	"agi": text("糖苷酶抑制剂", "glucosidase inhibitor"), "tzd": text("噻唑烷二酮类", "glitazone"),
	"dpp4": text("DPP-4 抑制剂", "DPP-4 inhibitor"), "sglt2": text("SGLT2 抑制剂", "SGLT2 inhibitor"),
	"glp1": text("GLP-1 类", "GLP-1"), "basal_insulin": text("基础胰岛素", "basal insulin"),
	"rapid_insulin": text("速效胰岛素", "rapid insulin"), "premix_insulin": text("预混胰岛素", "premixed insulin"),
	"statin": text("他汀类", "statin"), "antihypertensive": text("降压药", "blood pressure medicine"),
	"unmapped": text("待对照的药", "not yet mapped"), "gka": text("葡萄糖激酶激活剂", "glucokinase activator"),
	"acei": text("普利类（ACEI）", "ACE inhibitor"), "arb": text("沙坦类（ARB）", "ARB"), "arni": text("沙库巴曲缬沙坦类", "ARNI"),
	"ccb": text("钙通道阻滞剂", "calcium channel blocker"), "diuretic": text("利尿剂", "diuretic"), "mra": text("盐皮质激素受体拮抗剂", "MRA"),
	"beta_blocker": text("β受体阻滞剂", "beta blocker"), "alpha_blocker": text("α受体阻滞剂", "alpha blocker"),
	"ezetimibe": text("胆固醇吸收抑制剂", "cholesterol absorption inhibitor"), "fibrate": text("贝特类", "fibrate"), "pcsk9": text("PCSK9 抑制剂", "PCSK9 inhibitor"),
	"antiplatelet": text("抗血小板药", "antiplatelet"), "anticoagulant": text("抗凝药", "anticoagulant"),
	"glucocorticoid": text("糖皮质激素", "glucocorticoid"), "bisphosphonate": text("双膦酸盐", "bisphosphonate"), "denosumab": text("地舒单抗", "denosumab"),
	"teriparatide": text("特立帕肽", "teriparatide"), "calcium_vitamin_d": text("钙和维生素 D", "calcium and vitamin D"),
	"nsaid": text("非甾体抗炎药", "NSAID"), "urate": text("降尿酸药", "urate-lowering"), "thyroid": text("甲状腺激素", "thyroid hormone"),
	"neuropathy": text("神经病变用药", "for neuropathy"), "tcm": text("中药", "Chinese medicine"),
}

// units are those people read as a word. The others are signs, the same in both languages.
var units = map[string]fault.Text{
	"min": text("分钟", "min"), "d": text("天", "days"), "g": text("克", "g"), "h": text("小时", "h"), "/d": text("每天", "a day"), "U": text("单位", "U"), "/week": text("次/周", "a week"),
	"/min": text("次/分", "/min"), "CNY": text("元", "CNY"), "share": text("%", "%"),
}

// Words are the codes of a property with what people read for them; nil for a property that nobody reads.
func Words(t, field string) map[string]fault.Text { return words[t+"."+field] }

// Word is what people read for a code of f: its word, the code in quotes when it has none, nothing when the
// property, or the code, is an id or a key.
func (s *Spec) Word(f *Field, code string) fault.Text {
	known, read := words[s.Key+"."+f.Name]
	switch {
	case code == "" || !read:
		return fault.Text{}
	case known[code] != (fault.Text{}):
		return known[code]
	}
	if s.Type == Order && f.Name == "product" { // the catalogue's id: the shop and the kind say more
		return fault.Text{}
	}
	return text("“"+code+"”", "“"+code+"”")
}

// UnitWord is what people read after a number of f.
func (f *Field) UnitWord() fault.Text {
	if w, ok := units[f.Unit]; ok {
		return w
	}
	return text(f.Unit, f.Unit)
}
