package claims

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/orrery-go/orrery/claims/contexts"
	"github.com/orrery-go/orrery/ctxtree"
)

//go:embed contexts/questions.go
var contextQuestions string

// contextProbe returns the files of the probe that ask about contexts: in a release
// without the package, the answer is that there is none.
func contextProbe() map[string]string {
	const none = `// +build !go1.7

package main

var Questions = map[string]func() string{}

func init() {
	for _, id := range []string{"9-1", "9-2", "9-3", "9-4", "9-5", "9-6", "9-7", "9-8", "9-9", "9-10", "10-1", "10-2", "10-3", "10-4", "10-5", "10-6"} {
		Questions[id] = func() string { return "no such package" }
	}
}
`
	return map[string]string{
		"contexts.go":   strings.Replace(contextQuestions, "package contexts", "package main", 1),
		"nocontexts.go": none,
	}
}

var ctxtreeChecks = contextChecks(map[string]func(m *contextModel) string{
	"9-1": func(m *contextModel) string {
		m.cancel(m.make(m.t.WithCancel(ctxtree.Background)))
		return fmt.Sprint(m.count(ctxtree.Exited))
	},
	"9-2": func(m *contextModel) string {
		parent := m.make(m.t.WithCancel(ctxtree.Background))
		child := m.make(m.t.WithCancel(m.make(m.t.WithValue(parent, 1, 7))))
		m.cancel(child)
		return fmt.Sprint(m.value(parent, 1) == m.value(child, 1), m.reason(parent) == m.reason(child))
	},
	"9-3": func(m *contextModel) string {
		c := m.make(m.t.WithCancel(ctxtree.Background))
		wrong, ended := 0, false
		m.watch(func(s ctxtree.NodeState) {
			if s.Node == c && ended && s.Err == "" {
				wrong++
			}
			ended = ended || s.Node == c && s.Err != ""
		})
		m.cancel(c)
		return fmt.Sprint(wrong)
	},
	"9-4": func(m *contextModel) string {
		c := m.make(m.t.WithCancel(m.make(m.t.WithValue(ctxtree.Background, 1, "gopher"))))
		n := 0
		for ; n < 10 && m.reason(c) == ""; n++ {
			if n == 2 {
				m.cancel(c)
			}
		}
		return fmt.Sprint(n, " ", m.value(c, 1))
	},
	"9-5": func(m *contextModel) string {
		_, has, err := m.t.Deadline(ctxtree.Background)
		m.note(err)
		child := m.make(m.t.WithDeadline(m.make(m.t.WithDeadline(ctxtree.Background, time.Hour)), 2*time.Hour))
		d, _, err := m.t.Deadline(child)
		m.note(err)
		return fmt.Sprint(has, d)
	},
	"9-6": func(m *contextModel) string {
		c := m.make(m.t.WithCancel(ctxtree.Background))
		before := m.done(c).Closed
		m.cancel(c)
		return fmt.Sprint(before, m.done(c).Closed)
	},
	"9-7": func(m *contextModel) string {
		c := m.make(m.t.WithCancel(ctxtree.Background))
		first, second := m.done(c), m.done(c)
		m.cancel(c)
		third := m.done(c)
		return fmt.Sprint(first == second, first.Of == third.Of && first.Shared == third.Shared)
	},
	"9-8": func(m *contextModel) string {
		c := m.make(m.t.WithCancel(ctxtree.Background))
		m.done(c)
		early := map[ctxtree.Node]bool{}
		m.watch(func(s ctxtree.NodeState) {
			if s.Err != "" && s.Done == ctxtree.DoneOpen {
				early[s.Node] = true
			}
		})
		m.cancel(c)
		return fmt.Sprint(len(early))
	},
	"9-9": func(m *contextModel) string {
		canceled := m.make(m.t.WithCancel(ctxtree.Background))
		m.cancel(canceled)
		late := m.make(m.t.WithTimeout(ctxtree.Background, time.Millisecond))
		m.note(m.t.Advance(time.Millisecond))
		return fmt.Sprint(m.reason(canceled), "; ", m.reason(late))
	},
	"9-10": func(m *contextModel) string {
		c := m.make(m.t.WithValue(ctxtree.Background, 1, 7))
		return fmt.Sprint(m.value(c, 1), m.value(c, 1))
	},
	"10-1": func(m *contextModel) string {
		parent := m.make(m.t.WithTimeout(ctxtree.Background, time.Hour))
		child := m.make(m.t.WithValue(parent, 1, 7))
		var same []string
		if m.done(child) == m.done(parent) {
			same = append(same, "Done")
		}
		d, _, err := m.t.Deadline(child)
		m.note(err)
		if e, _, err := m.t.Deadline(parent); err == nil && d == e {
			same = append(same, "Deadline")
		}
		m.cancel(parent)
		if m.reason(child) == m.reason(parent) && m.reason(child) != "" {
			same = append(same, "Err")
		}
		return strings.Join(same, " ")
	},
	"10-2": func(m *contextModel) string {
		before := len(m.t.Snapshot().Nodes)
		m.make(m.t.WithValue(m.make(m.t.WithValue(ctxtree.Background, 1, 7)), 2, 7))
		pairs, made := 0, 0
		for _, n := range m.t.Snapshot().Nodes[before:] {
			made++
			if n.Key != "" {
				pairs++
			}
		}
		return fmt.Sprint(pairs / made)
	},
	"10-3": func(m *contextModel) string {
		first := m.make(m.t.WithValue(ctxtree.Background, 1, 7))
		last := m.make(m.t.WithValue(m.make(m.t.WithValue(first, 2, 7)), 3, 7))
		path, err := m.t.Path(last, "none")
		m.note(err)
		return fmt.Sprint(len(path)-1, m.value(first, 3) != nil)
	},
	"10-4": func(m *contextModel) string {
		n := ctxtree.Background
		for range 10 {
			n = m.make(m.t.WithCustom(n, ctxtree.Custom{}))
		}
		l, err := m.t.Value(n, "none")
		m.note(err)
		return fmt.Sprint(l.Hops - 1)
	},
	"10-5": func(m *contextModel) string {
		typ := m.t.Snapshot().Nodes[0].Type
		star := ""
		if typ == ctxtree.EmptyCtx {
			star = "*"
		}
		return fmt.Sprintf("%scontext.%s %v", star, typ, m.value(ctxtree.Background, 1))
	},
	"10-6": func(m *contextModel) string {
		parent := m.make(m.t.WithCancel(ctxtree.Background))
		children := func() int { return len(m.t.Snapshot().Nodes[parent-1].Children) }
		before := children()
		m.make(m.t.WithCancel(parent))
		return fmt.Sprint(before, children())
	},
})

