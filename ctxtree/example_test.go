package ctxtree_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

// A cancel affects the descendants, and no others.
func Example() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	server, _ := t.WithCancel(ctxtree.Background)
	request, _ := t.WithTimeout(server, 2*time.Second)
	query, _ := t.WithCancel(request)
	other, _ := t.WithCancel(server)

	o, err := t.Cancel(request)
	fmt.Println(o, o.Canceled, err)
	for _, ctx := range []ctxtree.Node{server, request, query, other} {
		reason, _ := t.Err(ctx)
		fmt.Printf("%v: %q\n", ctx, reason)
	}
	// Output:
	// canceled 2 <nil>
	// ctx3: ""
	// ctx4: "context canceled"
	// ctx5: "context canceled"
	// ctx6: ""
}

// Trace receives every step.
func ExampleConfig_trace() {
	t, err := ctxtree.New(ctxtree.Config{Trace: func(e ctxtree.Event) { fmt.Println(e) }})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, _ := t.WithCancel(ctxtree.Background)
	t.WithTimeout(parent, time.Second)
	t.Cancel(parent)
	// Output:
	// made ctx3 below background
	// propagate to ctx3: parent-never background
	// made ctx4 below ctx3
	// done made ctx3
	// propagate to ctx4: child ctx3
	// timer made ctx4
	// lock ctx3
	// err set ctx3: context canceled
	// closed ctx3
	// lock ctx4
	// err set ctx4: context canceled
	// closed ctx4
	// unlock ctx4
	// timer stopped ctx4
	// dropped the children of ctx3
	// unlock ctx3
}

// The first cancel sets the cause, for all descendants that had none.
func ExampleTree_CancelCause() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, _ := t.WithCancelCause(ctxtree.Background)
	one, _ := t.WithCancelCause(parent)
	two, _ := t.WithCancel(parent)
	t.CancelCause(one, "one is done")
	t.CancelCause(parent, "shutting down")
	for _, ctx := range []ctxtree.Node{parent, one, two} {
		reason, _ := t.Err(ctx)
		cause, _ := t.Cause(ctx)
		fmt.Printf("%v: %v, because %v\n", ctx, reason, cause)
	}
	// Output:
	// ctx3: context canceled, because shutting down
	// ctx4: context canceled, because one is done
	// ctx5: context canceled, because shutting down
}

// A deadline cancels the node and its descendants when the clock reaches it; one that
// has passed cancels at once.
func ExampleTree_WithDeadline() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, _ := t.WithDeadline(ctxtree.TODO, time.Second)
	child, _ := t.WithCancel(parent)
	t.Advance(time.Second - 1)
	fmt.Println(t.Err(child))
	t.Advance(1)
	fmt.Println(t.Err(child))
	late, _ := t.WithDeadline(ctxtree.Background, 0)
	fmt.Println(t.Err(late))
	// Output:
	// <nil>
	// context deadline exceeded <nil>
	// context deadline exceeded <nil>
}

// A deadline later than the parent's makes no timer, and its cause is lost.
func ExampleTree_WithTimeoutCause() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, _ := t.WithTimeout(ctxtree.Background, time.Second)
	child, _ := t.WithTimeoutCause(parent, 2*time.Second, "too slow")
	fmt.Print(t.Snapshot())
	t.Advance(3 * time.Second)
	fmt.Println(t.Cause(child))
	// Output:
	// background
	// └── ctx3 timerCtx until 1s
	//     └── ctx4 cancelCtx
	// context deadline exceeded <nil>
}

// WithValue changes no other context: the parent does not see the key.
func ExampleTree_Value() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	type key int
	parent, _ := t.WithValue(ctxtree.Background, key(1), "outer")
	child, _ := t.WithValue(parent, key(1), "inner")
	for _, ctx := range []ctxtree.Node{parent, child} {
		l, _ := t.Value(ctx, key(1))
		fmt.Println(ctx, l.Value, "of", l.At)
	}
	path, _ := t.Path(child, 1) // an int is a different key from a key
	fmt.Println(path)
	// Output:
	// ctx3 outer of ctx3
	// ctx4 inner of ctx4
	// [ctx4 ctx3 background]
}

