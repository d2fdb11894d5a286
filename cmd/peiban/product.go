package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"peiban/internal/audit"
	"peiban/internal/medicine"
	"peiban/internal/product"
)

type productCmd struct {
	Import productImportCmd `cmd:"" help:"Take products from a file: CSV, Excel or YAML. Safe to repeat."`
}

type productImportCmd struct {
	oneSpace
	File string `arg:"" help:"The products: CSV, Excel or YAML." type:"existingfile"`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

// Run takes the products and completes the orders they explain. Refused rows are told one by one; the others are taken.
func (c productImportCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	ps, err := loadProgrammes(cfg)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Clean(c.File))
	if err != nil {
		return err
	}
	defer f.Close()
	read, refused, err := product.Read(f)
	if err != nil {
		return err
	}
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	known, err := h.store.Products(ctx, w.Number)
	if err != nil {
		return err
	}
	d := product.Compare(known, read, func(p *product.Product) bool { _, ok := medicine.Of(p.Generic); return ok || p.Generic == "" })
	for _, r := range append(refused, d.Refused...) {
		t.note("第 %d 行没有收：%s", "row %d was not taken: %s", r.Line, r.Why)
	}
	if len(d.Save) > 0 {
		now := time.Now().UnixMicro()
		if err := h.store.SaveProducts(ctx, w.Number, d.Save, now, "command", audit.Entry{At: now, Actor: "command", Action: "product.file"}); err != nil {
			return err
		}
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	defer cond.Close()
	completed, err := cond.CompleteSold(ctx, audit.Entry{Actor: "command", Action: "product.complete"})
	if err != nil {
		return err
	}
	out := map[string]int{"rows": len(read) + len(refused), "added": d.Added, "changed": d.Changed, "same": d.Same, "refused": len(refused) + len(d.Refused), "completed": completed}
	if err := t.sum(c.JSON, out,
		fmt.Sprintf("%d 行：新增 %d，改动 %d，不变 %d，没收 %d；补全 %d 个以前的订单", out["rows"], d.Added, d.Changed, d.Same, out["refused"], completed),
		fmt.Sprintf("%d rows: %d added, %d changed, %d the same, %d refused; %d earlier orders completed", out["rows"], d.Added, d.Changed, d.Same, out["refused"], completed)); err != nil {
		return err
	}
	return nil
}
