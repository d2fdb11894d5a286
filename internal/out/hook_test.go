package out

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"peiban/internal/engine"
)

// The vector of the Standard Webhooks specification and its libraries.
func TestSignAsStandardWebhooksDoes(t *testing.T) {
	got := Sign([]Secret{{Text: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}}, "msg_p5jXN8AQM9LWM0D4loKWxJek", time.Unix(1614265330, 0), []byte(`{"test": 2432232314}`))
	if got != "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" {
		t.Error(got)
	}
}

func TestASecretOfBeforeSignsUntilItsEnd(t *testing.T) {
	now := time.Unix(1000, 0)
	old := Secret{NewSecret(), now.UnixMicro() + 1}
	both := Sign([]Secret{{Text: NewSecret()}, old}, "m", now, nil)
	if len(both) != 2*len("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")+1 {
		t.Error(both)
	}
	if over := Sign([]Secret{old}, "m", now.Add(time.Microsecond), nil); over != "" {
		t.Error(over)
	}
}

func TestWaits(t *testing.T) {
	for _, tt := range []struct {
		name   string
		try    int
		asked  time.Duration
		chance float64
		want   time.Duration
	}{
		{"the first, in the middle", 1, 0, 0.5, 5 * time.Second},
		{"a fifth less", 1, 0, 0, 4 * time.Second},
		{"a fifth more", 2, 0, 1, 36 * time.Second},
		{"the far side asks for longer", 1, time.Minute, 0.5, time.Minute},
		{"for less than the schedule", 3, time.Second, 0.5, 2 * time.Minute},
		{"for ever", 1, 1000 * time.Hour, 0.5, 6 * time.Hour},
		{"after the end of the schedule", 50, 0, 0.5, 6 * time.Hour},
	} {
		if got := Wait(tt.try, tt.asked, tt.chance); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestJudge(t *testing.T) {
	for status, want := range map[int]string{200: Taken, 204: Taken, 301: Redirect, 307: Redirect, 400: Rejected, 404: Rejected, 408: Failed, 410: Gone, 422: Rejected, 425: Failed, 429: Failed, 500: Failed, 503: Failed} {
		if got := Judge(status); got != want {
			t.Errorf("%d: %s, want %s", status, got, want)
		}
	}
}

func TestPrivateAddressesAreClosed(t *testing.T) {
	g := Guard{}
	for _, a := range []string{
		"127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
		"::1", "::", "fe80::1", "fc00::1", "fd12::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "ff02::1",
	} {
		if g.Allows(netip.MustParseAddr(a)) {
			t.Errorf("%s is open", a)
		}
	}
	for _, a := range []string{"8.8.8.8", "172.15.0.1", "172.32.0.1", "114.114.114.114", "2400:3200::1"} {
		if !g.Allows(netip.MustParseAddr(a)) {
			t.Errorf("%s is closed", a)
		}
	}
	g.Allowed = []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}
	if !g.Allows(netip.MustParseAddr("10.1.2.3")) || g.Allows(netip.MustParseAddr("10.2.0.1")) || !g.Allows(netip.MustParseAddr("::ffff:10.1.2.3")) {
		t.Error("only what is allowed by name is open")
	}
	for _, u := range []string{"https://localhost/x", "https://127.0.0.1/", "https://[::1]/", "https://metadata.google.internal/", "https://a.localhost./"} {
		if !errors.Is(Guard{}.Check(u), ErrPrivate) {
			t.Errorf("%s is not refused", u)
		}
	}
	if err := (Guard{}).Check("https://example.com/x"); err != nil {
		t.Error(err)
	}
}

func TestAddressesOfWebhooks(t *testing.T) {
	known := func(p string) bool { return p == "diabetes" }
	plain := func(host string) bool { return host == "10.1.2.3" }
	for u, ok := range map[string]bool{
		"https://example.com/in": true, "http://example.com/in": false, "http://10.1.2.3/in": true, "https://a:b@example.com/": false, "ftp://example.com": false, "example.com": false, "": false,
	} {
		h := Told{Name: "x", URL: u, Receiver: Receiver{Basis: Entrusted, Contract: "1"}}
		if err := h.Check(known, plain); (err == nil) != ok {
			t.Errorf("%s: %v", u, err)
		}
	}
	for name, h := range map[string]Told{
		"bad_name":           {URL: "https://example.com", Receiver: Receiver{Basis: "hcp_share"}},
		"unknown_event_type": {Name: "x", URL: "https://example.com", Types: []string{"glucos"}, Receiver: Receiver{Basis: "hcp_share"}},
		"unknown_programme":  {Name: "x", URL: "https://example.com", Programmes: []string{"x"}, Receiver: Receiver{Basis: "hcp_share"}},
		"unknown_basis":      {Name: "x", URL: "https://example.com"},
		"no_contract":        {Name: "x", URL: "https://example.com", Receiver: Receiver{Basis: Entrusted}},
		"no_approval":        {Name: "x", URL: "https://example.com", Receiver: Receiver{Basis: "hcp_share", Abroad: true}},
	} {
		if err := h.Check(known, plain); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKeys(t *testing.T) {
	known := func(string) bool { return true }
	good := func() Key {
		return Key{Name: "仓库", Scopes: []Scope{ReadEvents, ReadNames, ReadEvents}, Receiver: Receiver{Basis: "hcp_share"}, Expires: 10}
	}
	k := good()
	if err := k.Check(9, known); err != nil || len(k.Scopes) != 2 {
		t.Error(err, k.Scopes)
	}
	if !k.Valid(9) || k.Valid(10) {
		t.Error("a key holds until the moment it expires")
	}
	k.Revoked = 5
	if k.Valid(6) {
		t.Error("a revoked key holds")
	}
	for name, change := range map[string]func(*Key){
		"unknown_scope": func(k *Key) { k.Scopes = []Scope{ReadNames} }, "expires_past": func(k *Key) { k.Expires = 9 }, "bad_name": func(k *Key) { k.Name = " " },
	} {
		k := good()
		change(&k)
		if err := k.Check(9, known); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoIsCovered(t *testing.T) {
	agreed := func(purposes ...string) *engine.State {
		s := &engine.State{}
		for _, p := range purposes {
			s.Consents = append(s.Consents, engine.Grant{Purpose: p, Given: true})
		}
		return s
	}
	for _, tt := range []struct {
		name    string
		r       Receiver
		s       *engine.State
		all, he bool
	}{
		{"agreed to nothing", Receiver{Basis: "hcp_share"}, agreed(), false, false},
		{"to sharing, not to health", Receiver{Basis: "hcp_share"}, agreed("hcp_share"), true, false},
		{"to both", Receiver{Basis: "hcp_share"}, agreed("hcp_share", "health_data"), true, true},
		{"to another sharing", Receiver{Basis: "hcp_share"}, agreed("research_rwe", "health_data"), false, false},
		{"entrusted", Receiver{Basis: Entrusted}, agreed("health_data"), true, true},
		{"entrusted abroad", Receiver{Basis: Entrusted, Abroad: true}, agreed("health_data"), false, false},
		{"abroad, agreed", Receiver{Basis: "hcp_share", Abroad: true}, agreed("health_data", "hcp_share", "cross_border"), true, true},
	} {
		if tt.r.Covers(tt.s) != tt.all || tt.r.CoversHealth(tt.s) != tt.he {
			t.Errorf("%s: %v %v", tt.name, tt.r.Covers(tt.s), tt.r.CoversHealth(tt.s))
		}
	}
}
