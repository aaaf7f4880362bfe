package overlay

import (
	"fmt"
	"go/ast"
)

// schedRules are the steps of the scheduler, and the pauses of its threads.
var schedRules = []rule{
	{"proc.go", "findRunnable", findRunnable},
	{"proc.go", "runqget", runqget},
	{"proc.go", "runqgrab", runqgrab},
	{"proc.go", "runqsteal", runqsteal},
	{"proc.go", "globrunqget", globrunqget},
	{"proc.go", "globrunqgetbatch", globrunqgetbatch},
	{"proc.go", "startlockedm", beforeCall("notewakeup", "orreryHand(mp)", 1)},
	{"proc.go", "park_m", beforeCall("execute", from(Again), 1)},
	{"proc.go", "exitsyscallNoP", exitsyscallNoP},
	{"proc.go", "execute", beforeStart("orreryStart(gp, inheritTime)", 1)},
	{"proc.go", "exitsyscall", beforeStart(from(Syscall)+"; orreryStart(gp, true)", 2)},
	{"proc.go", "procresize", beforeStart(from(Resized)+"; orreryStart(gp.m.curg, true)", 1)},
	{"proc.go", "ready", pausing},
	{"proc.go", "newproc", pausing},
	{"proc.go", "goschedImpl", pausing},
	{"proc.go", "goyield_m", pausing},
	{"proc.go", "goexit0", pausing},
	{"proc.go", "park_m", pausing},
	{"proc.go", "injectglist", pausing},
	{"proc.go", "runqput", pausing},
	{"proc.go", "runqputslow", pausing},
	{"proc.go", "runqputbatch", pausing},
	{"proc.go", "runqget", pausing},
	{"proc.go", "runqgrab", pausing},
	{"proc.go", "runqsteal", pausing},
	{"proc.go", "findRunnable", pausing},
	{"proc.go", "execute", pausing},
	{"proc.go", "exitsyscallNoP", pausing},
	{"proc.go", "startlockedm", pausing},
	{"proc.go", "sysmon", each(
		beforeCall("usleep", note(Watched, "uint64(idle)", "-1", "-1", "delay"), 1),
		beforeText("list, delta := netpoll(0)", note(Polled, "uint64(now-lastpoll)", "-1", "-1", "0"), 1))},
	{"proc.go", "retake", each(
		beforeCall("preemptone", note(Asked, "uint64(now-pd.schedwhen)", "pp.id", "-1", "0"), 1),
		beforeText("pd.syscallwhen = now", note(SeenInCall, "uint64(now)", "pp.id", "-1", "uint32(syst)"), 1),
		beforeCall("thread.takeP", "if sysretake {\n"+note(Retook, "0", "pp.id", "-1", "1")+"\n} else {\n"+note(Retook, "uint64(now-pd.syscallwhen)", "pp.id", "-1", "0")+"\n}", 1))},
	{"proc.go", "exitsyscall", beforeText("if pp.syscalltick == gp.m.syscalltick", note(Exited, "gp.goid", "pp.id", "-1", fmt.Sprint(InCall)), 1)},
	{"proc.go", "exitsyscallTryGetP", each(
		beforeText("return oldp", note(Exited, "getg().m.curg.goid", "oldp.id", "oldp.id", fmt.Sprint(BackToOld)), 1),
		beforeText("return pp", note(Exited, "getg().m.curg.goid", "pp.id", "-1", fmt.Sprint(ToIdle)), 1))},
	{"proc.go", "exitsyscallNoP", each(
		beforeCall("acquirep", note(Exited, "gp.goid", "pp.id", "-1", fmt.Sprint(ToIdle)), 1),
		beforeCall("globrunqput", note(Exited, "gp.goid", "-1", "sched.npidle.Load()", fmt.Sprint(ToQueue)), 1))},
	{"proc.go", "gfput", beforeCall("pp.gFree.push", note(Freed, "uint64(pp.gFree.size)", "pp.id", "-1", "0"), 1)},
	{"proc.go", "gfget", beforeText("gp := pp.gFree.pop()", note(Reused, "uint64(pp.gFree.size)", "pp.id", "-1", "0"), 1)},
	{"proc.go", "pidleput", beforeText("pp.link = sched.pidle", note(Idled, "0", "pp.id", "-1", "0"), 1)},
	{"proc.go", "pidleget", beforeText("sched.pidle = pp.link", note(Busied, "0", "pp.id", "-1", "0"), 1)},
	{"proc.go", "procresize", beforeCall("stealOrder.reset", note(Changed, "uint64(nprocs)", "-1", "-1", "0"), 1)},
	{"stack.go", "newstack", beforeCall("copystack", note(Grew, "uint64(newsize)", "-1", "-1", "uint32(oldsize)"), 1)},
	{"time.go", "timers.addHeap", beforeText("if t == ts.heap[0].timer", "orreryHeap(ts)", 1)},
	{"time.go", "timers.deleteMin", beforeCall("ts.updateMinWhenHeap", "orreryHeap(ts)", 1)},
	{"coro.go", "coroswitch_m", beforeCall("trace.GoSwitch", from(Switched)+"; orreryStart(gnext, true)", 1)},
}

