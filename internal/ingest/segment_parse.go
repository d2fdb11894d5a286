package ingest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// What one event may be refused for.
var (
	errEventBig  = fault.New(fault.TooLarge, "event_too_large", "一个事件最多 32 KB", "an event has at most 32 KB").Because("附件不要放进事件", "leave attachments out of it")
	errUTF8      = fault.New(fault.Invalid, "invalid_utf8", "文字不是有效的 UTF-8", "the text is not valid UTF-8").Because("用 UTF-8 编码再发", "encode it as UTF-8")
	errNotEvent  = fault.New(fault.Invalid, "not_an_event", "一个事件要是一个 JSON 对象", "an event is a JSON object").Because(`写成 {"type": "track", ...}`, `write {"type": "track", ...}`)
	errBroken    = fault.New(fault.Invalid, "bad_json", "这个事件不是 JSON", "this event is not JSON")
	errWrongType = fault.New(fault.Invalid, "wrong_type", "这个字段的类型不对", "this field is of the wrong type")
	errKind      = fault.New(fault.Invalid, "unknown_kind", "type 只能是 identify、track、page、screen、group、alias", "type is one of identify, track, page, screen, group, alias").At("type")
	errNoType    = fault.New(fault.Invalid, "event_missing", "缺少 event", "event is missing").At("event").Because("写目录里的一种，例如 glucose；全部见 /api/catalogue", "give a type of the catalogue, such as glucose; /api/catalogue lists all")
	errNobody    = fault.New(fault.Invalid, "no_identifier", "没有说明是谁", "it does not say whose it is").Because("写上 userId 或 anonymousId", "give userId or anonymousId")
	errBadID     = fault.New(fault.Invalid, "bad_identifier", "这个值不能用来认人", "this value cannot name a person").Because("不能是 null、0、-1 这样的占位值，最多 200 字节", "not a placeholder such as null, 0 or -1, and at most 200 bytes")
	errTime      = fault.New(fault.Invalid, "bad_time", "时间写法不对", "this is not a time").Because("写成 2026-03-08T07:12:00+08:00", "write 2026-03-08T07:12:00+08:00")
	errSigned    = fault.New(fault.Invalid, "signed_by_account_only", "只有医生本人的账号能签署", "only a doctor's own account signs").Because("去掉 signed", "leave out signed")
	errVerified  = fault.New(fault.Invalid, "verified_by_staff", "核对原件由工作人员完成", "staff see the paper and say so").Because("去掉 verified", "leave out verified")
	errDoctor    = fault.New(fault.Invalid, "doctor_only", "这一项只能由医生本人的账号填写", "only a doctor's own account states this").At("event").Because("请医生登录后自己填写", "the doctor signs in and states it")
	errFuture    = fault.New(fault.Invalid, "in_the_future", "时间在将来", "the time is in the future").Because("不能晚于现在 5 分钟以上；写上时区，例如 2026-03-08T07:12:00+08:00", "at most 5 minutes from now; write the zone, as in 2026-03-08T07:12:00+08:00")
	errAncient   = fault.New(fault.Invalid, "too_long_ago", "时间太早", "the time is too long ago").Because("1970 年以后，例如 2026-03-08T07:12:00+08:00", "1970 or later, as in 2026-03-08T07:12:00+08:00")
	errSentAt    = fault.New(fault.Invalid, "bad_sent_at", "sentAt 和事件的时间对不上", "sentAt does not fit the event's time").At("sentAt").Because("写发送的时刻，或不写", "give the moment of sending, or leave it out")
	errMessageID = fault.New(fault.Invalid, "bad_message_id", "messageId 最多 200 字节", "messageId has at most 200 bytes").At("messageId")
	errTwice     = event.ErrTwice
	errReference = fault.New(fault.Invalid, "bad_reference", "这不是一个事件的编号", "this is not the id of an event").Because("写答复里的 eventId", "give an eventId of an earlier answer")
	errGroup     = fault.New(fault.Invalid, "group_missing", "缺少 groupId", "groupId is missing").At("groupId").Because("写所属的群、门店或机构的编号", "give the id of the group, shop or institution")
)

// clockSlack is how far ahead of ours a sender's clock may run; such an event happened now.
const clockSlack = 5 * time.Minute

const longestID = 200

// what becomes of a readable event.
type verdict int

const (
	stored verdict = iota
	alias
)

