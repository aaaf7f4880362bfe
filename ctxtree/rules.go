package ctxtree

import (
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// rules are what releases differ in.
type rules struct {
	// eagerDone: a context's Done channel is made with the context. Without it,
	// when someone first asks for it, or never.
	eagerDone bool

	// byType: propagateCancel looks for the nearest cancelCtx by the types of this
	// package alone. Without it, it asks for Value(&cancelCtxKey), compares the Done
	// channels, and first of all asks whether the parent is done.
	byType bool

	// nilParent: a nil parent has a panic of its own. Without it, WithValue accepts
	// one, and what calls a method of it dereferences nil.
	nilParent bool

	// loop: Value walks in a loop. Without it, each context calls the next.
	loop bool

	// wrappers: the method Value of what embeds a context is a call like any other.
	// Without it, the embedded context's takes its place on the stack.
	wrappers bool

	causes        bool // WithCancelCause, Cause
	later         bool // AfterFunc, WithoutCancel, WithDeadlineCause, WithTimeoutCause
	causeFalls    bool // Cause is Err where no cancelCtx is found
	causeFallsTwo bool // and where the cancelCtx that is found was not canceled
	errEarly      bool // Err returns the error while the Done channel is not yet closed
	errFirst      bool // Cause asks for Err first, and is nil if that is

	naming naming
}

// naming says how String of a context tells a key and a value.
type naming uint8

const (
	byFmt    naming = iota // both by fmt's %#v
	keyType                // the key's type; the value if it is a string or has String
	anyValue               // both alike, the type where nothing else is known
)

func rulesOf(r release.Release) rules {
	u := rules{
		eagerDone:     !r.AtLeast("go1.9"),
		byType:        !r.AtLeast("go1.14"),
		nilParent:     r.AtLeast("go1.15"),
		wrappers:      !r.AtLeast("go1.10"),
		loop:          r.AtLeast("go1.18"),
		causes:        r.AtLeast("go1.20"),
		later:         r.AtLeast("go1.21"),
		causeFalls:    r.AtLeast("go1.22"),
		causeFallsTwo: r.AtLeast("go1.25"),
		errEarly:      r.AtLeast("go1.25") && !r.AtLeast("go1.25.2"),
		errFirst:      r.AtLeast("go1.26"),
	}
	switch {
	case r.AtLeast("go1.23"):
		u.naming = anyValue
	case r.AtLeast("go1.13"):
		u.naming = keyType
	}
	return u
}

// since returns the error of a function that came later.
func (t *Tree) since(name, release string) error {
	return fmt.Errorf("ctxtree: %s came with %s, and the release is %v", name, release, t.release)
}
