package api

import (
	"cmp"
	"context"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/conductor"
	"peiban/internal/conversation"
	"peiban/internal/event"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// Conversation is a row of the inbox: with whom, what was said last, and who owes whom an answer.
type Conversation struct {
	Person     Ref        `json:"person"`
	Age        *int       `json:"age,omitempty"`
	Gender     string     `json:"gender,omitempty"`
	State      string     `json:"state" enum:"open,theirs,snoozed,closed"`
	Safety     bool       `json:"safety" doc:"a safety task is open, or what was said speaks of an emergency"`
	Alarm      bool       `json:"alarm" doc:"what was said speaks of an emergency"`
	Last       *ChatShort `json:"last,omitempty"`
	Since      string     `json:"since,omitempty" doc:"since when the person waits"`
	Due        string     `json:"due,omitempty" doc:"by when an answer is owed"`
	Promised   bool       `json:"promised" doc:"a colleague promised it; otherwise it follows from the service's hours"`
	Until      string     `json:"until,omitempty" doc:"put aside until"`
	Closed     string     `json:"closed,omitempty"`
	Reason     *Text      `json:"reason,omitempty" doc:"why it is done"`
	Owner      *Ref       `json:"owner,omitempty" doc:"who has it: to whom it was handed, else the person's owner"`
	Acts       *Ref       `json:"acts,omitempty" doc:"who stands in while the owner is away"`
	Handed     bool       `json:"handed" doc:"it was handed to them; done, it is the person's owner's again"`
	Channel    Choice     `json:"channel"`
	Window     *Window    `json:"window,omitempty" doc:"what the channel still takes; absent: as much as is wanted"`
	Bot        bool       `json:"bot" doc:"the assistant may answer now"`
	BotFrom    string     `json:"botFrom,omitempty" doc:"when it may again, after a human talked"`
	Unanswered int        `json:"unanswered" doc:"questions it had no answer for"`
}

// ChatShort is the last thing said.
type ChatShort struct {
	From string `json:"from" enum:"person,staff,bot"`
	Text string `json:"text" doc:"its beginning; empty for who may not read it"`
	At   string `json:"at"`
}

// Window is what a channel still takes for a person.
type Window struct {
	Open  bool   `json:"open"`
	Left  int    `json:"left" doc:"messages"`
	Until string `json:"until,omitempty"`
}

// ConversationList is a page of the inbox, with how many there are of each kind.
type ConversationList struct {
	Listing[Conversation]
	Tabs ConversationTabs `json:"tabs"`
	AsOf string           `json:"asOf"`
}

// ConversationTabs are how many conversations the caller sees of each kind.
type ConversationTabs struct {
	Mine       int `json:"mine" doc:"that wait for the caller"`
	Unassigned int `json:"unassigned" doc:"that wait and are nobody's"`
	Theirs     int `json:"theirs" doc:"answered"`
	Snoozed    int `json:"snoozed"`
	Closed     int `json:"closed"`
	All        int `json:"all" doc:"that wait for anybody"`
	Safety     int `json:"safety" doc:"of those that wait for anybody"`
}

type conversationsInput struct {
	Paging
	Tab     string `query:"tab" enum:"mine,unassigned,theirs,snoozed,closed,all," doc:"mine when not given"`
	Channel string `query:"channel" enum:"inapp,kf,official,mini_program,wecom,sms," doc:"only by this way"`
	Safety  bool   `query:"safety" doc:"only those of safety"`
}

func (s *Server) conversationOperations() {
	serve(s, operation{"conversations", http.MethodGet, "/api/conversations", "conversations", "The inbox: the most urgent first", forStaff}, s.conversations)
	serve(s, operation{"conversation-counts", http.MethodGet, "/api/conversations/counts", "conversations", "How many conversations there are of each kind", forStaff}, s.conversationCounts)
	serve(s, operation{"person-conversation", http.MethodGet, "/api/people/{id}/conversation", "conversations", "What was said with a person by whatever way, newest first, and where it stands", forStaff}, s.personConversation)
	serve(s, operation{"handle-conversation", http.MethodPost, "/api/people/{id}/conversation", "conversations", "Promise, put aside, hand over, finish or open again a conversation, or leave a note", forStaff}, s.handleConversation)
	serve(s, operation{"suggestions", http.MethodGet, "/api/people/{id}/suggestions", "conversations", "Approved answers and quick replies that fit what a person asked, with where they come from", forStaff}, s.suggestions)
	serve(s, operation{"my-chat", http.MethodGet, "/api/me/chat", "me", "What I and those who look after me wrote, newest first", forPerson}, s.myChat)
	serve(s, operation{"say", http.MethodPost, "/api/me/chat", "me", "Write to those who look after me", forPerson}, s.say)
}

// desk is who has which conversations at a moment.
type inboxDesk struct {
	mine, owned *roaring.Bitmap
	stands      []string // the caller and those they stand in for
	safety      *roaring.Bitmap
	now         int64
	policy      conversation.Policy
	loc         *time.Location
}

func (s *Server) inboxDesk(ctx context.Context, c *caller) (*inboxDesk, error) {
	cd := c.space.Conductor
	d := &inboxDesk{now: c.space.now(), policy: cd.TalkSettings().Policy, loc: c.space.loc, safety: roaring.New(), mine: roaring.New(), owned: roaring.New()}
	d.stands = append([]string{c.member.ID}, s.actingFor(ctx, c)...)
	for _, id := range d.stands {
		d.mine.Or(cd.Members("owner", id))
	}
	for _, m := range c.space.team(ctx, s.store) {
		d.owned.Or(cd.Members("owner", m.ID))
	}
	open, err := cd.OpenTasks(ctx)
	if err != nil {
		return nil, err
	}
	for i := range open {
		if open[i].Priority == task.Safety {
			d.safety.Add(uint32(open[i].Person))
		}
	}
	return d, nil
}

func (d *inboxDesk) isMine(t *conversation.Talk) bool {
	if t.Owner != 0 {
		return slices.Contains(d.stands, t.Owner.String())
	}
	return d.mine.Contains(uint32(t.Person))
}

func (d *inboxDesk) isNobodys(t *conversation.Talk) bool {
	return t.Owner == 0 && !d.owned.Contains(uint32(t.Person))
}

// urgentTalk is a conversation with what it is urgentTalk by.
type urgentTalk struct {
	talk conversation.Talk
	by   conversation.Urgency
}

func (s *Server) conversations(ctx context.Context, in *conversationsInput) (ConversationList, error) {
	v := ConversationList{}
	v.Items = []Conversation{}
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return v, err
	}
	d, err := s.inboxDesk(ctx, c)
	if err != nil {
		return v, err
	}
	v.AsOf = moment(d.now, c.space.loc)
	start, err := offset(in.Cursor, math.MaxInt32)
	if err != nil {
		return v, err
	}
	rows, total, err := s.chosenTalks(ctx, c, d, in, &v.Tabs, start+in.limit(50))
	if err != nil {
		return v, err
	}
	v.Total = total
	start = min(start, total)
	end := min(start+in.limit(50), total)
	if end < total {
		v.NextCursor = itoa(end)
	}
	var people []person.Number
	for i := start; i < end; i++ {
		row, ok, err := s.conversationView(ctx, c, d, &rows[i].talk)
		if err != nil {
			return v, err
		}
		if ok {
			v.Items = append(v.Items, row)
			people = append(people, rows[i].talk.Person)
		}
	}
	return v, s.named(ctx, c, "conversations.list", people)
}

