package claims

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/orrery-go/orrery/bench"
)

// dumpRows are the rows that the runtime's dumps of its queues answer, while goroutines of
// a program keep their Ps. A goroutine that was stopped before it did shows in the marks,
// and the run has [missed] the moment.
var dumpRows = map[string]programRow{
	"2.1-1": {crowds, dumped, func(t told) string {
		return t.crowd("300", func(d bench.Dump) string { return []string{"none", "some"}[min(d.Global, 1)] })
	}},
	"2.1-2": {crowds, dumped, func(t told) string {
		for _, n := range []string{"256", "257", "258"} {
			switch t.crowd(n, func(d bench.Dump) string { return number(d.Global) }) {
			case missed:
				return missed
			case "0":
			default:
				return map[string]string{"256": "255", "257": "256", "258": "257"}[n]
			}
		}
		return "more"
	}},
	"2.1-4": {crowds, dumped, func(t told) string { return t.crowd("258", func(d bench.Dump) string { return number(d.Global) }) }},
	"3-2": {crowds, dumped, func(t told) string {
		return t.crowd("258", func(d bench.Dump) string {
			switch {
			case d.Global == 0:
				return "none"
			case t.count("258 begins as 1") > 0: // it never was in a queue
				return fmt.Sprint(d.Global, " others")
			case t.count("258 begins as 258") > 0: // it was stopped as soon as it ran
				return missed
			}
			return fmt.Sprint(d.Global-1, " and the new one")
		})
	}},

	// All 200 are in the global queue when the last of them has yielded. The first that
	// then runs came with a batch.
	"2.1-8": {"int all\nwaitgroup g 200\nmain:\nmark begin\nyield\ngo w 200\nwait g\n" +
		"w:\natomicadd all 1\nyield\nn = atomicload all\nwhile n < 200\nyield\nn = atomicload all\nend\n" +
		"first = atomiccas all 200 201\nif first\nmark there\nspin 100ms\nend\ndone g\n", dumped, func(t told) string {
		d := t.held("there", 1)
		if len(d) == 0 || !t.within("begin", "there", bench.Undisturbed) {
			return missed
		}
		return number(d[0].Local[0] + 1) // and the one that is running
	}},

	"2.1-9": {stealing(102), both, func(t told) string {
		_, d, ok := t.stolen()
		if !ok || d.Global > 0 { // or a stolen one was stopped as soon as it ran
			return missed
		}
		return fmt.Sprint(min(d.Local[0], d.Local[1]), max(d.Local[0], d.Local[1]))
	}},
	"3-4": {stealing(300), both, func(t told) string {
		before, after, ok := t.stolen()
		switch {
		case !ok:
			return missed
		case after.Global < before.Global && slices.Contains(after.Local, max(before.Local[0], before.Local[1])):
			return "the global queue"
		}
		return "the other P"
	}},

	"3-8": {returning, dumped, func(t told) string {
		before, after, ok := t.returned()
		if !ok {
			return missed
		}
		return fmt.Sprint(after.Idle-before.Idle, after.Global)
	}},
	"4-7": {returning, dumped, func(t told) string {
		_, after, ok := t.returned()
		if !ok {
			return missed
		}
		return fmt.Sprint(after.Local[0], after.Global)
	}},

	"2.1-5": {resizing, dumped, func(t told) string { return t.sizes("1", "2", "3") }},
	"2.3-1": {resizing, dumped, func(t told) string { return t.sizes("2") }},

	"2.0-6": {"main:\nsleep 50ms\n", []string{"GODEBUG=schedtrace=1,scheddetail=1"}, func(t told) string {
		var names []string
		_, first, ok := strings.Cut(t.says, "\n  P0: ")
		if !ok {
			return missed
		}
		line, _, _ := strings.Cut(first, "\n")
		for word := range strings.FieldsSeq(line) {
			switch name, _, _ := strings.Cut(word, "="); name {
			case "m", "runqsize", "gfreecnt", "timerslen":
				names = append(names, name)
			}
		}
		return strings.Join(names, " ")
	}},

	// How many Ps there are is asked for without dumps.
	"2.0-7": {"main:\nn = procs 1\nmark {n}\n", []string{"GOMAXPROCS=", "GODEBUG=containermaxprocs=0"}, func(t told) string {
		if n := strings.Join(t.texts(), " "); n != number(runtime.NumCPU()) {
			return n
		}
		return "the CPUs"
	}},
}

