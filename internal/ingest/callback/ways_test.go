package callback_test

import (
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"peiban/internal/channel/wecom"
	"peiban/internal/corp"
	"peiban/internal/entrance"
	"peiban/internal/fault"
	"peiban/internal/ingest/callback"
	"peiban/internal/sandbox"
)

// company is a sandbox with a company connected to it.
func company(t *testing.T) (*sandbox.Sandbox, *corp.Corp, *wecom.Pool) {
	t.Helper()
	s, err := sandbox.New(sandbox.Options{Seed: 7, Now: time.Now})
	must(t, err)
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	w := s.World()
	c := &corp.Corp{ID: "c1", Revision: 1, Base: server.URL, CorpID: w.Corp, Agent: w.Apps[0].Agent, App: w.Apps[0].Secret}
	return s, c, wecom.NewPool(wecom.Options{HTTP: server.Client(), Now: time.Now})
}

func TestContactWays(t *testing.T) {
	s, c, calls := company(t)
	ways := &callback.Ways{Calls: calls}
	codes := func() (out []string) {
		for _, v := range s.World().Codes {
			if v.Kind == "contact" {
				out = append(out, v.State)
			}
		}
		return out
	}
	before := len(codes())
	e := &entrance.Entrance{ID: "e", State: "abcdefghijklmnop", Name: "一个名字很长很长的入口码，超过了三十个字，也只写得下前面的三十个字"}
	put := func(want entrance.Contact) entrance.Contact {
		t.Helper()
		got, err := ways.Put(t.Context(), c, e, want)
		must(t, err)
		return got
	}
	one := put(entrance.Contact{Corp: c.ID, Users: []string{"zhouning"}})
	if one.Config == "" || one.QR == "" || !slices.Contains(codes(), e.State) {
		t.Fatalf("%+v of %q", one, codes())
	}
	e.Contact = &one
	other := put(entrance.Contact{Corp: c.ID, Users: []string{"liumin"}, Ask: true})
	if other.Config != one.Config || other.QR != one.QR {
		t.Errorf("the same one is changed: %+v", other)
	}
	e.Contact = &other
	several := put(entrance.Contact{Corp: c.ID, Users: []string{"zhouning", "liumin"}})
	if several.Config == one.Config {
		t.Error("one of another type is made anew")
	}
	must(t, ways.Drop(t.Context(), c, &one))
	must(t, ways.Drop(t.Context(), c, &one)) // gone already
	e.Contact = &entrance.Contact{Corp: c.ID, Config: "never-was", Users: []string{"zhouning", "liumin"}}
	if again := put(entrance.Contact{Corp: c.ID, Users: []string{"zhouning", "liumin"}}); again.Config == "never-was" || again.Config == "" {
		t.Errorf("what WeCom does not know is made anew: %+v", again)
	}
	if got := len(codes()) - before; got != 2 {
		t.Errorf("%d codes", got)
	}
	for user, want := range map[string]string{"nobody": "wecom_no_member", "wanglei": "wecom_member"} {
		_, err := ways.Put(t.Context(), c, &entrance.Entrance{State: "s"}, entrance.Contact{Corp: c.ID, Users: []string{user}})
		if f := fault.Of(err); f == nil || f.Code != want || f.Field != "body.users" {
			t.Errorf("%s: %v", user, err)
		}
	}
}
