package ctxtree

import (
	"reflect"

	"github.com/orrery-go/orrery/internal/brief"
)

// value is the pair of a valueCtx, and where it is.
type value struct {
	key, val any
	tag      uint64 // of the key
	node     Node
	up       int32 // index of the parent's value; -1 if the parent is no valueCtx
}

// WithValue makes a context with one key and its value. It returns the release's
// panic if the key is nil ([NilKey]), or of a type that cannot be compared
// ([NotComparable]). Before Go 1.15 it accepts a nil parent.
func (t *Tree) WithValue(parent Node, key, val any) (Node, error) {
	if t.slow() {
		if err := t.before(Op{Verb: WithValueVerb, Node: parent, Key: key, Value: val}); err != nil {
			return Nil, err
		}
	}
	if !t.has(parent) && (parent != Nil || len(t.hot) == 0 || t.rules.nilParent) {
		return Nil, t.badParent(parent)
	}
	if key == nil {
		return Nil, t.panics(NilKey, "bad-key")
	}
	if !reflect.TypeOf(key).Comparable() {
		return Nil, t.panics(NotComparable, "bad-key")
	}
	n, err := t.add(valueForm, parent, int32(len(t.values)))
	if err != nil {
		return Nil, err
	}
	up := int32(-1)
	if t.hot[parent].form == valueForm {
		up = t.cold[parent].data
	}
	t.values = append(t.values, value{key, val, tagOf(key), n, up})
	if t.trace != nil {
		t.tell(Made, "new-node", n, parent)
	}
	return n, nil
}

// tagOf returns a number that two keys share if they are equal. To compare it first saves
// comparing most keys, which is what a long walk spends its time with.
func tagOf(key any) uint64 {
	v := reflect.ValueOf(key)
	switch {
	case v.CanInt():
		return uint64(v.Int())
	case v.CanUint():
		return v.Uint()
	case v.Kind() == reflect.String:
		return uint64(v.Len())
	}
	return 0
}

// A Lookup is the result of Value: what it found, and how.
type Lookup struct {
	Value any  // nil if it was not found
	Found bool // there is such a key, though perhaps with a nil value
	At    Node // the context that has it
	Hops  int  // contexts that were looked at

	// Frames are the calls that a stack trace shows at the end of the walk: up to Go
	// 1.17 one for each context with a method Value of its own (up to 1.9, without
	// one, too), since 1.18 two for each run of contexts of package context.
	Frames int
}

// Value looks for a key from the context upwards, and reports what it found. It returns
// an error if the node is unknown or not a context, and the panic of a chain that ends at
// a nil parent, or of a key that turns out not to be comparable.
func (t *Tree) Value(n Node, key any) (l Lookup, err error) {
	if t.slow() {
		if err := t.before(Op{Verb: ValueVerb, Node: n, Key: key}); err != nil {
			return Lookup{}, err
		}
	}
	if err := t.readable(n); err != nil {
		return Lookup{}, err
	}
	defer func() { recovered(recover(), &l, &err) }()
	_, l, err = t.lookup(n, key, nil)
	return l, err
}

// Path returns the contexts that Value looks at, in order, the first 1,000,000 of them.
// Errors are those of [Tree.Value].
func (t *Tree) Path(n Node, key any) (path []Node, err error) {
	if t.slow() {
		if err := t.before(Op{Verb: ValueVerb, Node: n, Key: key}); err != nil {
			return nil, err
		}
	}
	if err := t.readable(n); err != nil {
		return nil, err
	}
	var l Lookup
	defer func() { recovered(recover(), &l, &err) }()
	path, _, err = t.lookup(n, key, []Node{})
	return path, err
}

// recovered makes an error of the panic of comparing two keys.
func recovered(p any, l *Lookup, err *error) {
	if p == nil {
		return
	}
	*l = Lookup{}
	if e, ok := p.(error); ok { // the runtime's own
		*err = Uncomparable.In(e.Error())
		return
	}
	*err = brief.Errorf("ctxtree: comparing keys: %v", p)
}

// maxPath is the largest length of a path.
const maxPath = 1_000_000

// lookup walks. If path is not nil it also keeps the way.
func (t *Tree) lookup(n Node, key any, path []Node) ([]Node, Lookup, error) {
	var l Lookup
	entered := false // into the loop of value, which a context of another package ends
	tag := tagOf(key)
	visible := path != nil || t.trace != nil
	for {
		l.Hops++
		if visible {
			path = t.hop(n, l.Hops, path)
		}
		switch f := t.hot[n].form; f {
		case noForm:
			return path, Lookup{}, t.panics(NilDereference, "nil-parent")
		case customForm:
			if t.custom(n).Value == None {
				l.Frames++
				return path, l, nil
			}
			entered = false // the method is that of the embedded context
			if t.rules.wrappers {
				l.Frames++
			}
		case emptyForm:
			if !entered {
				l.Frames++
			}
			return path, l, nil
		case valueForm:
			// As many of them as follow each other: values are long chains.
			first := l.Hops
			v := &t.values[t.cold[n].data]
			for (v.tag != tag || v.key != key) && v.up >= 0 {
				v = &t.values[v.up]
				l.Hops++
				if visible {
					path = t.hop(v.node, l.Hops, path)
				}
			}
			n = v.node
			found := v.tag == tag && v.key == key
			switch {
			case !t.rules.loop:
				l.Frames += l.Hops - first + 1
			case entered:
			case found && l.Hops == first:
				l.Frames++
			default:
				l.Frames += 2
				entered = true
			}
			if found {
				l.Value, l.Found, l.At = v.val, true, n
				if t.trace != nil {
					t.tell(Found, "value-walk", n, Nil)
				}
				return path, l, nil
			}
		default:
			switch {
			case t.rules.loop && !entered:
				l.Frames += 2 // the method Value, and the function value
				entered = true
			case !t.rules.loop && (!t.rules.byType || t.rules.wrappers):
				l.Frames++
			}
		}
		n = t.cold[n].parent
	}
}

// hop tells that Value looks at a node, and adds it to a path.
func (t *Tree) hop(n Node, hops int, path []Node) []Node {
	if t.trace != nil {
		t.tell(Hop, "value-walk", n, Nil)
	}
	if path != nil && hops <= maxPath {
		path = append(path, n)
	}
	return path
}
