package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/RoaringBitmap/roaring/v2"

	"peiban/internal/event"
	"peiban/internal/insight"
	"peiban/internal/measure"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
)

// Brief is the day in one look: what changed since the evening, who needs somebody, and who does not and how that is known.
type Brief struct {
	AsOf    string       `json:"asOf"`
	Since   string       `json:"since" doc:"changes from then on: 18:00 of the evening before"`
	People  int          `json:"people" doc:"the caller's own people, and those they act for"`
	Need    int          `json:"need" doc:"of them, with open work"`
	Fine    int          `json:"fine" doc:"of them, fine by the rule"`
	Unknown int          `json:"unknown" doc:"of them, of whom nobody can say so"`
	Rule    Text         `json:"rule" doc:"what fine means, in words"`
	Checks  []BriefCheck `json:"checks" doc:"the parts of the rule, each with those who fail it; each opens its people by found and of"`
	Found   string       `json:"found" doc:"for GET /api/people, with of: need, fine and the keys of checks"`
	Changes []BriefPart  `json:"changes" doc:"what changed since, the gravest first"`
}

// BriefCheck is one part of the rule, and how many of those without open work fail it; who fails two is in both.
type BriefCheck struct {
	Key    string `json:"key" enum:"silent,never,outside,doubt,paused"`
	Text   Text   `json:"text"`
	People int    `json:"people"`
}

// BriefPart is one kind of change with the newest of it.
type BriefPart struct {
	Key    string        `json:"key" enum:"far,message,card,task"`
	Text   Text          `json:"text"`
	People int           `json:"people"`
	Items  []BriefChange `json:"items" doc:"the newest ten"`
}

// BriefChange is what happened to one person.
type BriefChange struct {
	Person Ref    `json:"person"`
	At     string `json:"at"`
	Text   Text   `json:"text"`
	at     int64
	number person.Number
}

func (s *Server) briefOperations() {
	serve(s, operation{"brief", http.MethodGet, "/api/brief", "tasks", "The day in one look: what changed since the evening, who needs somebody, who is fine and how that is known", forStaff}, s.brief)
}

// evening is when the last working day ended: 18:00 of the day before. Before that hour of a day nobody has seen what came in the night.
func evening(now int64, loc *time.Location) int64 {
	t := time.UnixMicro(now).In(loc)
	return time.Date(t.Year(), t.Month(), t.Day()-1, 18, 0, 0, 0, loc).UnixMicro()
}

// ofBrief are the people the brief is about: the caller's own and those they act for; for whoever looks after nobody, all they may see.
func (s *Server) ofBrief(ctx context.Context, c *caller) *roaring.Bitmap {
	own := c.space.Conductor.Members("owner", c.member.ID).Clone()
	for _, id := range s.actingFor(ctx, c) {
		own.Or(c.space.Conductor.Members("owner", id))
	}
	seen := s.visible(ctx, c)
	if own.IsEmpty() {
		return seen
	}
	own.And(seen)
	return own
}

