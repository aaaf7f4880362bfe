package claims

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/epollsim"
)

// An epollLog writes calls as package script reads them. Descriptors get names.
type epollLog struct {
	text  strings.Builder
	names map[epollsim.FD]string
	many  map[string]int // descriptors of a kind so far
}

// name names a descriptor after its kind and how many there were.
func (l *epollLog) name(fd epollsim.FD, kind string) string {
	if l.names == nil {
		l.names, l.many = map[epollsim.FD]string{}, map[string]int{}
	}
	l.names[fd] = kind
	if l.many[kind]++; l.many[kind] > 1 {
		l.names[fd] = fmt.Sprint(kind, l.many[kind])
	}
	return l.names[fd]
}

func (l *epollLog) note(op epollsim.Op, o epollsim.Outcome) {
	made := ""
	if o.FD != 0 {
		kind := map[epollsim.Verb]string{epollsim.CreateVerb: "ep", epollsim.CreateSizeVerb: "ep", epollsim.PipeVerb: "r", epollsim.DupVerb: "d", epollsim.RegularVerb: "f"}[op.Verb]
		made = l.name(o.FD, kind)
		if o.Other != 0 {
			made += ", " + l.name(o.Other, "w")
		}
		made += " := "
	}
	fd := l.names[op.FD]
	call := ""
	switch op.Verb {
	case epollsim.CreateVerb, epollsim.PipeVerb, epollsim.RegularVerb:
		call = map[epollsim.Verb]string{epollsim.CreateVerb: "epoll_create1", epollsim.PipeVerb: "pipe", epollsim.RegularVerb: "file"}[op.Verb] + "()"
	case epollsim.CreateSizeVerb:
		call = fmt.Sprintf("epoll_create(%d)", op.N)
	case epollsim.DupVerb:
		call = fmt.Sprintf("dup(%s)", fd)
	case epollsim.CtlVerb:
		call = fmt.Sprintf("%s(%s, %s, %v)", strings.ToLower(op.Ctl.String()), fd, l.names[op.Target], op.Events)
	case epollsim.WaitVerb:
		call = fmt.Sprintf("wait(%s, %d)", fd, op.N)
	case epollsim.WriteVerb, epollsim.ReadVerb:
		call = fmt.Sprintf("%s(%s, %d)", op.Verb, fd, op.N)
	case epollsim.BlockVerb:
		if call = fmt.Sprintf("block(%s, %d)", fd, op.N); op.Timeout >= 0 {
			call = fmt.Sprintf("block(%s, %d, %v)", fd, op.N, op.Timeout)
		}
	case epollsim.ResumeVerb:
		call = fmt.Sprintf("resume(%d)", op.N)
	case epollsim.PollVerb:
		var fds []string
		for _, p := range op.Polls {
			fds = append(fds, l.names[p.FD])
		}
		call = "poll(" + strings.Join(fds, ", ") + ")"
	case epollsim.AdvanceVerb:
		fmt.Fprintf(&l.text, "advance %v\n", op.Timeout)
		return
	default:
		call = op.String() // no reader knows it, and the test says so
	}
	fmt.Fprintf(&l.text, "do %q\n", made+call)
}
