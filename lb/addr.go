package lb

import (
	"fmt"
	"strconv"
	"strings"
)

// An Addr is an IP address. Its zero value is 0.0.0.0. An IPv4 address in IPv6
// (::ffff:192.0.2.1) is that IPv4 address.
type Addr struct {
	hi, lo uint64 // the 16 bytes of IPv6, with those bits turned that IPv4 has set there
}

// mapped are the bits of lo that IPv4 in IPv6 has set.
const mapped = 0xffff << 32

// IPv4 makes the address a.b.c.d.
func IPv4(a, b, c, d byte) Addr {
	return Addr{lo: uint64(a)<<24 | uint64(b)<<16 | uint64(c)<<8 | uint64(d)}
}

// IPv6 makes the address with the given 16 bytes.
func IPv6(b [16]byte) Addr {
	var a Addr
	for i := range 8 {
		a.hi = a.hi<<8 | uint64(b[i])
		a.lo = a.lo<<8 | uint64(b[i+8])
	}
	a.lo ^= mapped
	return a
}

// ParseAddr reads an address such as "192.0.2.1" or "2001:db8::1". It returns an error
// for any other text.
func ParseAddr(text string) (Addr, error) {
	bad := func() (Addr, error) {
		return Addr{}, fmt.Errorf("lb: %.60q is no address (want like 192.0.2.1 or 2001:db8::1)", text)
	}
	if !strings.Contains(text, ":") {
		n, ok := parse4(text)
		if !ok {
			return bad()
		}
		return Addr{lo: uint64(n)}, nil
	}
	head, tail, gap := strings.Cut(text, "::")
	front, ok1 := groups(head)
	back, ok2 := groups(tail)
	n := len(front) + len(back)
	if !ok1 || !ok2 || gap && n > 7 || !gap && n != 8 {
		return bad()
	}
	var b [16]byte
	for i, g := range front {
		b[2*i], b[2*i+1] = byte(g>>8), byte(g)
	}
	for i, g := range back {
		at := 16 - 2*len(back) + 2*i
		b[at], b[at+1] = byte(g>>8), byte(g)
	}
	return IPv6(b), nil
}

func parse4(text string) (n uint32, ok bool) {
	parts := strings.Split(text, ".")
	if len(parts) != 4 {
		return 0, false
	}
	for _, p := range parts {
		v, err := strconv.ParseUint(p, 10, 8)
		if err != nil || len(p) > 1 && p[0] == '0' || p[0] == '+' {
			return 0, false
		}
		n = n<<8 | uint32(v)
	}
	return n, true
}

// groups reads "2001:db8:0", of which the last may be an IPv4 address.
func groups(text string) (out []uint16, ok bool) {
	if text == "" {
		return nil, true
	}
	parts := strings.Split(text, ":")
	for i, p := range parts {
		if n, ok := parse4(p); ok && i == len(parts)-1 {
			out = append(out, uint16(n>>16), uint16(n))
			continue
		}
		v, err := strconv.ParseUint(p, 16, 16)
		if err != nil || len(p) > 4 {
			return nil, false
		}
		out = append(out, uint16(v))
	}
	return out, len(out) <= 8
}

// Is6 reports whether the address is an IPv6 address.
func (a Addr) Is6() bool { return a.hi != 0 || a.lo>>32 != 0 }

// at is byte i of the address: of 4, or of 16.
func (a Addr) at(i int) byte {
	switch {
	case !a.Is6():
		return byte(a.lo >> (24 - 8*i))
	case i < 8:
		return byte(a.hi >> (56 - 8*i))
	}
	return byte((a.lo ^ mapped) >> (120 - 8*i))
}

// String returns the address as "192.0.2.1", or for IPv6 as eight groups without
// abbreviation.
func (a Addr) String() string {
	if !a.Is6() {
		return fmt.Sprintf("%d.%d.%d.%d", a.at(0), a.at(1), a.at(2), a.at(3))
	}
	var b strings.Builder
	for i := range 8 {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%x", uint16(a.at(2*i))<<8|uint16(a.at(2*i+1)))
	}
	return b.String()
}

// MarshalText returns the text of String.
func (a Addr) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what [ParseAddr] reads.
func (a *Addr) UnmarshalText(text []byte) (err error) {
	*a, err = ParseAddr(string(text))
	return err
}
