package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"peiban/internal/audit"
	"peiban/internal/export"
	"peiban/internal/fault"
	"peiban/internal/out"
	"peiban/internal/page"
	"peiban/internal/staff"
	"peiban/internal/workspace"
)

// deliveries keeps lists that are sent at fixed times.
type deliveries interface {
	Deliveries(context.Context, workspace.Number) ([]out.Delivery, error)
	Delivery(ctx context.Context, w workspace.Number, id string) (out.Delivery, error)
	CreateDelivery(ctx context.Context, w workspace.Number, d *out.Delivery, entries ...audit.Entry) error
	ChangeDelivery(ctx context.Context, w workspace.Number, id string, change func(*out.Delivery) error, entries ...audit.Entry) (out.Delivery, error)
	DropDelivery(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error
	AddRun(ctx context.Context, w workspace.Number, d *out.Delivery, run *out.Run, entries ...audit.Entry) error
	StopRuns(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error
	DeliveryRuns(ctx context.Context, w workspace.Number, id string, part page.Part) (page.List[out.Run], error)
	LastRuns(context.Context, workspace.Number) (map[string]out.Run, error)
}

// Places are where files may be put.
type Places interface {
	Test(ctx context.Context, w *out.Where) error
	Folders() bool
}

// ListDeliveries are the lists that are sent at fixed times, and what may be chosen for one.
type ListDeliveries struct {
	Items   []ListDelivery `json:"items"`
	Lists   []DeliveryList `json:"lists" doc:"that the caller may take"`
	Bases   []Choice       `json:"bases"`
	Folders bool           `json:"folders" doc:"this server lets files be put into a folder"`
	Zone    string         `json:"zone" doc:"times of the day are of this place"`
}

// DeliveryList is a list that may be sent.
type DeliveryList struct {
	Key     string           `json:"key"`
	Text    Text             `json:"text"`
	Filters []DeliveryFilter `json:"filters"`
}

// DeliveryFilter is a parameter of a list.
type DeliveryFilter struct {
	Key     string   `json:"key"`
	Text    Text     `json:"text"`
	Many    bool     `json:"many" doc:"all of the chosen must hold"`
	Choices []Choice `json:"choices"`
}

// DeliveryTime is when a list is sent.
type DeliveryTime struct {
	Every   string `json:"every" maxLength:"10" doc:"day or week"`
	Weekday int    `json:"weekday,omitempty" minimum:"0" maximum:"7" doc:"1: Monday, of week"`
	At      string `json:"at" maxLength:"5" doc:"such as 06:30, where the workspace is"`
}

// DeliveryPlace is where files are put, without keys.
type DeliveryPlace struct {
	Kind     string `json:"kind" enum:"folder,s3"`
	Folder   string `json:"folder,omitempty" doc:"under the root the operator allows"`
	Endpoint string `json:"endpoint,omitempty"`
	Region   string `json:"region,omitempty"`
	Bucket   string `json:"bucket,omitempty"`
	Prefix   string `json:"prefix,omitempty"`
}

// ListDelivery is a list that is sent at fixed times.
type ListDelivery struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	List     string        `json:"list"`
	ListText Text          `json:"listText"`
	Query    string        `json:"query,omitempty" doc:"its filter, as in the address of the list"`
	Filter   *Text         `json:"filter,omitempty" doc:"the filter in words"`
	Format   string        `json:"format" enum:"csv,xlsx,parquet"`
	Schedule DeliveryTime  `json:"schedule"`
	When     Text          `json:"when"`
	Where    DeliveryPlace `json:"where"`
	Place    string        `json:"place" doc:"where to, as people read it"`
	Receiver outReceiver   `json:"receiver"`
	Names    bool          `json:"names"`
	State    string        `json:"state" enum:"on,paused,off"`
	Why      *Text         `json:"why,omitempty" doc:"it is off"`
	Maker    *Ref          `json:"maker,omitempty" doc:"whose rights decide what is in the file"`
	Created  string        `json:"created"`
	Next     string        `json:"next,omitempty" doc:"by the workspace's clock"`
	Last     *DeliveryRun  `json:"last,omitempty"`
}

// DeliveryRun is one sending.
type DeliveryRun struct {
	ID       string           `json:"id"`
	Delivery string           `json:"delivery"`
	Due      string           `json:"due" doc:"by the workspace's clock; the other times are the machine's"`
	Asked    string           `json:"asked,omitempty" doc:"who said now; it was due when not given"`
	State    string           `json:"state" enum:"waiting,running,done,failed,stopped,missed"`
	Text     Text             `json:"text"`
	Stopping bool             `json:"stopping,omitempty"`
	File     string           `json:"file"`
	Tries    int              `json:"tries"`
	Next     string           `json:"next,omitempty" doc:"when it is tried again"`
	Started  string           `json:"started,omitempty"`
	Ended    string           `json:"ended,omitempty"`
	Rows     int              `json:"rows"`
	Of       int              `json:"of" doc:"rows of the list, as far as known"`
	Bytes    int64            `json:"bytes"`
	Problem  *DeliveryProblem `json:"problem,omitempty"`
}

// DeliveryProblem is why a file is not there.
type DeliveryProblem struct {
	Code string `json:"code"`
	Text Text   `json:"text"`
	Hint *Text  `json:"hint,omitempty"`
}

// DeliveryTest is what became of the test of a place.
type DeliveryTest struct {
	Good    bool             `json:"good"`
	Problem *DeliveryProblem `json:"problem,omitempty"`
}

var runNames = map[string]Text{
	string(out.RunWaiting): text("等待发送", "waiting"), string(out.RunRunning): text("正在发送", "being sent"), string(out.RunDone): text("已送到", "sent"),
	string(out.RunFailed): text("没有送到", "not sent"), string(out.RunStopped): text("已停下", "stopped"), string(out.RunMissed): text("没赶上，由下一次接着发", "overtaken by the next"),
}

var (
	errDeliveryOff = fault.New(fault.Clash, "delivery_off", "这个定时发送已停止", "the delivery is switched off").Because("先打开修改并保存", "change and save it first")
	errDeliveryRun = fault.New(fault.Clash, "delivery_running", "上一次还没发完", "the one before is not over yet").Because("等它发完，或先停下", "wait for it, or stop it first")
	errNoFolders   = fault.New(fault.Invalid, "no_folder_root", "这台服务器没有允许写文件夹", "this server allows no folder").At("body.where.kind").
			Because("由管理员在设置 deliver_root 里指定一个目录", "name one by the setting deliver_root")
)

// deliveryWhere is where files are put, as it is entered.
type deliveryWhere struct {
	Kind      string `json:"kind" maxLength:"10" doc:"folder or s3"`
	Folder    string `json:"folder,omitempty" maxLength:"800"`
	Endpoint  string `json:"endpoint,omitempty" maxLength:"400"`
	Region    string `json:"region,omitempty" maxLength:"60"`
	Bucket    string `json:"bucket,omitempty" maxLength:"100"`
	Prefix    string `json:"prefix,omitempty" maxLength:"800"`
	AccessKey string `json:"accessKey,omitempty" maxLength:"200" doc:"stays as it is when not given and the address is the same; never shown"`
	SecretKey string `json:"secretKey,omitempty" maxLength:"300" doc:"likewise"`
}

// DeliveryChange is what may be said of a delivery; what is not given stays.
type DeliveryChange struct {
	Name     *string        `json:"name,omitempty" maxLength:"200"`
	List     *string        `json:"list,omitempty" maxLength:"40"`
	Query    *string        `json:"query,omitempty" maxLength:"2000"`
	Format   *string        `json:"format,omitempty" maxLength:"10"`
	Schedule *DeliveryTime  `json:"schedule,omitempty"`
	Where    *deliveryWhere `json:"where,omitempty"`
	Receiver *outReceiver   `json:"receiver,omitempty"`
	Names    *bool          `json:"names,omitempty"`
	State    *string        `json:"state,omitempty" enum:"on,paused" doc:"on: from its next time on"`
}

// OfDelivery names a delivery.
type OfDelivery struct {
	Delivery string `path:"delivery" maxLength:"40"`
}

type addDeliveryInput struct{ Body DeliveryChange }

type changeDeliveryInput struct {
	OfDelivery
	Body DeliveryChange
}

type testDeliveryInput struct {
	Body struct {
		Delivery string        `json:"delivery,omitempty" maxLength:"40" doc:"whose keys are used where none are given"`
		Where    deliveryWhere `json:"where"`
	}
}

type deliveryRunsInput struct {
	OfDelivery
	Paging
}

func (s *Server) deliveryOperations() {
	serve(s, operation{"list-deliveries", http.MethodGet, "/api/out/deliveries", "out", "Lists sent as files at fixed times, and how these are doing", forStaff}, s.listDeliveries)
	serve(s, operation{"add-delivery", http.MethodPost, "/api/out/deliveries", "out", "Send a list as a file every day or week", forStaff}, s.addDelivery)
	serve(s, operation{"test-delivery", http.MethodPost, "/api/out/deliveries/test", "out", "Put a small file that tells of nobody, and take it away again", forStaff}, s.testDelivery)
	serve(s, operation{"change-delivery", http.MethodPatch, "/api/out/deliveries/{delivery}", "out", "Change a delivery, which goes on with the caller's rights; pause it or let it go on", forStaff}, s.changeDelivery)
	serve(s, operation{"run-delivery", http.MethodPost, "/api/out/deliveries/{delivery}/run", "out", "Send the list now, beside its times", forStaff}, s.runDelivery)
	serve(s, operation{"stop-delivery", http.MethodPost, "/api/out/deliveries/{delivery}/stop", "out", "Stop what is being sent", forStaff}, s.stopDelivery)
	serve(s, operation{"delivery-runs", http.MethodGet, "/api/out/deliveries/{delivery}/runs", "out", "What became of each sending, the newest first", forStaff}, s.deliveryRuns)
	act(s, operation{"drop-delivery", http.MethodDelete, "/api/out/deliveries/{delivery}", "out", "Send a list no more and forget it; files that were sent stay where they are", forStaff}, s.dropDelivery)
}

// handles reports whether a delivery is the caller's to see and change: its maker's, and that of whoever looks after what goes out.
func (c *caller) handles(d *out.Delivery) bool {
	return d.Maker == c.member.ID || c.member.Role.Can(staff.CanManageOut)
}

func (s *Server) listDeliveries(ctx context.Context, _ *Empty) (ListDeliveries, error) {
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return ListDeliveries{}, err
	}
	all, err := s.store.Deliveries(ctx, c.space.number())
	if err != nil {
		return ListDeliveries{}, err
	}
	last, err := s.store.LastRuns(ctx, c.space.number())
	if err != nil {
		return ListDeliveries{}, err
	}
	v := ListDeliveries{Items: []ListDelivery{}, Lists: []DeliveryList{}, Folders: s.places != nil && s.places.Folders(), Zone: c.space.Workspace.Zone}
	for i := range all {
		if c.handles(&all[i]) {
			v.Items = append(v.Items, s.deliveryView(ctx, c, &all[i], last))
		}
	}
	for _, l := range s.listings() {
		if !c.member.Role.Can(l.needs) {
			continue
		}
		one := DeliveryList{Key: l.name, Text: l.title, Filters: []DeliveryFilter{}}
		for _, f := range l.filters {
			one.Filters = append(one.Filters, DeliveryFilter{f.key, f.name, f.many, f.choices(c)})
		}
		v.Lists = append(v.Lists, one)
	}
	for _, x := range out.Bases {
		v.Bases = append(v.Bases, Choice{x, baseNames[x]})
	}
	return v, nil
}

