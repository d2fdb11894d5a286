package callback

import (
	"context"
	"log/slog"
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
			if _, ok := known[k]; ok {
				continue
			}
			e := happened(c, "add_external_contact", k)
			e.State, e.Created = f.State, f.Created
			if _, err := r.added(ctx, c, &e); err != nil {
				return out, err
			}
			out.Added++
		}
	}
	for k, since := range known {
		if there[k] || since > r.Space.Now().UnixMicro()-time.Minute.Microseconds() { // what was told meanwhile is newer than the list
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

// contacts are the contacts of a company that lead to somebody here, and since when.
func (r *Runner) contacts(c *corp.Corp) map[contact]int64 {
	out := map[contact]int64{}
	for it := r.Space.Directory().All().Iterator(); it.HasNext(); {
		for _, a := range r.Space.Addresses(person.Number(it.Next())) {
			if a.Kind == address.Customer && a.Scope == c.CorpID && a.Leads() {
				out[contact{a.Value, a.Through}] = a.Since
			}
		}
	}
	return out
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
