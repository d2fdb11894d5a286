package api

import (
	"fmt"
	"math"
	"strings"

	"peiban/internal/insight/effect"
)

// rateWords say what a look allows to be said of rates, and what is lacking before more may be said.
func rateWords(l *effect.Look, needed int) (said Text, missing *Text) {
	i := l.AlwaysRates()
	switch l.Verdict() {
	case effect.More:
		return text(fmt.Sprintf("有效果：达到目标的人多了 %s 个百分点（%s～%s）", oneDigit(100*i.Diff), oneDigit(100*i.Low), oneDigit(100*i.High)),
			fmt.Sprintf("An effect: %s points more reach the goal (%s to %s)", oneDigit(100*i.Diff), oneDigit(100*i.Low), oneDigit(100*i.High))), nil
	case effect.Fewer:
		return text(fmt.Sprintf("达到目标的人反而少了 %s 个百分点（%s～%s），请停下来看原因", oneDigit(-100*i.Diff), oneDigit(-100*i.High), oneDigit(-100*i.Low)),
			fmt.Sprintf("%s points fewer reach the goal (%s to %s): stop and look why", oneDigit(-100*i.Diff), oneDigit(-100*i.High), oneDigit(-100*i.Low))), nil
	case effect.TooEarly:
		said = text("还看不出：还太早，不能下结论", "Too early to say")
		m := text(fmt.Sprintf("现在差 %s 个百分点，区间 %s～%s 还包括“没有差别”", signed(100*i.Diff), signed(100*i.Low), signed(100*i.High)),
			fmt.Sprintf("It is %s points now; the interval, %s to %s, still holds “no difference”", signed(100*i.Diff), signed(100*i.Low), signed(100*i.High)))
		if have := l.Treated.N + l.Held.N; needed > have {
			m = text(m.Zh+fmt.Sprintf("。要看清 10 个百分点的差别，两组一共大约要 %s 人，现在 %s 人", thousands(needed), thousands(have)),
				m.En+fmt.Sprintf(". To see a difference of 10 points takes about %s people in both groups; there are %s", thousands(needed), thousands(have)))
		} else if needed > 0 {
			m = text(m.Zh+"。人数已经够看清 10 个百分点的差别，所以真有差别也多半更小", m.En+". There are enough people to see a difference of 10 points, so if there is one it is likely smaller")
		}
		return said, &m
	}
	var zh, en []string
	lack := l.Missing()
	if lack.Treated > 0 {
		zh, en = append(zh, fmt.Sprintf("走旅程的还差 %d 人", lack.Treated)), append(en, fmt.Sprintf("%d more of those in the journey", lack.Treated))
	}
	if lack.Held > 0 {
		zh, en = append(zh, fmt.Sprintf("对照的还差 %d 人", lack.Held)), append(en, fmt.Sprintf("%d more of those compared with", lack.Held))
	}
	if len(zh) == 0 {
		zh, en = append(zh, "达到目标的人，或没达到的人，还太少"), append(en, "too few have reached the goal, or too few have missed it")
	}
	m := text("要等观察期走完："+strings.Join(zh, "，"), "Once their window is over: "+strings.Join(en, ", "))
	return text("还看不出：人还不够", "Too early to say: too few people"), &m
}

// meanWords say what a look allows to be said of means, which are days with a record.
func meanWords(l *effect.Look) Text {
	i := l.AlwaysMeans()
	switch l.MeansVerdict() {
	case effect.More:
		return text(fmt.Sprintf("每人多记录 %s 天（%s～%s）", oneDigit(i.Diff), oneDigit(i.Low), oneDigit(i.High)), fmt.Sprintf("%s more days with a record each (%s to %s)", oneDigit(i.Diff), oneDigit(i.Low), oneDigit(i.High)))
	case effect.Fewer:
		return text(fmt.Sprintf("每人少记录 %s 天（%s～%s）", oneDigit(-i.Diff), oneDigit(-i.High), oneDigit(-i.Low)), fmt.Sprintf("%s fewer days with a record each (%s to %s)", oneDigit(-i.Diff), oneDigit(-i.High), oneDigit(-i.Low)))
	case effect.TooEarly:
		return text(fmt.Sprintf("还看不出：现在差 %s 天，区间 %s～%s 还包括“没有差别”", signed(i.Diff), signed(i.Low), signed(i.High)),
			fmt.Sprintf("Too early to say: %s days now; the interval, %s to %s, still holds “no difference”", signed(i.Diff), signed(i.Low), signed(i.High)))
	}
	return text("还看不出：人还不够", "Too early to say: too few people")
}

func oneDigit(x float64) string { return fmt.Sprintf("%.1f", math.Round(x*10)/10+0) }

func signed(x float64) string {
	if x = math.Round(x*10)/10 + 0; x > 0 {
		return fmt.Sprintf("+%.1f", x)
	}
	return strings.Replace(fmt.Sprintf("%.1f", x), "-", "−", 1)
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
