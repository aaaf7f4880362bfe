package gatewaylive

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/underrace"
	"github.com/orrery-go/orrery/service/gateway"
)

// somePattern returns a random pattern, or a text that is nearly one.
func somePattern(r *rand.Rand) string {
	p := []string{"", "", "GET ", "POST ", "HEAD ", "GET\t ", "DELETE "}[r.IntN(7)]
	for i := range 1 + r.IntN(4) {
		switch r.IntN(12) {
		case 0, 1, 2:
			p += fmt.Sprintf("/{w%d}", i)
		case 3:
			p += "/{rest...}"
		case 4:
			p += "/{$}"
		case 5:
			p += "/"
		default:
			p += "/" + []string{"a", "b", "c", "aa"}[r.IntN(4)]
		}
	}
	switch r.IntN(60) {
	case 0:
		p += []string{"/{}", "/{1}", "/x{y}", "/{y}x", "/..", "/.", "//", "/{w0}", " ", "{", "/{$}/", "/{a...}/b"}[r.IntN(12)]
	case 10:
		p += "/{" + []string{"_", "a", "z", "A", "Z", "x0", "x9", "x_", "a-", "x/", "x:", "x@", "x[", "x`", "x{", "0", "9x", "$", "$x", "...", "x....", "{"}[r.IntN(22)] + "}"
	case 11:
		p = []string{"!", "~", "A\x7f", "(", "A)", "a,b", "A/B", "A:B", "A;", "<", "=", ">", "?", "@", "[", "\\", "]", "{", "}", "\"", "A'B", "A.B", "CONNECT", "CONNECT  "}[r.IntN(24)] + " /a/" + p
	case 1, 2, 3, 4, 5, 6, 7, 8, 9:
		p += "/"
	}
	return p
}

// TestMux compares random routes with net/http's ServeMux: which conflict, and where
// every request goes.
func TestMux(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	asked, refused, status := 0, 0, map[int]int{}
	sets := 4000
	if underrace.On {
		sets = 400
	}
	for range sets {
		var routes []gateway.Route
		for i := range 1 + r.IntN(7) {
			n := gateway.Route{Pattern: somePattern(r), To: fmt.Sprint("s", i), Public: true}
			more := append(routes[:len(routes):len(routes)], n)
			_, liveErr := NewMux(more)
			_, err := gateway.New(gateway.Config{Routes: more})
			if (err == nil) != (liveErr == nil) {
				t.Fatalf("%+v: the model says %v, ServeMux %v", more, err, liveErr)
			}
			if err != nil {
				refused++
				continue
			}
			routes = more
		}
		live, err := NewMux(routes)
		if err != nil {
			t.Fatal(err)
		}
		model, err := gateway.New(gateway.Config{Routes: routes})
		if err != nil {
			t.Fatal(err)
		}
		if err := model.Check(); err != nil {
			t.Fatal(err)
		}
		for range 30 {
			path := strings.Repeat("/", r.IntN(8)/7)
			for range 1 + r.IntN(5) {
				path += "/" + []string{"a", "b", "c", "aa", "x", "a", "b", "", ".", ".."}[r.IntN(10)]
			}
			if r.IntN(3) == 0 {
				path += "/"
			}
			method := []string{"GET", "HEAD", "POST", "DELETE", "PUT"}[r.IntN(5)]
			got, err := model.Ask(gateway.Request{Method: method, Path: path})
			if err != nil {
				t.Fatal(err)
			}
			if diff := gocmp.Diff(live.Ask(method, path), got); diff != "" {
				t.Fatalf("%s %s of %+v (-live +model):\n%s", method, path, routes, diff)
			}
			asked++
			status[got.Status]++
		}
	}
	t.Logf("%d requests, %d patterns refused, 0 mismatches; %v", asked, refused, status)
	for _, want := range []int{200, 307, 404, 405} {
		if status[want] < 100 {
			t.Errorf("only %d answers of %d", status[want], want)
		}
	}
}
