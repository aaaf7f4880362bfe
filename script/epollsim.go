//go:build !orrery_lean || orrery_epollsim

package script

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/epollsim"
)

// epollsimScript is a kernel. Calls are written as in C; descriptors have names.
type epollsimScript struct {
	k     *epollsim.Kernel
	names map[string]epollsim.FD
	fds   map[epollsim.FD]string   // the name of each
	files map[epollsim.File]string // that of the first descriptor of each that had one
	of    map[epollsim.FD]epollsim.File
	steps strings.Builder
	watch watch
}

func init() { interpreters["epollsim"] = newEpollsim }

func newEpollsim() *Interpreter {
	s := new(epollsimScript)
	in := &Interpreter{begun: func() bool { return s.k != nil }, state: func() any { return s.k.Snapshot() }, watch: &s.watch, verbs: []Verb{
		{Name: "new", Args: "[steps]", Doc: "begin; steps: tell each step", first: true, run: s.begin},
		{Name: "do", Args: `"r, w := pipe()"`, Doc: "make files: also socketpair(), tcp(), eventfd(0), semaphore(3), file(), epoll_create1(), epoll_create(1), dup(r); or " +
			"add(ep, r, IN|ET), mod(ep, r, OUT), del(ep, r), wait(ep, 8), write(w, 5), read(r, 5), signal(e, 3), shutdown(a, WR), close(r), " +
			"block(ep, 8), block(ep, 8, 50ms), resume(1), interrupt(1), scan(ep, 8), step(1), poll(r IN, w OUT), select(r, w)", run: s.do},
		{Name: "advance", Args: "D", Doc: "let time pass", run: s.advance},
		{Name: "awake", Doc: "the calls that can go on", run: func(*Command) (string, error) { return strings.Trim(fmt.Sprint(s.k.Awake()), "[]"), nil }},
		{Name: "cost", Doc: "what was done and copied so far", run: s.cost},
		{Name: "show", Doc: "the epolls and the files", run: func(*Command) (string, error) { return s.k.Snapshot().String(), nil }},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.k.Check()) }},
	}}
	in.name = func(of any) string {
		switch of := of.(type) {
		case epollsim.FD:
			return s.fds[of]
		case epollsim.File:
			return s.files[of]
		}
		return ""
	}
	for i, v := range in.verbs {
		if v.first {
			continue
		}
		in.verbs[i].run = func(c *Command) (string, error) {
			text, err := v.run(c)
			defer s.steps.Reset()
			return s.steps.String() + text, err
		}
	}
	return in
}

func (s *epollsimScript) begin(c *Command) (string, error) {
	var config epollsim.Config
	fds, of := map[epollsim.FD]string{}, map[epollsim.FD]epollsim.File{}
	if loud := c.Flag("steps"); loud || s.watch.watched() {
		config.Trace = func(e epollsim.Event) {
			if e.Kind == epollsim.Opened { // a number is given again
				delete(fds, e.FD)
				of[e.FD] = e.File
			}
			s.watch.tell(e)
			if loud {
				fmt.Fprintf(&s.steps, "  %v\n", e)
			}
		}
	}
	k, err := epollsim.New(config)
	if err == nil {
		s.k, s.names = k, map[string]epollsim.FD{}
		s.fds, s.files, s.of = fds, map[epollsim.File]string{}, of
		s.steps.Reset()
	}
	return "", err
}

func (s *epollsimScript) advance(c *Command) (string, error) {
	d := c.Duration()
	if c.Err() != nil {
		return "", c.Err()
	}
	return "", s.k.Advance(d)
}

func (s *epollsimScript) cost(*Command) (string, error) {
	n, m := s.k.Counts(), s.k.Memory()
	return fmt.Sprintf("%d files were looked at, %d callbacks, %d bytes copied; %d items of %d bytes in all", n.Polls, n.Callbacks, n.Copied, m.Items, m.Bytes), nil
}

func (s *epollsimScript) do(c *Command) (string, error) {
	w := c.next()
	text, err := s.statement(w.text)
	if err != nil {
		c.at = w.column
	}
	return text, err
}

// fd reads a descriptor: a name, or a number.
func (s *epollsimScript) fd(text string) (epollsim.FD, error) {
	if fd, ok := s.names[text]; ok {
		return fd, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("script: no descriptor is called %.40q", text)
	}
	return epollsim.FD(n), nil
}

