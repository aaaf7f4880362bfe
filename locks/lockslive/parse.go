package lockslive

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/locks"
)

// Parse reads what [Program.String] writes: the objects, and then the operations
// of each goroutine, as in "m r c1 w2 o|l1 s3 u1|l1 w3 u1". An object is m, r, w
// with its counter, o, or c or d (with its RLocker) with the number of its L.
func Parse(text string) (Program, error) {
	var p Program
	parts := strings.Split(text, "|")
	for _, w := range strings.Fields(parts[0]) {
		n := 0
		if len(w) > 1 {
			var err error
			if n, err = strconv.Atoi(w[1:]); err != nil {
				return p, fmt.Errorf("lockslive: object %q: %w", w, err)
			}
		}
		o := Object{L: locks.ID(n)}
		switch w[0] {
		case 'm':
			o.Kind = locks.Mutex
		case 'r':
			o.Kind = locks.RWMutex
		case 'w':
			o = Object{Kind: locks.WaitGroup, Counter: int64(n)}
		case 'o':
			o.Kind = locks.Once
		case 'c', 'd':
			o.Kind, o.RLocker = locks.Cond, w[0] == 'd'
		default:
			return p, fmt.Errorf("lockslive: object %q (want m, r, w, o, c or d)", w)
		}
		p.Objects = append(p.Objects, o)
	}
	for _, part := range parts[1:] {
		var ops []Op
		for _, w := range strings.Fields(part) {
			id, arg, hasArg := strings.Cut(w[1:], ",")
			n, err := strconv.ParseInt(id, 10, 32)
			op := Op{Code: Code(w[0]), ID: locks.ID(n)}
			if err == nil && hasArg {
				op.Arg, err = strconv.ParseInt(arg, 10, 32)
			}
			if err != nil || !strings.ContainsRune("lutkvyawsboqx", rune(w[0])) {
				return p, fmt.Errorf("lockslive: operation %q", w)
			}
			ops = append(ops, op)
		}
		p.Procs = append(p.Procs, ops)
	}
	return p, nil
}
