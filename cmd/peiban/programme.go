package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"peiban/internal/fault"
	"peiban/internal/programme"
	"peiban/internal/programme/proof"
)

type progCmd struct {
	Check     checkCmd     `cmd:"" help:"Report every mistake in a programme folder."`
	Checklist checklistCmd `cmd:"" help:"How far a programme folder has come on its way to going live, step by step."`
	Test      testCmd      `cmd:"" help:"Run the tests of a programme folder with a clock of their own."`
	Diff      diffCmd      `cmd:"" help:"What is different between two versions of a programme and, with --people, who gains and who loses."`
	Publish   publishCmd   `cmd:"" help:"Put a programme folder into force as the next version, after showing who gains and who loses."`
	Rehearse  rehearseCmd  `cmd:"" help:"What a programme folder, or the draft of a key, would have done over real timelines; nothing is written or sent."`
	Export    takeCmd      `cmd:"" help:"Write a programme of a workspace as a zip or a folder."`
	Import    bringCmd     `cmd:"" help:"Bring a zip or a folder into a workspace as a draft; nothing in force changes."`
}

type checkCmd struct {
	Dirs []string `arg:"" name:"dir" help:"Programme folders; of several it is checked too that they go together in one workspace." type:"existingdir"`
	JSON bool     `name:"json" help:"Print the mistakes as JSON: a list; of several folders an object with a list for each."`

	PerDay int `help:"Messages one person gets a day, as the workspace has it: journeys that may ask for more are named." default:"1" placeholder:"N"`
}

// folder splits a path into what fs wants: the file system above, and the name in it.
func folder(dir string) (fs.FS, string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, "", fmt.Errorf("find the folder: %w", err)
	}
	return os.DirFS(filepath.Dir(abs)), filepath.Base(abs), nil
}

func (t terminal) problems(dir string, ps programme.Problems) {
	for _, p := range ps {
		fmt.Fprintln(t.err, filepath.Join(dir, p.In(t.say("zh", "en"))))
	}
}

func (c checkCmd) Run(t terminal) error {
	type opened struct {
		p        *programme.Compiled
		problems programme.Problems
		err      error
	}
	all := make([]opened, len(c.Dirs))
	var wg sync.WaitGroup
	for i, dir := range c.Dirs {
		wg.Go(func() {
			o := &all[i]
			o.err = fault.Guard(func() error {
				fsys, name, err := folder(dir)
				if err == nil {
					o.p, o.problems = programme.Open(fsys, name)
				}
				return err
			})
		})
	}
	wg.Wait()
	var sound []*programme.Compiled
	for i := range all {
		if len(all[i].problems) == 0 && all[i].p != nil {
			sound = append(sound, all[i].p)
		}
	}
	wrong := false
	found := map[string]programme.Problems{}
	for i, dir := range c.Dirs {
		o := &all[i]
		if o.err != nil {
			return o.err
		}
		if len(o.problems) == 0 && o.p != nil {
			o.problems = programme.Beside(o.p, sound...) // in one workspace their names must not clash
		}
		wrong = wrong || len(o.problems) > 0
		if found[dir] = o.problems; o.problems == nil {
			found[dir] = programme.Problems{}
		}
		if c.JSON {
			continue
		}
		if err := t.checked(dir, o.p, o.problems, c.PerDay); err != nil {
			return err
		}
	}
	if c.JSON {
		var out any = found
		if len(c.Dirs) == 1 {
			out = found[c.Dirs[0]]
		}
		if err := t.sum(true, out, "", ""); err != nil {
			return err
		}
	}
	if wrong {
		return errSaid
	}
	return nil
}

func (t terminal) checked(dir string, p *programme.Compiled, problems programme.Problems, perDay int) error {
	if len(problems) > 0 {
		t.problems(dir, problems)
		return t.sum(false, nil, fmt.Sprintf("%d 处要改", len(problems)), fmt.Sprintf("%d to mend", len(problems)))
	}
	for _, n := range p.Crowded(perDay) { // no mistake: the guard holds what is too much
		fmt.Fprintln(t.err, t.say("注意 ", "note ")+filepath.Join(dir, n.In(t.say("zh", "en"))))
	}
	return t.sum(false, nil,
		fmt.Sprintf("%s 第 %d 版没有问题：%d 个标签，%d 个阶段，%d 个旅程，%d 份给人看的文字，%d 份员工话术", p.Name.Zh, p.Version, p.Listed(), len(p.Stages), len(p.Journeys), len(p.Contents), len(p.Scripts)),
		fmt.Sprintf("%s version %d is sound: %d tags, %d stages, %d journeys, %d texts for people, %d scripts for staff", p.Name.En, p.Version, p.Listed(), len(p.Stages), len(p.Journeys), len(p.Contents), len(p.Scripts)))
}

type testCmd struct {
	Dir  string `arg:"" help:"Programme folder." type:"existingdir"`
	Case string `help:"Run only the cases whose name contains this." placeholder:"TEXT"`
	JSON bool   `name:"json" help:"Print the results as JSON."`
}

func (c testCmd) Run(t terminal) error {
	fsys, name, err := folder(c.Dir)
	if err != nil {
		return err
	}
	compiled, problems := programme.Open(fsys, name)
	if len(problems) > 0 {
		t.problems(c.Dir, problems)
		fmt.Fprintln(t.out, t.say("项目本身有错，没有运行测试", "the programme has mistakes; no test was run"))
		return errSaid
	}
	results := proof.Run(compiled, chosen(compiled.Cases(), c.Case))
	failed := 0
	for _, r := range results {
		if r.Passed {
			continue
		}
		failed++
		for _, f := range r.Failures {
			fmt.Fprintf(t.err, "%s:%d: %s: %s\n", filepath.Join(c.Dir, r.File), f.Line, r.Name, t.say(f.Text.Zh, f.Text.En))
		}
	}
	if err := t.sum(c.JSON, results,
		fmt.Sprintf("%d 个测试通过，%d 个不通过", len(results)-failed, failed), fmt.Sprintf("%d passed, %d failed", len(results)-failed, failed)); err != nil {
		return err
	}
	if failed > 0 {
		return errSaid
	}
	return nil
}

func chosen(all []programme.Case, text string) []programme.Case {
	if text == "" {
		return all
	}
	var some []programme.Case
	for _, c := range all {
		if strings.Contains(c.Name, text) {
			some = append(some, c)
		}
	}
	return some
}
