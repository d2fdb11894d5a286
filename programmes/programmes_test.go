package programmes_test

import (
	"strings"
	"testing"
	"unicode"

	"peiban/internal/programme"
	"peiban/programmes"
)

func TestShippedProgrammesAreSound(t *testing.T) {
	entries, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		c, problems := programme.Open(programmes.FS, e)
		for _, p := range problems {
			t.Error(p.In("en"))
		}
		if c != nil && !c.Sample {
			t.Errorf("%s: what ships was approved by nobody and must be a sample", e)
		}
	}
}

// People of 68 read these: a sentence has at most 20 characters (docs/guide/sources.md, service rules).
func TestSentencesAreShort(t *testing.T) {
	folders, err := programme.Folders(programmes.FS)
	if err != nil || len(folders) < 2 {
		t.Fatal(folders, err)
	}
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) { shortSentences(t, folder) })
	}
}

func shortSentences(t *testing.T, folder string) {
	c, _ := programme.Open(programmes.FS, folder)
	if c == nil {
		t.Fatal("the programme is not sound")
	}
	for key, x := range c.Contents {
		if x.Kind != programme.KindCard && x.Kind != programme.KindMessage {
			continue
		}
		for _, s := range strings.FieldsFunc(x.Title.Zh+"。"+x.Body.Zh, func(r rune) bool { return strings.ContainsRune("。！？；\n", r) }) {
			n := 0
			for _, r := range s {
				if unicode.Is(unicode.Han, r) || unicode.IsDigit(r) {
					n++
				}
			}
			if n > 20 {
				t.Errorf("%s: %d characters in one sentence: %s", key, n, s)
			}
		}
	}
}

// All of them go into one workspace.
func TestTheyGoTogether(t *testing.T) {
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	var all []*programme.Compiled
	for _, f := range folders {
		c, _ := programme.Open(programmes.FS, f)
		if c == nil {
			t.Fatal(f)
		}
		all = append(all, c)
	}
	if len(all) < 4 {
		t.Errorf("%d programmes ship, want four", len(all))
	}
	for _, p := range programme.Together(all) {
		t.Error(p.In("en"))
	}
}
