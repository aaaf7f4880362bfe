package deadlock

import (
	"fmt"
	"math/rand/v2"
)

// A Lockstepper configures processes in a circle that give up their resource when a
// request fails. In each round all do the same at once: take the first resource, then
// try the second, then give up. No process waits, and none makes progress.
type Lockstepper struct {
	Processes int    // 2 to MaxProcesses
	Rounds    int    // 1 to 1,000,000, and at most MaxTurns by Processes: it ends after them
	BackOff   bool   // a process that gives up stays away for a random number of rounds, up to twice as many each time
	Seed      uint64 // of the random numbers
}

// MaxTurns bounds a [Lockstepper]: its rounds by its processes.
const MaxTurns = 1 << 24

// A LockstepResult is the result of [Lockstep].
type LockstepResult struct {
	Rounds   int `json:"rounds"`   // until all processes had finished, or all rounds
	Finished int `json:"finished"` // processes that finished
	GaveUp   int `json:"gaveUp"`   // how often a process gave up
}

// Lockstep runs it. Without BackOff no process ever finishes, which is a livelock.
func Lockstep(c Lockstepper) (LockstepResult, error) {
	if c.Processes < 2 || c.Processes > MaxProcesses {
		return LockstepResult{}, fmt.Errorf("deadlock: %d processes out of range [2,%d]", c.Processes, MaxProcesses)
	}
	if c.Rounds < 1 || c.Rounds > 1_000_000 {
		return LockstepResult{}, fmt.Errorf("deadlock: %d rounds out of range [1,1000000]", c.Rounds)
	}
	if n := c.Rounds * c.Processes; n > MaxTurns {
		return LockstepResult{}, fmt.Errorf("deadlock: %d rounds of %d processes are %d turns out of range [1,%d]", c.Rounds, c.Processes, n, MaxTurns)
	}
	r := rand.New(rand.NewPCG(c.Seed, 0))
	owner := make([]int, c.Processes) // of each resource: a process, from 1
	away := make([]int, c.Processes)  // rounds to stay away
	window := make([]int, c.Processes)
	done := make([]bool, c.Processes)
	var res LockstepResult
	for res.Rounds = 0; res.Rounds < c.Rounds && res.Finished < c.Processes; res.Rounds++ {
		var active []int
		for p := range done {
			switch {
			case done[p]:
			case away[p] > 0:
				away[p]--
			case owner[p] == 0:
				owner[p] = p + 1
				active = append(active, p)
			}
		}
		var failed []int
		for _, p := range active {
			if next := (p + 1) % c.Processes; owner[next] == 0 {
				done[p] = true
				res.Finished++
			} else {
				failed = append(failed, p)
			}
		}
		for _, p := range failed {
			res.GaveUp++
			if c.BackOff {
				window[p] = min(2*window[p]+1, 1<<10)
				away[p] = r.IntN(window[p] + 1)
			}
		}
		for _, p := range active {
			owner[p] = 0
		}
	}
	return res, nil
}
