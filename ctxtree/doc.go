// Package ctxtree models package context: the tree that contexts form, how a cancellation
// spreads down it, timers, values, and contexts of other packages, in every release since
// 1.7.
//
// # The mechanism
//
// A context is a small object with a pointer to its parent; deriving one changes nothing
// in the parent but one list. Each kind adds one thing:
//
//	backgroundCtx, todoCtx  nothing: the roots
//	valueCtx                one key and its value
//	cancelCtx               a mutex, a Done channel, an error, a cause, and its children
//	timerCtx                a cancelCtx with a deadline and a timer
//	withoutCancelCtx        its parent's values, and nothing else of it
//	afterFuncCtx            a cancelCtx that nobody gets, with a function
//
// A cancellation does not follow the pointers to parents. It goes down a tree of its own,
// which has only contexts that can be canceled: each is a child of the nearest cancelCtx
// above it, whatever value contexts lie between ([NodeState] has both, as Children and
// Parent).
//
// # The steps of deriving a context
//
// WithCancel and the functions like it make the context, and then arrange for it to be
// canceled when its parent is (propagateCancel):
//
//  1. The parent's Done is nil: nothing to do, it is never canceled.
//  2. It is closed: cancel the child at once.
//  3. The channel is that of a cancelCtx: put the child among its children.
//  4. The parent is of another package and has a method AfterFunc: use that.
//  5. Otherwise start a goroutine that waits for either of the two.
//
// With the first three, everything has happened when a call returns. With the last two,
// the child is canceled a little later than its parent.
//
// # The steps of a cancellation
//
//  1. Lock. If an error is set, the context is canceled already: unlock and return.
//  2. Set the error and the cause.
//  3. Close the Done channel; if it was never asked for, store one that is closed
//     already.
//  4. Do the same to each child, in no particular order, with the lock held.
//  5. Drop the children, and unlock.
//  6. Leave the parent's children, unless the parent is the one that cancels.
//  7. Stop the timer, or start the function that was given to AfterFunc.
//
// So when the call returns, everything below is canceled, but no goroutine was waited
// for: each learns of it from the closed channel, when it looks.
//
// # Values
//
// Value asks each context on the way up until one has the key. Apart from cancellation,
// contexts are immutable: WithValue makes a new one, which sees one key more, and the old
// one sees what it always saw.
//
// # Driving it
//
// [New] makes a tree. Contexts are numbers ([Node]), made by [Tree.WithCancel] and so on,
// from [Background] and [TODO]. Goroutines that package context starts are the tree's
// own: they run when the caller says so ([Tree.Run], [Tree.Settle]), or when time passes
// ([Tree.Advance]). The operations of all other goroutines are the caller's, one after
// another: operations that happen at the same time in Go are some order of them here, and
// [Tree.Commute] reports whether the order matters.
//
// A context of another package is a [Custom], which says for each method whether it is
// that of the embedded context.
//
// # Releases
//
//	1.7       package context; a Done channel is made with its context
//	1.9       it is made when it is asked for; all share one that is closed
//	1.14      the parent is found through contexts of other packages; before, they
//	          cost a goroutine for each child
//	1.15      a nil parent has a panic of its own
//	1.18      Value is a loop; before, one call in the next
//	1.20      WithCancelCause, Cause
//	1.21      AfterFunc, WithoutCancel, WithDeadlineCause, WithTimeoutCause
//	1.22      Cause of a context without a cancelCtx is its Err; before, nil
//	1.25      also if the cancelCtx was not canceled. Err takes no lock, and in 1.25.0
//	          and 1.25.1 could return an error while Done was still open
//	1.26      Cause is nil if Err is
//
// and what String returns, in 1.13 and 1.23.
//
// # Sources
//
// context/context.go of each release; Sameer Ajmani, Go Concurrency Patterns: Context,
// The Go Blog (2014). golang/go#51365 has the discussion on causes, golang/go#57928 that
// on AfterFunc, golang/go#75533 the report of the bug in 1.25.0.
//
// Package ctxadapter turns a node into a context.Context.
//
// # Concurrent use
//
// A [Tree] is for one goroutine at a time. The contexts of package ctxadapter may be used
// by several.
package ctxtree
