// Echo is the child that the test of package child starts.
package main

import (
	"errors"
	"os"
	"runtime"

	"github.com/orrery-go/orrery/internal/child"
)

// A Question of echo.
type Question struct {
	Text string
	Fail string // an error to return
	Die  string // a text to die with
}

// An Answer of echo.
type Answer struct {
	Text       string
	GOMAXPROCS int
	GODEBUG    string
}

func main() {
	child.Serve(func(q Question) (Answer, error) {
		if q.Die != "" {
			panic(q.Die)
		}
		if q.Fail != "" {
			return Answer{}, errors.New(q.Fail)
		}
		return Answer{q.Text, runtime.GOMAXPROCS(0), os.Getenv("GODEBUG")}, nil
	})
}
