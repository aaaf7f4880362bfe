package overlay

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// A rule is an addition to a function of the runtime.
type rule struct {
	file, function string
	edit           func(*function) error
}

var rules = slices.Concat(schedRules, semaRules, allocRules, gcRules, otherRules)

// note returns a statement that writes a note. The last four are expressions.
func note(k Kind, object, p, victim, count string) string {
	return fmt.Sprintf("orreryNote(%d, %s, 0, 0, %s, %s, %s, 0)", k, object, p, victim, count)
}

// beforeText adds a statement before each whose text begins so. It returns an error unless
// there are want of them.
func beforeText(prefix, statement string, want int) func(*function) error {
	return func(f *function) error {
		n := 0
		f.statements(func(s ast.Stmt, _ []ast.Node) {
			if strings.HasPrefix(f.text(s), prefix) {
				f.before(s, statement)
				n++
			}
		})
		if n != want {
			return fmt.Errorf("it has %d of %q, and not %d", n, prefix, want)
		}
		return nil
	}
}

// beforeEach adds statements before those whose text begins so, one before each, or none if
// it is empty. It returns an error unless there are as many as statements.
func beforeEach(prefix string, statements ...string) func(*function) error {
	return func(f *function) error {
		n := 0
		f.statements(func(s ast.Stmt, _ []ast.Node) {
			if !strings.HasPrefix(f.text(s), prefix) {
				return
			}
			if n < len(statements) && statements[n] != "" {
				f.before(s, statements[n])
			}
			n++
		})
		if n != len(statements) {
			return fmt.Errorf("it has %d of %q, and not %d", n, prefix, len(statements))
		}
		return nil
	}
}

// beforeCall adds a statement before each call of a function. It returns an error unless
// the function is called want times.
func beforeCall(name, statement string, want int) func(*function) error {
	return func(f *function) error {
		n := 0
		f.statements(func(s ast.Stmt, _ []ast.Node) {
			if f.callOf(s) == name {
				f.before(s, statement)
				n++
			}
		})
		if n != want {
			return fmt.Errorf("it calls %s %d times, and not %d", name, n, want)
		}
		return nil
	}
}

// each makes several edits in a function.
func each(edits ...func(*function) error) func(*function) error {
	return func(f *function) error {
		for _, e := range edits {
			if err := e(f); err != nil {
				return err
			}
		}
		return nil
	}
}
