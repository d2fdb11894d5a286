package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"peiban/internal/audit"
	"peiban/internal/workspace/keys"
)

type keyCmd struct {
	Rotate rotateCmd `cmd:"" help:"Make a new master key and wrap every key by it. Servers must be stopped, and started with it again."`
	Export exportCmd `cmd:"" help:"Print the master key, to be kept apart from backups."`
}

type rotateCmd struct{ database }

func (c rotateCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if os.Getenv("PEIBAN_KEY") != "" {
		return usage("the master key is in PEIBAN_KEY; put it into %s to rotate it there", cfg.KeyFile())
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	next, err := h.master.Next()
	if err != nil {
		return err
	}
	// Old and new are in the file before anything is wrapped by the new one: whenever this stops, what is in the
	// database can be opened.
	if err := next.Save(cfg.KeyFile()); err != nil {
		return err
	}
	if err := h.store.RotateKeys(ctx, next, audit.Entry{At: time.Now().UnixMicro(), Actor: "command", Action: "key.rotate"}); err != nil {
		return fmt.Errorf("rotate the keys; the file holds the old and the new one, run it again: %w", err)
	}
	only, err := next.Only()
	if err != nil {
		return err
	}
	if err := only.Save(cfg.KeyFile()); err != nil {
		return err
	}
	return t.sum(false, nil, fmt.Sprintf("主密钥现在是第 %d 版，在 %s；旧备份要用旧密钥", only.Version(), cfg.KeyFile()),
		fmt.Sprintf("the master key is version %d now, in %s; older backups need the older key", only.Version(), cfg.KeyFile()))
}

type exportCmd struct{ database }

func (c exportCmd) Run(t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	m, err := keys.Load(cfg.KeyFile(), os.Getenv("PEIBAN_KEY"))
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(t.out, m.Text())
	t.note("谁有它就能读全部姓名和内容", "whoever has it can read every name and text")
	return err
}
