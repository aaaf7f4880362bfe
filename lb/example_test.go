package lb_test

import (
	"fmt"

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
		p.Done(b, lb.Outcome{})
	}
	return names
}

// nginx spreads the picks of a heavy server; a plain weighted turn would be aaaaabc.
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

// Requests that stay count.
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
