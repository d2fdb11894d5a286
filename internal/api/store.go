package api

import (
	"context"

	"peiban/internal/audit"
	"peiban/internal/calendar"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/intake"
	"peiban/internal/message"
	"peiban/internal/page"
	"peiban/internal/person"
	"peiban/internal/staff"
	"peiban/internal/task"
	"peiban/internal/visit"
	"peiban/internal/workspace"
)

// Store is what the API reads and writes by itself; everything that happens to a person goes through the
// conductor.
type Store interface {
	Ping(context.Context) error
	sessions
	members
	answers
	proof
	timelines
	work
	drafts
	visitLinks
	entrances
	uploaders
	resources
	jobs
	exportJobs
	catalogue
	apiKeys
	outs
	deliveries
	feedStore
	reviewStore
	ownerStore
	courseStore
	journeyStore
	stopStore
	neighbours
	corpStore
	outletStore
	effectSettingsStore
	capStore
	talkStore
	calendars
}

type sessions interface {
	Session(ctx context.Context, kind string, hash []byte) (workspace.Number, staff.Session, error)
	CreateSession(context.Context, workspace.Number, staff.Session, ...audit.Entry) error
	TouchSession(ctx context.Context, hash []byte, seen, expires int64) error
	EndSession(ctx context.Context, w workspace.Number, hash []byte, entries ...audit.Entry) error
	CreateSigninLink(ctx context.Context, w workspace.Number, p person.Number, hash []byte, expires int64, entries ...audit.Entry) error
	UseSigninLink(ctx context.Context, hash []byte, now int64, begin func(workspace.Number, person.Number) (staff.Session, []audit.Entry, error)) (workspace.Number, person.Number, error)
}

type visitLinks interface {
	CreateVisitLink(ctx context.Context, w workspace.Number, hash []byte, l visit.Link, entries ...audit.Entry) error
	VisitLink(ctx context.Context, hash []byte) (workspace.Number, visit.Link, error)
	VisitLinks(context.Context, workspace.Number, person.Number) ([]visit.Link, error)
	RevokeVisitLink(ctx context.Context, w workspace.Number, p person.Number, id string, at int64, entries ...audit.Entry) error
	AnswerVisitLink(ctx context.Context, w workspace.Number, p person.Number, id string, at int64) error
}

type members interface {
	Member(context.Context, workspace.Number, string) (staff.Member, error)
	MemberByLogin(ctx context.Context, w workspace.Number, login string) (staff.Member, error)
	LoginPlaces(ctx context.Context, login string) ([]workspace.Number, error)
	Members(context.Context, workspace.Number) ([]staff.Member, error)
	SignInFailed(ctx context.Context, w workspace.Number, id string, lockedUntil int64, entries ...audit.Entry) error
	SignInSucceeded(ctx context.Context, w workspace.Number, id string, entries ...audit.Entry) error
}

type answers interface {
	Answered(ctx context.Context, w workspace.Number, actor, key string, request []byte) (audit.Answer, bool, error)
	KeepAnswer(ctx context.Context, w workspace.Number, actor, key string, a audit.Answer) error
}

type proof interface {
	AppendAudit(context.Context, workspace.Number, ...audit.Entry) error
	Audit(context.Context, workspace.Number, audit.Filter, page.Part) (page.List[audit.Row], error)
	Quarantine(ctx context.Context, w workspace.Number, reason string, part page.Part) (page.List[conductor.Quarantined], error)
	intakes
}

type intakes interface {
	Sources(context.Context, workspace.Number) ([]event.Source, error)
	CreateSource(ctx context.Context, w workspace.Number, v event.Source, entries ...audit.Entry) (event.Source, error)
	ChangeSource(ctx context.Context, w workspace.Number, number int32, change func(*event.Source) error, entries ...audit.Entry) (event.Source, error)
	Minutes(ctx context.Context, w workspace.Number, source int32, from, to, step int64) ([]intake.Minute, error)
	Rejects(ctx context.Context, w workspace.Number, f intake.Filter, part page.Part) (page.List[intake.Reject], error)
	RejectReasons(context.Context, workspace.Number) (map[int32]map[string]int, error)
	RejectByID(ctx context.Context, w workspace.Number, id [16]byte) (intake.Reject, error)
	CloseReject(ctx context.Context, w workspace.Number, id [16]byte, state, actor, event string, at int64, entries ...audit.Entry) (bool, error)
}

