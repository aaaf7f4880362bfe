package program

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestRoundTrip checks that a program stays the same after String and Parse, and after
// JSON.
func TestRoundTrip(t *testing.T) {
	seen := map[Verb]bool{}
	// A hundred programs have every verb with few exceptions; two thousand have all.
	for round := 0; round < 20 && len(seen) < len(Verbs()); round++ {
		roundTrip(t, seen)
	}
	for _, v := range Verbs() {
		if !seen[v] {
			t.Errorf("no program had %v", v)
		}
	}
}

func roundTrip(t *testing.T, seen map[Verb]bool) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProgram(t)
		if err := p.Check(); err != nil {
			t.Fatalf("%v\n%v", err, p)
		}
		again, err := Parse(p.String())
		if err != nil {
			t.Fatalf("%v\n%v", err, p)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatal(diff, p)
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		again = new(Program)
		if err := json.Unmarshal(text, again); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(p, again); diff != "" {
			t.Fatal(diff, string(text))
		}
		for _, f := range p.Funcs {
			for _, op := range f.Ops {
				seen[op.Verb] = true
			}
		}
	})
}

// anyProgram draws a program that Check accepts, with all declarations and verbs.
func anyProgram(t *rapid.T) *Program {
	small := rapid.Int64Range(0, 9)
	p := &Program{Recover: rapid.Bool().Draw(t, "recover")}
	p.Vars = []Var{{Name: "n", N: rapid.Int64().Draw(t, "n")}, {Name: "ns", N: small.Draw(t, "ns"), Count: 3}}
	p.Chans = []Chan{{Name: "c", Cap: small.Draw(t, "cap")}, {Name: "cs", Count: 2}}
	p.Locks = []Lock{{Name: "m", Type: Mutex}, {Name: "rw", Type: RWMutex, Count: 3}, {Name: "wg", Type: WaitGroup, Counter: small.Draw(t, "counter")},
		{Name: "once", Type: Once}, {Name: "k", Type: Cond, L: "rw", RLocker: true, Count: 3}, {Name: "k2", Type: Cond, L: "m"}}
	p.Timers = []Timer{{Name: "t"}, {Name: "tick", Ticker: true, Count: 2}}
	p.Contexts = []Context{{Name: "ctx"}, {Name: "ctxs", Count: 3}}
	p.Funcs = []Func{{Name: "main"}, {Name: "f", Params: []string{"a", "b"}}, {Name: "g"}}
	for i := range p.Funcs {
		m := &maker{t: t, f: i}
		for range rapid.IntRange(0, 8).Draw(t, "ops") {
			m.block(3)
		}
		p.Funcs[i].Ops = m.ops
	}
	return p
}

type maker struct {
	t     *rapid.T
	f     int
	ops   []Op
	loops int
	in    []Verb
}

func (m *maker) of(list ...string) string { return rapid.SampledFrom(list).Draw(m.t, "name") }

func (m *maker) index() string {
	if m.f == 1 {
		return m.of("[0]", "[1]", "[n]", "[a]")
	}
	return m.of("[0]", "[1]", "[n]")
}

func (m *maker) variable() string {
	name := m.of("n", "ns"+m.index(), "own")
	if m.f == 1 {
		name = m.of("n", "a", "b", "ns"+m.index())
	}
	if name == "own" {
		m.ops = append(m.ops, Op{Verb: Set, Set: []string{"own"}, X: "0"})
	}
	return name
}

func (m *maker) value() Value {
	if rapid.Bool().Draw(m.t, "constant") {
		return Value(fmt.Sprint(rapid.Int64().Draw(m.t, "value")))
	}
	return Value(m.variable())
}

// object draws the name of an object of one of the kinds.
func (m *maker) object(kinds string) string {
	names := map[string][]string{
		"int": {"n", "ns" + m.index()}, "chan": {"", "c", "cs" + m.index()}, "mutex": {"m"}, "rwmutex": {"rw" + m.index()}, "waitgroup": {"wg"},
		"cond": {"k" + m.index(), "k2"}, "once": {"once"}, "timer": {"t"}, "ticker": {"tick" + m.index()}, "context": {"ctx", "ctxs" + m.index()},
	}
	var all []string
	for _, k := range strings.Fields(kinds) {
		all = append(all, names[k]...)
	}
	return m.of(all...)
}

func (m *maker) duration(op *Op) {
	if op.D = time.Duration(rapid.Int64Range(0, 1e10).Draw(m.t, "d")); rapid.Bool().Draw(m.t, "times") {
		op.Var = m.variable()
	}
}

func (m *maker) number(op *Op, low, high int64) {
	if rapid.Bool().Draw(m.t, "constant") {
		op.N = rapid.Int64Range(low, high).Draw(m.t, "number")
	} else {
		op.Var = m.variable()
	}
}

