// The probe of package ctxtreelive, in the Go of 1.2. Package context is in other
// files, since Go 1.6 and older have none.
package main

import (
	"encoding/json"
	"os"
	"strings"
)

const (
	lessons  = `LESSONS`
	programs = `PROGRAMS`
)

var out struct {
	Package bool
	Logs    []string
	Hashes  []string
	Panics  map[string]string
	Types   map[string]string
	Frames  map[string]int
	API     []string
}

// ask fills out; what a release has not leaves it as it is.
var ask func(lessons, programs []string)

func main() {
	if ask != nil {
		ask(strings.Split(lessons, "\n"), strings.Split(programs, "\n"))
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
