package explain_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"os"

	"github.com/orrery-go/orrery/sched/schedtrace/explain"
)

// Ten goroutines yield to each other on one P.
func Example() {
	f, err := os.Open("testdata/1-gosched.trace.gz")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		fmt.Println(err)
		return
	}
	in := bufio.NewReader(z)
	in.ReadString('\n') // in these files the first line is not of the trace
	e, err := explain.New(in)
	if err != nil {
		fmt.Println(err)
		return
	}
	n := 0
	for s := range e.Starts() {
		if n++; n > 15 && n <= 20 {
			fmt.Printf("%s, ran on P%d: %s, %s\n", s.Wake, s.P, s.Source, s.Verdict)
		}
	}
	fmt.Println(n, "starts, contradicted:", e.Stats().Verdicts[explain.Contradicted])
	// Output:
	// yielded, ran on P0: ring, unique
	// yielded, ran on P0: ring, unique
	// yielded, ran on P0: ring, unique
	// yielded, ran on P0: ring, unique
	// yielded, ran on P0: ring, unique
	// 374 starts, contradicted: 0
}
