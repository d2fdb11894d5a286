package ingest

import (
	"bytes"
	"context"
	"crypto/sha1" // what Nightscout's clients prove themselves with; it is hashed again, with a key
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/ingest/device"
	"peiban/internal/ingest/rows"
	"peiban/internal/intake"
	"peiban/internal/person"
	"peiban/internal/workspace"
)

// NightscoutBase is where Nightscout's clients find us: the address they are given with their own /api/v1 behind it.
const NightscoutBase = "/api/v1/"

// NightscoutSource names the source of what uploaders send. It is that of the files of peiban import nightscout too, so that a reading
// which comes both ways is one.
const NightscoutSource = "nightscout"

// Limits of what one uploader may send. Source: docs/guide/collect/nightscout.md.
const (
	MaxUpload       = 2 << 20 // bytes of one request, unpacked: some weeks of a sensor
	maxRecords      = 5000    // of one request
	uploaderRate    = 50      // records a second, for long: a year of a sensor within the hour
	uploadAtOnce    = 1000    // events of one commit
	uploaderUsed    = 5 * time.Minute
	uploaderPurpose = "uploader"
)

// uploaders is what the intake asks of the database about uploaders.
type uploaders interface {
	UploaderByKey(ctx context.Context, w workspace.Number, hash [16]byte) (intake.Uploader, error)
	UseUploader(ctx context.Context, w workspace.Number, id string, at int64) error
	Sources(ctx context.Context, w workspace.Number) ([]event.Source, error)
	EnsureSource(ctx context.Context, w workspace.Number, v event.Source, entries ...audit.Entry) (event.Source, error)
	EventsBySeq(ctx context.Context, w workspace.Number, p person.Number, seqs []event.Seq) ([]event.Event, error)
	AppendAudit(context.Context, workspace.Number, ...audit.Entry) error
}

// nightscout answers Nightscout's clients: what they upload of one person, and what of it is here.
type nightscout struct {
	*Segment
	gate *gate

	mu      sync.Mutex
	callers map[[20]byte]uploading
}

// uploading is somebody's uploader.
type uploading struct {
	w      workspace.Number
	u      intake.Uploader
	source event.Source
	card   conductor.Card
	until  time.Time
}

var (
	errUploader    = fault.New(fault.Unauthenticated, "bad_api_secret", "上传密钥无效或已停用", "the API secret is not valid, or was revoked").Because("在手机或管理台重新连接上传器", "connect the uploader again, on the phone or in the console")
	errUploadBig   = fault.New(fault.TooLarge, "body_too_large", "内容超过 2 MB（解压后）", "the body is larger than 2 MB unpacked").Because("分成几次发送，每次最多 5000 条", "send it in several requests of at most 5,000 records each")
	errUploadMany  = fault.New(fault.TooLarge, "too_many_events", "一次最多 5000 条", "a request holds at most 5,000 records").Because("分成几次发送", "send them in several requests")
	errUploadFast  = fault.New(fault.TooMany, "too_fast", "这个上传器发得太快，请稍后原样再发，不会重复", "this uploader sends too fast; send the same again later, it will not be stored twice").Because("按 Retry-After 等待", "wait as Retry-After says")
	errUploadWhere = fault.New(fault.Missing, "no_such_address", "没有这个地址", "there is nothing at this address").Because("可用：entries、treatments、devicestatus、profile、status、verifyauth", "use entries, treatments, devicestatus, profile, status or verifyauth")
	errUploadNot   = fault.New(fault.Invalid, "not_records", "内容要是一条记录或记录的列表", "the body is a record or a list of records").Because("写成 [{...}, {...}]", "write [{...}, {...}]")
)

func newNightscout(s *Segment) *nightscout {
	return &nightscout{Segment: s, gate: newGate(MaxUpload), callers: map[[20]byte]uploading{}}
}

