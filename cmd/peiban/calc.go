package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
)

type calcCmd struct {
	Glucose   calcGlucose   `cmd:"" help:"Figures of glucose readings, a row per person: mean, times in ranges, LBGI, HBGI, ADRR, MAGE, MODD, CONGA and more."`
	Redflags  calcRedflags  `cmd:"" help:"What in texts somebody has to see at once, a row per finding: topic, phrase, place, what to do, why."`
	Wording   calcWording   `cmd:"" help:"What may not be said to people, in texts, a row per phrase: rule, phrase, place, what follows, why."`
	Adherence calcAdherence `cmd:"" help:"Figures of dispensed medicine, a row per person: PDC, MPR, CMA1 to CMA9, gaps, persistence."`
}

// calcFile is what both calculators are told about their file.
type calcFile struct {
	File     string            `arg:"" help:"Table with a header line (CSV, semicolons, tabs, or an Excel workbook, new or old); - reads standard input."`
	JSON     bool              `name:"json" help:"Write a JSON array instead of CSV."`
	Dates    string            `help:"How dates such as 3/4/2024 read: auto, mdy or dmy. 2024-03-04 always reads itself." enum:"auto,mdy,dmy" default:"auto"`
	Encoding string            `help:"auto, utf-8 or gb18030." enum:"auto,utf-8,gb18030" default:"auto"`
	Column   map[string]string `help:"Name of a column when it is not found by itself: id=Kürzel." placeholder:"FIELD=NAME"`
	Rejects  string            `help:"Write every refused row and its reason to this CSV." placeholder:"FILE"`
}

// reject is a row that was not taken: where, which column, and what would be right. Values are not repeated.
type reject struct {
	line   int
	column string
	zh, en string
}

// rejects keeps what the screen shows and hands everything to the file.
type rejects struct {
	n     int
	first []reject
	file  *csv.Writer
	close func() error
}

// shownRejects is how many refused rows are listed; the rest is counted.
const shownRejects = 20

func (c calcFile) rejects() (*rejects, error) {
	r := &rejects{close: func() error { return nil }}
	if c.Rejects == "" {
		return r, nil
	}
	f, err := os.OpenFile(c.Rejects, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write the refused rows: %w", err)
	}
	r.file = csv.NewWriter(f)
	r.close = func() error {
		r.file.Flush()
		if err := r.file.Error(); err != nil {
			return errors.Join(fmt.Errorf("write the refused rows: %w", err), f.Close())
		}
		return f.Close()
	}
	return r, r.file.Write([]string{"file", "line", "column", "zh", "en"})
}

func (r *rejects) add(name string, x reject) error {
	r.n++
	if len(r.first) < shownRejects {
		r.first = append(r.first, x)
	}
	if r.file == nil {
		return nil
	}
	return r.file.Write([]string{name, strconv.Itoa(x.line), x.column, x.zh, x.en})
}

func (r *rejects) list(t terminal, name string) {
	for _, x := range r.first {
		fmt.Fprintf(t.err, "%s:%d: %s: %s\n", name, x.line, x.column, t.say(x.zh, x.en))
	}
	if more := r.n - len(r.first); more > 0 {
		t.note("还有 %s 行没有收下；--rejects FILE 写出全部", "%s more rows refused; --rejects FILE writes all of them", thousands(more))
	}
}

// cell is one value of a row of results.
type cell struct {
	name string
	v    any // string, bool, int, float64, []int, or nil for absent
}

// number is v when there is one.
func number(name string, v float64, ok bool) cell {
	if !ok || math.IsNaN(v) {
		return cell{name, nil}
	}
	return cell{name, v}
}

// results writes rows of cells, as CSV or as one JSON array.
type results struct {
	json bool
	out  *bufio.Writer
	csv  *csv.Writer
	n    int
}

func (c calcFile) results(t terminal) *results {
	w := bufio.NewWriter(t.out)
	return &results{json: c.JSON, out: w, csv: csv.NewWriter(w)}
}

func (r *results) row(cells []cell) error {
	first := r.n == 0
	r.n++
	if r.json {
		return r.object(cells, first)
	}
	if first {
		names := make([]string, len(cells))
		for i, c := range cells {
			names[i] = c.name
		}
		if err := r.csv.Write(names); err != nil {
			return err
		}
	}
	fields := make([]string, len(cells))
	for i, c := range cells {
		fields[i] = c.text()
	}
	return r.csv.Write(fields)
}

func (r *results) object(cells []cell, first bool) error {
	var b strings.Builder
	if first {
		b.WriteString("[\n {")
	} else {
		b.WriteString(",\n {")
	}
	for i, c := range cells {
		v, err := json.Marshal(c.v)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q: %s", c.name, v)
	}
	b.WriteString("}")
	_, err := r.out.WriteString(b.String())
	return err
}

func (r *results) end() error {
	if r.json {
		shut := "\n]\n"
		if r.n == 0 {
			shut = "[]\n"
		}
		if _, err := r.out.WriteString(shut); err != nil {
			return err
		}
	}
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return err
	}
	return r.out.Flush()
}

// text writes numbers with at most six decimals, absent as nothing.
func (c cell) text() string {
	switch v := c.v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int:
		return strconv.Itoa(v)
	case float64:
		s := strconv.FormatFloat(v, 'f', 6, 64)
		if s = strings.TrimRight(strings.TrimRight(s, "0"), "."); s == "-0" {
			return "0"
		}
		return s
	case []int:
		parts := make([]string, len(v))
		for i, n := range v {
			parts[i] = strconv.Itoa(n)
		}
		return strings.Join(parts, ";")
	}
	return fmt.Sprint(c.v)
}

// finish lists what was refused and closes the file of refused rows.
func (c calcFile) finish(t terminal, r *rejects, rows int) error {
	r.list(t, c.name())
	if err := r.close(); err != nil {
		return err
	}
	if rows == 0 {
		t.note("%s：没有一行可以用", "%s: not a single row could be used", c.name())
		return errSaid
	}
	return nil
}

func (c calcFile) name() string {
	if c.File == "-" {
		return "stdin"
	}
	return c.File
}

// open gives the bytes of the file and how many there are, 0 when nobody knows.
func (c calcFile) open(t terminal) (io.ReadCloser, int64, error) {
	if c.File == "-" {
		return io.NopCloser(t.in), 0, nil
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, 0, usage("%s: %v", t.say("读不了文件", "cannot read the file"), err)
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = usage("%s", t.say(c.File+" 是文件夹，请给一个文件", c.File+" is a folder; name a file"))
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return f, info.Size(), nil
}
