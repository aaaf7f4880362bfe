//go:build ignore
// +build ignore

// The probe makes goroutines perform operations in a forced order, under the race
// detector, and reports the operation at which it reported the first race. It is written
// in the Go of 1.2.
package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Answer has the results of all programs.
type Answer struct {
	First []int    // the operation at which the first race was reported, from 0; -1: none
	Hash  string   // of the other results of operations
	Logs  []string // the results as text, if requested
}

const programs = `PROGRAMS`

const logs = LOGS

const words = 64

// A trial is a running program.
type trial struct {
	memory  []uint64
	objects []object
	cmds    []chan *command // by goroutine
	doing   []int           // 0: idle, 1: in an operation, 2: has exited
	paniced []bool
}

// A command is an operation and its numbers.
type command struct {
	op string
	n  []int
}

type object struct {
	locked  bool // to be undone by end
	readers int
	count   int

	lock sync.Locker
	rw   *sync.RWMutex
	c0   chan struct{}
	c8   chan int64
	wg   *sync.WaitGroup
	once *sync.Once
	cond *sync.Cond
	raw  *int64
}

var (
	read1  = func(p *uint8) uint8 { return *p }
	read2  = func(p *uint16) uint16 { return *p }
	read4  = func(p *uint32) uint32 { return *p }
	read8  = func(p *uint64) uint64 { return *p }
	write1 = func(p *uint8) { *p = 1 }
	write2 = func(p *uint16) { *p = 1 }
	write4 = func(p *uint32) { *p = 1 }
	write8 = func(p *uint64) { *p = 1 }
)

type pair struct{ a, b uint64 }
type bytes3 [3]byte
type bytes6 [6]byte
type bytes12 [12]byte

var (
	readPair   = func(p *pair) pair { return *p }
	writePair  = func(p *pair) { *p = pair{1, 2} }
	read3      = func(p *bytes3) bytes3 { return *p }
	write3     = func(p, q *bytes3) { *p = *q }
	read6      = func(p *bytes6) bytes6 { return *p }
	write6     = func(p, q *bytes6) { *p = *q }
	read12     = func(p *bytes12) bytes12 { return *p }
	write12    = func(p, q *bytes12) { *p = *q }
	atomicLoad = func(p unsafe.Pointer, size int) {
		if size == 4 {
			atomic.LoadInt32((*int32)(p))
		} else {
			atomic.LoadInt64((*int64)(p))
		}
	}
	atomicStore = func(p unsafe.Pointer, size int) {
		if size == 4 {
			atomic.StoreInt32((*int32)(p), 1)
		} else {
			atomic.StoreInt64((*int64)(p), 1)
		}
	}
	atomicAdd = func(p unsafe.Pointer, size int) {
		if size == 4 {
			atomic.AddInt32((*int32)(p), 1)
		} else {
			atomic.AddInt64((*int64)(p), 1)
		}
	}
	atomicFail = func(p unsafe.Pointer, size int) {
		if size == 4 {
			atomic.CompareAndSwapInt32((*int32)(p), -7, 1)
		} else {
			atomic.CompareAndSwapInt64((*int64)(p), -7, 1)
		}
	}
)

// worker is a goroutine of a trial.
//
//go:norace
func (t *trial) worker(g int) {
	t.serve(g, false)
	t.doing[g] = 2
}

// serve performs commands until it exits, or inside a Once until the function returns.
//
//go:norace
func (t *trial) serve(g int, once bool) {
	for {
		disable()
		c := <-t.cmds[g]
		enable()
		if c.op == "ex" || once && c.op == "or" {
			return
		}
		t.paniced[g] = t.perform(g, c)
		t.doing[g] = 0
	}
}

//go:norace
func (t *trial) perform(g int, c *command) (paniced bool) {
	defer func() {
		if recover() != nil {
			paniced = true
		}
	}()
	t.do(g, c.op, c.n)
	return false
}

