package gotrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// A Writer writes a trace, an event at a time. Each method writes an event of the thread
// m at a time since the beginning, not before that of the event before. It returns an
// error if the event cannot follow the ones before, or if the underlying writer returns
// one; after an error nothing more is written.
type Writer struct {
	out      io.Writer
	err      error
	closed   bool
	threads  threads
	procs    map[ProcID]*proc
	procList []*proc
	gs       map[GoID]*goroutine

	gen       uint64
	began     uint64 // when this generation began
	at        time.Duration
	last      uint64 // the time of the last event
	base      uint64
	states    uint64 // events that said in which state things are, in this generation
	events    uint64 // all others
	size      int    // bytes of events and tables in this generation
	tables    tables
	maxprocs  int
	toldProcs bool       // how many there are, in this generation
	stops     *goroutine // that has stopped the world
	starts    map[Frame]*Frame

	raw, event []byte
}

// Base is the time of the trace at which a run begins, unless it begins with more
// goroutines and processors than Base has nanoseconds.
const Base = time.Microsecond

// maxProcs is what GOMAXPROCS may be.
const maxProcs = 1 << 16

// MaxTime is the latest time of an event.
const MaxTime = time.Duration(1) << 60

// NewWriter begins a trace with the given state. Writer.Close ends it.
func NewWriter(out io.Writer, s State) (*Writer, error) {
	if out == nil {
		return nil, errors.New("gotrace: no writer")
	}
	w := &Writer{out: out, threads: threads{byID: map[ThreadID]*thread{}}, procs: map[ProcID]*proc{}, gs: map[GoID]*goroutine{}}
	if err := w.begin(s); err != nil {
		return nil, err
	}
	w.maxprocs = len(s.Procs)
	w.tables.reset()
	w.write([]byte(header))
	w.base = max(uint64(Base), uint64(len(w.procs)+len(w.gs)+8))
	w.last = w.base - uint64(len(w.procs)+len(w.gs)+2)
	w.beginGeneration()
	return w, w.err
}

var errNotNew = errors.New("gotrace: a Writer that is not from NewWriter: use NewWriter")

// Close ends the trace. It does not close the underlying writer.
func (w *Writer) Close() error {
	if w.out == nil {
		return errNotNew
	}
	if w.err == nil && !w.closed {
		w.endGeneration()
	}
	w.closed = true
	return w.err
}

// beginGeneration says in which state everything is.
func (w *Writer) beginGeneration() {
	w.gen++
	w.last++
	w.began = w.last
	w.events = 0
	for _, p := range w.procList {
		p.seq = 0
		m, status := p.m, uint64(procRunning)
		switch {
		case m == nil:
			m, status = w.threads.get(noThread), procIdle
		case p.inCall:
			status = procSyscall
		}
		w.put(m, evProcStatus, uint64(p.id), status)
	}
	for _, id := range slices.Sorted(maps.Keys(w.gs)) {
		g := w.gs[id]
		g.seq = 0
		m, on := w.threads.get(noThread), uint64(1<<64-1)
		if g.m != nil {
			m, on = g.m, uint64(g.m.id)
		}
		w.put(m, evGoStatusStack, uint64(id), on, uint64(g.status), w.startStack(g.start))
	}
	w.toldProcs = false
	for _, t := range w.threads.list {
		w.tellProcs(t)
	}
	w.states, w.events = w.events, 0
}

// tellProcs says how many processors there are, once in a generation, where a goroutine
// runs (runtime/trace.go:traceAdvance).
func (w *Writer) tellProcs(t *thread) {
	if !w.toldProcs && t.g != nil && t.g.status == Running {
		w.toldProcs = true
		w.put(t, evProcsChange, uint64(w.maxprocs), 0)
	}
}

func (w *Writer) startStack(f *Frame) uint64 {
	if f == nil || *f == (Frame{}) {
		return 0
	}
	return w.tables.stack([]Frame{*f})
}

// put writes an event after all others.
func (w *Writer) put(m *thread, kind byte, args ...uint64) {
	w.last++
	w.events++
	if len(m.data) > batchSize {
		w.flushThread(m)
	}
	if len(m.data) == 0 {
		m.from, m.last = w.last, w.last
	}
	w.event = append(w.event[:0], kind)
	w.event = binary.AppendUvarint(w.event, w.last-m.last)
	for _, v := range args {
		w.event = binary.AppendUvarint(w.event, v)
	}
	m.last = w.last
	m.data = append(m.data, w.event...)
	w.size += len(w.event)
}

