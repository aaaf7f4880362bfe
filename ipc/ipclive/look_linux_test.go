package ipclive

import (
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/ipc"
)

const (
	closed = 1 << 20 // a descriptor that is closed
	passed = 1 << 20 // the pair of a socket that was passed, which is unknown
)

// A desk has a system of the model and the running kernel, side by side. Descriptors are
// known by their index in a list.
type desk struct {
	t        *testing.T
	s        *ipc.System
	dir      string
	fifo     int
	fds      []ipc.FD
	real     []int
	pair     []int // the number of a socket's pair, 0 of a pipe
	log      []string
	seed     uint64
	compared int
	next     byte
}

// add records a descriptor of both.
func (d *desk) add(m ipc.FD, c, pair int, what string) {
	d.pair = append(d.pair, pair)
	d.fds, d.real = append(d.fds, m), append(d.real, c)
	d.log = append(d.log, fmt.Sprintf("#%d = %s", len(d.fds)-1, what))
}

// same compares the results of a call.
func (d *desk) same(what, model, real string) {
	d.compared++
	d.log = append(d.log, what+" -> "+real)
	if model != real {
		d.t.Fatalf("seed %d: the model says %s, the kernel %s, after\n%s", d.seed, model, real, strings.Join(d.log, "\n"))
	}
}

// text formats the result of a call, in the same way for both.
func text(n int, data []byte, err error) string {
	if x, ok := err.(unix.Errno); ok {
		return unix.ErrnoName(x)
	} else if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d bytes %08x", n, crc32.ChecksumIEEE(data))
}

