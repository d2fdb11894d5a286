// Package ruletest is a second, naive implementation of the rule language, and random rules and timelines to compare the first
// with. It shares no code with package rule: it takes every event again for every question, knows no windows that end a walk, no
// moments of change and no closures that remember, and does calendars with package time. Only tests import it.
package ruletest

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"peiban/internal/event"
)

// Truth is three-valued, numbered like the truth of package rule.
type Truth int8

const (
	Unknown Truth = iota
	False
	True
)

// Is makes a Truth of a bool.
func Is(b bool) Truth {
	if b {
		return True
	}
	return False
}

const (
	minute = int64(60e6)
	hour   = 60 * minute
	day    = 24 * hour
)

var nan = math.NaN()

// Event is an event of the reference. Those that were corrected are not in a World at all.
type Event struct {
	Seq     event.Seq
	At      int64
	Type    event.Type
	Num     float64
	A, B, C string
	X       []float64
	Flags   event.Flags
}

const noNumber = event.HI | event.LO | event.Implausible

// x is extra number k of e.
func (e Event) x(k int) float64 {
	if k < len(e.X) {
		return e.X[k]
	}
	return nan
}

// value is the main value of e, not a number when its flags say so.
func (e Event) value() float64 {
	if e.Flags&noNumber != 0 {
		return nan
	}
	return e.Num
}

// World is what the reference answers from: what is known, and the moment.
type World struct {
	Events []Event // by time, then by sequence
	Now    int64
	Entry  int64
	Loc    *time.Location
	Target func(key string) (low, high float64, ok bool)
	Tag    func(key string) Truth
	Stage  string

	Own     func(key string) bool
	Profile func() string
}

// date numbers the days of the person's calendar.
func (w *World) date(at int64) int {
	y, m, d := time.UnixMicro(at).In(w.Loc).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// monday is the date of the Monday of the week of at; month numbers its month.
func (w *World) monday(at int64) int {
	d := w.date(at)
	return d - (int(time.Unix(int64(d)*86400, 0).UTC().Weekday())+6)%7
}

func (w *World) month(at int64) int {
	y, m, _ := time.UnixMicro(at).In(w.Loc).Date()
	return y*12 + int(m)
}

func (w *World) clock(at int64) time.Time { return time.UnixMicro(at).In(w.Loc) }

// Num, Bool and Sel are expressions: their text and their answer.
type Num struct {
	Text string
	Of   func(w *World) float64
	// Coarse is a whole number of few values: it may be compared with one.
	Coarse bool
}

type Bool struct {
	Text string
	Of   func(w *World) Truth
}

// Sel is a selection: a type, and what is chained to it.
type Sel struct {
	Type  event.Type
	Flags bool
	links []link
	read  string // of .values(...)
}

type link struct {
	text string
	pass func(w *World, in []Event) (out []Event, known bool)
}

func (s Sel) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "events(%q)", s.Type.String())
	if s.Flags {
		b.WriteString(".with_flags()")
	}
	if s.read != "" {
		fmt.Fprintf(&b, ".values(%q)", s.read)
	}
	for _, l := range s.links {
		b.WriteString(l.text)
	}
	return b.String()
}

// of is what passes at the moment of w, the newest first.
func (s Sel) of(w *World) ([]Event, bool) {
	var in []Event
	for _, e := range w.Events {
		if e.Type == s.Type && e.At <= w.Now && (s.Flags || e.Flags&noNumber == 0) {
			in = append(in, e)
		}
	}
	slices.Reverse(in)
	known := true
	for _, l := range s.links {
		out, ok := l.pass(w, in)
		in, known = out, known && ok
	}
	return in, known
}

// number is the value figures over s take of e.
func (s Sel) number(e Event) float64 {
	if s.read != "" && e.Flags&noNumber == 0 {
		f := event.Lookup(s.Type.String()).Field(s.read)
		if f.Slot == event.SlotNum {
			return e.Num
		}
		return e.x(int(f.Slot - event.X0))
	}
	return e.value()
}

func (w *World) String() string {
	var b strings.Builder
	show := func(at int64) string { return w.clock(at).Format("2006-01-02 15:04:05.000000 -0700") }
	fmt.Fprintf(&b, "%s, now %s, entry %s\n", w.Loc, show(w.Now), show(w.Entry))
	for _, e := range w.Events {
		fmt.Fprintf(&b, "  #%d %s %v %v %q %q %q %v %b\n", e.Seq, show(e.At), e.Type, e.Num, e.A, e.B, e.C, e.X, e.Flags)
	}
	return b.String()
}
