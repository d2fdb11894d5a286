package conductor_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/conversation"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/knowledge"
	"peiban/internal/message"
	"peiban/internal/person"
)

// chatty is a bench whose assistant is on and knows one answer.
func chatty(t *testing.T) (*bench, person.Number) {
	t.Helper()
	b := newBench(t)
	base := knowledge.NewIndex(1, []knowledge.Entry{{
		ID: "a", Kind: knowledge.Answer, Title: "空腹血糖怎么测", Questions: []string{"早上怎么测血糖"}, Text: "先洗手，再取指血。", TextEn: "Wash your hands first.", Source: "指南",
		State: knowledge.Approved, Automatic: true,
	}})
	b.talk = func() conductor.TalkSettings {
		return conductor.TalkSettings{Policy: conversation.DefaultPolicy(), Assistant: conversation.Assistant{On: true, Least: 0.6}, Base: base}
	}
	b.c = b.open()
	talking(t, b)
	return b, b.consent("zhang")
}

func (b *bench) says(n person.Number, key, text string) {
	b.t.Helper()
	ok(b.t, b.c.Hear(b.t.Context(), n, conductor.Said{Key: key, Text: text}, audit.Entry{Actor: "person:1", Action: "me.chat"}))
}

func (b *bench) handles(n person.Number, h conductor.Handling) error {
	h.By = "liu"
	return b.c.Handle(b.t.Context(), n, h, audit.Entry{Actor: "staff:liu", Action: "conversation." + h.Action})
}

// spoken is what the conversation holds, each line as who: what.
func (b *bench) spoken(n person.Number) []string {
	b.t.Helper()
	_, v, _, _ := b.c.Glance(n)
	var seqs []event.Seq
	for i := range v.Type {
		if v.Type[i] == event.Chat {
			seqs = append(seqs, v.Seq[i])
		}
	}
	es, err := b.store.EventsBySeq(b.t.Context(), b.ws.Number, n, seqs)
	ok(b.t, err)
	words, err := b.c.Words(n, es)
	ok(b.t, err)
	var out []string
	for _, e := range es {
		out = append(out, e.A.String()+": "+words[e.Seq].Text)
	}
	return out
}

func TestTheAssistantAnswersWhatItKnowsAndSaysSo(t *testing.T) {
	b, n := chatty(t)
	b.says(n, "1", "早上怎么测血糖？")
	b.says(n, "1", "早上怎么测血糖？") // the phone sent it twice
	if got := b.spoken(n); len(got) != 2 || got[1] != "bot: 先洗手，再取指血。" {
		t.Fatalf("spoken %q", got)
	}
	if m := b.messages(n)[0]; m.Title != "智能助手" || m.State != message.Sent || m.Class != message.Service || m.Content != "answer:a" {
		t.Errorf("sent %+v", m)
	}
	if talk := b.c.Talk(n); talk.StateAt(b.now.UnixMicro()) != conversation.Theirs {
		t.Errorf("answered, and %+v", talk)
	}
	b.now = b.now.Add(time.Minute)
	b.says(n, "2", "我的快递到哪里了")
	b.says(n, "3", "在吗，快递呢")
	got := b.spoken(n)
	if len(got) != 5 || !strings.Contains(got[3], "来回复您") {
		t.Errorf("it says once that a human will: %q", got)
	}
	if talk := b.c.Talk(n); talk.StateAt(b.now.UnixMicro()) != conversation.Open || talk.Lacking != 2 {
		t.Errorf("two questions wait: %+v", talk)
	}
	if _, diff, err := b.c.Replay(t.Context(), nil); err != nil || len(diff) != 0 {
		t.Errorf("a replay differs: %v %v", diff, err)
	}
}

func TestTheAssistantIsSilent(t *testing.T) {
	human := func(b *bench, n person.Number) {
		_, err := b.c.Write(b.t.Context(), n, conductor.Writing{Key: "w", By: "liu", Title: "刘敏", Text: "您好"}, audit.Entry{Actor: "staff:liu"})
		ok(b.t, err)
	}
	for _, tt := range []struct {
		name, text string
		before     func(*bench, person.Number)
		bot        int // lines of the assistant
		alarm      bool
	}{
		{"while a human talks", "早上怎么测血糖", human, 0, false},
		{"a day after a human it speaks again", "早上怎么测血糖", func(b *bench, n person.Number) { human(b, n); b.now = b.now.Add(24 * time.Hour) }, 1, false},
		{"given back it speaks again", "早上怎么测血糖", func(b *bench, n person.Number) {
			human(b, n)
			ok(b.t, b.handles(n, conductor.Handling{Action: conversation.GivenBack}))
		}, 1, false},
		{"to who wants no messages", "早上怎么测血糖", func(b *bench, n person.Number) {
			b.submit(b.item("zhang", "do_not_contact", `{"active":true,"reason":"asked"}`, b.now))
		}, 0, false},
		{"an emergency gets the line to call, no answer", "胸痛，喘不上气，早上怎么测血糖", nil, 1, true},
		{"an emergency while a human talks is marked all the same", "胸痛得厉害", human, 0, true},
		{"what was said in no app of ours", "", func(b *bench, n person.Number) {
			b.submit(b.item("zhang", "chat", `{"from":"person","text":"早上怎么测血糖","channel":1}`, b.now))
		}, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, n := chatty(t)
			if tt.before != nil {
				tt.before(b, n)
			}
			if tt.text != "" {
				b.says(n, "1", tt.text)
			}
			bot := 0
			for _, line := range b.spoken(n) {
				if strings.HasPrefix(line, "bot: ") {
					bot++
					if tt.alarm && (!strings.Contains(line, "120") || strings.Contains(line, "洗手")) {
						t.Errorf("in an emergency it said %q", line)
					}
				}
			}
			if bot != tt.bot {
				t.Errorf("%d lines of the assistant, want %d: %q", bot, tt.bot, b.spoken(n))
			}
			if talk := b.c.Talk(n); (talk.Alarm != 0) != tt.alarm {
				t.Errorf("alarm %v", talk.Alarm != 0)
			}
		})
	}
}

