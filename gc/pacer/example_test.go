package pacer_test

import (
	"fmt"

	"github.com/orrery-go/orrery/gc/pacer"
)

// The first collection of a small heap: at 4 MiB, and the goal that gctrace prints is
// 5 MB up to 1.17, and 4 MB since.
func ExamplePacer_StartCycle() {
	for _, release := range []string{"go1.17", "go1.18", "go1.26"} {
		p, _ := pacer.New(pacer.Config{Release: release})
		p.GrowTo(p.Trigger(), 0)
		p.StartCycle(pacer.Start{})
		fmt.Println(release, p.Snapshot().HeapLive>>20, "MB,", p.Goal()>>20, "MB goal")
	}
	// Output:
	// go1.17 4 MB, 5 MB goal
	// go1.18 4 MB, 4 MB goal
	// go1.26 3 MB, 4 MB goal
}

// The next goal of a heap of 100 MiB, by GOGC and by a memory limit.
func ExamplePacer_Goal() {
	p, _ := pacer.New(pacer.Config{})
	p.Measure(pacer.Measured{Live: 100 << 20, Stacks: 1 << 20, Globals: 1 << 20})
	fmt.Println("GOGC 100:", p.Goal()>>20)
	p.SetGCPercent(50)
	fmt.Println("GOGC 50:", p.Goal()>>20)
	p.SetGCPercent(pacer.Off)
	p.SetMemoryLimit(512 << 20)
	fmt.Println("GOGC off, a limit of 512:", p.Goal()>>20)
	p.SetMemory(pacer.Memory{Mapped: 150 << 20, Objects: 100 << 20})
	fmt.Println("and 50 beside the heap:", p.Goal()>>20)
	p.SetMemoryLimit(64 << 20)
	fmt.Println("a limit of 64:", p.Goal()>>20)
	// Output:
	// GOGC 100: 202
	// GOGC 50: 151
	// GOGC off, a limit of 512: 496
	// and 50 beside the heap: 448
	// a limit of 64: 100
}

// A program that allocates twice as much from the eleventh cycle on: goroutines
// assist, until the collector begins early enough.
func ExampleSimulate() {
	cycles, _ := pacer.Simulate(pacer.Config{Procs: 8}, pacer.Workload{
		Alloc: pacer.Constant(100).Sum(pacer.Step(100, 10)), Growth: pacer.Constant(1.5).Sum(pacer.Ramp(-0.5, 8)), InitialHeap: 16 << 20,
	}, 14)
	for _, c := range cycles[8:] {
		fmt.Printf("%2d  in use %d MiB, begins at %d, ends at %d of %d, %.0f%% CPU\n", c.Cycle, c.Live>>20, c.Trigger>>20, c.Peak>>20, c.Goal>>20, c.Utilization*100)
	}
	// Output:
	//  9  in use 95 MiB, begins at 168, ends at 190 of 190, 25% CPU
	// 10  in use 95 MiB, begins at 168, ends at 190 of 190, 25% CPU
	// 11  in use 95 MiB, begins at 168, ends at 190 of 190, 40% CPU
	// 12  in use 95 MiB, begins at 162, ends at 190 of 190, 34% CPU
	// 13  in use 101 MiB, begins at 173, ends at 203 of 203, 32% CPU
	// 14  in use 103 MiB, begins at 176, ends at 207 of 207, 32% CPU
}
