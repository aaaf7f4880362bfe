// Child answers the questions of the ledger for a program that was built with the race
// detector, which changes some answers.
package main

import (
	"github.com/orrery-go/orrery/claims"
	"github.com/orrery-go/orrery/internal/child"
)

func main() { child.Serve(claims.Live) }
