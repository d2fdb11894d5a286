package owner

import (
	"cmp"
	"slices"

	"peiban/internal/fault"
)

// Absence is a time in which a member of staff is away. The owner of their people stays who it is; their work is the cover's meanwhile,
// and theirs again at the moment it ends. Nothing is moved, so nothing can be left behind.
type Absence struct {
	ID      string
	Staff   string
	From    int64  // microseconds, the workspace's clock: [From, To)
	To      int64  // MaxInt64: nobody knows yet
	Cover   string // empty: nobody, managers see to it
	Note    string
	Created int64
	By      string
	Ended   int64 // when it was ended or called off before its time; 0: it was not
	Version int64
}

// Holds reports whether a is on at a moment. The moment it ends is outside it.
func (a *Absence) Holds(now int64) bool {
	end := a.To
	if a.Ended != 0 {
		end = min(end, a.Ended)
	}
	return now >= a.From && now < end
}

// At is the absence that counts at a moment: of several that overlap the one that began last, of those the one that was entered last.
// Nil: the member is there.
func (b *Book) At(id string, now int64) *Absence {
	var found *Absence
	for i := range b.Absences {
		a := &b.Absences[i]
		if a.Staff != id || !a.Holds(now) {
			continue
		}
		if found == nil || cmp.Or(cmp.Compare(a.From, found.From), cmp.Compare(a.Created, found.Created), cmp.Compare(a.ID, found.ID)) > 0 {
			found = a
		}
	}
	return found
}

// Away reports whether a member is absent at a moment.
func (b *Book) Away(id string, now int64) bool { return b.At(id, now) != nil }

// Why nobody stands in for somebody absent; the managers see to the work then.
const (
	NoCover   = "no_cover"   // none is named
	CoverGone = "cover_gone" // the cover's account is closed
	Circular  = "circular"   // the covers cover each other and all are away
)

// Stand is who acts for somebody.
type Stand struct {
	Acts string // who acts: the member, or who covers; empty: the managers, see Why
	Why  string
	Past []string // covers who are away themselves, in order
}

// Acting says who acts for a member at a moment. A cover who is away is covered by theirs.
func (b *Book) Acting(id string, now int64) Stand {
	var s Stand
	seen := []string{id}
	for at := id; ; {
		a := b.At(at, now)
		if a == nil {
			s.Acts = at
			return s
		}
		if at != id {
			s.Past = append(s.Past, at)
		}
		switch m := b.Member(a.Cover); {
		case a.Cover == "":
			s.Why = NoCover
			return s
		case slices.Contains(seen, a.Cover):
			s.Why = Circular
			return s
		case m == nil || m.Disabled:
			s.Why = CoverGone
			return s
		}
		at = a.Cover
		seen = append(seen, at)
	}
}

// Covers lists those for whom a member acts at a moment, themselves not among them.
func (b *Book) Covers(id string, now int64) []string {
	var out []string
	for i := range b.Staff {
		if m := b.Staff[i].ID; m != id && b.Away(m, now) && b.Acting(m, now).Acts == id {
			out = append(out, m)
		}
	}
	return out
}

// Uncovered lists those who are away with nobody to act for them: the managers do.
func (b *Book) Uncovered(now int64) []string {
	var out []string
	for i := range b.Staff {
		if m := b.Staff[i].ID; b.Away(m, now) && b.Acting(m, now).Acts == "" {
			out = append(out, m)
		}
	}
	return out
}

// How long the cover has, once work of somebody absent is late, before the managers have it too. Safety is theirs at once.
const (
	SafetyGrace = 0
	OtherGrace  = 4 * 60 * 60 * 1_000_000 // four hours, microseconds
)

// Escalated reports whether work of a member who is absent is the managers' too: nobody acts for them, or the cover did not in time.
func (b *Book) Escalated(id string, due int64, safety bool, now int64) bool {
	if !b.Away(id, now) {
		return false
	}
	if b.Acting(id, now).Acts == "" {
		return true
	}
	grace := int64(OtherGrace)
	if safety {
		grace = SafetyGrace
	}
	return due != 0 && now > due+grace
}

var (
	errAbsenceSpan  = fault.New(fault.Invalid, "absence_span", "结束时间要在开始之后", "an absence ends after it begins")
	errAbsencePast  = fault.New(fault.Invalid, "absence_past", "这段时间已经过去", "this time is over already")
	errAbsenceWho   = fault.New(fault.Invalid, "absence_staff", "没有这个账号，或已关闭", "there is no such account, or it is closed")
	errCoverSelf    = fault.New(fault.Invalid, "cover_self", "不能自己替自己代班", "nobody covers for themselves")
	errCoverUnknown = fault.New(fault.Invalid, "cover_unknown", "代班的人没有账号、已关闭，或者角色不管人", "the cover has no account, a closed one, or a role that looks after nobody")
)

// CheckAbsence finds the first mistake in an absence that is to be entered at a moment. Absences that overlap, a cover who is away too and
// covers in a circle are no mistakes: each has its outcome, and the board shows it.
func (b *Book) CheckAbsence(a *Absence, now int64) error {
	switch m := b.Member(a.Staff); {
	case m == nil || m.Disabled:
		return errAbsenceWho.At("body.staff")
	case a.To <= a.From:
		return errAbsenceSpan.At("body.to")
	case a.To <= now:
		return errAbsencePast.At("body.to")
	case a.Cover == a.Staff:
		return errCoverSelf.At("body.cover")
	case a.Cover == "":
		return nil
	}
	if m := b.Member(a.Cover); m == nil || m.Disabled || !Takes(m.Role) {
		return errCoverUnknown.At("body.cover")
	}
	return nil
}
