// Child uses maps in ways that a test program cannot: it measures the blocks that they
// allocate, undisturbed, and dies of their fatal errors.
package main

import (
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(gomaplive.Answer) }
