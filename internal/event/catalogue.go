package event

import (
	"slices"

	"peiban/internal/fault"
	"peiban/internal/measure"
)

// Type is a place in the catalogue. Zero is no type. Types are appended, never reordered: snapshots hold them.
type Type uint16

// FieldKind says what a property is.
type FieldKind uint8

const (
	Number FieldKind = iota // float64
	Code                    // a short string from Enum, or any short string when Enum is empty
	Bool
	Text // free text: encrypted, never in a timeline, not visible to rules
)

// Slot is where a property lives in an Event. X0 and up are places in Event.X.
type Slot int8

const (
	InBody Slot = iota // only in Body
	SlotNum
	SlotA
	SlotB
	SlotC
	X0
	X1
	X2
	X3
	X4
	X5
	X6
	X7
)

// Field is one property of an event type.
type Field struct {
	Name     string
	Kind     FieldKind
	Slot     Slot
	Unit     string   // unit of a number as stored, UCUM-like; empty: none
	Units    []string // units accepted on the wire in the property "unit"; empty: Unit only
	Enum     []string // allowed codes; empty: any short string
	Min, Max float64  // refused outside; both zero: no limits
	Required bool
	Longest  int // characters of a text of one line; 0: any text
}

// Spec is what the catalogue says about one type.
type Spec struct {
	Type   Type
	Key    string // the wire name
	Name   fault.Text
	Health bool // needs consent to health_data before it is stored for a person
	System bool // written by peiban itself; refused from a source
	Fields []Field
}

// Contexts are the meal slots of a glucose reading, in the order of a day. Source: docs/guide/sources.md.
var Contexts = []string{
	"fasting", "after_breakfast_2h", "before_lunch", "after_lunch_2h", "before_dinner", "after_dinner_2h",
	"bedtime", "night", "random",
}

// ProductKinds are what is sold to people.
var ProductKinds = []string{"strips", "meter", "lancets", "sensor", "medicine", "device", "food", "other"}

// Counted is what the quantity of a fill counts.
var Counted = []string{"piece", "box"}

// cameBy are the ways people come in; see package entrance.
var cameBy = []string{"pharmacy", "ecommerce", "hospital", "hcp", "event", "media", "staff", "referral", "other", "campaign", "distributor", "rep"}

// PlanKinds are the types of events a plan can ask for.
var PlanKinds = []string{"glucose", "blood_pressure", "weight", "exercise", "medication", "check_in", "pain"}

// Types of events. The order is part of every snapshot: append only.
const (
	_ Type = iota
	Glucose
	Insulin
	Meal
	Exercise
	Symptom
	SpecialEvent
	HbA1c
	BloodPressure
	Weight
	ContactAdded
	ContactRemoved
	Profile
	Medication
	PlanSet
	TargetSet
	Consent
	Relation
	Assigned
	TaskOpened
	TaskDone
	TaskSkipped
	MessageSent
	MessageSuppressed
	MessageRead
	Answer
	Chat
	CheckIn
	CampEnrolled
	CampEnded
	ContentRead
	Quiz
	Order
	Fill
	Visit
	Referral
	HelpfulPost
	AlertClosed
	Correction // carries only Supersedes or Retracts when nothing replaces the event
	FormAnswer
	ProgrammeJoined
	StageSet
	TaskPostponed
	Erased
	Pain
	ClinicalStage
	Glucocorticoid
	SegmentSet
	Diagnosis
	Lab
	Imaging
	Surgery
	Allergy
	Device
	CarePlan
	MealPlan
	ExercisePlan
	Circumstance
	Pregnancy
	Checkup
	Score
	Concern
	SideEffect
	HypoEpisode
	Admission
	Steps
	Sleep
	Height
	Report
	DoctorTalk
	Disclosure
	VisitQuestion
	Goal
	MedicineMapped
	Residence
	Role
	Bound
	Followers
	PolicyPublished
	AdverseEvent
	Complaint
	ChatTopic
	DoNotContact
	DataSuspect
	GroupMessage
	Points
	Survey
	Activity
	Session
	HCPFact
	HCPAct
	Lecture
	CaseShared
	RepVisit
	ContentApproved
	Course
	MedicalQuery
	Outreach
	VisitAnswer
	FamilyHistory
	Page
	GroupCall
	Basal
	Refund
	CameAgain
	ReferralStep
	Merged
	Preference
	TaskHanded
	JourneyExposed
	JourneyCall
	JourneyStart
	GroupMember
	TaskReminded
	TaskEscalated
	OverdueTry
	Handled
	lastType
)

