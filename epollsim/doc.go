// Package epollsim models epoll: the kernel's interest sets and ready lists, the wait
// queues of files and what wakes them, step by step, and select and poll beside it with
// what they cost.
//
// # The mechanism
//
// An epoll is a file. It has a tree of items, a list of the items that may be ready, and
// a queue of the calls that sleep. An item is a registration: a file, the descriptor
// under which it was added, and the events of interest. The tree is red-black, ordered by
// file and descriptor, so that epoll_ctl is O(log n); the list is what makes epoll_wait
// O(ready), whatever the size of the tree.
//
// Files on which nothing happens are never looked at. When an item is added it joins the
// wait queue of its file, with a callback; each change of the file calls all callbacks
// there, with a key that says what has changed.
//
// # The steps of epoll_ctl
//
//	ADD  find in the tree (EEXIST), insert, enter the wait queue, ask the file once,
//	     and if it is ready: append to the list, wake a sleeper
//	MOD  change the events of interest, poll the file, and if it is ready append. It never
//	     takes an item off the list.
//	DEL  leave the wait queue, the tree and the list
//
// # The steps of a wake-up
//
//  1. The newest item of the file's wait queue first, exclusive ones at the end, the
//     oldest first.
//  2. If the item is disarmed (ONESHOT has reported), or none of the key's events is of
//     interest, nothing happens.
//  3. An item that is on no list joins the end of the ready list, or the overflow while a
//     scan has the list.
//  4. Wake the call that came last, and all epolls that this one is in.
//
// # The steps of epoll_wait
//
//  1. Take the list away.
//  2. For each item, until max are reported: off the list, ask the file again; if it is
//     not ready drop it. Report everything that it is ready for now.
//  3. ONESHOT: disarm. Level-triggered: to the end of the new list. Edge-triggered
//     (ET): nothing; only a wake-up brings it back.
//  4. The overflow joins the new list; the items that were not reported come before all
//     others.
//
// That is the whole difference between the modes: one append.
//
// # Driving it
//
// [New] makes a kernel with one process. Its calls are the verbs: [Kernel.EventFD],
// [Kernel.Pipe], [Kernel.SocketPair], [Kernel.TCPPair] and [Kernel.RegularFile] make
// files, [Kernel.Create] an epoll; then Read, Write, Signal, Shutdown, Dup, Close,
// [Kernel.Ctl] and [Kernel.Wait]. A call that fails returns an [Errno]. All files are
// non-blocking. [Kernel.Block] is a wait that sleeps, and [Kernel.Resume] lets it go on;
// [Kernel.Scan] and [Kernel.Step] stop in the middle of a wait. [Kernel.Select] and
// [Kernel.Poll] return their [Cost].
//
// Package epollsim/netpoll is Go's network poller on top of this one.
//
// # Versions
//
// The rules are those of Linux 6.18. Older kernels differ visibly in a few: before 2.6.8
// the items were in a hash table, and epoll had a file system of its own; EXCLUSIVE came
// with 4.5; whether a pipe wakes at each write changed with 5.5, 5.13 and 5.14; nested
// epolls are counted in both directions since 6.17.
//
// # Sources
//
// fs/eventpoll.c, fs/select.c, fs/eventfd.c, fs/pipe.c, net/unix/af_unix.c,
// net/ipv4/tcp.c of Linux; epoll(7); Michael Kerrisk, The Linux Programming Interface,
// chapter 63.
//
// # Concurrent use
//
// A [Kernel] is for one goroutine at a time.
package epollsim
