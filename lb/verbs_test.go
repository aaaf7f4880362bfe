package lb

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestVerbs: with every method the servers that are up get requests, the others get
// none, and each change is one event.
func TestVerbs(t *testing.T) {
	for _, method := range Methods() {
		var changes []string
		seq := uint64(0)
		p := must(t, Config{Method: method, Servers: Equal("a", "b", "c"), Trace: func(e Event) {
			if seq++; e.Seq != seq || e.Rule == "" {
				t.Errorf("%v: %+v is event %d", method, e, seq)
			}
			switch e.Kind {
			case Skipped, Hashed, Picked, Finished:
			default:
				changes = append(changes, e.String())
			}
		}})
		at := time.Duration(0)
		step := func(what string, err error, want ...Backend) {
			t.Helper()
			if err != nil {
				t.Fatalf("%v, %s: %v", method, what, err)
			}
			got := map[Backend]bool{}
			for i := range 300 {
				at += time.Second
				b, err := p.Pick(Request{At: at, Key: fmt.Sprint("/", i), Source: IPv4(10, byte(i*7), byte(i*13>>2), byte(i*29>>1))})
				if err != nil {
					t.Fatalf("%v, %s: %v", method, what, err)
				}
				got[b] = true
				if err := p.Done(b, Response{At: at, Latency: at}); err != nil {
					t.Fatalf("%v, %s: %v", method, what, err)
				}
			}
			for b := range Backend(5) {
				if got[b] != slices.Contains(want, b) {
					t.Errorf("%v, %s: server %d has requests: %v", method, what, b, got[b])
				}
			}
			if err := p.Check(); err != nil {
				t.Errorf("%v, %s: %v", method, what, err)
			}
		}
		step("new", nil, 0, 1, 2)
		step("b is drained", p.SetState(1, Drain), 0, 2)
		step("again", p.SetState(1, Drain), 0, 2)
		b, err := p.Add(Server{Name: "d", Weight: 1})
		step("d comes", err, 0, 2, b)
		step("a goes", p.Remove(0), 2, 3)
		step("b is up", p.SetState(1, Up), 1, 2, 3)
		step("c is down", p.SetState(2, Down), 1, 3)
		want := []string{"1 is drain", "added 3", "removed 0", "1 is up", "2 is down"}
		if p.SetWeight(3, 2) == nil {
			step("d weighs 2", nil, 1, 3)
			step("again", p.SetWeight(3, 2), 1, 3)
			want = append(want, "3 has weight 2")
		}
		if got := strings.Join(changes, ", "); got != strings.Join(want, ", ") {
			t.Errorf("%v: %s, want %s", method, got, strings.Join(want, ", "))
		}
		for _, b := range []Backend{1, 3} {
			if err := p.SetState(b, Down); err != nil {
				t.Errorf("%v: %v", method, err)
			}
		}
		if b, err := p.Pick(Request{At: at}); err == nil {
			t.Errorf("%v: with no server up %d is picked", method, b)
		}
	}
}