func (s *Server) oneDelivery(ctx context.Context, c *caller, d *out.Delivery) (ListDelivery, error) {
	last, err := s.store.LastRuns(ctx, c.space.number())
	return s.deliveryView(ctx, c, d, last), err
}

func (s *Server) deliveryView(ctx context.Context, c *caller, d *out.Delivery, last map[string]out.Run) ListDelivery {
	t, loc := &d.Told, c.space.loc
	w := &t.Where
	v := ListDelivery{
		ID: d.ID, Name: t.Name, List: t.List, Query: t.Query, Format: string(t.Format), Schedule: DeliveryTime(t.Timetable), When: whenWords(&t.Timetable),
		Where: DeliveryPlace{w.Kind, w.Folder, w.Endpoint, w.Region, w.Bucket, w.Prefix}, Place: w.Put(), Receiver: receiverView(t.Receiver), Names: t.Names,
		State: string(d.State), Maker: c.space.ref(ctx, s.store, d.Maker), Created: moment(d.Created, loc),
	}
	if l, ok := s.listNamed(t.List); ok {
		v.ListText, v.Filter = l.title, s.filterWords(c, &l, t.Query)
	}
	if next := nextOf(c, d); !next.IsZero() {
		v.Next = next.Format(time.RFC3339)
	}
	if d.State == out.Off {
		why := map[string]*fault.Fault{out.MakerLeft: out.ErrMakerLeft, out.MakerRight: out.ErrMakerRight}[d.Why]
		if why != nil {
			v.Why = &Text{Zh: why.Text.Zh + "。" + why.Hint.Zh, En: why.Text.En + "; " + why.Hint.En}
		}
	}
	if r, ok := last[d.ID]; ok {
		run := s.runOfDelivery(ctx, c, &r)
		v.Last = &run
	}
	return v
}

