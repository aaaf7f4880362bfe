package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/layout"
)

// layoutScript has the verbs of package layout. A type is in quotes.
//
//	release NAME [arch=386]     take the rules of a release and an architecture
//	of TYPE                     draw it word by word, with the reason of each pad
//	optimal TYPE                draw it in its best order
//	compare TYPE                can its values be compared, and if not, why
//	map KEY ELEM                say how a map holds its entries
type layoutScript struct{ rules *layout.Rules }

func (s *layoutScript) Do(c *Command) (string, error) {
	if c.Verb == "release" {
		var err error
		s.rules, err = layout.For(layout.Config{Arch: c.String("arch", "amd64"), Release: c.Word()})
		return "", err
	}
	if s.rules == nil {
		return "", fmt.Errorf("script: name a release first")
	}
	t, err := layout.Parse(c.Word())
	if err != nil {
		return "", err
	}
	switch c.Verb {
	case "of":
		l, err := s.rules.Of(t)
		return picture(l), err
	case "optimal":
		o, err := s.rules.Optimal(t)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%d -> %d bytes, %d -> %d pointer bytes\n%s",
			o.Before.Size, o.After.Size, o.Before.PtrBytes, o.After.PtrBytes, picture(o.After)), nil
	case "compare":
		return comparability(layout.Comparable(t))
	case "map":
		elem, err := layout.Parse(c.Word())
		if err != nil {
			return "", err
		}
		m, err := s.rules.Map(t, elem)
		return fmt.Sprintf("%d entries in %d bytes, a slot takes %d", m.Entries, m.Unit.Size, m.Slot), err
	}
	return "", c.Unknown("release", "of", "optimal", "compare", "map")
}

func picture(l layout.Layout) string {
	var out strings.Builder
	out.WriteString(l.Picture())
	for _, p := range l.Pads() {
		fmt.Fprintf(&out, "pad of %d at %d: %s\n", p.Size, p.Offset, p.Reason)
	}
	return out.String()
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
