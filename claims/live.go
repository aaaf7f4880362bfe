package claims

import (
	"context"
	"fmt"
	"sync"

	"github.com/orrery-go/orrery/internal/child"
)

// alone is locked by an experiment with the running Go, and read-locked by everything
// else that a check does: some experiments measure allocations of the whole process, and
// a check can run beside another one, such as the rest of a check that was abandoned.
var alone sync.RWMutex

// Live returns the answer of the Go that runs the program to the row's question. It asks
// one question at a time, because some answers are measurements of the whole process,
// which allocations of other goroutines would change. In a program built with -race a
// child without it answers if the race detector would change the answer. It returns
// [ErrNoCheck] if the row has no such answer.
func Live(id string) (string, error) {
	c := checks[id]
	switch {
	case c.live == nil:
		return "", fmt.Errorf("claims: %s: %w", id, ErrNoCheck)
	case raceEnabled && c.quiet:
		return quietly.ask(id)
	}
	alone.Lock()
	defer alone.Unlock()
	return c.live()
}

// An answerer is a program that answers the questions of rows, one at a time. It is
// started with the first question, and ends with this program.
type answerer struct {
	start func() (*child.Child, error)
	mu    sync.Mutex
}

// answererOf returns the answerer whose main package is in a folder of claims.
func answererOf(folder string) *answerer {
	return &answerer{start: sync.OnceValues(func() (*child.Child, error) {
		return child.Start(context.Background(), "github.com/orrery-go/orrery/claims/"+folder, child.Options{})
	})}
}

// ask returns the answer to the question of a row.
func (a *answerer) ask(id string) (string, error) {
	c, err := a.start()
	if err != nil {
		return "", err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return child.Call[string](c, id)
}

var (
	quietly     = answererOf("child")      // Live, without the race detector
	onScheduler = answererOf("schedchild") // processes of its own, whose threads it counts
)
