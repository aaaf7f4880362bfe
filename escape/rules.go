package escape

import "github.com/orrery-go/orrery/release"

// rules are what releases differ in.
type rules struct {
	maxVariable   int64 // bytes up to which a declared variable can be on the stack
	variableMake  bool  // make of a size that is not constant can be on the stack
	literals      bool  // a variable that holds a constant counts as one
	zeroSized     bool  // make of elements without size is on the heap
	appendStore   bool  // append's new memory can be on the stack, and has a message
	devirtualize  bool
	concreteTypes bool // through all assignments, not only the one that declares
	loopVars      bool // each iteration has its own variables
	deadLocals    bool
	zeroCopy      bool
	directBySize  bool
}

func rulesOf(r release.Release) rules {
	u := rules{
		maxVariable:   10 << 20,
		variableMake:  r.AtLeast("go1.25"),
		literals:      r.AtLeast("go1.25"),
		zeroSized:     r.AtLeast("go1.23"),
		appendStore:   r.AtLeast("go1.25"),
		devirtualize:  r.AtLeast("go1.16"),
		concreteTypes: r.AtLeast("go1.26"),
		loopVars:      r.AtLeast("go1.22"),
		deadLocals:    r.AtLeast("go1.24"),
		zeroCopy:      r.AtLeast("go1.22"),
		directBySize:  r.AtLeast("go1.26"),
	}
	if r.AtLeast("go1.23") {
		u.maxVariable = 128 << 10
	}
	return u
}
