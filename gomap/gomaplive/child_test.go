package gomaplive_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/gomap/gomaplive"
	"github.com/orrery-go/orrery/internal/child"
)

const childPath = "github.com/orrery-go/orrery/gomap/gomaplive/child"

func start(t *testing.T) *child.Child {
	t.Helper()
	c, err := child.Start(t.Context(), childPath, child.Options{Env: []string{"GOGC=off", "GOTRACEBACK=none"}})
	if errors.Is(err, child.ErrCannotBuild) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestMemory compares the blocks that maps allocate, and their bytes.
func TestMemory(t *testing.T) {
	c := start(t)
	defer c.Close()
	asked := 0
	ask := func(typ gomaplive.Type, q gomaplive.Question) {
		t.Helper()
		q.Type = typ.Name
		if q.Type == "map[byte]bool" {
			q.N = min(q.N, 256)
		}
		got, err := child.Call[gomaplive.Reply](c, q)
		if err != nil {
			t.Fatal(err)
		}
		want, err := typ.Model(q)
		if err != nil {
			t.Fatal(err)
		}
		if got.Blocks != want {
			t.Errorf("%+v: real %v, model %v", q, got.Blocks, want)
		}
		asked++
	}
	for _, typ := range gomaplive.Types() {
		for n := range 70 {
			ask(typ, gomaplive.Question{N: n})
			ask(typ, gomaplive.Question{Hint: n})
			ask(typ, gomaplive.Question{N: n, Then: "update"})
		}
		for _, n := range []int{8, 9, 113, 896, 897, 5000} {
			ask(typ, gomaplive.Question{N: n})
			ask(typ, gomaplive.Question{Hint: n, N: n})
			ask(typ, gomaplive.Question{Hint: n})
			ask(typ, gomaplive.Question{N: n, Then: "clone"})
		}
	}
	t.Logf("%d measurements", asked)
}

// TestFatals compares the fatal errors of maps that two goroutines use.
func TestFatals(t *testing.T) {
	all := []string{"read", "range", "write", "delete", "clear", "clone"}
	if !full() {
		all = all[:2] // each takes a child
	}
	for _, what := range all {
		c := start(t)
		_, err := child.Call[gomaplive.Reply](c, gomaplive.Question{Fatal: what})
		c.Close()
		if err == nil {
			t.Fatalf("%s: no error", what)
		}
		m, merr := gomap.New[int, int](gomap.Config[int]{Release: "running"})
		if merr != nil {
			t.Fatal(merr)
		}
		m.Put(1, 1)
		it, _ := m.Range()
		it.Next()
		m.BeginWrite()
		switch what {
		case "read":
			_, _, merr = m.Get(1)
		case "write":
			_, merr = m.Put(1, 2)
		case "delete":
			_, merr = m.Delete(1)
		case "range":
			it.Next()
			merr = it.Err()
		case "clear":
			_, merr = m.Clear()
		case "clone":
			_, merr = m.Clone()
		}
		var dead *crash.Error
		if !errors.As(merr, &dead) || !strings.Contains(err.Error(), dead.Line()) {
			t.Errorf("%s: real %v, model %v", what, err, merr)
		}
		if _, _, again := m.Get(1); !errors.Is(again, dead) || m.Crashed() == nil {
			t.Errorf("%s: after the end of the program: %v", what, again)
		}
	}
}

// TestCrashes compares the panics, on maps that are full, empty and nil.
func TestCrashes(t *testing.T) {
	for _, key := range []any{1, []int{1}, map[string]int{}, func() {}, struct{ X any }{[]int{1}}, [2]any{1, []string{}}, struct {
		_ any
		A int
	}{}, [1]struct{ P *[]int }{}, nil} {
		for _, of := range []string{"full", "empty", "nil"} {
			for _, do := range []string{"read", "write", "delete"} {
				var real map[any]int
				if of != "nil" {
					real = map[any]int{}
				}
				m, err := gomap.New[any, int](gomap.Config[any]{Release: "running", Nil: of == "nil"})
				if err != nil {
					t.Fatal(err)
				}
				if of == "full" {
					real["x"] = 1
					m.Put("x", 1)
				}
				var want string
				func() {
					defer func() {
						if r := recover(); r != nil {
							want = fmt.Sprint(r)
						}
					}()
					switch do {
					case "read":
						_ = real[key]
					case "write":
						real[key] = 1
					case "delete":
						delete(real, key)
					}
				}()
				switch do {
				case "read":
					_, _, err = m.Get(key)
				case "write":
					_, err = m.Put(key, 1)
				case "delete":
					_, err = m.Delete(key)
				}
				got := ""
				if err != nil {
					got = err.Error()
					if !errors.As(err, new(*crash.Error)) {
						t.Errorf("%v is no crash", err)
					}
				}
				if got != want {
					t.Errorf("%s %T of a map that is %s: real %q, model %q", do, key, of, want, got)
				}
			}
		}
	}
}

func full() bool { return os.Getenv("ORRERY_FULL") != "" }
