package rule

import "peiban/internal/fault"

// Word is one thing a rule may say, for editors that complete what is written.
type Word struct {
	Name    string
	Use     string // how it is written
	Group   fault.Text
	Member  bool // written after a selection: sel.name(...)
	Journey bool // only inside journeys
	Doc     fault.Text
	Example string
}

// Vocabulary lists everything a rule may say, in the order of the guide.
func Vocabulary() (out []Word) {
	for _, g := range language {
		for _, w := range g.words {
			out = append(out, Word{w.name, w.use, g.title, w.member, w.journey, w.doc, w.example})
		}
	}
	return out
}
