package api

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/oklog/ulid/v2"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/conversation"
	"peiban/internal/event"
	"peiban/internal/knowledge"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// talkStore keeps what is said many times, and how conversations are answered.
type talkStore interface {
	conductor.TalkStore
	KnowledgeEntry(ctx context.Context, w workspace.Number, id string) (knowledge.Entry, error)
	SaveKnowledge(ctx context.Context, w workspace.Number, es []knowledge.Entry, at int64, actor string, entries ...audit.Entry) (int64, error)
	SaveTalkSettings(ctx context.Context, w workspace.Number, set conversation.TalkSettings, version, at int64, actor string, entries ...audit.Entry) error
}

// Knowledge is an entry of the knowledge base.
type Knowledge struct {
	ID         string   `json:"id"`
	Kind       string   `json:"kind" enum:"answer,article,quick"`
	Title      string   `json:"title"`
	Questions  []string `json:"questions" doc:"the ways people ask it"`
	Text       string   `json:"text"`
	TextEn     string   `json:"textEn,omitempty"`
	Audience   []string `json:"audience" doc:"person, family, doctor; none: everybody"`
	Gravity    int      `json:"gravity"`
	Source     string   `json:"source" doc:"where it comes from"`
	Automatic  bool     `json:"automatic" doc:"the assistant may say it"`
	State      string   `json:"state" enum:"draft,approved,retired"`
	Expired    bool     `json:"expired" doc:"it was approved more than a year ago: it is not offered until it is approved anew"`
	WrittenBy  *Ref     `json:"writtenBy,omitempty"`
	ApprovedBy *Ref     `json:"approvedBy,omitempty"`
	ApprovedAt string   `json:"approvedAt,omitempty"`
	Expires    string   `json:"expires,omitempty"`
	Quote      string   `json:"quote,omitempty" doc:"of a search: the sentence that fits best"`
	Version    int64    `json:"version"`
}

func (v Knowledge) etag() string { return quoted(v.Version) }

// KnowledgeBody is what is written of an entry.
type KnowledgeBody struct {
	Kind      string   `json:"kind" enum:"answer,article,quick"`
	Title     string   `json:"title" maxLength:"200"`
	Questions []string `json:"questions,omitempty" maxItems:"40"`
	Text      string   `json:"text" maxLength:"8000"`
	TextEn    string   `json:"textEn,omitempty" maxLength:"8000"`
	Audience  []string `json:"audience,omitempty" maxItems:"3"`
	Gravity   int      `json:"gravity,omitempty" minimum:"0" maximum:"3"`
	Source    string   `json:"source,omitempty" maxLength:"200"`
	Automatic bool     `json:"automatic,omitempty"`
}

// KnowledgeList is a page of the base.
type KnowledgeList struct {
	Listing[Knowledge]
	MayApprove bool `json:"mayApprove"`
	MayWrite   bool `json:"mayWrite"`
}

// KnowledgePath names an entry.
type KnowledgePath struct {
	ID string `path:"entry" maxLength:"40"`
}

func (s *Server) knowledgeOperations() {
	serve(s, operation{"knowledge", http.MethodGet, "/api/knowledge", "conversations", "What is said many times: answers, articles, quick replies; with q the best first", forStaff}, s.listKnowledge)
	serve(s, operation{"add-knowledge", http.MethodPost, "/api/knowledge", "conversations", "Write an entry; it is a draft until somebody else approves it", forStaff}, s.addKnowledge)
	serve(s, operation{"change-knowledge", http.MethodPut, "/api/knowledge/{entry}", "conversations", "Write an entry anew; it is a draft again", forStaff}, s.changeKnowledge)
	serve(s, operation{"approve-knowledge", http.MethodPost, "/api/knowledge/{entry}/approve", "conversations", "Approve an entry a colleague wrote, for a year; pharmacists and doctors do", forStaff}, s.approveKnowledge)
	serve(s, operation{"retire-knowledge", http.MethodPost, "/api/knowledge/{entry}/retire", "conversations", "Offer and say an entry no more", forStaff}, s.retireKnowledge)
	serve(s, operation{"questions", http.MethodGet, "/api/questions", "conversations", "What people asked and the assistant had no answer for, newest first", forStaff}, s.questions)
	serve(s, operation{"conversation-settings", http.MethodGet, "/api/conversation-settings", "conversations", "How conversations are answered", forStaff}, s.talkSettings)
	serve(s, operation{"save-conversation-settings", http.MethodPut, "/api/conversation-settings", "conversations", "Change that, for managers", forStaff}, s.saveTalkSettings)
}

type knowledgeInput struct {
	Paging
	Q     string `query:"q" maxLength:"200" doc:"words to look for"`
	Kind  string `query:"kind" enum:"answer,article,quick,"`
	State string `query:"state" enum:"draft,approved,retired,"`
}

