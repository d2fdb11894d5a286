package mapping

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/measure"
)

// Why a cell is refused. Texts never repeat what stands in it.
var (
	ErrNumber = fault.New(fault.Invalid, "not_a_number", "这里要一个数字", "a number is expected here").
			Because("可以带单位，例如 7.8 或 7.8 mmol/L", "a unit may follow, as in 7.8 or 7.8 mmol/L")
	ErrComma = fault.New(fault.Invalid, "comma_unclear", "逗号可能是小数点，也可能分千位", "the comma may be a decimal point or part thousands").
			Because("在对照表里写 decimal: comma 或 decimal: point", "write decimal: comma, or decimal: point, in the map")
	ErrRounded = fault.New(fault.Invalid, "digits_lost", "编号被 Excel 写成了科学记数法，后面的数字已经丢了", "Excel wrote this number as 1.23E+17: its last digits are lost").
			Because("从原来的系统重新导出，把这一栏设为文本", "export it again with this column as text")
	ErrNobody = fault.New(fault.Invalid, "no_identifier", "没有说明是谁的记录", "it does not say whose record it is").
			Because("填上人的编号", "fill in the person's number")
	ErrMasked = fault.New(fault.Invalid, "identifier_masked", "编号被遮住了一部分，不能用来认人", "a number with a part hidden cannot tell who it is").
			Because("导出时不要脱敏，或者用另一栏认人", "export it without hiding, or use another column")
	ErrUnitOpen = fault.New(fault.Invalid, "unit_doubtful", "单位可疑：按对照表的单位不可能，换一种单位就可能", "the unit is doubtful: impossible in the map's unit, possible in the other").
			Because("在表里加一栏单位，或者改这一行", "add a column with the unit, or change this row")
	ErrUnit     = event.ErrUnit
	ErrTwoParts = fault.New(fault.Invalid, "not_two_numbers", "这里要用斜线分开的两个数", "two numbers with a stroke between are expected here").
			Because("例如 132/84", "as in 132/84")
	ErrLong = fault.New(fault.TooLarge, "cell_too_long", "这一格太长（最多 8,000 字）", "the cell is too long (at most 8,000 characters)")
)

const longestCell = 24000 // bytes; of text in Chinese 8,000 characters

// folded is a cell with half-width digits and signs, without marks nobody sees.
func folded(s string) string {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < ' ' {
			s = width.Fold.String(s)
			return strings.TrimSpace(strings.Map(func(r rune) rune {
				switch {
				case r == '\u00a0', r == '\u3000', r == '\t':
					return ' '
				case unicode.Is(unicode.Cf, r): // zero-width marks, byte-order mark
					return -1
				}
				return r
			}, s))
		}
	}
	return strings.TrimSpace(s)
}

// number is a number as it stands in a cell, and the unit beside it.
type number struct {
	value float64
	unit  string
	word  string // HI or LO instead of a number
}

var (
	numberForm = regexp.MustCompile(`^([-+]?(?:[0-9][0-9 ,.']*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?)\s*(.*)$`)
	thousands  = regexp.MustCompile(`^[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?$`)
	decimals   = regexp.MustCompile(`^[-+]?[0-9]+,[0-9]+$`)
	dotted     = regexp.MustCompile(`^[-+]?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]*)?$`)
)

// readNumber reads a cell. decimal is the map's.
func readNumber(cell, decimal string) (number, *fault.Fault) {
	s := folded(cell)
	switch strings.ToUpper(s) {
	case "HI", "HIGH", "LO", "LOW":
		return number{word: strings.ToUpper(s)[:2]}, nil
	}
	for _, sign := range [...]string{"¥", "$", "RMB", "CNY", "人民币"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, sign))
	}
	s = strings.TrimRight(s, "↑↓*＊ ")
	found := numberForm.FindStringSubmatch(s)
	if found == nil {
		return number{}, ErrNumber
	}
	digits, unit := strings.TrimRight(found[1], " ,'"), strings.TrimSpace(found[2])
	if strings.HasSuffix(digits, ".") && strings.Count(digits, ".") == 1 {
		digits = digits[:len(digits)-1]
	}
	digits = strings.NewReplacer(" ", "", "'", "").Replace(digits)
	if strings.Contains(digits, ",") {
		switch {
		case decimal == "comma" && dotted.MatchString(digits):
			digits = strings.Replace(strings.ReplaceAll(digits, ".", ""), ",", ".", 1)
		case decimal == "comma" && decimals.MatchString(digits):
			digits = strings.Replace(digits, ",", ".", 1)
		case decimal != "comma" && thousands.MatchString(digits):
			digits = strings.ReplaceAll(digits, ",", "")
		default:
			return number{}, ErrComma
		}
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return number{}, ErrNumber
	}
	return number{value: v, unit: strings.Trim(unit, "()（）[] ")}, nil
}

