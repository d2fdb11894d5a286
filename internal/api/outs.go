package api

import (
	"context"
	"net/http"
	"time"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/staff"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// outs keeps what goes to other systems.
type outs interface {
	APIKeys(context.Context, workspace.Number) ([]out.Key, error)
	CreateAPIKey(ctx context.Context, w workspace.Number, k out.Key, entries ...audit.Entry) error
	ChangeAPIKey(ctx context.Context, w workspace.Number, id string, change func(*out.Key) error, entries ...audit.Entry) (out.Key, error)
	Hooks(context.Context, workspace.Number) ([]out.Hook, error)
	Hook(ctx context.Context, w workspace.Number, id string) (out.Hook, error)
	CreateHook(ctx context.Context, w workspace.Number, h *out.Hook, entries ...audit.Entry) error
	ChangeHook(ctx context.Context, w workspace.Number, id string, change func(*out.Hook) error, entries ...audit.Entry) (out.Hook, error)
	DropHook(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error
	AddAttempts(ctx context.Context, w workspace.Number, id string, attempts []out.Attempt, entries ...audit.Entry) error
	Attempts(ctx context.Context, w workspace.Number, id, outcome string, part page.Part) (page.List[out.Attempt], error)
	Attempt(ctx context.Context, w workspace.Number, id string, n int64) (out.Attempt, error)
	HookFigures(ctx context.Context, w workspace.Number, since int64) (map[string]map[string]int, error)
}

// Outs is what goes to other systems, and what may be chosen for it.
type Outs struct {
	Keys       []APIKey  `json:"keys"`
	Webhooks   []Webhook `json:"webhooks"`
	Scopes     []Choice  `json:"scopes"`
	Bases      []Choice  `json:"bases" doc:"on what a receiver stands"`
	Types      []Choice  `json:"types" doc:"what the stream and webhooks tell"`
	Programmes []Choice  `json:"programmes"`
	Address    string    `json:"address" doc:"of the stream"`
}

// outReceiver is on what basis somebody outside gets data.
type outReceiver struct {
	Basis    string `json:"basis" maxLength:"40" doc:"a consent that covers sharing, or entrusted"`
	Contract string `json:"contract,omitempty" maxLength:"400" doc:"number of the contract, of one entrusted"`
	Abroad   bool   `json:"abroad,omitempty" doc:"outside of the mainland"`
	Approval string `json:"approval,omitempty" maxLength:"400" doc:"number of the approval to send abroad"`
}

func (r outReceiver) receiver() out.Receiver {
	return out.Receiver{Basis: r.Basis, Contract: r.Contract, Abroad: r.Abroad, Approval: r.Approval}
}

func receiverView(r out.Receiver) outReceiver {
	return outReceiver{r.Basis, r.Contract, r.Abroad, r.Approval}
}

// APIKey is a key of another system, without the key.
type APIKey struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Scopes     []string    `json:"scopes"`
	Types      []string    `json:"types" doc:"empty: all"`
	Programmes []string    `json:"programmes" doc:"empty: all"`
	Receiver   outReceiver `json:"receiver"`
	State      string      `json:"state" enum:"good,expired,revoked"`
	Created    string      `json:"created"`
	By         string      `json:"by,omitempty"`
	Expires    string      `json:"expires,omitempty"`
	Rotated    string      `json:"rotated,omitempty"`
	OldUntil   string      `json:"oldUntil,omitempty" doc:"until when the key before is still taken"`
	Used       string      `json:"used,omitempty" doc:"to the minute"`
	Revoked    string      `json:"revoked,omitempty"`
}

// NewAPIKey is a key that was just made, and the key itself, told this once.
type NewAPIKey struct {
	Key   APIKey `json:"key"`
	Token string `json:"token" doc:"shown this once; only its hash is kept"`
}

var keyScopeNames = map[string]Text{
	string(out.ReadEvents): text("读取事件流", "Read the stream of events"), string(out.ReadLists): text("导出名单", "Take lists as files"),
	string(out.ReadFHIR): text("读取 FHIR", "Read FHIR"), string(out.ReadNames): text("包含姓名、电话和备注", "With names, phone numbers and notes"),
}

var baseNames = map[string]Text{
	"sponsor_share_identified": text("本人同意：与项目支持方共享", "The person's consent: sharing with the sponsor"),
	"hcp_share":                text("本人同意：与医生和医院共享", "The person's consent: sharing with doctors and hospitals"),
	"research_rwe":             text("本人同意：用于研究", "The person's consent: research"),
	out.Entrusted:              text("委托处理：按合同为我们工作的系统", "Entrusted: a system that works for us by contract"),
}

var changeNames = map[string]Text{
	out.TagEntered: text("得到标签", "Tag gained"), out.TagLeft: text("失去标签", "Tag lost"), out.StageChanged: text("阶段变化", "Stage changed"),
}

// apiKeyBody is what may be said of a key; what is not given stays.
type apiKeyBody struct {
	Name       *string      `json:"name,omitempty" maxLength:"200"`
	Scopes     *[]string    `json:"scopes,omitempty" maxItems:"10"`
	Types      *[]string    `json:"types,omitempty" maxItems:"200"`
	Programmes *[]string    `json:"programmes,omitempty" maxItems:"50"`
	Receiver   *outReceiver `json:"receiver,omitempty"`
	Expires    *string      `json:"expires,omitempty" maxLength:"40" doc:"a day means its end; empty: it does not"`
}

// OfAPIKey names a key.
type OfAPIKey struct {
	Key string `path:"key" maxLength:"40"`
}

type addAPIKeyInput struct{ Body apiKeyBody }

type changeAPIKeyInput struct {
	OfAPIKey
	Body apiKeyBody
}

type overlapBody struct {
	Hours int `json:"hours" minimum:"0" maximum:"336" doc:"how long the one before is still good"`
}

type rotateAPIKeyInput struct {
	OfAPIKey
	Body overlapBody
}

func (s *Server) outOperations() {
	serve(s, operation{"outs", http.MethodGet, "/api/out", "out", "What goes to other systems: their keys and webhooks, and how these are doing", forStaff}, s.outs)
	serve(s, operation{"add-api-key", http.MethodPost, "/api/out/keys", "out", "Let another system in: makes a key and tells it once", forStaff}, s.addAPIKey)
	serve(s, operation{"change-api-key", http.MethodPatch, "/api/out/keys/{key}", "out", "Change what a key may do", forStaff}, s.changeAPIKey)
	serve(s, operation{"rotate-api-key", http.MethodPost, "/api/out/keys/{key}/rotate", "out", "Make the key anew; the one before is good for a while", forStaff}, s.rotateAPIKey)
	serve(s, operation{"revoke-api-key", http.MethodPost, "/api/out/keys/{key}/revoke", "out", "Shut another system out, for ever", forStaff}, s.revokeAPIKey)
	s.webhookOperations()
	s.deliveryOperations()
}

func (s *Server) outs(ctx context.Context, _ *Empty) (Outs, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return Outs{}, err
	}
	view := Outs{Keys: []APIKey{}, Webhooks: []Webhook{}, Address: s.address + feedAddress}
	ks, err := s.store.APIKeys(ctx, c.space.number())
	if err != nil {
		return Outs{}, err
	}
	for i := range ks {
		view.Keys = append(view.Keys, s.apiKeyView(ctx, c, &ks[i]))
	}
	if view.Webhooks, err = s.webhooks(ctx, c); err != nil {
		return Outs{}, err
	}
	for _, x := range out.Scopes {
		view.Scopes = append(view.Scopes, Choice{string(x), keyScopeNames[string(x)]})
	}
	for _, x := range out.Bases {
		view.Bases = append(view.Bases, Choice{x, baseNames[x]})
	}
	for _, x := range out.Changes {
		view.Types = append(view.Types, Choice{x, changeNames[x]})
	}
	for _, spec := range event.Catalogue() {
		view.Types = append(view.Types, Choice{spec.Key, spec.Name})
	}
	for _, p := range c.space.Conductor.Programmes() {
		view.Programmes = append(view.Programmes, Choice{p.Key, p.Name})
	}
	return view, nil
}

