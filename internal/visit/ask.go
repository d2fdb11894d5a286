package visit

import "peiban/internal/fault"

// Facts are what a page knows that makes a question worth asking.
type Facts struct {
	Lows      int  // in the span
	NightLows int  // of them at night
	HighSlot  bool // a meal slot lies above the person's own target more often than not
	Missed    bool // doses were missed
	A1cUp     bool // HbA1c rose
	A1cOld    bool // none within half a year, or none at all
	NewDrug   bool // a medicine began or changed in the span
	LabOff    bool // the newest value of a laboratory test is outside the laboratory's range
	Glucose   bool // the page tells glucose
	Pressure  bool // a programme of the person is about blood pressure
	Hip       bool // a programme of the person is about a hip
}

// Question is one that a person may choose to ask. It asks and advises nothing.
type Question struct {
	Key  string
	Text fault.Text
}

func question(key, zh, en string) Question { return Question{key, fault.Text{Zh: zh, En: en}} }

// Suggest gives questions that fit, the most pressing first, and then those that fit everybody.
func Suggest(f Facts) []Question {
	var out []Question
	add := func(when bool, q Question) {
		if when {
			out = append(out, q)
		}
	}
	add(f.NightLows > 0, question("night_low", "我夜里低过血糖，睡前要注意什么？", "I had a low at night. What should I watch before bed?"))
	add(f.Lows > 0, question("low", "为什么会低血糖？药要不要改？", "Why do I have lows? Should a medicine be changed?"))
	add(f.HighSlot, question("high", "这一餐总偏高，怎么办？", "One meal slot is often high. What can be done?"))
	add(f.Missed, question("missed", "药常常忘，能不能简单一点？", "I often forget doses. Can it be made simpler?"))
	add(f.NewDrug, question("new_drug", "新换的药，多久能看出效果？", "When will the new medicine show an effect?"))
	add(f.A1cUp, question("a1c_up", "糖化升高了，是什么原因？", "My HbA1c rose. What is the reason?"))
	add(f.A1cOld, question("a1c_due", "要不要复查糖化？", "Is it time to check HbA1c again?"))
	add(f.LabOff, question("lab", "化验有超出范围的，要紧吗？", "Some laboratory values are out of range. Does it matter?"))
	add(f.Glucose, question("targets", "我的血糖目标是多少？", "What are my glucose targets?"))
	add(f.Pressure, question("pressure", "我的血压目标是多少？", "What is my target of blood pressure?"))
	add(f.Hip, question("bearing", "髋能负多少重、能走多久？", "How much weight may the hip bear, and how long may I walk?"))
	add(f.Hip, question("image", "什么时候复查影像？", "When is the next image due?"))
	add(f.Glucose || f.Pressure, question("monitoring", "每周测几次、什么时候测？", "How often, and when, should I measure?"))
	add(f.Glucose, question("checks", "眼、脚、肾该查了吗？", "Are checks of eyes, feet and kidneys due?"))
	add(true, question("next", "下次什么时候来？", "When should I come next?"))
	return out
}
