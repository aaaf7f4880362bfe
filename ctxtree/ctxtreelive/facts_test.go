package ctxtreelive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/internal/underrace"
)

// counting is the root of a chain, and counts the calls of Value.
type counting struct {
	context.Context
	n int
}

func (c *counting) Value(any) any {
	pcs := make([]uintptr, 300)
	fs := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for more := true; more; {
		var f runtime.Frame
		if f, more = fs.Next(); strings.HasSuffix(f.Function, ".look") {
			return nil
		}
		c.n++
	}
	return nil
}

//go:noinline
func look(ctx context.Context) { ctx.Value("none") }

type embedding struct{ context.Context }

// TestFrames compares the depth of the stack in a call of Value with that of the running
// Go, for random chains.
func TestFrames(t *testing.T) {
	r := NewSource(3).r
	for range 500 {
		m := newTree(t, "running")
		n, err := m.WithCustom(ctxtree.Background, ctxtree.Custom{Value: ctxtree.None})
		top := &counting{Context: context.Background()}
		var ctx context.Context = top
		var cancels []context.CancelFunc
		for range r.IntN(30) {
			if err != nil {
				t.Fatal(err)
			}
			cancel := context.CancelFunc(func() {})
			switch r.IntN(5) {
			case 0:
				ctx = context.WithValue(ctx, intKey(1), 1)
				n, err = m.WithValue(n, intKey(1), 1)
			case 1:
				ctx, cancel = context.WithCancel(ctx)
				n, err = m.WithCancel(n)
			case 2:
				ctx, cancel = context.WithTimeout(ctx, time.Hour)
				n, err = m.WithTimeout(n, time.Hour)
			case 3:
				ctx = context.WithoutCancel(ctx)
				n, err = m.WithoutCancel(n)
			case 4:
				ctx = embedding{ctx}
				n, err = m.WithCustom(n, ctxtree.Custom{})
			}
			cancels = append(cancels, cancel)
		}
		top.n = 0
		look(ctx)
		l, err := m.Value(n, "none")
		if err != nil || l.Frames != top.n {
			t.Fatalf("model %d, %v; real %d\n%v", l.Frames, err, top.n, m.Snapshot())
		}
		for _, cancel := range cancels {
			cancel()
		}
	}
}

// fields returns the type of a context and the number of its children, from its memory.
func fields(ctx context.Context) (typ string, children int) {
	v := reflect.ValueOf(ctx)
	typ = strings.TrimPrefix(v.Type().String(), "*")
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if f := v.FieldByName("children"); f.IsValid() {
		children = f.Len()
	}
	return strings.TrimPrefix(typ, "context."), children
}

// TestChildren compares the types of contexts, and the number of children of each, with
// the fields in memory, in random trees.
func TestChildren(t *testing.T) {
	looked := 0
	for seed := range uint64(200) {
		synctest.Test(t, func(t *testing.T) {
			m, l, s := newTree(t, "running"), New(), NewSource(500_000+seed)
			s.Sane = true
			defer l.End(synctest.Wait)
			for range 40 {
				op := s.Next(m)
				ahead := m.Clone()
				if _, err := ahead.Do(op); err != nil || ahead.Settle() != nil {
					continue
				}
				_, err := m.Do(op)
				_, liveErr := l.Do(op)
				if err != nil || liveErr != nil {
					t.Fatalf("%v: model %v, real %v", op, err, liveErr)
				}
				synctest.Wait()
				if err := m.Settle(); err != nil {
					t.Fatal(err)
				}
			}
			for _, n := range m.Snapshot().Nodes {
				ctx := l.nodes[n.Node].ctx
				if k := l.nodes[n.Node].custom; k != nil && len(k.calls) != len(n.Calls) {
					t.Errorf("%v: model tells %v, real %d", n.Node, n.Calls, len(k.calls))
				}
				if ctx == nil || n.Custom != nil {
					continue
				}
				looked++
				typ, children := fields(ctx)
				if typ != string(n.Type) || children != len(n.Children) {
					t.Errorf("%v: model %s with %d children, real %s with %d\n%v", n.Node, n.Type, len(n.Children), typ, children, m.Snapshot())
				}
			}
		})
	}
	t.Logf("%d contexts looked at", looked)
}