// WithoutCancel keeps only the values.
func ExampleTree_WithoutCancel() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	request, _ := t.WithTimeout(ctxtree.Background, time.Second)
	detached, _ := t.WithoutCancel(request)
	cleanup, _ := t.WithTimeout(detached, time.Minute)
	t.Cancel(request)
	reason, _ := t.Err(cleanup)
	deadline, ok, _ := t.Deadline(detached)
	fmt.Printf("%q, %v %v\n", reason, deadline, ok)
	// Output:
	// "", 0s false
}

// A function runs in a goroutine of its own, once the tree lets it.
func ExampleTree_AfterFunc() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, _ := t.WithCancel(ctxtree.Background)
	f, _ := t.AfterFunc(ctx)
	t.Cancel(ctx)
	fmt.Println(t.Func(f))
	fmt.Println(t.Stop(f))
	t.Settle()
	fmt.Println(t.Func(f))
	// Output:
	// started <nil>
	// too late <nil>
	// called <nil>
}

// Before Go 1.14, a struct that embeds a context cost a goroutine for each child.
func ExampleTree_WithCustom() {
	for _, release := range []string{"go1.13", "go1.14"} {
		t, err := ctxtree.New(ctxtree.Config{Release: release})
		if err != nil {
			fmt.Println(err)
			return
		}
		parent, _ := t.WithCancel(ctxtree.Background)
		wrapped, _ := t.WithCustom(parent, ctxtree.Custom{Name: "*gin.Context"})
		t.WithCancel(wrapped)
		t.Settle()
		fmt.Println(release, len(t.Snapshot().Goroutines), "goroutines")
	}
	// Output:
	// go1.13 1 goroutines
	// go1.14 0 goroutines
}

// A context that is done and has no error ends the program.
func ExampleTree_Finish() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	broken, _ := t.WithCustom(ctxtree.Background, ctxtree.Custom{Done: ctxtree.Own})
	t.WithCancel(broken)
	t.Finish(broken, "")
	err = t.Settle()
	fmt.Println(err, errors.Is(err, ctxtree.MissingErr))
	// Output:
	// context: internal error: missing cancel error true
}

// Events steps to the end: timers fire as time passes.
func ExampleTree_Events() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	t.WithTimeout(ctxtree.Background, 2*time.Second)
	t.WithTimeout(ctxtree.TODO, time.Second)
	for e := range t.Events() {
		if e.Kind == ctxtree.ErrSet {
			fmt.Println(e.At, e)
		}
	}
	// Output:
	// 1s err set ctx4: context deadline exceeded
	// 2s err set ctx3: context deadline exceeded
}

// At shows the middle of an operation: the parent is canceled, the child not yet.
func ExampleTree_At() {
	t, err := ctxtree.New(ctxtree.Config{Record: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	parent, _ := t.WithCancel(ctxtree.Background)
	t.WithCancel(parent)
	t.Cancel(parent)
	for n := uint64(6); n <= 10; n += 2 {
		s, err := t.At(n)
		fmt.Print(n, " ", err, "\n", s)
	}
	// Output:
	// 6 <nil>
	// background
	// └── ctx3 cancelCtx
	//     └── ctx4 cancelCtx
	// 8 <nil>
	// background
	// └── ctx3 cancelCtx, context canceled
	//     └── ctx4 cancelCtx
	// 10 <nil>
	// background
	// └── ctx3 cancelCtx, context canceled
	//     └── ctx4 cancelCtx
}

// Which of two cancels comes first matters if they have different causes.
func ExampleTree_Commute() {
	t, err := ctxtree.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, _ := t.WithCancelCause(ctxtree.Background)
	cancel := func(cause ctxtree.Reason) ctxtree.Op {
		return ctxtree.Op{Verb: ctxtree.CancelCauseVerb, Node: ctx, Cause: cause}
	}
	fmt.Println(t.Commute(cancel("a"), cancel("a")))
	fmt.Println(t.Commute(cancel("a"), cancel("b")))
	// Output:
	// true <nil>
	// false <nil>
}