func (s *Server) apiKeyView(ctx context.Context, c *caller, k *out.Key) APIKey {
	now := s.real().UnixMicro()
	v := APIKey{
		ID: k.ID, Name: k.Name, Scopes: []string{}, Types: list(k.Types), Programmes: list(k.Programmes), Receiver: receiverView(k.Receiver), State: "good",
		Created: moment(k.Created, c.space.loc), Expires: moment(k.Expires, c.space.loc), Rotated: moment(k.Rotated, c.space.loc),
		Used: moment(k.Used, c.space.loc), Revoked: moment(k.Revoked, c.space.loc), By: s.byName(ctx, c, k.By),
	}
	for _, x := range k.Scopes {
		v.Scopes = append(v.Scopes, string(x))
	}
	if k.Previous != nil && k.PreviousUntil > now {
		v.OldUntil = moment(k.PreviousUntil, c.space.loc)
	}
	switch {
	case k.Revoked != 0:
		v.State = "revoked"
	case !k.Valid(now):
		v.State = "expired"
	}
	return v
}

func list(of []string) []string {
	if of == nil {
		return []string{}
	}
	return of
}

// byName is who made something, for people; empty for a command.
func (s *Server) byName(ctx context.Context, c *caller, actor string) string {
	if t := s.actorName(ctx, c, actor); t != nil {
		return t.Zh
	}
	return ""
}

