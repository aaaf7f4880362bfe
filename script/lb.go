//go:build !orrery_lean || orrery_lb

package script

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// lbScript is a picker, what happens to its servers, and a clock.
type lbScript struct {
	config lb.Config
	pool   lb.Pool
	picker lb.Picker // the pool, or sticky sessions before it
	health *lb.Health
	pair   *lb.Pair
	now    time.Duration
	broken map[string]bool
	steps  strings.Builder
}

func init() { interpreters["lb"] = newLB }

func newLB() *Interpreter {
	s := new(lbScript)
	in := &Interpreter{begun: func() bool { return s.pool != nil }, state: func() any { return s.pool.Snapshot() }, verbs: []Verb{
		{Name: "new", Args: "METHOD servers=a*5,b,c [max-fails=0] [fail-timeout=10s] [max-conns=0] [balance=150] [seed=0] [steps]",
			Doc: "begin with servers and their weights; steps: tell each step", first: true, run: s.begin},
		{Name: "methods", Doc: "the methods", first: true, run: func(*Command) (string, error) {
			var names []string
			for _, m := range lb.Methods() {
				names = append(names, strconv.Quote(m.String()))
			}
			return strings.Join(names, " "), nil
		}},
		{Name: "pick", Args: "[n=1] [key=] [source=] [cookie=NAME=VALUE] [hold]", Doc: "send n requests, one after the other, each tried again while it fails; hold: they stay; a * in key or source is the number of the request", run: s.pick},
		{Name: "done", Args: "SERVER [failed]", Doc: "end a held request", run: s.done},
		{Name: "break", Args: "SERVER", Doc: "its requests and checks fail", run: func(c *Command) (string, error) { return s.fail(c, true) }},
		{Name: "mend", Args: "SERVER", Doc: "they do not any more", run: func(c *Command) (string, error) { return s.fail(c, false) }},
		{Name: "set", Args: "SERVER up|drain|down", Doc: "what a server is given", run: s.set},
		{Name: "weight", Args: "SERVER N", Doc: "change a weight", run: s.weight},
		{Name: "add", Args: "SERVER*WEIGHT", Doc: "add a server", run: s.add},
		{Name: "remove", Args: "SERVER", Doc: "remove a server", run: s.remove},
		{Name: "moves", Args: "[keys=9000] [add=d*1] [remove=a]", Doc: "how many keys go to another server after the change", run: s.moves},
		{Name: "health", Args: "[interval=2s] [rise=2] [fall=3] [panic=0] [slow-start=0s]", Doc: "check the servers while time passes", run: s.checks},
		{Name: "sticky", Args: "[cookie=NAME] [expire=0s] [size=65536]", Doc: "keep clients with their servers, by a cookie or by address", run: s.sticky},
		{Name: "pair", Args: "break|mend|request first|second|link", Doc: "a pair of balancers: break or mend a part, or send a request", first: true, run: s.two},
		{Name: "simulate", Args: "[METHOD...] [requests=10000] [every=1ms] [service=2ms] [keys=0] [seed=0]", Doc: "compare methods with the same traffic, at random times", run: s.simulate},
		{Name: "advance", Args: "D", Doc: "let time pass", first: true, run: s.advance},
		{Name: "show", Doc: "the servers", run: func(*Command) (string, error) { return s.pool.Snapshot().String(), nil }},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.pool.Check()) }},
	}}
	for i, v := range in.verbs {
		in.verbs[i].run = func(c *Command) (string, error) {
			defer s.steps.Reset()
			text, err := v.run(c)
			return s.steps.String() + text, err
		}
	}
	return in
}

// lbServer reads "a*5".
func lbServer(text string) (lb.Server, error) {
	name, weight, ok := strings.Cut(text, "*")
	s := lb.Server{Name: name, Weight: 1}
	if ok {
		w, err := strconv.Atoi(weight)
		if err != nil {
			return s, fmt.Errorf("script: server %.40q (want like a or a*5)", text)
		}
		s.Weight = w
	}
	return s, nil
}

// lbMethod reads a method's name.
func lbMethod(text string) (m lb.Method, err error) {
	if err = m.UnmarshalText([]byte(text)); err != nil {
		return m, fmt.Errorf("script: %w", err)
	}
	return m, nil
}

// duration takes a named duration, or returns the default.
func duration(c *Command, name, def string) (time.Duration, error) {
	d, err := time.ParseDuration(c.String(name, def))
	if err != nil {
		return 0, fmt.Errorf("script: %s: %w", name, err)
	}
	return d, nil
}

