// Package seek looks for pairs among all people of a workspace that may be one person, by what the directory holds in memory: names,
// years of birth, sex and telephones. Nothing of it is written; what is kept of a pair is how much each field speaks for it.
package seek

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/fault"
	"peiban/internal/match"
	"peiban/internal/match/field"
	"peiban/internal/person"
	"peiban/internal/review"
)

// columns are what is compared.
var columns = []match.Column{
	{Name: "姓名", Kind: field.FullName}, {Name: "性别", Kind: field.Sex}, {Name: "出生", Kind: field.Number}, {Name: "手机号", Kind: field.Phone},
}

// english are the names of the columns in English.
var english = strings.NewReplacer("姓名", "name", "性别", "sex", "出生", "birth", "手机号", "telephone")

// people are those who may be compared: who was not erased, is not merged into another, and has a name or a telephone.
type people struct {
	numbers []person.Number
	rows    [][]string
}

func read(d *conductor.Directory) people {
	var p people
	for it := d.All().Iterator(); it.HasNext(); {
		n := person.Number(it.Next())
		card, ok := d.ByNumber(n)
		if !ok || card.Name == "" && card.Phone == "" {
			continue
		}
		birth := ""
		if card.BirthYear > 0 {
			birth = strconv.Itoa(card.BirthYear)
		}
		p.numbers = append(p.numbers, n)
		p.rows = append(p.rows, []string{card.Name, card.Gender, birth, card.Phone})
	}
	return p
}

// found are the pairs that are likely enough, the surest first. One processor does it, so that live work keeps the others.
func (p people) found(ctx context.Context, least float64, at int64, progress func(stage match.Stage)) (out []review.Found, candidates int, err error) {
	r, err := match.Run(ctx, match.Table{Columns: columns, Rows: p.rows}, match.Options{
		Probability: least, Workers: 1, Progress: func(s match.Stage, _, _ int) { progress(s) },
	})
	if err != nil {
		return nil, 0, fmt.Errorf("compare %d people: %w", len(p.rows), err)
	}
	for _, pair := range r.Pairs {
		out = append(out, review.Found{
			Pair: review.PairOf(p.numbers[pair.A], p.numbers[pair.B]), Origin: review.Matched, Weight: pair.Weight, Probability: pair.Probability,
			Evidence: evidence(r.Model, pair.A, pair.B), At: at,
		})
	}
	return out, r.Candidates, nil
}

func evidence(m *match.Model, a, b int) (out []review.Evidence) {
	for _, e := range m.Explain(a, b) {
		said := e.Words()
		said.En = english.Replace(said.En)
		kind := e.Field.Kind
		out = append(out, review.Evidence{Field: kind.Key(), Level: e.Level.Key(), Bits: round(e.Bits), Text: said})
	}
	if bits := m.Together(a, b); match.TogetherWords(bits) != (fault.Text{}) {
		out = append(out, review.Evidence{Field: "together", Bits: round(bits), Text: match.TogetherWords(bits)})
	}
	return out
}

func round(bits float64) float64 {
	f, _ := strconv.ParseFloat(strconv.FormatFloat(bits, 'f', 2, 64), 64)
	return f
}
