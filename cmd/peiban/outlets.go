package main

import (
	"context"
	"log/slog"
	"reflect"
	"time"

	"peiban/internal/channel/connect"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/outlet"
)

// lookOutlets is how often what administrators said of ways out is read again, by any process.
const lookOutlets = 2 * time.Second

// outlets are the ways out of a workspace as its administrators said last.
type outlets struct {
	h     *house
	c     *conductor.Conductor
	maker *connect.Maker

	all   []outlet.Outlet
	corps []corp.Corp
	order outlet.Order
}

// follow keeps the ways out of a workspace as its administrators say, until ctx ends.
func (o *outlets) follow(ctx context.Context) {
	t := time.NewTicker(lookOutlets)
	defer t.Stop()
	for {
		if err := o.look(ctx); err != nil && ctx.Err() == nil {
			o.h.log.Error("the ways out were not read; the last ones known hold", slog.String("workspace", string(o.c.Workspace().ID)), slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// look takes over what was said since the last look.
func (o *outlets) look(ctx context.Context) error {
	all, corps, order, err := o.h.readOutlets(ctx, o.c)
	if err != nil || reflect.DeepEqual(all, o.all) && reflect.DeepEqual(corps, o.corps) && reflect.DeepEqual(order, o.order) {
		return err
	}
	by, errs := o.maker.Senders(all, corps)
	for _, err := range errs {
		o.h.log.Warn("a way out cannot be used", slog.Any("error", err))
	}
	o.c.SetWays(conductor.Ways{By: by, Order: order.Names})
	o.all, o.corps, o.order = all, corps, order
	return nil
}

// waysOut opens the ways out of a workspace for a command: what it decides about messages, a server would decide, too.
func (h *house) waysOut(ctx context.Context, c *conductor.Conductor) error {
	client, dial := h.calls()
	maker := &connect.Maker{HTTP: client, Dial: dial, WeCom: wecom.NewPool(wecom.Options{HTTP: client, Now: time.Now}), Real: time.Now}
	return (&outlets{h: h, c: c, maker: maker}).look(ctx)
}

func (h *house) readOutlets(ctx context.Context, c *conductor.Conductor) ([]outlet.Outlet, []corp.Corp, outlet.Order, error) {
	w := c.Workspace().Number
	all, err := h.store.Outlets(ctx, w)
	if err != nil {
		return nil, nil, outlet.Order{}, err
	}
	corps, err := h.store.Corps(ctx, w)
	if err != nil {
		return nil, nil, outlet.Order{}, err
	}
	order, err := h.store.OutletOrder(ctx, w)
	return all, corps, order, err
}
