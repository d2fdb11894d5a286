package ingest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/intake"
	"peiban/internal/workspace"
	"peiban/internal/workspace/keys"
)

// Limits of what one request may hold. Source: docs/guide/sources.md.
const (
	MaxBody   = 500 * 1024 // bytes, unpacked
	MaxEvents = 1000
	MaxEvent  = 32 * 1024 // bytes
)

// Sources is what the intake asks of the database beside the conductor: who sends, by the hash of the write key, and where what came
// and what was refused is written down.
type Sources interface {
	SourceByKey(ctx context.Context, hash []byte, now int64) (workspace.Number, event.Source, error)
	AddMinutes(ctx context.Context, w workspace.Number, ms []intake.Minute) error
	AddRejects(ctx context.Context, w workspace.Number, rs []intake.Reject, most int64) (full []int, err error)
	uploaders
}

// Config is what the HTTP intake is made of.
type Config struct {
	Conductors []*conductor.Conductor
	Store      Sources
	Real       func() time.Time
	Log        *slog.Logger
}

// Segment takes events over HTTP in Segment's form: POST /v1/{identify,track,page,screen,group,alias,batch}. It
// answers when the events, and every tag, stage, message and task they changed, are durable.
type Segment struct {
	spaces     sync.RWMutex // guards the next two: rehearsals come and go
	conductors map[workspace.Number]*conductor.Conductor
	zones      map[workspace.Number]*time.Location
	store      Sources
	real       func() time.Time
	log        *slog.Logger
	gate       *gate
	tally      *tally
	keeper     *keeper

	nightscout *nightscout

	mu    sync.Mutex
	known map[[32]byte]known
}

// known is a sender remembered for a short while, so that not every request asks the database.
type known struct {
	w      workspace.Number
	source event.Source
	until  time.Time
}

const knownFor = 5 * time.Second // a write key switched off is refused after at most this

// What a request may be refused for as a whole. Events are refused one by one; see result.
var (
	errNoKey     = fault.New(fault.Unauthenticated, "bad_write_key", "写入密钥无效", "the write key is not valid").Because("用 Basic 认证，用户名写 write key，密码留空", "use Basic authentication with the write key as user and no password")
	errTooBig    = fault.New(fault.TooLarge, "body_too_large", "内容超过 500 KB（解压后）", "the body is larger than 500 KB unpacked").Because("分成几次发送，每次最多 1000 个事件", "send it in several requests of at most 1,000 events each")
	errTooMany   = fault.New(fault.TooLarge, "too_many_events", "一次最多 1000 个事件", "a body holds at most 1,000 events").Because("分成几次发送", "send them in several requests")
	errGzip      = fault.New(fault.Invalid, "bad_gzip", "gzip 数据不完整或已损坏", "the gzip data is cut off or damaged").Because("完整地再发一次，或不压缩", "send all of it again, or uncompressed")
	errCutOff    = fault.New(fault.Invalid, "body_cut_off", "内容没有收全", "the body was cut off")
	errJSON      = fault.New(fault.Invalid, "bad_json", "内容不是 JSON", "the body is not JSON")
	errNoBatch   = fault.New(fault.Invalid, "batch_missing", "缺少 batch 列表", "the list batch is missing").At("batch").Because(`写成 {"batch": [...]}`, `write {"batch": [...]}`)
	errTwoLists  = fault.New(fault.Invalid, "said_twice", "batch 写了两次", "batch is given twice").At("batch").Because("只留一个", "give it once")
	errEmpty     = fault.New(fault.Invalid, "body_empty", "没有内容", "the body is empty")
	errWhere     = fault.New(fault.Missing, "no_such_address", "没有这个地址", "there is nothing at this address").Because("可用：identify、track、page、screen、group、alias、batch", "use identify, track, page, screen, group, alias or batch")
	errPost      = fault.New(fault.Invalid, "method_not_allowed", "只接受 POST", "only POST is taken")
	errOurs      = fault.New(fault.Internal, "internal", "我们这边出错了，请原样再发一次，不会重复", "something went wrong on our side; send the same again, it will not be stored twice")
	segmentKinds = map[string]bool{"identify": true, "track": true, "page": true, "screen": true, "group": true, "alias": true}
)

