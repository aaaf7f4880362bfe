package lb

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// healthRun advances second by second, with backend 1 down from second 10 to 20, and
// tells when the state of backend 1 changes.
func healthRun(t *testing.T, c HealthConfig) (changes []string, p Pool) {
	t.Helper()
	p, err := New(Config{Method: SmoothMethod, Servers: Weighted(20, 20, 20)})
	if err != nil {
		t.Fatal(err)
	}
	h, err := NewHealth(p, c)
	if err != nil {
		t.Fatal(err)
	}
	was := Up
	for at := time.Duration(0); at < 40*time.Second; at += 100 * time.Millisecond {
		err := h.AdvanceTo(at, func(b Backend, at time.Duration) bool {
			return b != 1 || at < 10*time.Second || at >= 20*time.Second
		})
		if err != nil {
			t.Fatal(err)
		}
		if now := p.Snapshot().Backends[1].State; now != was {
			changes = append(changes, fmt.Sprintf("%v %v", now, at))
			was = now
		}
	}
	return changes, p
}

// TestRiseFall: checks of backend 1 of 3 are at 2/3 s and every 2 s after. It fails at
// 10.67, 12.67 and 14.67, and passes again at 20.67 and 22.67.
func TestRiseFall(t *testing.T) {
	changes, _ := healthRun(t, HealthConfig{})
	if want := []string{"down 14.7s", "up 22.7s"}; !slices.Equal(changes, want) {
		t.Errorf("%q, want %q", changes, want)
	}
	changes, _ = healthRun(t, HealthConfig{Interval: time.Second, Rise: 4, Fall: 1})
	if want := []string{"down 10.4s", "up 23.4s"}; !slices.Equal(changes, want) {
		t.Errorf("%q, want %q", changes, want)
	}
}

