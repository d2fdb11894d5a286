package event

// service is what happens between a person and the programme beside health itself.
var service = []Spec{
	{Residence, "residence", text("地区", "Region"), false, false, []Field{
		{Name: "province", Kind: Code, Slot: SlotA, Required: true}, // six-digit code of GB/T 2260, or a name
		{Name: "city", Kind: Code, Slot: SlotB},
		{Name: "tier", Kind: Code, Slot: SlotC, Enum: []string{"city", "county", "township", "village"}},
	}},
	{Role, "role", text("身份", "Role"), false, false, []Field{
		{Name: "role", Kind: Code, Slot: SlotA, Enum: []string{"patient", "family", "doctor", "koc"}, Required: true},
		{Name: "person", Kind: Code, Slot: SlotB}, // the patient a family member belongs to
		{Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
	}},
	{ReferralStep, "referral_step", text("转诊", "Referral step"), true, true, []Field{ // one change of one referral: package referral reads them
		{Name: "referral", Kind: Code, Slot: SlotA, Required: true}, // rule and number
		{Name: "state", Kind: Code, Slot: SlotB, Enum: []string{
			"queued", "proposed", "consented", "accepted", "seen", "feedback", "closed", "declined", "expired", "refused",
		}, Required: true},
		{Name: "detail", Kind: Code, Slot: SlotC}, // proposed: from>group/doctor; queued, refused: from>why; else the reason
		{Name: "proof", Kind: Text, Longest: 200}, note,
	}},
	{JourneyExposed, "journey_exposed", text("进入试验组或对照组", "Put into a group of a journey"), false, true, []Field{ // once a run: what a comparison counts
		{Name: "journey", Kind: Code, Slot: SlotA, Required: true},
		{Name: "arm", Kind: Code, Slot: SlotB, Required: true}, // treated, held_out, or the key of a split's way
		{Name: "step", Kind: Code, Slot: SlotC},
		{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of the run
	}},
	{JourneyStart, "journey_start", text("放进旅程", "Put into a journey"), false, true, []Field{ // by staff, or because they fit when it was published
		{Name: "journey", Kind: Code, Slot: SlotA, Required: true},
		{Name: "how", Kind: Code, Slot: SlotB, Enum: []string{"hand", "backfill"}},
		{Name: "programme", Kind: Code, Slot: SlotC}, // whose journey; not given: of every programme that has one of that key
		{Name: "ref", Kind: Number, Slot: SlotNum},   // Ref of the order: the same order puts nobody in twice
		{Name: "reason", Kind: Text},
	}},
	{OverdueTry, "overdue_try", text("逾期催回", "Tried to bring back"), false, true, []Field{ // staff tried to reach somebody who did not come
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"visit", "refill", "imaging", "check", "device", "readings"}, Required: true},
		{Name: "result", Kind: Code, Slot: SlotB, Enum: []string{"reached", "no_answer", "wrong_number"}, Required: true},
		{Name: "reason", Kind: Code, Slot: SlotC, Enum: []string{"cost", "felt_well", "side_effect", "elsewhere", "moved", "died", "refused", "wrong_number", "other"}},
		{Name: "due", Kind: Number, Slot: SlotNum, Required: true}, // microseconds: which expectation it is about
		{Name: "next", Kind: Number, Slot: X0}, // microseconds: when to try again
		note,
	}},
	{Handled, "conversation", text("会话处理", "Conversation handled"), false, true, []Field{ // what staff, or the assistant, did with a conversation
		{Name: "action", Kind: Code, Slot: SlotA, Enum: []string{
			"taken", "given_back", "assigned", "promised", "snoozed", "closed", "reopened", "noted", "alarmed", "unanswered", "settled",
		}, Required: true},
		{Name: "who", Kind: Code, Slot: SlotB}, // assigned: the colleague; empty: the owner again
		{Name: "reason", Kind: Code, Slot: SlotC, Enum: []string{"answered", "thanks", "by_phone", "referred", "no_need", "duplicate", "other", "answer", "dismissed"}},
		{Name: "at", Kind: Number, Slot: SlotNum}, // microseconds: snoozed until, promised by
		{Name: "chat", Kind: Number, Slot: X0},    // the chat's place in the log: alarmed, unanswered, settled
		note,
	}},
	{JourneyCall, "journey_call", text("旅程通知外部", "A journey told the outside"), false, true, []Field{ // webhooks deliver it
		{Name: "journey", Kind: Code, Slot: SlotA, Required: true},
		{Name: "name", Kind: Code, Slot: SlotB, Required: true},
		{Name: "step", Kind: Code, Slot: SlotC},
		{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of the effect: the same call has the same
	}},
	{Bound, "bound", text("账号绑定", "Account bound"), false, false, []Field{
		{Name: "account", Kind: Code, Slot: SlotA, Enum: []string{"mini_program", "official_account", "phone", "device_app"}, Required: true},
		{Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
	}},
	{Followers, "followers", text("跟进人数", "Followers"), false, false, []Field{
		{Name: "count", Kind: Number, Slot: SlotNum, Min: 0, Max: 10000, Required: true},
	}},
	{PolicyPublished, "policy_published", text("条款更新", "Terms published"), false, false, []Field{
		{Name: "purpose", Kind: Code, Slot: SlotA, Required: true}, {Name: "textVersion", Kind: Code, Slot: SlotB, Required: true},
	}},
	{AdverseEvent, "adverse_event", text("不良事件", "Adverse event"), true, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"suspected", "opened", "reported", "closed", "dismissed"}, Required: true},
		{Name: "kind", Kind: Code, Slot: SlotB},
		{Name: "case", Kind: Code, Slot: SlotC},
		{Name: "severity", Kind: Number, Slot: SlotNum, Min: 0, Max: 5},
		note,
	}},
	{Complaint, "complaint", text("投诉", "Complaint"), false, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"opened", "closed"}, Required: true},
		{Name: "kind", Kind: Code, Slot: SlotB},
		{Name: "case", Kind: Code, Slot: SlotC},
		note,
	}},
	{ChatTopic, "chat_topic", text("聊天话题", "Topic of a chat"), true, false, []Field{ // what somebody or something heard in a chat
		{Name: "topic", Kind: Code, Slot: SlotA, Enum: []string{
			"opt_out", "self_harm", "emergency", "pregnancy", "adverse_event", "cost", "drug_concern", "stopped_medicine", "missed_dose",
			"surgery_fear", "injection_site", "diet", "exercise", "mood", "sleep", "complaint", "praise", "other",
		}, Required: true},
		{Name: "found", Kind: Code, Slot: SlotB, Enum: []string{"words", "model", "staff"}},
		{Name: "review", Kind: Code, Slot: SlotC, Enum: []string{"open", "confirmed", "dismissed"}},
		{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of the chat's event
		note,
	}},
	{DoNotContact, "do_not_contact", text("勿扰", "Do not contact"), false, false, []Field{
		{Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
		{Name: "reason", Kind: Code, Slot: SlotA, Enum: []string{"asked", "legal", "bereaved", "other"}},
		note,
	}},
	{Preference, "preference", text("联系偏好", "How to be reached"), false, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"asked_hours", "not_personal", "per_week", "in_app_only"}, Required: true},
		{Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
		{Name: "from", Kind: Number, Slot: X0, Unit: "min", Min: 0, Max: 1439}, // of the local day; the hours may cross midnight
		{Name: "to", Kind: Number, Slot: X1, Unit: "min", Min: 0, Max: 1439},
		{Name: "most", Kind: Number, Slot: X2, Unit: "/week", Min: 1, Max: 7}, // messages of a programme
	}},
	{DataSuspect, "data_suspect", text("数据存疑", "Data in doubt"), false, true, []Field{
		{Name: "reason", Kind: Code, Slot: SlotA, Enum: []string{"repeated", "too_many", "shared_device", "time_travel", "copied"}, Required: true},
		{Name: "device", Kind: Code, Slot: SlotB},
		{Name: "state", Kind: Code, Slot: SlotC, Enum: []string{"found", "cleared"}},
		{Name: "count", Kind: Number, Slot: SlotNum, Min: 0, Max: 1e6},
		{Name: "ref", Kind: Number, Slot: X0}, // of what makes it the same again; from the fourth number on, the readings in doubt
		{Name: "since", Kind: Number, Slot: X1},
		{Name: "until", Kind: Number, Slot: X2},
		{Name: "other", Kind: Text}, // the other person, where two are in it
		{Name: "why", Kind: Text},   // it was cleared
		note,
	}},
	{GroupMessage, "group_message", text("群消息", "Group message"), false, false, []Field{
		{Name: "group", Kind: Code, Slot: SlotA}, {Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"text", "picture", "voice", "check_in", "other"}},
	}},
	{GroupMember, "group_member", text("加入或离开社群", "Joined or left a group"), false, false, []Field{
		{Name: "group", Kind: Code, Slot: SlotA, Required: true}, {Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
	}},
	{Points, "points", text("积分", "Points"), false, false, []Field{
		{Name: "amount", Kind: Number, Slot: SlotNum, Min: -1e6, Max: 1e6, Required: true},
		{Name: "rule", Kind: Code, Slot: SlotA},
		{Name: "ref", Kind: Number, Slot: X0}, // Ref of the event they are for
	}},
	{Survey, "survey", text("问卷得分", "Survey"), false, false, []Field{
		{Name: "score", Kind: Number, Slot: SlotNum, Min: 0, Max: 1000},
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"nps", "satisfaction", "distress", "knowledge", "stance", "research", "other"}, Required: true},
		{Name: "survey", Kind: Code, Slot: SlotB},
		{Name: "topic", Kind: Code, Slot: SlotC, Enum: []string{"safety", "efficacy", "access", "service", "price", "other"}},
		note,
	}},
	{Activity, "activity", text("活动", "Activity"), false, false, []Field{
		{Name: "activity", Kind: Code, Slot: SlotA},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"light_clinic", "full_clinic", "patient_meeting", "live_lesson", "doctor_meeting", "training", "other"}, Required: true},
		{Name: "status", Kind: Code, Slot: SlotC, Enum: []string{"invited", "signed_up", "attended", "missed", "cancelled"}, Required: true},
		{Name: "minutes", Kind: Number, Slot: SlotNum, Unit: "min", Min: 0, Max: 3000},
	}},
	{Session, "session", text("使用", "Session"), false, false, []Field{
		{Name: "app", Kind: Code, Slot: SlotA, Enum: []string{"phone", "console", "mini_program", "web", "other"}},
		{Name: "minutes", Kind: Number, Slot: SlotNum, Unit: "min", Min: 0, Max: 1440},
	}},
}

