// This file too is in the Go of 1.2, and part of the probe.
package main

import (
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// counted are threads of this process: before, while so many goroutines are in
// system calls that block, or wait for a channel, and the most that was seen.
type counted struct{ Before, Blocked, Waiting int }

// countThreads has n goroutines sleep in the kernel, and waiting others wait for a
// channel.
func countThreads(n, waiting int) (c counted) {
	c.Before = threads()
	stop := make(chan bool)
	for i := 0; i < waiting; i++ {
		go func() { <-stop }()
	}
	for i := 0; i < 10; i++ {
		runtime.Gosched()
	}
	c.Waiting = threads() - c.Before
	close(stop)
	left := n
	for i := 0; i < n; i++ {
		go func() {
			ts := syscall.NsecToTimespec(int64(400 * time.Millisecond))
			syscall.Syscall(syscall.SYS_NANOSLEEP, uintptr(unsafe.Pointer(&ts)), 0, 0)
			left--
		}()
	}
	for i := 0; left > 0 && i < 1000; i++ {
		if k := threads(); k > c.Blocked {
			c.Blocked = k
		}
		time.Sleep(10 * time.Millisecond)
	}
	return c
}

// threads counts the threads of this process.
func threads() int {
	dir, err := os.Open("/proc/self/task")
	if err != nil {
		return -1
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return -1
	}
	return len(names)
}

// spinAlone is a loop without calls on one P, and a goroutine that would end the
// program.
func spinAlone() {
	runtime.GOMAXPROCS(1)
	go func() { os.Exit(0) }()
	//lint:ignore SA5002 it is what the name says
	for {
	}
}

// loopEnds runs this program as [spinAlone], and reports whether that ends.
func loopEnds(env string) bool {
	cmd := exec.Command("/proc/self/exe", "spin")
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "GODEBUG=") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	cmd.Env = append(cmd.Env, "GODEBUG="+env)
	if cmd.Start() != nil {
		return false
	}
	ended := make(chan bool, 1)
	go func() {
		cmd.Wait()
		ended <- true
	}()
	select {
	case <-ended:
		return true
	case <-time.After(1500 * time.Millisecond):
		cmd.Process.Kill()
		<-ended
		return false
	}
}

// exhaust has more goroutines block in system calls than there may be threads.
func exhaust() {
	debug.SetMaxThreads(20)
	countThreads(40, 0)
}

// says runs this program as [exhaust], and reports what it says up to the first
// empty line.
func says() string {
	out, err := exec.Command("/proc/self/exe", "exhaust").CombinedOutput()
	if err == nil {
		return ""
	}
	return strings.SplitN(string(out), "\n\n", 2)[0]
}

// countLocked has n goroutines lock themselves to their threads and end, locked or
// not, and reports how many more threads there are then.
func countLocked(n int, unlock bool) int {
	before := threads()
	stop := make(chan bool)
	locked := 0
	for i := 0; i < n; i++ {
		go func() {
			runtime.LockOSThread()
			locked++
			<-stop
			if unlock {
				runtime.UnlockOSThread()
			}
		}()
	}
	for i := 0; locked < n && i < 1000; i++ {
		time.Sleep(10 * time.Millisecond)
	}
	close(stop)
	time.Sleep(200 * time.Millisecond)
	return threads() - before
}