//go:norace
func parse(text string) *command {
	i := 0
	for i < len(text) && (text[i] < '0' || text[i] > '9') && text[i] != '-' {
		i++
	}
	c := &command{op: text[:i]}
	for _, s := range strings.Split(text[i:], ",") {
		if s == "" {
			continue
		}
		k, err := strconv.Atoi(s)
		if err != nil {
			panic(err)
		}
		c.n = append(c.n, k)
	}
	return c
}

//go:norace
func (t *trial) do(g int, op string, n []int) {
	var p unsafe.Pointer
	var o *object
	switch op {
	case "r", "w", "R", "W", "ld", "st", "ad", "cf":
		p = unsafe.Pointer(uintptr(unsafe.Pointer(&t.memory[0])) + uintptr(n[0]))
	case "go":
	default:
		o = &t.objects[n[0]]
	}
	switch op {
	case "go":
		go t.worker(n[0])
	case "r":
		switch n[1] {
		case 1:
			read1((*uint8)(p))
		case 2:
			read2((*uint16)(p))
		case 4:
			read4((*uint32)(p))
		case 8:
			read8((*uint64)(p))
		}
	case "w":
		switch n[1] {
		case 1:
			write1((*uint8)(p))
		case 2:
			write2((*uint16)(p))
		case 4:
			write4((*uint32)(p))
		case 8:
			write8((*uint64)(p))
		}
	case "R":
		switch n[1] {
		case 3:
			read3((*bytes3)(p))
		case 6:
			read6((*bytes6)(p))
		case 12:
			read12((*bytes12)(p))
		case 16:
			readPair((*pair)(p))
		}
	case "W":
		switch n[1] {
		case 3:
			write3((*bytes3)(p), new(bytes3))
		case 6:
			write6((*bytes6)(p), new(bytes6))
		case 12:
			write12((*bytes12)(p), new(bytes12))
		case 16:
			writePair((*pair)(p))
		}
	case "ld":
		atomicLoad(p, n[1])
	case "st":
		atomicStore(p, n[1])
	case "ad":
		atomicAdd(p, n[1])
	case "cf":
		atomicFail(p, n[1])
	case "lk":
		o.lock.Lock()
		o.locked = true
	case "ul":
		o.locked = false
		o.lock.Unlock()
	case "rl":
		o.rw.RLock()
		o.readers++
	case "ru":
		o.readers--
		o.rw.RUnlock()
	case "sn":
		if o.c0 != nil {
			o.c0 <- struct{}{}
		} else {
			o.c8 <- 1
		}
	case "rc":
		if o.c0 != nil {
			<-o.c0
		} else {
			<-o.c8
		}
	case "cl":
		if o.c0 != nil {
			close(o.c0)
		} else {
			close(o.c8)
		}
	case "wa":
		o.count += n[1]
		o.wg.Add(n[1])
	case "ww":
		o.wg.Wait()
	case "od":
		o.once.Do((&inside{t, g}).run)
	case "cw":
		l := &t.objects[o.count]
		l.locked = false
		o.cond.Wait()
		l.locked = true
	case "cs":
		o.cond.Signal()
	case "cb":
		o.cond.Broadcast()
	case "aq":
		acquire(unsafe.Pointer(o.raw))
	case "re":
		release(unsafe.Pointer(o.raw))
	case "rm":
		releaseMerge(unsafe.Pointer(o.raw))
	default:
		panic("no operation " + op)
	}
}

// inside is the function of a Once.
type inside struct {
	t *trial
	g int
}

//go:norace
func (in *inside) run() {
	in.t.doing[in.g] = 0
	in.t.serve(in.g, true)
}

// make makes an object: "mkc,2,8".
//
//go:norace
func (t *trial) make(cmd string) {
	n := parse(cmd[3:]).n
	var o object
	switch cmd[2] {
	case 'm':
		o.lock = new(sync.Mutex)
	case 'r':
		o.rw = new(sync.RWMutex)
		o.lock = o.rw
	case 'c':
		if n[1] == 0 {
			o.c0 = make(chan struct{}, n[0])
		} else {
			o.c8 = make(chan int64, n[0])
		}
	case 'w':
		o.wg = new(sync.WaitGroup)
	case 'o':
		o.once = new(sync.Once)
	case 'd':
		o.cond = sync.NewCond(t.objects[n[0]].lock)
		o.count = n[0]
	case 'x':
		o.raw = new(int64)
	}
	t.objects = append(t.objects, o)
}