// units are those with another name, and those that are a multiple of the catalogue's.
var units = map[string]map[string]float64{
	"kg":   {"kg": 1, "公斤": 1, "千克": 1, "斤": 0.5, "市斤": 0.5, "jin": 0.5, "g": 0.001, "lb": 0.45359237, "lbs": 0.45359237, "磅": 0.45359237},
	"cm":   {"cm": 1, "厘米": 1, "m": 100, "米": 100, "mm": 0.1, "in": 2.54, "inch": 2.54},
	"mmHg": {"mmhg": 1, "毫米汞柱": 1, "kpa": 7.50062}, // 1 mmHg = 133.322 Pa
	"CNY":  {"cny": 1, "元": 1, "rmb": 1, "分": 0.01, "角": 0.1, "万元": 10000, "万": 10000},
	"min":  {"min": 1, "分": 1, "分钟": 1, "minutes": 1, "h": 60, "小时": 60, "时": 60, "s": 1.0 / 60, "秒": 1.0 / 60},
	"h":    {"h": 1, "小时": 1, "hours": 1, "min": 1.0 / 60, "分钟": 1.0 / 60},
	"d":    {"d": 1, "天": 1, "日": 1, "days": 1, "周": 7, "w": 7},
	"/min": {"/min": 1, "次/分": 1, "bpm": 1, "次/分钟": 1},
	"U":    {"u": 1, "iu": 1, "单位": 1},
	"g":    {"g": 1, "克": 1, "kg": 1000, "mg": 0.001, "两": 50},
	"%":    {"%": 1},
	"/d":   {"/d": 1, "步": 1, "次": 1},
}

// spellings of units, folded to lower case without blanks.
var spellings = map[string]string{
	"mmol/l": "mmol/L", "mmol／l": "mmol/L", "毫摩尔/升": "mmol/L", "毫摩/升": "mmol/L", "mg/dl": "mg/dL", "毫克/分升": "mg/dL", "mg%": "mg/dL",
	"%": "%", "％": "%", "mmol/mol": "mmol/mol", "μmol/l": "umol/L", "µmol/l": "umol/L", "umol/l": "umol/L", "微摩尔/升": "umol/L",
	"ng/ml": "ng/mL", "nmol/l": "nmol/L", "g/l": "g/L", "g/dl": "g/dL", "mg/l": "mg/L", "u/l": "U/L", "iu/l": "U/L", "mu/l": "mU/L", "miu/l": "mU/L",
	"μiu/ml": "mU/L", "uiu/ml": "mU/L", "μu/ml": "mU/L", "uu/ml": "mU/L", "pmol/l": "pmol/L", "mg/g": "mg/g", "mg/mmol": "mg/mmol", "mg/24h": "mg/24h", "g/24h": "g/24h",
	"ml/min/1.73m2": "mL/min/1.73m2", "ml/min/1.73m²": "mL/min/1.73m2", "ml/min/1.73m^2": "mL/min/1.73m2", "ml/(min·1.73m²)": "mL/min/1.73m2",
	"mm/h": "mm/h", "10^9/l": "10^9/L", "10*9/l": "10^9/L", "×10^9/l": "10^9/L", "meq/l": "mEq/L", "g/cm2": "g/cm2", "g/cm²": "g/cm2",
}

// spelled is a unit as the catalogue spells it.
func spelled(unit string) string {
	key := strings.ToLower(strings.ReplaceAll(folded(unit), " ", ""))
	if s, ok := spellings[key]; ok {
		return s
	}
	return folded(unit)
}

