package task

import "peiban/internal/fault"

// Outcome is one way a task may end, as staff choose and read it.
type Outcome struct {
	Key  string
	Name fault.Text
}

// Outcomes are what a step of a journey may offer staff to choose from, in the order they are shown.
var Outcomes = []Outcome{
	{"reached", fault.Text{Zh: "联系上了", En: "Reached"}},
	{"agreed", fault.Text{Zh: "约好了", En: "Agreed"}},
	{Unreached, fault.Text{Zh: "没接通", En: "No answer"}},
	{"went_to_hospital", fault.Text{Zh: "已就诊", En: "Went to hospital"}},
	{"refer_pharmacist", fault.Text{Zh: "请药师看", En: "Pharmacist to look"}},
	{"refer_doctor", fault.Text{Zh: "请医生看", En: "Doctor to look"}},
	{"adverse_event", fault.Text{Zh: "可能是不良反应", En: "Possible adverse event"}},
	{"do_not_contact", fault.Text{Zh: "不再联系", En: "Do not contact"}},
}

// plain are the outcomes of work no step asked for.
var plain = []Outcome{
	{Handled, fault.Text{Zh: "已处理", En: "Handled"}},
	{"appointment", fault.Text{Zh: "约好了时间", En: "Agreed a time"}},
}

// OutcomeNames are all outcomes by their keys.
var OutcomeNames = func() map[string]fault.Text {
	names := map[string]fault.Text{}
	for _, list := range [][]Outcome{Outcomes, plain} {
		for _, o := range list {
			names[o.Key] = o.Name
		}
	}
	return names
}()