// New makes the handler of /v1.
func New(c Config) *Segment {
	s := &Segment{
		conductors: map[workspace.Number]*conductor.Conductor{}, zones: map[workspace.Number]*time.Location{},
		store: c.Store, real: c.Real, log: c.Log, known: map[[32]byte]known{}, gate: newGate(MaxBody), tally: newTally(), keeper: &keeper{store: c.Store},
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, cd := range c.Conductors {
		s.Add(cd)
	}
	s.nightscout = newNightscout(s)
	return s
}

// Add takes events for one more workspace.
func (s *Segment) Add(cd *conductor.Conductor) {
	w := cd.Workspace()
	loc, err := time.LoadLocation(w.Zone)
	if err != nil { // a workspace's zone was checked when it was made
		loc = time.UTC
	}
	s.spaces.Lock()
	defer s.spaces.Unlock()
	s.conductors[w.Number], s.zones[w.Number] = cd, loc
}

// Drop takes nothing more for a workspace, whose keys are gone, and lets go of it. What is being taken just now is refused as by a key that
// is gone: its rows are deleted.
func (s *Segment) Drop(w workspace.Number) {
	s.spaces.Lock()
	delete(s.conductors, w)
	delete(s.zones, w)
	s.spaces.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	for hash, k := range s.known {
		if k.w == w {
			delete(s.known, hash)
		}
	}
}

// at is the conductor of a workspace, nil when it is not served here.
func (s *Segment) at(w workspace.Number) *conductor.Conductor {
	s.spaces.RLock()
	defer s.spaces.RUnlock()
	return s.conductors[w]
}

func (s *Segment) zone(w workspace.Number) *time.Location {
	s.spaces.RLock()
	defer s.spaces.RUnlock()
	return s.zones[w]
}

// all are the conductors of every workspace.
func (s *Segment) all() map[workspace.Number]*conductor.Conductor {
	s.spaces.RLock()
	defer s.spaces.RUnlock()
	return maps.Clone(s.conductors)
}

func (s *Segment) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(path.Clean(r.URL.Path), NightscoutBase) {
		s.nightscout.ServeHTTP(w, r)
		return
	}
	kind := strings.TrimPrefix(r.URL.Path, "/v1/")
	switch {
	case kind != "batch" && !segmentKinds[kind]:
		s.refuse(w, errWhere)
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		s.refuse(w, errPost)
		return
	}
	ws, source, err := s.sender(r)
	if err != nil {
		s.refuse(w, err)
		return
	}
	leave, err := s.gate.enter(ws, &source, packed(r))
	if err != nil {
		s.putOff(w, ws, &source, errBusy, 0)
		return
	}
	defer leave()
	body, err := readBody(w, r, MaxBody, errTooBig)
	if err != nil {
		s.refuse(w, err)
		return
	}
	if kind == "batch" {
		s.batch(w, r, ws, source, body)
		return
	}
	s.single(w, r, ws, source, kind, body)
}

// sender reads the write key.
func (s *Segment) sender(r *http.Request) (workspace.Number, event.Source, error) {
	key, _, ok := r.BasicAuth()
	if !ok || key == "" || len(key) > 200 {
		return 0, event.Source{}, errNoKey
	}
	hash := [32]byte(keys.TokenHash(key))
	now := s.real()
	s.mu.Lock()
	k, ok := s.known[hash]
	s.mu.Unlock()
	if ok && now.Before(k.until) && k.until.Sub(now) <= knownFor { // a clock that went back forgets
		return k.w, k.source, nil
	}
	w, source, err := s.store.SourceByKey(r.Context(), hash[:], now.UnixMicro())
	if err != nil {
		if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
			return 0, source, errNoKey
		}
		return 0, source, err
	}
	if s.at(w) == nil {
		return 0, source, errNoKey
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) > 10_000 {
		clear(s.known)
	}
	s.known[hash] = known{w, source, now.Add(knownFor)}
	return w, source, nil
}

