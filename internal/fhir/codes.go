package fhir

import "strings"

// meaning is what an observation of one code becomes.
type meaning struct {
	key   string            // type of event
	units map[string]factor // known units; nil: those of laboratory values
	lab   string            // the test, of a laboratory value
	with  map[string]any    // properties besides
}

// observations are the codes of LOINC that are understood.
//
// Source: docs/guide/collect/fhir.md; names and units as LOINC publishes them. Those marked there as unconfirmed wait for a
// terminologist.
var observations = map[string]meaning{
	"15074-8": {key: "glucose", units: glucoses}, "14743-9": {key: "glucose", units: glucoses}, "41653-7": {key: "glucose", units: glucoses}, "2339-0": {key: "glucose", units: glucoses},
	"41604-0":  {key: "glucose", units: glucoses, with: map[string]any{"context": "fasting"}},
	"105272-9": {key: "glucose", units: glucoses, with: map[string]any{"sensor": true}}, "99504-3": {key: "glucose", units: glucoses, with: map[string]any{"sensor": true}},
	"4548-4": {key: "hba1c", units: hba1cs}, "59261-8": {key: "hba1c", units: hba1cs},
	"29463-7": {key: "weight", units: weights}, "8302-2": {key: "height", units: lengths},
	"55423-8": {key: "steps", units: perDay}, "93832-4": {key: "sleep", units: hours}, "72514-3": {key: "pain", units: scores},
	"100291-4": {key: "score", units: scores, with: map[string]any{"scale": "harris"}},
	"44261-6":  {key: "score", units: scores, with: map[string]any{"scale": "phq9"}}, "70274-6": {key: "score", units: scores, with: map[string]any{"scale": "gad7"}},
}

// labCodes are the laboratory tests by their codes of LOINC, the one to write first.
var labCodes = map[string][]string{
	"fpg": {"14771-0", "1558-6"}, "glucose_random": {"14749-6", "2345-7"},
	"c_peptide": {"1986-9"}, "insulin": {"20448-7"},
	"tc": {"14647-2", "2093-3"}, "ldl": {"22748-8", "13457-7", "18262-6", "2089-1", "39469-2"}, "hdl": {"14646-4", "2085-9"}, "tg": {"14927-8", "2571-8"}, "non_hdl": {"70204-3", "43396-1"},
	"apob": {"1884-6"}, "egfr": {"62238-1", "33914-3", "98979-8", "69405-9"}, "creatinine": {"14682-9", "2160-0"}, "urea": {"22664-7", "3094-0", "14937-7"},
	"cystatin_c": {"33863-2"}, "uacr": {"9318-7", "14959-1"}, "uric_acid": {"14933-6", "3084-1"}, "potassium": {"2823-3", "6298-4"}, "sodium": {"2951-2", "2947-0"},
	"calcium": {"2000-8", "17861-6"}, "phosphate": {"14879-1", "2777-1"}, "vitamin_d": {"14635-7", "1989-3", "62292-8"},
	"alt": {"1742-6"}, "ast": {"1920-8"}, "ggt": {"2324-2"}, "alp": {"6768-6"}, "bilirubin": {"14631-6", "1975-2"}, "albumin": {"1751-7"}, "ck": {"2157-6"},
	"homocysteine": {"13965-9"}, "tsh": {"3016-3"}, "crp": {"1988-5"}, "esr": {"4537-7", "30341-2"}, "haemoglobin": {"718-7"}, "wbc": {"6690-2", "26464-8"}, "platelets": {"777-3", "26515-7"},
	"inr": {"6301-6"},
}

var labOf = func() map[string]string {
	out := map[string]string{}
	for test, codes := range labCodes {
		for _, c := range codes {
			out[c] = test
		}
	}
	return out
}()

// Codes of blood pressure.
const (
	pressurePanel = "85354-9"
	systolicCode  = "8480-6"
	diastolicCode = "8462-4"
	heartRate     = "8867-4"
)

// meaningOf finds what an observation is about among its codings.
func meaningOf(code map[string]any) (meaning, bool) {
	for _, c := range objects(code, "coding") {
		if text(c, "system") != LOINC {
			continue
		}
		if m, ok := observations[text(c, "code")]; ok {
			return m, true
		}
		if lab := labOf[text(c, "code")]; lab != "" {
			return meaning{key: "lab", lab: lab}, true
		}
	}
	return meaning{}, false
}

