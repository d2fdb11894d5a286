package conductor_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"peiban/internal/message"
	"peiban/internal/person"
	"peiban/internal/programme"
	"peiban/programmes"
)

// withAll opens the bench again with every programme that ships, in one workspace.
func withAll(t *testing.T) *bench {
	b := newBench(t)
	folders, err := programme.Folders(programmes.FS)
	ok(t, err)
	b.progs = nil
	for _, f := range folders {
		p, problems := programme.Open(programmes.FS, f)
		if problems != nil {
			t.Fatal(problems)
		}
		b.progs = append(b.progs, p)
	}
	b.c = b.open()
	return b
}

func (b *bench) joins(who string, keys ...string) person.Number {
	n := b.consent(who) // joins the first by itself
	for _, k := range keys {
		b.submit(b.item(who, "programme_joined", `{"programme":"`+k+`","active":true}`, b.now))
	}
	return n
}

// Somebody in two programmes is one person: each programme has its own journeys, and the cap of one message a day and
// four a week is theirs together.
func TestTwoProgrammesShareOneCap(t *testing.T) {
	b := withAll(t)
	n := b.joins("zhang", "hypertension")
	b.submit(b.item("zhang", "contact_added", `{"channel":"pharmacy"}`, b.now))
	_, err := b.c.Move(t.Context(), 29*24*time.Hour)
	ok(t, err)
	days := map[string]int{}
	from := map[string]int{}
	var times []time.Time
	for _, m := range b.messages(n) {
		why := string(m.Why)
		if m.State != message.Sent {
			continue
		}
		if m.Class != "programme" {
			t.Errorf("%s of class %s", m.Content, m.Class)
		}
		at := time.UnixMicro(m.SentAt).In(shanghai)
		days[at.Format("01-02")]++
		times = append(times, at)
		for _, k := range []string{"diabetes", "hypertension"} {
			if strings.Contains(why, `"programme":"`+k+`"`) {
				from[k]++
			}
		}
	}
	if from["diabetes"] == 0 || from["hypertension"] == 0 {
		t.Fatalf("both programmes speak: %v", from)
	}
	for d, k := range days {
		if k > 1 {
			t.Errorf("%d messages on %s, want one", k, d)
		}
	}
	for _, at := range times {
		week := 0
		for _, o := range times {
			if d := at.Sub(o); d >= 0 && d < 7*24*time.Hour {
				week++
			}
		}
		if week > 4 {
			t.Errorf("%d messages in the seven days before %s, want four at most", week, at)
		}
	}
}

// A text is that of the programme that says it, though another has one of the same key.
func TestEachProgrammeSaysItsOwnText(t *testing.T) {
	b := withAll(t)
	h := slices.IndexFunc(b.progs, func(p *programme.Compiled) bool { return p.Key == "hypertension" })
	files := programme.Files{}
	for name, text := range b.progs[h].Files { // its welcome under the key that the programme before it has
		if !strings.HasPrefix(name, "tests/") {
			files[strings.Replace(name, "bp-welcome", "welcome", 1)] = strings.ReplaceAll(text, "bp-welcome", "welcome")
		}
	}
	same, problems := files.Open()
	if problems != nil {
		t.Fatal(problems)
	}
	b.progs[h] = same
	b.c = b.open()
	n := b.joins("li", "hypertension")
	b.submit(b.item("li", "programme_joined", `{"programme":"diabetes","active":false}`, b.now))
	b.submit(b.item("li", "contact_added", `{"channel":"pharmacy"}`, b.now))
	_, err := b.c.Move(t.Context(), time.Hour)
	ok(t, err)
	found := false
	for _, m := range b.messages(n) {
		if m.Content == "welcome" && m.State == message.Sent {
			found = true
			if !strings.Contains(m.Body, "血压") || strings.Contains(m.Body, "血糖") {
				t.Errorf("the welcome of another programme: %s", m.Body)
			}
		}
	}
	if !found {
		t.Fatalf("no welcome: %+v", b.messages(n))
	}
}

// A safety card comes at once and whatever the cap, from each programme for its own measure.
func TestSafetyOfEachProgramme(t *testing.T) {
	b := withAll(t)
	n := b.joins("wang", "hypertension")
	b.submit(
		b.item("wang", "glucose", `{"value":2.8,"unit":"mmol/L","context":"before_lunch"}`, b.now),
		b.item("wang", "blood_pressure", `{"systolic":186,"diastolic":112}`, b.now))
	want := map[string]bool{"low-now": false, "bp-repeat": false}
	for _, m := range b.messages(n) {
		if m.State == message.Sent && m.Kind == "card" {
			want[m.Content] = true
		}
	}
	for k, sent := range want {
		if !sent {
			t.Errorf("%s was not sent: %+v", k, b.messages(n))
		}
	}
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	if d, h := l.State.Progress("diabetes"), l.State.Progress("hypertension"); !d.Has("gl_hypo2_28d") || !h.Has("bp_crit") || d.Has("bp_crit") {
		t.Errorf("tags: %+v %+v", d, h)
	}
	if d, h := l.State.Progress("diabetes"), l.State.Progress("hypertension"); d.Stage != "risk" || h.Stage != "risk" {
		t.Errorf("stages: %s, %s", d.Stage, h.Stage)
	}
}

// A doctor is a person of the workspace with the programme for doctors, and is asked nothing of a patient's.
func TestADoctorIsInTheProgrammeForDoctors(t *testing.T) {
	b := withAll(t)
	n := b.joins("doctor", "hcp-academic")
	b.submit(b.item("doctor", "programme_joined", `{"programme":"diabetes","active":false}`, b.now))
	b.submit(
		b.item("doctor", "contact_added", `{"channel":"hospital"}`, b.now),
		b.item("doctor", "hcp_fact", `{"kind":"specialty","answer":"orthopaedics"}`, b.now),
		b.item("doctor", "hcp_act", `{"act":"referral_asked"}`, b.now))
	l, err := b.c.Look(n, 0, 0)
	ok(t, err)
	p := l.State.Progress("hcp-academic")
	if p == nil || !p.Has("hcp_specialty.orthopaedics") || p.Stage != "convert" || l.State.Progress("diabetes") != nil {
		t.Errorf("%+v", l.State.Programmes)
	}
	scripts := map[string]bool{}
	for _, k := range b.tasks(n) {
		scripts[k.Script] = true
	}
	if !scripts["hcp-identity"] || !scripts["hcp-service-asked"] || scripts["week1-call"] {
		t.Errorf("tasks: %v", scripts)
	}
}
