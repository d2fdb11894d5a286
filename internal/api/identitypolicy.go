package api

import (
	"context"
	"net/http"

	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/review"
	"peiban/internal/staff"
)

// IdentityPolicy is a workspace's identity.yaml: how people are known by their identifiers.
type IdentityPolicy struct {
	Text     string           `json:"text"`
	Revision int64            `json:"revision" doc:"0: the shipped one; send it as If-Match with a change"`
	Shipped  string           `json:"shipped" doc:"the text of a workspace that changed nothing"`
	At       string           `json:"at,omitempty"`
	By       *Text            `json:"by,omitempty"`
	Types    []IdentifierType `json:"types"`
}

func (v IdentityPolicy) etag() string { return quoted(v.Revision) }

// IdentifierType is what holds for one type of identifier.
type IdentifierType struct {
	Type      string `json:"type"`
	Name      Text   `json:"name"`
	Scope     string `json:"scope" enum:"none,optional,required"`
	Limit     int    `json:"limit"`
	Priority  int    `json:"priority"`
	Exclusive bool   `json:"exclusive"`
	Merges    bool   `json:"merges"`
	Anonymous bool   `json:"anonymous"`
}

// PolicyProblem is one mistake in the text.
type PolicyProblem struct {
	Line int  `json:"line"`
	Col  int  `json:"col"`
	Text Text `json:"text"`
}

// PolicyChecked is what was found in a text.
type PolicyChecked struct {
	Problems []PolicyProblem  `json:"problems"`
	Types    []IdentifierType `json:"types"`
}

type policyInput struct {
	Body struct {
		Text string `json:"text" maxLength:"65536"`
	}
}

type savePolicyInput struct {
	Based
	Body struct {
		Text string `json:"text" maxLength:"65536"`
	}
}

func (s *Server) identityPolicyOperations() {
	serve(s, operation{"identity-policy", http.MethodGet, "/api/identity-policy", "reviews", "How people are known by their identifiers", forStaff}, s.identityPolicy)
	serve(s, operation{"check-identity-policy", http.MethodPost, "/api/identity-policy/check", "reviews", "Check a text, with the place of each mistake", forStaff}, s.checkIdentityPolicy)
	serve(s, operation{"save-identity-policy", http.MethodPut, "/api/identity-policy", "reviews", "Save a text without mistakes; it holds for what comes in from then on", forStaff}, s.saveIdentityPolicy)
}

var errPolicyText = fault.New(fault.Invalid, "identity_policy", "标识规则里有错，没有保存", "the text has mistakes, it was not saved").At("body.text")

func identifierTypes(p *identity.Policy) []IdentifierType {
	out := []IdentifierType{}
	for _, t := range p.Types {
		limit := t.Limit
		if t.Exclusive {
			limit = 1
		}
		out = append(out, IdentifierType{t.Name, t.Words, string(t.Scope), limit, t.Priority, t.Exclusive, t.Merges, t.Anonymous})
	}
	return out
}

func (s *Server) identityPolicy(ctx context.Context, _ *Empty) (IdentityPolicy, error) {
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return IdentityPolicy{}, err
	}
	return s.policyView(ctx, c)
}

func (s *Server) policyView(ctx context.Context, c *caller) (IdentityPolicy, error) {
	saved, err := s.store.IdentityPolicy(ctx, c.space.number())
	if err != nil {
		return IdentityPolicy{}, err
	}
	p, err := s.policy(ctx, c)
	if err != nil {
		return IdentityPolicy{}, err
	}
	out := IdentityPolicy{Text: saved.Text, Revision: saved.Revision, Shipped: string(identity.Shipped()), By: s.actorName(ctx, c, saved.Actor), Types: identifierTypes(p)}
	if saved.At > 0 {
		out.At = moment(saved.At, c.space.loc)
	}
	return out, nil
}

func (s *Server) checkIdentityPolicy(ctx context.Context, in *policyInput) (PolicyChecked, error) {
	if _, _, err := s.authorize(ctx, staff.CanMerge); err != nil {
		return PolicyChecked{}, err
	}
	p, problems := identity.Parse([]byte(in.Body.Text))
	out := PolicyChecked{Problems: []PolicyProblem{}, Types: []IdentifierType{}}
	for _, x := range problems {
		out.Problems = append(out.Problems, PolicyProblem{x.Line, x.Col, x.Text})
	}
	if p != nil {
		out.Types = identifierTypes(p)
	}
	return out, nil
}

func (s *Server) saveIdentityPolicy(ctx context.Context, in *savePolicyInput) (IdentityPolicy, error) {
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return IdentityPolicy{}, err
	}
	now, err := s.store.IdentityPolicy(ctx, c.space.number())
	if err != nil {
		return IdentityPolicy{}, err
	}
	if err := in.check(now.Revision); err != nil {
		return IdentityPolicy{}, err
	}
	if _, problems := identity.Parse([]byte(in.Body.Text)); len(problems) > 0 {
		x := problems[0]
		return IdentityPolicy{}, errPolicyText.Because(x.In("zh"), x.In("en"))
	}
	next := review.Policy{Text: in.Body.Text, At: c.space.now(), Actor: c.actor()}
	err = s.store.SaveIdentityPolicy(ctx, c.space.number(), next, now.Revision, s.entry(ctx, c, "identity.save", 0, map[string]any{"revision": now.Revision + 1}))
	if err != nil {
		return IdentityPolicy{}, err
	}
	if err := c.space.Conductor.ReloadIdentity(ctx); err != nil {
		return IdentityPolicy{}, err
	}
	return s.policyView(ctx, c)
}
