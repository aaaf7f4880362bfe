// Package alloclive measures what package alloc predicts: it allocates with the running
// Go, and reads addresses, capacities and counters.
package alloclive

import (
	"embed"
	"errors"
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"unsafe"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/alloc"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// ErrDisturbed says that something else allocated during a measurement, in every
// attempt. The results are dropped without a look at them.
var ErrDisturbed = errors.New("alloclive: another goroutine allocated during the measurement")

// The objects that are measured are assigned to these variables, so that they escape to
// the heap.
var (
	byteSink    []byte
	pointerSink []*byte
)

// maxBytes is the largest size that a question may ask for.
const maxBytes = 1 << 26

// RoundUp returns the capacity that append gives a request of size bytes in the running
// Go. With pointers, size must be a multiple of the word size. It returns an error for a
// size below 0 or above 64 MiB.
func RoundUp(size int64, noscan bool) (int64, error) {
	if err := check(size, noscan); err != nil {
		return 0, err
	}
	if noscan {
		byteSink = append([]byte(nil), make([]byte, size)...)
		return int64(cap(byteSink)), nil
	}
	pointerSink = append([]*byte(nil), make([]*byte, size/word)...)
	return int64(cap(pointerSink)) * word, nil
}

const word = int64(unsafe.Sizeof(uintptr(0)))

func check(size int64, noscan bool) error {
	if size < 0 || size > maxBytes {
		return fmt.Errorf("alloclive: size %d out of range [0,%d]", size, maxBytes)
	}
	if !noscan && size%word != 0 {
		return fmt.Errorf("alloclive: %d bytes are no whole number of pointers", size)
	}
	return nil
}

// Place reports where the running Go puts a request of size bytes, by the counters of
// runtime/metrics before and after. It has the limits and errors of [RoundUp].
func Place(size int64, noscan bool) (alloc.Placement, error) {
	usable, err := RoundUp(size, noscan)
	if err != nil {
		return alloc.Placement{}, err
	}
	m := newMeter()
	if noscan && 0 < size && size < 64 {
		if p, ok := m.combined(size); ok {
			return p, nil
		}
	}
	for range attempts {
		m.measure(func() {
			if noscan {
				byteSink = make([]byte, size)
			} else {
				pointerSink = make([]*byte, size/word)
			}
		})
		if p, ok := m.placement(); ok {
			if p.Way != alloc.Zero {
				p.Header, p.Waste = p.Bytes-usable, usable-size
			}
			return p, nil
		}
	}
	return alloc.Placement{}, ErrDisturbed
}

// attempts is the number of times that a measurement is tried before it is given up.
const attempts = 100

// combined reports whether the running Go puts a further byte into the block of an
// object of size bytes, and which block that is. Both are allocated in one measurement:
// reading the counters ends the P's tiny block, so the object takes a new one, and if it
// were measured alone it would look like a small object of the block's size.
func (m *meter) combined(size int64) (block alloc.Placement, ok bool) {
	for range attempts {
		m.measure(func() {
			byteSink = make([]byte, size)
			byteSink = make([]byte, one)
		})
		if m.delta(objects) == 1 && m.delta(tiny) == 1 {
			class, _ := m.class()
			return alloc.Placement{Way: alloc.Tiny, Class: class, Bytes: m.delta(total)}, true
		}
	}
	return block, false
}

// one is a variable so that the argument of make is not constant: a constant byte could
// be static data.
var one = 1

// A meter reads the counters by which allocations are told apart.
type meter struct {
	before, after []metrics.Sample
	flush         runtime.MemStats
}

// The indices of a meter's samples.
const (
	objects = iota // without the tiny objects that were combined
	total
	tiny
	bySize
)

func newMeter() *meter {
	samples := func() []metrics.Sample {
		return []metrics.Sample{
			objects: {Name: "/gc/heap/allocs:objects"},
			total:   {Name: "/gc/heap/allocs:bytes"},
			tiny:    {Name: "/gc/heap/tiny/allocs:objects"},
			bySize:  {Name: "/gc/heap/allocs-by-size:bytes"},
		}
	}
	m := &meter{before: samples(), after: samples()}
	m.read(m.before) // allocates the memory of the histograms, which later reads use again
	m.read(m.after)
	return m
}

// read first makes each P's mcache flush its counts, which runtime/metrics alone does
// not. That also ends each P's current tiny block.
func (m *meter) read(s []metrics.Sample) {
	runtime.ReadMemStats(&m.flush)
	metrics.Read(s)
}

func (m *meter) measure(f func()) {
	m.read(m.before)
	f()
	m.read(m.after)
}

func (m *meter) delta(sample int) int64 {
	return int64(m.after[sample].Value.Uint64() - m.before[sample].Value.Uint64())
}

// placement derives the placement from the growth of the counters. ok is false unless
// exactly one object, or none, was allocated.
func (m *meter) placement() (p alloc.Placement, ok bool) {
	switch {
	case m.delta(tiny) != 0:
		return p, false
	case m.delta(objects) == 0:
		return alloc.Placement{Way: alloc.Zero}, true
	case m.delta(objects) != 1:
		return p, false
	}
	p = alloc.Placement{Way: alloc.Small, Bytes: m.delta(total)}
	var large bool
	if p.Class, large = m.class(); large {
		p.Way, p.Class = alloc.Large, 0
	}
	return p, true
}

// class returns the class in which an object was counted: the one whose bucket grew.
func (m *meter) class() (index int, large bool) {
	before, after := m.before[bySize].Value.Float64Histogram(), m.after[bySize].Value.Float64Histogram()
	for i := range after.Counts {
		if after.Counts[i] != before.Counts[i] {
			return i + 1, math.IsInf(after.Buckets[i+1], 1)
		}
	}
	return 0, false
}

// Sizes returns the size classes of the running Go, from the bounds of its
// histogram of allocations by size.
func Sizes() []int64 {
	m := newMeter()
	var sizes []int64
	for _, b := range m.after[bySize].Value.Float64Histogram().Buckets[1:] {
		if !math.IsInf(b, 1) {
			sizes = append(sizes, int64(b)-1) // a bucket ends before b
		}
	}
	return sizes
}

// Answers are the probe's answers about a release. The steps map the bytes of a request
// to bytes.
type Answers struct {
	BySize       []int64      // sizes of runtime.MemStats.BySize, which stops at 60 classes
	Noscan, Scan golden.Steps // capacity that append gives; nil in Go 1.2, which does not round it up
	HeapNoscan   golden.Steps // growth of MemStats.TotalAlloc by make, from 16 bytes on
	HeapScan     golden.Steps // nil in Go 1.3, where it cannot be measured in this way

	Base          uint64            // address at which the heap begins, rounded to 16 MiB; 0 where that is random
	Mapped        int64             // bytes of heap that are mapped when the program starts
	Growth        int64             // bytes by which the heap grows for small objects
	Spans         []Span            // for each size and kind of object
	Tiny          int64             // [TinyHash]
	Programs      []Hashes          // of [ModelTrace], for the seeds from 1 on
	Refusals      []string          // texts of the panics of make, for a length, a capacity and the size of a channel's buffer
	MSpan, MCache int64             // sizes of the two structures in bytes
	Structs       map[string]string // fields of types of the runtime, where the debugging information has them
}

// A Span describes the spans of a class in a release.
type Span struct {
	Size    int64 // size of the request in bytes
	Scan    bool
	Objects int64 // number of objects in a span
	Slots   int64 // [SlotsHash]
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var source string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{Name: "alloclive", Source: source, Env: []string{"GOMAXPROCS=1"}},
	Files: files,
	Dir:   "alloc/alloclive",
	Same:  same,
}

// same ignores the number of descriptors of free rows in 1.9 to 1.13, which depends on
// chance, and programs that were disturbed in every run.
func same(rel string, old, now Answers) bool {
	if len(old.Programs) != len(now.Programs) {
		return false
	}
	chance := rowsByChance(rel)
	for i := range old.Programs {
		a, b := old.Programs[i], now.Programs[i]
		if chance {
			a.Spans, b.Spans = 0, 0
		}
		if a != b && a != (Hashes{}) && b != (Hashes{}) {
			return false
		}
	}
	old.Programs, now.Programs = nil, nil
	return cmp.Equal(old, now)
}

// rowsByChance reports whether the free rows of the release cannot be predicted: they
// are in a treap with random priorities, or, in 1.2, lie among other memory of the
// runtime.
func rowsByChance(rel string) bool {
	r, err := release.Parse(rel)
	return err != nil || !r.AtLeast("go1.3") || r.AtLeast("go1.9") && !r.AtLeast("go1.14")
}
