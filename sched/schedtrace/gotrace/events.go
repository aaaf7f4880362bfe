package gotrace

import "time"

// The events that a Writer writes: each method checks that the event can follow the state,
// changes the state, and encodes it.

// Procs says that the goroutine that runs on the thread has set GOMAXPROCS to n. New
// processors are idle, and removed ones stay idle.
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