func text(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// catalogue is the one table of what may happen. Wire names are keys here and nowhere else.
var catalogue = slices.Concat(home, file, service, doctors)

// home is what people and their programmes record from day to day.
var home = []Spec{
	{Glucose, "glucose", text("血糖", "Glucose"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Unit: "mmol/L", Units: []string{"mmol/L", "mg/dL"}, Required: true},
		{Name: "context", Kind: Code, Slot: SlotA, Enum: Contexts},
		{Name: "unit", Kind: Code, Slot: SlotB, Enum: []string{"mmol/L", "mg/dL"}},
		{Name: "device", Kind: Code, Slot: SlotC},
		{Name: "entered", Kind: Number, Slot: X0},                        // as typed, when the unit is not mmol/L
		{Name: "sensor", Kind: Bool, Slot: X1},                           // measured by a sensor worn, not on a finger
		{Name: "sequence", Kind: Number, Slot: X2, Min: 0, Max: 1 << 40}, // the device's own number of the reading
		{Name: "note", Kind: Text},
	}},
	{Insulin, "insulin", text("胰岛素", "Insulin"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Unit: "U", Min: 0, Max: 400, Required: true},
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"regular", "nph", "ultralente", "rapid", "long", "premix", "other"}},
		{Name: "note", Kind: Text},
	}},
	{Basal, "basal", text("基础率", "Basal rate"), true, false, []Field{
		{Name: "rate", Kind: Number, Slot: SlotNum, Unit: "U/h", Min: 0, Max: 50, Required: true},
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"scheduled", "temporary", "suspended"}},
		{Name: "minutes", Kind: Number, Slot: X0, Unit: "min", Min: 0, Max: 1440}, // not given: until the next rate
		{Name: "device", Kind: Code, Slot: SlotC},
		{Name: "note", Kind: Text},
	}},
	{Meal, "meal", text("饮食", "Meal"), true, false, []Field{
		{Name: "carbs", Kind: Number, Slot: SlotNum, Unit: "g", Min: 0, Max: 1000},
		{Name: "size", Kind: Code, Slot: SlotA, Enum: []string{"usual", "more", "less"}},
		{Name: "photo", Kind: Bool, Slot: X0},
		{Name: "note", Kind: Text},
	}},
	{Exercise, "exercise", text("运动", "Exercise"), true, false, []Field{
		{Name: "minutes", Kind: Number, Slot: SlotNum, Unit: "min", Min: 0, Max: 1440},
		{Name: "level", Kind: Code, Slot: SlotA, Enum: []string{"usual", "more", "less"}},
		{Name: "note", Kind: Text},
	}},
	{Symptom, "symptom", text("症状", "Symptom"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Required: true},
		{Name: "severity", Kind: Number, Slot: SlotNum, Min: 0, Max: 10},
		{Name: "note", Kind: Text},
	}},
	{SpecialEvent, "special_event", text("特殊情况", "Special event"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA}, {Name: "note", Kind: Text},
	}},
	{HbA1c, "hba1c", text("糖化血红蛋白", "HbA1c"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Unit: "%", Units: []string{"%", "mmol/mol"}, Min: 3, Max: 20, Required: true},
		{Name: "unit", Kind: Code, Slot: SlotA, Enum: []string{"%", "mmol/mol"}}, // not given: %
		{Name: "verified", Kind: Bool, Slot: X1},
		{Name: "entered", Kind: Number, Slot: X0}, // as typed, when the unit is not %
		{Name: "lab", Kind: Text},
		{Name: "file", Kind: Text}, // the report it was read from
		{Name: "note", Kind: Text},
	}},
	{BloodPressure, "blood_pressure", text("血压", "Blood pressure"), true, false, []Field{
		{Name: "systolic", Kind: Number, Slot: SlotNum, Unit: "mmHg", Min: 40, Max: 300, Required: true},
		{Name: "diastolic", Kind: Number, Slot: X0, Unit: "mmHg", Min: 20, Max: 200, Required: true},
		{Name: "pulse", Kind: Number, Slot: X1, Unit: "/min", Min: 20, Max: 250},
	}},
	{Weight, "weight", text("体重", "Weight"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Unit: "kg", Min: 1, Max: 400, Required: true},
	}},
	{ContactAdded, "contact_added", text("添加好友", "Contact added"), false, false, []Field{
		{Name: "channel", Kind: Code, Slot: SlotA}, {Name: "code", Kind: Code, Slot: SlotB},
		{Name: "kind", Kind: Code, Slot: SlotC, Enum: cameBy},
		{Name: "addWay", Kind: Number, Slot: SlotNum, Min: 0, Max: 1000}, // WeCom's number
		{Name: "click", Kind: Text, Longest: 4000},                       // by which an ad platform knows the click again
	}},
	{CameAgain, "came_again", text("又扫了入口码", "Came by a code again"), false, false, []Field{
		{Name: "channel", Kind: Code, Slot: SlotA}, {Name: "code", Kind: Code, Slot: SlotB}, {Name: "kind", Kind: Code, Slot: SlotC, Enum: cameBy},
		{Name: "click", Kind: Text, Longest: 4000},
	}},
	{ContactRemoved, "contact_removed", text("删除好友", "Contact removed"), false, false, []Field{
		{Name: "by", Kind: Code, Slot: SlotA, Enum: []string{"person", "staff"}},
	}},
	{Profile, "profile", text("资料", "Profile"), false, false, []Field{
		{Name: "name", Kind: Text, Longest: 60},
		{Name: "phone", Kind: Text, Longest: 30},
		{Name: "gender", Kind: Code, Slot: SlotA, Enum: []string{"male", "female"}},
		{Name: "diabetesType", Kind: Code, Slot: SlotB, Enum: []string{"t1", "t2", "gdm", "prediabetes", "other"}},
		{Name: "treatment", Kind: Code, Slot: SlotC, Enum: []string{"lifestyle", "oral", "basal", "premix", "mdi", "glp1"}},
		{Name: "birthYear", Kind: Number, Slot: SlotNum, Min: 1900, Max: 2100},
		{Name: "diagnosedYear", Kind: Number, Slot: X0, Min: 1900, Max: 2100},
		{Name: "complete", Kind: Number, Slot: X1, Unit: "share", Min: 0, Max: 1},
		{Name: "livesAlone", Kind: Bool, Slot: X2},
		{Name: "elderMode", Kind: Bool, Slot: X3},
		{Name: "language", Kind: Text, Longest: 20},
		{Name: "zone", Kind: Text, Longest: 60},
		{Name: "glucoseUnit", Kind: Text, Longest: 20},
	}},
	{Medication, "medication", text("用药", "Medication"), true, false, []Field{
		{Name: "class", Kind: Code, Slot: SlotA, Required: true}, // unmapped: nobody knows the medicine yet
		{Name: "action", Kind: Code, Slot: SlotB, Enum: []string{"start", "stop", "change", "taken", "missed"}, Required: true},
		{Name: "generic", Kind: Code, Slot: SlotC},                                 // key of the catalogue of medicines
		{Name: "dose", Kind: Number, Slot: SlotNum, Min: 0, Max: 100000},           // each time, in the medicine's own unit
		{Name: "timesPerDay", Kind: Number, Slot: X0, Unit: "/d", Min: 0, Max: 24}, // 0.142857 is once a week
		{Name: "days", Kind: Number, Slot: X1, Unit: "d", Min: 1, Max: 4000},       // of the course; not given: until further notice
		{Name: "signed", Kind: Bool, Slot: X2},
		{Name: "name", Kind: Text},
		{Name: "doseText", Kind: Text, Longest: 200},
		{Name: "doseUnit", Kind: Text, Longest: 20}, // as typed
		{Name: "times", Kind: Text, Longest: 200},
		{Name: "reason", Kind: Text},
		{Name: "note", Kind: Text},
	}},
	{PlanSet, "plan", text("监测计划", "Monitoring plan"), true, false, []Field{
		{Name: "perWeek", Kind: Number, Slot: SlotNum, Unit: "/week", Min: 0, Max: 70, Required: true},
		{Name: "source", Kind: Code, Slot: SlotA, Enum: []string{"doctor", "programme"}},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: PlanKinds}, // the type of event that is planned; not given: glucose
		{Name: "pointsPerDay", Kind: Number, Slot: X0, Unit: "/d", Min: 0, Max: 24},
		{Name: "daysPerWeek", Kind: Number, Slot: X1, Unit: "d", Min: 0, Max: 7},
		{Name: "weeks", Kind: Number, Slot: X2, Min: 1, Max: 520}, // not given: until further notice
		{Name: "signed", Kind: Bool, Slot: X3},
		{Name: "points", Kind: Text, Longest: 200}, // the meal slots, joined by +
		{Name: "note", Kind: Text},
	}},
	{TargetSet, "target", text("控制目标", "Targets"), true, false, []Field{
		{Name: "profile", Kind: Code, Slot: SlotA, Required: true},
		{Name: "by", Kind: Code, Slot: SlotB},
		{Name: "signed", Kind: Bool, Slot: X0},
		{Name: "hba1cHigh", Kind: Number, Slot: SlotNum, Unit: "%", Min: 4, Max: 14},
		{Name: "fastingLow", Kind: Number, Slot: X1, Unit: "mmol/L", Min: 2, Max: 12},
		{Name: "fastingHigh", Kind: Number, Slot: X2, Unit: "mmol/L", Min: 4, Max: 20},
		{Name: "afterMealHigh", Kind: Number, Slot: X3, Unit: "mmol/L", Min: 5, Max: 25},
		{Name: "systolicHigh", Kind: Number, Slot: X4, Unit: "mmHg", Min: 90, Max: 200},
		{Name: "diastolicHigh", Kind: Number, Slot: X5, Unit: "mmHg", Min: 50, Max: 130},
		{Name: "ldlHigh", Kind: Number, Slot: X6, Unit: "mmol/L", Min: 0.3, Max: 8},
		{Name: "weightGoal", Kind: Number, Slot: X7, Unit: "kg", Min: 25, Max: 300},
		{Name: "note", Kind: Text},
	}},
	{Consent, "consent", text("同意", "Consent"), false, false, []Field{
		{Name: "purpose", Kind: Code, Slot: SlotA, Required: true, Enum: []string{
			"basic_service", "health_data", "device_data", "family_share", "marketing_push", "research_rwe",
			"session_archive", "hcp_share", "hcp_profile", "sponsor_share_identified", "ai_processing", "cross_border",
		}},
		{Name: "granted", Kind: Bool, Slot: SlotNum, Required: true},
		{Name: "textVersion", Kind: Code, Slot: SlotB, Required: true},
		{Name: "basis", Kind: Code, Slot: SlotC},
		{Name: "proof", Kind: Text},
		{Name: "guardian", Kind: Text, Longest: 60}, // the id of who decided for a child
	}},
	{Relation, "relation", text("关系", "Relation"), false, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Required: true},
		{Name: "scope", Kind: Code, Slot: SlotB}, // alerts, readings, ... joined by +
		{Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
		{Name: "person", Kind: Code, Slot: SlotC}, // the other's id
		{Name: "name", Kind: Text, Longest: 60},
		{Name: "proof", Kind: Text, Longest: 200}, // where it lies that they are, or that the person agreed
	}},
	{Assigned, "assigned", text("分配负责人", "Owner assigned"), false, false, []Field{
		{Name: "owner", Kind: Code, Slot: SlotA, Required: true},
		{Name: "role", Kind: Code, Slot: SlotB, Enum: []string{"manager", "pharmacist", "doctor", "rep"}},
		{Name: "filed", Kind: Bool, Slot: SlotNum}, // a representative's filing is valid
		{Name: "why", Kind: Code, Slot: SlotC, Enum: []string{"left", "load", "asked", "fits", "rule", "returned", "other"}},
		{Name: "from", Kind: Text, Longest: 60}, // the owner before
		{Name: "note", Kind: Text},
	}},
	{TaskOpened, "task_opened", text("任务开始", "Task opened"), false, true, taskFields},
	{TaskDone, "task_done", text("任务完成", "Task done"), false, true, taskFields},
	{TaskSkipped, "task_skipped", text("任务跳过", "Task skipped"), false, true, taskFields},
	{MessageSent, "message_sent", text("消息送出", "Message sent"), false, true, messageFields},
	{MessageSuppressed, "message_suppressed", text("消息被拦截", "Message suppressed"), false, true, append(slices.Clip(messageFields),
		Field{Name: "went", Kind: Number, Slot: X0},               // when a channel had it that did not say it failed for good; microseconds
		Field{Name: "as", Kind: Number, Slot: X1, Min: 0, Max: 9}, // the class it went as: message.ClassCode
	)},
	{MessageRead, "message_read", text("消息已看", "Message read"), false, true, messageFields},
	{Answer, "answer", text("卡片答复", "Card answer"), false, false, []Field{
		{Name: "content", Kind: Code, Slot: SlotA, Required: true},
		{Name: "answer", Kind: Code, Slot: SlotB, Required: true},
		{Name: "message", Kind: Text},
		{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of the message's id
	}},
	{Chat, "chat", text("聊天", "Chat"), false, false, []Field{
		{Name: "from", Kind: Code, Slot: SlotA, Enum: []string{"person", "staff", "bot"}, Required: true},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"reply", "bulk", "automatic"}}, // of staff; not given: written to this one person
		{Name: "content", Kind: Code, Slot: SlotC},                                            // the key of a text that was sent as it is
		{Name: "channel", Kind: Number, Slot: X0, Min: 0, Max: 9},                             // by which way: conversation.ChannelCode; not given: in the app
		{Name: "text", Kind: Text},
	}},
	{CheckIn, "check_in", text("打卡", "Check-in"), false, false, []Field{
		{Name: "pillar", Kind: Code, Slot: SlotA, Enum: []string{"meal", "exercise", "monitoring", "learning"}},
	}},
	{CampEnrolled, "camp_enrolled", text("加入训练营", "Camp enrolled"), false, false, []Field{{Name: "camp", Kind: Code, Slot: SlotA}}},
	{CampEnded, "camp_ended", text("训练营结束", "Camp ended"), false, false, []Field{
		{Name: "camp", Kind: Code, Slot: SlotA},
		{Name: "outcome", Kind: Code, Slot: SlotB, Enum: []string{"finished", "dropped"}},
	}},
	{ContentRead, "content_read", text("阅读内容", "Content read"), false, false, []Field{
		{Name: "content", Kind: Code, Slot: SlotA},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"article", "video", "live", "lesson"}},
		{Name: "share", Kind: Number, Slot: SlotNum, Unit: "share", Min: 0, Max: 1},
		{Name: "topic", Kind: Code, Slot: SlotC},
		{Name: "minutes", Kind: Number, Slot: X0, Unit: "min", Min: 0, Max: 1440},
	}},
	{Quiz, "quiz", text("小测", "Quiz"), false, false, []Field{
		{Name: "quiz", Kind: Code, Slot: SlotA}, {Name: "topic", Kind: Code, Slot: SlotB}, {Name: "score", Kind: Number, Slot: SlotNum, Unit: "share", Min: 0, Max: 1, Required: true},
	}},
	{Page, "page", text("浏览", "Page viewed"), false, false, []Field{
		{Name: "name", Kind: Code, Slot: SlotA},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"page", "screen"}},
		{Name: "title", Kind: Text}, {Name: "path", Kind: Text}, {Name: "url", Kind: Text},
	}},
	{GroupCall, "group", text("归属", "Belongs to"), false, false, []Field{ // Segment's group: an account, a clinic, a community
		{Name: "group", Kind: Code, Slot: SlotA, Required: true},
		{Name: "name", Kind: Text},
	}},
	{Order, "order", text("订单", "Order"), false, false, []Field{
		{Name: "shop", Kind: Code, Slot: SlotA},
		{Name: "product", Kind: Code, Slot: SlotB},
		{Name: "quantity", Kind: Number, Slot: SlotNum, Min: 0, Max: 10000},
		{Name: "amount", Kind: Number, Slot: X0, Unit: "CNY", Min: -1e7, Max: 1e7},
		{Name: "days", Kind: Number, Slot: X1, Unit: "d", Min: 1, Max: 4000}, // of supply, for what is used up
		{Name: "kind", Kind: Code, Slot: SlotC, Enum: ProductKinds},          // as the catalogue of products has it
		{Name: "strips", Kind: Number, Slot: X2, Min: 0, Max: 1e6},           // pieces in all boxes together
		{Name: "ref", Kind: Number, Slot: X3},                                // Ref of the order's number, as shop and number
		{Name: "prescription", Kind: Bool, Slot: X4},                         // bought on prescription: never earns points
		{Name: "line", Kind: Number, Slot: X5, Min: 1, Max: 1000},            // of a receipt or order with several
		{Name: "number", Kind: Text}, {Name: "sku", Kind: Text, Longest: 120}, {Name: "barcode", Kind: Text, Longest: 120}, {Name: "title", Kind: Text, Longest: 300},
		{Name: "file", Kind: Text, Longest: 60}, by, // the receipt it was typed from, and who uploaded it
	}},
	{Refund, "refund", text("退款", "Refund"), false, false, []Field{ // lies at the moment of the refund; the order stays
		{Name: "shop", Kind: Code, Slot: SlotA},
		{Name: "product", Kind: Code, Slot: SlotB},
		{Name: "quantity", Kind: Number, Slot: SlotNum, Min: 0, Max: 10000}, // sent back
		{Name: "amount", Kind: Number, Slot: X0, Unit: "CNY", Min: 0, Max: 1e7},
		{Name: "days", Kind: Number, Slot: X1, Unit: "d", Min: 1, Max: 4000}, // of supply sent back
		{Name: "ref", Kind: Number, Slot: X2},                                // Ref of the order's number, as shop and number
		{Name: "kind", Kind: Code, Slot: SlotC, Enum: ProductKinds},
		{Name: "strips", Kind: Number, Slot: X3, Min: 0, Max: 1e6}, // pieces sent back
		{Name: "line", Kind: Number, Slot: X4, Min: 1, Max: 1000},  // which line of the order went back; not given: by its product
		{Name: "number", Kind: Text}, {Name: "reason", Kind: Text},
		{Name: "sku", Kind: Text, Longest: 120}, {Name: "barcode", Kind: Text, Longest: 120}, {Name: "title", Kind: Text, Longest: 300},
	}},
	{Fill, "fill", text("取药", "Medicine fill"), true, false, []Field{
		{Name: "class", Kind: Code, Slot: SlotA, Required: true},
		{Name: "days", Kind: Number, Slot: SlotNum, Unit: "d", Min: 1, Max: 400}, // of supply; not given: worked out of the rest, or unknown
		{Name: "generic", Kind: Code, Slot: SlotB},
		{Name: "name", Kind: Text, Longest: 120},
		{Name: "place", Kind: Text, Longest: 120}, // where it was got from
		{Name: "note", Kind: Text},
		{Name: "quantity", Kind: Number, Slot: X0, Min: 0, Max: 10000},
		{Name: "counted", Kind: Code, Slot: SlotC, Enum: Counted},               // what the quantity is of
		{Name: "perDay", Kind: Number, Slot: X1, Unit: "/d", Min: 0, Max: 1000}, // pieces taken a day
		{Name: "reckoned", Kind: Bool, Slot: X2},                                // the days follow from quantity, dose and product
		{Name: "doseText", Kind: Text, Longest: 200},                            // how it is to be taken, as it is printed
		{Name: "sku", Kind: Text, Longest: 120}, {Name: "barcode", Kind: Text, Longest: 120},
		{Name: "product", Kind: Text, Longest: 60}, // as the catalogue of products has it
	}},
	{Visit, "visit", text("就诊", "Visit"), true, false, []Field{
		{Name: "department", Kind: Code, Slot: SlotA},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"offline", "online", "telephone", "home"}},
		{Name: "note", Kind: Text},
	}},
	{Referral, "referral", text("推荐", "Referral"), false, false, []Field{
		{Name: "person", Kind: Code, Slot: SlotA}, {Name: "activated", Kind: Bool, Slot: SlotNum},
		{Name: "kind", Kind: Code, Slot: SlotB, Enum: []string{"patient", "family", "doctor"}}, // who was brought
		{Name: "consented", Kind: Bool, Slot: X0},
	}},
	{HelpfulPost, "helpful_post", text("有用的回答", "Helpful post"), false, false, []Field{{Name: "group", Kind: Code, Slot: SlotA}}},
	{AlertClosed, "alert_closed", text("警报关闭", "Alert closed"), false, true, taskFields},
	{Correction, "correction", text("更正", "Correction"), false, false, []Field{{Name: "reason", Kind: Code, Slot: SlotA}}},
	{FormAnswer, "form_answer", text("问卷回答", "Form answer"), true, false, []Field{
		{Name: "form", Kind: Code, Slot: SlotA, Required: true},
		{Name: "item", Kind: Code, Slot: SlotB, Required: true},
		{Name: "code", Kind: Code, Slot: SlotC},
		{Name: "value", Kind: Number, Slot: SlotNum},
		{Name: "text", Kind: Text}, // to an item that takes words; rules do not read it
	}},
	{ProgrammeJoined, "programme_joined", text("进入项目", "Programme joined"), false, false, []Field{
		{Name: "programme", Kind: Code, Slot: SlotA, Required: true}, {Name: "active", Kind: Bool, Slot: SlotNum},
	}},
	{StageSet, "stage_set", text("人工定阶段", "Stage set by hand"), false, true, []Field{
		{Name: "stage", Kind: Code, Slot: SlotA, Required: true}, {Name: "reason", Kind: Text},
	}},
	{TaskPostponed, "task_postponed", text("任务顺延", "Task postponed"), false, true, taskFields},
	{TaskHanded, "task_handed", text("任务转交", "Task handed over"), false, true, taskFields},
	{TaskReminded, "task_reminded", text("催任务", "Task reminded of"), false, true, taskFields},  // staff are reminded, nobody else
	{TaskEscalated, "task_escalated", text("任务升级", "Task escalated"), false, true, taskFields}, // outcome: the role that has it now
	{Erased, "erased", text("资料已删除", "Data erased"), false, true, nil},
	{Pain, "pain", text("疼痛", "Pain"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Min: 0, Max: 10, Required: true}, // NRS or VAS, 0 none to 10 the worst
		{Name: "site", Kind: Code, Slot: SlotA, Enum: []string{"left_hip", "right_hip", "knee", "back", "other"}},
		{Name: "note", Kind: Text},
	}},
	{ClinicalStage, "clinical_stage", text("临床分期", "Clinical stage"), true, false, []Field{
		{Name: "system", Kind: Code, Slot: SlotA, Enum: measure.StageSystems(), Required: true},
		{Name: "stage", Kind: Code, Slot: SlotB, Required: true}, // one of measure.Stages of the system
		{Name: "side", Kind: Code, Slot: SlotC, Enum: []string{"left", "right"}},
		{Name: "extent", Kind: Number, Slot: SlotNum, Unit: "%", Min: 0, Max: 100}, // of the femoral head
		{Name: "signed", Kind: Bool, Slot: X0},                                     // by a doctor's own account
		{Name: "verified", Kind: Bool, Slot: X1},                                   // staff saw the report
		{Name: "file", Kind: Text},
		{Name: "by", Kind: Text, Longest: 60}, // who said so
		{Name: "note", Kind: Text},
	}},
	{Glucocorticoid, "glucocorticoid", text("糖皮质激素", "Glucocorticoid"), true, false, []Field{
		{Name: "dose", Kind: Number, Slot: SlotNum, Unit: "mg/d", Min: 0, Max: 5000, Required: true}, // of the drug itself
		{Name: "drug", Kind: Code, Slot: SlotA, Enum: measure.Glucocorticoids(), Required: true},
		{Name: "days", Kind: Number, Slot: X0, Unit: "d", Min: 1, Max: 400, Required: true}, // from the day of the event on
		{Name: "signed", Kind: Bool, Slot: X1},
		{Name: "name", Kind: Text},
		{Name: "doseText", Kind: Text, Longest: 200},
		{Name: "doseUnit", Kind: Text, Longest: 20},
		{Name: "times", Kind: Text, Longest: 200},
		{Name: "reason", Kind: Text},
		{Name: "note", Kind: Text},
	}},
	{SegmentSet, "segment_set", text("手工分群", "Segment by hand"), false, true, []Field{
		{Name: "segment", Kind: Code, Slot: SlotA, Required: true},
		{Name: "state", Kind: Code, Slot: SlotB, Enum: []string{"in", "out", "rule"}, Required: true}, // rule: as the rule says again
		{Name: "until", Kind: Number, Slot: X0},                                                       // microseconds; not given: until further notice
		{Name: "reason", Kind: Text},
	}},
	{Merged, "merged", text("与另一人合并或分开", "Merged with another person or parted"), false, true, []Field{
		{Name: "what", Kind: Code, Slot: SlotA, Enum: []string{"link", "unlink", "split"}, Required: true},
		{Name: "other", Kind: Number, Slot: SlotNum},                        // inside number of who was linked or parted
		{Name: "with", Kind: Code, Slot: SlotB, Enum: []string{"consents"}}, // of a split: consents went along
		{Name: "moved", Kind: Number, Slot: X0},                             // of a split: how many events went along
		{Name: "reason", Kind: Text},
	}},
}

