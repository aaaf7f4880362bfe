// Package chanq models Go's channels: the runtime's hchan, its two queues of
// waiting goroutines, close and select, in every release since 1.2.
//
// # The mechanism
//
// A channel is a lock, a ring of values and two lists. The ring is there if the
// channel has a buffer: qcount of its dataqsiz slots hold values, sendx is where
// the next one is put and recvx where the next one is taken. The lists, sendq and
// recvq, hold the waiting goroutines, first come first served. A channel is not a
// lock-free structure: every operation holds its lock, a plain mutex of the
// runtime.
//
// This model has no scheduler. Goroutines are numbers, and the caller says which
// one acts: that is enough, since goroutines know of each other only through the
// channel. A goroutine that has to wait is parked, and can do nothing until another
// makes it ready; [Chans.Resume] then completes its operation. The caller also
// decides when each goroutine runs; [Chans.Ready] lists the goroutines that can, in
// the order in which the runtime readies them.
//
// # The steps of a send
//
//  1. Take the lock. If the channel is closed, panic.
//  2. If a goroutine waits to receive, take the first out of recvq, copy the value
//     to its destination, release the lock, make it ready. The value was never in
//     the buffer. ([Handed])
//  3. If the buffer has room, put the value there. ([Proceeded])
//  4. Join sendq, with the value, and park. ([Parked])
//
// A receive is the mirror image, with two differences. If senders wait and there is
// a buffer, it is full: the receiver gets the head, and the first sender's value
// goes into the slot that became free. And a receive from a closed channel gets
// the values that are left, then zero values.
//
// Close takes all goroutines out of both queues: receivers get a zero value,
// senders panic.
//
// # Select
//
// [Chans.Select] looks at its cases in an order that is random each time
// (pollorder), and does the first that is ready. So all ready cases have the same
// chance. To look, it locks all channels, in an order that all selects agree on
// (lockorder); otherwise two selects could each hold a lock that the other wants.
// If no case is ready, the goroutine joins the queues of all cases, and the first
// goroutine to use one of these channels wakes it; it then leaves the other queues.
// Until it has run and left them, other goroutines find it there and pass it over.
//
// # The three states
//
// [States] makes this table by doing each operation:
//
//	           nil        active                       closed
//	send       waits      proceeds, or waits if full   panics
//	receive    waits      a value, or waits if empty   what is left, then 0, false
//	close      panics     proceeds                     panics
//	len, cap   0, 0       of the buffer                of the buffer
//
// # Releases
//
//	1.2-1.5   barging: a send to a buffer only wakes a receiver, which looks again
//	          when it runs. Another goroutine may have been faster; then it parks
//	          again, at the end of the queue. The same holds for senders. Without a
//	          buffer, values were handed over directly even then.
//	1.6-      direct hand-off: a woken goroutine already has its value or has sent it.
//	1.2-1.6   close readies the waiting goroutines in their order
//	1.7-      close readies them in reverse: receivers, then senders, from a list
//	          that was filled at its head
//	1.2-1.6   a select joins its queues in poll order, since 1.7 in lock order
//	1.2-1.15  a select that was woken by a close polls all its cases again
//	1.16-     it chooses the case of the closed channel
//	1.9.0, 1.9.1  poll order is uneven: of four ready cases the shares are 27, 27,
//	          21 and 25 %
//	1.2-1.22  the channel of a timer has a buffer of 1
//	1.23-     it looks unbuffered, and Stop and Reset leave no stale value
//	1.2-1.3   the panics' texts begin with "runtime error: "
//
// # All interleavings
//
// [NewMachine] turns a small program into a machine whose states package explore
// can search: it finds out whether the program can deadlock, lose a value or send on
// a closed channel, and the shortest way there.
//
// # Sources
//
// runtime/chan.go, runtime/select.go, runtime/time.go, time/sleep.go;
// src/pkg/runtime/chan.c in 1.2, chan.goc in 1.3. C. A. R. Hoare, Communicating
// Sequential Processes, Communications of the ACM 21 (1978), has channels without
// a buffer and without a name of their own: there a process names its peer.
//
// # Concurrent use
//
// A [Chans] is for one goroutine at a time. A [Machine] does not change, and several
// goroutines may use it at once.
package chanq
