package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
)

type sourceWithdrawCmd struct {
	oneSpace
	Name string `arg:"" help:"Name of the sender, as peiban source list has it."`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

type sourceReinstateCmd struct{ sourceWithdrawCmd }

// opened is the workspace whose sender a command names.
func (c *sourceWithdrawCmd) opened(ctx context.Context) (*house, *conductor.Conductor, int32, error) {
	cfg, err := c.load()
	if err != nil {
		return nil, nil, 0, err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return nil, nil, 0, err
	}
	h, w, err := c.enter(ctx)
	if err != nil {
		return nil, nil, 0, err
	}
	all, err := h.store.Sources(ctx, w.Number)
	i := slices.IndexFunc(all, func(s event.Source) bool { return s.Name == c.Name })
	if err == nil && i < 0 {
		err = usage("there is no sender %q; peiban source list names them", c.Name)
	}
	if err != nil {
		h.close()
		return nil, nil, 0, err
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		h.close()
		return nil, nil, 0, err
	}
	return h, cond, all[i].Number, nil
}

// every tells how far it is, once a second and at the end.
func every(t terminal, zh, en string) func(done, of int) error {
	told := time.Now()
	return func(done, of int) error {
		if time.Since(told) > time.Second || done == of {
			told = time.Now()
			t.note(zh, en, done, of)
		}
		return nil
	}
}

// Run takes back what a sender sent. Broken off, it goes on when it is run again.
func (c sourceWithdrawCmd) Run(ctx context.Context, t terminal) error {
	h, cond, number, err := c.opened(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	defer cond.Close()
	r, err := cond.Withdraw(ctx, number, audit.Entry{Actor: "command", Action: "source.withdraw", Ref: fmt.Sprintf("source:%d", number)}, every(t, "已撤回 %d/%d", "%d of %d taken back"))
	if err != nil {
		t.note("停下了；再运行一次就接着撤回", "stopped; run it again to go on")
		return err
	}
	return t.sum(c.JSON, r,
		fmt.Sprintf("已撤回 %s 的 %d 条，涉及 %d 人；医生签署的 %d 条保留", c.Name, r.Retracted, r.People, r.Signed),
		fmt.Sprintf("took back %d events of %s, of %d people; %d that a doctor signed stay", r.Retracted, c.Name, r.People, r.Signed))
}

// Run takes a sender that was withdrawn back in. Broken off, it goes on when it is run again.
func (c sourceReinstateCmd) Run(ctx context.Context, t terminal) error {
	h, cond, number, err := c.opened(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	defer cond.Close()
	r, err := cond.Reinstate(ctx, number, audit.Entry{Actor: "command", Action: "source.reinstate", Ref: fmt.Sprintf("source:%d", number)}, every(t, "已恢复 %d/%d", "%d of %d stand again"))
	if err != nil {
		t.note("停下了；再运行一次就接着恢复", "stopped; run it again to go on")
		return err
	}
	return t.sum(c.JSON, r,
		fmt.Sprintf("%s 的 %d 条重新作数，涉及 %d 人；等同意的 %d 条", c.Name, r.Events, r.People, r.Waiting),
		fmt.Sprintf("%d events of %s stand again, of %d people; %d wait for consent", r.Events, c.Name, r.People, r.Waiting))
}
