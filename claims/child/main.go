// Child answers questions of the ledger in a process of its own: those of package
// goroutines, and, without the race detector, those whose answers it changes.
package main

import (
	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/claims/goroutines"
	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	child.Serve(func(id string) (string, error) {
		if q := goroutines.GoroutineQuestions[id]; q != nil {
			return q(), nil
		}
		return claims.Live(id)
	})
}
