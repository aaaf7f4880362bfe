package ctxadapter_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/ctxtree/ctxadapter"
)

func Example() {
	a, err := ctxadapter.New(ctxtree.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, cancel := a.Background().WithTimeout(time.Hour)
	defer cancel()
	serve := func(ctx context.Context) error { // code under test
		select {
		case <-ctx.Done():
			return ctx.Err()
		default:
			return nil
		}
	}
	fmt.Println(serve(ctx))
	if err := a.Advance(time.Hour); err != nil {
		fmt.Println(err)
	}
	fmt.Println(serve(ctx))
	// Output:
	// <nil>
	// context deadline exceeded
}

// An api is package context, or an adapter in its place.
type api struct {
	name           string
	background     func() context.Context
	withCancel     func(context.Context) (context.Context, context.CancelFunc)
	withCause      func(context.Context) (context.Context, context.CancelCauseFunc)
	withTimeout    func(context.Context, time.Duration) (context.Context, context.CancelFunc)
	withDeadline   func(context.Context, time.Duration) (context.Context, context.CancelFunc) // from now
	withTimeoutErr func(context.Context, time.Duration, error) (context.Context, context.CancelFunc)
	withValue      func(context.Context, any, any) context.Context
	withoutCancel  func(context.Context) context.Context
	afterFunc      func(context.Context, func()) func() bool
	cause          func(context.Context) error
	sleep          func(time.Duration)
}

func real() api {
	return api{
		name: "context", background: context.Background, withCancel: context.WithCancel, withCause: context.WithCancelCause,
		withTimeout: context.WithTimeout, withTimeoutErr: context.WithTimeoutCause,
		withDeadline: func(c context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			return context.WithDeadline(c, time.Now().Add(d))
		},
		withValue: context.WithValue, withoutCancel: context.WithoutCancel, afterFunc: context.AfterFunc, cause: context.Cause,
		sleep: func(d time.Duration) { time.Sleep(d); synctest.Wait() },
	}
}

func adapted(t testing.TB) api {
	a, err := ctxadapter.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	of := func(c context.Context) *ctxadapter.Context { return c.(*ctxadapter.Context) }
	pair := func(c *ctxadapter.Context, f context.CancelFunc) (context.Context, context.CancelFunc) { return c, f }
	return api{
		name:       "adapter",
		background: func() context.Context { return a.Background() },
		withCancel: func(c context.Context) (context.Context, context.CancelFunc) { return pair(of(c).WithCancel()) },
		withCause: func(c context.Context) (context.Context, context.CancelCauseFunc) {
			ctx, f := of(c).WithCancelCause()
			return ctx, f
		},
		withTimeout: func(c context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			return pair(of(c).WithTimeout(d))
		},
		withDeadline: func(c context.Context, d time.Duration) (context.Context, context.CancelFunc) {
			return pair(of(c).WithDeadline(a.Now().Add(d)))
		},
		withTimeoutErr: func(c context.Context, d time.Duration, err error) (context.Context, context.CancelFunc) {
			return pair(of(c).WithTimeoutCause(d, err))
		},
		withValue:     func(c context.Context, k, v any) context.Context { return of(c).WithValue(k, v) },
		withoutCancel: func(c context.Context) context.Context { return of(c).WithoutCancel() },
		afterFunc:     func(c context.Context, f func()) func() bool { return of(c).AfterFunc(f) },
		cause:         func(c context.Context) error { return of(c).Cause() },
		sleep: func(d time.Duration) {
			if err := a.Advance(d); err != nil {
				t.Fatal(err)
			}
		},
	}
}

type key int

func isDone(c context.Context) bool {
	select {
	case <-c.Done():
		return true
	default:
		return false
	}
}

// behaviours are statements of the documentation of package context. Each holds for the
// package itself, and for an adapter.
var behaviours = []struct {
	says string
	ok   func(a api) bool
}{
	{"Background is never canceled, has no values, and has no deadline", func(a api) bool {
		c := a.background()
		_, ok := c.Deadline()
		return c.Done() == nil && c.Err() == nil && c.Value(key(1)) == nil && !ok
	}},
	{"Done is closed when the cancel function is called", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		before := isDone(c)
		cancel()
		return !before && isDone(c)
	}},
	{"or when the parent's Done channel is closed, whichever happens first", func(a api) bool {
		p, cancelParent := a.withCancel(a.background())
		c, cancel := a.withCancel(p)
		defer cancel()
		cancelParent()
		return isDone(c)
	}},
	{"a parent is not canceled by its child", func(a api) bool {
		p, cancelParent := a.withCancel(a.background())
		defer cancelParent()
		_, cancel := a.withCancel(p)
		cancel()
		return !isDone(p) && p.Err() == nil
	}},
	{"If Done is not yet closed, Err returns nil", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		defer cancel()
		return c.Err() == nil
	}},
	{"Canceled if the context was canceled for some reason other than its deadline passing", func(a api) bool {
		c, cancel := a.withTimeout(a.background(), time.Hour)
		cancel()
		return c.Err() == context.Canceled
	}},
	{"DeadlineExceeded if the context's deadline passed", func(a api) bool {
		c, cancel := a.withTimeout(a.background(), time.Hour)
		defer cancel()
		a.sleep(time.Hour)
		return c.Err() == context.DeadlineExceeded && errors.Is(c.Err(), context.DeadlineExceeded)
	}},
	{"After Err returns a non-nil error, successive calls to Err return the same error", func(a api) bool {
		c, cancel := a.withTimeout(a.background(), time.Hour)
		cancel()
		a.sleep(2 * time.Hour)
		cancel()
		first := c.Err()
		return first == context.Canceled && c.Err() == first
	}},
	{"Successive calls to Done return the same value", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		d := c.Done()
		same := d == c.Done()
		cancel()
		return same && d == c.Done()
	}},
	{"Successive calls to Deadline return the same results", func(a api) bool {
		c, cancel := a.withTimeout(a.background(), time.Hour)
		defer cancel()
		d, ok := c.Deadline()
		a.sleep(time.Minute)
		e, ok2 := c.Deadline()
		return d.Equal(e) && ok && ok2
	}},
	{"the deadline is adjusted to be no later than d", func(a api) bool {
		p, cancelParent := a.withDeadline(a.background(), time.Hour)
		defer cancelParent()
		c, cancel := a.withDeadline(p, 2*time.Hour)
		defer cancel()
		sooner, cancelSooner := a.withDeadline(p, time.Minute)
		defer cancelSooner()
		d, _ := p.Deadline()
		e, _ := c.Deadline()
		f, _ := sooner.Deadline()
		return d.Equal(e) && f.Before(d)
	}},
	{"a deadline in the past cancels at once", func(a api) bool {
		c, cancel := a.withDeadline(a.background(), -time.Second)
		defer cancel()
		return isDone(c) && c.Err() == context.DeadlineExceeded
	}},
	{"After the first call, subsequent calls to a CancelFunc do nothing", func(a api) bool {
		c, cancel := a.withCause(a.background())
		first := errors.New("first")
		cancel(first)
		cancel(errors.New("second"))
		return a.cause(c) == first
	}},
	{"cause1 of the parent, then cause2 of the child: both have cause1", func(a api) bool {
		p, cancelParent := a.withCause(a.background())
		c, cancel := a.withCause(p)
		one := errors.New("1")
		cancelParent(one)
		cancel(errors.New("2"))
		return a.cause(p) == one && a.cause(c) == one && c.Err() == context.Canceled
	}},
	{"the other way round each has its own", func(a api) bool {
		p, cancelParent := a.withCause(a.background())
		c, cancel := a.withCause(p)
		one, two := errors.New("1"), errors.New("2")
		cancel(two)
		cancelParent(one)
		return a.cause(p) == one && a.cause(c) == two
	}},
	{"Calling cancel with nil sets the cause to Canceled", func(a api) bool {
		c, cancel := a.withCause(a.background())
		cancel(nil)
		return a.cause(c) == context.Canceled
	}},
	{"causes with the same text are different errors", func(a api) bool {
		c, cancel := a.withCause(a.background())
		d, cancel2 := a.withCause(a.background())
		one, two := errors.New("same"), errors.New("same")
		cancel(one)
		cancel2(two)
		return a.cause(c) == one && a.cause(d) == two
	}},
	{"Cause returns nil if c has not been canceled yet", func(a api) bool {
		c, cancel := a.withCause(a.background())
		defer cancel(nil)
		return a.cause(c) == nil
	}},
	{"WithTimeoutCause sets the cause when the timeout expires", func(a api) bool {
		slow := errors.New("too slow")
		c, cancel := a.withTimeoutErr(a.background(), time.Second, slow)
		defer cancel()
		a.sleep(time.Second)
		return a.cause(c) == slow && c.Err() == context.DeadlineExceeded
	}},
	{"The returned CancelFunc does not set the cause", func(a api) bool {
		c, cancel := a.withTimeoutErr(a.background(), time.Second, errors.New("too slow"))
		cancel()
		return a.cause(c) == context.Canceled
	}},
	{"the value associated with key is val", func(a api) bool {
		c := a.withValue(a.background(), key(1), "one")
		return c.Value(key(1)) == "one" && c.Value(1) == nil && c.Value(key(2)) == nil
	}},
	{"use values of the parent, unless they are hidden", func(a api) bool {
		c := a.withValue(a.withValue(a.background(), key(1), "one"), key(1), "two")
		ctx, cancel := a.withCancel(c)
		defer cancel()
		return ctx.Value(key(1)) == "two"
	}},
	{"WithoutCancel returns no Deadline or Err, and its Done channel is nil", func(a api) bool {
		p, cancel := a.withTimeout(a.withValue(a.background(), key(1), 1), time.Hour)
		c := a.withoutCancel(p)
		cancel()
		_, ok := c.Deadline()
		return c.Done() == nil && c.Err() == nil && !ok && a.cause(c) == nil && c.Value(key(1)) == 1
	}},
	{"AfterFunc calls f in its own goroutine after ctx is canceled", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		called := make(chan bool, 1)
		a.afterFunc(c, func() { called <- true })
		cancel()
		return <-called
	}},
	{"If ctx is already canceled, AfterFunc calls f immediately in its own goroutine", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		cancel()
		called := make(chan bool, 1)
		stop := a.afterFunc(c, func() { called <- true })
		return <-called && !stop()
	}},
	{"Multiple calls to AfterFunc on a context operate independently", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		called := make(chan int, 2)
		stop := a.afterFunc(c, func() { called <- 1 })
		a.afterFunc(c, func() { called <- 2 })
		ok := stop()
		cancel()
		return ok && <-called == 2 && !stop()
	}},
	{"stop returns true if the call stopped f from being run", func(a api) bool {
		c, cancel := a.withCancel(a.background())
		var n atomic.Int32
		stop := a.afterFunc(c, func() { n.Add(1) })
		first, second := stop(), stop()
		cancel()
		a.sleep(time.Second)
		return first && !second && n.Load() == 0
	}},
}

