package soak

import (
	"io/fs"
	"maps"
	"strings"
	"sync"

	"peiban/internal/programme"
	"peiban/programmes"
)

// what the journeys of the trial send, and what has to hold for each text.
type text struct {
	journey   string
	class     string
	marketing bool // needs a yes to offers
	health    bool // its journey was chosen by health data
	once      bool // at most once a run: its node is in no circle
}

var texts = map[string]text{
	"sugar":   {journey: "low", class: "safety", health: true, once: true},
	"sugar2":  {journey: "low", class: "safety", health: true, once: true},
	"hello":   {journey: "meal", class: "programme", once: true},
	"walked":  {journey: "walk", class: "programme", once: true},
	"held1":   {journey: "kept", class: "programme", once: true},
	"held2":   {journey: "kept", class: "programme", once: true},
	"armed":   {journey: "halves", class: "programme", once: true},
	"round":   {journey: "halves", class: "programme"},
	"offer":   {journey: "offer", class: "programme", marketing: true, once: true},
	"planned": {journey: "dated", class: "programme", once: true},
	"spoken":  {journey: "talk", class: "programme", once: true},
	"after":   {journey: "caller", class: "programme", once: true},
	"wished":  {journey: "asked", class: "asked"},
	"handed":  {journey: "hand", class: "programme", once: true},
	"filled":  {journey: "hand", class: "programme", once: true},
	"invited": {journey: "hand", class: "programme", once: true},
	"later":   {journey: "late", class: "asked", once: true},
}

// share of people whom the journey "kept" keeps out, and the step that does it.
const (
	keptOut     = 3000
	keptOutStep = "kept/out"
	rounds      = 3 // how often "round" may be said in one run
)

var trialJourneys = map[string]string{
	"low": `class: safety
enter: {on: glucose, if: event.value < mmol(3.9), key: event}
steps:
  - {id: first, card: sugar}
  - task: {who: owner, else: on_duty, due: 10m, script: call, result: [reached, no_answer], priority: safety}
  - alert: {level: 2, text: {zh: 偏低, en: Low}, due: 10m}
  - wait: {for: task, at_most: 15m}
  - if: timed_out || outcome() == "no_answer"
    then: [{id: second, card: sugar2}]
    else: [{points: {amount: 2, rule: answered}}]
`,
	"meal": `enter: {on: meal, key: event}
inside: follow
steps:
  - webhook: crm
  - {id: rest, wait: 26h}
  - {id: say, message: hello}
  - points: {amount: 1, rule: meal}
`,
	"walk": `enter: {on: exercise, key: episode, again: after 1d}
priority: 5
steps:
  - {id: say, message: {content: walked, held: hold, expire: 3d}}
  - if: outcome() == "sent"
    then: [{points: {amount: 3, rule: walked}}]
    else: [{task: {who: owner, else: on_duty, due: 2d, script: call, result: [reached, no_answer]}}]
`,
	"kept": `enter: {on: check_in, key: once}
leave: exists(events("visit"))
goal: {when: exists(events("meal")), within: 14d}
steps:
  - {id: out, holdout: 30 %}
  - {id: one, message: held1}
  - {id: pause, wait: {day: 2, at: "09:00"}}
  - {id: two, message: held2}
`,
	"halves": `enter: {on: page, key: event}
steps:
  - split:
      a: {share: 40 %, name: {zh: 甲, en: A}, steps: [{id: arm, message: armed}]}
      b: {share: 60 %, name: {zh: 乙, en: B}}
  - {id: again, message: round}
  - wait: {for: reply, at_most: 30h}
  - if: timed_out
    then: [{go: {to: again, times: 2}}]
    else: [{goal: true}]
  - choose:
      - if: tag("low")
        then: [{set_stage: ill}]
      - else: [{group: {join: talkers}}]
`,
	"offer": `enter: {on: content_read, key: event}
steps: [{id: say, message: {content: offer, expire: 4d}}]
`,
	"dated": `enter: {date: {of: visit, days: 3, at: "10:00"}}
steps: [{id: say, message: planned}]
`,
	"caller": `enter: {on: sleep, key: episode, again: after 2d}
steps:
  - journey: {key: talk, wait: 3d}
  - {id: say, message: after}
`,
	"talk": `enter: {journey: true}
steps:
  - {id: say, message: spoken}
  - wait: {at: best}
  - set: {segment: watch, state: in, for: 2d}
`,
	"asked": `class: asked
enter: {on: camp_enrolled, key: event}
steps:
  - {id: again, message: wished}
  - wait: 8h
  - {go: {to: again, times: 2}}
  - exit: true
`,
	"late": `class: asked
enter: {on: exercise, key: event}
leave: exists(events("page"))
steps: [{id: say, message: {content: later, expire: 3d}}]
`,
	"hand": `enter: {manual: true}
steps:
  - hand_over: {who: owner, else: on_duty, due: 1d, script: call, result: [reached, no_answer], pause: 6h}
  - wait: {for: task, at_most: 1d}
  - {id: say, message: {content: handed, held: leave}}
  - set: {trait: treatment, value: oral}
  - camp: {join: spring}
  - {id: form, form: {form: hcp-interest, content: filled}}
  - wait: {for: form, at_most: 2d}
  - {id: invite, invite: {activity: open-day, kind: patient_meeting, content: invited}}
  - wait: {for: answer, at_most: 2d}
  - camp: {leave: spring}
`,
}