func TestHandlingAConversation(t *testing.T) {
	b, n := chatty(t)
	now := b.now.UnixMicro()
	if err := b.handles(n, conductor.Handling{Action: conversation.Done, Reason: "answered"}); !errors.Is(err, conductor.ErrNoTalk) {
		t.Errorf("nobody talked: %v", err)
	}
	b.says(n, "1", "快递呢")
	seen := b.c.Talk(n).HeardSeq
	for _, tt := range []struct {
		name string
		h    conductor.Handling
		err  *fault.Fault
	}{
		{"put aside until now", conductor.Handling{Action: conversation.PutAside, Until: now}, conductor.ErrTalkMoment},
		{"promised for the past", conductor.Handling{Action: conversation.Promised, Until: now - 1}, conductor.ErrTalkMoment},
		{"done without a reason", conductor.Handling{Action: conversation.Done}, conductor.ErrTalkReason},
		{"done for no reason there is", conductor.Handling{Action: conversation.Done, Reason: "x"}, conductor.ErrTalkReason},
		{"a question nobody asked", conductor.Handling{Action: conversation.Settled, Chat: 999}, conductor.ErrNotLacking},
		{"handed to a colleague", conductor.Handling{Action: conversation.Assigned, Who: "wang"}, nil},
		{"promised", conductor.Handling{Action: conversation.Promised, Until: now + 1e9}, nil},
		{"put aside", conductor.Handling{Action: conversation.PutAside, Until: now + 1e9, Seen: seen}, nil},
		{"a note", conductor.Handling{Action: conversation.Noted, Note: "周三再问"}, nil},
		{"the question dealt with", conductor.Handling{Action: conversation.Settled, Chat: seen, Reason: "dismissed"}, nil},
		{"the question dealt with twice", conductor.Handling{Action: conversation.Settled, Chat: seen, Reason: "dismissed"}, conductor.ErrNotLacking},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := b.handles(n, tt.h)
			if tt.err == nil && err != nil || tt.err != nil && !errors.Is(err, tt.err) {
				t.Errorf("%v, want %v", err, tt.err)
			}
		})
	}
	who, err := b.c.HandedTo(t.Context(), "wang")
	if err != nil || !who.Contains(uint32(n)) {
		t.Errorf("handed to nobody: %v", err)
	}
	b.says(n, "2", "还在吗")
	if err := b.handles(n, conductor.Handling{Action: conversation.Done, Reason: "answered", Seen: seen}); !errors.Is(err, conductor.ErrTalkMoved) {
		t.Errorf("done while the person wrote: %v", err)
	}
	ok(t, b.handles(n, conductor.Handling{Action: conversation.Done, Reason: "answered"}))
	if err := b.handles(n, conductor.Handling{Action: conversation.Taken}); !errors.Is(err, conductor.ErrTalkClosed) {
		t.Errorf("taken over though done: %v", err)
	}
	if who, _ := b.c.HandedTo(t.Context(), "wang"); who.Contains(uint32(n)) {
		t.Error("what is done is nobody's to look at any more")
	}
}

// Every process follows what others commit, and an erased person's conversation is gone.
func TestConversationsAreFollowed(t *testing.T) {
	b, n := chatty(t)
	other := b.open()
	count := func(c *conductor.Conductor) (found int) {
		ok(t, c.Talks(context.Background(), func(talk *conversation.Talk) {
			if talk.Person == n && talk.Waiting != 0 {
				found++
			}
		}))
		return found
	}
	if count(b.c) != 0 || count(other) != 0 {
		t.Fatal("talks before anybody spoke")
	}
	b.says(n, "1", "快递呢")
	_, err := other.Tick(t.Context())
	ok(t, err)
	if count(b.c) != 1 || count(other) != 1 {
		t.Errorf("%d here, %d there", count(b.c), count(other))
	}
	ok(t, b.c.Erase(t.Context(), n, audit.Entry{Actor: "staff:admin", Action: "person.erase"}))
	if count(b.c) != 0 {
		t.Error("an erased person still waits")
	}
}

func TestHearingNothingAndByNoWay(t *testing.T) {
	b, n := chatty(t)
	if err := b.c.Hear(t.Context(), n, conductor.Said{Key: "1", Text: " \n"}, audit.Entry{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("nothing was said: %v", err)
	}
	if err := b.c.Hear(t.Context(), n, conductor.Said{Key: "1", Text: "x", Channel: "pigeon"}, audit.Entry{}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("by pigeon: %v", err)
	}
}
