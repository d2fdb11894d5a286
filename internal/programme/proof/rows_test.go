package proof

import (
	_ "embed"
	"slices"
	"strings"
	"testing"

	"peiban/internal/programme"
	"peiban/programmes"
)

//go:embed testdata/rows.txt
var rows string

// groupsOf says which groups of the tag catalogue a programme answers for.
var groupsOf = map[string][]string{
	"diabetes":      {"G1", "G2", "G3", "G4", "G5", "G6", "G7", "G8"},
	"osteonecrosis": {"G1", "G2", "G3", "G7", "G9", "G10"},
	"hcp-academic":  {"G11", "G12"},
	"hypertension":  {"G1", "G2", "G3", "G7"}, // no rows of its own: it takes in what every programme has
}

// named is what a row's key is called here. Keys are small letters, and the five stages exclude each other: they are the
// codes of one tag.
var named = map[string]string{
	"on_stage_I": "on_stage.i", "on_stage_II": "on_stage.ii", "on_stage_IIIA": "on_stage.iiia", "on_stage_IIIB": "on_stage.iiib", "on_stage_IV": "on_stage.iv",
}

func catalogue(t *testing.T) map[string][]string {
	t.Helper()
	out, n, seen := map[string][]string{}, 0, map[string]bool{}
	for line := range strings.Lines(rows) {
		f := strings.Fields(line)
		if len(f) != 2 || f[0] == "#" {
			continue
		}
		if seen[f[1]] {
			t.Errorf("%s stands twice", f[1])
		}
		seen[f[1]] = true
		out[f[0]] = append(out[f[0]], f[1])
		n++
	}
	if n != 199 || len(out) != 12 {
		t.Fatalf("%d rows in %d groups, want 199 in 12", n, len(out))
	}
	return out
}

// Every row of the catalogue is a tag of each programme that answers for its group.
func TestEveryRowHasItsTag(t *testing.T) {
	groups, covered := catalogue(t), map[string]bool{}
	folders, err := programme.Folders(programmes.FS)
	if err != nil || len(folders) != len(groupsOf) {
		t.Fatalf("%d programmes ship, %d are listed here: %v", len(folders), len(groupsOf), err)
	}
	for _, folder := range folders {
		c, _ := open(t, programmes.FS, folder)
		for _, g := range groupsOf[folder] {
			covered[g] = true
			for _, key := range groups[g] {
				if n, other := named[key]; other {
					key = n
				}
				i := c.TagIndex(key)
				if i < 0 {
					t.Errorf("%s has no tag %s of %s", folder, key, g)
					continue
				}
				if tag := &c.Tags[i]; !strings.Contains(tag.Source, g) && !slices.Contains(sourcedElsewhere, tag.Key) && tag.Of == "" {
					t.Errorf("%s: %s does not name %s among its sources: %s", folder, key, g, tag.Source)
				}
			}
		}
	}
	for g := range groups {
		if !covered[g] {
			t.Errorf("nothing answers for %s", g)
		}
	}
}

// sourcedElsewhere are tags whose row is a row of another working definition or of a publication.
var sourcedElsewhere = []string{"sg_open_alert", "on_highrisk_gc"}
