package main

import (
	"context"
	"fmt"
	"time"
)

type replayCmd struct {
	oneSpace
	Verify bool `help:"Compare every person's state, byte for byte, with the one stored." required:""`
	JSON   bool `name:"json" help:"Print the summary as JSON."`
}

func (c replayCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
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
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	bar := t.progress("重放", "replay")
	people, different, err := cond.Replay(ctx, func(done, total int) { bar.show(int64(done), int64(total), "") })
	bar.end()
	if err != nil {
		return err
	}
	for i, d := range different {
		if i == 20 {
			t.note("……还有 %d 人", "... and %d more", len(different)-i)
			break
		}
		t.note("%s 的状态不同\n  存的 %s\n  重放 %s", "the state of %s differs\n  stored %s\n  again  %s", d.Person, d.Stored, d.Again)
	}
	err = t.sum(c.JSON, map[string]any{"people": people, "events": uint64(cond.Head()), "different": len(different)},
		fmt.Sprintf("%d 人、%s 个事件重放，%d 人不同", people, thousands(int(cond.Head())), len(different)),
		fmt.Sprintf("%d people, %s events replayed, %d different", people, thousands(int(cond.Head())), len(different)))
	if err == nil && len(different) > 0 {
		return errSaid
	}
	return err
}
