// The probe of package syncmaplive, in the Go of 1.2. It runs programs on sync.Maps and
// sums up what they return and all of their state after each operation. The rest of it
// needs the Go that brought sync.Map, and stands beside it.
package main

import (
	"encoding/json"
	"os"
)

type answers struct {
	Sums  []string
	Texts map[string]string
}

// What the release has. The methods are nil if it has them not.
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