func approves(c *caller) bool {
	return c.member.Role == staff.Pharmacist || c.member.Role == staff.Doctor
}

func (s *Server) listKnowledge(ctx context.Context, in *knowledgeInput) (KnowledgeList, error) {
	v := KnowledgeList{}
	v.Items = []Knowledge{}
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return v, err
	}
	v.MayApprove, v.MayWrite = approves(c), c.member.Role.Can(staff.CanWork)
	es, revision, err := s.store.Knowledge(ctx, c.space.number())
	if err != nil {
		return v, err
	}
	var kinds []knowledge.Kind
	if in.Kind != "" {
		kinds = []knowledge.Kind{knowledge.Kind(in.Kind)}
	}
	var hits []knowledge.Hit
	if q := strings.TrimSpace(in.Q); q != "" {
		x, err := c.space.shelf.At(revision, func() ([]knowledge.Entry, int64, error) { return es, revision, nil })
		if err != nil {
			return v, err
		}
		hits = x.Search(q, knowledge.Wanted{Kinds: kinds}, mostFound)
	} else {
		for i := range es {
			if len(kinds) == 0 || es[i].Kind == kinds[0] {
				hits = append(hits, knowledge.Hit{Entry: &es[i]})
			}
		}
		slices.SortFunc(hits, func(a, b knowledge.Hit) int {
			return cmp.Or(-cmp.Compare(a.Revision, b.Revision), cmp.Compare(a.ID, b.ID))
		})
	}
	hits = slices.DeleteFunc(hits, func(h knowledge.Hit) bool { return in.State != "" && string(h.State) != in.State })
	start, err := offset(in.Cursor, len(hits))
	if err != nil {
		return v, err
	}
	end := min(start+in.limit(50), len(hits))
	if end < len(hits) {
		v.NextCursor = itoa(end)
	}
	v.Total = len(hits)
	for _, h := range hits[start:end] {
		v.Items = append(v.Items, s.knowledgeView(ctx, c, h))
	}
	return v, nil
}

// mostFound is how many entries a search of editors finds.
const mostFound = 500

func (s *Server) knowledgeView(ctx context.Context, c *caller, h knowledge.Hit) Knowledge {
	e := h.Entry
	return Knowledge{
		ID: e.ID, Kind: string(e.Kind), Title: e.Title, Questions: append([]string{}, e.Questions...), Text: e.Text, TextEn: e.TextEn,
		Audience: append([]string{}, e.Audience...), Gravity: e.Gravity, Source: e.Source, Automatic: e.Automatic, State: string(e.State),
		Expired: e.State == knowledge.Approved && !e.Usable(c.space.now()), WrittenBy: c.space.ref(ctx, s.store, e.WrittenBy),
		ApprovedBy: c.space.ref(ctx, s.store, e.ApprovedBy), ApprovedAt: moment(e.ApprovedAt, c.space.loc), Expires: moment(e.Expires, c.space.loc),
		Quote: h.Quote, Version: e.Revision,
	}
}

type addKnowledgeInput struct{ Body KnowledgeBody }

func (b *KnowledgeBody) entry() knowledge.Entry {
	return knowledge.Entry{
		Kind: knowledge.Kind(b.Kind), Title: b.Title, Questions: b.Questions, Text: b.Text, TextEn: b.TextEn, Audience: b.Audience, Gravity: b.Gravity,
		Source: b.Source, Automatic: b.Automatic, State: knowledge.Draft,
	}.Tidied()
}

func (s *Server) addKnowledge(ctx context.Context, in *addKnowledgeInput) (Knowledge, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return Knowledge{}, err
	}
	e := in.Body.entry()
	e.ID, e.WrittenBy = ulid.Make().String(), c.member.ID
	if err := e.Check(); err != nil {
		return Knowledge{}, err
	}
	return s.saveEntry(ctx, c, e, "knowledge.add")
}

func (s *Server) saveEntry(ctx context.Context, c *caller, e knowledge.Entry, action string) (Knowledge, error) {
	entry := s.entry(ctx, c, action, 0, map[string]any{"entry": e.ID, "kind": string(e.Kind), "automatic": e.Automatic})
	revision, err := s.store.SaveKnowledge(ctx, c.space.number(), []knowledge.Entry{e}, c.space.now(), c.actor(), entry)
	if err != nil {
		return Knowledge{}, err
	}
	e.Revision = revision
	return s.knowledgeView(ctx, c, knowledge.Hit{Entry: &e}), nil
}

type changeKnowledgeInput struct {
	KnowledgePath
	Based
	Body KnowledgeBody
}

