package rule

import (
	"github.com/google/cel-go/common/types"

	"peiban/internal/fault"
)

// Word is one thing a rule may say, for editors that complete what is written.
type Word struct {
	Name    string
	Use     string // how it is written
	Group   fault.Text
	Member  bool       // written after a selection: sel.name(...)
	Journey bool       // only inside journeys
	Takes   [][]string // the kinds of its arguments, in each form it has; nil: it is no function
	Gives   string     // the kind of what it gives
	Doc     fault.Text
	Example string
}

// The kinds of arguments and results, as editors name them. A condition is asked of one event after another, which the
// rule gives a name of its own.
const (
	givesEvents, givesEvent, givesNumber, givesText = "events", "event", "number", "text"
	givesBool, givesTarget, givesName, givesAny     = "bool", "target", "name", "any"
	givesCondition, givesType                       = "condition", "event_type"
)

// macros and signs have no declared types: the parser rewrites the former, the latter take several.
var undeclared = map[string]struct {
	takes [][]string
	gives string
}{
	"events":    {[][]string{{givesType}, {}}, givesEvents},
	"where":     {[][]string{{givesName, givesCondition}}, givesEvents},
	"filter":    {[][]string{{givesName, givesCondition}}, givesEvents},
	"share":     {[][]string{{givesName, givesCondition}}, givesNumber},
	"event":     {nil, givesEvent},
	"timed_out": {nil, givesBool},
	"own":       {nil, givesBool},
	"&&":        {nil, givesBool},
	"==":        {nil, givesBool},
	"in":        {nil, givesBool},
	"+":         {nil, givesNumber},
	"?:":        {nil, givesAny},
}

// Vocabulary lists everything a rule may say, in the order of the guide.
func Vocabulary() (out []Word) {
	for _, g := range language {
		for i := range g.words {
			w := &g.words[i]
			v := Word{Name: w.name, Use: w.use, Group: g.title, Member: w.member, Journey: w.journey, Doc: w.doc, Example: w.example}
			if w.result == nil {
				v.Takes, v.Gives = undeclared[w.name].takes, undeclared[w.name].gives
			} else {
				v.Gives = kindName(w.result)
				v.Takes = append(v.Takes, w.kinds(w.args))
				if w.more != nil {
					v.Takes = append(v.Takes, w.kinds(w.more))
				}
			}
			out = append(out, v)
		}
	}
	return out
}

// kinds are those of what stands between the brackets: the selection a member is written after does not.
func (w *word) kinds(args []*types.Type) []string {
	if w.member {
		args = args[1:]
	}
	out := make([]string, len(args))
	for i, t := range args {
		out[i] = kindName(t)
	}
	return out
}

func kindName(t *types.Type) string {
	switch t.Kind() {
	case types.DoubleKind:
		return givesNumber
	case types.StringKind:
		return givesText
	case types.BoolKind:
		return givesBool
	case types.ListKind:
		return givesEvents
	case types.TypeParamKind:
		return givesEvent
	case types.StructKind:
		return givesTarget
	}
	return givesAny
}
