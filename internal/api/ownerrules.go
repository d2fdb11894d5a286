package api

import (
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/owner"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// OwnerRules are the rules by which new people get an owner, in the order they are asked.
type OwnerRules struct {
	Version int64 `json:"version"`
	owner.Rules
}

func (r OwnerRules) etag() string { return quoted(r.Version) }

func (s *Server) ownerRuleOperations() {
	serve(s, operation{"owner-rules", http.MethodGet, "/api/owner-rules", "owners", "The rules by which new people get an owner", forStaff}, s.ownerRules)
	serve(s, operation{"save-owner-rules", http.MethodPut, "/api/owner-rules", "owners", "Replace the rules; who has an owner keeps them", forStaff}, s.saveOwnerRules)
	serve(s, operation{"try-owner-rules", http.MethodPost, "/api/owner-rules/try", "owners", "To whom rules would give everybody who has no owner now; nothing is changed", forStaff}, s.tryOwnerRules)
}

func (s *Server) ownerRules(ctx context.Context, _ *Empty) (OwnerRules, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return OwnerRules{}, err
	}
	b, err := s.store.Owners(ctx, c.space.number())
	if err != nil {
		return OwnerRules{}, err
	}
	if b.Rules.List == nil {
		b.Rules.List = []owner.Rule{}
	}
	return OwnerRules{b.Version, b.Rules}, nil
}

type saveRulesIn struct {
	Based
	Body owner.Rules
}

func (s *Server) saveOwnerRules(ctx context.Context, in *saveRulesIn) (OwnerRules, error) {
	c, b, err := s.rulesChecked(ctx, &in.Body)
	if err != nil {
		return OwnerRules{}, err
	}
	if err := in.check(b.Version); err != nil {
		return OwnerRules{}, err
	}
	detail := map[string]any{"rules": len(in.Body.List), "on": in.Body.On}
	if err := s.store.SaveOwnerRules(ctx, c.space.number(), in.Body, b.Version, c.space.now(), c.actor(), s.entry(ctx, c, "owner.rules", 0, detail)); err != nil {
		return OwnerRules{}, err
	}
	return s.ownerRules(ctx, nil)
}

func (s *Server) rulesChecked(ctx context.Context, r *owner.Rules) (*caller, *owner.Book, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return nil, nil, err
	}
	b, err := s.store.Owners(ctx, c.space.number())
	if err != nil {
		return nil, nil, err
	}
	return c, b, b.Check(r, "body", func(p string) bool { return c.space.Conductor.Programme(p) != nil }, func(key string) bool { return slices.Contains(b.Courses, key) })
}

// RulesTried is what rules would do with those who have no owner.
type RulesTried struct {
	People int           `json:"people"`
	Shares []HandShare   `json:"shares"`
	None   []OwnerReason `json:"none" doc:"who would still have nobody, and why"`
}

// HandShare is what one member of staff would have.
type HandShare struct {
	Ref
	Gets  int  `json:"gets"`
	After int  `json:"after"`
	Room  int  `json:"room"`
	Over  bool `json:"over"`
	Away  bool `json:"away"`
}

type tryRulesIn struct{ Body owner.Rules }

func (s *Server) tryOwnerRules(ctx context.Context, in *tryRulesIn) (RulesTried, error) {
	c, b, err := s.rulesChecked(ctx, &in.Body)
	if err != nil {
		return RulesTried{}, err
	}
	b.Rules = in.Body
	b.Rules.On = true
	people := s.ownerless(ctx, c)
	out := RulesTried{People: int(people.GetCardinality())}
	out.Shares, out.None = s.byRules(ctx, c, b, people)
	return out, nil
}