// conversationCounts names nobody.
func (s *Server) conversationCounts(ctx context.Context, _ *Empty) (ConversationTabs, error) {
	var v ConversationTabs
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return v, err
	}
	d, err := s.inboxDesk(ctx, c)
	if err != nil {
		return v, err
	}
	_, _, err = s.chosenTalks(ctx, c, d, &conversationsInput{}, &v, 1)
	return v, err
}

// chosenTalks are the first conversations of one tab in its order, at most so many, of how many, and how many there are in each tab. Of
// hundreds of thousands that wait a page is looked at, so only what may be among the first is kept and put in order.
func (s *Server) chosenTalks(ctx context.Context, c *caller, d *inboxDesk, in *conversationsInput, tabs *ConversationTabs, first int) (out []urgentTalk, total int, err error) {
	seen := s.visible(ctx, c)
	tab := cmp.Or(in.Tab, "mine")
	order := inOrder(tab)
	reckon := d.policy.Dues(d.loc)
	cut := false // out holds first already, and nothing behind its last is wanted
	err = c.space.Conductor.Talks(ctx, func(t *conversation.Talk) {
		if !seen.Contains(uint32(t.Person)) {
			return
		}
		safety := t.Alarm != 0 || d.safety.Contains(uint32(t.Person))
		if in.Channel != "" && t.Channel() != in.Channel || in.Safety && !safety {
			return
		}
		state := t.StateAt(d.now)
		fits := tab == string(state)
		switch state {
		case conversation.Open:
			tabs.All++
			if safety {
				tabs.Safety++
			}
			fits = tab == "all"
			switch {
			case d.isMine(t):
				tabs.Mine++
				fits = fits || tab == "mine"
			case d.isNobodys(t):
				tabs.Unassigned++
				fits = fits || tab == "unassigned"
			}
		case conversation.Theirs:
			tabs.Theirs++
		case conversation.Snoozed:
			tabs.Snoozed++
		case conversation.Closed:
			tabs.Closed++
		}
		if !fits {
			return
		}
		total++
		x := urgentTalk{*t, reckon.Urgency(t, safety)}
		if cut && order(x, out[first-1]) > 0 {
			return
		}
		if out = append(out, x); len(out) >= 2*first+roomToSort {
			slices.SortFunc(out, order)
			out, cut = out[:first], true
		}
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortFunc(out, order)
	return out[:min(first, len(out))], total, nil
}

// roomToSort is how many more than are wanted are kept before they are put in order.
const roomToSort = 500

// inOrder compares conversations as a tab has them.
func inOrder(tab string) func(a, b urgentTalk) int {
	return func(a, b urgentTalk) int {
		order := 0
		switch tab {
		case "snoozed": // what comes back first
			order = cmp.Compare(a.talk.Until, b.talk.Until)
		case "closed":
			order = -cmp.Compare(a.talk.Closed, b.talk.Closed)
		case "theirs":
			order = -cmp.Compare(a.talk.Last, b.talk.Last)
		default:
			order = a.by.Compare(b.by)
		}
		return cmp.Or(order, cmp.Compare(a.talk.Person, b.talk.Person))
	}
}

// shortText is how much of what was said last a row shows, characters.
const shortText = 60

// conversationView shapes a row; false: the person is gone.
func (s *Server) conversationView(ctx context.Context, c *caller, d *inboxDesk, t *conversation.Talk) (Conversation, bool, error) {
	card, ok := c.space.Conductor.Directory().ByNumber(t.Person)
	if !ok || card.Erased {
		return Conversation{}, false, nil
	}
	loc := c.space.loc
	v := Conversation{
		Person: Ref{string(card.ID), c.nameOf(card)}, Age: age(card.BirthYear, d.now, loc), Gender: card.Gender, State: string(t.StateAt(d.now)), Alarm: t.Alarm != 0,
		Safety: t.Alarm != 0 || d.safety.Contains(uint32(t.Person)), Since: moment(t.Waiting, loc), Due: moment(d.policy.Due(t, loc), loc), Promised: t.Promise != 0,
		Closed: moment(t.Closed, loc), Handed: t.Owner != 0, Unanswered: int(t.Lacking),
		Channel: Choice{t.Channel(), channelWords[t.Channel()]},
	}
	if t.Until > d.now {
		v.Until = moment(t.Until, loc)
	}
	if t.Reason != 0 {
		v.Reason = optional(event.Words("conversation", "reason")[t.Reason.String()])
	}
	owner := cmp.Or(t.Owner.String(), card.Owner)
	v.Owner = c.space.ref(ctx, s.store, owner)
	if b := c.space.book(ctx, s.store, s.log); owner != "" && b != nil && b.Away(owner, d.now) {
		v.Acts = c.space.ref(ctx, s.store, b.Acting(owner, d.now).Acts)
	}
	if w := t.Window(time.UnixMicro(d.now)); w.Limited {
		v.Window = &Window{Open: w.Open(), Left: w.Left}
		if !w.Until.IsZero() {
			v.Window.Until = moment(w.Until.UnixMicro(), loc)
		}
	}
	set := c.space.Conductor.TalkSettings()
	if v.Bot = set.Assistant.On && t.BotAt(d.now, set.Policy.Pause); set.Assistant.On && !v.Bot {
		v.BotFrom = moment(t.Human+set.Policy.Pause.Microseconds(), loc)
	}
	if t.Last == 0 {
		return v, true, nil
	}
	v.Last = &ChatShort{From: sayer[t.LastFrom], At: moment(t.Last, loc)}
	if c.masked() {
		return v, true, nil
	}
	words, _, err := s.wordsAt(ctx, c, t.Person, []event.Seq{t.LastSeq})
	if err != nil {
		return v, false, err
	}
	v.Last.Text = beginning(words[t.LastSeq].Text, shortText)
	return v, true, nil
}

var sayer = map[conversation.From]string{conversation.Person: "person", conversation.Staff: "staff", conversation.Bot: "bot"}

var channelWords = map[string]Text{
	"inapp": text("手机端", "The phone app"), "kf": text("微信客服", "WeChat customer service"), "official": text("公众号", "Official account"),
	"mini_program": text("小程序", "Mini-program"), "wecom": text("企业微信", "WeCom"), "sms": text("短信", "Text message"),
}

// beginning is a text's first characters, on one line.
func beginning(said string, most int) string {
	out := make([]rune, 0, most+1)
	for _, r := range said {
		if r == '\n' || r == '\r' {
			r = ' '
		}
		if len(out) == most {
			return string(out) + "…"
		}
		out = append(out, r)
	}
	return string(out)
}

// wordsAt opens what was said at some places of a person's log.
func (s *Server) wordsAt(ctx context.Context, c *caller, n person.Number, seqs []event.Seq) (map[event.Seq]conductor.Wording, map[event.Seq]event.Event, error) {
	if len(seqs) == 0 {
		return nil, nil, nil
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), n, seqs)
	if err != nil {
		return nil, nil, err
	}
	words, err := c.space.Conductor.Words(n, es)
	by := make(map[event.Seq]event.Event, len(es))
	for _, e := range es {
		by[e.Seq] = e
	}
	return words, by, err
}
