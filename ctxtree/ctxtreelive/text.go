package ctxtreelive

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
)

// textSource makes programs as text, of operations that cannot end a program in any
// release: a context that is done always has an error.
type textSource struct {
	Source
	timers bool
	used   []time.Duration // deadlines, no two of which are equal
}

func (s *textSource) next(t *ctxtree.Tree) string {
	n := int(s.node(t))
	pick := func(of ...string) string { return of[s.r.IntN(len(of))] }
	kind := pick("c", "c", "C", "C", "v", "v", "v", "w", "a", "a", "k", "k", "x", "X", "X", "s", "f", "f", "o", "d", "t", "D", "T")
	text := kind + strconv.Itoa(n)
	switch kind {
	case "v":
		text += fmt.Sprintf(",%d,%d", s.r.IntN(len(Keys)-1), s.r.IntN(len(values)))
	case "k":
		is := pick("ooii", "ooii", "ooin", "oonn", "iiii", "iiii", "iini", "iiin", "iino")
		text += "," + is + "-,900"
		if is[0] == 'o' {
			text = strings.Replace(text, "-", pick("-", "a"), 1)
		}
	case "X", "f":
		text += "," + pick("e1", "e2", "e3")
	case "d", "t", "D", "T":
		at := t.Now() + time.Duration(1+s.r.IntN(6))
		if !s.timers || s.r.IntN(4) == 0 {
			at = time.Duration([]int{-3, -1, 1000, 2000}[s.r.IntN(4)])
			at += time.Duration(len(s.used))
			if at <= t.Now() {
				at = -1 - time.Duration(len(s.used))
			}
		}
		for _, u := range s.used {
			if u == at {
				return "?"
			}
		}
		s.used = append(s.used, at)
		if kind == "t" || kind == "T" {
			at -= t.Now()
		}
		text += fmt.Sprintf(",%d", at)
		if kind == "D" || kind == "T" {
			text += "," + pick("e1", "e2", "e3")
		}
	case "c", "C":
		if s.timers && s.r.IntN(4) == 0 && t.Now() < 12 {
			return fmt.Sprint("+", 1+s.r.IntN(2))
		}
	}
	return text
}

// do performs an operation of a program and returns its result in the probe's words.
func do(t *ctxtree.Tree, text string) string {
	if rest, ok := strings.CutPrefix(text, "+"); ok {
		n, err := strconv.Atoi(rest)
		if err == nil {
			err = t.Advance(time.Duration(n) * tick)
		}
		if err != nil {
			return "?"
		}
		return ""
	}
	if text == "?" {
		return text
	}
	args := strings.Split(text[1:], ",")
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	integer := func(i int) int { n, _ := strconv.Atoi(arg(i)); return n }
	op := ctxtree.Op{Node: ctxtree.Node(integer(0)), At: time.Duration(integer(1)) * tick}
	if strings.IndexByte("XfDT", text[0]) >= 0 {
		op.Cause = ctxtree.Reason(args[len(args)-1])
	}
	op.Verb = map[byte]ctxtree.Verb{
		'c': ctxtree.WithCancelVerb, 'C': ctxtree.WithCancelCauseVerb, 'd': ctxtree.WithDeadlineVerb, 'D': ctxtree.WithDeadlineCauseVerb,
		't': ctxtree.WithTimeoutVerb, 'T': ctxtree.WithTimeoutCauseVerb, 'v': ctxtree.WithValueVerb, 'w': ctxtree.WithoutCancelVerb,
		'a': ctxtree.AfterFuncVerb, 'k': ctxtree.WithCustomVerb, 'x': ctxtree.CancelVerb, 'X': ctxtree.CancelCauseVerb,
		's': ctxtree.StopVerb, 'f': ctxtree.FinishVerb, 'o': ctxtree.DoneVerb,
	}[text[0]]
	switch text[0] {
	case 'v':
		op.Key, op.Value = Keys[integer(1)], values[integer(2)]
	case 'k':
		is := arg(1)
		method := func(i int) ctxtree.Method {
			return map[byte]ctxtree.Method{'o': ctxtree.Own, 'n': ctxtree.None}[is[i]]
		}
		op.Custom = &ctxtree.Custom{Done: method(0), Err: method(1), Value: method(2), Deadline: method(3),
			AfterFunc: is[4] == 'a', At: time.Duration(integer(2)) * tick}
	}
	o, err := t.Do(op)
	switch c := (*crash.Error)(nil); {
	case errors.As(err, &c):
		return "!" + c.Text
	case err != nil:
		return "?"
	}
	switch op.Verb {
	case ctxtree.StopVerb:
		return fmt.Sprint(o.What == ctxtree.DidStop)
	case ctxtree.FinishVerb:
		return fmt.Sprint(o.What == ctxtree.DidFinish)
	}
	return ""
}