// block draws an operation, and its body.
func (m *maker) block(depth int) {
	v := rapid.SampledFrom(Verbs()).Draw(m.t, "verb")
	n := len(m.in)
	switch {
	case v == End, v == Else, v == Loop && m.loops == MaxLoops, v.Opens() && depth == 0:
		return
	case v == Break, v == Continue:
		if n == 0 || m.in[n-1] != Loop && m.in[n-1] != While {
			return
		}
	}
	op := Op{Verb: v}
	for range rapid.IntRange(0, shapes[v].sets).Draw(m.t, "sets") {
		if rapid.Bool().Draw(m.t, "blank") {
			op.Set = append(op.Set, "_")
		} else {
			op.Set = append(op.Set, m.variable())
		}
	}
	if v == Set {
		op.Set = []string{m.variable()}
	}
	for _, letter := range shapes[v].takes {
		m.part(&op, letter)
	}
	m.ops = append(m.ops, op)
	if !v.Opens() {
		return
	}
	if v == Loop {
		m.loops++
	}
	m.in = append(m.in, v)
	for range rapid.IntRange(0, 3).Draw(m.t, "body") {
		m.block(depth - 1)
	}
	if (v == Loop || v == While) && rapid.Bool().Draw(m.t, "leaves") {
		m.ops = append(m.ops, Op{Verb: rapid.SampledFrom([]Verb{Break, Continue}).Draw(m.t, "how")})
	}
	if v == If && rapid.Bool().Draw(m.t, "else") {
		m.ops = append(m.ops, Op{Verb: Else})
		m.block(depth - 1)
	}
	m.in = m.in[:n]
	if v == Loop {
		m.loops--
	}
	m.ops = append(m.ops, Op{Verb: End})
}

func (m *maker) part(op *Op, letter rune) {
	call := func(name *string) {
		if *name = m.of("main", "f", "g"); *name == "f" {
			op.Args = []Value{m.value(), m.value()}
		}
	}
	switch v := op.Verb; letter {
	case 'o':
		op.On = m.object(shapes[v].kinds)
	case 'r':
		if op.On = m.object(shapes[v].kinds); rapid.Bool().Draw(m.t, "after") {
			op.On = After
			m.duration(op)
		}
	case 'f':
		call(&op.On)
	case 'F':
		call(&op.Of)
	case 'p':
		op.Of = m.of("", "ctx", "ctxs[2]")
	case 'v', 'V':
		switch low, high := int64(0), int64(1000); {
		case v == Return:
			for _, b := range m.in {
				if b == Do || b == Defer {
					return
				}
			}
			m.number(op, low, high)
		default:
			m.number(op, low, high)
		}
	case 'a':
		op.Args = append(op.Args, m.value())
	case 'd':
		m.duration(op)
	case 'x':
		if op.X = m.value(); rapid.Bool().Draw(m.t, "operator") {
			op.Operator, op.Y = m.of("+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">="), m.value()
		}
	case 'w':
		op.On = m.of("", "words", "worker {n} of {ns[1]}:", "a { b", `"x" µ`)
	case 's':
		op.Default = rapid.Bool().Draw(m.t, "default")
		for range rapid.IntRange(0, 4).Draw(m.t, "cases") {
			k := Case{Send: rapid.Bool().Draw(m.t, "send")}
			inner := Op{}
			switch {
			case k.Send:
				k.Chan = m.object("chan")
				m.number(&inner, -5, 5)
				k.N, k.Var = inner.N, inner.Var
			case rapid.Bool().Draw(m.t, "after"):
				k.Chan = After
				m.duration(&inner)
				k.D, k.Var = inner.D, inner.Var
			default:
				k.Chan = m.object(receivable)
			}
			op.Cases = append(op.Cases, k)
		}
	}
}

// TestUnused checks that fields that a verb does not use are refused: they would be lost
// in the text form.
func TestUnused(t *testing.T) {
	for _, op := range []Op{
		{Verb: Yield, On: "c"}, {Verb: Yield, Of: "c"}, {Verb: Yield, Args: []Value{"1"}}, {Verb: Yield, N: 1}, {Verb: Yield, Var: "n"},
		{Verb: Yield, D: 1}, {Verb: Yield, X: "1"}, {Verb: Yield, Default: true}, {Verb: Yield, Set: []string{"n"}}, {Verb: Recv, On: "c", D: 1},
		{Verb: Send, On: "c", N: 1, Var: "n"}, {Verb: Select, Cases: []Case{{Chan: "c", N: 1}}}, {Verb: Select, Cases: []Case{{Chan: "c", D: 1}}},
		{Verb: Select, Cases: []Case{{Chan: "c", Send: true, N: 1, Var: "n"}}}, {Verb: Mark, On: "a  b"}, {Verb: Mark, On: "a#b"}, {Verb: Mark, On: "a\xff"},
		{Verb: Set, Set: []string{"n"}}, {Verb: Set, X: "1"}, {Verb: Set, Set: []string{"n"}, X: "1", Operator: "&", Y: "1"}, {}, {Verb: last},
		{Verb: Sleep, D: -1}, {Verb: Sleep, D: MaxDuration + 1}, {Verb: AtomicCompare, On: "n"}, {Verb: Go, On: "main", N: -1},
		{Verb: If, X: "1", Y: "2"}, {Verb: Send, On: "c]"}, {Verb: Send, On: "c[1"}, {Verb: Send, On: "c["}, {Verb: Send, On: "after"}, {Verb: Len, On: "ctx"},
	} {
		p := &Program{Vars: []Var{{Name: "n"}}, Chans: []Chan{{Name: "c"}}, Contexts: []Context{{Name: "ctx"}}, Funcs: []Func{{Name: "main", Ops: []Op{op}}}}
		err := p.Check()
		if e, ok := err.(*Error); !ok || e.Func != "main" || e.Op != 1 {
			t.Errorf("%+v: %v", op, err)
		}
	}
}

// TestDoc checks that the package's documentation lists every verb.
func TestDoc(t *testing.T) {
	text, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, v := range Verbs() {
		found := false
		for _, l := range lines {
			since := ""
			if v.Since() != "go1" {
				since = "  (" + v.Since() + ")"
			}
			found = found || strings.HasPrefix(l, "//\t"+v.Usage()+" ") && strings.HasSuffix(l, " "+v.Go()+since)
		}
		if !found || v.Usage() == "" || v.Go() == "" {
			t.Errorf("doc.go does not tell %q: %q, since %s", v.Usage(), v.Go(), v.Since())
		}
	}
}

func TestSince(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"main:\n", "go1"}, {"mutex m\nmain:\ntrylock m\n", "go1.18"}, {"context x\nmain:\nwithcancel x\n", "go1.7"},
		{"ticker t\ntimer u\nmain:\nreset u 1ms\n", "go1"}, {"ticker t[2]\ncontext x\nmain:\ncancel x\nreset t[0] 1ms\n", "go1.15"},
	} {
		p, err := Parse(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if got, verb := p.Since(); got != tt.want || (verb == 0) != (got == "go1") {
			t.Errorf("%q: %s for %v, want %s", tt.text, got, verb, tt.want)
		}
	}
}

