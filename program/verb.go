package program

import (
	"fmt"
	"strings"
)

// A Verb is the verb of an operation.
type Verb uint8

// The verbs. [Verb.Usage] returns how each is written, [Verb.Go] its form in Go, and
// [Verb.Since] the release that added it.
const (
	Go             Verb = 1 + iota // start N goroutines, or one if N is 0, on function On with Args
	Work                           // compute for D, with function calls in it
	Spin                           // compute for D, without: a tight loop
	Yield                          // runtime.Gosched()
	Send                           // On <- N
	Recv                           // value, ok = <-On
	Select                         // case, value, ok = Cases, with or without Default
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
	Block                          // a system call that is known to block: entersyscallblock
	NetRead                        // a read from the network, whose data come after D
	LockOSThread                   // runtime.LockOSThread()
	UnlockOSThread                 // runtime.UnlockOSThread()
	Procs                          // old = runtime.GOMAXPROCS(N)
	Grow                           // call a function that needs N bytes of stack in all
	Mark                           // output On, in which {x} is the value of the variable x
	Loop                           // repeat up to the matching End, N times; without N and Var forever; the result is the turn, from 0
	End                            // of a body
	Exit                           // runtime.Goexit()

	TrySend       // ready = a Send that does not wait
	TryRecv       // value, ok, ready = a Recv that does not wait
	TryLock       // ok = On.TryLock()
	TryRLock      // ok = On.TryRLock()
	Do            // On.Do of the body up to the matching End
	Len           // n = len(On), or of a timer, len(On.C)
	Cap           // n = cap(On)
	Words         // the words of a Mutex in memory, or of an RWMutex
	NewTimer      // On = time.NewTimer(D)
	NewTicker     // On = time.NewTicker(D)
	AfterFunc     // On = time.AfterFunc(D, function Of with Args)
	Stop          // ok = On.Stop(); of a ticker without result
	Reset         // ok = On.Reset(D); of a ticker without result
	WithCancel    // On = context.WithCancel(Of)
	WithTimeout   // On = context.WithTimeout(Of, D)
	Cancel        // the cancel function of On
	CtxErr        // n = On.Err(): 0 for nil, 1 for Canceled, 2 for DeadlineExceeded
	GC            // runtime.GC()
	NumGoroutine  // n = runtime.NumGoroutine()
	Set           // x = X Operator Y
	If            // the body up to the matching Else or End, if X Operator Y is not 0
	Else          // else the body up to the matching End
	While         // the body up to the matching End, while X Operator Y is not 0
	Break         // leave the innermost Loop or While
	Continue      // go on with its next turn
	Call          // value = function On with Args
	Return        // N, or 0; in a body of Do or Defer from that
	Panic         // panic with the text On
	Defer         // defer the body up to the matching End
	Recover       // ok = whether there was a panic: directly in a body of Defer
	AtomicLoad    // value = of On
	AtomicStore   // On = N
	AtomicAdd     // new = On + N, stored in On
	AtomicSwap    // old = On; On = N
	AtomicCompare // ok = compare On with Args[0], and swap it with Args[1]
	last
)

// A shape says how a verb is written, checked and printed. Its takes has a letter for
// each operand after the word:
//
//	o  an object of one of the kinds, or of ChanType alone, nil
//	r  a source to receive from: an object of the kinds, nil, or after DURATION
//	f  a function with its arguments
//	F  the same, in Of
//	p  an optional context, in Of
//	v  a number, or a variable
//	V  the same, or nothing
//	a  a value in Args
//	d  a duration, optionally times a variable
//	x  an expression
//	w  words, in which {x} is a variable
//	s  cases
type shape struct {
	word  string
	takes string
	kinds string // of the object, with spaces between
	sets  int    // largest number of results
	body  bool   // it begins a body up to an End
	usage string // operands after the word
	goes  string // in Go
	since string
}

var receivable = "chan timer ticker context"

