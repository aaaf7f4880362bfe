package epollsim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A Verb names an operation.
type Verb string

// The operations of Kernel.Do.
const (
	EventFDVerb    Verb = "eventfd"
	PipeVerb       Verb = "pipe"
	SocketPairVerb Verb = "socketpair"
	TCPVerb        Verb = "tcp"
	RegularVerb    Verb = "file"
	CreateVerb     Verb = "epoll_create1"
	CreateSizeVerb Verb = "epoll_create"
	DupVerb        Verb = "dup"
	CloseVerb      Verb = "close"
	ReadVerb       Verb = "read"
	WriteVerb      Verb = "write"
	SignalVerb     Verb = "signal"
	ShutdownVerb   Verb = "shutdown"
	CtlVerb        Verb = "epoll_ctl"
	WaitVerb       Verb = "epoll_wait"
	BlockVerb      Verb = "block"
	ResumeVerb     Verb = "resume"
	InterruptVerb  Verb = "interrupt"
	ScanVerb       Verb = "scan"
	StepVerb       Verb = "step"
	PollVerb       Verb = "poll"
	SelectVerb     Verb = "select"
	AdvanceVerb    Verb = "advance"
)

// String returns the name.
func (v Verb) String() string { return string(v) }

// An Op is an operation as a value, for programs that are generated or parsed.
type Op struct {
	Verb      Verb          `json:"verb"`
	FD        FD            `json:"fd"`     // of Ctl and Wait the epoll
	Target    FD            `json:"target"` // of Ctl
	Ctl       CtlOp         `json:"ctl"`
	Events    Events        `json:"events"`
	Value     uint64        `json:"value,string"` // the count, or the data of Ctl
	N         int           `json:"n"`            // bytes, events or a waiter
	How       How           `json:"how"`
	Semaphore bool          `json:"semaphore"`
	Timeout   time.Duration `json:"timeout"`
	Polls     []PollFD      `json:"polls"` // of Poll
	Sets      Sets          `json:"sets"`  // of Select
}

// An Outcome is the result of a call.
type Outcome struct {
	N      int     `json:"n"`            // bytes, or events
	Value  uint64  `json:"value,string"` // that was read from an eventfd
	Ready  []Ready `json:"ready"`
	Waiter int     `json:"waiter"` // of a call that has not returned
	FD     FD      `json:"fd"`     // the descriptor that was made, of [Kernel.Do]
	Other  FD      `json:"other"`  // the second one

	Polls []PollFD `json:"polls"` // of Poll
	Sets  Sets     `json:"sets"`  // of Select
	Cost  Cost     `json:"cost"`  // of Poll and Select
}

// String reads like "3" or "2, 2 ready" or "waiter 1".
func (o Outcome) String() string {
	text := fmt.Sprint(o.N)
	switch {
	case o.Waiter != 0:
		text = fmt.Sprintf("waiter %d", o.Waiter)
	case o.Value != 0:
		text += fmt.Sprintf(", value %d", o.Value)
	case o.FD != 0 && o.Other != 0:
		text = fmt.Sprintf("descriptors %d and %d", o.FD, o.Other)
	case o.FD != 0:
		text = fmt.Sprintf("descriptor %d", o.FD)
	}
	if len(o.Ready) > 0 {
		text += fmt.Sprintf(", %d ready", len(o.Ready))
	}
	return text
}