// entryFor finds an entry that the caller read as it is.
func (s *Server) entryFor(ctx context.Context, id string, based *Based) (*caller, knowledge.Entry, error) {
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return nil, knowledge.Entry{}, err
	}
	e, err := s.store.KnowledgeEntry(ctx, c.space.number(), id)
	if err != nil {
		return nil, e, err
	}
	return c, e, based.check(e.Revision)
}

func (s *Server) changeKnowledge(ctx context.Context, in *changeKnowledgeInput) (Knowledge, error) {
	c, was, err := s.entryFor(ctx, in.ID, &in.Based)
	if err != nil {
		return Knowledge{}, err
	}
	e := in.Body.entry()
	e.ID, e.WrittenBy, e.Revision = was.ID, c.member.ID, was.Revision
	if err := e.Check(); err != nil {
		return Knowledge{}, err
	}
	return s.saveEntry(ctx, c, e, "knowledge.change")
}

type stateKnowledgeInput struct {
	KnowledgePath
	Based
}

func (s *Server) approveKnowledge(ctx context.Context, in *stateKnowledgeInput) (Knowledge, error) {
	c, e, err := s.entryFor(ctx, in.ID, &in.Based)
	if err != nil {
		return Knowledge{}, err
	}
	if !approves(c) {
		return Knowledge{}, errWordsReviewer
	}
	if err := e.Check(); err != nil { // the rules of words may have grown since it was written
		return Knowledge{}, err
	}
	if e.State == knowledge.Approved && !e.Usable(c.space.now()) { // it is approved anew
		e.State = knowledge.Draft
	}
	if err := e.Approve(c.member.ID, c.space.now()); err != nil {
		return Knowledge{}, err
	}
	return s.saveEntry(ctx, c, e, "knowledge.approve")
}

func (s *Server) retireKnowledge(ctx context.Context, in *stateKnowledgeInput) (Knowledge, error) {
	c, e, err := s.entryFor(ctx, in.ID, &in.Based)
	if err != nil {
		return Knowledge{}, err
	}
	if e.State == knowledge.Retired {
		return Knowledge{}, knowledge.ErrState
	}
	e.State = knowledge.Retired
	return s.saveEntry(ctx, c, e, "knowledge.retire")
}

// Suggestions are what may be said to a person now.
type Suggestions struct {
	Asked   string      `json:"asked" doc:"what was looked for: the person's newest line, or q"`
	Answers []Knowledge `json:"answers"`
	Quick   []Knowledge `json:"quick"`
}

type suggestionsInput struct {
	IDPath
	Q string `query:"q" maxLength:"200" doc:"look for this instead of the person's newest line"`
}

// mostSuggested is how many of each are offered.
const mostSuggested = 5

func (s *Server) suggestions(ctx context.Context, in *suggestionsInput) (Suggestions, error) {
	v := Suggestions{Asked: strings.TrimSpace(in.Q), Answers: []Knowledge{}, Quick: []Knowledge{}}
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return v, err
	}
	if v.Asked == "" && !c.masked() {
		if t := c.space.Conductor.Talk(card.Number); t.HeardSeq != 0 {
			words, _, err := s.wordsAt(ctx, c, card.Number, []event.Seq{t.HeardSeq})
			if err != nil {
				return v, err
			}
			v.Asked = beginning(words[t.HeardSeq].Text, 200)
		}
	}
	x, err := s.knowledgeOf(ctx, c)
	if err != nil {
		return v, err
	}
	now := c.space.now()
	for _, h := range x.Search(v.Asked, knowledge.Wanted{Kinds: []knowledge.Kind{knowledge.Answer, knowledge.Article}, Audience: "person", Now: now}, mostSuggested) {
		v.Answers = append(v.Answers, s.knowledgeView(ctx, c, h))
	}
	quick := knowledge.Wanted{Kinds: []knowledge.Kind{knowledge.Quick}, Audience: "person", Now: now}
	for _, h := range x.Search(v.Asked, quick, mostSuggested) {
		v.Quick = append(v.Quick, s.knowledgeView(ctx, c, h))
	}
	if in.Q == "" { // the others follow: staff choose among all quick replies
		for _, e := range x.Entries() {
			if e.Kind == knowledge.Quick && e.Usable(now) && e.For("person") && !slices.ContainsFunc(v.Quick, func(k Knowledge) bool { return k.ID == e.ID }) && len(v.Quick) < 40 {
				v.Quick = append(v.Quick, s.knowledgeView(ctx, c, knowledge.Hit{Entry: &e}))
			}
		}
	}
	return v, s.read(ctx, c, "conversation.suggestions", card.Number)
}