var shapes = [last]shape{
	Go:             {word: "go", takes: "fV", usage: "FUNC[(VALUE, ...)] [TIMES]", goes: "go f(x)"},
	Work:           {word: "work", takes: "d", usage: "DURATION", goes: "a loop with calls in it, for that time"},
	Spin:           {word: "spin", takes: "d", usage: "DURATION", goes: "a loop without calls, for that time"},
	Yield:          {word: "yield", goes: "runtime.Gosched()"},
	Send:           {word: "send", takes: "oV", kinds: "chan", usage: "CHAN [VALUE]", goes: "c <- v"},
	Recv:           {word: "recv", takes: "r", kinds: receivable, sets: 2, usage: "SOURCE", goes: "v, ok = <-c, or t.C, ctx.Done(), time.After(d)"},
	Select:         {word: "select", takes: "s", kinds: receivable, sets: 3, usage: "[CASE, ...]", goes: "select { case c <- 1: k = 0; case v, ok = <-d: k = 1; default: k = -1 }"},
	Close:          {word: "close", takes: "o", kinds: "chan", usage: "CHAN", goes: "close(c)"},
	Acquire:        {word: "lock", takes: "o", kinds: "mutex rwmutex", usage: "LOCK", goes: "m.Lock()"},
	Unlock:         {word: "unlock", takes: "o", kinds: "mutex rwmutex", usage: "LOCK", goes: "m.Unlock()"},
	RLock:          {word: "rlock", takes: "o", kinds: "rwmutex", usage: "LOCK", goes: "m.RLock()"},
	RUnlock:        {word: "runlock", takes: "o", kinds: "rwmutex", usage: "LOCK", goes: "m.RUnlock()"},
	Add:            {word: "add", takes: "ov", kinds: "waitgroup", usage: "WAITGROUP DELTA", goes: "wg.Add(n)"},
	Done:           {word: "done", takes: "o", kinds: "waitgroup", usage: "WAITGROUP", goes: "wg.Done()"},
	Wait:           {word: "wait", takes: "o", kinds: "waitgroup cond", usage: "WAITGROUP or COND", goes: "wg.Wait()"},
	Signal:         {word: "signal", takes: "o", kinds: "cond", usage: "COND", goes: "k.Signal()"},
	Broadcast:      {word: "broadcast", takes: "o", kinds: "cond", usage: "COND", goes: "k.Broadcast()"},
	Sleep:          {word: "sleep", takes: "d", usage: "DURATION", goes: "time.Sleep(d)"},
	Syscall:        {word: "syscall", takes: "d", usage: "DURATION", goes: "syscall.Syscall(...)"},
	Block:          {word: "block", takes: "d", usage: "DURATION", goes: "a call that enters by entersyscallblock, such as os/signal's"},
	NetRead:        {word: "netread", takes: "d", usage: "DURATION", goes: "conn.Read(b)"},
	LockOSThread:   {word: "lockthread", goes: "runtime.LockOSThread()"},
	UnlockOSThread: {word: "unlockthread", goes: "runtime.UnlockOSThread()"},
	Procs:          {word: "procs", takes: "v", sets: 1, usage: "N", goes: "old = runtime.GOMAXPROCS(n)"},
	Grow:           {word: "grow", takes: "v", usage: "BYTES", goes: "a call of a function with a large frame"},
	Mark:           {word: "mark", takes: "w", usage: "WORDS", goes: `fmt.Println("words", x)`},
	Loop:           {word: "loop", takes: "V", sets: 1, body: true, usage: "[TIMES]", goes: "for i = 0; i < n; i++ { ... }"},
	End:            {word: "end", goes: "}"},
	Exit:           {word: "exit", goes: "runtime.Goexit()"},

	TrySend:       {word: "trysend", takes: "oV", kinds: "chan", sets: 1, usage: "CHAN [VALUE]", goes: "select { case c <- v: ready = true; default: }"},
	TryRecv:       {word: "tryrecv", takes: "o", kinds: receivable, sets: 3, usage: "SOURCE", goes: "select { case v, ok = <-c: ready = true; default: }"},
	TryLock:       {word: "trylock", takes: "o", kinds: "mutex rwmutex", sets: 1, usage: "LOCK", goes: "ok = m.TryLock()", since: "go1.18"},
	TryRLock:      {word: "tryrlock", takes: "o", kinds: "rwmutex", sets: 1, usage: "LOCK", goes: "ok = m.TryRLock()", since: "go1.18"},
	Do:            {word: "do", takes: "o", kinds: "once", body: true, usage: "ONCE", goes: "o.Do(func() { ... })"},
	Len:           {word: "len", takes: "o", kinds: "chan timer ticker", sets: 1, usage: "CHAN or TIMER", goes: "n = len(c), or t.C"},
	Cap:           {word: "cap", takes: "o", kinds: "chan timer ticker", sets: 1, usage: "CHAN or TIMER", goes: "n = cap(c), or t.C"},
	Words:         {word: "words", takes: "o", kinds: "mutex rwmutex", sets: 6, usage: "LOCK", goes: "state, sema = *(*[2]int32)(unsafe.Pointer(&m))"},
	NewTimer:      {word: "newtimer", takes: "od", kinds: "timer", usage: "TIMER DURATION", goes: "t = time.NewTimer(d)"},
	NewTicker:     {word: "newticker", takes: "od", kinds: "ticker", usage: "TICKER DURATION", goes: "t = time.NewTicker(d)"},
	AfterFunc:     {word: "afterfunc", takes: "odF", kinds: "timer", usage: "TIMER DURATION FUNC[(VALUE, ...)]", goes: "t = time.AfterFunc(d, func() { f(x) })"},
	Stop:          {word: "stop", takes: "o", kinds: "timer ticker", sets: 1, usage: "TIMER", goes: "ok = t.Stop()"},
	Reset:         {word: "reset", takes: "od", kinds: "timer ticker", sets: 1, usage: "TIMER DURATION", goes: "ok = t.Reset(d)"},
	WithCancel:    {word: "withcancel", takes: "op", kinds: "context", usage: "CONTEXT [PARENT]", goes: "ctx, cancel = context.WithCancel(parent)", since: "go1.7"},
	WithTimeout:   {word: "withtimeout", takes: "odp", kinds: "context", usage: "CONTEXT DURATION [PARENT]", goes: "ctx, cancel = context.WithTimeout(parent, d)", since: "go1.7"},
	Cancel:        {word: "cancel", takes: "o", kinds: "context", usage: "CONTEXT", goes: "cancel()", since: "go1.7"},
	CtxErr:        {word: "ctxerr", takes: "o", kinds: "context", sets: 1, usage: "CONTEXT", goes: "err = ctx.Err()", since: "go1.7"},
	GC:            {word: "gc", goes: "runtime.GC()"},
	NumGoroutine:  {word: "numgoroutine", sets: 1, goes: "n = runtime.NumGoroutine()"},
	Set:           {word: "set", takes: "x", sets: 1, goes: "x = y + 1"},
	If:            {word: "if", takes: "x", body: true, usage: "VALUE [OPERATOR VALUE]", goes: "if x == 1 { ... }"},
	Else:          {word: "else", goes: "} else {"},
	While:         {word: "while", takes: "x", body: true, usage: "VALUE [OPERATOR VALUE]", goes: "for x < 10 { ... }"},
	Break:         {word: "break", goes: "break"},
	Continue:      {word: "continue", goes: "continue"},
	Call:          {word: "call", takes: "f", sets: 1, usage: "FUNC[(VALUE, ...)]", goes: "v = f(x)"},
	Return:        {word: "return", takes: "V", usage: "[VALUE]", goes: "return v"},
	Panic:         {word: "panic", takes: "w", usage: "WORDS", goes: `panic("words")`},
	Defer:         {word: "defer", body: true, goes: "defer func() { ... }()"},
	Recover:       {word: "recover", sets: 1, goes: "ok = recover() != nil"},
	AtomicLoad:    {word: "atomicload", takes: "o", kinds: "int", sets: 1, usage: "INT", goes: "v = atomic.LoadInt64(&n)"},
	AtomicStore:   {word: "atomicstore", takes: "ov", kinds: "int", usage: "INT VALUE", goes: "atomic.StoreInt64(&n, v)"},
	AtomicAdd:     {word: "atomicadd", takes: "ov", kinds: "int", sets: 1, usage: "INT DELTA", goes: "v = atomic.AddInt64(&n, d)"},
	AtomicSwap:    {word: "atomicswap", takes: "ov", kinds: "int", sets: 1, usage: "INT VALUE", goes: "old = atomic.SwapInt64(&n, v)"},
	AtomicCompare: {word: "atomiccas", takes: "oaa", kinds: "int", sets: 1, usage: "INT OLD NEW", goes: "ok = atomic.CompareAndSwapInt64(&n, old, new)"},
}

