//go:build !linux

package main

import (
	"fmt"
	"runtime"

	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	child.Serve(func(id string) (string, error) {
		return "", fmt.Errorf("schedchild: %s on %s: threads are looked at in Linux", id, runtime.GOOS)
	})
}
