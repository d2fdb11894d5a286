package api

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/identity"
	"peiban/internal/person"
	"peiban/internal/review"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// reviewStore keeps pairs of people to look at, the runs that look for them and what a workspace says of identifiers.
type reviewStore interface {
	Proposals(ctx context.Context, w workspace.Number, f review.Filter, from, most int) ([]review.Proposal, int, error)
	ProposalCounts(ctx context.Context, w workspace.Number) (map[review.State]int, error)
	PlaceOf(ctx context.Context, w workspace.Number, p *review.Proposal) (place int, next review.Pair, err error)
	ProposalsOf(ctx context.Context, w workspace.Number, n person.Number) ([]review.Proposal, error)
	Proposal(ctx context.Context, w workspace.Number, pair review.Pair) (review.Proposal, error)
	DecideProposal(ctx context.Context, w workspace.Number, p *review.Proposal, entries ...audit.Entry) error
	AddProposals(ctx context.Context, w workspace.Number, found []review.Found) (fresh int, err error)
	StartMatchRun(ctx context.Context, w workspace.Number, v *review.Run, entries ...audit.Entry) error
	StopMatchRun(ctx context.Context, w workspace.Number, number int64, entries ...audit.Entry) error
	MatchRuns(ctx context.Context, w workspace.Number, most int) ([]review.Run, error)
	IdentityPolicy(ctx context.Context, w workspace.Number) (review.Policy, error)
	SaveIdentityPolicy(ctx context.Context, w workspace.Number, p review.Policy, based int64, entries ...audit.Entry) error
	IdentitiesOf(ctx context.Context, w workspace.Number, n person.Number) ([]conductor.Identity, error)
}

// ReviewRow is a pair of people who may be one, as the queue shows it.
type ReviewRow struct {
	ID          string     `json:"id"`
	Left        ReviewName `json:"left"`
	Right       ReviewName `json:"right"`
	Weight      float64    `json:"weight" doc:"evidence of all fields together, in bits: +1 doubles the odds that the two are one"`
	Probability float64    `json:"probability,omitempty" doc:"that the two are one, by the model; not given where it was not reckoned"`
	Origin      Choice     `json:"origin" doc:"intake: identifiers of one event belong to both; matched: names, telephones and the like agree"`
	Cause       *Text      `json:"cause,omitempty" doc:"of the intake: why they were not made one at once"`
	State       string     `json:"state" enum:"open,later,same,different,family"`
	Found       string     `json:"found"`
	By          *Text      `json:"by,omitempty"`
	Decided     string     `json:"decided,omitempty"`
}

// ReviewName is one of a pair.
type ReviewName struct {
	Ref
	Age    *int   `json:"age,omitempty"`
	Gender string `json:"gender,omitempty"`
	Last4  string `json:"last4,omitempty"`
}

// Reviews is a page of the queue.
type Reviews struct {
	Listing[ReviewRow]
	States    map[string]int `json:"states" doc:"how many pairs are in each state"`
	MayDecide bool           `json:"mayDecide"`
}

type reviewsInput struct {
	Paging
	State  string `query:"state" enum:"open,later,same,different,family," doc:"open when not given"`
	Origin string `query:"origin" enum:"intake,matched," doc:"only from there"`
	Q      string `query:"q" maxLength:"60" doc:"a part of either's name, or the end of a telephone"`
}

func (s *Server) reviewOperations() {
	serve(s, operation{"reviews", http.MethodGet, "/api/reviews", "reviews", "Pairs of people who may be one, the strongest first", forStaff}, s.reviews)
	serve(s, operation{"review", http.MethodGet, "/api/reviews/{review}", "reviews", "A pair field by field, with the evidence and what merging would change", forStaff}, s.review)
	serve(s, operation{"decide-review", http.MethodPost, "/api/reviews/{review}/decision", "reviews", "Say whether the two are one", forStaff}, s.decideReview)
	serve(s, operation{"undo-review", http.MethodPost, "/api/reviews/{review}/undo", "reviews", "Take a decision back, with what it brought about", forStaff}, s.undoReview)
}