const (
	// crowds lets the goroutines run with which a process begins. Then it starts others on
	// one P, keeps it for a while, and lets them run.
	// The first crowd is the one in which it matters which comes first: not much later a
	// turn of the global queue would come.
	crowds = "waitgroup g\nint ran\nmain:\nyield\nyield\nyield\ncall crowd(258)\ncall crowd(256)\ncall crowd(257)\ncall crowd(300)\n" +
		"crowd(n):\natomicstore ran 0\nadd g n\nmark {n}\nm = n - 1\ngo w(0, n) m\ngo w(n, n)\nspin 100ms\nwait g\n" +
		"w(i, n):\nk = atomicadd ran 1\nif k == 1\nmark ran\nend\nif i == n\nmark {n} begins as {k}\nend\ndone g\n"

	// returning has a goroutine come back from a system call while main keeps the only P.
	returning = "main:\ngo g\nyield\nspin 200ms\ng:\nsyscall 100ms\n"

	resizing = "main:\nmark 1\nspin 100ms\nprocs 4\nmark 2\nspin 100ms\nprocs 2\nmark 3\nspin 100ms\n"

	// missed is the answer of a run that does not show the moment in question.
	missed = "missed"
)

var (
	dumped = []string{"GODEBUG=schedtrace=1,asyncpreemptoff=1"}
	both   = []string{"GOMAXPROCS=2", "GODEBUG=schedtrace=1,asyncpreemptoff=1"}
)

// stealing has one goroutine keep a P while another P starts n, whose goroutine then keeps
// that. When the first one ends, its P takes goroutines from elsewhere, of which the first
// keeps it again.
func stealing(n int) string {
	return fmt.Sprintf("int there\nint ran\nmain:\ngo first\nn = 0\nwhile n == 0\nyield\nn = atomicload there\nend\ngo w %d\nspin 400ms\n"+
		"first:\natomicstore there 1\nmark first\nspin 100ms\nw:\nk = atomicadd ran 1\nmark w{k}\nif k == 1\nspin 100ms\nend\n", n)
}

// held returns the dumps after a mark, and before the next, in which a number of
// goroutines keep their Ps.
func (t told) held(mark string, n int) (out []bench.Dump) {
	for _, d := range t.dumps {
		if 0 < d.Marks && d.Marks <= len(t.marks) && t.marks[d.Marks-1].Text == mark && d.Held == n {
			out = append(out, d)
		}
	}
	return out
}

// within reports whether it took less than a time from the first mark of a text to that of
// another.
func (t told) within(from, to string, limit time.Duration) bool {
	return t.first(to).At-t.first(from).At < limit
}

// crowd returns an answer from the state of the queues with a crowd of that size.
func (t told) crowd(n string, answer func(d bench.Dump) string) string {
	d := t.held(n, 1)
	if len(d) == 0 {
		return missed
	}
	return answer(d[0])
}

// stolen returns the state of the queues before and after the theft.
func (t told) stolen() (before, after bench.Dump, ok bool) {
	b, a := t.held("first", 2), t.held("w1", 2)
	if len(b) == 0 || len(a) == 0 || a[0].Marks != b[0].Marks+1 { // the one that was the first to run was stopped
		return before, after, false
	}
	return b[0], a[0], true
}

// returned returns the state of the queues shortly before, and long after the goroutine
// has come back: as long as it takes until its thread is idle.
func (t told) returned() (before, after bench.Dump, ok bool) {
	back := slices.IndexFunc(t.dumps, func(d bench.Dump) bool { return d.Runnable() > 0 })
	if back < 1 {
		return before, after, false
	}
	return t.dumps[back-1], t.dumps[len(t.dumps)-1], true
}

// sizes returns the numbers of Ps after marks.
func (t told) sizes(marks ...string) string {
	var out []string
	for _, m := range marks {
		d := t.held(m, 1)
		if len(d) == 0 {
			return missed
		}
		out = append(out, number(len(d[0].Local)))
	}
	return strings.Join(out, " ")
}
