package staff

import "slices"

// Permission is one thing a member may do. The names go to the console, which hides what would be refused.
type Permission string

const (
	CanReadPeople   Permission = "people.read"   // people, timelines, tags, tasks, messages
	CanReadAll      Permission = "people.all"    // everyone of the workspace, those without an owner too
	CanReadNames    Permission = "people.names"  // names, phone ends, notes and message texts as they are
	CanWritePeople  Permission = "people.write"  // add people and readings, make sign-in links
	CanAssign       Permission = "people.assign" // give a person to another owner
	CanErase        Permission = "people.erase"  // destroy a person's key, for ever
	CanMerge        Permission = "people.merge"  // make one person of two, or two of one again; say how people are known
	CanExport       Permission = "people.export" // a list as a file
	CanWork         Permission = "tasks.work"    // claim, complete, skip, postpone
	CanReadAudit    Permission = "audit.read"
	CanReadIntake   Permission = "intake.read"   // quarantine and dead messages
	CanManageIntake Permission = "intake.manage" // sources, their keys; what they sent and was refused
	CanMoveClock    Permission = "clock.move"    // in a rehearsal workspace
	CanManageStaff  Permission = "staff.manage"
	CanReadProgress Permission = "programme.read"

	CanEditProgress Permission = "programme.edit" // drafts of programmes, preview, publish

	CanSign        Permission = "file.sign" // a doctor's own statement; nobody signs for another, 医师法 24
	CanMapMedicine Permission = "file.map"  // say which medicine a name means

	CanManageOut Permission = "out.manage" // what other systems get: their keys, webhooks

	CanManageChannels Permission = "channels.manage" // entry codes, whose ever, what they cost, and who brought whom

	CanImport Permission = "import" // bring files of many people in, and take a whole import back
)

// grants is the whole table of who may do what. A member without CanReadAll sees own people only, a viewer
// everyone who has an owner, with masked names.
var grants = map[Role][]Permission{
	Admin: {CanReadPeople, CanReadAll, CanReadNames, CanWritePeople, CanAssign, CanExport, CanWork, CanReadAudit,
		CanReadIntake, CanManageIntake, CanMoveClock, CanManageStaff, CanReadProgress, CanEditProgress, CanErase, CanMerge, CanMapMedicine, CanImport, CanManageOut, CanManageChannels},
	Manager: {CanReadPeople, CanReadAll, CanReadNames, CanWritePeople, CanAssign, CanExport, CanWork, CanReadAudit,
		CanReadIntake, CanManageIntake, CanMoveClock, CanReadProgress, CanEditProgress, CanMerge, CanMapMedicine, CanImport, CanManageOut, CanManageChannels},
	HealthManager: {CanReadPeople, CanReadNames, CanWritePeople, CanExport, CanWork, CanMoveClock, CanReadProgress},
	Pharmacist:    {CanReadPeople, CanReadNames, CanWritePeople, CanWork, CanReadProgress, CanMapMedicine},
	Doctor:        {CanReadPeople, CanReadNames, CanWritePeople, CanWork, CanReadProgress, CanMapMedicine, CanSign},
	Viewer:        {CanReadPeople, CanReadProgress},
	Machine:       {CanReadPeople, CanReadAll, CanExport},
	NamedMachine:  {CanReadPeople, CanReadAll, CanExport, CanReadNames},
}

// Roles lists every role, from most to least.
func Roles() []Role { return []Role{Admin, Manager, HealthManager, Pharmacist, Doctor, Viewer} }

// Known reports whether r is a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// Can reports whether r may do p. An unknown role may do nothing.
func (r Role) Can(p Permission) bool { return slices.Contains(grants[r], p) }

// Permissions lists what r may do.
func (r Role) Permissions() []Permission { return slices.Clone(grants[r]) }

// Sees reports whether a member may see a person whose owner is owner ("" for nobody). Whoever may not gets the
// answer of an id that never was.
func (m Member) Sees(owner string) bool {
	switch {
	case m.Disabled || !m.Role.Can(CanReadPeople):
		return false
	case m.Role.Can(CanReadAll):
		return true
	case m.Role == Viewer:
		return owner != ""
	}
	return owner != "" && owner == m.ID
}
