package gomaplive

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"runtime/debug"
	"strings"
	"unsafe"

	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/internal/child"
)

// A Question is a question to the child.
type Question struct {
	Fatal   string // the operation while the map is marked as being written: "read", "write", "delete", "range", "clear", "clone"
	Type    string // of the map whose blocks are counted: the name of one of Types
	Hint, N int    // with a hint, and N entries
	Then    string // what is counted: "" all of it; "update" an assignment to a key that is there, after it; "clone"
	Freed   int    // number of entries to delete, each with an element in a block of its own: counts the blocks that are released
	Hash    string // a key, for its hash with seed 1
	Own     string // what the model itself allocates: "fill" N entries, or N times "get", "find", "put", "delete", "range", "clear" in a map of 1000
}

// A Reply is the child's answer.
type Reply struct {
	gomap.Blocks
	Hash uint64 `json:",string"`
}

// Answer answers a question in the child.
func Answer(q Question) (Reply, error) {
	switch {
	case q.Fatal != "":
		fatal(q.Fatal)
		return Reply{}, fmt.Errorf("it went on")
	case q.Freed > 0:
		return Reply{Blocks: freed(q.Freed)}, nil
	case q.Own != "":
		return own(q.Own, q.N)
	case q.Hash != "":
		key := q.Hash
		return Reply{Hash: uint64(hasherOf(map[string]int{})(unsafe.Pointer(&key), 1))}, nil
	}
	for _, t := range Types() {
		if t.Name == q.Type {
			return Reply{Blocks: t.count(q)}, nil
		}
	}
	return Reply{}, fmt.Errorf("no type %q", q.Type)
}

// fatal performs an operation while the map is marked as being written.
func fatal(what string) {
	m := map[int]int{1: 1}
	if what == "range" {
		for range m {
			headerOf(m).writing = 1
		}
		return
	}
	headerOf(m).writing = 1
	switch what {
	case "read":
		m[0] += m[1]
	case "write":
		m[1] = 2
	case "delete":
		delete(m, 1)
	case "clear":
		clear(m)
	case "clone":
		m = maps.Clone(m)
	}
	escaped = m
	runtime.KeepAlive(escaped)
}

// freed deletes n entries of a map whose elements are in blocks of their own, and counts
// the blocks of that size that are released.
func freed(n int) gomap.Blocks {
	m := map[int][129]byte{}
	for i := range n {
		m[i] = [129]byte{}
	}
	live := func() (b gomap.Blocks) {
		runtime.GC()
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		for _, c := range s.BySize {
			if c.Size >= 129 {
				b.Mallocs = int(c.Mallocs - c.Frees)
				b.Bytes = int64(b.Mallocs) * int64(c.Size)
				break
			}
		}
		return b
	}
	before := live()
	for i := range n {
		delete(m, i)
	}
	after := live()
	runtime.KeepAlive(m)
	return gomap.Blocks{Mallocs: before.Mallocs - after.Mallocs, Bytes: before.Bytes - after.Bytes}
}

// own counts the allocations of the model while it works on a map. For "fill" the
// Reply's Bytes are the blocks that the real map would allocate, by the model.
func own(what string, n int) (Reply, error) {
	m, err := gomap.New[int, int](gomap.Config[int]{Release: "running"})
	if err != nil {
		return Reply{}, err
	}
	if what != "fill" {
		for k := range 1000 {
			if _, err := m.Put(k, k); err != nil {
				return Reply{}, err
			}
		}
	}
	made := m.Allocated().Mallocs
	var it gomap.Iter[int, int]
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := 0; i < n && err == nil; i++ {
		k := i % 1000
		switch what {
		case "fill":
			_, err = m.Put(i, i)
		case "get":
			_, _, err = m.Get(k)
		case "find":
			_, err = m.Find(k)
		case "put":
			_, err = m.Put(k, i)
		case "delete":
			if _, err = m.Delete(k); err == nil {
				_, err = m.Put(k, i)
			}
		case "range":
			for err = it.Init(m); it.Next(); {
			}
		case "clear":
			_, err = m.Clear()
		}
	}
	runtime.ReadMemStats(&after)
	return Reply{Blocks: gomap.Blocks{Mallocs: int(after.Mallocs - before.Mallocs), Bytes: int64(m.Allocated().Mallocs - made)}}, err
}

// Freed deletes n entries of a map[int][129]byte in a child, and returns the blocks that
// are released.
func Freed(n int) (gomap.Blocks, error) {
	r, err := ask(Question{Freed: n})
	return r.Blocks, err
}

// SameHash reports whether two processes hash a string alike with the same seed.
func SameHash(key string) (bool, error) {
	a, err := ask(Question{Hash: key})
	if err != nil {
		return false, err
	}
	b, err := ask(Question{Hash: key})
	return a.Hash == b.Hash, err
}

// FatalLine performs an operation in a child on a map that is marked as being written,
// and returns the line with which the child dies.
func FatalLine(what string) (string, error) {
	_, err := ask(Question{Fatal: what})
	if err == nil {
		return "no complaint", nil
	}
	for line := range strings.Lines(err.Error()) {
		if strings.HasPrefix(line, "fatal error: ") {
			return strings.TrimSpace(line), nil
		}
	}
	return "", err
}

// ask starts a child for one question.
func ask(q Question) (Reply, error) {
	c, err := child.Start(context.Background(), "github.com/orrery-go/orrery/gomap/gomaplive/child", child.Options{Env: []string{"GOTRACEBACK=none"}})
	if err != nil {
		return Reply{}, err
	}
	defer c.Close()
	return child.Call[Reply](c, q)
}