// TestRefs checks the places of names.
func TestRefs(t *testing.T) {
	p, err := Parse("int n\nint ns[3]\nchan c\nchan cs[2]\nchan d\nmutex m\nrwmutex rw[2]\nwaitgroup wg\nmain:\nx = 1\nf(a, b):\nc = loop 3\nend\n")
	if err == nil || !strings.Contains(err.Error(), `"c" is the name of something else`) {
		t.Errorf("%v, %v", p, err)
	}
	p, err = Parse("int n\nint ns[3]\nchan c\nchan cs[2]\nchan d\nmutex m\nrwmutex rw[2]\nwaitgroup wg\nmain:\nx = 1\nf(a, b):\ni = loop 3\nend\n")
	if err != nil {
		t.Fatal(err)
	}
	x, err := p.Index()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		want Ref
	}{
		{"n", Ref{Type: IntType}}, {"ns[2]", Ref{Type: IntType, First: 1, Count: 3, Index: 2}}, {"d", Ref{Type: ChanType, First: 3}},
		{"cs[i]", Ref{Type: ChanType, First: 1, Count: 2, Var: "i"}}, {"wg", Ref{Type: WaitGroup, First: 3}}, {"i", Ref{Type: IntType, First: 2, Local: true}},
		{"f", Ref{Type: FuncType, First: 1}},
	} {
		if got, err := x.Ref(1, tt.text); err != nil || got != tt.want {
			t.Errorf("%s: %+v, %v; want %+v", tt.text, got, err, tt.want)
		}
	}
	if _, err := x.Ref(0, "i"); err == nil || x.First("wg") != 3 || x.First("y") != -1 {
		t.Errorf("%v, %d, %d", err, x.First("wg"), x.First("y"))
	}
	if _, err := x.Ref(9, "i"); err == nil {
		t.Error("a function that there is not has a variable")
	}
	if parts, err := Interpolate("a {x} b{y}", nil); err != nil || fmt.Sprintf("%q", parts) != `["a " "x" " b" "y" ""]` {
		t.Errorf("%q, %v", parts, err)
	}
}
