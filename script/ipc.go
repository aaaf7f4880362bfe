//go:build !orrery_lean

package script

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/ipc"
)

// ipcScript is processes and what lies between them. Descriptors have names, the same
// for all processes.
type ipcScript struct {
	s     *ipc.System
	names map[string]ipc.FD
	steps strings.Builder
}

func init() { interpreters["ipc"] = newIPC }

func newIPC() *Interpreter {
	s := new(ipcScript)
	in := &Interpreter{begun: func() bool { return s.s != nil }, verbs: []Verb{
		{Name: "new", Args: "[nonblock] [steps]", Doc: "begin, with processes 1 and 2; steps: tell each step", first: true, run: s.begin},
		{Name: "do", Args: `P "r, w := pipe()"`, Doc: "process P makes files: also stream(), datagram(), queue(10, 100), fifo(), open(1, read); or write(w, 5000), read(r, 100), " +
			"send(a, 10, w), recv(a, 100), r2 := give(r, 2), close(r), post(q, 10, 5), fetch(q, 100), resize(w, 8192), kill(2, 10), take(), resume(1)", run: s.do},
		{Name: "awake", Doc: "the calls that can go on", run: func(*Command) (string, error) { return strings.Trim(fmt.Sprint(s.s.Awake()), "[]"), nil }},
		{Name: "cost", Doc: "calls and copies so far", run: s.cost},
		{Name: "costs", Args: "N", Doc: "what a message of N bytes takes each way", run: s.costs},
		{Name: "show", Doc: "the processes and their files", run: func(*Command) (string, error) { return s.s.Snapshot().String(), nil }},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.s.Check()) }},
	}}
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

func (s *ipcScript) begin(c *Command) (string, error) {
	config := ipc.Config{Nonblock: c.Flag("nonblock")}
	if c.Flag("steps") {
		config.Trace = func(e ipc.Event) { fmt.Fprintf(&s.steps, "  %v\n", e) }
	}
	system, err := ipc.New(config)
	if err == nil {
		s.s, s.names = system, map[string]ipc.FD{}
		s.steps.Reset()
	}
	return "", err
}

func (s *ipcScript) cost(*Command) (string, error) {
	n := s.s.Counts()
	return fmt.Sprintf("%d calls, %d copies, %d bytes", n.Calls, n.Copies, n.Bytes), nil
}

func (s *ipcScript) costs(c *Command) (string, error) {
	n := c.Number()
	if c.Err() != nil {
		return "", c.Err()
	}
	costs, err := ipc.Costs(int(max(min(n, 1<<30), -1)))
	var b strings.Builder
	for _, c := range costs {
		fmt.Fprintf(&b, "%-14s %d copies, %d bytes, %d calls\n", c.Way, c.Copies, c.Bytes, c.Calls)
	}
	return b.String(), err
}

// ipcCalls are the calls, with what their arguments are.
var ipcCalls = map[string]struct {
	op   ipc.Op
	args string
}{
	"pipe":     {ipc.Op{Verb: ipc.PipeVerb}, ""},
	"stream":   {ipc.Op{Verb: ipc.SocketPairVerb}, ""},
	"datagram": {ipc.Op{Verb: ipc.SocketPairVerb, Datagram: true}, ""},
	"queue":    {ipc.Op{Verb: ipc.QueueVerb}, "most n"},
	"fifo":     {ipc.Op{Verb: ipc.FIFOVerb}, ""},
	"open":     {ipc.Op{Verb: ipc.OpenVerb}, "n mode"},
	"give":     {ipc.Op{Verb: ipc.GiveVerb}, "fd to"},
	"write":    {ipc.Op{Verb: ipc.WriteVerb}, "fd data"},
	"read":     {ipc.Op{Verb: ipc.ReadVerb}, "fd n"},
	"send":     {ipc.Op{Verb: ipc.SendVerb}, "fd data pass"},
	"recv":     {ipc.Op{Verb: ipc.RecvVerb}, "fd n"},
	"close":    {ipc.Op{Verb: ipc.CloseVerb}, "fd"},
	"post":     {ipc.Op{Verb: ipc.PostVerb}, "fd data most"},
	"fetch":    {ipc.Op{Verb: ipc.FetchVerb}, "fd n"},
	"resize":   {ipc.Op{Verb: ipc.SetPipeSizeVerb}, "fd n"},
	"kill":     {ipc.Op{Verb: ipc.KillVerb}, "to n"},
	"take":     {ipc.Op{Verb: ipc.TakeVerb, Set: ^uint64(0)}, ""},
	"resume":   {ipc.Op{Verb: ipc.ResumeVerb}, "n"},
}

