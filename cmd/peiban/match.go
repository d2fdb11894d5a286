package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/fault"
	"peiban/internal/match"
	kind "peiban/internal/match/field"
	"peiban/internal/sheet"
)

type matchCmd struct {
	File         string   `arg:"" help:"Table with a header line (CSV, semicolons, tabs, or an Excel workbook); - reads standard input."`
	Ignore       []string `help:"Columns that are no evidence." placeholder:"COL,..."`
	Truth        string   `help:"Column that says who is who; never used as evidence, only to measure what was found." placeholder:"COL"`
	TruthPattern string   `help:"What of that column names the person: the first group of this regular expression (default: all of it)." placeholder:"REGEXP"`
	Precision    float64  `help:"Share of the pairs that must be right by the model's own reckoning." default:"0.995"`
	Threshold    float64  `help:"Least probability of a pair, 0 to 1 (default: found from --precision)." placeholder:"P"`
	Out          string   `help:"Write the pairs to this CSV." placeholder:"FILE"`
	JSON         bool     `name:"json" help:"Print pairs and summary as one JSON object."`
	Values       bool     `help:"Show what stands in both rows beside the explanation; without it no value of the table is printed."`
	Encoding     string   `help:"auto, utf-8 or gb18030." enum:"auto,utf-8,gb18030" default:"auto"`
	Lang         string   `help:"zh or en (default: that of the terminal)." enum:"zh,en," default:""`
}

// matchTable is the file as it was read.
type matchTable struct {
	match.Table
	lines  []int // of each row
	truth  []string
	broken int // rows that could not be read, or had more cells than the header
}

// mostColumns bounds how wide a table may be.
const mostColumns = 500

func (c matchCmd) Run(ctx context.Context, t terminal) error {
	if c.Lang != "" {
		t.zh = c.Lang == "zh"
	}
	pattern, err := c.pattern(t)
	if err != nil {
		return err
	}
	begin := time.Now()
	table, err := c.read(ctx, t, pattern)
	if err != nil {
		return err
	}
	bar := t.progress("配对", "match")
	bar.next = begin.Add(2 * time.Second) // a short run says nothing
	found, err := match.Run(ctx, table.Table, match.Options{
		Precision: c.Precision, Probability: c.Threshold,
		Progress: func(s match.Stage, _, _ int) {
			w := s.Words()
			bar.show(int64(s), int64(match.Scoring)+1, t.say(w.Zh, w.En))
		},
	})
	bar.end()
	if err != nil {
		return err
	}
	sum := c.summary(table, found, time.Since(begin))
	c.notes(t, table, found)
	if c.Out != "" {
		if err := c.write(t, table, found); err != nil {
			return err
		}
	}
	if c.JSON {
		return c.json(t, table, found, sum)
	}
	if c.Out == "" {
		if err := c.list(ctx, t, table, found); err != nil {
			return err
		}
	}
	return sum.print(t)
}

func (c matchCmd) pattern(t terminal) (*regexp.Regexp, error) {
	switch {
	case c.Precision <= 0 || c.Precision > 1:
		return nil, usage("%s", t.say("--precision 要大于 0，最多 1", "--precision must be more than 0 and at most 1"))
	case c.Threshold < 0 || c.Threshold > 1:
		return nil, usage("%s", t.say("--threshold 要在 0 和 1 之间", "--threshold must lie between 0 and 1"))
	case c.TruthPattern == "":
		return nil, nil
	case c.Truth == "":
		return nil, usage("%s", t.say("--truth-pattern 要和 --truth 一起用", "--truth-pattern goes with --truth"))
	}
	p, err := regexp.Compile(c.TruthPattern)
	if err != nil {
		return nil, usage("%s: %v", t.say("--truth-pattern 不是正则表达式", "--truth-pattern is no regular expression"), err)
	}
	if p.NumSubexp() < 1 {
		return nil, usage("%s", t.say("--truth-pattern 里要有一个括号组，例如 '^rec-([0-9]+)'", "--truth-pattern needs a group in parentheses, such as '^rec-([0-9]+)'"))
	}
	return p, nil
}

