// Quiet runs programs of package gomaplive for a test that was built with -race: with
// the race detector, the scheduler also draws random numbers of the thread.
package main

import (
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(gomaplive.RunOne) }
