// Package locks models Go's mutexes, wait groups, Once and condition variables:
// who gets in, who waits, who is woken, and in which order.
//
// # The mechanism
//
// All of them are a word or two that goroutines change with atomic instructions,
// and a semaphore of the runtime ([Sema]) for those who have to wait. A semaphore
// is a number. Who finds it 0 joins the queue at its address and parks. Who adds
// to it takes the first out of the queue and makes that one runnable. It does not
// give it anything: when the woken goroutine runs, which takes a while, the
// number may be 0 again, because another came by. Then it waits once more.
//
// # The steps of a Mutex
//
//  1. Lock: if the word is 0, set the locked bit. That is all, most of the time.
//  2. Otherwise count oneself as a waiter, and wait for the semaphore.
//  3. Unlock: clear the locked bit. If there are waiters and none is on its way
//     already (the woken bit), take one off the count, set the bit, and release
//     the semaphore.
//  4. The woken goroutine clears the woken bit and competes with whoever is there.
//     If it loses, it waits again, at the front of the queue.
//  5. If it loses after more than a millisecond of waiting in all, it sets the
//     starving bit. From then on Unlock hands the mutex to the first waiter
//     together with the processor ([Yielded]), and nobody else may try. A waiter
//     that has waited less, or is the last, ends that.
//
// Step 3 is why a loop of Lock and Unlock keeps others out (barging) and why it is
// fast: no goroutine switch. Step 5 bounds how long.
//
// # The others
//
//   - [RWMutex]: a number of readers, from which a writer subtracts 2^30 so that
//     it is negative. A reader that finds it negative waits, also while the writer
//     itself still waits for earlier readers. At its Unlock all of them go before
//     the next writer.
//   - [WaitGroup]: a counter and a number of waiters. At 0 all are released.
//   - [Once]: a flag, looked at before and inside a mutex. The flag is set after f
//     returns, so everyone waits for f.
//   - [Cond]: a queue of tickets. Who was signalled locks L like any other.
//
// # Driving it
//
// A [Locks] has goroutines that are numbers. A caller says which one does what. An
// [Outcome] says that it is done or parked, and [Locks.Ready] whom it has woken.
// When a woken goroutine goes on is up to the caller, a scheduler, which calls
// [Locks.Resume]. Time is virtual, see [Locks.Advance]. A [Machine] does all that
// in all orders, for package explore.
//
// Package rtmutex, below this one, has the lock that the runtime itself uses, for
// which threads wait. Package textbook has the theory: deadlocks and their
// prevention, doing without locks, locks that expire.
//
// # Releases
//
//	1.4     a Once whose f panics is done; RWMutex notices misuse
//	1.5     a WaitGroup notices that it is used again too early
//	1.8     unlocking what is not locked cannot be recovered from (a Mutex: 1.8 and 1.10)
//	1.9     starvation mode; a woken loser goes to the front
//	1.14    who hands a mutex over yields
//	1.18    TryLock
//
// # Sources
//
// internal/sync/mutex.go (before 1.24 sync/mutex.go), sync/rwmutex.go,
// sync/waitgroup.go, sync/once.go, sync/cond.go, runtime/sema.go (before 1.4
// sema.goc).
//
// # Concurrent use
//
// A [Locks] is for one goroutine at a time. A [Machine] does not change, and several
// goroutines may use it at once.
package locks
