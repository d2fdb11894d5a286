package wording

import (
	_ "embed" // the words
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

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
	bare := strings.TrimFunc(p.text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
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
