package claims

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/chanq/chanqlive"
	"github.com/orrery-go/orrery/release"
)

var chanqChecks = map[string]check{
	"8-6": {
		model: memory(func(flat, _ chanq.Memory) string { return fmt.Sprint(flat.Hchan) }),
		live: func() (string, error) {
			n, err := chanqlive.HchanBytes()
			return fmt.Sprint(n), err
		},
	},
	"8-7": ring(2, 0, func(c chanq.ChanState) string { return fmt.Sprint(c.Qcount) }),
	"8-8": ring(0, 0, func(c chanq.ChanState) string { return fmt.Sprint(c.Dataqsiz) }),
	"8-9": {
		model: memory(func(flat, pointers chanq.Memory) string { return fmt.Sprint(flat.Blocks, pointers.Blocks) }),
		live: func() (string, error) {
			flat, pointers, err := chanqlive.Blocks()
			return fmt.Sprint(flat, pointers), err
		},
	},
	"8-10": ring(4, 2, func(c chanq.ChanState) string { return fmt.Sprint(c.Sendx, c.Recvx) }),
	"14-1": {model: throughRing, live: func() (string, error) { return ways3(chanqlive.ThroughRing) }},
	"14-2": {model: outsideLock, live: func() (string, error) { return fmt.Sprint(chanqlive.Torn(2000)), nil }},
	"14-3": {model: lockKind},
	"14-5": {model: pointerModel, live: pointerLive},
	"15-1": states(func(r chanq.Row) bool { return r.State == chanq.ActiveState && r.Holds < 0 && r.Op == "send" }),
	"15-2": states(func(r chanq.Row) bool { return r.Holds < 0 && r.Op != "len" && r.Op != "cap" }),
	"15-3": {
		model: func(rel string) (string, error) {
			m, g, err := chans(rel)
			if err != nil {
				return "", err
			}
			c, err := m.Make(chanq.Elem{Size: 8}, 0)
			if err != nil {
				return "", err
			}
			_, err = m.Close(g, c)
			return fmt.Sprint(c == chanq.Nil), err
		},
		live: func() (string, error) {
			c := make(chan int)
			close(c)
			return fmt.Sprint(c == nil), nil
		},
	},
}

func chans(rel string) (*chanq.Chans, chanq.G, error) {
	m, err := chanq.New(chanq.Config{Release: rel})
	if err != nil {
		return nil, 0, err
	}
	g, err := m.Go()
	return m, g, err
}

// memory returns a check whose answer is derived from the memory of channels of 8 bytes
// and of 8 pointers.
func memory(answer func(flat, pointers chanq.Memory) string) func(string) (string, error) {
	return func(rel string) (string, error) {
		m, _, err := chans(rel)
		if err != nil {
			return "", err
		}
		var of [2]chanq.Memory
		for i, elem := range []chanq.Elem{{Size: 1}, {Size: 8, Pointers: true}} {
			c, err := m.Make(elem, 8)
			if err != nil {
				return "", err
			}
			if of[i], err = m.Memory(c); err != nil {
				return "", err
			}
		}
		return answer(of[0], of[1]), nil
	}
}

