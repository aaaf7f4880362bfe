package lb

import (
	"errors"
	"testing"
	"time"
)

func poolOf(t *testing.T, names ...string) Pool {
	t.Helper()
	p, err := New(Config{Servers: Equal(names...)})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLayer4: a connection stays with its backend; a flow does until it has been silent.
func TestLayer4(t *testing.T) {
	for _, c := range []ListenerConfig{{Protocol: TCP}, {Protocol: HTTPS}, {Protocol: UDP}} {
		l, err := NewListener(c, poolOf(t, "a", "b", "c"))
		if err != nil {
			t.Fatal(err)
		}
		if l.Layer() != 4 {
			t.Errorf("%s is layer %d", c.Protocol, l.Layer())
		}
		serve := func(port uint16, at time.Duration, want Backend) {
			t.Helper()
			s, err := l.Serve(Request{At: at, Source: IPv4(10, 0, 0, 1), Port: port, HTTP: &HTTP{Path: "/"}})
			if err != nil || s.Backend != want {
				t.Errorf("%s, port %d at %v: %+v, %v, want %d", c.Protocol, port, at, s, err, want)
			}
		}
		serve(1, 0, 0)
		serve(2, 0, 1)
		serve(1, 9*time.Second, 0)
		serve(1, 18*time.Second, 0)
		late := map[Protocol]Backend{TCP: 1, HTTPS: 1, UDP: 2}[c.Protocol]
		serve(2, 19*time.Second, late)
		if err := l.End(IPv4(10, 0, 0, 1), 1, Response{At: 20 * time.Second}); err != nil {
			t.Error(err)
		}
		if err := l.End(IPv4(10, 0, 0, 1), 1, Response{At: 20 * time.Second}); !errors.Is(err, ErrNoPick) {
			t.Errorf("ended twice: %v", err)
		}
		serve(1, 21*time.Second, (late+1)%3)
		serve(1, 22*time.Second, (late+1)%3)
		if _, err := l.Serve(Request{At: 21 * time.Second, Source: IPv4(10, 0, 0, 1), Port: 1}); !errors.Is(err, ErrTime) {
			t.Errorf("%s: a second back: %v", c.Protocol, err)
		}
	}
}

// TestLayer7: the balancer picks for each request; routes depend on host, path and
// header.
func TestLayer7(t *testing.T) {
	api, static, beta := poolOf(t, "api1", "api2"), poolOf(t, "s1"), poolOf(t, "b1")
	l, err := NewListener(ListenerConfig{Protocol: HTTPS, Terminate: true, Routes: []Route{
		{Header: Header{"X-Beta", "yes"}, To: 2},
		{Prefix: "/api/", To: 0},
		{Host: "*.static.example.com", To: 1},
		{Host: "example.com", Prefix: "/img", To: 1},
	}}, api, static, beta)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		h    HTTP
		want int // -1: none
	}{
		{HTTP{Path: "/api/x"}, 0},
		{HTTP{Path: "/api"}, 0},
		{HTTP{Path: "/api?x"}, 0},
		{HTTP{Path: "/apis"}, -1},
		{HTTP{Path: "/api/x", Header: []Header{{"x-beta", "yes"}}}, 2},
		{HTTP{Path: "/api/x", Header: []Header{{"x-beta", "no"}}}, 0},
		{HTTP{Host: "a.static.example.com", Path: "/"}, 1},
		{HTTP{Host: "A.Static.example.com:443", Path: "/"}, 1},
		{HTTP{Host: "static.example.com", Path: "/"}, -1},
		{HTTP{Host: "example.com", Path: "/img/1"}, 1},
		{HTTP{Host: "example.org", Path: "/img/1"}, -1},
	} {
		s, err := l.Serve(Request{HTTP: &tt.h, Source: IPv4(1, 2, 3, 4), Port: 5})
		if tt.want == -1 {
			if !errors.Is(err, ErrNoRoute) {
				t.Errorf("%+v: %+v, %v", tt.h, s, err)
			}
			continue
		}
		if err != nil || s.Picker != tt.want {
			t.Errorf("%+v: %+v, %v, want picker %d", tt.h, s, err, tt.want)
			continue
		}
		if err := l.Done(s, Response{}); err != nil {
			t.Error(err)
		}
	}
}

// TestListenerRefuses: layer 4 has no paths, and only TLS can be terminated.
func TestListenerRefuses(t *testing.T) {
	p := poolOf(t, "a")
	for _, c := range []ListenerConfig{
		{}, {Protocol: "sctp"}, {Protocol: TCP, Key: "path"}, {Protocol: UDP, Routes: []Route{{}}}, {Protocol: HTTPS, Key: "cookie x"},
		{Protocol: HTTP1, Terminate: true}, {Protocol: HTTP1, Key: "header "}, {Protocol: HTTP1, Key: "weather"}, {Protocol: HTTP1, Routes: []Route{{To: 1}}},
		{Protocol: UDP, Idle: -1},
	} {
		if _, err := NewListener(c, p); err == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	if _, err := NewListener(ListenerConfig{Protocol: TCP}); err == nil {
		t.Error("a listener without a picker is accepted")
	}
	if _, err := NewListener(ListenerConfig{Protocol: TCP}, nil); err == nil {
		t.Error("a listener with a nil picker is accepted")
	}
}

// TestListenerKey: the hashed key.
func TestListenerKey(t *testing.T) {
	r := Request{Source: IPv4(1, 2, 3, 4), Key: "own", HTTP: &HTTP{Host: "h", Path: "/p", Header: []Header{{"X", "x"}, {"Cookie", "c=v"}}}}
	for key, want := range map[string]string{"": "own", "source": "1.2.3.4", "path": "/p", "host": "h", "header x": "x", "header y": "", "cookie c": "v", "cookie d": ""} {
		l, err := NewListener(ListenerConfig{Protocol: HTTP1, Key: key}, poolOf(t, "a"))
		if err != nil {
			t.Fatal(err)
		}
		if got := l.key(r); got != want {
			t.Errorf("key %q: %q, want %q", key, got, want)
		}
		// The picker gets the same key.
		c := Config{Method: RendezvousMethod, Servers: manyEqual(1000, 1)}
		if l, err = NewListener(ListenerConfig{Protocol: HTTP1, Key: key}, must(t, c)); err != nil {
			t.Fatal(err)
		}
		got, err := l.Serve(r)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := must(t, c).Pick(Request{Key: want}); got.Backend != b || err != nil {
			t.Errorf("key %q: server %d, want %d, %v", key, got.Backend, b, err)
		}
	}
}
