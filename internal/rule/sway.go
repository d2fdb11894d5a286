package rule

// sway is which way one more event can move an answer, when it moves it at all. Corrections and withdrawals take events
// away; after them everything is asked again, whatever this says.
type sway int8

const (
	either  sway = iota
	steady       // no event moves it
	rising       // from false to true, or to a larger number
	falling      // from true to false, or to a smaller number
)

// flip is the sway of the opposite.
func (s sway) flip() sway {
	switch s {
	case rising:
		return falling
	case falling:
		return rising
	}
	return s
}

// with is the sway of what two answers make together, when each pulls it its own way.
func (s sway) with(o sway) sway {
	switch {
	case s == steady:
		return o
	case o == steady || s == o:
		return s
	}
	return either
}

// only is steady when s is, else either: for what looks at the exact value.
func (s sway) only() sway {
	if s == steady {
		return steady
	}
	return either
}

// grows tells whether a further event never drops one that was selected: nothing counts from the newest before it filters,
// no window hangs on other events, no condition on anything but the event itself.
func (s *selection) grows() bool {
	if !s.monotone {
		return false
	}
	for i := range s.ops {
		switch o := &s.ops[i]; {
		case o.kind == opAfter, o.kind == opSince, o.kind == opSpan, o.kind == opFollowed, o.kind == opWhere && !o.alone:
			return false
		}
	}
	return true
}

// more is the sway of what grows with the events selected, such as the largest value. A last drops one for each that is new.
func (s *selection) more() sway {
	if s.grows() && !s.drops() {
		return rising
	}
	return either
}

// most is the sway of how many events there are, which a last holds but does not lower.
func (s *selection) most() sway {
	if s.grows() {
		return rising
	}
	return either
}

func (s *selection) drops() bool {
	for i := range s.ops {
		if s.ops[i].kind == opLast {
			return true
		}
	}
	return false
}

// figureSway is the sway of a figure of a selection.
func (s *selection) figureSway(name string) sway {
	switch name {
	case "max":
		return s.more()
	case "min":
		return s.more().flip()
	}
	return either
}

// arithSway is the sway of a op b.
func arithSway(op byte, a, b *value) sway {
	switch op {
	case '+':
		return a.sway.with(b.sway)
	case '-':
		return a.sway.with(b.sway.flip())
	case '*':
		if a.fixed {
			a, b = b, a
		}
		fallthrough
	default: // a / b
		switch {
		case !b.fixed:
			return a.sway.with(b.sway).only()
		case b.k > 0:
			return a.sway
		case b.k < 0:
			return a.sway.flip()
		}
		return either
	}
}

// cmpSway is the sway of a comparison.
func cmpSway(o cmp, a, b sway) sway {
	switch o {
	case cmpGreater, cmpGreaterEqual:
		return a.with(b.flip())
	case cmpLess, cmpLessEqual:
		return a.flip().with(b)
	}
	return a.with(b).only()
}
