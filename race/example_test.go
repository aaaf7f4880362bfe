package race_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/explore"
	"github.com/orrery-go/orrery/race"
)

// Two goroutines write x. The mutex orders the first two writes, but not the third.
func Example() {
	l, err := race.NewLog(race.Config{Record: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = l.Play("main: go g; main: lock mu; main: write x; main: unlock mu; g: lock mu; g: write x; g: unlock mu; main: write x")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range l.Reports() {
		why, _ := l.Explain(r)
		fmt.Println(l.Describe(r))
		fmt.Println(why)
	}
	// Output:
	// write of x by main
	//   races with the write of x by g
	// main knows of nothing that g has done; what g released after it, by operation 8 (g: unlock mu), has not come to main
}

// A log is JSON lines.
func ExampleLog_Read() {
	const log = `{"g":"main","do":"go","new":"w","at":"main.go:7"}
{"g":"w","do":"write","var":"err","at":"main.go:9"}
{"g":"main","do":"read","var":"err","at":"main.go:12"}
`
	l, err := race.NewLog(race.Config{})
	if err == nil {
		err = l.Read(strings.NewReader(log))
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range l.Reports() {
		fmt.Println(l.Describe(r))
	}
	err = l.Read(strings.NewReader("\n" + `{"g":"w","do":"unlock","on":"mu"}`))
	fmt.Println(err)
	// Output:
	// read of err by main at main.go:12
	//   races with the write of err by w at main.go:9
	// race: line 5: goroutine 2, object 1: sync: unlock of unlocked mutex
}

// The races, and those that go build -race reports: it remembers four accesses, and here
// a fifth replaces the one that would race.
func ExampleLimits() {
	for _, limits := range []race.Limits{{}, {Cells: 4}} {
		l, err := race.NewLog(race.Config{Limits: limits})
		if err != nil {
			fmt.Println(err)
			return
		}
		text := "main: go a; main: go b; main: go c; main: go d; main: go e; main: go last; a: write x; a: release r; "
		for _, g := range []string{"b", "c", "d", "e"} {
			text += g + ": acquire r; " + g + ": write x; " + g + ": release r; "
		}
		// The last one knows of b, c, d and e, except for what they have learned from a.
		if err := l.Play(text + "last: read x"); err != nil {
			fmt.Println(err)
			return
		}
		for _, r := range l.Reports() {
			fmt.Println(l.Describe(r))
		}
		fmt.Println(l.Evicted(), "forgotten")
	}
	// Output:
	// read of x by last
	//   races with the write of x by e
	// 0 forgotten
	// read of x by last
	//   races with the write of x by e
	// 1 forgotten
}

// The rules of the memory model, each with an example.
func ExampleMemoryModel() {
	for _, r := range race.MemoryModel()[3:5] {
		fmt.Println(r.Text)
		fmt.Println("  ordered:", r.With)
		fmt.Println("  a race: ", r.Without)
	}
	// Output:
	// A send comes before the completion of its receive.
	//   ordered: main: make c chan 1; main: go g; g: write x; g: send c; main: recv c; main: read x
	//   a race:  main: make c chan 1; main: go g; g: send c; g: write x; main: recv c; main: read x
	// A close comes before a receive that returns because the channel is closed.
	//   ordered: main: make c chan 0; main: go g; g: write x; g: close c; main: recv c; main: read x
	//   a race:  main: make c chan 0; main: go g; g: close c; g: write x; main: recv c; main: read x
}

// In the order of this log the lock orders the two writes by chance. Package explore
// finds an order in which it does not.
func ExampleNewInterleavings() {
	l, err := race.NewLog(race.Config{Record: true})
	if err == nil {
		err = l.Play("main: go g; main: write x; main: lock mu; main: unlock mu; g: lock mu; g: unlock mu; g: write x")
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	log, _ := l.Record()
	m, err := race.NewInterleavings(log, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := explore.Run(context.Background(), m, explore.Options{MaxStates: 1000, AllowDeadlock: true})
	fmt.Println(l.Races(), "races in the log's order")
	fmt.Println(r.Counterexample.Reason, err)
	// Output:
	// 0 races in the log's order
	// race: operations 2 and 8 can come at the same time <nil>
}

// The lockset algorithm asks whether a lock protects a variable, and suspects accesses
// that a channel orders.
func ExampleDetector_Lockset() {
	l, err := race.NewLog(race.Config{Lockset: true})
	if err == nil {
		err = l.Play("main: make c chan 0; main: go g; main: write x; main: send c; g: recv c; g: write x")
	}
	fmt.Println(l.Races(), "races,", len(l.Lockset()), "suspect", err)
	// Output:
	// 0 races, 1 suspect <nil>
}
