package callback

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"peiban/internal/address"
	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/person"
)

// Callbacks are told three times and then never again. So each night what WeCom says is compared with what is known here, and what was
// lost is done as if it had been told: who was added and is nobody's contact here, and whose contact no member has any more.

// nightly is the hour of the workspace's zone at which companies are compared, when little else happens.
const nightly = 3

// Compared is what a comparison found.
type Compared struct {
	Customers int // contacts of the company: a member and a customer each
	Added     int // of them not known here, taken in now
	Left      int // known here and not there any more
}

// contact is a customer and a member who has them.
type contact struct{ customer, user string }

// Compare repairs what callbacks of a company lost. Doing it twice does nothing more.
func (r *Runner) Compare(ctx context.Context, c *corp.Corp) (out Compared, err error) {
	client, err := r.client(c)
	if err != nil {
		return out, err
	}
	users, err := client.FollowUsers(ctx)
	if err != nil {
		return out, err
	}
	if len(users) == 0 { // a right that was taken away looks so: it says nothing about anybody
		return out, nil
	}
	asked := r.Real()
	known := r.contacts(c)
	there := map[contact]bool{}
	for one, err := range client.AllCustomers(ctx, users) {
		if err != nil {
			return out, err
		}
		for _, f := range one.Follows {
			k := contact{one.ID, f.User}
			there[k] = true
			out.Customers++
			if _, ok := known[k]; ok { // also who left: the list still has those who deleted the member
				continue
			}
			e := happened(c, "add_external_contact", k)
			e.State, e.Created = f.State, f.Created
			if _, err := r.added(ctx, c, &e, 0); err != nil {
				if ctx.Err() != nil {
					return out, ctx.Err()
				}
				r.Log.Error("somebody a company has was not taken in; it is tried the next night", slog.String("corp", c.ID), slog.Any("error", err))
				continue
			}
			out.Added++
		}
	}
	for k, a := range known {
		switch {
		case there[k], !a.Leads():
			continue
		case !slices.Contains(users, k.user): // of a member who may have no customers just now nothing is known
			continue
		case a.Since > r.Space.Now().UnixMicro()-time.Minute.Microseconds(): // what was told meanwhile is newer than the list
			continue
		}
		e := happened(c, "del_external_contact", k)
		e.Created = asked.Unix()
		if err := r.removed(ctx, c, &e, "staff"); err != nil {
			return out, err
		}
		out.Left++
	}
	return out, nil
}

func happened(c *corp.Corp, change string, k contact) wecom.Event {
	return wecom.Event{To: c.CorpID, From: "sys", Type: "event", Event: "change_external_contact", Change: change, User: k.user, Customer: k.customer}
}

// contacts are the contacts of a company that are somebody's here, or were. Of an identifier that came without its member it is not known
// whose contact it is.
func (r *Runner) contacts(c *corp.Corp) map[contact]address.Address {
	out := map[contact]address.Address{}
	for it := r.Space.Directory().All().Iterator(); it.HasNext(); {
		for _, a := range r.Space.Addresses(person.Number(it.Next())) {
			if a.Kind == address.Customer && a.Scope == c.CorpID && a.Through != "" {
				out[contact{a.Value, a.Through}] = a
			}
		}
	}
	return out
}

// compareNightly compares every company each night, until ctx ends.
func (r *Runner) compareNightly(ctx context.Context) {
	for {
		wait := time.NewTimer(night(r.Real(), r.Zone).Sub(r.Real()))
		select {
		case <-ctx.Done():
			wait.Stop()
			return
		case <-wait.C:
			r.compareAll(ctx)
		}
	}
}

// compareAll compares every company that is not paused.
func (r *Runner) compareAll(ctx context.Context) {
	corps, err := r.corps(ctx)
	if err != nil {
		r.Log.Error("companies were not compared", slog.Any("error", err))
		return
	}
	for id, c := range corps {
		if c.Paused {
			continue
		}
		found, err := r.Compare(ctx, &c)
		if err != nil && ctx.Err() == nil {
			r.Log.Error("a company was not compared; it is tried the next night", slog.String("corp", id), slog.Any("error", err))
			continue
		}
		r.Log.Info("a company was compared", slog.String("corp", id), slog.Int("contacts", found.Customers), slog.Int("added", found.Added), slog.Int("left", found.Left))
	}
}

// night is the next moment of the machine's clock at which companies are compared.
func night(now time.Time, zone *time.Location) time.Time {
	t := now.In(zone)
	at := time.Date(t.Year(), t.Month(), t.Day(), nightly, 0, 0, 0, zone)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return at
}
