package escapelive

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A randomPackage is a random package for the compiler: functions that pass pointers
// around in all the ways that the generator knows. It type-checks, but does nothing
// useful.
type randomPackage struct {
	r     *rand.Rand
	b     strings.Builder
	vars  []randomVar
	next  int
	depth int
	funcs int
}

type randomVar struct{ name, typ string }

// The types of variables; value makes expressions of each.
var randomTypes = []string{"*int", "**int", "[]*int", "map[int]*int", "T", "*T", "any", "func() *int", "chan *int", "[2]*int", "I", "int", "string", "[]byte", "func(*int) *int", "E", "G[*int]"}

const randomHead = `package p

type T struct { p *int; q **int; s []*int; n int; a any; next *T }
type E struct { *T; k int }
type I interface { M(p *int) *int; N() any }
type G[X any] struct { x X; xs []X }
func (t *T) M(p *int) *int { t.p = p; return t.p }
func (t T) N() any { return t.a }
type V struct { n int }
func (v V) M(p *int) *int { return p }
func (v V) N() any { return v.n }
func (g *G[X]) put(x X) X { g.xs = append(g.xs, x); return g.x }
func (g G[X]) get() X { return g.x }
func same[X any](x X) X { return x }
func first[X any](xs ...X) (x X) { for _, x = range xs { break }; return }
func each(yield func(*int, int) bool) { x := 1; _ = yield(&x, 2) }
var sink any
var gp *int
var gt = &T{}
var gs []*int

`

// Random returns the source of a random package, the same for a seed.
func Random(seed uint64, functions int) string {
	p := &randomPackage{r: rand.New(rand.NewPCG(seed, 5))}
	p.b.WriteString(randomHead)
	for p.funcs = range functions {
		p.function()
	}
	return p.b.String()
}

func (p *randomPackage) n(n int) int                { return p.r.IntN(n) }
func (p *randomPackage) pick(list ...string) string { return list[p.n(len(list))] }

func (p *randomPackage) line(format string, args ...any) {
	fmt.Fprintf(&p.b, strings.Repeat("\t", p.depth)+format+"\n", args...)
}

// signature returns the signature of function i, always the same.
func signature(i int) (params, results []string) {
	r := rand.New(rand.NewPCG(uint64(i), 9))
	for range r.IntN(3) + 1 {
		params = append(params, randomTypes[r.IntN(len(randomTypes))])
	}
	for range r.IntN(3) {
		results = append(results, randomTypes[r.IntN(len(randomTypes))])
	}
	return params, results
}

func (p *randomPackage) function() {
	params, results := signature(p.funcs)
	p.vars, p.next = nil, 0
	var in, out []string
	for _, t := range params {
		in = append(in, p.fresh(t)+" "+t)
	}
	named := p.n(2) == 0
	for _, t := range results {
		if named {
			out = append(out, p.fresh(t)+" "+t)
		} else {
			out = append(out, t)
		}
	}
	p.line("func f%d(%s) (%s) {", p.funcs, strings.Join(in, ", "), strings.Join(out, ", "))
	p.depth++
	p.block(4 + p.n(6))
	if len(results) > 0 {
		p.line("return %s", p.values(results))
	}
	p.depth--
	p.line("}\n")
}

func (p *randomPackage) fresh(t string) string {
	p.next++
	name := fmt.Sprintf("v%d", p.next)
	p.vars = append(p.vars, randomVar{name, t})
	return name
}

func (p *randomPackage) values(types []string) string {
	var out []string
	for _, t := range types {
		out = append(out, p.value(t, 2))
	}
	return strings.Join(out, ", ")
}

// variableOf returns a variable of a type, "" if there is none.
func (p *randomPackage) variableOf(t string) string {
	var of []string
	for _, v := range p.vars {
		if v.typ == t {
			of = append(of, v.name)
		}
	}
	if len(of) == 0 {
		return ""
	}
	return of[p.n(len(of))]
}