func (w *Writer) flushThread(m *thread) {
	if len(m.data) > 0 {
		w.batch(m.id, m.from, m.data)
		m.data = m.data[:0]
		if cap(m.data) > 1<<10 && m.p == nil {
			m.data = nil // of a thread without a processor, of which there may be many
		}
	}
}

// fail keeps the first error.
func (w *Writer) fail(format string, args ...any) error {
	if w.err == nil {
		w.err = fmt.Errorf("gotrace: at %v: %s", w.at, fmt.Sprintf(format, args...))
	}
	return w.err
}

// on begins an event of a thread. It reports nil if there is an error.
func (w *Writer) on(at time.Duration, id ThreadID) *thread {
	switch {
	case w.out == nil:
		return nil
	case w.err != nil:
		return nil
	case w.closed:
		w.err = errors.New("gotrace: the trace is closed")
		return nil
	case at < 0 || at > MaxTime:
		w.fail("a time of %v out of range [0,%v]", at, MaxTime)
		return nil
	case at < w.at:
		w.fail("a time of %v, which is before", at)
		return nil
	case id < 0 || id > maxID:
		w.fail("thread %d out of range [0,%d]", id, int64(maxID))
		return nil
	}
	w.at = at
	when := w.base + uint64(at)
	// States take time in which nothing else happens, as readers see it.
	quiet := when > w.last && when-w.last > uint64(len(w.gs)+len(w.procs)+2)
	if size := w.size + w.tables.size; w.stops == nil && size > generation && (quiet || size > 4*generation) && w.events > 4*w.states {
		w.endGeneration()
		w.beginGeneration()
	}
	w.last = max(w.last, when-1)
	return w.threads.get(id)
}

// onProc begins an event of a thread about a processor. Both are nil if there is an error.
func (w *Writer) onProc(at time.Duration, m ThreadID, p ProcID) (*thread, *proc) {
	t := w.on(at, m)
	if t == nil {
		return nil, nil
	}
	k := w.procs[p]
	if k == nil {
		w.fail("there is no processor %d", p)
		return nil, nil
	}
	return t, k
}

// onGo begins an event of a thread about a goroutine. Both are nil if there is an error.
func (w *Writer) onGo(at time.Duration, m ThreadID, g GoID) (*thread, *goroutine) {
	t := w.on(at, m)
	if t == nil {
		return nil, nil
	}
	k := w.gs[g]
	if k == nil {
		w.fail("there is no goroutine %d", g)
		return nil, nil
	}
	return t, k
}

// onRunning begins an event of the goroutine that runs on a thread, and says what it is.
// Both are nil if there is an error.
func (w *Writer) onRunning(at time.Duration, m ThreadID, what string) (*thread, *goroutine) {
	t := w.on(at, m)
	if t == nil {
		return nil, nil
	}
	if t.g == nil || t.g.status != Running || t.p == nil {
		w.fail("%s on thread %d, where no goroutine runs", what, t.id)
		return nil, nil
	}
	return t, t.g
}

func (w *Writer) failed() error {
	if w.out == nil {
		return errNotNew
	}
	return w.err
}

// Procs says that GOMAXPROCS is n now: the goroutine that runs on the thread has set it. New processors are idle; those that are gone
// stay idle.
func (w *Writer) Procs(at time.Duration, m ThreadID, n int) error {
	t, g := w.onRunning(at, m, "the number of processors changes")
	if g == nil {
		return w.failed()
	}
	if n < 1 || n > maxProcs {
		return w.fail("%d processors out of range [1,%d]", n, maxProcs)
	}
	for id := range ProcID(n) {
		if w.procs[id] == nil {
			if err := w.addProc(id); err != nil {
				return w.fail("%v", err)
			}
			w.put(t, evProcStatus, uint64(id), procIdle)
		}
	}
	w.maxprocs, w.toldProcs = n, true
	w.put(t, evProcsChange, uint64(n), 0)
	return w.err
}

// ProcStart says that the thread takes an idle processor.
func (w *Writer) ProcStart(at time.Duration, m ThreadID, p ProcID) error {
	t, k := w.onProc(at, m, p)
	switch {
	case k == nil:
		return w.failed()
	case k.m != nil:
		return w.fail("processor %d starts on thread %d, and thread %d has it", p, m, k.m.id)
	case t.p != nil:
		return w.fail("processor %d starts on thread %d, which has processor %d", p, m, t.p.id)
	}
	k.seq++
	k.m, t.p = t, k
	w.put(t, evProcStart, uint64(p), k.seq)
	return w.err
}

