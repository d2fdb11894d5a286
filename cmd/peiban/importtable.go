package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/ingest/mapping"
	"peiban/internal/ingest/rows"
	"peiban/internal/programme"
)

// tablesSource is the source of tables whose map names none.
const tablesSource = "tables"

type tableCmd struct {
	oneSpace
	File         string `arg:"" help:"The table: CSV or Excel." type:"existingfile"`
	Map          string `help:"What its columns are (YAML); --guess writes one." type:"existingfile" placeholder:"MAP.yaml"`
	Guess        bool   `help:"Write a map guessed from header and first rows to standard output; code 1 when questions are open."`
	Preview      int    `help:"Show the first N rows as the events they would become, and import nothing." placeholder:"N"`
	Sheet        string `help:"Sheet of a workbook, for --guess." placeholder:"NAME"`
	Programme    string `help:"Programme new people join (default: the workspace's)." placeholder:"KEY"`
	Owner        string `help:"Sign-in name of who looks after new people." placeholder:"LOGIN"`
	Zone         string `help:"Time zone of the clock in the table (default: the map's, then the programme's)."`
	Who          string `help:"One person for the whole table, as type:scope:value." placeholder:"TYPE:SCOPE:VALUE"`
	ConsentBasis string `help:"On what basis the data are kept; recorded with the consents of the people met (default: none is recorded, and health data wait for consent)." placeholder:"TEXT"`
	Rejects      string `help:"Refused rows go to this CSV (default: the table's name with .rejects.csv, in the current folder)." placeholder:"FILE"`
	JSON         bool   `name:"json" help:"Print the summary as JSON."`
}

func (c tableCmd) Run(ctx context.Context, t terminal) error {
	if c.Guess {
		return c.guess(t)
	}
	if c.Map == "" {
		return usage("name a map with --map; --guess writes one")
	}
	m, err := c.mapping(t)
	if err != nil {
		return err
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	zone, err := c.zone(ps)
	if err != nil {
		return err
	}
	if c.Preview > 0 {
		return c.preview(t, m, zone)
	}
	return c.bring(ctx, t, m, ps, zone)
}

// zone is the wall clock of a table whose map names none.
func (c tableCmd) zone(ps []*programme.Compiled) (*time.Location, error) {
	if c.Zone != "" {
		l, err := time.LoadLocation(c.Zone)
		if err != nil {
			return nil, usage("there is no time zone %q", c.Zone)
		}
		return l, nil
	}
	for _, p := range ps {
		if p.Zone != nil && (c.Programme == "" || p.Key == c.Programme) {
			return p.Zone, nil
		}
	}
	if c.Programme != "" {
		return nil, usage("there is no programme %q", c.Programme)
	}
	return time.UTC, nil
}

// mapping reads the map and says, line by line, what is wrong or open.
func (c tableCmd) mapping(t terminal) (mapping.Map, error) {
	text, err := os.ReadFile(c.Map)
	if err != nil {
		return mapping.Map{}, fmt.Errorf("read the map: %w", err)
	}
	m, lines, problems := mapping.Load(text)
	for _, p := range problems {
		hint := t.say(p.Hint.Zh, p.Hint.En)
		fmt.Fprintf(t.err, "%s:%d: %s%s\n", c.Map, p.Line, t.say(p.Text.Zh, p.Text.En), paren(" (", hint, ")"))
	}
	open := m.Unanswered()
	for _, path := range open {
		fmt.Fprintf(t.err, "%s:%d: %s\n", c.Map, lines[path], t.say("还没有回答：把 \"?\" 换成答案", "not answered: put the answer in the place of \"?\""))
	}
	if len(problems)+len(open) > 0 {
		return m, errSaid
	}
	return m, nil
}

func (c tableCmd) sample() (mapping.Sample, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return mapping.Sample{}, fmt.Errorf("open the table: %w", err)
	}
	defer func() { _ = f.Close() }()
	return mapping.Look(f, c.Sheet)
}

func (c tableCmd) guess(t terminal) error {
	s, err := c.sample()
	if err != nil {
		return err
	}
	g, err := mapping.Guess(s)
	if err != nil {
		return err
	}
	text, questions := mapping.Write(g.Map, g.Questions, t.zh)
	if _, err := t.out.Write(text); err != nil {
		return fmt.Errorf("write the map: %w", err)
	}
	for _, col := range g.Columns {
		if col.Taken.Zh == "" {
			t.note("不用的栏：%s", "column not used: %s", col.Name)
		}
	}
	for _, q := range questions {
		fmt.Fprintf(t.err, t.say("对照表第 %d 行：%s", "line %d of the map: %s")+"\n", q.Line, t.say(q.Text.Zh, q.Text.En))
	}
	if len(questions) > 0 {
		t.note("%d 处要您回答，再导入", "%d questions to answer before the import", len(questions))
		return errSaid
	}
	return nil
}

