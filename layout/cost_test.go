package layout_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/internal/cputime"
	"github.com/orrery-go/orrery/layout"
)

// TestParseCost: the time of Parse grows with the length of the source, whatever its
// content. Each of these took seconds once, or far longer.
func TestParseCost(t *testing.T) {
	// In each copy, # is its number and @ that of the next one.
	repeat := func(n int, text string) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(strings.NewReplacer("#", strconv.Itoa(i), "@", strconv.Itoa(i+1)).Replace(text))
		}
		return b.String()
	}
	for name, src := range map[string]string{
		"interfaces that embed the next one": repeat(20_000, "type I# interface { I@; M#() };") + "type I20000 interface{}",
		"an interface that embeds many":      "type A interface {" + repeat(15_000, "I#;") + "};" + repeat(15_000, "type I# interface{ J; M#() };") + "type J interface{}",
		"many methods":                       "interface {" + repeat(70_000, "M#();") + "}",
		"many methods twice":                 "type A interface { M(B) }; type C interface { A; M(D) }; type B = interface {" + repeat(20_000, "M#();") + "}; type D = interface {" + repeat(20_000, "M#();") + "}",
		"a large key of many maps":           "type K struct {" + repeat(20_000, "f# int;") + "}; type T struct {" + repeat(20_000, "f# map[K]K;") + "}",
		"names of names":                     "type T struct { a A0 };" + repeat(9_000, "type A# A@;") + "type A9000 int",
		"constants of constants":             "type T [C0]int;" + repeat(20_000, "const C# = C@ + 1;") + "const C20000 = 1",
		"doubled":                            "type T struct { a A0 };" + repeat(9_000, "type A# = struct { a, b A@ };") + "type A9000 = int",
		"doubled keys":                       "type T map[A0]int;" + repeat(100, "type A# struct { a, b A@ };") + "type A100 int",
		"doubled methods":                    "type T interface { A; B }; type A interface { M(X0) }; type B interface { M(Y0) };" + repeat(100, "type X# = func(X@, X@); type Y# = func(Y@, Y@);") + "type X100 = int; type Y100 = int",
		"parentheses":                        strings.Repeat("(", 90_000) + "int" + strings.Repeat(")", 90_000),
	} {
		began := cputime.Process()
		_, err := layout.Parse(src)
		took := cputime.Process() - began
		if took > 5*time.Second { // it takes some milliseconds
			t.Errorf("%s: %v for %d bytes", name, took, len(src))
		}
		if testing.Verbose() {
			t.Logf("%s: %d bytes, %v, %.80v", name, len(src), took, err)
		}
	}
}
