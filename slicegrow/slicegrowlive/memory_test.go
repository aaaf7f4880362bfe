package slicegrowlive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/slicegrow"
)

// memoryNames are the variables of the programs.
var memoryNames = []string{"a", "b", "c", "d"}

// memoryStatement draws a statement about slices that share arrays.
func memoryStatement(rng *rand.Rand) string {
	v := func() string { return memoryNames[rng.IntN(len(memoryNames))] }
	n := func() int { return rng.IntN(6) }
	part := func() string {
		lo := rng.IntN(3)
		hi := lo + rng.IntN(4)
		switch rng.IntN(4) {
		case 0:
			return fmt.Sprintf("%s[:%d]", v(), hi)
		case 1:
			return fmt.Sprintf("%s[%d:]", v(), lo)
		case 2:
			return fmt.Sprintf("%s[%d:%d:%d]", v(), lo, hi, hi+rng.IntN(3))
		}
		return fmt.Sprintf("%s[%d:%d]", v(), lo, hi)
	}
	value := func() string {
		return []string{fmt.Sprint(10 + rng.IntN(90)), v() + "[0]", "len(" + v() + ")"}[rng.IntN(3)]
	}
	from := func() string { return []string{v(), v(), part()}[rng.IntN(3)] }
	switch rng.IntN(12) {
	case 0:
		return v() + " = []int{1, 2, 3, 4, 5}"[:len(" = []int{1")+3*rng.IntN(5)] + "}"
	case 1:
		return fmt.Sprintf("%s = make([]int, %d, %d)", v(), n(), 6+n())
	case 2, 3, 4:
		return v() + " = " + part()
	case 5, 6, 7:
		return fmt.Sprintf("%s = append(%s%s)", v(), from(), strings.Repeat(", "+value(), rng.IntN(3)))
	case 8:
		return fmt.Sprintf("%s = append(%s, %s...)", v(), from(), from())
	case 9:
		return fmt.Sprintf("%s[%d] = %s", v(), n(), value())
	case 10:
		return fmt.Sprintf("copy(%s, %s)", from(), from())
	}
	return v() + " = " + []string{v(), "nil", "[]int{}"}[rng.IntN(3)]
}

// TestMemory compares elements and shared arrays with programs of the running Go and, in
// the full run, of releases with other rules.
func TestMemory(t *testing.T) {
	t.Parallel()
	if word == 4 {
		t.Skip("the go command of this machine builds for 8-byte words")
	}
	rng := rand.New(rand.NewPCG(5, 8))
	programs := make([][]string, 60)
	for i := range programs {
		for range 25 {
			programs[i] = append(programs[i], memoryStatement(rng))
		}
	}
	releases := append([]string{release.Running}, toolchain.Requested()...)
	if os.Getenv("ORRERY_FULL") != "" {
		releases = append(releases, "go1.2.2", "go1.4.3", "go1.12.17", "go1.13.15", "go1.15.15", "go1.17.13", "go1.18.10", "go1.25.14", "go1.27.4")
	}
	for _, rel := range releases {
		live, err := toolchain.Run[[][]string](t.Context(), rel, toolchain.Probe{Name: "memory", Source: memoryProgram(programs)})
		if err != nil {
			t.Fatal(err)
		}
		r, err := slicegrow.ForRelease(rel)
		if err != nil {
			t.Fatal(err)
		}
		steps, crashes := 0, 0
		for i, p := range programs {
			m := r.NewMemory()
			for _, name := range memoryNames {
				if _, err := m.Do("var " + name + " []int"); err != nil {
					t.Fatal(err)
				}
			}
			for j, statement := range p {
				_, err := m.Do(statement)
				var c *crash.Error
				if err != nil && !errors.As(err, &c) {
					t.Fatalf("%s: %v", statement, err)
				}
				if err != nil {
					crashes++
				}
				if diff := cmp.Diff(memoryLine(m, c), live[i][j]); diff != "" {
					t.Fatalf("%s, after %q (-model +live):\n%s", rel, p[:j+1], diff)
				}
				steps++
			}
		}
		t.Logf("%s: %d statements, %d of them panics, 0 mismatches", rel, steps, crashes)
		if crashes == 0 || crashes > steps/2 {
			t.Errorf("%d of %d statements panic", crashes, steps)
		}
	}
}

// memoryLine returns what the program prints after a statement.
func memoryLine(m *slicegrow.Memory, c *crash.Error) string {
	var out strings.Builder
	for _, v := range m.Snapshot().Vars {
		fmt.Fprint(&out, v.Elements, " ", v.Cap, " ", v.Nil, "; ")
	}
	if c != nil {
		out.WriteString(c.Text)
	}
	return out.String()
}

func memoryProgram(programs [][]string) string {
	var b strings.Builder
	b.WriteString(`package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

var lines []string

func try(f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			text = strings.TrimPrefix(fmt.Sprint(r), "runtime error: ")
		}
	}()
	f()
	return ""
}

func show(text string, all ...[]int) {
	line := ""
	for _, s := range all {
		line += fmt.Sprint(s, " ", cap(s), " ", s == nil, "; ")
	}
	lines = append(lines, line+text)
}

`)
	for i, p := range programs {
		fmt.Fprintf(&b, "func f%d() {\n\tvar a, b, c, d []int\n", i)
		for _, statement := range p {
			fmt.Fprintf(&b, "\tshow(try(func() { %s }), a, b, c, d)\n", statement)
		}
		b.WriteString("}\n\n")
	}
	b.WriteString("func main() {\n\tvar all [][]string\n")
	for i := range programs {
		fmt.Fprintf(&b, "\tf%d()\n\tall = append(all, lines)\n\tlines = nil\n", i)
	}
	b.WriteString("\tjson.NewEncoder(os.Stdout).Encode(all)\n}\n")
	return b.String()
}
