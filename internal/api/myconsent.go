package api

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/engine"
	"peiban/internal/programme"
)

// phoneBasis marks a consent the person gave on this phone.
const phoneBasis = "phone"

// asking is one text a person is shown before they agree to a purpose, with the programmes that ask it in the same words.
type asking struct {
	text *programme.Content
	name Text // of the first of them
	keys []string
}

// askings are the texts that programmes have for a purpose, in their order; the same words stand once.
func askings(ps []*engine.Programme, purpose string) (out []asking) {
	for _, p := range ps {
		x := p.Consents[purpose]
		if x == nil {
			continue
		}
		i := slices.IndexFunc(out, func(a asking) bool {
			return a.text.Version == x.Version && a.text.Title == x.Title && a.text.Body == x.Body && a.text.Necessity == x.Necessity && a.text.Impact == x.Impact
		})
		if i < 0 {
			out = append(out, asking{text: x, name: p.Name})
			i = len(out) - 1
		}
		out[i].keys = append(out[i].keys, p.Key)
	}
	return out
}

// textVersion names a text: its version, and a digest of its words. Two programmes have a version 1 each, and an edited text may keep its
// number; nobody agreed to words they did not see.
func textVersion(x *programme.Content) string {
	h := sha256.New()
	for _, t := range []Text{x.Title, x.Body, x.Necessity, x.Impact} {
		for _, words := range []string{t.Zh, t.En} {
			fmt.Fprintf(h, "%d:%s", len(words), words)
		}
	}
	return x.Version + digestMark + hex.EncodeToString(h.Sum(nil)[:6])
}

// digestMark stands between the version of a text and the digest of its words. What was agreed to before digests were kept has none.
const digestMark = "#"

// textsVersion names the texts somebody agrees to at once: the version of one, and of several each with its programme.
func textsVersion(as []asking) string {
	if len(as) == 1 {
		return textVersion(as[0].text)
	}
	parts := make([]string, 0, len(as))
	for _, a := range as {
		parts = append(parts, a.keys[0]+":"+textVersion(a.text))
	}
	slices.Sort(parts) // the same whatever came first in the person's life
	return strings.Join(parts, " ")
}

// saw tells whether what somebody agreed to holds every text: one who agreed to one text is asked for the others, one who agreed to
// several and left a programme is not asked again, nor one who goes to a programme with the same words.
func saw(version string, as []asking) bool {
	parts := strings.Split(version, " ")
	for _, a := range as {
		now := textVersion(a.text)
		_, digest, _ := strings.Cut(now, digestMark)
		same := func(part string) bool {
			if _, of, kept := strings.Cut(part, digestMark); kept {
				return of == digest
			}
			if key, v, of := strings.Cut(part, ":"); of {
				return v == a.text.Version && slices.Contains(a.keys, key)
			}
			return len(as) == 1 && part == a.text.Version // before digests: which text it was, nobody wrote down
		}
		if !slices.ContainsFunc(parts, same) {
			return false
		}
	}
	return true
}

// askedFor is what the person reads of a purpose: of several texts each under the name of its programme, what they share said once.
func askedFor(purpose string, as []asking) MyConsent {
	out := MyConsent{Purpose: purpose, Name: or(as[0].text.Title, purposeNames[purpose]), Version: textsVersion(as)}
	var told []Text
	for _, a := range as {
		for _, t := range []Text{a.text.Necessity, a.text.Impact} {
			if !slices.Contains(told, t) {
				told = append(told, t)
			}
		}
		out.Required = out.Required || a.text.Required
		if len(as) == 1 {
			out.Text = a.text.Body
			continue
		}
		under := func(before, name, body string) string {
			return strings.TrimSpace(before + "\n\n**" + name + "**\n\n" + body)
		}
		out.Text = Text{Zh: under(out.Text.Zh, a.name.Zh, a.text.Body.Zh), En: under(out.Text.En, a.name.En, a.text.Body.En)}
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

// myConsents are the purposes the person's programmes ask for. Someone is asked again when a text they agreed to has a new
// version or another programme has a text of its own, and as long as a required purpose, or the one health data need, was never spoken to.
func myConsents(l *conductor.Look) (out []MyConsent, needed bool) {
	out = []MyConsent{}
	ps := l.Programmes()
	for _, purpose := range purposesOf(ps) {
		as := askings(ps, purpose)
		if len(as) == 0 {
			continue
		}
		r, x := consentRow(l.View, l.At, purpose), askedFor(purpose, as)
		x.Granted, x.At = r.Granted, r.At
		out = append(out, x)
		// What an import or staff brought in stands on its own basis; only the person's own "yes" goes out of date.
		outdated := r.Granted && r.Basis == phoneBasis && !saw(r.TextVersion, as)
		if x.Required && !r.Granted || purpose == "health_data" && r.At == "" || outdated {
			needed = true
		}
	}
	return out, needed
}