func (s *Server) runOfDelivery(ctx context.Context, c *caller, r *out.Run) DeliveryRun {
	loc := c.space.loc
	v := DeliveryRun{
		ID: r.ID, Delivery: r.Delivery, Due: moment(r.Due, loc), State: string(r.State), Text: runNames[string(r.State)], File: r.File, Tries: r.Tries,
		Started: moment(r.Started, loc), Ended: moment(r.Ended, loc), Rows: r.Rows, Of: r.Of, Bytes: r.Bytes, Problem: problemView(r.Problem),
		Stopping: r.State == out.RunRunning && r.Want == "stop",
	}
	if r.State == out.RunWaiting && r.Problem != nil {
		v.Text = text("没有送到，会再试", "not sent, to be tried again")
	}
	if r.Asked != "" {
		v.Asked = s.byName(ctx, c, r.Asked)
	}
	if r.State == out.RunWaiting && r.Next > 0 {
		v.Next = moment(r.Next, loc)
	}
	return v
}

func problemView(p *out.Problem) *DeliveryProblem {
	if p == nil {
		return nil
	}
	v := &DeliveryProblem{Code: p.Code, Text: p.Text}
	if p.Hint != (Text{}) {
		v.Hint = &p.Hint
	}
	return v
}

// where puts what was entered over what a delivery has. Keys that are not given stay, for the same address alone: whoever changes where
// to may not send there with another's keys.
func (w *deliveryWhere) where(old out.Where) out.Where {
	n := out.Where{
		Kind: w.Kind, Folder: w.Folder, Endpoint: strings.TrimSuffix(strings.TrimSpace(w.Endpoint), "/"), Region: w.Region, Bucket: w.Bucket, Prefix: w.Prefix, AccessKey: w.AccessKey, SecretKey: w.SecretKey,
	}
	if w.AccessKey == "" && w.SecretKey == "" && n.Kind == out.Bucket && n.Endpoint == old.Endpoint {
		n.AccessKey, n.SecretKey = old.AccessKey, old.SecretKey
	}
	return n
}

