package escape

import (
	"go/constant"
	"go/types"
	"math"
	"strings"
)

// call follows the arguments of a call; ks is where its results go, nil if the call is a
// statement, which no append, min or max is.
func (w *walker) call(ks []hole, n *node) {
	arg := func(k hole, x *node) { w.expr(w.note(k, n, "call parameter"), x) }
	switch n.op {
	case opCall, opCallInter:
		w.funcCall(ks, n)
	case opAppend:
		w.appendCall(ks[0], n)
	case opCopy:
		arg(w.mutatorHole(), n.x)
		k := w.discardHole()
		if isSlice(n.y.typ) && !w.a.off("copy") && w.a.arch.HasPointers(elem(n.y.typ)) {
			k = w.derefOf(w.heapHole(), n, "copied slice")
		}
		arg(k, n.y)
	case opPanic:
		if w.a.off("panic") {
			w.discard(n.x)
			break
		}
		arg(w.heapHole(), n.x)
	case opMinMax:
		for _, x := range n.list {
			arg(ks[0], x)
		}
	case opClear:
		arg(w.mutatorHole(), n.x)
	case opUnsafe, opUnsafeData:
		arg(ks[0], n.x)
		w.discard(n.y)
	default:
		w.discards(n.list)
	}
}

// appendCall: the slice may be the result; what it and the new elements point to may
// be copied to the heap; and new memory may be the result.
func (w *walker) appendCall(k hole, n *node) {
	arg := func(k hole, x *node) { w.expr(w.note(k, n, "call parameter"), x) }
	first := w.tee(k, w.mutatorHole())
	if w.a.arch.HasPointers(elem(n.list[0].typ)) {
		first = w.tee(first, w.derefOf(w.heapHole(), n, "appendee slice"))
	}
	arg(first, n.list[0])
	if n.ddd && len(n.list) > 1 {
		more := w.discardHole()
		if isSlice(n.list[1].typ) && w.a.arch.HasPointers(elem(n.list[1].typ)) {
			more = w.derefOf(w.heapHole(), n, "appended slice...")
		}
		arg(more, n.list[1])
	} else {
		for _, x := range n.list[1:] {
			if w.a.off("append") {
				w.discard(x)
			} else {
				arg(w.heapHole(), x)
			}
		}
	}
	if w.a.rules.appendStore {
		// A flag says whether the memory has been used, so that it is as if outside
		// of all loops.
		w.spill(k, n).dst.depth = 0
	}
}

// callees returns the functions that a call can be of, nil if they are not known.
func (w *walker) callees(n *node) []*function {
	if n.op != opCall || w.a.off("calls") {
		return nil
	}
	x := n.x
	if x.op == opClosure {
		x.fn.called = true
	}
	if w.a.rules.staticCallee || x.op == opLocal && x.v.callee {
		x = staticValue(x)
	}
	if x.op == opMethExpr && x.def && !w.a.rules.methodExprs {
		return nil
	}
	if fn := staticCallee(x); fn != nil {
		return []*function{fn}
	}
	if x.op == opLocal && w.a.rules.allCallees {
		return x.v.assignedCallees()
	}
	return nil
}

func (w *walker) funcCall(ks []hole, n *node) {
	fns := w.callees(n)
	for _, fn := range fns {
		if ks == nil || fn.tagged {
			continue
		}
		for i, r := range fn.results {
			if i < len(ks) {
				w.expr(ks[i], &node{op: opLocal, pos: r.pos, typ: r.typ, v: r})
			}
		}
	}
	args := n.list
	if n.op == opCall {
		k := w.discardHole()
		if len(fns) == 0 {
			for _, r := range ks {
				if r.dst != &w.blank {
					k = w.note(w.calleeHole(), n, "callee operand")
					break
				}
			}
		}
		w.expr(k, n.x)
	} else {
		w.expr(w.note(w.heapHole(), n, "call parameter"), n.x.x)
	}
	special := w.escapeNonString(fns)
	for i, x := range args {
		k := w.heapHole()
		switch special {
		case escapes:
		case stays:
			k = w.discardHole()
		default:
			k = w.argument(ks, fns, i, x)
		}
		w.expr(w.note(k, n, "call parameter"), x)
	}
}

