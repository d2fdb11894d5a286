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
	"peiban/internal/wording"
)

// calcWording says what the words check finds in a table of texts.
type calcWording struct {
	File      string `arg:"" help:"CSV with a header; the texts are in the column text (文本, 内容), or in the only one; - reads standard input."`
	Role      string `help:"Who wrote them: manager, pharmacist, doctor ..., or automatic for a programme's own texts." default:"manager" placeholder:"ROLE"`
	AllOfThem bool   `name:"all" help:"List the texts too in which nothing was found."`
	JSON      bool   `name:"json" help:"Write a JSON array instead of CSV."`
}

// wordingRow is one phrase, or a text in which nothing was found.
type wordingRow struct {
	Line   int        `json:"line"`
	Action string     `json:"action"`
	Rule   string     `json:"rule,omitempty"`
	Phrase string     `json:"phrase,omitempty"`
	Start  int        `json:"start"` // characters before it
	End    int        `json:"end"`
	Name   fault.Text `json:"name"`
	Why    fault.Text `json:"why"`
	Source string     `json:"source,omitempty"`
}

var textColumns = []string{"text", "文本", "内容", "话", "sentence", "message", "body"}

func (c calcWording) Run() error {
	in := io.ReadCloser(os.Stdin)
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return fmt.Errorf("read the texts: %w", err)
		}
		in = f
	}
	defer in.Close()
	rows, texts, err := c.rows(in)
	if err != nil {
		return err
	}
	if err := c.write(os.Stdout, rows); err != nil {
		return err
	}
	flagged := map[int]bool{}
	for _, r := range rows {
		if r.Rule != "" {
			flagged[r.Line] = true
		}
	}
	fmt.Fprintf(os.Stderr, "%d texts, %d with something found\n", texts, len(flagged))
	return nil
}

func (c calcWording) rows(in io.Reader) (rows []wordingRow, texts int, err error) {
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	head, err := r.Read()
	if err != nil {
		return nil, 0, fmt.Errorf("read the header of %s: %w", c.File, err)
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff")
	at := slices.IndexFunc(head, func(h string) bool { return slices.Contains(textColumns, strings.ToLower(strings.TrimSpace(h))) })
	if at < 0 && len(head) == 1 {
		at = 0
	}
	if at < 0 {
		return nil, 0, fault.New(fault.Invalid, "no_text_column", "表头里没有 text（文本、内容）这一栏", "the header has no column text").
			Because("把放文字的一栏叫作 text", "call the column of the texts text")
	}
	by := wording.Writer{Role: c.Role, Automatic: c.Role == "automatic"}
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, texts, nil
		}
		if err != nil {
			return nil, 0, fmt.Errorf("read %s: %w", c.File, err)
		}
		if at >= len(rec) {
			continue
		}
		line, _ := r.FieldPos(at)
		texts++
		rep := wording.Check(rec[at], by)
		for _, f := range rep.Findings {
			rows = append(rows, wordingRow{line, string(f.Action), f.Rule, f.Phrase, f.Start, f.End, f.Name, f.Why, f.Source})
		}
		if rep.Emergency {
			rows = append(rows, wordingRow{
				Line: line, Action: "add_line", Rule: "emergency", Name: fault.Text{Zh: "说到急症，要加一句", En: "An emergency: add the line"}, Why: rep.Line,
			})
		}
		if len(rep.Findings) == 0 && !rep.Emergency && c.AllOfThem {
			rows = append(rows, wordingRow{Line: line, Action: "none"})
		}
	}
}

func (c calcWording) write(out io.Writer, rows []wordingRow) error {
	if c.JSON {
		if rows == nil {
			rows = []wordingRow{}
		}
		e := json.NewEncoder(out)
		e.SetIndent("", "  ")
		return e.Encode(rows)
	}
	w := csv.NewWriter(out)
	_ = w.Write([]string{"line", "action", "rule", "phrase", "start", "end", "name_zh", "name_en", "why_zh", "why_en", "source"}) // Flush tells
	for _, r := range rows {
		_ = w.Write([]string{
			strconv.Itoa(r.Line), r.Action, r.Rule, r.Phrase, strconv.Itoa(r.Start), strconv.Itoa(r.End), r.Name.Zh, r.Name.En, r.Why.Zh, r.Why.En, r.Source,
		})
	}
	w.Flush()
	return w.Error()
}
