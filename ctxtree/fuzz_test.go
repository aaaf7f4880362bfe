package ctxtree_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/ctxtree"
)

// FuzzTree performs operations that the bytes choose, sensible or not: nothing panics,
// every error is the model's or Go's, and the invariants hold.
func FuzzTree(f *testing.F) {
	f.Add("go1.26", []byte{0, 1, 1, 0, 3, 1, 11, 3, 0, 9, 4, 4})
	f.Add("go1.13", []byte{10, 1, 9, 0, 3, 0, 14, 3, 1, 18, 0, 0})
	f.Add("go1.14", []byte{7, 0, 0, 16, 3, 2, 0, 3, 0})
	f.Add("", []byte{4, 1, 5, 19, 0, 9, 20, 0, 0, 4, 1, 255, 13, 3, 3})
	f.Add("go1.6", []byte{})
	keys := []any{1, "a", nil, []int{1}, struct{ X any }{[]int{1}}, struct{}{}}
	f.Fuzz(func(t *testing.T, release string, script []byte) {
		draws := script
		m, err := ctxtree.New(ctxtree.Config{Release: release, Record: len(script)%2 == 0, Choose: func(n int) int {
			if len(draws) == 0 {
				return 0
			}
			j := int(int8(draws[0])) // out of range now and then
			draws = draws[1:]
			return j
		}})
		if err != nil {
			return
		}
		if len(script) > 3000 {
			script = script[:3000]
		}
		for ; len(script) >= 3; script = script[3:] {
			a, b := int64(int8(script[1])), int64(int8(script[2]))
			at := time.Duration(b)
			if script[2]%32 == 31 {
				at = time.Duration(b << 56)
			}
			method := func(i byte) ctxtree.Method {
				return []ctxtree.Method{ctxtree.Inherited, ctxtree.Own, ctxtree.None, "other"}[script[2]>>i&3]
			}
			op := ctxtree.Op{
				Verb: verbs[int(script[0])%len(verbs)], Node: ctxtree.Node(a), At: at, G: ctxtree.G(a),
				Cause: ctxtree.Reason([]string{"", "e", string(ctxtree.Canceled)}[script[2]%3]),
				Key:   keys[int(script[2])%len(keys)], Value: b,
				Custom: &ctxtree.Custom{Done: method(0), Err: method(2), Value: method(4), Deadline: method(6), AfterFunc: script[1]%2 == 0, At: at},
			}
			if _, err := m.Do(op); err != nil && !strings.HasPrefix(err.Error(), "ctxtree: ") && !errors.As(err, new(*crash.Error)) {
				t.Fatalf("%v: %v", op, err)
			}
			_ = op.String()
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
		s := m.Snapshot()
		_ = s.String()
		for _, n := range s.Nodes {
			if _, err := m.Name(n.Node); err != nil && n.Type != ctxtree.AfterFuncCtx && !errors.Is(err, ctxtree.NilDereference) {
				t.Fatal(err)
			}
			if _, err := m.Path(n.Node, "a"); err != nil && n.Type != ctxtree.AfterFuncCtx && !errors.As(err, new(*crash.Error)) {
				t.Fatal(err)
			}
		}
		for range m.Events() {
		}
		if err := m.Check(); err != nil {
			t.Fatal(err)
		}
	})
}