func (s *Server) brief(ctx context.Context, _ *Empty) (Brief, error) {
	c, _, err := s.authorize(ctx, staff.CanReadPeople)
	if err != nil {
		return Brief{}, err
	}
	set, _, err := s.store.WorkSettings(ctx, c.space.number())
	if err != nil {
		return Brief{}, err
	}
	load, err := s.loads(ctx, c.space)
	if err != nil {
		return Brief{}, err
	}
	now, quiet := c.space.now(), set.QuietFor()
	people, since := s.ofBrief(ctx, c), evening(now, c.space.loc)
	doubted := roaring.New()
	doubts, err := c.space.Conductor.Doubts(ctx)
	if err != nil {
		return Brief{}, err
	}
	for i := range doubts {
		if doubts[i].Cleared == 0 {
			doubted.Add(uint32(doubts[i].Person))
		}
	}
	sets := map[string]*roaring.Bitmap{}
	for _, key := range append([]string{"need", "fine", "unknown"}, checkKeys...) {
		sets[key] = roaring.New()
	}
	changes := map[string][]BriefChange{}
	for _, n := range numbersOf(people) {
		if ctx.Err() != nil {
			return Brief{}, ctx.Err()
		}
		s.changesOf(c, n, since, now, changes)
		if load[n].Open > 0 {
			sets["need"].Add(uint32(n))
			continue
		}
		why := whyNotFine(c, n, doubted, now, quiet)
		for _, key := range why {
			sets[key].Add(uint32(n))
		}
		if len(why) == 0 {
			sets["fine"].Add(uint32(n))
		} else {
			sets["unknown"].Add(uint32(n))
		}
	}
	if err := s.newTasks(ctx, c, people, since, changes); err != nil {
		return Brief{}, err
	}
	out := Brief{
		AsOf: moment(now, c.space.loc), Since: moment(since, c.space.loc), People: int(people.GetCardinality()),
		Need: int(sets["need"].GetCardinality()), Fine: int(sets["fine"].GetCardinality()), Unknown: int(sets["unknown"].GetCardinality()),
		Rule: fineRule(quiet), Checks: []BriefCheck{}, Changes: []BriefPart{},
	}
	texts := map[string]Text{
		"need": text("有没做完的任务", "With open work"), "fine": text("都好：最近一次在目标内，没有没做完的任务", "Fine: the last value in target, no open work"),
		"unknown": text("没有任务，但不能说好", "No open work, but nobody can call them fine"),
	}
	order := []string{"need", "fine", "unknown"}
	for _, key := range checkKeys {
		texts[key] = checkWords(key, quiet)
		order = append(order, key)
		if k := int(sets[key].GetCardinality()); k > 0 {
			out.Checks = append(out.Checks, BriefCheck{key, texts[key], k})
		}
	}
	told := roaring.New()
	out.Changes = briefParts(changes, told)
	out.Found = s.remember(c, c.member.ID, Found{AsOf: out.AsOf}, order, texts, sets)
	return out, s.read(ctx, c, "brief", numbersOf(told)...)
}

// checkKeys are the parts of the rule in the order they are told.
var checkKeys = []string{"outside", "silent", "never", "doubt", "paused"}

func fineRule(quiet int) Text {
	return Text{
		Zh: fmt.Sprintf("%d 天内有记录，每一项最近一次都在本人目标内，没有没做完的任务，数据没有存疑，也没有正在等人回复。没有消息的人不算好。", quiet),
		En: fmt.Sprintf("A value within %d days, the newest of each kind in the person's own target, no open work, no data in doubt, nobody waiting for a reply. Who has not been heard from is never called fine.", quiet),
	}
}

func checkWords(key string, quiet int) Text {
	switch key {
	case "outside":
		return text("最近一次不在目标内", "The last value is outside target")
	case "silent":
		return Text{Zh: fmt.Sprintf("%d 天没有记录", quiet), En: fmt.Sprintf("No value for %d days", quiet)}
	case "never":
		return text("从来没有记录，或没有目标可以比", "Never a value, or no target to hold it against")
	case "doubt":
		return text("数据存疑", "Data in doubt")
	}
	return text("正在和人说话，等着回复", "Talking with somebody and waiting for a reply")
}

// whyNotFine lists the parts of the rule that somebody without open work fails; empty: they are fine. It is the one definition of fine.
func whyNotFine(c *caller, n person.Number, doubted *roaring.Bitmap, now int64, quiet int) []string {
	_, _, st, ok := c.space.Conductor.Glance(n)
	if !ok {
		return []string{"never"}
	}
	var out []string
	from := now - int64(quiet)*insight.Day
	ever := standsNow(c, n, 0, now)
	switch l := standsNow(c, n, from, now).lately; {
	case ever.lately.At == 0 || !ever.lately.Known:
		out = append(out, "never")
	case l.At == 0 || !l.Known:
		out = append(out, "silent")
	case !l.In || l.Far:
		out = append(out, "outside")
	}
	if doubted.Contains(uint32(n)) {
		out = append(out, "doubt")
	}
	if st.Paused > now {
		out = append(out, "paused")
	}
	return out
}

