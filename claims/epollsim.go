package claims

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/epollsim/epollsimlive"
)

// A kernel is the model or the real kernel.
type kernel interface {
	Do(epollsim.Op) (epollsim.Outcome, error)
	Link(epollsim.FD) (string, error)
}

// kernelCalls performs the calls of a row's question, and keeps the first unexpected
// error.
type kernelCalls struct {
	kernel
	err error
	log *epollLog // of the calls, if they are to be a program
}

func (c *kernelCalls) Do(op epollsim.Op) (epollsim.Outcome, error) {
	o, err := c.kernel.Do(op)
	if c.log != nil {
		c.log.note(op, o)
	}
	return o, err
}

func (c *kernelCalls) must(op epollsim.Op) epollsim.Outcome {
	o, err := c.Do(op)
	if err != nil && c.err == nil {
		c.err = fmt.Errorf("%v: %w", op, err)
	}
	return o
}

func (c *kernelCalls) epoll() epollsim.FD { return c.must(epollsim.Op{Verb: epollsim.CreateVerb}).FD }

func (c *kernelCalls) pipe() (r, w epollsim.FD) {
	o := c.must(epollsim.Op{Verb: epollsim.PipeVerb})
	return o.FD, o.Other
}

func (c *kernelCalls) write(fd epollsim.FD) {
	c.must(epollsim.Op{Verb: epollsim.WriteVerb, FD: fd, N: 8})
}

func (c *kernelCalls) read(fd epollsim.FD) {
	c.must(epollsim.Op{Verb: epollsim.ReadVerb, FD: fd, N: 4})
}

// ctl returns the result of the call: "ok" or the errno.
func (c *kernelCalls) ctl(ep epollsim.FD, op epollsim.CtlOp, fd epollsim.FD, e epollsim.Events) string {
	_, err := c.Do(epollsim.Op{Verb: epollsim.CtlVerb, FD: ep, Ctl: op, Target: fd, Events: e, Value: uint64(fd)})
	return okOr(err)
}

func okOr(err error) string {
	if err != nil {
		return err.Error()
	}
	return "ok"
}

func (c *kernelCalls) add(ep, fd epollsim.FD, e epollsim.Events) {
	if got := c.ctl(ep, epollsim.ADD, fd, e); got != "ok" && c.err == nil {
		c.err = fmt.Errorf("ADD: %s", got)
	}
}

// wait returns the events of a wait with their data.
func (c *kernelCalls) wait(ep epollsim.FD, max int) []epollsim.Ready {
	return c.must(epollsim.Op{Verb: epollsim.WaitVerb, FD: ep, N: max}).Ready
}

// poll returns the number of descriptors that are ready.
func (c *kernelCalls) poll(fds ...epollsim.FD) (ready int) {
	op := epollsim.Op{Verb: epollsim.PollVerb}
	for _, fd := range fds {
		op.Polls = append(op.Polls, epollsim.PollFD{FD: fd, Events: epollsim.IN})
	}
	for _, p := range c.must(op).Polls {
		if p.Revents != 0 {
			ready++
		}
	}
	return ready
}

// onKernel returns a check of both kernels. The real one is Linux's, whatever the
// release of Go.
func onKernel(question func(c *kernelCalls) string) check {
	c := check{model: func(string) (string, error) {
		answer, _, err := onModelKernel(question)
		return answer, err
	}, program: func() (string, error) {
		_, text, err := onModelKernel(question)
		return text, err
	}}
	if runtime.GOOS == "linux" {
		c.live = func() (string, error) {
			l, err := epollsimlive.New(300)
			if err != nil {
				return "", err
			}
			defer l.Close()
			if err := l.Begin(); err != nil {
				return "", err
			}
			c := &kernelCalls{kernel: l}
			return question(c), c.err
		}
	}
	return c
}

// onModelKernel answers, and returns the calls as a program of package script.
func onModelKernel(question func(c *kernelCalls) string) (answer, program string, err error) {
	k, err := epollsim.New(epollsim.Config{})
	if err != nil {
		return "", "", err
	}
	c := &kernelCalls{kernel: k, log: new(epollLog)}
	answer = question(c)
	return answer, c.log.text.String(), c.err
}

// also replaces the source of the live answer.
func (c check) also(live func() (string, error)) check {
	if c.live != nil {
		c.live = live
	}
	return c
}

