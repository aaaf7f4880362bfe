package lb

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Questions and reports about balancers, with inputs of our own.

// turns returns the servers that get n requests, one after the other.
func turns(t *testing.T, p Pool, n int) string {
	t.Helper()
	var out strings.Builder
	for range n {
		b, err := p.Pick(Request{})
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(p.Snapshot().Backends[b].Name)
		if err := p.Done(b, Response{}); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func must(t *testing.T, c Config) Pool {
	t.Helper()
	p, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPublicSmooth: the table in nginx's own commit message, with current weights after
// each pick; weights 10 and 20; apache/dubbo#2650's 1, 2, 3; apache/apisix#3493's 21 and
// 11, where the light server should not have to wait for the 11th request.
func TestPublicSmooth(t *testing.T) {
	p := must(t, Config{Method: SmoothMethod, Servers: Weighted(5, 1, 1)})
	for i, want := range []string{"-2 1 1", "-4 2 2", "1 -4 3", "-1 -3 4", "4 -2 -2", "2 -1 -1", "0 0 0"} {
		turns(t, p, 1)
		var got []string
		for _, b := range p.Snapshot().Backends {
			got = append(got, fmt.Sprint(b.Current))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("after pick %d: %v, want %s", i+1, got, want)
		}
	}
	for _, tt := range []struct {
		weights []int
		want    string
	}{
		{[]int{10, 20}, "babbab"},
		{[]int{1, 2, 3}, "cbacbc"},
		{[]int{21, 11}, "abaabaabaabaabaab"},
		{[]int{100, 50, 1}, "abaab"},
	} {
		if got := turns(t, must(t, Config{Method: SmoothMethod, Servers: Weighted(tt.weights...)}), len(tt.want)); got != tt.want {
			t.Errorf("weights %v: %s, want %s", tt.weights, got, tt.want)
		}
	}
}

// TestPublicWorkers: each worker of a balancer, or each balancer of many, begins with
// the first server (openresty/lua-resty-balancer#23, kubernetes/ingress-nginx#4023,
// d2iq-archive/marathon-lb#591).
func TestPublicWorkers(t *testing.T) {
	for _, m := range []Method{RoundRobinMethod, SmoothMethod, HARoundRobinMethod, LeastConnMethod} {
		for range 50 {
			if got := turns(t, must(t, Config{Method: m, Servers: Equal("a", "b", "c")}), 1); got != "a" {
				t.Errorf("%v begins with %s", m, got)
			}
		}
	}
}

// TestPublicIDs: HAProxy's ring depends on the numbers of the servers, so that all other
// servers move if the first is removed from the list (jcmoraisjr/haproxy-ingress#798,
// haproxytech/dataplaneapi#223).
func TestPublicIDs(t *testing.T) {
	servers := Equal("a", "b", "c", "d", "e")
	m, err := CountMoves(Config{Method: HAConsistentMethod, Servers: servers}, Config{Method: HAConsistentMethod, Servers: servers[1:]}, 5000)
	if err != nil || m.Moved < 3*m.Must {
		t.Errorf("%v, %v", m, err)
	}
	// If it is down instead, it keeps its number, and only its own keys move.
	p := must(t, Config{Method: HAConsistentMethod, Servers: servers})
	q := must(t, Config{Method: HAConsistentMethod, Servers: servers})
	if err := q.SetState(0, Down); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		r := Request{Key: fmt.Sprintf("/k%d", i)}
		a, _ := p.Pick(r)
		if b, _ := q.Pick(r); a != b && a != 0 {
			t.Fatalf("key %d moves from %d to %d", i, a, b)
		}
	}
}

// TestPublicBlackHole: a server that fails at once looks idle, and gets nearly all
// requests, by least connections and by latency (kubernetes/ingress-nginx#9025, #5540);
// max_fails prevents that.
func TestPublicBlackHole(t *testing.T) {
	stations := make([]Station, 4)
	for i := range stations {
		stations[i] = Station{Service: 20 * time.Millisecond, Workers: 4}
	}
	stations[2].Outages = []Outage{{Until: time.Hour}}
	traffic := Traffic{Requests: 20000, Every: 2 * time.Millisecond, Random: true}
	for _, m := range []Method{LeastConnMethod, PeakEWMAMethod} {
		r, err := Simulate(traffic, must(t, Config{Method: m, Servers: Equal("a", "b", "c", "d")}), stations)
		if err != nil {
			t.Fatal(err)
		}
		if share := float64(r.Loads[2].Picks) / 20000; share < 0.7 {
			t.Errorf("%v: the broken server gets %.2f of the requests", m, share)
		}
	}
	servers := Equal("a", "b", "c", "d")
	for i := range servers {
		servers[i].MaxFails, servers[i].FailTimeout = 1, 10*time.Second
	}
	traffic.Tries = 4
	r, err := Simulate(traffic, must(t, Config{Method: LeastConnMethod, Servers: servers}), stations)
	if err != nil || r.Loads[2].Picks > 10 || r.Failed > 0 {
		t.Errorf("with max_fails: %d picks of the broken server, %d failed, %v", r.Loads[2].Picks, r.Failed, err)
	}
}

// TestPublicNewServer: a server that is added later has no requests, and with least
// connections it gets all of them until it has as many as the others; by latency it gets
// one until its latency is known (kubernetes/ingress-nginx#3709).
func TestPublicNewServer(t *testing.T) {
	for m, want := range map[Method]string{HALeastConnMethod: "dddddddddd", LeastConnMethod: "dddddddddd", EWMAMethod: "dabc"} {
		p := must(t, Config{Method: m, Servers: Equal("a", "b", "c")})
		for i := range 3 { // a latency for each
			b, err := p.Pick(Request{})
			if err == nil {
				err = p.Done(b, Response{Latency: time.Second + time.Duration(i)})
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for range 30 {
			if _, err := p.Pick(Request{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := p.Add(Server{Name: "d", Weight: 1}); err != nil {
			t.Fatal(err)
		}
		got := ""
		for range len(want) {
			b, err := p.Pick(Request{})
			if err != nil {
				t.Fatal(err)
			}
			got += p.Snapshot().Backends[b].Name
		}
		if got != want {
			t.Errorf("%v: %s, want %s", m, got, want)
		}
	}
}

// TestPublicSlowServer: least connections balances concurrent requests, not the number
// of requests: a server half as fast gets half as many (haproxy/haproxy#1099).
func TestPublicSlowServer(t *testing.T) {
	stations := []Station{{Service: 10 * time.Millisecond, Workers: 50}, {Service: 20 * time.Millisecond, Workers: 50}}
	r, err := Simulate(Traffic{Requests: 30000, Every: time.Millisecond, Random: true}, must(t, Config{Method: HALeastConnMethod, Servers: Equal("a", "b")}), stations)
	if err != nil {
		t.Fatal(err)
	}
	if ratio := float64(r.Loads[0].Picks) / float64(r.Loads[1].Picks); ratio < 1.7 || ratio > 2.3 {
		t.Errorf("%d and %d requests, want about two to one", r.Loads[0].Picks, r.Loads[1].Picks)
	}
}

// TestPublicStickyGone: if a cookie names a removed server, the request goes to another
// one (traefik/traefik#1299). A drained server keeps its clients, and gets no new ones
// (traefik/traefik#8157). Clients without a cookie are distributed in turn
// (traefik/traefik#5521).
func TestPublicStickyGone(t *testing.T) {
	p := must(t, Config{Method: SmoothMethod, Servers: Equal("a", "b", "c")})
	s, err := NewSticky(p, StickyConfig{Cookie: "SRV"})
	if err != nil {
		t.Fatal(err)
	}
	with := func(cookie string) Backend {
		r := Request{}
		if cookie != "" {
			r.HTTP = &HTTP{Header: []Header{{"Cookie", "SRV=" + cookie}}}
		}
		b, err := s.Pick(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if a, b, c := with(""), with(""), with(""); a != 0 || b != 1 || c != 2 {
		t.Errorf("without cookies: %d %d %d", a, b, c)
	}
	if err := p.SetState(2, Drain); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if b := with("c"); b != 2 {
			t.Errorf("a client of the drained server goes to %d", b)
		}
		if b := with(""); b == 2 {
			t.Error("a new client goes to the drained server")
		}
	}
	for _, b := range []Backend{0, 1} { // all are drained: sessions continue
		if err := p.SetState(b, Drain); err != nil {
			t.Fatal(err)
		}
	}
	if b := with("c"); b != 2 {
		t.Errorf("with all servers drained, a client of one goes to %d", b)
	}
	p.SetState(0, Up)
	if err := p.Remove(2); err != nil {
		t.Fatal(err)
	}
	if b := with("c"); b != 0 {
		t.Errorf("a client of the server that is gone goes to %d", b)
	}
}

// TestPublicNetwork: nginx's ip_hash treats a network of 256 addresses as one client,
// HAProxy's source as many.
func TestPublicNetwork(t *testing.T) {
	for m, want := range map[Method]int{IPHashMethod: 1, HASourceMethod: 3} {
		p := must(t, Config{Method: m, Servers: Equal("a", "b", "c")})
		seen := map[Backend]bool{}
		for i := range 256 {
			b, err := p.Pick(Request{Source: IPv4(203, 0, 113, byte(i))})
			if err != nil {
				t.Fatal(err)
			}
			seen[b] = true
		}
		if len(seen) != want {
			t.Errorf("%v: %d servers, want %d", m, len(seen), want)
		}
	}
}

// TestPublicSingle: max_fails of the only server has no effect in nginx.
func TestPublicSingle(t *testing.T) {
	p := must(t, Config{Method: SmoothMethod, Servers: []Server{{Name: "a", Weight: 1, MaxFails: 1, FailTimeout: time.Minute}}})
	for range 5 {
		b, err := p.Pick(Request{})
		if err == nil {
			err = p.Done(b, Response{Failed: true})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestPublicEmptyKey: with an empty key nginx's hash is a round robin.
func TestPublicEmptyKey(t *testing.T) {
	for _, m := range []Method{HashMethod, KetamaMethod} {
		if got := turns(t, must(t, Config{Method: m, Servers: Equal("a", "b", "c")}), 6); got != "abcabc" {
			t.Errorf("%v: %s", m, got)
		}
	}
}
