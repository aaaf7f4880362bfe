package chanq_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/explore"
)

// A receiver waits, and a sender hands it the value.
func Example() {
	m, err := chanq.New(chanq.Config{Trace: func(e chanq.Event) { fmt.Println("  ", e) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	c, _ := m.Make(chanq.Elem{Size: 8}, 0)
	receiver, _ := m.Go()
	sender, _ := m.Go()

	o, err := m.Recv(receiver, c)
	fmt.Println("receiver:", o, err)
	o, err = m.Send(sender, c, 7)
	fmt.Println("sender:", o, err, "ready:", m.Ready())
	o, err = m.Resume(receiver)
	fmt.Println("receiver:", o, err)
	// Output:
	//    made c1
	//    lock c1
	//    enqueue goroutine 1 on c1
	//    unlock c1
	//    park goroutine 1
	// receiver: parked <nil>
	//    lock c1
	//    hand 7 over c1, goroutine 1 waited
	//    unlock c1
	//    ready goroutine 1
	// sender: handed <nil> ready: [1]
	//    woken goroutine 1
	// receiver: handed, received 7 <nil>
}

// Up to Go 1.5 a receiver that was woken could find the buffer empty again.
func ExampleChans_Resume() {
	for _, release := range []string{"go1.5", "go1.6"} {
		m, err := chanq.New(chanq.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		c, _ := m.Make(chanq.Elem{Size: 8}, 1)
		waits, _ := m.Go()
		other, _ := m.Go()
		m.Recv(waits, c)
		m.Send(other, c, 7)
		stolen, _ := m.TryRecv(other, c)
		end, _ := m.Resume(waits)
		fmt.Printf("%s: the other: %v; the one that waited: %v\n", release, stolen, end)
	}
	// Output: go1.5: the other: proceeded, received 7; the one that waited: parked
	// go1.6: the other: not ready; the one that waited: handed, received 7
}

// Close readies the waiting goroutines, since Go 1.7 the last one first.
func ExampleChans_Close() {
	for _, release := range []string{"go1.6", "go1.7"} {
		m, err := chanq.New(chanq.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		c, _ := m.Make(chanq.Elem{Size: 8}, 0)
		closer, _ := m.Go()
		for range 4 {
			g, _ := m.Go()
			m.Send(g, c, int64(g))
		}
		m.Close(closer, c)
		fmt.Println(release, m.Ready())
		_, err = m.Resume(2)
		fmt.Println(err, errors.Is(err, chanq.SendOnClosed))
	}
	// Output:
	// go1.6 [2 3 4 5]
	// send on closed channel true
	// go1.7 [5 4 3 2]
	// send on closed channel true
}

// A select chooses the first ready case in a random order.
func ExampleChans_Select() {
	for draw := range 2 {
		m, err := chanq.New(chanq.Config{Choose: func(n int) int { return draw }})
		if err != nil {
			fmt.Println(err)
			return
		}
		full, _ := m.Make(chanq.Elem{Size: 8}, 1)
		empty, _ := m.Make(chanq.Elem{Size: 8}, 1)
		g, _ := m.Go()
		m.Send(g, full, 7)
		o, err := m.Select(g, []chanq.Case{{Chan: full}, {Chan: empty, Send: true, Value: 8}, {Chan: chanq.Nil}}, false)
		fmt.Println(o, err)
	}
	// Output:
	// proceeded, case 1 <nil>
	// proceeded, received 7 <nil>
}

// Two goroutines that both send before they receive: the shortest way to a deadlock.
func ExampleNewMachine() {
	send := func(c chanq.Chan, v int64) chanq.Op { return chanq.Op{Verb: chanq.SendVerb, Chan: c, Value: v} }
	recv := func(c chanq.Chan) chanq.Op { return chanq.Op{Verb: chanq.RecvVerb, Chan: c} }
	for _, capacity := range []int64{0, 1} {
		m, err := chanq.NewMachine(chanq.Bounded{
			Caps:  []int64{capacity, capacity},
			Procs: [][]chanq.Op{{send(1, 1), recv(2)}, {send(2, 2), recv(1)}},
		})
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1000})
		if err != nil {
			fmt.Println(err)
			return
		}
		if r.Counterexample == nil {
			fmt.Println("capacity", capacity, "is fine")
			continue
		}
		fmt.Print("capacity ", capacity, ": ", r.Counterexample)
	}
	// Output:
	// capacity 0: deadlock, after 2 steps:
	//   1. goroutine 1: c1 <- 1: parks
	//   2. goroutine 2: c2 <- 2: parks
	// capacity 1 is fine
}

func ExampleStates() {
	rows, err := chanq.States("")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range rows {
		if r.Op != "len" && r.Op != "cap" && r.Holds >= 0 {
			fmt.Printf("%s, %d of 1: %s: %s\n", r.State, r.Holds, r.Op, r.Ends)
		}
	}
	// Output:
	// active, 0 of 1: send: proceeds
	// active, 0 of 1: receive: waits
	// active, 0 of 1: close: proceeds
	// active, 1 of 1: send: waits
	// active, 1 of 1: receive: 7, true
	// active, 1 of 1: close: proceeds
	// closed, 0 of 1: send: panic: send on closed channel
	// closed, 0 of 1: receive: 0, false
	// closed, 0 of 1: close: panic: close of closed channel
	// closed, 1 of 1: send: panic: send on closed channel
	// closed, 1 of 1: receive: 7, true
	// closed, 1 of 1: close: panic: close of closed channel
}
