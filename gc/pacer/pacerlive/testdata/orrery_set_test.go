package runtime

// This file is added to the runtime's own tests by go test -overlay, so that they can set
// GOGC at a moment of a cycle at which everything stands still.

// An OrrerySet is the state of the pacer in a cycle that runs, and the goal and the assist
// ratio after GOGC was set.
type OrrerySet struct {
	Percent                          int32
	Live, Scan, Stacks, Globals      uint64 // of the last cycle
	Triggered, HeapLive, HeapScan    uint64
	MaxStacks                        uint64
	Mapped, HeapFree, Objects        uint64
	HeapWork, StackWork, GlobalsWork int64
	Before, After                    float64
	Goal                             uint64
}

// OrrerySetGOGC sets GOGC as setGCPercent does, with the world stopped, and reports whether
// a cycle was marking.
func OrrerySetGOGC(percent int32) (s OrrerySet, marking bool) {
	stw := stopTheWorld(stwForTestResetDebugLog)
	if c := &gcController; gcphase == _GCmark {
		marking = true
		s = OrrerySet{
			Percent: percent, Live: c.heapMarked, Scan: c.lastHeapScan, Stacks: c.lastStackScan.Load(), Globals: c.globalsScan.Load(),
			Triggered: c.triggered, HeapLive: c.heapLive.Load(), HeapScan: c.heapScan.Load(), MaxStacks: c.maxStackScan.Load(),
			HeapWork: c.heapScanWork.Load(), StackWork: c.stackScanWork.Load(), GlobalsWork: c.globalsScanWork.Load(),
			Mapped: c.mappedReady.Load(), HeapFree: c.heapFree.load(), Objects: c.totalAlloc.Load() - c.totalFree.Load(),
			Before: c.assistWorkPerByte.Load(),
		}
		systemstack(func() {
			lock(&mheap_.lock)
			c.setGCPercent(percent)
			gcControllerCommit()
			unlock(&mheap_.lock)
		})
		s.Goal, s.After = c.heapGoal(), c.assistWorkPerByte.Load()
	}
	startTheWorld(stw)
	return s, marking
}
