package sched

import (
	"fmt"
	"time"
)

// Costs are how long the parts of a program and of the runtime take. They order
// what happens on several Ps; on one P nothing but time depends on them, and which of
// several sleepers are woken together. None is below 0 or above a second.
type Costs struct {
	Op       time.Duration `json:"op"`       // an operation that takes no time of its own
	Switch   time.Duration `json:"switch"`   // from one goroutine to the next
	Create   time.Duration `json:"create"`   // a go statement
	Syscall  time.Duration `json:"syscall"`  // to enter and to leave a system call
	Wake     time.Duration `json:"wake"`     // until an idle thread runs that is woken
	Late     time.Duration `json:"late"`     // that the system wakes a thread too late which waits for a time
	Thread   time.Duration `json:"thread"`   // to make a thread
	Backoff  time.Duration `json:"backoff"`  // the pause before the runnext of a P that runs is stolen, which asks for 3 microseconds
	CopyByte time.Duration `json:"copyByte"` // of a stack that grows, for 1,024 bytes
}

// VM is what was measured on a virtual machine of 2 cores, where a thread that waits
// for a time is woken 64 microseconds late (Linux has 50 microseconds of timer slack),
// and one that is idle needs 12 microseconds, since its core is idle, too.
var VM = Costs{
	Op:       14 * time.Nanosecond,
	Switch:   76 * time.Nanosecond,
	Create:   165 * time.Nanosecond,
	Syscall:  125 * time.Nanosecond,
	Wake:     12 * time.Microsecond,
	Late:     64 * time.Microsecond,
	Thread:   25 * time.Microsecond,
	Backoff:  67 * time.Microsecond,
	CopyByte: 50 * time.Nanosecond,
}

// BareMetal is [VM] without what a virtual machine adds to the waking of threads: the
// timer slack is left, and a few microseconds. It was not measured but follows from
// what Linux documents.
var BareMetal = Costs{
	Op:       14 * time.Nanosecond,
	Switch:   76 * time.Nanosecond,
	Create:   165 * time.Nanosecond,
	Syscall:  70 * time.Nanosecond,
	Wake:     3 * time.Microsecond,
	Late:     53 * time.Microsecond,
	Thread:   12 * time.Microsecond,
	Backoff:  56 * time.Microsecond,
	CopyByte: 50 * time.Nanosecond,
}

// DefaultCosts are those of [VM].
var DefaultCosts = VM

// QuickCosts are so little that only sleeping and computing takes time that matters,
// and still no two operations happen at once. With them one P's order is that of a
// real program which is not disturbed, whatever the machine.
var QuickCosts = Costs{
	Op:      1,
	Switch:  1,
	Create:  1,
	Syscall: 1,
	Wake:    1,
	Late:    50 * time.Microsecond,
}

func (c *Costs) check() error {
	for _, d := range []time.Duration{c.Op, c.Switch, c.Create, c.Syscall, c.Wake, c.Late, c.Thread, c.Backoff, c.CopyByte} {
		if d < 0 || d > time.Second {
			return fmt.Errorf("sched: a cost of %v out of range [0,1s]", d)
		}
	}
	return nil
}
