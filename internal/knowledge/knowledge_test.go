package knowledge

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

func sample() []Entry {
	approved := func(e Entry) Entry {
		e.State, e.WrittenBy, e.ApprovedBy = Approved, "S1", "S2"
		return e
	}
	return []Entry{
		approved(Entry{ID: "01", Kind: Answer, Title: "空腹血糖怎么测", Questions: []string{"早上怎么测血糖", "空腹血糖什么时候测", "How do I measure fasting glucose"}, Text: "早上起床后先洗手，不吃不喝，用采血针取指血测。测完记下时间。", Source: "指南", Automatic: true}),
		approved(Entry{ID: "02", Kind: Answer, Title: "胰岛素怎么保存", Questions: []string{"胰岛素放冰箱吗", "胰岛素怎么存"}, Text: "没开封的放冰箱冷藏，不要冷冻。", Source: "说明书", Automatic: true}),
		approved(Entry{ID: "03", Kind: Article, Title: "足部护理", Text: "每天看一看脚底和趾缝。鞋要合脚。", Source: "指南"}),
		approved(Entry{ID: "04", Kind: Quick, Title: "问候", Text: "您好，有什么可以帮您？"}),
		{ID: "05", Kind: Answer, Title: "能吃西瓜吗", Questions: []string{"能吃西瓜吗"}, Text: "少量。", Source: "指南", State: Draft, Automatic: true},
		approved(Entry{ID: "06", Kind: Answer, Title: "会截肢吗", Questions: []string{"糖尿病会截肢吗"}, Text: "请和医生当面谈。", Source: "指南", Gravity: 2}),
	}
}

func TestBest(t *testing.T) {
	x := NewIndex(1, sample())
	bot := Wanted{Kinds: []Kind{Answer}, Audience: "person", Now: 1, Bot: true}
	tests := []struct {
		name, q, id string
		least, most float64
	}{
		{"the same question", "早上怎么测血糖", "01", 1, 1},
		{"the same, with full-width and marks", "早上怎么测血糖？！", "01", 1, 1},
		{"in English, another case", "how do i measure FASTING glucose?", "01", 1, 1},
		{"asked otherwise", "请问空腹血糖应该怎么测呀", "01", 0.6, 1},
		{"about another thing", "胰岛素要放冰箱里吗", "02", 0.4, 0.999},
		{"a draft is not said", "能吃西瓜吗", "", 0, 0.5},
		{"what is grave is not said by machine", "糖尿病会截肢吗", "", 0, 0.5},
		{"nothing in common", "快递到哪儿了", "", 0, 0},
		{"nothing", "", "", 0, 0},
		{"no words", "😀😀！！", "", 0, 0},
		{"very long", strings.Repeat("我今天", 2000), "", 0, 0.2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h, near, ok := x.Best(tt.q, bot)
			if near < tt.least || near > tt.most {
				t.Errorf("near %.3f, want %.3f to %.3f", near, tt.least, tt.most)
			}
			if tt.id != "" && (!ok || h.ID != tt.id) {
				t.Errorf("found %+v, want %s", h.Entry, tt.id)
			}
		})
	}
	if _, _, ok := (*Index)(nil).Best("x", bot); ok {
		t.Error("an index that is not there knows something")
	}
}

func TestSearch(t *testing.T) {
	x := NewIndex(1, sample())
	hits := x.Search("脚底", Wanted{Now: 1}, 5)
	if len(hits) == 0 || hits[0].ID != "03" || hits[0].Quote != "每天看一看脚底和趾缝" {
		t.Errorf("found %+v", hits)
	}
	for _, h := range x.Search("血糖 西瓜 您好", Wanted{Kinds: []Kind{Answer}, Now: 1}, 5) {
		if h.Kind != Answer || h.ID == "05" {
			t.Errorf("%s is not wanted", h.ID)
		}
	}
	if got := x.Search("西瓜", Wanted{}, 5); len(got) != 1 || got[0].ID != "05" {
		t.Errorf("editors find drafts: %+v", got)
	}
	expired := sample()
	expired[0].Expires = 100
	if got := NewIndex(1, expired).Search("空腹", Wanted{Now: 100}, 5); len(got) != 0 {
		t.Error("an approval that is over is offered")
	}
	if len(NewIndex(0, nil).Search("血糖", Wanted{}, 5)) != 0 {
		t.Error("nothing finds something")
	}
}