// TestUncomparable uses keys whose type is comparable but whose contents are not.
func TestUncomparable(t *testing.T) {
	type hides struct{ X any }
	for _, tt := range []struct{ key, look any }{
		{hides{[]int{1}}, hides{[]int{1}}},
		{hides{1}, hides{[]int{1}}},
		{hides{func() {}}, hides{1}},
		{hides{map[int]int{}}, hides{map[int]int{}}},
		{[1]any{[]int{}}, [1]any{[]int{}}},
		{1, []int{}},
		{hides{[]int{1}}, 1},
		{"a", nil},
	} {
		m := newTree(t, "running")
		n, err := m.WithValue(ctxtree.Background, tt.key, "found")
		if err != nil {
			t.Fatal(err)
		}
		l, err := m.Value(n, tt.look)
		var real any
		realErr := func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = p.(error)
				}
			}()
			real = context.WithValue(context.Background(), tt.key, "found").Value(tt.look)
			return nil
		}()
		if l.Value != real || text(err) != text(realErr) || err != nil && !errors.Is(err, ctxtree.Uncomparable) {
			t.Errorf("%#v in %#v: model %v, %v; real %v, %v", tt.look, tt.key, l.Value, err, real, realErr)
		}
	}
}

// TestWakeOrder makes a goroutine wait for each context of a chain of ten, on one
// processor, and cancels the first: they wake in the order in which their channels were
// closed, except that the last goes first (runnext). That was reported as a bug
// (golang/go#51075), but no order is promised.
func TestWakeOrder(t *testing.T) {
	if underrace.On {
		t.Skip("built with the race detector, the scheduler is random (runtime/proc.go:randomizeScheduler)")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var closed []ctxtree.Node
	m, err := ctxtree.New(ctxtree.Config{Release: "running", Trace: func(e ctxtree.Event) {
		if e.Kind == ctxtree.Closed {
			closed = append(closed, e.Node)
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	trials := child.NewTrials(20)
	for trials.Next() {
		closed = nil
		m.Reset()
		const n = 10
		woken := make(chan int, n)
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		node, err := m.WithCancel(ctxtree.Background)
		first := node
		for i := range n {
			if err != nil {
				t.Fatal(err)
			}
			done := ctx.Done()
			go func() {
				<-done
				woken <- i + 1
			}()
			if _, err := m.Done(node); err != nil {
				t.Fatal(err)
			}
			if i+1 < n {
				var c context.CancelFunc
				ctx, c = context.WithCancel(ctx)
				defer c()
				node, err = m.WithCancel(node)
			}
			// Once in 61 times the scheduler runs a goroutine from the global queue,
			// which has yielded, before one that was just started.
			for range 3 {
				runtime.Gosched()
			}
		}
		start := time.Now()
		cancel()
		var got []int
		for range n {
			got = append(got, <-woken)
		}
		if time.Since(start) > 9*time.Millisecond {
			trials.Reject("over 9 ms")
			continue
		}
		if _, err := m.Cancel(first); err != nil {
			t.Fatal(err)
		}
		want := []int{}
		for _, c := range closed {
			want = append(want, int(c-first)+1)
		}
		want = append(want[n-1:], want[:n-1]...)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("(-model +real):\n%s", diff)
		}
		trials.Accept()
	}
	if err := trials.Err(); err != nil {
		t.Error(err)
	}
}

// TestErrAfterDone polls Err while another thread cancels: once it returns an error, the
// Done channel must be closed.
func TestErrAfterDone(t *testing.T) {
	if n := early(20_000); n != 0 {
		t.Errorf("%d times there was an error, and Done was not closed", n)
	}
}

func early(rounds int) (n int) {
	for range rounds {
		ctx, cancel := context.WithCancel(context.Background())
		ctx.Done()
		go cancel()
		for ctx.Err() == nil {
			runtime.Gosched()
		}
		select {
		case <-ctx.Done():
		default:
			n++
		}
	}
	return n
}

// TestErrEarly asks Go 1.25.1, where that was not so (golang/go#75533), and 1.25.2.
func TestErrEarly(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("asks two releases that are not on record: ORRERY_FULL is not set")
	}
	const source = `package main

import (
	"context"
	"fmt"
	"time"
)

func main() {
	n := 0
	for start := time.Now(); time.Since(start) < %s && n == 0; {
		ctx, cancel := context.WithCancel(context.Background())
		done := ctx.Done()
		go cancel()
		for ctx.Err() == nil {
		}
		select {
		case <-done:
		default:
			n++
		}
	}
	fmt.Println(n)
}
`
	for rel, want := range map[string]bool{"go1.25.1": true, "go1.25.2": false} {
		patience := "5*time.Second"
		if want {
			patience = "time.Minute" // it ends when it has happened, which on a busy machine may take a while
		}
		n, err := toolchain.Run[int](t.Context(), rel, toolchain.Probe{Name: "early", Source: fmt.Sprintf(source, patience)})
		if err != nil {
			t.Fatal(err)
		}
		model := false
		var m *ctxtree.Tree
		m, err = ctxtree.New(ctxtree.Config{Release: rel, Trace: func(e ctxtree.Event) {
			if e.Kind != ctxtree.ErrSet {
				return
			}
			s := m.Snapshot().Nodes[e.Node-1]
			model = model || s.Err != "" && s.Done == ctxtree.DoneUnmade
		}})
		if err != nil {
			t.Fatal(err)
		}
		c, err := m.WithCancel(ctxtree.Background)
		if err == nil {
			_, err = m.Cancel(c)
		}
		if err != nil || model != want || n > 0 != want {
			t.Errorf("%s: model %v, %v; real %d times; want %v", rel, model, err, n, want)
		}
	}
}

// TestConcurrent performs two or three operations at the same time, on threads, and
// compares the results with those of each order of the operations and of the goroutines
// that they start in the model. If all orders have the same result in the model
// (Commute), there must be no other.
func TestConcurrent(t *testing.T) {
	rounds := 300
	if os.Getenv("ORRERY_FULL") != "" {
		rounds = 10_000
	}
	commuting, ways := 0, 0
	for seed := range uint64(rounds) {
		m, l, s := newTree(t, "running"), New(), NewSource(900_000+seed)
		s.Sane = true
		sane := func(op ctxtree.Op) bool {
			switch op.Verb {
			case ctxtree.AdvanceVerb, ctxtree.WithDeadlineVerb, ctxtree.WithDeadlineCauseVerb, ctxtree.WithTimeoutVerb, ctxtree.WithTimeoutCauseVerb:
				return false // time is real here
			case ctxtree.WithCustomVerb:
				return op.Custom.Done != ctxtree.Own && op.Custom.Err != ctxtree.None || op.Custom.Err == ctxtree.Own
			case ctxtree.FinishVerb:
				return op.Cause != ""
			}
			return true
		}
		next := func(t *ctxtree.Tree) ctxtree.Op {
			for {
				op := s.Next(t)
				ahead := m.Clone()
				if _, err := ahead.Do(op); sane(op) && err == nil && ahead.Settle() == nil {
					return op
				}
			}
		}
		for range 12 {
			op := next(m)
			if _, err := m.Do(op); err != nil {
				t.Fatal(err)
			}
			if _, err := l.Do(op); err != nil {
				t.Fatal(err)
			}
			if err := m.Settle(); err != nil {
				t.Fatal(err)
			}
			quiet(l)
		}
		var ops []ctxtree.Op
		for len(ops) < 2+int(seed%2) {
			// An operation that makes a node changes the list of nodes.
			if op := next(m); slices.Contains([]ctxtree.Verb{ctxtree.CancelVerb, ctxtree.CancelCauseVerb, ctxtree.StopVerb, ctxtree.FinishVerb, ctxtree.DoneVerb}, op.Verb) {
				ops = append(ops, op)
			}
		}
		want := map[string]bool{}
		orders(m, ops, func(t2 *ctxtree.Tree, told []string) { want[outcome(t, t2, told)] = true })
		told := make([]string, len(ops))
		start, done := make(chan bool), make(chan bool)
		for _, op := range ops {
			l.error(op.Cause) // creates the error now, since a Live is for one goroutine
		}
		for i, op := range ops {
			go func() {
				<-start
				o, err := l.Do(op)
				told[i] = stopped(op, o, err)
				done <- true
			}()
		}
		close(start)
		for range ops {
			<-done
		}
		quiet(l)
		got := live(l, m, told)
		if !want[got] {
			t.Fatalf("seed %d: %v came to\n%s\nthe model says one of\n%v\nof\n%v", seed, ops, got, want, m.Snapshot())
		}
		ways += len(want)
		if len(ops) == 2 {
			same, err := m.Commute(ops[0], ops[1])
			if err != nil || same && len(want) != 1 {
				t.Fatalf("%v commute: %v, %v; there are %d ways", ops, same, err, len(want))
			}
			if same {
				commuting++
			}
		}
		l.End(func() { quiet(l) })
	}
	t.Logf("%d rounds, %d of %d pairs commute, %.2f outcomes each to the model", rounds, commuting, rounds/2, float64(ways)/float64(rounds))
}

// quiet waits until the goroutines of package context are waiting.
func quiet(l *Live) {
	for range 3 {
		runtime.Gosched()
	}
	for i := 0; i < 1000; i++ {
		buf := make([]byte, 1<<16)
		busy := false
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "context.(*cancelCtx).propagateCancel.func") && !strings.Contains(g, "[select") ||
				strings.Contains(g, "created by context.(*afterFuncCtx)") || strings.Contains(g, "created by github.com/orrery-go/orrery/ctxtree/ctxtreelive.(*custom).finish") {
				busy = true
			}
		}
		if !busy {
			return
		}
		time.Sleep(20 * time.Microsecond)
	}
}

// orders performs the operations, and runs the goroutines that they start, in every
// order.
func orders(m *ctxtree.Tree, ops []ctxtree.Op, end func(*ctxtree.Tree, []string)) {
	var from func(t *ctxtree.Tree, did []bool, told []string)
	from = func(t *ctxtree.Tree, did []bool, told []string) {
		ready := t.Ready()
		for i, op := range ops {
			if did[i] {
				continue
			}
			next := t.Clone()
			o, err := next.Do(op)
			did, told := slices.Clone(did), slices.Clone(told)
			did[i], told[i] = true, stopped(op, o, err)
			from(next, did, told)
		}
		for _, g := range ready {
			next := t.Clone()
			if _, err := next.Run(g); err != nil {
				continue
			}
			from(next, did, told)
		}
		if len(ready) == 0 && !slices.Contains(did, false) {
			end(t, told)
		}
	}
	from(m, make([]bool, len(ops)), make([]string, len(ops)))
}

// stopped returns the result of an operation that its caller sees.
func stopped(op ctxtree.Op, o ctxtree.Outcome, err error) string {
	if op.Verb == ctxtree.StopVerb || err != nil {
		return fmt.Sprint(o.What, err)
	}
	return ""
}

// outcome returns all that can be seen of a tree.
func outcome(t *testing.T, m *ctxtree.Tree, told []string) string {
	var b strings.Builder
	fmt.Fprintln(&b, told)
	for n := ctxtree.Background; int(n) <= m.Len(); n++ {
		s, err := Model(m, n, false)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&b, n, s.Err, s.Cause, s.Func)
	}
	return b.String()
}

func live(l *Live, m *ctxtree.Tree, told []string) string {
	var b strings.Builder
	fmt.Fprintln(&b, told)
	for n := ctxtree.Background; int(n) <= m.Len(); n++ {
		s := l.Seen(n, false)
		fmt.Fprintln(&b, n, s.Err, s.Cause, s.Func)
	}
	return b.String()
}