func (c tableCmd) preview(t terminal, m mapping.Map, zone *time.Location) error {
	c.Sheet = m.Sheet
	s, err := c.sample()
	if err != nil {
		return err
	}
	list, err := m.Preview(s, c.Preview, time.Now(), zone)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(t.out).Encode(list)
	}
	for _, row := range list {
		var who []string
		for _, w := range row.Who {
			who = append(who, w.Type+" "+w.Value)
		}
		fmt.Fprintf(t.out, t.say("第 %d 行  %s", "row %d  %s")+"\n", row.Line, strings.Join(who, ", "))
		for _, e := range row.Events {
			var says []string
			for _, x := range e.Says {
				says = append(says, t.say(x.Zh, x.En))
			}
			fmt.Fprintf(t.out, "    %s  %s  %s\n", e.At, t.say(e.Name.Zh, e.Name.En), strings.Join(says, t.say("，", ", ")))
		}
		if w := row.Why; w != nil {
			fmt.Fprintf(t.out, "    %s%s%s\n", t.say("不收：", "refused: "), paren("", w.Field, " "), t.say(w.Text.Zh, w.Text.En))
		}
	}
	return nil
}

// bring imports the table.
func (c tableCmd) bring(ctx context.Context, t terminal, m mapping.Map, ps []*programme.Compiled, zone *time.Location) error {
	began := time.Now()
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openOrMake(ctx, t, cfg, zone.String())
	if err != nil {
		return err
	}
	defer h.close()
	w, err := h.workspace(ctx, c.Workspace)
	if err != nil {
		return err
	}
	im := rows.Import{
		Action: "import.table", Provenance: "import:table", Actor: "command", Programme: c.Programme, Basis: c.ConsentBasis,
	}
	if c.Owner != "" {
		member, err := h.store.MemberByLogin(ctx, w.Number, c.Owner)
		if err != nil {
			return usage("nobody signs in as %q in this workspace", c.Owner)
		}
		im.Owner = member.ID
	}
	if c.Who != "" {
		parts := strings.SplitN(c.Who, ":", 3)
		if len(parts) != 3 || parts[0] == "" || parts[2] == "" {
			return usage("--who is type:scope:value, such as record:clinic:1024")
		}
		im.Who = []conductor.Identifier{{Type: parts[0], Scope: parts[1], Value: parts[2]}}
	}
	name := m.Source
	if name == "" {
		name = tablesSource
	}
	source, err := h.store.EnsureSource(ctx, w.Number, event.Source{Name: name, Created: began.UnixMicro()})
	if err != nil {
		return err
	}
	im.Source = source.Number
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()
	im.Taker, im.Now = cond, cond.Now()

	rejects := c.Rejects
	if rejects == "" {
		rejects = strings.TrimSuffix(filepath.Base(c.File), filepath.Ext(c.File)) + ".rejects.csv"
	}
	report, err := c.run(ctx, t, &im, m, zone, rejects)
	if err != nil && report.Rows == 0 {
		return err
	}
	t.note("用时 %s；没有收下的每一行和原因在 %s", "%s; every refused row and its reason is in %s", time.Since(began).Round(10*time.Millisecond), rejects)
	if err != nil {
		t.note("没有读完：再运行一次同样的命令，从头核对，收过的不会重复", "it was not read to its end: run the same command again, what was taken is not taken twice")
	}
	return errors.Join(err, t.sum(c.JSON, report, fileZh(fileReport{Report: report}), fileEn(fileReport{Report: report})))
}

// run reads the file into the import, with the refused rows on their way to a file of their own.
func (c tableCmd) run(ctx context.Context, t terminal, im *rows.Import, m mapping.Map, zone *time.Location, rejects string) (report rows.Report, err error) {
	f, err := os.Open(c.File)
	if err != nil {
		return report, fmt.Errorf("open the table: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return report, fmt.Errorf("open the table: %w", err)
	}
	out, err := os.OpenFile(rejects, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return report, fmt.Errorf("write the refused rows: %w", err)
	}
	list := rows.NewRejects(out)
	bar, read := t.progress("导入 "+filepath.Base(c.File), "import "+filepath.Base(c.File)), int64(0)
	im.Refuse = list.Add
	im.Done = func(r rows.Report) error {
		bar.show(min(read, info.Size()-1), info.Size(), thousands(r.Rows)+t.say(" 行", " rows"))
		return nil
	}
	report, err = im.Run(ctx, m.Format(im.Now, zone), bufio.NewReaderSize(&meter{io.Reader(f), &read}, 1<<16))
	bar.end()
	return report, errors.Join(err, list.Flush(), out.Close())
}
