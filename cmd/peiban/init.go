package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"
	"unicode"

	"peiban/internal/config"
	"peiban/internal/workspace"
)

type initCmd struct {
	database
	Name      string `help:"Name of the workspace." required:""`
	Kind      string `help:"live: real people. rehearsal: made-up people, sample texts, a clock that moves." enum:"live,rehearsal" default:"live"`
	Zone      string `help:"Time zone of the workspace." default:"Asia/Shanghai"`
	From      string `help:"With --kind rehearsal: make it beside this live workspace, with its programmes, rules and staff and made-up people. Nothing leaves it." placeholder:"WORKSPACE"`
	People    int    `help:"With --from: how many people are made up." default:"60"`
	Days      int    `help:"With --from: how many days are behind them." default:"60"`
	Seed      uint64 `help:"With --from: the same seed makes the same people." default:"1"`
	Programme string `help:"With --from: the programme they are in (default: the first)." placeholder:"KEY"`
	JSON      bool   `name:"json" help:"Print the result as JSON."`
}

func (c initCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if c.Name = strings.TrimSpace(c.Name); c.Name == "" || strings.ContainsFunc(c.Name, unicode.IsControl) {
		return usage("--name is one line of text")
	}
	if _, err := time.LoadLocation(c.Zone); err != nil {
		return usage("there is no time zone %q", c.Zone)
	}
	if c.From != "" {
		if workspace.Kind(c.Kind) != workspace.Rehearsal {
			return usage("--from makes a rehearsal: add --kind rehearsal")
		}
		if c.People < 1 || c.People > 20_000 || c.Days < 1 || c.Days > 3660 {
			return usage("a rehearsal has 1 to 20,000 people and 1 to 3,660 days")
		}
		return c.fromLive(ctx, t)
	}
	h, w, err := makeHouse(ctx, cfg, workspace.Workspace{
		Name: c.Name, Kind: workspace.Kind(c.Kind), Zone: c.Zone, Created: time.Now().UnixMicro(),
	}, false)
	if err != nil {
		return err
	}
	defer h.close()
	return t.sum(c.JSON, map[string]string{"workspace": string(w.ID), "name": w.Name, "kind": c.Kind},
		fmt.Sprintf("已建立工作区 %s（%s）。主密钥在 %s，请另存一份。下一步：peiban staff add", w.Name, w.ID, cfg.KeyFile()),
		fmt.Sprintf("made workspace %s (%s); the master key is in %s, keep a copy elsewhere; next: peiban staff add", w.Name, w.ID, cfg.KeyFile()))
}

// openOrMake opens a database; a SQLite file that does not exist is made, with a live workspace.
func openOrMake(ctx context.Context, t terminal, cfg config.Config, zone string) (*house, error) {
	file, ok := cfg.SQLiteFile()
	if !ok {
		return openHouse(ctx, cfg, nil)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		return openHouse(ctx, cfg, nil)
	}
	h, w, err := makeHouse(ctx, cfg, workspace.Workspace{Name: "peiban", Kind: workspace.Live, Zone: zone, Created: time.Now().UnixMicro()}, false)
	if err != nil {
		return nil, err
	}
	t.note("新建了数据库 %s、密钥 %s 和工作区 %s", "made the database %s, its key %s and the workspace %s", file, cfg.KeyFile(), w.Name)
	return h, nil
}
