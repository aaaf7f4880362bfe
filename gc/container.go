package gc

import "fmt"

// A Container is a value of the language that lies on the heap between an object and the
// objects that it leads to.
type Container string

// The containers.
const (
	Map     Container = "map"     // a header and a group of eight, or a bucket
	Channel Container = "channel" // its header and its buffer
	Closure Container = "closure" // of a function literal
)

// Wrap makes a map, a channel or a closure that holds the pointers of some stack slots,
// and stores a pointer to it in stack slot to. So an object can lead back to itself
// through a method value that it keeps, a map of which it is an element, or a channel to
// which it was sent:
//
//	h.Wrap(g, 1, gc.Closure, 0)
//	h.Store(g, 0, 0, 1)
//
// It returns an error if the container is unknown, or holds more than it can: 8
// values in a map, 64 in others.
func (h *Heap) Wrap(g G, to int, c Container, from ...int) (Ref, error) {
	gp, err := h.acting(g)
	if err != nil {
		return Nil, err
	}
	p, err := gp.slot(to)
	if err != nil {
		return Nil, err
	}
	most := 64
	if c == Map {
		most = mapSlots
	}
	if len(from) > most {
		return Nil, fmt.Errorf("gc: %d values in a %s out of range [0,%d]", len(from), c, most)
	}
	held := make([]Ref, len(from))
	for i, s := range from {
		if held[i], err = gp.value(s); err != nil {
			return Nil, err
		}
	}
	inner, header := Layout{}, Layout{}
	switch c {
	case Closure:
		header = Layout{Bytes: wordBytes * int64(1+len(held)), Slots: len(held)}
	case Map:
		inner, header = Layout{Bytes: mapGroup, Slots: mapSlots}, Layout{Bytes: mapHeader, Slots: 1}
	case Channel:
		inner, header = Layout{Bytes: wordBytes * int64(max(len(held), 1)), Slots: max(len(held), 1)}, Layout{Bytes: h.hchan(), Slots: 1}
	default:
		return Nil, fmt.Errorf("gc: no container %.40q (want %q, %q or %q)", string(c), Map, Channel, Closure)
	}
	if inner.Bytes > 0 {
		r, err := h.objectOf(g, gp, inner, held)
		if err != nil {
			return Nil, err
		}
		held = []Ref{r}
	}
	r, err := h.objectOf(g, gp, header, held)
	if err != nil {
		return Nil, err
	}
	*p = r
	return r, nil
}

// The size of a map of pointers: 8 keys and values of a word each, and the control bytes.
// (`internal/runtime/maps/map.go:Map`)
const (
	mapHeader = 48
	mapSlots  = 8
	mapGroup  = 8 + 2*8*mapSlots
)

// hchan returns the size of a channel's header in bytes. (`runtime/chan.go:hchan`)
func (h *Heap) hchan() int64 {
	switch {
	case h.release.AtLeast("go1.25"):
		return 112
	case h.release.AtLeast("go1.23"):
		return 104
	case h.release.AtLeast("go1.4"):
		return 96
	}
	return 88
}