// results has the names of the results of verbs, in the order of Op.Set.
var results = map[Verb]string{
	Recv: "value, ok", Select: "case, value, ok", TrySend: "ready", TryRecv: "value, ok, ready", TryLock: "ok", TryRLock: "ok",
	Len: "n", Cap: "n", Words: "state, sema, ...", Stop: "ok", Reset: "ok", CtxErr: "err", NumGoroutine: "n", Procs: "old",
	Loop: "turn", Call: "value", Recover: "ok", AtomicLoad: "value", AtomicAdd: "new", AtomicSwap: "old", AtomicCompare: "ok",
}

// Verbs returns all verbs, in order.
func Verbs() []Verb {
	out := make([]Verb, 0, last)
	for v := Go; v < last; v++ {
		out = append(out, v)
	}
	return out
}

func (v Verb) known() bool { return v > 0 && v < last }

// String returns the verb's word: "send".
func (v Verb) String() string {
	if v.known() {
		return shapes[v].word
	}
	return fmt.Sprintf("Verb(%d)", uint8(v))
}

// Usage returns how the verb is written, such as "[value, ok =] recv SOURCE". It is empty
// for an unknown verb.
func (v Verb) Usage() string {
	if !v.known() {
		return ""
	}
	if v == Set {
		return "VARIABLE = VALUE [OPERATOR VALUE]"
	}
	text := strings.TrimSpace(shapes[v].word + " " + shapes[v].usage)
	if r := results[v]; r != "" {
		text = "[" + r + " =] " + text
	}
	return text
}

