// Child answers the questions of package syncmaplive in a process where nothing else
// allocates.
package main

import (
	"github.com/orrery-go/orrery/gomap/syncmap/syncmaplive"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(syncmaplive.Count) }
