// Child asks the runtime's poller. It calls netpoll and netpollBreak, and reports what the
// kernel sees of that, the timeout of the system call and the count of the eventfd: for that
// it has two Ps. Or goroutines wait for a connection, and it reports in which order they run
// on one P. There is no collector, and no signal to goroutines.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"github.com/orrery-go/orrery/internal/child"
)

// A Question asks for one of three things.
type Question struct {
	Sleep *time.Duration // what a call of netpoll with this delay does, and a signal to it
	Ops   string         // the eventfd's count after each of them: b is netpollBreak, 0 and 1 are netpoll with this many ms
	Order string         // in which order goroutines run that wait: "two readers", "the peer closes", "it is closed"
}

// An Answer is the answer to one of them.
type Answer struct {
	Timeout   int32    // of the system call, in ms
	Ended     bool     // the signal has ended the call
	Counts    []uint64 // of the eventfd
	Ran       []Run
	Slices    int    // time slices that the P began meanwhile
	Disturbed string // why there is no answer, or ""
}

func main() {
	r, w, err := os.Pipe() // the first file makes the runtime's poller
	if err != nil {
		panic(err)
	}
	defer r.Close()
	defer w.Close()
	child.Serve(func(q Question) (Answer, error) {
		switch {
		case q.Sleep != nil:
			return sleep(*q.Sleep)
		case q.Order != "":
			return order(q.Order)
		}
		return breaks(q.Ops)
	})
}

// sleep lets a thread call netpoll, and looks at it from another.
func sleep(delay time.Duration) (a Answer, err error) {
	tids, over := make(chan int), make(chan bool)
	go func() {
		runtime.LockOSThread()
		tids <- syscall.Gettid()
		netpoll(int64(delay))
		close(over)
	}()
	tid := <-tids
	ended := func() bool {
		select {
		case <-over:
			return true
		default:
			return false
		}
	}
	waits := -1 // how often it had waited for the kernel before the signal
	err = until(func() bool {
		var ok bool
		if a.Timeout, ok = polls(tid); ok {
			waits = waited(tid)
		}
		return ok || ended()
	})
	if err != nil {
		return a, err
	}
	if waits < 0 {
		a.Disturbed = "it was over before it was seen"
		return a, nil
	}
	if err := syscall.Tgkill(syscall.Getpid(), tid, syscall.SIGURG); err != nil && !ended() {
		return a, err
	}
	err = until(func() bool {
		a.Ended = ended()
		_, again := polls(tid)
		return a.Ended || again && waited(tid) > waits
	})
	for !ended() { // another thread may take the break
		netpollBreak()
		time.Sleep(time.Millisecond)
	}
	return a, err
}

// breaks calls netpollBreak and netpoll. Meanwhile a goroutine that computes has the other
// P, and this one does without system calls that the scheduler knows of, so that no thread
// can begin to ask the kernel. One that does so already is woken before.
func breaks(ops string) (a Answer, err error) {
	eventfd, err := find("anon_inode:[eventfd]")
	if err != nil {
		return a, err
	}
	var busy, stop atomic.Bool
	defer stop.Store(true)
	go func() {
		for busy.Store(true); !stop.Load(); {
		}
	}()
	for !busy.Load() {
	}
	alone, err := quiet()
	if err != nil {
		return a, err
	}
	netpoll(1) // takes what no thread has taken
	for _, op := range ops {
		switch op {
		case 'b':
			netpollBreak()
		case '0', '1':
			netpoll(int64(op-'0') * int64(time.Millisecond))
		}
		n, err := count(eventfd)
		if err != nil {
			return a, err
		}
		a.Counts = append(a.Counts, n)
	}
	if !alone() {
		a.Disturbed = "another thread asks the kernel"
	}
	return a, nil
}

// quiet wakes the threads that sleep in epoll_pwait, each of which finds no P then. The
// caller must keep its P. The function that it returns reports whether there is no such
// thread and no new one.
func quiet() (alone func() bool, err error) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return nil, err
	}
	others := func() bool {
		for _, d := range threads {
			tid, _ := strconv.Atoi(d.Name())
			if _, ok := polls(tid); ok {
				return true
			}
		}
		return false
	}
	err = until(func() bool {
		if !others() {
			return true
		}
		netpollBreak()
		return false
	})
	return func() bool {
		now, err := os.ReadDir("/proc/self/task")
		return err == nil && len(now) == len(threads) && !others()
	}, err
}

// polls reports whether the thread sleeps in epoll_pwait, and with which timeout in ms.
func polls(tid int) (timeout int32, ok bool) {
	stat := read(fmt.Sprintf("/proc/self/task/%d/stat", tid))
	if _, rest, _ := strings.Cut(stat, ") "); !strings.HasPrefix(rest, "S") {
		return 0, false
	}
	f := strings.Fields(read(fmt.Sprintf("/proc/self/task/%d/syscall", tid)))
	if len(f) < 5 || f[0] != strconv.Itoa(syscall.SYS_EPOLL_PWAIT) {
		return 0, false
	}
	n, err := strconv.ParseUint(f[4], 0, 64)
	return int32(uint32(n)), err == nil
}

// waited returns how often the thread has waited in the kernel.
func waited(tid int) int {
	_, rest, _ := strings.Cut(read(fmt.Sprintf("/proc/self/task/%d/status", tid)), "\nvoluntary_ctxt_switches:")
	line, _, _ := strings.Cut(rest, "\n")
	n, _ := strconv.Atoi(strings.TrimSpace(line))
	return n
}

// find returns the descriptor of this process that is such a file.
func find(link string) (fd int, err error) {
	fds, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0, err
	}
	for _, d := range fds {
		if l, _ := os.Readlink("/proc/self/fd/" + d.Name()); l == link {
			return strconv.Atoi(d.Name())
		}
	}
	return 0, errors.New("there is no " + link)
}

// count returns the count of an eventfd.
func count(fd int) (uint64, error) {
	_, rest, _ := strings.Cut(read(fmt.Sprintf("/proc/self/fdinfo/%d", fd)), "eventfd-count:")
	line, _, _ := strings.Cut(rest, "\n")
	return strconv.ParseUint(strings.TrimSpace(line), 16, 64)
}

// read reads a file by system calls that the scheduler does not know of. It returns "" if
// there is none.
func read(name string) string {
	path, err := syscall.BytePtrFromString(name)
	if err != nil {
		return ""
	}
	const here = -100 // AT_FDCWD
	at := here
	fd, _, errno := syscall.RawSyscall6(syscall.SYS_OPENAT, uintptr(at), uintptr(unsafe.Pointer(path)), syscall.O_RDONLY|syscall.O_CLOEXEC, 0, 0, 0)
	if errno != 0 {
		return ""
	}
	text := make([]byte, 4096)
	n, _, errno := syscall.RawSyscall(syscall.SYS_READ, fd, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
	syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
	if errno != 0 {
		return ""
	}
	return string(text[:n])
}

// until waits until done returns true.
func until(done func() bool) error {
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			return errors.New("nothing has happened for 20 seconds")
		}
		wait := syscall.NsecToTimespec(20_000)
		syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&wait)), 0, 0)
	}
	return nil
}