// settle lets all goroutines run until none can continue.
//
//go:norace
func settle() {
	for i := 0; i < 12; i++ {
		runtime.Gosched()
	}
}

// run runs a program, and returns the number of the operation that raced.
//
//go:norace
func run(program string) (first int, log string) {
	disable()
	defer enable()
	t := &trial{memory: make([]uint64, words), objects: make([]object, 1), cmds: make([]chan *command, 1, 300), doing: make([]int, 300), paniced: make([]bool, 300)}
	start := func() int {
		t.cmds = append(t.cmds, make(chan *command))
		return len(t.cmds) - 1
	}
	g := start()
	enable()
	go t.worker(g)
	disable()
	settle()
	was := errors()
	out := []string{}
	first = -1
	for i, cmd := range strings.Fields(program) {
		if strings.HasPrefix(cmd, "mk") {
			t.make(cmd)
			continue
		}
		j := strings.Index(cmd, ":")
		g, _ := strconv.Atoi(cmd[:j])
		c := parse(cmd[j+1:])
		if c.op == "go" {
			c.n = []int{start()}
		}
		before := make([]int, len(t.doing))
		for k := range t.doing {
			before[k] = t.doing[k]
		}
		t.paniced[g] = false
		t.doing[g], before[g] = 1, 1
		t.cmds[g] <- c
		settle()
		told := "w"
		switch {
		case t.doing[g] == 0 && t.paniced[g]:
			told = "p"
		case t.doing[g] == 0, c.op == "ex" && t.doing[g] == 2:
			told = "d"
		}
		woken := []int{}
		for k := range before {
			if k != g && before[k] == 1 && t.doing[k] == 0 {
				woken = append(woken, k)
			}
		}
		sort.Ints(woken)
		for _, k := range woken {
			told += fmt.Sprint(k)
			if t.paniced[k] {
				told += "p"
			}
		}
		out = append(out, told)
		if errors() != was {
			first = i
			break
		}
	}
	t.end()
	return first, strings.Join(out, " ")
}

// end lets all workers exit, if possible.
//
//go:norace
func (t *trial) end() {
	for round := 0; round < 50; round++ {
		left := false
		for g := 1; g < len(t.cmds); g++ {
			if t.doing[g] != 2 {
				left = true
			}
			if t.doing[g] == 0 {
				select {
				case t.cmds[g] <- &command{op: "ex"}:
				default:
				}
			}
		}
		settle()
		if !left {
			return
		}
		for i := range t.objects {
			t.free(&t.objects[i])
		}
		settle()
	}
}

// free releases the goroutines that wait for an object.
//
//go:norace
func (t *trial) free(o *object) {
	defer func() { recover() }()
	switch {
	case o.c0 != nil:
		select {
		case o.c0 <- struct{}{}:
		case <-o.c0:
		default:
		}
	case o.c8 != nil:
		select {
		case o.c8 <- 1:
		case <-o.c8:
		default:
		}
	case o.cond != nil:
		o.cond.Broadcast()
	case o.wg != nil && o.count > 0:
		o.wg.Add(-o.count)
		o.count = 0
	case o.locked:
		o.locked = false
		o.lock.Unlock()
	case o.readers > 0:
		o.readers--
		o.rw.RUnlock()
	}
}

func main() {
	a := Answer{First: []int{}}
	h := fnv.New64a()
	for _, p := range strings.Split(strings.TrimSpace(programs), "\n") {
		if !racing || p == "" {
			break
		}
		first, log := run(p)
		a.First = append(a.First, first)
		h.Write([]byte(log + "\n"))
		if logs {
			a.Logs = append(a.Logs, log)
		}
	}
	a.Hash = fmt.Sprintf("%x", h.Sum64())
	json.NewEncoder(os.Stdout).Encode(a)
}