func (b *DeliveryChange) apply(s *Server, c *caller, d *out.Delivery) error {
	t := &d.Told
	set(&t.Name, b.Name)
	set(&t.Names, b.Names)
	if b.List != nil && *b.List != t.List {
		t.List, t.Query = *b.List, ""
	}
	set(&t.Query, b.Query)
	if b.Format != nil {
		t.Format = export.Format(*b.Format)
	}
	before := t.Timetable
	if b.Schedule != nil {
		t.Timetable = out.Timetable(*b.Schedule)
	}
	if b.Receiver != nil {
		t.Receiver = b.Receiver.receiver()
	}
	if b.Where != nil {
		t.Where = b.Where.where(t.Where)
	}
	if t.Where.Kind == out.Folder && (s.places == nil || !s.places.Folders()) {
		return errNoFolders
	}
	if err := t.Check(s.guard); err != nil {
		return err
	}
	was := d.State
	switch {
	case b.State != nil:
		d.State = out.State(*b.State)
	case was == out.Off: // somebody took it up
		d.State = out.On
	}
	if d.State == out.On && (was != out.On || before != t.Timetable) { // what was due before is nobody's wish
		d.After = max(d.After, c.space.now())
	}
	if d.State == out.On {
		d.Why, d.Ended = "", 0
	}
	d.Maker = c.member.ID
	return s.mayTake(c, t)
}

func deliveryDetail(d *out.Delivery) map[string]any {
	t := &d.Told
	return map[string]any{"delivery": d.ID, "list": t.List, "format": t.Format, "to": t.Where.Kind, "basis": t.Receiver.Basis, "names": t.Names}
}

func (s *Server) addDelivery(ctx context.Context, in *addDeliveryInput) (ListDelivery, error) {
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return ListDelivery{}, err
	}
	now := s.real()
	d := &out.Delivery{ID: newID(now), State: out.On, Created: now.UnixMicro(), After: c.space.now()}
	if err := in.Body.apply(s, c, d); err != nil {
		return ListDelivery{}, err
	}
	if err := s.store.CreateDelivery(ctx, c.space.number(), d, s.entry(ctx, c, "delivery.create", 0, deliveryDetail(d))); err != nil {
		return ListDelivery{}, err
	}
	return s.oneDelivery(ctx, c, d)
}