// counts returns the numbers of events of several waits.
func (c *kernelCalls) counts(ep epollsim.FD, waits int) string {
	var out []string
	for range waits {
		out = append(out, fmt.Sprint(len(c.wait(ep, 8))))
	}
	return strings.Join(out, " ")
}

// watched returns an epoll and a pipe that is registered with it.
func (c *kernelCalls) watched(mode epollsim.Events) (ep, r, w epollsim.FD) {
	ep = c.epoll()
	r, w = c.pipe()
	c.add(ep, r, epollsim.IN|mode)
	return ep, r, w
}

var epollChecks = map[string]check{
	"27-1": onKernel(func(c *kernelCalls) string {
		ep := c.epoll()
		r, w := c.pipe()
		for range 500 {
			c.add(ep, c.must(epollsim.Op{Verb: epollsim.DupVerb, FD: r}).FD, epollsim.IN)
		}
		c.write(w)
		total := 0
		for range 500 {
			total += len(c.wait(ep, 1))
		}
		return fmt.Sprint(total)
	}),
	"27-2": onKernel(func(c *kernelCalls) string {
		var fds []epollsim.FD
		for range 3 {
			r, w := c.pipe()
			c.write(w)
			fds = append(fds, r)
		}
		byPoll, byEpoll := 1, 2 // for create and wait
		n := c.poll(fds...)
		ep := c.epoll()
		for _, fd := range fds {
			c.add(ep, fd, epollsim.IN)
			byEpoll++
		}
		if m := len(c.wait(ep, 8)); m != n || n != 3 {
			return fmt.Sprintf("poll reports %d, epoll %d", n, m)
		}
		if byPoll < byEpoll {
			return "poll"
		}
		return "epoll"
	}),
	"27-3": onKernel(func(c *kernelCalls) string {
		var out []string
		for n := range 2 {
			_, err := c.Do(epollsim.Op{Verb: epollsim.CreateSizeVerb, N: n})
			out = append(out, okOr(err))
		}
		return strings.Join(out, " ")
	}),
	"27-4": onKernel(func(c *kernelCalls) string {
		r, _ := c.pipe()
		r2, w2 := c.pipe()
		c.write(w2)
		return fmt.Sprint(c.poll(r), " ", c.poll(r, r2))
	}),
	"27-5": onKernel(func(c *kernelCalls) string {
		ep, r, w := c.watched(0)
		c.write(w)
		ready := c.wait(ep, 8)
		return yesNo(len(ready) == 1 && ready[0].Data == uint64(r))
	}),
	"27-6": onKernel(func(c *kernelCalls) string {
		link, err := c.Link(c.epoll())
		if err != nil {
			return err.Error()
		}
		return link
	}),
	"27-7": onKernel(func(*kernelCalls) string { return yesNo(epollsim.EpitemSize > 0) }).also(func() (string, error) {
		return yesNo(epollsimlive.Cache("eventpoll_epi") && epollsimlive.Cache("eventpoll_pwq")), nil
	}),
	"27-8": onKernel(func(c *kernelCalls) string {
		ep, out := c.epoll(), ""
		r, _ := c.pipe()
		for i := range 101 {
			if i == 0 || i == 1 || i == 100 {
				out += fmt.Sprint(c.kernel.(*epollsim.Kernel).Memory().Slabs, " ")
			}
			c.add(ep, c.must(epollsim.Op{Verb: epollsim.DupVerb, FD: r}).FD, epollsim.IN)
		}
		return strings.TrimSpace(out)
	}).also(nil),
	"27-9": onKernel(func(c *kernelCalls) string {
		ep, r, w := c.watched(0)
		c.add(ep, c.must(epollsim.Op{Verb: epollsim.DupVerb, FD: r}).FD, epollsim.IN)
		c.write(w)
		return c.counts(ep, 1)
	}),
	"27-10": onKernel(func(c *kernelCalls) string {
		ep := c.epoll()
		r, w := c.pipe()
		c.write(w)
		c.add(ep, r, epollsim.IN)
		return c.counts(ep, 1)
	}),
	"27-11": onKernel(func(c *kernelCalls) string {
		ep, r, w := c.watched(0)
		c.write(w)
		c.read(r)
		c.read(r)
		return c.counts(ep, 1)
	}),
	"27-12": onKernel(func(c *kernelCalls) string {
		ep, _, w := c.watched(0)
		slept := true
		if _, ok := c.kernel.(*epollsim.Kernel); ok {
			o := c.must(epollsim.Op{Verb: epollsim.BlockVerb, FD: ep, N: 8, Timeout: 20 * time.Millisecond})
			c.must(epollsim.Op{Verb: epollsim.AdvanceVerb, Timeout: 20 * time.Millisecond})
			slept = c.must(epollsim.Op{Verb: epollsim.ResumeVerb, N: int(o.Waiter)}).N == 0
		} else if s, err := epollsimlive.Sleeps(20 * time.Millisecond); err != nil || !s {
			slept = false
		}
		c.write(w)
		return fmt.Sprintf("slept %s, then %s", yesNo(slept), c.counts(ep, 1))
	}),
	"27-13": onKernel(func(c *kernelCalls) string {
		ep := c.epoll()
		var last epollsim.FD
		for range 100 {
			var r epollsim.FD
			r, last = c.pipe()
			c.add(ep, r, epollsim.IN)
			c.must(epollsim.Op{Verb: epollsim.WriteVerb, FD: last, N: 0})
		}
		c.write(last)
		return fmt.Sprint(12 * len(c.wait(ep, 64)))
	}),
	"27-14": onKernel(func(c *kernelCalls) string {
		ep, r, _ := c.watched(0)
		return c.ctl(ep, epollsim.ADD, r, epollsim.IN)
	}),
	"27-15": onKernel(func(c *kernelCalls) string {
		return c.ctl(c.epoll(), epollsim.ADD, c.must(epollsim.Op{Verb: epollsim.RegularVerb}).FD, epollsim.IN)
	}),
	"27-16": onKernel(func(c *kernelCalls) string {
		r, w := c.pipe()
		c.write(w)
		first := c.poll(r)
		c.read(r)
		return yesNo(first == 1 && c.poll(r) == 1)
	}),
	"27-17": onKernel(func(c *kernelCalls) string {
		ep, _, w := c.watched(0)
		c.write(w)
		return c.counts(ep, 3)
	}),
	"27-18": onKernel(func(c *kernelCalls) string {
		ep, _, w := c.watched(epollsim.ET)
		c.write(w)
		two := c.counts(ep, 2)
		c.write(w)
		return two + " " + c.counts(ep, 1)
	}),
	"27-19": onKernel(func(c *kernelCalls) string {
		ep := c.epoll()
		index := map[uint64]int{}
		for i := range 3 {
			r, w := c.pipe()
			c.add(ep, r, epollsim.IN)
			c.write(w)
			index[uint64(r)] = i
		}
		var out []string
		for range 6 {
			for _, r := range c.wait(ep, 1) {
				out = append(out, fmt.Sprint(index[r.Data]))
			}
		}
		return strings.Join(out, " ")
	}),
	"27-20": onKernel(func(c *kernelCalls) string {
		ep, r, w := c.watched(epollsim.ET)
		c.write(w)
		c.wait(ep, 8)
		c.read(r)
		before := c.counts(ep, 1)
		c.write(w)
		return before + " " + c.counts(ep, 1)
	}),
	"27-21": onKernel(func(c *kernelCalls) string {
		k := c.kernel.(*epollsim.Kernel)
		ep := c.epoll()
		var fds []epollsim.PollFD
		var last epollsim.FD
		for range 100 {
			var r epollsim.FD
			r, last = c.pipe()
			c.add(ep, r, epollsim.IN)
			fds = append(fds, epollsim.PollFD{FD: r, Events: epollsim.IN})
		}
		c.write(last)
		cost := c.must(epollsim.Op{Verb: epollsim.PollVerb, Polls: fds}).Cost
		before := k.Counts().Polls
		c.wait(ep, 8)
		return fmt.Sprintf("%d files; %d file and %d bytes", cost.Scanned, k.Counts().Polls-before, k.Memory().Bytes)
	}).also(nil),
	"27-22": onKernel(func(c *kernelCalls) string {
		o := c.must(epollsim.Op{Verb: epollsim.BlockVerb, FD: c.epoll(), N: 8, Timeout: -1})
		return yesNo(o.Waiter != 0)
	}).also(func() (string, error) {
		s, err := epollsimlive.Sleeps(20 * time.Millisecond)
		return yesNo(s), err
	}),
}
