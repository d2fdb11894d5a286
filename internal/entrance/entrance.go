// Package entrance is about the ways people come in: codes printed and posted for a channel, invitations of people, what came of them
// and what they cost.
//
// It is pure: what is stored and a moment in, figures out. Messages leave by package channel; this is how people arrive.
package entrance

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"peiban/internal/fault"
)

// Kinds of entry codes, in the order they are offered.
var Kinds = []string{"campaign", "pharmacy", "shop", "hospital", "event", "media", "distributor", "rep"}

// KindNames are the kinds in words.
var KindNames = map[string]fault.Text{
	"campaign": {Zh: "投放活动", En: "Campaign"}, "pharmacy": {Zh: "药店", En: "Pharmacy"}, "shop": {Zh: "网店", En: "Shop"},
	"hospital": {Zh: "医院", En: "Hospital"}, "event": {Zh: "线下活动", En: "Event"}, "media": {Zh: "内容媒体", En: "Media"},
	"distributor": {Zh: "经销商", En: "Distributor"}, "rep": {Zh: "代表", En: "Representative"},
}

// ContactKind is what a contact_added event says of how somebody came by a code of a kind.
func ContactKind(kind string) string {
	if kind == "shop" {
		return "ecommerce"
	}
	return kind
}

// LongestState is how long the state of a contact way may be in WeCom, in characters.
const LongestState = 30