// value returns an expression of a type.
func (p *randomPackage) value(t string, depth int) string {
	if v := p.variableOf(t); v != "" && (depth == 0 || p.n(2) == 0) {
		return v
	}
	v := func(t string) string { return p.value(t, depth-1) }
	if depth == 0 {
		return map[string]string{
			"*int": "new(int)", "**int": "new(*int)", "[]*int": "[]*int(nil)", "map[int]*int": "map[int]*int{}", "T": "T{}", "*T": "&T{}", "any": "any(nil)",
			"func() *int": "(func() *int)(nil)", "chan *int": "make(chan *int)", "[2]*int": "[2]*int{}", "I": "I(V{1})", "int": "7", "string": `"s"`, "[]byte": "[]byte(nil)",
			"func(*int) *int": "(func(*int) *int)(nil)", "E": "E{}", "G[*int]": "G[*int]{}",
		}[t]
	}
	switch t {
	case "*int":
		if x := p.variableOf("int"); x != "" && p.n(3) == 0 {
			return "&" + x
		}
		return p.pick("new(int)", "*("+v("**int")+")", "("+v("[]*int")+")[0]", "("+v("map[int]*int")+")[1]", "("+v("T")+").p", "("+v("*T")+").p", "("+v("any")+").(*int)",
			"gp", "("+v("[2]*int")+")[1]", "("+v("I")+").M("+v("*int")+")", "<-("+v("chan *int")+")", "("+v("func() *int")+")()", "("+v("func(*int) *int")+")("+v("*int")+")",
			"("+v("E")+").p", "same("+v("*int")+")", "first("+v("*int")+", "+v("*int")+")", "&("+v("*T")+").n", "("+v("G[*int]")+").get()", p.call(t, depth))
	case "**int":
		if x := p.variableOf("*int"); x != "" && p.n(2) == 0 {
			return "&" + x
		}
		return p.pick("new(*int)", "("+v("T")+").q", "&("+v("*T")+").p", "&("+v("[]*int")+")[0]", "same("+v("**int")+")", p.call(t, depth))
	case "[]*int":
		if x := p.variableOf("[2]*int"); x != "" && p.n(3) == 0 {
			return x + "[:]"
		}
		return p.pick("[]*int{"+v("*int")+", "+v("*int")+"}", "make([]*int, "+v("int")+")", "make([]*int, 3)", "append("+v("[]*int")+", "+v("*int")+")", "append("+v("[]*int")+", "+v("[]*int")+"...)",
			"("+v("[]*int")+")[1:]", "("+v("T")+").s", "gs", "[]*int{}", p.call(t, depth))
	case "map[int]*int":
		return p.pick("map[int]*int{1: "+v("*int")+"}", "make(map[int]*int)", "make(map[int]*int, "+v("int")+")", p.call(t, depth))
	case "T":
		return p.pick("T{p: "+v("*int")+"}", "T{q: "+v("**int")+", a: "+v("any")+"}", "*("+v("*T")+")", "*("+v("E")+").T", "("+v("any")+").(T)", p.call(t, depth))
	case "*T":
		if x := p.variableOf("T"); x != "" && p.n(2) == 0 {
			return "&" + x
		}
		return p.pick("&T{p: "+v("*int")+"}", "new(T)", "gt", "("+v("*T")+").next", "("+v("E")+").T", "("+v("any")+").(*T)", "&T{next: "+v("*T")+"}", p.call(t, depth))
	case "any":
		return p.pick("any("+v("*int")+")", "any("+v("T")+")", "any("+v("int")+")", "any("+v("string")+")", "sink", "("+v("T")+").a", "("+v("I")+").N()", "any("+v("*T")+")", "any("+v("[]*int")+")", "any("+v("G[*int]")+")", p.call(t, depth))
	case "func() *int":
		return "func() *int { return " + p.capture("*int") + " }"
	case "func(*int) *int":
		return p.pick("func(p *int) *int { return p }", "func(p *int) *int { gp = p; return nil }", "func(p *int) *int { return "+p.capture("*int")+" }", "("+v("I")+").M", "("+v("*T")+").M")
	case "chan *int":
		return p.pick("make(chan *int)", "make(chan *int, "+v("int")+")")
	case "[2]*int":
		return p.pick("[2]*int{"+v("*int")+"}", "[2]*int{1: "+v("*int")+"}", p.call(t, depth))
	case "I":
		return p.pick("I(V{"+v("int")+"})", "I("+v("*T")+")", "("+v("any")+").(I)", p.call(t, depth))
	case "int":
		return p.pick("len("+v("[]*int")+")", "*("+v("*int")+")", "("+v("T")+").n", "("+v("int")+" + 1)", "len("+v("string")+")", "7", p.call(t, depth))
	case "string":
		return p.pick(`"c"`, "string("+v("[]byte")+")", "("+v("string")+" + "+v("string")+")", "("+v("string")+`)[1:]`, "max("+v("string")+", "+v("string")+")", p.call(t, depth))
	case "[]byte":
		return p.pick("[]byte("+v("string")+")", "append("+v("[]byte")+", "+v("string")+"...)", "make([]byte, "+v("int")+")", p.call(t, depth))
	case "E":
		return p.pick("E{T: "+v("*T")+"}", p.call(t, depth))
	case "G[*int]":
		return p.pick("G[*int]{x: "+v("*int")+"}", "G[*int]{xs: "+v("[]*int")+"}", p.call(t, depth))
	}
	return "nil"
}

// call returns a call of a function whose only result has the type, or a variable.
func (p *randomPackage) call(t string, depth int) string {
	for range 12 {
		i := p.n(max(p.funcs+3, 1))
		if i > p.funcs { // some functions call later ones
			i = p.n(p.funcs + 1)
		}
		params, results := signature(i)
		if len(results) == 1 && results[0] == t {
			var in []string
			for _, x := range params {
				in = append(in, p.value(x, max(depth-1, 0)))
			}
			return fmt.Sprintf("f%d(%s)", i, strings.Join(in, ", "))
		}
	}
	return p.value(t, 0)
}