// from returns a statement that records the place from which this thread takes its next
// goroutine.
func from(f From) string { return fmt.Sprintf("orreryFrom(%d, -1, 1, 0, false)", f) }

// beforeStart adds a statement before the runtime reports to the trace that a goroutine
// begins to run, even if nothing is traced.
func beforeStart(statement string, want int) func(*function) error {
	return beforeCall("trace.GoStart", statement, want)
}

// pausing lets the thread pause before each statement, if the program asks for it.
func pausing(f *function) error {
	f.statements(func(s ast.Stmt, _ []ast.Node) {
		if _, ok := s.(*ast.LabeledStmt); !ok {
			f.before(s, "orreryPause()")
		}
	})
	return nil
}

// sources are the calls in findRunnable that find a goroutine.
var sources = []struct {
	call string
	from From // Unknown: the called function records it
}{
	{"traceReader", Reader},
	{"gcController.findRunnableGCWorker", Worker},
	{"globrunqget", Unknown},
	{"runqget", Unknown},
	{"globrunqgetbatch", Unknown},
	{"netpoll", Netpoll},
	{"stealWork", Unknown},
	{"gcBgMarkWorkerPool.pop", IdleWorker},
	{"beforeIdle", Callback},
	{"checkIdleGCNoP", IdleWorker},
}

// findRunnable: the goroutine of a return comes from the last of the sources before it.
func findRunnable(f *function) error {
	var err error
	returns := 0
	f.statements(func(s ast.Stmt, before []ast.Node) {
		r, ok := s.(*ast.ReturnStmt)
		if !ok {
			return
		}
		returns++
		for i := len(before) - 1; i >= 0; i-- {
			for _, source := range sources {
				if _, block := before[i].(*ast.IfStmt); block || !f.calls(before[i], source.call) {
					continue
				}
				if source.from != Unknown {
					f.before(r, from(source.from))
				}
				return
			}
		}
		err = fmt.Errorf("a return without a source: %s", f.fset.Position(r.Pos()))
	})
	if err == nil && returns != 13 {
		err = fmt.Errorf("it returns in %d places, and not in 13", returns)
	}
	return err
}

var runqget = each(
	beforeText("return next.ptr(), true", from(Next), 1),
	beforeText("return gp, false", from(Ring), 1),
)

// runqgrab records whether it took runnext; runqsteal records the number of goroutines.
var runqgrab = each(
	beforeText("return 1", "orreryFrom(0, 0, 1, 0, true)", 1),
	beforeText("return n", fmt.Sprintf("orreryFrom(%d, pp.id, n, t-h, false)", Stolen), 1),
)

var runqsteal = beforeText("return gp", "orreryStole(p2.id)", 2)

var globrunqget = beforeText("return sched.runq.pop()", fmt.Sprintf("orreryFrom(%d, -1, 1, uint32(sched.runq.size), false)", GlobalTurn), 1)

var globrunqgetbatch = beforeText("gp = sched.runq.pop()", fmt.Sprintf("orreryFrom(%d, -1, uint32(n), uint32(sched.runq.size), false)", GlobalBatch), 1)

// exitsyscallNoP executes the goroutine that has brought it a P, or, if it is locked,
// the one that another thread has handed to it.
func exitsyscallNoP(f *function) error {
	n := 0
	f.statements(func(s ast.Stmt, before []ast.Node) {
		if f.callOf(s) != "execute" {
			return
		}
		n++
		if last := before[len(before)-1]; !f.calls(last, "stoplockedm") {
			f.before(s, from(SyscallIdle))
		}
	})
	if n != 2 {
		return fmt.Errorf("it executes in %d places, and not in 2", n)
	}
	return nil
}
