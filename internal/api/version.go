package api

import (
	"strconv"
	"strings"

	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
	"peiban/internal/timeline"
)

// versioned is the answer about a thing that can be edited. It goes out with an ETag, which an edit has to send back
// as If-Match. The tag is the version of what can be edited, not of every byte of the answer: a reading that arrives
// stands in nobody's way.
type versioned interface {
	etag() string // with its quotes; empty: an answer nothing can be based on, such as one about the past
}

func (t Task) etag() string { return quoted(t.Version) }

func (m Me) etag() string { return quoted(m.Version) }

func (p Person) etag() string {
	if p.past {
		return ""
	}
	return quoted(p.Version)
}

// A programme changes by a new file only; its hash is its version.
func (p Programme) etag() string { return `"` + p.Hash + `"` }

func quoted(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// Based is the version a change was based on.
type Based struct {
	IfMatch string `header:"If-Match" maxLength:"200" doc:"the ETag, or the version, the change was based on; without it 428, with an older one 412"`
}

var (
	errNoIfMatch = fault.New(fault.Invalid, "precondition_required", "修改之前要先读一次：缺少请求头 If-Match", "a change has to name the version it was based on: the header If-Match is missing").
			At("header.If-Match").Because("先读取，再把答复里的 ETag 放进 If-Match", "read it first and send the answer's ETag as If-Match")
	errVersion = fault.New(fault.Stale, "changed_meanwhile", "刚被别人改过，请刷新再试", "someone changed this meanwhile; reload and try again").
			At("header.If-Match").Because("再读一次，用新的 ETag", "read it again and use the new ETag")
)

// check compares a version with those the header names: tags with or without quotes, several with commas. An
// asterisk, as RFC 9110 has it, means whichever there is, and the caller answers for that.
func (m Based) check(version int64) error {
	if strings.TrimSpace(m.IfMatch) == "" {
		return errNoIfMatch
	}
	is := strconv.FormatInt(version, 10)
	for tag := range strings.SplitSeq(m.IfMatch, ",") {
		if tag = strings.Trim(strings.TrimSpace(tag), `"`); tag == "*" || tag == is {
			return nil
		}
	}
	return errVersion
}

// personVersion counts what staff change of a person: the row, which counts profiles and owners itself, and what is set by events
// that touch no row: targets, plans, programmes, relatives and others than the owner who look after them.
func personVersion(card conductor.Card, v timeline.View) int64 {
	n := card.Version
	for _, t := range v.Type {
		switch t {
		case event.TargetSet, event.PlanSet, event.ProgrammeJoined, event.Relation, event.Assigned:
			n++
		}
	}
	return n
}

// alone makes edits of one person wait for each other, so that of two based on one version the second is refused.
func (s *Server) alone(c *caller, card conductor.Card) (done func()) {
	return s.edits.lock(string(c.space.Workspace.ID) + string(card.ID))
}