// ProcStop says that the thread gives its processor up, which runs no goroutine.
func (w *Writer) ProcStop(at time.Duration, m ThreadID) error {
	t := w.on(at, m)
	if t == nil {
		return w.failed()
	}
	switch {
	case t.p == nil:
		return w.fail("thread %d stops a processor, and has none", m)
	case t.g != nil && t.g.status == Running:
		return w.fail("processor %d stops on thread %d, where goroutine %d runs", t.p.id, m, t.g.id)
	}
	t.p.stop()
	w.put(t, evProcStop)
	return w.err
}

// ProcSteal says that the thread takes a processor away from one in a system call. The
// processor is idle then.
func (w *Writer) ProcSteal(at time.Duration, m ThreadID, p ProcID) error {
	t, k := w.onProc(at, m, p)
	switch {
	case k == nil:
		return w.failed()
	case !k.inCall:
		return w.fail("processor %d is stolen, and is in no system call", p)
	}
	from := k.m
	k.seq++
	k.stop()
	w.put(t, evProcSteal, uint64(p), k.seq, uint64(from.id))
	return w.err
}

// GoCreate says that there is a goroutine that can run, or with blocked, one that waits.
// It was made by the one that runs on the thread, if one does; the thread has a
// processor.
func (w *Writer) GoCreate(at time.Duration, m ThreadID, g GoID, start Frame, blocked bool, stack ...Frame) error {
	t := w.on(at, m)
	if t == nil {
		return w.failed()
	}
	switch {
	case t.p == nil:
		return w.fail("goroutine %d is made on thread %d without a processor", g, m)
	case t.g != nil && t.g.status != Running:
		return w.fail("goroutine %d is made on thread %d, where goroutine %d is %v", g, m, t.g.id, t.g.status)
	}
	status, kind := Runnable, byte(evGoCreate)
	if blocked {
		status, kind = Waiting, evGoCreateBlocked
	}
	if _, err := w.addGoroutine(g, status, w.frame(start)); err != nil {
		return w.fail("%v", err)
	}
	w.put(t, kind, uint64(g), w.startStack(&start), w.tables.stack(stack))
	return w.err
}

// frame returns the frame, in a form that many goroutines share.
func (w *Writer) frame(f Frame) *Frame {
	if k := w.starts[f]; k != nil {
		return k
	}
	if len(w.starts) >= 1<<14 {
		clear(w.starts)
	}
	if w.starts == nil {
		w.starts = map[Frame]*Frame{}
	}
	w.starts[f] = &f
	return &f
}

// GoStart says that the thread runs the goroutine.
func (w *Writer) GoStart(at time.Duration, m ThreadID, g GoID) error {
	t, k := w.onGo(at, m, g)
	switch {
	case k == nil:
		return w.failed()
	case k.status != Runnable:
		return w.fail("goroutine %d starts, and is %v", g, k.status)
	case t.p == nil:
		return w.fail("goroutine %d starts on thread %d without a processor", g, m)
	case t.g != nil:
		return w.fail("goroutine %d starts on thread %d, which has goroutine %d", g, m, t.g.id)
	}
	k.seq++
	k.status, k.m, t.g = Running, t, k
	w.put(t, evGoStart, uint64(g), k.seq)
	w.tellProcs(t)
	return w.err
}

// GoStop says that the goroutine that runs on the thread stops, and can go on.
func (w *Writer) GoStop(at time.Duration, m ThreadID, reason string, stack ...Frame) error {
	return w.leave(at, m, evGoStop, Runnable, reason, stack)
}

// GoBlock says that the goroutine that runs on the thread waits.
func (w *Writer) GoBlock(at time.Duration, m ThreadID, reason string, stack ...Frame) error {
	return w.leave(at, m, evGoBlock, Waiting, reason, stack)
}

func (w *Writer) leave(at time.Duration, m ThreadID, kind byte, to Status, reason string, stack []Frame) error {
	t, g := w.onRunning(at, m, "a goroutine stops")
	if g == nil {
		return w.failed()
	}
	g.status, g.m, t.g = to, nil, nil
	w.put(t, kind, w.tables.text(reason), w.tables.stack(stack))
	return w.err
}

// GoDestroy says that the goroutine that runs on the thread ends.
func (w *Writer) GoDestroy(at time.Duration, m ThreadID) error {
	t, g := w.onRunning(at, m, "a goroutine ends")
	if g == nil {
		return w.failed()
	}
	delete(w.gs, g.id)
	t.g = nil
	w.put(t, evGoDestroy)
	return w.err
}