type timelines interface {
	EventsBySeq(context.Context, workspace.Number, person.Number, []event.Seq) ([]event.Event, error)
	Transitions(ctx context.Context, w workspace.Number, p person.Number, newest event.Seq, kind string, part page.Part) (page.List[conductor.Transition], error)
	Runs(context.Context, workspace.Number, person.Number) ([]conductor.RunRow, error)
	Running(context.Context, workspace.Number) (map[string]int, error)
}

type drafts interface {
	Draft(ctx context.Context, w workspace.Number, programme string) (conductor.Draft, error)
	SaveDraft(ctx context.Context, w workspace.Number, d conductor.Draft, based int64, entries ...audit.Entry) error
	DropDraft(ctx context.Context, w workspace.Number, programme string, revision int64, entries ...audit.Entry) error
	Drafts(context.Context, workspace.Number) ([]conductor.Draft, error)
	Statements(ctx context.Context, w workspace.Number, programme string) ([]conductor.Statement, error)
	State(context.Context, workspace.Number, conductor.Statement, ...audit.Entry) error
	Unstate(ctx context.Context, w workspace.Number, programme, item string, entries ...audit.Entry) error
	VersionMovers(ctx context.Context, w workspace.Number, seq event.Seq, each func(n uint32, kind, key string, gained bool)) error
	TagChanges(ctx context.Context, w workspace.Number, after, to event.Seq, from int64, each func(key string, at int64, gained bool)) error
	TagMoves(ctx context.Context, w workspace.Number, keys []string, after, to event.Seq, from int64, each func(*conductor.Transition)) error
	TagMovers(ctx context.Context, w workspace.Number, key string, from, to int64, each func(n uint32, gained bool)) error
}

type work interface {
	Tasks(context.Context, workspace.Number, task.Filter, page.Part) (page.List[task.Task], error)
	AllTasks(context.Context, workspace.Number, task.Filter) ([]task.Task, error)
	ClosedTasks(context.Context, workspace.Number, task.Filter, page.Part) (page.List[task.Task], error)
	CountTasks(context.Context, workspace.Number, task.Filter) (map[task.Priority]int, error)
	OpenTasksByPerson(context.Context, workspace.Number) (map[person.Number]task.Load, error)
	TasksOf(context.Context, workspace.Number, person.Number) ([]task.Task, error)
	TaskByID(context.Context, workspace.Number, task.ID) (task.Task, error)
	MessagesOf(context.Context, workspace.Number, person.Number, page.Part) (page.List[message.Message], error)
	MessagesTo(context.Context, workspace.Number, person.Number, page.Part) (page.List[message.Message], error)
	MessagesIn(ctx context.Context, w workspace.Number, state message.State, part page.Part) (page.List[message.Message], error)
	MessageByID(context.Context, workspace.Number, message.ID) (message.Message, error)
	Unread(context.Context, workspace.Number, person.Number) (int, error)
	WorkSettings(context.Context, workspace.Number) (task.Settings, int64, error)
	SaveWorkSettings(ctx context.Context, w workspace.Number, set task.Settings, version, at int64, actor string, entries ...audit.Entry) error
	BeginBatch(ctx context.Context, w workspace.Number, b *task.Batch, entries ...audit.Entry) (bool, error)
	Batch(ctx context.Context, w workspace.Number, id string) (task.Batch, error)
	EndBatch(ctx context.Context, w workspace.Number, id string, at int64, entries ...audit.Entry) error
}

type calendars interface {
	Campaigns(ctx context.Context, w workspace.Number, from, to string) ([]calendar.Campaign, error)
	Campaign(ctx context.Context, w workspace.Number, id string) (calendar.Campaign, error)
	SaveCampaign(ctx context.Context, w workspace.Number, c *calendar.Campaign, at int64, entries ...audit.Entry) error
	SetCalendarFeed(ctx context.Context, w workspace.Number, staff string, hash []byte, at int64, entries ...audit.Entry) error
	CalendarFeed(ctx context.Context, w workspace.Number, staff string) (int64, error)
	CalendarOf(ctx context.Context, w workspace.Number, hash []byte) (string, error)
}
