// Mapmap puts entries into a map, one after the other, under the rules of two or more
// releases side by side, and reports the other effects of each put: a growth as a
// story. With -svg it draws the memory at the end.
//
//	go run ./examples/mapmap                          go1.23 beside go1.24, 1000 entries
//	go run ./examples/mapmap -n 60 go1.20 go1.21      other releases
//	go run ./examples/mapmap -n 10 -svg > map.svg
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/gomap"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "mapmap:", err)
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("mapmap", flag.ExitOnError)
	n := flags.Int("n", 1000, "number of entries, 1 to 100,000")
	seed := flags.Uint64("seed", 1, "of the map's random numbers")
	svg := flags.Bool("svg", false, "draw the memory, rather than tell")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *n < 1 || *n > 100_000 {
		return fmt.Errorf("%d entries out of range [1,100000]", *n)
	}
	releases := flags.Args()
	if len(releases) == 0 {
		releases = []string{"go1.23", "go1.24"}
	}
	var stories []*story
	for _, release := range releases {
		s := new(story)
		var err error
		if s.m, err = gomap.New[int, int](gomap.Config[int]{Release: release, Seed: *seed, Trace: s.note}); err != nil {
			return err
		}
		stories = append(stories, s)
	}
	line := func(first any, text func(*story) string) {
		row := fmt.Sprintf("%6v", first)
		for _, s := range stories {
			row += fmt.Sprintf("  %-46s", text(s))
		}
		if !*svg {
			fmt.Fprintln(out, strings.TrimRight(row, " "))
		}
	}
	line("entry", func(s *story) string { return s.m.Release() })
	for i := 1; i <= *n; i++ {
		told := false
		for _, s := range stories {
			s.begin()
			if _, err := s.m.Put(i, i); err != nil {
				return err
			}
			told = s.end() || told
		}
		if told {
			line(i, func(s *story) string { return s.text })
		}
	}
	line("", func(s *story) string { return fmt.Sprintf("the longest put moved %d entries", s.most) })
	line("", func(s *story) string { return s.m.Allocated().String() })
	if *svg {
		var all []gomap.Snapshot[int, int]
		for _, s := range stories {
			all = append(all, s.m.Snapshot())
		}
		_, err := fmt.Fprint(out, draw.GomapSlots(fmt.Sprintf("Maps of %d entries", *n), all...))
		return err
	}
	return nil
}

// A story collects the events of a map during one put.
type story struct {
	m           *gomap.Map[int, int]
	text        string
	moved, most int // entries
}

func (s *story) begin() { s.text, s.moved = "", 0 }

func (s *story) note(e gomap.Event) {
	switch e.Kind {
	case gomap.Evacuated: // there are too many to tell one by one
		s.moved += e.N
		return
	case gomap.Grew:
		if e.Table > 0 { // a whole table moved; an array moves later, in steps
			s.moved += max(e.N*7/16, 8)
		}
	case gomap.Split:
		s.moved += 1024 * 7 / 8
	case gomap.Doubled, gomap.SameSize, gomap.Finished:
	default:
		return
	}
	if s.text != "" {
		s.text += "; "
	}
	s.text += e.String()
}

// end ends the story of a put, and reports whether there is something to tell.
func (s *story) end() bool {
	s.most = max(s.most, s.moved)
	return s.text != ""
}
