package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/out"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

type apiKeyCmd struct {
	Add    apiKeyAddCmd    `cmd:"" help:"Let another system read: makes a key and prints it once."`
	List   apiKeyListCmd   `cmd:"" help:"List the keys."`
	Rotate apiKeyRotateCmd `cmd:"" help:"Make a key anew; the one before is good for a while."`
	Revoke apiKeyRevokeCmd `cmd:"" help:"Shut a key out, for ever."`
}

type apiKeyAddCmd struct {
	oneSpace
	Name      string   `arg:"" help:"Name of the other system."`
	Scope     []string `help:"What it may do: events.read, export, fhir.read; names.read beside them for names, phone numbers and notes." required:""`
	Type      []string `help:"Only these types of events (default: all)."`
	Programme []string `help:"Only people in these programmes (default: all)."`
	Basis     string   `help:"On what it stands: sponsor_share_identified, hcp_share, research_rwe (a consent of each person), or entrusted." default:"sponsor_share_identified"`
	Contract  string   `help:"Number of the contract, of one entrusted."`
	Abroad    bool     `help:"It is outside of the mainland."`
	Approval  string   `help:"Number of the approval to send abroad."`
	Days      int      `help:"Days until it expires (default: it does not)."`
	JSON      bool     `name:"json" help:"Print the result as JSON."`
}

func (c apiKeyAddCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	programmes, err := loadProgrammes(h.config)
	if err != nil {
		return err
	}
	now := time.Now()
	token := out.KeyPrefix + keys.NewToken()
	k := out.Key{
		ID: ulid.Make().String(), Name: c.Name, Types: c.Type, Programmes: c.Programme, Hash: keys.TokenHash(token), Created: now.UnixMicro(), By: "command",
		Receiver: out.Receiver{Basis: c.Basis, Contract: c.Contract, Abroad: c.Abroad, Approval: c.Approval},
	}
	for _, s := range c.Scope {
		k.Scopes = append(k.Scopes, out.Scope(s))
	}
	if c.Days > 0 {
		k.Expires = now.AddDate(0, 0, c.Days).UnixMicro()
	}
	known := func(key string) bool {
		for _, p := range programmes {
			if p.Key == key {
				return true
			}
		}
		return false
	}
	if err := k.Check(now.UnixMicro(), known); err != nil {
		return usage("%s", err)
	}
	if err := h.store.CreateAPIKey(ctx, w.Number, k, audit.Entry{At: now.UnixMicro(), Actor: "command", Action: "apikey.create", Detail: fmt.Sprintf(`{"key":%q}`, k.ID)}); err != nil {
		return err
	}
	return t.sum(c.JSON, map[string]any{"id": k.ID, "name": k.Name, "key": token},
		fmt.Sprintf("已添加 %s；接口密钥 %s 只显示这一次", k.Name, token), fmt.Sprintf("added %s; the key %s is shown this once", k.Name, token))
}

type apiKeyListCmd struct{ oneSpace }

func (c apiKeyListCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	all, err := h.store.APIKeys(ctx, w.Number)
	if err != nil {
		return err
	}
	now := time.Now().UnixMicro()
	tw := tabwriter.NewWriter(t.out, 0, 4, 2, ' ', 0)
	for i := range all {
		k := &all[i]
		state, used := t.say("有效", "good"), "-"
		switch {
		case k.Revoked != 0:
			state = t.say("已停用", "revoked")
		case !k.Valid(now):
			state = t.say("已过期", "expired")
		}
		if k.Used != 0 {
			used = time.UnixMicro(k.Used).Format(time.DateTime)
		}
		scopes := make([]string, len(k.Scopes))
		for j, s := range k.Scopes {
			scopes[j] = string(s)
		}
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Name, strings.Join(scopes, ","), k.Receiver.Basis, state, used)
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	t.note("%d 个接口密钥", "%d keys", len(all))
	return nil
}

type apiKeyRotateCmd struct {
	oneSpace
	ID    string `arg:"" help:"Id of the key, as list prints it."`
	Hours int    `help:"Hours the one before is still taken, at most 336." default:"24"`
	JSON  bool   `name:"json" help:"Print the result as JSON."`
}

func (c apiKeyRotateCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	now, token := time.Now(), out.KeyPrefix+keys.NewToken()
	k, err := h.changeKey(ctx, w.Number, c.ID, "apikey.rotate", func(k *out.Key) { k.Rotate(keys.TokenHash(token), now, c.Hours) })
	if err != nil {
		return err
	}
	return t.sum(c.JSON, map[string]any{"id": k.ID, "name": k.Name, "key": token},
		fmt.Sprintf("%s 的新密钥 %s 只显示这一次", k.Name, token), fmt.Sprintf("the new key of %s, %s, is shown this once", k.Name, token))
}

type apiKeyRevokeCmd struct {
	oneSpace
	ID string `arg:"" help:"Id of the key, as list prints it."`
}

func (c apiKeyRevokeCmd) Run(ctx context.Context, t terminal) error {
	h, w, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	k, err := h.changeKey(ctx, w.Number, c.ID, "apikey.revoke", func(k *out.Key) {
		k.Revoked, k.Previous, k.PreviousUntil = time.Now().UnixMicro(), nil, 0
	})
	if err != nil {
		return err
	}
	t.note("已停用 %s", "revoked %s", k.Name)
	return nil
}

// changeKey changes a key that was not revoked.
func (h *house) changeKey(ctx context.Context, w workspace.Number, id, action string, change func(*out.Key)) (out.Key, error) {
	return h.store.ChangeAPIKey(ctx, w, id, func(k *out.Key) error {
		if k.Revoked != 0 {
			return out.ErrRevoked
		}
		change(k)
		return nil
	}, audit.Entry{At: time.Now().UnixMicro(), Actor: "command", Action: action, Detail: fmt.Sprintf(`{"key":%q}`, id)})
}

// sourceNames finds the names of sources for others. They are remembered for a while: every event asks.
type sourceNames struct {
	h  *house
	w  workspace.Number
	mu sync.Mutex
	at time.Time
	by map[int32]string
}

// sourceNamesLast is how long names are remembered.
const sourceNamesLast = 5 * time.Second

func (n *sourceNames) of(ctx context.Context, number int32) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := time.Now(); n.by == nil || now.Sub(n.at) > sourceNamesLast {
		all, err := n.h.store.Sources(ctx, n.w)
		if err == nil { // else the old ones serve
			n.at, n.by = now, map[int32]string{}
			for _, s := range all {
				n.by[s.Number] = s.Name
			}
		}
	}
	return n.by[number]
}