// makers are the calls that make descriptors.
var epollsimMakers = map[string]epollsim.Op{
	"pipe": {Verb: epollsim.PipeVerb}, "socketpair": {Verb: epollsim.SocketPairVerb}, "tcp": {Verb: epollsim.TCPVerb},
	"eventfd": {Verb: epollsim.EventFDVerb}, "semaphore": {Verb: epollsim.EventFDVerb, Semaphore: true}, "file": {Verb: epollsim.RegularVerb},
	"epoll_create1": {Verb: epollsim.CreateVerb}, "epoll_create": {Verb: epollsim.CreateSizeVerb}, "dup": {Verb: epollsim.DupVerb},
}

// calls are the other ones, with what their arguments are.
var epollsimCalls = map[string]struct {
	op   epollsim.Op
	args string
}{
	"add":       {epollsim.Op{Verb: epollsim.CtlVerb, Ctl: epollsim.ADD}, "fd target events"},
	"mod":       {epollsim.Op{Verb: epollsim.CtlVerb, Ctl: epollsim.MOD}, "fd target events"},
	"del":       {epollsim.Op{Verb: epollsim.CtlVerb, Ctl: epollsim.DEL}, "fd target"},
	"wait":      {epollsim.Op{Verb: epollsim.WaitVerb}, "fd n"},
	"block":     {epollsim.Op{Verb: epollsim.BlockVerb, Timeout: -1}, "fd n timeout"},
	"resume":    {epollsim.Op{Verb: epollsim.ResumeVerb}, "n"},
	"interrupt": {epollsim.Op{Verb: epollsim.InterruptVerb}, "n"},
	"scan":      {epollsim.Op{Verb: epollsim.ScanVerb}, "fd n"},
	"step":      {epollsim.Op{Verb: epollsim.StepVerb}, "n"},
	"write":     {epollsim.Op{Verb: epollsim.WriteVerb}, "fd n"},
	"read":      {epollsim.Op{Verb: epollsim.ReadVerb}, "fd n"},
	"signal":    {epollsim.Op{Verb: epollsim.SignalVerb}, "fd value"},
	"shutdown":  {epollsim.Op{Verb: epollsim.ShutdownVerb}, "fd how"},
	"close":     {epollsim.Op{Verb: epollsim.CloseVerb}, "fd"},
	"poll":      {epollsim.Op{Verb: epollsim.PollVerb}, "polls"},
	"select":    {epollsim.Op{Verb: epollsim.SelectVerb, N: 1024}, "set"},
}

// statement does one call.
func (s *epollsimScript) statement(text string) (string, error) {
	names, call, made := strings.Cut(text, " := ")
	if !made {
		names, call = "", text
	}
	f, list, ok := strings.Cut(call, "(")
	if !ok || !strings.HasSuffix(list, ")") {
		return "", fmt.Errorf("script: %.60q is no call (want like %q, %q)", text, "r, w := pipe()", "wait(ep, 8)")
	}
	var args []string
	if list = strings.TrimSuffix(list, ")"); list != "" {
		args = strings.Split(list, ",")
	}
	for i := range args {
		args[i] = strings.TrimSpace(args[i])
	}
	if op, ok := epollsimMakers[f]; ok {
		return s.make(op, strings.Split(names, ","), args)
	}
	c, ok := epollsimCalls[f]
	if !ok || made {
		return "", fmt.Errorf("script: there is no call %.40q that does this", f)
	}
	op, err := s.fill(c.op, strings.Fields(c.args), args)
	if err != nil {
		return "", err
	}
	o, err := s.k.Do(op)
	if err != nil {
		return "", err
	}
	return s.tell(op, o), nil
}

// make makes descriptors and names them.
func (s *epollsimScript) make(op epollsim.Op, names, args []string) (string, error) {
	if len(args) > 0 {
		n, err := s.fd(args[0])
		if err != nil {
			return "", err
		}
		op.FD, op.N, op.Value = n, int(n), uint64(n)
	}
	o, err := s.k.Do(op)
	if err != nil {
		return "", err
	}
	var told []string
	for i, fd := range []epollsim.FD{o.FD, o.Other} {
		if i < len(names) && (i == 0 || op.Verb == epollsim.PipeVerb || op.Verb == epollsim.SocketPairVerb || op.Verb == epollsim.TCPVerb) {
			if name := strings.TrimSpace(names[i]); name != "" {
				s.names[name], s.fds[fd] = fd, name
				if file, ok := s.of[fd]; ok && s.files[file] == "" {
					s.files[file] = name
				}
				told = append(told, fmt.Sprintf("%s %d", name, fd))
			}
		}
	}
	return strings.Join(told, ", "), nil
}

