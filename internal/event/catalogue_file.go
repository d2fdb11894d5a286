package event

import "peiban/internal/measure"

// Conditions are the diagnoses rules know by name. A diagnosis of another kind is kept as text.
var Conditions = []string{
	"t1", "t2", "gdm", "prediabetes", "diabetes_other", "hypertension", "dyslipidaemia", "obesity", "onfh", "ascvd", "heart_failure",
	"atrial_fibrillation", "stroke", "ckd", "retinopathy", "neuropathy", "diabetic_foot", "dka", "nafld", "gout", "osteoporosis",
	"thyroid", "lupus", "nephrotic", "rheumatoid", "organ_transplant", "blood_disease", "copd_asthma", "cancer", "depression", "other",
}

// Circumstances are the facts of somebody's life that rules read.
var Circumstances = []string{
	"smoking", "alcohol", "shift_work", "lives_alone", "driving", "carer", "cooks", "diet", "work", "mobility", "sight", "hearing",
	"literacy", "smartphone", "source_department", "reimbursement", "diving", "other",
}

// CarePlanKinds are what a plan other than counting readings is about.
var CarePlanKinds = []string{
	"imaging", "hba1c", "lab", "visit", "eye_check", "foot_check", "kidney_check", "weight_bearing", "preservation", "surgery",
	"tcm", "rehabilitation", "education", "medicine_review", "other",
}

// careDetails are how weight is borne, and then the sites of images.
var careDetails = []string{"full", "partial", "one_crutch", "two_crutches", "none", "hip", "knee", "spine", "eye", "foot", "heart", "carotid"}

// signed says that the doctor's own account said so; by and verified say who else did and whether staff saw the paper.
func signed(s Slot) Field   { return Field{Name: "signed", Kind: Bool, Slot: s} }
func verified(s Slot) Field { return Field{Name: "verified", Kind: Bool, Slot: s} }

var (
	by   = Field{Name: "by", Kind: Text, Longest: 60}
	note = Field{Name: "note", Kind: Text}
	scan = Field{Name: "file", Kind: Text} // id of a file of the person
)