func (c *caller) knowsProgramme(key string) bool {
	p := c.space.Conductor.Programme(key)
	return p != nil && p.Key == key
}

func (b *apiKeyBody) apply(s *Server, c *caller, k *out.Key) error {
	set(&k.Name, b.Name)
	set(&k.Types, b.Types)
	set(&k.Programmes, b.Programmes)
	if b.Scopes != nil {
		k.Scopes = nil
		for _, x := range *b.Scopes {
			k.Scopes = append(k.Scopes, out.Scope(x))
		}
	}
	if b.Receiver != nil {
		k.Receiver = b.Receiver.receiver()
	}
	if b.Expires != nil {
		at, err := parseMoment("body.expires", *b.Expires, c.space.loc)
		if err != nil {
			return err
		}
		k.Expires = at
	}
	now := s.real().UnixMicro()
	if b.Expires == nil && k.Expires != 0 && k.Expires <= now { // one that is over may still be renamed
		now = 0
	}
	return k.Check(now, c.knowsProgramme)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func newID(now time.Time) string {
	return ulid.MustNew(ulid.Timestamp(now), ulid.DefaultEntropy()).String()
}

func (s *Server) addAPIKey(ctx context.Context, in *addAPIKeyInput) (NewAPIKey, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return NewAPIKey{}, err
	}
	now := s.real()
	token := out.KeyPrefix + keys.NewToken()
	k := out.Key{ID: newID(now), Hash: keys.TokenHash(token), Created: now.UnixMicro(), By: c.actor()}
	if err := in.Body.apply(s, c, &k); err != nil {
		return NewAPIKey{}, err
	}
	if err := s.store.CreateAPIKey(ctx, c.space.number(), k, s.entry(ctx, c, "apikey.create", 0, map[string]any{"key": k.ID, "scopes": k.Scopes, "basis": k.Receiver.Basis, "abroad": k.Receiver.Abroad})); err != nil {
		return NewAPIKey{}, err
	}
	return NewAPIKey{s.apiKeyView(ctx, c, &k), token}, nil
}

func (s *Server) alterAPIKey(ctx context.Context, id, action string, detail map[string]any, change func(*caller, *out.Key) error) (APIKey, error) {
	c, _, err := s.authorize(ctx, staff.CanManageOut)
	if err != nil {
		return APIKey{}, err
	}
	if detail == nil {
		detail = map[string]any{}
	}
	detail["key"] = id
	k, err := s.store.ChangeAPIKey(ctx, c.space.number(), id, func(k *out.Key) error {
		if k.Revoked != 0 {
			return out.ErrRevoked
		}
		return change(c, k)
	}, s.entry(ctx, c, action, 0, detail))
	if err != nil {
		return APIKey{}, err
	}
	return s.apiKeyView(ctx, c, &k), nil
}

func (s *Server) changeAPIKey(ctx context.Context, in *changeAPIKeyInput) (APIKey, error) {
	return s.alterAPIKey(ctx, in.Key, "apikey.change", nil, func(c *caller, k *out.Key) error { return in.Body.apply(s, c, k) })
}

func (s *Server) rotateAPIKey(ctx context.Context, in *rotateAPIKeyInput) (NewAPIKey, error) {
	token, now := out.KeyPrefix+keys.NewToken(), s.real()
	v, err := s.alterAPIKey(ctx, in.Key, "apikey.rotate", map[string]any{"hours": in.Body.Hours}, func(_ *caller, k *out.Key) error {
		k.Rotate(keys.TokenHash(token), now, in.Body.Hours)
		return nil
	})
	return NewAPIKey{v, token}, err
}

func (s *Server) revokeAPIKey(ctx context.Context, in *OfAPIKey) (APIKey, error) {
	return s.alterAPIKey(ctx, in.Key, "apikey.revoke", nil, func(_ *caller, k *out.Key) error {
		k.Revoked, k.Previous, k.PreviousUntil = s.real().UnixMicro(), nil, 0
		return nil
	})
}

var errNoTester = fault.New(fault.Unavailable, "no_sender", "这台服务器不推送", "this server sends nothing")