// changesOf gathers what came in about somebody since a moment. What arrived since counts, also when it happened before.
func (s *Server) changesOf(c *caller, n person.Number, since, now int64, into map[string][]BriefChange) {
	card, v, _, ok := c.space.Conductor.Glance(n)
	if !ok {
		return
	}
	look := since - 7*insight.Day // what came later than a week after it happened is history
	told := map[string]bool{}
	for i := v.Len() - 1; i >= 0 && v.At[i] >= look; i-- {
		if v.Recv[i] < since || v.At[i] > now || v.Flags[i]&event.Hidden != 0 || len(told) == 4 {
			continue
		}
		key := ""
		switch v.Type[i] {
		case event.Glucose:
			if f := v.Flags[i]; f&(event.HI|event.LO) != 0 || v.Num[i] < measure.Level2Low || v.Num[i] >= measure.Critical {
				key = "far"
			}
		case event.BloodPressure:
			if v.Num[i] >= insight.CrisisSystolic || v.XAt(i, 0) >= insight.CrisisDiastolic {
				key = "far"
			}
		case event.Chat:
			if v.A[i].String() == "person" {
				key = "message"
			}
		case event.Answer:
			key = "card"
		}
		if key == "" || told[key] {
			continue
		}
		told[key] = true
		said := v.Type[i].Spec().Name
		if l, err := c.space.Conductor.Look(n, 0, 0); err == nil && key != "message" {
			if k := l.View.Find(v.Seq[i]); k >= 0 {
				said = eventText(l, k)
			}
		}
		if key == "message" {
			said = text("发来消息", "Wrote to us")
		}
		into[key] = append(into[key], BriefChange{Person: Ref{string(card.ID), c.nameOf(card)}, At: moment(v.At[i], c.space.loc), Text: said, at: v.At[i], number: n})
	}
}

// newTasks adds the work that was opened since.
func (s *Server) newTasks(ctx context.Context, c *caller, people *roaring.Bitmap, since int64, into map[string][]BriefChange) error {
	open, err := c.space.Conductor.OpenTasks(ctx)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(task.Rows(open), func(t task.Task) bool { return t.Opened < since || !people.Contains(uint32(t.Person)) })
	slices.SortFunc(fresh, func(a, b task.Task) int { return cmp.Or(cmp.Compare(b.Opened, a.Opened), cmp.Compare(a.ID, b.ID)) })
	whole, err := s.whole(ctx, c, fresh[:min(len(fresh), briefItems)])
	if err != nil {
		return err
	}
	for i := range fresh {
		t := &fresh[i]
		x := BriefChange{At: moment(t.Opened, c.space.loc), at: t.Opened, number: t.Person}
		if k := slices.IndexFunc(whole, func(o task.Task) bool { return o.ID == t.ID }); k >= 0 {
			x.Text = taskTitle(c.space.Conductor, whole[k])
		}
		if card, ok := c.space.Conductor.Directory().ByNumber(t.Person); ok {
			x.Person = Ref{string(card.ID), c.nameOf(card)}
		}
		into["task"] = append(into["task"], x)
	}
	return nil
}

// briefItems is how many changes of a kind are named one by one.
const briefItems = 10

// briefParts orders the changes, the gravest kind first, and notes who is named.
func briefParts(changes map[string][]BriefChange, named *roaring.Bitmap) []BriefPart {
	out := []BriefPart{}
	for _, k := range []struct {
		key  string
		text Text
	}{
		{"far", text("很高或很低的数值", "Very high or very low values")}, {"message", text("发来消息的人", "Wrote to us")},
		{"card", text("答复了卡片", "Answered a card")}, {"task", text("新开的任务", "New tasks")},
	} {
		list := changes[k.key]
		if len(list) == 0 {
			continue
		}
		slices.SortFunc(list, func(a, b BriefChange) int { return cmp.Or(cmp.Compare(b.at, a.at), cmp.Compare(a.number, b.number)) })
		some := roaring.New()
		for _, x := range list {
			some.Add(uint32(x.number))
		}
		list = list[:min(len(list), briefItems)]
		for _, x := range list {
			named.Add(uint32(x.number))
		}
		out = append(out, BriefPart{k.key, k.text, int(some.GetCardinality()), list})
	}
	return out
}
