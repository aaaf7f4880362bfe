package bench

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// A Dump is the state of the scheduler's queues while goroutines keep their Ps, each in a
// Spin of a millisecond or more that nothing stops. All queues of a program on one P stand
// still then.
type Dump struct {
	Marks   int // how many marks the program had made
	Held    int // how many Ps are kept
	Procs   int
	Threads int
	Idle    int   // threads that are idle
	Global  int   // goroutines in the global queue
	Local   []int // those in the queue of each P, without runnext
}

// Runnable returns the number of goroutines in all queues, without runnext.
func (d Dump) Runnable() int {
	n := d.Global
	for _, k := range d.Local {
		n += k
	}
	return n
}

// Dumps returns the dumps of a program in a process of its own whose environment has
// GODEBUG=schedtrace=1,asyncpreemptoff=1, in order. The runtime writes one every 1 to 10 ms
// (runtime/proc.go:sysmon, schedtrace). Those in which no goroutine keeps its P are left
// out, and so is the first one after each mark, and after each beginning and end of a Spin:
// the runtime may have collected its numbers before.
func (e Ending) Dumps() (dumps []Dump) {
	now, text := Dump{}, e.Says
	for {
		before, after, found := strings.Cut(text, "{")
		lines := strings.Split(before, "\n")
		for _, line := range lines[min(1, len(lines)-1) : len(lines)-1] { // the first was begun earlier, and the last has no end
			if d, ok := now.read(line); ok && now.Held > 0 {
				dumps = append(dumps, d)
			}
		}
		if !found {
			return dumps
		}
		token, rest, _ := strings.Cut(after, "}")
		switch token {
		case "mark":
			now.Marks++
		case "hold":
			now.Held++
		case "free":
			now.Held--
		}
		text = rest
	}
}

// read adds to a dump what a line tells: "SCHED 2ms: gomaxprocs=1 ... runqueue=129 [170]".
func (d Dump) read(line string) (Dump, bool) {
	global, local, ok := strings.Cut(line, "[")
	if !ok || !strings.HasPrefix(line, "SCHED ") || !strings.Contains(local, "]") {
		return d, false
	}
	for word := range strings.FieldsSeq(global) {
		name, value, _ := strings.Cut(word, "=")
		n, _ := strconv.Atoi(value)
		switch name {
		case "gomaxprocs":
			d.Procs = n
		case "threads":
			d.Threads = n
		case "idlethreads":
			d.Idle = n
		case "runqueue":
			d.Global = n
		}
	}
	local, _, _ = strings.Cut(local, "]")
	d.Local = nil
	for word := range strings.FieldsSeq(local) {
		n, _ := strconv.Atoi(word)
		d.Local = append(d.Local, n)
	}
	return d, true
}

// A dumper writes what a real program and the runtime write to standard error in such a
// process, as far as [Ending.Dumps] reads it.
type dumper struct {
	*follower
	text    strings.Builder
	procs   int
	changed bool // the state is no longer that of line
	held    []sched.G
	line    string
	written int           // how often, since something else was
	next    time.Duration // when it is to be written
}

func (d *dumper) event(e sched.Event) {
	d.follower.event(e)
	d.changed = true
	switch e.Kind {
	case sched.Resumed:
		d.procs = int(e.N)
	case sched.Marked:
		d.token("{mark}")
	}
}

func (d *dumper) token(text string) {
	d.text.WriteString(text)
	d.written = 0
}

// run runs the program, and returns the text.
func (d *dumper) run(procs int) (string, error) {
	d.procs = procs
	for {
		more, err := d.model.Step()
		d.dump()
		if !more {
			return d.text.String(), err
		}
		d.look()
	}
}

// dump writes the state before the step as often as the runtime would have until now, but
// at most some times: a Spin may take an hour.
func (d *dumper) dump() {
	now := d.model.Now()
	if len(d.held) == 0 || d.next >= now {
		return
	}
	n := int64((now - d.next + time.Millisecond - 1) / time.Millisecond)
	d.next += time.Duration(n) * time.Millisecond
	for ; n > 0 && d.written < 5; n-- {
		d.text.WriteString(d.line)
		d.written++
	}
}

// look notices which goroutines keep a P, and what the state is then.
func (d *dumper) look() {
	var held []sched.G
	for p := range sched.P(d.procs) {
		g, pc := d.model.Acting(p)
		if g > 0 && int(pc) < len(d.ops) && d.ops[pc].Verb == program.Spin && d.ops[pc].D >= time.Millisecond {
			held = append(held, g)
		}
	}
	for _, g := range d.held {
		if !slices.Contains(held, g) {
			d.token("{free}")
		}
	}
	for _, g := range held {
		if !slices.Contains(d.held, g) {
			d.token("{hold}")
		}
	}
	if d.held = held; len(held) == 0 {
		d.next = d.model.Now() + time.Millisecond
		return
	}
	if !d.changed {
		return
	}
	d.changed = false
	var local []string
	for p := range sched.P(d.procs) {
		n := d.model.QueueLen(p)
		if d.model.Runnext(p) != 0 {
			n--
		}
		local = append(local, strconv.Itoa(n))
	}
	line := fmt.Sprintf("SCHED 0ms: gomaxprocs=%d threads=%d idlethreads=%d runqueue=%d [%s]\n",
		d.procs, d.model.Threads(), d.model.IdleThreads(), d.model.QueueLen(-1), strings.Join(local, " "))
	if line != d.line {
		d.line, d.written = line, 0
	}
}
