package api

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestDoorsOpenAgainWithTime(t *testing.T) {
	var d doors
	now := time.Date(2026, 3, 8, 3, 0, 0, 0, time.UTC)
	for i := range freeKnocks {
		if wait := d.take("a", now); wait != 0 {
			t.Fatalf("try %d waits %s", i, wait)
		}
	}
	if wait := d.take("a", now); wait != knockEvery {
		t.Errorf("one too many waits %s", wait)
	}
	if wait := d.take("b", now); wait != 0 {
		t.Errorf("another address waits %s", wait)
	}
	if wait := d.take("a", now.Add(knockEvery-time.Second)); wait != time.Second {
		t.Errorf("a second too early waits %s", wait)
	}
	if wait := d.take("a", now.Add(knockEvery)); wait != 0 {
		t.Errorf("when the wait is over: %s", wait)
	}
	if wait := d.take("a", now.Add(knockEvery)); wait != knockEvery {
		t.Errorf("a second one then: %s", wait)
	}
	d.back("a")
	if wait := d.take("a", now.Add(knockEvery)); wait != 0 {
		t.Errorf("after a right one: %s", wait)
	}
	later := now.Add((freeKnocks + 2) * knockEvery)
	for range freeKnocks {
		if d.take("a", later) != 0 {
			t.Fatal("the tries did not come back")
		}
	}
}

func TestDoorsAreBounded(t *testing.T) {
	var d doors
	now := time.Date(2026, 3, 8, 3, 0, 0, 0, time.UTC)
	for range freeKnocks {
		d.take("worst", now)
	}
	for i := range mostDoors + 50 {
		d.take(fmt.Sprint(i), now)
	}
	if len(d.at) > mostDoors {
		t.Errorf("%d addresses", len(d.at))
	}
	if d.take("worst", now) == 0 {
		t.Error("the worst was forgotten before the others")
	}
	d.take("new", now.Add(time.Hour))
	if len(d.at) != 1 {
		t.Errorf("%d addresses an hour later", len(d.at))
	}
}

func TestWhereARequestComesFrom(t *testing.T) {
	for _, tt := range []struct {
		name, remote, want string
		told               []string
	}{
		{"as it is", "203.0.113.7:4411", "203.0.113.7", nil},
		{"a word of the client's own", "203.0.113.7:4411", "203.0.113.7", []string{"198.51.100.1"}},
		{"a server in front, on this machine", "127.0.0.1:99", "198.51.100.1", []string{"10.0.0.1, 198.51.100.1"}},
		{"the last of several headers", "[::1]:99", "198.51.100.2", []string{"198.51.100.1", "198.51.100.2"}},
		{"nonsense in the header", "127.0.0.1:99", "127.0.0.1", []string{"x"}},
		{"a household", "[2001:db8:1:2:3:4:5:6]:99", "2001:db8:1:2::/64", nil},
		{"IPv4 in IPv6", "[::ffff:203.0.113.7]:99", "203.0.113.7", nil},
		{"a socket", "@", "@", nil},
	} {
		r := &http.Request{RemoteAddr: tt.remote, Header: http.Header{"X-Forwarded-For": tt.told}}
		if got := peerOf(r); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}
