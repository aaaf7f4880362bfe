package lblive

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/orrery-go/orrery/lb"
)

// A Verb is the verb of a step of a [Case].
type Verb uint8

// The verbs.
const (
	Get     Verb = iota // a request, to its end
	Hold                // a request that stays open
	Release             // the held request N ends
	Break               // backend N fails every request from now on
	Mend                // backend N works again
	Set                 // backend N gets the state
	Weigh               // backend N gets the weight
	Wait                // let time pass, to the same fraction of a later second
)

// A Step is one step of a [Case].
type Step struct {
	Verb   Verb
	Key    string
	Source lb.Addr
	N      int // a backend, or the held request
	State  lb.State
	Weight int
	Time   time.Duration
}

// A Case is a question to a balancer: a configuration and a sequence of steps.
type Case struct {
	Name        string
	Method      lb.Method
	Weights     []int
	MaxFails    int
	FailTimeout time.Duration
	MaxConns    int
	Down        []int // backends that are down from the start
	Ports       bool  // backends are at ports 9001, 9002 and so on instead of sockets in the file system
	Steps       []Step
}

// isHAProxy reports whether the method is one of HAProxy's.
func isHAProxy(m lb.Method) bool { return strings.HasPrefix(m.String(), "haproxy") }

// server returns the name of backend i, which nginx hashes.
func (c Case) server(i int) string {
	if c.Ports {
		return fmt.Sprintf("127.0.0.1:%d", 9001+i)
	}
	return fmt.Sprintf("unix:%c.sock", letters[i])
}

// letters are the names of backends.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

// Servers returns the backends of the case.
func (c Case) Servers() []lb.Server {
	servers := make([]lb.Server, len(c.Weights))
	for i, w := range c.Weights {
		servers[i] = lb.Server{Name: c.server(i), Weight: w, MaxFails: c.MaxFails, FailTimeout: c.FailTimeout, MaxConns: c.MaxConns}
	}
	return servers
}

// waits reports whether the case has to wait in real time.
func (c Case) waits() bool {
	for _, s := range c.Steps {
		if s.Verb == Wait {
			return true
		}
	}
	return false
}

// Model runs a case on the model. A pick is the letter of the backend, even if the
// request fails; a request without a backend is "-". If one of the requests needed
// several picks, a space separates the requests.
func Model(c Case) (string, error) {
	p, err := lb.New(lb.Config{Method: c.Method, Servers: c.Servers()})
	if err != nil {
		return "", err
	}
	for _, i := range c.Down {
		if err := p.SetState(lb.Backend(i), lb.Down); err != nil {
			return "", err
		}
	}
	var (
		out    strings.Builder
		held   []lb.Backend
		broken = make([]bool, len(c.Weights))
		at     time.Duration
	)
	for _, s := range c.Steps {
		switch s.Verb {
		case Get, Hold:
			var retry lb.Retry
			for try := 0; ; try++ {
				b, err := p.Pick(lb.Request{At: at, Source: s.Source, Key: s.Key, Retry: &retry})
				if err != nil {
					out.WriteByte('-')
					if s.Verb == Hold {
						held = append(held, lb.None)
					}
					break
				}
				out.WriteByte(letters[b])
				if s.Verb == Hold && !broken[b] {
					held = append(held, b)
					break
				}
				if err := p.Done(b, lb.Response{At: at, Failed: broken[b]}); err != nil {
					return "", err
				}
				if !broken[b] {
					break
				}
			}
		case Release:
			if b := held[s.N]; b != lb.None {
				if err := p.Done(b, lb.Response{At: at}); err != nil {
					return "", err
				}
			}
		case Break:
			broken[s.N] = true
		case Mend:
			broken[s.N] = false
		case Set:
			if err := p.SetState(lb.Backend(s.N), s.State); err != nil {
				return "", err
			}
		case Weigh:
			if err := p.SetWeight(lb.Backend(s.N), s.Weight); err != nil {
				return "", err
			}
		case Wait:
			at += s.Time
		}
		if err := p.Check(); err != nil {
			return "", err
		}
	}
	return out.String(), nil
}

// gets returns n requests, with the keys /u0, /u1 and so on.
func gets(n int) []Step {
	steps := make([]Step, n)
	for i := range steps {
		steps[i] = Step{Verb: Get, Key: fmt.Sprintf("/u%d", i), Source: lb.IPv4(127, 0, byte(i), 1)}
	}
	return steps
}

// holds returns n requests that stay open.
func holds(n int) []Step {
	steps := gets(n)
	for i := range steps {
		steps[i].Verb = Hold
	}
	return steps
}

// weights returns 2 to 6 random weights of at most most, often with some equal ones.
func weights(r *rand.Rand, most int) []int {
	out := make([]int, 2+r.IntN(5))
	for i := range out {
		out[i] = 1 + r.IntN(most)
		if i > 0 && r.IntN(3) == 0 {
			out[i] = out[i-1]
		}
	}
	return out
}
