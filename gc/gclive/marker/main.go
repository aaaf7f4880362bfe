// Marker runs programs whose collector it runs itself, step by step: no worker marks.
package main

import (
	"errors"
	"runtime"
	"runtime/debug"

	"github.com/orrery-go/orrery/gc/gclive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	debug.SetGCPercent(-1)
	for g := 1; g <= gclive.Actors; g++ {
		begins[g] = make(chan bool)
		go actor(g, nil)
		runtime.Gosched()
	}
	child.Serve(func(a gclive.Ask) (gclive.Marked, error) {
		for range 2 { // an object in a sync.Pool dies in the second
			runtime.GC()
		}
		switch {
		case a.Acts != nil:
			return play(a.Acts)
		case a.Stores != nil:
			return stores(a.Stores)
		case a.Sizes != nil:
			return sizes(a.Sizes)
		case a.Calls != nil:
			return calls(a.Calls)
		case a.Assist != nil:
			return assist(*a.Assist)
		}
		return gclive.Marked{}, errors.New("marker: no question")
	})
}
