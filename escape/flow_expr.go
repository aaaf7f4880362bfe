package escape

import (
	"go/constant"
	"go/token"
	"go/types"
)

// expr follows the value of n into k.
func (w *walker) expr(k hole, n *node) {
	if n == nil {
		return
	}
	w.stmts(n.init)
	w.value(k, n)
}

func (w *walker) discard(n *node) { w.expr(w.discardHole(), n) }

func (w *walker) discards(list []*node) {
	for _, n := range list {
		w.discard(n)
	}
}

// value is expr without the statements that come first.
func (w *walker) value(k hole, n *node) {
	w.level++
	defer func() { w.level-- }()
	if w.level > maxDepth*4 {
		w.a.fail("nested more than %d deep", maxDepth*4)
	}
	if k.derefs >= 0 && n.typ != nil && !isUntyped(n.typ) && !w.a.arch.HasPointers(n.typ) {
		k.dst = &w.blank
	}
	switch n.op {
	case opLit, opNil, opType, opFunc, opGlobal, opMethExpr:
	case opLocal:
		w.flow(k, w.locOf(n.v))
	case opUnary:
		w.discard(n.x)
	case opBinary, opLogic:
		w.discard(n.x)
		w.discard(n.y)
	case opAddr:
		w.expr(w.addrOf(k, n, "address-of"), n.x)
	case opDeref:
		w.expr(w.derefOf(k, n, "indirection"), n.x)
	case opDot, opDotInter:
		w.expr(w.note(k, n, "dot"), n.x)
	case opDotPtr:
		w.expr(w.derefOf(k, n, "dot of pointer"), n.x)
	case opDotType:
		w.expr(w.dotType(k, n.typ, n, "dot"), n.x)
	case opIndex:
		if isArray(n.x.typ) {
			w.expr(w.note(k, n, "fixed-array-index-of"), n.x)
		} else {
			w.expr(w.derefOf(k, n, "dot of pointer"), n.x)
		}
		w.discard(n.y)
	case opIndexMap:
		w.discard(n.x)
		w.discard(n.y)
	case opSlice:
		w.expr(w.note(k, n, "slice"), n.x)
		w.discard(n.y)
		w.discard(n.z)
		w.discard(n.w)
	case opConv, opConvNop:
		if isBasic(n.typ, types.UnsafePointer) && isBasic(n.x.typ, types.Uintptr) {
			w.unsafeValue(k, n.x)
		} else {
			w.expr(k, n.x)
		}
	case opConvIface:
		if !isInterface(n.x.typ) && !w.a.arch.isDirect(n.x.typ) && !w.a.off("interface") {
			k = w.spill(k, n)
		}
		w.expr(w.note(k, n, "interface-converted"), n.x)
	case opSliceToArr:
		w.expr(w.derefOf(k, n, "slice-to-array"), n.x)
	case opSliceToArrPtr:
		w.expr(k, n.x)
	case opRecv:
		w.discard(n.x)
	case opCall, opCallInter, opAppend, opCopy, opMinMax, opBuiltin, opPanic, opClear, opUnsafe, opUnsafeData:
		w.call([]hole{k}, n)
	case opNew:
		w.spill(k, n)
	case opMakeSlice:
		w.spill(k, n)
		w.discard(n.x)
		w.discard(n.y)
	case opMakeMap:
		w.spill(k, n)
		w.discard(n.x)
	case opMakeChan:
		w.discard(n.x)
	case opMethValue:
		w.methodValue(k, n)
	case opPtrLit:
		w.expr(w.spill(k, n), n.x)
	case opArrayLit:
		w.elements(k, n, "array literal element")
	case opSliceLit:
		w.elements(w.spill(k, n), n, "slice-literal-element")
	case opStructLit:
		w.elements(k, n, "struct literal element")
	case opMapLit:
		w.spill(k, n)
		for _, kv := range n.list {
			if w.a.off("map-literal") {
				continue
			}
			w.toHeap(kv.x, "map literal key", n)
			w.toHeap(kv.y, "map literal value", n)
		}
	case opClosure:
		w.closure(w.spill(k, n), n)
	case opBytesToStr, opRunesToStr, opStrToBytes, opStrToRunes, opRuneToStr:
		w.spill(k, n)
		w.discard(n.x)
	case opAddStr:
		w.spill(k, n)
		w.discards(n.list)
	default:
		w.a.fail("unexpected expression (%d)", n.op)
	}
}

