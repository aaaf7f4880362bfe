package main

import (
	"sync"
	"sync/atomic"

	"github.com/orrery-go/orrery/sched/schedtrace/note"
)

// selects announces a select of two receives, if operations have notes.
func selects(a, b chan int) (s note.Selection) {
	if noted {
		s = note.Select(note.CaseRecv(a), note.CaseRecv(b))
	}
	return s
}

// fanIn merges what two goroutines of unequal speed make, until both have ended.
func fanIn() {
	makes := func(n, us int) chan int {
		c := make(chan int, 2)
		go func() {
			for i := range n / share {
				burst(us + 41*(i*i%7))
				send(c, i)
			}
			shut(c)
		}()
		return c
	}
	a, b := makes(60, 100), makes(40, 200)
	for a != nil || b != nil {
		s := selects(a, b)
		select {
		case _, ok := <-a:
			s.Case(0)
			if !ok {
				a = nil
				continue
			}
			burst(60)
		case _, ok := <-b:
			s.Case(1)
			if !ok {
				b = nil
				continue
			}
			burst(90)
		}
	}
}

// quit has workers that take jobs until a channel is closed.
func quit() {
	jobs, results, ends := make(chan int, 4), make(chan int, 4), make(chan int)
	n := 60 / share
	go func() {
		for i := range n {
			send(jobs, i)
		}
	}()
	go func() {
		for range n {
			recv(results)
		}
		shut(ends)
	}()
	all(4, func(int) {
		for {
			s := selects(jobs, ends)
			select {
			case i := <-jobs:
				s.Case(0)
				burst(60 + 37*(i*i%29))
				send(results, i)
			case <-ends:
				s.Case(1)
				return
			}
		}
	})
}

func lock(l sync.Locker) {
	if noted {
		note.Lock(l)
	} else {
		l.Lock()
	}
}

func unlock(l sync.Locker) {
	if noted {
		note.Unlock(l)
	} else {
		l.Unlock()
	}
}

func await(c *sync.Cond) {
	if noted {
		note.Wait(c)
	} else {
		c.Wait()
	}
}

// phases has workers that wait for one another after each phase.
func phases() {
	const workers = 6
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	phase, here := 0, 0
	all(workers, func(id int) {
		for p := range 12 / share {
			burst(150 + 60*((id+p)*(id+2)%7))
			lock(&mu)
			if here++; here == workers {
				here = 0
				phase++
				if noted {
					note.Broadcast(cond)
				} else {
					cond.Broadcast()
				}
			}
			for phase == p {
				await(cond)
			}
			unlock(&mu)
		}
	})
}

// counter has workers that draw the numbers of their jobs.
func counter() {
	var next atomic.Int64
	all(4, func(int) {
		for {
			var i int64
			if noted {
				i = note.AtomicAdd(&next, 1)
			} else {
				i = next.Add(1)
			}
			if i > int64(80/share) {
				return
			}
			burst(60 + 37*int(i*i%29))
		}
	})
}

// queue has workers that wait at a condition for jobs, one Signal each.
func queue() {
	var mu sync.Mutex
	cond := sync.NewCond(&mu)
	jobs, ended := []int{}, false
	n := 60 / share
	go func() {
		for i := range n {
			burst(150)
			lock(&mu)
			if jobs = append(jobs, i); i == n-1 {
				ended = true
			}
			unlock(&mu)
			switch {
			case i == n-1 && noted:
				note.Broadcast(cond)
			case i == n-1:
				cond.Broadcast()
			case noted:
				note.Signal(cond)
			default:
				cond.Signal()
			}
		}
	}()
	all(3, func(int) {
		for {
			lock(&mu)
			for len(jobs) == 0 && !ended {
				await(cond)
			}
			if len(jobs) == 0 {
				unlock(&mu)
				return
			}
			i := jobs[0]
			jobs = jobs[1:]
			unlock(&mu)
			burst(60 + 37*(i*i%11))
		}
	})
}
