package epollsim

import "errors"

// An Errno is an error of a system call. A verb returns it unwrapped, so it can be
// compared with ==.
type Errno string

// The errors.
const (
	EPERM      Errno = "EPERM"
	ENOENT     Errno = "ENOENT"
	EINTR      Errno = "EINTR"
	EBADF      Errno = "EBADF"
	EAGAIN     Errno = "EAGAIN"
	EFAULT     Errno = "EFAULT"
	EEXIST     Errno = "EEXIST"
	EINVAL     Errno = "EINVAL"
	EMFILE     Errno = "EMFILE"
	EFBIG      Errno = "EFBIG"
	ENOSPC     Errno = "ENOSPC"
	EPIPE      Errno = "EPIPE"
	ELOOP      Errno = "ELOOP"
	ENOTSOCK   Errno = "ENOTSOCK"
	ECONNRESET Errno = "ECONNRESET"
	ENOTCONN   Errno = "ENOTCONN"
)

// Error returns the name.
func (e Errno) Error() string { return string(e) }

var (
	errUseNew = errors.New("epollsim: a Kernel that is not from New: use New")
	errInside = errors.New("epollsim: a kernel cannot be used from its own Trace")
	errLocked = errors.New("epollsim: a scan holds the lock of that epoll: this call would wait for its end")
)
