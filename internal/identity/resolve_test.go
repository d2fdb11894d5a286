package identity

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"peiban/internal/person"
)

// known are people as a test writes them: "record@h1=1" is the identifier with the value 1.
type known map[person.Number]Facts

func (k known) Facts(n person.Number) (Facts, error) {
	f, ok := k[n]
	if !ok {
		return f, errors.New("nobody")
	}
	return f, nil
}

func held(text string) Held {
	name, value, _ := strings.Cut(text, "=")
	kind, scope, _ := strings.Cut(name, "@")
	h := Held{Type: kind, Scope: scope}
	copy(h.Hash[:], value)
	return h
}

func who(n person.Number, role Role, since int64, ids ...string) Facts {
	f := Facts{Person: n, Role: role, Since: since}
	for _, id := range ids {
		f.Held = append(f.Held, held(id))
	}
	return f
}

// of gives the claims of an event the people who hold them.
func (k known) of(ids ...string) []Claim {
	var out []Claim
	for _, id := range ids {
		h := held(id)
		c := Claim{Type: h.Type, Scope: h.Scope, Hash: h.Hash}
		for n, f := range k {
			if holds(f.Held, c) {
				c.Person = n
			}
		}
		out = append(out, c)
	}
	return out
}

func TestResolve(t *testing.T) {
	mother := who(1, Patient, 10, "record@h1=1", "phone=138", "unionid=u1")
	doctor := who(2, Doctor, 5, "userId@hcp=d", "phone=139")
	visitor := who(3, AnyRole, 1, "anonymousId@web=a")
	buyer := who(4, Patient, 20, "account@shop=b", "phone=137")
	other := who(5, Patient, 30, "unionid=u5", "external_userid@corp=x")
	metered := who(6, Patient, 40, "openid@app=o", "device=SN88")
	k := known{1: mother, 2: doctor, 3: visitor, 4: buyer, 5: other, 6: metered}

	tests := []struct {
		name string
		ids  []string
		want Decision
	}{
		{"nothing left", nil, Decision{Kind: Nobody}},
		{"nobody has it: a new person", []string{"userId@app=new"}, Decision{Kind: Create, Attach: 0b1}},
		{"none of three is known: a new person has them all", []string{"userId@app=new", "anonymousId@web=n", "phone=136"}, Decision{Kind: Create, Attach: 0b111}},
		{"one is known: theirs", []string{"record@h1=1"}, Decision{Kind: Attach, Person: 1}},
		{"a new one beside a known one becomes theirs", []string{"record@h1=1", "account@shop=m"}, Decision{Kind: Attach, Person: 1, Attach: 0b10}},
		{"a visitor signs in: the account becomes theirs", []string{"userId@app=v", "anonymousId@web=a"}, Decision{Kind: Attach, Person: 3, Attach: 0b1}},
		{
			"a visitor turns out to be the buyer: the known one is the root though younger", []string{"anonymousId@web=a", "account@shop=b"},
			Decision{Kind: Merge, Person: 4, Members: []person.Number{3}},
		},
		{
			"two known ones: the older is the root, what is new becomes theirs", []string{"account@shop=b", "record@h1=1", "openid@app=n"},
			Decision{Kind: Merge, Person: 1, Members: []person.Number{4}, Attach: 0b100},
		},
		{"the telephone alone is whose it is", []string{"phone=138"}, Decision{Kind: Attach, Person: 1}},
		{
			"a telephone of the family: the daughter is somebody new, and they are asked about", []string{"record@h1=2", "phone=138"},
			Decision{Kind: Create, Attach: 0b1, Proposals: []Proposal{{0, 1, Reason{OnlyShared, "phone", -1}}}},
		},
		{
			"a telephone links two who are known: asked, not merged", []string{"account@shop=b", "phone=138"},
			Decision{Kind: Attach, Person: 4, Proposals: []Proposal{{4, 1, Reason{OnlyShared, "phone", -1}}}},
		},
		{
			"the doctor's telephone on a patient's record: asked, not merged", []string{"record@h1=1", "phone=139"},
			Decision{Kind: Attach, Person: 1, Proposals: []Proposal{{1, 2, Reason{OnlyShared, "phone", -1}}}},
		},
		{
			"a patient and a doctor are never one, however sure the identifiers", []string{"userId@hcp=d", "record@h1=1"},
			Decision{Kind: Attach, Person: 1, Proposals: []Proposal{{1, 2, Reason{OtherRole, "", -1}}}},
		},
		{
			"a meter passed to a neighbour who scans it: the neighbour is somebody new", []string{"openid@app=neighbour", "device=SN88"},
			Decision{Kind: Create, Attach: 0b1, Proposals: []Proposal{{0, 6, Reason{OnlyShared, "device", -1}}}},
		},
		{
			"a meter passed to a neighbour who is known: the reading is the neighbour's", []string{"device=SN88", "account@shop=b"},
			Decision{Kind: Attach, Person: 4, Proposals: []Proposal{{4, 6, Reason{OnlyShared, "device", -1}}}},
		},
		{
			"two people with a unionid each are not merged", []string{"external_userid@corp=x", "record@h1=1"},
			Decision{Kind: Attach, Person: 5, Proposals: []Proposal{{5, 1, Reason{Excluded, "unionid", -1}}}},
		},
		{
			"a second unionid for somebody: the lowest is dropped until it fits, which leaves somebody new", []string{"unionid=u9", "record@h1=1"},
			Decision{Kind: Create, Attach: 0b1, Dropped: 0b10, Reasons: []Reason{{OverLimit, "unionid", 1}}},
		},
		{
			"two unionids in one event: the first counts", []string{"unionid=u8", "unionid=u9"},
			Decision{Kind: Create, Attach: 0b1, Dropped: 0b10, Reasons: []Reason{{OverLimit, "unionid", 1}}},
		},
		{
			"one unionid twice is one", []string{"unionid=u8", "unionid=u8"},
			Decision{Kind: Create, Attach: 0b11},
		},
		{
			"two accounts on one computer: the visit is dropped, the account decides", []string{"userId@hcp=second", "userId@hcp=d"},
			Decision{Kind: Create, Attach: 0b1, Dropped: 0b10, Reasons: []Reason{{OverLimit, "userId", 1}}},
		},
		{
			"of two telephones nobody merges: the first is whose it is", []string{"phone=137", "phone=138"},
			Decision{Kind: Attach, Person: 4, Proposals: []Proposal{{4, 1, Reason{OnlyShared, "phone", -1}}}},
		},
		{
			"a merge and a telephone of a third", []string{"account@shop=b", "record@h1=1", "phone=139"},
			Decision{Kind: Merge, Person: 1, Members: []person.Number{4}, Proposals: []Proposal{{1, 2, Reason{OnlyShared, "phone", -1}}}},
		},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			got, err := Default().Resolve(k.of(c.ids...), k)
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("%v gives\n %+v %v, want\n %+v", c.ids, got, err, c.want)
			}
		})
	}
}