// readBody reads and unpacks a body. What it is is told by its first bytes: senders label gzip as a form, and
// proxies unpack without saying so.
func readBody(w http.ResponseWriter, r *http.Request, most int, large error) ([]byte, error) {
	if r.ContentLength > int64(most) {
		w.Header().Set("Connection", "close") // the rest of the body is not worth reading
		return nil, large
	}
	raw, err := atMost(r.Body, most, large)
	if errors.Is(err, large) {
		w.Header().Set("Connection", "close")
		return nil, err
	}
	if err != nil {
		return nil, errCutOff.Wrap(err)
	}
	if len(raw) < 2 || raw[0] != 0x1f || raw[1] != 0x8b {
		return raw, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, errGzip.Wrap(err)
	}
	defer z.Close()
	plain, err := atMost(z, most, large)
	switch {
	case errors.Is(err, large):
		return nil, err
	case err != nil:
		return nil, errGzip.Wrap(err)
	}
	return plain, nil
}

// unmarked drops the byte order mark that some systems begin a file with.
func unmarked(b []byte) []byte { return bytes.TrimPrefix(b, []byte("\xef\xbb\xbf")) }

func atMost(r io.Reader, limit int, large error) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, err
	}
	if len(b) > limit {
		return nil, large
	}
	return b, nil
}

// now is the workspace's clock: a rehearsal's stands where its people live.
func (s *Segment) now(ws workspace.Number) time.Time {
	if cd := s.at(ws); cd != nil {
		return cd.Now()
	}
	return s.real() // removed just now: nothing of it is taken any more
}

// result is what became of one event.
type result struct {
	status string // stored, repeated, quarantined, ignored, refused, conflict
	id     string // of the stored event
	kind   string // its type of the catalogue; empty: none of it
	reject string // id of the refused event
	fault  *fault.Fault
}

func (s *Segment) batch(w http.ResponseWriter, r *http.Request, ws workspace.Number, source event.Source, body []byte) {
	items, sentAt, err := splitBatch(unmarked(body))
	if err != nil {
		s.refuse(w, err)
		return
	}
	if len(items) > MaxEvents {
		s.refuse(w, errTooMany)
		return
	}
	if wait := s.gate.pace(ws, &source, max(1, len(items)), s.real()); wait > 0 {
		s.putOff(w, ws, &source, errTooFast, wait)
		return
	}
	p := s.parser(ws, source, sentAt)
	results, err := s.take(r.Context(), p, items, "", "batch[%d]")
	if err != nil {
		s.fail(w, err)
		return
	}
	s.tally.count(ws, source.Number, s.now(ws), len(body), results)
	answer(w, http.StatusOK, results)
}

func (s *Segment) single(w http.ResponseWriter, r *http.Request, ws workspace.Number, source event.Source, kind string, body []byte) {
	body = bytes.TrimSpace(unmarked(body))
	if len(body) == 0 {
		s.refuse(w, errEmpty)
		return
	}
	if body[0] != '{' && json.Valid(body) {
		s.refuse(w, errNotEvent)
		return
	}
	if body[0] != '{' || skipValue(body, 0) != len(body) {
		s.refuse(w, errJSON.Because("要一个 JSON 对象", "a JSON object is expected"))
		return
	}
	if wait := s.gate.pace(ws, &source, 1, s.real()); wait > 0 {
		s.putOff(w, ws, &source, errTooFast, wait)
		return
	}
	results, err := s.take(r.Context(), s.parser(ws, source, ""), [][]byte{body}, kind, "")
	if err != nil {
		s.fail(w, err)
		return
	}
	s.tally.count(ws, source.Number, s.now(ws), len(body), results)
	switch {
	case results[0].status == "refused" || results[0].status == "conflict":
		s.refuse(w, results[0].fault)
	default:
		answer(w, http.StatusOK, results)
	}
}

