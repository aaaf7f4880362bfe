package bench

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/program"
)

// A Log is one that a release gave, made shorter where one thing follows the other.
type Log string

// UnmarshalJSON makes the log shorter.
func (l *Log) UnmarshalJSON(text []byte) error {
	var s string
	err := json.Unmarshal(text, &s)
	*l = Log(compact(s))
	return err
}

// Answers are what the probe finds out about a release.
type Answers struct {
	Logs  []Log  // of the recorded programs
	Stuck string // of each of them, 1 or 0: goroutines are left
}

//go:embed testdata/golden
var files embed.FS

//go:embed child/*.go
var childFiles embed.FS

//go:embed testdata/probe.go
var probe string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "bench", Source: probe, More: probeFiles(), Env: []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asynctimerchan=0"}},
	Files: files,
	Dir:   "bench",
	Same:  same,
}

// same reports whether two answers of a release differ only in the phase, or in what
// selects chose.
func same(rel string, old, now Answers) bool {
	return held(rel, old) == nil && held(rel, now) == nil
}

// probeFiles are the child's files, but for those that only the Go at hand needs, and
// one with the programs.
func probeFiles() map[string]string {
	more := map[string]string{}
	entries, err := childFiles.ReadDir("child")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if n := e.Name(); n != "main.go" && n != "tick.go" {
			text, err := childFiles.ReadFile("child/" + n)
			if err != nil {
				panic(err)
			}
			more[n] = string(text)
		}
	}
	programs, err := Recorded()
	if err != nil {
		panic(err) // a lesson does not parse: TestLessons
	}
	var list strings.Builder
	for _, p := range programs {
		text, err := json.Marshal(p)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&list, "\t%q,\n", text)
	}
	more["programs.go"] = "package main\n\nvar programs = []string{\n" + list.String() + "}\n"
	return more
}

// held holds the model of a release against its answers, and reports the first
// difference.
func held(rel string, a Answers) error {
	programs, err := Recorded()
	if err != nil {
		return err
	}
	if len(a.Logs) != len(programs) || len(a.Stuck) != len(programs) {
		return fmt.Errorf("%d logs and %d ends of %d programs", len(a.Logs), len(a.Stuck), len(programs))
	}
	for i, p := range programs {
		if err := inSomePhase(rel, p, string(a.Logs[i]), a.Stuck[i] == '1'); err != nil {
			return err
		}
	}
	return nil
}

// phases is how often a P looks at the global queue first: once in so many slices.
const phases = 61

// inSomePhase looks for the phase in which the model says the same.
func inSomePhase(rel string, p *program.Program, real string, stuck bool) error {
	said := ""
	for tick := range phases {
		m, err := Predict(rel, p, (tick+1)%phases, real)
		if err != nil {
			return err
		}
		if said = compact(m.Log); said == real && m.Stuck == stuck {
			return nil
		}
	}
	return fmt.Errorf("%v\nin no phase does the model say\n%s\nbut for one\n%s", p, real, said)
}
