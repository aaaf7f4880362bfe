package runtime_test

// This file is added to the runtime's own tests by go test -overlay, so that it can call
// the pacer directly.

import (
	"encoding/json"
	"fmt"
	"os"
	. "runtime"
	"testing"
)

type ask struct {
	GOGC         int
	Limit        int64
	Procs        int
	Stack        uint64
	Globals      uint64
	Frac         float64
	Deltas       [][5]int64
	Marked       uint64
	Assist       int64
	Elapsed      int64
	LimiterProcs int32
	LimiterOps   []int64
}

func TestOrrery(t *testing.T) {
	data, err := os.ReadFile(os.Getenv("ORRERY_ASK"))
	if err != nil {
		t.Skip("nothing is asked")
	}
	var asks [][]ask
	if err := json.Unmarshal(data, &asks); err != nil {
		t.Fatal(err)
	}
	for _, cycles := range asks {
		c := NewGCController(cycles[0].GOGC, cycles[0].Limit)
		l := NewGCCPULimiter(0, cycles[0].LimiterProcs)
		now := int64(0)
		line := ""
		collecting := false
		for _, a := range cycles {
			c.StartCycle(a.Stack, a.Globals, a.Frac, a.Procs)
			line += fmt.Sprintf(" %v %v %v", c.Triggered(), c.HeapGoal(), c.AssistWorkPerByte())
			for _, d := range a.Deltas {
				c.Revise(GCControllerReviseDelta{HeapLive: d[0], HeapScan: d[1], HeapScanWork: d[2], StackScanWork: d[3], GlobalsScanWork: d[4]})
				line += fmt.Sprintf(" %v %v", c.HeapGoal(), c.AssistWorkPerByte())
			}
			c.EndCycle(a.Marked, a.Assist, a.Elapsed, a.Procs)
			for i, op := range a.LimiterOps {
				now += op
				switch i % 4 {
				case 0:
					l.Update(now)
				case 1:
					l.AddAssistTime(op * 3)
				case 2:
					collecting = !collecting
					l.StartGCTransition(collecting, now)
					now += op / 8
					l.FinishGCTransition(now)
				default:
					l.ResetCapacity(now, 1+int32(op%7))
				}
				line += fmt.Sprintf(" %v %v %v", l.Fill(), l.Overflow(), l.Limiting())
			}
		}
		fmt.Printf("orrery%s\n", line)
	}
}

// orreryNode is 128 bytes with a pointer.
type orreryNode struct {
	next *orreryNode
	_    [15]uintptr
}

var orreryList *orreryNode

// TestOrrerySet sets GOGC many times while cycles mark a long list, and the program allocates.
func TestOrrerySet(t *testing.T) {
	data, err := os.ReadFile(os.Getenv("ORRERY_SETS"))
	if err != nil {
		t.Skip("nothing is asked")
	}
	n := 0
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatal(err)
	}
	for range 1 << 19 {
		orreryList = &orreryNode{next: orreryList}
	}
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				GC()
			}
		}
	}()
	go func() {
		for garbage := [][]byte(nil); ; garbage = append(garbage[:0:0], make([]byte, 4096)) {
			Gosched()
		}
	}()
	percents := []int32{100, 50, 400, -1, 200, 10, 0, 1000, 75}
	for i := 0; i < n; Gosched() {
		if s, marking := OrrerySetGOGC(percents[i%len(percents)]); marking {
			line, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Printf("orrery%s\n", line)
			i++
		}
	}
	close(stop)
}