func (w *walker) elements(k hole, n *node, why string) {
	for _, x := range n.list {
		w.expr(w.note(k, n, why), x)
	}
}

// dotType is k for what comes out of an interface: it is a pointer in there, unless
// an interface holds the type itself.
func (w *walker) dotType(k hole, t types.Type, n *node, why string) hole {
	if !isInterface(t) && !w.a.arch.isDirect(t) && !w.a.off("dot-type") {
		k = k.shift(1)
	}
	return w.note(k, n, why)
}

// methodValue follows the receiver into the closure that is made and into the
// method, of whose results nobody knows where they go.
func (w *walker) methodValue(k hole, n *node) {
	closure := w.spill(k, n)
	ks := make([]hole, 0, 4)
	if sig, ok := n.typ.(*types.Signature); ok {
		for range sig.Results().Len() {
			ks = append(ks, w.heapHole())
		}
	}
	param := w.heapHole()
	if n.fn != nil && w.a.rules.methodValues {
		for len(ks) < len(n.fn.results) {
			ks = append(ks, w.heapHole())
		}
		param = w.param(ks, n.fn, 0)
	}
	w.expr(w.tee(param, closure), n.x)
}

// closure notes what a function literal captures, and walks it.
func (w *walker) closure(k hole, n *node) {
	w.closures = append(w.closures, closureUse{k, n})
	f := n.fn
	if !f.isClosure() {
		return
	}
	for _, v := range f.captures {
		if l := w.locOf(v); !l.captured {
			l.captured = true
			// What was assigned before the closure exists does not matter, in the
			// same loop.
			if l.depth == w.depth && !w.a.off("reassigned-before-capture") {
				l.reassigned = false
			}
		}
	}
	w.walkFunc(f)
}

func (w *walker) toHeap(n *node, why string, where *node) {
	w.expr(w.note(w.heapHole(), where, why), n)
}

func (w *walker) mutate(n *node) { w.expr(w.mutatorHole(), n) }

// unsafeValue follows a uintptr back to the unsafe.Pointer that it was made of.
func (w *walker) unsafeValue(k hole, n *node) {
	w.stmts(n.init)
	switch n.op {
	case opConv, opConvNop:
		if isBasic(n.x.typ, types.UnsafePointer) {
			w.expr(k, n.x)
		} else {
			w.discard(n.x)
		}
	case opDotPtr:
		if isHeaderData(n) {
			w.expr(w.derefOf(k, n, "reflect.Header.Data"), n.x)
		} else {
			w.discard(n.x)
		}
	case opUnary:
		w.unsafeValue(k, n.x)
	case opBinary:
		w.unsafeValue(k, n.x)
		if n.tok == token.SHL || n.tok == token.SHR {
			w.discard(n.y)
		} else {
			w.unsafeValue(k, n.y)
		}
	default:
		w.value(w.discardHole(), n)
	}
}

// isHeaderData reports whether n is the field Data of a reflect.SliceHeader or
// StringHeader, which is a pointer in disguise.
func isHeaderData(n *node) bool {
	if n.sel != "Data" || !isBasic(n.typ, types.Uintptr) || n.x == nil {
		return false
	}
	t, ok := types.Unalias(deref(n.x.typ)).(*types.Named)
	if !ok || t.Obj().Pkg() == nil || t.Obj().Pkg().Path() != "reflect" {
		return false
	}
	return t.Obj().Name() == "SliceHeader" || t.Obj().Name() == "StringHeader"
}

