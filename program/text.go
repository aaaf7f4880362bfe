package program

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Parse reads a program that was written by hand. A line is one of
//
//	# a comment, here or behind anything else
//	chan NAME [CAPACITY]
//	mutex NAME
//	rwmutex NAME
//	waitgroup NAME [COUNTER]
//	cond NAME LOCK
//	recover                       panics end their goroutine, not the program
//	NAME:                         the function of that name begins; the first is main
//	go FUNCTION [TIMES]
//	work, spin, sleep, syscall, block, netread DURATION
//	send CHAN [VALUE]             nil is a channel, too
//	recv, close CHAN
//	select CASE, CASE, ...        send CHAN [VALUE], recv CHAN or default
//	lock, unlock, rlock, runlock, done, wait, signal, broadcast LOCK
//	add LOCK DELTA
//	loop [TIMES]                  without a number: for ever
//	end
//	procs, grow N
//	mark WORDS
//	yield, lockthread, unlockthread, exit
//
// Durations are Go's: 10ms, 1.5us. A line that is none of these is an error, and so
// is what [Program.Check] finds.
func Parse(text string) (*Program, error) {
	p := new(Program)
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("program: line %d: %w", i+1, err)
		}
	}
	return p, p.Check()
}

func (p *Program) line(line string) error {
	if name, ok := strings.CutSuffix(line, ":"); ok && isName(name) {
		p.Funcs = append(p.Funcs, Func{Name: name})
		return nil
	}
	words := strings.Fields(line)
	if len(p.Funcs) == 0 {
		return p.declare(words)
	}
	op, err := parseOp(words, line)
	if err != nil {
		return err
	}
	f := &p.Funcs[len(p.Funcs)-1]
	f.Ops = append(f.Ops, op)
	return nil
}

func (p *Program) declare(words []string) error {
	if len(words) == 1 && words[0] == "recover" {
		p.Recover = true
		return nil
	}
	if len(words) < 2 || len(words) > 3 {
		return fmt.Errorf("%q: want the kind and name of a channel or lock, or a function's name and a colon", strings.Join(words, " "))
	}
	kind, name, rest := words[0], words[1], words[2:]
	var err error
	var n int64
	if len(rest) == 1 && (kind == "chan" || kind == string(WaitGroup)) {
		n, err = integer(rest[0])
		rest = nil
	}
	switch l := (Lock{Name: name, Kind: Kind(kind)}); {
	case kind == "chan":
		p.Chans = append(p.Chans, Chan{name, n})
	case l.Kind == WaitGroup:
		l.Counter = n
		p.Locks = append(p.Locks, l)
	case l.Kind == Cond && len(rest) == 1:
		l.L, rest = rest[0], nil
		p.Locks = append(p.Locks, l)
	case l.Kind == Mutex, l.Kind == RWMutex:
		p.Locks = append(p.Locks, l)
	default:
		return fmt.Errorf("%q: want chan, mutex, rwmutex, waitgroup, or cond with its lock, before the first function", strings.Join(words, " "))
	}
	if len(rest) > 0 {
		return fmt.Errorf("%s does not take %q", kind, rest[0])
	}
	return err
}

func parseOp(words []string, line string) (Op, error) {
	v, err := verbOf(words[0])
	if err != nil {
		return Op{}, err
	}
	op := Op{Verb: v}
	args := words[1:]
	most := 1
	switch v {
	case Go, Send:
		op.On, most = first(args), 2
		if len(args) == 2 {
			op.N, err = integer(args[1])
		}
	case Recv, Close, Acquire, Unlock, RLock, RUnlock, Done, Wait, Signal, Broadcast:
		op.On = first(args)
	case Add:
		if op.On, most = first(args), 2; len(args) == 2 {
			op.N, err = integer(args[1])
		} else {
			err = fmt.Errorf("want a waitgroup and a number")
		}
	case Work, Spin, Sleep, Syscall, Block, NetRead:
		op.D, err = time.ParseDuration(first(args))
	case Procs, Grow:
		op.N, err = integer(first(args))
	case Loop:
		if len(args) > 0 {
			if op.N, err = integer(args[0]); err == nil && op.N == 0 {
				err = fmt.Errorf("a loop of no turns; without a number it is for ever")
			}
		}
	case Mark:
		op.On = strings.Join(args, " ")
		return op, nil
	case Select:
		op.Cases, op.Default, err = parseCases(strings.TrimSpace(strings.TrimPrefix(line, words[0])))
		return op, err
	default:
		most = 0
	}
	if len(args) > most {
		return op, fmt.Errorf("%s does not take %q", v, args[most])
	}
	if op.On == "nil" && (v == Send || v == Recv || v == Close) {
		op.On = ""
	} else if op.On == "" && (v == Send || v == Recv || v == Close) {
		err = fmt.Errorf("%s without a channel", v)
	}
	return op, err
}

func parseCases(text string) (cases []Case, hasDefault bool, err error) {
	if text == "" {
		return nil, false, nil
	}
	for _, part := range strings.Split(text, ",") {
		w := strings.Fields(part)
		k := Case{Chan: first(w[min(1, len(w)):])}
		if k.Chan == "nil" {
			k.Chan = ""
		}
		switch {
		case len(w) == 1 && w[0] == "default":
			hasDefault = true
			continue
		case len(w) == 2 && w[0] == "recv":
		case len(w) == 2 && w[0] == "send":
			k.Send = true
		case len(w) == 3 && w[0] == "send":
			k.Send = true
			if k.N, err = integer(w[2]); err != nil {
				return nil, false, err
			}
		default:
			return nil, false, fmt.Errorf("case %q (want send CHAN [VALUE], recv CHAN or default)", strings.TrimSpace(part))
		}
		cases = append(cases, k)
	}
	return cases, hasDefault, nil
}

func first(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

func integer(word string) (int64, error) {
	n, err := strconv.ParseInt(word, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a whole number", word)
	}
	return n, nil
}
