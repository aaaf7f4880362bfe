// Child runs programs of lock operations on real goroutines.
//
// This file is in the Go of 1.2: with a main function of its own behind it, it
// is also the probe that every release is asked with.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"
	"unsafe"
)

// A program's state. With GOMAXPROCS=1 no two goroutines touch it at once.
type program struct {
	objects []interface{}
	ls      []interface{} // what a Cond locks
	rlocker []bool        // through its RLocker
	procs   [][]op
	log     []entry
	spun    int // times that a goroutine was busy for spinTime
	moves   int // grows when a goroutine does anything
}

// An op is one letter, the number of an object, and an argument.
type op struct {
	code byte
	id   int
	arg  int
}

// An entry says what an operation came to: ".", t or f of a try, F for what would
// have ended the program, i for f of a Once, or the text of a panic.
type entry struct {
	g, op int
	end   string
}

// logs is the memory of every program's log: new memory takes time at first use.
var logs = make([]entry, 0, 1<<14)

const spinTime = 1200 * time.Microsecond

// run runs a program: its objects, and then the operations of each goroutine, as
// in "m r c1 w2 o|l1 s3 u1|l1 w3 u1". It returns what happened, in the order in
// which operations ended, then the words of the objects. It ends when no
// goroutine can go on; those that wait are left behind.
func run(text string) (log string, elapsed time.Duration, spun int) {
	p := parse(text)
	settle(p)
	start := time.Now()
	for g := range p.procs {
		go p.work(g)
	}
	settle(p)
	elapsed = time.Since(start)
	var words []string
	for _, e := range p.log {
		words = append(words, fmt.Sprintf("%d.%d%s", e.g+1, e.op+1, strings.Replace(e.end, " ", "_", -1)))
	}
	words = append(words, "|")
	for _, o := range p.objects {
		words = append(words, word(o))
	}
	return strings.Join(words, " "), elapsed, p.spun
}

// settle lets every goroutine that can run do so. A goroutine that yields comes
// back behind all others, except that once in 61 times the scheduler looks at
// the global queue first.
func settle(p *program) {
	for quiet, last := 0, -1; quiet < 6; quiet++ {
		if p.moves != last {
			quiet, last = 0, p.moves
		}
		runtime.Gosched()
	}
}

func (p *program) work(g int) {
	ops := p.procs[g]
	p.do(g, ops, 0, len(ops))
}

// do does the operations from and before to, and reports whether the goroutine
// goes on.
func (p *program) do(g int, ops []op, from, to int) bool {
	for i := from; i < to; i++ {
		p.moves++
		end, skip := p.one(g, ops, i)
		p.moves++
		p.log = append(p.log, entry{g, i, end})
		if end == "F" {
			return false
		}
		i += skip
	}
	return true
}

// one does operation i and reports its end, and how many behind it are left out.
func (p *program) one(g int, ops []op, i int) (end string, skip int) {
	x := ops[i]
	if x.code == 'o' || x.code == 'q' {
		skip = x.arg // f has done them, or nobody does
	}
	defer func() {
		if e := recover(); e != nil && e != "f" {
			end = "!" + fmt.Sprint(e)
		}
	}()
	end = "."
	if x.code == 'x' {
		p.spun++
		for start := time.Now(); time.Since(start) < spinTime; {
		}
		return end, 0
	}
	o := p.objects[x.id-1]
	if p.wouldCrash(x) {
		return "F", 0
	}
	switch x.code {
	case 'l':
		o.(sync.Locker).Lock()
	case 'u':
		o.(sync.Locker).Unlock()
	case 't':
		if o.(interface {
			TryLock() bool
		}).TryLock() {
			return "t", 0
		}
		return "f", x.arg
	case 'k':
		o.(*sync.RWMutex).RLock()
	case 'y':
		if o.(interface {
			TryRLock() bool
		}).TryRLock() {
			return "t", 0
		}
		return "f", x.arg
	case 'v':
		o.(*sync.RWMutex).RUnlock()
	case 'a':
		o.(*sync.WaitGroup).Add(x.arg)
	case 'w':
		if wg, ok := o.(*sync.WaitGroup); ok {
			wg.Wait()
		} else {
			o.(*sync.Cond).Wait()
		}
	case 's':
		o.(*sync.Cond).Signal()
	case 'b':
		o.(*sync.Cond).Broadcast()
	case 'o', 'q':
		crashed := false
		o.(*sync.Once).Do(func() {
			p.log = append(p.log, entry{g, i, "i"})
			crashed = !p.do(g, ops, i+1, i+1+x.arg)
			if x.code == 'q' && !crashed {
				panic("f")
			}
		})
		if crashed {
			return "F", 0
		}
	default:
		panic("operation " + string(x.code))
	}
	return end, skip
}

