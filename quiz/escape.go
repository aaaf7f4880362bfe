package quiz

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/escape"
)

var escapeForms = []form{{"which", escapeWhich}, {"parameter", escapeParam}, {"release", escapeRelease}, {"size", escapeSize}}

// analyzed returns what the compiler of a release says about a source of package x.
func analyzed(rel, src string) (*escape.Result, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "x.go", src, parser.ParseComments)
	if err != nil {
		return nil, err
	}
	info := escape.NewInfo()
	pkg, err := new(types.Config).Check("x", fset, []*ast.File{f}, info)
	if err != nil {
		return nil, err
	}
	return escape.Analyze(escape.Package{Fset: fset, Files: []*ast.File{f}, Types: pkg, Info: info}, escape.Config{Release: rel, Explain: true})
}

// messages returns the lines of go build -gcflags='-m -l' about function f, which is
// asked about.
func messages(res *escape.Result) string {
	var b strings.Builder
	for _, d := range res.Diagnostics {
		if d.Function != "f" && !strings.HasPrefix(d.Function, "f.") {
			continue
		}
		fmt.Fprintln(&b, d)
		if w := d.Words(); w != "" && w != d.Text {
			fmt.Fprintln(&b, "    "+w)
		}
	}
	return b.String()
}

// around is what the statements of questions use.
const around = `package x

var kept *int
var box any

func use(p *int) int    { return *p }
func keep(p *int)       { kept = p }
func same(p *int) *int  { return p }
func run(f func())      { f() }
`

// onAVariable are statements that do something with a variable %s.
var onAVariable = []string{
	"kept = &%s", "keep(&%s)", "n += use(&%s)", "n += *same(&%s)", "ch <- &%s", "sink(&%s)", "run(func() { %[1]s++ })", "go func() { %s++ }()", "defer func() { %s++ }()",
	"s := []*int{&%s}; n += len(s)", "list[0] = &%s", "box = %s", "n += %s", "m := map[string]*int{`k`: &%s}; n += len(m)", "func() { %s++ }()",
}

func escapeWhich(r *rand.Rand) (draft, error) {
	vars := []string{"a", "b", "c"}
	src := around + "\nfunc f(ch chan *int, sink func(*int), list []*int) (n int) {\n"
	var shown []string
	shown = append(shown, "func f(ch chan *int, sink func(*int), list []*int) (n int) {")
	for i, k := range r.Perm(len(onAVariable))[:len(vars)] {
		line := fmt.Sprintf("\t%s := %d\n\t%s", vars[i], i+1, fmt.Sprintf(onAVariable[k], vars[i]))
		if strings.Contains(onAVariable[k], ":=") {
			line = fmt.Sprintf("\t%s := %d\n\t{ %s }", vars[i], i+1, fmt.Sprintf(onAVariable[k], vars[i]))
		}
		src += line + "\n"
		shown = append(shown, line)
	}
	src += "\treturn n\n}\n"
	shown = append(shown, "\treturn n", "}")
	res, err := analyzed("go1.26", src)
	if err != nil {
		return draft{}, err
	}
	var moved []string
	for _, d := range res.Diagnostics {
		if d.Verdict == escape.MovedToHeap && slices.Contains(vars, d.Name) {
			moved = append(moved, d.Name)
		}
	}
	slices.Sort(moved)
	none := text{"none of them", "都不在"}
	list := func(names []string) text {
		if len(names) == 0 {
			return none
		}
		return same(strings.Join(names, " "))
	}
	d := draft{
		text: say("go1.26, no inlining. kept is a global *int, box a global any, and\n%s\n%s\nWhich of a, b, c are moved to the heap?",
			"go1.26，不内联。kept 是全局的 *int，box 是全局的 any，另有\n%s\n%s\na、b、c 中哪些被移到堆上？",
			indent(around[strings.Index(around, "func use"):]), indent(strings.ReplaceAll(strings.Join(shown, "\n"), "\t", "    "))),
		right: list(moved), why: same(messages(res)), rule: "walk",
	}
	others := [][]string{{"a", "b", "c"}, {"a"}, {"b"}, {"c"}, {"a", "b"}, {"a", "c"}, {"b", "c"}, nil}
	// Those that differ in one variable are the likeliest.
	slices.SortStableFunc(others, func(x, y []string) int { return differ(x, moved) - differ(y, moved) })
	close := others[1:4]
	r.Shuffle(len(close), func(i, j int) { close[i], close[j] = close[j], close[i] })
	for _, o := range close {
		d.wrong = append(d.wrong, list(o))
	}
	return d, nil
}

