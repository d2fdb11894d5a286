package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/programme"
	"peiban/internal/programme/proof"
)

type publishCmd struct {
	oneSpace
	Dir  string `arg:"" help:"Programme folder." type:"existingdir"`
	Note string `help:"Why, for the history of versions." placeholder:"TEXT"`
	Yes  bool   `help:"Publish without asking."`
	JSON bool   `name:"json" help:"Print what it came to as JSON."`
}

// published is what a publication came to, as machines read it.
type published struct {
	Programme   string   `json:"programme"`
	Version     int      `json:"version"`
	People      int      `json:"people"`
	Changed     int      `json:"changed"`
	Transitions int      `json:"transitions"`
	Preview     *differs `json:"preview"`
}

// longestNote is how long a note may be, in letters, as in the console.
const longestNote = 400

func (c publishCmd) Run(ctx context.Context, t terminal) error {
	if len([]rune(c.Note)) > longestNote {
		return usage("a note has at most %d letters", longestNote)
	}
	compiled, err := t.compiledIn(c.Dir)
	if err != nil {
		return err
	}
	if err := t.proven(c.Dir, compiled); err != nil {
		return err
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	running, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	w, err := h.workspace(ctx, c.Workspace)
	if err != nil {
		return err
	}
	cond, err := h.conductor(ctx, w, running, time.Now)
	if err != nil {
		return err
	}
	was := cond.Programme(compiled.Key)
	if was == nil {
		return usage("programme %s does not run in this workspace; put its folder beside the others and start the server again", compiled.Key)
	}
	bar := t.progress("预览", "preview")
	o, err := cond.Preview(ctx, compiled.Key, compiled.Files, func(done, of int) { bar.show(int64(done), int64(of), "") })
	bar.end()
	if err != nil {
		return err
	}
	preview := &differs{
		Tags: o.Diff.Tags, Stages: o.Diff.Stages, Journeys: o.Diff.Journeys, Content: o.Diff.Contents, Other: o.Diff.Other,
		People: &swings{o.People, o.Changed, swingsOf(cond, o.Tags), swingsOf(cond, o.Stages)},
	}
	if !c.JSON {
		t.differences(*preview)
	}
	t.note("第 %d 版之后是第 %d 版：%d 人里有 %d 人的标签或阶段会变", "version %d is followed by %d: of %d people the tags or the stage of %d change", was.Version, was.Version+1, o.People, o.Changed)
	if !c.Yes {
		if err := t.agreed(ctx, "发布吗？输入 yes：", "publish it? type yes: "); err != nil {
			return err
		}
	}
	detail, err := json.Marshal(map[string]any{"programme": compiled.Key, "base": was.Version, "hash": compiled.Hash})
	if err != nil {
		return fmt.Errorf("write the proof of a publication: %w", err)
	}
	carried := make(chan error, 1)
	bar = t.progress("发布", "publish")
	out, err := cond.Publish(ctx, conductor.Publication{
		Programme: compiled.Key, Base: was.Version, Files: compiled.Files, By: "cli", Note: c.Note,
		Progress: func(done, of int) { bar.show(int64(done), int64(of), "") },
		Swapped:  func(_ conductor.Version, err error) { carried <- err },
	}, audit.Entry{At: time.Now().UnixMicro(), Actor: "cli", Action: "programme.publish", Detail: string(detail)})
	bar.end()
	if err != nil {
		return err
	}
	if err := <-carried; err != nil { // in force all the same; whoever starts next looks at everybody
		t.note("新版本已生效，但有人的下次时间还没写好；服务器下次启动会补上", "the version is in force, but not everybody's next moment is written; the next start of a server does it")
	}
	return t.sum(c.JSON, published{compiled.Key, out.Number, out.People, out.Changed, out.Transitions, preview},
		fmt.Sprintf("%s 第 %d 版已生效：%d 人里有 %d 人变了", compiled.Name.Zh, out.Number, out.People, out.Changed),
		fmt.Sprintf("version %d of %s is in force: %d of %d people changed", out.Number, compiled.Name.En, out.Changed, out.People))
}

// proven runs the programme's own tests: what fails them is not published.
func (t terminal) proven(dir string, p *programme.Compiled) error {
	failed := 0
	for _, r := range proof.Run(p, p.Cases()) {
		if r.Passed {
			continue
		}
		failed++
		for _, f := range r.Failures {
			fmt.Fprintf(t.err, "%s:%d: %s: %s\n", filepath.Join(dir, r.File), f.Line, r.Name, t.say(f.Text.Zh, f.Text.En))
		}
	}
	if failed > 0 {
		t.note("%d 个测试不通过，没有发布", "%d tests failed; nothing is published", failed)
		return errSaid
	}
	return nil
}

// agreed asks for a yes. Anything else, the end of the input and ctrl-C are a no.
func (t terminal) agreed(ctx context.Context, zh, en string) error {
	fmt.Fprint(t.err, t.say(zh, en))
	said := make(chan string, 1)
	failed := make(chan error, 1)
	go func() { // a read cannot be called off; the process ends soon after
		line, err := bufio.NewReader(t.in).ReadString('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			failed <- err
			return
		}
		said <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(t.err)
		return ctx.Err()
	case err := <-failed:
		return fmt.Errorf("read the answer: %w", err)
	case line := <-said:
		if line == "yes" || line == "是" {
			return nil
		}
		t.note("没有发布", "nothing is published")
		return errSaid
	}
}
