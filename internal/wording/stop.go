package wording

import (
	_ "embed" // the words
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Stop is what somebody wants no more of.
type Stop string

// What can be stopped.
const (
	Nothing   Stop = ""
	Marketing Stop = "marketing" // offers and news
	All       Stop = "all"       // everything but what answers a dangerous value
)

// Stops are the words by which people say that they want no more messages.
type Stops struct {
	plain      plainer
	all, offer asking
	unless     []*regexp.Regexp
}

type asking struct {
	alone  []string
	within []*regexp.Regexp
}

//go:embed stop.yaml
var stopWords []byte

// ShippedStops are the words that come with the program.
var ShippedStops = sync.OnceValue(func() *Stops {
	s, err := ParseStops(stopWords)
	if err != nil {
		panic(err) // ours; a test reads it
	}
	return s
})

// ParseStops reads words as stop.yaml writes them, so that a workspace can have its own.
func ParseStops(b []byte) (*Stops, error) {
	type askingFile struct{ Alone, Within []string }
	var f struct {
		All, Marketing askingFile
		Unless         []string
	}
	if err := yaml.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("read the words of opting out: %w", err)
	}
	s := &Stops{plain: newPlainer(nil, map[string]string{})}
	patterns := func(srcs []string) (out []*regexp.Regexp, err error) {
		for _, src := range srcs {
			re, err := regexp.Compile(src)
			if err != nil {
				return nil, fmt.Errorf("read the words of opting out: %w", err)
			}
			out = append(out, re)
		}
		return out, nil
	}
	var err error
	if s.all.within, err = patterns(f.All.Within); err != nil {
		return nil, err
	}
	if s.offer.within, err = patterns(f.Marketing.Within); err != nil {
		return nil, err
	}
	if s.unless, err = patterns(f.Unless); err != nil {
		return nil, err
	}
	s.all.alone, s.offer.alone = f.All.Alone, f.Marketing.Alone
	return s, nil
}

// Heard is what a text that somebody sent asks to stop. Whoever writes a word of it and nothing else means it; in a longer sentence it
// has to be a request of theirs, about us: a question, a word that is mentioned, another sender's messages stop nothing.
func (s *Stops) Heard(text string) Stop {
	p := s.plain.of(text)
	bare := bareOf(p.text)
	asks := strings.ContainsAny(p.text, "?？") && !slices.Contains([]string{"t", "td", "n"}, bare)
	switch {
	case slices.Contains(s.all.alone, bare) && !asks:
		return All
	case slices.Contains(s.offer.alone, bare) && !asks:
		return Marketing
	}
	for _, re := range s.unless {
		if re.MatchString(p.text) {
			return Nothing
		}
	}
	switch in := func(a asking) bool {
		return slices.ContainsFunc(a.within, func(re *regexp.Regexp) bool { return re.MatchString(p.text) })
	}; {
	case in(s.offer):
		return Marketing
	case in(s.all):
		return All
	}
	return Nothing
}

// OwnStops are words of a workspace's own, beside the shipped ones: whole texts, as somebody would send them.
type OwnStops struct {
	All       []string `json:"all,omitempty" doc:"who writes this and nothing else wants no more messages"`
	Marketing []string `json:"marketing,omitempty" doc:"who writes this and nothing else wants no more offers and news"`
}

// Limits of a workspace's own words. A longer text is a sentence, which the patterns read.
const (
	MostOwnStops   = 100
	LongestOwnStop = 20
)

// Check names what is wrong with a workspace's own words, in field all or marketing; nil: nothing.
func (o OwnStops) Check() (field string, err error) {
	seen := map[string]bool{}
	for _, l := range []struct {
		field string
		words []string
	}{{"all", o.All}, {"marketing", o.Marketing}} {
		if len(l.words) > MostOwnStops {
			return l.field, fmt.Errorf("%d words, at most %d", len(l.words), MostOwnStops)
		}
		for _, word := range l.words {
			bare := bareOf(ShippedStops().plain.of(word).text)
			switch {
			case bare == "":
				return l.field, errors.New("a word without a letter or digit")
			case utf8.RuneCountInString(word) > LongestOwnStop:
				return l.field, fmt.Errorf("longer than %d characters", LongestOwnStop)
			case seen[bare]:
				return l.field, errors.New("the same word twice")
			}
			seen[bare] = true
		}
	}
	return "", nil
}

// With are these words and a workspace's own. The shipped ones cannot be taken away: whoever writes 退订 means it everywhere.
func (s *Stops) With(o OwnStops) *Stops {
	out := *s
	plain := func(words []string) (all []string) {
		for _, word := range words {
			all = append(all, bareOf(s.plain.of(word).text))
		}
		return all
	}
	out.all.alone = append(slices.Clone(s.all.alone), plain(o.All)...)
	out.offer.alone = append(slices.Clone(s.offer.alone), plain(o.Marketing)...)
	return &out
}

// Alone are the words that stop something when they are the whole of a text.
func (s *Stops) Alone() OwnStops {
	return OwnStops{All: slices.Clone(s.all.alone), Marketing: slices.Clone(s.offer.alone)}
}

func bareOf(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
