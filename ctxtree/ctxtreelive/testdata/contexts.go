//go:build go1.7
// +build go1.7

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Functions of later releases; nil in older ones.
var (
	cause             func(context.Context) error
	withCancelCause   func(context.Context) (context.Context, func(error))
	afterFunc         func(context.Context, func()) func() bool
	withoutCancel     func(context.Context) context.Context
	withDeadlineCause func(context.Context, time.Time, error) (context.Context, func())
	withTimeoutCause  func(context.Context, time.Duration, error) (context.Context, func())
)

type (
	intKey    int
	stringKey string
	structKey struct{ A, B int }
	emptyKey  struct{}
	namedKey  int
)

func (k namedKey) String() string { return fmt.Sprint("key#", int(k)) }

var (
	keys   = []interface{}{intKey(1), intKey(2), stringKey("a"), "a", structKey{1, 2}, structKey{2, 1}, emptyKey{}, namedKey(3), 1, nil}
	values = []interface{}{1, "one", nil, namedKey(7), stringKey("v"), 3.5, structKey{3, 4}}
)

const tick = 24 * time.Millisecond

func init() {
	ask = func(lessons, programs []string) {
		out.Package = true
		for _, p := range lessons {
			out.Logs = append(out.Logs, inTime(p))
		}
		for _, p := range programs {
			h := fnv.New64a()
			h.Write([]byte(inTime(p)))
			out.Hashes = append(out.Hashes, fmt.Sprintf("%x", h.Sum64()))
		}
		out.Panics = panics()
		out.Types = types()
		out.Frames = frames()
	}
}

// inTime returns the log of a program. It drops runs in which a step was late.
func inTime(program string) string {
	log, ok := run(program)
	for try := 0; !ok && try < 100; try++ {
		log, ok = run(program)
	}
	return log
}

// settle lets all runnable goroutines run; there is one processor.
func settle() {
	for i := 0; i < 20; i++ {
		runtime.Gosched()
	}
}

type node struct {
	ctx    context.Context
	cancel func(error)
	causes bool
	stop   func() bool
	custom *custom
	called *bool
	unused *bool
	plain  bool // no context of another package is above it
	seen   string
}

type runner struct {
	start time.Time
	now   int // ticks
	nodes []*node
	errs  map[string]error
	done  bool
	late  bool
}

func (r *runner) error(name string) error {
	if name == "" {
		return nil
	}
	if r.errs[name] == nil {
		r.errs[name] = errors.New(name)
	}
	return r.errs[name]
}

func (r *runner) reason(err error) string {
	switch err {
	case nil:
		return "-"
	case context.Canceled:
		return "C"
	case context.DeadlineExceeded:
		return "D"
	}
	return err.Error()
}

// at returns the time of a tick; wait waits for the middle of a tick.
func (r *runner) at(ticks int) time.Time { return r.start.Add(time.Duration(ticks) * tick) }

func (r *runner) wait() {
	time.Sleep(r.at(r.now).Add(tick / 2).Sub(time.Now()))
	settle()
}

func (r *runner) check() {
	now := time.Now()
	if now.Before(r.at(r.now).Add(tick/4)) || now.After(r.at(r.now+1).Add(-tick/6)) {
		r.late = true
	}
}

func run(program string) (log string, ok bool) {
	fields := strings.Fields(program)
	r := &runner{start: time.Now().Round(0), errs: map[string]error{}, done: fields[0] == "1"}
	r.nodes = []*node{nil, {ctx: context.Background(), plain: true}, {ctx: context.TODO(), plain: true}}
	var parts []string
	r.wait()
	for _, op := range fields[1:] {
		r.check()
		told := r.do(op)
		settle()
		for i, n := range r.nodes {
			if i == 0 {
				continue
			}
			if seen := r.see(n, i); seen != n.seen {
				n.seen = seen
				told += " " + strconv.Itoa(i) + "=" + seen
			}
		}
		r.check()
		parts = append(parts, told)
	}
	// Names come last, before everything is canceled.
	for _, n := range r.nodes[1:] {
		if n.ctx != nil && n.plain {
			parts = append(parts, name(n.ctx))
		}
	}
	for i := len(r.nodes) - 1; i > 0; i-- {
		if n := r.nodes[i]; n.cancel != nil {
			n.cancel(nil)
		} else if n.stop != nil {
			n.stop()
		}
		settle()
	}
	return strings.Join(parts, "|"), !r.late
}

