package racelive

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/race"
	"github.com/orrery-go/orrery/release"
)

// Answers are the probe's answers about a release.
type Answers struct {
	First []int    // by program: the operation at which the first race was reported, from 0; -1: none
	Hash  string   // FNV-1a of the results of all operations
	Logs  []string // the results as text, if requested
}

//go:embed testdata/golden
var files embed.FS

// Golden are the answers of every release since 1.2. Those of releases before 1.5 are
// empty, since their detector cannot be linked on today's systems.
var Golden = golden.Set[Answers]{Probe: Probe(Recorded(), false), Files: files, Dir: "race/racelive"}

// randomPrograms is the number of random programs that every release ran, besides
// [Cases].
const randomPrograms = 200

// Recorded returns the programs that every release ran.
func Recorded() []string {
	var out []string
	for _, c := range Cases {
		out = append(out, c.Program)
	}
	for seed := range uint64(randomPrograms) {
		r, err := Random(Config(""), 1_000_000+seed, 60, race.MaxCells)
		if err != nil {
			return []string{err.Error()} // TestGolden fails
		}
		out = append(out, r.Text)
	}
	return out
}

//go:embed testdata/probe.go
var probe string

//go:embed testdata/underrace.go
var probeUnderRace string

//go:embed testdata/norace.go
var probeNoRace string

// Probe returns the program that runs programs under the race detector. Without logs it
// reports only their hash.
func Probe(programs []string, logs bool) toolchain.Probe {
	source := strings.TrimPrefix(probe, "//go:build ignore\n// +build ignore\n")
	return toolchain.Probe{
		Name:   "racelive",
		Source: strings.NewReplacer("PROGRAMS", strings.Join(programs, "\n"), "LOGS", fmt.Sprint(logs)).Replace(source),
		More:   map[string]string{"underrace.go": probeUnderRace, "norace.go": probeNoRace},
		Env: []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asyncpreemptoff=1",
			"GORACE=log_path=race suppress_equal_stacks=0 suppress_equal_addresses=0 exitcode=0 atexit_sleep_ms=0"},
		Also: func(rel string) []string {
			if r, err := release.Parse(rel); err == nil && !r.AtLeast("go1.5") {
				return nil // its race detector cannot be linked any more
			}
			return []string{"-race"}
		},
	}
}

// hash returns the hash under which logs are recorded.
func hash(logs []string) string {
	h := fnv.New64a()
	for _, l := range logs {
		h.Write([]byte(l + "\n"))
	}
	return fmt.Sprintf("%x", h.Sum64())
}

// Config returns the configuration of a detector that sees what go build -race sees in a
// release.
func Config(rel string) race.Config { return race.Config{Release: rel, Limits: TSan} }

// Ask runs programs under go build -race of the running Go. It returns an error that is
// [child.ErrCannotBuild] if there is no such go command, or if it cannot build with
// -race, which needs a 64-bit system and on some systems a C compiler.
func Ask(ctx context.Context, programs []string) (Answers, error) {
	a, err := toolchain.Run[Answers](ctx, release.Running, Probe(programs, true))
	if bad := (*toolchain.BuildError)(nil); errors.As(err, &bad) || errors.Is(err, toolchain.ErrNoGo) {
		return a, fmt.Errorf("%w: %w", child.ErrCannotBuild, err)
	}
	return a, err
}
