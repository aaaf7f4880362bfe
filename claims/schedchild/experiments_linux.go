package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

var experiments = map[string]experiment{
	"orders": orders, "threads": onThreads, "switches": switches, "objects": objects, "stacks": stacks, "leak": leak,
	"bursts": bursts, "limit": limit, "loop": loop, "procs": procs, "most": most, "inside": inside, "call": call,
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

// argument is a number behind the experiment's name.
func argument(i int) int {
	n := 0
	fmt.Sscan(os.Args[i], &n)
	return n
}

// within reports what was found within a time slice: after 10 ms, sysmon stops who
// runs.
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

// usual is what came most often: once in 61 times the scheduler looks elsewhere.
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

// orders are about who runs when, on one P.
func orders() {
	quiet()
	say("started", started(10))
	say("10", within(func() string { return spawned(10) }))
	say("first of 258", strings.Fields(within(func() string { return spawned(258) }))[0])
	say("yield", usual(yields))
	say("gap", within(gap))
	say("counts", counts())
	say("lost", usual(lost))
	say("short", usual(short))
	say("long", long())
}

// started counts the goroutines of n go statements.
func started(n int) int {
	stop := make(chan bool)
	before := runtime.NumGoroutine()
	for i := 0; i < n; i++ {
		go func() { <-stop }()
	}
	k := runtime.NumGoroutine() - before
	close(stop)
	for i := 0; i < 5; i++ {
		runtime.Gosched()
	}
	return k
}

// spawned is the order in which n goroutines run.
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

// yields has A yield before B starts three.
func yields() string {
	var ran []string
	done := make(chan bool)
	at := func(who string) {
		if ran = append(ran, who); len(ran) == 6 {
			done <- true
		}
	}
	go func() {
		at("A1")
		go func() {
			at("B")
			for i := 0; i < 3; i++ {
				go func(i int) { at(fmt.Sprint("C", i)) }(i)
			}
		}()
		runtime.Gosched()
		at("A2")
	}()
	<-done
	return strings.Join(ran, " ")
}

// gap is how many goroutines of the P's queue run between two looks at the global
// one, in which a goroutine is that yields.
func gap() string {
	const n = 250
	left, back := n, []int{}
	done := make(chan bool)
	go func() {
		for left > 0 {
			runtime.Gosched()
			back = append(back, left)
		}
		done <- true
	}()
	for i := 0; i < n; i++ {
		go func() { left-- }()
	}
	<-done
	for i := 0; i < 3; i++ {
		if back[i]-back[i+1] != back[0]-back[1] {
			return fmt.Sprint(back[:4])
		}
	}
	return fmt.Sprint(back[0] - back[1])
}

// counts has two goroutines count for themselves, and yield after each number.
func counts() string {
	var n [2]int
	done := make(chan bool)
	for g := 0; g < 2; g++ {
		go func(g int) {
			mine := 0
			for i := 0; i < 8; i++ {
				mine++
				runtime.Gosched()
			}
			n[g] = mine
			done <- true
		}(g)
	}
	<-done
	<-done
	return fmt.Sprint(n[0], n[1])
}

// lost has two goroutines add 1 to n, with a switch between the load and the store.
func lost() string {
	n := 0
	done := make(chan bool)
	for g := 0; g < 2; g++ {
		go func() {
			x := n
			runtime.Gosched()
			n = x + 1
			done <- true
		}()
	}
	<-done
	<-done
	return fmt.Sprint(n)
}

// short tells whether another goroutine runs before a short system call returns.
func short() string {
	ran := false
	go func() { ran = true }()
	syscall.Syscall(syscall.SYS_GETPPID, 0, 0, 0)
	before := ran
	for !ran {
		runtime.Gosched()
	}
	if before {
		return "yes"
	}
	return "no"
}

// long tells whether another goroutine runs during a system call that blocks until
// it does.
func long() string {
	r, w := pipe()
	ran := false
	go func() {
		ran = true
		syscall.Write(w, []byte("x"))
	}()
	readByte(r)
	if ran {
		return "yes"
	}
	return "no"
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

// onThreads counts the threads that goroutines ran on, on one P.
func onThreads() {
	quiet()
	start := make(chan bool)
	done := make(chan bool)
	on := map[int]bool{}
	left := 1000
	for i := 0; i < 1000; i++ {
		go func() {
			<-start
			on[tid()] = true
			if left--; left == 0 {
				done <- true
			}
		}()
	}
	runtime.Gosched()
	close(start)
	<-done
	say("free", len(on))
	on, left = map[int]bool{}, 10
	stop := make(chan bool)
	for i := 0; i < 10; i++ {
		go func() {
			runtime.LockOSThread()
			on[tid()] = true
			if left--; left == 0 {
				done <- true
			}
			<-stop
		}()
	}
	<-done
	say("locked", len(on))
	say("most", debug.SetMaxThreads(20000))
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

// objects counts what the runtime allocates for a go statement: while all
// goroutines are there, and when each has ended before the next.
func objects() {
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
	before, profiled := runtime.NumGoroutine(), pprof.Lookup("goroutine").Count()
	for i := 0; i < 100; i++ {
		go func() { make(chan int) <- 1 }()
	}
	runtime.Gosched()
	runtime.GC()
	say("left", runtime.NumGoroutine()-before)
	say("profile", pprof.Lookup("goroutine").Count()-profiled)
}

// bursts counts, to the next ten, the threads that come while 50 goroutines wait.
func bursts() {
	quiet()
	const n = 50
	last, ms := threads(), pprof.Lookup("threadcreate").Count()
	more := func(key string) {
		k := threads()
		say(key, tens(k-last))
		last = k
	}
	wait := func(key string, on func()) {
		there := 0
		for i := 0; i < n; i++ {
			go func() { there++; on() }()
		}
		for there < n {
			runtime.Gosched()
		}
		for i := 0; i < 5; i++ {
			runtime.Gosched()
		}
		more(key)
	}
	stop := make(chan bool)
	var mu sync.Mutex
	mu.Lock()
	wait("channel", func() { <-stop })
	wait("mutex", func() { mu.Lock() })
	wait("sleep", func() { time.Sleep(time.Hour) })
	r, w := pipe()
	back := 0
	for i := 1; i <= 2; i++ {
		wait(fmt.Sprint("calls ", i), func() { readByte(r); back++ })
		if i == 1 {
			say("ms", tens(pprof.Lookup("threadcreate").Count()-ms))
			say("at once", n-back+1) // with this one
		}
		syscall.Write(w, make([]byte, n))
		for back < n {
			runtime.Gosched()
		}
		back = 0
	}
}

// limit has more goroutines with threads of their own than there may be threads.
func limit() {
	quiet()
	debug.SetMaxThreads(argument(2))
	for i := 0; i < argument(3); i++ {
		go func() {
			runtime.LockOSThread()
			<-forever
		}()
	}
	for i := 0; i < 5000; i++ {
		runtime.Gosched()
		time.Sleep(time.Millisecond)
	}
}

// loop is a loop without calls on one P, and a goroutine that would end it.
func loop() {
	go func() { os.Exit(0) }()
	for i := 0; ; i++ {
	}
}

// procs reports how many Ps there are, and how many after they were set.
func procs() {
	if runtime.GOMAXPROCS(0) == runtime.NumCPU() {
		say("are", "the CPUs")
	} else {
		say("are", runtime.GOMAXPROCS(0))
	}
	say("env", runtime.GOMAXPROCS(0))
	runtime.GOMAXPROCS(2)
	say("set", runtime.GOMAXPROCS(0))
}

// most reports how many Ps there are when more are wanted.
func most() {
	runtime.GOMAXPROCS(1100)
	say("most", runtime.GOMAXPROCS(0))
}

// inside counts how many of 8 goroutines that have threads of their own run at
// once. Each stays until as many have been there as there are Ps, and a while longer.
func inside() {
	quiet()
	limit := int32(argument(2))
	var in, most, ready int32
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			runtime.LockOSThread()
			for atomic.AddInt32(&ready, 1); atomic.LoadInt32(&ready) < 8; {
				runtime.Gosched()
			}
			atomic.AddInt32(&in, 1)
			for i := 0; i < 200000 || atomic.LoadInt32(&most) < limit; i++ {
				if n, m := atomic.LoadInt32(&in), atomic.LoadInt32(&most); n > m {
					atomic.CompareAndSwapInt32(&most, m, n)
				}
			}
			atomic.AddInt32(&in, -1)
			wg.Done()
		}()
	}
	wg.Wait()
	say("most", most)
}

// call tells whether a goroutine is on the same thread after a system call during
// which its P was taken, with nobody else on any P.
func call() {
	quiet()
	same := make(chan bool)
	go func() {
		before := tid()
		ts := syscall.NsecToTimespec(int64(25 * time.Millisecond))
		syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
		same <- tid() == before
	}()
	say("same", <-same)
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
