package overlay

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

func goroot(t *testing.T) string {
	t.Helper()
	root, err := toolchain.Root(t.Context(), release.Running)
	if err != nil {
		t.Skip(err)
	}
	return root
}

// The runtime of the Go at hand has every function that is edited.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	if _, err := Write(goroot(t), dir); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "proc.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"orreryStart(gp, inheritTime)", "orreryHand(mp)", "orreryStole(p2.id)"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("proc.go has no %s", want)
		}
	}
}

// A function that is missing or different is reported by its name.
func TestGone(t *testing.T) {
	root := goroot(t)
	for _, c := range []struct{ old, new, want string }{
		{"func runqsteal(", "func runqtake(", "has no function runqsteal"},
		{"gp = sched.runq.pop()", "gp = sched.runq.first()", "runtime/proc.go:globrunqgetbatch is not as"},
		{"trace.GoStart()", "trace.GoBegin()", "runtime/proc.go:execute is not as"},
		{"return next.ptr(), true", "return next.ptr(), false", "runtime/proc.go:runqget is not as"},
		{"root.nwait.Add(-1)", "root.nwait.Add(^0)", "runtime/sema.go:semacquire1 is not as"},
		{"goto havespan", "goto have", "runtime/mcentral.go:mcentral.cacheSpan is not as"},
		{"func (p *pageAlloc) scavengeOne(", "func (p *pageAlloc) scavengeRow(", "has no function pageAlloc.scavengeOne"},
		{"if needzero && span.needzero != 0", "if span.needzero != 0 && needzero", "runtime/malloc.go:mallocgcLarge is not as"},
		{"if !p.test", "if p.test == false", "runtime/mgcscavenge.go:pageAlloc.scavengeOne is not as"},
		{"lock(&sweep.lock)", "lock(&sweep.mutex)", "runtime/mgc.go:gcSweep is not as"},
		{"c.revise()", "c.review()", "runtime/mgcpacer.go:gcControllerState.startCycle is not as"},
		{"if casi >= nsends", "if nsends <= casi", "runtime/select.go:selectgo is not as"},
		{"func timerchandrain(", "func timerchanempty(", "has no function timerchandrain"},
		{"unlock(&lastc.lock)", "unlock(&last.lock)", "runtime/select.go:selparkcommit is not as"},
		{"pp.wbBuf.next = 0", "pp.wbBuf.clear()", "runtime/mwbbuf.go:wbBufFlush1 is not as"},
		{"scanObjectSmall(spanBase, b,", "scanSmall(spanBase, b,", "runtime/mgcmark_greenteagc.go:scanSpan is not as"},
		{"func scanObject(", "func scanWhole(", "has no function scanObject"},
		{"if gp == getg()", "if getg() == gp", "runtime/mgcmark.go:scanstack is not as"},
		{"work.cycles.Add(1)", "work.cycles.Inc()", "runtime/mgc.go:gcStart is not as"},
		{"gcWaitOnMark(n)", "waitOnMark(n)", "runtime/mgc.go:GC is not as"},
		{"if gcEndWork()", "if endWork()", "runtime/mgcmark.go:gcAssistAlloc1 is not as"},
		{"gcPercent := c.gcPercent.Load()", "percent := c.gcPercent.Load()", "runtime/mgcpacer.go:gcControllerState.revise is not as"},
		{"shade(uintptr(ptr))", "mark(uintptr(ptr))", "runtime/mheap.go:internal_weak_runtime_makeStrongFromWeak is not as"},
		{"notewakeup(&mp.park)", "wakeup(&mp.park)", "runtime/proc.go:startlockedm is not as"},
	} {
		fake := t.TempDir()
		to := filepath.Join(fake, "src", "runtime")
		if err := os.MkdirAll(to, 0o777); err != nil {
			t.Fatal(err)
		}
		for _, name := range files() {
			src, err := os.ReadFile(filepath.Join(root, "src", "runtime", name))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(to, name), []byte(strings.ReplaceAll(string(src), c.old, c.new)), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := Write(fake, t.TempDir()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.new, err, c.want)
		}
	}
	if _, err := Write(t.TempDir(), t.TempDir()); err == nil {
		t.Error("an empty GOROOT is edited")
	}
}

