package main

import (
	"os"
	"os/signal"
	"syscall"
)

// watch lets asked count. Sysmon sends a signal with each request, which the runtime
// passes on, since another process could have sent it (runtime/signal_unix.go:sighandler,
// sigPreempt). Only then does the goroutine of package signal run.
func watch() {
	signals, n := make(chan os.Signal, 1000), 0
	signal.Notify(signals, syscall.SIGURG, syscall.SIGWINCH)
	asked = func() int {
		syscall.RawSyscall(syscall.SYS_TGKILL, uintptr(os.Getpid()), gettid(), uintptr(syscall.SIGWINCH)) // passed on after all before it
		for s := range signals {
			if s == syscall.SIGWINCH {
				break
			}
			n++
		}
		return n
	}
}

func gettid() uintptr {
	tid, _, _ := syscall.RawSyscall(syscall.SYS_GETTID, 0, 0, 0)
	return tid
}
