// Child is another process, for [ipclive.AddressSpaces].
package main

import (
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/ipc/ipclive"
)

func main() { child.Serve(ipclive.StoreBoth) }
