package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/event"
)

type sourceWithdrawCmd struct {
	oneSpace
	Name string `arg:"" help:"Name of the sender, as peiban source list has it."`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

// Run takes back what a sender sent. Broken off, it goes on when it is run again.
func (c sourceWithdrawCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.Sources(ctx, w.Number)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(s event.Source) bool { return s.Name == c.Name })
	if i < 0 {
		return usage("there is no sender %q; peiban source list names them", c.Name)
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()
	told := time.Now()
	r, err := cond.Withdraw(ctx, all[i].Number, audit.Entry{Actor: "command", Action: "source.withdraw", Ref: fmt.Sprintf("source:%d", all[i].Number)}, func(done, of int) error {
		if time.Since(told) > time.Second || done == of {
			told = time.Now()
			t.note("已撤回 %d/%d", "%d of %d taken back", done, of)
		}
		return nil
	})
	if err != nil {
		t.note("停下了；再运行一次就接着撤回", "stopped; run it again to go on")
		return err
	}
	return t.sum(c.JSON, r,
		fmt.Sprintf("已撤回 %s 的 %d 条，涉及 %d 人；医生签署的 %d 条保留", c.Name, r.Retracted, r.People, r.Signed),
		fmt.Sprintf("took back %d events of %s, of %d people; %d that a doctor signed stay", r.Retracted, c.Name, r.People, r.Signed))
}
