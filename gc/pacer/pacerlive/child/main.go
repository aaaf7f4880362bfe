// Child makes heaps of any size, and reports their goals and the reasons for which
// collections start.
package main

import (
	"github.com/orrery-go/orrery/gc/pacer/pacerlive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(pacerlive.Reply) }
