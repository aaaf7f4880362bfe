package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/program"
)

// env returns the environment of a puzzle.
func (l Lesson) env() []string {
	procs := "GOMAXPROCS=1"
	if l.setsProcs() >= 0 {
		procs = "GOMAXPROCS=2"
	}
	return []string{procs, "GODEBUG=updatemaxprocs=0", "GOGC=off"}
}

// setsProcs returns the operation of main, the first function, that sets the number of
// Ps, or -1.
func (l Lesson) setsProcs() int {
	return slices.IndexFunc(l.Program.Funcs[0].Ops, func(op program.Op) bool { return op.Verb == program.Procs })
}

// says returns what a puzzle can say in the model of a release, in the short form of
// compact, if its process begins with one of the given numbers of time slices. Sysmon,
// which looks for the first time at a P in its first time slice, stops the goroutine there
// (see sched.Beginnings). It can do so before main.main, or, where a program with two Ps
// has set GOMAXPROCS to 1 and main continues on the other P, later.
func (l Lesson) says(rel string, env []string, ticks ...uint32) (says []string, err error) {
	if at := l.setsProcs(); at >= 0 {
		return l.stopped(rel, env, at)
	}
	for _, tick := range ticks {
		e, err := PredictFrom(rel, l.Program, int(tick), 0, env...)
		if err != nil {
			return nil, err
		}
		says = append(says, compact(e.String()))
	}
	return says, nil
}

// stopped returns what a puzzle says whose main sets GOMAXPROCS and then starts
// goroutines: first without a stop, and then if main is stopped among the latter. In the
// model it yields there, with the same effect.
func (l Lesson) stopped(rel string, env []string, at int) (says []string, err error) {
	e, err := PredictAlone(rel, l.Program, 0, env...)
	if err != nil {
		return nil, err
	}
	says = append(says, compact(e.String()))
	main := l.Program.Funcs[0]
	for k := range main.Ops[at+1].N + 1 {
		first, rest := main.Ops[at+1], main.Ops[at+1]
		first.N, rest.N = k, rest.N-k
		parts := []program.Op{first, {Verb: program.Yield}, rest}
		if k == 0 {
			parts = parts[1:]
		} else if rest.N == 0 {
			parts = parts[:2]
		}
		p := *l.Program
		p.Funcs = slices.Clone(p.Funcs)
		p.Funcs[0].Ops = slices.Concat(main.Ops[:at+1], parts, main.Ops[at+2:])
		e, err := PredictAlone(rel, &p, 0, env...)
		if err != nil {
			return nil, err
		}
		e.Result.Log = joined(e.Result.Log, at+1, len(parts))
		says = append(says, compact(e.String()))
	}
	return says, nil
}

// joined returns a log in which n operations from pc on are one, which ends with the last.
func joined(log string, pc, n int) string {
	var out []string
	for word := range strings.FieldsSeq(log) {
		at, result, _ := strings.Cut(word, ":")
		g, number, ok := strings.Cut(at, ".")
		k, err := strconv.Atoi(number)
		switch {
		case !ok || err != nil || k < pc:
			out = append(out, word)
		case k >= pc+n-1:
			out = append(out, strings.TrimSuffix(fmt.Sprintf("%s.%d:%s", g, k-n+1, result), ":"))
		}
	}
	return strings.Join(out, " ")
}