// fill reads arguments into an operation.
func (s *epollsimScript) fill(op epollsim.Op, kinds, args []string) (epollsim.Op, error) {
	var err error
	for i, kind := range kinds {
		if kind == "polls" || kind == "set" {
			return s.many(op, args)
		}
		if i >= len(args) {
			if kind == "timeout" {
				break
			}
			return op, fmt.Errorf("script: %s is missing", kind)
		}
		arg := args[i]
		switch kind {
		case "fd":
			op.FD, err = s.fd(arg)
		case "target":
			op.Target, err = s.fd(arg)
			op.Value = uint64(op.Target)
		case "n":
			op.N, err = strconv.Atoi(arg)
		case "value":
			op.Value, err = strconv.ParseUint(arg, 0, 64)
		case "events":
			op.Events, err = epollsim.ParseEvents(arg)
		case "timeout":
			op.Timeout, err = time.ParseDuration(arg)
		case "how":
			for _, h := range []epollsim.How{epollsim.RD, epollsim.WR, epollsim.RDWR} {
				if h.String() == arg {
					op.How = h
				}
			}
		}
		if err != nil {
			return op, fmt.Errorf("script: %s %.40q: %w", kind, arg, err)
		}
	}
	if len(args) > len(kinds) {
		return op, fmt.Errorf("script: %.40q is too much", args[len(kinds)])
	}
	return op, nil
}

// many reads what poll and select look at.
func (s *epollsimScript) many(op epollsim.Op, args []string) (epollsim.Op, error) {
	for _, arg := range args {
		name, events, _ := strings.Cut(arg, " ")
		fd, err := s.fd(name)
		if err != nil {
			return op, err
		}
		p := epollsim.PollFD{FD: fd, Events: epollsim.IN}
		if events != "" {
			if p.Events, err = epollsim.ParseEvents(events); err != nil {
				return op, err
			}
		}
		op.Polls = append(op.Polls, p)
		op.Sets.In = append(op.Sets.In, fd)
	}
	return op, nil
}

// tell tells the result of a call.
func (s *epollsimScript) tell(op epollsim.Op, o epollsim.Outcome) string {
	cost := fmt.Sprintf("; %d bytes in, %d out, %d looked at", o.Cost.In, o.Cost.Out, o.Cost.Scanned)
	var parts []string
	switch op.Verb {
	case epollsim.WaitVerb, epollsim.BlockVerb, epollsim.ResumeVerb, epollsim.ScanVerb, epollsim.StepVerb:
		for _, r := range o.Ready {
			parts = append(parts, fmt.Sprint(s.name(epollsim.FD(r.Data)), " ", r.Events))
		}
		switch {
		case o.Waiter != 0 && op.Verb != epollsim.ScanVerb && op.Verb != epollsim.StepVerb:
			return fmt.Sprintf("waiter %d sleeps", o.Waiter)
		case o.Waiter != 0 && op.Verb == epollsim.ScanVerb:
			return fmt.Sprintf("waiter %d scans", o.Waiter)
		case len(parts) == 0:
			return "nothing"
		}
		return strings.Join(parts, ", ")
	case epollsim.ReadVerb:
		if o.Value > 0 {
			return fmt.Sprintf("%d bytes: %d", o.N, o.Value)
		}
		return fmt.Sprintf("%d bytes", o.N)
	case epollsim.WriteVerb, epollsim.SignalVerb:
		return fmt.Sprintf("%d bytes", o.N)
	case epollsim.PollVerb:
		for _, p := range o.Polls {
			parts = append(parts, fmt.Sprint(s.name(p.FD), " ", p.Revents))
		}
		return strings.Join(parts, ", ") + cost
	case epollsim.SelectVerb:
		for _, fd := range o.Sets.In {
			parts = append(parts, s.name(fd))
		}
		return fmt.Sprintf("%d ready: %s", o.N, strings.Join(parts, ", ")) + cost
	}
	return ""
}

// name returns what the scenario calls a descriptor.
func (s *epollsimScript) name(fd epollsim.FD) string {
	best := ""
	for name, f := range s.names {
		if f == fd && (best == "" || name < best) {
			best = name
		}
	}
	if best == "" {
		return fmt.Sprint(fd)
	}
	return best
}