// byRules asks the rules about each of some people as if one after the other came.
func (s *Server) byRules(ctx context.Context, c *caller, b *owner.Book, set *roaring.Bitmap) (shares []HandShare, none []OwnerReason) {
	gets, whys := map[string]int{}, map[string]int{}
	now := c.space.now()
	for _, n := range numbersOf(set) {
		choice := b.Choose(ownerFactsOf(c, n), func(id string) int { return c.space.Conductor.Count("owner", id) + gets[id] }, now)
		if choice.Member == "" {
			whys[choice.Why]++
			continue
		}
		gets[choice.Member]++
	}
	shares, none = []HandShare{}, []OwnerReason{}
	for i := range b.Staff {
		m := &b.Staff[i]
		if n := gets[m.ID]; n > 0 {
			shares = append(shares, s.handShare(ctx, c, b, owner.Share{Member: m.ID, Gets: n, After: c.space.Conductor.Count("owner", m.ID) + n, Room: m.Room(&b.Rules)}))
		}
	}
	for why, n := range whys {
		none = append(none, OwnerReason{why, ownerWhy(why), n})
	}
	slices.SortFunc(none, func(a, b OwnerReason) int { return b.People - a.People })
	return shares, none
}

func (s *Server) handShare(ctx context.Context, c *caller, b *owner.Book, x owner.Share) HandShare {
	return HandShare{*c.space.ref(ctx, s.store, x.Member), x.Gets, x.After, x.Room, x.After > x.Room, b.Away(x.Member, c.space.now())}
}

// ownerFactsOf is what owner rules ask of somebody, as it stands now.
func ownerFactsOf(c *caller, n person.Number) owner.Facts {
	card, v, st, ok := c.space.Conductor.Glance(n)
	if !ok {
		return owner.Facts{}
	}
	f := conductor.OwnerFacts(v.Timeline, card.Language)
	for i := range st.Programmes {
		f.Programmes = append(f.Programmes, st.Programmes[i].Key)
	}
	return f
}

// until is when an absence ends; empty: nobody knows.
func until(at int64, loc *time.Location) string {
	if at == math.MaxInt64 {
		return ""
	}
	return moment(at, loc)
}

// Acting is for whom the caller acts beside themselves: whom they cover, and for managers those nobody covers.
func (s *Server) actingFor(ctx context.Context, c *caller) []string {
	if c.member.Disabled || c.key != nil || c.sending != nil {
		return nil
	}
	b := c.space.book(ctx, s.store, s.log)
	if b == nil {
		return nil
	}
	now := c.space.now()
	out := b.Covers(c.member.ID, now)
	if c.member.Role.Can(staff.CanAssign) {
		out = append(out, b.Uncovered(now)...)
	}
	return out
}

// escalated is work of others that the managers have too: of absent staff, because the cover did not do it in time, and of referrals that
// have stood still for twice as long as they may.
func (s *Server) escalated(ctx context.Context, c *caller) ([]task.Task, error) {
	if !c.member.Role.Can(staff.CanAssign) {
		return nil, nil
	}
	stuck, err := s.stuckReferrals(ctx, c)
	if err != nil {
		return nil, err
	}
	b := c.space.book(ctx, s.store, s.log)
	now := c.space.now()
	var away []string
	for i := range b.Staff {
		if b.Away(b.Staff[i].ID, now) {
			away = append(away, b.Staff[i].ID)
		}
	}
	if len(away) == 0 {
		return stuck, nil
	}
	all, err := s.store.AllTasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, Owners: away, Bare: true})
	all = slices.DeleteFunc(all, func(t task.Task) bool {
		return t.Claimed != "" || !b.Escalated(t.Owner, t.Due, t.Priority == task.Safety, now)
	})
	return append(all, stuck...), err // one that is both stands in the list once: see withRole
}

// stuckReferrals is the open work of referrals that have stood still for twice as long as they may.
func (s *Server) stuckReferrals(ctx context.Context, c *caller) ([]task.Task, error) {
	ids, err := c.space.Conductor.LateReferrals(ctx)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	return s.store.AllTasks(ctx, c.space.number(), task.Filter{States: []task.State{task.Open}, IDs: ids, Bare: true})
}
