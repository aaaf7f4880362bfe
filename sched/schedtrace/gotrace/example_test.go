package gotrace_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"time"

	"golang.org/x/exp/trace"

	"github.com/orrery-go/orrery/program"
	"github.com/orrery-go/orrery/sched"
	"github.com/orrery-go/orrery/sched/schedtrace/gotrace"
)

// A simulator's run as a file for go tool trace.
func ExampleRun() {
	p, err := program.Parse(`
chan c
main:
	go sender
	recv c
sender:
	work 1us
	send c 7
`)
	if err != nil {
		log.Fatal(err)
	}
	s, err := sched.New(sched.Config{}, *p)
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := gotrace.Run(&file, s); err != nil {
		log.Fatal(err)
	}
	r, err := trace.NewReader(&file)
	if err != nil {
		log.Fatal(err)
	}
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		if e.Kind() != trace.EventStateTransition || e.StateTransition().Resource.Kind != trace.ResourceGoroutine {
			continue
		}
		t := e.StateTransition()
		if from, to := t.Goroutine(); from != trace.GoUndetermined {
			fmt.Printf("%v goroutine %d: %v -> %v %q\n", time.Duration(e.Time())-gotrace.Base, t.Resource.Goroutine(), from, to, t.Reason)
		}
	}
	// Output:
	// 0s goroutine 1: Runnable -> Running ""
	// 76ns goroutine 2: NotExist -> Runnable ""
	// 241ns goroutine 1: Running -> Waiting "chan receive"
	// 242ns goroutine 2: Runnable -> Running ""
	// 1.317µs goroutine 1: Waiting -> Runnable ""
	// 1.331µs goroutine 2: Running -> NotExist ""
	// 1.332µs goroutine 1: Runnable -> Running ""
}

// Events of any origin: a goroutine switches to another one, as iter.Pull does.
func ExampleWriter() {
	var file bytes.Buffer
	w, err := gotrace.NewWriter(&file, gotrace.State{
		Procs:      []gotrace.Proc{{ID: 0, Thread: 0}},
		Goroutines: []gotrace.Goroutine{{ID: 1, Status: gotrace.Running, Thread: 0}},
	})
	if err != nil {
		log.Fatal(err)
	}
	w.GoCreate(10, 0, 2, gotrace.Frame{Func: "main.sequence"}, true)
	w.GoSwitch(20, 0, 2, false)
	w.GoSwitch(30, 0, 1, true)
	fmt.Println(w.GoStart(40, 0, 2))
	fmt.Println(w.Close())
	// Output:
	// gotrace: at 40ns: there is no goroutine 2
	// gotrace: at 40ns: there is no goroutine 2
}
