// Package gomaxprocs models the number of Ps of a program: when it starts, and after
// runtime.GOMAXPROCS.
//
// # Concurrent use
//
// [Rules] do not change, and several goroutines may use them at once.
package gomaxprocs

import (
	"fmt"
	"math"

	"github.com/orrery-go/orrery/release"
)

// Rules are the rules of a release.
type Rules struct {
	Most    int  `json:"most"`    // largest number of Ps; 0 is any number
	OfCPUs  bool `json:"ofCPUs"`  // a program has one for each CPU; else one
	OfQuota bool `json:"ofQuota"` // and no more than the CPU limit of its cgroup allows
}

// ForRelease returns the rules of a release: "go1.17", "" for the newest known,
// "running". It returns an error if the release is unknown.
func ForRelease(name string) (Rules, error) {
	r, err := release.Parse(name)
	if err != nil {
		return Rules{}, fmt.Errorf("gomaxprocs: %w", err)
	}
	k := Rules{OfCPUs: r.AtLeast("go1.5"), OfQuota: r.AtLeast("go1.25")}
	switch {
	case !r.AtLeast("go1.9"):
		k.Most = 1 << 8
	case !r.AtLeast("go1.10"):
		k.Most = 1 << 10
	}
	return k, nil
}

// A Host is the machine on which a program starts.
type Host struct {
	CPUs  int     `json:"cpus"`            // CPUs that the program may use, 1 or more (runtime.NumCPU)
	Env   int     `json:"env,omitempty"`   // GOMAXPROCS; 0 and below count as not set
	Quota float64 `json:"quota,omitempty"` // CPUs that its cgroup may use, such as 1.5; 0 is no limit
}

// Start reports how many Ps a program has when it starts (runtime/proc.go:schedinit,
// runtime/cgroup_linux.go:defaultGOMAXPROCS). A limit on the CPUs is rounded up, and
// counts as 2 if it is less (runtime/cgroup_linux.go:adjustCgroupGOMAXPROCS).
func (k Rules) Start(m Host) (int, error) {
	if m.CPUs < 1 || m.CPUs > math.MaxInt32 {
		return 0, fmt.Errorf("gomaxprocs: %d CPUs out of range [1,%d]", m.CPUs, math.MaxInt32)
	}
	if !(m.Quota >= 0) {
		return 0, fmt.Errorf("gomaxprocs: a quota of %v CPUs is below 0", m.Quota)
	}
	n := 1
	switch {
	case m.Env > 0:
		n = min(m.Env, math.MaxInt32)
	case k.OfCPUs:
		n = m.CPUs
		if limit := max(math.Ceil(m.Quota), 2); k.OfQuota && m.Quota > 0 && limit < float64(n) {
			n = int(limit)
		}
	}
	return k.bounded(n), nil
}

// Set reports how many Ps there are after runtime.GOMAXPROCS(n), when there are now procs
// (runtime/debug.go:GOMAXPROCS).
func (k Rules) Set(now, n int) int {
	if n <= 0 {
		return now
	}
	return k.bounded(n)
}

func (k Rules) bounded(n int) int {
	if k.Most > 0 {
		return min(n, k.Most)
	}
	return n
}
