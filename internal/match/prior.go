package match

import "peiban/internal/match/field"

// prior is what is usual for a kind before a table is seen: how often each level is met among rows of one person and of two.
// They are orders of magnitude; a table of some hundred rows replaces them with its own.
func prior(k field.Kind) (m, u [field.Levels]float64) {
	levels := func(exact, near, similar, moved, different float64) [field.Levels]float64 {
		return [field.Levels]float64{field.Exact: exact, field.Near: near, field.Similar: similar, field.Moved: moved, field.Different: different}
	}
	switch k {
	case field.Identity:
		return levels(.90, .06, .01, .001, .02), levels(1e-6, 3e-5, 3e-4, 1e-6, 1)
	case field.Phone:
		return levels(.75, .05, .02, .001, .18), levels(1e-5, 5e-5, 3e-4, 1e-6, 1)
	case field.Email:
		return levels(.80, .06, .02, .001, .12), levels(1e-6, 1e-5, 1e-4, 1e-6, 1)
	case field.Birth:
		return levels(.88, .07, .03, .001, .02), levels(5e-5, 1e-3, 4e-2, 1e-6, .96)
	case field.Date:
		return levels(.30, .05, .10, .001, .55), levels(5e-3, 1e-2, .1, 1e-6, .88)
	case field.Given:
		return levels(.80, .08, .05, .02, .05), levels(5e-3, 3e-3, 2e-2, 1e-3, .97)
	case field.Surname:
		return levels(.85, .07, .03, .02, .03), levels(5e-3, 3e-3, 1e-2, 1e-3, .98)
	case field.Address:
		return levels(.65, .13, .10, .02, .10), levels(3e-4, 3e-4, 1e-2, 1e-3, .99)
	case field.Place:
		return levels(.80, .08, .03, .01, .08), levels(2e-2, 3e-3, 1e-2, 1e-3, .97)
	case field.Postcode:
		return levels(.85, .05, .03, .001, .07), levels(1e-2, 1e-2, 3e-2, 1e-6, .95)
	case field.House:
		return levels(.80, .06, .01, .001, .13), levels(1e-2, 5e-2, 1e-3, 1e-6, .94)
	case field.Region:
		return levels(.90, .03, .01, .001, .06), levels(.2, 1e-2, 1e-2, 1e-6, .78)
	case field.Sex:
		return levels(.96, .001, .001, .001, .037), levels(.5, 1e-3, 1e-3, 1e-6, .5)
	case field.Category:
		return levels(.75, .001, .001, .001, .247), levels(.25, 1e-3, 1e-3, 1e-6, .75)
	case field.Number:
		return levels(.70, .10, .001, .001, .20), levels(2e-2, 4e-2, 1e-3, 1e-6, .94)
	}
	return levels(.75, .08, .05, .001, .12), levels(1e-2, 5e-3, 2e-2, 1e-6, .96)
}

// Whom a field belongs to. Two people of one home share where they live as two rows of one person do; what belongs to the person
// they share as strangers do; of the rest the table tells.
type belongs uint8

const (
	ofEither belongs = iota
	ofPerson
	ofHome
)

func role(k field.Kind) belongs {
	switch k {
	case field.Given, field.Birth, field.Identity, field.Email, field.Number, field.Date:
		return ofPerson
	case field.Address, field.House, field.Place, field.Postcode, field.Region:
		return ofHome
	}
	return ofEither
}

// atHome is how often two people of one home share a field of either, before a table is seen.
func atHome(k field.Kind) [field.Levels]float64 {
	exact, near := .3, .03
	switch k {
	case field.Surname:
		exact, near = .6, .04
	case field.Phone:
		exact, near = .35, .02
	case field.Sex:
		exact, near = .45, .001
	case field.Category:
		exact, near = .5, .001
	}
	return [field.Levels]float64{field.Exact: exact, field.Near: near, field.Similar: .02, field.Moved: .01, field.Different: 1 - exact - near - .03}
}

// mostDifferent is how often a field of one person may at most differ. What a person does not change is mistyped, but not mostly:
// a class of pairs in which birthdays mostly differ is something else than one person, however well it fits.
func mostDifferent(k field.Kind) float64 {
	switch k {
	case field.Birth:
		return .15
	case field.Given, field.Surname:
		return .25
	case field.Sex:
		return .12
	case field.Identity:
		return .4
	case field.Email, field.Phone, field.Address, field.House:
		return .7
	case field.Place, field.Postcode, field.Region:
		return .5
	}
	return .6
}