// name returns the name without the dates of deadlines.
func name(ctx context.Context) string {
	s := fmt.Sprint(ctx)
	for {
		i := strings.Index(s, ".WithDeadline(")
		j := strings.Index(s, "])")
		if i < 0 || j < i {
			return s
		}
		s = s[:i] + ".Until" + s[j+2:]
	}
}

func (r *runner) see(n *node, number int) string {
	if n.ctx == nil {
		switch {
		case *n.called:
			return "called"
		case *n.unused:
			return "stopped"
		}
		return "waiting"
	}
	s := r.reason(n.ctx.Err())
	if cause != nil {
		s += "," + r.reason(cause(n.ctx))
	}
	if d, ok := n.ctx.Deadline(); ok {
		s += fmt.Sprint(",d", int64(d.Sub(r.start)+tick/2+1000*tick)/int64(tick)-1000)
	}
	for i, k := range keys {
		if v := n.ctx.Value(k); v != nil {
			s += fmt.Sprint(",", i, ":", v)
		}
	}
	if r.done {
		s += "," + r.channel(n.ctx, number)
	}
	return s
}

var shared = func() <-chan struct{} {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx.Done()
}()

func (r *runner) channel(ctx context.Context, number int) string {
	c := ctx.Done()
	if c == nil {
		return "n"
	}
	s := "o"
	select {
	case <-c:
		s = "c"
	default:
	}
	if c == shared {
		return "s"
	}
	for i := 1; i < number; i++ {
		if n := r.nodes[i]; n.ctx != nil && n.ctx.Done() == c {
			return s + strconv.Itoa(i)
		}
	}
	return s + strconv.Itoa(number)
}

// do performs an operation and returns its result, "?" if it cannot be performed.
func (r *runner) do(op string) (told string) {
	defer func() {
		if e := recover(); e != nil {
			told = "!" + fmt.Sprint(e)
		}
	}()
	if op[0] == '+' {
		n, _ := strconv.Atoi(op[1:])
		r.now += n
		r.wait()
		return ""
	}
	args := strings.Split(op[1:], ",")
	number, _ := strconv.Atoi(args[0])
	if number >= len(r.nodes) {
		return "?"
	}
	n := r.nodes[number]
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	integer := func(i int) int { x, _ := strconv.Atoi(arg(i)); return x }
	if strings.IndexByte("sxXf", op[0]) < 0 && n.ctx == nil {
		return "?"
	}
	made := &node{plain: n.plain}
	plain := func(f func()) func(error) { return func(error) { f() } }
	switch op[0] {
	case 'c':
		ctx, f := context.WithCancel(n.ctx)
		made.ctx, made.cancel = ctx, plain(f)
	case 'C':
		if withCancelCause == nil {
			return "?"
		}
		made.ctx, made.cancel = withCancelCause(n.ctx)
		made.causes = true
	case 'd':
		ctx, f := context.WithDeadline(n.ctx, r.at(integer(1)))
		made.ctx, made.cancel = ctx, plain(f)
	case 't':
		ctx, f := context.WithTimeout(n.ctx, r.at(r.now+integer(1)).Sub(time.Now()))
		made.ctx, made.cancel = ctx, plain(f)
	case 'D':
		if withDeadlineCause == nil {
			return "?"
		}
		ctx, f := withDeadlineCause(n.ctx, r.at(integer(1)), r.error(arg(2)))
		made.ctx, made.cancel = ctx, plain(f)
	case 'T':
		if withTimeoutCause == nil {
			return "?"
		}
		ctx, f := withTimeoutCause(n.ctx, r.at(r.now+integer(1)).Sub(time.Now()), r.error(arg(2)))
		made.ctx, made.cancel = ctx, plain(f)
	case 'v':
		made.ctx = context.WithValue(n.ctx, keys[integer(1)], values[integer(2)])
	case 'w':
		if withoutCancel == nil {
			return "?"
		}
		made.ctx = withoutCancel(n.ctx)
	case 'a':
		if afterFunc == nil {
			return "?"
		}
		called, unused := new(bool), new(bool)
		made.called, made.unused = called, unused
		stop := afterFunc(n.ctx, func() { *called = true })
		made.stop = func() bool {
			s := stop()
			*unused = *unused || s
			return s
		}
	case 'k':
		made.plain = false
		made.ctx, made.custom = r.newCustom(n.ctx, arg(1), r.at(integer(2)))
	case 'x', 'X':
		if n.cancel == nil || op[0] == 'X' && !n.causes {
			return "?"
		}
		n.cancel(r.error(arg(1)))
		return ""
	case 's':
		if n.stop == nil {
			return "?"
		}
		return fmt.Sprint(n.stop())
	case 'f':
		if n.custom == nil || n.custom.is[0] != 'o' {
			return "?"
		}
		return fmt.Sprint(n.custom.finish(r.error(arg(1))))
	case 'o':
		n.ctx.Done()
		return ""
	}
	r.nodes = append(r.nodes, made)
	return ""
}