// reviewCauses are why the intake did not make one of two, in words.
var reviewCauses = map[string]Text{
	string(identity.OnlyShared): text("只有家人也会共用的标识相同，不自动合并", "They share only what a family may share: not merged by itself"),
	string(identity.Excluded):   text("有一种标识两人各有一个不同的值，不能合并", "Both have a different value of an identifier nobody has two of: they cannot be merged"),
	string(identity.OtherRole):  text("一位是患者，一位是医生，不能合并", "One is a patient, the other a doctor: they cannot be merged"),
}

var origins = map[string]Text{
	review.Intake:  text("收数据时", "From incoming data"),
	review.Matched: text("比对资料", "From matching"),
}

// causeText is the cause with the type of identifier in it.
func causeText(p *identity.Policy, cause, kind string) *Text {
	t, ok := reviewCauses[cause]
	if !ok {
		return nil
	}
	if kind != "" {
		w := p.Type(kind).Words
		t.Zh, t.En = t.Zh+"（"+w.Zh+"）", t.En+" ("+w.En+")"
	}
	return &t
}

// two are the cards of a pair as they stand: of whom each was merged into, if they were.
func (c *caller) two(p review.Pair) (left, right conductor.Card, ok bool) {
	left, right = c.rootCard(p.Person), c.rootCard(p.Other)
	return left, right, left.Number != 0 && right.Number != 0 && !left.Erased && !right.Erased
}

// recorded are the cards of a pair as each was recorded where they are one by now: else both would bear one name. The caller has seen that
// their person is not erased.
func (c *caller) recorded(p *review.Proposal) (left, right conductor.Card) {
	left, right, _ = c.two(p.Pair)
	if left.Number != right.Number {
		return left, right
	}
	d := c.space.Conductor.Directory()
	a, known := d.Record(p.Person)
	b, also := d.Record(p.Other)
	if !known || !also || a.Erased || b.Erased {
		return left, right
	}
	return a, b
}

// rootCard is the card of whom somebody is now; a zero one when there is nobody.
func (c *caller) rootCard(n person.Number) conductor.Card {
	card, _ := c.space.Conductor.Directory().ByNumber(n)
	return card
}

func (c *caller) reviewName(card conductor.Card) ReviewName {
	return ReviewName{Ref: Ref{string(card.ID), c.nameOf(card)}, Age: age(card.BirthYear, c.space.now(), c.space.loc), Gender: card.Gender, Last4: card.Last4()}
}

// reviewID names a pair outside.
func (c *caller) reviewID(p review.Pair) string {
	d := c.space.Conductor.Directory()
	a, _ := d.Record(p.Person)
	b, _ := d.Record(p.Other)
	return string(a.ID) + "-" + string(b.ID)
}

// pairNamed is the pair an id of the outside names.
func (c *caller) pairNamed(id string) (review.Pair, error) {
	left, right, ok := strings.Cut(id, "-")
	a, known := c.space.Conductor.Directory().RecordByID(person.ID(left))
	b, also := c.space.Conductor.Directory().RecordByID(person.ID(right))
	if !ok || !known || !also || a.Number == b.Number {
		return review.Pair{}, review.ErrNone
	}
	return review.PairOf(a.Number, b.Number), nil
}

