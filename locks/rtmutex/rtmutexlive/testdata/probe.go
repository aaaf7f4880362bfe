package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
)

// rounds is the number of observations of the thread that is woken first: enough to see
// an event of one time in 16.
const rounds = 400

func main() {
	debug.SetGCPercent(-1)
	runtime.GOMAXPROCS(8)
	var out struct {
		Linked bool
		Words  []uint64 // without the thread in them
		First  map[string]bool
	}
	out.First = map[string]bool{}
	if out.Linked = linked; linked {
		if err := start(3); err != nil {
			panic(err)
		}
		log, err := play([]int{1, 2, 3, -1})
		if err != nil {
			panic(err)
		}
		for _, e := range log {
			out.Words = append(out.Words, e.Word&0x3ff)
		}
		first := log[3].Acquired
		log, err = play([]int{-first, -(5 - first)})
		if err != nil {
			panic(err)
		}
		for _, e := range log {
			out.Words = append(out.Words, e.Word&0x3ff)
		}
		for i := 0; i < rounds; i++ {
			log, err := play([]int{1, 2, 3, -1})
			if err != nil {
				panic(err)
			}
			first := log[3].Acquired
			out.First[map[int]string{2: "longest asleep", 3: "last to sleep"}[first]] = true
			if _, err := play([]int{-first, -(5 - first)}); err != nil {
				panic(err)
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
