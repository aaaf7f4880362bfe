package gateway

import "testing"

// TestCheck: Check finds routes that New would not take together.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		ok   bool
	}{{"/a", "/a", false}, {"/a/{x}", "/{y}/b", false}, {"/a", "/{x}", true}, {"/a", "/b", true}} {
		g := Gateway{made: true}
		for _, text := range []string{tt.a, tt.b} {
			p, err := parse(text)
			if err != nil {
				t.Fatal(err)
			}
			g.routes = append(g.routes, route{pattern: p})
		}
		if err := g.Check(); (err == nil) != tt.ok {
			t.Errorf("%q and %q: %v", tt.a, tt.b, err)
		}
	}
}
