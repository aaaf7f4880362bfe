package bench

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A Log is the log of a program on a release, in a short form: operations that one
// goroutine performs one after the other are one word.
type Log string

// UnmarshalJSON also reads a log that is not in the short form, and shortens it.
func (l *Log) UnmarshalJSON(text []byte) error {
	var s string
	err := json.Unmarshal(text, &s)
	*l = Log(compact(s))
	return err
}

// or separates the logs of a program that did not end the same way each time.
const or = " | "

// add adds a log, if it is another one.
func (l *Log) add(s string) {
	if s = compact(s); *l == "" {
		*l = Log(s)
	} else if !slices.Contains(l.all(), s) {
		*l = Log(strings.Join(slices.Sorted(slices.Values(append(l.all(), s))), or))
	}
}

// all returns the logs of all runs.
func (l Log) all() []string { return strings.Split(string(l), or) }

// Answers has the answers of the probe on a release.
type Answers struct {
	Logs    []Log  // of the recorded programs
	Stuck   string // for each of them 1 if goroutines are left, else 0
	Puzzles []Log  // their logs, and the first line of the runtime's output
	Held    []Log  // results of HeldPrograms; "" for a program that the release cannot run
}

// UnmarshalJSON also reads the output of the probe, which has many runs of each puzzle and
// each program of [HeldPrograms]: it takes the undisturbed ones.
func (a *Answers) UnmarshalJSON(text []byte) error {
	type plain Answers
	var said struct {
		plain
		Alone, Endings [][]Ending // of puzzles, and of HeldPrograms
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return err
	}
	*a = Answers(said.plain)
	if said.Endings == nil {
		return nil
	}
	all, err := HeldPrograms()
	if err != nil || len(all) != len(said.Endings) {
		return fmt.Errorf("bench: %d programs that were run, %w", len(said.Endings), err)
	}
	puzzles, err := Puzzles()
	if err != nil || len(puzzles) != len(said.Alone) {
		return fmt.Errorf("bench: %d puzzles that were run, %w", len(said.Alone), err)
	}
	for i, l := range puzzles {
		if err := a.take(&a.Puzzles, said.Alone[i], l.Name, func(e Ending) string { return e.Disturbed(l.Program) }, Ending.String); err != nil {
			return err
		}
	}
	for i, h := range all {
		if err := a.take(&a.Held, said.Endings[i], h.Name, h.Disturbed, h.Tells); err != nil {
			return err
		}
	}
	return nil
}

// take appends the logs of a program's undisturbed runs to a list; "" if there were no
// runs.
func (a *Answers) take(list *[]Log, runs []Ending, name string, disturbed, tells func(Ending) string) error {
	var log Log
	for _, e := range runs {
		if disturbed(e) == "" {
			log.add(tells(e))
		}
	}
	if log == "" && len(runs) > 0 {
		return fmt.Errorf("bench: %s: something came between each time, at last %s", name, runs[len(runs)-1].details())
	}
	*list = append(*list, log)
	return nil
}

//go:embed testdata/golden
var files embed.FS

//go:embed child/*.go
var childFiles embed.FS

//go:embed testdata/probe.go
var probe string

// Golden holds the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "bench", Source: probe, More: probeFiles(), Env: []string{"GOMAXPROCS=1", "GOGC=off", "GODEBUG=asynctimerchan=0"}},
	Files: files,
	Dir:   "bench",
	Same:  same,
	Refer: true,
}

// same reports whether two answers of a release differ only in the phase, or in what
// selects chose.
func same(rel string, old, now Answers) bool {
	return held(rel, old) == nil && held(rel, now) == nil
}

// ChildFiles returns the child's files, except those that only the Go at hand needs: with
// a main function of their own they are a probe.
func ChildFiles() map[string]string {
	more := map[string]string{}
	entries, err := childFiles.ReadDir("child")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		if n := e.Name(); n != "main.go" && n != "tick.go" && !strings.HasPrefix(n, "asked_") {
			text, err := childFiles.ReadFile("child/" + n)
			if err != nil {
				panic(err)
			}
			more[n] = string(text)
		}
	}
	return more
}

// probeFiles returns the files of the probe: the child's, and one with the programs.
func probeFiles() map[string]string {
	more := ChildFiles()
	programs, err := Recorded()
	if err != nil {
		panic(err) // a lesson does not parse, which TestLessons reports
	}
	puzzles, err := Puzzles()
	if err != nil {
		panic(err)
	}
	list := "package main\n\nvar programs = " + texts(programs) + "\n\nvar puzzles = []question{\n"
	for _, l := range puzzles {
		list += question(l.Program, l.env(), "")
	}
	all, err := HeldPrograms()
	if err != nil {
		panic(err)
	}
	list += "}\n\nvar held = []question{\n"
	for _, h := range all {
		list += question(h.Program, h.Env, h.Since)
	}
	more["programs.go"] = list + "}\n"
	return more
}

// question returns a question of the probe, in Go.
func question(p *program.Program, env []string, since string) string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("\t{%q, %#v, %q},\n", text, env, since)
}

// texts returns programs as a list in Go.
func texts(programs []*program.Program) string {
	var list strings.Builder
	list.WriteString("[]string{\n")
	for _, p := range programs {
		text, err := json.Marshal(p)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&list, "\t%q,\n", text)
	}
	return list.String() + "}\n"
}

// held compares the model of a release with its answers, and reports the first
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
	puzzles, err := Puzzles()
	if err != nil {
		return err
	}
	ticks, err := sched.Beginnings(rel)
	if err != nil {
		return err
	}
	if len(a.Puzzles) != len(puzzles) {
		return fmt.Errorf("%d answers to %d puzzles", len(a.Puzzles), len(puzzles))
	}
	for i, l := range puzzles {
		can, err := l.says(rel, l.env(), ticks...)
		if err != nil {
			return err
		}
		for _, real := range a.Puzzles[i].all() {
			if !slices.Contains(can, real) {
				return fmt.Errorf("%s: %v\nmodel %q\nreal  %s", l.Name, l.Program, can, real)
			}
		}
	}
	all, err := HeldPrograms()
	if err != nil {
		return err
	}
	if len(a.Held) != len(all) {
		return fmt.Errorf("%d answers of %d programs", len(a.Held), len(all))
	}
	for i, h := range all {
		says := ""
		if in, err := h.in(rel); err != nil {
			return err
		} else if in {
			e, err := h.Predict(rel)
			if err != nil {
				return err
			}
			says = h.Tells(e)
		}
		if says = compact(says); says != string(a.Held[i]) {
			return fmt.Errorf("%s: %v\nmodel %s\nreal  %s", h.Name, h.Program, says, a.Held[i])
		}
	}
	return nil
}

// phases is the number of slices between two in which a P looks at the global queue
// first.
const phases = 61

// inSomePhase looks for a phase in which the model predicts the same.
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
