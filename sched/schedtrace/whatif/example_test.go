package whatif_test

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/orrery-go/orrery/sched/schedtrace/whatif"
)

// A trace that was recorded with one processor: forty goroutines, a third of them on
// record, of half a millisecond each.
func ExampleWorkload_Predict() {
	f, err := os.Open("testdata/traces.tar.gz")
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		log.Fatal(err)
	}
	traces := tar.NewReader(z)
	if _, err := traces.Next(); err != nil { // fan-out
		log.Fatal(err)
	}
	w, err := whatif.Read(traces)
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