// deliveryOf finds a delivery that is the caller's to handle.
func (s *Server) deliveryOf(ctx context.Context, id string) (*caller, out.Delivery, error) {
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return nil, out.Delivery{}, err
	}
	d, err := s.store.Delivery(ctx, c.space.number(), id)
	if err == nil && !c.handles(&d) {
		err = out.ErrNoDelivery
	}
	return c, d, err
}

func (s *Server) changeDelivery(ctx context.Context, in *changeDeliveryInput) (ListDelivery, error) {
	c, d, err := s.deliveryOf(ctx, in.Delivery)
	if err != nil {
		return ListDelivery{}, err
	}
	pause := in.Body == (DeliveryChange{State: in.Body.State}) && in.Body.State != nil && *in.Body.State == string(out.Paused)
	action, change := "delivery.change", func(d *out.Delivery) error { return in.Body.apply(s, c, d) }
	if pause { // takes nobody's rights
		action, change = "delivery.pause", func(d *out.Delivery) error {
			if d.State == out.Off {
				return errDeliveryOff
			}
			d.State = out.Paused
			return nil
		}
	}
	if err := change(&d); err != nil { // so that the line of proof says what it becomes
		return ListDelivery{}, err
	}
	d, err = s.store.ChangeDelivery(ctx, c.space.number(), in.Delivery, change, s.entry(ctx, c, action, 0, deliveryDetail(&d)))
	if err != nil {
		return ListDelivery{}, err
	}
	return s.oneDelivery(ctx, c, &d)
}

func (s *Server) dropDelivery(ctx context.Context, in *OfDelivery) error {
	c, d, err := s.deliveryOf(ctx, in.Delivery)
	if err != nil {
		return err
	}
	return s.store.DropDelivery(ctx, c.space.number(), d.ID, s.entry(ctx, c, "delivery.drop", 0, map[string]any{"delivery": d.ID}))
}

func (s *Server) testDelivery(ctx context.Context, in *testDeliveryInput) (DeliveryTest, error) {
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return DeliveryTest{}, err
	}
	old := out.Where{}
	if in.Body.Delivery != "" {
		_, d, err := s.deliveryOf(ctx, in.Body.Delivery)
		if err != nil {
			return DeliveryTest{}, err
		}
		old = d.Told.Where
	}
	w := in.Body.Where.where(old)
	switch {
	case w.Kind == out.Folder && (s.places == nil || !s.places.Folders()):
		return DeliveryTest{}, errNoFolders
	case s.places == nil:
		return DeliveryTest{}, errNoTester
	}
	if err := w.Check(s.guard); err != nil {
		return DeliveryTest{}, err
	}
	v := DeliveryTest{Good: true}
	outcome := "good"
	if err := s.places.Test(ctx, &w); err != nil {
		p := out.ProblemOf(err)
		v, outcome = DeliveryTest{Problem: problemView(p)}, p.Code
	}
	return v, s.store.AppendAudit(ctx, c.space.number(), s.entry(ctx, c, "delivery.test", 0, map[string]any{"to": w.Kind, "outcome": outcome}))
}

func (s *Server) runDelivery(ctx context.Context, in *OfDelivery) (ListDelivery, error) {
	c, d, err := s.deliveryOf(ctx, in.Delivery)
	if err != nil {
		return ListDelivery{}, err
	}
	if d.State == out.Off {
		return ListDelivery{}, errDeliveryOff
	}
	last, err := s.store.LastRuns(ctx, c.space.number())
	if err != nil {
		return ListDelivery{}, err
	}
	due := time.UnixMicro(c.space.now()).In(c.space.loc).Truncate(time.Second)
	if r, ok := last[d.ID]; ok {
		if r.State == out.RunRunning || r.State == out.RunWaiting && r.Next == 0 {
			return ListDelivery{}, errDeliveryRun
		}
		if before := time.UnixMicro(r.Due); !due.After(before) { // a moment is one run; a rehearsal's clock may be moved back
			due = before.In(c.space.loc).Add(time.Second)
		}
	}
	id, file := out.Names(c.space.Workspace.ID, &d, due)
	run := &out.Run{Delivery: d.ID, ID: id, Due: due.UnixMicro(), Asked: c.actor(), File: file}
	if err := s.store.AddRun(ctx, c.space.number(), &d, run, s.entry(ctx, c, "delivery.now", 0, map[string]any{"delivery": d.ID})); err != nil {
		return ListDelivery{}, err
	}
	return s.oneDelivery(ctx, c, &d)
}