// The notes of an edited runtime about every start, in 27 programs on 1, 2, 4 and 8 Ps,
// follow the scheduler's rules.
func TestRules(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("builds a runtime: set ORRERY_FULL=1")
	}
	c, err := Start(t.Context(), Programs, child.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	all, err := child.Call[Answer](c, Question{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[From]int{}
	all.Programs = append(all.Programs, "timers of nobody", "timers waited for", "stacks", "reads")
	var watched watcher
	for _, procs := range []int{1, 2, 4, 8} {
		for _, program := range all.Programs {
			w := newWatcher()
			for _, n := range run(t, c, Question{Program: program, Procs: procs, Size: 40, Room: 1 << 18, Kinds: Of(Started, Grew) | Of(MarkedP, FlushedP)}) {
				msg := w.note(n)
				if program != "resize" && msg == "" { // that changes the number of Ps
					msg = wrong(n, procs)
				}
				if msg != "" {
					t.Errorf("%s on %d: %s: %+v", program, procs, msg, n)
				}
				if n.Kind == Started {
					seen[n.From]++
				}
			}
			watched.add(w)
			// Of 40 timers each heap has its part, if goroutines wait for them.
			if program == "timers of nobody" && w.heap > 10 || program == "timers waited for" && w.heap*procs < 40 {
				t.Errorf("%s on %d: a heap has at most %d timers", program, procs, w.heap)
			}
		}
	}
	t.Log(seen)
	t.Logf("%+v", watched)
	for _, from := range []From{Next, Ring, GlobalTurn, GlobalBatch, Stolen, Netpoll, Worker, Syscall, Switched} {
		if seen[from] == 0 {
			t.Errorf("no goroutine came from %d, of %v", from, slices.Sorted(maps.Keys(seen)))
		}
	}
	for k := Started; k <= FlushedP; k++ {
		if watched.seen[k] == 0 && (k <= Grew || k >= MarkedP) {
			t.Errorf("no note of kind %d", k)
		}
	}
	for _, n := range []int{watched.exited[InCall], watched.exited[BackToOld], watched.exited[ToIdle], watched.exited[ToQueue], watched.doubled, watched.binary, watched.next, watched.flushed, watched.kept} {
		if n == 0 {
			t.Errorf("something never happened: %+v", watched)
		}
	}
}

// run returns the notes of a program in the order of time.
func run(t *testing.T, c *child.Child, q Question) []Note {
	t.Helper()
	a, err := child.Call[Answer](c, q)
	if err != nil {
		t.Fatal(err)
	}
	notes, err := All(a.Notes)
	if err != nil {
		t.Logf("%s on %d: %v", q.Program, q.Procs, err)
	}
	return notes
}

// wrong returns the rule that a note breaks, or "".
func wrong(n Note, procs int) string {
	size := uint32(n.Object)
	switch {
	case n.Kind == Took && n.From == Stolen && (n.Count != size-size/2 || size > 256):
		return "a thief takes half of a ring, rounded up"
	case n.Kind == Took && n.From == GlobalTurn && (n.Extra%61 != 0 || n.Count != 1):
		return "the global queue comes first once in 61 slices, and gives one"
	case n.Kind == Took && n.From == GlobalBatch && n.Count != min(128, size, size/uint32(procs)+1):
		return "a P takes its share of the global queue"
	case n.Kind == Started && n.From == Unknown:
		return "a goroutine came from nowhere"
	case n.Kind == Started && n.From == Stolen && n.Victim == n.P && n.Flags&LockedToM == 0:
		return "a P stole from itself"
	case n.Kind == Started && n.Flags&LockedToM != 0 && n.From == Next && n.Flags&Inherits == 0:
		// The goroutine was handed to its thread, which begins a time slice with it.
	case n.Kind == Started && (n.From == Next || n.From == Again) != (n.Flags&Inherits != 0) && n.From != Syscall && n.From != Switched && n.From != Resized:
		return "only what was in runnext, or could not park, inherits the time slice"
	}
	return ""
}