// Predict returns the log of the program in the model of a release.
func Predict(release, program string) (string, error) {
	t, err := ctxtree.New(ctxtree.Config{Release: release})
	if err != nil {
		return "", err
	}
	fields := strings.Fields(program)
	seen := []string{""}
	custom := []bool{false, false, false}
	var parts []string
	for _, text := range fields[1:] {
		told := do(t, text)
		if err := t.Settle(); err != nil {
			return "", fmt.Errorf("%s: %w", text, err)
		}
		for n := ctxtree.Background; int(n) <= t.Len(); n++ {
			if int(n) == len(seen) {
				seen = append(seen, "")
			}
			now, err := tell(t, n, fields[0] == "1")
			if err != nil {
				return "", err
			}
			if now != seen[n] {
				seen[n] = now
				told += fmt.Sprintf(" %d=%s", n, now)
			}
		}
		parts = append(parts, told)
		if err := t.Check(); err != nil {
			return "", err
		}
	}
	for _, n := range t.Snapshot().Nodes {
		if n.Node > ctxtree.TODO {
			custom = append(custom, n.Custom != nil || custom[n.Parent])
		}
		if custom[n.Node] || n.Type == ctxtree.AfterFuncCtx {
			continue
		}
		name, err := t.Name(n.Node)
		if err != nil {
			return "", err
		}
		for {
			i, j := strings.Index(name, ".WithDeadline("), strings.Index(name, "])")
			if i < 0 {
				break
			}
			name = name[:i] + ".Until" + name[j+2:]
		}
		parts = append(parts, strings.ReplaceAll(name, "ctxtreelive.", "main."))
	}
	return strings.Join(parts, "|"), nil
}

// tell returns all that can be seen of a node, in the probe's words.
func tell(t *ctxtree.Tree, n ctxtree.Node, done bool) (string, error) {
	if f, err := t.Func(n); err == nil {
		return string(f), nil
	}
	short := func(r ctxtree.Reason) string {
		switch r {
		case "":
			return "-"
		case ctxtree.Canceled:
			return "C"
		case ctxtree.DeadlineExceeded:
			return "D"
		}
		return string(r)
	}
	r, err := t.Err(n)
	if err != nil {
		return "", err
	}
	s := short(r)
	if r, err := t.Cause(n); err == nil {
		s += "," + short(r)
	}
	if d, ok, err := t.Deadline(n); err == nil && ok {
		s += fmt.Sprint(",d", int64(d/tick))
	}
	for i, k := range Keys {
		if l, err := t.Value(n, k); err == nil && l.Value != nil {
			s += fmt.Sprint(",", i, ":", l.Value)
		}
	}
	if !done {
		return s, nil
	}
	d, err := t.Done(n)
	switch {
	case err != nil:
		return "", err
	case d.Of == 0:
		s += ",n"
	case d.Shared:
		s += ",s"
	case d.Closed:
		s += fmt.Sprint(",c", int(d.Of))
	default:
		s += fmt.Sprint(",o", int(d.Of))
	}
	return s, nil
}
