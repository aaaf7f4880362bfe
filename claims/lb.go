package claims

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// lbChecks are the checks of the rows about load balancing. The models answer the same
// for every release, since balancers are not part of Go. For real, servers and a proxy
// of package net/http answer, on the loopback interface.
var lbChecks = map[string]check{
	"25-1":  lbCheck(lbSpread, lbLiveSpread),
	"25-3":  lbCheck(lbThroughput, nil),
	"25-4":  lbCheck(lbAlone, lbLiveAlone),
	"25-5":  lbCheck(lbSoftens, lbLiveSoftens),
	"25-6":  lbCheck(lbBalancers, nil),
	"25-7":  lbCheck(lbPaths, lbLivePaths),
	"25-8":  lbCheck(lbTwoFactors, lbLiveTwoFactors),
	"25-9":  lbCheck(lbProbes, lbLiveProbes),
	"25-10": lbCheck(lbLeaves, lbLiveLeaves),
	"25-11": lbCheck(lbInTurn, lbLiveInTurn),
	"25-12": lbCheck(lbFewest, lbLiveFewest),
	"25-13": lbCheck(lbMoves, lbLiveMoves),
	"25-14": lbCheck(lbStateful, lbLiveStateful),
	"25-15": lbCheck(lbBalancers, nil),
}

func lbCheck(model, live func() (string, error)) check {
	return check{model: func(string) (string, error) { return model() }, live: live}
}

// lbOrder returns the servers, a, b and so on, that get n requests, one after the other;
// x is a failure.
func lbOrder(p lb.Picker, n int) string {
	var out []string
	for range n {
		b, err := p.Pick(lb.Request{})
		if err == nil {
			err = p.Done(b, lb.Response{})
		}
		if err != nil {
			out = append(out, "x")
			continue
		}
		out = append(out, string(rune('a'+b)))
	}
	return strings.Join(out, " ")
}

