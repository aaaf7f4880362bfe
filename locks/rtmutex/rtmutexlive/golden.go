package rtmutexlive

import (
	"embed"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Answers has the answers of the probe on a release.
type Answers struct {
	Linked bool            // the mutex can be reached by go:linkname
	Words  []uint64        // the flags, after each step of two threads that wait for a third and get the lock in turn
	First  map[string]bool // the threads that were woken first in any of 400 rounds
}

//go:embed testdata/golden
var files embed.FS

//go:embed child/harness_linux.go
var harness string

//go:embed child/lock_linux.go
var lock string

//go:embed child/lock_linux.s
var assembly string

//go:embed testdata/probe.go
var probe string

//go:embed testdata/linked.go
var linked string

//go:embed testdata/unlinked.go
var unlinked string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{
		Name:   "rtmutexlive",
		Source: probe,
		More: map[string]string{
			"harness.go":  harness,
			"lock.go":     "// +build go1.5\n\n" + strings.TrimPrefix(lock, "//go:build linkname\n"),
			"lock.s":      assembly,
			"linked.go":   linked,
			"unlinked.go": unlinked,
		},
		Also: func(rel string) []string {
			// Since Go 1.23 the linker refuses linknames that the runtime does not
			// allow.
			if r, err := release.Parse(rel); err == nil && r.AtLeast("go1.23") {
				return []string{"-ldflags=-checklinkname=0"}
			}
			return nil
		},
		Env: Env,
	},
	Files: files,
	Dir:   "locks/rtmutex/rtmutexlive",
}
