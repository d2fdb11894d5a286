package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"peiban/internal/programme"
	"peiban/internal/programme/proof"
)

type progCmd struct {
	Check   checkCmd   `cmd:"" help:"Report every mistake in a programme folder."`
	Test    testCmd    `cmd:"" help:"Run the tests of a programme folder with a clock of their own."`
	Diff    diffCmd    `cmd:"" help:"What is different between two versions of a programme and, with --people, who gains and who loses."`
	Publish publishCmd `cmd:"" help:"Put a programme folder into force as the next version, after showing who gains and who loses."`
	Export  takeCmd    `cmd:"" help:"Write a programme of a workspace as a zip or a folder."`
	Import  bringCmd   `cmd:"" help:"Bring a zip or a folder into a workspace as a draft; nothing in force changes."`
}

type checkCmd struct {
	Dir  string `arg:"" help:"Programme folder." type:"existingdir"`
	JSON bool   `name:"json" help:"Print the mistakes as JSON."`
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
	fsys, name, err := folder(c.Dir)
	if err != nil {
		return err
	}
	p, problems := programme.Open(fsys, name)
	if c.JSON {
		if problems == nil {
			problems = programme.Problems{}
		}
		err = t.sum(true, problems, "", "")
	} else if len(problems) > 0 {
		t.problems(c.Dir, problems)
		err = t.sum(false, nil, fmt.Sprintf("%d 处要改", len(problems)), fmt.Sprintf("%d to mend", len(problems)))
	} else {
		err = t.sum(false, nil,
			fmt.Sprintf("%s 第 %d 版没有问题：%d 个标签，%d 个阶段，%d 个旅程，%d 份给人看的文字，%d 份员工话术", p.Name.Zh, p.Version, p.Listed(), len(p.Stages), len(p.Journeys), len(p.Contents), len(p.Scripts)),
			fmt.Sprintf("%s version %d is sound: %d tags, %d stages, %d journeys, %d texts for people, %d scripts for staff", p.Name.En, p.Version, p.Listed(), len(p.Stages), len(p.Journeys), len(p.Contents), len(p.Scripts)))
	}
	if err == nil && len(problems) > 0 {
		return errSaid
	}
	return err
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
