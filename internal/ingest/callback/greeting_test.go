package callback_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel/wecom"
	"peiban/internal/event"
	"peiban/internal/message"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

const welcomeCall = "externalcontact/send_welcome_msg"

// greetings collects what is sent as a welcome, and answers it with codes, one after the other; the last one stays.
func (d *desk) greetings(codes ...int) *[]wecom.Greeting {
	out := &[]wecom.Greeting{}
	up := d.far
	d.runner.Address = "https://peiban.example"
	d.asked = func(api string, body []byte) {
		if api != welcomeCall {
			return
		}
		var g wecom.Greeting
		if err := json.Unmarshal(body, &g); err != nil {
			d.t.Errorf("a welcome that cannot be read: %v", err)
		}
		*out = append(*out, g)
	}
	d.far = func(api string) string {
		if api != welcomeCall {
			return up(api)
		}
		i := min(len(*out), len(codes)) - 1
		if i < 0 || codes[i] == 0 {
			return `{"errcode":0,"errmsg":"ok"}`
		}
		if codes[i] < -1 {
			return ""
		}
		return fmt.Sprintf(`{"errcode":%d,"errmsg":"no"}`, codes[i])
	}
	return out
}

// said are the messages of the only person.
func (d *desk) said() []message.Message {
	d.t.Helper()
	all, err := d.store.MessagesOf(d.t.Context(), 1, 1, store.Page{Limit: 100})
	must(d.t, err)
	var out []message.Message
	for _, m := range all.Items {
		if m.Channel == "wecom" {
			out = append(out, m)
		}
	}
	return out
}

func (d *desk) why() string {
	d.t.Helper()
	told, err := d.store.ToldCallbacks(d.t.Context(), 1, "abcdef", 0, 10)
	must(d.t, err)
	var out []string
	for _, v := range told {
		out = append(out, v.State+" "+v.Why)
	}
	return strings.Join(out, ", ")
}

func TestANewCustomerIsGreetedOnce(t *testing.T) {
	d := newDesk(t)
	sent := d.greetings()
	scan := change("add_external_contact", d.now.Add(-time.Second), "<State>code-pharmacy</State><WelcomeCode>W1</WelcomeCode>")
	for range 3 {
		d.tell(scan)
		d.work()
	}
	if len(*sent) != 1 {
		t.Fatalf("%d welcomes", len(*sent))
	}
	g := (*sent)[0]
	if g.Code != "W1" || !strings.Contains(g.Text.Content, "健康管理团队") || len(g.Attachments) != 1 {
		t.Errorf("%+v", g)
	}
	link := g.Attachments[0].Link
	token, ok := strings.CutPrefix(link.URL, "https://peiban.example"+staff.SignInPath)
	if !ok || link.Title != "点这里看同意书，开始记血糖" {
		t.Errorf("%+v", link)
	}
	_, n, err := d.store.UseSigninLink(t.Context(), staff.HashToken(token), d.now.Add(71*time.Hour).UnixMicro(), func(workspace.Number, person.Number) (staff.Session, []audit.Entry, error) {
		return staff.Session{TokenHash: staff.HashToken("session")}, nil, nil
	})
	if err != nil || n != 1 {
		t.Errorf("the card opens the page of %d: %v", n, err)
	}
	all := d.said()
	if len(all) != 1 || all[0].State != message.Sent || all[0].Content != "greeting" || all[0].Body != g.Text.Content || all[0].SentAt-all[0].Due > 20e6 {
		t.Errorf("%+v", all)
	}
	l, err := d.space.Look(1, 0, 0)
	must(t, err)
	heard := 0
	for i := range l.View.Len() {
		if e := l.View.Event(i); e.Type == event.MessageSent && e.B.String() == "greeting" {
			heard++
		}
	}
	if heard != 1 {
		t.Errorf("the timeline tells of %d greetings", heard)
	}
	if got := d.why(); got != "done greeted" {
		t.Error(got)
	}
}

