package deadlock

import (
	"fmt"
	"slices"
)

// A Lockdep watches the order in which locks are taken, as Linux's lockdep does
// (Documentation/locking/lockdep-design.rst), and warns when an order can deadlock,
// even in a run that does not. The zero Lockdep is ready to use.
type Lockdep struct {
	held   map[int][]int // by goroutine
	orders []Edge        // From was held by goroutine Resource when To was taken
}

// maxOrders bounds the orders that a Lockdep remembers.
const maxOrders = 1 << 14

// Lock records that goroutine g takes the lock. The warning is "" if no earlier order
// contradicts it. It returns an error if g holds the lock already, or if there are
// more orders than a Lockdep remembers.
func (d *Lockdep) Lock(g, lock int) (warning string, err error) {
	if slices.Contains(d.held[g], lock) {
		return "", fmt.Errorf("deadlock: goroutine %d holds lock %d already: it would wait for itself", g, lock)
	}
	if len(d.orders)+len(d.held[g]) > maxOrders {
		return "", fmt.Errorf("deadlock: more than %d orders of locks", maxOrders)
	}
	for _, h := range d.held[g] {
		if slices.ContainsFunc(d.orders, func(e Edge) bool { return e.From == h && e.To == lock }) {
			continue
		}
		d.orders = append(d.orders, Edge{h, g, lock})
		if c := cycle(d.orders); c != nil && warning == "" {
			warning = describeOrders(c)
		}
	}
	if d.held == nil {
		d.held = map[int][]int{}
	}
	d.held[g] = append(d.held[g], lock)
	return warning, nil
}

func describeOrders(c []Edge) string {
	text := "possible circular locking:"
	for _, e := range c {
		text += fmt.Sprintf(" goroutine %d took lock %d while it held %d;", e.Resource, e.To, e.From)
	}
	return text[:len(text)-1]
}

// Unlock records that goroutine g gives the lock back. It returns an error if g does
// not hold it.
func (d *Lockdep) Unlock(g, lock int) error {
	i := slices.Index(d.held[g], lock)
	if i < 0 {
		return fmt.Errorf("deadlock: goroutine %d does not hold lock %d", g, lock)
	}
	d.held[g] = slices.Delete(d.held[g], i, i+1)
	return nil
}