func TestAMergeBeyondALimit(t *testing.T) {
	k := known{}
	var left, right []string
	for i := range 60 {
		left, right = append(left, fmt.Sprintf("anonymousId@web=l%d", i)), append(right, fmt.Sprintf("anonymousId@web=r%d", i))
	}
	k[1], k[2] = who(1, AnyRole, 1, append(left, "account@shop=1")...), who(2, AnyRole, 2, append(right, "record@h=2")...)
	got, err := Default().Resolve(k.of("account@shop=1", "record@h=2"), k)
	want := Decision{Kind: Attach, Person: 2, Dropped: 0b1, Reasons: []Reason{{OverLimit, "anonymousId", 0}}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v %v, want %+v", got, err, want)
	}
	if got := Default().TooMany(k[1], k[2]); got != "anonymousId" {
		t.Errorf("a merge by hand has too many of %q", got)
	}
}

func TestPeopleWhoCannotBeReadStopTheEvent(t *testing.T) {
	claims := []Claim{{Type: "record", Person: 8}, {Type: "account"}}
	if d, err := Default().Resolve(claims, known{}); err == nil {
		t.Errorf("it decided %+v without knowing the person", d)
	}
}

func TestMoreIdentifiersThanAreLookedAt(t *testing.T) {
	claims := make([]Claim, MaxClaims+2)
	for i := range claims {
		claims[i] = Claim{Type: "openid", Scope: fmt.Sprint(i), Hash: [16]byte{byte(i + 1)}}
	}
	d, err := Default().Resolve(claims, known{})
	if err != nil || d.Kind != Create || d.Attach != ^Set(0) || len(d.Reasons) != 2 || d.Reasons[0].Cause != TooMany {
		t.Errorf("got %+v %v", d, err)
	}
}

func TestTheUsualEventsCostNothing(t *testing.T) {
	p := Default()
	claims := []Claim{{Type: "userId", Scope: "app", Person: 7}, {Type: "anonymousId", Scope: "app", Person: 7}}
	id := Identifier{"userId", "app", "u-10293"}
	n := testing.AllocsPerRun(100, func() {
		if _, err := p.Clean(id); err != nil {
			t.Fatal(err)
		}
		if d, err := p.Resolve(claims, nil); err != nil || d.Person != 7 {
			t.Fatal(d, err)
		}
		if d, err := p.Resolve(claims[:1], nil); err != nil || d.Person != 7 {
			t.Fatal(d, err)
		}
	})
	if n != 0 {
		t.Errorf("%v allocations for an event of somebody known", n)
	}
}