// Entrance is one entry code: a state that is printed as a QR picture, and what is known about the place it is shown at. It holds
// nothing about a person.
type Entrance struct {
	ID        string `json:"-"`
	State     string `json:"state"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	Channel   string `json:"channel,omitempty"` // platform or partner it belongs to, such as douyin; codes of one channel are counted together
	Programme string `json:"programme"`         // what people join
	Province  string `json:"province,omitempty"`
	City      string `json:"city,omitempty"`
	District  string `json:"district,omitempty"`
	Place     string `json:"place,omitempty"` // where it hangs: name and address
	Owner     string `json:"owner,omitempty"` // id of a member of staff: who looks after the code and the people it brings
	From      string `json:"from,omitempty"`  // first day it is good for, 2026-03-01; empty: at once
	To        string `json:"to,omitempty"`    // last day; empty: no end
	Paused    bool   `json:"paused,omitempty"`
	Ended     bool   `json:"ended,omitempty"`
	Successor string `json:"successor,omitempty"` // id of the code that took its place
	Words     string `json:"words,omitempty"`     // who invites, in a sentence people read on the landing page

	Contact *Contact `json:"contact,omitempty"` // the contact way of WeCom that carries its state; nil: none

	Revision int64  `json:"-"`
	Created  int64  `json:"-"`
	At       int64  `json:"-"` // microseconds, of the last change
	Actor    string `json:"-"`
}

// Contact is a contact way (联系我) by which people add a member of WeCom and come back with the code's state.
type Contact struct {
	Corp   string   `json:"corp"`          // id of the connected company
	Config string   `json:"config"`        // WeCom's id of it: the only way to change it
	QR     string   `json:"qr"`            // address of its picture
	Users  []string `json:"users"`         // userids; one of them is added
	Ask    bool     `json:"ask,omitempty"` // the member has to accept first
}

// Standing says whether a code is good on a day.
type Standing string

// Standings of a code.
const (
	Open   Standing = "open"
	Early  Standing = "early"  // its first day is still to come
	Paused Standing = "paused" // by hand, for a while
	Ended  Standing = "ended"  // by hand, or its last day is over
)

// StandingOn is how the code stands on a local day, written 2026-03-01. Its first and its last day are good.
func (e *Entrance) StandingOn(day string) Standing {
	switch {
	case e.Ended, e.To != "" && day > e.To:
		return Ended
	case e.Paused:
		return Paused
	case e.From != "" && day < e.From:
		return Early
	}
	return Open
}

// Region is province, city and district in one line, empty when nothing is known.
func (e *Entrance) Region() string {
	return strings.Join(slices.DeleteFunc([]string{e.Province, e.City, e.District}, func(s string) bool { return s == "" }), " ")
}

var states = base32.NewEncoding("abcdefghjkmnpqrstuvwxyz023456789").WithPadding(base32.NoPadding)

// JoinPath is where a code leads: the page of the phone, then the state.
const JoinPath = "/m/j/"

// NewState makes the state of a code: 16 characters, 80 random bits, none that are mistaken for one another in print.
func NewState() string {
	var b [10]byte
	_, _ = rand.Read(b[:]) // never fails: the runtime ends the program instead
	return StateOf(b)
}

// StateOf is the state that stands for some random bits.
func StateOf(b [10]byte) string { return states.EncodeToString(b[:]) }

// IsState reports whether s may be a state: what is not is asked of nobody.
func IsState(s string) bool {
	return s != "" && len(s) <= LongestState && strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

// What an entry code may be refused for.
var (
	ErrKind     = fault.New(fault.Invalid, "entrance_kind", "没有这种入口码", "there is no such kind of entry code").At("kind")
	ErrName     = fault.New(fault.Invalid, "entrance_name", "名称写一行，最多 60 个字", "the name is one line of at most 60 characters").At("name")
	ErrProvince = fault.New(fault.Invalid, "entrance_province", "没有这个省", "there is no such province").At("province").Because("从列表里选", "choose one of the list")
	ErrDay      = fault.New(fault.Invalid, "entrance_day", "日期写成 2026-03-01", "a day is written 2026-03-01")
	ErrDays     = fault.New(fault.Invalid, "entrance_days", "结束日早于开始日", "the last day is before the first").At("to")
	ErrSelf     = fault.New(fault.Invalid, "entrance_circle", "接替的码绕回了自己", "the codes that take its place lead back to itself").At("successor").Because("选一个没有接替者的码", "choose a code that has no successor")
	ErrNoSuch   = fault.New(fault.Invalid, "entrance_successor", "没有这个接替的码", "there is no such code to take its place").At("successor")
	ErrText     = fault.New(fault.Invalid, "entrance_text", "写一行，不要太长", "one line, and not too long")
)

// Check refuses a code that says what cannot be. The fault names the field.
func (e *Entrance) Check() *fault.Fault {
	if !slices.Contains(Kinds, e.Kind) {
		return ErrKind
	}
	if !line(e.Name, 60) || strings.TrimSpace(e.Name) == "" {
		return ErrName
	}
	if e.Province != "" && !slices.Contains(Provinces, e.Province) {
		return ErrProvince
	}
	for _, x := range []struct {
		field, text string
		longest     int
	}{{"channel", e.Channel, 40}, {"city", e.City, 40}, {"district", e.District, 40}, {"place", e.Place, 120}, {"words", e.Words, 120}} {
		if !line(x.text, x.longest) {
			return ErrText.At("%s", x.field).Because("最多 120 个字，没有换行", "at most 120 characters, no line break")
		}
	}
	for _, x := range []struct{ field, day string }{{"from", e.From}, {"to", e.To}} {
		if _, err := time.Parse(time.DateOnly, x.day); x.day != "" && err != nil {
			return ErrDay.At("%s", x.field)
		}
	}
	if e.From != "" && e.To != "" && e.To < e.From {
		return ErrDays
	}
	return nil
}

func line(s string, longest int) bool {
	return utf8.RuneCountInString(s) <= longest && strings.IndexFunc(s, unicode.IsControl) < 0
}

// Book is every code of a workspace.
type Book struct {
	All     []Entrance // by ID
	Default string     // id of the code that takes who comes by one that ended and has no successor; empty: none
	Version int64      // the newest revision

	byState map[string]int
	byID    map[string]int
}

// NewBook makes a book of codes.
func NewBook(all []Entrance, fallback string, version int64) *Book {
	b := &Book{All: all, Default: fallback, Version: version, byState: make(map[string]int, len(all)), byID: make(map[string]int, len(all))}
	for i := range all {
		b.byState[all[i].State], b.byID[all[i].ID] = i, i
	}
	return b
}

// ByState finds a code by what is printed.
func (b *Book) ByState(s string) *Entrance { return b.at(b.byState, s) }

// ByID finds a code by its id.
func (b *Book) ByID(id string) *Entrance { return b.at(b.byID, id) }

func (b *Book) at(m map[string]int, key string) *Entrance {
	if i, ok := m[key]; ok {
		return &b.All[i]
	}
	return nil
}

// furthest is how many successors are followed.
const furthest = 20

// Leads is the code that takes who comes by e on a day: e itself while it is open; of one that ended the first open one of its
// successors, else the default; nil when there is none, or when e is paused or still to come.
func (b *Book) Leads(e *Entrance, day string) *Entrance {
	standing := e.StandingOn(day)
	if standing == Open {
		return e
	}
	if standing != Ended {
		return nil
	}
	for next, n := b.ByID(e.Successor), 0; next != nil && n < furthest; next, n = b.ByID(next.Successor), n+1 {
		if next.StandingOn(day) == Open {
			return next
		}
	}
	if d := b.ByID(b.Default); d != nil && d.StandingOn(day) == Open {
		return d
	}
	return nil
}

// CheckSuccessor refuses a successor that is not there or leads back to the code.
func (b *Book) CheckSuccessor(id, successor string) *fault.Fault {
	if successor == "" {
		return nil
	}
	next := b.ByID(successor)
	if next == nil {
		return ErrNoSuch
	}
	for n := 0; next != nil; n++ {
		if next.ID == id || n > furthest {
			return ErrSelf
		}
		next = b.ByID(next.Successor)
	}
	return nil
}
