//go:build !orrery_lean || orrery_alloc

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/alloc"
)

// allocScript has the rules of a release, and a heap on words of 8 bytes.
type allocScript struct {
	rules *alloc.Rules
	heap  allocHeap
	watch watch
}

func init() { interpreters["alloc"] = newAlloc }

func newAlloc() *Interpreter {
	s := new(allocScript)
	return &Interpreter{begun: func() bool { return s.rules != nil }, state: s.state, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[release=] [word=4] [procs=1] [limit=0]", Doc: "take the rules of a release and make a heap; limit: of its bytes", first: true, run: s.begin},
		{Name: "place", Args: "SIZE... [scan]", Doc: "where requests of these sizes go", run: s.verb},
		{Name: "roundup", Args: "SIZE... [scan]", Doc: "the bytes that are left for the caller", run: s.verb},
		{Name: "classes", Args: "[from=1] [to=10]", Doc: "a part of the table of size classes", run: s.verb},
		{Name: "malloc", Args: "SIZE [scan] [times=1] [p=0] [quiet]", Doc: "allocate; tell the steps of the last", run: s.heap.do},
		{Name: "make", Args: "value|slice|chan|map [size=8] [n=1] [scan]", Doc: "what new and make allocate", run: s.heap.do},
		{Name: "gc", Args: "[keep=0] [quiet]", Doc: "collect; every keep-th object lives", run: s.heap.do},
		{Name: "mark", Args: "[keep=0] [quiet]", Doc: "collect without the sweeping", run: s.heap.do},
		{Name: "sweep", Args: "[spans=1] [quiet]", Doc: "sweep some spans", run: s.heap.do},
		{Name: "free", Args: "object=N [p=0]", Doc: "give an object back", run: s.heap.do},
		{Name: "stats", Doc: "read the statistics", run: s.heap.do},
		{Name: "show", Args: "[spans=8]", Doc: "draw arenas, spans and slots", run: s.heap.do},
		{Name: "check", Doc: "which invariant is broken", run: s.heap.do},
	}}
}

func (s *allocScript) verb(c *Command) (string, error) {
	var out strings.Builder
	switch c.Verb {
	case "place", "roundup":
		noscan := !c.Flag("scan")
		for w := c.Word(); w != ""; w = c.Word() {
			var size int64
			if _, err := fmt.Sscan(w, &size); err != nil {
				return "", fmt.Errorf("script: %.40q is no number of bytes", w)
			}
			text, err := s.request(c.Verb, size, noscan)
			if err != nil {
				text = "error: " + err.Error()
			}
			fmt.Fprintf(&out, "%6d: %s\n", size, text)
		}
	case "classes":
		from, to := c.Int("from", 1), c.Int("to", 10)
		for _, k := range s.rules.Classes() {
			if i := int64(k.Index); from <= i && i <= to {
				fmt.Fprintf(&out, "class %2d: %5d bytes, span of %6d, %4d objects, tail %4d, at worst %5.2f%% wasted\n",
					k.Index, k.Size, k.SpanBytes, k.Objects, k.TailWaste, 100*k.MaxWaste)
			}
		}
	}
	return out.String(), c.Err()
}

func (s *allocScript) begin(c *Command) (string, error) {
	release, word := c.String("release", ""), int(c.Int("word", 8))
	rules, err := alloc.ForRelease(release)
	if err != nil {
		return "", err
	}
	if rules, err = rules.WithWordSize(word); err != nil {
		return "", err
	}
	s.heap = allocHeap{}
	if word == 8 {
		err = s.heap.begin(c, release, &s.watch)
	}
	if err == nil {
		s.rules, err = rules, c.Err()
	}
	return "", err
}

// state returns what a watcher sees: the heap, or nil on other words than its own.
func (s *allocScript) state() any {
	if s.heap.heap == nil {
		return nil
	}
	return s.heap.heap.Snapshot()
}

func (s *allocScript) request(verb string, size int64, noscan bool) (string, error) {
	if verb == "roundup" {
		up, err := s.rules.RoundUp(size, noscan)
		return fmt.Sprint(up), err
	}
	p, err := s.rules.Place(size, noscan)
	if err != nil {
		return "", err
	}
	text := fmt.Sprintf("%s, %d bytes", p.Way, p.Bytes)
	if p.Class > 0 {
		text += fmt.Sprintf(" of class %d", p.Class)
	}
	if p.Header > 0 {
		text += fmt.Sprintf(", %d of them header", p.Header)
	}
	if p.Waste > 0 {
		text += fmt.Sprintf(", %d wasted", p.Waste)
	}
	return text, nil
}
