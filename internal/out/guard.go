package out

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// Guard keeps webhooks out of networks of ours: whoever may enter an address could otherwise have the server ask machines that only it
// reaches.
type Guard struct {
	Allowed []netip.Prefix // private networks that may be sent to all the same
}

// closed are the ranges that are not the open internet. Source: IANA special-purpose address registries (RFC 6890 and later).
var closed = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

func prefixes(texts ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		out[i] = netip.MustParsePrefix(t)
	}
	return out
}

// Allows reports whether an address may be sent to.
func (g Guard) Allows(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if g.allowed(ip) {
		return true
	}
	for _, p := range closed {
		if p.Contains(ip) {
			return false
		}
	}
	return ip.IsValid()
}

func (g Guard) allowed(ip netip.Addr) bool {
	for _, p := range g.Allowed {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}

// ErrForbidden is what connecting to an address gives that may not be sent to.
var ErrForbidden = errors.New("the address lies in a network that is not sent to")

// Control refuses to connect to what may not be sent to, whatever a name leads to; it fits a net.Dialer.
func (g Guard) Control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil || !g.Allows(at.Addr()) {
		return ErrForbidden
	}
	return nil
}

// Plain reports whether a host may be sent to without encryption: only inside of a network that is allowed by name.
func (g Guard) Plain(host string) bool {
	if strings.EqualFold(host, "localhost") {
		host = "127.0.0.1"
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && g.allowed(ip.Unmap())
}

// Check says of an address that names a place in a private network that it cannot be sent to. A name is looked up when it is sent to, each
// time: what it leads to may change.
func (g Guard) Check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errURL
	}
	host := u.Hostname()
	if h := strings.ToLower(strings.TrimSuffix(host, ".")); (h == "localhost" || strings.HasSuffix(h, ".localhost") || strings.HasSuffix(h, ".internal") || strings.HasSuffix(h, ".local")) && !g.Plain(h) {
		return ErrPrivate
	}
	if ip, err := netip.ParseAddr(host); err == nil && !g.Allows(ip) {
		return ErrPrivate
	}
	return nil
}
