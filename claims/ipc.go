package claims

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/orrery-go/orrery/ipc"
	"github.com/orrery-go/orrery/ipc/ipclive"
)

// spaces returns the values that a parent sees, in its own memory and in shared memory,
// when a child has stored 77 in both.
var spaces = sync.OnceValues(func() ([2]int, error) {
	own, shared, err := ipclive.AddressSpaces(context.Background())
	return [2]int{own, shared}, err
})

// modelSpaces does the same in the model.
func modelSpaces() (seen [2]int, err error) {
	s, err := ipc.New(ipc.Config{Procs: 1})
	if err != nil {
		return seen, err
	}
	region, err := s.Map(1, 1)
	if err != nil {
		return seen, err
	}
	if err := s.Poke(1, 0, 1); err != nil {
		return seen, err
	}
	child, err := s.Fork(1)
	if err != nil {
		return seen, err
	}
	if err := s.Poke(child, 0, 77); err != nil {
		return seen, err
	}
	if err := s.Store(child, region, 0, []byte{77}); err != nil {
		return seen, err
	}
	own, err := s.Peek(1, 0)
	if err != nil {
		return seen, err
	}
	shared, err := s.Load(1, region, 0, 1)
	if err != nil {
		return seen, err
	}
	return [2]int{int(own), int(shared[0])}, nil
}

// inSpace returns what the parent sees in one of the two.
func inSpace(i int) check {
	c := check{slow: true, model: func(string) (string, error) {
		seen, err := modelSpaces()
		return fmt.Sprint(seen[i]), err
	}}
	if runtime.GOOS == "linux" {
		c.live = func() (string, error) {
			seen, err := spaces()
			return fmt.Sprint(seen[i]), err
		}
	}
	return c
}

// switched names the parts of the state that a switch exchanges.
func switched(x ipc.Switched) string {
	var parts []string
	for _, p := range []struct {
		name string
		is   bool
	}{{"registers", x.Registers}, {"stack", x.Stack}, {"memory", x.Memory}} {
		if p.is {
			parts = append(parts, p.name)
		}
	}
	return strings.Join(parts, " ")
}

// threadMask reports whether another thread blocks a signal that one has blocked.
func threadMask() check {
	c := check{model: func(string) (string, error) {
		s, err := ipc.New(ipc.Config{Procs: 1})
		if err != nil {
			return "", err
		}
		thread, err := s.Thread(1)
		if err == nil {
			err = s.Mask(thread, 1<<9)
		}
		return yesNo(s.Snapshot().Procs[0].Blocked != 0), err
	}}
	if runtime.GOOS == "linux" {
		c.live = func() (string, error) {
			own, err := ipclive.OwnMasks()
			return yesNo(!own), err
		}
	}
	return c
}

var ipcChecks = map[string]check{
	"6-1": inSpace(0),
	"6-2": {model: func(string) (string, error) {
		s, err := ipc.New(ipc.Config{})
		if err != nil {
			return "", err
		}
		thread, err := s.Thread(1)
		if err != nil {
			return "", err
		}
		a, err := s.Switch(1, 2)
		if err != nil {
			return "", err
		}
		b, err := s.Switch(1, thread)
		return switched(a) + "; " + switched(b), err
	}},
	"6-3": threadMask(),
	"7-1": inSpace(0),
	"7-2": inSpace(1),
	"7-3": {model: func(string) (string, error) {
		costs, err := ipc.Costs(100)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(costs[0].Copies, " ", costs[len(costs)-1].Copies), nil
	}},
}
