package httpkit

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Proxies says which peers are trusted to name the client in
// X-Forwarded-For. The zero value trusts none: the client is the peer.
type Proxies struct{ nets []netip.Prefix }

// ParseProxies reads addresses and networks ("10.0.0.0/8", "127.0.0.1").
func ParseProxies(list []string) (Proxies, error) {
	var p Proxies
	for _, s := range list {
		s = strings.TrimSpace(s)
		if s == "" {
			continue
		}
		if addr, err := netip.ParseAddr(s); err == nil {
			p.nets = append(p.nets, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		n, err := netip.ParsePrefix(s)
		if err != nil {
			return Proxies{}, fmt.Errorf("trusted proxy %q is neither an address nor a network", s)
		}
		p.nets = append(p.nets, n.Masked())
	}
	return p, nil
}

func (p Proxies) trust(addr netip.Addr) bool {
	for _, n := range p.nets {
		if n.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// ClientIP is the address of whoever sent the request: the peer, or, behind
// trusted proxies, the nearest address in X-Forwarded-For that is not one of
// them. What a client writes there itself is never believed.
func (p Proxies) ClientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil || !p.trust(addr) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop
		if !p.trust(hop) {
			break
		}
	}
	return addr.Unmap().String()
}

// Secure reports whether the client's connection is encrypted, as far as the
// server or a trusted proxy (X-Forwarded-Proto) tells.
func (p Proxies) Secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && p.trust(addr) && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}