// wire is one event in Segment's form. Supersedes and retracts are ours: ids of the event that is corrected or
// taken back.
type wire struct {
	kind, messageID, userID, anonymousID, previousID, event string
	timestamp, originalTimestamp, sentAt                    string
	name, groupID                                           string
	properties, traits                                      json.RawMessage
	supersedes, retracts                                    string
}

// read finds the parts of one event that mean something to us. It is done for every event of every collector, so
// it looks at each byte once and copies only what it keeps; fields it does not know are stepped over.
func (v *wire) read(b []byte) *fault.Fault {
	i := space(b, 1)
	for i < len(b) && b[i] != '}' {
		end := skipValue(b, i)
		if b[i] != '"' || end < 0 {
			return broken(i)
		}
		key := b[i+1 : end-1]
		if i = space(b, end); i >= len(b) || b[i] != ':' {
			return broken(i)
		}
		i = space(b, i+1)
		if end = skipValue(b, i); end < 0 {
			return broken(i)
		}
		if f := v.set(string(key), b[i:end]); f != nil {
			return f
		}
		if i = space(b, end); i < len(b) && b[i] == ',' {
			if i = space(b, i+1); i >= len(b) || b[i] == '}' {
				return broken(i)
			}
		} else if i >= len(b) || b[i] != '}' {
			return broken(i)
		}
	}
	if i != len(b)-1 {
		return broken(i)
	}
	return nil
}

func (v *wire) set(key string, raw []byte) *fault.Fault {
	var to *string
	switch key {
	case "type":
		to = &v.kind
	case "messageId":
		to = &v.messageID
	case "userId":
		to = &v.userID
	case "anonymousId":
		to = &v.anonymousID
	case "previousId":
		to = &v.previousID
	case "event":
		to = &v.event
	case "name":
		to = &v.name
	case "groupId":
		to = &v.groupID
	case "timestamp":
		to = &v.timestamp
	case "originalTimestamp":
		to = &v.originalTimestamp
	case "sentAt":
		to = &v.sentAt
	case "supersedes":
		to = &v.supersedes
	case "retracts":
		to = &v.retracts
	case "properties":
		return once(&v.properties, key, raw)
	case "traits":
		return once(&v.traits, key, raw)
	default:
		return nil
	}
	if *to != "" { // nobody knows which of the two is meant
		return errTwice.At("%s", key)
	}
	if string(raw) == "null" {
		return nil
	}
	if raw[0] != '"' {
		return errWrongType.At("%s", key).Because("这里要一段文字", "text is expected here")
	}
	*to = string(raw[1 : len(raw)-1])
	if plain(raw) {
		return nil
	}
	if json.Unmarshal(raw, to) != nil {
		return errBroken.At("%s", key)
	}
	return nil
}

func once(to *json.RawMessage, key string, raw []byte) *fault.Fault {
	if *to != nil {
		return errTwice.At("%s", key)
	}
	*to = raw
	return nil
}

// plain reports whether a JSON string stands for itself: nothing escaped, nothing that must be.
func plain(raw []byte) bool {
	for _, c := range raw {
		if c == '\\' || c < 0x20 {
			return false
		}
	}
	return true
}

func broken(i int) *fault.Fault {
	n := strconv.Itoa(i + 1)
	return errBroken.Because("出错在这个事件的第 "+n+" 个字节", "the mistake is at byte "+n+" of this event")
}

// parser turns the events of one request into items.
type parser struct {
	workspace workspace.Number
	source    event.Source
	people    *conductor.Directory
	zone      *time.Location
	now       int64
	sentAt    string // of the whole request

	messageID, key string // of the event read last
}

// parser reads events for a workspace; nil: it is served no more.
func (s *Segment) parser(w workspace.Number, source event.Source, sentAt string) *parser {
	cd := s.at(w)
	if cd == nil {
		return nil
	}
	return &parser{workspace: w, source: source, people: cd.Directory(), zone: s.zone(w), now: cd.Now().UnixMicro(), sentAt: sentAt}
}