func (s *lbScript) begin(c *Command) (string, error) {
	m, err := lbMethod(c.Word())
	if err != nil {
		return "", err
	}
	timeout, err := duration(c, "fail-timeout", "10s")
	if err != nil {
		return "", err
	}
	config := lb.Config{Method: m, Balance: int(c.Int("balance", 0)), Seed: uint64(c.Int("seed", 0))}
	fails, conns := int(c.Int("max-fails", 0)), int(c.Int("max-conns", 0))
	for text := range strings.SplitSeq(c.String("servers", ""), ",") {
		server, err := lbServer(text)
		if err != nil {
			return "", err
		}
		if server.MaxFails, server.MaxConns = fails, conns; fails > 0 {
			server.FailTimeout = timeout
		}
		config.Servers = append(config.Servers, server)
	}
	if c.Flag("steps") {
		config.Trace = s.tell
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	p, err := lb.New(config)
	if err == nil {
		s.config, s.pool, s.picker, s.health, s.pair, s.now = config, p, p, nil, nil, 0
		s.broken = map[string]bool{}
	}
	return "", err
}

// tell writes a step, with the server's name.
func (s *lbScript) tell(e lb.Event) {
	text := e.String()
	if e.Backend >= 0 {
		text = strings.Replace(text, fmt.Sprint(int(e.Backend)), s.name(e.Backend), 1)
	}
	fmt.Fprintf(&s.steps, "  %v %s\n", e.At, text)
}

// name returns a backend's; a picker cannot be asked from its own steps.
func (s *lbScript) name(b lb.Backend) string {
	if int(b) < len(s.config.Servers) {
		return s.config.Servers[b].Name
	}
	return fmt.Sprint(int(b))
}

func (s *lbScript) backend(name string) (lb.Backend, error) {
	for _, b := range s.pool.Snapshot().Backends {
		if b.Name == name && b.State != lb.Removed {
			return b.Backend, nil
		}
	}
	return lb.None, fmt.Errorf("script: no server is called %.40q", name)
}

func (s *lbScript) pick(c *Command) (string, error) {
	n, hold := c.Int("n", 1), c.Flag("hold")
	key, source, cookie := c.String("key", ""), c.String("source", "0.0.0.0"), c.String("cookie", "")
	if c.Err() != nil {
		return "", c.Err()
	}
	if n < 1 || n > 10000 {
		return "", fmt.Errorf("script: %d requests out of range [1,10000]", n)
	}
	var out []string
	for i := range int(n) {
		r := lb.Request{At: s.now, Key: strings.ReplaceAll(key, "*", fmt.Sprint(i)), Retry: new(lb.Retry)}
		var err error
		if r.Source, err = lb.ParseAddr(strings.ReplaceAll(source, "*", fmt.Sprint(i))); err != nil {
			return "", err
		}
		if cookie != "" {
			r.HTTP = &lb.HTTP{Header: []lb.Header{{Name: "Cookie", Value: cookie}}}
		}
		text, err := s.send(r, hold)
		if err != nil {
			return "", err
		}
		out = append(out, text)
	}
	return strings.Join(out, " "), nil
}

// send sends a request, and again while it fails: "c!a" for one that failed at c.
func (s *lbScript) send(r lb.Request, hold bool) (string, error) {
	var text strings.Builder
	for {
		b, err := s.picker.Pick(r)
		if errors.Is(err, lb.ErrNoBackend) {
			text.WriteByte('-')
			return text.String(), nil
		}
		if err != nil {
			return "", err
		}
		name := s.pool.Snapshot().Backends[b].Name
		text.WriteString(name)
		failed := s.broken[name]
		if hold && !failed {
			return text.String(), nil
		}
		if err := s.picker.Done(b, lb.Response{At: s.now, Failed: failed}); err != nil {
			return "", err
		}
		if !failed {
			return text.String(), nil
		}
		text.WriteByte('!')
		if len(r.Retry.Tried()) == 0 || len(r.Retry.Tried()) > 100 {
			return text.String(), nil // a method that does not try again
		}
	}
}

func (s *lbScript) done(c *Command) (string, error) {
	name, failed := c.Word(), c.Flag("failed")
	b, err := s.backend(name)
	if err != nil {
		return "", err
	}
	return "", s.picker.Done(b, lb.Response{At: s.now, Failed: failed})
}

func (s *lbScript) fail(c *Command, broken bool) (string, error) {
	name := c.Word()
	_, err := s.backend(name)
	if err == nil {
		s.broken[name] = broken
	}
	return "", err
}

func (s *lbScript) set(c *Command) (string, error) {
	b, err := s.backend(c.Word())
	if err != nil {
		return "", err
	}
	var state lb.State
	if err := state.UnmarshalText([]byte(c.Word())); err != nil {
		return "", fmt.Errorf("script: %w", err)
	}
	return "", s.pool.SetState(b, state)
}

func (s *lbScript) weight(c *Command) (string, error) {
	b, err := s.backend(c.Word())
	if err != nil {
		return "", err
	}
	w := c.Number()
	if c.Err() != nil {
		return "", c.Err()
	}
	if int64(int32(w)) != w {
		return "", fmt.Errorf("script: weight %d is too large", w)
	}
	return "", s.pool.SetWeight(b, int(w))
}

func (s *lbScript) add(c *Command) (string, error) {
	server, err := lbServer(c.Word())
	if err != nil {
		return "", err
	}
	_, err = s.pool.Add(server)
	if err == nil {
		s.config.Servers = append(s.config.Servers, server)
	}
	return "", err
}

func (s *lbScript) remove(c *Command) (string, error) {
	b, err := s.backend(c.Word())
	if err != nil {
		return "", err
	}
	return "", s.pool.Remove(b)
}

func (s *lbScript) moves(c *Command) (string, error) {
	keys, add, remove := c.Int("keys", 9000), c.String("add", ""), c.String("remove", "")
	if c.Err() != nil {
		return "", c.Err()
	}
	if keys > 100_000 {
		return "", fmt.Errorf("script: %d keys out of range [1,100000]", keys)
	}
	before := s.config
	before.Servers, before.Trace = nil, nil
	for _, b := range s.pool.Snapshot().Backends {
		if b.State != lb.Removed {
			before.Servers = append(before.Servers, b.Server)
		}
	}
	after := before
	after.Servers = slices.Clone(before.Servers)
	if remove != "" {
		i := slices.IndexFunc(after.Servers, func(b lb.Server) bool { return b.Name == remove })
		if i < 0 {
			return "", fmt.Errorf("script: no server is called %.40q", remove)
		}
		after.Servers = slices.Delete(after.Servers, i, i+1)
	}
	if add != "" {
		server, err := lbServer(add)
		if err != nil {
			return "", err
		}
		after.Servers = append(after.Servers, server)
	}
	m, err := lb.CountMoves(before, after, int(keys))
	return m.String(), err
}

func (s *lbScript) checks(c *Command) (string, error) {
	h := lb.HealthConfig{Rise: int(c.Int("rise", 0)), Fall: int(c.Int("fall", 0)), Panic: int(c.Int("panic", 0))}
	var err1, err2 error
	h.Interval, err1 = duration(c, "interval", "2s")
	h.SlowStart, err2 = duration(c, "slow-start", "0s")
	if err := errors.Join(err1, err2, c.Err()); err != nil {
		return "", err
	}
	if s.now > 0 {
		return "", errors.New("script: checks begin before time passes")
	}
	h.Trace = s.config.Trace
	health, err := lb.NewHealth(s.pool, h)
	if err == nil {
		s.health = health
	}
	return "", err
}

func (s *lbScript) sticky(c *Command) (string, error) {
	config := lb.StickyConfig{Cookie: c.String("cookie", ""), Size: int(c.Int("size", 0)), Trace: s.config.Trace}
	var err error
	config.Expire, err = duration(c, "expire", "0s")
	if err := errors.Join(err, c.Err()); err != nil {
		return "", err
	}
	sticky, err := lb.NewSticky(s.pool, config)
	if err == nil {
		s.picker = sticky
	}
	return "", err
}

func (s *lbScript) advance(c *Command) (string, error) {
	d := c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	if d < 0 || d > 1000*time.Hour {
		return "", fmt.Errorf("script: %v out of range [0,1000h]", d)
	}
	s.now += d
	if s.health == nil {
		return "", nil
	}
	backends := s.pool.Snapshot().Backends
	return "", s.health.AdvanceTo(s.now, func(b lb.Backend, _ time.Duration) bool {
		return int(b) < len(backends) && !s.broken[backends[b].Name]
	})
}

func (s *lbScript) two(c *Command) (string, error) {
	verb, name := c.Word(), c.Word()
	if s.pair == nil {
		var err error
		if s.pair, err = lb.NewPair(lb.PairConfig{}); err != nil {
			return "", err
		}
	}
	part := slices.Index([]string{"first", "second", "link"}, name)
	switch {
	case verb == "request" && name == "":
		i, err := s.pair.Request(s.now)
		if err != nil {
			return "", err
		}
		return []string{"first", "second"}[i], nil
	case (verb == "break" || verb == "mend") && part >= 0:
		return "", s.pair.Set(lb.Part(part), verb == "break", s.now)
	}
	return "", fmt.Errorf("script: pair %.20s %.20s (want break or mend and first, second or link; or request)", verb, name)
}

func (s *lbScript) simulate(c *Command) (string, error) {
	methods := []lb.Method{}
	for name := c.Word(); name != ""; name = c.Word() {
		m, err := lbMethod(name)
		if err != nil {
			return "", err
		}
		methods = append(methods, m)
	}
	if len(methods) == 0 {
		methods = append(methods, s.config.Method)
	}
	t := lb.Traffic{Requests: int(c.Int("requests", 10000)), Random: true, Keys: int(c.Int("keys", 0)), Seed: uint64(c.Int("seed", 0))}
	var err1, err2 error
	t.Every, err1 = duration(c, "every", "1ms")
	var service time.Duration
	service, err2 = duration(c, "service", "2ms")
	if err := errors.Join(err1, err2, c.Err()); err != nil {
		return "", err
	}
	if t.Requests > 100_000 || len(methods) > 10 {
		return "", fmt.Errorf("script: %d requests out of range [1,100000], or more than 10 methods", t.Requests)
	}
	stations := make([]lb.Station, len(s.config.Servers))
	for i := range stations {
		stations[i] = lb.Station{Service: service, Random: true}
	}
	config := s.config
	config.Trace = nil
	rows, err := lb.Compare(t, config, stations, nil, methods...)
	if err != nil {
		return "", err
	}
	return lb.Table(rows), nil
}
