package slicegrowlive

import (
	"os"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/slicegrow"
)

// TestPatches checks a change in patch releases: the pointer that append leaves in a
// slice of elements of size 0. The releases themselves run only in the full run.
func TestPatches(t *testing.T) {
	const probe = `package main

import "fmt"

func main() {
	var s []struct{}
	fmt.Println(append(s, struct{}{}) == nil)
}
`
	for rel, wantNil := range map[string]bool{
		"go1.2.2": false, "go1.3.1": true, "go1.3.3": true, "go1.4.1": true, "go1.4.2": true, "go1.4.3": false, "go1.4": false, "go1.4.0": true, "go1.5.4": false,
	} {
		r, err := slicegrow.ForRelease(rel)
		if err != nil {
			t.Fatal(err)
		}
		after, _, err := r.Append(slicegrow.Var(), slicegrow.Append{Count: 1})
		if err != nil || after.IsNil() != wantNil {
			t.Errorf("%s: append(nil, struct{}{}) is %v, %v; want nil: %v", rel, after, err, wantNil)
		}
		if os.Getenv("ORRERY_FULL") == "" || rel == "go1.4.0" { // there is no module of it
			continue
		}
		real, err := toolchain.Run[bool](t.Context(), rel, toolchain.Probe{Name: "nil", Source: probe})
		if err != nil {
			t.Fatal(err)
		}
		if real != wantNil {
			t.Errorf("%s: really nil: %v, want %v", rel, real, wantNil)
		}
	}
}
