package rtmutex_test

import (
	"fmt"

	"github.com/orrery-go/orrery/locks/rtmutex"
)

// Three threads wait. Up to Go 1.23 the kernel wakes the one that has slept longest;
// since Go 1.24 the mutex wakes the last one.
func Example() {
	for _, release := range []string{"go1.23", "go1.24"} {
		l, err := rtmutex.New(rtmutex.Config{Release: release, Threads: 4, Choose: func(int) int { return 1 }})
		if err != nil {
			fmt.Println(err)
			return
		}
		for m := range rtmutex.M(4) {
			l.Lock(m + 1)
			o, _ := l.Run(m + 1)
			fmt.Printf("thread %d: %v, the word is %#x\n", m+1, o.What, l.Key())
		}
		l.Unlock(1)
		o, _ := l.Run(1)
		fmt.Printf("%s wakes thread %d\n", release, o.Woken)
	}
	// Output:
	// thread 1: acquired, the word is 0x1
	// thread 2: asleep, the word is 0x2
	// thread 3: asleep, the word is 0x2
	// thread 4: asleep, the word is 0x2
	// go1.23 wakes thread 2
	// thread 1: acquired, the word is 0x1
	// thread 2: asleep, the word is 0x803
	// thread 3: asleep, the word is 0xc03
	// thread 4: asleep, the word is 0x1003
	// go1.24 wakes thread 4
}

// Every step of a lock and an unlock, with one thread asleep.
func ExampleConfig_trace() {
	l, err := rtmutex.New(rtmutex.Config{
		Release: "go1.26", Threads: 2, OneCPU: true, Choose: func(int) int { return 1 },
		Trace: func(e rtmutex.Event) { fmt.Println(e) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	l.Lock(1)
	l.Run(1)
	l.Lock(2)
	l.Run(2)
	l.Unlock(1)
	l.Run(1)
	l.Run(2)
	// Output:
	// thread 1: lock: swap the low byte: 0x0 -> 0x1: acquired
	// thread 2: lock: swap the low byte
	// thread 2: read
	// thread 2: ask for the permit to spin: 0x1 -> 0x101
	// thread 2: spin
	// thread 2: push onto the stack: 0x101 -> 0x803
	// thread 2: semaphore: sleep: asleep
	// thread 1: unlock: swap the low byte: 0x803 -> 0x800
	// thread 1: wake: read
	// thread 1: lock the stack: 0x800 -> 0xa00
	// thread 1: pop
	// thread 1: pop: read again
	// thread 1: pop: 0xa00 -> 0x0
	// thread 1: semaphore: wake: released, thread 2 wakes up
	// thread 2: read
	// thread 2: acquire: 0x0 -> 0x3: acquired
}
