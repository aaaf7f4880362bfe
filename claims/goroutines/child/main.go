// Child answers a question of package goroutines in a process of its own.
package main

import (
	"fmt"

	"github.com/orrery-go/orrery/claims/goroutines"
	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	child.Serve(func(id string) (string, error) {
		if q := goroutines.GoroutineQuestions[id]; q != nil {
			return q(), nil
		}
		return "", fmt.Errorf("no question of row %q", id)
	})
}