// differ counts the names that are in one of two lists alone.
func differ(x, y []string) (n int) {
	for _, name := range []string{"a", "b", "c"} {
		if slices.Contains(x, name) != slices.Contains(y, name) {
			n++
		}
	}
	return n
}

// onAParameter are functions of a parameter p.
var onAParameter = []string{
	"func f(p *int) int { return *p }", "func f(p *int) *int { return p }", "func f(p *int) { kept = p }", "func f(p **int) *int { return *p }", "func f(p **int) { kept = *p }",
	"func f(p *int) any { return p }", "func f(p []*int) *int { return p[0] }", "func f(p []*int) []*int { return p[1:] }", "func f(p *int) { go func() { *p++ }() }", "func f(p *int) func() int { return func() int { return *p } }",
	"func f(p *int) { use(p) }", "func f(p *int) { keep(p) }", "func f(p *int, g func(*int)) { g(p) }", "func f(p *int) *int { return same(p) }", "func f(p *T) *int { return p.x }", "func f(p *T) { p.x = nil }", "func f(p *int, ch chan *int) { ch <- p }",
	"func f(p *int) (q *int) { q = p; return q }", "func f(p map[string]*int) *int { return p[`k`] }", "func f(p string) []byte { return []byte(p) }", "func f(p string) string { return p[1:] }",
}

var parameter = regexp.MustCompile(`\bp\b`)

func escapeParam(r *rand.Rand) (draft, error) {
	name := pick(r, "p", "v", "in", "arg")
	code := parameter.ReplaceAllString(onAParameter[r.IntN(len(onAParameter))], name)
	res, err := analyzed("go1.26", around+"\ntype T struct{ x *int }\n\n"+code+"\n")
	if err != nil {
		return draft{}, err
	}
	said := ""
	for _, d := range res.Diagnostics {
		if d.Function == "f" && d.Name == name {
			said = d.Text
		}
	}
	if said == "" {
		return draft{}, nil
	}
	d := draft{
		text: say("go1.26, no inlining, with kept a global *int, and type T struct{ x *int }:\n%s\n%s\nWhat does -gcflags='-m -l' say about %s?",
			"go1.26，不内联；kept 是全局的 *int，type T struct{ x *int }：\n%s\n%s\n-gcflags='-m -l' 对 %s 怎么说？",
			indent(around[strings.Index(around, "func use"):]), indent(code), name),
		right: same(said), rule: "tags",
		why: say("level is how often what flows out was dereferenced: 0 is the pointer itself, 1 what it points to\n%s", "level 是流出之前解引用的次数：0 是指针本身，1 是它所指的内容\n%s", messages(res)),
	}
	all := []string{name + " does not escape", "leaking param: " + name, "leaking param: " + name + " to result ~r0 level=0", "leaking param: " + name + " to result ~r0 level=1", "leaking param content: " + name}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	d.wrong = each(all...)
	return d, nil
}

// inReleases are functions whose answer has changed, or is believed to have.
var inReleases = []struct{ code, about, rule string }{
	{"func f(n int) int { s := make([]byte, n); return len(s) }", "make([]byte, n)", "limits"},
	{"func f() int { s := make([]byte, 64); return len(s) }", "make([]byte, 64)", "limits"},
	{"func f() int { n := 8; s := make([]int, n); return len(s) }", "make([]int, n)", "literals"},
	{"func f(w W) { var b [8]byte; w.Write(b[:]) }", "b", "interfaces"},
	{"func f() { var b [8]byte; var w W = T{}; w.Write(b[:]) }", "b", "devirtualize"},
	{"func f() { for i := 0; i < 3; i++ { defer func() { kept = nil }() } }", "func literal", "go-defer"},
	{"func f() int { var b [200 << 10]byte; return len(b[:]) }", "b", "limits"},
	{"func f() int { var b [20 << 20]byte; return len(b[:]) }", "b", "limits"},
	{"func f() (g func() int) { for i := 0; i < 3; i++ { g = func() int { return i } }; return g }", "i", "loop-variables"},
	{"func f() { x := 1; kept = &x }", "x", "walk"},
	{"func f(p *int) bool { q := new(int); return p == q }", "new(int)", "walk"},
}

