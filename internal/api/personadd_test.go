package api_test

import (
	"net/http"
	"slices"

	"strings"
	"sync"
	"testing"

	"peiban/internal/api"
)

func (b *browser) personAt(id string) (p api.Person) {
	b.h.t.Helper()
	if status := b.do("GET", "/api/people/"+id, nil, &p); status != http.StatusOK {
		b.h.t.Fatalf("person: %d", status)
	}
	return p
}

func TestAPersonIsAddedWithWhatIsKnownAndAgreedTo(t *testing.T) {
	h := houseOf(t, "diabetes", "osteonecrosis")
	zhou := h.as("zhou")
	body := props{
		"name": "孙建华", "phone": "138 0013 8000", "gender": "male", "birthYear": 1961, "livesAlone": true, "programme": "osteonecrosis",
		"owner": h.staff["chen"], "doctor": h.staff["qian"], "consents": []string{"basic_service", "health_data"}, "basis": "paper", "proof": "同意书 2026-0312",
	}
	var p api.Person
	if status := zhou.do("POST", "/api/people", body, &p); status != 200 || p.Existing {
		t.Fatalf("%d %+v", status, p)
	}
	if p.Name != "孙建华" || p.Last4 != "8000" || p.BirthYear != 1961 || !p.LivesAlone || p.Owner.ID != h.staff["chen"] || p.Doctor == nil || p.Doctor.ID != h.staff["qian"] {
		t.Errorf("%+v", p)
	}
	if len(p.Programmes) != 1 || p.Programmes[0].Key != "osteonecrosis" {
		t.Errorf("programmes %+v", p.Programmes)
	}
	agreed := map[string]api.ConsentRow{}
	for _, x := range p.Consents {
		agreed[x.Purpose] = x
	}
	if x := agreed["health_data"]; !x.Granted || x.Basis != "paper" || x.TextVersion == "" || agreed["family_share"].Granted {
		t.Errorf("%+v", agreed)
	}
	// The doctor, who saw nobody, sees this one and may sign; the owner sees them too.
	for _, login := range []string{"qian", "chen"} {
		if got := h.as(login).personAt(p.ID); got.Name != "孙建华" {
			t.Errorf("%s: %+v", login, got)
		}
	}
	// What was agreed to on paper lets data in at once.
	if status := zhou.do("POST", "/api/people/"+p.ID+"/measures", props{"type": "pain", "properties": props{"value": 4, "site": "left_hip"}}, nil); status != 200 {
		t.Errorf("a pain: %d", status)
	}
}

func TestANumberThatIsHereAlreadyIsThatPerson(t *testing.T) {
	h := newHouse(t)
	liu, chen, zhou := h.as("liu"), h.as("chen"), h.as("zhou")
	var first, again api.Person
	if status := liu.do("POST", "/api/people", props{"name": "孙建华", "phone": "13800138000"}, &first); status != 200 {
		t.Fatal(status)
	}
	if status := zhou.do("POST", "/api/people", props{"name": "孙建华儿子", "phone": "+86 138-0013-8000", "birthYear": 1990}, &again); status != 200 || !again.Existing || again.ID != first.ID || again.Name != "孙建华" || again.BirthYear != 0 {
		t.Errorf("%d %+v", status, again)
	}
	if p := chen.refused("POST", "/api/people", props{"name": "孙建华", "phone": "13800138000"}); p.Status != 409 || p.Code != "phone_taken" || p.Field != "body.phone" {
		t.Errorf("of somebody one may not see: %+v", p)
	}
	other := h.add(0, "李秀英", "liu")
	if p := liu.refused("PATCH", "/api/people/"+string(other.ID), props{"phone": "13800138000"}, "If-Match", "*"); p.Code != "phone_taken" {
		t.Errorf("taken by a change: %+v", p)
	}
	if status := liu.do("PATCH", "/api/people/"+first.ID, props{"phone": "13800138000"}, nil, "If-Match", "*"); status != 200 {
		t.Errorf("one's own number: %d", status)
	}
	// Another workspace knows nothing of it.
	var p api.Person
	if status := h.as("liu2").do("POST", "/api/people", props{"name": "孙建华", "phone": "13800138000"}, &p); status != 200 || p.Existing {
		t.Errorf("%d %+v", status, p)
	}
}

func TestTwoWhoAddTheSamePersonAtOnceAddOne(t *testing.T) {
	h := newHouse(t)
	zhou := h.as("zhou")
	ids := make([]api.Person, 6)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() { zhou.do("POST", "/api/people", props{"name": "孙建华", "phone": "13800138000"}, &ids[i]) })
	}
	wg.Wait()
	made := 0
	for _, p := range ids {
		if p.ID != ids[0].ID {
			t.Errorf("two people: %s, %s", p.ID, ids[0].ID)
		}
		if !p.Existing {
			made++
		}
	}
	if made != 1 {
		t.Errorf("%d were added", made)
	}
}

