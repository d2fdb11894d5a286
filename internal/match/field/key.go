package field

import (
	"slices"
	"strings"
)

// A Key is a text under which rows that may be of one person are found together. Two rows with the same key in the same pass are
// compared, if the pass does not find too many.
type Key struct {
	Pass string // which of the kind's ways of looking
	Text string
}

// Keys are the keys of a value, in a fixed order of passes. Sex, categories and regions have none: they say too little.
func Keys(k Kind, v *Value) []Key {
	if !v.Says() {
		return nil
	}
	keys := []Key{{"same", v.Text}}
	switch k {
	case Sex, Category, Region, House, Number:
		return nil
	case Given, Surname, Text, Place:
		if v.masked {
			return nil
		}
		if v.sound != "" {
			keys = append(keys, Key{"sound", soundKey(v)})
		}
	case Birth, Date:
		if v.day.whole() {
			keys = append(keys, Key{"digits", v.day.sortedDigits()}, Key{"month and day", v.Text[4:]}, Key{"year and month", v.Text[:6]})
		}
	case Phone:
		keys = keys[:0]
		if n := len(v.digits); n >= 4 {
			keys = append(keys, Key{"last four", v.digits[n-4:]})
			if !v.masked {
				keys = append(keys, Key{"same", v.Text})
				if n >= 8 {
					keys = append(keys, Key{"last seven", v.digits[n-7:]}, Key{"first six", v.Text[:6]})
				}
			}
		}
	case Identity:
		if n := len(v.Text); n >= 6 && !v.masked {
			keys = append(keys, Key{"first half", v.Text[:n/2]}, Key{"second half", v.Text[n/2:]})
		}
		if n := len(v.Text); v.masked && n > 8 {
			keys = []Key{{"first six", v.Text[:6]}, {"last four", v.Text[n-4:]}}
		} else if n == 18 {
			keys = append(keys, Key{"first six", v.Text[:6]}, Key{"last four", v.Text[n-4:]})
		}
	case Email:
		keys = append(keys, Key{"mailbox", v.tokens[0]})
	case Address:
		if v.han {
			keys = append(keys, Key{"below", string(v.solid)})
			break
		}
		w := slices.Sorted(slices.Values(v.tokens))
		keys = append(keys, Key{"words", strings.Join(w, " ")})
		if longest := slices.MaxFunc(w, func(a, b string) int { return len(a) - len(b) }); len(longest) >= 4 {
			keys = append(keys, Key{"longest word", phonetic(longest)})
		}
	}
	return keys
}

// soundKey is how a name is read; a reading that slips between the provinces (n and l, zh and z, -ng and -n) is one key.
func soundKey(v *Value) string {
	if !v.han {
		return v.sound
	}
	return slack.Replace(v.sound)
}

var slack = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ang", "an", "eng", "en", "ing", "in")

// NameKey is the sound of a name as two names are put together into one key, whichever column each stands in. Letters that are
// the romanisation of characters share their key.
func NameKey(v *Value) string {
	if !v.Says() || v.masked {
		return ""
	}
	if v.han {
		return phonetic(slack.Replace(v.sound))
	}
	return phonetic(slack.Replace(string(v.solid)))
}
