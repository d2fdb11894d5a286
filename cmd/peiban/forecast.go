package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"peiban/internal/message"
	"peiban/internal/programme"
	"peiban/internal/rehearse"
)

// forecast prints what a rehearsal came to as tables.
func (t terminal) forecast(p *programme.Compiled, f *rehearse.Forecast, capacity int) error {
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	line := func(cells ...any) {
		parts := make([]string, len(cells))
		for i, c := range cells {
			if n, ok := c.(int); ok {
				c = thousands(n)
			}
			parts[i] = fmt.Sprint(c)
		}
		fmt.Fprintln(w, strings.Join(parts, "\t"))
	}
	days := max(1, len(f.Days))
	line(t.say("方案", "Programme"), t.say(p.Name.Zh, p.Name.En), f.From+" – "+f.To)
	line(t.say("触达", "Reached"), fmt.Sprintf(t.say("%s 人中 %s 人", "%[2]s of %[1]s people"), thousands(f.People), thousands(f.Reached)))
	line(t.say("会发出", "Sent"), f.Sent, fmt.Sprintf(t.say("平均每天 %.1f 条", "%.1f a day"), float64(f.Sent)/float64(days)))
	line(t.say("推迟过", "Held for a while"), f.Held)
	line(t.say("不会发", "Never sent"), f.Suppressed, t.reasons(f.Reasons))
	line(t.say("任务", "Tasks"), f.Tasks, fmt.Sprintf(t.say("其中马上要办 %s 个", "%s of them at once"), thousands(f.Safety)))
	line()
	line(t.say("谁做", "Who"), t.say("任务", "tasks"), t.say("平均每天", "mean a day"), t.say("百天里 95 天不超过", "95 of 100 days at most"), t.say("最忙一天", "busiest"), t.say("是哪天", "when"),
		fmt.Sprintf(t.say("每人每天 %d 个，要几人", "staff at %d a day"), capacity))
	for _, l := range append([]rehearse.Load{f.All}, f.Staff...) {
		line(t.who(l.Who), l.Total, fmt.Sprintf("%.1f", l.Mean), l.P95, l.Busiest, l.BusiestDay, l.Needed)
	}
	for _, j := range f.Journeys {
		if j.Entered == 0 {
			continue
		}
		line()
		line(t.say(j.Name.Zh, j.Name.En), fmt.Sprintf(t.say("%s 人，%s 次", "%s people, %s times"), thousands(j.People), thousands(j.Entered)), t.goal(j.Goal))
		line("  "+t.say("步骤", "step"), t.say("发出", "sent"), t.say("推迟", "held"), t.say("任务", "tasks"), t.say("没发", "not sent"))
		for _, s := range j.Steps {
			line("  "+t.say(s.Name.Zh, s.Name.En), s.Sent, s.Held, s.Tasks, s.Suppressed, t.reasons(s.Reasons))
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return t.months(f)
}

// months prints days summed by month: the days themselves are in the JSON.
func (t terminal) months(f *rehearse.Forecast) error {
	w := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "\n%s\t%s\t%s\t%s\t%s\n", t.say("月", "Month"), t.say("新触达", "new people"), t.say("发出", "sent"), t.say("没发", "not sent"), t.say("任务", "tasks"))
	var sum rehearse.DayLine
	for i, d := range f.Days {
		sum.Reached, sum.Sent, sum.Suppressed, sum.Tasks = sum.Reached+d.Reached, sum.Sent+d.Sent, sum.Suppressed+d.Suppressed, sum.Tasks+d.Tasks
		if i == len(f.Days)-1 || f.Days[i+1].Day[:7] != d.Day[:7] {
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.Day[:7], thousands(sum.Reached), thousands(sum.Sent), thousands(sum.Suppressed), thousands(sum.Tasks))
			sum = rehearse.DayLine{}
		}
	}
	return w.Flush()
}

func (t terminal) goal(g *rehearse.GoalRate) string {
	switch {
	case g == nil:
		return t.say("没有目标", "no goal")
	case g.Due < 10:
		return fmt.Sprintf(t.say("目标：人还太少（%d 次有结果）", "goal: too few (%d known)"), g.Due)
	}
	return fmt.Sprintf(t.say("目标：%s 次中 %s 次达到，%.0f%%（%s内）", "goal: %[2]s of %[1]s reached, %.0[3]f%% (within %[4]s)"),
		thousands(g.Due), thousands(g.Reached), 100*float64(g.Reached)/float64(g.Due), t.window(g.Days))
}

func (t terminal) window(days float64) string {
	if days < 2 {
		return fmt.Sprintf(t.say("%.3g 小时", "%.3g hours"), days*24)
	}
	return fmt.Sprintf(t.say("%.3g 天", "%.3g days"), days)
}

func (t terminal) reasons(all []rehearse.Counted) string {
	var out []string
	for _, r := range all {
		x := message.ReasonText(r.Key)
		out = append(out, t.say(x.Zh, x.En)+" "+thousands(r.N))
	}
	return strings.Join(out, t.say("，", ", "))
}

func (t terminal) who(w rehearse.Who) string {
	role := map[string][2]string{
		"": {"合计", "All"}, "owner": {"负责人", "owner"}, "on_duty": {"值班", "on duty"}, "pharmacist": {"药师", "pharmacist"}, "doctor": {"医生", "doctor"},
		"manager": {"主管", "manager"},
	}[w.Role]
	name := w.Role
	if role != [2]string{} {
		name = t.say(role[0], role[1])
	}
	if w.ID != "" {
		name += " " + w.ID
	}
	return name
}