// GoUnblock says that the thread makes a goroutine that waits runnable.
func (w *Writer) GoUnblock(at time.Duration, m ThreadID, g GoID, stack ...Frame) error {
	t, k := w.onGo(at, m, g)
	switch {
	case k == nil:
		return w.failed()
	case k.status != Waiting:
		return w.fail("goroutine %d is unblocked, and is %v", g, k.status)
	}
	k.seq++
	k.status = Runnable
	w.put(t, evGoUnblock, uint64(g), k.seq, w.tables.stack(stack))
	return w.err
}

// GoSwitch says that the goroutine that runs on the thread hands it over to one that
// waits, as iter.Pull does, and waits itself, or with ends, ends.
func (w *Writer) GoSwitch(at time.Duration, m ThreadID, g GoID, ends bool) error {
	t, from := w.onRunning(at, m, "a goroutine switches")
	if from == nil {
		return w.failed()
	}
	k := w.gs[g]
	switch {
	case k == nil:
		return w.fail("there is no goroutine %d", g)
	case k.status != Waiting:
		return w.fail("goroutine %d is switched to, and is %v", g, k.status)
	}
	kind := byte(evGoSwitch)
	from.status, from.m = Waiting, nil
	if ends {
		kind = evGoSwitchDestroy
		delete(w.gs, from.id)
	}
	k.seq++
	k.status, k.m, t.g = Running, t, k
	w.put(t, kind, uint64(g), k.seq)
	w.last += 2 // a reader makes three events of it
	return w.err
}

// SyscallBegin says that the goroutine that runs on the thread begins a system call.
// The processor stays with the thread until one of ProcStop and ProcSteal.
func (w *Writer) SyscallBegin(at time.Duration, m ThreadID, stack ...Frame) error {
	t, g := w.onRunning(at, m, "a system call")
	if g == nil {
		return w.failed()
	}
	g.status = Syscall
	t.p.seq++
	t.p.inCall = true
	w.put(t, evGoSyscallBegin, t.p.seq, w.tables.stack(stack))
	return w.err
}

// SyscallEnd says that the thread's system call has ended. The goroutine runs if the
// thread has kept its processor all the time. If it lost it, kept is false: the
// goroutine is runnable, and the thread may have started a processor to run it.
func (w *Writer) SyscallEnd(at time.Duration, m ThreadID, kept bool) error {
	t := w.on(at, m)
	if t == nil {
		return w.failed()
	}
	g := t.g
	switch {
	case g == nil || g.status != Syscall:
		return w.fail("a system call ends on thread %d, which is in none", m)
	case kept && (t.p == nil || !t.p.inCall):
		return w.fail("a system call of thread %d ends with its processor, which it has lost", m)
	case !kept && t.p != nil && t.p.inCall:
		return w.fail("a system call of thread %d ends without its processor, which it has", m)
	}
	if kept {
		g.status, t.p.inCall = Running, false
		w.put(t, evGoSyscallEnd)
		return w.err
	}
	g.status, g.m, t.g = Runnable, nil, nil
	w.put(t, evGoSyscallEndBlocked)
	return w.err
}

// StopTheWorld says that the goroutine that runs on the thread stops the world, and
// why: "GOMAXPROCS", "GC sweep termination".
func (w *Writer) StopTheWorld(at time.Duration, m ThreadID, why string) error {
	t, g := w.onRunning(at, m, "the world stops")
	switch {
	case g == nil:
		return w.failed()
	case w.stops != nil:
		return w.fail("goroutine %d stops the world, which goroutine %d has stopped", g.id, w.stops.id)
	}
	w.stops = g
	w.put(t, evSTWBegin, w.tables.text(why), 0)
	return w.err
}

// StartTheWorld says that the world goes on.
func (w *Writer) StartTheWorld(at time.Duration, m ThreadID) error {
	t, g := w.onRunning(at, m, "the world starts")
	switch {
	case g == nil:
		return w.failed()
	case w.stops != g:
		return w.fail("goroutine %d starts a world that it has not stopped", g.id)
	}
	w.stops = nil
	w.put(t, evSTWEnd)
	return w.err
}

// Log writes a message of the goroutine that runs on the thread, as trace.Log does.
func (w *Writer) Log(at time.Duration, m ThreadID, category, message string, stack ...Frame) error {
	t, g := w.onRunning(at, m, "a log")
	if g == nil {
		return w.failed()
	}
	w.put(t, evUserLog, 0, w.tables.text(category), w.tables.text(message), w.tables.stack(stack))
	return w.err
}
