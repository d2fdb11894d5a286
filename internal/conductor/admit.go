package conductor

import (
	"context"
	"encoding/json"
	"math"

	"peiban/internal/audit"
	"peiban/internal/event"
)

// Admission is a person added by hand, with what was known and agreed to at the desk.
type Admission struct {
	Profile
	LivesAlone *bool
	Owner      string // id of a member of staff; empty: nobody
	Doctor     string // id of a doctor's account; empty: nobody
	Programme  string // empty: the workspace's default
	Consents   []ConsentGiven
}

// ConsentGiven is one purpose the person agreed to away from the phone.
type ConsentGiven struct {
	Purpose, TextVersion string
	Basis                string // how: paper, recorded_call
	Proof                string // where the proof lies; sealed with the person's key
}

// Admit makes a person by hand, in one transaction with everything that was said of them.
func (c *Conductor) Admit(ctx context.Context, a Admission, proof audit.Entry) (Card, error) {
	var out Card
	err := c.write(ctx, Live, 2, func(_ context.Context, w *work) error {
		d, err := w.create(a.Profile, a.Programme)
		if err != nil {
			return err
		}
		for _, e := range a.events(proof.Actor) {
			if _, err := w.add(d, e, w.now); err != nil {
				return err
			}
		}
		proof.Person = d.h.number
		w.audit(proof)
		out, _ = w.card(d)
		return nil
	})
	if err != nil {
		return Card{}, err // as in Act
	}
	return out, nil
}

func (a *Admission) events(actor string) []event.Event {
	profile := event.Event{Type: event.Profile, Schema: 1, Num: math.NaN(), A: event.Intern(a.Gender), Actor: actor, Provenance: "console"}
	if a.BirthYear != 0 {
		profile.Num = float64(a.BirthYear)
	}
	if a.LivesAlone != nil {
		alone := 0.0
		if *a.LivesAlone {
			alone = 1
		}
		profile.X = []float64{math.NaN(), math.NaN(), alone} // as the catalogue has it: livesAlone lies in X2
	}
	out := []event.Event{profile}
	for _, x := range a.Consents {
		body, _ := json.Marshal(map[string]string{"proof": x.Proof})
		out = append(out, event.Event{
			Type: event.Consent, Schema: 1, Num: 1, A: event.Intern(x.Purpose), B: event.Intern(x.TextVersion), C: event.Intern(x.Basis),
			Actor: actor, Provenance: "console", Body: body,
		})
	}
	if a.Owner != "" {
		out = append(out, assigned(a.Owner, actor))
	}
	if a.Doctor != "" {
		e := assigned(a.Doctor, actor)
		e.B = event.Intern("doctor")
		out = append(out, e)
	}
	return out
}

// ByPhone finds who has a telephone number, which is compared by its digits and without the code of the country. An erased or
// merged person has none.
func (d *Directory) ByPhone(number string) (Card, bool) {
	want := PhoneDigits(number)
	if want == "" {
		return Card{}, false
	}
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, c := range d.cards {
		if c != nil && c.Root == 0 && !c.Erased && PhoneDigits(c.Phone) == want {
			return *c, true
		}
	}
	return Card{}, false
}

// PhoneDigits is a telephone number as two of them are compared: +86 138-0013-8000 and 13800138000 are one.
func PhoneDigits(s string) string {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r >= '0' && r <= '9' {
			out = append(out, r)
		}
	}
	const mobile = 11 // digits of a mobile number in China, which begins with 1
	if n := len(out); n > mobile && out[n-mobile] == '1' {
		switch string(out[:n-mobile]) {
		case "86", "0086":
			return string(out[n-mobile:])
		}
	}
	return string(out)
}
