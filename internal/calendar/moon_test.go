package calendar

import (
	"encoding/csv"
	"math"
	"strings"
	"testing"
	"time"
)

const rad = math.Pi / 180

// newMoon is the moment of the k-th new moon since 6 January 2000, in days of terrestrial time (JDE), right to about ten seconds. Meeus,
// Astronomical Algorithms, second edition, chapter 49.
func newMoon(k float64) float64 {
	t := k / 1236.85
	e := 1 - 0.002516*t - 0.0000074*t*t
	m := (2.5534 + 29.10535670*k - 0.0000014*t*t) * rad
	n := (201.5643 + 385.81693528*k + 0.0107582*t*t + 0.00001238*t*t*t) * rad
	f := (160.7108 + 390.67050284*k - 0.0016118*t*t - 0.00000227*t*t*t) * rad
	o := (124.7746 - 1.56375588*k + 0.0020672*t*t) * rad
	jde := 2451550.09766 + 29.530588861*k + 0.00015437*t*t - 0.000000150*t*t*t
	sin := math.Sin
	jde += -0.40720*sin(n) + 0.17241*e*sin(m) + 0.01608*sin(2*n) + 0.01039*sin(2*f) + 0.00739*e*sin(n-m) - 0.00514*e*sin(n+m) + 0.00208*e*e*sin(2*m) -
		0.00111*sin(n-2*f) - 0.00057*sin(n+2*f) + 0.00056*e*sin(2*n+m) - 0.00042*sin(3*n) + 0.00042*e*sin(m+2*f) + 0.00038*e*sin(m-2*f) -
		0.00024*e*sin(2*n-m) - 0.00017*sin(o) - 0.00007*sin(n+2*m) + 0.00004*sin(2*n-2*f) + 0.00004*sin(3*m) + 0.00003*sin(n+m-2*f) +
		0.00003*sin(2*n+2*f) - 0.00003*sin(n+m+2*f) + 0.00003*sin(n-m+2*f) - 0.00002*sin(n-m-2*f) - 0.00002*sin(3*n+m) + 0.00002*sin(4*n)
	for i, a := range []struct{ from, by, size float64 }{
		{299.77, 0.107408, 325}, {251.88, 0.016321, 165}, {251.83, 26.651886, 164}, {349.42, 36.412478, 126}, {84.66, 18.206239, 110},
		{141.74, 53.303771, 62}, {207.14, 2.453732, 60}, {154.84, 7.306860, 56}, {34.52, 27.261239, 47}, {207.19, 0.121824, 42},
		{291.34, 1.844379, 40}, {161.72, 24.198154, 37}, {239.56, 25.513099, 35}, {331.55, 3.592518, 23},
	} {
		x := a.from + a.by*k
		if i == 0 {
			x -= 0.009173 * t * t
		}
		jde += a.size * 1e-6 * sin(x*rad)
	}
	return jde
}

// longitude is the sun's apparent longitude at a moment, degrees, right to about 0.01 (a quarter of an hour). Chapter 25.
func longitude(jde float64) float64 {
	t := (jde - 2451545) / 36525
	l := 280.46646 + 36000.76983*t + 0.0003032*t*t
	m := (357.52911 + 35999.05029*t - 0.0001537*t*t) * rad
	c := (1.914602-0.004817*t-0.000014*t*t)*math.Sin(m) + (0.019993-0.000101*t)*math.Sin(2*m) + 0.000289*math.Sin(3*m)
	return math.Mod(l+c-0.00569-0.00478*math.Sin((125.04-1934.136*t)*rad), 360)
}

// inBeijing is a moment in Beijing's time. Terrestrial time is 69 to 71 seconds ahead of UTC in these years.
func inBeijing(jde float64) time.Time {
	return time.UnixMicro(int64((jde - 2440587.5) * 86400e6)).Add(-70*time.Second + 8*time.Hour).UTC()
}

// Every row of the table is reckoned again: a lunar month begins on the day of the new moon in Beijing, so the day that is to be the first of the
// month has one, and Qingming is the day on which the sun comes to 15 degrees. Which month it is follows from the season: of two rows a month apart
// one would be thirty days out.
func TestTheTableAgreesWithTheMoonAndTheSun(t *testing.T) {
	moons := map[string]time.Time{}
	for k := 290.0; k < 420; k++ {
		at := inBeijing(newMoon(k))
		moons[at.Format(time.DateOnly)] = at
	}
	// The solstice of winter falls in the eleventh month: the month that begins two months after that one is the first, or three after where a
	// month is put in between.
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	since := map[string]int{"laba": 7, "spring": 0, "lantern": 14, "dragon_boat": 4, "qixi": 6, "mid_autumn": 14, "double_ninth": 8}
	season := map[string][2]float64{ // where the sun may be on the first of the month: the principal term of the month lies in it
		"laba": {265, 300}, "spring": {299, 330}, "lantern": {299, 330}, "dragon_boat": {59, 90}, "qixi": {119, 150}, "mid_autumn": {149, 180}, "double_ninth": {179, 210},
	}
	closest := 24 * time.Hour
	for _, r := range rows[1:] {
		day, _ := time.Parse(time.DateOnly, r[0])
		switch r[1] {
		case "eve":
			continue // the day before spring, which is looked at
		case "qingming":
			jd := float64(day.Unix())/86400 + 2440587.5 + 70.0/86400 - 8.0/24
			if from, to := longitude(jd), longitude(jd+1); !(from <= 15.01 && to >= 14.99) {
				t.Errorf("Qingming %s: the sun goes from %.3f to %.3f", r[0], from, to)
			}
			continue
		}
		first := day.AddDate(0, 0, -since[r[1]])
		at, there := moons[first.Format(time.DateOnly)]
		if !there {
			t.Errorf("%s %s: no new moon on %s", r[1], r[0], first.Format(time.DateOnly))
			continue
		}
		closest = min(closest, at.Sub(first), first.AddDate(0, 0, 1).Sub(at))
		lon := longitude(float64(first.Unix())/86400 + 2440587.5)
		if s := season[r[1]]; lon < s[0] || lon > s[1]+1 {
			t.Errorf("%s %s: the sun is at %.1f on the first of its month", r[1], r[0], lon)
		}
	}
	if closest < time.Minute { // the reckoning is right to ten seconds and the clock to two
		t.Errorf("a new moon %s from midnight: this reckoning does not decide it", closest)
	}
	t.Logf("the new moon closest to midnight is %s away", closest)
}