// TestBehaviours checks each of them for package context, and for an adapter.
func TestBehaviours(t *testing.T) {
	for _, b := range behaviours {
		synctest.Test(t, func(t *testing.T) {
			for _, a := range []api{real(), adapted(t)} {
				if !b.ok(a) {
					t.Errorf("%s: does not hold: %s", a.name, b.says)
				}
			}
		})
	}
}

// TestPanics checks that calls that panic in package context panic here, with the same
// text.
func TestPanics(t *testing.T) {
	a := adapted(t)
	for _, f := range []func(api){
		func(a api) { a.withValue(a.background(), nil, 1) },
		func(a api) { a.withValue(a.background(), []int{}, 1) },
	} {
		text := func(a api) (text string) {
			defer func() { text = fmt.Sprint(recover()) }()
			f(a)
			return ""
		}
		if want, got := text(real()), text(a); want != got {
			t.Errorf("%q, want %q", got, want)
		}
	}
	// The zero values work.
	var zero ctxadapter.Context
	c, cancel := zero.WithTimeout(time.Second)
	defer cancel()
	if zero.Err() != nil || zero.Done() != nil || zero.Value(1) != nil || c.Err() != nil || zero.Node() != ctxtree.Background {
		t.Error("the zero Context is no Background")
	}
	var none ctxadapter.Adapter
	late, cancelLate := none.Background().WithTimeout(time.Second)
	defer cancelLate()
	if err := none.Advance(time.Second); err != nil || late.Err() != context.DeadlineExceeded {
		t.Errorf("the zero Adapter: %v, %v", err, late.Err())
	}
	// Trace may use the adapter.
	var traced *ctxadapter.Adapter
	n := 0
	traced, err := ctxadapter.New(ctxtree.Config{Trace: func(ctxtree.Event) { n += len(traced.Snapshot().Nodes) }, Choose: func(int) int { panic("chosen") }})
	if err != nil {
		t.Fatal(err)
	}
	_, cancelTraced := traced.Background().WithCancel()
	if cancelTraced(); n == 0 {
		t.Error("nothing was traced")
	}
	for _, release := range []string{"go1.20", "1.26", "go1.6"} {
		if _, err := ctxadapter.New(ctxtree.Config{Release: release}); err == nil {
			t.Errorf("an adapter of %s", release)
		}
	}
	b, err := ctxadapter.New(ctxtree.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Advance(-1); err == nil {
		t.Error("time has gone backwards")
	}
}

// TestBelow checks that package context can derive from a node: the derived context is
// canceled, has the deadline and the values of the tree, and needs no waiting goroutine.
func TestBelow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, err := ctxadapter.New(ctxtree.Config{})
		if err != nil {
			t.Fatal(err)
		}
		node, cancelNode := a.Background().WithValue(key(1), "one").WithTimeout(time.Hour)
		defer cancelNode()
		ctx, cancel := context.WithCancel(node)
		defer cancel()
		var called atomic.Bool
		context.AfterFunc(ctx, func() { called.Store(true) })
		d, ok := ctx.Deadline()
		if !ok || !d.Equal(time.Now().Add(time.Hour)) || ctx.Value(key(1)) != "one" || ctx.Err() != nil {
			t.Errorf("%v %v, %v, %v", d, ok, ctx.Value(key(1)), ctx.Err())
		}
		if at, ok := a.Next(); !ok || at != time.Hour {
			t.Errorf("the next deadline is in %v, %v", at, ok)
		}
		if err := a.Advance(time.Hour); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if ctx.Err() != context.DeadlineExceeded || context.Cause(ctx) != context.DeadlineExceeded || !called.Load() {
			t.Errorf("%v, %v, %v", ctx.Err(), context.Cause(ctx), called.Load())
		}
		if got := fmt.Sprint(node); !strings.HasPrefix(got, "context.Background.WithValue(") || a.Snapshot().Nodes[node.Node()-1].Err != ctxtree.DeadlineExceeded {
			t.Errorf("%s: %v", got, a.Snapshot())
		}
	})
}

