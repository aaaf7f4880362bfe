package overlay

// A From is the place from which a thread took the goroutine that it executes.
type From uint8

const (
	Unknown     From = iota
	Next             // runnext of its P
	Ring             // ring of its P
	GlobalTurn       // the global queue, once in 61 time slices
	GlobalBatch      // the global queue, with a share of it
	Stolen           // the queues of another P
	Netpoll          // the network
	Worker           // a mark worker
	IdleWorker       // a mark worker, for lack of other work
	Reader           // the reader of the trace
	Callback         // of wasm
	Again            // it could not park
	Syscall          // back from a system call, with a P
	SyscallIdle      // back from a system call, with a P that was idle when last seen
	Switched         // a coroutine, switched to
	Resized          // GOMAXPROCS took its P
)
