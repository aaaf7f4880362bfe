//go:build go1.24
// +build go1.24

package main

import (
	"fmt"
	"runtime"
	"sync"
	"unsafe"
	"weak"
)

func newCrashes() []string {
	return []string{"cleanup of nil", "cleanup with itself", "cleanup with a tiny neighbour", "cleanup that captures", "cleanup without bytes", "weak without bytes"}
}

func newCrash(name string) {
	switch name {
	case "cleanup of nil":
		runtime.AddCleanup((*holder)(nil), func(int) {}, 1)
	case "cleanup with itself":
		h := new(holder)
		runtime.AddCleanup(h, func(*holder) {}, h)
	case "cleanup with a tiny neighbour":
		p := newTiny8()
		for range 4 {
			q := newTiny8()
			runtime.AddCleanup(p, func(*tiny8) {}, q)
			p = q
		}
	case "cleanup that captures":
		h := new(holder)
		runtime.AddCleanup(h, func(int) { h.x[0]++ }, 1)
	case "cleanup without bytes":
		runtime.AddCleanup(new(empty), func(int) {}, 1).Stop()
	case "weak without bytes":
		w := weak.Make(new(empty))
		runtime.GC()
		runtime.GC()
		if w.Value() == nil || w != weak.Make(new(empty)) {
			panic("nil, or another")
		}
	}
}

// cleanups reports the fates of objects with cleanups and weak pointers.
func cleanups() map[string]interface{} {
	out := map[string]interface{}{}
	var mu sync.Mutex
	ran := ""
	look := func() string {
		mu.Lock()
		defer mu.Unlock()
		return ran
	}
	note := func(text string) {
		mu.Lock()
		defer mu.Unlock()
		ran += text
	}
	run := func(name string, f func()) {
		ran = ""
		apart(f)
		for range 3 {
			settle(look)
		}
		mu.Lock()
		defer mu.Unlock()
		out[name] = ran
	}
	run("stopped", func() {
		h := new(holder)
		runtime.AddCleanup(h, note, "a")
		c := runtime.AddCleanup(h, note, "b")
		c.Stop()
		c.Stop()
		runtime.KeepAlive(h)
	})
	run("with a finalizer", func() {
		h := new(holder)
		runtime.AddCleanup(h, note, "cleanup")
		runtime.SetFinalizer(h, func(*holder) { note("finalizer ") })
	})
	run("argument leads back", func() {
		h := new(holder)
		runtime.AddCleanup(h, func(*holder) { note("a") }, &holder{p: h})
	})
	run("closure leads back", func() {
		h := new(holder)
		other := &holder{p: h}
		runtime.AddCleanup(h, func(int) { note(fmt.Sprint(other.p.x[0])) }, 1)
	})
	run("a node of its own", func() {
		h := new(holder)
		h.p = h
		runtime.AddCleanup(h, note, "a")
	})
	var inside [2]weak.Pointer[int]
	apart(func() {
		h := new(holder)
		inside[0], inside[1] = weak.Make(&h.x[1]), weak.Make(&h.x[2])
		out["places differ"] = inside[0] != inside[1] && inside[0] == weak.Make(&h.x[1]) && inside[0].Value() == &h.x[1]
		runtime.KeepAlive(h)
	})
	settle(look)
	out["places are nil together"] = inside[0].Value() == nil && inside[1].Value() == nil
	// Two tiny objects in one block, and a block after it.
	var tiny [2]weak.Pointer[tiny8]
	apart(func() {
		fillTiny()
		var p [4]*tiny8
		for i := range p {
			p[i] = newTiny8()
		}
		tiny[0], tiny[1] = weak.Make(p[0]), weak.Make(p[1])
		tinyRoots[0] = unsafe.Pointer(p[0])
		out["tiny neighbours differ"] = tiny[0] != tiny[1] && tiny[0].Value() == p[0] && tiny[1].Value() == p[1]
	})
	settle(look)
	settle(look)
	out["tiny neighbours keep each other"] = tiny[1].Value() != nil
	tinyRoots[0] = nil
	settle(look)
	settle(look)
	out["tiny neighbours go together"] = tiny[0].Value() == nil && tiny[1].Value() == nil
	// The finalizer of one clears the weak pointers of the other.
	apart(func() {
		fillTiny()
		var p [4]*tiny8
		for i := range p {
			p[i] = newTiny8()
		}
		runtime.SetFinalizer(p[0], func(p *tiny8) { tinyRoots[0] = unsafe.Pointer(p) })
		tiny[0], tiny[1] = weak.Make(p[0]), weak.Make(p[1])
	})
	settle(look)
	settle(look)
	out["a neighbour's finalizer clears"] = tinyRoots[0] != nil && tiny[0].Value() == nil && tiny[1].Value() == nil
	tinyRoots[0] = nil
	return out
}