// file is the health file: what is known of a person before, during and after diagnosis. An event lies at the moment it was
// true (the day of the diagnosis, of the blood sample), not when somebody wrote it down: the envelope says that.
var file = []Spec{
	{Diagnosis, "diagnosis", text("诊断", "Diagnosis"), true, false, []Field{
		{Name: "condition", Kind: Code, Slot: SlotA, Enum: Conditions, Required: true},
		{Name: "status", Kind: Code, Slot: SlotB, Enum: []string{"confirmed", "suspected", "excluded", "resolved"}, Required: true},
		{Name: "cause", Kind: Code, Slot: SlotC, Enum: []string{"glucocorticoid", "alcohol", "trauma", "other", "unknown"}},
		signed(X0), verified(X1),
		{Name: "date", Kind: Text, Longest: 10}, // as said: 2015, 2015-03 or 2015-03-08
		{Name: "name", Kind: Text, Longest: 120},
		by, scan, note,
	}},
	{Lab, "lab", text("化验", "Laboratory value"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Required: true}, // in the unit measure.Lab gives the test
		{Name: "test", Kind: Code, Slot: SlotA, Enum: measure.LabKeys(), Required: true},
		{Name: "unit", Kind: Code, Slot: SlotB, Required: true},
		{Name: "judged", Kind: Code, Slot: SlotC, Enum: []string{"low", "normal", "high"}}, // as the laboratory printed it
		{Name: "entered", Kind: Number, Slot: X0},                                          // as typed, when the unit is another
		{Name: "refLow", Kind: Number, Slot: X1},                                           // the laboratory's own range, same unit as the value typed
		{Name: "refHigh", Kind: Number, Slot: X2},
		verified(X3),
		{Name: "lab", Kind: Text, Longest: 120}, scan, note,
	}},
	{Imaging, "imaging", text("影像检查", "Imaging"), true, false, []Field{
		{Name: "modality", Kind: Code, Slot: SlotA, Enum: []string{"xray", "mri", "ct", "bone_scan", "ultrasound", "fundus", "dxa", "echo", "other"}, Required: true},
		{Name: "site", Kind: Code, Slot: SlotB, Enum: []string{"hip", "knee", "spine", "eye", "foot", "heart", "carotid", "kidney", "liver", "thyroid", "chest", "other"}},
		{Name: "side", Kind: Code, Slot: SlotC, Enum: []string{"left", "right", "both"}},
		verified(X0),
		{Name: "finding", Kind: Text}, {Name: "hospital", Kind: Text, Longest: 120}, scan, by, note,
		{Name: "system", Kind: Text, Longest: 40}, // the stage as the report has it: told, nobody's staging; a clinical_stage is that
		{Name: "stage", Kind: Text, Longest: 20},  // one of measure.Stages of the system
	}},
	{Surgery, "surgery", text("手术", "Surgery"), true, false, []Field{
		{Name: "procedure", Kind: Code, Slot: SlotA, Enum: []string{
			"core_decompression", "bone_graft", "osteotomy", "hip_replacement", "pci", "cabg", "laser", "vitrectomy", "amputation",
			"metabolic", "kidney_transplant", "other",
		}, Required: true},
		{Name: "status", Kind: Code, Slot: SlotB, Enum: []string{"planned", "done", "cancelled"}, Required: true},
		{Name: "side", Kind: Code, Slot: SlotC, Enum: []string{"left", "right", "both"}},
		{Name: "inDays", Kind: Number, Slot: SlotNum, Unit: "d", Min: 0, Max: 1000}, // a planned one: how long after the event
		signed(X0), verified(X1),
		{Name: "name", Kind: Text, Longest: 120}, {Name: "hospital", Kind: Text, Longest: 120}, by, scan, note,
	}},
	{Allergy, "allergy", text("过敏", "Allergy"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"drug", "food", "contrast", "plaster", "other"}, Required: true},
		{Name: "generic", Kind: Code, Slot: SlotB}, // of a drug the catalogue of medicines knows
		{Name: "severity", Kind: Code, Slot: SlotC, Enum: []string{"mild", "moderate", "severe"}},
		{Name: "active", Kind: Bool, Slot: SlotNum, Required: true},
		signed(X0),
		{Name: "substance", Kind: Text, Longest: 120}, {Name: "reaction", Kind: Text}, by, note,
	}},
	{Device, "device", text("设备", "Device"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"meter", "cgm", "bp_monitor", "scale", "pump", "pen", "band", "crutch", "other"}, Required: true},
		{Name: "status", Kind: Code, Slot: SlotB, Enum: []string{"in_use", "checked", "error", "returned", "lost"}, Required: true},
		{Name: "device", Kind: Code, Slot: SlotC, Required: true},                      // its serial number, what readings say
		{Name: "checkDays", Kind: Number, Slot: SlotNum, Unit: "d", Min: 1, Max: 2000}, // until the next check, from the event on
		{Name: "model", Kind: Text, Longest: 80}, {Name: "owner", Kind: Text, Longest: 60}, note,
	}},
	{CarePlan, "care_plan", text("诊疗计划", "Care plan"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: CarePlanKinds, Required: true},
		{Name: "detail", Kind: Code, Slot: SlotB, Enum: careDetails}, // of bearing weight, or the site of imaging
		{Name: "source", Kind: Code, Slot: SlotC, Enum: []string{"doctor", "programme", "person"}},
		{Name: "everyDays", Kind: Number, Slot: SlotNum, Unit: "d", Min: 1, Max: 4000},
		{Name: "days", Kind: Number, Slot: X0, Unit: "d", Min: 1, Max: 4000}, // how long the plan holds; not given: until further notice
		{Name: "active", Kind: Bool, Slot: X1},
		signed(X2),
		{Name: "inDays", Kind: Number, Slot: X3, Unit: "d", Min: 1, Max: 1000}, // once, on that day after the event; not beside everyDays
		{Name: "text", Kind: Text}, by, note,
	}},
	{MealPlan, "meal_plan", text("饮食计划", "Meal plan"), true, false, []Field{
		{Name: "portions", Kind: Number, Slot: SlotNum, Unit: "/d", Min: 0, Max: 60}, // of carbohydrate
		{Name: "source", Kind: Code, Slot: SlotA, Enum: []string{"doctor", "programme", "person"}},
		{Name: "portionGrams", Kind: Number, Slot: X0, Unit: "g", Min: 5, Max: 50},
		{Name: "energy", Kind: Number, Slot: X1, Unit: "kcal", Min: 400, Max: 6000},
		{Name: "breakfast", Kind: Number, Slot: X2, Min: 0, Max: 30},
		{Name: "lunch", Kind: Number, Slot: X3, Min: 0, Max: 30},
		{Name: "dinner", Kind: Number, Slot: X4, Min: 0, Max: 30},
		signed(X5), {Name: "text", Kind: Text}, by, note,
	}},
	{ExercisePlan, "exercise_plan", text("运动计划", "Exercise plan"), true, false, []Field{
		{Name: "minutes", Kind: Number, Slot: SlotNum, Unit: "min", Min: 0, Max: 3000}, // a week
		{Name: "source", Kind: Code, Slot: SlotA, Enum: []string{"doctor", "programme", "person"}},
		{Name: "level", Kind: Code, Slot: SlotB, Enum: []string{"light", "moderate", "strong"}},
		{Name: "daysPerWeek", Kind: Number, Slot: X0, Unit: "d", Min: 0, Max: 7},
		{Name: "steps", Kind: Number, Slot: X1, Unit: "/d", Min: 0, Max: 60000},
		signed(X2), {Name: "text", Kind: Text}, by, note,
	}},
	{Circumstance, "circumstance", text("生活情况", "Life circumstance"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: Circumstances, Required: true},
		{Name: "answer", Kind: Code, Slot: SlotB, Required: true},       // yes, no, former; a department; a kind of work
		{Name: "value", Kind: Number, Slot: SlotNum, Min: 0, Max: 1000}, // cigarettes a day, drinks a week
		note,
	}},
	{Pregnancy, "pregnancy", text("妊娠", "Pregnancy"), true, false, []Field{ // lies at its beginning, 280 days before the due date
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"pregnant", "ended"}, Required: true},
		{Name: "due", Kind: Text, Longest: 10},
		signed(X0), note,
	}},
	{Checkup, "checkup", text("专项检查", "Check-up"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"eye", "foot", "kidney", "heart", "teeth", "nerve", "vessel", "other"}, Required: true},
		{Name: "result", Kind: Code, Slot: SlotB, Enum: []string{"normal", "abnormal", "unclear"}},
		verified(X0), scan, note,
	}},
	{Score, "score", text("量表评分", "Scale score"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Min: -1000, Max: 1000, Required: true},
		{Name: "scale", Kind: Code, Slot: SlotA, Enum: []string{"harris", "harris_patient", "paid", "dds17", "phq9", "gad7", "mmas8", "promis", "other"}, Required: true},
		{Name: "version", Kind: Code, Slot: SlotB},
		{Name: "side", Kind: Code, Slot: SlotC, Enum: []string{"left", "right"}},
		signed(X0), note,
	}},
	{Concern, "concern", text("顾虑", "Concern"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"cost", "side_effects", "dependence", "self_stopped", "surgery", "needles", "no_effect", "forgetting", "other"}, Required: true},
		{Name: "class", Kind: Code, Slot: SlotB}, // of medicine, where it is about one
		{Name: "said", Kind: Code, Slot: SlotC, Enum: []string{"form", "chat", "call", "visit"}},
		{Name: "confirmed", Kind: Bool, Slot: SlotNum}, // by staff
		note,
	}},
	{SideEffect, "side_effect", text("副作用", "Side effect"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Required: true},
		{Name: "class", Kind: Code, Slot: SlotB},
		{Name: "generic", Kind: Code, Slot: SlotC},
		{Name: "severity", Kind: Number, Slot: SlotNum, Min: 0, Max: 10},
		note,
	}},
	{HypoEpisode, "hypo_episode", text("低血糖发作", "Hypoglycaemia"), true, false, []Field{
		{Name: "level", Kind: Number, Slot: SlotNum, Min: 1, Max: 3, Required: true}, // 3: needed another's help
		{Name: "felt", Kind: Code, Slot: SlotA, Enum: []string{"yes", "no"}},
		{Name: "cause", Kind: Code, Slot: SlotB, Enum: []string{"missed_meal", "exercise", "dose", "alcohol", "illness", "unknown"}},
		note,
	}},
	{Admission, "admission", text("住院", "Hospital stay"), true, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"admitted", "discharged"}, Required: true},
		{Name: "department", Kind: Code, Slot: SlotB},
		{Name: "hospital", Kind: Text, Longest: 120}, scan, note,
	}},
	{Steps, "steps", text("步数", "Steps"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Unit: "/d", Min: 0, Max: 200000, Required: true},
		{Name: "device", Kind: Code, Slot: SlotC},
	}},
	{Sleep, "sleep", text("睡眠", "Sleep"), true, false, []Field{
		{Name: "hours", Kind: Number, Slot: SlotNum, Unit: "h", Min: 0, Max: 24, Required: true},
		{Name: "quality", Kind: Number, Slot: X0, Min: 0, Max: 10},
		{Name: "device", Kind: Code, Slot: SlotC},
	}},
	{Height, "height", text("身高", "Height"), true, false, []Field{
		{Name: "value", Kind: Number, Slot: SlotNum, Unit: "cm", Min: 30, Max: 250, Required: true},
		{Name: "waist", Kind: Number, Slot: X0, Unit: "cm", Min: 30, Max: 250},
	}},
	{Report, "report", text("报告", "Report"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"lab", "imaging", "discharge", "prescription", "pathology", "other", "receipt"}, Required: true},
		{Name: "status", Kind: Code, Slot: SlotB, Enum: []string{"uploaded", "verified", "refused"}, Required: true},
		{Name: "name", Kind: Text, Longest: 120}, {Name: "media", Kind: Text, Longest: 60}, scan, note,
	}},
	{DoctorTalk, "doctor_talk", text("医生沟通", "Talk with a doctor"), true, false, []Field{
		{Name: "topic", Kind: Code, Slot: SlotA, Enum: []string{"surgery", "medicine", "complication", "result", "prognosis", "other"}, Required: true},
		signed(X0), by, note,
	}},
	{Disclosure, "disclosure", text("告知方式", "Disclosure"), true, false, []Field{
		{Name: "mode", Kind: Code, Slot: SlotA, Enum: []string{"patient", "family_first", "both"}, Required: true},
		signed(X0),
		{Name: "reason", Kind: Text},
	}},
	{VisitQuestion, "visit_question", text("就诊要问的", "Question for the visit"), true, false, []Field{
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"open", "asked", "answered", "dropped"}, Required: true},
		signed(X0),
		{Name: "question", Kind: Text}, {Name: "answer", Kind: Text},
	}},
	{VisitAnswer, "visit_answer", text("医生经就诊链接的答复", "Doctor's answer by visit link"), true, true, []Field{ // nobody's signed statement: the name is as typed
		{Name: "status", Kind: Code, Slot: SlotA, Enum: []string{"waiting", "confirmed", "refused"}, Required: true},
		{Name: "statements", Kind: Number, Slot: SlotNum, Min: 0, Max: 100}, // how many it holds; after confirming, how many were taken into the file
		{Name: "link", Kind: Text, Longest: 40},
		{Name: "name", Kind: Text, Longest: 60}, {Name: "hospital", Kind: Text, Longest: 120},
		note,
	}},
	{Goal, "goal", text("个人目标", "Own goal"), true, false, []Field{
		{Name: "kind", Kind: Code, Slot: SlotA, Enum: []string{"monitoring", "diet", "exercise", "weight", "sleep", "smoking", "pain", "medicine", "other"}, Required: true},
		{Name: "status", Kind: Code, Slot: SlotB, Enum: []string{"set", "reached", "dropped"}},
		{Name: "value", Kind: Number, Slot: SlotNum},
		{Name: "text", Kind: Text},
	}},
	{FamilyHistory, "family_history", text("家族病史", "Family history"), true, false, []Field{
		{Name: "relative", Kind: Code, Slot: SlotA, Enum: []string{"mother", "father", "sister", "brother", "child", "grandparent", "other"}, Required: true},
		{Name: "condition", Kind: Code, Slot: SlotB, Enum: Conditions, Required: true},
		{Name: "age", Kind: Number, Slot: SlotNum, Min: 0, Max: 120}, // of the relative when it was found
		{Name: "name", Kind: Text, Longest: 120},                     // of a condition that is another
		note,
	}},
	{MedicineMapped, "medicine_mapped", text("药品对照", "Medicine mapped"), true, true, []Field{
		{Name: "generic", Kind: Code, Slot: SlotA, Required: true},
		{Name: "class", Kind: Code, Slot: SlotB, Required: true},
		{Name: "ref", Kind: Number, Slot: SlotNum}, // Ref of the entry's id that was unmapped
		{Name: "entry", Kind: Text},
		{Name: "name", Kind: Text},
	}},
}
