package slicegrowlive

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
	"github.com/orrery-go/orrery/slicegrow"
)

// A bufferOp is an operation on a bytes.Buffer or a strings.Builder, and the
// figures after it.
type bufferOp struct {
	what string
	n    int64
}

// bufferOps returns the same operations for the model, the running Go and the probe.
func bufferOps(seed uint64, n int) (ops []bufferOp) {
	rng := rand.New(rand.NewPCG(seed, 9))
	for range n {
		size := rng.Int64N([]int64{2, 20, 65, 66, 300, 3000, 40000}[rng.IntN(7)])
		if rng.IntN(2) == 0 {
			size = []int64{1, 8, 16, 31, 32, 33, 63, 64, 65, 96, 128, 256}[rng.IntN(12)]
		}
		ops = append(ops, bufferOp{[]string{"write", "write", "write", "byte", "read", "grow", "reset", "truncate"}[rng.IntN(8)], size})
	}
	return ops
}

// bufferEdges returns operations around half of the first capacity, where moving the unread
// bytes is just enough or just not enough; and others after all bytes were read, when there is
// room after them, and more before.
func bufferEdges() (lists [][]bufferOp) {
	for used := int64(33); used <= 64; used++ {
		for unread := int64(0); unread <= 32; unread++ {
			for n := max(32-unread-1, 0); n <= 32-unread+1; n++ {
				lists = append(lists, []bufferOp{{"write", used}, {"read", used - unread}, {"write", n}, {"byte", 0}})
			}
		}
		for n := range 64 - used + 1 {
			lists = append(lists, []bufferOp{{"write", used}, {"read", used}, {"write", n}, {"grow", 31}, {"write", 34}})
		}
	}
	return lists
}

// TestBuffer compares the capacities of bytes.Buffer and strings.Builder with the
// running Go, and in the full run with every release.
func TestBuffer(t *testing.T) {
	r := rules(t)
	ops := 0
	for seed := range uint64(400) {
		list := bufferOps(seed, 60)
		model := modelBuffer(t, r, list)
		if live := liveBuffer(list); model != live {
			t.Fatalf("seed %d: %v\nmodel %s\nlive  %s", seed, list, model, live)
		}
		ops += len(list)
	}
	for _, list := range bufferEdges() {
		if model, live := modelBuffer(t, r, list), liveBuffer(list); model != live {
			t.Fatalf("%v\nmodel %s\nlive  %s", list, model, live)
		}
		ops += len(list)
	}
	t.Logf("%d operations, 0 mismatches", ops)
	if os.Getenv("ORRERY_FULL") == "" {
		return
	}
	var source strings.Builder
	source.WriteString(bufferProbe)
	lists := bufferEdges()
	for seed := range uint64(100) {
		lists = append(lists, bufferOps(seed, 60))
	}
	ops = 0
	for _, list := range lists {
		for _, o := range list {
			fmt.Fprintf(&source, "%s %d\n", o.what, o.n)
		}
		source.WriteString("end 0\n")
		ops += len(list)
	}
	source.WriteString("`\n")
	for _, rel := range append(release.Known(), "go1.22.0", "go1.23.0") {
		r, err := slicegrow.ForRelease(rel)
		if err != nil {
			t.Fatal(err)
		}
		text := source.String()
		if parsed, err := release.Parse(rel); err == nil && !parsed.AtLeast("go1.10") {
			text = strings.ReplaceAll(text, "strings.Builder", "bytes.Buffer")
		}
		live, err := toolchain.Run[[]string](t.Context(), rel, toolchain.Probe{Name: "buffer", Source: text})
		if err != nil {
			t.Fatal(err)
		}
		if len(live) != len(lists) {
			t.Fatalf("%s: %d answers to %d lists", rel, len(live), len(lists))
		}
		for i, got := range live {
			if model := modelBuffer(t, r, lists[i]); model != got {
				t.Fatalf("%s: %v\nmodel %s\nlive  %s", rel, lists[i], model, got)
			}
		}
		t.Logf("%s: %d operations, 0 mismatches", rel, ops)
	}
}