// Do performs the operation, like the method of its name. The Outcome shares no memory
// with the kernel. It returns an error if the verb is unknown, and otherwise the errors
// of that method.
func (k *Kernel) Do(op Op) (o Outcome, err error) {
	switch op.Verb {
	case EventFDVerb:
		o.FD, err = k.EventFD(uint32(op.Value), op.Semaphore)
	case PipeVerb:
		o.FD, o.Other, err = k.Pipe()
	case SocketPairVerb:
		o.FD, o.Other, err = k.SocketPair()
	case TCPVerb:
		o.FD, o.Other, err = k.TCPPair()
	case RegularVerb:
		o.FD, err = k.RegularFile()
	case CreateVerb:
		o.FD, err = k.Create()
	case CreateSizeVerb:
		o.FD, err = k.CreateSize(op.N)
	case DupVerb:
		o.FD, err = k.Dup(op.FD)
	case CloseVerb:
		err = k.Close(op.FD)
	case ReadVerb:
		o, err = k.Read(op.FD, op.N)
	case WriteVerb:
		o, err = k.Write(op.FD, op.N)
	case SignalVerb:
		o, err = k.Signal(op.FD, op.Value)
	case ShutdownVerb:
		err = k.Shutdown(op.FD, op.How)
	case CtlVerb:
		err = k.Ctl(op.FD, op.Ctl, op.Target, op.Events, op.Value)
	case WaitVerb:
		o.Ready, err = k.Wait(op.FD, op.N)
		o.N = len(o.Ready)
	case BlockVerb:
		o, err = k.Block(op.FD, op.N, op.Timeout)
	case ResumeVerb:
		o, err = k.Resume(op.N)
	case InterruptVerb:
		err = k.Interrupt(op.N)
	case ScanVerb:
		o, err = k.Scan(op.FD, op.N)
	case StepVerb:
		o, err = k.Step(op.N)
	case PollVerb:
		o.Polls, o.Cost, err = k.Poll(op.Polls)
	case SelectVerb:
		o.Sets, o.N, o.Cost, err = k.Select(op.N, op.Sets)
	case AdvanceVerb:
		err = k.Advance(op.Timeout)
	default:
		return o, fmt.Errorf("epollsim: no verb %.40q", op.Verb)
	}
	if err != nil {
		return Outcome{}, err
	}
	o.Ready, o.Polls = slices.Clone(o.Ready), slices.Clone(o.Polls)
	return o, nil
}

// String reads like "epoll_ctl(4, ADD, 5, IN|ET, 5)".
func (op Op) String() string {
	switch op.Verb {
	case EventFDVerb:
		if op.Semaphore {
			return fmt.Sprintf("eventfd(%d, semaphore)", uint32(op.Value))
		}
		return fmt.Sprintf("eventfd(%d)", uint32(op.Value))
	case CreateSizeVerb, ResumeVerb, InterruptVerb, StepVerb:
		return fmt.Sprintf("%s(%d)", op.Verb, op.N)
	case DupVerb, CloseVerb:
		return fmt.Sprintf("%s(%d)", op.Verb, op.FD)
	case ReadVerb, WriteVerb, WaitVerb, ScanVerb:
		return fmt.Sprintf("%s(%d, %d)", op.Verb, op.FD, op.N)
	case BlockVerb:
		return fmt.Sprintf("block(%d, %d, %v)", op.FD, op.N, op.Timeout)
	case SignalVerb:
		return fmt.Sprintf("signal(%d, %d)", op.FD, op.Value)
	case ShutdownVerb:
		return fmt.Sprintf("shutdown(%d, %v)", op.FD, op.How)
	case CtlVerb:
		return fmt.Sprintf("epoll_ctl(%d, %v, %d, %v, %d)", op.FD, op.Ctl, op.Target, op.Events, op.Value)
	case PollVerb:
		var parts []string
		for _, p := range op.Polls[:min(len(op.Polls), 20)] {
			parts = append(parts, fmt.Sprintf("%d %v", p.FD, p.Events))
		}
		return "poll(" + strings.Join(parts, ", ") + ")"
	case SelectVerb:
		return fmt.Sprintf("select(%d, %.40s)", op.N, fmt.Sprint(op.Sets.In[:min(len(op.Sets.In), 20)]))
	case AdvanceVerb:
		return fmt.Sprintf("advance(%v)", op.Timeout)
	}
	return fmt.Sprintf("%.40s()", string(op.Verb))
}

var ctlNames = map[CtlOp]string{ADD: "ADD", DEL: "DEL", MOD: "MOD"}

// String returns the name.
func (o CtlOp) String() string {
	if s, ok := ctlNames[o]; ok {
		return s
	}
	return fmt.Sprintf("CtlOp(%d)", int(o))
}

var howNames = map[How]string{RD: "RD", WR: "WR", RDWR: "RDWR"}

// String returns the name.
func (h How) String() string {
	if s, ok := howNames[h]; ok {
		return s
	}
	return fmt.Sprintf("How(%d)", int(h))
}
