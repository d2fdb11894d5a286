package main

import (
	"context"
	"fmt"
	"time"

	"peiban/internal/audit"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/store"
	"peiban/internal/workspace"
)

type personCmd struct {
	Erase  eraseCmd  `cmd:"" help:"Destroy a person's key and with it every text about them, in backups too. It cannot be undone."`
	Erased erasedCmd `cmd:"" help:"Write the list of erased people, to be kept beside the backups."`
}

type eraseCmd struct {
	oneSpace
	Person string `arg:"" help:"Id of the person, whole: a name could fit somebody else."`
	By     string `help:"Sign-in name of the admin who answers for it." required:"" placeholder:"LOGIN"`
	Yes    bool   `help:"Do it. Without, it is only said what would be erased."`
	List   string `help:"Write the list of erased people to this file, beside the backups." placeholder:"FILE"`
	JSON   bool   `name:"json" help:"Print the summary as JSON."`
}

func (c eraseCmd) Run(ctx context.Context, t terminal) error {
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
	by, err := h.admin(ctx, w, c.By)
	if err != nil {
		return err
	}
	cond, err := h.conductor(ctx, w, ps, time.Now)
	if err != nil {
		return err
	}
	card, ok := cond.Directory().ByID(person.ID(c.Person))
	if !ok {
		return usage("there is no person %s; erase takes the whole id", c.Person)
	}
	if !c.Yes {
		return usage("%s: name, phone, notes and messages would be lost for ever, in every backup; add --yes to do it", card.ID)
	}
	entry := audit.Entry{At: time.Now().UnixMicro(), Actor: "staff:" + by.ID, Action: "person.erase"}
	if err := cond.Erase(ctx, card.Number, entry); err != nil {
		return err
	}
	erased, err := h.store.Erasures(ctx)
	if err != nil {
		return err
	}
	if c.List != "" {
		if err := writeErased(c.List, erased); err != nil {
			return err
		}
	} else {
		t.note("请把名单放到备份旁边：peiban person erased FILE", "keep the list beside the backups: peiban person erased FILE")
	}
	return t.sum(c.JSON, map[string]any{"person": card.ID, "erased": len(erased)},
		fmt.Sprintf("%s 的资料已永久删除；名单上共 %d 人", card.ID, len(erased)),
		fmt.Sprintf("%s is erased for good; %d people on the list", card.ID, len(erased)))
}

// admin finds the account that answers for something only an admin may do.
func (h *house) admin(ctx context.Context, w workspace.Workspace, login string) (staff.Member, error) {
	all, err := h.store.Members(ctx, w.Number)
	if err != nil {
		return staff.Member{}, err
	}
	for _, m := range all {
		if m.Login == login && m.Role == staff.Admin && !m.Disabled {
			return m, nil
		}
	}
	return staff.Member{}, usage("%s is no admin of this workspace", login)
}

type erasedCmd struct {
	database
	File string `arg:"" help:"File to write."`
	JSON bool   `name:"json" help:"Print the summary as JSON."`
}

func (c erasedCmd) Run(ctx context.Context, t terminal) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cfg, nil)
	if err != nil {
		return err
	}
	defer h.close()
	erased, err := h.store.Erasures(ctx)
	if err != nil {
		return err
	}
	if err := writeErased(c.File, erased); err != nil {
		return err
	}
	return t.sum(c.JSON, map[string]any{"erased": len(erased), "file": c.File},
		fmt.Sprintf("%d 人写入 %s", len(erased), c.File), fmt.Sprintf("%d people in %s", len(erased), c.File))
}

// both joins two lists; who is on both is on it once.
func both(a, b []store.Erasure) []store.Erasure {
	seen := map[person.ID]bool{}
	var all []store.Erasure
	for _, e := range append(a, b...) {
		if !seen[e.ID] {
			seen[e.ID] = true
			all = append(all, e)
		}
	}
	return all
}
