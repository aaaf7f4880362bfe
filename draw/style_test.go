package draw

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
)

// contrast returns the contrast, by WCAG 2, between two colours like #1f2328.
func contrast(t *testing.T, a, b string) float64 {
	luminance := func(c string) float64 {
		n, err := strconv.ParseUint(strings.TrimPrefix(c, "#"), 16, 24)
		if err != nil || len(c) != 7 {
			t.Fatalf("%q is no colour", c)
		}
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			v := float64(n>>(16-8*i)&0xff) / 255
			if v <= 0.04045 {
				v /= 12.92
			} else {
				v = math.Pow((v+0.055)/1.055, 2.4)
			}
			sum += weight * v
		}
		return sum
	}
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast checks that text is legible on its background and on every box that it is
// drawn on, light and dark.
func TestContrast(t *testing.T) {
	const least = 4.5
	check := func(what, text, on string) {
		if c := contrast(t, text, on); c < least {
			t.Errorf("%s: %s on %s is %.2f to 1, want %.1f", what, text, on, c, least)
		}
	}
	ink, dim := inks[0], inks[1]
	for _, k := range inks {
		check(k.class+" on light paper", k.light, "#ffffff")
		check(k.class+" on dark paper", k.dark, "#0d1117")
	}
	for _, k := range fills {
		switch k.class {
		case "full", "hot": // no text is drawn on shares
		case "white", "grey":
			check(k.class, "#111111", k.light)
		case "black":
			check(k.class, "#ffffff", k.light)
		default:
			check(k.class+", light", ink.light, k.light)
			check(k.class+", dark", ink.dark, k.dark)
		}
	}
	for _, k := range fills[:2] { // locks have dim text, too
		check("dim on "+k.class+", light", dim.light, k.light)
		check("dim on "+k.class+", dark", dim.dark, k.dark)
	}
	if contrast(t, "#000000", "#ffffff") < 20.9 || contrast(t, "#777777", "#ffffff") > 4.5 {
		t.Error("the contrast is computed wrongly")
	}
}

// TestDoc checks that doc.go lists every picture.
func TestDoc(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.IsExported() {
				found++
				if !strings.Contains(string(doc), "//\t"+fn.Name.Name+" ") {
					t.Errorf("doc.go does not list %s", fn.Name.Name)
				}
			}
		}
	}
	if found < 7 {
		t.Errorf("found %d pictures", found)
	}
}
