package relation

import (
	"peiban/internal/event"
	"peiban/internal/measure"
)

// of says to which item what is told of a person belongs. What is not here is told to nobody around them.
var of = map[event.Type]Item{
	event.Glucose: Readings, event.BloodPressure: Readings, event.Weight: Readings, event.Pain: Readings, event.Symptom: Readings,
	event.Steps: Readings, event.Sleep: Readings, event.Height: Readings, event.HypoEpisode: Readings,
	event.TargetSet: Targets, event.Goal: Targets,
	event.Medication: Medicines, event.Glucocorticoid: Medicines, event.Fill: Medicines, event.Allergy: Medicines, event.SideEffect: Medicines,
	event.Lab: Reports, event.HbA1c: Reports, event.Imaging: Reports, event.Checkup: Reports, event.Diagnosis: Reports,
	event.ClinicalStage: Reports, event.Surgery: Reports, event.Admission: Reports, event.Report: Reports, event.Score: Reports,
	event.DoctorTalk: Reports, event.Pregnancy: Reports,
	event.PlanSet: Plan, event.CarePlan: Plan, event.MealPlan: Plan, event.ExercisePlan: Plan, event.Visit: Plan, event.VisitQuestion: Plan,
	event.Chat: Chats, event.ReferralStep: Progress,
}

// ItemOf is the item an event of a type belongs to; "" when nobody around the person is told of it.
func ItemOf(t event.Type) Item { return of[t] }

// seriousFrom is the stage of a system from which it is serious news.
//
// Source: docs/guide/relations.md: stage IIIB and IV of osteonecrosis, blindness and amputation;
// CKD G5 is dialysis (KDIGO 2012).
var seriousFrom = map[string]string{"arco2019": "IIIB", "arco1994": "IV", "ficat": "IV", "ckd": "G5", "retinopathy": "proliferative", "wagner": "4"}

// GravityOf is how grave an event is to hear. stage is the stage a report of an image names, with its system before a space; "" for none.
func GravityOf(t event.Type, a, b, stage string) Gravity {
	switch t {
	case event.Disclosure: // who is told first is between the doctor and the family
		return InPerson
	case event.DoctorTalk:
		switch a {
		case "prognosis":
			return InPerson
		case "surgery", "complication":
			return Serious
		}
		return Course
	case event.Diagnosis:
		if a == "cancer" && b != "excluded" {
			return Serious
		}
		return Course
	case event.ClinicalStage:
		return staged(a, b)
	case event.Surgery:
		if b == "planned" && (a == "amputation" || a == "hip_replacement" || a == "kidney_transplant") {
			return Serious
		}
		return Course
	case event.Report:
		if a == "pathology" {
			return Serious
		}
		return Course
	case event.Imaging:
		return max(Course, staged(cut(stage)))
	}
	if ItemOf(t) == Readings || ItemOf(t) == Plan || ItemOf(t) == Targets {
		return Light
	}
	return Course
}

func staged(system, stage string) Gravity {
	from, ok := seriousFrom[system]
	if ok && stage != "" && measure.StageRank(system, stage) >= measure.StageRank(system, from) {
		return Serious
	}
	return Course
}

func cut(stage string) (system, name string) {
	for i := range stage {
		if stage[i] == ' ' {
			return stage[:i], stage[i+1:]
		}
	}
	return "", ""
}
