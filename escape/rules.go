package escape

import "github.com/orrery-go/orrery/release"

// rules are what releases differ in.
type rules struct {
	maxVariable int64 // bytes up to which a declared variable can be on the stack
	tagResults  int   // results that a parameter's tag has room for

	// Go 1.15 to 1.18.
	capacityOnly bool // make of a constant capacity can be on the stack, whatever the length is
	heapResults  bool // what flows to a result that is on the heap does not flow to a result
	noEmptyList  bool // a variadic call without further arguments makes no slice
	goSlices     bool // slice literals in the arguments of a go or defer statement are made when the call is
	methodValues bool // what x.M does with x is known
	devirtualize bool // a method of an interface is called like a method, where the type in it is known
	staticCallee bool // a variable that holds a function is called like the function
	initMessages bool // variables' initialisers have messages
	wholeLimit   bool // what has exactly the limit's size can be on the stack
	rangePlain   bool // a loop's variable without pointers is followed, too
	methodExprs  bool // T.M(x) is x.M()
	panicConst   bool // panic of a constant has a message

	// Go 1.20 and 1.21 alone.
	deferInterfaces bool // a method of an interface in a go or defer statement stays one

	// Go 1.22.
	goLiterals     bool // so are arrays, structs and new
	deadCode       bool // what is never reached is left out
	closureResults bool // where a closure's results go is followed through variables
	loopVars       bool // each iteration has its own variables
	zeroCopy       bool // a string's bytes are used as they are, where nothing changes them
	shortShapes    bool // a hash stands for a long name of a shape
	shapeHash      byte // what the hash's first byte differs in from SHA-256's; 0: all of it is turned around

	// Go 1.24.
	staticInterfaces bool // an assertion to an interface type that depends on no type parameter is written as in the source
	trivialClosures  bool // a literal that captures nothing is a function like any other
	deadLocals       bool // assignments to variables that nothing reads are left out

	// Go 1.25.
	variableMake bool // make of a size that is not constant can be on the stack
	literals     bool // a variable that holds a constant counts as one
	zeroSized    bool // make of elements without size is on the heap
	appendStore  bool // append's new memory can be on the stack, and has a message

	// Go 1.25.4.
	shapePointers bool // a pointer to a type made of shapes is a shape of its own

	// Go 1.26.
	concreteTypes bool // the type in an interface is known from all assignments, not only the one that declares
	literalLen    bool // the length of a slice literal in a variable is known
	directBySize  bool // an interface holds any type of one word that is a pointer
	recoverCall   bool // recover is written as such: it had an argument, the frame

	// Go 1.27.
	ownNames      bool // a literal in the body of a loop over a function is named for that body
	plainPointers bool // shapePointers no longer
	allCallees    bool // a variable of function type is called like all functions that it is assigned
}

func rulesOf(r release.Release) rules {
	u := rules{
		maxVariable:      10 << 20,
		tagResults:       7,
		capacityOnly:     r.AtLeast("go1.15"),
		heapResults:      r.AtLeast("go1.15"),
		noEmptyList:      r.AtLeast("go1.15"),
		goSlices:         r.AtLeast("go1.18"),
		goLiterals:       r.AtLeast("go1.22"),
		methodValues:     r.AtLeast("go1.15"),
		devirtualize:     r.AtLeast("go1.16"),
		staticCallee:     r.AtLeast("go1.16"),
		initMessages:     r.AtLeast("go1.16"),
		wholeLimit:       r.AtLeast("go1.17"),
		rangePlain:       r.AtLeast("go1.17"),
		methodExprs:      r.AtLeast("go1.18"),
		panicConst:       r.AtLeast("go1.17"),
		deferInterfaces:  r.AtLeast("go1.20") && !r.AtLeast("go1.22"),
		deadCode:         r.AtLeast("go1.22"),
		closureResults:   r.AtLeast("go1.22"),
		loopVars:         r.AtLeast("go1.22"),
		zeroCopy:         r.AtLeast("go1.22"),
		shortShapes:      r.AtLeast("go1.22"),
		staticInterfaces: r.AtLeast("go1.24"),
		trivialClosures:  r.AtLeast("go1.24"),
		deadLocals:       r.AtLeast("go1.24"),
		variableMake:     r.AtLeast("go1.25"),
		literals:         r.AtLeast("go1.25"),
		zeroSized:        r.AtLeast("go1.25"),
		appendStore:      r.AtLeast("go1.25"),
		concreteTypes:    r.AtLeast("go1.26"),
		literalLen:       r.AtLeast("go1.26"),
		directBySize:     r.AtLeast("go1.26"),
		recoverCall:      r.AtLeast("go1.26"),
		shapePointers:    r.AtLeast("go1.25.4"),
		ownNames:         r.AtLeast("go1.27"),
		plainPointers:    r.AtLeast("go1.27"),
		allCallees:       r.AtLeast("go1.27"),
	}
	if r.AtLeast("go1.22") {
		u.tagResults = 5
	}
	if r.AtLeast("go1.24") {
		u.maxVariable = 128 << 10
		u.shapeHash = 1
	}
	if r.AtLeast("go1.25") {
		u.shapeHash = 0xff
	}
	return u
}

// switches name the rules that a test can turn off.
func (u *rules) switches() map[string]*bool {
	return map[string]*bool{
		"capacity-only":    &u.capacityOnly,
		"heap-results":     &u.heapResults,
		"no-empty-list":    &u.noEmptyList,
		"go-slices":        &u.goSlices,
		"go-literals":      &u.goLiterals,
		"method-values":    &u.methodValues,
		"devirtualize":     &u.devirtualize,
		"static-callee":    &u.staticCallee,
		"init-messages":    &u.initMessages,
		"whole-limit":      &u.wholeLimit,
		"range-plain":      &u.rangePlain,
		"method-exprs":     &u.methodExprs,
		"panic-const":      &u.panicConst,
		"dead-code":        &u.deadCode,
		"loop-vars":        &u.loopVars,
		"zero-copy":        &u.zeroCopy,
		"trivial-closures": &u.trivialClosures,
		"dead-locals":      &u.deadLocals,
		"variable-make":    &u.variableMake,
		"literals":         &u.literals,
		"zero-sized":       &u.zeroSized,
		"append-store":     &u.appendStore,
		"concrete-types":   &u.concreteTypes,
		"literal-len":      &u.literalLen,
		"direct-by-size":   &u.directBySize,
		"recover-call":     &u.recoverCall,
		"defer-interfaces": &u.deferInterfaces,
		"short-shapes":     &u.shortShapes,
		"own-names":        &u.ownNames,
		"all-callees":      &u.allCallees,
	}
}
