package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/workspace/keys"
)

type sourceCmd struct {
	Add  sourceAddCmd  `cmd:"" help:"Let a sender in: makes a write key and prints it once."`
	List sourceListCmd `cmd:"" help:"List the senders."`

	Withdraw  sourceWithdrawCmd  `cmd:"" help:"Take back everything a sender sent, but consents and what a doctor signed."`
	Reinstate sourceReinstateCmd `cmd:"" help:"Take a sender that was withdrawn back in: what was taken back stands again."`
}

type sourceAddCmd struct {
	oneSpace
	Name string `arg:"" help:"Name of the sender, such as mini-program."`
	JSON bool   `name:"json" help:"Print the result as JSON."`
}

func (c sourceAddCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.Sources(ctx, w.Number)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Name == c.Name {
			return usage("there is a sender %q already", c.Name)
		}
	}
	key, now := keys.NewToken(), time.Now().UnixMicro()
	s, err := h.store.EnsureSource(ctx, w.Number, event.Source{Name: c.Name, KeyHash: keys.TokenHash(key), Created: now},
		audit.Entry{At: now, Actor: "command", Action: "source.create"})
	if err != nil {
		return err
	}
	return t.sum(c.JSON, map[string]any{"source": s.Number, "name": s.Name, "writeKey": key},
		fmt.Sprintf("已添加 %s；写入密钥 %s 只显示这一次", s.Name, key), fmt.Sprintf("added %s; the write key %s is shown this once", s.Name, key))
}

type sourceListCmd struct{ oneSpace }

func (c sourceListCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.Sources(ctx, w.Number)
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for _, s := range all {
		how := t.say("有写入密钥", "write key")
		switch {
		case s.Disabled:
			how = t.say("已停用", "disabled")
		case s.KeyHash == nil:
			how = t.say("只用于导入", "imports only")
		}
		fmt.Fprintf(tw, "%d\t%s\t%s\n", s.Number, s.Name, how)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	t.note("%d 个来源", "%d senders", len(all))
	return nil
}
