package gateway_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/service/gateway"
	"github.com/orrery-go/orrery/service/limit"
)

func Example() {
	g, err := gateway.New(gateway.Config{
		Routes: []gateway.Route{
			{Pattern: "GET /items/{id}", To: "items", Limit: &limit.Config{Rate: 1, Burst: 2}},
			{Pattern: "/static/", To: "files", Public: true},
		},
		Keys: map[string]string{"s3cret": "ann"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range []gateway.Request{
		{Method: "GET", Path: "/static/a/b.css"},
		{Method: "GET", Path: "/static"},
		{Method: "GET", Path: "/items/7"},
		{Method: "PUT", Path: "/items/7", Key: "s3cret"},
		{Method: "GET", Path: "/items/7", Key: "s3cret"},
		{Method: "GET", Path: "/items/8", Key: "s3cret"},
		{Method: "GET", Path: "/items/9", Key: "s3cret"},
		{At: time.Second, Method: "GET", Path: "/items/9", Key: "s3cret"},
	} {
		o, err := g.Ask(r)
		fmt.Println(r.Method, r.Path, o, err)
	}
	// Output:
	// GET /static/a/b.css 200 to files <nil>
	// GET /static 307 at /static/ <nil>
	// GET /items/7 401 <nil>
	// PUT /items/7 405, allow GET, HEAD <nil>
	// GET /items/7 200 to items <nil>
	// GET /items/8 200 to items <nil>
	// GET /items/9 429 <nil>
	// GET /items/9 200 to items <nil>
}

func TestBad(t *testing.T) {
	for _, routes := range [][]string{
		{""}, {"items"}, {"GET"}, {"GET items"}, {"/{}"}, {"/{a}/{a}"}, {"/x{a}"}, {"/{a...}/b"}, {"/{$}/b"}, {"/%41"}, {"/é"}, {"G(T /"}, {"/" + strings.Repeat("a", 1000)},
		{"/a", "/a"}, {"/{a}", "/{b}"}, {"/a/{x}", "/{y}/b"}, {"GET /", "/a"}, {"GET /../a"},
		{"/{ab"}, {"/{a"}, {"/{a}b"}, {"/a\x7f"}, {"/a?b"}, {"/a#b"}, {"%A /a"}, {" /a"}, {"\t/a"}, {"/a//b", "/a/{x}/b"},
	} {
		var c gateway.Config
		for _, r := range routes {
			c.Routes = append(c.Routes, gateway.Route{Pattern: r})
		}
		if routes[0] == "GET /" { // it is fine: more methods, but a more specific path; the other way round it is not
			c.Routes = []gateway.Route{{Pattern: "GET /"}, {Pattern: "/a"}}
		}
		if _, err := gateway.New(c); err == nil {
			t.Errorf("%q pass", routes)
		}
	}
	if _, err := gateway.New(gateway.Config{Routes: []gateway.Route{{Pattern: "/", Limit: &limit.Config{Rate: -1}}}}); err == nil {
		t.Error("a rate of -1")
	}
	var zero gateway.Gateway
	if _, err := zero.Ask(gateway.Request{Method: "GET", Path: "/"}); err == nil || zero.Check() == nil {
		t.Error("the zero Gateway answers")
	}
	g, err := gateway.New(gateway.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []gateway.Request{{}, {Method: "GET"}, {Method: "GET", Path: "a"}, {Method: "GET", Path: "/%"}, {Method: "G T", Path: "/"}, {Method: "CONNECT", Path: "/"}, {At: -1, Method: "GET", Path: "/"}} {
		if o, err := g.Ask(r); err == nil {
			t.Errorf("%+v: %v", r, o)
		}
	}
}

// TestRanges: the ends of each range are in it, and what is next to them is not.
func TestRanges(t *testing.T) {
	path := "/" + strings.Repeat("a", gateway.MaxPattern-1)
	routes := make([]gateway.Route, gateway.MaxRoutes+1)
	for i := range routes {
		routes[i] = gateway.Route{Pattern: fmt.Sprint("/", i), Public: true}
	}
	routes[0].Pattern = path
	if _, err := gateway.New(gateway.Config{Routes: routes[:1]}); err != nil {
		t.Error(err)
	}
	if _, err := gateway.New(gateway.Config{Routes: []gateway.Route{{Pattern: path + "a"}}}); err == nil {
		t.Error("a pattern that is too long passes")
	}
	if g, err := gateway.New(gateway.Config{Routes: append([]gateway.Route{{Pattern: "/x"}}, routes[2:]...)}); err != nil || g.Check() != nil {
		t.Error(err)
	}
	if _, err := gateway.New(gateway.Config{Routes: append([]gateway.Route{{Pattern: "/x"}, {Pattern: "/y"}}, routes[2:]...)}); err == nil {
		t.Error("1001 routes pass")
	}
	g, err := gateway.New(gateway.Config{Routes: []gateway.Route{routes[0], {Pattern: "/~", Public: true, To: "tilde"}}})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []gateway.Request{{Method: "GET", Path: path}, {Method: "A~!", Path: "/~"}, {At: 5, Method: "GET", Path: "/~"}} {
		if o, err := g.Ask(r); err != nil || o.Status != 200 {
			t.Errorf("%.40v: %v, %v", r, o, err)
		}
	}
	for _, r := range []gateway.Request{{At: 5, Method: "GET", Path: path + "a"}, {At: 5, Method: "A\x7f", Path: "/~"}, {At: 5, Method: "GET", Path: "/\x7f"}, {At: 4, Method: "GET", Path: "/~"}} {
		if o, err := g.Ask(r); err == nil || o.Status != 0 {
			t.Errorf("%.40v: %v", r, o)
		}
	}
}

// TestLimit: each client of a route has a bucket of its own, and those without a key have
// one together. After a 429 the client hears when to ask again; a leaky bucket delays.
func TestLimit(t *testing.T) {
	bucket := &limit.Config{Rate: 2, Burst: 2}
	g, err := gateway.New(gateway.Config{
		Routes: []gateway.Route{
			{Pattern: "/a", To: "a", Limit: bucket},
			{Pattern: "/b", To: "b", Limit: bucket, Public: true},
			{Pattern: "/c", To: "c", Limit: &limit.Config{Algorithm: limit.Leaky, Rate: 2, Burst: 3}},
		},
		Keys: map[string]string{"1": "ann", "2": "bob", "3": "ann"},
	})
	if err != nil {
		t.Fatal(err)
	}
	const ms = time.Millisecond
	for i, tt := range []struct {
		at        time.Duration
		path, key string
		status    int
		caller    string
		after     time.Duration
	}{
		{0, "/a", "1", 200, "ann", 0},
		{0, "/a", "3", 200, "ann", 0}, // another key of the same client
		{100 * ms, "/a", "1", 429, "ann", 400 * ms},
		{100 * ms, "/a", "2", 200, "bob", 0},
		{100 * ms, "/b", "1", 200, "ann", 0}, // another route
		{100 * ms, "/b", "", 200, "", 0},
		{100 * ms, "/b", "unknown", 200, "", 0},
		{100 * ms, "/b", "", 429, "", 500 * ms},
		{100 * ms, "/a", "unknown", 401, "", 0},
		{499 * ms, "/a", "1", 429, "ann", 1 * ms},
		{500 * ms, "/a", "1", 200, "ann", 0},
		{time.Second, "/c", "2", 200, "bob", 0},
		{time.Second, "/c", "2", 200, "bob", 500 * ms},
		{time.Second, "/c", "2", 200, "bob", time.Second},
	} {
		o, err := g.Ask(gateway.Request{At: tt.at, Method: "GET", Path: tt.path, Key: tt.key})
		to := strings.Trim(tt.path, "/")
		if tt.status != 200 {
			to = ""
		}
		if err != nil || o.Status != tt.status || o.Caller != tt.caller || o.After != tt.after || o.To != to || o.Pattern != tt.path {
			t.Errorf("%d: %+v, %v; want %+v", i, o, err, tt)
		}
	}
}

// TestKeys: what the caller does with the keys later changes nothing.
func TestKeys(t *testing.T) {
	keys := map[string]string{"k": "ann"}
	g, err := gateway.New(gateway.Config{Routes: []gateway.Route{{Pattern: "/", To: "a"}}, Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	keys["k"] = "eve"
	if o, err := g.Ask(gateway.Request{Method: "GET", Path: "/", Key: "k"}); err != nil || o.Caller != "ann" {
		t.Error(o, err)
	}
}

// FuzzGateway: every pattern and path is accepted or refused.
func FuzzGateway(f *testing.F) {
	f.Add("GET /a/{b}", "/{c...}", "GET", "/a/b/../c")
	f.Add("/a//b", "/a/{$}", "HEAD", "//")
	f.Fuzz(func(t *testing.T, one, two, method, path string) {
		g, err := gateway.New(gateway.Config{Routes: []gateway.Route{{Pattern: one, To: "1", Public: true}, {Pattern: two, To: "2", Public: true}}})
		if err != nil {
			return
		}
		o, err := g.Ask(gateway.Request{Method: method, Path: path})
		if err == nil && (o.Status == 200) != (o.To != "") {
			t.Fatalf("%q %q, %s %s: %+v", one, two, method, path, o)
		}
	})
}
