package epollsim

import (
	"fmt"
	"math/bits"
)

// An FD is a file descriptor: an index into the table of the one process. 0, 1 and 2 are
// regular files in the beginning.
type FD int

// A File is the number of a file to which descriptors refer, in the order of creation. It
// lives as long as a descriptor, a sleeping call or a scan refers to it.
type File int

// A FileType is the type of a file.
type FileType string

// The types of files.
const (
	Regular   FileType = "regular"
	EventFD   FileType = "eventfd"
	Semaphore FileType = "semaphore" // an eventfd of which a read takes 1
	PipeRead  FileType = "pipe, read end"
	PipeWrite FileType = "pipe, write end"
	Unix      FileType = "unix stream"
	TCP       FileType = "TCP"
	Epoll     FileType = "epoll"
)

// String returns the name.
func (k FileType) String() string { return string(k) }

type kind uint8

const (
	noFile kind = iota
	regularFile
	eventfdFile
	semaphoreFile
	pipeReadFile
	pipeWriteFile
	unixFile
	tcpFile
	epollFile
)

var fileKinds = [...]FileType{regularFile: Regular, eventfdFile: EventFD, semaphoreFile: Semaphore, pipeReadFile: PipeRead,
	pipeWriteFile: PipeWrite, unixFile: Unix, tcpFile: TCP, epollFile: Epoll}

// A ref is an index into an arena; 0 is none.
type ref = int32

// A file is an open file, and the wait queue of what polls it.
type file struct {
	kind kind
	id   File
	obj  ref // what it is: an eventfd, a pipe, a socket, an epoll
	refs int32

	queue, queueEnd ref // items that are called when it wakes
	items           ref // that watch it, the newest first
}

// maxFD bounds what Config.MaxFD may be.
const maxFD = 1 << 24

// open makes a file with a descriptor, the lowest that is free.
func (k *Kernel) open(kd kind, obj ref) FD {
	r := k.files.make()
	f := k.files.at(r)
	k.lastFile++
	*f = file{kind: kd, id: k.lastFile, obj: obj, refs: 1}
	return k.install(r)
}

// install returns a file a descriptor: there must be a free one.
func (k *Kernel) install(r ref) FD {
	fd := k.lowestFree()
	if int(fd) == len(k.fds) {
		k.fds = append(k.fds, r)
		if int(fd)/64 == len(k.used) {
			k.used = append(k.used, 0)
		}
	}
	k.fds[fd] = r
	k.used[fd/64] |= 1 << (fd % 64)
	k.open_++
	if k.trace != nil {
		f := k.files.at(r)
		k.event(Event{Kind: Opened, Rule: "lowest-fd", FD: fd, File: f.id, What: string(fileKinds[f.kind])})
	}
	return fd
}

// lowestFree returns the lowest free descriptor. All below k.lowWord are taken.
func (k *Kernel) lowestFree() FD {
	for ; k.lowWord < len(k.used); k.lowWord++ {
		if w := k.used[k.lowWord]; w != ^uint64(0) {
			return FD(k.lowWord*64 + bits.TrailingZeros64(^w))
		}
	}
	return FD(len(k.fds))
}

// room reports whether n descriptors can be made.
func (k *Kernel) room(n int) error {
	if k.open_+n > k.config.MaxFD {
		return EMFILE
	}
	return nil
}

// lookup returns the file of a descriptor, 0 if there is none.
func (k *Kernel) lookup(fd FD) ref {
	if uint(fd) >= uint(len(k.fds)) {
		return 0
	}
	return k.fds[fd]
}

// Type returns the type of a descriptor's file. It returns [EBADF] if the descriptor is
// not open.
func (k *Kernel) Type(fd FD) (FileType, error) {
	r := k.lookup(fd)
	if r == 0 {
		return "", EBADF
	}
	return fileKinds[k.files.at(r).kind], nil
}

// Dup makes another descriptor of the same file. An epoll that watches the file does not
// notice.
func (k *Kernel) Dup(fd FD) (FD, error) {
	if err := k.begin(Op{Verb: DupVerb, FD: fd}); err != nil {
		return -1, err
	}
	r := k.lookup(fd)
	if r == 0 {
		return -1, k.fail(EBADF)
	}
	if err := k.room(1); err != nil {
		return -1, k.fail(err)
	}
	k.files.at(r).refs++
	return k.install(r), nil
}

// Close closes a descriptor. The items that watch the file are not told: only when no
// descriptor refers to the file any more is it gone, and with it the items.
func (k *Kernel) Close(fd FD) error {
	if err := k.begin(Op{Verb: CloseVerb, FD: fd}); err != nil {
		return err
	}
	r := k.lookup(fd)
	if r == 0 {
		return k.fail(EBADF)
	}
	f := k.files.at(r)
	if f.refs == 1 {
		if err := k.lockedItems(f); err != nil {
			return err
		}
	}
	k.fds[fd] = 0
	k.used[fd/64] &^= 1 << (fd % 64)
	k.lowWord = min(k.lowWord, int(fd/64))
	k.open_--
	if k.trace != nil {
		k.event(Event{Kind: Closed, Rule: "close", FD: fd, File: f.id, N: int(f.refs) - 1})
	}
	k.put(r)
	return nil
}

// put drops a reference to a file, and with the last one the file.
func (k *Kernel) put(r ref) {
	f := k.files.at(r)
	if f.refs--; f.refs > 0 {
		return
	}
	// First all that watch it (eventpoll_release_file), then what it is.
	for f.items != 0 {
		k.remove(f.items, "close")
	}
	switch f.kind {
	case regularFile:
		k.regulars.free(f.obj)
	case eventfdFile, semaphoreFile:
		k.eventfds.free(f.obj)
	case pipeReadFile, pipeWriteFile:
		k.releasePipe(f)
	case unixFile:
		k.releaseUnix(f)
	case tcpFile:
		k.releaseTCP(f)
	case epollFile:
		k.releaseEpoll(f)
	}
	if k.trace != nil {
		k.event(Event{Kind: Released, Rule: "close", File: f.id, What: string(fileKinds[f.kind])})
	}
	f.kind = noFile
	k.files.free(r)
}

// An arena holds values that are made and freed, by number from 1 on.
type arena[T any] struct {
	all   []T
	spare []ref
}

func (a *arena[T]) at(r ref) *T { return &a.all[r] }

func (a *arena[T]) make() ref {
	if n := len(a.spare); n > 0 {
		r := a.spare[n-1]
		a.spare = a.spare[:n-1]
		return r
	}
	var zero T
	if len(a.all) == 0 {
		a.all = append(a.all, zero)
	}
	a.all = append(a.all, zero)
	return ref(len(a.all) - 1)
}

func (a *arena[T]) free(r ref) { a.spare = append(a.spare, r) }

// Link returns the text of the symbolic link of a descriptor in /proc/self/fd. Epolls and
// eventfds have no file system of their own, but an inode that all such files share. The
// number in the link of a pipe or a socket is that of the File here.
func (k *Kernel) Link(fd FD) (string, error) {
	r := k.lookup(fd)
	if r == 0 {
		return "", EBADF
	}
	f := k.files.at(r)
	switch f.kind {
	case epollFile:
		return "anon_inode:[eventpoll]", nil
	case eventfdFile, semaphoreFile:
		return "anon_inode:[eventfd]", nil
	case pipeReadFile, pipeWriteFile:
		return fmt.Sprintf("pipe:[%d]", f.id), nil
	case unixFile, tcpFile:
		return fmt.Sprintf("socket:[%d]", f.id), nil
	}
	return fmt.Sprintf("/file%d", f.id), nil
}
