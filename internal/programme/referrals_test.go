package programme_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"peiban/internal/programme"
	"peiban/internal/referral"
)

const referralsText = `groups:
  bones:
    name: {zh: 骨科组, en: Bone group}
    specialty: orthopaedics
    regions: ["11", "3101"]
    stages: [ill]
    from_age: 14
    to_age: 90
    doctors:
      qian: {strength: 4, capacity: 60}
      sun: {strength: 2, capacity: 20}
referrals:
  steroid:
    name: {zh: 激素高危, en: Glucocorticoid high-risk}
    matter: osteonecrosis
    from: nephrology
    to: orthopaedics
    all: [high]
    none: [low]
    strength: 2
    again: 180d
    clock: {proposed: 3d, consented: 2d, accepted: 14d, seen: 7d}
    source: 标准第 3 条
`

func referring(t *testing.T, text string) fstest.MapFS {
	files := sound(t)
	files["sound/referrals.yaml"] = &fstest.MapFile{Data: []byte(text)}
	return files
}

func TestReferralsAreRead(t *testing.T) {
	c, problems := programme.Open(referring(t, referralsText), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	r, g := c.Referrals[0], c.ReferralGroups[0]
	if len(c.Referrals) != 1 || r.ID() != "sound/steroid" || r.Matter != "osteonecrosis" || r.From != "nephrology" || r.To != "orthopaedics" || r.Strength != 2 || r.Again != 180*24*time.Hour ||
		r.All[0] != "high" || r.None[0] != "low" || r.Within(referral.Seen) != 7*24*time.Hour || r.Source == "" {
		t.Errorf("%+v", r)
	}
	if len(c.ReferralGroups) != 1 || g.Key != "bones" || g.Specialty != "orthopaedics" || strings.Join(g.Regions, " ") != "11 3101" || g.Stages[0] != "ill" || g.From != 14 || g.To != 90 || len(g.Doctors) != 2 || g.Doctors[0] != (referral.Doctor{Login: "qian", Strength: 4, Capacity: 60}) {
		t.Errorf("%+v", g)
	}
	bare := strings.NewReplacer("    regions: [\"11\", \"3101\"]\n", "", "    stages: [ill]\n", "", "    from_age: 14\n    to_age: 90\n", "", "    strength: 2\n    again", "    again", "    none: [low]\n", "",
		"    clock: {proposed: 3d, consented: 2d, accepted: 14d, seen: 7d}\n", "").Replace(referralsText)
	c, problems = programme.Open(referring(t, bare), "sound")
	if problems != nil {
		t.Fatal(problems)
	}
	if r := c.Referrals[0]; r.Strength != 1 || r.Within(referral.Proposed) != 3*24*time.Hour {
		t.Errorf("what is left out: %+v", r)
	}
	for _, none := range []string{"", "groups:\nreferrals:\n", "# nothing yet\n"} {
		if _, problems := programme.Open(referring(t, none), "sound"); problems != nil {
			t.Errorf("%q: %v", none, problems)
		}
	}
}

// Each kind of mistake is named with the file, the line and what would be right.
func TestMistakesOfReferrals(t *testing.T) {
	for _, tt := range []struct{ name, old, new, want string }{
		{"a part there is not", "groups:", "teams:\ngroups:", `referrals.yaml:1:1: referrals has no field "teams"`},
		{"a field of a group", "specialty: orthopaedics\n    regions", "speciality: orthopaedics\n    regions", `referrals.yaml:4:5: a group that takes referrals has no field "speciality" (did you mean specialty?)`},
		{"a group without a specialty", "    specialty: orthopaedics\n", "", `a group that takes referrals lacks "specialty"`},
		{"a group named in one language", "{zh: 骨科组, en: Bone group}", "{zh: 骨科组}", `referrals.yaml:3:11: the English text is missing`},
		{"a stage there is not", "[ill]", "[il]", `referrals.yaml:6:14: there is no stage "il" (did you mean ill?)`},
		{"an age nobody reaches", "to_age: 90", "to_age: 900", `referrals.yaml:8:13: `},
		{"ages crossed", "to_age: 90", "to_age: 10", `referrals.yaml:8:13: the highest age is below the lowest`},
		{"a group without doctors", "    doctors:\n      qian: {strength: 4, capacity: 60}\n      sun: {strength: 2, capacity: 20}\n", "    doctors: {}\n", `referrals.yaml:9:14: the group has no doctor`},
		{"a doctor without a capacity", "strength: 4, capacity: 60", "strength: 4", `referrals.yaml:10:13: a doctor lacks "capacity"`},
		{"a strength beyond 5", "strength: 4, capacity: 60", "strength: 6, capacity: 60", `referrals.yaml:10:24: a whole number from 1 to 5`},
		{"room for nobody", "strength: 4, capacity: 60", "strength: 4, capacity: 0", `referrals.yaml:10:37: a whole number from 1 to 1000`},
		{"a doctor twice", "sun: {", "qian: {", `"qian" is written twice, first on line 10`},
		{"a field of a criterion", "matter:", "mater:", `referrals.yaml:15:5: a referral has no field "mater" (did you mean matter?)`},
		{"no matter", "    matter: osteonecrosis\n", "", `a referral lacks "matter"`},
		{"no tags", "    all: [high]\n", "", `a referral lacks "all"`},
		{"an empty list of tags", "all: [high]", "all: []", `referrals.yaml:18:10: without a tag everybody would be referred`},
		{"no source", "    source: 标准第 3 条\n", "", `a referral lacks "source"`},
		{"a tag there is not", "all: [high]", "all: [hihg]", `referrals.yaml:18:11: no tag "hihg" (did you mean high?)`},
		{"an excluded tag there is not", "none: [low]", "none: [lwo]", `referrals.yaml:19:12: no tag "lwo" (did you mean low?)`},
		{"a tag that is asked for and excluded", "none: [low]", "none: [high]", `referrals.yaml:19:12: "high" is asked for and excluded`},
		{"to oneself", "from: nephrology", "from: orthopaedics", `referrals.yaml:17:9: referring to oneself is a circle`},
		{"a specialty no group is of", "to: orthopaedics", "to: cardiology", `referrals.yaml:17:9: no group is of "cardiology"`},
		{"stronger than any doctor", "    strength: 2\n    again", "    strength: 5\n    again", `referrals.yaml:20:15: no doctor of "orthopaedics" is as strong as 5`},
		{"a strength that is no number", "    strength: 2\n    again", "    strength: two\n    again", `referrals.yaml:20:15: a whole number from 1 to 5`},
		{"a pause without a unit", "again: 180d", "again: 180", `referrals.yaml:21:12: "180" is not a length of time`},
		{"a clock of a state that has none", "seen: 7d}", "feedback: 7d}", `referrals.yaml:22:57: the clock has no field "feedback"`},
		{"a clock that does not run", "proposed: 3d", "proposed: soon", `referrals.yaml:22:23: "soon" is not a length of time`},
		{"not YAML", "all: [high]", "all: [high", `referrals.yaml:`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(referralsText, tt.old) {
				t.Fatalf("nothing to break: %s", tt.old)
			}
			c, problems := programme.Open(referring(t, strings.Replace(referralsText, tt.old, tt.new, 1)), "sound")
			if c != nil || !strings.Contains(problems.Error(), tt.want) {
				t.Errorf("want %s\ngot\n%s", tt.want, problems.Error())
			}
			for _, p := range problems {
				if p.File != "referrals.yaml" || p.Line == 0 || p.Text.Zh == "" || p.Text.En == "" || strings.Contains(p.String(), "%!") || strings.Contains(p.In("zh"), "%!") {
					t.Errorf("it is not said where, or not in both languages: %+v", p)
				}
			}
		})
	}
}
