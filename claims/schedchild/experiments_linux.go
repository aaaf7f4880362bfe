package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

var experiments = map[string]experiment{
	"first": first, "switches": switches, "objects": goObjects, "stacks": stacks, "leak": leak, "procs": procs, "most": most,
	"crowd": crowd, "batch": batch, "steal": steal, "returns": returns, "resize": resize, "idle": idle,
}

// quiet keeps the garbage collector, and what the runtime does in the beginning,
// from coming between.
func quiet() {
	debug.SetGCPercent(-1)
	for i := 0; i < 5; i++ {
		runtime.Gosched()
	}
}

// argument returns a number after the experiment's name.
func argument(i int) int {
	n := 0
	fmt.Sscan(os.Args[i], &n)
	return n
}

// within returns a finding of less than a time slice: after 10 ms, sysmon preempts the
// goroutine.
func within(of func() string) string {
	for try := 0; try < 1000; try++ {
		runtime.Gosched()
		start := time.Now()
		if s := of(); time.Since(start) < 8*time.Millisecond {
			return s
		}
	}
	return disturbed
}

// usual returns what came most often: once in 61 times the scheduler looks elsewhere.
func usual(of func() string) string {
	count := map[string]int{}
	most := ""
	for i := 0; i < 11; i++ {
		s := within(of)
		if count[s]++; count[s] > count[most] {
			most = s
		}
	}
	return most
}

// first is which of 258 goroutines runs first.
func first() {
	quiet()
	say("of 258", strings.Fields(within(func() string { return spawned(258) }))[0])
	say("most threads", debug.SetMaxThreads(20000))
}

// spawned returns the order in which n goroutines run.
func spawned(n int) string {
	var ran []string
	done := make(chan bool)
	for i := 0; i < n; i++ {
		go func(i int) {
			if ran = append(ran, fmt.Sprint(i)); len(ran) == n {
				done <- true
			}
		}(i)
	}
	<-done
	return strings.Join(ran, " ")
}

// pipe makes one that the runtime's poller does not know.
func pipe() (r, w int) {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	return fds[0], fds[1]
}

// readByte is a system call that blocks until there is something.
func readByte(fd int) {
	var b [1]byte
	syscall.Syscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), 1)
}

// switches counts how often the kernel switched, for 1,000 switches of goroutines.
func switches() {
	quiet()
	const n = 100000
	done := make(chan bool)
	turn := func() {
		for i := 0; i < n/2; i++ {
			runtime.Gosched()
		}
		done <- true
	}
	var before, after syscall.Rusage
	const thread = 1 // RUSAGE_THREAD
	go turn()
	go turn()
	syscall.Getrusage(thread, &before)
	on := tid()
	<-done
	<-done
	if syscall.Getrusage(thread, &after); tid() != on {
		fmt.Println(disturbed + "another thread")
		return
	}
	say("kernel", (int(after.Nvcsw-before.Nvcsw)*1000+n/2)/n)
}

var forever = make(chan bool)

func endAtOnce()   {}
func waitForEver() { <-forever }

// goObjects counts what the runtime allocates for a go statement: while all
// goroutines are there, and when each has ended before the next.
func goObjects() {
	quiet()
	var before, after runtime.MemStats
	const n = 1000
	go endAtOnce()
	runtime.Gosched()
	per := func(do func()) int {
		runtime.ReadMemStats(&before)
		for i := 0; i < n; i++ {
			do()
		}
		runtime.ReadMemStats(&after)
		return int(after.Mallocs-before.Mallocs+n/2) / n
	}
	inTurn, atOnce := "new", "again"
	if per(func() { go endAtOnce(); runtime.Gosched() }) == 0 {
		inTurn = "again"
	}
	if per(func() { go waitForEver() }) > 0 {
		atOnce = "new"
	}
	say("objects", atOnce, inTurn)
}

// stacks reports the bytes of stack of each of 200 goroutines, and how many more
// are used when 200 come after them.
func stacks() {
	quiet()
	var before, first, second runtime.MemStats
	const n = 200
	burst := func(m *runtime.MemStats) {
		runtime.Gosched()
		ran := 0
		for i := 0; i < n; i++ {
			go func() { ran++ }()
		}
		if ran > 0 {
			fmt.Println(disturbed + "main was stopped")
		}
		runtime.ReadMemStats(m)
		for i := 0; i < 100; i++ {
			runtime.Gosched()
		}
		if ran < n {
			fmt.Println(disturbed + "some are left")
		}
	}
	runtime.ReadMemStats(&before)
	burst(&first)
	burst(&second)
	per := func(a, b *runtime.MemStats) int { return (int(b.StackInuse-a.StackInuse)/n + 512) / 1024 * 1024 }
	say("first", per(&before, &first))
	say("second", per(&first, &second))
}

