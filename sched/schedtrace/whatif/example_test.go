package whatif_test

import (
	"bytes"
	"fmt"
	"log"
	"time"

	"github.com/orrery-go/orrery/internal/archive"
	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// A trace that was recorded with one processor: forty goroutines, a third of them on
// record, of half a millisecond each.
func ExampleWorkload_Predict() {
	traces, err := archive.Read("testdata/traces.tar.gz")
	if err != nil {
		log.Fatal(err)
	}
	w, err := whatif.Read(bytes.NewReader(traces["fan-out.out"]))
	if err != nil {
		log.Fatal(err)
	}
	r, err := w.Predict(whatif.Config{Release: "go1.26"}, 1, 2, 4)
	if err != nil {
		log.Fatal(err)
	}
	for _, p := range r.Predictions {
		fmt.Println(p.Procs, p.Makespan.Round(100*time.Microsecond), p.Trust.Level)
	}
	// Output:
	// 1 6.6ms good
	// 2 3.6ms good
	// 4 2.1ms good
}
