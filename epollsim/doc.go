// Package epollsim models epoll: the kernel's interest sets and ready lists, the wait
// queues of files and what wakes them, step by step, and select and poll beside it with
// what they cost.
//
// # The mechanism
//
// An epoll is a file. It has a tree of items, a list of those that may be ready, and a
// queue of the calls that sleep. An item is a registration: a file, the descriptor by
// which it was added, and the events that are asked for. The tree is red-black, ordered
// by file and descriptor, so that epoll_ctl is O(log n); the list is what makes
// epoll_wait O(ready), whatever the size of the tree.
//
// Nothing looks at files that are silent. When an item is added it is put into the wait
// queue of its file, with a callback; whoever changes the file calls all that is there,
// with a key that says what has changed.
//
// # The steps of epoll_ctl
//
//	ADD  find in the tree (EEXIST), insert, enter the wait queue, ask the file once,
//	     and if it is ready: append to the list, wake a sleeper
//	MOD  change what is asked for, ask the file, and if it is ready append. It never
//	     takes an item off the list.
//	DEL  leave the wait queue, the tree and the list
//
// # The steps of a wake-up
//
//  1. The newest item of the file's wait queue first, exclusive ones at the end, the
//     oldest first.
//  2. Disarmed (ONESHOT has reported)? Then nothing. A key, and none of it asked for?
//     Then nothing.
//  3. Is the list being scanned? Then onto the overflow, else to the end of the list,
//     if it is on none.
//  4. Wake the call that has come last, and all epolls that this one is in.
//
// # The steps of epoll_wait
//
//  1. Take the list away.
//  2. For each item, until max are reported: off the list, ask the file again; if it is
//     not ready drop it. Report all that it is ready for now.
//  3. ONESHOT: disarm. Level-triggered: to the end of the new list. Edge-triggered
//     (ET): nothing; only a wake-up brings it back.
//  4. The overflow joins the new list, with the items not reported before all of it.
//
// That is the whole difference between the modes: one append.
//
// # Driving it
//
// [New] makes a kernel with one process. Its calls are the verbs: [Kernel.EventFD],
// [Kernel.Pipe], [Kernel.SocketPair], [Kernel.TCPPair] and [Kernel.RegularFile] make
// files, [Kernel.Create] an epoll; then Read, Write, Signal, Shutdown, Dup, Close,
// [Kernel.Ctl] and [Kernel.Wait]. What fails returns an [Errno]. All files are
// non-blocking. A wait that sleeps is [Kernel.Block], and goes on by [Kernel.Resume];
// [Kernel.Scan] and [Kernel.Step] stop in the middle of a wait. [Kernel.Select] and
// [Kernel.Poll] return their [Cost].
//
// Package epollsim/netpoll is Go's network poller on top of it.
//
// # Versions
//
// The rules are those of Linux 6.18. What has changed in the past as far as it shows:
// before 2.6.8 there was a hash table, and a file system of its own; EXCLUSIVE came with
// 4.5; that a pipe wakes at each write, with 5.5 and again with 5.13 and 5.14; the count
// of nested epolls in both directions with 6.17.
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
