package explain

// A Source names the place from which a goroutine was taken when it began to run.
type Source string

// The sources.
const (
	Unknown  Source = ""
	Next     Source = "runnext"
	Ring     Source = "ring"     // of its own P
	Global   Source = "global"   // the global queue
	Stolen   Source = "stolen"   // from another P
	Network  Source = "netpoll"  // the network poller's list, whose first the scheduler runs at once
	System   Source = "system"   // what the scheduler runs first: mark workers, the trace's reader
	Syscall  Source = "syscall"  // back from a system call, with a P
	Switched Source = "switched" // a coroutine switch, which bypasses the queues
	Again    Source = "again"    // it found, when it was about to wait, that it need not
)

// An origin is a [Source] in a byte: there are many.
type origin uint8

const (
	fromUnknown origin = iota
	fromNext
	fromRing
	fromGlobal
	fromOther // P, that it was stolen from
	fromNetwork
	fromSystem
	fromSyscall
	fromSwitch
	fromAgain
)

var sources = [...]Source{Unknown, Next, Ring, Global, Stolen, Network, System, Syscall, Switched, Again}

// A Verdict says how many explanations a start has.
type Verdict string

// The verdicts.
const (
	Unique       Verdict = "unique"                 // however long threads were stopped, and between what
	UpToOrder    Verdict = "unique up to the order" // if threads were not late oftener than they must have been
	Several      Verdict = "one of several"
	Contradicted Verdict = "contradicted"  // the rules do not allow it
	Warming      Verdict = "not yet known" // at the beginning of a trace, queues are unknown
)
