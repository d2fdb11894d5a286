package callback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"peiban/internal/audit"
	"peiban/internal/channel/tencent"
	"peiban/internal/channel/wecom"
	"peiban/internal/conductor"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/staff"
)

// asking is how long WeCom may take to say more about a new customer. They are here without it, too.
const asking = 3 * time.Second

// Names of the identifiers of the catalogue (internal/identity/identity.yaml).
const (
	customerID = "external_userid"
	unionID    = "unionid"
)

// added makes a new customer a person, or finds who they are: by what they came, who looks after them, what they call themselves.
// Each part is done once, so that it may be done again when a later one fails; tries is how often it was.
func (r *Runner) added(ctx context.Context, c *corp.Corp, e *wecom.Event, tries int) (why string, err error) {
	more, asked := r.ask(ctx, c, e)
	came, programme, owner, err := r.origin(ctx, c, e.State)
	if err != nil {
		return "", err
	}
	for _, f := range more.Follows {
		if f.User == e.User {
			came["addWay"] = f.AddWay
		}
	}
	ident := []conductor.Identifier{{Type: customerID, Scope: c.CorpID, Value: e.Customer}}
	if more.UnionID != "" {
		ident = append([]conductor.Identifier{{Type: unionID, Value: more.UnionID}}, ident...)
	}
	if staffID, ok := c.Members[e.User]; ok {
		owner = staffID // who they added looks after them, whoever the code is of
	}
	items := make([]conductor.Item, 0, 2)
	if items, err = r.with(items, c, e, conductor.Item{Ident: ident, Programme: programme}, "contact_added", came, ""); err != nil {
		return "", err
	}
	if r.keeps(ctx, owner) && !r.kept(ctx, ident) { // with it, not after it: else the rules would find somebody first
		if items, err = r.with(items, c, e, conductor.Item{Ident: ident}, "assigned", map[string]any{"owner": owner}, "owner"); err != nil {
			return "", err
		}
	}
	n, err := r.submit(ctx, c, items)
	if err != nil {
		return "", err
	}
	if e.Welcome != "" { // before anything else: it is good for some seconds
		if why, err = r.greet(ctx, c, e, n, programme, tries > 0); err != nil {
			return "", err
		}
	}
	if more.Name != "" {
		if card, ok := r.Space.Directory().ByNumber(n); ok && card.Name == "" && !card.Erased {
			named, err := r.with(nil, c, e, conductor.Item{Ident: ident}, "profile", map[string]any{"name": cut(more.Name, longestName)}, "name")
			if err != nil {
				return "", err
			}
			if _, err := r.submit(ctx, c, named); err != nil {
				return "", err
			}
		}
	}
	return why, asked
}

const longestName = 60

// cut is s without what a field has no room for.
func cut(s string, most int) string {
	if all := []rune(s); len(all) > most {
		return string(all[:most])
	}
	return s
}

// ask hears more about a customer. What cannot be heard now is asked again later; what WeCom will never say is left.
func (r *Runner) ask(ctx context.Context, c *corp.Corp, e *wecom.Event) (wecom.Customer, error) {
	client, err := r.client(c)
	if err != nil {
		return wecom.Customer{}, err
	}
	ctx, stop := context.WithTimeout(ctx, asking)
	defer stop()
	more, err := client.Customer(ctx, e.Customer)
	if err != nil {
		switch tencent.ActionOf(err) {
		case tencent.Gone, tencent.Refuse: // half added, or gone again meanwhile
			return wecom.Customer{}, nil
		}
		return wecom.Customer{}, err
	}
	return more, nil
}

