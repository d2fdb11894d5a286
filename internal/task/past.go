package task

// Deed is one thing that was done with a task, as the timeline tells it.
type Deed struct {
	At      int64 // microseconds
	State   State // what it became; Open: opened again, or put off
	By      string
	Outcome string
	Until   int64 // put off until then, microseconds; 0: it was not put off
	Before  int64 // when it had been due before that; 0: not known
}

// As gives t as it stood at a moment, microseconds, out of what is stored of it and everything done with it, oldest
// first. ok is false when it had not been opened yet. Who had taken it by then is not kept, so nobody has; a due
// moment that was changed later and is not known any more is 0.
func (t Task) As(at int64, deeds []Deed) (then Task, ok bool) {
	if t.Opened > at {
		return Task{}, false
	}
	now := t
	t.Claimed, t.By, t.Outcome, t.Note, t.State, t.Closed = "", "", "", "", Open, 0
	for i := len(deeds) - 1; i >= 0 && deeds[i].At > at; i-- {
		if deeds[i].Until != 0 {
			t.Due = deeds[i].Before
		}
	}
	for _, d := range deeds {
		if d.At > at {
			break
		}
		t.State, t.By, t.Outcome, t.Closed = d.State, d.By, d.Outcome, 0
		if d.State != Open {
			t.Closed = d.At
		}
	}
	switch {
	case now.Closed != 0 && now.Closed <= at: // as it ended, with what the timeline does not hold: the note, or an erasure
		t.State, t.Closed, t.By, t.Outcome, t.Note = now.State, now.Closed, now.By, now.Outcome, now.Note
	case t.State == Open:
		t.By, t.Outcome = "", ""
	}
	return t, true
}
