package ingest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"peiban/internal/audit"
	"peiban/internal/conductor"
	"peiban/internal/event"
	"peiban/internal/fault"
)

// book takes events as the conductor does: a message id it knows is a repeat.
type book struct {
	known map[string]bool
	order []conductor.Item
	fail  error
}

func (b *book) Submit(_ context.Context, lane conductor.Lane, _ audit.Entry, items []conductor.Item) ([]conductor.Outcome, error) {
	if b.fail != nil {
		return nil, b.fail
	}
	if lane != conductor.Bulk {
		return nil, errors.New("an import must let live work pass")
	}
	out := make([]conductor.Outcome, len(items))
	for i, it := range items {
		if b.known[it.MessageID] {
			out[i].Status = conductor.Repeated
			continue
		}
		b.known[it.MessageID] = true
		b.order = append(b.order, it)
	}
	return out, nil
}

var twoPeople = fstest.MapFS{
	"data-01": {Data: []byte("03-08-2019\t7:05\t58\t110\n03-08-2019\t07:05\t58\t0110\n03-08-2019\t8:00\t56\t1\n03-08-2019\t9:00\t60\t0Hi\n")},
	"data-02": {Data: []byte("03-08-2019\t7:05\t33\t4\n\t018\t33\t22\n03-08-2019\t7:05\t58\t5\n")},
	"README":  {Data: []byte("not a person\n")},
}

func TestUCIImport(t *testing.T) {
	b := &book{known: map[string]bool{}}
	var rejects []Reject
	u := &UCIImport{
		Taker: b, Source: 3, Zone: shanghai(t), Owner: "01LIU", Basis: "import", Now: time.Unix(1e9, 0),
		Refuse: func(r Reject) { rejects = append(rejects, r) },
	}
	first, err := u.Run(t.Context(), twoPeople)
	if err != nil {
		t.Fatal(err)
	}
	if first.Files != 2 || first.Lines != 7 || first.Taken != 5 || first.New != 4 || first.Repeats != 1 || first.HILO != 1 ||
		first.Implausible != 1 || first.Refused != 2 || first.Reasons["unknown_code"] != 1 || first.Reasons["bad_time"] != 1 {
		t.Errorf("%+v", first)
	}
	consented := map[string]bool{}
	for _, it := range b.order {
		who := it.Ident[0].Value
		if it.Event.Type == event.Consent && it.Event.A.String() == "health_data" {
			consented[who] = true
		}
		if it.Event.Type.Spec().Health && !consented[who] {
			t.Errorf("%s: a reading before the consent", who)
		}
		if it.Event.Flags&event.Imported == 0 || it.Event.Source != 3 {
			t.Errorf("%s: flags %b source %d", it.MessageID, it.Event.Flags, it.Event.Source)
		}
	}
	var csv strings.Builder
	if err := WriteRejects(&csv, rejects); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(csv.String(), "data-01,3,unknown_code") || !strings.Contains(csv.String(), "data-02,2,bad_time") {
		t.Errorf("rejects:\n%s", csv.String())
	}

	again, err := u.Run(t.Context(), twoPeople)
	if err != nil {
		t.Fatal(err)
	}
	if again.New != 0 || again.Known != 4 || again.Taken != 5 || again.Lines != 7 {
		t.Errorf("second run %+v", again)
	}
}

func TestUCIImportFails(t *testing.T) {
	u := &UCIImport{Taker: &book{fail: errors.New("disk full")}, Zone: time.UTC, Basis: "import"}
	if _, err := u.Run(t.Context(), twoPeople); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("got %v", err)
	}
	if _, err := u.Run(t.Context(), fstest.MapFS{"README": {}}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a folder without files: %v", err)
	}
}
