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
		return liveInChild(id)
	}
	alone.Lock()
	defer alone.Unlock()
	return c.live()
}

// quietChild is started once, and ends with the program.
var quietChild = sync.OnceValues(func() (*child.Child, error) {
	return child.Start(context.Background(), "github.com/orrery-go/orrery/claims/child", child.Options{})
})

var childMu sync.Mutex

func liveInChild(id string) (string, error) {
	c, err := quietChild()
	if err != nil {
		return "", err
	}
	childMu.Lock()
	defer childMu.Unlock()
	return child.Call[string](c, id)
}
