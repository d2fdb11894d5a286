package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"peiban/internal/config"
	"peiban/internal/store"
	"peiban/internal/workspace/keys"
)

type backupCmd struct {
	database
	File string `arg:"" help:"File to write. The list of erased people is kept beside it as FILE.erased.json."`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

func (c backupCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	began, rows := time.Now(), tally{}
	// Written beside its place and moved there whole: a file of that name is always a complete backup.
	temporary := c.File + ".part"
	f, err := os.OpenFile(temporary, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	err = h.store.Backup(ctx, f, rows.count(t, "备份", "backup"))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	erased, err := h.store.Erasures(ctx)
	if err != nil {
		return err
	}
	if err := writeErased(c.File+besideIt, erased); err != nil {
		return err
	}
	if err := os.Rename(temporary, c.File); err != nil {
		return fmt.Errorf("put the backup in its place: %w", err)
	}
	return t.sum(c.JSON, map[string]any{"rows": rows.total(), "file": c.File},
		fmt.Sprintf("%s 行写入 %s，用时 %s；主密钥不在里面", thousands(int(rows.total())), c.File, time.Since(began).Round(time.Millisecond)),
		fmt.Sprintf("%s rows in %s, %s; the master key is not in it", thousands(int(rows.total())), c.File, time.Since(began).Round(time.Millisecond)))
}

type restCmd struct {
	database
	File   string `arg:"" help:"Backup file." type:"existingfile"`
	Erased string `help:"A newer list of erased people than the one beside the backup." type:"existingfile" placeholder:"FILE"`
	JSON   bool   `name:"json" help:"Print the summary as JSON."`
}

func (c restCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openForRestore(ctx, cfg)
	if err != nil {
		return err
	}
	defer h.close()
	erased, err := readErased(c.File + besideIt)
	if err == nil && c.Erased != "" {
		var newer []store.Erasure
		newer, err = readErased(c.Erased)
		erased = both(erased, newer)
	}
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close() //nolint:errcheck // it is only read
	rows := tally{}
	if err := h.store.Restore(ctx, f, erased, rows.count(t, "恢复", "restore")); err != nil {
		return err
	}
	return t.sum(c.JSON, map[string]any{"rows": rows.total(), "erasedAgain": len(erased)},
		fmt.Sprintf("恢复了 %s 行；名单上 %d 人的资料再次删除", thousands(int(rows.total())), len(erased)),
		fmt.Sprintf("%s rows restored; %d people on the list erased again", thousands(int(rows.total())), len(erased)))
}

// openForRestore opens a database that may not be there yet; the key must be.
func openForRestore(ctx context.Context, cfg config.Config) (*house, error) {
	master, err := keys.Load(cfg.KeyFile(), os.Getenv("PEIBAN_KEY"))
	if err != nil {
		return nil, err
	}
	if file, ok := cfg.SQLiteFile(); ok {
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return nil, fmt.Errorf("make the folder of the database: %w", err)
		}
	}
	return openWith(ctx, cfg, master, nil, false)
}

// besideIt is added to a backup's name for the list of people erased by then.
const besideIt = ".erased.json"

func writeErased(file string, erased []store.Erasure) error {
	b, err := json.Marshal(erased)
	if err != nil {
		return fmt.Errorf("write the list of erased people: %w", err)
	}
	temporary := file + ".part"
	if err := os.WriteFile(temporary, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("write the list of erased people: %w", err)
	}
	return os.Rename(temporary, file) // a list is there whole or as it was
}

func readErased(file string) ([]store.Erasure, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var erased []store.Erasure
	if err == nil {
		err = json.Unmarshal(b, &erased)
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of erased people: %w", err)
	}
	return erased, nil
}

// tally counts rows table by table.
type tally map[string]int64

func (n tally) count(t terminal, zh, en string) store.Progress {
	next := time.Now().Add(time.Second)
	return func(table string, rows int64) {
		n[table] = rows
		if now := time.Now(); now.After(next) {
			next = now.Add(time.Second)
			fmt.Fprintf(t.err, "%s: %s %s\n", t.say(zh, en), table, thousands(int(rows)))
		}
	}
}

func (n tally) total() (sum int64) {
	for _, v := range n {
		sum += v
	}
	return sum
}
