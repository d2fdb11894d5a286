package api_test

import "testing"

// A score entered by hand says of which version it is, as one from a questionnaire does.
func TestAScoreByHandHasItsVersion(t *testing.T) {
	h := newHouse(t)
	card := h.add(0, "张桂芳", "liu")
	liu, path := h.as("liu"), "/api/people/"+string(card.ID)
	for _, tt := range []struct {
		p    props
		want any
	}{
		{props{"scale": "harris", "value": 72, "side": "left"}, "1969"},
		{props{"scale": "harris", "value": 72, "version": " mHHS "}, "mHHS"},
		{props{"scale": "phq9", "value": 4}, nil},
	} {
		if got := liu.says(path, "score", "", tt.p).Entry.Properties["version"]; got != tt.want {
			t.Errorf("%v: version %v", tt.p, got)
		}
	}
	e := liu.says(path, "score", "", props{"scale": "harris", "value": 70}).Entry
	var out struct {
		Entry struct{ Properties props }
	}
	if status := liu.do("POST", path+"/file/"+e.ID+"/correct", props{"type": "score", "properties": props{"scale": "phq9", "value": 5, "version": "1969"}, "reason": "量表选错"}, &out); status != 200 || out.Entry.Properties["version"] != nil {
		t.Errorf("another scale keeps the version: %d %v", status, out.Entry.Properties)
	}
}

// Of a scale that a questionnaire of the person's programmes makes, the version is the questionnaire's.
func TestAScoreByHandIsOfTheQuestionnairesVersion(t *testing.T) {
	h := houseOf(t, "osteonecrosis")
	path := "/api/people/" + string(h.add(0, "李秀英", "liu").ID)
	var forms struct {
		Items []struct{ Key, Version string }
	}
	liu := h.as("liu")
	if status := liu.do("GET", path+"/forms", nil, &forms); status != 200 || len(forms.Items) == 0 {
		t.Fatal(status, forms)
	}
	want := ""
	for _, f := range forms.Items {
		if f.Key == "harris" {
			want = f.Version
		}
	}
	if got := liu.says(path, "score", "", props{"scale": "harris_patient", "value": 60}).Entry.Properties["version"]; want == "" || got != want {
		t.Errorf("version %v, the questionnaire's is %q", got, want)
	}
}
