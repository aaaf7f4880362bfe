package sched_test

import (
	"io"
	"iter"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"github.com/orrery-go/orrery/sched"
)

// BenchmarkSwitch measures real switches, the creation of a worker, and system calls:
// sched.VM and sched.VMTurns have the results for one machine. Of a round trip through
// pipes it reports half, a single switch.
func BenchmarkSwitch(b *testing.B) {
	each := func(b *testing.B, per int) {
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(per), "ns/switch")
	}
	b.Run("process", func(b *testing.B) {
		cmd := exec.Command("cat")
		in, err1 := cmd.StdinPipe()
		out, err2 := cmd.StdoutPipe()
		if err1 != nil || err2 != nil || cmd.Start() != nil {
			b.Skip("no cat")
		}
		defer cmd.Wait()
		defer in.Close()
		buf := make([]byte, 1)
		for b.Loop() {
			in.Write(buf)
			io.ReadFull(out, buf)
		}
		each(b, 2)
	})
	b.Run("thread", func(b *testing.B) {
		var there, back [2]int
		if syscall.Pipe(there[:]) != nil || syscall.Pipe(back[:]) != nil {
			b.Skip("no pipes")
		}
		ended := make(chan bool)
		go func() {
			runtime.LockOSThread() // and ends with it
			buf := make([]byte, 1)
			for {
				if n, err := syscall.Read(there[0], buf); n != 1 || err != nil {
					ended <- true
					return
				}
				syscall.Write(back[1], buf)
			}
		}()
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		buf := make([]byte, 1)
		for b.Loop() {
			syscall.Write(there[1], buf)
			syscall.Read(back[0], buf)
		}
		each(b, 2)
		syscall.Close(there[1])
		<-ended
		for _, fd := range []int{there[0], back[0], back[1]} {
			syscall.Close(fd)
		}
	})
	b.Run("goroutine", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		there, back := make(chan int), make(chan int)
		go func() {
			for v := range there {
				back <- v
			}
			close(back)
		}()
		for b.Loop() {
			there <- 1
			<-back
		}
		each(b, 2)
		close(there)
	})
	b.Run("gosched", func(b *testing.B) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
		stop := false // both run on one P, and read it between their switches
		ended := make(chan bool)
		go func() {
			for !stop {
				runtime.Gosched()
			}
			ended <- true
		}()
		for b.Loop() {
			runtime.Gosched()
		}
		each(b, 2)
		stop = true
		<-ended
	})
	b.Run("hand-off", func(b *testing.B) {
		next, stop := iter.Pull(func(yield func(int) bool) {
			for yield(1) {
			}
		})
		defer stop()
		for b.Loop() {
			next()
		}
		each(b, 2)
	})
	b.Run("new process", func(b *testing.B) {
		for b.Loop() {
			if err := exec.Command("true").Run(); err != nil {
				b.Skip(err)
			}
		}
	})
	b.Run("new thread", func(b *testing.B) {
		ended := make(chan bool)
		for b.Loop() {
			go func() {
				runtime.LockOSThread() // so that the thread ends, too
				ended <- true
			}()
			<-ended
		}
	})
	b.Run("new goroutine", func(b *testing.B) {
		ended := make(chan bool)
		for b.Loop() {
			go func() { ended <- true }()
			<-ended
		}
	})
	b.Run("new hand-off", func(b *testing.B) {
		for b.Loop() {
			next, stop := iter.Pull(func(yield func(int) bool) { yield(1) })
			next()
			stop()
		}
	})
	b.Run("syscall", func(b *testing.B) {
		for b.Loop() {
			syscall.Getppid()
		}
	})
	b.Run("model", func(b *testing.B) {
		for b.Loop() {
			if _, err := sched.Compare(sched.Turns{Workers: 10, Rounds: 1000}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