// custom is a context of another package. The letters in is say of Done, Err, Value and
// Deadline whether it is inherited, its own or nil.
type custom struct {
	context.Context
	is    string
	at    time.Time
	mu    sync.Mutex
	done  chan struct{}
	ended bool
	err   error
	calls []*func()
}

type withAfterFunc struct{ *custom }

func (r *runner) newCustom(parent context.Context, is string, at time.Time) (context.Context, *custom) {
	k := &custom{Context: parent, is: is, at: at, done: make(chan struct{})}
	if is[4] == 'a' {
		return withAfterFunc{k}, k
	}
	return k, k
}

func (c *custom) Done() <-chan struct{} {
	switch c.is[0] {
	case 'o':
		return c.done
	case 'n':
		return nil
	}
	return c.Context.Done()
}

func (c *custom) Err() error {
	switch c.is[1] {
	case 'o':
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.err
	case 'n':
		return nil
	}
	return c.Context.Err()
}

func (c *custom) Value(key interface{}) interface{} {
	if c.is[2] == 'n' {
		return nil
	}
	return c.Context.Value(key)
}

func (c *custom) Deadline() (time.Time, bool) {
	switch c.is[3] {
	case 'o':
		return c.at, true
	case 'n':
		return time.Time{}, false
	}
	return c.Context.Deadline()
}

func (c withAfterFunc) AfterFunc(f func()) func() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := &f
	c.calls = append(c.calls, key)
	return func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for i, k := range c.calls {
			if k == key {
				c.calls = append(c.calls[:i:i], c.calls[i+1:]...)
				return true
			}
		}
		return false
	}
}

func (c *custom) finish(err error) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.ended, c.err = true, err
	close(c.done)
	for _, f := range c.calls {
		go (*f)()
	}
	c.calls = nil
	return true
}

