package wording

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name, text string
		by         Writer
		action     Action
		phrase     string
	}{
		{"a manager waits for a second pair of eyes", "可以停药", Writer{Role: "manager"}, Hold, "可以停药"},
		{"a pharmacist too", "可以停药", Writer{Role: "pharmacist"}, Hold, "可以停药"},
		{"a doctor signs it themselves", "可以停药", Writer{Role: "doctor"}, None, ""},
		{"a programme never says it", "可以停药", Writer{Automatic: true}, Block, "可以停药"},
		{"not even with a doctor's role", "可以停药", Writer{Automatic: true, Role: "doctor"}, Block, "可以停药"},
		{"nobody promises a cure", "能根治", Writer{Role: "doctor"}, Block, "根治"},
		{"blame is warned of", "您控制得太差了", Writer{Role: "manager"}, Warn, "控制得太差"},
		{"words that grade are the programme's matter only", "读数异常", Writer{Role: "manager"}, None, ""},
		{"marked where it was written, spaces and all", "明天 停 - 药 吧", Writer{Role: "manager"}, Hold, "停 - 药"},
		{"wide letters", "ｔｉｎｇｙａｏ 三天", Writer{Role: "manager"}, Hold, "ｔｉｎｇｙａｏ"},
		{"what is not seen", "停\u200b药", Writer{Role: "manager"}, Hold, "停\u200b药"},
		{"traditional characters", "可以停藥了", Writer{Role: "manager"}, Hold, "可以停藥了"},
		{"two negations are a yes", "您这情况不能不停药，", Writer{Role: "manager"}, Hold, "不能不停药，"},
		{"a negation ends with its clause", "别急，停药三天", Writer{Role: "manager"}, Hold, "停药"},
		{"nothing", "", Writer{}, None, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := Check(tt.text, tt.by)
			if r.Action != tt.action {
				t.Fatalf("%q, want %q: %+v", r.Action, tt.action, r.Findings)
			}
			if tt.phrase != "" && r.Findings[0].Phrase != tt.phrase {
				t.Errorf("phrase %q, want %q", r.Findings[0].Phrase, tt.phrase)
			}
		})
	}
}

func TestEmergencyWordsAskForTheLine(t *testing.T) {
	for text, want := range map[string]bool{
		"您说胸痛，现在怎么样？": true, "胸痛请马上打 120": false, "没有胸痛就好": false, "今天吃了什么？": false, "I have chest pain": true, "no chest pain": false,
	} {
		if r := Check(text, Writer{Role: "manager"}); r.Emergency != want || want && r.Line.Zh == "" {
			t.Errorf("%q: %v", text, r.Emergency)
		}
	}
}

// Whatever is written, the phrase marked is that part of the text.
func TestMarksAreInTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"停", "药", "可以", " ", "*", "ting", "yao", "，", "根治", "不要", "\u200b", "Ａ", "stop", "your insulin", "😀", "\xff", "2单位"})).Draw(t, "parts")
		text := ""
		for _, p := range parts {
			text += p
		}
		source := []rune(text)
		for _, f := range Check(text, Writer{Role: "manager"}).Findings {
			if f.Start < 0 || f.End > len(source) || f.Start >= f.End || string(source[f.Start:f.End]) != f.Phrase || !utf8.ValidString(f.Phrase) {
				t.Fatalf("%q: %+v", text, f)
			}
		}
	})
}

func TestTheRulesSayWhyAndWhence(t *testing.T) {
	rs := Rules()
	if len(rs) < 8 {
		t.Fatalf("%d rules", len(rs))
	}
	for _, r := range rs {
		if r.Name.Zh == "" || r.Name.En == "" || r.Why.Zh == "" || r.Why.En == "" || r.Source == "" {
			t.Errorf("%s says too little: %+v", r.Key, r)
		}
	}
	if _, err := parse([]byte("rules: {x: {match: ['('], automatic: block, staff: none}}")); err == nil {
		t.Error("a broken pattern was taken")
	}
	if _, err := parse([]byte("rules: {x: {match: [a], automatic: perhaps, staff: none}}")); err == nil {
		t.Error("an action nobody knows was taken")
	}
}