// TestFlap: with fall 3, two failures in three checks never bring a backend down: what
// counts is failures in a row, as one success makes good for all. Only the first check
// of all brings it down alone.
func TestFlap(t *testing.T) {
	for _, tt := range []struct {
		pattern string // of checks: x fails
		want    State
	}{
		{".xx.xx.xx.xx", Up},
		{".x.x.x.x.x.x", Up},
		{"x", Down},
		{"x.x.x.x.x.x.", Down},
		{".xx", Up},
		{".xxx", Down},
		{"xxx.", Down},
		{"xxx..", Up},
		{"xxx.x..", Up},
		{"xxx.x.", Down},
	} {
		p, _ := New(Config{Servers: Equal("a", "b")})
		h, err := NewHealth(p, HealthConfig{Interval: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		i := 0
		for at := range len(tt.pattern) {
			h.AdvanceTo(time.Duration(at)*time.Second, func(b Backend, _ time.Duration) bool {
				if b == 0 {
					i++
					return tt.pattern[i-1] == '.'
				}
				return true
			})
		}
		if got := p.Snapshot().Backends[0].State; got != tt.want {
			t.Errorf("%s: %v, want %v", tt.pattern, got, tt.want)
		}
	}
}

// TestHealthKnown: what HAProxy 2.6.12 showed as check_health before each check, of
// servers with "check rise 3 fall 4" and "check rise 4 fall 3" of which a check passed
// (+) or failed (-).
func TestHealthKnown(t *testing.T) {
	for _, tt := range []struct {
		rise, fall     int
		checks, health string
	}{
		{3, 4, "-+-++++--+++++-+++-+---++++-+-+++-+++--+++-+++-+", "301012665466666566656543666656566656665466656665"},
		{4, 3, "+++-+----+-+-+--+--++--+-+----++-+---+--++---++-", "466656540010101001001200101000012010001001200012"},
	} {
		p, _ := New(Config{Servers: Equal("a")})
		h, err := NewHealth(p, HealthConfig{Interval: time.Second, Rise: tt.rise, Fall: tt.fall})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for i, c := range tt.checks {
			if up := p.Snapshot().Backends[0].State == Up; up != (h.checks[0].health >= tt.rise) {
				t.Errorf("%+v: up is %v before check %d", tt, up, i)
			}
			got += fmt.Sprint(h.checks[0].health)
			if err := h.AdvanceTo(time.Duration(i)*time.Second, func(Backend, time.Duration) bool { return c == '+' }); err != nil {
				t.Fatal(err)
			}
		}
		if got != tt.health {
			t.Errorf("rise %d, fall %d, %s: health %s, want %s", tt.rise, tt.fall, tt.checks, got, tt.health)
		}
	}
}

// TestAllDown: without a healthy backend a request has none; with a panic threshold
// all get requests.
func TestAllDown(t *testing.T) {
	for _, tt := range []struct{ panic, failing, up int }{{0, 3, 0}, {50, 3, 3}, {50, 1, 2}, {50, 2, 3}, {100, 1, 3}} {
		p, _ := New(Config{Servers: Equal("a", "b", "c")})
		h, err := NewHealth(p, HealthConfig{Panic: tt.panic})
		if err != nil {
			t.Fatal(err)
		}
		if err := h.AdvanceTo(time.Minute, func(b Backend, _ time.Duration) bool { return int(b) >= tt.failing }); err != nil {
			t.Fatal(err)
		}
		up := 0
		for _, b := range p.Snapshot().Backends {
			if b.State == Up {
				up++
			}
		}
		if up != tt.up {
			t.Errorf("%+v: %d up", tt, up)
		}
		if _, err := p.Pick(Request{At: time.Minute}); errors.Is(err, ErrNoBackend) != (tt.up == 0) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}

// TestSlowStart: the weight of a backend that comes up rises to its own.
func TestSlowStart(t *testing.T) {
	p, _ := New(Config{Method: SmoothMethod, Servers: Weighted(100, 100)})
	h, err := NewHealth(p, HealthConfig{Interval: time.Second, Rise: 1, Fall: 1, SlowStart: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	var weights []int
	for at := range 20 {
		h.AdvanceTo(time.Duration(at)*time.Second, func(b Backend, at time.Duration) bool { return b == 1 || at >= 5*time.Second })
		weights = append(weights, p.Snapshot().Backends[0].Weight)
	}
	want := []int{100, 100, 100, 100, 100, 1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100, 100, 100, 100}
	if !slices.Equal(weights, want) {
		t.Errorf("%v, want %v", weights, want)
	}
}

// TestOutlier: 5 failures in a row eject a backend for 30 s, the second time for 60 s,
// with a check every 10 s; of 3 backends one at a time. An ejection that has been over
// for four intervals is forgotten: a's second one lasts 30 s again.
func TestOutlier(t *testing.T) {
	p, _ := New(Config{Servers: Equal("a", "b", "c")})
	o, err := NewOutlier(p, OutlierConfig{})
	if err != nil {
		t.Fatal(err)
	}
	var log []string
	was := [3]bool{}
	for i := range 1500 {
		at := time.Duration(i) * 100 * time.Millisecond
		b, err := o.Pick(Request{At: at})
		if err != nil {
			t.Fatal(err)
		}
		if err := o.Done(b, Response{At: at, Failed: b != 2}); err != nil {
			t.Fatal(err)
		}
		for b := range was {
			if now := o.Ejected(Backend(b)); now != was[b] {
				log = append(log, fmt.Sprintf("%c %v %v", 'a'+b, now, at))
				was[b] = now
			}
		}
	}
	got := strings.Join(log, ", ")
	const want = "a true 1.2s, a false 40s, b true 40.5s, b false 1m20s, a true 1m20.2s, a false 2m0s, a true 2m1.3s"
	if got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestSticky: by address, until the entry expires, its server fails, or the table is
// full; by cookie.
func TestSticky(t *testing.T) {
	p, _ := New(Config{Servers: Equal("a", "b", "c")})
	s, err := NewSticky(p, StickyConfig{Expire: time.Minute, Size: 2})
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	pick := func(client byte, at time.Duration) {
		b, err := s.Pick(Request{At: at, Source: IPv4(10, 0, 0, client)})
		if err != nil {
			t.Fatal(err)
		}
		got.WriteByte(byte('a' + b))
		if err := s.Done(b, Response{At: at}); err != nil {
			t.Fatal(err)
		}
	}
	pick(1, 0)               // a
	pick(2, 0)               // b
	pick(1, 59*time.Second)  // a
	pick(1, 118*time.Second) // a: the time counts from the last request
	pick(2, 118*time.Second) // c: forgotten
	p.SetState(0, Down)
	pick(1, 119*time.Second) // b: its server is down
	p.SetState(0, Up)
	pick(1, 120*time.Second) // b: it stays
	pick(3, 120*time.Second) // c: and 2 is forgotten
	pick(2, 121*time.Second) // a: and 1 is
	pick(1, 122*time.Second) // b: as it happens
	if want := "abaacbbcab"; got.String() != want {
		t.Errorf("%s, want %s", got.String(), want)
	}
	if s.Len() != 2 {
		t.Errorf("%d addresses, want 2", s.Len())
	}

	p, _ = New(Config{Method: HALeastConnMethod, Servers: Equal("a", "b", "c")})
	if s, err = NewSticky(p, StickyConfig{Cookie: "SRV"}); err != nil {
		t.Fatal(err)
	}
	with := func(value string) Request {
		return Request{HTTP: &HTTP{Header: []Header{{"Accept", "SRV=a"}, {"cookie", "x=1; SRV=" + value + "; y=2"}}}}
	}
	for i, value := range []string{"c", "c", "b", "nobody", "c"} {
		b, err := s.Pick(with(value))
		if err != nil {
			t.Fatal(err)
		}
		if want := map[string]Backend{"c": 2, "b": 1, "nobody": 0}[value]; b != want {
			t.Errorf("pick %d, cookie %s: %d", i, value, b)
		}
	}
	if got := s.Cookie(2); got != "c" {
		t.Errorf("the cookie is %q", got)
	}
	if b, err := s.Pick(Request{}); b != 0 && b != 1 || err != nil { // least requests: the one with c has three
		t.Errorf("without a cookie: %d, %v", b, err)
	}
}

// TestStickySize: with as many addresses as the table has room for, none is forgotten.
func TestStickySize(t *testing.T) {
	s, err := NewSticky(must(t, Config{Servers: Equal("a")}), StickyConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1<<16 + 2 {
		if _, err := s.Pick(Request{Source: IPv4(10, byte(i>>16), byte(i>>8), byte(i))}); err != nil {
			t.Fatal(err)
		}
		if want := min(i+1, 1<<16); s.Len() != want {
			t.Fatalf("%d addresses are known after %d, want %d", s.Len(), i+1, want)
		}
	}
}

// TestPair: requests fail between a failure and the takeover, and at no other time.
func TestPair(t *testing.T) {
	for _, tt := range []struct {
		name   string
		kill   []Part
		failed string // the seconds in which requests failed
	}{
		{"the active one", []Part{First}, "10 11 12"},
		{"the passive one", []Part{Second}, ""},
		{"the link", []Part{Link}, ""},
		{"both", []Part{First, Second}, "10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29"},
	} {
		p, err := NewPair(PairConfig{})
		if err != nil {
			t.Fatal(err)
		}
		var failed []string
		for s := range 30 {
			at := time.Duration(s) * time.Second
			if s == 10 {
				for _, part := range tt.kill {
					if err := p.Set(part, true, at); err != nil {
						t.Fatal(err)
					}
				}
			}
			if _, err := p.Request(at); errors.Is(err, ErrNobody) {
				failed = append(failed, fmt.Sprint(s))
			} else if err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(failed, " "); got != tt.failed {
			t.Errorf("%s dies: failed in seconds %s, want %s", tt.name, got, tt.failed)
		}
	}
	if err := new(Pair).AdvanceTo(time.Second); err != errNoPair {
		t.Errorf("the zero Pair: %v", err)
	}
	// The first one comes back, and takes over again or not.
	for _, no := range []bool{false, true} {
		p, _ := NewPair(PairConfig{NoPreempt: no})
		p.Set(First, true, 10*time.Second)
		p.Set(First, false, 20*time.Second)
		got, err := p.Request(30 * time.Second)
		if want := map[bool]int{false: 0, true: 1}[no]; got != want || err != nil {
			t.Errorf("no preempt %v: %d, %v, want %d", no, got, err, want)
		}
		if a, b := p.Active(); a == b {
			t.Errorf("no preempt %v: active %v and %v", no, a, b)
		}
	}
	// Without the link both are active; once it is back only one is.
	p, _ := NewPair(PairConfig{})
	p.Set(Link, true, 0)
	p.AdvanceTo(10 * time.Second)
	if a, b := p.Active(); !a || !b {
		t.Errorf("without the link: active %v and %v, want both", a, b)
	}
	p.Set(Link, false, 10*time.Second)
	p.AdvanceTo(12 * time.Second)
	if a, b := p.Active(); !a || b {
		t.Errorf("with the link again: active %v and %v, want the first", a, b)
	}
}
