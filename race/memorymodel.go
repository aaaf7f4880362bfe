package race

import "slices"

// A MemoryRule is a rule of the Go memory model: what happens before what.
type MemoryRule struct {
	ID      string `json:"id"`
	Text    string `json:"text"`
	Source  string `json:"source"`  // the document that promises it
	With    string `json:"with"`    // an example: a log in which x is accessed twice and the rule orders that
	Without string `json:"without"` // the same without what orders it: a race
}

// MemoryModel lists the rules of the Go memory model and of the documentation of
// package sync and sync/atomic, each with two examples in words as [ParseEntries]
// reads them. The slice is the caller's own.
func MemoryModel() []MemoryRule { return slices.Clone(memoryModel) }

const goTwo = "main: go g; "

var memoryModel = []MemoryRule{
	{
		ID: "program", Text: "What a goroutine does comes in the order of its program.", Source: "go.dev/ref/mem#model",
		With:    "main: write x; main: read x",
		Without: goTwo + "main: write x; g: read x",
	},
	{
		ID: "go", Text: "The go statement comes before what the goroutine does.", Source: "go.dev/ref/mem#go",
		With:    "main: write x; main: go g; g: read x",
		Without: "main: go g; main: write x; g: read x",
	},
	{
		ID: "exit", Text: "The exit of a goroutine comes before nothing.", Source: "go.dev/ref/mem#goexit",
		With:    "main: add 1 wg; main: go g; g: write x; g: add -1 wg; g: exit; main: wait wg; main: read x",
		Without: "main: go g; g: write x; g: exit; main: read x",
	},
	{
		ID: "send", Text: "A send comes before the completion of its receive.", Source: "go.dev/ref/mem#chan",
		With:    "main: make c chan 1; " + goTwo + "g: write x; g: send c; main: recv c; main: read x",
		Without: "main: make c chan 1; " + goTwo + "g: send c; g: write x; main: recv c; main: read x",
	},
	{
		ID: "close", Text: "A close comes before a receive that returns because the channel is closed.", Source: "go.dev/ref/mem#chan",
		With:    "main: make c chan 0; " + goTwo + "g: write x; g: close c; main: recv c; main: read x",
		Without: "main: make c chan 0; " + goTwo + "g: close c; g: write x; main: recv c; main: read x",
	},
	{
		ID: "unbuffered", Text: "A receive from an unbuffered channel comes before the completion of its send.", Source: "go.dev/ref/mem#chan",
		With:    "main: make c chan 0; " + goTwo + "g: write x; g: recv c; main: send c; main: read x",
		Without: "main: make c chan 1; " + goTwo + "g: write x; main: send c; g: recv c; main: read x",
	},
	{
		ID: "capacity", Text: "With a capacity of C, the kth receive comes before the completion of the send k+C.", Source: "go.dev/ref/mem#chan",
		With:    "main: make c chan 1; " + goTwo + "main: send c; g: write x; g: recv c; main: send c; main: read x",
		Without: "main: make c chan 2; " + goTwo + "main: send c; g: write x; g: recv c; main: send c; main: read x",
	},
	{
		ID: "lock", Text: "Unlock n comes before lock m returns, for n < m.", Source: "go.dev/ref/mem#locks",
		With:    goTwo + "g: lock mu; g: write x; g: unlock mu; main: lock mu; main: read x",
		Without: goTwo + "g: lock mu; g: unlock mu; g: write x; main: lock mu; main: read x",
	},
	{
		ID: "rlock", Text: "An Unlock comes before the RLocks that find it, and their RUnlocks come before the next Lock.", Source: "go.dev/ref/mem#locks",
		With:    goTwo + "g: rlock mu; g: read x; g: runlock mu; main: lock mu; main: write x",
		Without: goTwo + "g: rlock mu; g: write x; g: runlock mu; main: rlock mu; main: read x",
	},
	{
		ID: "once", Text: "The return of f from the one once.Do(f) comes before the return of any once.Do.", Source: "go.dev/ref/mem#once",
		With:    goTwo + "g: once o; g: write x; g: ran o; main: once o; main: read x",
		Without: goTwo + "g: once o; g: ran o; g: write x; main: once o; main: read x",
	},
	{
		ID: "atomic", Text: "An atomic operation whose effect another one observes comes before it.", Source: "go.dev/ref/mem#atomic",
		With:    goTwo + "g: write x; g: atomic store f; main: atomic load f; main: read x",
		Without: goTwo + "g: write x; main: atomic store f; g: atomic load f; main: read x",
	},
	{
		ID: "wait", Text: "Done comes before the return of a Wait that it lets go on.", Source: "pkg.go.dev/sync#WaitGroup.Done",
		With:    "main: add 1 wg; " + goTwo + "g: write x; g: add -1 wg; main: wait wg; main: read x",
		Without: "main: add 1 wg; " + goTwo + "g: add -1 wg; g: write x; main: wait wg; main: read x",
	},
	{
		ID: "cond", Text: "Signal and Broadcast come before the return of a Wait that they let go on. The detector does not know that; it knows the lock.", Source: "pkg.go.dev/sync#Cond",
		With:    "main: lock mu; main: make c cond mu; " + goTwo + "main: cond wait c; g: write x; g: signal c; main: read x",
		Without: "main: lock mu; main: make c cond mu; " + goTwo + "main: cond wait c; g: signal c; g: write x; main: read x",
	},
	{
		ID: "finalizer", Text: "SetFinalizer(p, f) comes before the call of f(p), and so do timers and their functions.", Source: "go.dev/ref/mem#more",
		With:    goTwo + "main: write x; main: release f; g: acquire f; g: read x",
		Without: goTwo + "main: release f; main: write x; g: acquire f; g: read x",
	},
}