// wouldCrash reports whether the operation would unlock what is not locked, which
// no program survives. The words have been where they are since Go 1.2.
func (p *program) wouldCrash(x op) bool {
	code, o := x.code, p.objects[x.id-1]
	if l := p.ls[x.id-1]; l != nil && code == 'w' {
		o = l
		if code = 'u'; p.rlocker[x.id-1] {
			code = 'v'
		}
	}
	switch m := o.(type) {
	case *sync.Mutex:
		return code == 'u' && *(*int32)(unsafe.Pointer(m))&1 == 0
	case *sync.RWMutex:
		n := readerCount(m)
		return code == 'u' && n >= 0 || code == 'v' && (n == 0 || n == -1<<30)
	}
	return false
}

func readerCount(m *sync.RWMutex) int32 {
	return *(*int32)(unsafe.Pointer(uintptr(unsafe.Pointer(m)) + 16))
}

// word tells an object's words.
func word(o interface{}) string {
	switch m := o.(type) {
	case *sync.Mutex:
		p := (*[2]uint32)(unsafe.Pointer(m))
		return fmt.Sprintf("%d,%d", int32(p[0]), p[1])
	case *sync.RWMutex:
		p := (*[6]uint32)(unsafe.Pointer(m)) // state, sema, writerSem, readerSem, readerCount, readerWait
		return fmt.Sprintf("%d,%d,%d,%d,%d,%d", int32(p[0]), p[1], p[2], p[3], int32(p[4]), int32(p[5]))
	}
	return "-"
}

func parse(text string) *program {
	parts := strings.Split(text, "|")
	p := &program{log: logs[:0]}
	for _, w := range strings.Fields(parts[0]) {
		n := 0
		if len(w) > 1 {
			n = number(w[1:])
		}
		var l interface{}
		if w[0] == 'c' || w[0] == 'd' {
			l = p.objects[n-1]
		}
		p.ls = append(p.ls, l)
		p.rlocker = append(p.rlocker, w[0] == 'd')
		switch w[0] {
		case 'm':
			p.objects = append(p.objects, new(sync.Mutex))
		case 'r':
			p.objects = append(p.objects, new(sync.RWMutex))
		case 'w':
			wg := new(sync.WaitGroup)
			wg.Add(n)
			p.objects = append(p.objects, wg)
		case 'o':
			p.objects = append(p.objects, new(sync.Once))
		case 'c':
			p.objects = append(p.objects, sync.NewCond(l.(sync.Locker)))
		case 'd':
			p.objects = append(p.objects, sync.NewCond(l.(*sync.RWMutex).RLocker()))
		default:
			panic("object " + w)
		}
	}
	for _, part := range parts[1:] {
		var ops []op
		for _, w := range strings.Fields(part) {
			x := op{code: w[0]}
			if comma := strings.Index(w, ","); comma > 0 {
				x.id, x.arg = number(w[1:comma]), number(w[comma+1:])
			} else {
				x.id = number(w[1:])
			}
			ops = append(ops, x)
		}
		p.procs = append(p.procs, ops)
	}
	return p
}

func number(text string) int {
	n, sign := 0, 1
	for i := 0; i < len(text); i++ {
		if text[i] == '-' && i == 0 {
			sign = -1
			continue
		}
		if text[i] < '0' || text[i] > '9' {
			panic("number " + text)
		}
		n = 10*n + int(text[i]-'0')
	}
	return sign * n
}

// says runs this program with what it does not survive, and reports the first
// line of what it says.
func says(name string) string {
	var stderr bytes.Buffer
	self := os.Args[0]
	if runtime.GOOS == "linux" {
		self = "/proc/self/exe" // its file may be gone already
	}
	cmd := exec.Command(self, name)
	cmd.Stderr = &stderr
	cmd.Run() // fails, and says why on stderr
	return strings.Split(stderr.String(), "\n")[0]
}

// crash does what no program survives, by name.
func crash(name string) {
	var m sync.Mutex
	var rw sync.RWMutex
	switch name {
	case "unlock":
		m.Unlock()
	case "runlock":
		rw.RUnlock()
	case "wunlock":
		rw.Unlock()
	case "wait":
		sync.NewCond(&m).Wait()
	case "asleep":
		m.Lock()
		m.Lock()
	case "copied":
		c, d := sync.NewCond(&m), new(sync.Cond)
		c.Signal()
		for i := uintptr(0); i < unsafe.Sizeof(*c); i++ { // an assignment would alarm go vet
			*(*byte)(unsafe.Pointer(uintptr(unsafe.Pointer(d)) + i)) = *(*byte)(unsafe.Pointer(uintptr(unsafe.Pointer(c)) + i))
		}
		d.Signal()
	}
}