// knowledgeOf is the knowledge as it is now.
func (s *Server) knowledgeOf(ctx context.Context, c *caller) (*knowledge.Index, error) {
	if x := c.space.Conductor.TalkSettings().Base; x != nil {
		return x, nil
	}
	revision, err := s.store.KnowledgeRevision(ctx, c.space.number())
	if err != nil {
		return nil, err
	}
	return c.space.shelf.At(revision, func() ([]knowledge.Entry, int64, error) { return s.store.Knowledge(ctx, c.space.number()) })
}

// UnansweredQuestion is what somebody asked and the assistant had no answer for.
type UnansweredQuestion struct {
	Chat   string `json:"chat" doc:"settle it with this"`
	Person Ref    `json:"person"`
	At     string `json:"at"`
	Text   string `json:"text" doc:"numbers that may name somebody are hidden"`
}

func (s *Server) questions(ctx context.Context, in *Paging) (Listing[UnansweredQuestion], error) {
	v := Listing[UnansweredQuestion]{Items: []UnansweredQuestion{}}
	c, _, err := s.authorize(ctx, staff.CanWork)
	if err != nil {
		return v, err
	}
	seen := s.visible(ctx, c)
	var of []person.Number
	if err := c.space.Conductor.Talks(ctx, func(t *conversation.Talk) {
		if t.Lacking > 0 && seen.Contains(uint32(t.Person)) {
			of = append(of, t.Person)
		}
	}); err != nil {
		return v, err
	}
	type asked struct {
		n   person.Number
		seq event.Seq
		at  int64
		id  string
	}
	var all []asked
	for _, n := range of {
		_, view, _, ok := c.space.Conductor.Glance(n)
		if !ok {
			continue
		}
		for _, q := range conversation.Lacking(view.Timeline) {
			if i := view.Find(q); i >= 0 {
				all = append(all, asked{n, q, view.At[i], event.IDOf(view.Recv[i], q)})
			}
		}
	}
	slices.SortFunc(all, func(a, b asked) int { return cmp.Or(-cmp.Compare(a.at, b.at), -cmp.Compare(a.seq, b.seq)) })
	v.Total = len(all)
	start, err := offset(in.Cursor, len(all))
	if err != nil {
		return v, err
	}
	end := min(start+in.limit(50), len(all))
	if end < len(all) {
		v.NextCursor = itoa(end)
	}
	var people []person.Number
	for _, a := range all[start:end] {
		words, _, err := s.wordsAt(ctx, c, a.n, []event.Seq{a.seq})
		if err != nil {
			return v, err
		}
		card, _ := c.space.Conductor.Directory().ByNumber(a.n)
		q := UnansweredQuestion{Chat: a.id, Person: Ref{string(card.ID), c.nameOf(card)}, At: moment(a.at, c.space.loc)}
		if !c.masked() {
			q.Text = withoutNumbers(words[a.seq].Text)
		}
		v.Items = append(v.Items, q)
		people = append(people, a.n)
	}
	return v, s.named(ctx, c, "questions.list", people)
}

// longNumber is what may be a telephone number, an identity card, an order or an account; a measured value is shorter.
var longNumber = regexp.MustCompile(`[0-9０-９][0-9０-９ \-]{4,}[0-9０-９xX]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+`)

func withoutNumbers(said string) string { return longNumber.ReplaceAllString(said, "＊＊＊") }

// ConversationSettings are how conversations are answered.
type ConversationSettings struct {
	conversation.TalkSettings
	Version int64 `json:"version"`
	May     bool  `json:"may" doc:"the caller may change it"`
}

func (v ConversationSettings) etag() string { return quoted(v.Version) }

func (s *Server) talkSettings(ctx context.Context, _ *Empty) (ConversationSettings, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return ConversationSettings{}, err
	}
	set, version, err := s.store.TalkSettings(ctx, c.space.number())
	return ConversationSettings{set, version, c.member.Role.Can(staff.CanAssign)}, err
}

type talkSettingsInput struct {
	Based
	Body conversation.TalkSettings
}

func (s *Server) saveTalkSettings(ctx context.Context, in *talkSettingsInput) (ConversationSettings, error) {
	c, _, err := s.authorize(ctx, staff.CanAssign)
	if err != nil {
		return ConversationSettings{}, err
	}
	was, version, err := s.store.TalkSettings(ctx, c.space.number())
	if err != nil {
		return ConversationSettings{}, err
	}
	if err := in.check(version); err != nil {
		return ConversationSettings{}, err
	}
	if err := in.Body.Check(); err != nil {
		return ConversationSettings{}, err
	}
	entry := s.entry(ctx, c, "conversation.settings", 0, map[string]any{"before": was, "after": in.Body})
	if err := s.store.SaveTalkSettings(ctx, c.space.number(), in.Body, version, c.space.now(), c.actor(), entry); err != nil {
		return ConversationSettings{}, err
	}
	return s.talkSettings(ctx, nil)
}
