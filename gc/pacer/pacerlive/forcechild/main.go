//go:build linkname

// Forcechild waits for a collection that only the passing of time can start.
package main

import (
	"runtime"
	"runtime/debug"
	"time"
	_ "unsafe" // for go:linkname

	"github.com/orrery-go/orrery/gc/pacer/pacerlive"
	"github.com/orrery-go/orrery/internal/child"
)

//go:linkname forcegcperiod runtime.forcegcperiod
var forcegcperiod int64

var period = time.Duration(forcegcperiod)

func init() { forcegcperiod = int64(pacerlive.ShortPeriod) } // before sysmon falls asleep

func main() {
	runtime.GC() // it needs an earlier one
	child.Serve(func(percent int) (pacerlive.Forced, error) {
		debug.SetGCPercent(percent)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		time.Sleep(5 * pacerlive.ShortPeriod)
		runtime.ReadMemStats(&after)
		return pacerlive.Forced{Period: period, Cycles: int(after.NumGC - before.NumGC), Asked: int(after.NumForcedGC - before.NumForcedGC)}, nil
	})
}