// origin is by which code somebody came, what they join and whom the code is of.
func (r *Runner) origin(ctx context.Context, c *corp.Corp, state string) (came map[string]any, programme, owner string, err error) {
	came = map[string]any{"channel": "wecom"}
	if !entrance.IsState(state) {
		return came, c.Programme, "", nil
	}
	way, err := r.Store.FindWay(ctx, state)
	if err != nil {
		if f := fault.Of(err); f != nil && f.Kind == fault.Missing {
			return came, c.Programme, "", nil // a state of another system: no code of ours
		}
		return nil, "", "", err
	}
	if way.Workspace != r.Space.Workspace().Number {
		return came, c.Programme, "", nil
	}
	came["code"] = state
	if way.Entrance == "" {
		came["channel"], came["kind"] = entrance.InviteChannel, "referral"
		if card, ok := r.Space.Directory().ByNumber(way.Person); ok {
			owner = card.Owner
		}
		return came, c.Programme, owner, nil
	}
	book, err := r.Store.Entrances(ctx, way.Workspace)
	if err != nil {
		return nil, "", "", err
	}
	code := book.ByID(way.Entrance)
	if code == nil {
		return came, c.Programme, "", nil
	}
	if came["channel"] = code.Channel; code.Channel == "" {
		came["channel"] = code.Kind
	}
	came["kind"] = entrance.ContactKind(code.Kind)
	if to := book.Leads(code, r.Space.Now().In(r.Zone).Format(time.DateOnly)); to != nil { // of one that ended, the one in its place
		code = to
	}
	return came, code.Programme, code.Owner, nil
}

// keeps tells whether a member of staff can look after people. Who is not here any more cannot; the rules of owners find another.
func (r *Runner) keeps(ctx context.Context, id string) bool {
	if id == "" {
		return false
	}
	m, err := r.Store.Member(ctx, r.Space.Workspace().Number, id)
	return err == nil && !m.Disabled && m.Role != staff.Viewer
}

// kept tells whether somebody is here already and looked after.
func (r *Runner) kept(ctx context.Context, ident []conductor.Identifier) bool {
	found, err := r.Space.Whose(ctx, ident)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(found, func(n person.Number) bool {
		card, ok := r.Space.Directory().ByNumber(n)
		return ok && (card.Owner != "" || card.Erased)
	})
}

// removed tells that a customer and a member are not in contact any more. Of somebody nobody knows it waits: that they were added may
// only come later.
func (r *Runner) removed(ctx context.Context, c *corp.Corp, e *wecom.Event, by string) error {
	left, err := r.with(nil, c, e, conductor.Item{Known: true, Ident: []conductor.Identifier{{Type: customerID, Scope: c.CorpID, Value: e.Customer}}},
		"contact_removed", map[string]any{"by": by}, "")
	if err != nil {
		return err
	}
	_, err = r.submit(ctx, c, left)
	if errors.Is(err, conductor.ErrVisitor) {
		return errNobody
	}
	return err
}

// with adds one event to what is submitted, under an id of its own: what told it, and which part of it this is.
func (r *Runner) with(items []conductor.Item, c *corp.Corp, e *wecom.Event, it conductor.Item, kind string, properties map[string]any, part string) ([]conductor.Item, error) {
	b, err := json.Marshal(properties)
	if err != nil {
		return nil, fmt.Errorf("encode a %s: %w", kind, err)
	}
	decoded, bad := event.Decode(kind, b)
	if bad != nil {
		return nil, bad
	}
	it.Event, it.Through = decoded, e.User
	at := r.moment(e)
	it.Event.Occurred, it.Event.Original = at, at
	it.Event.Source, it.Event.Actor, it.Event.Provenance = c.Source, "source", "wecom"
	hash := corp.HashOf(c.ID, e.Unique()+"\x00"+part)
	it.MessageID = fmt.Sprintf("%x", hash)
	return append(items, it), nil
}

// submit takes events of one person in, in one commit, and answers whose the first is.
func (r *Runner) submit(ctx context.Context, c *corp.Corp, items []conductor.Item) (person.Number, error) {
	out, err := r.Space.Submit(ctx, conductor.Live, audit.Entry{Actor: fmt.Sprintf("source:%d", c.Source), Action: "intake.wecom"}, items)
	if err != nil {
		return 0, err
	}
	for i := range out {
		if f := out[i].Fault; f != nil {
			return 0, f
		}
	}
	if s := out[0].Status; s == conductor.Repeated || s == conductor.Clashes { // it is here, with less known about it perhaps; whose it is, the identifiers know
		found, err := r.Space.Whose(ctx, items[0].Ident)
		if err != nil || len(found) == 0 {
			return items[0].Person, err
		}
		return found[0], nil
	}
	return out[0].Person, nil
}