// argument reports where the i'th argument of a call goes: to the heap, if it is not known
// what is called.
func (w *walker) argument(ks []hole, fns []*function, i int, x *node) hole {
	var to []hole
	for _, fn := range fns {
		if i >= len(fn.params) {
			return w.heapHole()
		}
		w.uintptrArgs(fn, x)
		to = append(to, w.param(ks, fn, i))
	}
	if len(to) == 0 {
		return w.heapHole()
	}
	return w.tee(to...)
}

// What internal/abi.EscapeNonString does with its argument.
const (
	ordinary = iota
	escapes
	stays
)

// escapeNonString: the compiler knows internal/abi.EscapeNonString, whose argument is
// on the heap if it holds a pointer that is not a string's.
func (w *walker) escapeNonString(fns []*function) int {
	if len(fns) != 1 {
		return ordinary
	}
	fn := fns[0]
	if !fn.generic || fn.pkg.Types.Path() != "internal/abi" || !strings.HasPrefix(fn.name, "abi.EscapeNonString[") && !strings.HasPrefix(fn.name, "EscapeNonString[") || len(fn.params) != 1 {
		return ordinary
	}
	if w.nonStringPointers(fn.params[0].typ) {
		return escapes
	}
	return stays
}

func (w *walker) nonStringPointers(t types.Type) bool {
	if !w.a.arch.HasPointers(t) {
		return false
	}
	switch u := under(t).(type) {
	case *types.Basic:
		return u.Kind() != types.String
	case *types.Struct:
		for f := range u.Fields() {
			if w.nonStringPointers(f.Type()) {
				return true
			}
		}
		return false
	case *types.Array:
		return w.nonStringPointers(u.Elem())
	}
	return true
}

// param reports where the i'th argument of a call goes.
func (w *walker) param(ks []hole, fn *function, i int) hole {
	if !fn.tagged {
		return hole{dst: w.locOf(fn.params[i])}
	}
	tag := fn.tags[i]
	var to []hole
	for j, k := range []hole{w.heapHole(), w.mutatorHole(), w.calleeHole()} {
		if x := tag.get(j); x >= 0 {
			to = append(to, k.shift(x))
		}
	}
	for j := range min(len(ks), w.a.rules.tagResults) {
		if x := tag.get(leakResult + j); x >= 0 {
			to = append(to, ks[j].shift(x))
		}
	}
	return w.tee(to...)
}

// uintptrArgs: in the arguments of functions like syscall.Syscall, uintptr(p) keeps
// what p points to alive, or moves it to the heap.
func (w *walker) uintptrArgs(fn *function, x *node) {
	if fn.pragma&(uintptrKeepAlive|uintptrEscapes) == 0 {
		return
	}
	one := func(c *node) {
		if c.op != opConvNop || !isBasic(c.typ, types.Uintptr) || !isBasic(c.x.typ, types.UnsafePointer) {
			return
		}
		k := w.mutatorHole()
		if fn.pragma&uintptrEscapes != 0 {
			k = w.note(w.heapHole(), c, "//go:uintptrescapes")
		}
		tmp := newTemp(w.fn, c.pos, c.x.typ)
		l := w.newLoc(nil, tmp, true)
		w.expr(hole{dst: l}, c.x)
		c.x = &node{op: opLocal, pos: c.pos, typ: tmp.typ, v: tmp}
		w.flow(k, l)
	}
	if x.op == opSliceLit {
		for _, c := range x.list {
			one(c)
		}
		return
	}
	one(x)
}

