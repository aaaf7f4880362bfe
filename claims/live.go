package claims

import (
	"context"
	"fmt"
	"sync"

	"github.com/orrery-go/orrery/internal/child"
)

// alone is held by an experiment with the running Go, and shared by all else that a
// check does: some experiments read what the whole process has allocated, and a check
// can run beside another, for one as the rest of a check that nobody waits for any more.
var alone sync.RWMutex

// Live reports what the Go that runs the program answers to the row's question.
// One question is asked at a time, because some are answered by what the whole
// process does: other goroutines of the program that allocate change such an answer.
// A program built with -race has a child without it answer where the race
// detector would change the answer. A row without such an answer is [ErrNoCheck].
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

// An answerer is a program of its own that answers the questions of rows, one at a time.
// It is started with the first one, and ends with this program.
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

// ask asks for the answer to the question of a row.
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