// read brings the whole table into memory.
func (c matchCmd) read(ctx context.Context, t terminal, pattern *regexp.Regexp) (*matchTable, error) {
	file := calcFile{File: c.File}
	in, _, err := file.open(t)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	encoding := strings.ReplaceAll(c.Encoding, "utf-8", "utf8")
	book, err := sheet.Read(in, sheet.Options{Encoding: encoding})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file.name(), err)
	}
	defer func() { _ = book.Close() }()
	m := &matchTable{}
	truth := -1
	err = book.Each(0, func(r sheet.Row) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if m.Columns == nil {
			at, err := c.header(t, m, r)
			truth = at
			return err
		}
		if r.Bad != nil || len(r.Cells) > len(m.Columns) {
			m.broken++
			return nil //nolint:nilerr // a bad row is counted and told, the others are compared
		}
		if len(m.Rows) >= match.MaxRows {
			return match.ErrTooBig
		}
		m.Rows = append(m.Rows, r.Cells)
		m.lines = append(m.lines, r.Line)
		if truth >= 0 {
			m.truth = append(m.truth, truthOf(r.Cells, truth, pattern))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if m.Columns == nil {
		return nil, fault.New(fault.Invalid, "match_empty", "文件是空的", "the file is empty").Because("第一行要是每一栏的名字", "its first line must name the columns")
	}
	return m, nil
}

func truthOf(cells []string, at int, pattern *regexp.Regexp) string {
	if at >= len(cells) {
		return ""
	}
	s := strings.TrimSpace(cells[at])
	if pattern == nil {
		return s
	}
	g := pattern.FindStringSubmatch(s)
	if g == nil {
		return ""
	}
	return g[1]
}

// header takes the first row for the names of the columns and says which one is the truth.
func (c matchCmd) header(t terminal, m *matchTable, r sheet.Row) (truth int, err error) {
	if r.Bad != nil {
		return -1, r.Bad
	}
	if len(r.Cells) > mostColumns {
		return -1, fault.New(fault.Invalid, "match_too_wide", fmt.Sprintf("表头有 %d 栏，最多 %d 栏", len(r.Cells), mostColumns), fmt.Sprintf("the header has %d columns, at most %d", len(r.Cells), mostColumns)).
			Because("看看分隔符对不对", "look whether the separator is right")
	}
	for i, name := range r.Cells {
		if name = strings.TrimSpace(name); name == "" {
			name = fmt.Sprintf("#%d", i+1)
		}
		m.Columns = append(m.Columns, match.Column{Name: name})
	}
	truth = -1
	if c.Truth != "" {
		if truth, err = m.find(t, "--truth", c.Truth); err != nil {
			return -1, err
		}
		m.Columns[truth].Skip = true
	}
	for _, name := range c.Ignore {
		at, err := m.find(t, "--ignore", name)
		if err != nil {
			return -1, err
		}
		m.Columns[at].Skip = true
	}
	return truth, nil
}

// find is the column of a name: as it stands, or else but for letters, blanks and joints.
func (m *matchTable) find(t terminal, flag, name string) (int, error) {
	at := slices.IndexFunc(m.Columns, func(c match.Column) bool { return c.Name == strings.TrimSpace(name) })
	if at < 0 {
		at = slices.IndexFunc(m.Columns, func(c match.Column) bool { return sheet.Name(c.Name) == sheet.Name(name) })
	}
	if at >= 0 {
		return at, nil
	}
	var names []string
	for _, c := range m.Columns[:min(len(m.Columns), 40)] {
		names = append(names, c.Name)
	}
	return -1, usage(t.say("%s：没有叫 %q 的栏；有这些：%s", "%s: there is no column %q; there are %s"), flag, name, strings.Join(names, ", "))
}

// matchSummary is what a run came to.
type matchSummary struct {
	Rows       int            `json:"rows"`
	Pairs      int            `json:"pairs"`
	People     int            `json:"people"`
	Candidates int            `json:"candidates"`
	Refused    int            `json:"refused"`
	Threshold  float64        `json:"threshold"`
	Expected   float64        `json:"expectedPrecision"`
	Seconds    float64        `json:"seconds"`
	Measured   *matchMeasured `json:"measured,omitempty"`
}

type matchMeasured struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F         float64 `json:"f"`
	True      int     `json:"truePairs"`
	Found     int     `json:"foundPairs"`
	Right     int     `json:"rightPairs"`
	Unknown   int     `json:"rowsWithoutTruth"`
}