// ring returns an answer derived from the fields of a channel with room for 3, after a
// number of sends and of receives, each as soon as there is a value.
func ring(sends, recvs int, answer func(chanq.ChanState) string) check {
	play := func(c chanq.Chan, do func(chanq.Op) (chanq.Outcome, error)) error {
		for i := range sends {
			if _, err := do(chanq.Op{Verb: chanq.TrySendVerb, Chan: c, Value: int64(i)}); err != nil {
				return err
			}
			if i < recvs {
				if _, err := do(chanq.Op{Verb: chanq.TryRecvVerb, Chan: c}); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return check{
		model: func(rel string) (string, error) {
			m, g, err := chans(rel)
			if err != nil {
				return "", err
			}
			c, err := m.Make(chanq.Elem{Size: 8}, 3)
			if err != nil {
				return "", err
			}
			if err := play(c, func(op chanq.Op) (chanq.Outcome, error) { return m.Do(g, op) }); err != nil {
				return "", err
			}
			return answer(m.Snapshot().Chans[0]), nil
		},
		live: func() (string, error) {
			var l chanqlive.Live
			c, err := l.Make(3)
			if err != nil {
				return "", err
			}
			if err := play(c, l.Do); err != nil {
				return "", err
			}
			return answer(l.State(c)), nil
		},
	}
}

// ways3 reports whether a value goes through the ring of a channel: without a buffer,
// with one while a receiver waits, and with one while none does.
func ways3(through func(size int, receiver bool) (bool, error)) (string, error) {
	var out []string
	for _, q := range []struct {
		size     int
		receiver bool
	}{{0, true}, {2, true}, {2, false}} {
		yes, err := through(q.size, q.receiver)
		if err != nil {
			return "", err
		}
		out = append(out, map[bool]string{true: "yes", false: "no"}[yes])
	}
	return strings.Join(out, " "), nil
}

func throughRing(rel string) (string, error) {
	return ways3(func(size int, receiver bool) (bool, error) {
		put := false
		m, err := chanq.New(chanq.Config{Release: rel, Trace: func(e chanq.Event) { put = put || e.Kind == chanq.Put }})
		if err != nil {
			return false, err
		}
		c, err := m.Make(chanq.Elem{Size: 8}, int64(size))
		if err != nil {
			return false, err
		}
		for _, verb := range []chanq.Verb{chanq.RecvVerb, chanq.SendVerb} {
			g, err := m.Go()
			if err != nil {
				return false, err
			}
			if verb == chanq.RecvVerb && !receiver {
				continue
			}
			if _, err := m.Do(g, chanq.Op{Verb: verb, Chan: c}); err != nil {
				return false, err
			}
		}
		return put, nil
	})
}

// traced returns the steps of a send that parks and of a receive from it, and of a send
// and a receive through a buffer.
func traced(rel string) (steps []chanq.Kind, err error) {
	m, err := chanq.New(chanq.Config{Release: rel, Trace: func(e chanq.Event) { steps = append(steps, e.Kind) }})
	if err != nil {
		return nil, err
	}
	for _, size := range []int64{0, 1} {
		c, err := m.Make(chanq.Elem{Size: 8}, size)
		if err != nil {
			return nil, err
		}
		for _, verb := range []chanq.Verb{chanq.SendVerb, chanq.RecvVerb} {
			g, err := m.Go()
			if err != nil {
				return nil, err
			}
			if _, err := m.Do(g, chanq.Op{Verb: verb, Chan: c}); err != nil {
				return nil, err
			}
		}
	}
	return steps, nil
}

// outsideLock counts the copies of a value while no one holds the channel's lock.
func outsideLock(rel string) (string, error) {
	steps, err := traced(rel)
	locked, copies, outside := false, 0, 0
	for _, k := range steps {
		switch k {
		case chanq.Lock, chanq.Unlock:
			locked = k == chanq.Lock
		case chanq.Put, chanq.Take, chanq.Hand:
			if copies++; !locked {
				outside++
			}
		}
	}
	if err == nil && copies == 0 {
		err = fmt.Errorf("nothing was copied")
	}
	return fmt.Sprint(outside), err
}

// lockKind reports whether an operation locks before it looks at the channel, or looks
// first and then verifies under the lock.
func lockKind(rel string) (string, error) {
	steps, err := traced(rel)
	for _, k := range steps {
		switch k {
		case chanq.Lock:
			return "mutex", err
		case chanq.Enqueue, chanq.Put, chanq.Take, chanq.Hand:
			return "optimistic", err
		}
	}
	return "none", err
}

// pointerModel sends a value that stands for an address: a channel copies the pointer
// only.
func pointerModel(rel string) (string, error) {
	m, g, err := chans(rel)
	if err != nil {
		return "", err
	}
	c, err := m.Make(chanq.Elem{Size: 8, Pointers: true}, 1)
	if err != nil {
		return "", err
	}
	memory := []int{1}
	if _, err := m.Send(g, c, 0); err != nil {
		return "", err
	}
	memory[0] = 2
	o, err := m.Recv(g, c)
	return fmt.Sprint(memory[o.Value]), err
}

func pointerLive() (string, error) {
	c, x := make(chan *int, 1), 1
	c <- &x
	x = 2
	return fmt.Sprint(*<-c), nil
}

// states returns a check whose answer is derived from some rows of the table of states.
func states(want func(chanq.Row) bool) check {
	text := func(rel string, ends func(chanq.Row) (string, error)) (string, error) {
		rows, err := chanq.States(rel)
		if err != nil {
			return "", err
		}
		var out []string
		for _, r := range rows {
			if !want(r) {
				continue
			}
			end, err := ends(r)
			if err != nil {
				return "", err
			}
			// Other rows ask for the texts of panics.
			end, _, _ = strings.Cut(end, ":")
			out = append(out, end)
		}
		return strings.Join(out, "; "), nil
	}
	return check{
		model: func(rel string) (string, error) {
			return text(rel, func(r chanq.Row) (string, error) { return r.Ends, nil })
		},
		live: func() (string, error) { return text(release.Running, chanqlive.Ends) },
	}
}
