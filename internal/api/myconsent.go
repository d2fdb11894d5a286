package api

import (
	"maps"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/consent"
	"peiban/internal/engine"
)

// phoneBasis marks a consent the person gave on this phone.
const phoneBasis = consent.Phone

// askedFor is what the person reads of a purpose: of several texts each under the name of its programme, what they share said once.
func askedFor(purpose string, as []consent.Asking) MyConsent {
	out := MyConsent{Purpose: purpose, Name: or(as[0].Text.Title, purposeNames[purpose]), Version: consent.TextsVersion(as)}
	var told []Text
	for _, a := range as {
		for _, t := range []Text{a.Text.Necessity, a.Text.Impact} {
			if !slices.Contains(told, t) {
				told = append(told, t)
			}
		}
		out.Required = out.Required || a.Text.Required
		if len(as) == 1 {
			out.Text = a.Text.Body
			continue
		}
		under := func(before, name, body string) string {
			return strings.TrimSpace(before + "\n\n**" + name + "**\n\n" + body)
		}
		out.Text = Text{Zh: under(out.Text.Zh, a.Name.Zh, a.Text.Body.Zh), En: under(out.Text.En, a.Name.En, a.Text.Body.En)}
	}
	out.Summary = joined(told...)
	return out
}

// purposesOf are the purposes programmes ask for: in the order people are asked in, then those of few.
func purposesOf(ps []*engine.Programme) []string {
	out := slices.Clone(purposeOrder)
	for _, p := range ps {
		for _, purpose := range slices.Sorted(maps.Keys(p.Consents)) {
			if !slices.Contains(out, purpose) {
				out = append(out, purpose)
			}
		}
	}
	return out
}

// askedAtFirst are the purposes somebody is asked about before they begin, beside what is required. The others are read and decided under
// Me: nobody has to read a dozen texts to write down a reading.
var askedAtFirst = []string{"basic_service", "health_data", "family_share", "marketing_push", "hcp_profile"}

// myConsents are the purposes the person's programmes ask for. Someone is asked again when a text they agreed to has a new
// version or another programme has a text of its own, and as long as a required purpose, or the one health data need, was never spoken to.
func myConsents(c *caller, l *conductor.Look) (out []MyConsent, needed bool) {
	out = []MyConsent{}
	ps := l.Programmes()
	for _, purpose := range purposesOf(ps) {
		as := consent.Askings(ps, purpose)
		if len(as) == 0 {
			continue
		}
		r, x := consentRow(l.View, l.At, purpose), askedFor(purpose, as)
		x.Granted, x.At = r.Granted, r.At
		// What an import or staff brought in stands on its own basis; only the person's own "yes" goes out of date.
		x.Outdated = r.Granted && r.Basis == phoneBasis && !consent.Saw(r.TextVersion, as)
		x.Waits = x.Outdated && consent.Outdated(c.space.Conductor.Programmes(), l.State, l.View.Timeline, purpose)
		x.Ask = x.Outdated || x.Required && !r.Granted || r.At == "" && slices.Contains(askedAtFirst, purpose)
		if x.Required && !r.Granted || purpose == "health_data" && r.At == "" || x.Outdated {
			needed = true
		}
		out = append(out, x)
	}
	return out, needed
}
