package programme_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"peiban/internal/programme"
)

const staged = `
staged:
  name: {zh: 阶段标签, en: By stage}
  group: control
  plain: {zh: 阶段, en: stage}
  when: stage() == "STAGE"
  because: {zh: 是, en: "yes"}
  source: test
`

func firstStage(t *testing.T) string {
	first, _, _ := strings.Cut(string(sound(t)["sound/stages.yaml"].Data), ":")
	return first
}

func TestATagThatAsksForTheStageComesAfterIt(t *testing.T) {
	first := firstStage(t)
	c, problems := programme.Open(withTags(t, strings.ReplaceAll(staged, "STAGE", first)), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	if c.AfterStage != 1 || c.Tags[len(c.Tags)-1].Key != "staged" {
		t.Errorf("%d after the stage", c.AfterStage)
	}
}

func TestAStageAndATagInACircle(t *testing.T) {
	first := firstStage(t)
	for _, tt := range []struct{ name, when, want string }{
		{"a stage reads a tag that asks for the stage", `tag("staged")`, "staged → stage() → staged"},
		{"a stage asks for the stage", `stage() == "` + first + `"`, "stage() → stage()"},
		{"a code of the stage that is none", `stage() == "nowhere"`, `never be "nowhere"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := withTags(t, strings.ReplaceAll(staged, "STAGE", first))
			files["sound/stages.yaml"] = &fstest.MapFile{Data: []byte("extra:\n  name: {zh: 多, en: Extra}\n  plain: {zh: 多, en: Extra}\n  when: " + tt.when + "\n  source: test\n" + string(files["sound/stages.yaml"].Data))}
			problems := programme.Check(files, "sound")
			for _, p := range problems {
				if strings.Contains(p.Text.En, tt.want) && p.File == "stages.yaml" && p.Line == 4 {
					return
				}
			}
			t.Errorf("%v", problems)
		})
	}
}
