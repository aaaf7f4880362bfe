//go:build !orrery_lean

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

// layoutScript has the rules of a release and an architecture. A type is in quotes.
type layoutScript struct{ rules *layout.Rules }

func init() { interpreters["layout"] = newLayout }

func newLayout() *Interpreter {
	s := new(layoutScript)
	return &Interpreter{begun: func() bool { return s.rules != nil }, verbs: []Verb{
		{Name: "new", Args: "[release=] [arch=386]", Doc: "take the rules of a release and an architecture", first: true, run: s.begin},
		{Name: "show", Args: "TYPE", Doc: "draw it word by word, with the reason of each pad", run: s.verb},
		{Name: "optimal", Args: "TYPE", Doc: "draw it in its best order, and say why", run: s.verb},
		{Name: "atomics", Args: "TYPE", Doc: "which of its 64-bit integers may be used atomically", run: s.verb},
		{Name: "compare", Args: "TYPE", Doc: "whether its values can be compared, and if not, why", run: s.verb},
		{Name: "map", Args: "KEY ELEM", Doc: "how a map holds its entries", run: s.verb},
	}}
}

func (s *layoutScript) begin(c *Command) (string, error) {
	rules, err := layout.New(layout.Config{Arch: c.String("arch", "amd64"), Release: c.String("release", "")})
	if err == nil {
		s.rules = rules
	}
	return "", err
}

func (s *layoutScript) verb(c *Command) (string, error) {
	t, err := layout.Parse(c.Word())
	if err != nil {
		return "", err
	}
	switch c.Verb {
	case "show":
		l, err := s.rules.Of(t)
		if err != nil {
			return "", err
		}
		return picture(l), nil
	case "optimal":
		o, err := s.rules.Optimal(t)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d -> %d bytes, %d -> %d pointer bytes\n%s%s\n",
			o.Before.Size, o.After.Size, o.Before.PtrBytes, o.After.PtrBytes, picture(o.After), strings.Join(o.Why(), "\n")), nil
	case "atomics":
		return atomics(s.rules.Atomics64(t))
	case "compare":
		return comparability(layout.Comparable(t))
	default: // map
		elem, err := layout.Parse(c.Word())
		if err != nil {
			return "", err
		}
		m, err := s.rules.Map(t, elem)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d entries in %d bytes, a slot takes %d", m.Entries, m.Unit.Size, m.Slot), err
	}
}

func picture(l layout.Layout) string {
	var out strings.Builder
	out.WriteString(l.Picture())
	for _, p := range l.Pads() {
		fmt.Fprintf(&out, "pad of %d at %d: %s\n", p.Size, p.Offset, p.Reason)
	}
	return out.String()
}

func atomics(list []layout.Atomic64, err error) (string, error) {
	var out strings.Builder
	for _, a := range list {
		safe := map[bool]string{true: "safe", false: "NOT safe"}[a.Safe]
		if a.Safe && !a.SafeInSlice {
			safe = "safe but in slices"
		}
		fmt.Fprintf(&out, "%s at %d: %s: %s\n", a.Path, a.Offset, safe, a.Reason)
	}
	return out.String(), err
}

func comparability(c layout.Comparability, err error) (string, error) {
	switch {
	case err != nil:
		return "", err
	case !c.Comparable:
		return fmt.Sprintf("no: %s: %s", c.Path, c.Reason), nil
	case c.MayPanic():
		return "yes, but may panic at " + c.PanicPath, nil
	}
	return "yes", nil
}