var taskFields = []Field{
	{Name: "task", Kind: Text},                 // outside id of the task
	{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of that id, what a waiting run compares
	{Name: "journey", Kind: Code, Slot: SlotA},
	{Name: "script", Kind: Code, Slot: SlotB},
	{Name: "outcome", Kind: Code, Slot: SlotC},
	{Name: "until", Kind: Number, Slot: X0}, // microseconds, for a postponement
	{Name: "note", Kind: Text},
}

var messageFields = []Field{
	{Name: "message", Kind: Text},              // outside id of the message
	{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of that id
	{Name: "journey", Kind: Code, Slot: SlotA},
	{Name: "content", Kind: Code, Slot: SlotB},
	{Name: "class", Kind: Code, Slot: SlotC}, // safety, asked, programme; for a suppression the reason
}

var byKey = func() map[string]*Spec {
	m := make(map[string]*Spec, len(catalogue))
	for i := range catalogue {
		m[catalogue[i].Key] = &catalogue[i]
	}
	return m
}()

var byType = func() [lastType]*Spec {
	var a [lastType]*Spec
	for i := range catalogue {
		a[catalogue[i].Type] = &catalogue[i]
	}
	return a
}()

// Lookup finds a type by its wire name, nil if there is none.
func Lookup(key string) *Spec { return byKey[key] }

// Spec tells what the catalogue says about t, nil if t is none of its types.
func (t Type) Spec() *Spec {
	if t == 0 || t >= lastType {
		return nil
	}
	return byType[t]
}

func (t Type) String() string {
	if s := t.Spec(); s != nil {
		return s.Key
	}
	return ""
}

// Catalogue lists every type in its fixed order.
func Catalogue() []Spec { return catalogue }

// Field finds a property by name, nil if the type has none of that name.
func (s *Spec) Field(name string) *Field {
	for i := range s.Fields {
		if s.Fields[i].Name == name {
			return &s.Fields[i]
		}
	}
	return nil
}
