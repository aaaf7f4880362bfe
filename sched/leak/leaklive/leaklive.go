// Package leaklive reports which goroutines are leaked by the Go at hand: it makes the
// objects and goroutines of a [leak.State] in a process of its own, and reads the
// goroutineleak profile there. Go 1.26 has that profile as an experiment, and 1.27
// always.
package leaklive

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/sched/leak"
)

// ErrNone says that the Go at hand has no such profile.
var ErrNone = errors.New("leaklive: no goroutineleak profile before go1.26")

// A Real is a process in which states are made. Goroutines that leak there stay.
type Real struct{ c *child.Child }

// Start builds and starts the process. It runs until Close, or until the context ends.
func Start(ctx context.Context) (*Real, error) {
	r, err := release.Parse(release.Running)
	if err != nil {
		return nil, fmt.Errorf("leaklive: %w", err)
	}
	var o child.Options
	switch {
	case !r.AtLeast("go1.26") || runtime.GOOS == "windows" || runtime.GOOS == "js":
		return nil, ErrNone
	case !r.AtLeast("go1.27"):
		o.BuildEnv = []string{"GOEXPERIMENT=goroutineleakprofile"}
	}
	c, err := child.Start(ctx, "github.com/orrery-go/orrery/sched/leak/leaklive/child", o)
	if err != nil {
		return nil, err
	}
	return &Real{c}, nil
}

// Leaked makes all the states at once, and returns the numbers of the leaked goroutines
// of each.
func (p *Real) Leaked(states []leak.State) ([][]int, error) {
	if p == nil || p.c == nil {
		return nil, errors.New("leaklive: a Process that is not from Start: use Start")
	}
	return child.Call[[][]int](p.c, states)
}

// Close ends the process.
func (p *Real) Close() error {
	if p == nil || p.c == nil {
		return nil
	}
	return p.c.Close()
}
