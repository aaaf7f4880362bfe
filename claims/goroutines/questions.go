// Package goroutines asks the Go that builds it the ledger's questions about the memory of
// goroutines, their profile, and the limits of Ps and threads, in the Go of 1.2, so that
// every release can.
//
// No program of package program asks them. Objects and stacks are counted for a goroutine
// that does nothing; those of package bench run an interpreter, which allocates objects
// and takes stack of its own. The language has no operation for a profile or the limit of
// threads, and refuses more Ps than package sched can have.
//
// # Concurrent use
//
// The questions may not be asked by several goroutines at once, and not one after another:
// they are about the whole process. Each is asked in one of its own, on one P.
package goroutines

import (
	"bytes"
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
)

// GoroutineQuestions are the questions, by row. The answer "" says that the question was
// disturbed.
var GoroutineQuestions = map[string]func() string{
	"2.0-1": objectsOfGo,
	"2.1-6": func() string {
		runtime.GOMAXPROCS(1100)
		return fmt.Sprint(runtime.GOMAXPROCS(0))
	},
	"2.2-4": func() string { return fmt.Sprint(debug.SetMaxThreads(20000)) },
	"18-1":  func() string { first, _ := stackBytes(); return first },
	"18-3":  func() string { _, second := stackBytes(); return second },
	"18-4":  profiled,
}

// quietly keeps the garbage collector, and the runtime's initial work, from interfering.
func quietly() {
	debug.SetGCPercent(-1)
	for i := 0; i < 5; i++ {
		runtime.Gosched()
	}
}

var forever = make(chan bool)

func endAtOnce()   {}
func waitForEver() { <-forever }

// objectsOfGo reports whether a go statement allocates an object: while all goroutines
// exist, and if each has ended before the next.
func objectsOfGo() string {
	quietly()
	var before, after runtime.MemStats
	const n = 1000
	go endAtOnce()
	runtime.Gosched()
	per := func(do func()) string {
		runtime.ReadMemStats(&before)
		for i := 0; i < n; i++ {
			do()
		}
		runtime.ReadMemStats(&after)
		if after.Mallocs-before.Mallocs < n/2 {
			return "again"
		}
		return "new"
	}
	inTurn := per(func() { go endAtOnce(); runtime.Gosched() })
	return per(func() { go waitForEver() }) + " " + inTurn
}

// stackBytes returns the bytes of stack of each of 200 goroutines, and the additional
// bytes when 200 follow them.
func stackBytes() (of, more string) {
	quietly()
	var before, first, second runtime.MemStats
	const n = 200
	burst := func(m *runtime.MemStats) bool {
		runtime.Gosched()
		ran := 0
		for i := 0; i < n; i++ {
			go func() { ran++ }()
		}
		stopped := ran > 0
		runtime.ReadMemStats(m)
		for i := 0; i < 100; i++ {
			runtime.Gosched()
		}
		return !stopped && ran == n
	}
	runtime.ReadMemStats(&before)
	if !burst(&first) || !burst(&second) {
		return "", ""
	}
	per := func(a, b *runtime.MemStats) string {
		return fmt.Sprint((int(b.StackInuse-a.StackInuse)/n + 512) / 1024 * 1024)
	}
	return per(&before, &first), per(&first, &second)
}

// profiled starts 100 goroutines that wait forever, runs a collection, and returns the
// largest number of goroutines that the profile has in one place.
func profiled() string {
	quietly()
	for i := 0; i < 100; i++ {
		go func() { make(chan int) <- 1 }()
	}
	for i := 0; i < 10; i++ { // once in 61 times another goroutine comes before the 100
		runtime.Gosched()
	}
	runtime.GC()
	var text bytes.Buffer
	pprof.Lookup("goroutine").WriteTo(&text, 1)
	most := 0
	for _, line := range strings.Split(text.String(), "\n") {
		n := 0
		if _, err := fmt.Sscanf(line, "%d @", &n); err == nil && n > most {
			most = n
		}
	}
	return fmt.Sprint(most)
}