// item reads one event. kind is what the address says; empty: the event's own type.
func (p *parser) item(b []byte, kind string) (conductor.Item, verdict, *fault.Fault) {
	p.messageID, p.key = "", ""
	switch {
	case len(b) > MaxEvent:
		return conductor.Item{}, 0, errEventBig
	case !utf8.Valid(b):
		return conductor.Item{}, 0, errUTF8
	case len(b) == 0 || b[0] != '{':
		return conductor.Item{}, 0, errNotEvent
	}
	var v wire
	if f := v.read(b); f != nil {
		return conductor.Item{}, 0, f
	}
	if kind == "" {
		kind = v.kind
	}
	if len(v.messageID) > longestID {
		return conductor.Item{}, 0, errMessageID
	}
	p.messageID = v.messageID
	switch kind {
	case "track":
		key := v.event
		if ours, ok := p.source.Names[key]; ok {
			key = ours
		}
		return p.track(&v, key, v.properties, "properties")
	case "identify":
		return p.identify(&v)
	case "page", "screen":
		return p.page(&v, kind)
	case "group":
		if v.groupID == "" {
			return conductor.Item{}, 0, errGroup
		}
		return p.told(&v, "group", "traits", v.traits, nil, "group", v.groupID)
	case "alias":
		return p.alias(&v)
	}
	return conductor.Item{}, 0, errKind
}

// page makes an event of a page or a screen that was looked at.
func (p *parser) page(v *wire, kind string) (conductor.Item, verdict, *fault.Fault) {
	b, _ := json.Marshal(kind) // a word: cannot fail
	it, what, f := p.told(v, "page", "properties", v.properties, map[string]json.RawMessage{"kind": b}, "name", v.name)
	it.Known = true
	return it, what, f
}

// told makes an event of what stands beside properties or traits in Segment's form: one more property, and others that are fixed.
func (p *parser) told(v *wire, key, field string, raw json.RawMessage, fixed map[string]json.RawMessage, name, value string) (conductor.Item, verdict, *fault.Fault) {
	m := map[string]json.RawMessage{}
	if len(raw) > 0 && string(raw) != "null" && json.Unmarshal(raw, &m) != nil {
		return conductor.Item{}, 0, event.ErrNotObject.At("%s", field)
	}
	if value != "" {
		m[name], _ = json.Marshal(value)
	}
	maps.Copy(m, fixed)
	b, err := json.Marshal(m)
	if err != nil {
		return conductor.Item{}, 0, event.ErrBroken.At("%s", field)
	}
	return p.track(v, key, b, field)
}

// track makes an event of a type of the catalogue.
func (p *parser) track(v *wire, key string, properties json.RawMessage, name string) (conductor.Item, verdict, *fault.Fault) {
	if key == "" {
		return conductor.Item{}, 0, errNoType
	}
	if event.Lookup(key) != nil {
		p.key = key
	}
	if spec := event.Lookup(key); spec != nil && spec.System {
		return conductor.Item{}, 0, event.ErrSystemType.At("event")
	}
	e, f := event.Decode(key, properties)
	if f != nil {
		if rest, ok := strings.CutPrefix(f.Field, "properties"); ok && name != "properties" {
			f = f.At("%s%s", name, rest)
		}
		return conductor.Item{}, 0, f
	}
	switch {
	case e.Type == event.Disclosure: // what serious news does goes by it: 医师法 25
		return conductor.Item{}, 0, errDoctor
	case e.Signed():
		return conductor.Item{}, 0, errSigned.At("%s.signed", name)
	case e.Verified():
		return conductor.Item{}, 0, errVerified.At("%s.verified", name)
	}
	it := conductor.Item{Event: e, MessageID: v.messageID, Programme: p.source.Programme}
	if f := p.times(v, &it.Event); f != nil {
		return it, 0, f
	}
	if f := p.whose(v, &it); f != nil {
		return it, 0, f
	}
	if it.Event.Supersedes, f = reference("supersedes", v.supersedes); f != nil {
		return it, 0, f
	}
	if it.Event.Retracts, f = reference("retracts", v.retracts); f != nil {
		return it, 0, f
	}
	it.Event.Source, it.Event.Actor, it.Event.Provenance = p.source.Number, "source", "source"
	if e.Type == event.Glucose && e.C != 0 {
		it.Event.Provenance = "device"
	}
	return it, stored, nil
}

func reference(field, id string) (event.Seq, *fault.Fault) {
	if id == "" {
		return 0, nil
	}
	seq, ok := event.SeqOf(id)
	if !ok {
		return 0, errReference.At("%s", field)
	}
	return seq, nil
}

