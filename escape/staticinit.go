package escape

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// initFunc returns the function that initialises the package's variables, without what
// the compiler can write into the binary: cmd/compile/internal/staticinit. It is nil if
// nothing is left.
func (a *analysis) initFunc() *function {
	s := a.root
	f := &function{name: "init", pkg: s, pkgInit: true, lowered: true}
	l := &lowerer{a: a, src: s, fn: f, vars: map[*types.Var]*variable{}}
	if len(s.Files) > 0 {
		l.file = s.Files[0]
	}
	st := &static{a: a, noAddresses: fips(s.Types.Path())}
	for _, init := range s.Info.InitOrder {
		if init == nil || init.Rhs == nil || len(init.Lhs) == 0 {
			continue
		}
		if file := s.fileOf(init.Rhs); file != nil {
			l.file = file
		}
		pos := init.Lhs[0].Pos()
		var lhs []*node
		blank := true
		for _, v := range init.Lhs {
			if v.Name() == "_" {
				lhs = append(lhs, nil)
				continue
			}
			blank = false
			lhs = append(lhs, &node{op: opGlobal, pos: v.Pos(), typ: v.Type(), sel: v.Name()})
		}
		if len(lhs) > 1 {
			st.out = append(st.out, &node{op: opAssignOf, pos: pos, list: lhs, x: l.expr(init.Rhs)})
			continue
		}
		rhs := l.convert(init.Lhs[0].Type(), init.Rhs, true)
		if rhs.op == opConvIface && rhs.implicit {
			rhs.pos = pos // the assignment converts
		}
		f.inits = append(f.inits, rhs)
		f.literals = append(f.literals, a.nest(&function{body: []*node{rhs}})[1:]...)
		if !blank || sideEffects(rhs) {
			st.assign(lhs[0], pos, rhs)
		}
	}
	f.body = st.out
	for _, g := range f.literals {
		g.lowered = true
	}
	a.prepareLiterals(f)
	return f
}

// A static tells initialisers apart: out are those that have to run.
type static struct {
	a           *analysis
	out         []*node
	noAddresses bool // the binary has none of the package's: they would change the checksum
}

// fips reports whether a package is of the module whose memory is checked when a program
// starts, so that nothing in it can be relocated: cmd/internal/obj/fips.go:IsFIPS.
func fips(path string) bool {
	return path == "crypto/internal/fips140" || strings.HasPrefix(path, "crypto/internal/fips140/")
}

func (s *static) assign(dst *node, pos token.Pos, r *node) {
	if !s.try(dst, r) {
		s.out = append(s.out, &node{op: opAssign, pos: pos, x: dst, y: r})
	}
}

// inBinary returns the place of what a slice, a pointer or an interface refers to: it is
// in the binary even if the variable is blank and nothing refers to it.
func inBinary(dst, r *node) *node {
	if dst != nil {
		return dst
	}
	return &node{op: opGlobal, pos: r.pos, typ: r.typ, sel: "_"}
}

// try reports whether r is known before the program runs; parts of it that are not
// are assigned on their own.
func (s *static) try(dst, r *node) bool {
	if r == nil {
		return true
	}
	for r.op == opConvNop {
		r = r.x
	}
	if s.noAddresses && r.op != opArrayLit && r.op != opStructLit {
		return false // a constant is in the binary all the same, but moves no pointer either way
	}
	switch r.op {
	case opFunc, opMethExpr, opNil, opLit:
		return true
	case opGlobal:
		return true // at worst a copy
	case opAddr:
		return staticLoc(r.x)
	case opPtrLit:
		s.assign(inBinary(dst, r.x), r.pos, r.x)
		return true
	case opStrToBytes:
		return r.x.op == opLit
	case opSliceLit, opArrayLit, opStructLit:
		if r.op == opSliceLit {
			dst = inBinary(dst, r)
		}
		for _, x := range r.list {
			s.assign(dst, x.pos, x)
		}
		return true
	case opClosure:
		return !r.fn.isClosure()
	case opConvIface:
		v := r
		for v.op == opConvIface {
			v = v.x
		}
		if isInterface(v.typ) || v.op == opNil {
			return v.op == opNil
		}
		if hasShape(v.typ) {
			return false
		}
		if !s.a.arch.isDirect(v.typ) {
			dst = inBinary(dst, v)
		}
		s.assign(dst, v.pos, v)
		return true
	}
	return false
}

// staticLoc reports whether n is a part of a package's variable at a known place.
func staticLoc(n *node) bool {
	for {
		switch {
		case n.op == opGlobal:
			return true
		case n.op == opDot:
			n = n.x
		case n.op == opIndex && isArray(n.x.typ) && n.y.op == opLit:
			n = n.x
		default:
			return false
		}
	}
}

// sideEffects reports whether computing n can do anything but give a value. A kind of
// expression that the compiler does not know to be harmless counts as one that can: a
// method value, a literal of a function, min (staticinit/sched.go:isSideEffect).
func sideEffects(n *node) bool {
	found := false
	visit(n, func(c *node) {
		switch c.op {
		case opLocal, opGlobal, opFunc, opType, opLit, opNil, opUnary, opLogic, opAddStr, opAddr, opPtrLit, opDot, opNew, opKey,
			opConv, opConvNop, opConvIface, opBytesToStr, opRunesToStr, opStrToBytes, opStrToRunes, opRuneToStr,
			opArrayLit, opSliceLit, opStructLit, opMapLit:
		case opBinary:
			found = found || (c.tok == token.QUO || c.tok == token.REM) && (c.y.op != opLit || constant.Sign(c.y.val) == 0)
		case opBuiltin:
			found = found || c.sel != "len" && c.sel != "cap" && c.sel != "real" && c.sel != "imag" && c.sel != "complex"
		case opMakeMap, opMakeChan:
			found = found || c.x != nil && (c.x.op != opLit || constant.Sign(c.x.val) != 0)
		default:
			found = true
		}
	})
	return found
}
