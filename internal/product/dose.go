package product

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// pieceWords count what is taken one by one; boxWords what such pieces are sold in. Words as pharmacies print them, in small letters.
var (
	pieceWords = []string{"片", "粒", "丸", "枚", "颗", "袋", "支", "贴", "tablets", "tablet", "tabs", "tab", "tbl", "capsules", "capsule", "caps", "cap", "pills", "pill", "sachets", "sachet"}
	boxWords   = []string{"盒", "瓶", "boxes", "box", "bottles", "bottle", "packs", "pack", "packages", "package"}
)

// CountedBy tells what a unit of quantity counts, "piece" or "box"; empty for one that is neither, such as mL.
func CountedBy(unit string) string {
	u := strings.Trim(strings.ToLower(strings.TrimSpace(width.Narrow.String(unit))), "{}[]")
	for kind, words := range map[string][]string{"piece": pieceWords, "box": boxWords} {
		for _, w := range words {
			if u == w {
				return kind
			}
		}
	}
	return ""
}

const numeral = `(\d+(?:\.\d+)?|半|[一二两三四五六七八九十])`

var (
	someOf     = `(?:` + strings.Join(pieceWords, "|") + `)`
	onceTaken  = regexp.MustCompile(`(?:每次|一次|1次|各|take|takes)?\s*(?:服用|口服|服|吃)?\s*` + numeral + `\s*` + someOf)
	dailyZh    = regexp.MustCompile(`(?:每日|每天|一日|一天|1日|1天|日|/日|/天)\s*` + numeral + `\s*次`)
	hourlyZh   = regexp.MustCompile(`每\s*` + numeral + `\s*(?:小时|h)\s*(?:一次|1次)?`)
	everyDays  = regexp.MustCompile(`每?隔日|每\s*` + numeral + `\s*[天日]\s*(?:一次|1次)`)
	oncePerDay = regexp.MustCompile(`每晚|每早|每晨|睡前|晨起|once daily|once a day|every day|at bedtime|every night|every morning|\bdaily\b|\bqd\b|\bqn\b|\bqhs\b|\bqam\b|\bod\b`)
	latin      = regexp.MustCompile(`\b(bid|tid|qid|q\d+h|qod)\b`)
	timesEn    = regexp.MustCompile(`\b(twice|three times|four times|\d+ times)\s+(?:a day|daily|per day|each day)`)
	atTimes    = regexp.MustCompile(`([早中午晚])(?:上|饭前|饭后|餐前|餐后|餐)?\s*(?:各)?\s*` + numeral + `\s*` + someOf)
	// Whoever prints one of these does not say how many a day.
	unsure = regexp.MustCompile(`必要时|需要时|按需|酌情|遵医嘱|递增|递减|逐渐|加量|减量|隔周|每周|一周|首次|首剂|之后|然后|以后|随后|维持|或|至|到|prn|needed|weekly|\bweek|\bthen\b|\bor\b|\bto\b|increase|taper|\d\s*[-~～—–]\s*\d`)
)

// Daily is how many pieces a day an instruction says are taken: 每次 1 片，每日 2 次 are 2. Only what is said once and plainly is read:
// not an instruction for when it is needed, not one that changes, not a dose in mg. Sure is false where nobody can know.
func Daily(text string) (pieces float64, sure bool) {
	s := strings.ToLower(strings.Join(strings.Fields(width.Narrow.String(text)), " "))
	if s == "" || unsure.MatchString(s) {
		return 0, false
	}
	if at := atTimes.FindAllStringSubmatch(s, -1); len(at) > 0 {
		rest := atTimes.ReplaceAllString(s, "")
		if onceTaken.MatchString(rest) || often(rest) != 0 {
			return 0, false
		}
		seen := map[string]bool{}
		for _, m := range at {
			if seen[m[1]] {
				return 0, false
			}
			seen[m[1]] = true
			pieces += numberOf(m[2])
		}
		return pieces, pieces > 0
	}
	doses := onceTaken.FindAllStringSubmatch(s, -1)
	if len(doses) != 1 {
		return 0, false
	}
	n, times := numberOf(doses[0][1]), often(strings.Replace(s, doses[0][0], " ", 1))
	if !(n > 0) || !(times > 0) {
		return 0, false
	}
	return n * times, true
}

// often is how many times a day, 0 where it is not said or said twice in two ways.
func often(s string) float64 {
	var said []float64
	take := func(re *regexp.Regexp, of func(m []string) float64) {
		for _, m := range re.FindAllStringSubmatch(s, -1) {
			said = append(said, of(m))
		}
		s = re.ReplaceAllString(s, " ")
	}
	take(everyDays, func(m []string) float64 {
		if m[1] == "" {
			return 0.5
		}
		return 1 / numberOf(m[1])
	})
	take(hourlyZh, func(m []string) float64 { return 24 / numberOf(m[1]) })
	take(dailyZh, func(m []string) float64 { return numberOf(m[1]) })
	take(latin, func(m []string) float64 {
		switch m[1] {
		case "bid":
			return 2
		case "tid":
			return 3
		case "qid":
			return 4
		case "qod":
			return 0.5
		}
		h, _ := strconv.ParseFloat(m[1][1:len(m[1])-1], 64)
		return 24 / h
	})
	take(timesEn, func(m []string) float64 {
		switch m[1] {
		case "twice":
			return 2
		case "three times":
			return 3
		case "four times":
			return 4
		}
		return numberOf(strings.TrimRight(m[1], " times"))
	})
	if len(said) == 0 {
		take(oncePerDay, func([]string) float64 { return 1 })
	}
	if len(said) == 0 {
		return 0
	}
	for _, x := range said {
		if x != said[0] || math.IsInf(x, 0) || math.IsNaN(x) {
			return 0
		}
	}
	return said[0]
}

// numberOf reads 2, 0.5, 半 and 两; not a number for anything else.
func numberOf(s string) float64 {
	if s == "半" {
		return 0.5
	}
	if i := strings.IndexRune("一二三四五六七八九十", []rune(s + " ")[0]); i >= 0 {
		return float64(i/len("一") + 1)
	}
	if s == "两" {
		return 2
	}
	if !strings.ContainsFunc(s, unicode.IsDigit) {
		return math.NaN()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return v
}
