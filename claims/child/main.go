// Child answers questions of the ledger without the race detector, which would change the
// answer.
package main

import (
	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/internal/child"
)

func main() {
	child.Serve(claims.Live)
}
