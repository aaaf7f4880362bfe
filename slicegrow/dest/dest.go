package dest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/types"

	"github.com/orrery-go/orrery/internal/brief"
	"github.com/orrery-go/orrery/internal/sizes"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/slicegrow"
)

// ErrUnknown says that the answer depends on source that is not at hand. Errors wrap it.
var ErrUnknown = errors.New("cannot be told from this source")

// A Config describes the compiler.
type Config struct {
	Release string `json:"release"` // "go1.26.9"; "" is the newest known, "running" the calling program's
	Arch    string `json:"arch"`    // a GOARCH of go/types.SizesFor; "" is amd64

	// NoOptimize: -gcflags=-N, -race, -msan or -asan, which give no buffers.
	NoOptimize bool `json:"noOptimize"`

	// Body returns a function's declaration and its types.Info, nil if it is not at hand.
	// If Body is nil, only the function that is read is at hand.
	Body func(*types.Func) (*ast.FuncDecl, *types.Info) `json:"-"`

	// Inlined reports whether the compiler inlines calls of the function; known is false
	// if the caller cannot tell. If Inlined is nil, the size of a function decides, and
	// functions of middle size are unknown. With -gcflags=-l nothing is inlined.
	Inlined func(*types.Func) (inlined, known bool) `json:"-"`
}

// An Append describes one append.
type Append struct {
	Call *ast.CallExpr

	// Var is the variable that is appended to; nil for any other expression.
	Var *types.Var

	// Question is the question for slicegrow: its Count, Op, Size, Pointers and Dest.
	Question slicegrow.Append

	Rule   string // the id of a row of slicegrow's fidelity.md
	Reason string // a sentence

	// Err is not nil if Dest cannot be determined; it wraps ErrUnknown.
	Err error
}

// Read returns the appends of a function, function literals included, in the order in
// which the compiler makes code of them. info must have Types, Defs, Uses, Selections and
// Implicits for it. The result holds for the function on its own: where a call of it is
// inlined, the caller's uses of the slice count.
//
// It returns an error if the release or architecture is unknown, the function has
// no body, info does not know it or a part of it, as after a type error, or it has more
// than 100,000 nodes.
func Read(fn *ast.FuncDecl, info *types.Info, c Config) ([]Append, error) {
	rel, err := release.Parse(c.Release)
	if err != nil {
		return nil, fmt.Errorf("dest: %w", err)
	}
	if c.Arch == "" {
		c.Arch = "amd64"
	}
	memory := sizes.For(c.Arch)
	switch {
	case memory == nil:
		return nil, fmt.Errorf("dest: unknown architecture %.40q", c.Arch)
	case fn == nil || fn.Body == nil:
		return nil, errors.New("dest: a function without a body has no appends")
	case info == nil || info.Types == nil || info.Defs == nil || info.Uses == nil || info.Selections == nil || info.Implicits == nil:
		return nil, errors.New("dest: a types.Info without Types, Defs, Uses, Selections or Implicits")
	}
	obj, ok := info.Defs[fn.Name].(*types.Func)
	if !ok {
		return nil, fmt.Errorf("dest: the types.Info does not know the function %.40s", fn.Name.Name)
	}
	if err := checked(fn, info); err != nil {
		return nil, err
	}

	// Try every way to decide the unknowns: the answers must agree.
	var out []Append
	for i, guess := range guesses {
		r := &reader{Config: c, rel: rel, sizes: memory, guess: guess, summaries: map[*types.Func]*summary{}}
		if r.Body == nil {
			r.Body = func(f *types.Func) (*ast.FuncDecl, *types.Info) {
				if f == obj {
					return fn, info
				}
				return nil, nil
			}
		}
		all, err := r.read(obj, fn, info)
		if err != nil {
			return nil, err
		}
		if i == 0 {
			out = all
		}
		for j := range out {
			if out[j].Err == nil && (all[j].Question != out[j].Question || all[j].Err != nil) {
				out[j].Err = r.unknown()
				if all[j].Err != nil {
					out[j].Err = all[j].Err
				}
				out[j].Question.Dest, out[j].Rule, out[j].Reason = slicegrow.Escapes, "dest-unknown", "it "+out[j].Err.Error()
			}
		}
		if !r.guessed {
			break // there was nothing to guess
		}
	}
	return out, nil
}

const maxNodes = 100_000

// checked returns an error if the function is too large, or has errors: go/types says
// nothing of a part of it then.
func checked(fn *ast.FuncDecl, info *types.Info) (err error) {
	nodes := 0
	ast.Inspect(fn, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		nodes++
		known := true
		switch n := n.(type) {
		case *ast.Ident:
			_, defined := info.Defs[n]
			known = defined || info.Uses[n] != nil || n.Name == "_"
		case *ast.AssignStmt:
			known = len(n.Rhs) == 1 || len(n.Rhs) == len(n.Lhs)
		case *ast.ValueSpec:
			known = len(n.Values) < 2 || len(n.Values) == len(n.Names)
		case *ast.TypeAssertExpr:
			known = n.Type == nil || info.TypeOf(n) != nil // x.(type) has no type
		case *ast.KeyValueExpr, *ast.Ellipsis, *ast.FuncType: // of their parts
		case ast.Expr:
			known = info.TypeOf(n) != nil
		}
		if !known && err == nil {
			err = fmt.Errorf("dest: the function %.40s has errors: the types.Info does not know all of it", fn.Name.Name)
		}
		return true
	})
	if nodes > maxNodes {
		return fmt.Errorf("dest: the function %.40s has more than %d nodes", fn.Name.Name, maxNodes)
	}
	return err
}

// A guess decides the unknowns.
type guess struct{ leaks, mutates, inlines bool }

var guesses = []guess{{}, {leaks: true}, {mutates: true}, {inlines: true}, {inlines: true, leaks: true}}

// A reader reads one function under one guess.
type reader struct {
	Config
	rel   release.Release
	sizes *sizes.Sizes
	guess

	guessed   bool // something was decided by the guess
	why       string
	summaries map[*types.Func]*summary
	active    []*types.Func
}

func (r *reader) guessing(format string, args ...any) {
	r.guessed = true
	r.why = fmt.Sprintf(format, args...)
}

func (r *reader) unknown() error { return brief.Errorf("%w: %s", ErrUnknown, r.why) }
