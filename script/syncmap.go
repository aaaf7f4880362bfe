//go:build !orrery_lean

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/syncmap"
)

// syncmapScript is a sync.Map whose keys and values are words.
type syncmapScript struct {
	m     *syncmap.Map[string, string]
	steps strings.Builder
	watch watch
}

func init() { interpreters["syncmap"] = newSyncmap }

func newSyncmap() *Interpreter {
	s := new(syncmapScript)
	in := &Interpreter{begun: func() bool { return s.m != nil }, state: func() any { return s.m.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=] [seed=] [hash=mix|same] [steps]", Doc: "make a map; same: all keys have one hash; steps: tell each step", first: true, run: s.begin},
		{Name: "store", Args: "K [V]", Doc: "assign to a key", run: func(c *Command) (string, error) { return told(s.m.Store(c.Word(), c.Word())) }},
		{Name: "load", Args: "K", Doc: "look a key up", run: func(c *Command) (string, error) { return told(s.m.Load(c.Word())) }},
		{Name: "loadorstore", Args: "K [V]", Doc: "look a key up, and assign to it if it is not there", run: func(c *Command) (string, error) { return told(s.m.LoadOrStore(c.Word(), c.Word())) }},
		{Name: "delete", Args: "K", Doc: "delete a key", run: func(c *Command) (string, error) { return told(s.m.Delete(c.Word())) }},
		{Name: "loadanddelete", Args: "K", Doc: "delete a key, and tell what was there", run: func(c *Command) (string, error) { return told(s.m.LoadAndDelete(c.Word())) }},
		{Name: "swap", Args: "K V", Doc: "assign to a key, and tell what was there", run: func(c *Command) (string, error) { return told(s.m.Swap(c.Word(), c.Word())) }},
		{Name: "compareandswap", Args: "K OLD NEW", Doc: "assign to a key if its value is OLD", run: func(c *Command) (string, error) { return told(s.m.CompareAndSwap(c.Word(), c.Word(), c.Word())) }},
		{Name: "compareanddelete", Args: "K OLD", Doc: "delete a key if its value is OLD", run: func(c *Command) (string, error) { return told(s.m.CompareAndDelete(c.Word(), c.Word())) }},
		{Name: "clear", Doc: "delete all", run: func(*Command) (string, error) { return told(s.m.Clear()) }},
		{Name: "range", Doc: "the keys of a range", run: s.all},
		{Name: "memory", Doc: "what a trie has allocated", run: func(*Command) (string, error) { return s.m.Allocated().String(), nil }},
		{Name: "show", Doc: "the maps, - is a deleted entry and x an expunged one; or the trie", run: func(*Command) (string, error) { return s.m.Snapshot().String(), nil }},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.m.Check()) }},
	}}
	in.withSteps(&s.watch, &s.steps)
	return in
}

func (s *syncmapScript) begin(c *Command) (string, error) {
	config := syncmap.Config[string]{Release: c.String("release", ""), Seed: uint64(c.Int("seed", 0))}
	switch hash := c.String("hash", "mix"); hash {
	case "mix":
		config.Hash = gomap.Hash[string]()
	case "same":
		config.Hash = func(string, uint64) uint64 { return 0 }
	default:
		return "", fmt.Errorf("script: no hash %.20q (want mix, same)", hash)
	}
	if loud := c.Flag("steps"); loud || s.watch.watched() {
		config.Trace = func(e syncmap.Event) {
			s.watch.tell(e)
			if loud && s.steps.Len() < 64<<10 {
				fmt.Fprintf(&s.steps, "  %v\n", e)
			}
		}
	}
	if c.Err() != nil {
		return "", c.Err()
	}
	m, err := syncmap.New[string, string](config)
	if err == nil {
		s.m = m
	}
	return "", err
}

// told reads like `"1", true, locked`.
func told(o syncmap.Outcome[string], err error) (string, error) {
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%q, %t", o.Value, o.OK)
	if o.Locked {
		text += ", locked"
	}
	return text, nil
}

func (s *syncmapScript) all(*Command) (string, error) {
	var keys []string
	err := s.m.Range(func(k, _ string) bool {
		keys = append(keys, k)
		return len(keys) < 10_000
	})
	return strings.Join(keys, " "), err
}
