package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/measure"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/suspicion"
	"peiban/internal/timeline"
)

// DataDoubt is something that does not fit in somebody's readings, and what shows it.
type DataDoubt struct {
	ID       string         `json:"id"`
	Person   Ref            `json:"person"`
	Owner    *Ref           `json:"owner,omitempty"`
	Reason   Choice         `json:"reason"`
	Text     Text           `json:"text" doc:"what was found, in a sentence"`
	FoundAt  string         `json:"foundAt"`
	Since    string         `json:"since" doc:"of the first reading in doubt"`
	Until    string         `json:"until" doc:"of the last"`
	Count    int            `json:"count" doc:"readings in doubt; evidence names the newest"`
	Device   string         `json:"device,omitempty"`
	Other    *Ref           `json:"other,omitempty" doc:"the other person, to who may see both"`
	Unseen   bool           `json:"unseen,omitempty" doc:"there is another person, whom the caller may not see"`
	State    string         `json:"state" enum:"open,cleared"`
	Cleared  *DoubtCleared  `json:"cleared,omitempty"`
	Evidence []DoubtReading `json:"evidence"`
}

// DoubtCleared is who found it well, when and why.
type DoubtCleared struct {
	At   string `json:"at"`
	By   *Text  `json:"by,omitempty"`
	Why  Choice `json:"why"`
	Note string `json:"note,omitempty"`
}

// DoubtReading is one reading that shows it.
type DoubtReading struct {
	ID       string `json:"id"`
	At       string `json:"at"`
	Received string `json:"received"`
	Type     string `json:"type"`
	Text     Text   `json:"text"`
}

// DoubtList is a page of doubts, with how many of each reason there are in the state asked for.
type DoubtList struct {
	Listing[DataDoubt]
	Open    int           `json:"open"`
	Cleared int           `json:"cleared"`
	Reasons []DoubtReason `json:"reasons"`
	Whys    []Choice      `json:"whys" doc:"why one may be cleared"`
	AsOf    string        `json:"asOf"`
}

// DoubtReason is a reason with how many there are.
type DoubtReason struct {
	Choice
	N int `json:"n"`
}

// clearings are why a doubt is cleared, in the order they are offered.
var clearings = []Choice{
	{"confirmed", text("本人核对过，数值属实", "The person checked: the values are right")},
	{"household", text("家里人共用一台设备", "A household shares the device")},
	{"handed_on", text("设备转给了别人", "The device was handed on")},
	{"same_person", text("是同一个人，重复建档", "It is the same person, entered twice")},
	{"device_clock", text("设备的时钟不对，已调好", "The device's clock was wrong and is set")},
	{"upload", text("上传或对接出的错", "An error of uploading or of a connection")},
	{"test", text("测试数据或测试设备", "Test data or a test device")},
	{"other", text("其他，见备注", "Another; see the note")},
}

var (
	errWhyClear  = fault.New(fault.Invalid, "clearing_reason", "没有这样的核清原因", "there is no such reason for clearing").At("body.why")
	errNoteOther = fault.New(fault.Invalid, "note_missing", "选“其他”时请写备注", "with another reason, write a note").At("body.note")
)

type doubtsIn struct {
	Paging
	Reason string `query:"reason" enum:"repeated,too_many,shared_device,time_travel,copied," doc:"only of one reason"`
	State  string `query:"state" enum:"open,cleared,all," doc:"open when not given"`
}

type clearIn struct {
	IDPath
	Doubt string `path:"doubt" maxLength:"40"`
	Body  struct {
		Why  string `json:"why" maxLength:"40"`
		Note string `json:"note,omitempty" maxLength:"300"`
	}
}

func (s *Server) doubtOperations() {
	serve(s, operation{"doubts", http.MethodGet, "/api/doubts", "doubts", "Doubtful data of the people the caller sees", forStaff}, s.doubts)
	serve(s, operation{"person-doubts", http.MethodGet, "/api/people/{id}/doubts", "doubts", "What is doubtful about a person's data, and what shows it", forStaff}, s.personDoubts)
	serve(s, operation{"clear-doubt", http.MethodPost, "/api/people/{id}/doubts/{doubt}/clear", "doubts", "Say that doubtful data is well, and why", forStaff}, s.clearDoubt)
}

