package main

import (
	"context"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/workspace"
)

type rehearsalCmd struct {
	List   rehearsalListCmd   `cmd:"" help:"List the rehearsals beside live workspaces."`
	Remove rehearsalRemoveCmd `cmd:"" help:"Remove a rehearsal with all its people. A running server lets go of it by itself."`
}

type rehearsalListCmd struct {
	database
	JSON bool `name:"json" help:"Print the list as JSON."`
}

type rehearsalRemoveCmd struct {
	database
	Name string `arg:"" help:"Its name or id." placeholder:"NAME"`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

// listedRehearsal is a rehearsal as the list has it.
type listedRehearsal struct {
	ID      workspace.ID `json:"id"`
	Name    string       `json:"name"`
	Beside  string       `json:"beside"`
	Ready   bool         `json:"ready"`
	Created string       `json:"created"`
}

func (c rehearsalListCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.Workspaces(ctx)
	if err != nil {
		return err
	}
	names := map[workspace.Number]string{}
	for _, w := range all {
		names[w.Number] = w.Name
	}
	list := []listedRehearsal{}
	for _, w := range all {
		if w.Beside != 0 {
			list = append(list, listedRehearsal{w.ID, w.Name, names[w.Beside], w.Ready(), time.UnixMicro(w.Created).UTC().Format(time.RFC3339)})
		}
	}
	if c.JSON {
		return t.sum(true, list, "", "")
	}
	for _, r := range list {
		state := t.say("可用", "ready")
		if !r.Ready {
			state = t.say("还在做", "being made")
		}
		fmt.Fprintf(t.out, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Name, r.Beside, state, r.Created)
	}
	t.note("%d 个演练空间", "%d rehearsals", len(list))
	return nil
}

// Run removes as the console does: the live workspace's log says so, what is left is the rehearsal's own log of access.
func (c rehearsalRemoveCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	return c.remove(ctx, t, h)
}

func (c rehearsalRemoveCmd) remove(ctx context.Context, t terminal, h *house) error {
	w, err := h.workspace(ctx, c.Name)
	if err != nil {
		return err
	}
	if w.Beside == 0 {
		return usage("%q was not made beside a live workspace; only such a rehearsal is removed", c.Name)
	}
	at := time.Now().UnixMicro()
	if err := h.store.RemoveBeside(ctx, w.Number, at, audit.Entry{At: at, Actor: "command", Action: "rehearsal.remove", Detail: w.Story}); err != nil {
		return err
	}
	h.forget(w)
	return t.sum(c.JSON, map[string]string{"workspace": string(w.ID), "name": w.Name}, fmt.Sprintf("演练空间 %s 已删除", w.Name), fmt.Sprintf("removed the rehearsal %s", w.Name))
}
