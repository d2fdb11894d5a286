package measure

import "slices"

// stages are the clinical stages and grades of each system, from the mildest to the gravest.
//
// Sources: arco2019: Yoon 2020, J Arthroplasty 35:933; arco1994: Gardeniers 1993, ARCO Newsletter 5:79, extent left out; ficat:
// Ficat 1985, J Bone Joint Surg Br 67:3; jic: Sugano 2002, J Orthop Sci 7:601 (where the lesion lies); ckd and ckd_albumin: KDIGO 2012, Kidney Int Suppl 3:1; hypertension: 中国高血压防治指南
// (2024 年修订版); retinopathy: Wilkinson 2003, Ophthalmology 110:1677; wagner: Wagner 1981, Foot Ankle 2:64.
var stages = map[string][]string{
	"arco2019":     {"I", "II", "IIIA", "IIIB", "IV"},
	"arco1994":     {"0", "I", "II", "III", "IV"},
	"ficat":        {"0", "I", "II", "III", "IV"},
	"jic":          {"A", "B", "C1", "C2"},
	"ckd":          {"G1", "G2", "G3a", "G3b", "G4", "G5"},
	"ckd_albumin":  {"A1", "A2", "A3"},
	"hypertension": {"normal", "high_normal", "1", "2", "3"},
	"retinopathy":  {"none", "mild", "moderate", "severe", "proliferative"},
	"wagner":       {"0", "1", "2", "3", "4", "5"},
}

// StageSystems are the known systems of stages, by name.
func StageSystems() []string {
	out := make([]string, 0, len(stages))
	for k := range stages {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Stages are the codes of a system from the mildest to the gravest; nil for a system nobody knows.
func Stages(system string) []string { return stages[system] }

// StageRank is the place of a code in its system, 1 for the mildest; 0 when the system has no such code.
func StageRank(system, code string) int { return slices.Index(stages[system], code) + 1 }

// scaleVersions are the versions of scales that clinicians score by hand, as published: what is meant where nobody says which.
//
// Source: harris: Harris 1969, J Bone Joint Surg Am 51:737.
var scaleVersions = map[string]string{"harris": "1969"}

// ScaleVersion is the version of a scale that is meant where nobody says which; "" where none is.
func ScaleVersion(scale string) string { return scaleVersions[scale] }
