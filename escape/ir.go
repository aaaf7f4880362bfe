package escape

import (
	"go/constant"
	"go/token"
	"go/types"
)

// An op is the kind of a node: what cmd/compile/internal/ir calls an Op. Only the
// distinctions that escape analysis and its messages make are kept.
type op uint8

const (
	opNone op = iota

	// Expressions.
	opLocal      // v: a local variable, a parameter or a result
	opGlobal     // sel: a variable of a package
	opFunc       // fn: a declared function
	opMethExpr   // recv, fn: T.M or (*T).M; fn is nil for a method of an interface
	opLit        // val
	opNil        //
	opType       // typ: the argument of new
	opUnary      // tok x: + - ^ !
	opBinary     // x tok y
	opLogic      // x && y, x || y
	opAddStr     // list: s + t + u
	opAddr       // &x
	opPtrLit     // &T{...}
	opDeref      // *x
	opDot        // x.sel, x a struct
	opDotPtr     // x.sel, x a pointer to a struct
	opDotInter   // x.sel, a method of an interface that is called
	opDotType    // x.(typ)
	opIndex      // x[y]
	opIndexMap   // x[y]
	opSlice      // x[y:z:w]
	opConv       // typ(x), changing the value
	opConvNop    // typ(x), the same bits
	opConvIface  // typ(x), typ an interface
	opBytesToStr // typ(x)
	opRunesToStr
	opStrToBytes
	opStrToRunes
	opRuneToStr
	opSliceToArr
	opSliceToArrPtr
	opRecv       // <-x
	opCall       // x(list...)
	opCallInter  // x is opDotInter
	opAppend     // append(list...)
	opCopy       // copy(x, y)
	opMinMax     // sel(list...)
	opBuiltin    // sel(list...): what lets no pointer pass
	opPanic      // panic(x)
	opClear      // clear(x)
	opUnsafe     // sel(x, y): the pointer passes from x to the result
	opUnsafeData // unsafe.StringData(x), unsafe.SliceData(x)
	opNew        // new(x)
	opMakeSlice  // make(typ, x, y)
	opMakeMap
	opMakeChan
	opMethValue // x.sel, a method that is not called; fn is nil for one of an interface
	opArrayLit  // list
	opSliceLit  // list
	opStructLit // list
	opMapLit    // list of opKey
	opKey       // x: y
	opClosure   // fn

	// Statements.
	opAssign   // x = y
	opAssign2  // list = list2, pair by pair
	opAssignOf // list = x: a comma-ok form or a call
	opAssignOp // x tok= y
	opDcl      // v
	opLabel    // sel
	opGoto     // sel
	opBranch   // tok sel
	opBlock    // list
	opIf       // x, list, list2
	opFor      // x, post y, list
	opRange    // list2 = range x, list
	opSwitch   // x, list of opCase
	opTypeSwitch
	opSelect // list of opCase
	opCase   // list2: values or types; x: communication; list: body; v: the variable of a type switch
	opSend   // x <- y
	opReturn // list
	opGo     // x
	opDefer
)

// A node is an expression or a statement as the compiler has it before escape
// analysis: with the conversions, addresses and dereferences that Go source leaves
// out, and without the statements that are never reached.
type node struct {
	op       op
	tok      token.Token
	implicit bool // not in the source: messages leave it out
	ddd      bool // the last argument is a slice given whole
	def      bool // the statement declares what it assigns to; of opMethExpr: it is one in the source
	incDec   bool // x++
	panics   bool // the argument of panic
	deferAt  bool // a defer in the body of a loop over a function
	goDefer  bool // the call of a go or defer statement
	distinct bool // each iteration has its own variables
	pos      token.Pos
	typ      types.Type

	x, y, z, w  *node
	list, list2 []*node
	init        []*node // statements that come first
	v           *variable
	fn          *function
	sel         string         // of opCall: the dictionary, as messages write it
	field       *types.Var     // of opDot, opDotPtr
	val         constant.Value // of opLit
	length      int64          // of opSliceLit
}

