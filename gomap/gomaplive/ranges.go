package gomaplive

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/orrery-go/orrery/gomap"
)

// rangeByReflect ranges with reflect.MapIter, whose state can be read.
func (t *twin[K, V]) rangeByReflect() error {
	real := reflect.ValueOf(t.real).MapRange()
	state := (*iterator)(unsafe.Add(unsafe.Pointer(real), unsafe.Sizeof(reflect.Value{})))
	t.random.Sync()
	more := real.Next()
	model, err := t.model.Range()
	if err != nil {
		return err
	}
	t.Ranges++
	t.depth++
	defer func() { t.depth-- }()
	for {
		if went := model.Next(); t.random.Disturbed() {
			return ErrDisturbed
		} else if went != more {
			return fmt.Errorf("range: the real one continues: %t", more)
		}
		if !more {
			return t.agree("range")
		}
		if err := t.drawn("range"); err != nil {
			return err
		}
		if err := t.yielded(*(*K)(state.key), *(*V)(state.elem), model, state); err != nil {
			return err
		}
		if err := t.body(); err != nil {
			return err
		}
		t.random.Sync()
		more = real.Next()
	}
}

// rangeStatement ranges with a range statement.
func (t *twin[K, V]) rangeStatement() error {
	t.Ranges++
	t.depth++
	defer func() { t.depth-- }()
	var model *gomap.Iter[K, V]
	var err error
	start := func() error {
		model, err = t.model.Range()
		return err
	}
	t.random.Sync()
	for k, v := range t.real {
		if model == nil {
			if err := start(); err != nil {
				return err
			}
		}
		if went := model.Next(); t.random.Disturbed() {
			return ErrDisturbed
		} else if !went {
			return fmt.Errorf("range: the model ends before %v", k)
		}
		if err := t.drawn("range statement"); err != nil {
			return err
		}
		if err := t.yielded(k, v, model, nil); err != nil {
			return err
		}
		if err := t.body(); err != nil {
			return err
		}
		t.random.Sync()
	}
	if model == nil {
		if err := start(); err != nil {
			return err
		}
	}
	if went := model.Next(); t.random.Disturbed() {
		return ErrDisturbed
	} else if went {
		return fmt.Errorf("range: the model continues with %v", model.Key())
	}
	return t.agree("range statement")
}

// body performs the body of a range: mostly nothing.
func (t *twin[K, V]) body() error {
	t.Steps++
	switch p := t.choose.IntN(1000); {
	case p < 60:
		return t.step()
	case p < 65 && t.depth < 3:
		return t.rangeByReflect()
	case p < 68 && t.depth < 3:
		return t.rangeStatement()
	}
	return nil
}

// yielded compares the entry that a range has yielded.
func (t *twin[K, V]) yielded(k K, v V, model *gomap.Iter[K, V], state *iterator) error {
	mk, mv := model.Key(), model.Elem()
	if !same(&k, &mk) || !same(&v, &mv) {
		return fmt.Errorf("range: real %v: %v, model %v: %v", k, v, mk, mv)
	}
	if state == nil {
		return nil
	}
	want := gomap.IterState{EntryOffset: state.entryOffset, DirOffset: state.dirOffset, ClearSeq: state.clearSeq, GlobalDepth: state.globalDepth, DirIndex: state.dirIdx, EntryIndex: state.entryIdx}
	if got := model.State(); got != want {
		return fmt.Errorf("range: real %+v, model %+v", want, got)
	}
	if state.tab == nil {
		return nil
	}
	if state.tab.index == -1 {
		t.Mid++
		if t.choose.IntN(20) == 0 {
			table, _ := model.Table()
			if err := t.table(state.tab, &table); err != nil {
				return fmt.Errorf("range: the table it is at: %w", err)
			}
		}
	} else if !t.indirectKey {
		at := model.At()
		offset, _ := t.offsets(at.Slot)
		if want := unsafe.Add(state.tab.groups, uintptr(at.Unit)*t.groupSize()+offset); t.tables[at.Table] != state.tab || state.key != want {
			return fmt.Errorf("range: the key at %p is at %v, %p", state.key, at, want)
		}
	}
	return nil
}
