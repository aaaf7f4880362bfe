package profile

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strconv"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/brief"
)

var traced = regexp.MustCompile(`^trace(alloc|free|gc)\((?:(0x[0-9a-f]+), (0x[0-9a-f]+)(?:, (.+))?)?\)$`)

// ReadTrace reads the standard error of a program that ran under
// GODEBUG=allocfreetrace=1, in Go 1.3 to 1.20. It skips stacks and other lines, and frees
// of objects that were allocated before the trace began. If a line cannot be read, the
// last pair that it yields has the error.
//
// The runtime reports an object as freed when it sweeps it, so a collection is added
// after each run of frees.
func ReadTrace(r io.Reader) iter.Seq2[alloc.Op, error] {
	return func(yield func(alloc.Op, error) bool) {
		if r == nil {
			yield(alloc.Op{}, errNoReader)
			return
		}
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		live := map[string]bool{}
		freed := false // since the last collection
		n := 0
		emit := func(op alloc.Op) bool { return yield(op, nil) }
		for lines.Scan() {
			n++
			m := traced.FindStringSubmatch(lines.Text())
			switch {
			case m == nil || m[1] == "gc":
			case m[2] == "":
				yield(alloc.Op{}, fmt.Errorf("profile: line %d: %.60q", n, lines.Text()))
				return
			case m[1] == "free":
				if live[m[2]] {
					delete(live, m[2])
					freed = true
					if !emit(alloc.Op{Verb: alloc.FreeVerb, ID: m[2]}) {
						return
					}
				}
			default:
				size, err := strconv.ParseInt(m[3][2:], 16, 64)
				if err != nil {
					yield(alloc.Op{}, brief.Errorf("profile: line %d: %w", n, err))
					return
				}
				if freed {
					freed = false
					if !emit(alloc.Op{Verb: alloc.GCVerb}) {
						return
					}
				}
				if live[m[2]] { // its end was not reported
					continue
				}
				live[m[2]] = true
				op := rounded(m[2], size)
				op.What = m[4]
				if !emit(op) {
					return
				}
			}
		}
		if err := lines.Err(); err != nil {
			yield(alloc.Op{}, fmt.Errorf("profile: line %d: %w", n+1, err))
		}
	}
}