// policy is what the workspace says of identifiers.
func (s *Server) policy(ctx context.Context, c *caller) (*identity.Policy, error) {
	saved, err := s.store.IdentityPolicy(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	if saved.Revision > 0 {
		if p, problems := identity.Parse([]byte(saved.Text)); len(problems) == 0 {
			return p, nil
		}
	}
	return identity.Default(), nil
}

func (s *Server) reviews(ctx context.Context, in *reviewsInput) (Reviews, error) {
	c, _, err := s.authorize(ctx, staff.CanMerge)
	if err != nil {
		return Reviews{}, err
	}
	policy, err := s.policy(ctx, c)
	if err != nil {
		return Reviews{}, err
	}
	out := Reviews{Listing: Listing[ReviewRow]{Items: []ReviewRow{}}, States: map[string]int{}, MayDecide: true}
	counts, err := s.store.ProposalCounts(ctx, c.space.number())
	if err != nil {
		return Reviews{}, err
	}
	for _, one := range []review.State{review.Open, review.Later, review.Same, review.Different, review.Family} {
		out.States[string(one)] = counts[one]
	}
	from, err := offset(in.Cursor, math.MaxInt)
	if err != nil {
		return Reviews{}, err
	}
	f := review.Filter{State: review.State(in.State), Origin: in.Origin}
	if words := strings.TrimSpace(in.Q); words != "" {
		f.Among = []person.Number{}
		c.space.Conductor.Directory().Search(words).Iterate(func(n uint32) bool {
			f.Among = append(f.Among, person.Number(n))
			return true
		})
	}
	list, total, err := s.store.Proposals(ctx, c.space.number(), f, from, in.limit(50))
	if err != nil {
		return Reviews{}, err
	}
	var people []person.Number
	for i := range list {
		a, b, ok := c.two(list[i].Pair)
		if !ok || !s.sees(ctx, c, a) || !s.sees(ctx, c, b) { // who decides sees everybody; a list that is sent may not show all
			continue
		}
		people = append(people, a.Number, b.Number)
		out.Items = append(out.Items, s.reviewRow(ctx, c, policy, &list[i]))
	}
	out.Total = total
	if end := from + len(list); end < total && len(list) > 0 {
		out.NextCursor = fmt.Sprint(end)
	}
	return out, s.named(ctx, c, "review.list", people)
}

func (s *Server) reviewRow(ctx context.Context, c *caller, policy *identity.Policy, p *review.Proposal) ReviewRow {
	a, b := c.recorded(p)
	out := ReviewRow{
		ID: c.reviewID(p.Pair), Left: c.reviewName(a), Right: c.reviewName(b), Weight: p.Weight, Probability: p.Probability,
		Origin: Choice{p.Origin, origins[p.Origin]}, Cause: causeText(policy, p.Cause, p.Type), State: string(p.State),
		Found: moment(p.At, c.space.loc), By: s.actorName(ctx, c, p.Actor),
	}
	if p.Decided > 0 {
		out.Decided = moment(p.Decided, c.space.loc)
	}
	return out
}

var reviewColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "left", Name: "左 left"}, {Key: "right", Name: "右 right"}, {Key: "leftId", Name: "左编号 leftId"}, {Key: "rightId", Name: "右编号 rightId"},
	{Key: "weight", Name: "证据 weight", Kind: export.Number}, {Key: "probability", Name: "可能性 probability", Kind: export.Number}, {Key: "origin", Name: "来自 origin"},
	{Key: "cause", Name: "原因 cause"}, {Key: "state", Name: "状态 state"}, {Key: "found", Name: "发现 found", Kind: export.Moment}, {Key: "by", Name: "处理人 by"},
	{Key: "decided", Name: "处理时间 decided", Kind: export.Moment},
}

func reviewCells(r *ReviewRow) []string {
	probability, cause, by := "", "", ""
	if r.Probability > 0 {
		probability = strconv.FormatFloat(r.Probability, 'f', 4, 64)
	}
	if r.Cause != nil {
		cause = r.Cause.Zh
	}
	if r.By != nil {
		by = r.By.Zh
	}
	return []string{
		r.ID, r.Left.Name, r.Right.Name, r.Left.ID, r.Right.ID, strconv.FormatFloat(r.Weight, 'f', 2, 64), probability, r.Origin.Key, cause, r.State, r.Found, by, r.Decided,
	}
}

func reviewPerson(r *ReviewRow) string { return r.Left.ID }

var (
	errNotMerged = fault.New(fault.Clash, "review_decided", "这一对已经处理过，先撤销再改", "this pair is decided; take that back first")
	errNotUndone = fault.New(fault.Clash, "review_open", "这一对还没有处理", "nothing was decided of this pair yet")
	errReviewWhy = fault.New(fault.Invalid, "review_reason", "写明原因", "say why").At("body.why")
)
