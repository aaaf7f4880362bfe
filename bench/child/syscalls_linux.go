package main

import (
	"os"
	"syscall"
	"time"
	"unsafe"
)

// call performs a system call that takes d. For less than a microsecond it asks for the
// parent's process id, since no sleep is as short.
func call(d time.Duration) {
	if d < time.Microsecond {
		syscall.Syscall(syscall.SYS_GETPPID, 0, 0, 0)
		return
	}
	ts := syscall.NsecToTimespec(int64(d))
	syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
}

// spin computes without a call in which the scheduler could stop it: raw system calls, of
// which it does not know, tell the time. In between it counts, since no signal stops a
// goroutine in a system call.
func spin(d time.Duration) {
	const monotonic = 1
	var ts syscall.Timespec
	end := int64(0)
	for {
		syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, monotonic, uintptr(unsafe.Pointer(&ts)), 0)
		now := int64(ts.Sec)*1e9 + int64(ts.Nsec)
		if end == 0 {
			end = now + int64(d)
		}
		if now >= end {
			return
		}
		turns := 5000
		if end-now > 2e6 {
			turns = 500000 // some 200 us
		}
		for i := 0; i < turns; i++ {
		}
	}
}

// keep does for the scheduler what spin does, but sleeps, by a raw system call: it calls
// nothing in which it could be asked to stop, and so keeps its P from the one text that it
// writes to the other.
func keep(d time.Duration, before, after []byte) {
	ts := syscall.NsecToTimespec(int64(d))
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(unsafe.Pointer(&before[0])), uintptr(len(before)))
	for e := syscall.EINTR; e == syscall.EINTR; { // nanosleep leaves the rest of the time
		_, _, e = syscall.RawSyscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), uintptr(unsafe.Pointer(&ts)), 0)
	}
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(unsafe.Pointer(&after[0])), uintptr(len(after)))
}

// write writes a text to standard error, without a system call that the scheduler would
// know of.
func write(text []byte) {
	syscall.RawSyscall(syscall.SYS_WRITE, 2, uintptr(unsafe.Pointer(&text[0])), uintptr(len(text)))
}

// netRead reads data that arrive after d. The runtime's poller knows of the file, as of a
// connection, since Go 1.11.
func netRead(d time.Duration) {
	const monotonic, nonblock = 1, 0x800
	fd, _, e := syscall.RawSyscall(syscall.SYS_TIMERFD_CREATE, monotonic, nonblock, 0)
	if e != 0 {
		panic("timerfd_create: " + e.Error())
	}
	spec := [2]syscall.Timespec{1: syscall.NsecToTimespec(int64(d))} // period and first time
	if _, _, e := syscall.RawSyscall6(syscall.SYS_TIMERFD_SETTIME, fd, 0, uintptr(unsafe.Pointer(&spec)), 0, 0, 0); e != 0 {
		panic("timerfd_settime: " + e.Error())
	}
	f := os.NewFile(fd, "timer")
	var b [8]byte
	if _, err := f.Read(b[:]); err != nil {
		panic(err.Error())
	}
	f.Close()
}

// stopped returns how often the kernel has stopped a runnable thread of this process.
func stopped() int {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return int(u.Nivcsw)
}

// waits returns how often this thread has waited in the kernel, without a system call
// that the scheduler would know of.
func waits() int {
	const ofThread = 1
	var u syscall.Rusage
	syscall.RawSyscall(syscall.SYS_GETRUSAGE, ofThread, uintptr(unsafe.Pointer(&u)), 0)
	return int(u.Nvcsw)
}

var tasks = []byte("/proc/self/task\x00")

// thread returns the number of this thread, and the number of threads, without a system
// call that the scheduler would know of. The folder of threads has a link for each, and two
// more (fs/proc/base.c:proc_task_getattr); to read /proc/self/stat takes twice as long,
// which 250 marks in a time slice would feel.
func thread() (id, n int) {
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	fd, _, e := syscall.RawSyscall6(syscall.SYS_OPENAT, 0, uintptr(unsafe.Pointer(&tasks[0])), 0, 0, 0, 0)
	if e != 0 {
		return int(tid), -1
	}
	var s syscall.Stat_t
	_, _, e = syscall.RawSyscall(syscall.SYS_FSTAT, fd, uintptr(unsafe.Pointer(&s)), 0)
	syscall.RawSyscall(syscall.SYS_CLOSE, fd, 0, 0)
	if e != 0 {
		return int(tid), -1
	}
	return int(tid), int(s.Nlink) - 2
}
