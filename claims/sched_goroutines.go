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
		for _, text := range []string{
			"main:\ngo w 1\nyield\nmark before\ngo w 100\nmark after\nw:\nrecv nil\n",
			"main:\ngo w\nyield\nmark before\nloop 100\ngo w\nyield\nend\nmark after\nw:\n",
		} {
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
	"6-6": onP(1, "main:\ngo w 2\nsleep 1ms\nw:\nmark w\nloop 500\nyield\nend\nmark w\n", func(p *play) string {
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
	"18-1": onP(1, twoHundred, func(p *play) string {
		return fmt.Sprint((p.marks["first"].stats.StackBytes - p.marks["before"].stats.StackBytes) / 200)
	}),
	"18-3": onP(1, twoHundred, func(p *play) string {
		return fmt.Sprint((p.marks["second"].stats.StackBytes - p.marks["first"].stats.StackBytes) / 200)
	}),
	"18-4": onP(1, leaking, left),
}), map[string]check{
	"6-9": {model: onP(1, "main:\ngo other\nmark asks\nnetread 1ms\nmark gets\nother:\nmark other\n", func(p *play) string {
		if on := p.on(); on != 1 {
			return fmt.Sprint(on, " threads")
		}
		return strings.Join(words(p), " ")
	})},
	"6-10": {
		model: onP(1, "chan c\nmain:\ngo generator\nloop 3\nrecv c\nend\ngenerator:\nsend c 10\nsend c 11\nsend c 12\n", func(p *play) string {
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