func lbPool(m lb.Method, n int) (lb.Pool, error) {
	servers := lb.Weighted(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	return lb.New(lb.Config{Method: m, Servers: servers[:n]})
}

// lbPicks returns the number of requests of each backend.
func lbPicks(p lb.Pool) string {
	var out []string
	for _, b := range p.Snapshot().Backends {
		out = append(out, fmt.Sprint(b.Picks))
	}
	return strings.Join(out, " ")
}

func lbSpread() (string, error) {
	p, err := lbPool(lb.RoundRobinMethod, 3)
	if err != nil {
		return "", err
	}
	lbOrder(p, 12)
	return lbPicks(p), nil
}

// lbThroughput sends 1,000 requests at once to one station, to four, and to four through
// a balancer that passes on twice as many as one station can serve.
func lbThroughput() (string, error) {
	run := func(stations int, every time.Duration) (time.Duration, error) {
		p, err := lbPool(lb.RoundRobinMethod, stations)
		if err != nil {
			return 0, err
		}
		list := make([]lb.Station, stations)
		for i := range list {
			list[i].Service = 10 * time.Millisecond
		}
		r, err := lb.Simulate(lb.Traffic{Requests: 1000, Every: every}, p, list)
		return r.End, err
	}
	one, err1 := run(1, 0)
	four, err2 := run(4, 0)
	limited, err3 := run(4, 5*time.Millisecond)
	round := func(d time.Duration) int { return int((one + d/2) / d) }
	if err := errors.Join(err1, err2, err3); err != nil {
		return "", err
	}
	return fmt.Sprint(round(four), " ", round(limited)), nil
}

// lbAnswered returns the number of requests, out of n, that get an answer if the broken
// backends fail and others are tried.
func lbAnswered(p lb.Pool, n int, broken ...lb.Backend) (answered int) {
	for range n {
		var retry lb.Retry
		for {
			b, err := p.Pick(lb.Request{Retry: &retry})
			if err != nil {
				break
			}
			failed := false
			for _, x := range broken {
				failed = failed || x == b
			}
			if p.Done(b, lb.Response{Failed: failed}) == nil && !failed {
				answered++
				break
			}
		}
	}
	return answered
}

func lbAlone() (string, error) {
	p, err := lbPool(lb.SmoothMethod, 1)
	if err != nil {
		return "", err
	}
	return fmt.Sprint(lbAnswered(p, 3), " ", lbAnswered(p, 3, 0)), nil
}

func lbSoftens() (string, error) {
	one, err1 := lbPool(lb.SmoothMethod, 1)
	two, err2 := lbPool(lb.SmoothMethod, 2)
	if err := errors.Join(err1, err2); err != nil {
		return "", err
	}
	alone := lbAnswered(one, 5) + lbAnswered(one, 5, 0)
	return fmt.Sprint(alone, " ", lbAnswered(two, 5)+lbAnswered(two, 5, 0)), nil
}

// lbBalancers returns the number of requests, out of ten, one a second, that are
// answered after the first balancer has died: without a second one that can be reached,
// because there is none or because it comes after the first in a chain; and with one
// that takes over the address.
func lbBalancers() (string, error) {
	run := func(parts ...lb.Part) (int, error) {
		p, err := lb.NewPair(lb.PairConfig{})
		if err != nil {
			return 0, err
		}
		for _, part := range parts {
			if err := p.Set(part, true, 0); err != nil {
				return 0, err
			}
		}
		answered := 0
		for i := range 10 {
			if _, err := p.Request(time.Duration(i) * time.Second); err == nil {
				answered++
			}
		}
		return answered, nil
	}
	alone, err1 := run(lb.First, lb.Second)
	both, err2 := run(lb.First)
	return fmt.Sprint(alone, " ", both), errors.Join(err1, err2)
}

// lbPaths reports whether a listener can choose by path.
func lbPaths() (string, error) {
	p, err := lbPool(lb.HashMethod, 2)
	if err != nil {
		return "", err
	}
	_, plain := lb.NewListener(lb.ListenerConfig{Protocol: lb.HTTP1, Key: "path"}, p)
	_, through := lb.NewListener(lb.ListenerConfig{Protocol: lb.HTTPS, Key: "path"}, p)
	_, ended := lb.NewListener(lb.ListenerConfig{Protocol: lb.HTTPS, Terminate: true, Key: "path"}, p)
	return fmt.Sprint(yesNo(plain == nil), " ", yesNo(ended == nil), " ", yesNo(through == nil)), nil
}

func lbTwoFactors() (string, error) {
	p, err := lbPool(lb.RoundRobinMethod, 3)
	if err != nil {
		return "", err
	}
	return lbWith(p, func(b lb.Backend) bool { return b != 1 }, func() string { return lbOrder(pinned{p, time.Minute}, 6) })
}

// A pinned is a picker that is always called at the same time.
type pinned struct {
	lb.Picker
	at time.Duration
}

func (p pinned) Pick(r lb.Request) (lb.Backend, error) { r.At = p.at; return p.Picker.Pick(r) }

func (p pinned) Done(b lb.Backend, o lb.Response) error { o.At = p.at; return p.Picker.Done(b, o) }

// lbWith checks the backends for a minute, and then calls ask.
func lbWith(p lb.Pool, passes func(lb.Backend) bool, ask func() string) (string, error) {
	h, err := lb.NewHealth(p, lb.HealthConfig{})
	if err != nil {
		return "", err
	}
	if err := h.AdvanceTo(time.Minute, func(b lb.Backend, _ time.Duration) bool { return passes(b) }); err != nil {
		return "", err
	}
	return ask(), nil
}

// lbProbes checks a server that accepts connections and answers 500, by connecting and
// by a request.
func lbProbes() (string, error) {
	var out []string
	for _, passes := range []bool{true, false} {
		p, err := lbPool(lb.RoundRobinMethod, 1)
		if err != nil {
			return "", err
		}
		answer, err := lbWith(p, func(lb.Backend) bool { return passes }, func() string { return yesNo(p.Snapshot().Backends[0].State == lb.Up) })
		if err != nil {
			return "", err
		}
		out = append(out, answer)
	}
	return strings.Join(out, " "), nil
}

func lbLeaves() (string, error) {
	p, err := lbPool(lb.RoundRobinMethod, 2)
	if err != nil {
		return "", err
	}
	h, err := lb.NewHealth(p, lb.HealthConfig{})
	if err != nil {
		return "", err
	}
	var out []string
	for i, fails := range []bool{false, true, false} {
		if err := h.AdvanceTo(time.Duration(i)*time.Minute, func(b lb.Backend, _ time.Duration) bool { return b == 0 || !fails }); err != nil {
			return "", err
		}
		up := 0
		for _, b := range p.Snapshot().Backends {
			if b.State == lb.Up {
				up++
			}
		}
		out = append(out, fmt.Sprint(up))
	}
	return strings.Join(out, " "), nil
}

func lbInTurn() (string, error) {
	p, err := lbPool(lb.RoundRobinMethod, 3)
	if err != nil {
		return "", err
	}
	return lbOrder(p, 7), nil
}

// lbFewest gives server a two connections that stay, b one and c none, and returns the
// pick for the next one.
func lbFewest() (string, error) {
	p, err := lbPool(lb.LeastConnMethod, 3)
	if err != nil {
		return "", err
	}
	for range 6 { // two for each
		if _, err := p.Pick(lb.Request{}); err != nil {
			return "", err
		}
	}
	for _, b := range []lb.Backend{1, 2, 2} {
		if err := p.Done(b, lb.Response{}); err != nil {
			return "", err
		}
	}
	return lbOrder(p, 1), nil
}

// lbMoves returns the tenths of the clients that move to another server when one of ten
// is removed.
func lbMoves() (string, error) {
	servers := lb.Weighted(1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
	var out []string
	for _, m := range []lb.Method{lb.HASourceMethod, lb.RendezvousMethod} {
		moves, err := lb.CountMoves(lb.Config{Method: m, Servers: servers}, lb.Config{Method: m, Servers: servers[:9]}, 9000)
		if err != nil {
			return "", err
		}
		out = append(out, fmt.Sprint((moves.Moved+450)/900))
	}
	return strings.Join(out, " "), nil
}

// lbStateful returns the number of servers that see six requests of one client.
func lbStateful() (string, error) {
	seen := func(p lb.Picker, request func(last lb.Backend) lb.Request) int {
		all := map[lb.Backend]bool{}
		last := lb.None
		for range 6 {
			b, err := p.Pick(request(last))
			if err != nil {
				return -1
			}
			all[b], last = true, b
		}
		return len(all)
	}
	plain := func(lb.Backend) lb.Request { return lb.Request{Source: lb.IPv4(10, 0, 0, 7)} }
	turn, err1 := lbPool(lb.RoundRobinMethod, 3)
	source, err2 := lbPool(lb.HASourceMethod, 3)
	other, err3 := lbPool(lb.RoundRobinMethod, 3)
	if err := errors.Join(err1, err2, err3); err != nil {
		return "", err
	}
	sticky, err := lb.NewSticky(other, lb.StickyConfig{Cookie: "SRV"})
	if err != nil {
		return "", err
	}
	cookie := func(last lb.Backend) lb.Request {
		if last == lb.None {
			return lb.Request{}
		}
		return lb.Request{HTTP: &lb.HTTP{Header: []lb.Header{{Name: "Cookie", Value: "SRV=" + sticky.Cookie(last)}}}}
	}
	return fmt.Sprint(seen(turn, plain), " ", seen(source, plain), " ", seen(sticky, cookie)), nil
}

// lbLiveMoves is lbMoves with other clients and a hash of its own.
func lbLiveMoves() (string, error) {
	r := rand.New(rand.NewPCG(25, 13))
	mod, highest := 0, 0
	best := func(scores []uint64) (at int) {
		for i, s := range scores {
			if s > scores[at] {
				at = i
			}
		}
		return at
	}
	for range 9000 {
		h := r.Uint64()
		if h%10 != h%9 {
			mod++
		}
		scores := make([]uint64, 10)
		for i := range scores {
			scores[i] = r.Uint64()
		}
		if best(scores) != best(scores[:9]) {
			highest++
		}
	}
	return fmt.Sprint((mod+450)/900, " ", (highest+450)/900), nil
}