func TestCheck(t *testing.T) {
	good := sample()[0]
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name  string
		wrong func(*Entry)
		err   error
	}{
		{"no title", func(e *Entry) { e.Title = "" }, errTitle},
		{"81 characters", func(e *Entry) { e.Title = strings.Repeat("长", 81) }, errTitle},
		{"no text", func(e *Entry) { e.Text = "" }, errText},
		{"a quick reply of a page", func(e *Entry) { e.Kind, e.Automatic, e.Text = Quick, false, strings.Repeat("长", 1001) }, errText},
		{"31 questions", func(e *Entry) { e.Questions = make([]string, 31) }, errQuestions},
		{"an article said by machine", func(e *Entry) { e.Kind = Article }, errKind},
		{"said by machine and never asked", func(e *Entry) { e.Questions = nil }, errAsked},
		{"grave and said by machine", func(e *Entry) { e.Gravity = 2 }, errGravity},
		{"from nowhere", func(e *Entry) { e.Source = "" }, errSource},
		{"for nobody known", func(e *Entry) { e.Audience = []string{"dog"} }, errAudience},
		{"a change of dose by machine", func(e *Entry) { e.Text = "血糖高就把胰岛素加量到 10 个单位" }, errBotWords},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := good
			tt.wrong(&e)
			if err := e.Check(); !errors.Is(err, tt.err) {
				t.Errorf("%v, want %v", err, tt.err)
			}
		})
	}
}

func TestApprove(t *testing.T) {
	e := Entry{State: Draft, WrittenBy: "S1"}
	if err := e.Approve("S1", 5); !errors.Is(err, ErrOwn) {
		t.Errorf("own words: %v", err)
	}
	if err := e.Approve("S2", 5); err != nil || !e.Usable(5) || e.Usable(e.Expires) || !e.Usable(e.Expires-1) {
		t.Errorf("approved for a year: %v, %+v", err, e)
	}
	if err := e.Approve("S2", 5); !errors.Is(err, ErrState) {
		t.Errorf("twice: %v", err)
	}
	if got := (Entry{Questions: []string{" a ", "", "a"}, Title: " x "}).Tidied(); len(got.Questions) != 1 || got.Title != "x" {
		t.Errorf("tidied to %+v", got)
	}
}

// many makes a base of n answers out of the words of care.
func many(n int) []Entry {
	r := rand.New(rand.NewPCG(1, 2))
	words := []string{"血糖", "空腹", "餐后", "胰岛素", "低血糖", "怎么办", "饮食", "水果", "运动", "散步", "足部", "眼底", "复查", "药店", "保存", "冰箱", "注射", "针头", "试纸", "校准", "头晕", "睡眠", "体重", "血压", "主食", "喝酒", "感冒", "出差", "旅行", "记录"}
	pick := func(k int) string {
		var b strings.Builder
		for range k {
			b.WriteString(words[r.IntN(len(words))])
		}
		return b.String()
	}
	es := make([]Entry, n)
	for i := range es {
		es[i] = Entry{ID: fmt.Sprintf("%06d", i), Kind: Answer, Title: pick(3), Questions: []string{pick(4), pick(5)}, Text: pick(40) + "。" + pick(40), Source: "x", State: Approved, Automatic: true}
	}
	return es
}

func BenchmarkSearch(b *testing.B) {
	x := NewIndex(1, many(20_000))
	for b.Loop() {
		x.Search("空腹血糖高怎么办", Wanted{Now: 1}, 10)
	}
}

func BenchmarkBest(b *testing.B) {
	x := NewIndex(1, many(20_000))
	for b.Loop() {
		x.Best("空腹血糖高怎么办", Wanted{Now: 1, Bot: true})
	}
}

func BenchmarkNewIndex(b *testing.B) {
	es := many(20_000)
	for b.Loop() {
		NewIndex(1, es)
	}
}