func (c matchCmd) summary(m *matchTable, r *match.Result, took time.Duration) matchSummary {
	s := matchSummary{
		Rows: len(m.Rows), Pairs: len(r.Pairs), People: len(r.People), Candidates: r.Candidates, Refused: r.Refused,
		Threshold: r.Threshold, Expected: r.Expected, Seconds: took.Seconds(),
	}
	if c.Truth != "" {
		x := match.Measure(r.Pairs, m.truth)
		s.Measured = &matchMeasured{x.Precision(), x.Recall(), x.F(), x.True, x.Found, x.Right, len(m.Rows) - x.Known}
	}
	return s
}

func (s matchSummary) print(t terminal) error {
	if x := s.Measured; x != nil {
		if x.Unknown > 0 {
			t.note("%s 行没有真值，含它们的对子不计入", "%s rows have no truth; their pairs are not counted", thousands(x.Unknown))
		}
		if _, err := fmt.Fprintf(t.out, t.say("精确率 precision %.4f，召回率 recall %.4f，F %.4f（真的 %s 对，找到 %s 对，其中对的 %s 对）\n",
			"precision %.4f, recall %.4f, F %.4f (%s true pairs, %s found, %s of them right)\n"),
			x.Precision, x.Recall, x.F, thousands(x.True), thousands(x.Found), thousands(x.Right)); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(t.out, t.say("%s 行里 %s 对像是同一个人，合成 %s 人；比较了 %s 对，门槛 %.2f，预计 %.2f %% 是对的，用时 %.1f 秒\n",
		"%s rows: %s pairs look like one person, %s people; %s pairs compared, threshold %.2f, %.2f %% expected to be right, %.1f s\n"),
		thousands(s.Rows), thousands(s.Pairs), thousands(s.People), thousands(s.Candidates), s.Threshold, 100*s.Expected, s.Seconds)
	return err
}

// notes says on the error stream what was made of the columns and what was left out.
func (c matchCmd) notes(t terminal, m *matchTable, r *match.Result) {
	why := map[kind.Why][2]string{
		kind.Empty: {"是空的", "is empty"}, kind.OneOnly: {"全都一样", "is the same everywhere"},
		kind.Running: {"只是行号", "only numbers the rows"}, kind.AllDiffer: {"没有两行相同", "is different in every row"},
	}
	for _, u := range r.Columns {
		taken := u.Kind.Words()
		switch {
		case u.Skip:
			t.note("%s：按要求不用", "%s: not used, as asked", u.Name)
		case u.Why != kind.Used:
			t.note("%s：不用，%s", "%s: not used, it %s", u.Name, t.say(why[u.Why][0], why[u.Why][1]))
		default:
			t.note("%s：当作%s", "%s: taken for %s", u.Name, t.say(taken.Zh, taken.En))
		}
	}
	for _, n := range r.Notes {
		name := n.Column
		if name != "" {
			name += ": "
		}
		t.note("%s%s", "%s%s", name, t.say(n.Text.Zh, n.Text.En))
	}
	if m.broken > 0 {
		t.note("%s 行读不出来，或者比表头多格子，没有比", "%s rows could not be read, or have more cells than the header, and were not compared", thousands(m.broken))
	}
	if r.Shortened > 0 {
		t.note("%s 人的行太多，只列出和第一行的对子", "%s people have so many rows that only the pairs with their first row are listed", thousands(r.Shortened))
	}
	if r.Refused > 0 {
		t.note("%s 对够像，但会把别处不合的两个人连起来，没有采用", "%s pairs are alike enough but would join people who disagree elsewhere, and were not taken", thousands(r.Refused))
	}
}

// list prints the pairs for people.
func (c matchCmd) list(ctx context.Context, t terminal, m *matchTable, r *match.Result) error {
	for n, p := range r.Pairs {
		if err := ctx.Err(); err != nil {
			return err
		}
		through := ""
		if p.Through {
			through = t.say("，经过别的行连上", ", joined through other rows")
		}
		if _, err := fmt.Fprintf(t.out, t.say("%d. 第 %d 行和第 %d 行：%s %%，证据 %+.1f%s\n", "%d. lines %d and %d: %s %%, evidence %+.1f%s\n"),
			n+1, m.lines[p.A], m.lines[p.B], percent(p.Probability), p.Weight, through); err != nil {
			return err
		}
		for _, line := range c.explain(t, m, r, p) {
			if _, err := fmt.Fprintln(t.out, "   "+line); err != nil {
				return err
			}
		}
	}
	return nil
}

// percent does not round up to certainty.
func percent(p float64) string {
	s := strconv.FormatFloat(100*p, 'f', 2, 64)
	if s == "100.00" {
		return "> 99.99"
	}
	return s
}

// explain is what each field says, a line each.
func (c matchCmd) explain(t terminal, m *matchTable, r *match.Result, p match.Pair) []string {
	var out []string
	for _, e := range r.Model.Explain(p.A, p.B) {
		if e.Level == kind.Missing && !c.Values {
			continue
		}
		w := e.Words()
		line := t.say(w.Zh, w.En)
		if c.Values && e.Field.Part != kind.Given { // a full name is shown once, with its first part
			line += fmt.Sprintf("  [%s | %s]", m.cell(p.A, e.Field.Column), m.cell(p.B, e.Field.Column))
		}
		out = append(out, line)
	}
	if w := match.TogetherWords(r.Model.Together(p.A, p.B)); w.Zh != "" {
		out = append(out, t.say(w.Zh, w.En))
	}
	return out
}

func (m *matchTable) cell(row, column int) string {
	if column >= len(m.Rows[row]) {
		return ""
	}
	return strings.Join(strings.Fields(m.Rows[row][column]), " ")
}

// write puts the pairs into a CSV.
func (c matchCmd) write(t terminal, m *matchTable, r *match.Result) (err error) {
	f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the pairs: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	if err := w.Write([]string{"line_a", "line_b", "probability", "weight", "person", "through", "explanation"}); err != nil {
		return err
	}
	for _, p := range r.Pairs {
		if err := w.Write([]string{
			strconv.Itoa(m.lines[p.A]), strconv.Itoa(m.lines[p.B]), strconv.FormatFloat(p.Probability, 'f', 6, 64), strconv.FormatFloat(p.Weight, 'f', 2, 64),
			strconv.Itoa(p.Person + 1), strconv.FormatBool(p.Through), strings.Join(c.explain(t, m, r, p), t.say("；", "; ")),
		}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// matchFieldJSON is what a field says about a pair, for machines.
type matchFieldJSON struct {
	Column string  `json:"column"`
	Part   string  `json:"part,omitempty"`
	Level  string  `json:"level"`
	How    string  `json:"how,omitempty"`
	Bits   float64 `json:"bits"`
	Share  float64 `json:"shareOfOthers,omitempty"`
}

type matchPairJSON struct {
	A           int              `json:"lineA"`
	B           int              `json:"lineB"`
	Probability float64          `json:"probability"`
	Weight      float64          `json:"weight"`
	Person      int              `json:"person"`
	Through     bool             `json:"through"`
	Together    float64          `json:"together"`
	Fields      []matchFieldJSON `json:"fields"`
}

func (c matchCmd) json(t terminal, m *matchTable, r *match.Result, sum matchSummary) error {
	pairs := make([]matchPairJSON, 0, len(r.Pairs))
	for _, p := range r.Pairs {
		x := matchPairJSON{A: m.lines[p.A], B: m.lines[p.B], Probability: p.Probability, Weight: p.Weight, Person: p.Person + 1, Through: p.Through, Together: r.Model.Together(p.A, p.B)}
		for _, e := range r.Model.Explain(p.A, p.B) {
			f := matchFieldJSON{Column: e.Field.Name, Level: e.Level.Key(), How: e.How.Key(), Bits: e.Bits, Share: e.Share}
			if e.Field.Part != kind.Unused {
				f.Part = e.Field.Part.Key()
			}
			x.Fields = append(x.Fields, f)
		}
		pairs = append(pairs, x)
	}
	e := json.NewEncoder(t.out)
	e.SetEscapeHTML(false)
	return e.Encode(struct {
		Summary matchSummary    `json:"summary"`
		Pairs   []matchPairJSON `json:"pairs"`
	}{sum, pairs})
}