// doctors is what a programme for doctors knows of one: who they are and what they take part in, never what they prescribe.
var doctors = []Spec{
	{HCPFact, "hcp_fact", text("医生资料", "Doctor's profile"), false, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{
			"licence", "specialty", "title", "hospital_tier", "region", "patient_focus", "expert_tier", "visit_rule", "internet_hospital",
		}, Required: true},
		{Name: "answer", Kind: Code, Slot: SlotB, Required: true}, // verified, refused; a specialty; allowed, banned ...
		{Name: "active", Kind: Bool, Slot: SlotNum},
		{Name: "evidence", Kind: Text},
	}},
	{HCPAct, "hcp_act", text("医生参与", "Doctor took part"), false, false, []Field{
		{Name: "act", Kind: Code, Slot: SlotA, Enum: []string{
			"share", "comment", "question", "save", "referral_asked", "speaking_asked", "demo_asked",
		}, Required: true},
		{Name: "topic", Kind: Code, Slot: SlotB},
		{Name: "content", Kind: Code, Slot: SlotC},
	}},
	{Lecture, "lecture", text("讲课", "Lecture"), false, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"planned", "contracted", "delivered", "cancelled"}, Required: true},
		{Name: "topic", Kind: Code, Slot: SlotB},
		{Name: "lecture", Kind: Code, Slot: SlotC},
		{Name: "fee", Kind: Number, Slot: SlotNum, Unit: "CNY", Min: 0, Max: 1e6},
		{Name: "contract", Kind: Bool, Slot: X0},
		{Name: "fairValue", Kind: Bool, Slot: X1}, // paid at fair market value
	}},
	{CaseShared, "case_shared", text("病例分享", "Case shared"), false, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"submitted", "accepted", "refused"}, Required: true},
		{Name: "topic", Kind: Code, Slot: SlotB},
		{Name: "case", Kind: Code, Slot: SlotC},
		{Name: "deidentified", Kind: Bool, Slot: SlotNum},
	}},
	{RepVisit, "rep_visit", text("代表拜访", "Representative's visit"), false, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"planned", "done", "missed", "cancelled"}, Required: true},
		{Name: "rep", Kind: Code, Slot: SlotB},
		{Name: "topic", Kind: Code, Slot: SlotC},
		{Name: "inDays", Kind: Number, Slot: SlotNum, Unit: "d", Min: 0, Max: 400}, // a planned one: how long after the event
		{Name: "permitted", Kind: Bool, Slot: X0},
		note,
	}},
	{ContentApproved, "content_approved", text("内容过审", "Content approved"), false, false, []Field{
		{Name: "content", Kind: Code, Slot: SlotA},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"article", "video", "live", "lesson"}},
		{Name: "topic", Kind: Code, Slot: SlotC},
	}},
	{Course, "course", text("课程", "Course"), false, false, []Field{
		{Name: "course", Kind: Code, Slot: SlotA},
		{Name: "status", Kind: Code, Slot: SlotB, Enum: []string{"started", "finished", "dropped"}, Required: true},
		{Name: "score", Kind: Number, Slot: SlotNum, Unit: "share", Min: 0, Max: 1},
	}},
	{MedicalQuery, "medical_query", text("医学问题", "Medical query"), false, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"asked", "answered", "withdrawn"}, Required: true},
		{Name: "topic", Kind: Code, Slot: SlotB},
		{Name: "query", Kind: Code, Slot: SlotC},
		note,
	}},
	{Outreach, "outreach", text("联系", "Outreach"), false, false, []Field{
		{Name: "channel", Kind: Code, Slot: SlotA, Enum: []string{"wecom", "live", "article", "call", "visit", "sms", "mail"}, Required: true},
		{Name: "purpose", Kind: Code, Slot: SlotB},
		{Name: "responded", Kind: Bool, Slot: SlotNum},
	}},
}
