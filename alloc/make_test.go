package alloc_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
)

// TestMakeChan checks which blocks a channel has (runtime/chan.go:makechan): its header
// alone if it needs no buffer, one block for both if the elements have no pointers, and
// two blocks otherwise.
func TestMakeChan(t *testing.T) {
	r, err := alloc.ForRelease("go1.26")
	if err != nil {
		t.Fatal(err)
	}
	unbuffered, err := r.MakeChan(alloc.Type{Size: 8}, 0)
	if err != nil || len(unbuffered) != 1 {
		t.Fatalf("%+v, %v", unbuffered, err)
	}
	header := unbuffered[0].Bytes
	type block struct {
		What   string
		Bytes  int64
		Noscan bool
	}
	for _, tt := range []struct {
		t    alloc.Type
		n    int64
		want []block
	}{
		{alloc.Type{Size: 8}, 0, []block{{"hchan", header, true}}},
		{alloc.Type{Size: 0, Noscan: true}, 5, []block{{"hchan", header, true}}},
		{alloc.Type{Size: 1, Noscan: true}, 1, []block{{"hchan and buffer", header + 1, true}}},
		{alloc.Type{Size: 8, Noscan: true}, 3, []block{{"hchan and buffer", header + 24, true}}},
		{alloc.Type{Size: 8}, 1, []block{{"hchan", header, false}, {"buffer", 8, false}}},
	} {
		blocks, err := r.MakeChan(tt.t, tt.n)
		if err != nil {
			t.Fatal(err)
		}
		var got []block
		for _, b := range blocks {
			got = append(got, block{b.What, b.Bytes, b.Noscan})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("make(chan %+v, %d): (-want +got):\n%s", tt.t, tt.n, diff)
		}
	}
}

// TestNewValue: new of a value sets what it allocates, new of a type does not.
func TestNewValue(t *testing.T) {
	r, err := alloc.ForRelease("go1.26")
	if err != nil {
		t.Fatal(err)
	}
	word := alloc.Type{Size: 8, Noscan: true}
	want := []alloc.Block{{What: "value", Bytes: 8, Noscan: true}}
	zero, err := r.New(word)
	if diff := cmp.Diff(want, zero); diff != "" || err != nil {
		t.Errorf("new(T): %v (-want +got):\n%s", err, diff)
	}
	want[0].Init = "the value"
	set, err := r.NewValue(word)
	if diff := cmp.Diff(want, set); diff != "" || err != nil {
		t.Errorf("new(x): %v (-want +got):\n%s", err, diff)
	}
}