func escapeRelease(r *rand.Rand) (draft, error) {
	k := inReleases[r.IntN(len(inReleases))]
	src := "package x\n\nvar kept *int\n\ntype W interface{ Write([]byte) }\ntype T struct{}\n\nfunc (T) Write(b []byte) {}\n\n" + k.code + "\n"
	places := map[bool]text{true: {"on the heap", "在堆上"}, false: {"on the stack", "在栈上"}}
	var rels []string
	for _, rel := range r.Perm(4)[:2] {
		rels = append(rels, []string{"go1.15", "go1.21", "go1.24", "go1.26"}[rel])
	}
	slices.Sort(rels)
	var heap []bool
	why := ""
	for _, rel := range rels {
		res, err := analyzed(rel, src)
		if err != nil {
			return draft{}, err
		}
		on := false
		for _, d := range res.Diagnostics {
			if d.Function != "f" {
				continue
			}
			on = on || d.Name == k.about && (d.Verdict == escape.MovedToHeap || d.Verdict == escape.EscapesToHeap)
			why += fmt.Sprintf("%s: %v\n", rel, d)
		}
		why += fmt.Sprintf("%s: %s is %s\n", rel, k.about, places[on].en)
		heap = append(heap, on)
	}
	pair := func(a, b bool) text {
		return say("%s: %s, %s: %s", "%s：%s，%s：%s", rels[0], places[a], rels[1], places[b])
	}
	return draft{
		text: say("No inlining, kept is a global *int, W an interface with the method Write, T a type whose Write does nothing:\n%s\nWhere is %s?",
			"不内联；kept 是全局的 *int，W 是有 Write 方法的接口，T 的 Write 什么也不做：\n%s\n%s 在哪里？", indent(k.code), k.about),
		right: pair(heap[0], heap[1]), wrong: []text{pair(true, true), pair(false, false), pair(true, false), pair(false, true)},
		why: same(why), rule: k.rule,
	}, nil
}

func escapeSize(r *rand.Rand) (draft, error) {
	rel := pick(r, "go1.21", "go1.26")
	kib := pick[int64](r, 32, 63, 64, 65, 127, 128, 129, 1024, 10240, 10241)
	forms := []struct{ code, about string }{
		{fmt.Sprintf("func f() int { var b [%d << 10]byte; return len(b[:]) }", kib), "b"},
		{fmt.Sprintf("func f() int { b := make([]byte, %d<<10); return len(b) }", kib), "make"},
		{fmt.Sprintf("func f() int { b := new([%d << 10]byte); return len(b[:]) }", kib), "new"},
	}
	k := forms[r.IntN(len(forms))]
	res, err := analyzed(rel, "package x\n\n"+k.code+"\n")
	if err != nil {
		return draft{}, err
	}
	heap := false
	for _, d := range res.Diagnostics {
		if strings.HasPrefix(d.Name, k.about) {
			heap = heap || d.Verdict == escape.MovedToHeap || d.Verdict == escape.EscapesToHeap
		}
	}
	stack, onHeap := text{"on the stack", "在栈上"}, text{"on the heap", "在堆上"}
	right, wrong := stack, onHeap
	if heap {
		right, wrong = onHeap, stack
	}
	return draft{
		text:  say("%s, no inlining:\n%s\nb does not leave the function. Where are its %d KiB?", "%s，不内联：\n%s\nb 不离开函数。这 %d KiB 放在哪里？", rel, indent(k.code), kib),
		right: right, wrong: []text{wrong, {"on the stack until it grows, then on the heap", "先在栈上，栈增长时移到堆上"}},
		why: say("a variable may have 10 MiB up to 1.23, 128 KiB since; make and new 64 KiB\n%s", "变量的上限：1.23 及以前 10 MiB，之后 128 KiB；make 和 new 为 64 KiB\n%s", messages(res)), rule: "limits",
	}, nil
}
