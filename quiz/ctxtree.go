package quiz

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/ctxtree"
)

var ctxtreeForms = []form{{"canceled", ctxCanceled}, {"deadline", ctxDeadline}, {"value", ctxValue}, {"cause", ctxCause}, {"error", ctxError}}

// aTree is a tree of contexts with Go code that makes it.
type aTree struct {
	t    *ctxtree.Tree
	code []string
	ctxs []ctxtree.Node // ctx0, ctx1, and so on; ctx0 is Background
	told strings.Builder
}

func newTree(rel string) (*aTree, error) {
	a := &aTree{ctxs: []ctxtree.Node{ctxtree.Background}}
	t, err := ctxtree.New(ctxtree.Config{Release: rel, Trace: func(e ctxtree.Event) {
		if e.Kind == ctxtree.ErrSet || e.Kind == ctxtree.Closed {
			fmt.Fprintln(&a.told, e)
		}
	}})
	a.t = t
	return a, err
}

// name returns what the code calls a context.
func (a *aTree) name(i int) string {
	if i == 0 {
		return "context.Background()"
	}
	return fmt.Sprintf("ctx%d", i)
}

// made adds a context, and the code that makes it.
func (a *aTree) made(n ctxtree.Node, err error, format string, args ...any) error {
	a.ctxs = append(a.ctxs, n)
	a.code = append(a.code, fmt.Sprintf(format, args...))
	return err
}

// asCode puts what the code calls the contexts into what the model says: it counts
// Background and TODO as the first two.
func (a *aTree) asCode(x any) string {
	return ctxName.ReplaceAllStringFunc(fmt.Sprint(x), func(name string) string {
		n, err := strconv.Atoi(strings.TrimPrefix(name, "ctx"))
		if err != nil || n < 3 {
			return name
		}
		return fmt.Sprintf("ctx%d", n-2)
	})
}

var ctxName = regexp.MustCompile(`\bctx[0-9]+\b`)

// ctxCanceled cancels one context of a random tree.
func ctxCanceled(r *rand.Rand) (draft, error) {
	a, err := newTree("")
	if err != nil {
		return draft{}, err
	}
	n := int(between(r, 4, 6))
	var cancelable []int
	below := make([]map[int]bool, n+1) // whatever is below, also below a WithoutCancel
	below[0] = map[int]bool{}
	for i := 1; i <= n; i++ {
		p := max(r.IntN(i), r.IntN(i))
		below[i] = map[int]bool{i: true}
		switch k := r.IntN(6); {
		case k < 3 || i == 1:
			node, err := a.t.WithCancel(a.ctxs[p])
			if err := a.made(node, err, "ctx%d, cancel%d := context.WithCancel(%s)", i, i, a.name(p)); err != nil {
				return draft{}, err
			}
			cancelable = append(cancelable, i)
		case k < 5:
			node, err := a.t.WithValue(a.ctxs[p], "k", i)
			if err := a.made(node, err, "ctx%d := context.WithValue(%s, k, %d)", i, a.name(p), i); err != nil {
				return draft{}, err
			}
		default:
			node, err := a.t.WithoutCancel(a.ctxs[p])
			if err := a.made(node, err, "ctx%d := context.WithoutCancel(%s)", i, a.name(p)); err != nil {
				return draft{}, err
			}
		}
		below[p][i] = true
		for q := range i {
			if below[q][p] {
				below[q][i] = true
			}
		}
	}
	at := cancelable[r.IntN(len(cancelable))]
	a.told.Reset()
	if _, err := a.t.Cancel(a.ctxs[at]); err != nil {
		return draft{}, err
	}
	var got, all, down, plain []string
	for i := 1; i <= n; i++ {
		reason, err := a.t.Err(a.ctxs[i])
		if err != nil {
			return draft{}, err
		}
		if reason != "" {
			got = append(got, a.name(i))
		}
		all = append(all, a.name(i))
		if below[at][i] {
			down = append(down, a.name(i))
		}
		if i <= at {
			plain = append(plain, a.name(i))
		}
	}
	return draft{
		text:  say("%s\n    cancel%d()\nOf which is Err() not nil?", "%s\n    cancel%d()\n哪些 context 的 Err() 不为 nil？", indent(strings.Join(a.code, "\n")), at),
		right: same(strings.Join(got, " ")), wrong: each(strings.Join(down, " "), a.name(at), strings.Join(all, " "), strings.Join(plain, " ")),
		why:  say("a cancel goes down the tree, and not past a WithoutCancel\n%s%s", "取消沿着树向下传，遇到 WithoutCancel 为止\n%s%s", a.asCode(a.told.String()), a.asCode(a.t.Snapshot())),
		rule: "cancel-order",
	}, nil
}

