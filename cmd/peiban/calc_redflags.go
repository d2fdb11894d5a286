package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/fault"
	"peiban/internal/redflag"
)

// calcRedflags says which texts of a table somebody has to see at once, and why.
type calcRedflags struct {
	File      string `arg:"" help:"CSV with a header; the texts are in the column text (文本, 内容), or in the only one; - reads standard input. A column topic (话题) says what should be found."`
	AllOfThem bool   `name:"all" help:"List the texts too in which nothing was found."`
	JSON      bool   `name:"json" help:"Write a JSON array instead of CSV."`
}

// redflagRow is one thing found, or a text in which nothing was.
type redflagRow struct {
	Line  int `json:"line"`
	Start int `json:"start"` // characters before it
	End   int `json:"end"`
	redflag.Flag
}

var topicColumns = []string{"topic", "label", "话题", "标签"}

// scored counts what was found against what a table says should be.
type scored struct{ hit, missed, wrong, calm int }

func (c calcRedflags) Run() error {
	in := io.ReadCloser(os.Stdin)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("read the texts: %w", err)
		}
		in = f
	}
	defer in.Close()
	rows, texts, score, err := c.rows(in)
	if err != nil {
		return err
	}
	if err := c.write(os.Stdout, rows); err != nil {
		return err
	}
	flagged := map[int]bool{}
	for _, r := range rows {
		if r.Topic != "" {
			flagged[r.Line] = true
		}
	}
	fmt.Fprintf(os.Stderr, "%d texts, %d flagged\n", texts, len(flagged))
	if score != nil {
		fmt.Fprintf(os.Stderr, "recall %s, precision %s (%d found, %d missed, %d shown for nothing, %d rightly left alone)\n",
			shareOf(score.hit, score.hit+score.missed), shareOf(score.hit, score.hit+score.wrong), score.hit, score.missed, score.wrong, score.calm)
	}
	return nil
}

func shareOf(n, of int) string {
	if of == 0 {
		return "-"
	}
	return strconv.FormatFloat(float64(n)/float64(of), 'f', 3, 64)
}

// rows reads the table; score is nil when it does not say what should be found.
func (c calcRedflags) rows(in io.Reader) (rows []redflagRow, texts int, score *scored, err error) {
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	head, err := r.Read()
	if err != nil {
		return nil, 0, nil, fmt.Errorf("read the header of %s: %w", c.File, err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff")
	column := func(names []string) int {
		return slices.IndexFunc(head, func(h string) bool { return slices.Contains(names, strings.ToLower(strings.TrimSpace(h))) })
	}
	at, label := column(textColumns), column(topicColumns)
	if at < 0 && len(head) == 1 {
		at = 0
	}
	if at < 0 {
		return nil, 0, nil, fault.New(fault.Invalid, "no_text_column", "表头里没有 text（文本、内容）这一栏", "the header has no column text").
			Because("把放文字的一栏叫作 text", "call the column of the texts text")
	}
	if label >= 0 {
		score = &scored{}
	}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, texts, score, nil
		}
		if err != nil {
			return nil, 0, nil, fmt.Errorf("read %s: %w", c.File, err)
		}
		if at >= len(rec) {
			continue
		}
		line, _ := r.FieldPos(at)
		texts++
		found := redflag.Shipped().Find(rec[at])
		for _, f := range found {
			rows = append(rows, redflagRow{line, f.Start, f.End, f})
		}
		if len(found) == 0 && c.AllOfThem {
			rows = append(rows, redflagRow{Line: line})
		}
		if score != nil && label < len(rec) {
			score.count(wanted(rec[label]), len(found) > 0)
		}
	}
}

// wanted tells whether a label says that something should be found: it names a topic, or says yes.
func wanted(label string) bool {
	switch strings.ToLower(strings.TrimSpace(label)) {
	case "", "0", "no", "false", "none", "calm", "无", "否", "-":
		return false
	}
	return true
}

func (s *scored) count(should, did bool) {
	switch {
	case should && did:
		s.hit++
	case should:
		s.missed++
	case did:
		s.wrong++
	default:
		s.calm++
	}
}

func (c calcRedflags) write(out io.Writer, rows []redflagRow) error {
	if c.JSON {
		if rows == nil {
			rows = []redflagRow{}
		}
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(rows)
	}
	w := csv.NewWriter(out)
	_ = w.Write([]string{"line", "topic", "rule", "phrase", "start", "end", "name_zh", "name_en", "why_zh", "why_en", "source"}) // Flush tells
	for _, r := range rows {
		_ = w.Write([]string{
			strconv.Itoa(r.Line), r.Topic, r.Rule, r.Phrase, strconv.Itoa(r.Start), strconv.Itoa(r.End), r.Name.Zh, r.Name.En, r.Why.Zh, r.Why.En, r.Source,
		})
	}
	w.Flush()
	return w.Error()
}
