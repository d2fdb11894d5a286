package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/programme"
)

type takeCmd struct {
	oneSpace
	Key     string `arg:"" help:"Programme."`
	To      string `arg:"" help:"A file that ends in .zip, or a folder that is not there yet."`
	Version int    `help:"As it was in this version (default: what is in force)." placeholder:"N"`
	Draft   bool   `help:"As the draft has it."`
	JSON    bool   `name:"json" help:"Print what was written as JSON."`
}

type bringCmd struct {
	oneSpace
	From    string `arg:"" help:"A zip of a programme's folder, or the folder." type:"existingpath"`
	Replace bool   `help:"Take the place of the draft there is, which is lost."`
	JSON    bool   `name:"json" help:"Print the draft as JSON."`
}

// carried is a programme that was written or brought, as machines read it.
type carried struct {
	Programme string             `json:"programme"`
	Files     int                `json:"files"`
	Base      int                `json:"base"`
	Revision  int64              `json:"revision,omitempty"`
	Problems  programme.Problems `json:"problems,omitempty"`
}

// opened is a workspace with what runs in it.
func (o oneSpace) opened(ctx context.Context) (*house, *conductor.Conductor, error) {
	cfg, err := o.load()
	if err != nil {
		return nil, nil, err
	}
	running, err := loadProgrammes(cfg)
	if err != nil {
		return nil, nil, err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return nil, nil, err
	}
	w, err := h.workspace(ctx, o.Workspace)
	if err == nil {
		var cond *conductor.Conductor
		if cond, err = h.conductor(ctx, w, running, time.Now); err == nil {
			return h, cond, nil
		}
	}
	h.close()
	return nil, nil, err
}

func (c takeCmd) Run(ctx context.Context, t terminal) error {
	h, cond, err := c.opened(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	files, base, err := c.chosen(ctx, h, cond)
	if err != nil {
		return err
	}
	if _, err := os.Stat(c.To); !errors.Is(err, fs.ErrNotExist) {
		return usage("%s is there already; nothing is written over it", c.To)
	}
	if strings.HasSuffix(c.To, ".zip") {
		err = writeZip(files, c.Key, c.To)
	} else {
		err = writeFolder(files, c.To)
	}
	if err != nil {
		return err
	}
	detail := fmt.Sprintf(`{"programme":%q,"base":%d}`, c.Key, base)
	if err := h.store.AppendAudit(ctx, cond.Workspace().Number, audit.Entry{At: time.Now().UnixMicro(), Actor: "cli", Action: "programme.export", Detail: detail}); err != nil {
		return err
	}
	return t.sum(c.JSON, carried{Programme: c.Key, Files: len(files), Base: base},
		fmt.Sprintf("%d 个文件写到 %s", len(files), c.To), fmt.Sprintf("%d files are in %s", len(files), c.To))
}

func (c takeCmd) chosen(ctx context.Context, h *house, cond *conductor.Conductor) (programme.Files, int, error) {
	if c.Draft {
		d, err := h.store.Draft(ctx, cond.Workspace().Number, c.Key)
		return d.Files, d.Base, err
	}
	now := cond.Programme(c.Key)
	if now == nil {
		return nil, 0, usage("programme %s does not run in this workspace", c.Key)
	}
	if c.Version == 0 {
		return now.Files, now.Version, nil
	}
	p, err := cond.VersionOf(ctx, c.Key, c.Version)
	if err != nil {
		return nil, 0, err
	}
	return p.Files, c.Version, nil
}

func writeZip(files programme.Files, key, to string) error {
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return errors.Join(files.Archive(f, key, time.Unix(0, 0)), f.Close())
}

// writeFolder writes the files below a new folder. Their paths are a programme's, so none leads out of it.
func writeFolder(files programme.Files, to string) error {
	if err := files.Check(); err != nil {
		return err
	}
	for _, name := range files.Paths() {
		full := filepath.Join(to, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return fmt.Errorf("make the folder: %w", err)
		}
		if err := os.WriteFile(full, []byte(files[name]), 0o644); err != nil {
			return fmt.Errorf("write the folder: %w", err)
		}
	}
	return nil
}

func (c bringCmd) Run(ctx context.Context, t terminal) error {
	files, err := broughtFrom(c.From)
	if err != nil {
		return err
	}
	key := files.Key()
	if key == "" {
		return usage("%s has no programme.yaml with a key", c.From)
	}
	h, cond, err := c.opened(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	w := cond.Workspace().Number
	was, err := h.store.Draft(ctx, w, key)
	switch {
	case err == nil && !c.Replace:
		return usage("there is a draft of %s; --replace takes its place, and what it holds is lost", key)
	case err != nil && !errors.Is(err, conductor.ErrNoDraft):
		return err
	}
	d := conductor.Draft{Programme: key, Files: files, By: "cli", At: time.Now().UnixMicro()}
	d.Revision = max(was.Revision+1, d.At)
	if now := cond.Programme(key); now != nil {
		d.Base = now.Version
	}
	detail, err := json.Marshal(map[string]any{"programme": key, "revision": d.Revision})
	if err != nil {
		return fmt.Errorf("write the proof of an import: %w", err)
	}
	if err := h.store.SaveDraft(ctx, w, d, was.Revision, audit.Entry{At: d.At, Actor: "cli", Action: "draft.import", Detail: string(detail)}); err != nil {
		return err
	}
	compiled, problems := files.Open()
	if compiled != nil {
		problems = cond.Beside(compiled)
	}
	if !c.JSON {
		t.problems(c.From, problems)
	}
	return t.sum(c.JSON, carried{key, len(files), d.Base, d.Revision, problems},
		fmt.Sprintf("%s 的 %d 个文件成了草稿，线上没有变；%d 处要改", key, len(files), len(problems)),
		fmt.Sprintf("%d files of %s are the draft, nothing in force changed; %d to mend", len(files), key, len(problems)))
}

// broughtFrom reads a zip or a folder.
func broughtFrom(from string) (programme.Files, error) {
	info, err := os.Stat(from)
	if err != nil {
		return nil, fmt.Errorf("read what to import: %w", err)
	}
	if info.IsDir() {
		fsys, name, err := folder(from)
		if err != nil {
			return nil, err
		}
		files, err := programme.ReadFiles(fsys, name)
		if err != nil {
			return nil, err
		}
		return files, files.Check()
	}
	f, err := os.Open(from)
	if err != nil {
		return nil, fmt.Errorf("read what to import: %w", err)
	}
	defer f.Close()
	return programme.ReadArchive(f, info.Size())
}
