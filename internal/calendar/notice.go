package calendar

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
	"time"
)

// The days off and the days worked instead, as the State Council's office told them each autumn for the year after: notices of 2023-10-25
// (国办发明电〔2023〕7号), 2024-11-12 (国办发明电〔2024〕12号) and 2025-11-04. Weekends beside a day off are not in it.
//
//go:embed notices.csv
var noticeTable string

// Standing is whether people work on a day.
type Standing struct {
	Off  bool // a day off
	Work bool // a day at the weekend that is worked
	Told bool // by a notice; else only the festivals of the law are known
}

var notices = sync.OnceValue(func() map[string]Standing {
	rows, err := csv.NewReader(strings.NewReader(noticeTable)).ReadAll()
	if err != nil {
		panic(err) // a file of ours, read by a test
	}
	out := map[string]Standing{}
	for _, r := range rows[1:] {
		from, _ := time.Parse(time.DateOnly, r[0])
		to, _ := time.Parse(time.DateOnly, r[1])
		for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
			out[d.Format(time.DateOnly)] = Standing{Off: r[2] == "off", Work: r[2] == "work", Told: true}
		}
		out[r[0][:4]] = Standing{Told: true} // the year has its notice
	}
	return out
})

// StandingOf is whether people work on a local day: by the notice of its year, or by the festivals of the law where there is none yet.
func StandingOf(day time.Time) Standing {
	said := day.Format(time.DateOnly)
	if s, told := notices()[said]; told {
		return s
	}
	if notices()[said[:4]].Told {
		return Standing{Told: true}
	}
	for _, f := range Festivals(day, day) {
		if f.Off {
			return Standing{Off: true}
		}
	}
	return Standing{}
}
