package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/alloc"
)

// allocScript has the verbs of package alloc:
//
//	release NAME [word=4]       take the rules of a release
//	place SIZE... [scan]        say where requests of so many bytes go
//	roundup SIZE... [scan]      say what is left for the caller
//	classes [from=1] [to=10]    print a part of the table
//	heap NAME [procs=1] [limit=0]              make a heap of a release
//	malloc SIZE [scan] [times=1] [p=0] [quiet] allocate; tell the steps of the last
//	new value|slice|chan|map [size=8] [n=1] [scan]  tell what new and make allocate
//	gc [keep=0] [quiet]         collect; every keep-th object lives
//	mark [keep=0] [quiet]       collect without the sweeping
//	sweep [spans=1] [quiet]     sweep some spans
//	free object=N [p=0]         give an object back
//	stats                       read the statistics
//	picture [spans=8]           draw arenas, spans and slots
type allocScript struct {
	rules *alloc.Rules
	heap  allocHeap
}

func (s *allocScript) Do(c *Command) (string, error) {
	switch c.Verb {
	case "release":
		return s.release(c)
	case "place", "roundup", "classes":
	default:
		return s.heap.do(c)
	}
	if s.rules == nil {
		return "", fmt.Errorf("script: name a release first")
	}
	var out strings.Builder
	switch c.Verb {
	case "place", "roundup":
		noscan := !c.Flag("scan")
		for w := c.Word(); w != ""; w = c.Word() {
			var size int64
			if _, err := fmt.Sscan(w, &size); err != nil {
				return "", fmt.Errorf("script: %q is no number of bytes", w)
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

func (s *allocScript) release(c *Command) (string, error) {
	rules, err := alloc.ForRelease(c.Word())
	if err != nil {
		return "", err
	}
	if rules, err = rules.Word(int(c.Int("word", 8))); err != nil {
		return "", err
	}
	s.rules = rules
	return "", c.Err()
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
	text := fmt.Sprintf("%s, %d bytes", p.Kind, p.Bytes)
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
