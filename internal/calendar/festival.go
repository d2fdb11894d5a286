// Package calendar is about what is on which day: festivals, campaigns, and what falls due for people. It reads no database; who may see what
// is the API's.
package calendar

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
	"time"

	"peiban/internal/fault"
)

// Festival is a day everybody knows.
type Festival struct {
	Day  string // 2026-02-17
	Key  string
	Name fault.Text
	Off  bool // a day off by the law; StandingOf tells of the days around it
}

// Lunar festivals and Qingming of 2024 to 2032, China's date. A lunar month begins on the day of the new moon in Beijing's time (GB/T 33661-2017);
// the new moons are those of Meeus, Astronomical Algorithms, chapter 49, and the table agrees with the Spring Festivals, Dragon Boat and Mid-Autumn
// days that the Hong Kong Observatory published.
//
//go:embed festivals.csv
var table string

var names = map[string]fault.Text{
	"eve": say("除夕", "Lunar New Year's Eve"), "spring": say("春节", "Spring Festival"), "lantern": say("元宵节", "Lantern Festival"), "qingming": say("清明节", "Qingming"),
	"dragon_boat": say("端午节", "Dragon Boat Festival"), "qixi": say("七夕", "Qixi"), "mid_autumn": say("中秋节", "Mid-Autumn Festival"), "double_ninth": say("重阳节", "Double Ninth"),
	"laba": say("腊八节", "Laba Festival"), "new_year": say("元旦", "New Year's Day"), "labour": say("劳动节", "Labour Day"), "national": say("国庆节", "National Day"),
	"pressure_day": say("世界高血压日", "World Hypertension Day"), "diabetes_day": say("联合国糖尿病日", "World Diabetes Day"), "spring_off": say("春节假期", "Spring Festival holiday"),
	"labour_off": say("劳动节假期", "Labour Day holiday"), "national_off": say("国庆节假期", "National Day holiday"),
}

// off are the days off by the rules on national holidays (State Council order 795, from 2025 on); the days worked instead are in the notices of
// each year.
var off = map[string]bool{
	"eve": true, "spring": true, "spring_off": true, "qingming": true, "dragon_boat": true, "mid_autumn": true, "new_year": true, "labour": true, "labour_off": true,
	"national": true, "national_off": true,
}

// since795 is the first year in which New Year's Eve and the second of May are days off: there were eleven before, and are thirteen.
const since795 = 2025

// fixed are festivals of the same day each year, month and day.
var fixed = []struct {
	month time.Month
	day   int
	key   string
}{
	{1, 1, "new_year"}, {5, 1, "labour"}, {5, 2, "labour_off"}, {5, 17, "pressure_day"}, {10, 1, "national"}, {10, 2, "national_off"}, {10, 3, "national_off"}, {11, 14, "diabetes_day"},
}

func say(zh, en string) fault.Text { return fault.Text{Zh: zh, En: en} }

// LastYear is the last whose lunar festivals are known here.
const LastYear = 2032

var lunar = sync.OnceValue(func() map[string][]string {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(err) // a file of ours, read by a test
	}
	out := map[string][]string{}
	for _, r := range rows[1:] {
		out[r[0]] = append(out[r[0]], r[1])
		if r[1] == "spring" { // the first to the third day of the first month
			d, _ := time.Parse(time.DateOnly, r[0])
			for i := 1; i < 3; i++ {
				next := d.AddDate(0, 0, i).Format(time.DateOnly)
				out[next] = append(out[next], "spring_off")
			}
		}
	}
	return out
})

// Festivals are those of [from, to], days such as 2026-02-17, in order.
func Festivals(from, to time.Time) []Festival {
	var out []Festival
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		day := d.Format(time.DateOnly)
		keys := lunar()[day]
		for _, f := range fixed {
			if f.month == d.Month() && f.day == d.Day() {
				keys = append(keys[:len(keys):len(keys)], f.key)
			}
		}
		for _, key := range keys {
			free := off[key] && !(d.Year() < since795 && (key == "eve" || key == "labour_off"))
			if key == "labour_off" && d.Year() < since795 {
				continue
			}
			out = append(out, Festival{day, key, names[key], free})
		}
	}
	return out
}
