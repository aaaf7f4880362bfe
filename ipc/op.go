package ipc

import "fmt"

// A Verb names an operation.
type Verb string

// The operations of System.Do.
const (
	ForkVerb        Verb = "fork"
	ThreadVerb      Verb = "thread"
	PipeVerb        Verb = "pipe"
	FIFOVerb        Verb = "mkfifo"
	OpenVerb        Verb = "open"
	PipeSizeVerb    Verb = "getpipesz"
	SetPipeSizeVerb Verb = "setpipesz"
	SocketPairVerb  Verb = "socketpair"
	QueueVerb       Verb = "mq_open"
	GiveVerb        Verb = "give"
	CloseVerb       Verb = "close"
	ReadVerb        Verb = "read"
	WriteVerb       Verb = "write"
	SendVerb        Verb = "send"
	RecvVerb        Verb = "recv"
	ShutdownVerb    Verb = "shutdown"
	PostVerb        Verb = "mq_send"
	FetchVerb       Verb = "mq_receive"
	MaskVerb        Verb = "mask"
	KillVerb        Verb = "kill"
	TakeVerb        Verb = "take"
	ResumeVerb      Verb = "resume"
)

// String returns the name.
func (v Verb) String() string { return string(v) }

// An Op is an operation as a value, for programs that are generated or parsed.
type Op struct {
	Verb Verb   `json:"verb"`
	Proc Proc   `json:"proc"`
	FD   FD     `json:"fd"`
	To   Proc   `json:"to"`             // of Give and Kill
	N    int    `json:"n"`              // bytes, a FIFO, a signal, a waiter
	Most int    `json:"most"`           // of Queue; the priority of Post
	Set  uint64 `json:"set,string"`     // of signals
	How  How    `json:"how"`            // of Shutdown
	Mode Mode   `json:"mode"`           // of Open
	Data []byte `json:"data,omitempty"` // to write
	FDs  []FD   `json:"fds,omitempty"`  // to pass

	Datagram bool `json:"datagram"`
	Nonblock bool `json:"nonblock"`
}

// Do performs the operation, like the method of its name. The Outcome has new descriptors
// as FDs, and any other number that the method returns as N. It returns an error if the
// verb is unknown, and otherwise the errors of that method.
func (s *System) Do(op Op) (o Outcome, err error) {
	var a, b FD
	switch op.Verb {
	case ForkVerb:
		var p Proc
		p, err = s.Fork(op.Proc)
		o.N = int(p)
	case ThreadVerb:
		var p Proc
		p, err = s.Thread(op.Proc)
		o.N = int(p)
	case PipeVerb:
		if a, b, err = s.Pipe(op.Proc); err == nil {
			o.FDs = []FD{a, b}
		}
	case FIFOVerb:
		o.N, err = s.FIFO(op.Proc)
	case OpenVerb:
		o, err = s.Open(op.Proc, op.N, op.Mode, op.Nonblock)
	case PipeSizeVerb:
		o.N, err = s.PipeSize(op.Proc, op.FD)
	case SetPipeSizeVerb:
		o.N, err = s.SetPipeSize(op.Proc, op.FD, op.N)
	case SocketPairVerb:
		if a, b, err = s.SocketPair(op.Proc, op.Datagram); err == nil {
			o.FDs = []FD{a, b}
		}
	case QueueVerb:
		if a, err = s.Queue(op.Proc, op.Most, op.N); err == nil {
			o.FDs = []FD{a}
		}
	case GiveVerb:
		if a, err = s.Give(op.Proc, op.FD, op.To); err == nil {
			o.FDs = []FD{a}
		}
	case CloseVerb:
		err = s.Close(op.Proc, op.FD)
	case ReadVerb:
		o, err = s.Read(op.Proc, op.FD, op.N)
	case WriteVerb:
		o, err = s.Write(op.Proc, op.FD, op.Data)
	case SendVerb:
		o, err = s.Send(op.Proc, op.FD, op.Data, op.FDs...)
	case RecvVerb:
		o, err = s.Recv(op.Proc, op.FD, op.N)
	case ShutdownVerb:
		err = s.Shutdown(op.Proc, op.FD, op.How)
	case PostVerb:
		o, err = s.Post(op.Proc, op.FD, op.Data, op.Most)
	case FetchVerb:
		o, err = s.Fetch(op.Proc, op.FD, op.N)
	case MaskVerb:
		err = s.Mask(op.Proc, op.Set)
	case KillVerb:
		err = s.Kill(op.Proc, op.To, op.N)
	case TakeVerb:
		o, err = s.Take(op.Proc, op.Set)
	case ResumeVerb:
		o, err = s.Resume(op.N)
	default:
		err = fmt.Errorf("ipc: no verb %.40q", op.Verb)
	}
	return o, err
}

// String reads like "process 1: write(3, 100 bytes)".
func (op Op) String() string {
	text := ""
	switch op.Verb {
	case ForkVerb, ThreadVerb, PipeVerb, FIFOVerb:
	case OpenVerb:
		text = fmt.Sprintf("fifo %d, %.20s, nonblock %v", op.N, op.Mode, op.Nonblock)
	case SetPipeSizeVerb, ReadVerb, RecvVerb, FetchVerb:
		text = fmt.Sprintf("%d, %d", op.FD, op.N)
	case SocketPairVerb:
		text = fmt.Sprintf("datagram %v", op.Datagram)
	case QueueVerb:
		text = fmt.Sprintf("%d of %d bytes", op.Most, op.N)
	case GiveVerb:
		text = fmt.Sprintf("%d to process %d", op.FD, op.To)
	case WriteVerb:
		text = fmt.Sprintf("%d, %d bytes", op.FD, len(op.Data))
	case SendVerb:
		text = fmt.Sprintf("%d, %d bytes and %d descriptors", op.FD, len(op.Data), len(op.FDs))
	case PostVerb:
		text = fmt.Sprintf("%d, %d bytes, priority %d", op.FD, len(op.Data), op.Most)
	case ShutdownVerb:
		text = fmt.Sprintf("%d, %v", op.FD, op.How)
	case KillVerb:
		text = fmt.Sprintf("process %d, signal %d", op.To, op.N)
	case MaskVerb, TakeVerb:
		text = fmt.Sprintf("%#x", op.Set)
	case ResumeVerb:
		text = fmt.Sprint(op.N)
	default:
		text = fmt.Sprint(op.FD)
	}
	return fmt.Sprintf("process %d: %.20s(%s)", op.Proc, string(op.Verb), text)
}
