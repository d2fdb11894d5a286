package measure

import "slices"

// asPrednisolone is how many milligrams of each drug do what 5 mg of prednisolone do.
//
// Source: Goodman & Gilman's The Pharmacological Basis of Therapeutics, 13th ed., table of relative potencies of corticosteroids,
// by mouth or into a vein. Into a joint or through the skin they do not hold.
var asPrednisolone = map[string]float64{
	"prednisolone": 5, "prednisone": 5, "methylprednisolone": 4, "triamcinolone": 4, "hydrocortisone": 20, "cortisone": 25,
	"dexamethasone": 0.75, "betamethasone": 0.75,
}

// Glucocorticoids are the drugs whose equivalent is known, by name.
func Glucocorticoids() []string {
	out := make([]string, 0, len(asPrednisolone))
	for k := range asPrednisolone {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Prednisolone is the dose of prednisolone, in mg, that does what mg of a drug do; not ok for a drug without a known equivalent.
func Prednisolone(drug string, mg float64) (float64, bool) {
	per, ok := asPrednisolone[drug]
	if !ok {
		return 0, false
	}
	return mg * 5 / per, true
}

// Course is a drug taken every day from the day From (any count of days) for Days days, Daily mg a day.
type Course struct {
	From, Days int64
	Daily      float64
}

// MostWithin is the largest amount, in mg, that courses add up to within any days days in a row, days after the last one not
// counted: what was prescribed is not yet taken.
//
// Source: ARCO criterion of glucocorticoid-associated osteonecrosis, more than 2 g of prednisolone or its equivalent within
// three months (Yoon 2019, J Arthroplasty 34:163).
func MostWithin(courses []Course, days, last int64) float64 {
	most := 0.0
	// The amount in a window that slides is piecewise linear: it is largest where the window begins with a course or ends with one.
	for _, c := range courses {
		most = max(most, taken(courses, c.From, min(c.From+days-1, last)))
		end := min(c.From+c.Days-1, last)
		most = max(most, taken(courses, end-days+1, end))
	}
	return most
}

// taken is what courses add up to from the day from to the day until, both included.
func taken(courses []Course, from, until int64) float64 {
	sum := 0.0
	for _, c := range courses {
		if n := min(until, c.From+c.Days-1) - max(from, c.From) + 1; n > 0 {
			sum += float64(n) * c.Daily
		}
	}
	return sum
}
