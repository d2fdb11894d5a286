package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/corp"
	"peiban/internal/outlet"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// outletStore keeps the ways out of a workspace.
type outletStore interface {
	Outlets(context.Context, workspace.Number) ([]outlet.Outlet, error)
	OutletByID(context.Context, string) (workspace.Number, outlet.Outlet, error)
	SaveOutlet(ctx context.Context, w workspace.Number, o outlet.Outlet, at int64, actor string, entries ...audit.Entry) (outlet.Outlet, error)
	DeleteOutlet(ctx context.Context, w workspace.Number, id string, revision int64, entries ...audit.Entry) error
	OutletOrder(context.Context, workspace.Number) (outlet.Order, error)
	SaveOutletOrder(ctx context.Context, w workspace.Number, o outlet.Order, at int64, actor string, entries ...audit.Entry) error
}

// OutletTester asks a far side whether what is set is right, and sends nothing to anybody.
type OutletTester interface {
	Try(ctx context.Context, o *outlet.Outlet, corps []corp.Corp) error
}

// Outlet is a connected way out. Its secrets are written and never read.
type Outlet struct {
	ID      string            `json:"id"`
	Kind    string            `json:"kind"`
	Channel string            `json:"channel" doc:"the name journeys use"`
	Name    string            `json:"name"`
	Set     map[string]string `json:"set" doc:"what is set, by field; secrets are left out"`
	Secrets []string          `json:"secrets" doc:"fields of secrets that are set"`
	Paused  bool              `json:"paused"`
	Address string            `json:"address,omitempty" doc:"where the far side posts receipts"`
	Created string            `json:"created"`
	Version int64             `json:"version" doc:"send it as If-Match with a change"`
}

func (v Outlet) etag() string { return quoted(v.Version) }

// OutletKind is a kind of way out and what has to be said of it.
type OutletKind struct {
	Key     string        `json:"key"`
	Channel string        `json:"channel"`
	Name    Text          `json:"name"`
	About   Text          `json:"about"`
	Fields  []OutletField `json:"fields"`
}

// OutletField is one thing to be said of a way out.
type OutletField struct {
	Key      string   `json:"key"`
	Name     Text     `json:"name"`
	Hint     Text     `json:"hint"`
	Secret   bool     `json:"secret"`
	Optional bool     `json:"optional"`
	Long     bool     `json:"long" doc:"several lines"`
	Options  []string `json:"options" doc:"words to choose from; none: any text"`
	Choices  []Ref    `json:"choices" doc:"connected companies to choose from, for a field that names one"`
}

// Outlets are all ways out of the workspace.
type Outlets struct {
	Items     []Outlet     `json:"items"`
	Kinds     []OutletKind `json:"kinds"`
	Order     []string     `json:"order" doc:"channels in the order they are tried for a message whose journey names none"`
	Version   int64        `json:"version" doc:"of the order; send it as If-Match with a change"`
	Channels  []string     `json:"channels" doc:"names of all channels"`
	Contained bool         `json:"contained" doc:"a rehearsal beside real people: nothing leaves it, whatever is set"`
	MayManage bool         `json:"mayManage"`
}

// OutletChange is what may be said of a way out; what is not given stays.
type OutletChange struct {
	Kind   *string           `json:"kind,omitempty" maxLength:"40" doc:"of a new one"`
	Name   *string           `json:"name,omitempty" maxLength:"80"`
	Set    map[string]string `json:"set,omitempty" doc:"by field; an empty text takes it away"`
	Paused *bool             `json:"paused,omitempty" doc:"messages for it wait"`
}

// OutletOrder is in which order channels are tried.
type OutletOrder struct {
	Order   []string `json:"order" maxItems:"20"`
	Version int64    `json:"version" readOnly:"true"`
}

func (v OutletOrder) etag() string { return quoted(v.Version) }

// OutletTrial says that a far side accepted what is set.
type OutletTrial struct {
	OK bool `json:"ok"`
}

// OfOutlet names a way out.
type OfOutlet struct {
	Outlet string `path:"outlet" maxLength:"40"`
}

type addOutletInput struct{ Body OutletChange }

type changeOutletInput struct {
	OfOutlet
	Based
	Body OutletChange
}

type deleteOutletInput struct {
	OfOutlet
	Based
}

type orderOutletsInput struct {
	Based
	Body OutletOrder
}

