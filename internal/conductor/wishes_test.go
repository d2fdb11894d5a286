package conductor_test

import (
	"strings"
	"testing"
	"time"

	"peiban/internal/channel"
	"peiban/internal/message"
	"peiban/internal/programme"
	"peiban/internal/task"
)

const serviceText = "---\nkind: consent\npurpose: basic_service\nversion: \"1\"\napproval: sample\nrequired: true\ntitle: {zh: 基本服务, en: Service}\nnecessity: {zh: 要, en: Needed}\nimpact: {zh: 有, en: Some}\n---\n# 中文\n\n联系您。\n\n# English\n\nWe reach you.\n"

// A text of the service in a newer version stops messages, and a human gets to know: one task, however many messages stop, which is done
// when the person has answered.
func TestWhoseServiceStoppedHasATask(t *testing.T) {
	b := newBench(t)
	talking(t, b)
	files := programme.Files{}
	for k, v := range b.progs[0].Files {
		files[k] = v
	}
	open := func(text string) {
		files["content/consent-service.md"] = text
		p, problems := files.Open()
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		b.progs = []*programme.Compiled{p}
		b.c = b.open()
	}
	open(serviceText)
	agree := func(version string) {
		b.submit(b.item("zhang", "consent", `{"purpose":"basic_service","granted":true,"textVersion":"`+version+`","basis":"phone"}`, b.now))
	}
	n := b.consent("zhang")
	agree("1")
	open(strings.Replace(serviceText, `version: "1"`, `version: "2"`, 1))
	asked := func(want task.State) {
		t.Helper()
		var got []task.Task
		for _, x := range b.tasks(n) {
			if strings.Contains(x.Title.Zh, "重新同意") {
				got = append(got, x)
			}
		}
		if len(got) != 1 || got[0].State != want {
			t.Errorf("%+v, want one that is %s", got, want)
		}
	}
	for range 2 {
		b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
		if m := of(b, n, "walked"); m.State != message.Suppressed || m.Reason != message.TextOutdated {
			t.Fatalf("state %s, reason %s", m.State, m.Reason)
		}
		asked(task.Open)
		b.now = b.now.Add(26 * time.Hour)
	}
	agree("2")
	asked(task.Done)
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	sent := 0
	for _, m := range b.messages(n) {
		if m.State == message.Sent {
			sent++
		}
	}
	if sent != 1 {
		t.Errorf("%d were sent after they agreed again", sent)
	}
}

// Who wants one message a week gets one; who wants them in the app only gets them there, whatever channel there is.
func TestWishesHold(t *testing.T) {
	g := &gate{moody: moody{keys: map[string]int{}}}
	b := newBench(t)
	b.senders, b.channel = map[string]channel.Sender{"webhook": g}, "webhook"
	talking(t, b)
	n := b.consent("zhang")
	b.submit(
		b.item("zhang", "preference", `{"kind":"per_week","active":true,"most":1}`, b.now),
		b.item("zhang", "preference", `{"kind":"in_app_only","active":true}`, b.now))
	b.submit(b.item("zhang", "exercise", `{"minutes":20}`, b.now))
	first := of(b, n, "walked")
	if first.State != message.Sent || first.Channel != "inapp" || len(g.keys) != 0 {
		t.Fatalf("%s by %s, %d by the channel", first.State, first.Channel, len(g.keys))
	}
	b.now = b.now.Add(145 * time.Hour)
	b.submit(b.item("zhang", "page", `{"name":"x"}`, b.now))
	m := of(b, n, "one")
	if m.State != message.Held || m.Reason != message.CapWish || m.Next < first.SentAt+(7*24*time.Hour).Microseconds() {
		t.Fatalf("%s, %s, until %d", m.State, m.Reason, m.Next)
	}
	if p, err := b.c.Prove(t.Context(), m); err != nil || !p.Same {
		t.Errorf("what the person wished is not found again: %v %+v", err, p)
	}
	b.submit(b.item("zhang", "preference", `{"kind":"per_week","active":false}`, b.now))
	if m = of(b, n, "one"); m.State != message.Sent && of(b, n, "two").State != message.Sent {
		t.Errorf("%s, %s, after the wish was taken back", m.State, m.Reason)
	}
}
