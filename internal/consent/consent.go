// Package consent is about the texts people agree to: which there are for somebody, how a text is named so that nobody agrees to words
// they did not see, and whether what somebody agreed to is what is asked today. What was said is events; who may do what with it is the
// guard's.
package consent

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"peiban/internal/engine"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/timeline"
)

// Phone is the basis of what the person agreed to on their own phone, after reading.
const Phone = "phone"

// Asking is one text a person is shown before they agree to a purpose, with the programmes that ask it in the same words.
type Asking struct {
	Text *programme.Content
	Name fault.Text // of the first of them
	Keys []string
}

// Askings are the texts that programmes have for a purpose, in their order; the same words stand once.
func Askings(ps []*engine.Programme, purpose string) (out []Asking) {
	for _, p := range ps {
		x := p.Consents[purpose]
		if x == nil {
			continue
		}
		i := slices.IndexFunc(out, func(a Asking) bool {
			return a.Text.Version == x.Version && a.Text.Title == x.Title && a.Text.Body == x.Body && a.Text.Necessity == x.Necessity && a.Text.Impact == x.Impact
		})
		if i < 0 {
			out = append(out, Asking{Text: x, Name: p.Name})
			i = len(out) - 1
		}
		out[i].Keys = append(out[i].Keys, p.Key)
	}
	return out
}

// TextVersion names a text: its version, and a digest of its words. Two programmes have a version 1 each, and an edited text may keep its
// number; nobody agreed to words they did not see.
func TextVersion(x *programme.Content) string {
	h := sha256.New()
	for _, t := range []fault.Text{x.Title, x.Body, x.Necessity, x.Impact} {
		for _, words := range []string{t.Zh, t.En} {
			fmt.Fprintf(h, "%d:%s", len(words), words)
		}
	}
	return x.Version + digestMark + hex.EncodeToString(h.Sum(nil)[:6])
}

// digestMark stands between the version of a text and the digest of its words. What was agreed to before digests were kept has none.
const digestMark = "#"

// TextsVersion names the texts somebody agrees to at once: the version of one, and of several each with its programme.
func TextsVersion(as []Asking) string {
	if len(as) == 1 {
		return TextVersion(as[0].Text)
	}
	parts := make([]string, 0, len(as))
	for _, a := range as {
		parts = append(parts, a.Keys[0]+":"+TextVersion(a.Text))
	}
	slices.Sort(parts) // the same whatever came first in the person's life
	return strings.Join(parts, " ")
}

// Saw tells whether what somebody agreed to holds every text: one who agreed to one text is asked for the others, one who agreed to
// several and left a programme is not asked again, nor one who goes to a programme with the same words.
func Saw(version string, as []Asking) bool {
	parts := strings.Split(version, " ")
	for _, a := range as {
		now := TextVersion(a.Text)
		_, digest, _ := strings.Cut(now, digestMark)
		same := func(part string) bool {
			if _, of, kept := strings.Cut(part, digestMark); kept {
				return of == digest
			}
			if key, v, of := strings.Cut(part, ":"); of {
				return v == a.Text.Version && slices.Contains(a.Keys, key)
			}
			return len(as) == 1 && part == a.Text.Version // before digests: which text it was, nobody wrote down
		}
		if !slices.ContainsFunc(parts, same) {
			return false
		}
	}
	return true
}

// Of are the programmes of ps that somebody is in.
func Of(ps []*engine.Programme, s *engine.State) (out []*engine.Programme) {
	for _, p := range ps {
		if s.Progress(p.Key) != nil {
			out = append(out, p)
		}
	}
	return out
}

// Outdated tells whether what somebody agreed to has a text of another version today. What it covered waits until they agree again.
//
// Other words under the same version are asked again and stop nothing: the version is raised when the purpose, the way or the kinds of
// data change. What staff or an import brought in stands on its own basis. PIPL 14.
func Outdated(ps []*engine.Programme, s *engine.State, tl *timeline.Timeline, purpose string) bool {
	g, said := s.Grant(purpose)
	if !said || !g.Given {
		return false
	}
	changed := false
	for _, p := range ps {
		if s.Progress(p.Key) == nil {
			continue
		}
		if x := p.Consents[purpose]; x != nil && !sameVersion(g.Version, p.Key, x.Version) {
			changed = true
		}
	}
	return changed && basisOf(tl, purpose) == Phone && !Saw(g.Version, Askings(Of(ps, s), purpose))
}

// sameVersion tells whether one of the texts agreed to has the version of today: that of the programme, or of any text.
func sameVersion(agreed, programme, version string) bool {
	for rest := agreed; rest != ""; {
		var part string
		part, rest, _ = strings.Cut(rest, " ")
		part, _, _ = strings.Cut(part, digestMark)
		if key, v, of := strings.Cut(part, ":"); of {
			if key == programme && v == version {
				return true
			}
			part = v
			if key != programme {
				continue
			}
		}
		if part == version {
			return true
		}
	}
	return false
}

// basisOf is on what the newest statement about a purpose stands.
func basisOf(tl *timeline.Timeline, purpose string) string {
	y := event.Intern(purpose)
	for i := tl.Len() - 1; i >= 0; i-- {
		if tl.Type[i] == event.Consent && tl.A[i] == y && tl.Flags[i]&event.Hidden == 0 {
			return tl.C[i].String()
		}
	}
	return ""
}