// take reads every event and hands in those that can be read. One bad event never spoils the others.
func (s *Segment) take(ctx context.Context, p *parser, raw [][]byte, kind, where string) ([]result, error) {
	if p == nil {
		return nil, errNoKey
	}
	results := make([]result, len(raw))
	items := make([]conductor.Item, 0, len(raw))
	places := make([]int, 0, len(raw))
	var rejects []intake.Reject
	refuse := func(i int, f *fault.Fault) { // as p is now: it has just read event i
		r := p.kept(raw[i], kind, f)
		rejects = append(rejects, r)
		results[i].reject = hex.EncodeToString(r.ID[:])
	}
	for i, b := range raw {
		path := where
		if strings.Contains(where, "%d") {
			path = fmt.Sprintf(where, i)
		}
		it, what, f := p.item(b, kind)
		switch {
		case f != nil:
			results[i] = result{status: "refused", kind: p.key, fault: under(f, path)}
			refuse(i, f)
		case what == alias:
			results[i] = s.link(ctx, p, it, path)
		default:
			items, places = append(items, it), append(places, i)
		}
	}
	if len(items) == 0 {
		return results, s.keepRefused(ctx, p.workspace, rejects)
	}
	entry := audit.Entry{Actor: "source:" + strconv.Itoa(int(p.source.Number)), Action: "intake.batch"}
	cd := s.at(p.workspace)
	if cd == nil {
		return nil, errNoKey
	}
	out, err := cd.Submit(ctx, conductor.Live, entry, items)
	if err != nil {
		return nil, err
	}
	for k, o := range out {
		path := where
		if strings.Contains(where, "%d") {
			path = fmt.Sprintf(where, places[k])
		}
		i := places[k]
		results[i] = outcome(o, path)
		results[i].kind = items[k].Event.Type.String()
		if f := results[i].fault; f != nil && o.Status != conductor.Kept && results[i].status != "ignored" {
			p.messageID, p.key = items[k].MessageID, results[i].kind
			if o.Status == conductor.Clashes { // beside the one that is here
				p.messageID = ""
			}
			refuse(i, f)
		}
	}
	return results, s.keepRefused(ctx, p.workspace, rejects)
}

// keepRefused writes down what was refused, before the sender is told.
func (s *Segment) keepRefused(ctx context.Context, w workspace.Number, rejects []intake.Reject) error {
	if len(rejects) == 0 {
		return nil
	}
	return s.keeper.keep(ctx, w, rejects)
}

// putOff tells a sender to come again later. Nothing of what it sent was kept.
func (s *Segment) putOff(w http.ResponseWriter, ws workspace.Number, source *event.Source, f *fault.Fault, wait time.Duration) {
	s.tally.putOff(ws, source.Number, s.now(ws))
	w.Header().Set("Retry-After", strconv.Itoa(waited(f, wait)))
	s.refuse(w, f)
}

// packed is how many bytes a body takes in memory; -1 when that is not known before it is read, because it may be packed.
func packed(r *http.Request) int64 {
	if r.Header.Get("Content-Encoding") != "" || strings.Contains(r.Header.Get("Content-Type"), "form") {
		return -1
	}
	return r.ContentLength
}

var errWaits = fault.New(fault.Forbidden, "consent_needed", "本人还没有同意处理健康数据；已留存，同意后收下", "the person has not agreed to health data; kept aside and taken in once they do")

func outcome(o conductor.Outcome, path string) result {
	switch o.Status {
	case conductor.Stored:
		return result{status: "stored", id: o.Event.ID()}
	case conductor.Repeated:
		return result{status: "repeated"}
	case conductor.Kept:
		return result{status: "quarantined", fault: under(errWaits, path)}
	}
	if o.Fault != nil && errors.Is(o.Fault, conductor.ErrVisitor) {
		return result{status: "ignored", fault: under(o.Fault, path)}
	}
	if o.Status == conductor.Clashes {
		return result{status: "conflict", fault: under(conductor.ErrClash, path)}
	}
	return result{status: "refused", fault: under(o.Fault, path)}
}

// link attaches the identifiers of an alias to one person.
func (s *Segment) link(ctx context.Context, p *parser, it conductor.Item, path string) result {
	entry := audit.Entry{Actor: "source:" + strconv.Itoa(int(p.source.Number)), Action: "intake.alias"}
	cd := s.at(p.workspace)
	if cd == nil {
		return result{status: "refused", fault: under(errNoKey, path)}
	}
	err := cd.Link(ctx, conductor.Live, entry, it)
	if f := fault.Of(err); f != nil && f.Kind != fault.Internal {
		return result{status: "refused", fault: under(f, path)}
	}
	if err != nil {
		s.log.Error("an alias was not stored", slog.Any("error", err))
		return result{status: "refused", fault: under(errOurs, path)}
	}
	return result{status: "stored"}
}

