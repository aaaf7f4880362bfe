package script

import (
	"strings"
	"testing"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/epollsim"
	"github.com/orrery-go/orrery/race"
)

// TestNames: an interpreter knows what the program has called the model's numbers, from
// new on.
func TestNames(t *testing.T) {
	for _, tt := range []struct {
		model string
		lines []string
		names map[any]string
	}{
		{"race", []string{"new", `do main "go worker"`, `do main "make c chan 2 8"`, `do worker "write x"`}, map[any]string{
			race.G(0): "", race.G(1): "main", race.G(2): "worker", race.Object(0): "", race.Object(1): "c", uint64(1 << 48): "x", "worker": "",
		}},
		{"epollsim", []string{"new", `do "r, w := pipe()"`, `do "d := dup(r)"`}, map[any]string{
			epollsim.FD(2): "", epollsim.FD(3): "r", epollsim.FD(4): "w", epollsim.FD(5): "d", "r": "",
		}},
		{"ctxtree", []string{"new", `do "a := WithCancel(background)"`}, map[any]string{ctxtree.Node(3): "a", ctxtree.Node(4): "", "a": ""}},
		{"gc", []string{"new"}, map[any]string{race.G(1): ""}},
	} {
		in, err := New(tt.model)
		if err != nil {
			t.Fatal(err)
		}
		for of := range tt.names {
			if name := in.Name(of); name != "" {
				t.Errorf("%s: before new, %v is %q", tt.model, of, name)
			}
		}
		for _, line := range tt.lines {
			if text, err := in.Do(line); err != nil {
				t.Fatal(line, text, err)
			}
		}
		for of, want := range tt.names {
			if name := in.Name(of); name != want {
				t.Errorf("%s: %T %v is %q, want %q", tt.model, of, of, name, want)
			}
		}
	}
}

// TestHeapBound: the heap of a scenario has room for 65,536 objects, of which each block
// of tiny ones is 16.
func TestHeapBound(t *testing.T) {
	in, err := New("gc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := in.Do("new slots=1"); err != nil {
		t.Fatal(err)
	}
	const blocks = 65_536/16 - 1 // number 0 is no object
	for i := range blocks + 1 {
		_, err := in.Do(`do 1 "s0 = new 0" bytes=12`)
		if full := err != nil && strings.Contains(err.Error(), "65536 objects"); full != (i == blocks) {
			t.Fatalf("object %d: %v", i+1, err)
		}
	}
}
