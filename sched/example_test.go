package sched_test

import (
	"fmt"
	"log"
	"time"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
)

// run simulates a program that was written by hand.
func run(c sched.Config, text string) *sched.Sim {
	p, err := program.Parse(text)
	if err != nil {
		log.Fatal(err)
	}
	s, err := sched.New(c, *p)
	if err != nil {
		log.Fatal(err)
	}
	return s
}

// Among goroutines that were just started the last runs first: it is runnext. The others
// follow in order. Before Go 1.5 there was no runnext.
func Example() {
	const text = `
main:
	go worker 5
	sleep 1ms
worker:
	mark runs
`
	for _, release := range []string{"go1.4", "go1.26"} {
		s := run(sched.Config{Release: release}, text)
		fmt.Print(release, ":")
		for e := range s.Events() {
			if e.Kind == sched.Marked {
				fmt.Printf(" g%d", e.G)
			}
		}
		fmt.Println()
	}
	// Output:
	// go1.4: g2 g3 g4 g5 g6
	// go1.26: g6 g2 g3 g4 g5
}

// Each event has its thread and processor.
func ExampleSim_Events() {
	s := run(sched.Config{}, `
chan c
main:
	go sender
	recv c
sender:
	send c 7
`)
	for e := range s.Events() {
		fmt.Println(e.At, e)
	}
	// Output:
	// 0s g1 on m0, p0: g0 picks it from runnext, gogo
	// 76ns g2 on m0, p0: created by g1
	// 76ns g1 on m0, p0: go sender
	// 241ns g1 on m0, p0: registers saved, mcall: parked, chan receive
	// 241ns g2 on m0, p0: g0 picks it from runnext, gogo
	// 317ns g2 on m0, p0: send c, with g1
	// 317ns g1 on m0, p0: readied by g2
	// 331ns g2 on m0, p0: exited
	// 331ns g1 on m0, p0: g0 picks it from runnext, gogo
	// 407ns g1 on m0, p0: recv c (7), with g2
	// 421ns ended
}

// The 257th goroutine fills the ring; the next one moves half of it to the global queue.
func ExampleSim_Snapshot() {
	for _, n := range []int{256, 257, 258} {
		s := run(sched.Config{Schedtick: 1}, fmt.Sprintf("main:\ngo w %d\nw:\nmark runs\n", n))
		for s.Stats().Created < uint64(n+1) {
			if more, err := s.Step(); !more {
				log.Fatal(err)
			}
		}
		p := s.Snapshot().Ps[0]
		fmt.Printf("%d: runnext g%d, %d in the ring, %d in the global queue\n", n, p.Next, len(p.Queue), len(s.Snapshot().Global))
	}
	// Output:
	// 256: runnext g257, 255 in the ring, 0 in the global queue
	// 257: runnext g258, 256 in the ring, 0 in the global queue
	// 258: runnext g259, 128 in the ring, 129 in the global queue
}

// The goroutines that ran on each processor.
func ExampleSim_RunTimeline() {
	s := run(sched.Config{Procs: 2, Costs: &sched.Costs{}}, `
waitgroup group 3
main:
	go worker 3
	wait group
worker:
	work 1ms
	syscall 1ms
	work 1ms
	done group
`)
	fmt.Print(s.RunTimeline())
	// Output:
	//     0s                                                        4.02ms
	// p0  44444444444444443333333333333333~44444444444444444..............
	//   q 11111111111111111...............................................
	// p1  2222222222222222~..............222222222222222223333333333333333
	// all ...............................111..............................
	// 1 main, 2-4 worker
}

// A loop without calls cannot be stopped before Go 1.14. The budget ends the run.
func ExampleBudgetError() {
	for _, release := range []string{"go1.13", "go1.14"} {
		s := run(sched.Config{Release: release, MaxTime: time.Second, Schedtick: 1}, `
main:
	go other
	loop
	end
other:
	mark at last
`)
		for e := range s.Events() {
			if e.Kind == sched.Marked {
				fmt.Println(release, "after", e.At.Round(time.Millisecond), e.What)
			}
		}
		fmt.Println(release, s.Err())
	}
	// Output:
	// go1.13 sched: over budget after 101 events, at 1.001204s: goroutine 1 in main: loop
	// go1.14 after 15ms at last
	// go1.14 sched: over budget after 202 events, at 1.001204s: goroutine 1 in main: loop
}

// Fifty goroutines in blocking system calls need fifty threads; a thousand that
// wait for a channel need none.
func ExampleSim_Stats() {
	for _, text := range []string{
		"main:\ngo w 50\nsleep 50ms\nw:\nsyscall 100ms\n",
		"chan c\nmain:\ngo w 1000\nsleep 50ms\nw:\nrecv c\n",
	} {
		s := run(sched.Config{}, text)
		if err := s.Run(); err != nil {
			log.Fatal(err)
		}
		fmt.Println(s.Stats().Threads, "threads")
	}
	// Output:
	// 52 threads
	// 2 threads
}

// Programs are data: this one was built rather than parsed.
func ExampleNew() {
	p := program.Program{
		Chans: []program.Chan{{Name: "c"}},
		Funcs: []program.Func{{Name: "main", Ops: []program.Op{
			{Verb: program.Recv, On: "c"},
		}}},
	}
	s, err := sched.New(sched.Config{Release: "go1.17"}, p)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("fatal error:", s.Run())
	// Output:
	// fatal error: all goroutines are asleep - deadlock!
}