// ctxDeadline nests timeouts.
func ctxDeadline(r *rand.Rand) (draft, error) {
	a, err := newTree("")
	if err != nil {
		return draft{}, err
	}
	n := int(between(r, 2, 4))
	sum, last, cut := time.Duration(0), time.Duration(0), r.IntN(4) == 0
	most := time.Duration(0)
	for i := 1; i <= n; i++ {
		if cut && i == 2 {
			node, err := a.t.WithoutCancel(a.ctxs[i-1])
			if err := a.made(node, err, "ctx%d := context.WithoutCancel(%s)", i, a.name(i-1)); err != nil {
				return draft{}, err
			}
			continue
		}
		d := time.Duration(between(r, 1, 9)) * time.Second
		node, err := a.t.WithTimeout(a.ctxs[i-1], d)
		if err := a.made(node, err, "ctx%d, _ := context.WithTimeout(%s, %v)", i, a.name(i-1), d); err != nil {
			return draft{}, err
		}
		sum, last, most = sum+d, d, max(most, d)
	}
	d, ok, err := a.t.Deadline(a.ctxs[n])
	if err != nil {
		return draft{}, err
	}
	never := text{"it has no deadline", "没有期限"}
	right := never
	if ok {
		right = same(d)
	}
	return draft{
		text:  say("All of this in one instant:\n%s\nWhen is the deadline of ctx%d, counted from now?", "以下在同一瞬间完成：\n%s\nctx%d 的期限从现在算起是多久？", indent(strings.Join(a.code, "\n")), n),
		right: right, wrong: append(each(last, sum, most), never),
		why:  say("the earlier deadline wins, the parent's or its own\n%s", "父子之间以较早的期限为准\n%s", a.asCode(a.t.Snapshot())),
		rule: "deadline-earlier",
	}, nil
}

// ctxValue looks keys up.
func ctxValue(r *rand.Rand) (draft, error) {
	a, err := newTree("")
	if err != nil {
		return draft{}, err
	}
	type key string
	n := int(between(r, 3, 6))
	for i := 1; i <= n; i++ {
		p := i - 1
		if i > 2 && r.IntN(4) == 0 {
			p = i - 2
		}
		switch k := pick(r, "user", "trace"); r.IntN(3) {
		case 0:
			node, err := a.t.WithCancel(a.ctxs[p])
			if err := a.made(node, err, "ctx%d, _ := context.WithCancel(%s)", i, a.name(p)); err != nil {
				return draft{}, err
			}
		case 1:
			node, err := a.t.WithValue(a.ctxs[p], k, i*10) // a string is another key than a key
			if err := a.made(node, err, "ctx%d := context.WithValue(%s, %q, %d)", i, a.name(p), k, i*10); err != nil {
				return draft{}, err
			}
		default:
			node, err := a.t.WithValue(a.ctxs[p], key(k), i*10)
			if err := a.made(node, err, "ctx%d := context.WithValue(%s, key(%q), %d)", i, a.name(p), k, i*10); err != nil {
				return draft{}, err
			}
		}
	}
	from, k := int(between(r, 2, int64(n))), pick(r, "user", "trace")
	show := func(v any) string {
		if v == nil {
			return "nil"
		}
		return fmt.Sprint(v)
	}
	d := draft{rule: "value-walk"}
	l, err := a.t.Value(a.ctxs[from], key(k))
	if err != nil {
		return draft{}, err
	}
	path, err := a.t.Path(a.ctxs[from], key(k))
	if err != nil {
		return draft{}, err
	}
	d.right = same(show(l.Value))
	for _, other := range []any{k, key(map[string]string{"user": "trace", "trace": "user"}[k])} {
		w, err := a.t.Value(a.ctxs[from], other)
		if err != nil {
			return draft{}, err
		}
		d.wrong = append(d.wrong, same(show(w.Value)))
	}
	w, err := a.t.Value(a.ctxs[n], key(k))
	if err != nil {
		return draft{}, err
	}
	d.wrong = append(d.wrong, same(show(w.Value)), same("nil"), same(from*10))
	d.text = say("type key string\n%s\nctx%d.Value(key(%q))?", "type key string\n%s\nctx%d.Value(key(%q)) 是什么？", indent(strings.Join(a.code, "\n")), from, k)
	d.why = say("asked: %v; a key is equal only to one of the same type", "依次询问：%v；类型相同的键才可能相等", a.asCode(path))
	return d, nil
}

