package leaklive

import "github.com/orrery-go/orrery/sched/leak"

// A Classic is a leak that many programs have had, or a program that looks like one.
type Classic struct {
	Name   string
	State  leak.State
	Leaked []int // numbers of goroutines in the profile
}

func chans(n int) (o []leak.Object) {
	for range n {
		o = append(o, leak.Object{Type: leak.Chan})
	}
	return o
}

func waits(op leak.Reason, on int, refs ...int) leak.Goroutine {
	return leak.Goroutine{Reason: op, On: []leak.Case{{Object: on}}, Refs: refs}
}

func either(refs []int, on ...int) leak.Goroutine {
	g := leak.Goroutine{Reason: leak.Select, Refs: refs}
	for _, o := range on {
		g.On = append(g.On, leak.Case{Object: o})
	}
	return g
}

// Classics returns the known leaks.
func Classics() []Classic {
	sleeps := func(refs ...int) leak.Goroutine { return leak.Goroutine{Reason: leak.Sleep, Refs: refs} }
	return []Classic{
		{"a request has timed out, and its worker sends the answer to nobody", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Send, 1)},
		}, []int{1}},
		{"the first of three answers is enough", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Send, 1), waits(leak.Send, 1), sleeps()},
		}, []int{1, 2}},
		{"a range over a channel that nobody has closed", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Recv, 1)},
		}, []int{1}},
		{"the same, and the one who is to close it is still at work", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Recv, 1), sleeps(1)},
		}, []int{}},
		{"a pool of workers that was dropped without being closed", leak.State{
			Objects:    append(chans(2), leak.Object{Type: leak.Struct, Refs: []int{1, 2}}),
			Goroutines: []leak.Goroutine{waits(leak.Recv, 1, 2), waits(leak.Recv, 1, 2), waits(leak.Recv, 1, 2), waits(leak.Recv, 2)},
		}, []int{1, 2, 3, 4}},
		{"the same, which a global variable holds", leak.State{
			Objects: append(chans(2), leak.Object{Type: leak.Struct, Refs: []int{1, 2}}), Globals: []int{3},
			Goroutines: []leak.Goroutine{waits(leak.Recv, 1, 2), waits(leak.Recv, 2)},
		}, []int{}},
		{"a lost cancel: select on Done and on results, when both are out of sight", leak.State{
			Objects:    append(chans(2), leak.Object{Type: leak.Struct, Refs: []int{1}}),
			Goroutines: []leak.Goroutine{either([]int{3}, 1, 2)},
		}, []int{1}},
		{"the same, with a context that a parent refers to which lives", leak.State{
			Objects: append(chans(2), leak.Object{Type: leak.Struct, Refs: []int{1}}), Globals: []int{3},
			Goroutines: []leak.Goroutine{either([]int{3}, 1, 2)},
		}, []int{}},
		{"a context with a deadline: its timer refers to it", leak.State{
			Objects: append(chans(2), leak.Object{Type: leak.Struct, Refs: []int{1}}), Timers: []int{3},
			Goroutines: []leak.Goroutine{either(nil, 1, 2)},
		}, []int{}},
		{"a pipeline whose last stage has nobody to read it", leak.State{
			Objects:    chans(3),
			Goroutines: []leak.Goroutine{waits(leak.Send, 1), waits(leak.Send, 2, 1), waits(leak.Send, 3, 2)},
		}, []int{1, 2, 3}},
		{"the same, and the last stage is at work", leak.State{
			Objects:    chans(2),
			Goroutines: []leak.Goroutine{waits(leak.Send, 1), waits(leak.Send, 2, 1), sleeps(2)},
		}, []int{}},
		{"a buffer that is full, and a sender beyond it", leak.State{
			Objects:    []leak.Object{{Type: leak.Chan, Refs: []int{2}}, {Type: leak.Struct}},
			Goroutines: []leak.Goroutine{waits(leak.Send, 1)},
		}, []int{1}},
		{"a channel of channels: who can take the reply channel from it can answer", leak.State{
			Objects:    []leak.Object{{Type: leak.Chan, Refs: []int{2}}, {Type: leak.Chan}},
			Goroutines: []leak.Goroutine{waits(leak.Recv, 2), sleeps(1)},
		}, []int{}},
		{"the same, when nobody has the requests any more", leak.State{
			Objects:    []leak.Object{{Type: leak.Chan, Refs: []int{2}}, {Type: leak.Chan}},
			Goroutines: []leak.Goroutine{waits(leak.Recv, 2, 1)},
		}, []int{1}},
		{"a WaitGroup that misses a Done", leak.State{
			Objects: []leak.Object{{Type: leak.WaitGroup}}, Goroutines: []leak.Goroutine{waits(leak.Wait, 1)},
		}, []int{1}},
		{"the closer waits for senders, which wait for the receiver, which has gone", leak.State{
			Objects:    []leak.Object{{Type: leak.WaitGroup}, {Type: leak.Chan}},
			Goroutines: []leak.Goroutine{waits(leak.Wait, 1, 2), waits(leak.Send, 2, 1), waits(leak.Send, 2, 1)},
		}, []int{1, 2, 3}},
		{"a mutex is locked twice by the same", leak.State{
			Objects: []leak.Object{{Type: leak.Mutex, Holder: 1}}, Goroutines: []leak.Goroutine{waits(leak.Lock, 1)},
		}, []int{1}},
		{"two mutexes in two orders", leak.State{
			Objects:    []leak.Object{{Type: leak.Mutex, Holder: 1}, {Type: leak.Mutex, Holder: 2}},
			Goroutines: []leak.Goroutine{waits(leak.Lock, 2, 1), waits(leak.Lock, 1, 2)},
		}, []int{1, 2}},
		{"an early return without Unlock", leak.State{
			Objects: []leak.Object{{Type: leak.Mutex, Holder: 9}}, Goroutines: []leak.Goroutine{waits(leak.Lock, 1), waits(leak.Lock, 1)},
		}, []int{1, 2}},
		{"one sends with the lock that the receiver wants first", leak.State{
			Objects:    []leak.Object{{Type: leak.Mutex, Holder: 1}, {Type: leak.Chan}},
			Goroutines: []leak.Goroutine{waits(leak.Send, 2, 1), waits(leak.Lock, 1, 2)},
		}, []int{1, 2}},
		{"readers of a struct whose writer has gone with the lock", leak.State{
			Objects:    []leak.Object{{Type: leak.RWMutex, Holder: 9}},
			Goroutines: []leak.Goroutine{waits(leak.RLock, 1), waits(leak.RLock, 1), waits(leak.Lock, 1)},
		}, []int{1, 2, 3}},
		{"a Cond that nobody signals", leak.State{
			Objects: []leak.Object{{Type: leak.Cond}}, Goroutines: []leak.Goroutine{waits(leak.Wait, 1)},
		}, []int{1}},
		{"a nil channel, and a select without cases", leak.State{
			Goroutines: []leak.Goroutine{{Reason: leak.NilChan}, {Reason: leak.SelectNone}},
		}, []int{1, 2}},
		{"a chain: each is to wake the one before, and the last sleeps", leak.State{
			Objects:    chans(3),
			Goroutines: []leak.Goroutine{waits(leak.Recv, 1), waits(leak.Recv, 2, 1), waits(leak.Recv, 3, 2), sleeps(3)},
		}, []int{}},
		{"the same, and the last waits for a nil channel", leak.State{
			Objects:    chans(3),
			Goroutines: []leak.Goroutine{waits(leak.Recv, 1), waits(leak.Recv, 2, 1), waits(leak.Recv, 3, 2), {Reason: leak.NilChan, Refs: []int{3}}},
		}, []int{1, 2, 3, 4}},
		{"a reader of the network has the channel", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Recv, 1), {Reason: leak.IOWait, Refs: []int{1}}},
		}, []int{}},
		{"a system call has it", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Recv, 1), {Reason: leak.Syscall, Refs: []int{1}}},
		}, []int{}},
		{"a coroutine has it that nobody has stopped", leak.State{
			Objects: chans(1), Goroutines: []leak.Goroutine{waits(leak.Recv, 1), {Reason: leak.Coroutine, Refs: []int{1}}},
		}, []int{}},
		{"a finalizer keeps what its object refers to", leak.State{
			Objects:    []leak.Object{{Type: leak.Struct, Refs: []int{2}}, {Type: leak.Chan}},
			Finalizers: []leak.Finalizer{{Of: 1}}, Goroutines: []leak.Goroutine{waits(leak.Recv, 2)},
		}, []int{}},
		{"a cleanup does not, but what its function refers to", leak.State{
			Objects:    []leak.Object{{Type: leak.Struct, Refs: []int{2}}, {Type: leak.Chan}, {Type: leak.Chan}},
			Finalizers: []leak.Finalizer{{Of: 1, Refs: []int{3}, Cleanup: true}}, Goroutines: []leak.Goroutine{waits(leak.Recv, 2), waits(leak.Recv, 3)},
		}, []int{1}},
		{"a goroutine that stops another by a channel in a struct it has", leak.State{
			Objects:    []leak.Object{{Type: leak.Struct, Refs: []int{2, 3}}, {Type: leak.Chan}, {Type: leak.Chan}},
			Goroutines: []leak.Goroutine{either([]int{1}, 2, 3), waits(leak.Recv, 3, 1)},
		}, []int{1, 2}},
	}
}