// capture returns a value in a function literal, most often a captured variable.
func (p *randomPackage) capture(t string) string {
	if v := p.variableOf(t); v != "" && p.n(4) > 0 {
		return v
	}
	if v := p.variableOf("int"); v != "" && t == "*int" {
		return "&" + v
	}
	return p.value(t, 0)
}

func (p *randomPackage) block(n int) {
	vars := len(p.vars)
	for range n {
		p.statement()
	}
	p.vars = p.vars[:vars]
}

func (p *randomPackage) nested(head string, n int) {
	p.line("%s {", head)
	p.depth++
	p.block(n)
	p.depth--
	p.line("}")
}

func (p *randomPackage) statement() {
	t := randomTypes[p.n(len(randomTypes))]
	switch k := p.n(34); {
	case k < 9:
		x := p.value(t, 2)
		p.line("var %s %s = %s", p.fresh(t), t, x)
		p.line("_ = %s", p.vars[len(p.vars)-1].name)
	case k < 12:
		x := p.value(t, 2)
		if x == "nil" {
			x = "*new(" + t + ")"
		}
		if x == "7" || !strings.Contains(x, "nil") {
			p.line("%s := %s", p.fresh(t), x)
			p.line("_ = %s", p.vars[len(p.vars)-1].name)
		}
	case k < 18:
		if v := p.variableOf(t); v != "" {
			p.line("%s = %s", v, p.value(t, 2))
		}
	case k == 18:
		p.line("%s = %s", p.pick("gp", "("+p.value("*T", 1)+").p", "*("+p.value("**int", 1)+")", "("+p.value("[]*int", 1)+")[0]", "("+p.value("map[int]*int", 1)+")[2]"), p.value("*int", 2))
	case k == 19:
		p.line("sink = %s", p.value(t, 1))
	case k == 20:
		p.line("%s <- %s", p.value("chan *int", 1), p.value("*int", 1))
	case k == 21 && p.depth < 4:
		p.nested("if ("+p.value("int", 1)+") > 2", 2)
	case k == 22 && p.depth < 4:
		p.nested("for i := 0; i < 3; i++", 3)
	case k == 23 && p.depth < 4:
		x := p.value("[]*int", 1)
		if x == "nil" {
			x = "gs"
		}
		vars := len(p.vars)
		i, e := p.fresh("int"), p.fresh("*int")
		p.line("for %s, %s := range (%s) {", i, e, x)
		p.depth++
		p.line("_, _ = %s, %s", i, e)
		p.block(2)
		p.vars = p.vars[:vars]
		p.depth--
		p.line("}")
	case k == 24 && p.depth < 4:
		vars := len(p.vars)
		p.next++
		s := fmt.Sprintf("v%d", p.next)
		p.line("switch %s := (any(%s)).(type) {", s, p.value("any", 1))
		for _, c := range []string{"*int", "T", "*T"} {
			p.line("case %s:", c)
			p.depth++
			p.line("_ = %s", s)
			p.vars = append(p.vars, randomVar{s, c})
			p.block(1)
			p.vars = p.vars[:vars]
			p.depth--
		}
		p.line("}")
	case k == 25:
		p.line("%s func(p *int) { gp = p }(%s)", p.pick("go", "defer"), p.value("*int", 1))
	case k == 26:
		p.line("%s (%s).M(%s)", p.pick("go", "defer"), p.pick(p.value("*T", 1), p.value("I", 1)), p.value("*int", 1))
	case k == 27:
		if v := p.variableOf("int"); v != "" {
			p.line("%s func() { %s++ }()", p.pick("", "go", "defer"), v)
		}
	case k == 28 && p.depth < 4:
		vars := len(p.vars)
		i, e := p.fresh("int"), p.fresh("*int")
		p.line("for %s, %s := range each {", e, i)
		p.depth++
		p.line("_, _ = %s, %s", i, e)
		p.block(2)
		p.vars = p.vars[:vars]
		p.depth--
		p.line("}")
	case k == 29:
		p.line("copy(%s, %s)", p.value2("[]*int"), p.value2("[]*int"))
	case k == 30:
		if v := p.variableOf("*T"); v != "" {
			p.line("%s", p.pick(v+".s = "+v+".s[1:]", v+".p = *"+v+".q", v+".s[0] = "+v+".s[1]", v+".a = "+v))
		}
	case k == 31:
		if v := p.variableOf("G[*int]"); v != "" {
			p.line("%s.put(%s)", v, p.value("*int", 1))
		}
	case k == 32:
		if v := p.variableOf("string"); v != "" {
			p.line("%s += %s", v, p.value("string", 1))
		}
	default:
		p.line("_ = %s", "any("+p.value(t, 1)+")")
	}
}

// value2 returns a value other than a plain nil.
func (p *randomPackage) value2(t string) string {
	if x := p.value(t, 1); x != "nil" {
		return x
	}
	return "gs"
}
