package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sort"
	"strings"
	"time"

	"peiban/internal/event"
	"peiban/internal/ingest"
)

type importCmd struct {
	Table      tableCmd      `cmd:"" help:"Any table, CSV or Excel, by a map that says what its columns are."`
	UCI        uciCmd        `cmd:"" name:"uci-diabetes" help:"The UCI 'Diabetes' (AIM '94) data set: 70 people, glucose, insulin, meals, exercise."`
	LibreView  libreCmd      `cmd:"" name:"libreview" help:"Exports of LibreView and the FreeStyle Libre software."`
	Dexcom     dexcomCmd     `cmd:"" name:"dexcom" help:"Exports of Dexcom Clarity."`
	Meter      meterCmd      `cmd:"" name:"meter" help:"Tables of finger readings, as meters and their apps export them."`
	Shanghai   shanghaiCmd   `cmd:"" name:"shanghai-t2dm" help:"The ShanghaiT2DM data set: workbooks with sensor, finger readings, meals, insulin."`
	FHIR       fhirCmd       `cmd:"" name:"fhir" help:"FHIR R4: bundles, resources, NDJSON."`
	Nightscout nightscoutCmd `cmd:"" name:"nightscout" help:"JSON of Nightscout and OpenAPS: entries, treatments, pump history, profiles."`
	Bluetooth  bluetoothCmd  `cmd:"" name:"bluetooth" help:"Packets of a Bluetooth glucose meter, as hexadecimal lines or JSON."`
}

type uciCmd struct {
	oneSpace
	Dir          string `arg:"" help:"Folder with data-01 to data-70." type:"existingdir"`
	Programme    string `help:"Programme the people join." default:"diabetes"`
	Owner        string `help:"Sign-in name of who looks after them." placeholder:"LOGIN"`
	Zone         string `help:"Time zone of the wall times in the files (default: the programme's)."`
	ConsentBasis string `help:"On what basis the data are kept; recorded with each consent." default:"import"`
	Rejects      string `help:"Refused lines go to this CSV (default: uci-diabetes.rejects.csv in the current folder)." placeholder:"FILE" default:"uci-diabetes.rejects.csv"`
	JSON         bool   `name:"json" help:"Print the summary as JSON."`
}

func (c uciCmd) Run(ctx context.Context, t terminal) error {
	began := time.Now()
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	var zone *time.Location
	for _, p := range ps {
		if p.Key == c.Programme {
			zone = p.Zone
		}
	}
	if zone == nil {
		return usage("there is no programme %q", c.Programme)
	}
	if c.Zone != "" {
		if zone, err = time.LoadLocation(c.Zone); err != nil {
			return usage("there is no time zone %q", c.Zone)
		}
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
	owner := ""
	if c.Owner != "" {
		m, err := h.store.MemberByLogin(ctx, w.Number, c.Owner)
		if err != nil {
			return usage("nobody signs in as %q in this workspace", c.Owner)
		}
		owner = m.ID
	}
	source, err := h.store.EnsureSource(ctx, w.Number, event.Source{Name: "uci-diabetes", Created: time.Now().UnixMicro()})
	if err != nil {
		return err
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()

	var rejects []ingest.Reject
	bar := t.progress("导入 uci-diabetes", "import uci-diabetes")
	u := &ingest.UCIImport{
		Taker: cond, Source: source.Number, Zone: zone, Programme: c.Programme, Owner: owner, Basis: c.ConsentBasis, Now: cond.Now(),
		Refuse:   func(r ingest.Reject) { rejects = append(rejects, r) },
		Progress: func(done, total int64) { bar.show(done, total, "") },
	}
	report, err := u.Run(ctx, os.DirFS(c.Dir))
	bar.end()
	if err != nil {
		return err
	}
	if err := writeRejects(c.Rejects, rejects); err != nil {
		return err
	}
	took := time.Since(began).Round(10 * time.Millisecond)
	t.note("%d 个文件，用时 %s；没有收下的每一行和原因在 %s", "%d files in %s; every refused line and its reason is in %s", report.Files, took, c.Rejects)
	return t.sum(c.JSON, report, uciZh(report), uciEn(report))
}

func writeRejects(name string, rejects []ingest.Reject) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the refused lines: %w", err)
	}
	if err := ingest.WriteRejects(f, rejects); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

func uciZh(r ingest.UCIReport) string {
	s := fmt.Sprintf("%s 行：收下 %s（%d 个 HI 或 LO 记作标记，%d 行重复只存一次，%d 个数值不合理已标出），拒收 %d%s；新存 %s",
		thousands(r.Lines), thousands(r.Taken), r.HILO, r.Repeats, r.Implausible, r.Refused, reasons(r, "（", "、", "）"), thousands(r.New))
	if r.Known > 0 {
		s += fmt.Sprintf("，原来就有 %s", thousands(r.Known))
	}
	if r.Kept > 0 {
		s += fmt.Sprintf("，%d 条等本人同意", r.Kept)
	}
	return s
}

func uciEn(r ingest.UCIReport) string {
	s := fmt.Sprintf("%s lines: %s taken (%d HI or LO kept as flags; %d repeats, stored once; %d flagged implausible), %d refused%s; %s new",
		thousands(r.Lines), thousands(r.Taken), r.HILO, r.Repeats, r.Implausible, r.Refused, reasons(r, " (", ", ", ")"), thousands(r.New))
	if r.Known > 0 {
		s += fmt.Sprintf(", %s here already", thousands(r.Known))
	}
	if r.Kept > 0 {
		s += fmt.Sprintf(", %d put aside until consent", r.Kept)
	}
	return s
}

func reasons(r ingest.UCIReport, open, comma, shut string) string {
	return reasonsOf(r.Reasons, open, comma, shut)
}

func reasonsOf(of map[string]int, open, comma, shut string) string {
	var parts []string
	for k, n := range of {
		parts = append(parts, fmt.Sprintf("%s %d", k, n))
	}
	if len(parts) == 0 {
		return ""
	}
	sort.Strings(parts)
	return open + strings.Join(parts, comma) + shut
}

// thousands writes 29330 as 29,330.
func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