// TestEjected: the failure that reaches max_fails ejects a server, and the first success
// after its time brings it back.
func TestEjected(t *testing.T) {
	var got []string
	servers := Equal("a", "b")
	for i := range servers {
		servers[i].MaxFails, servers[i].FailTimeout = 2, 10*time.Second
	}
	p := must(t, Config{Servers: servers, Trace: func(e Event) {
		if e.Kind == Ejected || e.Kind == Returned {
			got = append(got, fmt.Sprintf("%v at %v", e, e.At))
		}
	}})
	for i := range 40 {
		at := time.Duration(i) * time.Second
		b, err := p.Pick(Request{At: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Done(b, Response{At: at, Failed: b == 0 && i < 10}); err != nil {
			t.Fatal(err)
		}
	}
	if want := "ejected 0 at 2s, returned 0 at 13s"; strings.Join(got, ", ") != want {
		t.Errorf("%s, want %s", strings.Join(got, ", "), want)
	}
}

// TestRanges: the least and the largest accepted values, and the values just outside,
// which are refused.
func TestRanges(t *testing.T) {
	if strconv.IntSize < 64 {
		t.Skip("the table holds durations as int")
	}
	longest := 365 * 24 * time.Hour
	year := int(longest)
	const free = math.MaxInt - 1 // no limit
	server := func(m Method, change func(*Server)) error {
		s := Server{Name: "a", Weight: 1}
		change(&s)
		_, err := New(Config{Method: m, Servers: []Server{s}})
		return err
	}
	traffic := func(change func(*Traffic)) error {
		tr := Traffic{Requests: 1}
		change(&tr)
		return checkSimulation(tr, new(Smooth), make([]Station, 1))
	}
	station := func(s Station) error {
		return checkSimulation(Traffic{Requests: 1}, new(Smooth), []Station{s})
	}
	p := must(t, Config{Servers: Equal("a", "b")})
	health := func(c HealthConfig) error { _, err := NewHealth(p, c); return err }
	outlier := func(c OutlierConfig) error { _, err := NewOutlier(p, c); return err }
	pair := func(c PairConfig) error { _, err := NewPair(c); return err }
	sticky := func(c StickyConfig) error { _, err := NewSticky(p, c); return err }
	listener := func(c ListenerConfig) error { _, err := NewListener(c, p, p); return err }
	for _, tt := range []struct {
		what        string
		least, most int
		try         func(n int) error
	}{
		{"weight", 1, 65535, func(n int) error { return server(SmoothMethod, func(s *Server) { s.Weight = n }) }},
		{"HAProxy's weight", 1, 256, func(n int) error { return server(HARoundRobinMethod, func(s *Server) { s.Weight = n }) }},
		{"weight that is set", 1, 65535, func(n int) error { return must(t, Config{Method: SmoothMethod, Servers: Equal("a")}).SetWeight(0, n) }},
		{"length of a name", 1, 1024, func(n int) error {
			return server(SmoothMethod, func(s *Server) { s.Name = strings.Repeat("a", max(n, 0)) })
		}},
		{"max fails", 0, 65535, func(n int) error { return server(SmoothMethod, func(s *Server) { s.MaxFails = n }) }},
		{"fail timeout", 0, free, func(n int) error {
			return server(SmoothMethod, func(s *Server) { s.FailTimeout = time.Duration(n) })
		}},
		{"max conns", 0, free, func(n int) error { return server(SmoothMethod, func(s *Server) { s.MaxConns = n }) }},
		{"HAProxy's max fails", 0, 0, func(n int) error { return server(HARoundRobinMethod, func(s *Server) { s.MaxFails = n }) }},
		{"servers", 1, MaxServers, func(n int) error { _, err := New(Config{Servers: manyEqual(n, 1)}); return err }},
		{"decay", 0, free, func(n int) error {
			_, err := New(Config{Method: EWMAMethod, Servers: Equal("a"), Decay: time.Duration(n)})
			return err
		}},
		{"balance", 101, 65535, func(n int) error {
			_, err := New(Config{Method: HABoundedMethod, Servers: Equal("a"), Balance: n})
			return err
		}},
		{"rise", 0, 65535, func(n int) error { return health(HealthConfig{Rise: n}) }},
		{"fall", 0, 65535, func(n int) error { return health(HealthConfig{Fall: n}) }},
		{"panic", 0, 100, func(n int) error { return health(HealthConfig{Panic: n}) }},
		{"interval", 0, free, func(n int) error { return health(HealthConfig{Interval: time.Duration(n)}) }},
		{"slow start", 0, free, func(n int) error { return health(HealthConfig{SlowStart: time.Duration(n)}) }},
		{"consecutive", 0, free, func(n int) error { return outlier(OutlierConfig{Consecutive: n}) }},
		{"base", 0, free, func(n int) error { return outlier(OutlierConfig{Base: time.Duration(n)}) }},
		{"interval of an outlier", 0, free, func(n int) error { return outlier(OutlierConfig{Interval: time.Duration(n)}) }},
		{"most", 0, 100, func(n int) error { return outlier(OutlierConfig{Most: n}) }},
		{"heartbeat", 0, free, func(n int) error { return pair(PairConfig{Heartbeat: time.Duration(n)}) }},
		{"misses", 0, 65535, func(n int) error { return pair(PairConfig{Misses: n}) }},
		{"expire", 0, free, func(n int) error { return sticky(StickyConfig{Expire: time.Duration(n)}) }},
		{"size of a table", 0, 1 << 20, func(n int) error { return sticky(StickyConfig{Size: n}) }},
		{"idle", 0, free, func(n int) error { return listener(ListenerConfig{Protocol: UDP, Idle: time.Duration(n)}) }},
		{"route", 0, 1, func(n int) error { return listener(ListenerConfig{Protocol: HTTP1, Routes: []Route{{To: n}}}) }},
		{"latency", 0, free, func(n int) error {
			p := must(t, Config{Servers: Equal("a")})
			if _, err := p.Pick(Request{}); err != nil {
				return err
			}
			return p.Done(0, Response{Latency: time.Duration(n)})
		}},
		{"requests", 1, MaxRequests, func(n int) error { return traffic(func(tr *Traffic) { tr.Requests = n }) }},
		{"every", 0, year, func(n int) error { return traffic(func(tr *Traffic) { tr.Every = time.Duration(n) }) }},
		{"keys", 0, MaxRequests, func(n int) error { return traffic(func(tr *Traffic) { tr.Keys = n }) }},
		{"tries", 0, 100, func(n int) error { return traffic(func(tr *Traffic) { tr.Tries = n }) }},
		{"requests of 100 tries", 1, MaxRequests / 50, func(n int) error {
			return traffic(func(tr *Traffic) { tr.Requests, tr.Tries = n, 100 })
		}},
		{"stations", 1, MaxServers, func(n int) error {
			return checkSimulation(Traffic{Requests: 1}, new(Smooth), make([]Station, n))
		}},
		{"requests to 512 stations", 1, 1 << 19, func(n int) error {
			return checkSimulation(Traffic{Requests: n}, new(Smooth), make([]Station, 512))
		}},
		{"service", 0, year, func(n int) error { return station(Station{Service: time.Duration(n)}) }},
		{"workers", 0, free, func(n int) error { return station(Station{Workers: n}) }},
		{"queue", 0, free, func(n int) error { return station(Station{Queue: n}) }},
		{"delay", 0, year, func(n int) error { return station(Station{Outages: []Outage{{Delay: time.Duration(n)}}}) }},
	} {
		for _, n := range []int{tt.least - 1, tt.least, tt.most, tt.most + 1} {
			out := n < tt.least || n > tt.most && tt.most != free
			if err := tt.try(n); (err != nil) != out {
				t.Errorf("%s %d: %v", tt.what, n, err)
			}
		}
	}
	for _, skew := range []float64{-2, 0.5, 1, 100} {
		if traffic(func(tr *Traffic) { tr.Skew = skew }) == nil {
			t.Errorf("skew %v is accepted", skew)
		}
	}
	if station(Station{Outages: make([]Outage, 100)}) != nil || station(Station{Outages: make([]Outage, 101)}) == nil {
		t.Error("want at most 100 outages")
	}
	c := Config{Servers: manyEqual(257, 1)}
	if _, err := CountMoves(c, c, 1<<18); err == nil {
		t.Error("2^18 keys to 257 servers are accepted")
	}
}

// TestHashKey: each byte of a key counts.
func TestHashKey(t *testing.T) {
	for n := 1; n < 70; n++ {
		key := make([]byte, n)
		was := HashKey(string(key))
		for i := range key {
			key[i] = 1
			if HashKey(string(key)) == was {
				t.Errorf("byte %d of %d does not count", i, n)
			}
			key[i] = 0
		}
	}
}

// TestSameTime: simultaneous events happen in the order in which they were caused.
func TestSameTime(t *testing.T) {
	var s sim
	for i := range 50 {
		s.push(happening{at: time.Duration(i % 3), who: i})
	}
	last := s.pop()
	for len(s.heap) > 0 {
		h := s.pop()
		if h.at < last.at || h.at == last.at && h.who < last.who {
			t.Errorf("%d at %v after %d at %v", h.who, h.at, last.who, last.at)
		}
		last = h
	}
}
