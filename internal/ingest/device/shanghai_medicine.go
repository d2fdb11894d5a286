package device

import (
	"regexp"
	"strconv"
	"strings"

	"peiban/internal/medicine"
)

var (
	units  = regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s*(?:iu|u|units?|单位)(?:[^a-z/]|$)`)
	dosed  = regexp.MustCompile(`(?is)^(.*?)[\s:：]*(\d+(?:\.\d+)?)\s*(mg|g|ug|µg|μg|mcg|ml|片|粒|iu|u)?$`)
	joints = regexp.MustCompile(`[,，;；、\n]+`)
	digits = regexp.MustCompile(`\d+(\.\d+)?`)
)

// insulins reads every dose in a cell: "Gansulin 40R, 6 IU", "15 IU Novolin R", or a number alone below a header that names it. What
// holds no dose is kept in words.
func (s shanghai) insulins(b *build, at moment, c column, text string) {
	way := map[string]string{"sc": "", "bolus": "CSII bolus", "iv": "i.v."}[c.field]
	if v, ok := amount(text); ok {
		b.add(s.o.insulin(at, v, insulinKind(c.name), way))
		return
	}
	found := units.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		b.add(s.o.note(at, "insulin_without_dose", text))
		return
	}
	from := 0
	for i, m := range found {
		v, ok := amount(text[m[2]:m[3]])
		name := strings.Trim(text[from:m[0]], " ,，;；、+:：\n")
		from = m[3] + unitWidth(text[m[3]:])
		if insulinKind(name) == "" { // the name may stand behind the dose
			end := len(text)
			if i+1 < len(found) {
				end = found[i+1][0]
			}
			if behind := strings.TrimSpace(joints.Split(text[from:end], 2)[0]); insulinKind(behind) != "" {
				name, from = behind, from+strings.Index(text[from:end], behind)+len(behind)
			}
		}
		kind := insulinKind(name)
		if kind == "" && c.field != "sc" {
			kind = insulinKind(c.name)
		}
		note := name
		switch {
		case c.field == "iv":
			note = "i.v. " + text
		case way != "":
			note = strings.TrimSpace(way + " " + name)
		}
		if !ok {
			b.refuse(ErrValue.At("insulin"))
			continue
		}
		b.add(s.o.insulin(at, v, kind, note))
	}
}

// unitWidth is how long the unit behind a dose is.
func unitWidth(s string) int {
	rest := strings.TrimLeft(s, " ")
	lower := strings.ToLower(rest)
	for _, u := range [...]string{"iu", "units", "unit", "u", "单位"} {
		if strings.HasPrefix(lower, u) {
			return len(s) - len(rest) + len(u)
		}
	}
	return 0
}

// kindOfClass is what the classes of the catalogue of medicines are as kinds of insulin.
var kindOfClass = map[string]string{"rapid_insulin": "rapid", "basal_insulin": "long", "premix_insulin": "premix"}

// insulinKind is the kind of insulin that a name means: by the catalogue of medicines, else by the letters and numbers that makers of
// human insulin write behind their names. Empty: it cannot be told.
func insulinKind(name string) string {
	if m, ok := medicine.Named(name); ok {
		switch m.Key {
		case "insulin_regular":
			return "regular"
		case "insulin_nph":
			return "nph"
		}
		if kind := kindOfClass[m.Class]; kind != "" {
			return kind
		}
	}
	lower := strings.ToLower(name)
	k := key(name)
	brand := anyOf(k, "novolin", "humulin", "gansulin", "诺和灵", "优泌林", "甘舒霖", "重和林", "scilin")
	switch {
	case anyOf(lower, "70/30", "30/70", "50/50", "75/25", "mix", "premix", "预混"), anyOf(k, "30r", "40r", "50r", "25r"):
		return "premix"
	case anyOf(k, "aspart", "lispro", "门冬", "赖脯") && digits.MatchString(k):
		return "premix"
	case anyOf(k, "glarg", "glarig", "degludec", "detemir", "甘精", "德谷", "地特", "lantus", "levemir", "tresiba", "toujeo"):
		return "long"
	case anyOf(k, "aspart", "lispro", "glulisine", "门冬", "赖脯", "谷赖", "novorapid", "humalog", "apidra"):
		return "rapid"
	case brand && (strings.HasSuffix(k, "r") || anyOf(k, "novolinr", "humulinr", "gansulinr", "scilinr")), anyOf(k, "regularinsulin", "普通胰岛素", "常规胰岛素"):
		return "regular"
	case brand && strings.HasSuffix(k, "n"), anyOf(k, "nph", "中效"):
		if brand && anyOf(k, "novolin", "humulin", "gansulin", "scilin") && !anyOf(k, "novolinn", "humulinn", "gansulinn", "scilinn") {
			return "" // the brand alone ends with n
		}
		return "nph"
	}
	return ""
}

// basal reads the rate of a pump. Cells are merged down to where the next rate begins, so a rate stands once, where it begins.
func (s shanghai) basal(b *build, at moment, text string) {
	lower := strings.ToLower(text)
	p := properties{"kind": "scheduled", "rate": 0.0}
	number := strings.TrimSpace(regexp.MustCompile(`(?i)\s*(iu|u)\s*/?\s*h(our)?$`).ReplaceAllString(text, ""))
	if v, ok := amount(number); ok {
		p["rate"] = v
	} else if anyOf(lower, "suspend", "stop", "暂停", "停") && !digits.MatchString(lower) {
		p["kind"] = "suspended"
	} else {
		b.add(s.o.note(at, "basal_rate", text))
		return
	}
	b.add(s.o.event("basal", at, p, text))
}

// agents reads medicines other than insulin: each is one that was taken. One that the catalogue of medicines does not know is unmapped;
// a pharmacist says once which it is.
func (s shanghai) agents(b *build, at moment, text string) {
	for _, part := range joints.Split(text, -1) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if k := key(part); k == "datanotavailable" || k == "未记录" {
			b.add(s.o.note(at, "medicine_not_recorded", part))
			continue
		}
		name, dose, unit := part, "", ""
		if m := dosed.FindStringSubmatch(part); m != nil && m[1] != "" {
			name, dose, unit = strings.TrimSpace(m[1]), m[2], m[3]
		}
		p := properties{"class": medicine.Unmapped, "action": "taken", "name": name}
		if dose != "" {
			p["doseText"] = strings.TrimSpace(dose + " " + unit)
		}
		if m, ok := medicine.Named(name); ok {
			p["class"], p["generic"] = m.Class, m.Key
			if v, err := strconv.ParseFloat(dose, 64); err == nil && unit != "" {
				if own, why := m.Dose(v, strings.ToLower(unit)); why == nil {
					p["dose"] = own
				}
			}
		}
		b.add(s.o.event("medication", at, p, part))
	}
}
