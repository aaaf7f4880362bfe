// Child runs programs on real objects.
package main

import (
	"runtime/debug"

	"github.com/orrery-go/orrery/gc/gclive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	debug.SetGCPercent(-1)
	child.Serve(func(programs []gclive.Program) ([]gclive.Run, error) {
		var runs []gclive.Run
		for _, p := range programs {
			r, err := gclive.Live(p)
			if err != nil {
				return nil, err
			}
			runs = append(runs, r)
		}
		return runs, nil
	})
}
