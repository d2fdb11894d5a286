package event

import (
	"math"
	"slices"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/measure"
)

// finishers see an event when all its fields are in their slots: what one field means that depends on another.
var finishers = [lastType]func(e *Event) *fault.Fault{
	Glucose: finishGlucose, HbA1c: finishHbA1c, Lab: finishLab, ClinicalStage: finishStage, BloodPressure: finishPressure,
	CarePlan: finishCarePlan,
}

var imagingPlan = Intern("imaging")

// finishCarePlan holds the detail to the kind of plan, and a plan to being due once or again and again.
func finishCarePlan(e *Event) *fault.Fault {
	site := slices.Index(careDetails, e.B.String()) > slices.Index(careDetails, "none")
	if e.B != 0 && site != (e.A == imagingPlan) {
		return ErrCode.At("properties.detail").Because("影像写部位，负重写程度", "the site of imaging, or how weight is borne")
	}
	in := Lookup("care_plan").Field("inDays")
	if i := int(in.Slot - X0); !math.IsNaN(e.Num) && i < len(e.X) && !math.IsNaN(e.X[i]) {
		return ErrRange.At("properties.inDays").Because("everyDays 和 inDays 只写一个", "give everyDays or inDays, not both")
	}
	return nil
}

// glucoseSensor is the place of a glucose event's number that says it was measured by a sensor.
const glucoseSensor = 1

// Places of a lab event's extra numbers, as the catalogue has them.
const (
	labEntered = iota
	labRefLow
	labRefHigh
)

var ifcc = Intern("mmol/mol")

var (
	_    = Intern(string(measure.MmolL))
	mgdL = Intern(string(measure.MgdL))
)

// finishGlucose brings the value to the mmol/L scale and flags what no meter can show.
func finishGlucose(e *Event) *fault.Fault {
	if e.B == 0 {
		return ErrMissing.At("properties.unit").Because("写 mmol/L 或 mg/dL", "write mmol/L or mg/dL")
	}
	if len(e.X) > glucoseSensor && e.X[glucoseSensor] == 1 {
		e.Flags |= Sensor
	}
	if e.Flags&(HI|LO) != 0 {
		return nil
	}
	if e.B == mgdL {
		(&Field{Slot: X0}).setNumber(e, e.Num)
		e.Num = measure.FromMgdL(e.Num)
	}
	if e.Num < 0 || e.Num > largestGlucose {
		if e.B == mgdL {
			return between("value", 0, math.Floor(largestGlucose*measure.MgPerMmol), string(measure.MgdL))
		}
		return between("value", 0, largestGlucose, string(measure.MmolL))
	}
	if e.Num < measure.GlucoseMin || e.Num > measure.GlucoseMax {
		e.Flags |= Implausible
	}
	return nil
}

// finishHbA1c brings the value to %, with what was typed in X0 when the unit was mmol/mol.
func finishHbA1c(e *Event) *fault.Fault {
	f := Lookup("hba1c").Field("value")
	if e.A == ifcc {
		typed := e.Num
		(&Field{Slot: X0}).setNumber(e, typed)
		e.Num = measure.HbA1cFromIFCC(typed)
		if e.Num < f.Min || e.Num > f.Max {
			fl := between("value", math.Ceil(measure.HbA1cToIFCC(f.Min)), math.Floor(measure.HbA1cToIFCC(f.Max)), "mmol/mol")
			if typed >= f.Min && typed <= f.Max {
				fl = fl.Because("这个数像百分数：单位写 %，或不写单位", "this looks like a percentage: give the unit %, or none")
			}
			return fl
		}
		return nil
	}
	if e.Num < f.Min || e.Num > f.Max {
		fl := between("value", f.Min, f.Max, "%")
		if c := measure.HbA1cFromIFCC(e.Num); c >= f.Min && c <= f.Max {
			fl = fl.Because("这个数像 mmol/mol：加上 \"unit\": \"mmol/mol\"", "this looks like mmol/mol: add \"unit\": \"mmol/mol\"")
		}
		return fl
	}
	return nil
}

// finishPressure refuses a lower value that is not below the upper one: the two were put in each other's place.
func finishPressure(e *Event) *fault.Fault {
	if e.X[0] < e.Num {
		return nil
	}
	return ErrRange.At("properties.diastolic").Because("低压要比高压小，看看是不是填反了", "the lower value is below the upper one: look whether they stand in each other's place")
}

// finishLab brings the value and the laboratory's range to the test's own unit, with what was typed in X0 when it was another.
func finishLab(e *Event) *fault.Fault {
	lab, _ := measure.LabOf(e.A.String()) // the field's codes are the known tests
	unit := e.B.String()
	if unit == "" {
		return ErrMissing.At("properties.unit").Because("可用："+strings.Join(lab.Units(), ", "), "one of: "+strings.Join(lab.Units(), ", "))
	}
	v, ok := lab.From(e.Num, unit)
	if !ok {
		one := strings.Join(lab.Units(), ", ")
		return ErrUnit.At("properties.unit").Because("这一项可用："+one, "for this test one of: "+one)
	}
	if v < lab.Min || v > lab.Max {
		low, _ := lab.To(lab.Min, unit)
		high, _ := lab.To(lab.Max, unit)
		fl := between("value", tidy(low), tidy(high), unit)
		for _, other := range lab.Units() {
			if c, _ := lab.From(e.Num, other); other != unit && c >= lab.Min && c <= lab.Max {
				return fl.Because("不是 "+unit+"？换成 "+other+" 就在范围里，请核对报告上的单位",
					"not in "+unit+"? in "+other+" it would be possible: look at the unit on the report")
			}
		}
		return fl
	}
	if unit != lab.Unit {
		(&Field{Slot: X0}).setNumber(e, e.Num)
		e.Num = v
	}
	for _, k := range []int{labRefLow, labRefHigh} {
		if len(e.X) > k {
			e.X[k], _ = lab.From(e.X[k], unit)
		}
	}
	if len(e.X) > labRefHigh && e.X[labRefLow] > e.X[labRefHigh] {
		return ErrRange.At("properties.refHigh").Because("参考范围的上限不能低于下限", "the upper end of the reference range is not below the lower one")
	}
	return nil
}

// tidy rounds a limit that was converted to three figures, which is all that anybody reads.
func tidy(v float64) float64 {
	if v == 0 {
		return 0
	}
	p := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(v))))
	return math.Round(v*p) / p
}

// finishStage refuses a stage its system does not have: a stage of the old ARCO classification is never taken for one of the new.
func finishStage(e *Event) *fault.Fault {
	system, stage := e.A.String(), e.B.String()
	if measure.StageRank(system, stage) > 0 {
		return nil
	}
	one := strings.Join(measure.Stages(system), ", ")
	fl := ErrCode.At("properties.stage").Because("这套分期可用："+one, "this system has "+one)
	var others []string
	for _, s := range measure.StageSystems() {
		if measure.StageRank(s, stage) > 0 && s != system {
			others = append(others, s)
		}
	}
	if len(others) > 0 {
		in := strings.Join(others, ", ")
		fl = fl.Because("这套分期只有 "+one+"；这个写法属于 "+in+"，请看报告用的是哪一套，不能换算",
			"this system has only "+one+"; such a stage is one of "+in+": look which one the report uses, there is no conversion")
	}
	return fl
}