// unitOf says whether a property can be given in a unit.
func unitOf(spec *event.Spec, f *event.Field, unit string) *fault.Fault {
	if unit == BySize && spec.Type == event.Glucose {
		return nil
	}
	allowed := f.Units
	switch {
	case spec.Type == event.Lab && f.Name == "value":
		return nil // depends on the test: the catalogue says
	case len(allowed) == 0:
		if _, ok := factor(f.Unit, unit); ok {
			return nil
		}
		if f.Unit != "" {
			allowed = []string{f.Unit}
		}
	}
	for _, u := range allowed {
		if u == spelled(unit) {
			return nil
		}
	}
	if len(allowed) == 0 {
		return ErrUnit.Because("这一项没有单位", "this has no unit")
	}
	one := strings.Join(allowed, ", ")
	return ErrUnit.Because("可用："+one, "one of: "+one)
}

// factor is by how much a number in unit is multiplied to be in the catalogue's.
func factor(own, unit string) (float64, bool) {
	if unit == "" || unit == own {
		return 1, true
	}
	x, ok := units[own][strings.ToLower(folded(unit))]
	return x, ok
}

// glucoseUnit decides the unit of a value that has none of its own beside it.
func glucoseUnit(v float64, stated string) (string, *fault.Fault) {
	inMmol := v >= measure.GlucoseMin && v <= measure.GlucoseMax
	inMg := v >= measure.GlucoseMin*measure.MgPerMmol && v <= measure.GlucoseMax*measure.MgPerMmol
	switch {
	case stated == BySize && inMmol == inMg:
		return "", ErrUnitOpen
	case stated == BySize && inMmol:
		return string(measure.MmolL), nil
	case stated == BySize:
		return string(measure.MgdL), nil
	case stated == string(measure.MmolL) && !inMmol && inMg, stated == string(measure.MgdL) && !inMg && inMmol:
		return "", ErrUnitOpen
	}
	return stated, nil
}

var (
	exponent = regexp.MustCompile(`^([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,3})$`)
	trailing = regexp.MustCompile(`^([0-9]+)\.0+$`)
)

// readID reads a number that names something: its digits are all there or it is refused.
func readID(cell string) (string, *fault.Fault) {
	s := folded(cell)
	if m := trailing.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	m := exponent.FindStringSubmatch(s)
	if m == nil {
		if len(s) > 200 {
			return "", ErrLong
		}
		return s, nil
	}
	n, _ := strconv.Atoi(m[3])
	if len(m[2]) != n {
		return "", ErrRounded
	}
	return m[1] + m[2], nil
}

// hidden reports whether a part of an identifier is masked: 138****1234.
func hidden(id string) bool {
	return strings.ContainsAny(id, "*●•＊") || strings.Contains(strings.ToLower(id), "xxx")
}

// blocked are what stands where nobody knew the number; as in docs/guide/sources.md.
func blocked(id string) bool {
	s := strings.ToLower(strings.TrimSpace(id))
	switch s {
	case "", "null", "nil", "none", "undefined", "unknown", "anonymous", "guest", "nan", "n/a", "na", "-1", "true", "false", "无", "未知", "匿名", "没有", "暂无", "不详", "匿名用户", "test":
		return true
	}
	return strings.Trim(s, "0-./ ") == "" || len(s) > 3 && strings.Count(s, s[:1]) == len(s)
}

// phoneLength is the fewest digits of a number that tells one telephone from all others.
const phoneLength = 7

// identifier makes a person's identifier of a cell; nil without a fault where it names nobody.
func identifier(w Who, cell string) (*conductor.Identifier, *fault.Fault) {
	if strings.TrimSpace(cell) == "" {
		return nil, nil
	}
	id, why := readID(cell)
	switch {
	case why != nil:
		return nil, why
	case hidden(id):
		return nil, ErrMasked
	case blocked(id):
		return nil, nil
	}
	if w.Type == "phone" {
		if id = conductor.PhoneDigits(id); len(id) < phoneLength || blocked(id) {
			return nil, nil
		}
	}
	return &conductor.Identifier{Type: w.Type, Scope: w.Scope, Value: strings.Clone(id)}, nil // not with the rest of its row
}
