package claims

import (
	"context"
	"errors"
	"fmt"
	"path"
	"sync"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/underrace"
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
	case underrace.On && c.quiet:
		return quietly(id)
	}
	alone.Lock()
	defer alone.Unlock()
	return c.live()
}

// start starts a process that answers questions: the program child in a folder of this
// package.
func start(folder string, env ...string) (*child.Child, error) {
	return child.Start(context.Background(), path.Join("github.com/orrery-go/orrery/claims", folder, "child"), child.Options{Env: env})
}

// quietly returns the answer of Live without the race detector. All such questions go to
// one process, which ends with this program.
func quietly(id string) (string, error) {
	quiet.Lock()
	defer quiet.Unlock()
	c, err := quietChild()
	if err != nil {
		return "", err
	}
	return child.Call[string](c, id)
}

var (
	quiet      sync.Mutex
	quietChild = sync.OnceValues(func() (*child.Child, error) { return start(".") })
)

// apart returns the answer to a question of package goroutines, each in a process of its
// own.
func apart(id string) (string, error) {
	trials := child.NewTrials(1)
	for trials.Next() {
		c, err := start("goroutines", "GOGC=off") // a collection frees stacks
		if err != nil {
			return "", err
		}
		answer, err := child.Call[string](c, id)
		if err := errors.Join(err, c.Close()); err != nil {
			return "", err
		}
		if answer != "" {
			return answer, nil
		}
		trials.Reject("goroutines that did not run as they should")
	}
	return "", trials.Err()
}
