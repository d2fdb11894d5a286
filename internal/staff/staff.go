// Package staff is about the people who work: who they are, what they may do, and how they prove it.
package staff

// Role says what a member may do; see Can.
type Role string

const (
	Admin         Role = "admin"
	Manager       Role = "manager"
	HealthManager Role = "health_manager"
	Pharmacist    Role = "pharmacist"
	Doctor        Role = "doctor"
	Viewer        Role = "viewer"
)

// Roles of other systems, which come by a key and are no members: nobody is given one.
const (
	Machine      Role = "machine"
	NamedMachine Role = "named_machine" // sees names
)

// Member is one of the staff.
type Member struct {
	ID          string // ULID
	Login       string
	Name        string
	Role        Role
	Hash        string // argon2id
	Language    string // zh, en
	Disabled    bool
	Failed      int   // wrong passwords in a row
	LockedUntil int64 // microseconds, real time
	Created     int64
}

// Session is one signed-in browser: staff or a person's phone, kept apart by Kind.
type Session struct {
	TokenHash []byte // SHA-256 of the cookie
	Kind      string // staff, person
	Subject   string // staff id or person id
	CSRF      string
	Created   int64
	Expires   int64
	Seen      int64
}
