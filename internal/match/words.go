package match

import (
	"fmt"
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
	zh, en = fmt.Sprintf("%s %+.1f", zh, e.Bits), fmt.Sprintf("%s %+.1f", en, e.Bits)
	switch {
	case e.Said != nil:
		said := e.Said.Words()
		zh, en = zh+"，多半由 "+said.Zh+" 而来", en+", mostly follows from "+said.En
	case e.Level == field.Exact && e.Share > 0 && e.Field.Kind != field.Sex:
		zh, en = zh+"，别人里约 "+share(e.Share)+" 也是这个值", en+", about "+share(e.Share)+" of others have it"
	}
	return fault.Text{Zh: zh, En: en}
}

// share is a part of all in percent, or as one of so many where it is small.
func share(s float64) string {
	if s >= 0.001 {
		return strings.TrimSuffix(fmt.Sprintf("%.1f", 100*s), ".0") + " %"
	}
	return fmt.Sprintf("1/%.0f", 1/s)
}

// TogetherWords says why the fields together weigh something else than their sum; empty where that is not much.
func TogetherWords(bits float64) fault.Text {
	switch {
	case bits <= -0.5:
		return fault.Text{Zh: fmt.Sprintf("住在一起的两个人也会这样像 %+.1f", bits), En: fmt.Sprintf("two people of one home would look alike too %+.1f", bits)}
	case bits >= 0.5:
		return fault.Text{Zh: fmt.Sprintf("住址各栏不同，可能只是搬过家，只算一次 %+.1f", bits), En: fmt.Sprintf("the columns of the address differ; having moved house once would do it %+.1f", bits)}
	}
	return fault.Text{}
}