// identify makes a profile event of traits. Segment's own trait birthday becomes the year of birth.
func (p *parser) identify(v *wire) (conductor.Item, verdict, *fault.Fault) {
	traits := v.traits
	var m map[string]json.RawMessage
	if json.Unmarshal(traits, &m) == nil && m["birthYear"] == nil && m["birthday"] != nil {
		var day string
		if json.Unmarshal(m["birthday"], &day) != nil || len(day) < 4 {
			return conductor.Item{}, 0, errTime.At("traits.birthday")
		}
		year, err := strconv.Atoi(day[:4])
		if err != nil {
			return conductor.Item{}, 0, errTime.At("traits.birthday")
		}
		m["birthYear"] = json.RawMessage(strconv.Itoa(year))
		delete(m, "birthday")
		traits, _ = json.Marshal(m) // its parts were parsed: cannot fail
		it, what, f := p.track(v, "profile", traits, "traits")
		if f != nil && f.Field == "traits.birthYear" {
			f = f.At("traits.birthday")
		}
		return it, what, f
	}
	return p.track(v, "profile", traits, "traits")
}

// alias says that two identifiers are one person's.
func (p *parser) alias(v *wire) (conductor.Item, verdict, *fault.Fault) {
	if v.previousID == "" {
		return conductor.Item{}, 0, errNobody.At("previousId").Because("写上 previousId 和 userId", "give previousId and userId")
	}
	var it conductor.Item
	if f := p.whose(v, &it); f != nil {
		return it, 0, f
	}
	if blocked(v.previousID) {
		return it, 0, errBadID.At("previousId")
	}
	// What it was called before may have been anonymous or a user's id: both are looked for.
	it.Ident = append(it.Ident,
		conductor.Identifier{Type: "anonymousId", Scope: p.source.Name, Value: v.previousID},
		conductor.Identifier{Type: "userId", Scope: p.source.Name, Value: v.previousID})
	return it, alias, nil
}

// whose names the person: a person's own id of ours, the sender's id of a user, or one of an anonymous visitor.
func (p *parser) whose(v *wire, it *conductor.Item) *fault.Fault {
	if v.userID == "" && v.anonymousID == "" {
		return errNobody
	}
	if v.userID != "" {
		if blocked(v.userID) {
			return errBadID.At("userId")
		}
		if card, ok := p.people.ByID(person.ID(v.userID)); ok {
			it.Person = card.Number
			return nil
		}
		it.Ident = append(it.Ident, conductor.Identifier{Type: "userId", Scope: p.source.Name, Value: v.userID})
	}
	if v.anonymousID != "" {
		if blocked(v.anonymousID) {
			return errBadID.At("anonymousId")
		}
		it.Ident = append(it.Ident, conductor.Identifier{Type: "anonymousId", Scope: p.source.Name, Value: v.anonymousID})
	}
	return nil
}

// blocked are the values that stand for "nobody" in somebody's code and would fold all of them into one person.
// Source: docs/guide/sources.md.
func blocked(id string) bool {
	s := strings.ToLower(strings.TrimSpace(id))
	switch s {
	case "", "null", "nil", "none", "undefined", "unknown", "anonymous", "guest", "nan", "-1", "true", "false", "[object object]":
		return true
	}
	if len(id) > longestID {
		return true
	}
	return strings.Trim(s, "0-") == "" || len(s) > 3 && strings.Count(s, s[:1]) == len(s)
}

// times sets the four clocks: what happened at = received - (sent - original), so that a sender's wrong clock does
// not matter. Without a time of sending the time is taken as stated.
func (p *parser) times(v *wire, e *event.Event) *fault.Fault {
	e.Occurred = p.now
	stated, field := v.originalTimestamp, "originalTimestamp"
	if stated == "" {
		stated, field = v.timestamp, "timestamp"
	}
	sent := v.sentAt
	if sent == "" {
		sent = p.sentAt
	}
	sentAt, _, f := instant("sentAt", sent)
	if f != nil {
		return f
	}
	e.Sent = sentAt
	if stated == "" {
		return nil
	}
	at, offset, f := instant(field, stated)
	if f != nil {
		return f
	}
	e.Original, e.Occurred = at, at
	if sentAt != 0 {
		e.Occurred = p.now - (sentAt - at)
	}
	switch {
	case e.Occurred > p.now+clockSlack.Microseconds():
		return errFuture.At("%s", field)
	case e.Occurred > p.now:
		e.Occurred = p.now
	case e.Occurred < 0 && at >= 0:
		return errSentAt
	case e.Occurred < 0:
		return errAncient.At("%s", field)
	}
	if offset == math.MinInt16 { // in UTC: where it happened is not said
		_, east := time.UnixMicro(e.Occurred).In(p.zone).Zone()
		offset = int16(east / 60)
	}
	e.Offset = offset
	return nil
}

