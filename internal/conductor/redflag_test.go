package conductor_test

import (
	"slices"
	"testing"

	"peiban/internal/event"
	"peiban/internal/task"
)

// flags are what the timeline of the only person holds of a type.
func flags(b *bench, v event.Type) (out []string) {
	b.t.Helper()
	l, err := b.c.Look(1, 0, 0)
	ok(b.t, err)
	for i := range l.View.Len() {
		if e := l.View.Event(i); e.Type == v {
			out = append(out, e.A.String())
		}
	}
	return out
}

func TestWhatIsDangerousInAChatIsSeen(t *testing.T) {
	for _, tt := range []struct {
		text   string
		topics []string
		alert  bool
		reacts int
	}{
		{"今天空腹 6.1，没有不舒服", nil, false, 0},
		{"我胸口突然很疼，出冷汗", []string{"emergency"}, true, 0},
		{"不想活了", []string{"self_harm"}, true, 0},
		{"吃了二甲双胍一直拉肚子", []string{"adverse_event"}, false, 1},
		{"怀孕了，还在吃二甲双胍，恶心", []string{"pregnancy", "adverse_event"}, false, 1},
	} {
		t.Run(tt.text, func(t *testing.T) {
			b := newBench(t)
			b.consent("zhang")
			chat := b.item("zhang", "chat", `{"from":"person","text":"`+tt.text+`"}`, b.now)
			b.submit(chat)
			b.submit(chat) // told again: it is seen once
			if got := flags(b, event.ChatTopic); !slices.Equal(got, tt.topics) {
				t.Errorf("%q", got)
			}
			if got := flags(b, event.AdverseEvent); len(got) != tt.reacts {
				t.Errorf("%q", got)
			}
			urgent := 0
			for _, v := range b.tasks(1) {
				if v.Priority == task.Safety {
					urgent++
				}
			}
			if tt.alert && urgent == 0 || len(tt.topics) == 0 && urgent > 0 {
				t.Errorf("%d tasks of safety", urgent)
			}
		})
	}
}

func TestHistoryAndStaffRaiseNoFlags(t *testing.T) {
	b := newBench(t)
	b.consent("zhang")
	old := b.item("zhang", "chat", `{"from":"person","text":"我胸口很疼"}`, b.now)
	old.Event.Flags |= event.Imported
	b.submit(old, b.item("zhang", "chat", `{"from":"staff","text":"胸口疼请打 120"}`, b.now))
	if got := flags(b, event.ChatTopic); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
