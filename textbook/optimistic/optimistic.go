// Package optimistic models algorithms without locks: read, compute, and write only
// if no other process has written in between.
//
// A [Cell] is a word with compare-and-swap. No process waits for another, so none can
// deadlock; a process that fails tries again, and some may fail forever while others
// succeed. Compare-and-swap sees that the value is the same, not that it was
// there all the time: a value that went from A to B and back to A passes. A
// version that grows with each write tells them apart. The source of the word
// operation is internal/runtime/atomic.
//
// # Concurrent use
//
// A [Counter] does not change, and several goroutines may use it at once. A Cell is for
// one goroutine at a time: it is a model of a word, not an atomic one.
package optimistic

// A Cell is a word and its version.
type Cell struct {
	value   uint64
	version uint64
}

// A Read is the value and version that a process has read.
type Read struct {
	Value   uint64 `json:"value,string"`
	Version uint64 `json:"version,string"`
}

// Load reads the cell.
func (c *Cell) Load() Read { return Read{c.value, c.version} }

// Store writes the value unconditionally.
func (c *Cell) Store(v uint64) {
	c.value = v
	c.version++
}

// CompareAndSwap writes if the value is the one that was read, as the machine's
// instruction does. It cannot tell A from A again.
func (c *Cell) CompareAndSwap(old Read, v uint64) bool {
	if c.value != old.Value {
		return false
	}
	c.Store(v)
	return true
}

// CompareVersion writes if the cell has not been written since old was read.
func (c *Cell) CompareVersion(old Read, v uint64) bool {
	return c.version == old.Version && c.CompareAndSwap(old, v)
}
