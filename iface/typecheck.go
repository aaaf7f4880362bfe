package iface

import (
	"errors"
	"fmt"

	"github.com/orrery-go/orrery/layout"
)

// A typeChecker looks at all that a type leads to before a Runtime takes it.
type typeChecker struct {
	m    *Runtime
	seen map[layout.Type]bool
}

func (c *typeChecker) check(t layout.Type, depth int) error {
	if t == nil || c.seen[t] {
		if t == nil {
			return errors.New("nil is no type")
		}
		return nil
	}
	if n, ok := t.(*layout.Named); ok && c.m.byNamed[n] != nil && n != nil {
		return nil
	}
	c.seen[t] = true
	x, err := c.m.layout.Extent(t)
	switch {
	case err != nil:
		return err
	case x.Size > maxObject:
		return fmt.Errorf("%.80s takes %d bytes: at most %d are allowed", t, x.Size, maxObject)
	case len(c.seen)+len(c.m.types) > maxTypes:
		return fmt.Errorf("more than %d types", maxTypes)
	case depth > maxDepth:
		return fmt.Errorf("%.80s is nested more than %d levels deep", t, maxDepth)
	}
	return c.parts(under(t), depth+1)
}

// parts checks what a type without a name is made of.
func (c *typeChecker) parts(t layout.Type, depth int) error {
	list := []layout.Type{}
	switch u := t.(type) {
	case *layout.Pointer:
		list = append(list, u.Elem)
	case *layout.Slice:
		list = append(list, u.Elem)
	case *layout.Chan:
		list = append(list, u.Elem)
	case *layout.Array:
		if u.Len > maxObject {
			return fmt.Errorf("an array of %d elements: at most %d are allowed", u.Len, maxObject)
		}
		list = append(list, u.Elem)
	case *layout.Map:
		key, err := layout.Comparable(u.Key)
		if err != nil {
			return err
		}
		if !key.Comparable {
			return fmt.Errorf("invalid map key type %.80s", u.Key)
		}
		list = append(list, u.Key, u.Elem)
	case *layout.Struct:
		for _, f := range u.Fields {
			list = append(list, f.Type)
		}
	case *layout.Func:
		return c.function(u, depth)
	case *layout.Interface:
		methods, err := interfaceMethods(u)
		if err != nil {
			return err
		}
		for _, m := range methods {
			if err := c.function(m.typ, depth); err != nil {
				return err
			}
		}
	}
	for _, p := range list {
		if err := c.check(p, depth); err != nil {
			return err
		}
	}
	return nil
}

func (c *typeChecker) function(t *layout.Func, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("a function type is nested more than %d levels deep", maxDepth)
	}
	for _, list := range [][]layout.Type{t.Params, t.Results} {
		for _, p := range list {
			if err := c.check(p, depth); err != nil {
				return err
			}
		}
	}
	return nil
}