// instant reads RFC 3339. The offset is minutes east, or MinInt16 for Z.
func instant(field, s string) (at int64, offset int16, f *fault.Fault) {
	if s == "" {
		return 0, math.MinInt16, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, 0, errTime.At("%s", field)
	}
	if y := t.Year(); y < 1 || y > 9999 {
		return 0, 0, errTime.At("%s", field)
	}
	if strings.HasSuffix(s, "Z") || strings.HasSuffix(s, "z") {
		return t.UnixMicro(), math.MinInt16, nil
	}
	_, east := t.Zone()
	return t.UnixMicro(), int16(east / 60), nil
}

// splitBatch finds the events of {"batch": [...], "sentAt": "..."} without reading them, so that each can be
// judged alone.
func splitBatch(b []byte) (items [][]byte, sentAt string, err error) {
	i := space(b, 0)
	if i == len(b) {
		return nil, "", errEmpty
	}
	if b[i] != '{' {
		return nil, "", at(i)
	}
	found := false
	for i = space(b, i+1); ; {
		if i < len(b) && b[i] == '}' {
			break
		}
		if i >= len(b) || b[i] != '"' {
			return nil, "", at(i)
		}
		end := skipValue(b, i)
		if end < 0 {
			return nil, "", at(i)
		}
		key := string(b[i+1 : end-1])
		i = space(b, end)
		if i >= len(b) || b[i] != ':' {
			return nil, "", at(i)
		}
		i = space(b, i+1)
		end = skipValue(b, i)
		if end < 0 {
			return nil, "", at(i)
		}
		switch key {
		case "batch":
			if found {
				return nil, "", errTwoLists
			}
			if items, err = splitArray(b[:end], i); err != nil {
				return nil, "", err
			}
			found = true
		case "sentAt":
			if json.Unmarshal(b[i:end], &sentAt) != nil {
				return nil, "", errTime.At("sentAt")
			}
		}
		i = space(b, end)
		if i < len(b) && b[i] == ',' {
			i = space(b, i+1)
			continue
		}
		if i >= len(b) || b[i] != '}' {
			return nil, "", at(i)
		}
	}
	if space(b, i+1) != len(b) {
		return nil, "", at(i + 1)
	}
	if !found {
		return nil, "", errNoBatch
	}
	return items, sentAt, nil
}

func splitArray(b []byte, i int) ([][]byte, error) {
	if b[i] != '[' {
		return nil, errNoBatch.Because("batch 要是一个列表", "batch must be a list")
	}
	var items [][]byte
	i = space(b, i+1)
	if i < len(b) && b[i] == ']' {
		return items, nil
	}
	for {
		end := skipValue(b, i)
		if end < 0 {
			return nil, at(i)
		}
		items = append(items, b[i:end])
		if len(items) > MaxEvents {
			return nil, errTooMany
		}
		i = space(b, end)
		if i >= len(b) || b[i] != ',' && b[i] != ']' {
			return nil, at(i)
		}
		if b[i] == ']' {
			return items, nil
		}
		i = space(b, i+1)
	}
}

func at(i int) error {
	n := strconv.Itoa(i + 1)
	return errJSON.Because(fmt.Sprintf("出错在第 %s 个字节", n), fmt.Sprintf("the mistake is at byte %s", n))
}

func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skipValue gives the end of the JSON value that begins at i, -1 when it does not end. It looks at brackets and
// quotes only: what is inside is judged when the event is read.
func skipValue(b []byte, i int) int {
	if i >= len(b) {
		return -1
	}
	depth := 0
	for j := i; j < len(b); j++ {
		switch b[j] {
		case '"':
			for j++; j < len(b) && b[j] != '"'; j++ {
				if b[j] == '\\' {
					j++
				}
			}
			if j >= len(b) {
				return -1
			}
			if depth == 0 {
				return j + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return j + 1
			}
			if depth < 0 { // the end of a number or a word inside something larger
				return orNothing(i, j)
			}
		case ',', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return orNothing(i, j)
			}
		}
	}
	if depth == 0 {
		return len(b)
	}
	return -1
}

func orNothing(from, to int) int {
	if to == from {
		return -1
	}
	return to
}
