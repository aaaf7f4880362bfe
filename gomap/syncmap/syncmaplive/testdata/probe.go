// The probe of package syncmaplive, in the Go of 1.2. It runs programs on sync.Maps and
// sums up the results and the whole state after each operation. The parts that need
// sync.Map, which came in Go 1.9, are in other files.
package main

import (
	"encoding/json"
	"os"
)

type answers struct {
	Sums  []string
	Texts map[string]string
}

// Functions of the release; nil if it lacks them.
var run func() answers

func main() {
	var a answers
	if run != nil {
		a = run()
	}
	if err := json.NewEncoder(os.Stdout).Encode(a); err != nil {
		panic(err)
	}
}
