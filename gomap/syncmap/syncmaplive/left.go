package syncmaplive

import (
	"errors"
	"fmt"
	"sync"

	"github.com/orrery-go/orrery/gomap/syncmap"
)

// LeftLocked compares slices by CompareAndSwap and CompareAndDelete, on a real map and
// on the model, and returns the text of the panic that leaves a node locked. Afterwards
// the model refuses every operation that would lock the node; on the real map such an
// operation would wait, and is not tried.
func LeftLocked() (string, error) {
	t := &twin{real: new(sync.Map), nodes: map[*node]int{}}
	var err error
	if t.memory, err = trieOf(t.real); err != nil {
		return "", err
	}
	t.model, err = syncmap.New[any, any](syncmap.Config[any]{Release: "running", Hash: t.realHash, Rand: func() uint64 { return uint64(t.memory.seed) }})
	if err != nil {
		return "", err
	}
	slice := any([]int{1})
	t.real.Store("key", slice)
	if _, err := t.model.Store("key", slice); err != nil {
		return "", err
	}
	// A panic before the lock is taken leaves nothing locked.
	err = t.do("CompareAndSwap", func() (any, bool) { return nil, t.real.CompareAndSwap("key", slice, 1) }, func() (syncmap.Outcome[any], error) { return t.model.CompareAndSwap("key", slice, 1) })
	if err != nil || t.over {
		return "", fmt.Errorf("locked: %t, %v", t.over, err)
	}
	text := ""
	err = t.do("CompareAndDelete", func() (any, bool) { return nil, t.real.CompareAndDelete("key", slice) }, func() (out syncmap.Outcome[any], err error) {
		if out, err = t.model.CompareAndDelete("key", slice); err != nil {
			text = err.Error()
		}
		return out, err
	})
	if err != nil || !t.over {
		return "", fmt.Errorf("locked: %t, %v", t.over, err)
	}
	if out, err := t.model.Load("key"); err != nil || !out.OK { // Load takes no lock
		return "", fmt.Errorf("a load: %+v, %v", out, err)
	}
	for _, k := range []any{"key", "another"} {
		if _, err := t.model.Store(k, 1); !errors.Is(err, syncmap.StillLocked) {
			return "", fmt.Errorf("a store to %v of the model: %v", k, err)
		}
	}
	return text, nil
}
