package chanqlive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/orrery-go/orrery/chanq"
)

// A Program is what some goroutines are told to do, one after the other, on
// some channels. Between two steps everyone who can goes on as far as he can. A
// step whose goroutine waits is left out.
type Program struct {
	Caps    []int64 // of the channels 1, 2, and so on
	Workers int     // goroutines 1, 2, and so on
	Steps   []Step
}

// A Step is what a goroutine does without a pause.
type Step struct {
	G   chanq.G
	Ops []chanq.Op
}

// String is the program as the child reads it.
func (p Program) String() string {
	var b strings.Builder
	for i, c := range p.Caps {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprint(&b, c)
	}
	fmt.Fprintf(&b, " %d", p.Workers)
	for _, s := range p.Steps {
		var ops []string
		for _, op := range s.Ops {
			ops = append(ops, encode(op))
		}
		fmt.Fprintf(&b, " %d:%s", s.G, strings.Join(ops, "+"))
	}
	return b.String()
}

func encode(op chanq.Op) string {
	switch op.Verb {
	case chanq.SendVerb:
		return fmt.Sprintf("s%d,%d", op.Chan, op.Value)
	case chanq.RecvVerb:
		return fmt.Sprintf("r%d", op.Chan)
	case chanq.TrySendVerb:
		return fmt.Sprintf("t%d,%d", op.Chan, op.Value)
	case chanq.TryRecvVerb:
		return fmt.Sprintf("u%d", op.Chan)
	case chanq.CloseVerb:
		return fmt.Sprintf("c%d", op.Chan)
	}
	var cases []string
	for _, k := range op.Cases {
		if k.Send {
			cases = append(cases, fmt.Sprintf("s%d,%d", k.Chan, k.Value))
		} else {
			cases = append(cases, fmt.Sprintf("r%d", k.Chan))
		}
	}
	text := "S0"
	if op.Default {
		text = "S1"
	}
	return text + strings.Join(cases, ";")
}

// Parse reads what String writes.
func Parse(text string) (Program, error) {
	var p Program
	words := strings.Fields(text)
	if len(words) < 2 {
		return p, fmt.Errorf("chanqlive: program %q has no channels and workers", text)
	}
	for _, w := range strings.Split(words[0], ",") {
		var n int64
		if _, err := fmt.Sscan(w, &n); err != nil {
			return p, fmt.Errorf("chanqlive: capacity %q: %w", w, err)
		}
		p.Caps = append(p.Caps, n)
	}
	if _, err := fmt.Sscan(words[1], &p.Workers); err != nil {
		return p, fmt.Errorf("chanqlive: workers %q: %w", words[1], err)
	}
	for _, w := range words[2:] {
		var s Step
		g, ops, _ := strings.Cut(w, ":")
		_, err := fmt.Sscan(g, &s.G)
		for text := range strings.SplitSeq(ops, "+") {
			op, opErr := decode(text)
			err = errors.Join(err, opErr)
			s.Ops = append(s.Ops, op)
		}
		if err != nil {
			return p, fmt.Errorf("chanqlive: step %q: %w", w, err)
		}
		p.Steps = append(p.Steps, s)
	}
	return p, nil
}

var verbs = map[byte]chanq.Verb{
	's': chanq.SendVerb, 'r': chanq.RecvVerb, 't': chanq.TrySendVerb, 'u': chanq.TryRecvVerb, 'c': chanq.CloseVerb, 'S': chanq.SelectVerb,
}

func decode(text string) (op chanq.Op, err error) {
	if text == "" {
		return op, fmt.Errorf("no operation")
	}
	var ok bool
	if op.Verb, ok = verbs[text[0]]; !ok {
		return op, fmt.Errorf("operation %q", text)
	}
	if op.Verb != chanq.SelectVerb {
		k, err := decodeCase(text)
		op.Chan, op.Value = k.Chan, k.Value
		return op, err
	}
	op.Default = strings.HasPrefix(text, "S1")
	for _, part := range strings.Split(text[min(2, len(text)):], ";") {
		k, err := decodeCase(part)
		if err != nil {
			return op, err
		}
		k.Send = part[0] == 's'
		op.Cases = append(op.Cases, k)
	}
	return op, nil
}

func decodeCase(text string) (k chanq.Case, err error) {
	if text == "" {
		return k, fmt.Errorf("an empty case")
	}
	c, v, sends := strings.Cut(text[1:], ",")
	if _, err = fmt.Sscan(c, &k.Chan); err == nil && sends {
		_, err = fmt.Sscan(v, &k.Value)
	}
	return k, err
}

// Random makes a program from a seed: up to 4 channels with buffers of 0 to 3,
// 2 to 6 goroutines, and steps of up to 3 operations. At its end all channels are closed,
// so that only those stay behind who wait for a nil channel.
func Random(seed uint64, steps int) Program {
	r := rand.New(rand.NewPCG(seed, 0))
	var p Program
	for range 1 + r.IntN(4) {
		p.Caps = append(p.Caps, int64(r.IntN(4)))
	}
	p.Workers = 2 + r.IntN(5)
	value := int64(0)
	channel := func() chanq.Chan {
		if r.IntN(40) == 0 {
			return chanq.Nil
		}
		return chanq.Chan(1 + r.IntN(len(p.Caps)))
	}
	operation := func() chanq.Op {
		value++
		op := chanq.Op{Chan: channel(), Value: value}
		switch n := r.IntN(100); {
		case n < 28:
			op.Verb = chanq.SendVerb
		case n < 56:
			op.Verb = chanq.RecvVerb
		case n < 64:
			op.Verb = chanq.TrySendVerb
		case n < 72:
			op.Verb = chanq.TryRecvVerb
		case n < 75:
			op.Verb = chanq.CloseVerb
		default:
			op = chanq.Op{Verb: chanq.SelectVerb, Default: r.IntN(5) == 0}
			for range 1 + r.IntN(4) {
				value++
				op.Cases = append(op.Cases, chanq.Case{Chan: channel(), Send: r.IntN(2) == 0, Value: value})
			}
		}
		return op
	}
	for range steps {
		s := Step{G: chanq.G(1 + r.IntN(p.Workers))}
		for range max(1, r.IntN(6)-2) {
			s.Ops = append(s.Ops, plain(operation()))
		}
		p.Steps = append(p.Steps, s)
	}
	// Each of the workers tries, since some may wait.
	for c := range p.Caps {
		for g := range p.Workers {
			p.Steps = append(p.Steps, Step{chanq.G(g + 1), []chanq.Op{{Verb: chanq.CloseVerb, Chan: chanq.Chan(c + 1)}}})
		}
	}
	return p
}

// plain leaves what the operation does not need at 0, so that a program is the
// same when it was written and read.
func plain(op chanq.Op) chanq.Op {
	if op.Verb != chanq.SendVerb && op.Verb != chanq.TrySendVerb {
		op.Value = 0
	}
	for i := range op.Cases {
		if !op.Cases[i].Send {
			op.Cases[i].Value = 0
		}
	}
	return op
}
