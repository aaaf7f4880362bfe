// Package ipc models how processes exchange data in Linux: through a buffer of the
// kernel, which costs a copy into it and one out of it, or through memory that both can
// see, which costs no copy but needs a lock.
//
// # The mechanism
//
// Each process has an address space of its own: what one process stores at an address,
// another does not see ([System.Poke], [System.Peek]). So data must take another way:
//
//	pipe, FIFO       a ring of pages: 16 unless it is resized; bytes, one direction
//	unix stream      a queue of buffers, counted against the sender; bytes, both ways,
//	                 and descriptors
//	unix datagram    the same with bounds between messages
//	message queue    messages with a priority, bounded in number and size
//	shared memory    no kernel in between; a semaphore says whose turn it is
//	signal           a bit for each number: which, but not how often
//
// # The steps
//
//  1. The sender calls. Is there room? If not, the call sleeps, or returns EAGAIN if
//     the descriptor does not block.
//  2. Bytes are copied from the sender's memory into the kernel's.
//  3. Calls that sleep for them are woken.
//  4. The receiver calls: bytes are copied into its memory, room becomes free, and calls
//     that sleep for room are woken.
//
// A write to a pipe of at most 4,096 bytes (PIPE_BUF) is done as a whole or not at all;
// a longer one goes in as far as there is room, and others may write in between.
//
// # Driving it
//
// [New] makes a system with two processes, 1 and 2. A new file has a descriptor in one
// process; [System.Give] gives another process a descriptor of the same file, as fork
// does. A call that sleeps returns an Outcome with a Waiter; after something has woken
// it, [System.Resume] lets it go on. A call that fails returns an [Errno].
// [System.Counts] counts the copies.
//
// # Versions
//
// The rules are those of Linux 6.18 ([Version]) with pages of 4,096 bytes.
//
// # Sources
//
// fs/pipe.c, net/unix/af_unix.c, net/core/sock.c, net/core/skbuff.c, ipc/mqueue.c,
// kernel/signal.c of Linux; pipe(7), unix(7), mq_overview(7), signal(7).
//
// # Concurrent use
//
// A [System] is for one goroutine at a time.
package ipc