func modelBuffer(t *testing.T, r *slicegrow.Rules, ops []bufferOp) string {
	var out strings.Builder
	b := r.NewBuffer()
	w, noBuilder := r.NewBuilder()
	if rel, err := release.Parse(r.Release()); err != nil || (noBuilder == nil) != rel.AtLeast("go1.10") {
		t.Fatalf("a Builder in %s: %v", r.Release(), noBuilder)
	}
	for _, o := range ops {
		var err, errW error
		switch o.what {
		case "write":
			_, err = b.Write(o.n)
			if w != nil {
				_, errW = w.Write(o.n)
			}
		case "byte":
			_, err = b.Write(1)
			if w != nil {
				_, errW = w.Write(1)
			}
		case "read":
			b.Read(o.n)
		case "grow":
			_, err = b.Grow(o.n)
			if w != nil {
				_, errW = w.Grow(o.n)
			}
		case "reset":
			b.Reset()
		case "truncate":
			err = b.Truncate(min(o.n, b.Snapshot().Len))
		}
		if err != nil || errW != nil {
			t.Fatal(o, err, errW)
		}
		s := b.Snapshot()
		fmt.Fprintf(&out, "%d/%d", s.Len, s.Cap)
		if w != nil {
			fmt.Fprintf(&out, ",%d/%d", w.Len(), w.Cap())
		}
		out.WriteByte(' ')
	}
	return out.String()
}

func liveBuffer(ops []bufferOp) string {
	var out strings.Builder
	var b bytes.Buffer
	var w strings.Builder
	for _, o := range ops {
		switch o.what {
		case "write":
			b.Write(make([]byte, o.n))
			w.Write(make([]byte, o.n))
		case "byte":
			b.WriteByte(1)
			w.WriteByte(1)
		case "read":
			b.Read(make([]byte, o.n))
		case "grow":
			b.Grow(int(o.n))
			w.Grow(int(o.n))
		case "reset":
			b.Reset()
		case "truncate":
			b.Truncate(int(min(o.n, int64(b.Len()))))
		}
		fmt.Fprintf(&out, "%d/%d,%d/%d ", b.Len(), b.Cap(), w.Len(), w.Cap())
	}
	return out.String()
}

// bufferProbe is the beginning of a program in the Go of 1.2. Before strings.Builder
// existed a bytes.Buffer takes its place, and its figures are ignored.
const bufferProbe = `package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
)

var b = new(bytes.Buffer)
var w = new(strings.Builder)
var all []string
var line string

func capOf(v interface{}) int { return reflect.ValueOf(v).Elem().FieldByName("buf").Cap() }

func do(what string, n int) {
	switch what {
	case "write":
		b.Write(make([]byte, n))
		w.Write(make([]byte, n))
	case "byte":
		b.WriteByte(1)
		w.WriteByte(1)
	case "read":
		b.Read(make([]byte, n))
	case "grow":
		b.Grow(n)
		w.Grow(n)
	case "reset":
		b.Reset()
	case "truncate":
		if n > b.Len() {
			n = b.Len()
		}
		b.Truncate(n)
	case "end":
		all = append(all, line)
		line = ""
		b = new(bytes.Buffer)
		w = new(strings.Builder)
		return
	}
	line += fmt.Sprintf("%d/%d", b.Len(), capOf(b))
	if _, other := interface{}(w).(*bytes.Buffer); !other {
		line += fmt.Sprintf(",%d/%d", w.Len(), capOf(w))
	}
	line += " "
}

func main() {
	for _, op := range strings.Split(strings.TrimSpace(ops), "\n") {
		f := strings.Fields(op)
		n, err := strconv.Atoi(f[1])
		if err != nil {
			panic(err)
		}
		do(f[0], n)
	}
	json.NewEncoder(os.Stdout).Encode(all)
}

// As text, since compilers take long for a table or as many calls.
const ops = ` + "`\n"