// UploaderHash is what an uploader's secret is kept as: a keyed hash of the SHA-1 its client sends.
func UploaderHash(c *conductor.Conductor, secret string) [16]byte {
	sum := sha1.Sum([]byte(secret))
	return proven(c, sum)
}

func proven(c *conductor.Conductor, sum [20]byte) [16]byte {
	return c.Keyed(uploaderPurpose, hex.EncodeToString(sum[:]))
}

func (n *nightscout) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Accept-Encoding", "gzip") // by which an uploader knows that it may pack
	parts := strings.Split(strings.Trim(strings.TrimPrefix(path.Clean(r.URL.Path), strings.TrimSuffix(NightscoutBase, "/")), "/"), "/")
	last := len(parts) - 1
	parts[last] = strings.TrimSuffix(parts[last], ".json")
	what := parts[0]
	switch what {
	case "status":
		n.status(w)
		return
	case "verifyauth":
		_, err := n.caller(r)
		n.verify(w, err)
		return
	}
	up, err := n.caller(r)
	if err != nil {
		n.refuse(w, err)
		return
	}
	switch {
	case what == "experiments" && last == 1 && parts[1] == "test":
		send(w, http.StatusOK, map[string]string{"status": "ok"})
	case what != "entries" && what != "treatments" && what != "devicestatus" && what != "profile":
		n.refuse(w, errUploadWhere)
	case r.Method == http.MethodPost && last == 0, r.Method == http.MethodPut && last == 0 && what != "entries":
		n.upload(w, r, up, what)
	case r.Method == http.MethodDelete && what == "treatments" && last == 1:
		n.remove(w, r, up, parts[1])
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		n.read(w, r, up, what, parts[1:])
	default:
		w.Header().Set("Allow", "GET, POST, PUT")
		n.refuse(w, errPost.Because("这里可用 GET、POST、PUT", "GET, POST and PUT are taken here"))
	}
}

// caller finds whose uploader sends. It proves itself with the SHA-1 of its secret, as a header or in the address, or as a token with
// the secret itself.
func (n *nightscout) caller(r *http.Request) (uploading, error) {
	query := r.URL.Query()
	var sum [20]byte
	switch proof := firstOf(r.Header.Get("Api-Secret"), query.Get("secret")); {
	case proof != "":
		b, err := hex.DecodeString(proof)
		if err != nil || len(b) != len(sum) {
			return uploading{}, errUploader
		}
		sum = [20]byte(b)
	case query.Get("token") != "":
		sum = sha1.Sum([]byte(query.Get("token")))
	default:
		return uploading{}, errUploader
	}
	now := n.real()
	n.mu.Lock()
	known, ok := n.callers[sum]
	n.mu.Unlock()
	if ok && now.Before(known.until) && known.until.Sub(now) <= knownFor {
		return known, nil
	}
	for w, cd := range n.all() {
		u, err := n.store.UploaderByKey(r.Context(), w, proven(cd, sum))
		if f := fault.Of(err); f != nil && f.Kind == fault.Missing {
			continue
		}
		if err != nil {
			return uploading{}, err
		}
		return n.met(r.Context(), sum, w, u, now)
	}
	return uploading{}, errUploader
}

func firstOf(all ...string) string {
	for _, s := range all {
		if s != "" {
			return s
		}
	}
	return ""
}

// met remembers an uploader for a short while: one that is revoked is refused after at most that.
func (n *nightscout) met(ctx context.Context, sum [20]byte, w workspace.Number, u intake.Uploader, now time.Time) (uploading, error) {
	card, ok := n.at(w).Directory().ByNumber(u.Person)
	if !ok || card.Erased {
		return uploading{}, errUploader
	}
	source, err := n.sourceIn(ctx, w)
	if err != nil {
		return uploading{}, err
	}
	if source.Disabled {
		return uploading{}, errUploader
	}
	if now.UnixMicro()-u.Used > uploaderUsed.Microseconds() {
		if err := n.store.UseUploader(ctx, w, u.ID, now.UnixMicro()); err != nil {
			return uploading{}, err
		}
	}
	up := uploading{w, u, source, card, now.Add(knownFor)}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.callers) > 10_000 {
		clear(n.callers)
	}
	n.callers[sum] = up
	return up, nil
}

