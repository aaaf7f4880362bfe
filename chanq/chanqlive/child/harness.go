// Child runs programs of channel operations on real goroutines, step by step.
//
// This file is in the Go of 1.2: with a main function of its own behind it, it
// is also the probe that every release is asked with.
package main

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"time"
)

// A worker is a goroutine that does what it is told. It spins when it has
// nothing to do: a worker that waited on a channel or a lock would be woken
// through the run queue, and that order is what is observed.
type worker struct {
	op   string // to do; "" when it was taken
	busy bool   // in an operation
	quit bool
}

// A program's state. With GOMAXPROCS=1 no two goroutines touch it at once.
type program struct {
	chans   []chan int
	workers []*worker
	log     []string
}

// settle lets every goroutine that can run do so. A goroutine that yields comes
// back behind all others, except that once in 61 times the scheduler looks at
// the global queue first: so a few times are enough.
func settle() {
	for i := 0; i < 8; i++ {
		runtime.Gosched()
	}
}

// run runs a program: the capacities of its channels, the number of its
// workers, and its steps, each with the number of the worker that is to take
// it, as in "0,1,2 3 1:s1,7+s2,8 2:r1 3:S0r1;s2,5 1:c1". A step is one or more
// operations without a pause. It returns what happened, in order, and how long
// that took. A step of a worker that waits is left out.
func run(text string) (log string, elapsed time.Duration) {
	start := time.Now()
	words := strings.Split(text, " ")
	p := &program{}
	for _, c := range strings.Split(words[0], ",") {
		p.chans = append(p.chans, make(chan int, number(c)))
	}
	for i := 0; i < number(words[1]); i++ {
		w := &worker{}
		p.workers = append(p.workers, w)
		go p.work(i+1, w)
	}
	settle()
	for _, word := range words[2:] {
		colon := strings.Index(word, ":")
		w := p.workers[number(word[:colon])-1]
		if !w.busy {
			w.op = word[colon+1:]
			settle()
			if w.op != "" {
				panic("a worker did not start: " + word)
			}
		}
		lens := "|"
		for _, c := range p.chans {
			lens += fmt.Sprintf("%d", len(c))
		}
		p.log = append(p.log, lens)
	}
	for _, w := range p.workers {
		w.quit = true
	}
	settle()
	return strings.Join(p.log, " "), time.Since(start)
}

func (p *program) work(id int, w *worker) {
	for !w.quit {
		if w.op == "" {
			runtime.Gosched()
			continue
		}
		ops := strings.Split(w.op, "+")
		w.op, w.busy = "", true
		for _, op := range ops {
			got := p.do(op)
			p.log = append(p.log, fmt.Sprintf("%d:%s", id, got))
		}
		w.busy = false
	}
}

// do does an operation and tells its end: the case of a select, the value
// received and whether it was sent, or what it panicked with.
func (p *program) do(op string) (got string) {
	defer func() {
		if e := recover(); e != nil {
			got = "!" + strings.Replace(fmt.Sprint(e), " ", "_", -1)
		}
	}()
	switch op[0] {
	case 's':
		c, v := p.send(op)
		c <- v
		return "s"
	case 'r':
		v, ok := <-p.channel(op[1:])
		return received(v, ok)
	case 't':
		c, v := p.send(op)
		select {
		case c <- v:
			return "s"
		default:
			return "-"
		}
	case 'u':
		select {
		case v, ok := <-p.channel(op[1:]):
			return received(v, ok)
		default:
			return "-"
		}
	case 'c':
		close(p.channel(op[1:]))
		return "c"
	case 'S':
		return p.choose(op[1:])
	}
	panic("operation " + op)
}

// choose does a select: 1 or 0 for a default, and the cases.
func (p *program) choose(text string) string {
	var cases []reflect.SelectCase
	if text[0] == '1' {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	hasDefault := len(cases)
	for _, k := range strings.Split(text[1:], ";") {
		if k[0] == 's' {
			c, v := p.send(k)
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectSend, Chan: reflect.ValueOf(c), Send: reflect.ValueOf(v)})
		} else {
			cases = append(cases, reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(p.channel(k[1:]))})
		}
	}
	i, v, ok := reflect.Select(cases)
	i -= hasDefault
	if i < 0 {
		return "-"
	}
	if cases[i+hasDefault].Dir == reflect.SelectSend {
		return fmt.Sprintf("%ds", i)
	}
	return fmt.Sprintf("%d%s", i, received(int(v.Int()), ok))
}

func received(v int, ok bool) string {
	if ok {
		return fmt.Sprintf("r%d", v)
	}
	return fmt.Sprintf("z%d", v)
}

// channel is the channel of that number; 0 is nil.
func (p *program) channel(text string) chan int {
	if n := number(text); n > 0 {
		return p.chans[n-1]
	}
	return nil
}

// send reads s1,7: channel 1 and value 7.
func (p *program) send(op string) (chan int, int) {
	comma := strings.Index(op, ",")
	return p.channel(op[1:comma]), number(op[comma+1:])
}

func number(text string) int {
	n := 0
	for i := 0; i < len(text); i++ {
		if text[i] < '0' || text[i] > '9' {
			panic("number " + text)
		}
		n = 10*n + int(text[i]-'0')
	}
	return n
}
