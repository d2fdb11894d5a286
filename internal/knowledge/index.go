package knowledge

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/unicode"
)

// analyser splits text as bleve's analyser "cjk" does: full-width forms made narrow, lower case, Chinese in pairs of characters.
var analyser = &analysis.DefaultAnalyzer{
	Tokenizer:    unicode.NewUnicodeTokenizer(),
	TokenFilters: []analysis.TokenFilter{cjk.NewCJKWidthFilter(), lowercase.NewLowerCaseFilter(), cjk.NewCJKBigramFilter(false)},
}

// terms are the terms of a text, in their order. A text of one character is that character.
func terms(text string) []string {
	var out []string
	for _, t := range analyser.Analyze([]byte(text)) {
		out = append(out, string(t.Term))
	}
	return out
}

// Index is a base ready to be searched. It is not changed: another base is another index.
type Index struct {
	Revision int64
	entries  []Entry
	words    map[string][]posting // by term
	length   []float64            // terms of each entry
	mean     float64
	asked    map[string][]int32 // entries by a way of asking, plain
	vectors  [][]vector         // of each entry's title and questions
}

// posting is how often a term stands in an entry; a term of the title or a question counts three times.
type posting struct {
	entry int32
	count float32
}

// vector is one way of asking: its terms, each once.
type vector []string

const titleWeighs = 3

// NewIndex indexes a base as of a revision.
func NewIndex(revision int64, es []Entry) *Index {
	x := &Index{Revision: revision, entries: es, words: map[string][]posting{}, asked: map[string][]int32{}, length: make([]float64, len(es)), vectors: make([][]vector, len(es))}
	for i := range es {
		e := &es[i]
		counts := map[string]float32{}
		for _, t := range terms(e.Text + "\n" + e.TextEn) {
			counts[t]++
		}
		for _, q := range append([]string{e.Title}, e.Questions...) {
			for _, t := range terms(q) {
				counts[t] += titleWeighs
			}
			x.vectors[i] = append(x.vectors[i], asks(q))
		}
		for _, q := range e.Questions {
			p := plain(q)
			x.asked[p] = append(x.asked[p], int32(i))
		}
		for t, n := range counts {
			x.words[t] = append(x.words[t], posting{int32(i), n})
			x.length[i] += float64(n)
		}
		x.mean += x.length[i]
	}
	if len(es) > 0 {
		x.mean /= float64(len(es))
	}
	return x
}

// polite are words around a question that do not tell questions apart. They are left out of questions, never of texts.
var polite = strings.NewReplacer("请问", " ", "您好", " ", "你好", " ", "麻烦", " ", "问一下", " ", "想问", " ", "应该", "", "到底", "", "呀", " ", "啊", " ", "呢", " ", "吗", " ", "吧", " ", "哦", " ", "嘛", " ")

// asks are the terms of a question, each once, in order.
func asks(q string) []string {
	ts := terms(polite.Replace(q))
	slices.Sort(ts)
	return slices.Compact(ts)
}

// plain is a question without what does not tell questions apart.
func plain(q string) string { return strings.Join(terms(polite.Replace(q)), " ") }

// Entries are all of them, not to be changed.
func (x *Index) Entries() []Entry { return x.entries }

// Entry finds one by id, nil when there is none.
func (x *Index) Entry(id string) *Entry {
	i := slices.IndexFunc(x.entries, func(e Entry) bool { return e.ID == id })
	if i < 0 {
		return nil
	}
	return &x.entries[i]
}

// Wanted chooses what is searched.
type Wanted struct {
	Kinds    []Kind // none: all
	Audience string // empty: whoever
	Now      int64  // what is usable then; 0: drafts and what is retired, too
	Bot      bool   // only what the assistant may say
}

func (f *Wanted) takes(e *Entry) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, e.Kind)) && e.For(f.Audience) && (f.Now == 0 || e.Usable(f.Now)) &&
		(!f.Bot || e.Automatic && e.Kind == Answer && e.Gravity <= MostGravityOfBot)
}

// Hit is an entry that was found.
type Hit struct {
	*Entry
	Rank  float64 // only compares with others of the same search
	Quote string  // the sentence of it that fits best
	at    int32
}

// Parameters of BM25, as they are usually set.
const (
	bmK = 1.2
	bmB = 0.75
)

func (x *Index) rarity(term string) float64 {
	n := float64(len(x.words[term]))
	return math.Log(1 + (float64(len(x.entries))-n+0.5)/(n+0.5))
}

// Search finds the most entries that fit best, best first; entries that fit alike by id.
func (x *Index) Search(q string, f Wanted, most int) []Hit {
	ts := terms(q)
	slices.Sort(ts)
	ts = slices.Compact(ts)
	rank := make([]float64, len(x.entries))
	for _, t := range ts {
		weight := x.rarity(t)
		for _, p := range x.words[t] {
			n := float64(p.count)
			rank[p.entry] += weight * n * (bmK + 1) / (n + bmK*(1-bmB+bmB*x.length[p.entry]/x.mean))
		}
	}
	var out []Hit
	for i, r := range rank {
		if e := &x.entries[i]; r > 0 && f.takes(e) {
			out = append(out, Hit{Entry: e, Rank: r, at: int32(i)})
		}
	}
	slices.SortFunc(out, func(a, b Hit) int { return cmp.Or(cmp.Compare(b.Rank, a.Rank), strings.Compare(a.ID, b.ID)) })
	out = out[:min(most, len(out))]
	for i := range out {
		out[i].Quote = quote(out[i].Text, ts)
	}
	return out
}

// quote is the sentence that has most of the terms; the first of equals.
func quote(text string, ts []string) string {
	best, most := "", -1
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。！？\n!?；;", r) }) {
		n := 0
		for _, t := range terms(s) {
			if slices.Contains(ts, t) {
				n++
			}
		}
		if n > most {
			best, most = strings.TrimSpace(s), n
		}
	}
	return best
}

// looked is how many of the best hits are compared with a question word by word.
const looked = 20

// Best is the answer whose way of asking is nearest to what somebody wrote, with how near: 1 is the same question, 0 has no word in
// common. It is the cosine of the rarity of their terms, so that words everybody uses tell little. ok is false when nothing is near.
func (x *Index) Best(q string, f Wanted) (best Hit, near float64, ok bool) {
	if x == nil || len(x.entries) == 0 {
		return Hit{}, 0, false
	}
	for _, i := range x.asked[plain(q)] {
		if e := &x.entries[i]; f.takes(e) && (!ok || e.ID < best.ID) {
			best, near, ok = Hit{Entry: e, Quote: e.Text, at: i}, 1, true
		}
	}
	if ok {
		return best, near, true
	}
	ts := asks(q)
	for _, h := range x.Search(q, f, looked) {
		for _, v := range x.vectors[h.at] {
			if c := x.cosine(ts, v); c > near {
				best, near, ok = h, c, true
			}
		}
	}
	return best, near, ok
}

// unheard is how much a term that no entry has weighs, beside the rarest one.
const unheard = 0.5

func (x *Index) cosine(a, b []string) float64 {
	var both, left, right float64
	for _, t := range a {
		w := x.rarity(t)
		if len(x.words[t]) == 0 { // nobody ever wrote about it: it may be a name or how people speak
			w *= unheard
		}
		left += w * w
		if slices.Contains(b, t) {
			both += w * w
		}
	}
	for _, t := range b {
		w := x.rarity(t)
		right += w * w
	}
	if both == 0 {
		return 0
	}
	return both / math.Sqrt(left*right)
}