// sourceIn is the workspace's source of uploads, as it is set now.
func (n *nightscout) sourceIn(ctx context.Context, w workspace.Number) (event.Source, error) {
	all, err := n.store.Sources(ctx, w)
	if err != nil {
		return event.Source{}, err
	}
	if i := slices.IndexFunc(all, func(v event.Source) bool { return v.Name == NightscoutSource }); i >= 0 {
		return all[i], nil
	}
	return n.store.EnsureSource(ctx, w, event.Source{Name: NightscoutSource, Kind: "nightscout", Created: n.real().UnixMicro()})
}

func (n *nightscout) options(up *uploading) device.Options {
	return device.Options{Whose: string(up.card.ID), Zone: n.zone(up.w), Now: n.at(up.w).Now()}
}

// upload takes in what an uploader sends. One bad record never spoils the others: it is kept, sealed, with the reason, and the answer
// holds it without an _id. To refuse the request for it would have the uploader send the same for ever.
func (n *nightscout) upload(w http.ResponseWriter, r *http.Request, up uploading, what string) {
	own := event.Source{Number: int32(up.card.Number), Rate: firstRate(up.source.Rate, uploaderRate), Burst: max(up.source.Burst, maxRecords)}
	leave, err := n.gate.enter(up.w, &own, packed(r))
	if err != nil {
		n.putOff(w, &up, errBusy, 0)
		return
	}
	defer leave()
	body, err := readBody(w, r, MaxUpload, errUploadBig)
	if err != nil {
		n.refuse(w, err)
		return
	}
	raws, err := records(body)
	if err != nil {
		n.refuse(w, err)
		return
	}
	if wait := n.gate.pace(up.w, &own, max(1, len(raws)), n.real()); wait > 0 {
		n.putOff(w, &up, errUploadFast, wait)
		return
	}
	results, ids, err := n.takeRecords(r.Context(), &up, what, raws)
	if err != nil {
		n.fail(w, err)
		return
	}
	n.tally.count(up.w, up.source.Number, n.now(up.w), len(body), results)
	answerRecords(w, raws, ids, results)
}

func firstRate(a, b int) int {
	if a > 0 {
		return min(a, b)
	}
	return b
}

// records splits a body into its records.
func records(body []byte) ([]json.RawMessage, error) {
	body = bytes.TrimSpace(unmarked(body))
	switch {
	case len(body) == 0:
		return nil, errEmpty
	case !json.Valid(body):
		return nil, errJSON
	case body[0] == '{':
		return []json.RawMessage{body}, nil
	case body[0] != '[':
		return nil, errUploadNot
	}
	var raws []json.RawMessage
	if err := json.Unmarshal(body, &raws); err != nil {
		return nil, errJSON.Wrap(err)
	}
	if len(raws) > maxRecords {
		return nil, errUploadMany
	}
	return raws, nil
}

// record makes the events of one record. What has no time of its own happened now, as with Nightscout.
func (n *nightscout) record(o device.Options, up *uploading, what string, raw json.RawMessage) ([]conductor.Item, *fault.Fault) {
	if what == "devicestatus" { // how a device is doing is nobody's reading
		return nil, nil
	}
	row := device.NightscoutRecord(o, raw)
	if row.Why != nil && row.Why.Code == device.ErrNoTime.Code && what == "treatments" {
		raw = withTime(raw, o.Now)
		row = device.NightscoutRecord(o, raw)
	}
	if foreign(up, raw, row) {
		row = device.NightscoutByID(o, raw)
	}
	var items []conductor.Item
	for _, e := range row.Events {
		e.Source, e.Actor, e.Provenance = up.source.Number, "source", "nightscout"
		items = append(items, conductor.Item{Person: up.card.Number, Event: e.Event, MessageID: e.ID, Newer: what != "entries"})
	}
	return items, row.Why
}