// TestTogether uses an adapter from several goroutines at once.
func TestTogether(t *testing.T) {
	a, err := ctxadapter.New(ctxtree.Config{Trace: func(ctxtree.Event) {}})
	if err != nil {
		t.Fatal(err)
	}
	root, cancelRoot := a.Background().WithCancel()
	var wg sync.WaitGroup
	var called atomic.Int32
	for range 8 {
		wg.Go(func() {
			for i := range 200 {
				ctx, cancel := root.WithTimeout(time.Duration(i))
				c, cancelCause := ctx.WithCancelCause()
				stop := c.AfterFunc(func() { called.Add(1) })
				std, cancelStd := context.WithCancel(c.WithValue(key(i), i).WithoutCancel().WithValue(key(1), 1))
				_, _, _ = c.Err(), c.Cause(), std.Err()
				select {
				case <-c.Done():
				default:
				}
				if i%3 == 0 {
					cancelCause(errors.New("enough"))
				}
				if err := a.Advance(1); err != nil {
					t.Error(err)
				}
				stop()
				cancelStd()
				cancel()
				if c.Err() == nil || !isDone(ctx) {
					t.Error("not canceled")
				}
			}
		})
	}
	wg.Wait()
	cancelRoot()
	if root.Err() != context.Canceled || called.Load() == 0 {
		t.Errorf("%v, %d called", root.Err(), called.Load())
	}
}