// open makes a file.
func (d *desk) open(r *rand.Rand) {
	var c [2]int
	var a, b ipc.FD
	var err error
	kind := r.IntN(6)
	what := []string{"pipe", "pipe", "stream", "datagram", "fifo", "fifo"}[kind]
	switch kind {
	case 0, 1:
		err = unix.Pipe2(c[:], unix.O_NONBLOCK|unix.O_CLOEXEC)
		a, b, _ = d.s.Pipe(1)
	case 2, 3:
		c, err = unix.Socketpair(unix.AF_UNIX, []int{unix.SOCK_STREAM, unix.SOCK_DGRAM}[kind-2]|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		a, b, _ = d.s.SocketPair(1, kind == 3)
	default:
		m := r.IntN(3)
		mode := []ipc.Mode{ipc.ReadOnly, ipc.WriteOnly, ipc.ReadWrite}[m]
		o, merr := d.s.Open(1, d.fifo, mode, true)
		got, err := unix.Open(filepath.Join(d.dir, "fifo"), m|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
		d.same("fifo "+string(mode), text(0, nil, merr), text(0, nil, err))
		if err == nil {
			d.add(o.FDs[0], got, 0, "fifo "+string(mode))
		}
		return
	}
	if err != nil {
		d.t.Fatal(err)
	}
	pair := (len(d.fds) + 1) * min(kind/2, 1) // 0 of a pipe
	d.add(a, c[0], pair, what)
	d.add(b, c[1], pair, what)
}

// recv receives bytes and descriptors.
func (d *desk) recv(i, n int, buf []byte) {
	o, merr := d.s.Recv(1, d.fds[i], n)
	oob := make([]byte, unix.CmsgSpace(8*4))
	got, oobn, flags, _, err := unix.RecvmsgBuffers(d.real[i], [][]byte{buf[:n]}, oob, unix.MSG_CMSG_CLOEXEC)
	var fds []int
	if err == nil && oobn > 0 {
		ms, _ := unix.ParseSocketControlMessage(oob[:oobn])
		fds, _ = unix.ParseUnixRights(&ms[0])
	}
	d.same(fmt.Sprintf("recv %d %d", i, n), fmt.Sprint(text(o.N, o.Data, merr), " ", len(o.FDs), o.Truncated),
		fmt.Sprint(text(got, buf[:max(got, 0)], err), " ", len(fds), err == nil && flags&unix.MSG_TRUNC != 0))
	for j := range fds {
		d.add(o.FDs[j], fds[j], passed, "passed")
	}
}

// fill fills buf with other bytes than the time before.
func (d *desk) fill(buf []byte) []byte {
	d.next++
	for j := range buf {
		buf[j] = d.next + byte(j>>8)*3
	}
	return buf
}

// step performs a random operation.
func (d *desk) step(r *rand.Rand, buf []byte) {
	i := r.IntN(len(d.fds))
	m, c := d.fds[i], d.real[i]
	n := []int{0, 1, 100, 3000, 4095, 4096, 4097, 8192, 16064, 20000, 36544, 36545, 65536, 212960, 212961, 250000}[r.IntN(16)]
	switch r.IntN(20) {
	case 0, 1, 2, 3:
		o, merr := d.s.Write(1, m, d.fill(buf[:n]))
		got, err := unix.Write(c, buf[:n])
		d.same(fmt.Sprintf("write %d %d", i, n), text(o.N, nil, merr), text(got, nil, err))
	case 4, 5, 6, 7:
		o, merr := d.s.Read(1, m, n)
		got, err := unix.Read(c, buf[:n])
		d.same(fmt.Sprintf("read %d %d", i, n), text(o.N, o.Data, merr), text(got, buf[:max(got, 0)], err))
	case 8, 9:
		d.recv(i, max(n, 1), buf) // x/sys/unix sends a byte if there is none
	case 10, 11:
		n = max(n, 1)
		var pass []ipc.FD
		var rights []int
		for range r.IntN(4) {
			x := r.IntN(len(d.fds))
			if d.pair[i] != passed && d.pair[x] < max(1, d.pair[i]) { // no cycles: the kernel takes long to collect them
				pass, rights = append(pass, d.fds[x]), append(rights, d.real[x])
			}
		}
		o, merr := d.s.Send(1, m, d.fill(buf[:n]), pass...)
		got, err := unix.SendmsgBuffers(c, [][]byte{buf[:n]}, unix.UnixRights(rights...), nil, 0)
		d.same(fmt.Sprintf("send %d %d with %v", i, n, rights), text(o.N, nil, merr), text(got, nil, err))
	case 12, 13:
		size := []int{0, 1, 4096, 4097, 8192, 12000, 16384, 40000, 65536, 65537, 1 << 20, -1, min(1<<31+1, math.MaxInt)}[r.IntN(13)]
		o, merr := d.s.SetPipeSize(1, m, size)
		got, err := unix.FcntlInt(uintptr(c), unix.F_SETPIPE_SZ, size)
		d.same(fmt.Sprintf("setpipesz %d %d", i, size), text(o, nil, merr), text(got, nil, err))
	case 14:
		how := r.IntN(9)
		if how < 3 {
			d.same(fmt.Sprintf("shutdown %d %d", i, how), text(0, nil, d.s.Shutdown(1, m, []ipc.How{ipc.RD, ipc.WR, ipc.RDWR}[how])), text(0, nil, unix.Shutdown(c, how)))
		} else if how < 7 {
			d.same(fmt.Sprintf("close %d", i), text(0, nil, d.s.Close(1, m)), text(0, nil, unix.Close(c)))
			d.fds[i], d.real[i] = closed, closed
		}
	case 15:
		x, err := unix.FcntlInt(uintptr(c), unix.F_DUPFD_CLOEXEC, 0)
		y, merr := d.s.Give(1, m, 1)
		if d.same(fmt.Sprint("dup ", i), text(0, nil, merr), text(0, nil, err)); err == nil {
			d.add(y, x, d.pair[i], fmt.Sprint("dup ", i))
		}
	default:
		if len(d.fds) < 14 || r.IntN(8) == 0 {
			d.open(r)
		}
	}
}

// TestSecondLook runs random programs on both that share nothing with [Source]: a few
// files with many descriptors, and sizes around those of pages and buffers.
func TestSecondLook(t *testing.T) {
	live(t)
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<18)
	compared, dir := 0, t.TempDir()
	if err := unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600); err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(150) {
		s, err := ipc.New(ipc.Config{Nonblock: true, SndBuf: sndbuf})
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{t: t, s: s, dir: dir, seed: seed}
		d.fifo, _ = s.FIFO(1)
		r := rand.New(rand.NewPCG(seed, 7))
		for len(d.fds) < 6 {
			d.open(r)
		}
		for range 150 {
			d.step(r, buf)
		}
		for _, fd := range d.real {
			unix.Close(fd)
		}
		compared += d.compared
	}
	t.Logf("%d calls compared", compared)
}
