package main

import (
	"errors"
	"fmt"
	"strings"

	"peiban/internal/programme"
	"peiban/internal/programme/proof"
)

type checklistCmd struct {
	From string `arg:"" name:"dir" help:"Programme folder, or a zip of one." type:"path"`
	Fast bool   `help:"Do not run its tests; whether they pass is not known then."`
	JSON bool   `name:"json" help:"Print the items as JSON."`
}

// listed is an item of the checklist as JSON.
type listed struct {
	Key   string `json:"key"`
	Step  int    `json:"step"`
	Human bool   `json:"human"`
	State string `json:"state"`
	Text  any    `json:"text"`
	Note  any    `json:"note,omitempty"`
}

// Run tells how far a programme has come, by the same rules as the console. What people state is kept in a workspace, so in a
// folder nobody has stated it yet.
func (c checklistCmd) Run(t terminal) error {
	files, err := broughtFrom(c.From)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return usage("%s holds no file of a programme", c.From)
	}
	compiled, problems := files.Open()
	known := programme.Known{Problems: len(problems), Stated: map[string]bool{}}
	if compiled != nil {
		cases := compiled.Cases()
		known.Cases = len(cases)
		if known.Tested = !c.Fast && len(problems) == 0; known.Tested {
			for _, r := range proof.Run(compiled, cases) {
				if !r.Passed {
					known.Failed++
				}
			}
		}
	}
	items := programme.Checklist(files, compiled, known)
	done, human, open := 0, 0, 0
	out := []listed{}
	for _, i := range items {
		switch {
		case i.Human:
			human++
		case i.State == programme.ItemDone:
			done++
		default:
			open++
		}
		x := listed{Key: i.Key, Step: i.Step, Human: i.Human, State: i.State, Text: i.Text}
		if i.Note.Zh != "" {
			x.Note = i.Note
		}
		out = append(out, x)
	}
	if !c.JSON {
		err = t.checklist(items)
	}
	return errors.Join(err, t.sum(c.JSON, out,
		fmt.Sprintf("系统查得到的 %d 项里好了 %d 项；%d 项要人来说，在工作区的清单里说", done+open, done, human),
		fmt.Sprintf("%d of %d known items are done; %d are for people to state, in the workspace's checklist", done, done+open, human)))
}

// checklist prints the items under the steps of the method.
func (t terminal) checklist(items []programme.Item) error {
	marks := map[string]string{
		programme.ItemDone: t.say("[好了]　　", "[done]    "), programme.ItemOpen: t.say("[还没有]　", "[open]    "), programme.ItemUnknown: t.say("[还不知道]", "[unknown] "),
	}
	var b strings.Builder
	step := 0
	for _, i := range items {
		if i.Step != step {
			step = i.Step
			name := programme.Steps[step-1]
			fmt.Fprintf(&b, "%d %s\n", step, t.say(name.Zh, name.En))
		}
		mark := marks[i.State]
		if i.Human {
			mark = t.say("[人来说]　", "[people]  ")
		}
		fmt.Fprintf(&b, "  %s %s", mark, t.say(i.Text.Zh, i.Text.En))
		if i.Note.Zh != "" {
			fmt.Fprintf(&b, t.say("（%s）", " (%s)"), t.say(i.Note.Zh, i.Note.En))
		}
		b.WriteString("\n")
	}
	_, err := fmt.Fprint(t.out, b.String())
	return err
}
