package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/ingest/callback"
	"peiban/internal/sandbox"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// A demo has a WeCom of its own beside it: a sandbox that is connected like any company, so that codes can be scanned and staff added
// without an account anywhere.

const (
	demoToken = "peibandemo"
	demoKey   = "peibanpeibanpeibanpeibanpeibanpeibanpeiban0" // of two programs on one machine that keep nothing of each other
)

// demoMembers are the sandbox's members and the sign-ins they have here.
var demoMembers = map[string]string{"zhouning": "zhou", "liumin": "liu", "chenxiao": "chen", "wanglei": "wang"}

// here is this machine, which a demo may call.
var here = netip.MustParsePrefix("127.0.0.1/32")

// world is a sandbox that runs beside a demo.
type world struct {
	*sandbox.Sandbox
	address string
}

// startWorld runs a sandbox at the first free port from port on until ctx ends. It is the same world each time.
func startWorld(ctx context.Context, port int, log *slog.Logger) (*world, error) {
	s, err := sandbox.New(sandbox.Options{Seed: 1, Now: time.Now})
	if err != nil {
		return nil, err
	}
	listener, err := freePort(port)
	if err != nil {
		return nil, err
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	go s.Run(ctx)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("the sandbox stopped", slog.Any("error", err))
		}
	}()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return &world{s, "http://" + listener.Addr().String()}, nil
}

// connect makes the sandbox a company of the workspace, as an administrator would, or renews the connection of the last time: its port
// may be another. It answers where the sandbox tells what happens.
func (v *world) connect(ctx context.Context, h *house, w workspace.Number) (path string, err error) {
	made := v.World()
	all, err := h.store.Corps(ctx, w)
	if err != nil {
		return "", err
	}
	c := corp.Corp{ID: corp.NewID(), Name: "演练企业微信"}
	if i := slices.IndexFunc(all, func(o corp.Corp) bool { return o.CorpID == made.Corp }); i >= 0 {
		c = all[i]
	}
	was := c
	c.Base, c.CorpID, c.Token, c.Key, c.Members = v.address, made.Corp, demoToken, demoKey, map[string]string{}
	for _, a := range made.Apps {
		switch {
		case a.Agent == sandbox.Agent:
			c.Agent, c.App = a.Agent, a.Secret
		case a.Archive:
			c.Archive = a.Secret
		}
	}
	members, err := h.store.Members(ctx, w)
	if err != nil {
		return "", err
	}
	for user, login := range demoMembers {
		if i := slices.IndexFunc(members, func(m staff.Member) bool { return m.Login == login }); i >= 0 {
			c.Members[user] = members[i].ID
		}
	}
	src, err := h.store.EnsureSource(ctx, w, event.Source{Name: c.Name, Kind: "wecom", Created: time.Now().UnixMicro()})
	if err != nil {
		return "", err
	}
	c.Source = src.Number
	if was.Base != c.Base || !maps.Equal(was.Members, c.Members) || was.Source != c.Source {
		if c, err = h.store.SaveCorp(ctx, w, c, time.Now().UnixMicro(), "command"); err != nil {
			return "", fmt.Errorf("connect the sandbox: %w", err)
		}
	}
	return callback.Path + c.ID, v.codes(ctx, h, w, &c)
}

// codes gives the oldest entry codes that are open a contact way in the sandbox, which forgot those of the last time.
func (v *world) codes(ctx context.Context, h *house, w workspace.Number, c *corp.Corp) error {
	const most = 3
	book, err := h.store.Entrances(ctx, w)
	if err != nil {
		return err
	}
	ways := &callback.Ways{Calls: wecom.NewPool(wecom.Options{HTTP: http.DefaultClient, Now: time.Now})}
	open := slices.DeleteFunc(slices.Clone(book.All), func(e entrance.Entrance) bool { return e.Paused || e.Ended || e.From != "" || e.To != "" })
	slices.SortStableFunc(open, func(a, b entrance.Entrance) int { return cmp.Compare(a.Created, b.Created) })
	for i := range open[:min(most, len(open))] {
		e := &open[i]
		user := "zhouning"
		for u, id := range c.Members {
			if id == e.Owner && u != "wanglei" { // whose name the sandbox has not verified: WeCom would refuse them
				user = u
			}
		}
		e.Contact = nil
		way, err := ways.Put(ctx, c, e, entrance.Contact{Corp: c.ID, Users: []string{user}})
		if err != nil {
			return fmt.Errorf("make a contact way in the sandbox: %w", err)
		}
		if err := h.store.SetContactWay(ctx, w, e.ID, &way); err != nil {
			return err
		}
	}
	return nil
}

// tell has the sandbox tell the server what happens, once it is asked: the server answers the check of its address.
func (v *world) tell(ctx context.Context, address string, log *slog.Logger) {
	for wait := 50 * time.Millisecond; ctx.Err() == nil; wait = min(2*wait, 5*time.Second) {
		err := v.Callback(ctx, address, demoToken, demoKey)
		if err == nil {
			return
		}
		log.Warn("the sandbox has not reached the server; it tries again", slog.Any("error", err))
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}