func TestAnAdditionIsRefusedBeforeAnybodyIsMade(t *testing.T) {
	h := newHouse(t)
	liu := h.as("liu")
	for _, x := range []struct {
		name        string
		body        props
		status      int
		code, field string
	}{
		{"born in the future", props{"name": "孙建华", "birthYear": 2027}, 422, "in_the_future", "body.birthYear"},
		{"agreed to, nobody knows how", props{"name": "孙建华", "consents": []string{"health_data"}, "proof": "1"}, 422, "consent_basis_missing", "body.basis"},
		{"on paper that is nowhere", props{"name": "孙建华", "consents": []string{"health_data"}, "basis": "paper"}, 422, "consent_basis_missing", "body.proof"},
		{"a purpose nobody asks for", props{"name": "孙建华", "consents": []string{"anything"}, "basis": "paper", "proof": "1"}, 422, "unknown_code", "body.consents"},
		{"a programme there is not", props{"name": "孙建华", "programme": "nothing"}, 422, "unknown_code", "body.programme"},
		{"a doctor, named by a nurse", props{"name": "孙建华", "doctor": h.staff["qian"]}, 403, "forbidden", ""},
		{"for somebody else", props{"name": "孙建华", "owner": h.staff["chen"]}, 403, "forbidden", ""},
	} {
		p := liu.refused("POST", "/api/people", x.body)
		if p.Status != x.status || x.code != "" && !strings.Contains(p.Code, x.code) && x.status != 403 || x.field != "" && p.Field != x.field {
			t.Errorf("%s: %+v", x.name, p)
		}
	}
	if p := h.as("zhou").refused("POST", "/api/people", props{"name": "孙建华", "doctor": h.staff["liu"]}); p.Field != "body.doctor" {
		t.Errorf("a nurse as doctor: %+v", p)
	}
	if p := h.as("viewer").refused("POST", "/api/people", props{"name": "孙建华"}); p.Status != 403 {
		t.Errorf("a viewer: %+v", p)
	}
	if n := h.spaces[0].Directory().Len(); n != 0 {
		t.Errorf("%d were made", n)
	}
}

func TestAPersonEntersAndLeavesProgrammes(t *testing.T) {
	h := houseOf(t, "diabetes", "hypertension")
	zhou := h.as("zhou")
	card := h.add(0, "张桂芳", "liu")
	at := "/api/people/" + string(card.ID)
	before := zhou.personAt(string(card.ID))
	var p api.Person
	if status := zhou.do("PATCH", at, props{"join": "hypertension", "doctor": h.staff["qian"]}, &p, version(before.Version)...); status != 200 {
		t.Fatal(status)
	}
	keys := func(p api.Person) (out []string) {
		for _, x := range p.Programmes {
			out = append(out, x.Key)
		}
		slices.Sort(out)
		return out
	}
	if got := keys(p); !slices.Equal(got, []string{"diabetes", "hypertension"}) || p.Doctor == nil {
		t.Errorf("in %v, doctor %+v", got, p.Doctor)
	}
	if x := zhou.refused("PATCH", at, props{"leave": "diabetes"}, version(before.Version)...); x.Code != "changed_meanwhile" {
		t.Errorf("based on what was: %+v", x)
	}
	if x := zhou.refused("PATCH", at, props{"join": "hypertension"}, version(p.Version)...); x.Code != "programme_already" {
		t.Errorf("twice: %+v", x)
	}
	if x := zhou.refused("PATCH", at, props{"join": "nothing"}, version(p.Version)...); x.Field != "body.join" {
		t.Errorf("%+v", x)
	}
	if status := zhou.do("PATCH", at, props{"leave": "diabetes"}, &p, version(p.Version)...); status != 200 || !slices.Equal(keys(p), []string{"hypertension"}) {
		t.Errorf("%d, in %v", status, keys(p))
	}
	if x := h.as("liu").refused("PATCH", at, props{"doctor": h.staff["zhao"]}, "If-Match", "*"); x.Status != 403 {
		t.Errorf("a nurse names a doctor: %+v", x)
	}
}

// Several programmes are entered and left in one save: all of it or nothing.
func TestSeveralProgrammesInOneSave(t *testing.T) {
	t.Parallel() // one of the longest
	h := houseOf(t, "diabetes", "hypertension", "osteonecrosis")
	zhou := h.as("zhou")
	card := h.add(0, "张桂芳", "liu")
	at := "/api/people/" + string(card.ID)
	p := zhou.personAt(string(card.ID))
	for _, bad := range []props{
		{"joins": []string{"hypertension", "nothing"}}, {"joins": []string{"hypertension", "hypertension"}},
		{"joins": []string{"hypertension"}, "leaves": []string{"osteonecrosis"}}, {"joins": []string{"hypertension"}, "leaves": []string{"hypertension"}},
	} {
		if x := zhou.refused("PATCH", at, bad, version(p.Version)...); x.Field != "body.join" && x.Field != "body.leave" {
			t.Errorf("%v: %+v", bad, x)
		}
	}
	if q := zhou.personAt(string(card.ID)); len(q.Programmes) != 1 || q.Version != p.Version {
		t.Fatalf("half of a refused save was kept: %+v", q.Programmes)
	}
	if status := zhou.do("PATCH", at, props{"joins": []string{"hypertension", "osteonecrosis"}, "leaves": []string{"diabetes"}}, &p, version(p.Version)...); status != 200 || len(p.Programmes) != 2 {
		t.Fatalf("%d, in %+v", status, p.Programmes)
	}
	for _, x := range p.Programmes {
		if x.Key == "diabetes" {
			t.Error("still in what was left")
		}
	}
}
