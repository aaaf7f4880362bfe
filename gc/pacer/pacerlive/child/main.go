// Child has heaps of any size, and tells their goals and what starts a collection.
package main

import (
	"github.com/orrery-go/orrery/gc/pacer/pacerlive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(pacerlive.Reply) }