// trial is the programme of the harness: every kind of node, small rules.
var trial = sync.OnceValue(func() programme.Files {
	say := func(kind, more string) string {
		return "---\nkind: " + kind + "\nversion: \"1\"\napproval: sample\ntitle: {zh: 标题, en: Title}\n" + more + "---\n# 中文\n\n正文\n\n# English\n\nText\n"
	}
	f := programme.Files{
		"programme.yaml": "key: trial\nname: {zh: 试验, en: Trial}\nversion: 1\nzone: Asia/Shanghai\napproval: sample\ngroups: {control: {zh: 控制, en: Control}}\nmeasures: [glucose]\n",
		"tags.yaml": `low:
  name: {zh: 偏低, en: Low}
  group: control
  plain: {zh: 偏低, en: Low}
  when: events("glucose").within("1d").where(e, e.value < mmol(3.9)).count() >= 1
  because: {zh: "{count} 次", en: "{count} times"}
  source: a source
silent:
  name: {zh: 没动静, en: Silent}
  group: control
  plain: {zh: 没动静, en: Silent}
  when: days_since(events("meal")) >= 3
  because: {zh: 没动静, en: Silent}
  source: a source
`,
		"segments.yaml":   "watch:\n  name: {zh: 多看看, en: Watch}\n  group: control\n  plain: {zh: 多看看, en: Watch}\n",
		"stages.yaml":     "ill:\n  name: {zh: 偏低, en: Low}\n  plain: {zh: 偏低, en: Low}\n  when: tag(\"low\")\n  source: a source\nall:\n  name: {zh: 其他, en: Other}\n  plain: {zh: 其他, en: Other}\n  when: true\n  source: a source\n",
		"content/call.md": say("script", ""),
		"referrals.yaml": `groups:
  ward: {name: {zh: 病房, en: Ward}, specialty: endocrinology, doctors: {qian: {strength: 3, capacity: 2}, sun: {strength: 2, capacity: 1}}}
referrals:
  lows: {name: {zh: 偏低, en: Low}, matter: lows, from: general, to: endocrinology, all: [low], again: 2d, clock: {proposed: 1d}, source: a source}
`,
	}
	form, err := fs.ReadFile(programmes.FS, "hcp-academic/forms/hcp-interest.json")
	if err != nil {
		panic(err)
	}
	f["forms/hcp-interest.json"] = string(form)
	for key, t := range texts {
		kind, more := "message", ""
		if key == "sugar" || key == "sugar2" || key == "invited" {
			kind, more = "card", "answers:\n  yes: {zh: 好, en: Fine}\n"
		}
		if t.marketing {
			more += "purpose: marketing_push\n"
		}
		f["content/"+key+".md"] = say(kind, more)
	}
	for key, j := range trialJourneys {
		f["journeys/"+key+".yaml"] = "name: {zh: 旅程, en: Journey}\n" + j
	}
	return f
})

// edits are what publications of the trial do to its files, one after the other.
var edits = []func(programme.Files){
	func(f programme.Files) { // a node in which people wait goes; they go on in another
		f["journeys/meal.yaml"] = strings.Replace(f["journeys/meal.yaml"], "{id: rest, wait: 26h}", "{id: longer, wait: 30h}", 1)
		f["journeys/meal.yaml"] = strings.Replace(f["journeys/meal.yaml"], "inside: follow\n", "inside: follow\ninstead: {rest: longer}\n", 1)
	},
	func(f programme.Files) { // a node goes and those who are inside stay with the version they began with
		f["journeys/kept.yaml"] = strings.Replace(f["journeys/kept.yaml"], "{id: pause, wait: {day: 2, at: \"09:00\"}}", "{id: pause2, wait: {day: 1, at: \"09:00\"}}", 1)
	},
	func(f programme.Files) { // a rule changes, and a node goes without a successor
		f["tags.yaml"] = strings.Replace(f["tags.yaml"], ">= 3", ">= 2", 1)
		f["journeys/meal.yaml"] = strings.Replace(f["journeys/meal.yaml"], "instead: {rest: longer}\n", "", 1)
		f["journeys/meal.yaml"] = strings.Replace(f["journeys/meal.yaml"], "{id: longer, wait: 30h}", "{id: last, wait: 20h}", 1)
	},
}

// edition is the trial after n publications.
func edition(n int) programme.Files {
	f := maps.Clone(trial())
	for _, edit := range edits[:n] {
		edit(f)
	}
	return f
}

var compiled = sync.OnceValue(func() *programme.Compiled {
	c, problems := trial().Open()
	if len(problems) > 0 {
		panic(problems.Err())
	}
	return c
})
