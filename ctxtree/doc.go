// Package ctxtree models package context: the tree that contexts are, how a cancel
// goes down it, timers, values, and contexts of other packages, in every release
// since 1.7.
//
// # The mechanism
//
// A context is a small object with a pointer to its parent, and nothing is ever
// changed in the parent but one list. Each kind adds one thing:
//
//	backgroundCtx, todoCtx  nothing: the roots
//	valueCtx                one key and its value
//	cancelCtx               a mutex, a Done channel, an error, a cause, and its children
//	timerCtx                a cancelCtx with a deadline and a timer
//	withoutCancelCtx        its parent's values, and nothing else of it
//	afterFuncCtx            a cancelCtx that nobody gets, with a function
//
// The tree that a cancel goes down is not the one of parents and the contexts made from
// them: it has only what can be canceled, and a cancelCtx hangs on the nearest one above
// it, across all values between ([NodeState], Children and Parent).
//
// # The steps of making one
//
// WithCancel and its like make the context, and then arrange that it is canceled
// when its parent is (propagateCancel):
//
//  1. The parent's Done is nil: nothing to do, it is never canceled.
//  2. It is closed: cancel the child at once.
//  3. The channel is that of a cancelCtx: put the child among its children.
//  4. The parent is of another package and has a method AfterFunc: use that.
//  5. Otherwise start a goroutine that waits for either of the two.
//
// The first three are done when the call returns. The last two are not: the child
// is canceled a little later than its parent.
//
// # The steps of a cancel
//
//  1. Lock. If there is an error, somebody was faster: unlock, and that is all.
//  2. Set the error and the cause.
//  3. Close the Done channel; if nobody has asked for it, put one there that is
//     closed already.
//  4. Do the same to each child, in no particular order, with the lock held.
//  5. Drop the children, and unlock.
//  6. Leave the parent's children, unless it was the parent that cancels.
//  7. Stop the timer; or start the function that AfterFunc has.
//
// So when the call returns all below is canceled, and nobody has been waited for:
// goroutines learn of it by a closed channel, when they look.
//
// # Values
//
// Value asks each context on the way up, until one has the key. Contexts are
// immutable but for the cancel: WithValue makes a new one, which sees more, and the
// old one sees what it always saw.
//
// # Driving it
//
// [New] makes a tree. Contexts are numbers ([Node]), made by [Tree.WithCancel] and
// so on, from [Background] and [TODO]. Goroutines that package context starts are
// the tree's own: they run when the caller says so ([Tree.Run], [Tree.Settle]), or
// when time passes ([Tree.Advance]). What other goroutines do is the caller's:
// since one operation comes after the other, all that can happen at the same time
// is an order of them, and [Tree.Commute] says whether it matters.
//
// A context of another package is a [Custom], which says of each method whether it
// is the embedded context's.
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
// context/context.go of each release; Sameer Ajmani, Go Concurrency Patterns:
// Context, The Go Blog (2014). golang/go#51365 has the discussion on causes,
// golang/go#57928 that on AfterFunc, golang/go#75533 what was wrong in 1.25.0.
//
// A [Tree] must not be used by several goroutines at once. Package ctxadapter makes
// of a node a context.Context that may.
//
// # Concurrent use
//
// A [Tree] is for one goroutine at a time.
package ctxtree