func (s *Server) stopDelivery(ctx context.Context, in *OfDelivery) (ListDelivery, error) {
	c, d, err := s.deliveryOf(ctx, in.Delivery)
	if err != nil {
		return ListDelivery{}, err
	}
	if err := s.store.StopRuns(ctx, c.space.number(), d.ID, s.entry(ctx, c, "delivery.stop", 0, map[string]any{"delivery": d.ID})); err != nil {
		return ListDelivery{}, err
	}
	return s.oneDelivery(ctx, c, &d)
}

func (s *Server) deliveryRuns(ctx context.Context, in *deliveryRunsInput) (Listing[DeliveryRun], error) {
	c, d, err := s.deliveryOf(ctx, in.Delivery)
	if err != nil {
		return Listing[DeliveryRun]{}, err
	}
	return s.runList(ctx, c, d.ID, in.part())
}

func (s *Server) runList(ctx context.Context, c *caller, id string, part page.Part) (Listing[DeliveryRun], error) {
	found, err := s.store.DeliveryRuns(ctx, c.space.number(), id, part)
	if err != nil {
		return Listing[DeliveryRun]{}, err
	}
	v := Listing[DeliveryRun]{Items: []DeliveryRun{}, Total: found.Total, NextCursor: found.Next}
	for i := range found.Items {
		v.Items = append(v.Items, s.runOfDelivery(ctx, c, &found.Items[i]))
	}
	return v, nil
}

// sentRun is a run with what is sent by it.
type sentRun struct {
	DeliveryRun
	name, list, format, place string
}

type deliveriesFileInput struct{ Paging }

// allDeliveryRuns is every sending of the deliveries that are the caller's to see.
func (s *Server) allDeliveryRuns(ctx context.Context, in *deliveriesFileInput) (Listing[sentRun], error) {
	c, _, err := s.authorize(ctx, staff.CanExport)
	if err != nil {
		return Listing[sentRun]{}, err
	}
	all, err := s.store.Deliveries(ctx, c.space.number())
	if err != nil {
		return Listing[sentRun]{}, err
	}
	mine := map[string]*out.Delivery{}
	for i := range all {
		if c.handles(&all[i]) {
			mine[all[i].ID] = &all[i]
		}
	}
	runs, err := s.runList(ctx, c, "", in.part())
	v := Listing[sentRun]{Items: []sentRun{}, Total: runs.Total, NextCursor: runs.NextCursor}
	for _, r := range runs.Items {
		if d := mine[r.Delivery]; d != nil {
			v.Items = append(v.Items, sentRun{r, d.Told.Name, d.Told.List, string(d.Told.Format), d.Told.Where.Put()})
		}
	}
	return v, err
}

var deliveryColumns = []export.Column{
	{Key: "delivery", Name: "定时发送 delivery"}, {Key: "list", Name: "名单 list"}, {Key: "format", Name: "格式 format"}, {Key: "place", Name: "送到 place"},
	{Key: "due", Name: "应发 due", Kind: export.Moment}, {Key: "asked", Name: "谁要求的 asked by"}, {Key: "state", Name: "状态 state"}, {Key: "file", Name: "文件 file"},
	{Key: "tries", Name: "次数 tries", Kind: export.Number}, {Key: "started", Name: "开始 started", Kind: export.Moment}, {Key: "ended", Name: "结束 ended", Kind: export.Moment},
	{Key: "rows", Name: "行数 rows", Kind: export.Number}, {Key: "bytes", Name: "字节 bytes", Kind: export.Number}, {Key: "problem", Name: "原因 problem"},
}

func deliveryCells(r *sentRun) []string {
	problem := ""
	if r.Problem != nil {
		problem = r.Problem.Text.Zh
	}
	return []string{
		r.name, r.list, r.format, r.place, r.Due, r.Asked, r.Text.Zh, r.File, strconv.Itoa(r.Tries), r.Started, r.Ended, strconv.Itoa(r.Rows), strconv.FormatInt(r.Bytes, 10), problem,
	}
}