func (s *Server) outletOperations() {
	serve(s, operation{"outlets", http.MethodGet, "/api/outlets", "channels", "Ways by which messages leave, and in which order they are tried", forStaff}, s.listOutlets)
	serve(s, operation{"add-outlet", http.MethodPost, "/api/outlets", "channels", "Connect a way out", forStaff}, s.addOutlet)
	serve(s, operation{"change-outlet", http.MethodPatch, "/api/outlets/{outlet}", "channels", "Change what is said of a way out, or let it pause", forStaff}, s.changeOutlet)
	act(s, operation{"delete-outlet", http.MethodDelete, "/api/outlets/{outlet}", "channels", "Disconnect a way out; what was let go by it is refused", forStaff}, s.deleteOutlet)
	serve(s, operation{"try-outlet", http.MethodPost, "/api/outlets/{outlet}/try", "channels", "Ask the far side whether what is set is right", forStaff}, s.tryOutlet)
	serve(s, operation{"order-outlets", http.MethodPut, "/api/outlet-order", "channels", "Say in which order channels are tried", forStaff}, s.orderOutlets)
}

func (s *Server) listOutlets(ctx context.Context, _ *Empty) (Outlets, error) {
	c, _, err := s.authorize(ctx, staff.CanReadIntake)
	if err != nil {
		return Outlets{}, err
	}
	list, err := s.store.Outlets(ctx, c.space.number())
	if err != nil {
		return Outlets{}, err
	}
	order, err := s.store.OutletOrder(ctx, c.space.number())
	if err != nil {
		return Outlets{}, err
	}
	corps, err := s.store.Corps(ctx, c.space.number())
	if err != nil {
		return Outlets{}, err
	}
	out := Outlets{
		Items: []Outlet{}, Order: append([]string{}, order.Names...), Version: order.Revision, Channels: outlet.Channels(), Contained: c.space.Conductor.Contained(),
		MayManage: c.member.Role.Can(staff.CanManageIntake),
	}
	for i := range list {
		out.Items = append(out.Items, s.outletView(ctx, c, &list[i]))
	}
	for i := range outlet.Kinds {
		out.Kinds = append(out.Kinds, kindView(&outlet.Kinds[i], corps))
	}
	return out, nil
}

func kindView(k *outlet.Kind, corps []corp.Corp) OutletKind {
	v := OutletKind{Key: k.Key, Channel: k.Channel, Name: Text(k.Name), About: Text(k.About), Fields: []OutletField{}}
	for _, f := range k.Fields {
		field := OutletField{
			Key: f.Key, Name: Text(f.Name), Hint: Text(f.Hint), Secret: f.Secret, Optional: f.Optional, Long: f.Long, Options: []string{}, Choices: []Ref{},
		}
		if f.Options != "" {
			field.Options = strings.Split(f.Options, "|")
		}
		if f.Corp {
			for i := range corps {
				field.Choices = append(field.Choices, Ref{ID: corps[i].ID, Name: corps[i].Name})
			}
		}
		v.Fields = append(v.Fields, field)
	}
	return v
}

func (s *Server) outletView(ctx context.Context, c *caller, o *outlet.Outlet) Outlet {
	kind, _ := outlet.KindOf(o.Kind)
	v := Outlet{
		ID: o.ID, Kind: o.Kind, Channel: kind.Channel, Name: o.Name, Set: map[string]string{}, Secrets: []string{}, Paused: o.Paused,
		Created: moment(o.Created, c.space.loc), Version: o.Revision,
	}
	for _, f := range kind.Fields {
		switch value := o.Set[f.Key]; {
		case value == "":
		case f.Secret:
			v.Secrets = append(v.Secrets, f.Key)
		default:
			v.Set[f.Key] = value
		}
	}
	if o.Kind == "aliyun" {
		v.Address = s.base(ctx) + receipts + o.ID
	}
	return v
}

// apply changes what is given.
func (b *OutletChange) apply(ctx context.Context, s *Server, c *caller, o *outlet.Outlet) error {
	if b.Name != nil {
		o.Name = *b.Name
	}
	if b.Paused != nil {
		o.Paused = *b.Paused
	}
	if o.Set == nil {
		o.Set = map[string]string{}
	}
	for key, value := range b.Set {
		if value == "" {
			delete(o.Set, key)
		} else {
			o.Set[key] = value
		}
	}
	if f := o.Check(); f != nil {
		return f
	}
	for _, key := range []string{"base", "url"} {
		if at := o.Set[key]; at != "" {
			if err := s.guard.Check(at); err != nil { // whoever may enter an address could have us ask machines that only we reach
				return outlet.ErrAddress.At("body.set.%s", key)
			}
		}
	}
	if id := o.Set["corp"]; id != "" {
		corps, err := s.store.Corps(ctx, c.space.number())
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(corps, func(v corp.Corp) bool { return v.ID == id }) {
			return outlet.ErrOption.At("body.set.corp")
		}
	}
	return nil
}