// addr follows an assignment to n: the hole for what is assigned.
func (w *walker) addr(n *node) hole {
	if n == nil {
		return w.discardHole()
	}
	k := w.heapHole()
	switch n.op {
	case opLocal:
		k = hole{dst: w.locOf(n.v)}
	case opDot:
		k = w.addr(n.x)
	case opIndex:
		w.discard(n.y)
		if isArray(n.x.typ) {
			k = w.addr(n.x)
		} else {
			w.mutate(n.x)
		}
	case opDeref, opDotPtr:
		w.mutate(n.x)
	case opIndexMap:
		w.discard(n.x)
		w.toHeap(n.y, "key of map put", n)
		if w.a.off("map-put") {
			k = w.discardHole()
		}
	}
	return k
}

func (w *walker) addrs(list []*node) []hole {
	ks := make([]hole, len(list))
	for i, n := range list {
		ks[i] = w.addr(n)
	}
	return ks
}

// isSelfAssign reports whether an assignment stores nothing that was not there: x.a =
// x.b, x.buf = x.buf[i:j]. escape/utils.go:isSelfAssign.
func isSelfAssign(dst, src *node) bool {
	if dst == nil || src == nil {
		return false
	}
	if isSliceSelfAssign(dst, src) {
		return true
	}
	switch {
	case dst.op != src.op:
		return false
	case dst.op == opDot || dst.op == opDotPtr:
		return sameSafe(dst.x, src.x)
	case dst.op == opIndex:
		return !mayAffectMemory(dst.y) && !mayAffectMemory(src.y) && sameSafe(dst.x, src.x)
	}
	return false
}

func isSliceSelfAssign(dst, src *node) bool {
	base := func(n *node) *variable {
		if (n.op == opDeref || n.op == opDotPtr) && n.x.op == opLocal {
			return n.x.v
		}
		return nil
	}
	if src.op != opSlice || src.x.op == opAddr {
		return false
	}
	if dst.op != opDeref && dst.op != opDotPtr {
		return false
	}
	if dst.x.op == opGlobal {
		b := src.x
		return (b.op == opDeref || b.op == opDotPtr) && b.x.op == opGlobal && b.x.sel == dst.x.sel
	}
	v := base(dst)
	return v != nil && v == base(src.x)
}

func sameSafe(l, r *node) bool {
	for l.op == opConvNop {
		l = l.x
	}
	for r.op == opConvNop {
		r = r.x
	}
	if l.op != r.op || !types.Identical(l.typ, r.typ) {
		return false
	}
	switch l.op {
	case opLocal:
		return l.v == r.v
	case opGlobal, opFunc:
		return l.sel == r.sel
	case opDot, opDotPtr:
		return l.sel == r.sel && sameSafe(l.x, r.x)
	case opDeref:
		return sameSafe(l.x, r.x)
	case opUnary:
		return l.tok == r.tok && sameSafe(l.x, r.x)
	case opConv:
		b, ok := under(l.typ).(*types.Basic)
		return ok && b.Info()&(types.IsNumeric|types.IsBoolean) != 0 && sameSafe(l.x, r.x)
	case opIndex, opIndexMap:
		return sameSafe(l.x, r.x) && sameSafe(l.y, r.y)
	case opBinary:
		return l.tok == r.tok && isArith(l.tok) && sameSafe(l.x, r.x) && sameSafe(l.y, r.y)
	case opLit:
		return l.val.Kind() == r.val.Kind() && constant.Compare(l.val, token.EQL, r.val)
	case opNil:
		return true
	}
	return false
}

func isArith(t token.Token) bool { return t >= token.ADD && t <= token.AND_NOT }

func mayAffectMemory(n *node) bool {
	switch n.op {
	case opLocal, opGlobal, opFunc, opLit, opNil:
		return false
	case opBinary:
		return !isArith(n.tok) || mayAffectMemory(n.x) || mayAffectMemory(n.y)
	case opIndex:
		return mayAffectMemory(n.x) || mayAffectMemory(n.y)
	case opConv, opConvNop, opUnary, opDot, opDotPtr, opDeref:
		return mayAffectMemory(n.x)
	case opBuiltin:
		return n.sel != "len" && n.sel != "cap" || len(n.list) != 1 || mayAffectMemory(n.list[0])
	}
	return true
}
