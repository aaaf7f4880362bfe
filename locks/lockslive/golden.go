package lockslive

import (
	"embed"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/locks"
	"github.com/orrery-go/orrery/release"
)

// Answers are what the probe finds out about a release.
type Answers struct {
	Logs    []string          // of the golden programs
	Crashes map[string]string // the first line of what a program that misuses a lock says; "" if nothing
	TryLock bool              // a mutex has that method
}

// seeds are of programs whose logs differ between two releases: 1.3 and 1.4, 1.4
// and 1.5, 1.8 and 1.9, 1.13 and 1.14.
var seeds = []struct {
	style Style
	seeds []uint64
}{
	{Style{Procs: 5, Blocks: 3, Panics: true}, []uint64{104, 248, 252, 260, 296, 328, 1, 25, 37, 49, 61, 73, 85, 97}},
	{Style{Procs: 5, Blocks: 4, Spins: 2, Queues: true}, []uint64{390, 1262, 1634, 1862, 2230, 2238, 2326, 2730, 99, 107, 191, 567, 755, 927, 939, 1303}},
}

func goldenPrograms() (programs []Program) {
	for _, s := range seeds {
		for _, seed := range s.seeds {
			programs = append(programs, Random(rand.New(rand.NewPCG(seed, 0)), s.style))
		}
	}
	return programs
}

//go:embed testdata/golden
var files embed.FS

//go:embed child/harness.go
var harness string

//go:embed testdata/probe.go
var probe string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "lockslive", Source: source()},
	Files: files,
	Dir:   "locks/lockslive",
}

// source is the child's program with another main function.
func source() string {
	_, main, _ := strings.Cut(probe, "package main\n")
	var list strings.Builder
	for _, p := range goldenPrograms() {
		fmt.Fprintf(&list, "\t%q,\n", p)
	}
	text := strings.Replace(harness, "import (\n", "import (\n\t\"encoding/json\"\n\t\"runtime/debug\"\n", 1)
	return text + main + "\nvar programs = []string{\n" + list.String() + "}\n"
}

// A crashing names what the harness's crash does, and does it in a model.
type crashing struct {
	name string
	do   func(m *locks.Locks, g locks.G) error
}

var crashes = []crashing{
	{"unlock", func(m *locks.Locks, g locks.G) error { return on(m.NewMutex, m.Unlock, g) }},
	{"runlock", func(m *locks.Locks, g locks.G) error { return on(m.NewRWMutex, m.RUnlock, g) }},
	{"wunlock", func(m *locks.Locks, g locks.G) error { return on(m.NewRWMutex, m.Unlock, g) }},
	{"wait", func(m *locks.Locks, g locks.G) error {
		return on(func() (locks.ID, error) {
			l, err := m.NewMutex()
			if err != nil {
				return 0, err
			}
			return m.NewCond(l)
		}, m.Wait, g)
	}},
	{"asleep", func(m *locks.Locks, g locks.G) error {
		if err := on(m.NewMutex, m.Lock, g); err != nil {
			return err
		}
		if _, err := m.Lock(g, 1); err != nil {
			return err
		}
		return m.Asleep()
	}},
	{"copied", func(m *locks.Locks, g locks.G) error {
		return on(func() (locks.ID, error) {
			l, err := m.NewMutex()
			if err != nil {
				return 0, err
			}
			c, err := m.NewCond(l)
			if err != nil {
				return 0, err
			}
			if _, err := m.Signal(g, c); err != nil {
				return 0, err
			}
			return m.Copy(c)
		}, m.Signal, g)
	}},
}

func on(make func() (locks.ID, error), do func(locks.G, locks.ID) (locks.Outcome, error), g locks.G) error {
	id, err := make()
	if err != nil {
		return err
	}
	_, err = do(g, id)
	return err
}

// model reports the first line that a program of the release says, up to where
// it says more than the text.
func (k crashing) model(rel string) (string, error) {
	r, err := release.Parse(rel)
	if err != nil {
		return "", err
	}
	m, err := locks.New(locks.Config{Release: rel})
	if err != nil {
		return "", err
	}
	g, err := m.Go()
	if err != nil {
		return "", err
	}
	switch err := k.do(m, g).(type) {
	case nil:
		return "", nil
	case *crash.Error:
		return err.Line(), nil
	default:
		return "", fmt.Errorf("%v: %w", r, err)
	}
}
