package sched

import (
	"fmt"
	"time"
)

// Costs are the durations of the parts of a program and of the runtime. They decide the
// order of events on several Ps; on one P only time depends on them, and which sleepers
// are woken together. Each is from 0 to a second.
type Costs struct {
	Op       time.Duration `json:"op"`       // an operation that takes no time of its own
	Switch   time.Duration `json:"switch"`   // from one goroutine to the next
	Create   time.Duration `json:"create"`   // a go statement
	Syscall  time.Duration `json:"syscall"`  // to enter and to leave a system call
	Wake     time.Duration `json:"wake"`     // from the waking of an idle thread until it runs
	Late     time.Duration `json:"late"`     // delay of the system in waking a thread that waits for a time
	Thread   time.Duration `json:"thread"`   // to make a thread
	Backoff  time.Duration `json:"backoff"`  // the pause before the runnext of a running P is stolen, for which the runtime asks for 3 microseconds
	CopyByte time.Duration `json:"copyByte"` // of a stack that grows, for 1,024 bytes
}

// VM was measured on a virtual machine of 2 cores, where a thread that waits for a time
// is woken 64 microseconds late (Linux has 50 microseconds of timer slack), and an idle
// thread needs 12 microseconds, since its core is idle, too.
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

// BareMetal is [VM] without the delay that a virtual machine adds to the waking of
// threads: only the timer slack is left, and a few microseconds. It was not measured but
// follows from the documentation of Linux.
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

// DefaultCosts are the costs of [VM].
var DefaultCosts = VM

// QuickCosts are so small that only sleeping and computing takes time that
// matters, and still no two operations happen at once. With them the order on one P is
// that of an undisturbed real program on any machine.
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