// chosenDoubts are those the caller may see of what was asked for, the newest first, and the list's figures.
func (s *Server) chosenDoubts(ctx context.Context, in *doubtsIn, p staff.Permission) (*caller, []conductor.Doubt, DoubtList, error) {
	v := DoubtList{Reasons: []DoubtReason{}, Whys: clearings}
	v.Items = []DataDoubt{}
	c, _, err := s.authorize(ctx, p)
	if err != nil {
		return nil, nil, v, err
	}
	all, err := c.space.Conductor.Doubts(ctx)
	if err != nil {
		return nil, nil, v, err
	}
	v.AsOf = moment(c.space.now(), c.space.loc)
	seen := s.visible(ctx, c)
	var out []conductor.Doubt
	of := map[string]int{}
	for _, d := range all {
		if !seen.Contains(uint32(d.Person)) {
			continue
		}
		state := "open"
		if d.Past.Cleared != 0 {
			state = "cleared"
			v.Cleared++
		} else {
			v.Open++
		}
		if in.State != "all" && state != in.State && (in.State != "" || state != "open") {
			continue
		}
		of[d.Reason]++
		if in.Reason == "" || in.Reason == d.Reason {
			out = append(out, d)
		}
	}
	for _, r := range suspicion.Reasons {
		v.Reasons = append(v.Reasons, DoubtReason{Choice{r, doubtReason(r)}, of[r]})
	}
	v.Total = len(out)
	return c, out, v, nil
}

func doubtReason(code string) Text {
	spec := event.DataSuspect.Spec()
	return spec.Word(spec.Field("reason"), code)
}

func (s *Server) doubts(ctx context.Context, in *doubtsIn) (DoubtList, error) {
	c, all, v, err := s.chosenDoubts(ctx, in, staff.CanReadPeople)
	if err != nil {
		return v, err
	}
	start, err := offset(in.Cursor, len(all))
	if err != nil {
		return v, err
	}
	end := min(start+in.limit(50), len(all))
	if end < len(all) {
		v.NextCursor = strconv.Itoa(end)
	}
	v.Items, err = s.doubtViews(ctx, c, all[start:end], "doubts.list")
	return v, err
}

// doubtViews shapes doubts and leaves a row for each person named, the other person too.
func (s *Server) doubtViews(ctx context.Context, c *caller, some []conductor.Doubt, action string) ([]DataDoubt, error) {
	out := make([]DataDoubt, 0, len(some))
	var people []person.Number
	for i := range some {
		v, other, err := s.doubtView(ctx, c, &some[i])
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if people = append(people, some[i].Person); other != 0 {
			people = append(people, other)
		}
	}
	return out, s.named(ctx, c, action, people)
}

func (s *Server) doubtView(ctx context.Context, c *caller, d *conductor.Doubt) (v DataDoubt, other person.Number, err error) {
	card, tl, _, ok := c.space.Conductor.Glance(d.Person)
	if !ok {
		return v, 0, person.ErrMissing
	}
	said, cleared, err := s.doubtSaid(ctx, c, d, tl)
	if err != nil {
		return v, 0, err
	}
	v = DataDoubt{
		ID: event.IDOf(d.Recv, d.Seq), Person: Ref{string(card.ID), c.nameOf(card)}, Owner: c.space.ref(ctx, s.store, card.Owner),
		Reason:  Choice{d.Reason, doubtReason(d.Reason)},
		FoundAt: moment(d.At, tl.Loc), Since: moment(d.Since, tl.Loc), Until: moment(d.Until, tl.Loc), Count: d.Count,
		Device: d.Device.String(), State: "open", Cleared: cleared, Evidence: []DoubtReading{},
	}
	if cleared != nil {
		v.State = "cleared"
	}
	if said.Other != "" {
		if o, ok := c.space.card(said.Other); ok && s.sees(ctx, c, o) {
			v.Other, other = &Ref{string(o.ID), c.nameOf(o)}, o.Number
		} else {
			v.Unseen = true
		}
	}
	v.Text = doubtText(&v)
	for _, q := range d.Evidence {
		if i := tl.Find(q); i >= 0 {
			v.Evidence = append(v.Evidence, DoubtReading{
				ID: event.IDOf(tl.Recv[i], q), At: moment(tl.At[i], tl.Loc), Received: moment(tl.Recv[i], tl.Loc),
				Type: tl.Type[i].String(), Text: valueText(tl, i),
			})
		}
	}
	slices.Reverse(v.Evidence)
	return v, other, nil
}