// under puts a field below the event it is in.
func under(f *fault.Fault, path string) *fault.Fault {
	switch {
	case f == nil:
		return nil
	case path == "":
		return f
	case f.Field == "":
		return f.At("%s", path)
	}
	return f.At("%s.%s", path, f.Field)
}

// answered is the body of an answer, in Segment's form with what became of each event.
type answered struct {
	Success     bool       `json:"success"`
	Stored      int        `json:"stored"`
	Repeated    int        `json:"repeated,omitempty"`
	Quarantined int        `json:"quarantined,omitempty"`
	Ignored     int        `json:"ignored,omitempty"`
	Refused     int        `json:"refused"`
	Results     []oneEvent `json:"results"`
}

type oneEvent struct {
	Index   int    `json:"index"`
	Status  string `json:"status"`
	EventID string `json:"eventId,omitempty"`
	Reject  string `json:"rejectId,omitempty"` // under which what was refused is kept, to be mended and replayed
	*problem
}

// problem is what is wrong, in the words of package fault.
type problem struct {
	Code     string      `json:"code"`
	Field    string      `json:"field,omitempty"`
	Message  string      `json:"message"`
	Text     fault.Text  `json:"text"`
	HintText *fault.Text `json:"hintText,omitempty"`
}

func problemOf(f *fault.Fault) *problem {
	if f == nil {
		return nil
	}
	p := &problem{Code: f.Code, Field: f.Field, Message: f.Text.En, Text: f.Text}
	if f.Hint != (fault.Text{}) {
		hint := f.Hint
		p.HintText, p.Message = &hint, p.Message+"; "+hint.En
	}
	return p
}

func answer(w http.ResponseWriter, status int, results []result) {
	a := answered{Success: true, Results: make([]oneEvent, len(results))}
	for i, r := range results {
		a.Results[i] = oneEvent{Index: i, Status: r.status, EventID: r.id, Reject: r.reject, problem: problemOf(r.fault)}
		switch r.status {
		case "stored":
			a.Stored++
		case "repeated":
			a.Repeated++
		case "quarantined":
			a.Quarantined++
		case "ignored":
			a.Ignored++
		default:
			a.Refused++
			a.Success = false
		}
	}
	send(w, status, a)
}

func send(w http.ResponseWriter, status int, body any) {
	b, err := json.Marshal(body)
	if err != nil { // strings and numbers only: cannot happen
		status, b = http.StatusInternalServerError, []byte(`{"success":false}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(b) // the sender is gone: it will send again
}

var segmentStatus = map[fault.Kind]int{
	fault.Unauthenticated: http.StatusUnauthorized, fault.Missing: http.StatusNotFound, fault.TooLarge: http.StatusRequestEntityTooLarge,
	fault.TooMany: http.StatusTooManyRequests, fault.Unavailable: http.StatusServiceUnavailable, fault.Clash: http.StatusConflict, fault.Forbidden: http.StatusForbidden, fault.Internal: http.StatusInternalServerError,
}

// refuse answers a request nothing of which was stored.
func (s *Segment) refuse(w http.ResponseWriter, err error) {
	f := fault.Of(err)
	if f == nil || f.Kind == fault.Internal {
		s.fail(w, err)
		return
	}
	status, ok := segmentStatus[f.Kind]
	if !ok {
		status = http.StatusBadRequest
	}
	if f.Code == errPost.Code {
		status = http.StatusMethodNotAllowed
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="peiban"`)
	}
	send(w, status, struct {
		Success bool `json:"success"`
		*problem
	}{false, problemOf(f)})
}

// fail answers 500: senders of this form then send the same again, which is stored once.
func (s *Segment) fail(w http.ResponseWriter, err error) {
	s.log.Error("intake failed", slog.Any("error", err))
	send(w, http.StatusInternalServerError, struct {
		Success bool `json:"success"`
		*problem
	}{false, problemOf(errOurs)})
}
