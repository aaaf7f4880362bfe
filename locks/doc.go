// Package locks models Go's mutexes, wait groups, Once and condition variables:
// which goroutine gets a lock, which wait, which are woken, and in which order.
//
// # The mechanism
//
// All of them are a word or two that goroutines change with atomic instructions,
// and a semaphore of the runtime ([Sema]) on which goroutines wait. A semaphore is
// a number. A goroutine that finds it 0 joins the queue at its address and parks. A
// goroutine that adds to it takes the first waiter out of the queue and makes it
// runnable. The waiter is not given anything: it runs only after a while, and then
// the number may be 0 again, because another goroutine was faster. Then it waits
// once more.
//
// # The steps of a Mutex
//
//  1. Lock: if the word is 0, set the locked bit. That is all, most of the time.
//  2. Otherwise add 1 to the count of waiters, and wait for the semaphore.
//  3. Unlock: clear the locked bit. If there are waiters and none is on its way
//     already (the woken bit), subtract 1 from the count, set the woken bit, and
//     release the semaphore.
//  4. The woken goroutine clears the woken bit and competes with the goroutines
//     that are running. If it loses, it waits again, at the front of the queue.
//  5. If it loses after more than a millisecond of waiting in all, it sets the
//     starving bit. From then on Unlock hands the mutex to the first waiter
//     together with the processor ([Yielded]), and no other goroutine may try. The
//     mode ends when a waiter that has waited less, or the last one, gets the mutex.
//
// Step 3 is why a loop of Lock and Unlock keeps other goroutines out (barging) and
// why it is fast: it needs no goroutine switch. Step 5 bounds how long they wait.
//
// # The others
//
//   - [RWMutex]: a number of readers, from which a writer subtracts 2^30 so that
//     it is negative. A reader that finds it negative waits, also while the writer
//     itself still waits for earlier readers. At its Unlock all of them go before
//     the next writer.
//   - [WaitGroup]: a counter and a number of waiters. At 0 all are released.
//   - [Once]: a flag, looked at before and inside a mutex. The flag is set after f
//     returns, so every caller waits for f.
//   - [Cond]: a queue of tickets. A goroutine that was signalled locks L like any
//     other.
//
// # Driving it
//
// The goroutines of a [Locks] are numbers. The caller says which one does the next
// operation. An [Outcome] says whether the operation is done or the goroutine is
// parked, and [Locks.Ready] lists the goroutines that it has woken. The caller takes
// the part of the scheduler: it decides when a woken goroutine goes on, and calls
// [Locks.Resume]. Time is virtual, see [Locks.Advance]. A [Machine] tries all orders,
// for package explore.
//
// Package rtmutex, in a folder of this one, models the lock that the runtime itself
// uses, on which threads wait. Package textbook has the theory: deadlocks and their
// prevention, algorithms without locks, locks that expire.
//
// # Releases
//
//	1.4     a Once whose f panics is done; RWMutex notices misuse
//	1.5     a WaitGroup notices that it is used again too early
//	1.8     unlocking what is not locked cannot be recovered from (a Mutex: 1.8 and 1.10)
//	1.9     starvation mode; a woken loser goes to the front
//	1.14    a goroutine that hands a mutex over yields
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