// A contextModel is a tree and its first error.
type contextModel struct {
	t     *ctxtree.Tree
	err   error
	kinds map[ctxtree.Kind]int
	look  func(ctxtree.NodeState) // after each step, at each context
}

// contextChecks returns checks that the models and the running Go answer.
func contextChecks(models map[string]func(*contextModel) string) map[string]check {
	out := map[string]check{}
	for id, answer := range models {
		out[id] = check{
			model: func(rel string) (string, error) {
				if !since(rel, "go1.7") {
					if _, err := ctxtree.New(ctxtree.Config{Release: rel}); err == nil {
						return "", fmt.Errorf("%s has a tree of contexts", rel)
					}
					return "no such package", nil
				}
				m := &contextModel{kinds: map[ctxtree.Kind]int{}}
				m.t, m.err = ctxtree.New(ctxtree.Config{Release: rel, Trace: func(e ctxtree.Event) {
					m.kinds[e.Kind]++
					if m.look != nil {
						for _, n := range m.t.Snapshot().Nodes {
							m.look(n)
						}
					}
				}})
				if m.err != nil {
					return "", m.err
				}
				return answer(m), m.err
			},
			live: func() (string, error) { return contexts.Questions[id](), nil },
		}
	}
	return out
}

func (m *contextModel) note(err error) { m.err = errors.Join(m.err, err) }

func (m *contextModel) make(n ctxtree.Node, err error) ctxtree.Node {
	m.note(err)
	return max(n, ctxtree.Background) // after an error, a context that exists
}

func (m *contextModel) cancel(n ctxtree.Node) {
	_, err := m.t.Cancel(n)
	m.note(err)
	m.note(m.t.Settle())
}

func (m *contextModel) reason(n ctxtree.Node) ctxtree.Reason {
	r, err := m.t.Err(n)
	m.note(err)
	return r
}

func (m *contextModel) value(n ctxtree.Node, key any) any {
	l, err := m.t.Value(n, key)
	m.note(err)
	return l.Value
}

func (m *contextModel) done(n ctxtree.Node) ctxtree.Done {
	d, err := m.t.Done(n)
	m.note(err)
	return d
}

func (m *contextModel) count(k ctxtree.Kind) int { return m.kinds[k] }

func (m *contextModel) watch(look func(ctxtree.NodeState)) { m.look = look }
