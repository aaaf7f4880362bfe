package epollsim_test

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/epollsim"
)

// Two kilobytes arrive, and one is read: level-triggered, the rest is reported again;
// edge-triggered, it is not.
func Example() {
	for _, mode := range []epollsim.Events{0, epollsim.ET} {
		k, err := epollsim.New(epollsim.Config{})
		if err != nil {
			fmt.Println(err)
			return
		}
		ep, _ := k.Create()
		r, w, _ := k.Pipe()
		k.Ctl(ep, epollsim.ADD, r, epollsim.IN|mode, 0)
		k.Write(w, 2048)
		first, _ := k.Wait(ep, 8)
		n := len(first)
		k.Read(r, 1024)
		second, _ := k.Wait(ep, 8)
		fmt.Println(epollsim.IN|mode, n, len(second))
	}
	// Output:
	// IN 1 1
	// IN|ET 1 0
}

// The steps between a write and its report.
func ExampleConfig_trace() {
	var steps []string
	k, err := epollsim.New(epollsim.Config{Trace: func(e epollsim.Event) { steps = append(steps, e.String()) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	ep, _ := k.Create()
	r, w, _ := k.Pipe()
	k.Ctl(ep, epollsim.ADD, r, epollsim.IN, 0)
	steps = steps[:0]
	k.Write(w, 5)
	k.Wait(ep, 8)
	fmt.Println(strings.Join(steps, "\n"))
	// Output:
	// writes 5 bytes, descriptor 5
	// woken file 5: IN|RDNORM
	// listed 4 in epoll file 4
	// scan started of epoll file 4
	// polled 4 in epoll file 4: IN
	// sent 4 in epoll file 4: IN
	// listed 4 in epoll file 4
	// scan done of epoll file 4
}

// A call that finds nothing sleeps. The last one to come is woken first.
func ExampleKernel_Block() {
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ep, _ := k.Create()
	fd, _ := k.EventFD(0, false)
	k.Ctl(ep, epollsim.ADD, fd, epollsim.IN|epollsim.ET, 7)
	first, _ := k.Block(ep, 8, -1)
	second, _ := k.Block(ep, 8, -1)
	k.Signal(fd, 1)
	fmt.Println(first.Waiter, second.Waiter, k.Awake())
	o, err := k.Resume(second.Waiter)
	fmt.Println(o.Ready, err)
	// Output:
	// 1 2 [2]
	// [{IN 7}] <nil>
}

// An item that is woken while a wait scans the list goes to the overflow list.
func ExampleKernel_Scan() {
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ep, _ := k.Create()
	a, _ := k.EventFD(1, false)
	b, _ := k.EventFD(0, false)
	k.Ctl(ep, epollsim.ADD, a, epollsim.IN, 0)
	k.Ctl(ep, epollsim.ADD, b, epollsim.IN, 0)
	scan, _ := k.Scan(ep, 8)
	k.Signal(b, 1) // another thread
	fmt.Println(k.Snapshot().Epolls[0].Overflow)
	for o := scan; o.Waiter != 0; {
		o, _ = k.Step(scan.Waiter)
		fmt.Println(o.Ready, k.Snapshot().Epolls[0].Ready)
	}
	// Output:
	// [{4 6 5}]
	// [{IN 0}] [{4 5 4}]
	// [] [{4 6 5} {4 5 4}]
}

// The cost of poll grows with all descriptors, that of a wait with the ready ones.
func ExampleKernel_Poll() {
	for _, n := range []int{10, 1000} {
		k, err := epollsim.New(epollsim.Config{})
		if err != nil {
			fmt.Println(err)
			return
		}
		ep, _ := k.Create()
		var fds []epollsim.PollFD
		for range n {
			fd, _ := k.EventFD(0, false)
			k.Ctl(ep, epollsim.ADD, fd, epollsim.IN, 0)
			fds = append(fds, epollsim.PollFD{FD: fd, Events: epollsim.IN})
		}
		k.Signal(fds[n/2].FD, 1)
		_, cost, _ := k.Poll(fds)
		before := k.Counts()
		ready, _ := k.Wait(ep, 64)
		after := k.Counts()
		fmt.Printf("%d: poll copies %d bytes and looks at %d; epoll_wait copies %d and looks at %d, of which %d are ready\n",
			n, cost.In+cost.Out, cost.Scanned, after.Copied-before.Copied, after.Polls-before.Polls, len(ready))
	}
	// Output:
	// 10: poll copies 100 bytes and looks at 10; epoll_wait copies 12 and looks at 1, of which 1 are ready
	// 1000: poll copies 10000 bytes and looks at 1000; epoll_wait copies 12 and looks at 1, of which 1 are ready
}
