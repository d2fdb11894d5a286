package proof

import (
	"maps"
	"slices"
	"testing"

	"peiban/internal/event"
	"peiban/internal/programme"
	"peiban/internal/rule"
	"peiban/programmes"
)

// kinds are the kinds of case a tag has, those of its codes counted as its own.
type kinds struct {
	has, hasNot, unknown bool
	turns                bool // one case expects two answers of it: its limit lies between
	bare                 bool // one expects an answer of somebody of whom nothing it reads is known
}

// Every tag of every programme has the four kinds of case: it holds, it does not, its limit, and too little data. That the cases
// stand exactly at the limits is TestEveryLimitHasACase. A tag that too little data makes absent, not unknown, is declared in
// definite with the reason, and has a case of somebody of whom nothing is known all the same.
func TestEveryTagHasItsFourKinds(t *testing.T) {
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	declared := map[string]string{}
	for why, keys := range definite {
		for _, k := range keys {
			if declared[k] != "" {
				t.Errorf("%s is declared twice", k)
			}
			declared[k] = why
		}
	}
	used := map[string]bool{}
	for _, folder := range folders {
		t.Run(folder, func(t *testing.T) {
			c, cases := open(t, programmes.FS, folder)
			of := kindsOf(c, cases)
			for i := range c.Tags {
				tag := &c.Tags[i]
				if tag.Of != "" {
					continue
				}
				k := of[tag.Key]
				if !k.has {
					t.Errorf("%s: no case in which somebody has it", tag.Key)
				}
				if !k.hasNot {
					t.Errorf("%s: no case in which somebody has it not", tag.Key)
				}
				if !k.turns {
					t.Errorf("%s: no case on both sides of its limit", tag.Key)
				}
				name := tag.Key
				if own := folder + "/" + tag.Key; declared[own] != "" {
					name = own
				}
				why := declared[name]
				used[name] = used[name] || why != ""
				switch {
				case why != "" && k.unknown:
					t.Errorf("%s: declared as never unknown (%s), and a case expects it unknown", tag.Key, why)
				case why != "" && !k.bare:
					t.Errorf("%s: no case of somebody of whom nothing is known (declared: %s)", tag.Key, why)
				case why == "" && !k.unknown:
					t.Errorf("%s: no case with too little data", tag.Key)
				}
			}
		})
	}
	for k := range declared {
		if !used[k] {
			t.Errorf("%s is declared and no programme has it", k)
		}
	}
}

func kindsOf(c *programme.Compiled, cases []programme.Case) map[string]kinds {
	out := map[string]kinds{}
	for i := range cases {
		first, code := map[string]rule.Truth{}, map[string]string{}
		given, left := map[event.Type]bool{}, cases[i].Given
		for _, e := range cases[i].Expect {
			for len(left) > 0 && left[0].Arrives <= e.At {
				given[left[0].Event.Type] = true
				left = left[1:]
			}
			for _, x := range e.Tags {
				tag := &c.Tags[c.TagIndex(x.Key)]
				key := tag.Key
				if tag.Of != "" {
					key = tag.Of
				}
				k := out[key]
				k.has = k.has || x.Want == rule.True
				k.hasNot = k.hasNot || x.Want == rule.False
				k.unknown = k.unknown || x.Want == rule.Unknown
				if was, seen := first[x.Key]; seen && was != x.Want {
					k.turns = true
				}
				first[x.Key] = x.Want
				if tag.Of != "" && x.Want == rule.True { // from one code to another
					k.turns = k.turns || code[key] != "" && code[key] != x.Key
					code[key] = x.Key
				}
				k.bare = k.bare || x.Want != rule.Unknown && !reads(c, c.TagIndex(x.Key), given)
				out[key] = k
			}
		}
	}
	return out
}

// reads reports whether tag i looks at any of the given types, by itself or by the tags it reads.
func reads(c *programme.Compiled, i int, given map[event.Type]bool) bool {
	tag := &c.Tags[i]
	for _, r := range []*rule.Rule{tag.When, tag.Needs} {
		if r == nil {
			continue
		}
		d := r.Deps()
		if d.AllEvents && len(given) > 0 || slices.ContainsFunc(d.Events, func(t event.Type) bool { return given[t] }) {
			return true
		}
		for _, t := range d.Tags {
			if reads(c, t, given) {
				return true
			}
		}
	}
	return false
}

// definite are the tags that nothing known makes absent or ordinary rather than unknown, by reason; one of a single programme has its
// folder before it.
var definite = map[string][]string{
	"it counts or looks for what happened or was told; nobody said so means that it did not": {
		"sg_complaint", "sg_open_alert", "sg_data_suspect", "sg_crisis", "sg_ae_case", "md_side_effect",
		"md_self_stopped", "md_fear_drug", "md_cost_worry", "lc_returned", "eg_replies", "eg_referrer",
		"eg_live_attend", "eg_group_active", "eg_content_reader", "rk_foot", "rk_dka_hist", "need_insulin_skill",
		"gl_hypo_severe", "on_tx_surgery_plan", "on_tx_preserve", "on_postop", "on_peer_meet", "on_live_clinic",
		"on_img_recent", "on_fear_surgery", "on_red_flag", "hs_survey_done", "hs_stance_concern", "hs_speaker",
		"hs_referrer_program", "hs_question_open", "hs_live_viewer", "hs_learn_complete", "hs_develop", "hs_convert",
		"hs_case_sharer", "hs_author", "hs_active30", "hs_absorb", "dm_meter_synced", "bp_crit_symptoms",
	},
	"one reading is enough to have it; without any there is none": {
		"gl_night_low", "gl_hypo_recur", "gl_hypo2_28d", "gl_hypo1_28d", "gl_hyper_crit", "rk_bp_crit",
		"bp_low", "bp_crit", "on_pain_high",
	},
	"it always has an answer: somebody of whom nothing is known is at the first step, with no points": {
		"lc_stage", "hs_stage", "eg_level",
	},
	"it rests on such tags only": {
		"diabetes/at_red", "hypertension/at_red", "watch",
	},
	"it rests on the number of readings": {
		"diabetes/at_green",
	},
	"people are put into it by hand": {
		"pilot",
	},
}

// There are at least so many cases, each counted once however many programmes take it from a shared part.
func TestThereAreEnoughCases(t *testing.T) {
	folders, err := programme.Folders(programmes.FS)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]bool{}
	for _, folder := range folders {
		_, cases := open(t, programmes.FS, folder)
		for _, x := range cases {
			file := x.File
			if file[0] != '.' {
				file = folder + "/" + file
			}
			all[file+"\x00"+x.Name] = true
		}
	}
	t.Logf("%d cases", len(slices.Collect(maps.Keys(all))))
	if len(all) < 800 {
		t.Errorf("%d cases, want 800", len(all))
	}
}
