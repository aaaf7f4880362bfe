package epollsimlive

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/orrery-go/orrery/epollsim"
)

// A desk has a kernel of the model and the real one, side by side. Descriptors are known
// by their index in a list.
type desk struct {
	t        *testing.T
	k        *epollsim.Kernel
	fds      []epollsim.FD
	real     []int
	eps      []int // indices of epolls
	log      []string
	seed     uint64
	compared int
}

// add records a descriptor of both.
func (d *desk) add(m epollsim.FD, r int, what string) {
	d.fds, d.real = append(d.fds, m), append(d.real, r)
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

// errText names an error in the same way for both.
func errText(err error) string {
	if e, ok := err.(unix.Errno); ok {
		return unix.ErrnoName(e)
	}
	return fmt.Sprint(err)
}

// open opens a file or a pair.
func (d *desk) open(r *rand.Rand) {
	var c [2]int
	var a, b epollsim.FD
	var err error
	what := []string{"pipe", "socketpair", "eventfd", "epoll"}[min(r.IntN(6), 3)]
	n, sem := uint32(r.IntN(3)), r.IntN(2)
	switch what {
	case "pipe":
		err = unix.Pipe2(c[:], unix.O_NONBLOCK|unix.O_CLOEXEC)
		a, b, _ = d.k.Pipe()
	case "socketpair":
		c, err = unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
		a, b, _ = d.k.SocketPair()
	case "eventfd":
		what = fmt.Sprint("eventfd ", n, sem)
		c[0], err = unix.Eventfd(uint(n), unix.EFD_NONBLOCK|unix.EFD_CLOEXEC|sem)
		a, _ = d.k.EventFD(n, sem == 1)
	case "epoll":
		c[0], err = unix.EpollCreate1(unix.EPOLL_CLOEXEC)
		a, _ = d.k.Create()
		d.eps = append(d.eps, len(d.fds))
	}
	if err != nil {
		d.t.Fatal(err)
	}
	d.add(a, c[0], what)
	if b != 0 {
		d.add(b, c[1], what)
	}
}

const closed = 1 << 20 // a descriptor that is closed

// The flags of epoll_ctl, including bits without a meaning.
var lookFlags = []epollsim.Events{0, 0, epollsim.ET, 0, epollsim.ONESHOT, epollsim.EXCLUSIVE, epollsim.WAKEUP, epollsim.ET | epollsim.ONESHOT}
var lookMasks = []epollsim.Events{epollsim.IN, epollsim.OUT, epollsim.IN | epollsim.OUT, epollsim.RDHUP, epollsim.PRI, 0, epollsim.IN | epollsim.RDHUP,
	epollsim.RDNORM, epollsim.WRNORM, epollsim.RDBAND, epollsim.WRBAND, epollsim.HUP, epollsim.ERR, epollsim.NVAL, epollsim.MSG, 1 << 20, 1 << 11, 0x0fffffff}

// step performs a random operation.
func (d *desk) step(r *rand.Rand, buf []byte) {
	i, e := r.IntN(len(d.fds)), d.eps[r.IntN(len(d.eps))]
	m, c := d.fds[i], d.real[i]
	switch r.IntN(21) {
	case 0, 1, 2, 3, 4, 5:
		ev := lookMasks[r.IntN(len(lookMasks))] | lookMasks[r.IntN(3)]&-epollsim.Events(r.IntN(2)) | lookFlags[r.IntN(len(lookFlags))] | lookFlags[r.IntN(3)]
		op := []epollsim.CtlOp{1, 1, 1, 3, 3, 2, 1, 3, 3, 0}[r.IntN(10)]
		data := uint64(len(d.log))
		event := unix.EpollEvent{Events: uint32(ev), Fd: int32(data)}
		err := unix.EpollCtl(d.real[e], int(op), c, &event)
		d.same(fmt.Sprintf("ctl %d %v %d %v data %d", e, op, i, ev, data), errText(d.k.Ctl(d.fds[e], op, m, ev, data)), errText(err))
	case 6, 7, 8, 9, 10, 11, 12:
		n := []int{0, 1, 7, 8, 8, 100, 4095, 4096, 4097, 30000, 65536, 70000}[r.IntN(12)] * (1 + r.IntN(3))
		what, model, real := "read", d.k.Read, unix.Read
		if r.IntN(2) == 0 {
			what, model, real = "write", d.k.Write, unix.Write
		}
		copy(buf, []byte{1, 0, 0, 0, 0, 0, 0, 0}) // as Write does
		o, merr := model(m, n)
		got, err := real(c, buf[:n])
		d.same(fmt.Sprintf("%s %d %d", what, i, n), fmt.Sprint(o.N, " ", errText(merr)), fmt.Sprint(max(got, 0), " ", errText(err)))
	case 13:
		how := r.IntN(3)
		d.same(fmt.Sprintf("shutdown %d %d", i, how), errText(d.k.Shutdown(m, epollsim.How(how))), errText(unix.Shutdown(c, how)))
	case 14:
		x, err := unix.FcntlInt(uintptr(c), unix.F_DUPFD_CLOEXEC, 0)
		y, merr := d.k.Dup(m)
		d.same(fmt.Sprintf("dup %d", i), errText(merr), errText(err))
		if err == nil {
			if k, _ := d.k.Type(y); k == epollsim.Epoll {
				d.eps = append(d.eps, len(d.fds))
			}
			d.add(y, x, fmt.Sprint("dup ", i))
		}
	case 15:
		if r.IntN(2) == 0 && i != d.eps[0] {
			d.same(fmt.Sprintf("close %d", i), errText(d.k.Close(m)), errText(unix.Close(c)))
			d.real[i], d.fds[i] = closed, closed
		}
	case 16:
		if d.look(r); len(d.fds) < 26 {
			d.open(r)
		}
	default:
		d.wait(e, 1+r.IntN(4)*r.IntN(3))
	}
}

// wait performs epoll_wait.
func (d *desk) wait(e, most int) {
	out, merr := d.k.Wait(d.fds[e], most)
	model := errText(merr)
	for _, x := range out {
		model += fmt.Sprintf(" %d:%v", x.Data, x.Events)
	}
	events := make([]unix.EpollEvent, most)
	n, err := unix.EpollWait(d.real[e], events, 0)
	real := errText(err)
	for _, x := range events[:max(n, 0)] {
		real += fmt.Sprintf(" %d:%v", x.Fd, epollsim.Events(x.Events))
	}
	d.same(fmt.Sprintf("wait %d %d", e, most), model, real)
}

// look polls every descriptor, and a negative one; what Revents was does not matter.
func (d *desk) look(r *rand.Rand) {
	a := []epollsim.PollFD{{FD: -1, Events: epollsim.IN, Revents: epollsim.IN}}
	b := []unix.PollFd{{Fd: -1, Events: unix.POLLIN, Revents: unix.POLLIN}}
	for i := range d.fds {
		ev := []epollsim.Events{0x7fff, 0xffff, 1, 4, 0x2000, 0}[r.IntN(6)]
		a = append(a, epollsim.PollFD{FD: d.fds[i], Events: ev, Revents: ev})
		b = append(b, unix.PollFd{Fd: int32(d.real[i]), Events: int16(ev), Revents: int16(ev)})
	}
	out, _, _ := d.k.Poll(a)
	_, err := unix.Poll(b, 0)
	model, real := "", errText(err)
	for i := range b {
		model += " " + out[i].Revents.String()
		real += " " + epollsim.Events(uint16(b[i].Revents)).String()
	}
	d.same("poll", "<nil>"+model, real)
}

// TestSecondLook runs random programs on both: dense ones, of a few files with many
// descriptors and unusual masks. They share nothing with [Source].
func TestSecondLook(t *testing.T) {
	live(t).End()
	sndbuf, err := SndBuf()
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 1<<18)
	compared := 0
	for seed := range uint64(1500) {
		k, err := epollsim.New(epollsim.Config{SndBuf: sndbuf})
		if err != nil {
			t.Fatal(err)
		}
		d := &desk{t: t, k: k, seed: seed}
		r := rand.New(rand.NewPCG(seed, 7))
		for len(d.eps) < 2 || len(d.fds) < 8 {
			d.open(r)
		}
		for range 150 {
			d.step(r, buf)
		}
		d.look(r)
		for _, fd := range d.real {
			unix.Close(fd)
		}
		compared += d.compared
	}
	t.Logf("%d calls compared", compared)
}
