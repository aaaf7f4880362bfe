package ifacelive

import (
	"embed"
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// Answers are the answers of a release to the cases.
type Answers struct {
	Asserts []string // the texts of panics, without "interface conversion: "
	Cases   string   // t, f, and sums of texts
	Ends    string
	Conv    string // numbers of objects that conversions allocate, kept and not kept
	Hashes  string
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

//go:embed testdata/conv.go
var probeConv string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "ifacelive", Source: probe, More: map[string]string{"conv.go": probeConv, "cases.go": caseSource()}, Env: []string{"GOMAXPROCS=1"}},
	Files: files,
	Dir:   "iface/ifacelive",
}

// caseSource returns the file of the probe that has the cases.
func caseSource() string {
	var b strings.Builder
	b.WriteString("package main\n\nimport (\n\t\"errors\"\n\t\"math\"\n\t\"reflect\"\n)\n\nvar _ = errors.New\nvar _ = math.NaN\n\n")
	for _, d := range Declarations {
		fmt.Fprintln(&b, d)
	}
	list := func(name string, cases []Case) {
		fmt.Fprintf(&b, "\nvar %s = []func() interface{}{\n", name)
		for _, c := range cases {
			b.WriteString("\tfunc() interface{} {\n")
			for _, s := range c.Setup {
				fmt.Fprintf(&b, "\t\t%s\n", s)
			}
			fmt.Fprintf(&b, "\t\treturn %s\n\t},\n", c.Expr)
		}
		b.WriteString("}\n")
	}
	var asserts []Case
	for _, a := range Asserts {
		asserts = append(asserts, Case{Expr: a})
	}
	list("asserts", asserts)
	list("cases", Cases)
	list("ends", Ends)
	b.WriteString("\nvar hashed = []interface{}{\n")
	for _, t := range Hashed {
		fmt.Fprintf(&b, "\t*new(%s),\n", t)
	}
	b.WriteString("}\n")
	return b.String()
}
