// Child uses contexts in ways that a test program cannot: it ends by a panic, or is
// built with the race detector.
package main

import (
	"time"

	"github.com/orrery-go/orrery/ctxtree/ctxtreelive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	child.Serve(func(q ctxtreelive.Question) (int, error) {
		if q.End {
			ctxtreelive.End(q.Watched)
			time.Sleep(10 * time.Second) // the panic of another goroutine ends it
		}
		return ctxtreelive.Stress(q.Seed, q.Rounds)
	})
}