// leak starts goroutines that wait for ever, and collects garbage.
func leak() {
	quiet()
	profiled := pprof.Lookup("goroutine").Count()
	for i := 0; i < 100; i++ {
		go func() { make(chan int) <- 1 }()
	}
	runtime.Gosched()
	runtime.GC()
	say("profile", pprof.Lookup("goroutine").Count()-profiled)
}

// procs reports how many Ps there are.
func procs() {
	if runtime.GOMAXPROCS(0) == runtime.NumCPU() {
		say("are", "the CPUs")
	} else {
		say("are", runtime.GOMAXPROCS(0))
	}
}

// most reports how many Ps there are when more are wanted.
func most() {
	runtime.GOMAXPROCS(1100)
	say("most", runtime.GOMAXPROCS(0))
}

// runnext is 1 if the last goroutine that is started is not in the P's ring.
func runnext() int {
	if usual(func() string { return spawned(2) }) == "1 0" {
		return 1
	}
	return 0
}

// What follows a mark calls nothing that the scheduler knows of, so that nothing
// stops it: a raw system call keeps the P, and takes no time from others.

// An empty pipe, and room for what is read from it.
var empty, _ = pipe()
var room = unsafe.Pointer(new([1]byte))

// crowd starts goroutines, and keeps the P.
func crowd() {
	quiet()
	n := argument(2)
	text, size := mark(n - runnext())
	runtime.Gosched()
	ran := false
	for i := 0; i < n; i++ {
		go func() { ran = true }()
	}
	if ran {
		os.Exit(3) // this one was stopped
	}
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
	for {
		syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
	}
}

// batch has 200 goroutines yield until all are in the global queue. The first that
// runs then, unless the scheduler looked there by turns, came with a batch.
func batch() {
	quiet()
	const n = 200
	text, size := mark(n - 1)
	all, tick, pick := 0, 0, 0
	runtime.Gosched()
	start := time.Now()
	for i := 0; i < n; i++ {
		go func() {
			all++
			for tick++; ; {
				runtime.Gosched()
				if tick++; all < n {
					pick = tick
				} else if tick-pick != 61 {
					break
				}
			}
			if time.Since(start) > 8*time.Millisecond {
				os.Exit(3) // one was stopped, perhaps, and the count of slices is off
			}
			syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
			for {
				syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
			}
		}()
	}
	<-forever
}

// steal has a goroutine keep one P while another starts many, that keep whatever P
// they get. Then the first one ends.
func steal() {
	quiet()
	n := argument(2)
	text, size := mark(n - runnext() - 1)
	for i := 0; i < n; i++ {
		go endAtOnce() // what has ended makes it quicker to start others
	}
	time.Sleep(2 * time.Millisecond) // until the other P has nothing to do
	var running, leave, ran int32
	go func() {
		atomic.StoreInt32(&running, 1)
		for atomic.LoadInt32(&leave) == 0 {
			if atomic.LoadInt32(&ran) != 0 {
				syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 3, 0, 0) // the one that starts them was stopped
			}
		}
	}()
	for atomic.LoadInt32(&running) == 0 {
		runtime.Gosched()
	}
	for i := 0; i < n; i++ {
		go func() {
			atomic.StoreInt32(&ran, 1)
			for {
				syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
			}
		}()
	}
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
	atomic.StoreInt32(&leave, 1)
	for {
		syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
	}
}

// returns has a goroutine come back from a system call while the only P is kept.
func returns() {
	quiet()
	r, w := pipe()
	before, n := mark(0)
	after, _ := mark(1)
	entered := false
	go func() {
		entered = true
		readByte(r)
	}()
	for !entered {
		runtime.Gosched()
	}
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(before), n)
	syscall.RawSyscall(syscall.SYS_READ, 0, uintptr(room), 1)
	syscall.RawSyscall(syscall.SYS_WRITE, uintptr(w), uintptr(room), 1)
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(after), n)
	for {
		syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
	}
}

// resize changes how many Ps there are.
func resize() {
	quiet()
	text, size := mark(0)
	for _, n := range []int{1, 4, 2} {
		runtime.GOMAXPROCS(n)
		syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
		syscall.RawSyscall(syscall.SYS_READ, 0, uintptr(room), 1)
	}
}

// idle does nothing for a while.
func idle() { time.Sleep(5 * time.Second) }
