// Quiet runs programs of package gomaplive for a test that was built with -race: under
// the race detector the scheduler draws random numbers of the thread, too.
package main

import (
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(gomaplive.RunOne) }