// foreign tells whether a record bears an _id that its sender made. One that we made leads to what the record is known by anyway.
func foreign(up *uploading, raw json.RawMessage, row rows.Row) bool {
	var o struct {
		ID string `json:"_id"`
	}
	if json.Unmarshal(raw, &o) != nil || o.ID == "" {
		return false
	}
	return !slices.ContainsFunc(row.Events, func(e rows.Event) bool { return recordID(up.source.Number, e.ID) == o.ID })
}

func withTime(raw json.RawMessage, now time.Time) json.RawMessage {
	var o map[string]json.RawMessage
	if json.Unmarshal(raw, &o) != nil || o == nil {
		return raw
	}
	o["created_at"], _ = json.Marshal(now.UTC().Format(time.RFC3339Nano)) // a text: cannot fail
	out, err := json.Marshal(o)
	if err != nil {
		return raw
	}
	return out
}

// takeRecords hands in what can be read; a result and an id for each record.
func (n *nightscout) takeRecords(ctx context.Context, up *uploading, what string, raws []json.RawMessage) ([]result, []string, error) {
	o := n.options(up)
	results, ids := make([]result, len(raws)), make([]string, len(raws))
	var rejects []intake.Reject
	refuse := func(i int, key string, f *fault.Fault) {
		rejects = append(rejects, n.kept(up, what, key, raws[i], f))
		results[i].fault, results[i].reject = f, hex.EncodeToString(rejects[len(rejects)-1].ID[:])
	}
	var items []conductor.Item
	var of []int
	flush := func() error {
		if len(items) == 0 {
			return nil
		}
		entry := audit.Entry{Actor: sourceActor(up), Action: "intake.nightscout", Person: up.card.Number}
		out, err := n.at(up.w).Submit(ctx, conductor.Live, entry, items)
		if err != nil {
			return err
		}
		for k, o := range out {
			i := of[k]
			one := outcome(o, "")
			if results[i].status == "" || results[i].status == "repeated" && one.status == "stored" {
				results[i].status, results[i].id = one.status, one.id
			}
			results[i].kind = items[k].Event.Type.String()
			if one.status == "refused" || one.status == "conflict" {
				refuse(i, results[i].kind, one.fault)
				results[i].status = one.status
			}
		}
		items, of = items[:0], of[:0]
		return nil
	}
	for i, raw := range raws {
		made, why := n.record(o, up, what, raw)
		for _, it := range made {
			if ids[i] == "" {
				ids[i] = recordID(it.Event.Source, it.MessageID)
			}
			items, of = append(items, it), append(of, i)
		}
		switch {
		case why != nil:
			refuse(i, "", why)
			if len(made) == 0 {
				results[i].status = "refused"
			}
		case len(made) == 0:
			results[i].status, ids[i] = "ignored", recordID(up.source.Number, string(raw))
		}
		if len(items) >= uploadAtOnce {
			if err := flush(); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := flush(); err != nil {
		return nil, nil, err
	}
	return results, ids, n.keepRefused(ctx, up.w, rejects)
}

func sourceActor(up *uploading) string { return fmt.Sprintf("source:%d", up.source.Number) }

// kept makes the row of a refused record.
func (n *nightscout) kept(up *uploading, what, key string, raw json.RawMessage, f *fault.Fault) intake.Reject {
	now := n.at(up.w).Now().UnixMicro()
	b, _ := json.Marshal(intake.Refused{Kind: what, Received: now, Raw: raw, Person: string(up.card.ID)}) // numbers and bytes: cannot fail
	return intake.Reject{
		ID: rejectID(up.source.Number, "", append([]byte(up.card.ID+"\x00"), raw...)), Source: up.source.Number, Person: up.card.Number, Type: key, Reason: f.Code, Field: f.Field, Raw: b, Last: now,
	}
}

// replay takes a refused record in, as it was or as edited.
func (n *nightscout) replay(ctx context.Context, w workspace.Number, source event.Source, id [16]byte, was intake.Refused, raw []byte, entry audit.Entry) (string, *fault.Fault, error) {
	card, ok := n.at(w).Directory().ByID(person.ID(was.Person))
	if !ok || card.Erased {
		return "", person.ErrMissing, nil
	}
	up := uploading{w: w, source: source, card: card}
	o := n.options(&up)
	o.Now = time.UnixMicro(was.Received)
	if !json.Valid(raw) {
		return "", errJSON, nil
	}
	items, why := n.record(o, &up, was.Kind, raw)
	if why != nil {
		return "", why, nil
	}
	if len(items) == 0 {
		return "", nil, nil
	}
	out, err := n.at(w).Submit(ctx, conductor.Live, entry, items)
	if err != nil {
		return "", nil, err
	}
	stored := ""
	for _, o := range out {
		switch o.Status {
		case conductor.Refused:
			return "", o.Fault, nil
		case conductor.Clashes:
			return "", conductor.ErrClash, nil
		case conductor.Stored:
			stored = o.Event.ID()
		}
	}
	return stored, nil, nil
}

// recordID is what an uploader is told a record is called: as long as Nightscout's own, and the same whenever it is told.
func recordID(source int32, messageID string) string {
	h := conductor.MessageHash(source, messageID)
	return hashID(h)
}

func hashID(h [16]byte) string { return hex.EncodeToString(h[:12]) }

// answerRecords answers as Nightscout does: the list of what was sent, each with its _id. A refused one has none, and says why.
func answerRecords(w http.ResponseWriter, raws []json.RawMessage, ids []string, results []result) {
	out := make([]map[string]any, len(raws))
	for i, raw := range raws {
		var o map[string]any
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if d.Decode(&o) != nil || o == nil {
			o = map[string]any{}
		}
		delete(o, "secret")
		switch own, _ := o["_id"].(string); {
		case results[i].status == "refused" || results[i].status == "conflict":
			delete(o, "_id")
			f := results[i].fault
			o["refused"] = map[string]string{"code": f.Code, "field": f.Field, "zh": f.Text.Zh, "en": f.Text.En}
		case len(own) != 24:
			o["_id"] = ids[i]
		}
		out[i] = o
	}
	send(w, http.StatusOK, out)
}

// putOff tells an uploader to come again later. Nothing of what it sent was kept.
func (n *nightscout) putOff(w http.ResponseWriter, up *uploading, f *fault.Fault, wait time.Duration) {
	n.tally.putOff(up.w, up.source.Number, n.now(up.w))
	w.Header().Set("Retry-After", fmt.Sprint(waited(f, wait)))
	n.refuse(w, f)
}

// refuse answers in Nightscout's form of an error, with ours beside it.
func (n *nightscout) refuse(w http.ResponseWriter, err error) {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal {
		n.fail(w, err)
		return
	}
	status, ok := segmentStatus[f.Kind]
	if !ok {
		status = http.StatusBadRequest
	}
	if f.Code == errPost.Code {
		status = http.StatusMethodNotAllowed
	}
	title, told := http.StatusText(status), f.Text.En
	if status == http.StatusUnauthorized {
		told = "Invalid/Missing" // some clients look for these words
	}
	send(w, status, struct {
		Status      int    `json:"status"`
		Message     string `json:"message"`
		Description string `json:"description"`
		Code        string `json:"code"`
		Text        any    `json:"text"`
	}{status, title, told, f.Code, f.Text})
}

func (n *nightscout) fail(w http.ResponseWriter, err error) {
	if !errors.Is(err, context.Canceled) {
		n.log.Error("an upload failed", slog.Any("error", err))
	}
	send(w, http.StatusInternalServerError, map[string]any{"status": 500, "message": "Internal Server Error", "description": errOurs.Text.En, "code": errOurs.Code})
}
