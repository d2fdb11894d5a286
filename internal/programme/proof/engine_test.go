package proof

import (
	"strings"
	"testing"
	"testing/fstest"
)

// What a programme may say and diabetes does not: each row changes the programme and gives a case of its own.
func TestWhatProgrammesMaySay(t *testing.T) {
	tests := []struct{ name, file, was, is, cases string }{
		{"a stage set by a journey stays until the rules say something new", "journeys/critical-high.yaml", "steps:\n", "steps:\n  - set_stage: camp\n", `
- name: set and kept
  person: {owner: liu}
  given:
    - 2026-03-08 08:00  glucose 17.0 fasting
    - 2026-03-08 08:05  alert_closed
    - 2026-03-09 08:00  glucose 6.0 fasting
    - 2026-03-10 08:00  glucose 6.1 fasting
    - 2026-03-20 08:00  glucose 6.1 fasting
  at 2026-03-08 08:00:
    stage: camp
  at 2026-03-22 08:04:
    stage: camp
  at 2026-03-22 08:05:
    stage: activated
`},
		{"unknown takes else", "journeys/low-glucose.yaml", "steps:\n", `steps:
  - if: trait_bool("elderMode")
    then:
      - message: recall-1
    else:
      - if: '!trait_bool("elderMode")'
        then:
          - message: recall-2
        else:
          - message: welcome
`, `
- name: nobody said
  given:
    - 2026-03-08 08:00  glucose 3.5 fasting
  at 2026-03-08 08:00:
    messages: [welcome]
- name: yes
  given:
    - 2026-03-01 08:00  profile elderMode=true
    - 2026-03-08 08:00  glucose 3.5 fasting
  at 2026-03-08 08:00:
    messages: [recall-1]
- name: no
  given:
    - 2026-03-01 08:00  profile elderMode=false
    - 2026-03-08 08:00  glucose 3.5 fasting
  at 2026-03-08 08:00:
    messages: [recall-2]
`},
		{"with one slot left the higher priority gets it", "journeys/fasting-high.yaml", "priority: 40", "priority: 60", `
- name: two at nine o'clock
  person: {owner: liu}
  given:
    - 2026-03-01 10:00  contact_added
    - 2026-03-01 11:00  glucose 9.0,8.6,8.8 fasting every 1d
  at 2026-03-03 09:30:
    messages: [welcome, day1-measure]
  at 2026-03-04 09:00:
    messages: [fasting-high]
    held: [day3-look]
`},
		{"nothing is said without consent, and safety needs it too", "programme.yaml", "", "", `
- name: no basic service
  person: {owner: liu, consents: [health_data]}
  given:
    - 2026-03-08 08:00  glucose 2.8 fasting
  at 2026-03-08 08:00:
    cards: []
    suppressed: [{content: low-now, reason: no_consent}, {content: low-family, reason: no_consent}]
    tasks: [call-after-low]
- name: health data waits for consent
  person: {owner: liu, consents: [basic_service]}
  given:
    - 2026-03-08 08:00  glucose 2.8 fasting
    - 2026-03-08 08:30  consent health_data granted=true textVersion=1
  at 2026-03-08 08:00:
    tags: [-gl_hypo2_28d]
    tasks: []
  at 2026-03-08 08:30:
    tags: [gl_hypo2_28d]
    cards: [low-now]
`},
		{"quiet hours hold what is not safety", "journeys/new-patient.yaml", "", "", `
- name: added at night
  person: {owner: liu}
  given:
    - 2026-03-01 23:00  contact_added
    - 2026-03-01 23:30  glucose 3.5 night
  at 2026-03-01 23:30:
    messages: []
    held: [welcome]
    cards: [low-now]
  at 2026-03-02 08:21:
    messages: [welcome]
`},
		{"a human talking holds the programme for a day", "journeys/new-patient.yaml", "", "", `
- name: staff wrote
  person: {owner: liu}
  given:
    - 2026-03-01 10:00  contact_added
    - 2026-03-01 20:00  chat staff
    - 2026-03-02 10:00  glucose 3.5 fasting
  at 2026-03-02 09:30:
    messages: [welcome]
    held: [day1-measure]
  at 2026-03-02 10:00:
    cards: [low-now]
  at 2026-03-02 20:01:
    messages: [day1-measure]
`},
	}
	for _, x := range tests {
		t.Run(x.name, func(t *testing.T) {
			m := copyOf(t, "diabetes")
			if x.was != "" {
				f := m["diabetes/"+x.file]
				f.Data = []byte(strings.Replace(string(f.Data), x.was, x.is, 1))
			}
			for name := range m {
				if strings.Contains(name, "/tests/") {
					delete(m, name)
				}
			}
			m["diabetes/tests/case.yaml"] = &fstest.MapFile{Data: []byte(x.cases)}
			c, cases := open(t, m, "diabetes")
			for _, r := range Run(c, cases) {
				if !r.Passed {
					t.Error(r)
				}
			}
		})
	}
}
