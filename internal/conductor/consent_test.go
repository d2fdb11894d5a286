package conductor_test

import (
	"strings"
	"testing"

	"peiban/internal/conductor"
	"peiban/internal/programme"
)

// What a text covered waits from the moment its version is another, until the person agrees again; what staff brought in stands.
func TestANewVersionOfATextIsAgreedToFirst(t *testing.T) {
	for _, tt := range []struct {
		name, basis, version string
		change               func(text string) string
		waits                bool
	}{
		{"agreed on the phone, the version is raised", "phone", "1#000000000000", func(s string) string { return strings.Replace(s, `version: "1"`, `version: "2"`, 1) }, true},
		{"other words of the same version are asked again and stop nothing", "phone", "1#000000000000", func(s string) string { return s + "。\n" }, false},
		{"an import stands on its own basis", "import", "import", func(s string) string { return strings.Replace(s, `version: "1"`, `version: "2"`, 1) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			talking(t, b)
			files := programme.Files{}
			for k, v := range b.progs[0].Files {
				files[k] = v
			}
			text := "---\nkind: consent\npurpose: health_data\nversion: \"1\"\napproval: sample\nrequired: false\ntitle: {zh: 健康数据, en: Health data}\nnecessity: {zh: 要, en: Needed}\nimpact: {zh: 有, en: Some}\n---\n# 中文\n\n保存读数。\n\n# English\n\nWe keep readings.\n"
			open := func(text string) {
				files["content/consent-health.md"] = text
				p, problems := files.Open()
				if len(problems) > 0 {
					t.Fatal(problems)
				}
				b.progs = []*programme.Compiled{p}
				b.c = b.open()
			}
			open(text)
			b.submit(b.item("zhang", "consent", `{"purpose":"basic_service","granted":true,"textVersion":"1"}`, b.now))
			b.submit(b.item("zhang", "consent", `{"purpose":"health_data","granted":true,"textVersion":"`+tt.version+`","basis":"`+tt.basis+`"}`, b.now))
			walk := func(id string) conductor.Outcome {
				it := b.item("zhang", "exercise", `{"minutes":20}`, b.now)
				it.MessageID = id
				return b.submit(it)[0]
			}
			if o := walk("1"); o.Status != conductor.Stored {
				t.Fatalf("before: %v", o.Status)
			}
			open(tt.change(text))
			o := walk("2")
			if (o.Status == conductor.Kept) != tt.waits {
				t.Errorf("status %v, waits %v", o.Status, tt.waits)
			}
			if !tt.waits {
				return
			}
			b.submit(b.item("zhang", "consent", `{"purpose":"health_data","granted":true,"textVersion":"2","basis":"phone"}`, b.now))
			if o := walk("3"); o.Status != conductor.Stored {
				t.Errorf("after agreeing again: %v", o.Status)
			}
			l, err := b.c.Look(o.Person, 0, 0)
			ok(t, err)
			n := 0
			for i := range l.View.Type {
				if l.View.Type[i].String() == "exercise" {
					n++
				}
			}
			if n != 3 {
				t.Errorf("%d of 3 are there: what waited is taken in", n)
			}
		})
	}
}