func (s *ipcScript) do(c *Command) (string, error) {
	p := c.Number()
	w := c.next()
	if c.Err() != nil {
		return "", c.Err()
	}
	c.at = w.column
	names, call, made := strings.Cut(w.text, " := ")
	if !made {
		names, call = "", w.text
	}
	f, list, ok := strings.Cut(call, "(")
	known, is := ipcCalls[f]
	if !ok || !is || !strings.HasSuffix(list, ")") {
		return "", fmt.Errorf("script: %.60q is no call (want like %q, %q)", w.text, "r, w := pipe()", "write(w, 100)")
	}
	if p < 0 || p > 1<<20 {
		return "", fmt.Errorf("script: there is no process %d", p)
	}
	op := known.op
	op.Proc = ipc.Proc(p)
	if err := s.fill(&op, strings.Fields(known.args), strings.TrimSuffix(list, ")")); err != nil {
		return "", err
	}
	o, err := s.s.Do(op)
	if err != nil {
		return "", err
	}
	return s.tell(op, o, strings.Split(names, ",")), nil
}

// fill reads arguments into an operation.
func (s *ipcScript) fill(op *ipc.Op, kinds []string, list string) error {
	var args []string
	if list != "" {
		args = strings.Split(list, ",")
	}
	for i, arg := range args {
		arg = strings.TrimSpace(arg)
		if i >= len(kinds) {
			return fmt.Errorf("script: %.40q is too much", arg)
		}
		if kinds[i] == "mode" {
			op.Mode = ipc.Mode(arg)
			continue
		}
		n, err := strconv.Atoi(arg)
		if fd, ok := s.names[arg]; ok {
			n, err = int(fd), nil
		}
		if err != nil {
			return fmt.Errorf("script: %.40q is neither a number nor a name", arg)
		}
		switch kinds[i] {
		case "fd":
			op.FD = ipc.FD(n)
		case "n":
			op.N = n
		case "most":
			op.Most = n
		case "to":
			op.To = ipc.Proc(n)
		case "pass":
			op.FDs = append(op.FDs, ipc.FD(n))
		case "data":
			if n < 0 || n > 1<<22 {
				return fmt.Errorf("script: %d bytes out of range [0,%d]", n, 1<<22)
			}
			op.Data = make([]byte, n)
		}
	}
	return nil
}

// tell tells the result of a call, and names descriptors.
func (s *ipcScript) tell(op ipc.Op, o ipc.Outcome, names []string) string {
	var told []string
	for i, fd := range o.FDs {
		name := "descriptor"
		if i < len(names) && strings.TrimSpace(names[i]) != "" {
			name = strings.TrimSpace(names[i])
			s.names[name] = fd
		}
		told = append(told, fmt.Sprintf("%s %d", name, fd))
	}
	switch {
	case o.Waiter != 0:
		return fmt.Sprintf("waiter %d sleeps", o.Waiter)
	case op.Verb == ipc.TakeVerb:
		return fmt.Sprintf("signal %d", o.Signal)
	case op.Verb == ipc.FIFOVerb:
		return fmt.Sprintf("FIFO %d", o.N)
	case op.Verb == ipc.CloseVerb, op.Verb == ipc.KillVerb, op.Verb == ipc.PipeVerb, op.Verb == ipc.SocketPairVerb, op.Verb == ipc.QueueVerb, op.Verb == ipc.GiveVerb, op.Verb == ipc.OpenVerb:
		return strings.Join(told, ", ")
	}
	text := fmt.Sprintf("%d bytes", o.N)
	if o.Truncated {
		text += ", truncated"
	}
	if op.Verb == ipc.FetchVerb {
		text += fmt.Sprintf(", priority %d", o.Priority)
	}
	return strings.Join(append([]string{text}, told...), ", ")
}
