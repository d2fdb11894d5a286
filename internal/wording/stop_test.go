package wording

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/stop.txt
var stopSentences string

// TestOptingOutOfLabelledSentences: what is asked is heard at once, and nobody is taken for having asked who did not.
func TestOptingOutOfLabelledSentences(t *testing.T) {
	heard := map[bool][2]int{} // whether they asked: how many, and how many were heard to ask
	for n, line := range strings.Split(strings.TrimSpace(stopSentences), "\n") {
		label, text, ok := strings.Cut(line, "\t")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if !ok {
			t.Fatalf("line %d has no label", n+1)
		}
		want := map[string]Stop{"all": All, "marketing": Marketing, "none": Nothing}[label]
		got := ShippedStops().Heard(text)
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		h := heard[want != Nothing]
		h[0]++
		if got != Nothing {
			h[1]++
		}
		heard[want != Nothing] = h
	}
	asked, other := heard[true], heard[false]
	t.Logf("recall %d of %d, precision %d of %d", asked[1], asked[0], asked[1], asked[1]+other[1])
	if asked[0] < 60 || other[0] < 60 {
		t.Errorf("%d and %d sentences, want 60 each way", asked[0], other[0])
	}
}

func TestOptingOut(t *testing.T) {
	tests := map[Stop][]string{
		Marketing: {"退订", "TD", "td", "T", "t。", "ＴＤ", " 退订！ ", "退 订", "我要退订", "请帮我退订，谢谢", "别再给我发广告了", "不要再发优惠", "拒收", "Unsubscribe", "STOP", "no more offers please", "Please don't send me ads"},
		All:       {"不要再发", "不要再发了。", "别再给我发消息了", "请不要再联系我", "停止发送", "退订所有消息", "别发了", "请勿打扰我", "Stop messaging me", "Do not contact me", "Don't text me!", "no more messages"},
		Nothing: {
			"怎么退订别的短信？", "如何退订", "退订？", "退订是什么意思", "移动的短信怎么退订", "我不想退订", "我没有退订啊", "能不能退订", "如果退订了还能测血糖吗",
			"别再发烧了就好", "我妈说不要再发给她", "今天血糖 7.8", "不要再吃糖了", "T 恤放在哪", "他让银行别再发短信", "How do I unsubscribe?", "Should I stop?", "I never said unsubscribe", "stop by on Monday", "",
			"朋友退订了，我没有", "我发给我女儿了", "别发愁",
		},
	}
	for want, texts := range tests {
		for _, text := range texts {
			if got := ShippedStops().Heard(text); got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
	if _, err := ParseStops([]byte("all: {within: ['(']}")); err == nil {
		t.Error("a broken pattern was taken")
	}
}

// A workspace adds words of its own; the shipped ones stay, and questions and sentences are read as before.
func TestOwnWordsAreAdded(t *testing.T) {
	own := OwnStops{All: []string{"走远点"}, Marketing: []string{"不 感 兴 趣", "Bye"}}
	if field, err := own.Check(); err != nil {
		t.Fatal(field, err)
	}
	s := ShippedStops().With(own)
	for text, want := range map[string]Stop{
		"走远点。": All, "不感兴趣": Marketing, "BYE": Marketing, "退订": Marketing, "走远点？": Nothing,
		"他说走远点": Nothing, "bye bye": Nothing,
	} {
		if got := s.Heard(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if ShippedStops().Heard("走远点") != Nothing {
		t.Error("the shipped words have changed")
	}
	for field, bad := range map[string]OwnStops{
		"all": {All: []string{"！！"}}, "marketing": {All: []string{"走开"}, Marketing: []string{"走开！"}},
	} {
		if got, err := bad.Check(); err == nil || got != field {
			t.Errorf("%v: %s %v", bad, got, err)
		}
	}
}
