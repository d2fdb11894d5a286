package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"peiban/internal/engine"
	"peiban/internal/ingest/bundles"
	"peiban/internal/programme"
)

// fhirCmd imports FHIR. A row of it is one resource.
type fhirCmd struct {
	fileCmd
	System string `help:"Whose numbering the ids are, such as the address of the server; only where the files do not say." placeholder:"URL"`
}

var fhirFiles = fileKind{name: "fhir", extensions: []string{".json", ".ndjson", ".jsonl"}, tellsWho: true}

func (c fhirCmd) Run(ctx context.Context, t terminal) error {
	began := time.Now()
	names, err := c.list(t, fhirFiles)
	if err != nil {
		return err
	}
	f, err := c.open(ctx, t, fhirFiles)
	if err != nil {
		return err
	}
	defer f.close()
	ring, err := f.house.store.Ring(ctx, f.space.Number)
	if err != nil {
		return err
	}
	if len(f.im.Who) > 0 && f.person == 0 && f.whose == "" {
		if err := f.begin(ctx); err != nil {
			return err
		}
	}
	basis := f.im.Basis
	if basis == "" {
		basis = "import"
	}
	var rejects []bundles.Reject
	bar := t.progress("导入 fhir", "import fhir")
	im := bundles.Import{
		Taker: f.cond, Keeper: f.house.store, Hash: ring.Hash, Workspace: f.space.Number, Source: f.im.Source, Scope: strings.TrimSuffix(c.System, "/"),
		Person: f.person, Programme: c.Programme, Owner: f.im.Owner, Basis: basis, Others: c.ConsentBasis != "", Actor: "command", Now: f.im.Now, Zone: f.zone,
		Form:     func(q string) *programme.Form { return formOf(f.cond.Programmes(), q) },
		Refuse:   func(r bundles.Reject) { rejects = append(rejects, r) },
		Progress: func(rows int) { bar.show(int64(rows), int64(rows)+1, "") },
	}
	if f.person == 0 {
		im.Who = f.im.Who
	}
	var files []bundles.File
	for _, name := range names {
		files = append(files, bundles.File{Name: filepath.Base(name), Open: func() (io.ReadCloser, error) { return os.Open(name) }})
	}
	report, err := im.Run(ctx, files)
	bar.end()
	if werr := c.refused(t, rejects); werr != nil {
		return errors.Join(err, werr)
	}
	for _, b := range report.Broken {
		t.note("%s", "%s", b.File+": "+t.say(b.Why.Text.Zh+paren("（", b.Why.Hint.Zh, "）"), b.Why.Text.En+paren(" (", b.Why.Hint.En, ")")))
	}
	for _, k := range slices.Sorted(maps.Keys(report.Types)) {
		x := report.Types[k]
		t.note("  %-24s %6s = 收下 %s + 重复 %s + 拒收 %s；%s 条事件", "  %-24s %6s = %s taken + %s repeated + %s refused; %s events",
			k, thousands(x.Rows), thousands(x.Taken), thousands(x.Repeated), thousands(x.Refused), thousands(x.Events))
	}
	t.note("%d 个文件，用时 %s", "%d files in %s", report.Files, time.Since(began).Round(10*time.Millisecond))
	if serr := t.sum(c.JSON, report, fhirZh(report), fhirEn(report)); serr != nil {
		return errors.Join(err, serr)
	}
	if err == nil && len(report.Broken) > 0 {
		return errSaid
	}
	return err
}

// formOf finds the questionnaire an answer is to: by its key at the end of the address, as our own reading API writes it.
func formOf(ps []*engine.Programme, questionnaire string) *programme.Form {
	address, _, _ := strings.Cut(questionnaire, "|")
	_, key, ok := strings.Cut(address, "Questionnaire/")
	if !ok {
		return nil
	}
	for _, p := range ps {
		if f := p.Forms[key]; f != nil {
			return f
		}
	}
	return nil
}

// refused writes every mistake of every refused resource: where it is and what would be right. Values are not repeated.
func (c fhirCmd) refused(t terminal, rejects []bundles.Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	name := c.Rejects
	if name == "" {
		name = "fhir.rejects.csv"
	}
	out := [][]string{{"file", "entry", "type", "element", "reason", "zh", "en"}}
	for _, r := range rejects {
		for _, why := range r.Why {
			out = append(out, []string{r.File, strconv.Itoa(r.Place), r.Type, why.Field, why.Code, why.Text.Zh + paren("；", why.Hint.Zh, ""), why.Text.En + paren("; ", why.Hint.En, "")})
		}
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the refused resources: %w", err)
	}
	if err := csv.NewWriter(f).WriteAll(out); err != nil {
		return errors.Join(fmt.Errorf("write the refused resources: %w", err), f.Close())
	}
	t.note("没有收下的每个资源、哪个元素、怎样改，在 %s", "every refused resource, the element and how to mend it are in %s", name)
	return f.Close()
}

func fhirZh(r bundles.Report) string {
	s := fmt.Sprintf("%s 个资源 = 收下 %s + 重复 %s + 拒收 %s%s；新存 %s 条事件，新增 %s 人", thousands(r.Rows), thousands(r.Taken), thousands(r.Repeated), thousands(r.Refused),
		reasonsOf(r.Reasons, "（", "、", "）"), thousands(r.Events), thousands(r.People))
	for _, p := range [...]struct {
		n    int
		text string
	}{{r.Changed, "，更新 %d 个"}, {r.Kept, "，%d 个等本人同意"}, {r.Nobodys, "，%d 个不属于任何人"}, {len(r.Broken), "；%d 个文件没有读完"}} {
		if p.n > 0 {
			s += fmt.Sprintf(p.text, p.n)
		}
	}
	return s + reasonsOf(r.Left, "；只原样保存（", "、", "）")
}

func fhirEn(r bundles.Report) string {
	s := fmt.Sprintf("%s resources = %s taken + %s repeated + %s refused%s; %s events new, %s new people", thousands(r.Rows), thousands(r.Taken), thousands(r.Repeated), thousands(r.Refused),
		reasonsOf(r.Reasons, " (", ", ", ")"), thousands(r.Events), thousands(r.People))
	for _, p := range [...]struct {
		n    int
		text string
	}{{r.Changed, ", %d newer versions"}, {r.Kept, ", %d put aside until consent"}, {r.Nobodys, ", %d about nobody"}, {len(r.Broken), "; %d files not read to the end"}} {
		if p.n > 0 {
			s += fmt.Sprintf(p.text, p.n)
		}
	}
	return s + reasonsOf(r.Left, "; kept only as they came (", ", ", ")")
}
