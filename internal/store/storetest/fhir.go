package storetest

import (
	"testing"

	"peiban/internal/audit"
	"peiban/internal/event"
	"peiban/internal/fhir"
	"peiban/internal/person"
)

func resources(_ *testing.T, f *fixture) {
	p, q := f.people[0].Number, f.people[1].Number
	one := fhir.Kept{Person: p, Hash: hash(1), Version: 1, Type: "Observation", Source: 3, Digest: hash(11), Seqs: []event.Seq{7, 300}, At: 5, Body: []byte(`{"a":1}`)}
	two := one
	two.Version, two.Digest, two.Seqs, two.Body = 2, hash(12), nil, []byte(`{"a":2}`)
	other := fhir.Kept{Person: p, Hash: hash(2), Version: 1, Type: "Condition", Digest: hash(13), At: 6, Body: []byte(`{}`)}
	nobodys := fhir.Kept{Hash: hash(3), Version: 1, Type: "Organization", Digest: hash(14), At: 7, Body: []byte(`{"o":1}`)}
	f.must(f.s.KeepResources(ctx, f.w, []fhir.Kept{one, other, nobodys}, nil, audit.Entry{Action: "import.fhir"}))
	f.must(f.s.KeepResources(ctx, f.w, []fhir.Kept{two, one}, nil)) // the first version again changes nothing
	f.is(f.s.KeepResources(ctx, f.w, []fhir.Kept{{Person: 999, Hash: hash(9), Version: 1}}, nil), person.ErrMissing)

	got, err := f.s.ResourcesOf(ctx, f.w, p, "")
	f.must(err)
	same(f, "the newest of each", got, []fhir.Kept{two, other})
	got, err = f.s.ResourcesOf(ctx, f.w, p, "Condition")
	f.must(err)
	same(f, "of one type", got, []fhir.Kept{other})
	got, err = f.s.ResourcesOf(ctx, f.w, 0, "")
	f.must(err)
	same(f, "nobody's", got, []fhir.Kept{nobodys})
	got, err = f.s.ResourcesOf(ctx, f.w, q, "")
	f.must(err)
	same(f, "another's", len(got), 0)

	hashes := [][16]byte{hash(1), hash(9)}
	for i := range 500 { // more than one statement takes
		hashes = append(hashes, hash(1000+i))
	}
	found, err := f.s.ResourcesByHash(ctx, f.w, append(hashes, hash(3)))
	f.must(err)
	one.Body, two.Body, nobodys.Body = nil, nil, nil
	same(f, "by name", found, map[[16]byte][]fhir.Kept{hash(1): {one, two}, hash(3): {nobodys}})
	found, err = f.s.ResourcesByHash(ctx, f.w+1, hashes)
	f.must(err)
	same(f, "of another workspace", len(found), 0)

	moved := two
	moved.Person, moved.Version, moved.Body = q, 3, []byte(`{"a":3}`)
	f.must(f.s.KeepResources(ctx, f.w, []fhir.Kept{moved}, []fhir.Kept{two}))
	got, err = f.s.ResourcesOf(ctx, f.w, p, "Observation")
	f.must(err)
	same(f, "whom it was not about", len(got), 0)
	f.must(f.s.Erase(ctx, f.w, q, 9))
	f.must(f.s.KeepResources(ctx, f.w, []fhir.Kept{moved}, nil)) // nothing is kept of who was erased
	found, err = f.s.ResourcesByHash(ctx, f.w, hashes)
	f.must(err)
	same(f, "after erasing", len(found), 0)
}
