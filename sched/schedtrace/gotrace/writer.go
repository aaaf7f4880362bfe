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