// saidOfDoubt is what the log has beside the numbers.
type saidOfDoubt struct{ Other, Why, Note string }

func (s *Server) doubtSaid(ctx context.Context, c *caller, d *conductor.Doubt, tl timeline.View) (said saidOfDoubt, cleared *DoubtCleared, err error) {
	seqs := []event.Seq{d.Seq}
	if d.By != 0 {
		seqs = append(seqs, d.By)
	}
	es, err := s.store.EventsBySeq(ctx, c.space.number(), d.Person, seqs)
	if err != nil {
		return said, nil, err
	}
	if err := c.space.Conductor.Reveal(d.Person, es); err != nil {
		return said, nil, err
	}
	_ = json.Unmarshal(es[0].Body, &said) // of an erased person: nothing
	if d.By == 0 {
		return said, nil, nil
	}
	var end saidOfDoubt
	_ = json.Unmarshal(es[1].Body, &end)
	cleared = &DoubtCleared{At: moment(d.Cleared, tl.Loc), By: s.actorName(ctx, c, es[1].Actor), Why: Choice{Key: end.Why, Text: Text{Zh: end.Why, En: end.Why}}}
	if i := slices.IndexFunc(clearings, func(x Choice) bool { return x.Key == end.Why }); i >= 0 {
		cleared.Why = clearings[i]
	}
	if !c.masked() {
		cleared.Note = end.Note
	}
	return said, cleared, nil
}

// doubtText says what was found, without a value.
func doubtText(v *DataDoubt) Text {
	n := strconv.Itoa(v.Count)
	switch v.Reason.Key {
	case suspicion.Repeated:
		return text("连续 "+n+" 次数值完全一样", n+" equal values in a row")
	case suspicion.TooMany:
		return text("一天自测 "+n+" 次", n+" own readings in a day")
	case suspicion.SharedDevice:
		return text("这台设备也有别人的读数，本人 "+n+" 次", "This device has another's readings too; "+n+" of this person's")
	case suspicion.Copied:
		return text("有 "+n+" 次读数和另一个人时刻、数值都一样", n+" readings equal another person's, moment by moment")
	}
	if v.Count > 1 {
		return text("同一台设备，后到的 "+n+" 次读数时间倒流", n+" readings of a device are dated before earlier ones")
	}
	return text("读数的时间不可能", "A reading is dated when it cannot have been")
}

// valueText is a reading as a list shows it.
func valueText(tl timeline.View, i int) Text {
	said := ""
	switch tl.Type[i] {
	case event.Glucose:
		said = measure.Show(tl.Num[i], measure.Range{}) + " mmol/L"
	case event.BloodPressure:
		said = strconv.FormatFloat(tl.Num[i], 'f', 0, 64) + "/" + strconv.FormatFloat(tl.XAt(i, 0), 'f', 0, 64) + " mmHg"
	case event.Weight:
		said = strconv.FormatFloat(tl.Num[i], 'f', 1, 64) + " kg"
	}
	return Text{Zh: said, En: said}
}

func (s *Server) personDoubts(ctx context.Context, in *IDPath) (DoubtList, error) {
	v := DoubtList{Reasons: []DoubtReason{}, Whys: clearings}
	c, card, err := s.authorizeOne(ctx, staff.CanReadPeople, in.ID)
	if err != nil {
		return v, err
	}
	all := c.space.Conductor.DoubtsOf(card.Number)
	of := map[string]int{}
	for _, d := range all {
		if d.Past.Cleared == 0 {
			v.Open++
			of[d.Reason]++
		} else {
			v.Cleared++
		}
	}
	for _, r := range suspicion.Reasons {
		v.Reasons = append(v.Reasons, DoubtReason{Choice{r, doubtReason(r)}, of[r]})
	}
	v.Total, v.AsOf = len(all), moment(c.space.now(), c.space.loc)
	v.Items, err = s.doubtViews(ctx, c, all[:min(len(all), mostDoubts)], "doubts.read")
	if len(all) == 0 {
		err = s.read(ctx, c, "doubts.read", card.Number)
	}
	return v, err
}

// mostDoubts is how many of one person are shown; the newest.
const mostDoubts = 100