// A variable is a local variable, a parameter or a result.
type variable struct {
	name  string
	pos   token.Pos
	typ   types.Type
	raw   types.Type // of a parameter, type parameters not replaced
	class class
	fn    *function // that declares it
	defn  *node     // the statement that declares it with a value

	callee     bool    // made for what a go or defer statement calls
	addrTaken  bool    // & is used on it, or it is sliced
	reassigned bool    // assigned by something else than defn
	otherwise  bool    // assigned by a statement with other variables, or by a loop
	values     []*node // what it is assigned on its own, without nil
	loc        *location
}

// A class says what a variable is.
type class uint8

const (
	classAuto class = iota
	classParam
	classResult
)

// A function is one function to analyse: declared, instantiated or a literal.
type function struct {
	name     string // as messages write it
	pos      token.Pos
	pkg      *source
	params   []*variable // the receiver first
	results  []*variable
	locals   []*variable
	dict     *variable  // the dictionary of an instance
	realized []realized // the instances that it uses, whose dictionaries are known
	body     []*node
	noBody   bool
	calls    []*node // of methods of interfaces, in order

	literal    bool // a function literal, or made for a go or defer statement
	rangeFn    bool // the body of a loop over a function
	outer      *function
	captures   []*variable
	capturedAt []token.Pos // where it first uses each
	called     bool        // by the expression that it is
	wrapper    bool        // made for a go or defer statement, or by currying
	generic    bool        // an instance: nothing is said about its parameters
	pkgInit    bool
	literals   []*function // of pkgInit
	inits      []*node     // of pkgInit: all initialisers, those of the binary too
	pragma     pragma
	uintptrs   []bool // of a declared function's params: its type is uintptr, or ...uintptr

	funcLits, rangeLits, wrappers int // how many it has, for their names
	rangeStates, rangeYields      int

	// The order of analysis.
	lowered bool
	order   uint32
	tagged  bool // its parameters have tags
	tags    []leaks
	lost    bool // its results flow where nobody looks
}

type pragma uint8

const (
	noEscape pragma = 1 << iota
	uintptrEscapes
	uintptrKeepAlive
)

// isClosure reports whether the function is analysed with the function around it.
// Since Go 1.24 a literal that has no variables of it is analysed like a declared
// function.
func (f *function) isClosure() bool {
	return f.literal && (len(f.captures) > 0 || f.pkg.together && !f.outer.pkgInit)
}

// contains reports whether c is a closure somewhere inside f.
func (f *function) contains(c *function) bool {
	if c == nil {
		return false
	}
	for p := c.outer; p != nil; p = p.outer {
		if p == f {
			return true
		}
	}
	return false
}

// outerValue returns the variable whose own memory x is a part of.
func outerValue(x *node) *node {
	for {
		switch {
		case x == nil:
			return nil
		case x.op == opDot:
			x = x.x
		case x.op == opIndex && isArray(x.x.typ):
			x = x.x
		default:
			return x
		}
	}
}

// children calls f for every node directly below n, those of init included, in
// the order of the compiler; bodies of function literals are not below them.
func (n *node) children(f func(*node)) {
	for _, c := range n.init {
		f(c)
	}
	for _, c := range []*node{n.x, n.y, n.z, n.w} {
		if c != nil {
			f(c)
		}
	}
	if n.op == opRange || n.op == opCase {
		for _, c := range n.list2 {
			if c != nil {
				f(c)
			}
		}
	}
	for _, c := range n.list {
		if c != nil {
			f(c)
		}
	}
	if n.op != opRange && n.op != opCase {
		for _, c := range n.list2 {
			if c != nil {
				f(c)
			}
		}
	}
}

func visitAll(list []*node, f func(*node)) {
	for _, n := range list {
		if n != nil {
			visit(n, f)
		}
	}
}

// visit calls f for n and all below it.
func visit(n *node, f func(*node)) {
	f(n)
	n.children(func(c *node) { visit(c, f) })
}