func hasCode(concept map[string]any, system, code string) bool {
	for _, c := range objects(concept, "coding") {
		if text(c, "system") == system && text(c, "code") == code {
			return true
		}
	}
	return false
}

// said is a concept in words: its own text, or what its first coding is called.
func said(concept map[string]any) string {
	if t := strings.TrimSpace(text(concept, "text")); t != "" {
		return t
	}
	for _, c := range objects(concept, "coding") {
		if t := strings.TrimSpace(text(c, "display")); t != "" {
			return t
		}
	}
	return ""
}

// snomedConditions and icdConditions are the diagnoses rules know by name. Source: SNOMED CT and ICD-10, names as published; a code that
// is in neither is a diagnosis by its words.
var snomedConditions = map[string]string{
	"46635009": "t1", "44054006": "t2", "11687002": "gdm", "15777000": "prediabetes", "714628002": "prediabetes", "73211009": "diabetes_other",
	"38341003": "hypertension", "59621000": "hypertension", "55822004": "dyslipidaemia", "370992007": "dyslipidaemia", "414916001": "obesity", "162864005": "obesity",
	"53741008": "ascvd", "414545008": "ascvd", "22298006": "ascvd", "84114007": "heart_failure", "88805009": "heart_failure", "49436004": "atrial_fibrillation", "230690007": "stroke",
	"709044004": "ckd", "4855003": "retinopathy", "230572002": "neuropathy", "280137006": "diabetic_foot", "420422005": "dka", "197321007": "nafld", "90560007": "gout",
	"64859006": "osteoporosis", "55464009": "lupus", "52254009": "nephrotic", "69896004": "rheumatoid", "13645005": "copd_asthma", "195967001": "copd_asthma",
	"363346000": "cancer", "35489007": "depression", "370143000": "depression",
}

// icdConditions are by the beginning of the code, the longest that fits.
var icdConditions = map[string]string{
	"E10": "t1", "E11": "t2", "E13": "diabetes_other", "E14": "diabetes_other", "O24.4": "gdm", "R73.0": "prediabetes", "I10": "hypertension", "I11": "hypertension",
	"E78": "dyslipidaemia", "E66": "obesity", "I20": "ascvd", "I21": "ascvd", "I25": "ascvd", "I50": "heart_failure", "I48": "atrial_fibrillation", "I63": "stroke", "I61": "stroke", "I64": "stroke",
	"N18": "ckd", "H36.0": "retinopathy", "G63.2": "neuropathy", "E10.1": "dka", "E11.1": "dka", "K76.0": "nafld", "M10": "gout", "M80": "osteoporosis", "M81": "osteoporosis",
	"M32": "lupus", "N04": "nephrotic", "M05": "rheumatoid", "M06": "rheumatoid", "J44": "copd_asthma", "J45": "copd_asthma", "F32": "depression", "F33": "depression",
}

var icdSystems = []string{"http://hl7.org/fhir/sid/icd-10", "http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10-cn"}

// conditionOf is a diagnosis that rules know; "other" for one they do not; empty for a finding that is no diagnosis.
func conditionOf(code map[string]any) string {
	finding := false
	for _, c := range objects(code, "coding") {
		system, value := text(c, "system"), text(c, "code")
		if known := snomedConditions[value]; system == SNOMED && known != "" {
			return known
		}
		for _, icd := range icdSystems {
			for n := len(value); system == icd && n >= 3; n-- {
				if known := icdConditions[value[:n]]; known != "" {
					return known
				}
			}
		}
		name := text(c, "display")
		if system == SNOMED && (strings.HasSuffix(name, "(finding)") || strings.HasSuffix(name, "(finding") || strings.HasSuffix(name, "(situation)") || strings.HasSuffix(name, "(person)")) {
			finding = true
		}
	}
	if finding {
		return ""
	}
	return "other"
}

// roleKinds are relations by HL7's RoleCode.
var roleKinds = map[string]string{
	"DAU": "daughter", "DAUC": "daughter", "SON": "son", "SONC": "son", "SPS": "spouse", "WIFE": "wife", "HUSB": "husband", "MTH": "mother", "NMTH": "mother",
	"FTH": "father", "NFTH": "father", "SIS": "sister", "BRO": "brother", "PRN": "parent", "NPRN": "parent", "CHILD": "child", "NCHILD": "child",
	"GUARD": "carer", "C": "carer", "N": "carer", "CAREGIVER": "carer",
}
