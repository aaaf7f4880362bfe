package pacerlive

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/orrery-go/orrery/internal/child"
)

// ShortPeriod replaces the two minutes between forced collections in a process that
// cannot wait for them.
const ShortPeriod = 100 * time.Millisecond

// Forced is the result of some short periods in which a process was idle.
type Forced struct {
	Period time.Duration // that the runtime had
	Cycles int           // number of collections
	Asked  int           // those by runtime.GC
}

// Wait starts a process with a short period and leaves it idle, first with GOGC=100 and
// then with GOGC=off.
func Wait(ctx context.Context) (on, off Forced, err error) {
	c, err := child.Start(ctx, "github.com/orrery-go/orrery/gc/pacer/pacerlive/forcechild", child.Options{Flags: child.Linkname})
	if err != nil {
		return on, off, err
	}
	defer c.Close()
	if on, err = child.Call[Forced](c, 100); err != nil {
		return on, off, err
	}
	off, err = child.Call[Forced](c, -1)
	return on, off, err
}

// Starts lists the causes of a collection in the Go at hand, except for the passing of
// time.
func Starts(ctx context.Context) (string, error) { return ask(ctx, "starts") }

func starts() string {
	var out []string
	cycles := func() (automatic, forced uint64) {
		s := []metrics.Sample{{Name: "/gc/cycles/automatic:gc-cycles"}, {Name: "/gc/cycles/forced:gc-cycles"}}
		metrics.Read(s)
		return s[0].Value.Uint64(), s[1].Value.Uint64()
	}
	before, asked := cycles()
	for range 200_000 {
		flatSink = make([]byte, 1<<12)
		if now, _ := cycles(); now > before {
			out = append(out, "heap")
			break
		}
	}
	runtime.GC()
	if _, now := cycles(); now > asked {
		out = append(out, "runtime.GC")
	}
	return strings.Join(out, ", ")
}

var flatSink []byte

// StackRatio returns the goal, in the Go at hand, of a heap with as many bytes in use as
// there are of stacks, divided by the size of the heap and rounded to a whole number.
func StackRatio(ctx context.Context) (string, error) { return ask(ctx, "stacks") }

func stackRatio() string {
	const bytes = 32 << 20
	flatSink = make([]byte, bytes)
	ready, done := make(chan bool), make(chan bool)
	go func() {
		deep(bytes/1024, ready, done)
		done <- true
	}()
	<-ready
	runtime.GC()
	s := []metrics.Sample{{Name: "/gc/heap/goal:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	done <- true
	<-done
	runtime.KeepAlive(flatSink)
	flatSink = nil
	return fmt.Sprintf("%.0f", float64(s[0].Value.Uint64())/float64(s[1].Value.Uint64()))
}

// deep calls itself, a KiB of stack each time.
//
//go:noinline
func deep(calls int, ready, done chan bool) byte {
	var frame [1000]byte
	frame[calls%len(frame)] = 1
	if calls == 0 {
		ready <- true
		<-done
		return frame[0]
	}
	return deep(calls-1, ready, done) + frame[calls%7]
}
