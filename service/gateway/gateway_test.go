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
