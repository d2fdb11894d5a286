package match

import (
	"fmt"
	"math"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/match/field"
)

// Words is the field for people: the name of its column, and the part of it.
func (f *Field) Words() fault.Text {
	if f.Part == field.Unused {
		return fault.Text{Zh: f.Name, En: f.Name}
	}
	part := f.Part.Words()
	return fault.Text{Zh: f.Name + "·" + part.Zh, En: f.Name + " · " + part.En}
}

// Words says in a line what the evidence is, without any value of the rows.
func (e Evidence) Words() fault.Text {
	name, level, how := e.Field.Words(), e.Level.Words(), e.How.Words()
	if e.Level == field.Missing {
		return fault.Text{Zh: name.Zh + "：有一边没有，不算", En: name.En + ": missing on one side, counts for nothing"}
	}
	zh, en := name.Zh+"："+level.Zh, name.En+": "+level.En
	switch {
	case e.Level == field.Moved:
		zh, en = name.Zh+"："+how.Zh, name.En+": "+how.En
	case how.Zh != "":
		zh, en = zh+"（"+how.Zh+"）", en+" ("+how.En+")"
	}
	zh, en = zh+" "+signed(e.Bits), en+" "+signed(e.Bits)
	switch {
	case e.Said != nil:
		said := e.Said.Words()
		zh, en = zh+"，多半由 "+said.Zh+" 而来", en+", mostly follows from "+said.En
	case e.Level == field.Exact && e.Share > 0 && e.Field.Kind != field.Sex:
		part := share(e.Share)
		zh, en = zh+"，别人里约 "+part.Zh+"也是这个值", en+", about "+part.En+" others have it"
	}
	return fault.Text{Zh: zh, En: en}
}

// share is a part of all in percent, or as one of so many where it is small.
func share(s float64) fault.Text {
	of := 1 / s
	switch {
	case s >= 0.001:
		p := strings.TrimSuffix(fmt.Sprintf("%.1f", 100*s), ".0") + "%"
		return fault.Text{Zh: p + " ", En: p + " of"}
	case of < 10_000:
		return fault.Text{Zh: fmt.Sprintf("%.0f 分之一", of), En: fmt.Sprintf("1 in %.0f", of)}
	}
	of = math.Round(of / 10_000)
	return fault.Text{Zh: fmt.Sprintf("%.0f 万分之一", of), En: fmt.Sprintf("1 in %.0f0,000", of)}
}

// signed is a weight in bits with its sign, a minus as wide as a plus.
func signed(bits float64) string { return strings.Replace(fmt.Sprintf("%+.1f", bits), "-", "−", 1) }

// TogetherWords says why the fields together weigh something else than their sum; empty where that is not much.
func TogetherWords(bits float64) fault.Text {
	switch {
	case bits <= -0.5:
		return fault.Text{Zh: "住在一起的两个人也会这样像 " + signed(bits), En: "two people of one home would look alike too " + signed(bits)}
	case bits >= 0.5:
		return fault.Text{Zh: "住址各栏不同，可能只是搬过家，只算一次 " + signed(bits), En: "the columns of the address differ; having moved house once would do it " + signed(bits)}
	}
	return fault.Text{}
}
