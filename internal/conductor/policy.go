package conductor

import (
	"context"
	"time"

	"peiban/internal/message"
)

// Policy is when and how often the workspace speaks, and whether it has another channel beside the app.
func (c *Conductor) Policy() (p message.Policy, channels bool) {
	return c.policy(context.Background()), len(c.ways.Load().By) > 0
}

// besideFor is how long a commit waits for what is read beside its transaction: it holds a connection of its own, and when all of a pool are
// held so, nobody gets another.
const besideFor = 2 * time.Second

// policy is what the guard goes by now. Another process may change a workspace's caps at any time, so they are read; those that cannot be
// read are the last ones known.
func (c *Conductor) policy(ctx context.Context) message.Policy {
	p := c.cfg.Policy
	ctx, stop := context.WithTimeout(ctx, besideFor)
	defer stop()
	said, err := c.cfg.Store.Caps(ctx, c.ws, 1)
	switch {
	case err != nil:
		if known := c.caps.Load(); known != nil {
			p = *known
		}
		c.cfg.Log.Error("how many messages people get was not read; the last known holds", "workspace", c.wsID, "error", err)
		return p
	case len(said) > 0:
		p = p.With(said[0].Caps)
	}
	c.caps.Store(&p)
	return p
}

// policy is that of the whole transaction, read when the first message is decided on.
func (w *work) policy() message.Policy {
	if w.caps == nil {
		p := w.c.policy(context.Background()) // what stands in the database outside this transaction, whatever becomes of it
		w.caps = &p
	}
	return *w.caps
}
