package api

import (
	"context"
	"net/http"
	"net/url"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/ingest"
	"peiban/internal/intake"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// Uploader is a key by which a person's own devices send readings, as Nightscout's clients do. Its secret is told once, when it is made.
type Uploader struct {
	ID      string `json:"id"`
	Address string `json:"address" doc:"what clients ask for as the Nightscout address"`
	Secret  string `json:"secret,omitempty" doc:"the API secret; told this once, only a keyed hash of it is kept"`
	XDrip   string `json:"xdrip,omitempty" doc:"address and secret in one, as xDrip+ takes it"`
	Created string `json:"created"`
	Used    string `json:"used,omitempty" doc:"when it was used last, to within five minutes; empty: never"`
	Revoked string `json:"revoked,omitempty"`
	By      *Text  `json:"by,omitempty" doc:"who made it"`
}

// uploaders keeps them.
type uploaders interface {
	CreateUploader(ctx context.Context, w workspace.Number, hash [16]byte, u intake.Uploader, entries ...audit.Entry) error
	Uploaders(ctx context.Context, w workspace.Number, p person.Number) ([]intake.Uploader, error)
	RevokeUploader(ctx context.Context, w workspace.Number, p person.Number, id string, at int64, entries ...audit.Entry) error
}

func (s *Server) uploaderOperations() {
	serve(s, operation{"make-uploader", http.MethodPost, "/api/people/{id}/uploaders", "people", "Let a Nightscout client send a person's readings: tells its secret once", forStaff}, s.makeUploader)
	serve(s, operation{"uploaders", http.MethodGet, "/api/people/{id}/uploaders", "people", "A person's uploaders, newest first; never their secrets", forStaff}, s.personUploaders)
	act(s, operation{"revoke-uploader", http.MethodPost, "/api/people/{id}/uploaders/{uploader}/revoke", "people", "End an uploader; what it sent stays", forStaff}, s.revokeUploader)
	serve(s, operation{"make-my-uploader", http.MethodPost, "/api/me/uploaders", "me", "Let a Nightscout client send my readings: tells its secret once", forPerson}, s.makeMyUploader)
	serve(s, operation{"my-uploaders", http.MethodGet, "/api/me/uploaders", "me", "My uploaders, newest first", forPerson}, s.myUploaders)
	act(s, operation{"revoke-my-uploader", http.MethodPost, "/api/me/uploaders/{uploader}/revoke", "me", "End an uploader of mine", forPerson}, s.revokeMyUploader)
}

func (s *Server) makeUploader(ctx context.Context, in *IDPath) (Uploader, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return Uploader{}, err
	}
	return s.newUploader(ctx, c, card)
}

func (s *Server) makeMyUploader(ctx context.Context, _ *Empty) (Uploader, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Uploader{}, err
	}
	return s.newUploader(ctx, c, c.me)
}

// newUploader makes a secret of 256 random bits, in letters that stand in an address as they are.
func (s *Server) newUploader(ctx context.Context, c *caller, card conductor.Card) (Uploader, error) {
	l, err := c.space.Conductor.Look(card.Number, 0, 0)
	if err != nil {
		return Uploader{}, err
	}
	if !agreed(l) {
		return Uploader{}, errNoConsent
	}
	secret := keys.NewToken()
	u := intake.Uploader{ID: ulid.Make().String(), Person: card.Number, Actor: c.actor(), Created: s.real().UnixMicro()}
	if err := s.store.CreateUploader(ctx, c.space.number(), ingest.UploaderHash(c.space.Conductor, secret), u, s.entry(ctx, c, "uploader.create", card.Number, map[string]any{"uploader": u.ID})); err != nil {
		return Uploader{}, err
	}
	out := s.uploaderView(ctx, c, &u)
	out.Secret = secret
	if at, err := url.Parse(out.Address); err == nil {
		at.User = url.User(secret)
		out.XDrip = at.String() + ingest.NightscoutBase
	}
	return out, nil
}

func (s *Server) uploaderView(ctx context.Context, c *caller, u *intake.Uploader) Uploader {
	return Uploader{
		ID: u.ID, Address: s.base(ctx), Created: moment(u.Created, c.space.loc), Used: moment(u.Used, c.space.loc), Revoked: moment(u.Revoked, c.space.loc), By: s.actorName(ctx, c, u.Actor),
	}
}

// Uploaders are those of a person.
type Uploaders struct {
	Items []Uploader `json:"items"`
}

func (s *Server) uploadersOf(ctx context.Context, c *caller, n person.Number) (Uploaders, error) {
	all, err := s.store.Uploaders(ctx, c.space.number(), n)
	out := Uploaders{Items: []Uploader{}}
	for i := range all {
		out.Items = append(out.Items, s.uploaderView(ctx, c, &all[i]))
	}
	return out, err
}

func (s *Server) personUploaders(ctx context.Context, in *IDPath) (Uploaders, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return Uploaders{}, err
	}
	if err := s.read(ctx, c, "uploaders.read", card.Number); err != nil {
		return Uploaders{}, err
	}
	return s.uploadersOf(ctx, c, card.Number)
}

func (s *Server) myUploaders(ctx context.Context, _ *Empty) (Uploaders, error) {
	c, err := s.self(ctx)
	if err != nil {
		return Uploaders{}, err
	}
	if err := s.read(ctx, c, "me.uploaders", c.me.Number); err != nil {
		return Uploaders{}, err
	}
	return s.uploadersOf(ctx, c, c.me.Number)
}

// UploaderPath names an uploader.
type UploaderPath struct {
	Uploader string `path:"uploader" maxLength:"40"`
}

type revokeUploaderInput struct {
	IDPath
	UploaderPath
}

func (s *Server) revokeUploader(ctx context.Context, in *revokeUploaderInput) error {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return err
	}
	return s.endUploader(ctx, c, card.Number, in.Uploader)
}

type revokeMyUploaderInput struct{ UploaderPath }

func (s *Server) revokeMyUploader(ctx context.Context, in *revokeMyUploaderInput) error {
	c, err := s.self(ctx)
	if err != nil {
		return err
	}
	return s.endUploader(ctx, c, c.me.Number, in.Uploader)
}

func (s *Server) endUploader(ctx context.Context, c *caller, n person.Number, id string) error {
	return s.store.RevokeUploader(ctx, c.space.number(), n, id, s.real().UnixMicro(), s.entry(ctx, c, "uploader.revoke", n, map[string]any{"uploader": id}))
}
