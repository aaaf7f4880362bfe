package gateway

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/service/limit"
)

// A Route says where requests that match a pattern go.
type Route struct {
	Pattern string        `json:"pattern"`
	To      string        `json:"to"`              // a service
	Public  bool          `json:"public"`          // without a key
	Limit   *limit.Config `json:"limit,omitempty"` // of each client, and of all requests without a key together
}

// A Config says what to model: the routes and the keys.
type Config struct {
	Routes []Route           `json:"routes"` // up to MaxRoutes
	Keys   map[string]string `json:"keys"`   // the client of each key
}

// MaxRoutes is the largest number of routes.
const MaxRoutes = 1000

// A Gateway is the entry to a system. Get one from [New].
type Gateway struct {
	made   bool
	now    time.Duration
	routes []route
	keys   map[string]string
}

type route struct {
	Route
	pattern
	limits map[string]limit.Limiter // by caller
}

// New makes a Gateway. It returns an error if a pattern is invalid, two patterns
// conflict, or a limit is out of range.
func New(c Config) (*Gateway, error) {
	if len(c.Routes) > MaxRoutes {
		return nil, fmt.Errorf("gateway: %d routes out of range [0,%d]", len(c.Routes), MaxRoutes)
	}
	g := &Gateway{made: true, keys: map[string]string{}}
	for key, caller := range c.Keys {
		g.keys[key] = caller
	}
	for _, r := range c.Routes {
		p, err := parse(r.Pattern)
		if err != nil {
			return nil, err
		}
		for i := range g.routes {
			switch rel := p.compare(&g.routes[i].pattern); {
			case rel == equal, p.twice(&g.routes[i].pattern):
				return nil, fmt.Errorf("gateway: %q matches the same requests as %q", r.Pattern, g.routes[i].Pattern)
			case rel == overlaps:
				return nil, fmt.Errorf("gateway: %q and %q match some of the same requests, and neither is more specific", r.Pattern, g.routes[i].Pattern)
			}
		}
		if r.Limit != nil {
			if _, err := limit.New(*r.Limit); err != nil {
				return nil, fmt.Errorf("gateway: %q: %w", r.Pattern, err)
			}
		}
		g.routes = append(g.routes, route{r, p, map[string]limit.Limiter{}})
	}
	return g, nil
}

// A Request is a request that reaches the gateway.
type Request struct {
	At     time.Duration `json:"at"` // since the start, not before that of an earlier request
	Method string        `json:"method"`
	Path   string        `json:"path"`
	Key    string        `json:"key"`
}

// An Outcome is the decision on a request.
type Outcome struct {
	Status   int           `json:"status"` // 200: it is handed on; 307, 401, 404, 405, 429
	Pattern  string        `json:"pattern"`
	To       string        `json:"to"`
	Caller   string        `json:"caller"`   // "" without a key
	Location string        `json:"location"` // of a 307
	Allow    []string      `json:"allow"`    // of a 405
	After    time.Duration `json:"after"`    // of a 200: the time to wait before; of a 429: the time until it may ask again
}

// String reads like "200 to items" or "405, allow GET, HEAD".
func (o Outcome) String() string {
	switch o.Status {
	case 200:
		return "200 to " + o.To
	case 307:
		return "307 at " + o.Location
	case 405:
		return "405, allow " + strings.Join(o.Allow, ", ")
	}
	return fmt.Sprint(o.Status)
}

// Ask decides a request. It returns an error if the time goes back, the path does not
// begin with a slash or needs escapes, or the method is invalid or CONNECT.
func (g *Gateway) Ask(r Request) (Outcome, error) {
	switch {
	case !g.made:
		return Outcome{}, errUseNew
	case r.At < g.now:
		return Outcome{}, fmt.Errorf("gateway: the time goes back from %v to %v", g.now, r.At)
	case len(r.Path) > MaxPattern || !strings.HasPrefix(r.Path, "/") || !plain(r.Path):
		return Outcome{}, fmt.Errorf("gateway: path %.60q, want one that begins with / and needs no escapes, of at most %d bytes", r.Path, MaxPattern)
	case !token(r.Method) || r.Method == "CONNECT":
		return Outcome{}, fmt.Errorf("gateway: method %.40q", r.Method)
	}
	g.now = r.At
	path := clean(r.Path)
	n := g.find(r.Method, path)
	if (n == nil || !n.exactly(path)) && !strings.HasSuffix(path, "/") {
		if slash := g.find(r.Method, path+"/"); slash != nil && slash.exactly(path+"/") {
			return Outcome{Status: 307, Pattern: slash.Pattern, Location: path + "/", Allow: []string{}}, nil
		}
	}
	switch {
	case path != r.Path:
		o := Outcome{Status: 307, Location: path, Allow: []string{}}
		if n != nil {
			o.Pattern = n.Pattern
		}
		return o, nil
	case n == nil:
		allow := g.methods(path)
		if len(allow) > 0 {
			return Outcome{Status: 405, Allow: allow}, nil
		}
		return Outcome{Status: 404, Allow: allow}, nil
	}
	o := Outcome{Status: 200, Pattern: n.Pattern, To: n.To, Allow: []string{}}
	caller, known := g.keys[r.Key]
	if o.Caller = caller; !known && !n.Public {
		o.Status, o.To = 401, ""
		return o, nil
	}
	return o, n.admit(r.At, &o)
}

// admit asks the limiter of the route and the caller.
func (n *route) admit(now time.Duration, o *Outcome) error {
	if n.Limit == nil {
		return nil
	}
	l, ok := n.limits[o.Caller]
	if !ok {
		var err error
		if l, err = limit.New(*n.Limit); err != nil {
			return err
		}
		n.limits[o.Caller] = l
	}
	got, err := l.Allow(now, 1)
	if o.After = got.After; err == nil && !got.OK {
		o.Status, o.To = 429, ""
	}
	return err
}

// find returns the most specific route that matches, the first that is tried, or nil.
func (g *Gateway) find(method, path string) (best *route) {
	for i := range g.routes {
		n := &g.routes[i]
		if n.allows(method) && n.matches(path) && (best == nil || n.before(&best.pattern, method)) {
			best = n
		}
	}
	return best
}

// methods returns those that the path, or with a slash at its end, could be asked with.
func (g *Gateway) methods(path string) []string {
	out := []string{}
	for i := range g.routes {
		n := &g.routes[i]
		if n.method != "" && (n.matches(path) || !strings.HasSuffix(path, "/") && n.matches(path+"/")) {
			out = append(out, n.method)
			if n.method == "GET" {
				out = append(out, "HEAD")
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Check returns an error if an invariant is broken. The invariants: no two routes
// conflict.
func (g *Gateway) Check() error {
	if !g.made {
		return errUseNew
	}
	for i := range g.routes {
		for j := range i {
			if rel := g.routes[i].compare(&g.routes[j].pattern); rel == equal || rel == overlaps {
				return errors.New("gateway: two routes conflict")
			}
		}
	}
	return nil
}
