package draw_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/layout"
)

var update = flag.Bool("update", false, "rewrite the pictures in testdata")

// same compares a picture with its file in testdata, which a person has looked at.
func same(t *testing.T, name, picture string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(picture), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(file); err != nil || string(want) != picture {
		t.Errorf("%s is another picture now (%v); -update rewrites it", file, err)
	}
}

// pictures are types whose pictures have every possible element.
var pictures = map[string]struct{ arch, src string }{
	"order":   {"amd64", "struct{ ok bool; n int64; name string; age uint16; done bool; flags [3]byte }"},
	"long":    {"amd64", "struct{ head *int; body [1000]int32; tail struct{} }"},
	"align64": {"386", "struct{ a bool; n atomic.Int64; s []string; c complex64; z [0]int64 }"},
	"string":  {"arm64", "string"},
	"empty":   {"wasm", "struct{ a struct{}; b [0]*int }"},
}

func of(t rapid.TB, arch, src string) layout.Layout {
	t.Helper()
	typ, err := layout.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	l, err := layout.Of(arch, typ)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// wellFormed parses a picture, and counts its rectangles.
func wellFormed(t rapid.TB, picture string) (rects int) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(picture))
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return rects
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, picture)
		}
		if e, ok := tok.(xml.StartElement); ok && e.Name.Local == "rect" {
			rects++
		}
	}
}

// TestLayout compares pictures with those in testdata, which people have looked at.
func TestLayout(t *testing.T) {
	for name, p := range pictures {
		got := draw.LayoutWords(of(t, p.arch, p.src))
		wellFormed(t, got)
		same(t, "layout_"+name+".svg", got)
	}
}

// TestLayoutAnything draws random structs: the picture is well formed and has a
// box for each cell of each row.
func TestLayoutAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		st := &layout.Struct{}
		for range rapid.IntRange(0, 9).Draw(t, "fields") {
			st.Fields = append(st.Fields, layout.Field{
				Name: rapid.String().Draw(t, "name"),
				Tag:  rapid.String().Draw(t, "tag"),
				Type: &layout.Array{
					Len:  rapid.Int64Range(0, 70).Draw(t, "len"),
					Elem: layout.Basic(rapid.IntRange(int(layout.Bool), int(layout.UnsafePointer)).Draw(t, "type")),
				},
			})
		}
		l, err := layout.Of(rapid.SampledFrom(layout.Archs()).Draw(t, "arch"), st)
		if err != nil {
			t.Fatal(err)
		}
		picture := draw.LayoutWords(l)
		cells := 3 // of the legend
		for _, r := range l.Rows() {
			cells += len(r.Cells)
		}
		if rects := wellFormed(t, picture); rects != cells {
			t.Fatalf("%v: %d boxes for %d cells", st, rects, cells)
		}
		if draw.LayoutWords(l) != picture {
			t.Fatalf("%v: two pictures", st)
		}
	})
}

func ExampleLayoutWords() {
	t, err := layout.Parse("struct{ ok bool; n int32 }")
	if err != nil {
		fmt.Println(err)
		return
	}
	l, err := layout.Of("amd64", t)
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(draw.LayoutWords(l)) {
		if strings.HasPrefix(line, "<title>") || strings.Contains(line, `class="pad"`) {
			fmt.Print(line)
		}
	}
	// Output:
	// <title>struct{ ok bool; n int32 } on amd64: size 8, align 4, pointer bytes 0, padding 3</title>
	// <rect class="pad" x="128" y="76" width="132" height="30"/>
	// <rect class="pad" x="488" y="118" width="16" height="16"/>
}
