package main

import (
	"context"
	"fmt"
	"time"

	"peiban/internal/conductor"
	"peiban/internal/programme"
)

type diffCmd struct {
	oneSpace
	Old    string `arg:"" help:"Programme folder as it was." type:"existingdir"`
	New    string `arg:"" help:"Programme folder as it is to be." type:"existingdir"`
	People bool   `help:"Ask everyone of the workspace too: who gains and who loses each tag and stage."`
	JSON   bool   `name:"json" help:"Print the difference as JSON."`
}

// differs is the difference as machines read it.
type differs struct {
	Tags     []programme.Change `json:"tags"`
	Stages   []programme.Change `json:"stages"`
	Journeys []programme.Change `json:"journeys"`
	Content  []programme.Change `json:"content"`
	Other    []programme.Change `json:"other"`
	People   *swings            `json:"people,omitempty"`
}

type swings struct {
	People  int     `json:"people"`
	Changed int     `json:"changed"`
	Tags    []swing `json:"tags"`
	Stages  []swing `json:"stages"`
}

type swing struct {
	Key     string   `json:"key"`
	Was     int      `json:"was"`
	Is      int      `json:"is"`
	Gain    int      `json:"gain"`
	Lose    int      `json:"lose"`
	Unknown int      `json:"unknown"`
	Gains   []string `json:"gains"` // ids of the first of them
	Loses   []string `json:"loses"`
}

func (c diffCmd) Run(ctx context.Context, t terminal) error {
	was, err := t.compiledIn(c.Old)
	if err != nil {
		return err
	}
	now, err := t.compiledIn(c.New)
	if err != nil {
		return err
	}
	if was.Key != now.Key {
		return usage("%s is programme %s and %s is programme %s", c.Old, was.Key, c.New, now.Key)
	}
	d := programme.Compare(was, now)
	out := differs{Tags: d.Tags, Stages: d.Stages, Journeys: d.Journeys, Content: d.Contents, Other: d.Other}
	if c.People {
		if out.People, err = c.swings(ctx, t, was, now); err != nil {
			return err
		}
	}
	if !c.JSON {
		t.differences(out)
	}
	n := len(d.Tags) + len(d.Stages) + len(d.Journeys) + len(d.Contents) + len(d.Other)
	zh, en := fmt.Sprintf("%d 处不同", n), fmt.Sprintf("%d differences", n)
	if p := out.People; p != nil {
		zh += fmt.Sprintf("；%d 人里有 %d 人的标签或阶段会变", p.People, p.Changed)
		en += fmt.Sprintf("; of %d people the tags or the stage of %d would change", p.People, p.Changed)
	}
	return t.sum(c.JSON, out, zh, en)
}

// compiledIn reads a folder that must have no mistakes.
func (t terminal) compiledIn(dir string) (*programme.Compiled, error) {
	fsys, name, err := folder(dir)
	if err != nil {
		return nil, err
	}
	p, problems := programme.Open(fsys, name)
	if len(problems) > 0 {
		t.problems(dir, problems)
		return nil, errSaid
	}
	return p, nil
}

// swings asks everyone of the workspace, whichever version is in force there.
func (c diffCmd) swings(ctx context.Context, t terminal, was, now *programme.Compiled) (*swings, error) {
	h, w, err := c.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer h.close()
	cond, err := h.conductor(ctx, w, []*programme.Compiled{was}, time.Now)
	if err != nil {
		return nil, err
	}
	bar := t.progress("比较", "compare")
	o, err := cond.Between(ctx, was, now, func(done, of int) { bar.show(int64(done), int64(of), "") })
	bar.end()
	if err != nil {
		return nil, err
	}
	return &swings{o.People, o.Changed, swingsOf(cond, o.Tags), swingsOf(cond, o.Stages)}, nil
}

func swingsOf(cond *conductor.Conductor, all []conductor.Swing) []swing {
	out := []swing{}
	for _, s := range all {
		x := swing{Key: s.Key, Was: s.Was, Is: s.Is, Gain: s.Gain, Lose: s.Lose, Unknown: s.Unknown, Gains: []string{}, Loses: []string{}}
		for _, n := range s.Gained {
			card, _ := cond.Directory().ByNumber(n)
			x.Gains = append(x.Gains, string(card.ID))
		}
		for _, n := range s.Lost {
			card, _ := cond.Directory().ByNumber(n)
			x.Loses = append(x.Loses, string(card.ID))
		}
		out = append(out, x)
	}
	return out
}

// differences prints what is different, a line each, and who it moves.
func (t terminal) differences(d differs) {
	marks := map[string]string{programme.Added: "+", programme.Removed: "-", programme.Changed: "*", programme.Reworded: "~"}
	for _, part := range []struct {
		zh, en  string
		changes []programme.Change
	}{
		{"标签", "tag", d.Tags}, {"阶段", "stage", d.Stages}, {"旅程", "journey", d.Journeys}, {"文字", "text", d.Content}, {"文件", "file", d.Other},
	} {
		for _, c := range part.changes {
			fmt.Fprintf(t.out, "%s %s %s %s\n", marks[c.What], t.say(part.zh, part.en), c.Key, t.say(c.Name.Zh, c.Name.En))
			if c.What == programme.Changed && c.Was != c.Is {
				fmt.Fprintf(t.out, "    - %s\n    + %s\n", c.Was, c.Is)
			}
		}
	}
	if d.People == nil {
		return
	}
	for _, s := range d.People.Tags {
		fmt.Fprintf(t.out, t.say("%s  原来 %d 人，以后 %d 人：+%d -%d，%d 人数据不足\n", "%s  %d people had it, %d will: +%d -%d, %d with too little data\n"), s.Key, s.Was, s.Is, s.Gain, s.Lose, s.Unknown)
	}
	for _, s := range d.People.Stages {
		fmt.Fprintf(t.out, t.say("阶段 %s  原来 %d 人，以后 %d 人：+%d -%d\n", "stage %s  %d people were in it, %d will be: +%d -%d\n"), s.Key, s.Was, s.Is, s.Gain, s.Lose)
	}
}
