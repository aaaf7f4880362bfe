// Package program holds concurrent programs as data, for all who run them: what
// goroutines do, one operation after the other, with channels and locks that have
// names. A program can be built in Go, made at random, kept as JSON, or written
// by hand in the form that [Parse] reads:
//
//	chan c 1
//	waitgroup group 2
//
//	main:
//		go worker 2
//		wait group
//	worker:
//		loop 3
//			work 10us
//			send c 7
//			recv c
//		end
//		done group
package program

import (
	"fmt"
	"time"
)

// What a program may hold.
const (
	MaxFuncs  = 1 << 12
	MaxOps    = 1 << 16 // of all functions
	MaxNames  = 1 << 16 // channels and locks
	MaxCases  = 1 << 8  // of a select
	MaxCap    = 1 << 20 // values of a channel's buffer
	MaxLoops  = 3       // inside each other
	MaxRepeat = 1 << 31 // of a loop and a go statement
)

// A Program is what goroutines do. Its first function is main, which a goroutine
// runs in the beginning. When main returns the program has ended.
type Program struct {
	Chans []Chan `json:"chans,omitempty"`
	Locks []Lock `json:"locks,omitempty"`
	Funcs []Func `json:"funcs"`

	// Recover says that each goroutine recovers from its panics, and then calls
	// runtime.Goexit. Else a panic ends the program.
	Recover bool `json:"recover,omitempty"`
}

// A Chan is a channel.
type Chan struct {
	Name string `json:"name"`
	Cap  int64  `json:"cap,omitempty"`
}

// A Kind is what a [Lock] is.
type Kind string

// The kinds.
const (
	Mutex     Kind = "mutex"
	RWMutex   Kind = "rwmutex"
	WaitGroup Kind = "waitgroup"
	Cond      Kind = "cond"
)

// A Lock is a mutex or another thing of package sync.
type Lock struct {
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Counter int64  `json:"counter,omitempty"` // of a WaitGroup, to begin with
	L       string `json:"l,omitempty"`       // of a Cond: a mutex or rwmutex
}

// A Func is what a goroutine does.
type Func struct {
	Name string `json:"name"`
	Ops  []Op   `json:"ops"`
}

// An Op is one operation.
type Op struct {
	Verb    Verb          `json:"verb"`
	On      string        `json:"on,omitempty"` // the channel, lock or function, or what Mark says
	N       int64         `json:"n,omitempty"`  // see the verbs
	D       time.Duration `json:"d,omitempty"`  // in nanoseconds
	Cases   []Case        `json:"cases,omitempty"`
	Default bool          `json:"default,omitempty"` // of Select
}

// A Case is a case of a Select: a send of N, or a receive.
type Case struct {
	Chan string `json:"chan"` // "" is nil
	Send bool   `json:"send,omitempty"`
	N    int64  `json:"n,omitempty"`
}

// A Verb is what an operation does.
type Verb uint8

// The verbs. A duration D is how long it takes, N a number.
const (
	Go             Verb = 1 + iota // start N goroutines, or one if N is 0, on function On
	Work                           // compute for D, with function calls in it
	Spin                           // compute for D, without: a tight loop
	Yield                          // runtime.Gosched()
	Send                           // On <- N
	Recv                           // <-On
	Select                         // Cases, with or without Default
	Close                          // close(On)
	Acquire                        // On.Lock()
	Unlock                         // On.Unlock()
	RLock                          // On.RLock()
	RUnlock                        // On.RUnlock()
	Add                            // On.Add(N)
	Done                           // On.Done()
	Wait                           // On.Wait() of a WaitGroup or a Cond
	Signal                         // On.Signal()
	Broadcast                      // On.Broadcast()
	Sleep                          // time.Sleep(D)
	Syscall                        // a system call of D, entered with entersyscall
	Block                          // one that is known to block: entersyscallblock
	NetRead                        // a read from the network, whose data come after D
	LockOSThread                   // runtime.LockOSThread()
	UnlockOSThread                 // runtime.UnlockOSThread()
	Procs                          // runtime.GOMAXPROCS(N)
	Grow                           // call a function that needs N bytes of stack in all
	Mark                           // say On
	Loop                           // what is up to the matching End, N times; 0 is for ever
	End
	Exit // runtime.Goexit()
	last
)

var verbs = [...]string{"", "go", "work", "spin", "yield", "send", "recv", "select", "close", "lock", "unlock", "rlock", "runlock",
	"add", "done", "wait", "signal", "broadcast", "sleep", "syscall", "block", "netread", "lockthread", "unlockthread", "procs",
	"grow", "mark", "loop", "end", "exit"}

func (v Verb) String() string {
	if v > 0 && v < last {
		return verbs[v]
	}
	return fmt.Sprintf("Verb(%d)", uint8(v))
}

// MarshalText gives the verb's word, for JSON.
func (v Verb) MarshalText() ([]byte, error) {
	if v == 0 || v >= last {
		return nil, fmt.Errorf("program: verb %d out of range [1,%d]", v, last-1)
	}
	return []byte(verbs[v]), nil
}

// UnmarshalText reads the verb's word. An unknown one is an error.
func (v *Verb) UnmarshalText(text []byte) error {
	w, err := verbOf(string(text))
	if err == nil {
		*v = w
	}
	return err
}

func verbOf(word string) (Verb, error) {
	for i := Go; i < last; i++ {
		if verbs[i] == word {
			return i, nil
		}
	}
	return 0, fmt.Errorf("program: no operation %q (want %s ...)", word, "go, work, send, recv, lock, sleep")
}
