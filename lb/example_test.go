package lb_test

import (
	"fmt"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// picks sends n requests, one after the other, and returns the names.
func picks(p lb.Pool, n int) (names string) {
	servers := p.Snapshot().Backends
	for range n {
		b, err := p.Pick(lb.Request{})
		if err != nil {
			return names + " " + err.Error()
		}
		names += servers[b].Name
		p.Done(b, lb.Response{})
	}
	return names
}

// nginx spreads the picks of a heavy server; a plain weighted round robin would be
// aaaaabc.
func ExampleSmooth() {
	p, err := lb.NewSmooth(lb.Config{Servers: lb.Weighted(5, 1, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picks(p, 14))
	// Output:
	// aabacaaaabacaa
}

func ExampleRoundRobin() {
	p, err := lb.NewRoundRobin(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picks(p, 4))
	p.SetState(1, lb.Drain)
	fmt.Println(picks(p, 4))
	// Output:
	// abca
	// caca
}

// Requests that stay open count.
func ExampleLeastConn() {
	p, err := lb.NewLeastConn(lb.Config{Servers: lb.Weighted(3, 2, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 12 {
		b, err := p.Pick(lb.Request{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(string(rune('a' + b)))
	}
	fmt.Println()
	for _, b := range p.Snapshot().Backends {
		fmt.Println(b.Name, b.Active)
	}
	// Output:
	// abcababcaaba
	// a 6
	// b 4
	// c 2
}

func ExampleRandom() {
	p, err := lb.NewRandom(lb.Config{Servers: lb.Weighted(8, 1, 1), Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	picks(p, 1000)
	for _, b := range p.Snapshot().Backends {
		fmt.Println(b.Name, (b.Picks+50)/100*100)
	}
	// Output:
	// a 800
	// b 100
	// c 100
}

// keyed sends a request for each key, and returns the names.
func keyed(p lb.Pool, keys ...string) (names string) {
	servers := p.Snapshot().Backends
	for _, key := range keys {
		source, _ := lb.ParseAddr(key)
		b, err := p.Pick(lb.Request{Key: key, Source: source})
		if err != nil {
			return names + " " + err.Error()
		}
		names += servers[b].Name
		p.Done(b, lb.Response{})
	}
	return names
}

// HAProxy's default spreads the same weights differently.
func ExampleHARoundRobin() {
	p, err := lb.NewHARoundRobin(lb.Config{Servers: lb.Weighted(5, 1, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picks(p, 14))
	p.SetWeight(1, 5)
	fmt.Println(picks(p, 14))
	// Output:
	// aaabaacaaabaac
	// abababacbababa
}

func ExampleHAStatic() {
	p, err := lb.NewHAStatic(lb.Config{Servers: lb.Weighted(4, 3, 2)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picks(p, 9))
	fmt.Println(p.SetWeight(0, 1))
	// Output:
	// ababcaabc
	// lb: HAProxy's map has fixed weights
}

// Without requests that stay open, HAProxy's least connections is a round robin.
func ExampleHALeastConn() {
	p, err := lb.NewHALeastConn(lb.Config{Servers: lb.Weighted(3, 2, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(picks(p, 6))
	for range 12 {
		b, err := p.Pick(lb.Request{})
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(string(rune('a' + b)))
	}
	fmt.Println()
	// Output:
	// abcabc
	// abcabaabacba
}

// The last byte of an IPv4 address does not count.
func ExampleIPHash() {
	p, err := lb.NewIPHash(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(keyed(p, "127.0.0.1", "127.0.1.1", "127.0.2.1", "127.0.2.2", "2001:db8::1"))
	// Output:
	// cabbc
}

func ExampleHASource() {
	p, err := lb.NewHASource(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(keyed(p, "127.0.0.1", "127.0.1.1", "127.0.2.1", "127.0.2.2", "2001:db8::1"))
	// Output:
	// cabca
}

func ExampleHash() {
	p, err := lb.NewHash(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(keyed(p, "/u0", "/u1", "/u2", "/u3", "/u0"))
	// Output:
	// abcca
}

// When a server is removed, only its own keys move.
func ExampleKetama() {
	servers := lb.Equal("10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80")
	for _, m := range []lb.Method{lb.KetamaMethod, lb.HashMethod} {
		moves, err := lb.CountMoves(lb.Config{Method: m, Servers: servers}, lb.Config{Method: m, Servers: servers[:3]}, 10000)
		fmt.Println(m, moves, err)
	}
	// Output:
	// ketama 2784 of 10000 keys move, 2784 must <nil>
	// hash 7530 of 10000 keys move, 2500 must <nil>
}

// The query does not count.
func ExampleHAURI() {
	p, err := lb.NewHAURI(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(keyed(p, "/u0", "/u1", "/u2", "/u2?page=2"))
	// Output:
	// abcc
}

// With bounded loads a key whose server has its full share goes to the next one.
func ExampleHAConsistent() {
	for _, m := range []lb.Method{lb.HAConsistentMethod, lb.HABoundedMethod} {
		p, err := lb.NewHAConsistent(lb.Config{Method: m, Servers: lb.Equal("a", "b", "c")})
		if err != nil {
			fmt.Println(err)
			return
		}
		for range 12 { // requests that stay, all with the same key
			if _, err := p.Pick(lb.Request{Key: "/popular"}); err != nil {
				fmt.Println(err)
				return
			}
		}
		for _, b := range p.Snapshot().Backends {
			fmt.Print(b.Name, " ", b.Active, "  ")
		}
		fmt.Println(m)
	}
	// Output:
	// a 0  b 0  c 12  haproxy consistent
	// a 0  b 6  c 6  haproxy bounded
}

func ExampleRendezvous() {
	p, err := lb.NewRendezvous(lb.Config{Servers: lb.Weighted(3, 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	for i := range 4000 {
		keyed(p, fmt.Sprint("key ", i))
	}
	for _, b := range p.Snapshot().Backends {
		fmt.Println(b.Name, (b.Picks+50)/100*100)
	}
	// Output:
	// a 3000
	// b 1000
}

// The table needs only a key's hash.
func ExampleMaglev() {
	p, err := lb.NewMaglev(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := lb.HashKey("/users/7")
	before := p.Lookup(h)
	p.SetState(before, lb.Down)
	after := p.Lookup(h)
	p.SetState(before, lb.Up)
	fmt.Println(before == after, p.Lookup(h) == before)
	// Output:
	// false true
}

// Requests that stay open, on a hundred servers: the busiest server of each method.
func ExampleTwoChoices() {
	for _, m := range []lb.Method{lb.RandomMethod, lb.TwoChoicesMethod, lb.HALeastConnMethod} {
		servers := make([]lb.Server, 100)
		for i := range servers {
			servers[i] = lb.Server{Name: fmt.Sprint(i), Weight: 1}
		}
		p, err := lb.New(lb.Config{Method: m, Servers: servers})
		if err != nil {
			fmt.Println(err)
			return
		}
		for range 1000 {
			p.Pick(lb.Request{})
		}
		most := 0
		for _, b := range p.Snapshot().Backends {
			most = max(most, b.Active)
		}
		fmt.Println(m, most)
	}
	// Output:
	// random 21
	// two choices 12
	// haproxy leastconn 10
}

// A server that becomes slow gets fewer requests.
func ExampleEWMA() {
	p, err := lb.NewEWMA(lb.Config{Method: lb.PeakEWMAMethod, Servers: lb.Equal("a", "b")})
	if err != nil {
		fmt.Println(err)
		return
	}
	latency := []time.Duration{10 * time.Millisecond, 12 * time.Millisecond}
	for i := range 8 {
		if i == 4 {
			latency[0] = 200 * time.Millisecond
		}
		at := time.Duration(i) * time.Second
		b, _ := p.Pick(lb.Request{At: at})
		fmt.Print(string(rune('a' + b)))
		p.Done(b, lb.Response{At: at, Latency: latency[b]})
	}
	fmt.Println()
	// Output:
	// abaaabbb
}

// Checks find a server that is down between 10 s and 20 s.
func ExampleHealth() {
	p, err := lb.New(lb.Config{Servers: lb.Equal("a", "b")})
	if err != nil {
		fmt.Println(err)
		return
	}
	h, err := lb.NewHealth(p, lb.HealthConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, at := range []time.Duration{9 * time.Second, 16 * time.Second, 30 * time.Second} {
		h.AdvanceTo(at, func(b lb.Backend, at time.Duration) bool {
			return b == 0 || at < 10*time.Second || at > 20*time.Second
		})
		fmt.Println(at, p.Snapshot().Backends[1].State)
	}
	// Output:
	// 9s up
	// 16s down
	// 30s up
}

// A client with a cookie keeps its server.
func ExampleSticky() {
	p, err := lb.New(lb.Config{Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := lb.NewSticky(p, lb.StickyConfig{Cookie: "SRV"})
	if err != nil {
		fmt.Println(err)
		return
	}
	first, _ := s.Pick(lb.Request{})
	again := lb.Request{HTTP: &lb.HTTP{Header: []lb.Header{{Name: "Cookie", Value: "SRV=" + s.Cookie(first)}}}}
	for range 3 {
		b, err := s.Pick(again)
		fmt.Println(b == first, err)
	}
	// Output:
	// true <nil>
	// true <nil>
	// true <nil>
}

// The balancer is not a single point of failure if a second one can take over its
// address. The passive one notices after three heartbeats.
func ExamplePair() {
	p, err := lb.NewPair(lb.PairConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	p.Set(lb.First, true, 10*time.Second)
	for _, at := range []time.Duration{11 * time.Second, 12 * time.Second, 13 * time.Second} {
		i, err := p.Request(at)
		fmt.Println(at, i, err)
	}
	// Output:
	// 11s -1 lb: no balancer answers
	// 12s -1 lb: no balancer answers
	// 13s 1 <nil>
}

// HTTPS is layer 7 only for a balancer that has the certificate.
func ExampleListener() {
	p, err := lb.New(lb.Config{Servers: lb.Equal("a", "b")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, terminate := range []bool{true, false} {
		_, err := lb.NewListener(lb.ListenerConfig{Protocol: lb.HTTPS, Terminate: terminate, Key: "path"}, p)
		fmt.Println(err)
	}
	// Output:
	// <nil>
	// lb: https is layer 4 here, and sees no path
}

// A server fails for a while: with checks and a second try only few requests fail.
func ExampleSimulate() {
	p, err := lb.New(lb.Config{Method: lb.SmoothMethod, Servers: lb.Equal("a", "b", "c")})
	if err != nil {
		fmt.Println(err)
		return
	}
	stations := []lb.Station{{Service: time.Millisecond}, {Service: time.Millisecond}, {Service: time.Millisecond}}
	stations[1].Outages = []lb.Outage{{From: 10 * time.Second, Until: 20 * time.Second}}
	health, err := lb.NewHealth(p, lb.HealthConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := lb.Simulate(lb.Traffic{Requests: 30000, Every: time.Millisecond, Tries: 2, Health: health}, p, stations)
	fmt.Println(r.Failed, r.Retried, err)
	for i, l := range r.Loads {
		fmt.Println(string(rune('a'+i)), l.Picks, l.Failed)
	}
	// Output:
	// 0 1556 <nil>
	// a 12111 0
	// b 7333 1556
	// c 12112 0
}
