package escape_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/escape"
)

// BenchmarkCorpus analyzes the corpus, already parsed and type-checked, and reports
// lines of source per second.
func BenchmarkCorpus(b *testing.B) {
	p := corpusFile(b, "base")
	lines := p.Fset.File(p.Files[0].Pos()).LineCount()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := escape.Analyze(p, escape.Config{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(lines)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkLinear has ten times as many functions at each step: the lines per second
// stay the same.
func BenchmarkLinear(b *testing.B) {
	for _, n := range []int{100, 1000, 10000} {
		var src strings.Builder
		src.WriteString("package p\n")
		for i := range n {
			fmt.Fprintf(&src, "func f%d(p **int) *int { x := 1; q := &x; if q == nil { q = *p }; return q }\n", i)
		}
		p := check(b, "x.go", src.String())
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := escape.Analyze(p, escape.Config{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