// Go returns the verb's form in Go: "v, ok = <-c". It is empty for an unknown verb.
func (v Verb) Go() string {
	if !v.known() {
		return ""
	}
	return shapes[v].goes
}

// Since returns the first release that has the verb: "go1.18", or "go1" if all have it.
// It is empty for an unknown verb.
func (v Verb) Since() string {
	switch {
	case !v.known():
		return ""
	case shapes[v].since == "":
		return "go1"
	}
	return shapes[v].since
}

// Opens reports whether a body begins with the verb, up to its End.
func (v Verb) Opens() bool { return v.known() && shapes[v].body }

// MarshalText returns the verb's word, for JSON. It returns an error if the verb is
// unknown.
func (v Verb) MarshalText() ([]byte, error) {
	if !v.known() {
		return nil, fmt.Errorf("program: verb %d out of range [1,%d]", v, last-1)
	}
	return []byte(shapes[v].word), nil
}

// UnmarshalText reads the verb's word. It returns an error if there is no such verb.
func (v *Verb) UnmarshalText(text []byte) error {
	w, ok := verbOf(string(text))
	if !ok {
		return fmt.Errorf("program: no operation %.40q (want go, work, send, recv, lock, sleep ...)", text)
	}
	*v = w
	return nil
}

func verbOf(word string) (Verb, bool) {
	for i := Go; i < last; i++ {
		if shapes[i].word == word {
			return i, true
		}
	}
	return 0, false
}

// takes reports whether one of the letters is in the verb's shape.
func (v Verb) takes(letters string) bool { return strings.ContainsAny(shapes[v].takes, letters) }

// isOf reports whether the verb's object may be of the kind.
func (v Verb) isOf(k Type) bool {
	for _, w := range strings.Fields(shapes[v].kinds) {
		if w == string(k) {
			return true
		}
	}
	return false
}
