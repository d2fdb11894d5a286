package conductor_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"peiban/internal/address"
	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/person"
)

func (b *bench) contact(key string, minute int, through, union string) conductor.Item {
	it := b.item("", key, map[string]string{"contact_added": `{"channel":"wecom"}`, "contact_removed": `{"by":"person"}`}[key], b.now.Add(minutes(minute)))
	it.Ident = []conductor.Identifier{{Type: "external_userid", Scope: "wwcorp00001", Value: "wmABCDEF"}}
	if union != "" {
		it.Ident = append([]conductor.Identifier{{Type: "unionid", Value: union}}, it.Ident...)
	}
	it.Through = through
	return it
}

// reached are the addresses that lead to somebody, as kind, through.
func reached(c *conductor.Conductor, n person.Number) (out []string) {
	for _, a := range c.Addresses(n) {
		if a.Leads() {
			out = append(out, string(a.Kind)+" "+a.Through)
		}
	}
	return out
}

func TestWhereSomebodyCanBeReached(t *testing.T) {
	b := newBench(t)
	other := b.open() // another process on the same database
	n := b.submit(b.contact("contact_added", -30, "li", ""))[0].Person
	same(t, "added", reached(b.c, n), []string{"external_userid li"})
	b.submit(b.contact("contact_added", -20, "wang", ""))
	same(t, "by two", reached(b.c, n), []string{"external_userid li", "external_userid wang"})
	b.submit(b.contact("contact_removed", -10, "li", ""))
	same(t, "one left", reached(b.c, n), []string{"external_userid wang"})
	b.submit(b.contact("contact_added", -30, "li", "")) // told once more, late
	same(t, "a repeat", reached(b.c, n), []string{"external_userid wang"})

	phone := b.item("", "profile", `{"name":"王芳","phone":"13900001234","email":"fang@example.com"}`, b.now)
	phone.Ident = []conductor.Identifier{{Type: "external_userid", Scope: "wwcorp00001", Value: "wmABCDEF"}, {Type: "openid", Scope: "wxapp0001", Value: "oABCDEFG"}}
	b.submit(phone)
	want := []string{"external_userid wang", "openid ", "email ", "phone "}
	same(t, "profile", sorted(reached(b.c, n)), sorted(want))

	_, err := other.Tick(t.Context())
	ok(t, err)
	other.Tick(t.Context())
	b2 := *b
	b2.c = other
	b2.submit(b2.item("someone", "check_in", `{"pillar":"meal"}`, b.now)) // a commit of its own: it follows first
	same(t, "another process", sorted(reached(other, n)), sorted(want))
	same(t, "after a start", sorted(reached(b.open(), n)), sorted(want))
}

func TestAddressesFollowMergeSplitAndErasure(t *testing.T) {
	b := newBench(t)
	n := b.submit(b.contact("contact_added", -30, "li", ""))[0].Person
	m := b.submit(b.item("zhang", "profile", `{"email":"zhang@example.com"}`, b.now))[0].Person
	root, err := b.c.Merge(t.Context(), n, m, "同一个人", audit.Entry{Actor: "staff:x", Action: "person.merge"})
	ok(t, err)
	same(t, "merged", sorted(reached(b.c, root)), []string{"email ", "external_userid li"})
	b.submit(b.contact("contact_added", -5, "wang", "")) // for one of its records
	same(t, "of a record", sorted(reached(b.c, root)), []string{"email ", "external_userid li", "external_userid wang"})
	ok(t, b.c.Unmerge(t.Context(), n+m-root, audit.Entry{Actor: "staff:x", Action: "person.unmerge"}))
	same(t, "parted, the contact", sorted(reached(b.c, n)), []string{"external_userid li", "external_userid wang"})
	same(t, "parted, the other", reached(b.c, m), []string{"email "})

	b.submit(b.contact("contact_added", -4, "chen", "oUnionABC")) // the same person by one more identifier
	ids, err := b.store.IdentitiesOf(t.Context(), b.ws.Number, n)
	ok(t, err)
	var hash [16]byte
	for _, i := range ids {
		if i.Type == "external_userid" {
			hash = i.Hash
		}
	}
	ok(t, b.c.Split(t.Context(), n, [][16]byte{hash}, audit.Entry{Actor: "staff:x", Action: "person.split"}))
	found, err := b.c.Whose(t.Context(), []conductor.Identifier{{Type: "external_userid", Scope: "wwcorp00001", Value: "wmABCDEF"}})
	ok(t, err)
	if len(found) != 1 || found[0] == n {
		t.Fatal(found, n)
	}
	same(t, "taken from", len(reached(b.c, n)), 0)
	same(t, "given to", len(reached(b.c, found[0])), 3)
	same(t, "given to, after a start", len(reached(b.open(), found[0])), 3)

	ok(t, b.c.Erase(t.Context(), found[0], audit.Entry{Actor: "staff:x", Action: "person.erase"}))
	same(t, "erased", b.c.Addresses(found[0]), []address.Address(nil))
	same(t, "erased, after a start", b.open().Addresses(found[0]), []address.Address(nil))
}

func TestAnAliasTellsOfAnAddress(t *testing.T) {
	b := newBench(t)
	other := b.open()
	n := b.consent("zhang")
	ok(t, b.c.Link(t.Context(), conductor.Live, audit.Entry{Actor: "source:1", Action: "intake.alias"}, conductor.Item{
		Ident: []conductor.Identifier{{Type: "userId", Value: "zhang"}, {Type: "openid", Scope: "wxapp0001", Value: "oABCDEFG"}},
	}))
	same(t, "linked", reached(b.c, n), []string{"openid "})
	b2 := *b
	b2.c = other
	b2.submit(b2.item("someone", "check_in", `{"pillar":"meal"}`, b.now))
	same(t, "another process", reached(other, n), []string{"openid "})
}

func TestAWordOpensAWindow(t *testing.T) {
	b := newBench(t)
	it := b.item("", "chat", `{"from":"person","text":"在吗"}`, b.now)
	it.Ident, it.Desk = []conductor.Identifier{{Type: "external_userid", Scope: "wwcorp00001", Value: "wmABCDEF"}}, "wkDESK0001"
	n := b.submit(it)[0].Person
	as := b.c.Addresses(n)
	if len(as) != 1 || as[0].Kind != address.Desk || as[0].Through != "wkDESK0001" || as[0].Heard != b.now.UnixMicro() {
		t.Fatal(as)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func sorted(s []string) []string { return slices.Sorted(slices.Values(s)) }

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }
