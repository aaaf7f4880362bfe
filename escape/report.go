package escape

import (
	"fmt"
	"go/constant"
	"go/token"
	"go/types"
)

// validConst reports whether a constant can stand where x is: it is of x's kind.
func validConst(x, lit *node) bool {
	b, ok := under(x.typ).(*types.Basic)
	if !ok {
		return false
	}
	switch lit.val.Kind() {
	case constant.Bool:
		return b.Info()&types.IsBoolean != 0
	case constant.String:
		return b.Info()&types.IsString != 0
	case constant.Int:
		return b.Info()&types.IsInteger != 0
	case constant.Float:
		return b.Info()&types.IsFloat != 0
	case constant.Complex:
		return b.Info()&types.IsComplex != 0
	}
	return false
}

// paramTag reports where a parameter's value goes, for callers; and says so.
func (a *analysis) paramTag(f *function, i int) leaks {
	p := f.params[i]
	say := func(v Verdict, format string, args ...any) {
		if f.generic || f.wrapper || !a.reported(f) {
			return
		}
		a.say(f, p.pos, v, fmt.Sprintf(format, args...), p.name, nil)
	}
	named := p.name != "" && p.name[0] != '~'
	switch {
	case f.noBody && isBasic(p.typ, types.Uintptr):
		say(UnsafeUintptr, "assuming %s is unsafe uintptr", p.name)
		return leaksToHeap()
	case f.noBody && !a.arch.HasPointers(p.typ):
		return leaksToHeap()
	case f.noBody && f.pragma&noEscape != 0:
		if named {
			say(DoesNotEscape, "%s does not escape", p.name)
		}
		var l leaks
		l.add(leakMutator, 0)
		l.add(leakCallee, 0)
		return l
	case f.noBody:
		if named {
			say(LeakingParam, "leaking param: %s", p.name)
		}
		return leaksToHeap()
	}
	if f.pragma&uintptrEscapes != 0 && f.uintptrs[i] {
		what := "uintptr"
		if isSlice(p.typ) {
			what = "...uintptr"
		}
		say(UnsafeUintptr, "marking %s as escaping %s", p.name, what)
		return leaksToHeap()
	}
	if !a.arch.HasPointers(p.typ) {
		return leaksToHeap()
	}
	if !named {
		return leaks{}
	}
	l := p.loc
	tag := l.leak
	if !a.off("optimize") {
		tag.optimize()
	}
	if l.has(attrEscapes) || f.generic || f.wrapper || !a.reported(f) {
		return tag
	}
	warned := false
	switch x := tag.get(leakHeap); {
	case x == 0:
		a.say(f, p.pos, LeakingParam, "leaking param: "+p.name, p.name, l)
		warned = true
	case x > 0:
		a.say(f, p.pos, LeakingContent, "leaking param content: "+p.name, p.name, l)
		warned = true
	}
	for r := range min(len(f.results), a.rules.tagResults) {
		if x := tag.get(leakResult + r); x >= 0 {
			a.say(f, p.pos, LeakingToResult, fmt.Sprintf("leaking param: %s to result %s level=%d", p.name, f.results[r].name, x), p.name, l)
			warned = true
		}
	}
	if !warned {
		a.say(f, p.pos, DoesNotEscape, p.name+" does not escape", p.name, l)
	}
	return tag
}

// keep records the decisions about a batch's locations.
func (a *analysis) keep(b *batch, fns []*function) {
	for _, l := range b.locs {
		if !a.reported(l.fn) || l.v == nil && l.n == nil {
			continue
		}
		if l.v != nil {
			if l.has(attrEscapes) {
				a.say(l.fn, l.v.pos, MovedToHeap, "moved to heap: "+l.v.text(a.root.Types), l.v.name, l)
			}
			continue
		}
		n := l.n
		if n.op == opClosure && n.fn.wrapper {
			continue
		}
		if a.silent(l) {
			continue
		}
		text := "append"
		if n.op != opAppend {
			text = a.exprText(n)
		}
		v := DoesNotEscape
		if l.has(attrEscapes) {
			v = EscapesToHeap
		}
		a.say(l.fn, n.pos, v, text+" "+string(v), text, l)
		if n.op == opStrToBytes && !l.has(attrMutates) && a.rules.zeroCopy {
			a.say(l.fn, n.pos, ZeroCopy, "zero-copy string->[]byte conversion", text, l)
		}
	}
	if a.cfg.Graph {
		a.graph(b, fns)
	}
}

// silent reports whether a release has no message about an allocation.
func (a *analysis) silent(l *location) bool {
	return l.fn.pkgInit && !a.rules.initMessages || l.n.panics && l.n.op == opConvIface && l.n.x.op == opLit && !a.rules.panicConst
}

func (a *analysis) selfAssigned(f *function, where *node) {
	if a.reported(f) {
		a.say(f, where.pos, SelfAssignment, f.name+" ignoring self-assignment in "+a.exprText(where), "", nil)
	}
}

// say keeps a message until it is known whether its function is the package's.
func (a *analysis) say(f *function, pos token.Pos, v Verdict, text, name string, l *location) {
	if !pos.IsValid() {
		return // the compiler says it of an unknown line
	}
	d := Diagnostic{Verdict: v, Text: text, Name: name, Function: f.name, Instance: f.generic}
	if l != nil {
		d.Location = l.id
		d.Why = l.why
		if l.n != nil {
			d.Heap = a.heapReason(l)
			d.Size = a.allocated(l.n)
		} else if l.v != nil {
			d.Heap = a.heapReason(l)
			d.Size = a.arch.Sizeof(l.v.typ)
		}
	}
	d.File, d.Line, d.Column = a.where(f.pkg, pos)
	a.said[f] = append(a.said[f], d)
}

func (a *analysis) where(s *source, pos token.Pos) (file string, line, column int) {
	if !pos.IsValid() {
		return "", 0, 0
	}
	p := s.Fset.Position(pos)
	if p.Filename == "" {
		p.Filename = "??" // a line directive has left it out
	}
	return p.Filename, p.Line, p.Column
}

// allocated reports how many bytes an expression allocates, -1 if that is not known
// before the program runs.
func (a *analysis) allocated(n *node) int64 {
	switch n.op {
	case opNew, opPtrLit:
		return a.arch.Sizeof(elem(n.typ))
	case opConvIface:
		return a.arch.Sizeof(n.x.typ)
	case opSliceLit:
		return a.arch.Sizeof(elem(n.typ)) * n.length
	case opMakeSlice:
		size := n.x
		if n.y != nil {
			size = n.y
		}
		if c := a.constant(size); c >= 0 {
			return c * a.arch.Sizeof(elem(n.typ))
		}
	case opClosure:
		return a.closureSize(n)
	case opMethValue:
		return a.arch.Word + a.arch.Sizeof(n.x.typ)
	}
	return -1
}

// A Flow is one step of the way of a value to the place that it leaks to.
type Flow struct {
	To     string `json:"to"`   // "{heap}", "{temp}", a variable or "{storage for new(T)}"
	From   string `json:"from"` //
	ToID   int    `json:"toId"` // their numbers in Graphs and Events
	FromID int    `json:"fromId"`
	Derefs int    `json:"derefs"`
	Notes  []Note `json:"notes"`
}

// A Note is the place in the source of a flow.
type Note struct {
	Line   int    `json:"line"`
	Column int    `json:"column"`
	Text   string `json:"text"`
	Why    string `json:"why"` // "address-of", "return", "captured by a closure"
}

// maxNote bounds a text in a Flow, in bytes.
const maxNote = 1 << 10

func (b *batch) step(dst, src *location, derefs int, n *note) Flow {
	f := Flow{To: b.a.describe(dst), From: b.a.describe(src), ToID: dst.id, FromID: src.id, Derefs: derefs, Notes: []Note{}}
	for ; n != nil && len(f.Notes) < 20; n = n.next {
		if n.n == nil {
			continue
		}
		_, line, column := b.a.where(src.fn.pkg, n.n.pos)
		text := b.a.exprText(n.n)
		text = text[:min(len(text), maxNote)]
		f.Notes = append(f.Notes, Note{Line: line, Column: column, Text: text, Why: n.why})
	}
	return f
}

func (a *analysis) describe(l *location) string {
	switch {
	case l.id == heapLocation:
		return "{heap}"
	case l.id == mutatorLocation:
		return "{mutator}"
	case l.id == calleeLocation:
		return "{callee}"
	case l.id == blankLocation:
		return "{blank}"
	case l.v != nil:
		return l.v.name
	case l.n != nil:
		text := a.exprText(l.n)
		text = text[:min(len(text), maxNote)]
		return "{storage for " + text + "}"
	}
	return "{temp}"
}

func (a *analysis) nameOf(l *location) string {
	if a.cfg.Trace == nil {
		return ""
	}
	return a.describe(l)
}
