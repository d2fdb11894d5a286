package api

import (
	"cmp"
	"strconv"
	"time"

	"peiban/internal/event"
	"peiban/internal/journey"
	"peiban/internal/reading"
)

var channelNames = map[string]Text{
	"wecom": text("企业微信", "WeCom"), "wechat": text("公众号", "the official account"), "mini_program": text("小程序", "the mini-program"), "sms": text("短信", "SMS"),
	"email": text("邮件", "e-mail"), "inapp": text("手机页", "the phone page"), "webhook": text("外部系统", "an outside system"),
}

// node says what a step does that is neither a message, a task, a wait nor a branch in two.
func (w journeyWords) node(v *DocStep, s *journey.Step) {
	switch {
	case s.Choose != nil:
		v.Text = text("走第一条合适的路", "the first way that fits")
		for i := range s.Choose.Ways {
			c := w.cond(&s.Choose.Ways[i].When)
			v.Ways = append(v.Ways, DocWay{strconv.Itoa(i + 1), c.Text, c.Rule, w.steps(s.Choose.Ways[i].Then)})
		}
		v.Ways = append(v.Ways, DocWay{"else", text("都不合适", "none fits"), "", w.steps(s.Choose.Else)})
	case s.Split != nil:
		v.Text = text("随机分组", "divided by chance")
		for i := range s.Split.Arms {
			a := &s.Split.Arms[i]
			p := percent(a.Share)
			v.Ways = append(v.Ways, DocWay{a.Key, text(a.Name.Zh+"，"+p, a.Name.En+", "+p), "", w.steps(a.Steps)})
		}
	case s.Holdout != nil:
		p := percent(s.Holdout.Share)
		v.Text = text("留 "+p+" 的人作对照，不往下走", p+" are held out to compare with")
	case s.Form != nil:
		v.Ref, v.Text = s.Form.Content, text("请填问卷“"+w.form(s.Form.Form).Zh+"”", "asks for the questionnaire "+w.form(s.Form.Form).En)
		w.sending(v, &s.Form.MessageStep)
	case s.Invite != nil:
		t := w.title(s.Invite.Content)
		v.Ref, v.Text = s.Invite.Content, text("邀请："+t.Zh, "invites: "+t.En)
		w.sending(v, &s.Invite.MessageStep)
	case s.HandOver != nil:
		w.task(v, &s.HandOver.TaskStep)
		v.Notes = append(v.Notes, text(spanZh(s.HandOver.Pause)+"内不自动发消息", "nothing automatic for "+spanEn(s.HandOver.Pause)))
	case s.Refer != nil:
		v.Ref, v.Text = s.Refer.Rule, text("转诊", "refers")
		for i := range w.p.Referrals {
			if r := &w.p.Referrals[i]; r.Key == s.Refer.Rule {
				v.Text = text("转诊："+r.Name.Zh, "refers: "+r.Name.En)
			}
		}
	case s.Set != nil:
		w.set(v, s.Set)
	case s.Points != nil:
		n := strconv.Itoa(s.Points.Amount)
		v.Text = text("给 "+n+" 分", "gives "+n+" points")
	case s.Camp != nil:
		v.Ref, v.Text = s.Camp.Key, joins(s.Camp, text("训练营", "camp"))
	case s.Group != nil:
		v.Ref, v.Text = s.Group.Key, joins(s.Group, text("社群", "group"))
	case s.Webhook != nil:
		v.Ref, v.Text = s.Webhook.Name, text("通知外部系统“"+s.Webhook.Name+"”", "tells the outside: "+s.Webhook.Name)
	case s.Call != nil:
		name := Text{Zh: s.Call.Journey, En: s.Call.Journey}
		if j := w.p.Journey(s.Call.Journey); j != nil {
			name = j.Name
		}
		v.Ref, v.Text = s.Call.Journey, text("进入旅程“"+name.Zh+"”", "enters the journey "+name.En)
		if s.Call.Wait > 0 {
			v.Notes = append(v.Notes, text("等它走完，最多 "+spanZh(s.Call.Wait), "waits for its end, at most "+spanEn(s.Call.Wait)))
		}
	case s.Goal:
		v.Text = text("算达到目标", "counts as reaching the goal")
	case s.Go != nil:
		n := strconv.Itoa(s.Go.Times)
		v.Ref, v.Text = s.Go.To, text("回到步骤 "+s.Go.To+"，最多 "+n+" 次", "back to step "+s.Go.To+", at most "+n+" times")
	default:
		v.Kind, v.Text = "exit", text("结束", "ends")
	}
}

func (w journeyWords) set(v *DocStep, s *journey.SetStep) {
	if s.Trait != "" {
		spec := event.Profile.Spec()
		value := spec.Word(spec.Field(s.Trait), s.Value)
		v.Text = text("资料记为“"+value.Zh+"”", "sets the profile to "+value.En)
		return
	}
	name := Text{Zh: s.Segment, En: s.Segment}
	if i := w.p.TagIndex(s.Segment); i >= 0 {
		name = w.p.Tags[i].Name
	}
	v.Ref = s.Segment
	switch s.State {
	case "in":
		v.Text = text("放进“"+name.Zh+"”", "puts them into "+name.En)
	case "out":
		v.Text = text("移出“"+name.Zh+"”", "takes them out of "+name.En)
	default:
		v.Text = text("“"+name.Zh+"”由规则决定", "leaves "+name.En+" to its rule")
	}
	if s.For > 0 {
		v.Notes = append(v.Notes, text("有效 "+spanZh(s.For), "for "+spanEn(s.For)))
	}
}

func (w journeyWords) form(key string) Text {
	if f := w.p.Forms[key]; f != nil {
		return f.Name
	}
	return Text{Zh: key, En: key}
}

func joins(p *journey.PlaceStep, what Text) Text {
	if p.Leave {
		return text("离开"+what.Zh+"“"+p.Key+"”", "leaves the "+what.En+" "+p.Key)
	}
	return text("加入"+what.Zh+"“"+p.Key+"”", "joins the "+what.En+" "+p.Key)
}

func percent(share int) string {
	return strconv.FormatFloat(float64(share)*100/journey.Slots, 'f', -1, 64) + " %"
}

// date says a day counted from an event.
func (w journeyWords) date(d *journey.Date) Text {
	name := reading.NameOf(d.Type)
	n := int(d.Shift / (24 * time.Hour))
	days := strconv.Itoa(max(n, -n))
	unit := " days"
	if n == 1 || n == -1 {
		unit = " day"
	}
	at := cmp.Or(d.At, "09:00")
	switch {
	case n > 0:
		return text("“"+name.Zh+"”之后 "+days+" 天的 "+at, at+" of the day "+days+unit+" after "+name.En)
	case n < 0:
		return text("“"+name.Zh+"”之前 "+days+" 天的 "+at, at+" of the day "+days+unit+" before "+name.En)
	}
	return text("“"+name.Zh+"”那天的 "+at, at+" of the day of "+name.En)
}

var weekdayNames = []Text{
	text("周一", "Monday"), text("周二", "Tuesday"), text("周三", "Wednesday"), text("周四", "Thursday"), text("周五", "Friday"), text("周六", "Saturday"), text("周日", "Sunday"),
}

func onWeekday(day int) Text {
	if day < 1 || day > 7 {
		return Text{}
	}
	return text(weekdayNames[day-1].Zh, " on "+weekdayNames[day-1].En)
}
