// The probe of package gclive, in the Go of 1.2.
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// programs have the operations of gclive.Recorded, a program a line.
const (
	programs      = `PROGRAMS`
	tinyPrograms  = `TINIES`
	graphPrograms = `GRAPHS`
)

func main() {
	if len(os.Args) > 1 {
		crash(os.Args[1])
		return
	}
	answers := map[string]interface{}{
		"Tinies":   tinies(tinyPrograms),
		"Graphs":   graphs(graphPrograms),
		"Leaks":    leaks(),
		"Crashes":  crashes(),
		"Cleanups": cleanups(),
		"Logs":     logs(),
		"SelfLoop": finalized(selfLoop),
		"Loop":     finalized(loop),
		"Pauses":   pauses(),
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}

// A node has a tag that nothing else points to: the tag's finalizer runs when the node
// has died.
type node struct {
	slots [2]*node
	tag   *tag
}

type tag struct{ words [4]int }

var (
	roots [8]*node
	nodes [64]uintptr // hidden from the collector
	dead  [64]int32
	made  int

	program int // the number of the program

	sentinel int32
)

func hidden(p *node) uintptr { return ^uintptr(unsafe.Pointer(p)) }
func shown(i int) *node      { return (*node)(unsafe.Pointer(^nodes[i])) }

// apart calls f on a stack of its own, so that no pointer is left on this one.
func apart(f func()) {
	done := make(chan bool)
	go func() {
		f()
		close(done)
	}()
	<-done
}

func newNode(root int) {
	n := new(node)
	n.tag = new(tag)
	id := made
	n.tag.words[0], n.tag.words[1] = id, program
	runtime.SetFinalizer(n.tag, func(t *tag) {
		if t.words[1] == program { // Go 1.2 may find an object of an earlier program late
			atomic.StoreInt32(&dead[t.words[0]], 1)
		}
	})
	nodes[id] = hidden(n)
	made++
	roots[root] = n
}

func logs() []string {
	var all []string
	for _, text := range strings.Split(programs, "\n") {
		program++
		made = 0
		dead = [64]int32{}
		var log []string
		for _, op := range strings.Split(text, " ") {
			var a [3]int
			for i, w := range strings.Split(op[1:], ",") {
				a[i], _ = strconv.Atoi(w)
			}
			switch op[0] {
			case 'n':
				apart(func() { newNode(a[0]) })
			case 'l':
				apart(func() { shown(a[0]).slots[a[1]] = shown(a[2]) })
			case 'u':
				apart(func() { shown(a[0]).slots[a[1]] = nil })
			case 'r':
				apart(func() { roots[a[0]] = shown(a[1]) })
			case 'd':
				roots[a[0]] = nil
			case 'g':
				log = append(log, collect())
			}
		}
		for i := range roots {
			roots[i] = nil
		}
		collect()
		all = append(all, strings.Join(log, " "))
	}
	return all
}

func verdicts() string {
	var b bytes.Buffer
	for i := 0; i < made; i++ {
		b.WriteByte("10"[atomic.LoadInt32(&dead[i])])
	}
	return b.String()
}

// collect runs collections until the finalizers have run and nothing has changed for a
// while.
func collect() string { return settle(verdicts) }

// settle runs collections until the finalizer of an unreachable object has run, and then
// until nothing has changed for a while.
func settle(look func() string) string {
	atomic.StoreInt32(&sentinel, 0)
	apart(func() { runtime.SetFinalizer(new(tag), func(*tag) { atomic.StoreInt32(&sentinel, 1) }) })
	runtime.GC()
	for i := 0; i < 1000 && atomic.LoadInt32(&sentinel) == 0; i++ { // 1.2 may not find it
		time.Sleep(200 * time.Microsecond)
	}
	last, since := "", 0
	for since < 4 {
		time.Sleep(500 * time.Microsecond)
		if now := look(); now != last {
			last, since = now, 0
		} else {
			since++
		}
	}
	return last
}

// finalized reports whether the finalizer of the object that build makes has run after
// some collections.
func finalized(build func(ran *int32)) bool {
	var ran int32
	apart(func() { build(&ran) })
	for i := 0; i < 4; i++ {
		collect()
	}
	return atomic.LoadInt32(&ran) != 0
}

// selfLoop makes an object that points to itself, and loop one in a loop of two.
func selfLoop(ran *int32) {
	n := new(node)
	n.slots[0] = n
	runtime.SetFinalizer(n, func(*node) { atomic.StoreInt32(ran, 1) })
}

func loop(ran *int32) {
	n := new(node)
	n.slots[0] = new(node)
	n.slots[0].slots[0] = n
	runtime.SetFinalizer(n, func(*node) { atomic.StoreInt32(ran, 1) })
}

var (
	tree *node
	sink []byte
)

// pauses returns the part of a cycle's time for which the world is stopped, with a large
// heap, and the length of the last pause with many deep stacks in use, in nanoseconds
// for each call on them.
func pauses() map[string]float64 {
	runtime.GOMAXPROCS(2)
	file, err := os.Create("trace")
	if err != nil {
		panic(err)
	}
	if err := syscall.Dup2(int(file.Fd()), 2); err != nil {
		panic(err)
	}
	stop := int32(0)
	const goroutines, calls = 1000, 300
	for i := 0; i < goroutines; i++ {
		go deep(calls, &stop)
	}
	time.Sleep(50 * time.Millisecond)
	with := cycles("trace")
	atomic.StoreInt32(&stop, 1)
	time.Sleep(100 * time.Millisecond)
	for i := 0; i < 600000; i++ {
		n := new(node)
		n.slots[0] = tree
		tree = n
	}
	without := cycles("trace")
	if len(without) == 1 {
		return map[string]float64{"heap": 1, "stacks": 1}
	}
	all := 0.0
	for _, t := range without {
		all += t
	}
	last := without[len(without)-1]
	return map[string]float64{
		"heap":   (without[0] + last) / all,
		"stacks": with[len(with)-1] * 1e6 / (goroutines * calls),
	}
}

//go:noinline
func deep(n int, stop *int32) int {
	var p [4]*int
	x := n
	p[n%4] = &x
	if n > 0 {
		return deep(n-1, stop) + *p[n%4]
	}
	for atomic.LoadInt32(stop) == 0 {
		runtime.Gosched()
	}
	return *p[0]
}

// cycles runs some cycles that the program's allocation starts, and returns the times in
// their lines, of which the first and the last are pauses. It takes the least of each,
// since a busy machine makes any of them longer.
func cycles(name string) []float64 {
	before := len(readFile(name))
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	for from := m.NumGC; m.NumGC < from+20; runtime.ReadMemStats(&m) {
		for i := 0; i < 2000; i++ {
			sink = make([]byte, 1000)
		}
	}
	var least []float64
	for _, line := range strings.Split(readFile(name)[before:], "\n") {
		for i, t := range clocks(line) {
			if i == len(least) {
				least = append(least, t)
			}
			if t < least[i] {
				least[i] = t
			}
		}
	}
	return least
}

func readFile(name string) string {
	f, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	var b bytes.Buffer
	b.ReadFrom(f)
	return b.String()
}

// clocks returns the times in a line of gctrace, in milliseconds: "gc1(1): 0+1+2 ms"
// up to 1.4, where the world is stopped in all of them, so that it returns their sum, and
// "gc 1 @0.1s 0%: 0.1+2+0.1 ms clock" since.
func clocks(line string) (terms []float64) {
	if !strings.HasPrefix(line, "gc") {
		return nil
	}
	colon := strings.Index(line, ": ")
	if colon < 0 {
		return nil
	}
	words := strings.Split(line[colon+2:], " ")
	unit := 1.0
	if len(words) < 2 {
		return nil
	}
	if strings.HasPrefix(words[1], "us") {
		unit = 1e-3
	}
	for _, w := range strings.Split(words[0], "+") {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return nil
		}
		terms = append(terms, v*unit)
	}
	if !strings.HasPrefix(line, "gc ") {
		all := 0.0
		for _, t := range terms {
			all += t
		}
		return []float64{all}
	}
	return terms
}