// heapReason reports why something must be on the heap in any case; "" if it need not:
// escape/utils.go:HeapAllocReason.
func (a *analysis) heapReason(l *location) string {
	if v := l.v; v != nil {
		switch {
		case v.class != classAuto:
			return ""
		case a.arch.Sizeof(v.typ) > a.rules.maxVariable:
			return "too large for stack"
		}
		return ""
	}
	n := l.n
	if n == nil || n.typ == nil {
		return ""
	}
	if n.op != opClosure && n.op != opMethValue && a.arch.Sizeof(n.typ) > a.rules.maxVariable {
		return "too large for stack"
	}
	switch n.op {
	case opNew, opPtrLit:
		if a.overImplicit(a.arch.Sizeof(elem(n.typ))) {
			return "too large for stack"
		}
	case opClosure:
		if a.overImplicit(a.closureSize(n)) {
			return "too large for stack"
		}
	case opMethValue:
		if a.overImplicit(a.arch.Sizeof(n.x.typ) + a.arch.Word) {
			return "too large for stack"
		}
	case opMakeSlice:
		return a.makeReason(n)
	}
	return ""
}

// closureSize returns the size of what is made for a function literal, in bytes: a word for
// the code, and the variables that it captures, or their addresses.
func (a *analysis) closureSize(n *node) int64 {
	size := a.arch.Word
	for _, v := range n.fn.captures {
		if a.byValue(v) {
			size += a.arch.Sizeof(v.typ)
		} else {
			size += a.arch.Word
		}
	}
	return size
}

// maxImplicit is the size in bytes up to which new, &T{}, make and closures can be on
// the stack: ir.MaxImplicitStackVarSize.
const maxImplicit = 64 << 10

// overImplicit reports whether a size is too large for the stack. To Go 1.16 the limit
// itself was.
func (a *analysis) overImplicit(size int64) bool {
	return size > maxImplicit || size == maxImplicit && !a.rules.wholeLimit
}

func (a *analysis) makeReason(n *node) string {
	size := n.y
	if size == nil {
		size = n.x
	}
	el := a.arch.Sizeof(elem(n.typ))
	if a.rules.zeroSized && el == 0 {
		return "zero-sized element"
	}
	c := a.constant(size)
	switch {
	case c < 0 && !a.rules.variableMake, !a.rules.capacityOnly && a.constant(n.x) < 0:
		return "non-constant size"
	case c >= 0 && el > 0 && (c > maxImplicit/el || c == maxImplicit/el && !a.rules.wholeLimit) && !a.off("make-limit"):
		return "too large for stack"
	}
	return ""
}

// literalSize returns what a size is known to be though it is not written as a constant,
// since Go 1.25: a literal, or len of a slice literal. It is nil if it is not known.
func (a *analysis) literalSize(n *node) *node {
	if n.op == opLit || !a.rules.literals {
		return nil
	}
	s := staticValue(n)
	switch {
	case s.op == opLit && s.val.Kind() == constant.Int && constant.Sign(s.val) >= 0:
		return s
	case a.rules.literalLen && s.op == opBuiltin && s.sel == "len" && len(s.list) == 1 && staticValue(s.list[0]).op == opSliceLit:
		return s
	}
	return nil
}

// constant returns the value of a size, -1 if it is not constant. One of more than 31
// bits is none: ir/const.go:IsSmallIntConst.
func (a *analysis) constant(n *node) int64 {
	if s := a.literalSize(n); s != nil {
		if s.op == opBuiltin {
			return staticValue(s.list[0]).length
		}
		n = s
	}
	if n.op != opLit {
		return -1
	}
	v, ok := constant.Int64Val(constant.ToInt(n.val))
	if !ok || v < 0 || v > math.MaxInt32 && !a.off("small-constants") {
		return -1
	}
	return v
}

// byValue reports whether closures capture a variable by value: it is assigned once,
// its address is not taken, and it has at most 128 bytes.
func (a *analysis) byValue(v *variable) bool {
	return !v.loc.addrTaken && !v.loc.reassigned && a.arch.Sizeof(v.typ) <= 128 && !a.off("by-value")
}
