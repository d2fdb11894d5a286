package api

import (
	"context"
	"net/url"
	"strconv"

	"peiban/internal/engine"
	"peiban/internal/export"
	"peiban/internal/staff"
)

type effectFileInput struct {
	Programme string `query:"programme" maxLength:"60" doc:"the workspace's default programme when not given"`
	Journey   string `query:"journey" maxLength:"80" doc:"all of the programme when not given"`
	From      string `query:"from" maxLength:"10" doc:"the first local day; 90 days ago when not given"`
	To        string `query:"to" maxLength:"10" doc:"the last local day; today when not given"`
	By        string `query:"by" enum:"stage,segment,tag,staff" doc:"also by these groups"`
}

var effectColumns = []export.Column{
	{Key: "journey", Name: "旅程编号 journey"}, {Key: "journey_name", Name: "旅程 journey name"}, {Key: "part", Name: "部分 part"}, {Key: "key", Name: "编号 key"}, {Key: "name", Name: "名称 name"},
	{Key: "from", Name: "从 from"}, {Key: "to", Name: "到 to"}, {Key: "people", Name: "人数 people", Kind: export.Number},
	{Key: "due", Name: "该做 due", Kind: export.Number}, {Key: "executed", Name: "做了 executed", Kind: export.Number}, {Key: "completed", Name: "联系到 completed", Kind: export.Number},
	{Key: "on_time", Name: "按时 on time", Kind: export.Number}, {Key: "result_due", Name: "目标有结果 result due", Kind: export.Number}, {Key: "result", Name: "达到目标 result", Kind: export.Number},
	{Key: "treated", Name: "走旅程 treated", Kind: export.Number}, {Key: "treated_reached", Name: "走旅程达到目标 treated reached", Kind: export.Number},
	{Key: "held", Name: "对照 held out", Kind: export.Number}, {Key: "held_reached", Name: "对照达到目标 held out reached", Kind: export.Number},
	{Key: "difference", Name: "差别（百分点） difference in points", Kind: export.Number}, {Key: "low", Name: "看一次的下限 low of one look", Kind: export.Number}, {Key: "high", Name: "看一次的上限 high of one look", Kind: export.Number},
	{Key: "always_low", Name: "每天看的下限 low of all looks", Kind: export.Number}, {Key: "always_high", Name: "每天看的上限 high of all looks", Kind: export.Number}, {Key: "verdict", Name: "结论 verdict"},
}

// effectFile is what the screen shows of one journey or of all, a row for each step, group and comparison. It holds no person.
func (s *Server) effectFile(ctx context.Context, q url.Values) ([][]string, error) {
	in := &effectFileInput{}
	if err := filled(q, in); err != nil {
		return nil, err
	}
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return nil, err
	}
	var p *engine.Programme
	keys := []string{in.Journey}
	if in.Journey != "" {
		p, _, err = c.journeyOr(in.Programme, in.Journey)
	} else if p, err = c.programmeOr(in.Programme); err == nil {
		keys = journeyKeys(p)
	}
	if err != nil {
		return nil, err
	}
	period := EffectPeriod{OfProgramme: OfProgramme{p.Key}, From: in.From, To: in.To}
	var rows [][]string
	for _, key := range keys {
		v, err := s.journeyEffect(ctx, &journeyEffectIn{Key: key, EffectPeriod: period, By: in.By})
		if err != nil {
			return nil, err
		}
		rows = append(rows, effectRows(&v, in.By != "")...)
		if err := advance(ctx, len(rows), len(rows)); err != nil {
			return nil, err
		}
	}
	return rows, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "journey-effect.export", 0, map[string]any{"rows": len(rows), "programme": p.Key}))
}

func effectRows(v *JourneyEffect, groups bool) (out [][]string) {
	row := func(part, key string, name Text, people int, r WorkRates) {
		n := strconv.Itoa
		out = append(out, []string{v.Key, v.Name.Zh, part, key, name.Zh, v.From, v.To, n(people), n(r.Due), n(r.Executed), n(r.Completed), n(r.OnTime), n(r.ResultDue), n(r.Result), "", "", "", "", "", "", "", "", "", ""})
	}
	row("旅程 journey", v.Key, v.Name, v.People, v.Rates)
	for _, x := range v.Steps {
		row("步骤 step", x.ID, x.Text, x.People, x.Rates)
	}
	for _, x := range v.Groups {
		if groups && !x.Hidden {
			row("分组 "+v.By, x.Key, x.Name, x.People, x.Rates)
		}
	}
	for _, x := range v.Comparisons {
		once, always := limits(x.Once), limits(x.Always)
		out = append(out, []string{
			v.Key, v.Name.Zh, "比较 comparison", x.Step + "/" + x.Treated.Key, x.Treated.Name.Zh + " / " + x.Held.Name.Zh, "", "", "", "", "", "", "", "", "",
			strconv.Itoa(x.Treated.Counted), countText(x.Treated.Reached), strconv.Itoa(x.Held.Counted), countText(x.Held.Reached), once[0], once[1], once[2], always[1], always[2], x.Text.Zh,
		})
	}
	return out
}

func limits(d *Difference) [3]string {
	if d == nil {
		return [3]string{}
	}
	f := func(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
	return [3]string{f(d.Diff), f(d.Low), f(d.High)}
}