func TestHowAGreetingFails(t *testing.T) {
	tests := []struct {
		name   string
		codes  []int
		after  time.Duration // of the scan, when it is first looked at
		calls  int
		state  message.State
		reason string
		why    string
	}{
		{"busy, then through", []int{-1, -1, 0}, 0, 3, message.Sent, "", "done greeted"},
		{"no answer, and it had gone through", []int{-2, 41051}, 0, 2, message.Sent, "", "done greeted"},
		{"they have begun to talk", []int{41051}, 0, 1, message.Suppressed, message.Duplicate, "done greeted_before"},
		{"another app is at it, and is through", []int{41096, 41051}, 0, 2, message.Suppressed, message.Duplicate, "done greeted_before"},
		{"the code is no good any more", []int{41050}, 0, 1, message.Suppressed, message.TooLate, "done too_late"},
		{"heard of too late", nil, 30 * time.Second, 0, message.Suppressed, message.TooLate, "done too_late"},
		{"the app may not", []int{48002}, 0, 1, message.Suppressed, "channel_failed", "done wecom_mend"},
		{"never an answer", []int{-2}, 0, 4, message.Suppressed, message.TooLate, "done too_late"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			sent := d.greetings(tt.codes...)
			d.tell(change("add_external_contact", d.now, "<State>code-pharmacy</State><WelcomeCode>W1</WelcomeCode>"))
			d.now = d.now.Add(tt.after)
			for range 120 {
				d.work()
				d.now = d.now.Add(time.Second)
			}
			if len(*sent) < tt.calls || tt.calls < 4 && len(*sent) != tt.calls || len(*sent) > 8 {
				t.Errorf("%d calls, not %d", len(*sent), tt.calls)
			}
			all := d.said()
			if len(all) != 1 || all[0].State != tt.state || all[0].Reason != tt.reason {
				t.Errorf("%+v", all)
			}
			if got := d.why(); got != tt.why {
				t.Errorf("%s, not %s", got, tt.why)
			}
			if got := d.events(); len(got) != 3 { // whatever becomes of the greeting, the person is here with all there is
				t.Errorf("%q", got)
			}
		})
	}
}

func TestWhoIsNotAddedBackIsGreetedAndNobody(t *testing.T) {
	d := newDesk(t)
	sent := d.greetings()
	d.tell(change("add_half_external_contact", d.now, "<State>code-pharmacy</State><WelcomeCode>W1</WelcomeCode>"))
	d.work()
	if n := d.space.Directory().Len(); n != 0 || len(*sent) != 1 {
		t.Fatalf("%d people, %d welcomes", n, len(*sent))
	}
	if url := (*sent)[0].Attachments[0].Link.URL; url != "https://peiban.example/m/j/code-pharmacy" {
		t.Error(url)
	}
	if got := d.why(); got != "done greeted" {
		t.Error(got)
	}
}

func TestWithoutAnAddressTheWordsGoAlone(t *testing.T) {
	d := newDesk(t)
	sent := d.greetings()
	d.runner.Address = ""
	d.tell(change("add_external_contact", d.now, "<WelcomeCode>W1</WelcomeCode>"))
	d.work()
	if len(*sent) != 1 || len((*sent)[0].Attachments) != 0 || (*sent)[0].Text.Content == "" {
		t.Errorf("%+v", *sent)
	}
}

func TestWhoIsAddedLooksAfterThemWhateverTheRulesSay(t *testing.T) {
	d := newDesk(t)
	must(t, d.store.SaveOwnerRules(t.Context(), 1, owner.Rules{On: true, List: []owner.Rule{{Name: "其余", Staff: []string{"staff-liu"}}}}, 0, 1, "staff:x"))
	d.tell(change("add_external_contact", d.now, ""))
	d.work()
	if card, _ := d.space.Directory().ByNumber(1); card.Owner != "staff-zhou" {
		t.Errorf("%s looks after them", card.Owner)
	}
	// Who is nobody here leaves it to the rules.
	other := strings.NewReplacer("wm0001", "wm0002", "<UserID>zhou<", "<UserID>stranger<", "晴天", "雨天").Replace(change("add_external_contact", d.now, ""))
	d.far = func(string) string { return `{"errcode":84061,"errmsg":"no"}` }
	d.tell(other)
	d.work()
	if card, _ := d.space.Directory().ByNumber(2); card.Owner != "staff-liu" {
		t.Errorf("%s looks after who added a stranger", card.Owner)
	}
	// Who is looked after already stays with whom they have.
	d.tell(strings.Replace(change("add_external_contact", d.now.Add(time.Second), ""), "wm0001", "wm0002", 1))
	d.work()
	if card, _ := d.space.Directory().ByNumber(2); card.Owner != "staff-liu" {
		t.Errorf("%s took them over", card.Owner)
	}
}
