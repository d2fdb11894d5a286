package task

import "strconv"

// MinutesADay is how long a member of staff works on tasks in a day where nothing else is said: eight hours less breaks and talks.
const MinutesADay = 420

// minutes is how long a task usually takes. Working figures: 14 tasks in 2 h 10 min.
var minutes = map[Priority]int{Safety: 10, Promise: 10, Normal: 9, Low: 5}

// Minutes is how long t usually takes.
func (t *Task) Minutes() int { return minutes[t.Priority] }

// Fit says of a day's work, in order, which fits into the minutes left, and how many minutes more would be needed. What keeps somebody safe is
// done whatever the clock says; from the first other task that does not fit nothing fits any more, so that nobody skips ahead to what is short.
func Fit(work []Task, left int) (fits []bool, over int) {
	fits = make([]bool, len(work))
	full := false
	for i := range work {
		m := work[i].Minutes()
		if work[i].Priority != Safety && (full || m > left) {
			full = true
			over += m
			continue
		}
		left -= m
		fits[i] = true
	}
	return fits, over + max(0, -left)
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return number(n) + " " + many
}