// ctxCause sets causes from several sides.
func ctxCause(r *rand.Rand) (draft, error) {
	a, err := newTree("")
	if err != nil {
		return draft{}, err
	}
	for i := 1; i <= 3; i++ {
		if i == 2 && r.IntN(3) == 0 {
			node, err := a.t.WithCancel(a.ctxs[1])
			if err := a.made(node, err, "ctx2, cancel2 := context.WithCancel(ctx1)"); err != nil {
				return draft{}, err
			}
			continue
		}
		node, err := a.t.WithCancelCause(a.ctxs[i-1])
		if err := a.made(node, err, "ctx%d, cancel%d := context.WithCancelCause(%s)", i, i, a.name(i-1)); err != nil {
			return draft{}, err
		}
	}
	plain := strings.Contains(a.code[1], "WithCancel(")
	a.told.Reset()
	causes := []string{"shutdown", "timeout", "client gone"}
	var given []string
	for _, i := range r.Perm(3)[:between(r, 2, 3)] {
		n := i + 1
		if plain && n == 2 {
			a.code = append(a.code, "cancel2()")
			_, err = a.t.Cancel(a.ctxs[n])
		} else {
			a.code = append(a.code, fmt.Sprintf("cancel%d(errors.New(%q))", n, causes[i]))
			given = append(given, causes[i])
			_, err = a.t.CancelCause(a.ctxs[n], ctxtree.Reason(causes[i]))
		}
		if err != nil {
			return draft{}, err
		}
	}
	of := int(between(r, 1, 3))
	cause, err := a.t.Cause(a.ctxs[of])
	if err != nil {
		return draft{}, err
	}
	shown := func(c ctxtree.Reason) text {
		if c == "" {
			return same("nil")
		}
		return same(string(c))
	}
	wrong := each(given...)
	return draft{
		text:  say("%s\nWhat is context.Cause(ctx%d)?", "%s\ncontext.Cause(ctx%d) 是什么？", indent(strings.Join(a.code, "\n")), of),
		right: shown(cause), wrong: append(wrong, same("context canceled"), same("nil")),
		why: say("the first cancel sets error and cause, for all below that had none\n%s%s", "第一次取消决定错误和原因，并传给下面还没有被取消的\n%s%s", a.asCode(a.told.String()), a.asCode(a.t.Snapshot())), rule: "first-wins",
	}, nil
}

// ctxError lets time pass.
func ctxError(r *rand.Rand) (draft, error) {
	a, err := newTree("")
	if err != nil {
		return draft{}, err
	}
	seconds := func() time.Duration { return time.Duration(between(r, 1, 5)) * time.Second }
	d1, d2, cancelAt, lookAt := seconds(), seconds(), seconds(), time.Duration(between(r, 1, 6))*time.Second
	parent, err := a.t.WithTimeout(ctxtree.Background, d1)
	if err := a.made(parent, err, "parent, cancel := context.WithTimeout(context.Background(), %v)", d1); err != nil {
		return draft{}, err
	}
	child, err := a.t.WithTimeout(parent, d2)
	if err := a.made(child, err, "child, _ := context.WithTimeout(parent, %v)", d2); err != nil {
		return draft{}, err
	}
	if cancelAt == d1 || cancelAt == d2 || lookAt == cancelAt || lookAt == d1 || lookAt == d2 {
		return draft{}, nil // it would be a matter of luck
	}
	a.told.Reset()
	if cancelAt < lookAt {
		err = a.t.Advance(cancelAt)
		if err == nil {
			_, err = a.t.Cancel(parent)
		}
		if err == nil {
			err = a.t.Advance(lookAt - cancelAt)
		}
	} else {
		err = a.t.Advance(lookAt)
	}
	if err != nil {
		return draft{}, err
	}
	reason, err := a.t.Err(child)
	if err != nil {
		return draft{}, err
	}
	show := func(c string) text {
		if c == "" {
			return same("nil")
		}
		return same(c)
	}
	return draft{
		text:  say("%s\n    time.AfterFunc(%v, cancel)\nWhat is child.Err() after %v?", "%s\n    time.AfterFunc(%v, cancel)\n%v 之后 child.Err() 是什么？", indent(strings.Join(a.code, "\n")), cancelAt, lookAt),
		right: show(string(reason)), wrong: []text{show("context canceled"), show("context deadline exceeded"), show("")},
		why: say("what comes first decides, for a child as well\n%s", "谁先到算谁的，对子 context 也一样\n%s",
			strings.NewReplacer("ctx1", "parent", "ctx2", "child").Replace(a.asCode(a.told.String()))), rule: "first-wins",
	}, nil
}