func panics() map[string]string {
	bg := context.Background()
	m := map[string]string{}
	try := func(name string, f func()) {
		defer func() {
			if e := recover(); e != nil {
				m[name] = fmt.Sprint(e)
			}
		}()
		m[name] = ""
		f()
	}
	var none context.Context
	try("WithCancel(nil)", func() { context.WithCancel(none) })
	try("WithDeadline(nil)", func() { context.WithDeadline(none, time.Now()) })
	try("WithTimeout(nil)", func() { context.WithTimeout(none, time.Hour) })
	try("WithValue(nil)", func() { context.WithValue(none, 1, 1) })
	try("WithValue(nil).found", func() { context.WithValue(none, 1, 1).Value(1) })
	try("WithValue(nil).missed", func() { context.WithValue(none, 1, 1).Value(2) })
	try("WithValue(nil).Err", func() { context.WithValue(none, 1, 1).Err() })
	try("WithValue(nil).Done", func() { context.WithValue(none, 1, 1).Done() })
	try("WithValue(nil).Deadline", func() { context.WithValue(none, 1, 1).Deadline() })
	try("WithCancel(WithValue(nil))", func() { context.WithCancel(context.WithValue(none, 1, 1)) })
	try("WithValue(nil).String", func() { m["the name"] = context.WithValue(none, 1, 1).(fmt.Stringer).String() })
	try("WithValue(nil key)", func() { context.WithValue(bg, nil, 1) })
	try("WithValue(nil, nil key)", func() { context.WithValue(none, nil, 1) })
	try("WithValue(slice)", func() { context.WithValue(bg, []int{1}, 1) })
	try("WithValue(func)", func() { context.WithValue(bg, func() {}, 1) })
	try("WithValue(struct with slice)", func() { context.WithValue(bg, struct{ X interface{} }{[]int{1}}, 1) })
	try("Value(struct with slice)", func() {
		context.WithValue(bg, struct{ X interface{} }{[]int{1}}, 1).Value(struct{ X interface{} }{[]int{1}})
	})
	r := &runner{}
	silent, k := r.newCustom(bg, "oiii-", time.Time{})
	k.finish(nil)
	try("done without error", func() { context.WithCancel(silent) })
	if withCancelCause != nil {
		try("WithCancelCause(nil)", func() { withCancelCause(none) })
		try("Cause(nil)", func() { cause(none) })
	}
	if withoutCancel != nil {
		try("WithoutCancel(nil)", func() { withoutCancel(none) })
		try("AfterFunc(nil)", func() { afterFunc(none, func() {}) })
		try("WithTimeoutCause(nil)", func() { withTimeoutCause(none, time.Hour, nil) })
	}
	return m
}

func types() map[string]string {
	c, cancel := context.WithCancel(context.Background())
	defer cancel()
	t, cancelTimer := context.WithTimeout(c, time.Hour)
	defer cancelTimer()
	later, cancelLater := context.WithTimeout(t, 2*time.Hour)
	defer cancelLater()
	m := map[string]string{}
	tell := func(name string, ctx context.Context) { m[name] = reflect.TypeOf(ctx).String() }
	tell("background", context.Background())
	tell("todo", context.TODO())
	tell("cancel", c)
	tell("timeout", t)
	tell("later timeout", later)
	tell("value", context.WithValue(c, 1, 1))
	if withoutCancel != nil {
		tell("without cancel", withoutCancel(c))
	}
	return m
}

// counts counts the calls of Value on the stack, including its own.
type counts struct {
	context.Context
	n *int
}

func (c *counts) Value(key interface{}) interface{} {
	pcs := make([]uintptr, 200)
	fs := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	for {
		f, more := fs.Next()
		if strings.Contains(f.Function, "look") {
			return nil
		}
		*c.n++
		if !more {
			return nil
		}
	}
}

//go:noinline
func look(ctx context.Context, n *int) int {
	*n = 0
	ctx.Value("none")
	return *n
}

type embeds struct{ context.Context }

// frames returns the depth of the stack in Value for each chain, which has a letter for
// each context.
func frames() map[string]int {
	m := map[string]int{}
	for _, chain := range []string{"", "v", "vv", "vvvvvvvvvv", "c", "cc", "vcvc", "ct", "e", "ve", "ev", "vev", "vvevve", "cecv"} {
		n := new(int)
		var ctx context.Context = &counts{context.Background(), n}
		for _, k := range chain {
			switch k {
			case 'v':
				ctx = context.WithValue(ctx, 1, 1)
			case 'c':
				c, cancel := context.WithCancel(ctx)
				defer cancel()
				ctx = c
			case 't':
				c, cancel := context.WithTimeout(ctx, time.Hour)
				defer cancel()
				ctx = c
			case 'e':
				ctx = embeds{ctx}
			}
		}
		m[chain] = look(ctx, n)
	}
	return m
}
