package claims

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// programRows are the rows that programs answer, on every release since 1.2.
var programRows = rowsOf(plainRows, dumpRows)

func rowsOf(parts ...map[string]programRow) map[string]programRow {
	all := map[string]programRow{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
}

// plainRows are those that marks or the runtime's last words answer.
var plainRows = map[string]programRow{
	// Goroutines and threads.
	"2.0-2": {bursts, nil, func(t told) string {
		return fmt.Sprint(tens(t.first("first").Ms-t.first("before").Ms), t.threads("before", "first"))
	}},
	"2.0-3":  {bursts, nil, func(t told) string { return number(t.threads("before", "first")) }},
	"2.0-4":  {thousand, nil, func(t told) string { return number(t.on("w")) }},
	"2.0-5":  {tooMany, []string{"MAXTHREADS=60"}, func(t told) string { return t.says }},
	"2.1-10": {lockers, nil, func(t told) string { return number(t.on("w")) }},
	"2.2-1":  {bursts, nil, func(t told) string { return number(t.threads("before", "first")) }},
	"2.2-2":  {"main:\na = procs 2\nb = procs 2\nmark {a} {b}\n", []string{"GOMAXPROCS=3"}, func(t told) string { return strings.Join(t.texts(), " ") }},
	"2.2-3":  {"int there\nmain:\nmark calls\ngo w 50\nt = 0\nwhile t < 50\nsleep 5ms\nt = atomicload there\nend\nmark all\nw:\nmark in\natomicadd there 1\nsyscall 1s\nmark out\n", nil, func(t told) string { return number(t.count("in") - t.count("out") + 1) }},
	"2.2-5": {tooMany, []string{"MAXTHREADS=60"}, func(t told) string {
		if t.says == "thread exhaustion" {
			return "the limit"
		}
		return "the kernel"
	}},
	"2.2-6": {bursts, nil, func(t told) string { return number(t.threads("first", "second")) }},
	"2.3-2": {bursts, nil, twice},
	"3-5":   {thousand, nil, func(t told) string { return number(t.on("w")) }},
	"3-6": {"mutex m\nint there\nmain:\nlock m\nmark 0\ngo a 50\nsleep 20ms\nmark 1\ngo b 50\nsleep 20ms\nmark 2\ngo c 50\nsleep 20ms\nmark 3\nmark calls\ngo d 50\nt = 0\nwhile t < 50\nsleep 5ms\nt = atomicload there\nend\nmark 4\n" +
		"a:\nrecv nil\nb:\nlock m\nc:\nsleep 1h\nd:\natomicadd there 1\nsyscall 1s\n", nil, func(t told) string {
		return fmt.Sprint(t.threads("3", "4"), t.threads("0", "1"), t.threads("1", "2"), t.threads("2", "3"))
	}},
	"4-5":  {bursts, nil, twice},
	"6-8":  {thousand, nil, func(t told) string { return number(t.on("w")) }},
	"6-11": {thousand, nil, func(t told) string { return number(t.on("w")) }},

	// The order in which goroutines run on one P.
	"2.1-3": {"waitgroup g 10\nmain:\ni = loop 10\ngo w(i)\nend\nwait g\nw(i):\nmark {i}\ndone g\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"3-1":   {"main:\na = numgoroutine\ngo w 10\nb = numgoroutine\nn = b - a\nmark {n}\nw:\nrecv nil\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"3-7": {calls, nil, func(t told) string {
		if t.before("short", "a") {
			return "goes on"
		}
		return "waits"
	}},
	"4-1": {"main:\ngo a\nsleep 10ms\na:\nmark A1\ngo b\nyield\nmark A2\nb:\nmark B\ni = loop 3\ngo c(i)\nend\nc(i):\nmark C{i}\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"4-2": {endless, nil, stopped},
	"4-3": {"main:\ngo y\ngo w 250\nsleep 50ms\ny:\nloop 5\nyield\nmark y\nend\nw:\nmark w\n", nil, func(t told) string {
		at := between(t.texts(), "y", "w")
		if len(at) < 4 || at[1] != at[2] || at[2] != at[3] {
			return fmt.Sprint(at)
		}
		return number(at[1])
	}},
	"4-4": {calls, nil, func(t told) string { return yesNo(!t.before("short", "a")) + " " + yesNo(!t.before("long", "b")) }},
	"6-4": {endless, nil, stopped},
	"6-5": {"main:\ngo w 2\nsleep 5ms\nw:\nn = 0\nloop 8\nn = n + 1\nyield\nend\nmark {n}\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"6-6": {"waitgroup g 2\nmain:\ngo w 2\nwait g\nw:\nmark w\nloop 500\nyield\nend\nmark w\ndone g\n", nil, func(t told) string {
		if t.on("w") != 1 || t.count("w") != 4 {
			return fmt.Sprint(t.count("w"), " marks on ", t.on("w"), " threads")
		}
		return number(t.marks[3].Waits - t.marks[0].Waits)
	}},
	"6-7":  {"int n\nmain:\ngo w 2\nsleep 5ms\nmark {n}\nw:\nx = n\nyield\nn = x + 1\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"18-2": {"main:\na = numgoroutine\ngo w 100\nyield\ngc\nb = numgoroutine\nn = b - a\nmark {n}\nw:\nsend nil 1\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},

	// Several Ps.
	"2.1-7": {inside(1), []string{noSignals}, atOnce},
	"3-3":   {inside(2), []string{"GOMAXPROCS=2", noSignals}, atOnce},
	// On two Ps none need be idle: a thread that looks for work has one, for as long as the
	// kernel keeps it from going on. At most one thread looks while so few goroutines run
	// (runtime/proc.go:findRunnable), so of eight some are idle in every run.
	"4-6": {fetches, []string{"GOMAXPROCS=8"}, func(t told) string {
		if t.first("before").Thread == t.first("after").Thread {
			return "goes on"
		}
		return "another thread"
	}},

	// Channels.
	"5-3": {"chan c\nmain:\ngo s 3\ngo r(2)\ngo r(1)\nsleep 5ms\ns:\nsend c 1\nmark sent\nr(n):\nloop n\nrecv c\nmark received\nend\n", nil, func(t told) string {
		who := map[string]map[int]bool{"sent": {}, "received": {}}
		for _, m := range t.marks {
			who[m.Text][m.G] = true
		}
		return fmt.Sprint(len(who["sent"]), len(who["received"]))
	}},
	"5-5": {"chan c\nmain:\ngo r\nsend c 7\nsleep 5ms\nr:\nv = recv c\nmark {v}\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"8-2": {"chan c\nmain:\ni = loop 3\ngo r(i)\nloop 3\nyield\nend\nend\nsend c 10\nsend c 11\nsend c 12\nsleep 5ms\nr(i):\nv = recv c\nmark {i} {v}\n", nil, func(t told) string {
		texts := t.texts()
		slices.Sort(texts)
		for i, s := range texts {
			_, texts[i], _ = strings.Cut(s, " ")
		}
		return strings.Join(texts, " ")
	}},
	"8-3": {"chan c 1\nmain:\nsend c 9\ni = loop 3\nv = 10 + i\ngo s(v)\nloop 3\nyield\nend\nend\nloop 4\nv = recv c\nmark {v}\nend\ns(v):\nsend c v\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"8-4": {"chan c 1\nmain:\ngo r\nloop 3\nyield\nend\nsend c 10\nv, ok, ready = tryrecv c\nif ready\nmark {v}\nelse\nmark nothing\nend\nsleep 1ms\nr:\nrecv c\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},
	"8-5": {"chan c 1\nmain:\nsend c 9\ngo s\nloop 3\nyield\nend\nrecv c\nready = trysend c 11\nif ready\nmark sent\nelse\nmark full\nend\nsleep 1ms\ns:\nsend c 10\n", nil, func(t told) string { return strings.Join(t.texts(), " ") }},

	// Locks.
	"23-1": {"mutex m\nmain:\ngo w 3\nsleep 5ms\nw:\nlock m\nmark has\n", nil, func(t told) string { return number(t.count("has")) }},
	"23-2": {"rwmutex m\nmain:\nrlock m\ngo w\nloop 3\nyield\nend\ngo r\nsleep 5ms\nw:\nlock m\nr:\nrlock m\nmark reads\n", nil, func(t told) string {
		if t.count("reads") > 0 {
			return "reads"
		}
		return "waits"
	}},
	"23-3": {"mutex m\nmain:\ngo w\nsleep 5ms\nw:\nlock m\nlock m\nmark again\n", nil, func(t told) string {
		if t.count("again") > 0 {
			return "more"
		}
		return "1"
	}},
	"23-7": {"mutex a\nmutex b\nmutex all\nmain:\ngo x\ngo y\nsleep 5ms\n" +
		"x:\nlock all\nlock a\nyield\nlock b\nunlock all\nyield\nunlock b\nunlock a\nmark ends\n" +
		"y:\nlock all\nlock b\nyield\nlock a\nunlock all\nyield\nunlock a\nunlock b\nmark ends\n", nil, bothEnd},
	"23-8": {"mutex a\nmutex b\nwaitgroup wg 2\nmain:\ngo x\ngo y\nsleep 5ms\n" +
		"x:\nlock a\ndone wg\nwait wg\nok = trylock b\nif ok\nunlock b\nend\nunlock a\nmark ends\n" +
		"y:\nlock b\ndone wg\nwait wg\nok = trylock a\nif ok\nunlock a\nend\nunlock b\nmark ends\n", nil, bothEnd},
	"23-9": {"mutex a\nmutex b\nmain:\ngo x 2\nsleep 5ms\nx:\nlock a\nyield\nlock b\nunlock b\nunlock a\nmark ends\n", nil, bothEnd},
}

const (
	// bursts makes 50 goroutines block in system calls, and then 50 again.
	bursts = "int there\nint back\nmain:\nmark before\nmark calls\ngo w 50\ncall until(50)\nmark first\nb = 0\nwhile b < 50\nsleep 10ms\nb = atomicload back\nend\nmark calls\ngo w 50\ncall until(100)\nmark second\n" +
		"until(n):\nt = 0\nwhile t < n\nsleep 5ms\nt = atomicload there\nend\nw:\natomicadd there 1\nsyscall 1s\natomicadd back 1\n"

	// lockers has ten goroutines, each of which keeps a thread for itself.
	lockers = "waitgroup g 10\nmain:\ngo w 10\nwait g\nw:\nlockthread\nmark w\ndone g\nrecv nil\n"

	thousand = "chan c\nwaitgroup g 1000\nmain:\ngo w 1000\nyield\nclose c\nwait g\nw:\nrecv c\nmark w\ndone g\n"

	// tooMany has more goroutines locked to threads than the allowed number of threads.
	tooMany = "main:\ngo w 100\nsleep 10s\nw:\nlockthread\nrecv nil\n"

	// calls has goroutines that can run during a system call: a short one, and one that
	// blocks. Sysmon, which looks every 20 us at first, takes the P from the short call
	// if it looks during the call and main has made no other since its last look
	// (runtime/proc.go:retake). No time shows that, so the answer is that of most runs.
	calls = "main:\ngo a\nsyscall 100ns\nmark short\nloop 3\nyield\nend\ngo b\nsyscall 50ms\nmark long\nsleep 1ms\na:\nmark a\nb:\nmark b\n"
	// A goroutine whose P is taken in a system call gets another one after it.
	fetches = "chan c\nmain:\ngo g\nrecv c\ng:\nmark before\nsyscall 50ms\nmark after\nsend c\n"

	// endless is a loop without calls, and a goroutine that would end the program.
	endless = "main:\ngo other\nspin 1h\nother:\npanic stopped\n"

	noSignals = "GODEBUG=asyncpreemptoff=1"
)

// inside makes 8 goroutines that are locked to threads compute, and keeps the first busy
// until there are n. Main yields first: sysmon's first look stops a goroutine that runs in
// the P's time slice number 0
// (see sched.Beginnings).
func inside(n int) string {
	return fmt.Sprintf("int there\nwaitgroup g 8\nmain:\nyield\ngo w 8\nwait g\nw:\nlockthread\nmark in\nn = atomicadd there 1\nwhile n < %d\nspin 10us\nn = atomicload there\nend\nspin 100us\nmark out\ndone g\n", n)
}

// before reports whether a was marked before b.
func (t told) before(a, b string) bool {
	texts := t.texts()
	i, j := slices.Index(texts, a), slices.Index(texts, b)
	return i >= 0 && (j < 0 || i < j)
}

func twice(t told) string {
	return fmt.Sprint(t.threads("before", "first"), t.threads("first", "second"))
}

func stopped(t told) string { return yesNo(!t.killed) }

// atOnce returns the largest number of goroutines that were in at the same time.
func atOnce(t told) string {
	in, most := 0, 0
	for _, w := range t.texts() {
		if w == "in" {
			in++
		} else {
			in--
		}
		most = max(most, in)
	}
	return number(most)
}

func bothEnd(t told) string {
	switch {
	case strings.Contains(t.says, "TryLock"):
		return "no TryLock"
	case t.count("ends") == 2:
		return "both end"
	}
	return "deadlock"
}
