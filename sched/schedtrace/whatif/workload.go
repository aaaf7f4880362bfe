package whatif

import (
	"time"

	"golang.org/x/exp/trace"
)

// A verb is what a goroutine of a workload does next.
type verb uint8

const (
	work      verb = iota // compute for d
	start                 // start the script on
	yield                 // runtime.Gosched
	send                  // the value n on channel on
	recv                  // from channel on; in the recording it got the value n, or -1 if the channel was closed
	closes                // channel on
	lock                  // on
	unlock                // on
	rlock                 // on
	runlock               // on
	add                   // n to wait group on
	wait                  // for wait group on
	wake                  // the goroutine of script on, which awaits it
	await                 // to be woken
	sleep                 // for d
	syscall               // of d
	network               // data that come after d
	forever               // wait for what does not come
	choose                // a select of the cases on; in the recording it got or sent the value n
	condWait              // for condition on
	signal                // condition on: n waits were ended by it
	broadcast             // condition on, as its nth broadcast
	atomic                // the operation n on variable on
)

// An op is one operation of a recorded goroutine.
type op struct {
	verb verb
	none bool  // of send, recv and choose: it is known that no value was sent or got
	took int16 // of choose: the case that went through, or -1 if none has
	on   int32
	n    int32
	like int32 // of recv and choose: those whose rest of the work may be done in its place
	d    time.Duration
}

// A script is what one goroutine did, in its order.
type script struct {
	id      trace.GoID
	name    string
	ops     []op
	initial bool // it was there in the beginning
	wakes   int32
}

// A channel is one with notes.
type channel struct {
	cap          int64
	sends, recvs int32
	got          []place // the receive of each value
	closed       bool
	sent, taken  []place // while it is read: sends and receives, in the order in which they begin
}

// A place is a receive in a script.
type place struct{ script, op int32 }

// A locker is a lock or a wait group with notes.
type locker struct {
	kind verb    // lock, rlock or add
	held counter // how often it is locked, or a wait group's counter
	read counter // by how many readers

	noted bool // it is locked with notes
}

// A counter is the number of times that something was counted up and not down, from 0 on.
// If it was less meanwhile, something was there before the recording.
type counter struct{ now, least int64 }

func (c *counter) add(n int64) {
	c.now += n
	c.least = min(c.least, c.now)
}

// before returns what there was before.
func (c *counter) before() int64 { return -c.least }

// A Workload is what the goroutines of a program did, as a trace tells it. It comes from
// [Read], and does not change: several goroutines may use it.
type Workload struct {
	scripts  []*script // the first is the one that is measured
	channels []*channel
	lockers  []*locker
	choices  []choice
	conds    []*condition
	vars     []*variable
	atomics  []atomicOp
	families []family          // of what is alike: op.like/2
	early    map[place][]place // signals, by the unlocking before them
	likes    int32
	recorded Recorded
}

// Recorded is what a trace reports about its run.
type Recorded struct {
	Release    string        `json:"release"` // whose format the trace has
	Procs      int           `json:"procs"`   // GOMAXPROCS
	Goroutines int           `json:"goroutines"`
	Makespan   time.Duration `json:"makespan"` // from the beginning to the end of the region, or of the trace
	Work       time.Duration `json:"work"`     // computing, of all goroutines
	Waits      time.Duration `json:"waits"`    // sleeping, in system calls and for the network, of all goroutines
	Utilised   float64       `json:"utilised"` // share of the processors' time in which they computed
	Latency    Percentiles   `json:"latency"`
	Switches   Switches      `json:"switches"`
	Region     bool          `json:"region"` // there is a region of note.Run

	Short      float64       `json:"short"`      // share of Work in bursts of less than [ShortBurst]
	Noted      int           `json:"noted"`      // waits whose operation has a note
	Unnoted    int           `json:"unnoted"`    // waits of which only the goroutine that ended them is known
	Unknown    []string      `json:"unknown"`    // where these were, the most frequent first, ten at most
	Locks      bool          `json:"locks"`      // mutexes are used, as notes tell
	Selects    int           `json:"selects"`    // selects with a note
	Conditions int           `json:"conditions"` // operations on a sync.Cond with a note
	Atomics    int           `json:"atomics"`    // atomic operations with a note
	Collecting time.Duration `json:"collecting"` // computing of the runtime's own goroutines, above all the collector's
	Stopped    time.Duration `json:"stopped"`    // the world was stopped
	Ignored    int           `json:"ignored"`    // logs that no note writes, and selects of which no case went through
}

// Switches say how a scheduler got goroutines to run.
type Switches struct {
	Starts    int `json:"starts"`    // of goroutines that were runnable
	Elsewhere int `json:"elsewhere"` // of these, on another P than that on which they became runnable
	Idle      int `json:"idle"`      // how often a P became idle, after which it has to be woken
}

// ShortBurst is the burst below which the costs of scheduling, which differ from machine
// to machine, decide.
const ShortBurst = 50 * time.Microsecond

// Recorded returns what the trace reports about its run.
func (w *Workload) Recorded() Recorded {
	if w == nil {
		return Recorded{Unknown: []string{}}
	}
	r := w.recorded
	r.Unknown = append([]string{}, r.Unknown...)
	return r
}
