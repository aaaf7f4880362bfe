//go:build linux

package main

import (
	"fmt"

	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	if isolated() {
		return
	}
	child.Serve(func(id string) (string, error) {
		q := schedQuestions[id]
		if q == nil {
			return "", fmt.Errorf("schedchild: no question %q", id)
		}
		return q(), nil
	})
}
