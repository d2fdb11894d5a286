package api_test

import "testing"

// What a phone keeps for when it is without a network: a figure it does not get from here it does not have.
func TestCatalogueHoldsEveryFigureOfThePhone(t *testing.T) {
	h := newHouse(t)
	var c struct {
		Version string
		Units   []struct {
			Key     string
			PerMmol float64
		}
		Limits map[string]struct {
			Value        float64
			Unit, Source string
		}
		Pairs []struct{ Mmol, Mgdl float64 }
	}
	if status := h.browser().do("GET", "/api/catalogue", nil, &c); status != 200 {
		t.Fatal(status)
	}
	for key, want := range map[string]float64{
		"glucoseMin": 1.1, "glucoseMax": 33.3, "level2Low": 3.0, "level1Low": 3.9, "critical": 16.7,
		"historyGap": 2, "fastSugar": 15, "retest": 15,
	} {
		if got := c.Limits[key]; got.Value != want || got.Unit == "" || got.Source == "" {
			t.Errorf("%s is %+v, want %v", key, got, want)
		}
	}
	mg := map[float64]float64{}
	for _, p := range c.Pairs {
		mg[p.Mmol] = p.Mgdl
	}
	if mg[3.0] != 54 || mg[3.9] != 70 || mg[16.7] != 300 || mg[33.3] != 600 {
		t.Errorf("pairs %v", mg)
	}
	if len(c.Version) != 12 {
		t.Errorf("version %q", c.Version)
	}
	again := c.Version
	if h.browser().do("GET", "/api/catalogue", nil, &c); c.Version != again {
		t.Errorf("version %q, then %q", again, c.Version)
	}
}