func (s *Server) clearDoubt(ctx context.Context, in *clearIn) (DataDoubt, error) {
	c, card, err := s.authorizeOne(ctx, staff.CanWritePeople, in.ID)
	if err != nil {
		return DataDoubt{}, err
	}
	found, ok := event.SeqOf(in.Doubt)
	if !ok {
		return DataDoubt{}, conductor.ErrNoDoubt
	}
	at := slices.IndexFunc(c.space.Conductor.DoubtsOf(card.Number), func(d conductor.Doubt) bool { return d.Seq == found })
	if at < 0 {
		return DataDoubt{}, conductor.ErrNoDoubt
	}
	if !slices.ContainsFunc(clearings, func(x Choice) bool { return x.Key == in.Body.Why }) {
		return DataDoubt{}, errWhyClear
	}
	note := strings.TrimSpace(in.Body.Note)
	if in.Body.Why == "other" && note == "" {
		return DataDoubt{}, errNoteOther
	}
	proof := s.entry(ctx, c, "doubt.clear", card.Number, map[string]any{"doubt": in.Doubt, "why": in.Body.Why})
	if err := c.space.Conductor.ClearDoubt(ctx, card.Number, found, in.Body.Why, note, proof); err != nil {
		return DataDoubt{}, err
	}
	for _, d := range c.space.Conductor.DoubtsOf(card.Number) {
		if d.Seq == found {
			v, _, err := s.doubtView(ctx, c, &d)
			return v, err
		}
	}
	return DataDoubt{}, conductor.ErrNoDoubt
}

var doubtColumns = []export.Column{
	{Key: "id", Name: "编号 id"}, {Key: "name", Name: "姓名 name"}, {Key: "owner", Name: "负责人 owner"}, {Key: "reason", Name: "原因 reason"},
	{Key: "text", Name: "说明 text"}, {Key: "count", Name: "次数 count", Kind: export.Number}, {Key: "since", Name: "从 since", Kind: export.Moment},
	{Key: "until", Name: "到 until", Kind: export.Moment}, {Key: "device", Name: "设备 device"}, {Key: "other", Name: "另一人 other"},
	{Key: "found", Name: "发现 found", Kind: export.Moment}, {Key: "state", Name: "状态 state"}, {Key: "cleared", Name: "核清 cleared", Kind: export.Moment},
	{Key: "why", Name: "核清原因 why"}, {Key: "note", Name: "备注 note"},
}

// doubtsFile is the list as a file, all of it.
func (s *Server) doubtsFile(ctx context.Context, q url.Values) ([][]string, error) {
	in := &doubtsIn{Reason: q.Get("reason"), State: q.Get("state")}
	if err := onlyKnown(q, queryNames(reflect.TypeFor[doubtsIn]())); err != nil {
		return nil, err
	}
	if in.Reason != "" && !slices.Contains(suspicion.Reasons, in.Reason) {
		return nil, errCodeChoice.At("query.reason")
	}
	if !slices.Contains([]string{"", "open", "cleared", "all"}, in.State) {
		return nil, errCodeChoice.At("query.state")
	}
	c, all, _, err := s.chosenDoubts(ctx, in, staff.CanExport)
	if err != nil {
		return nil, err
	}
	doubts, err := s.doubtViews(ctx, c, all, "doubts.export")
	rows := make([][]string, len(doubts))
	for i := range doubts {
		rows[i] = doubtRow(&doubts[i])
	}
	return rows, err
}

func doubtRow(d *DataDoubt) []string {
	owner, other, at, why, note := "", "", "", "", ""
	if d.Owner != nil {
		owner = d.Owner.Name
	}
	if d.Other != nil {
		other = d.Other.Name
	}
	if d.Cleared != nil {
		at, why, note = d.Cleared.At, d.Cleared.Why.Text.Zh, d.Cleared.Note
	}
	return []string{
		d.Person.ID, d.Person.Name, owner, d.Reason.Text.Zh, d.Text.Zh, strconv.Itoa(d.Count), d.Since, d.Until, d.Device, other, d.FoundAt, d.State, at, why, note,
	}
}

// openDoubts are what puts readings of a timeline in doubt. Staff are told which; the person is not.
func (c *caller) openDoubts(v timeline.View) []suspicion.Past {
	if c.session.Kind != staff.KindStaff {
		return nil
	}
	return suspicion.Open(suspicion.History(v.Timeline))
}
