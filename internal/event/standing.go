package event

// Standing is how much a statement counts against others about the same thing: signed by a doctor's own account, read from a paper that
// staff saw, said. Of those of one weight the latest holds. The health file and the rules read it.
func Standing(signed, verified bool) int {
	switch {
	case signed:
		return 2
	case verified:
		return 1
	}
	return 0
}