func (s *Server) addOutlet(ctx context.Context, in *addOutletInput) (Outlet, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return Outlet{}, err
	}
	o := outlet.Outlet{ID: corp.NewID()}
	if in.Body.Kind != nil {
		o.Kind = *in.Body.Kind
	}
	if err := in.Body.apply(ctx, s, c, &o); err != nil {
		return Outlet{}, err
	}
	return s.saveOutlet(ctx, c, o, "outlet.create")
}

func (s *Server) saveOutlet(ctx context.Context, c *caller, o outlet.Outlet, action string) (Outlet, error) {
	saved, err := s.store.SaveOutlet(ctx, c.space.number(), o, c.space.now(), c.actor(), s.entry(ctx, c, action, 0, map[string]any{"outlet": o.ID, "kind": o.Kind, "paused": o.Paused}))
	if err != nil {
		return Outlet{}, err
	}
	return s.outletView(ctx, c, &saved), nil
}

// outletOf reads a way out of the caller's workspace; one of another is not there.
func (s *Server) outletOf(ctx context.Context, id string) (*caller, outlet.Outlet, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return nil, outlet.Outlet{}, err
	}
	w, o, err := s.store.OutletByID(ctx, id)
	if err == nil && w != c.space.number() {
		err = outlet.ErrMissing
	}
	return c, o, err
}

func (s *Server) changeOutlet(ctx context.Context, in *changeOutletInput) (Outlet, error) {
	c, o, err := s.outletOf(ctx, in.Outlet)
	if err != nil {
		return Outlet{}, err
	}
	if err := in.check(o.Revision); err != nil {
		return Outlet{}, err
	}
	if in.Body.Kind != nil && *in.Body.Kind != o.Kind {
		return Outlet{}, outlet.ErrKind
	}
	if err := in.Body.apply(ctx, s, c, &o); err != nil {
		return Outlet{}, err
	}
	return s.saveOutlet(ctx, c, o, "outlet.change")
}

func (s *Server) deleteOutlet(ctx context.Context, in *deleteOutletInput) error {
	c, o, err := s.outletOf(ctx, in.Outlet)
	if err != nil {
		return err
	}
	if err := in.check(o.Revision); err != nil {
		return err
	}
	return s.store.DeleteOutlet(ctx, c.space.number(), o.ID, o.Revision, s.entry(ctx, c, "outlet.remove", 0, map[string]any{"outlet": o.ID, "kind": o.Kind}))
}

func (s *Server) tryOutlet(ctx context.Context, in *OfOutlet) (OutletTrial, error) {
	c, o, err := s.outletOf(ctx, in.Outlet)
	if err != nil {
		return OutletTrial{}, err
	}
	corps, err := s.store.Corps(ctx, c.space.number())
	if err != nil {
		return OutletTrial{}, err
	}
	if err := s.outTester.Try(ctx, &o, corps); err != nil {
		return OutletTrial{}, err
	}
	return OutletTrial{true}, nil
}

func (s *Server) orderOutlets(ctx context.Context, in *orderOutletsInput) (OutletOrder, error) {
	c, _, err := s.authorize(ctx, staff.CanManageIntake)
	if err != nil {
		return OutletOrder{}, err
	}
	was, err := s.store.OutletOrder(ctx, c.space.number())
	if err != nil {
		return OutletOrder{}, err
	}
	if err := in.check(was.Revision); err != nil {
		return OutletOrder{}, err
	}
	if f := outlet.CheckOrder(in.Body.Order); f != nil {
		return OutletOrder{}, f
	}
	next := outlet.Order{Names: in.Body.Order, Revision: was.Revision}
	if err := s.store.SaveOutletOrder(ctx, c.space.number(), next, c.space.now(), c.actor(), s.entry(ctx, c, "outlet_order.save", 0, map[string]any{"order": in.Body.Order})); err != nil {
		return OutletOrder{}, err
	}
	return OutletOrder{next.Names, was.Revision + 1}, nil
}
