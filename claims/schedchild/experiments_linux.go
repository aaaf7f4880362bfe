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

// quiet keeps the garbage collector, and the runtime's initial work, from interfering.
func quiet() {
	debug.SetGCPercent(-1)
	for i := 0; i < 5; i++ {
		runtime.Gosched()
	}
}

// argument returns argument i after the experiment's name, as a number.
func argument(i int) int {
	n := 0
	fmt.Sscan(os.Args[i], &n)
	return n
}

// within returns a finding from less than a time slice: after 10 ms, sysmon preempts the
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

// usual returns the most frequent finding: once in 61 times the scheduler looks at the
// global queue first.
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

// first reports which of 258 goroutines runs first.
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

// pipe makes a pipe that the runtime's poller does not know.
func pipe() (r, w int) {
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		panic(err)
	}
	return fds[0], fds[1]
}

// readByte performs a system call that blocks until there is a byte.
func readByte(fd int) {
	var b [1]byte
	syscall.Syscall(syscall.SYS_READ, uintptr(fd), uintptr(unsafe.Pointer(&b[0])), 1)
}

// switches counts the thread switches of the kernel during 1,000 switches of goroutines.
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

// goObjects counts the objects that the runtime allocates for a go statement: while all
// goroutines exist, and if each has ended before the next.
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

// stacks reports the bytes of stack of each of 200 goroutines, and the additional bytes
// when 200 follow them.
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

// leak starts goroutines that wait forever, and runs a collection.
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

// procs reports the number of Ps.
func procs() {
	if runtime.GOMAXPROCS(0) == runtime.NumCPU() {
		say("are", "the CPUs")
	} else {
		say("are", runtime.GOMAXPROCS(0))
	}
}

// most reports the number of Ps when too many are requested.
func most() {
	runtime.GOMAXPROCS(1100)
	say("most", runtime.GOMAXPROCS(0))
}

// runnext reports 1 if the goroutine that was started last is not in the P's ring.
func runnext() int {
	if usual(func() string { return spawned(2) }) == "1 0" {
		return 1
	}
	return 0
}

// After a mark nothing may call the scheduler, so that it cannot stop this goroutine: a
// raw system call keeps the P.

// An empty pipe, and room for what is read from it.
var empty, _ = pipe()
var room = unsafe.Pointer(new([1]byte))

// crowd starts goroutines, and keeps the P.
func crowd() {
	quiet()
	n := argument(2)
	text, size := mark(n-runnext(), 1)
	runtime.Gosched()
	ran := false
	for i := 0; i < n; i++ {
		go func() { ran = true }()
	}
	if ran {
		os.Exit(3) // this goroutine was stopped
	}
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
	for {
		syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
	}
}

// batch makes 200 goroutines yield until all are in the global queue. The first that
// runs then came with a batch, unless the scheduler looked there because it was its
// turn.
func batch() {
	quiet()
	const n = 200
	text, size := mark(n-1, 1)
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
				os.Exit(3) // a goroutine may have been stopped, so that the count of slices is off
			}
			syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
			for {
				syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
			}
		}()
	}
	<-forever
}

// steal makes a goroutine keep one P while another starts many, each of which keeps the
// P on which it runs. Then the first one ends.
func steal() {
	quiet()
	n := argument(2)
	text, size := mark(n-runnext()-1, 1)
	for i := 0; i < n; i++ {
		go endAtOnce() // ended goroutines are reused, which makes starting others quicker
	}
	time.Sleep(2 * time.Millisecond) // until the other P is idle
	var running, leave, ran int32
	go func() {
		atomic.StoreInt32(&running, 1)
		for atomic.LoadInt32(&leave) == 0 {
			if atomic.LoadInt32(&ran) != 0 {
				syscall.RawSyscall(syscall.SYS_EXIT_GROUP, 3, 0, 0) // the goroutine that starts them was stopped
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

// returns makes a goroutine come back from a system call while the only P is busy.
func returns() {
	quiet()
	r, w := pipe()
	before, n := mark(0, 3)
	after, m := mark(1, 3)
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
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(after), m)
	for {
		syscall.RawSyscall(syscall.SYS_READ, uintptr(empty), uintptr(room), 1)
	}
}

// resize changes the number of Ps.
func resize() {
	quiet()
	text, size := mark(0, 1)
	for _, n := range []int{1, 4, 2} {
		runtime.GOMAXPROCS(n)
		syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(text), size)
		syscall.RawSyscall(syscall.SYS_READ, 0, uintptr(room), 1)
	}
}

// idle does nothing for a while.
func idle() { time.Sleep(5 * time.Second) }
