//go:build !orrery_lean || orrery_gomap

package script

import (
	"errors"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/layout"
)

// gomapScript is a map whose keys and elements are words; it may stand for a map of
// other types.
type gomapScript struct {
	m     *gomap.Map[string, string]
	it    *gomap.Iter[string, string]
	steps strings.Builder
	watch watch
}

func init() { interpreters["gomap"] = newGomap }

func newGomap() *Interpreter {
	s := new(gomapScript)
	in := &Interpreter{begun: func() bool { return s.m != nil }, state: func() any { return s.m.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=] [hint=] [seed=] [hash=mix|same|low] [key=int] [elem=int] [nil] [steps]", Doc: "make a map; key and elem: the types that it stands for; same, low: hashes that collide; steps: tell each step", first: true, run: s.begin},
		{Name: "put", Args: "K [V]", Doc: "assign to a key", run: s.put},
		{Name: "fill", Args: "N [from=0]", Doc: "put k0, k1 and so on, N in all", run: s.fill},
		{Name: "get", Args: "K", Doc: "look a key up", run: s.get},
		{Name: "delete", Args: "K", Doc: "delete a key", run: s.remove},
		{Name: "clear", Doc: "delete all", run: func(*Command) (string, error) { o, err := s.m.Clear(); return o.String(), err }},
		{Name: "range", Doc: "begin a range", run: s.begins},
		{Name: "next", Args: "[N]", Doc: "the next key of the range, or N of them", run: s.next},
		{Name: "race", Doc: "another goroutine begins to write, and is not done", run: func(*Command) (string, error) { return "", s.m.BeginWrite() }},
		{Name: "memory", Doc: "what the map has allocated", run: func(*Command) (string, error) { return s.m.Allocated().String(), nil }},
		{Name: "show", Doc: "the memory: . is empty, x a tombstone", run: func(*Command) (string, error) { return s.m.Snapshot().String(), nil }},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.m.Check()) }},
	}}
	in.withSteps(&s.watch, &s.steps)
	return in
}

func (s *gomapScript) begin(c *Command) (string, error) {
	config := gomap.Config[string]{Release: c.String("release", ""), Hint: c.Int("hint", 0), Seed: uint64(c.Int("seed", 0)), Nil: c.Flag("nil")}
	switch hash := c.String("hash", "mix"); hash {
	case "mix":
	case "same":
		config.Hash = func(string, uint64) uint64 { return 0 }
	case "low":
		mix := gomap.Hash[string]()
		config.Hash = func(k string, seed uint64) uint64 { return mix(k, seed) & 0xFF }
	default:
		return "", fmt.Errorf("script: no hash %.20q (want mix, same, low)", hash)
	}
	for _, t := range []struct {
		name string
		to   *layout.Type
	}{{"key", &config.Key}, {"elem", &config.Elem}} {
		if text := c.String(t.name, ""); text != "" {
			typ, err := layout.Parse(text)
			if err != nil {
				return "", err
			}
			*t.to = typ
		}
	}
	if loud := c.Flag("steps"); loud || s.watch.watched() {
		config.Trace = func(e gomap.Event) {
			s.watch.tell(e)
			if loud && s.steps.Len() < 64<<10 {
				fmt.Fprintf(&s.steps, "  %v\n", e)
			}
		}
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	m, err := gomap.New[string, string](config)
	if err == nil {
		s.m, s.it = m, nil
	}
	return "", err
}

func (s *gomapScript) put(c *Command) (string, error) {
	o, err := s.m.Put(c.Word(), c.Word())
	if err != nil {
		return "", err
	}
	return o.String(), nil
}

func (s *gomapScript) fill(c *Command) (string, error) {
	n, from := c.Number(), c.Int("from", 0)
	if c.Err() != nil {
		return "", c.Err()
	}
	if n < 0 || n > 10_000 || from < 0 || from > 1<<40 {
		return "", errors.New("script: fill puts 0 to 10000 keys, from 0 or more")
	}
	for i := from; i < from+n; i++ {
		if _, err := s.m.Put(fmt.Sprint("k", i), ""); err != nil {
			return "", err
		}
	}
	return "", nil
}

func (s *gomapScript) get(c *Command) (string, error) {
	k := c.Word()
	v, ok, err := s.m.Get(k)
	if err != nil {
		return "", err
	}
	o, err := s.m.Find(k)
	if !ok || err != nil {
		return o.String(), err
	}
	return fmt.Sprintf("%q, %v, %d looked at", v, o, o.Probes), nil
}

func (s *gomapScript) remove(c *Command) (string, error) {
	o, err := s.m.Delete(c.Word())
	if err != nil {
		return "", err
	}
	if o.Tombstone {
		return o.String() + ", a tombstone", nil
	}
	return o.String(), nil
}

func (s *gomapScript) begins(*Command) (string, error) {
	it, err := s.m.Range()
	if err == nil {
		s.it = it
	}
	return "", err
}

func (s *gomapScript) next(c *Command) (string, error) {
	n := int64(1)
	if len(c.words) > 0 {
		n = c.Number()
	}
	if s.it == nil {
		return "", errors.New("script: begin with range")
	}
	var keys []string
	for ; n > 0 && len(keys) < 10_000; n-- {
		if !s.it.Next() {
			if err := s.it.Err(); err != nil {
				return strings.Join(keys, " "), err
			}
			keys = append(keys, "(end)")
			break
		}
		keys = append(keys, s.it.Key())
	}
	return strings.Join(keys, " "), nil
}
