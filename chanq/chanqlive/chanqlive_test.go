package chanqlive

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/internal/child"
)

// TestPrograms holds random programs against real goroutines: who waits, who
// goes on in which order, with what value, and how full the channels are after
// each step.
func TestPrograms(t *testing.T) {
	real, err := Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer real.Close()
	const steps, batch = 40, 100
	trials := child.NewTrials(3600)
	seed, operations, waited := uint64(0), 0, 0
	for trials.Next() {
		var programs []Program
		for range batch {
			programs = append(programs, Random(seed, steps))
			seed++
		}
		logs, elapsed, err := real.Run(programs)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range programs {
			if elapsed[i] > Undisturbed {
				trials.Reject("over 9 ms")
				continue
			}
			model, err := Predict("running", p, logs[i])
			if err != nil || model != logs[i] {
				t.Fatalf("program %v: %v\n(-model +real):\n%s", p, err, cmp.Diff(strings.Fields(model), strings.Fields(logs[i])))
			}
			done := strings.Count(logs[i], ":")
			operations += done
			waited += waits(p, logs[i])
			trials.Accept()
		}
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
	if operations < 20*trials.Accepted() {
		t.Errorf("only %d operations in %d programs", operations, trials.Accepted())
	}
	t.Logf("%v; %d operations, %d of them waited; 0 mismatches", trials, operations, waited)
}

// waits counts the operations that another goroutine ended.
func waits(p Program, log string) (n int) {
	step, last := 0, ""
	for _, token := range strings.Fields(log) {
		g, _, ok := strings.Cut(token, ":")
		if !ok {
			step++
			last = ""
			continue
		}
		if g != last && (last != "" || g != fmt.Sprint(p.Steps[step].G)) {
			n++
		}
		last = g
	}
	return n
}
