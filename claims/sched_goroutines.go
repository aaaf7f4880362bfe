package claims

import (
	"fmt"
	"iter"
	"strings"

	"github.com/orrery-go/orrery/sched"
)

var goroutineChecks = merge(schedulers(map[string]func(rel string) (string, error){
	"2.0-1": func(rel string) (string, error) {
		var out []string
		for _, text := range schedTexts["2.0-1"] {
			s, err := onP(1, text, func(p *play) string {
				a, b := p.marks["before"].stats, p.marks["after"].stats
				if made := b.Created - a.Created; (b.Reused-a.Reused)*2 > made {
					return "again"
				}
				return "new"
			})(rel)
			if err != nil {
				return "", err
			}
			out = append(out, s)
		}
		return strings.Join(out, " "), nil
	},
	"6-6": onRow("6-6", func(p *play) string {
		n, in := 0, 0
		for _, e := range p.all {
			switch {
			case e.Kind == sched.Marked:
				in++
			case e.Kind == sched.MIdle && in > 0 && in < 4:
				n++
			}
		}
		return number(n)
	}),
	"18-1": onRow("18-1", func(p *play) string {
		return fmt.Sprint((p.marks["first"].stats.StackBytes - p.marks["before"].stats.StackBytes) / 200)
	}),
	"18-3": onRow("18-3", func(p *play) string {
		return fmt.Sprint((p.marks["second"].stats.StackBytes - p.marks["first"].stats.StackBytes) / 200)
	}),
	"18-4": onRow("18-4", left),
}), map[string]check{
	"6-9": {model: onRow("6-9", func(p *play) string {
		if on := p.on(); on != 1 {
			return fmt.Sprint(on, " threads")
		}
		return strings.Join(words(p), " ")
	})},
	"6-10": {
		model: onRow("6-10", func(p *play) string {
			var out []string
			for _, e := range p.all {
				if e.Kind == sched.Did && e.G == 1 {
					out = append(out, fmt.Sprint(e.N))
				}
			}
			return strings.Join(out, " ")
		}),
		live: func() (string, error) {
			next, stop := iter.Pull(func(yield func(int) bool) {
				for i := 10; i < 13 && yield(i); i++ {
				}
			})
			defer stop()
			var out []string
			for range 3 {
				v, _ := next()
				out = append(out, fmt.Sprint(v))
			}
			return strings.Join(out, " "), nil
		},
	},
})

const (
	twoHundred = "main:\nmark before\ngo w 200\nmark first\nloop 100\nyield\nend\ngo w 200\nmark second\nw:\n"
	leaking    = "chan c\nmain:\nmark before\ngo w 100\nyield\nmark after\nw:\nsend c 1\n"
)

// left returns the number of goroutines that never end.
func left(p *play) string { return number(p.marks["after"].status("waiting", "runnable")) }
