package attack

import (
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"

	"github.com/orrery-go/orrery/internal/cputime"
)

// running is the current call, for the watch.
type running struct {
	sync.Mutex
	target *target
	args   []reflect.Value
	began  time.Time
	cpu    time.Duration // of the thread, when it began
	heap   uint64        // bytes, when it began
	serial int
}

// begin notes the beginning of a call and returns the enclosing one.
func (r *running) begin(t *target, args []reflect.Value) *call {
	r.Lock()
	defer r.Unlock()
	outer := &call{r.target, r.args, r.began, r.cpu}
	if r.target == nil {
		r.target, r.args, r.began, r.cpu = t, args, time.Now(), cputime.Thread()
		r.heap = heapBytes()
		r.serial++
	}
	return outer
}

type call struct {
	target *target
	args   []reflect.Value
	began  time.Time
	cpu    time.Duration
}

// end notes the end of a call and returns the processor time that it took, if it
// is the outermost one.
func (r *running) end(outer *call) time.Duration {
	r.Lock()
	defer r.Unlock()
	if outer.target != nil {
		return 0
	}
	took := cputime.Thread() - r.cpu
	r.target, r.args = nil, nil
	return took
}

// The exit codes when the watch ends the program: in a function of the package under
// attack, or in another one.
const exitOwn, exitOther = 3, 4

// watch ends the program when a call hangs or takes too much memory.
func (e *engine) watch() {
	for {
		time.Sleep(50 * time.Millisecond)
		r := &e.now
		r.Lock()
		if r.target != nil {
			heap, took := heapBytes(), time.Since(r.began)
			kind := ""
			switch {
			case heap > r.heap+maxGrowth:
				kind = fmt.Sprintf("MEMORY of %d MB", heap>>20)
			case took > maxHang:
				kind = fmt.Sprintf("HANG of %v", took)
			}
			if kind != "" {
				stack := make([]byte, 1<<20)
				stack = stack[:runtime.Stack(stack, true)]
				if r.target.own { // the attack on their own package will find the others
					fmt.Printf("%s: %s\n%.4000s\n", kind, describe(r.target, r.args), stack)
				}
				fmt.Printf("killed %s\n", r.target.Name)
				os.Exit(map[bool]int{false: exitOther, true: exitOwn}[r.target.own])
			}
		}
		r.Unlock()
	}
}

// purge drops the results of earlier calls when they take much memory.
func (e *engine) purge() {
	if heapBytes() < 256<<20 {
		return
	}
	clear(e.pool.byType)
	e.pool.types = nil
	debug.FreeOSMemory()
}

func heapBytes() uint64 {
	s := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
