package ctxtree

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/release"
)

// A Config says what to model. The zero Config is a tree of the newest release.
type Config struct {
	Release string `json:"release"` // "" for the newest known, "go1.17", "running"; since 1.7, which brought the package

	// Choose picks one of n: which of n children is canceled next, which of n goroutines
	// runs next, which of n cases a select takes. Go promises no order for any of them.
	// nil: the first, in the order in which they were made. A result out of [0,n) is
	// taken modulo n.
	Choose func(n int) int `json:"-"`

	Trace  func(Event) `json:"-"`      // receives every step; nil costs nothing
	Start  time.Time   `json:"start"`  // the time of day at which the tree's clock begins; zero: 2000-01-01 00:00 UTC, as in testing/synctest
	Record bool        `json:"record"` // keep the operations, for [Tree.At]
}

// A Tree holds contexts, the goroutines and timers that they use, and a clock. Get one
// from [New]. It is not safe for concurrent use.
type Tree struct {
	config  Config
	release release.Release
	rules   rules
	choose  func(n int) int
	trace   func(Event)

	hot  []hot  // by Node
	cold []cold // by Node

	values  []value
	timers  []timer
	customs []custom
	funcs   []FuncState

	ends  []end         // why nodes were canceled
	endOf map[end]int32 // its index

	gs       []goroutine // by G; the first is unused
	ready    []G         // from head on
	head     int
	watchers map[Node][]G // goroutines that wait for a Done channel

	now     moment
	heap    []Node // of timers, the next one first
	stopped int    // of them that are not running any more

	seq     uint64
	refuses error // why nothing can be done: a panic has ended the program, or Trace calls the tree
	crashed bool
	log     []Op  // if Config.Record
	draws   []int // what Choose said, if Config.Record
	scratch []Node
}

// An end is the reason why a context was canceled: the results of Err and Cause from then
// on.
type end struct{ err, cause Reason }

// The ends that need no looking up.
const (
	notEnded int32 = iota
	endCanceled
	endDeadline
)

// A Reason is the error with which a context was canceled: what its Err or Cause
// returns. Two are the same error if they have the same text. "" stands for nil.
type Reason string

// The errors of package context.
const (
	Canceled         Reason = "context canceled"
	DeadlineExceeded Reason = "context deadline exceeded"
)

// Error returns the text.
func (r Reason) Error() string { return string(r) }

// The panics of package context, and those of the runtime that it runs into.
// [errors.Is] matches them in every release.
var (
	NilParent      = crash.Panic("cannot create context from nil parent")
	NilKey         = crash.Panic("nil key")
	NotComparable  = crash.Panic("key is not comparable")
	NilDereference = crash.Panic("runtime error: invalid memory address or nil pointer dereference")
	Uncomparable   = crash.Panic("runtime error: comparing uncomparable type") // the type's name follows
	MissingErr     = crash.Panic("context: internal error: missing cancel error")
)

var (
	errUseNew = errors.New("ctxtree: the zero Tree has no contexts: use New")
	errBusy   = errors.New("ctxtree: a tree cannot be used from its own Trace or Choose")
)

// New makes a tree with the two contexts that have no parent, [Background] and [TODO]. It
// returns an error if the release is unknown or older than 1.7.
func New(c Config) (*Tree, error) {
	r, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("ctxtree: %w", err)
	}
	if !r.AtLeast("go1.7") {
		return nil, fmt.Errorf("ctxtree: %v has no package context (it came with go1.7)", r)
	}
	if c.Start.IsZero() {
		c.Start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	t := &Tree{config: c, release: r, rules: rulesOf(r), choose: c.Choose, trace: c.Trace}
	if c.Record && c.Choose != nil {
		t.choose = func(n int) int {
			i := c.Choose(n)
			t.draws = append(t.draws, i)
			return i
		}
	}
	if c.Record && t.trace == nil {
		t.trace = func(Event) {} // so that events are counted
	}
	t.Reset()
	return t, nil
}

// Reset forgets everything but the two roots, and keeps the memory: the tree is as
// [New] made it. From the tree's own Trace or Choose it does nothing.
func (t *Tree) Reset() {
	if t.release == (release.Release{}) || t.refuses == errBusy {
		return // of the zero Tree, or amid an operation
	}
	t.hot = append(t.hot[:0], hot{}, hot{form: emptyForm}, hot{form: emptyForm})
	t.cold = append(t.cold[:0], cold{doneOf: nowhere, errOf: nowhere, deadOf: nowhere}, cold{}, cold{})
	clear(t.values)
	clear(t.customs)
	t.values, t.timers, t.customs, t.funcs = t.values[:0], t.timers[:0], t.customs[:0], t.funcs[:0]
	t.ends = append(t.ends[:0], end{}, end{Canceled, Canceled}, end{DeadlineExceeded, DeadlineExceeded})
	t.endOf = nil
	t.gs = append(t.gs[:0], goroutine{})
	t.ready, t.head, t.watchers = t.ready[:0], 0, nil
	t.now, t.heap, t.stopped = moment{}, t.heap[:0], 0
	t.seq, t.refuses, t.crashed = 0, nil, false
	t.log, t.draws = nil, nil
}

// Grow makes room for n more nodes, so that making them allocates nothing. It
// returns an error if n is negative, or there would be more than [MaxNodes].
func (t *Tree) Grow(n int) error {
	if len(t.hot) == 0 {
		return errUseNew
	}
	if n < 0 || n > MaxNodes-len(t.hot)+1 {
		return fmt.Errorf("ctxtree: room for %d nodes out of range [0,%d]", n, MaxNodes-len(t.hot)+1)
	}
	t.hot, t.cold = slices.Grow(t.hot, n), slices.Grow(t.cold, n)
	return nil
}

// Len reports how many nodes there are, the two roots included.
func (t *Tree) Len() int { return max(len(t.hot)-1, 0) }

// Now reports how much time has passed since the start.
func (t *Tree) Now() time.Duration { return t.now.at }

// Release returns the release whose rules these are.
func (t *Tree) Release() string { return t.release.String() }

// Crashed reports the panic of a goroutine that has ended the program, or nil. From then
// on every operation returns it. (A panic in the caller's own goroutine is returned by
// the operation; the caller is assumed to recover.)
func (t *Tree) Crashed() error {
	if t.crashed {
		return t.refuses
	}
	return nil
}

// endIndex returns the index of a reason.
func (t *Tree) endIndex(e end) int32 {
	switch e {
	case end{Canceled, Canceled}:
		return endCanceled
	case end{DeadlineExceeded, DeadlineExceeded}:
		return endDeadline
	}
	i, ok := t.endOf[e]
	if !ok {
		if t.endOf == nil {
			t.endOf = map[end]int32{}
		}
		i = int32(len(t.ends))
		t.ends = append(t.ends, e)
		t.endOf[e] = i
	}
	return i
}

// pick is a choice of Config.Choose among n, or the first.
func (t *Tree) pick(n int) int {
	if t.choose == nil || n < 2 {
		return 0
	}
	defer t.enter()()
	i := t.choose(n) % n
	if i < 0 {
		i += n
	}
	return i
}

// enter marks that the tree calls its user, and returns what ends that.
func (t *Tree) enter() func() {
	was := t.refuses
	t.refuses = errBusy
	return func() { t.refuses = was }
}
