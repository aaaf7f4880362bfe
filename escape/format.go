package escape

import (
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A printer writes nodes and types as the compiler's messages do:
// cmd/compile/internal/ir/fmt.go and types/fmt.go, whose layout differs from that of
// go/types ("interface {}", "struct { a int }").
type printer struct {
	b     strings.Builder
	a     *analysis
	local *types.Package // whose names are not qualified
	link  bool           // qualify everything, by path: the names of instances
	depth int
}

// maxText bounds a message's text in bytes: types can be made whose text is
// exponential in the length of the source.
const maxText = 1 << 14

// maxNest bounds how deep an expression or a type in a text is.
const maxNest = 2000

func (a *analysis) exprText(n *node) string {
	p := printer{a: a, local: a.root.Types}
	p.expr(n, 0)
	return p.String()
}

func (p *printer) String() string {
	s := p.b.String()
	if len(s) > maxText {
		s = s[:maxText]
	}
	return s
}

func (p *printer) str(s string) {
	if p.b.Len() <= maxText {
		p.b.WriteString(s)
	}
}

func precedence(n *node) int {
	switch n.op {
	case opUnary, opAddr, opDeref, opRecv:
		return 7
	case opType:
		if isPtr(n.typ) {
			return 7
		}
	case opMakeMap, opMakeChan, opMinMax:
		// The compiler's table has no row for these two kinds of make.
		if n.op != opMinMax {
			return 0
		}
	case opPtrLit, opAddStr, opClosure:
		return 0
	case opBuiltin:
		switch n.sel {
		case "real", "imag", "complex", "recover": // nor for these
			return 0
		}
	case opDotType:
		if n.implicit {
			return 0
		}
	case opBinary:
		switch n.tok {
		case token.MUL, token.QUO, token.REM, token.SHL, token.SHR, token.AND, token.AND_NOT:
			return 6
		case token.ADD, token.SUB, token.OR, token.XOR:
			return 5
		}
		return 4
	case opLogic:
		if n.tok == token.LAND {
			return 2
		}
		return 1
	case opSend:
		return 3
	}
	return 8
}

func (p *printer) expr(n *node, prec int) {
	for n != nil && n.implicit && (n.op == opAddr || n.op == opDeref || n.op == opConv || n.op == opConvNop || n.op == opConvIface) {
		n = n.x
	}
	if n == nil {
		p.str("<nil>")
		return
	}
	if p.depth > maxNest || p.b.Len() > maxText {
		return
	}
	p.depth++
	defer func() { p.depth-- }()
	own := precedence(n)
	if prec > own {
		p.str("(")
		p.expr(n, 0)
		p.str(")")
		return
	}
	switch n.op {
	case opLocal:
		p.str(n.v.text(p.local))
	case opGlobal, opFunc:
		p.str(n.sel)
	case opNil:
		p.str("nil")
	case opLit:
		p.lit(n)
	case opType:
		if n.implicit {
			// A type that depends on a type parameter is looked up in the dictionary.
			p.str("<node DYNAMICTYPE>")
			return
		}
		p.typ(n.typ)
	case opMethExpr:
		p.expr(n.x, own)
		p.str("." + n.sel)
	case opDot, opDotPtr, opDotInter, opMethValue:
		p.expr(n.x, own)
		p.str("." + n.sel)
	case opDotType:
		if n.implicit {
			p.str("<node DYNAMICDOTTYPE>")
			return
		}
		p.expr(n.x, own)
		p.str(".(")
		p.typ(n.typ)
		p.str(")")
	case opIndex, opIndexMap:
		p.expr(n.x, own)
		p.str("[")
		p.expr(n.y, 0)
		p.str("]")
	case opSlice:
		p.expr(n.x, own)
		p.str("[")
		if n.y != nil {
			p.expr(n.y, 0)
		}
		p.str(":")
		if n.z != nil {
			p.expr(n.z, 0)
		}
		if n.w != nil {
			p.str(":")
			p.expr(n.w, 0)
		}
		p.str("]")
	case opUnary, opAddr, opRecv, opDeref:
		p.unary(n, own)
	case opBinary, opLogic:
		p.expr(n.x, own)
		p.str(" " + n.tok.String() + " ")
		p.expr(n.y, own+1)
	case opAddStr:
		for i, c := range n.list {
			if i > 0 {
				p.str(" + ")
			}
			p.expr(c, own)
		}
	case opPtrLit:
		p.str("&")
		p.expr(n.x, 0)
	case opArrayLit, opSliceLit, opStructLit, opMapLit:
		if n.implicit {
			p.str("... argument")
			return
		}
		p.typ(n.typ)
		if len(n.list) > 0 {
			p.str("{...}")
		} else {
			p.str("{}")
		}
	case opClosure:
		p.str("func literal")
	case opConv, opConvNop, opConvIface, opBytesToStr, opRunesToStr, opStrToBytes, opStrToRunes, opRuneToStr, opSliceToArr, opSliceToArrPtr:
		if hasName(n.typ) {
			p.typ(n.typ)
		} else {
			p.str("(")
			p.typ(n.typ)
			p.str(")")
		}
		p.str("(")
		p.expr(n.x, 0)
		p.str(")")
	case opCall, opCallInter:
		p.expr(n.x, own)
		p.args(withDictionary(n), n.ddd)
	case opAppend:
		p.str("append")
		p.args(n.list, n.ddd)
	case opCopy:
		p.str("copy(")
		p.expr(n.x, 0)
		p.str(", ")
		p.expr(n.y, 0)
		p.str(")")
	case opMinMax, opBuiltin:
		if n.sel == "recover" && !p.a.rules.recoverCall {
			p.str("<node RECOVERFP>")
			return
		}
		p.str(n.sel)
		p.args(n.list, false)
	case opPanic, opClear, opNew, opUnsafe, opUnsafeData:
		p.builtin(n)
	case opMakeSlice, opMakeMap, opMakeChan:
		p.str("make(")
		p.typ(n.typ)
		if n.x != nil {
			p.str(", ")
			p.expr(n.x, 0)
		}
		if n.y != nil {
			p.str(", ")
			p.expr(n.y, 0)
		}
		p.str(")")
	default:
		p.stmt(n)
	}
}

func (p *printer) builtin(n *node) {
	switch n.op {
	case opUnsafe, opUnsafeData:
		if n.sel == "unsafe.Add" || n.sel == "unsafe.Slice" {
			p.str(n.sel + "(")
			p.expr(n.x, 0)
			p.str(", ")
			p.expr(n.y, 0)
			p.str(")")
			return
		}
		p.str("<node " + n.sel + ">")
	default:
		p.str(map[op]string{opPanic: "panic", opClear: "clear", opNew: "new"}[n.op] + "(")
		p.expr(n.x, 0)
		p.str(")")
	}
}

func (p *printer) unary(n *node, own int) {
	sign := map[op]string{opAddr: "&", opRecv: "<-", opDeref: "*"}[n.op]
	if n.op == opUnary {
		sign = n.tok.String()
	}
	p.str(sign)
	if n.op != opDeref && n.x != nil && n.x.op == n.op && n.x.tok == n.tok {
		p.str(" ")
	}
	p.expr(n.x, own+1)
}

func (p *printer) args(list []*node, ddd bool) {
	p.str("(")
	p.exprs(list)
	if ddd {
		p.str("...")
	}
	p.str(")")
}

// withDictionary returns a call's arguments with the dictionary that it passes.
func withDictionary(n *node) []*node {
	if n.sel == "" {
		return n.list
	}
	at := 0
	if n.x.op == opMethExpr {
		at = 1
	}
	return slices.Insert(slices.Clone(n.list), at, &node{op: opGlobal, sel: n.sel})
}

func (p *printer) exprs(list []*node) {
	for i, n := range list {
		if i > 0 {
			p.str(", ")
		}
		p.expr(n, 0)
	}
}

// targets writes what is assigned to.
func (p *printer) targets(list []*node) {
	for i, n := range list {
		if i > 0 {
			p.str(", ")
		}
		if n == nil {
			p.str("_")
			continue
		}
		p.expr(n, 0)
	}
}

// text returns the variable's name as messages of package local write it.
func (v *variable) text(local *types.Package) string {
	if v.fn == nil || v.fn.pkg == nil || v.fn.pkg.Types == local || strings.HasPrefix(v.name, ".autotmp") {
		return v.name
	}
	return v.fn.pkg.Types.Name() + "." + v.name
}

func (p *printer) lit(n *node) {
	t := types.Unalias(n.typ)
	if t == types.Universe.Lookup("rune").Type() || t == types.Typ[types.UntypedRune] {
		if r, ok := constant.Uint64Val(constant.ToInt(n.val)); ok && r <= utf8.MaxRune {
			p.str(strconv.QuoteRune(rune(r)))
			return
		}
	}
	if b, ok := t.(*types.Basic); ok {
		plain := b.Info()&types.IsUntyped != 0
		switch n.val.Kind() {
		case constant.Bool:
			plain = plain || b.Kind() == types.Bool
		case constant.String:
			plain = plain || b.Kind() == types.String
		case constant.Int:
			plain = plain || t == types.Typ[types.Int]
		case constant.Float:
			plain = plain || b.Kind() == types.Float64
		case constant.Complex:
			plain = plain || b.Kind() == types.Complex128
		}
		if plain {
			p.str(n.val.String())
			return
		}
	}
	p.typ(n.typ)
	p.str("(" + n.val.String() + ")")
}
