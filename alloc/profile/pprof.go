package profile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"

	"github.com/orrery-go/orrery/alloc"
)

// MaxBytes is the largest size of a profile, uncompressed, in bytes.
const MaxBytes = 64 << 20

// A Profile holds the live objects of a heap profile.
type Profile struct {
	Samples []Sample `json:"samples"`
}

// A Sample is the objects of one size that one place in the program allocated.
type Sample struct {
	What    string `json:"what"`    // the first function that is not the runtime's
	Size    int64  `json:"size"`    // of a slot, in bytes
	Objects int64  `json:"objects"` // that live, scaled up from those that were sampled
}

var errNoReader = errors.New("profile: no reader to read from")

// Read reads a heap profile as runtime/pprof writes it with debug=0. It returns an error
// if the data is not a heap profile or exceeds [MaxBytes].
func Read(r io.Reader) (Profile, error) {
	if r == nil {
		return Profile{}, errNoReader
	}
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Profile{}, err
	}
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err != nil {
			return Profile{}, err
		}
		if data, err = io.ReadAll(io.LimitReader(z, MaxBytes+1)); err != nil {
			return Profile{}, err
		}
	}
	if len(data) > MaxBytes {
		return Profile{}, fmt.Errorf("profile: more than %d bytes", MaxBytes)
	}
	var m message
	if err := each(data, m.field); err != nil {
		return Profile{}, err
	}
	return m.profile()
}

// A message holds the needed parts of a Profile message.
type message struct {
	strings   []string
	types     []valueType
	samples   [][]byte
	functions map[uint64]uint64   // name by id
	locations map[uint64][]uint64 // functions by id, the innermost first
}

type valueType struct{ typ, unit uint64 }

// The fields of a Profile message.
const (
	fieldSampleType = 1
	fieldSample     = 2
	fieldLocation   = 4
	fieldFunction   = 5
	fieldString     = 6
)

func (m *message) field(f field) error {
	switch f.number {
	case fieldString:
		m.strings = append(m.strings, string(f.bytes))
	case fieldSampleType:
		var v valueType
		m.types = append(m.types, v)
		return each(f.bytes, func(f field) error {
			switch f.number {
			case 1:
				m.types[len(m.types)-1].typ = f.value
			case 2:
				m.types[len(m.types)-1].unit = f.value
			}
			return nil
		})
	case fieldSample:
		m.samples = append(m.samples, f.bytes)
	case fieldFunction:
		var id, name uint64
		err := each(f.bytes, func(f field) error {
			switch f.number {
			case 1:
				id = f.value
			case 2:
				name = f.value
			}
			return nil
		})
		if m.functions == nil {
			m.functions = map[uint64]uint64{}
		}
		m.functions[id] = name
		return err
	case fieldLocation:
		return m.location(f.bytes)
	}
	return nil
}

func (m *message) location(msg []byte) error {
	var id uint64
	var functions []uint64
	err := each(msg, func(f field) error {
		switch f.number {
		case 1:
			id = f.value
		case 4: // a line
			return each(f.bytes, func(f field) error {
				if f.number == 1 {
					functions = append(functions, f.value)
				}
				return nil
			})
		}
		return nil
	})
	if m.locations == nil {
		m.locations = map[uint64][]uint64{}
	}
	m.locations[id] = functions
	return err
}

func (m *message) string(i uint64) string {
	if i < uint64(len(m.strings)) {
		return m.strings[i]
	}
	return ""
}

// profile puts the samples together.
func (m *message) profile() (Profile, error) {
	objects, space := -1, -1
	for i, t := range m.types {
		switch m.string(t.typ) {
		case "inuse_objects":
			objects = i
		case "inuse_space":
			space = i
		}
	}
	if objects < 0 || space < 0 {
		return Profile{}, errors.New("profile: it has no inuse_objects and inuse_space: it is not a heap profile")
	}
	type key struct {
		what string
		size int64
	}
	at := map[key]int{}
	p := Profile{Samples: []Sample{}}
	for _, msg := range m.samples {
		var stack, values []uint64
		err := each(msg, func(f field) (err error) {
			switch f.number {
			case 1:
				stack, err = numbers(stack, f)
			case 2:
				values, err = numbers(values, f)
			}
			return err
		})
		if err != nil {
			return Profile{}, err
		}
		if len(values) != len(m.types) {
			return Profile{}, fmt.Errorf("profile: a sample has %d values, not %d", len(values), len(m.types))
		}
		n, size := int64(values[objects]), int64(values[space])
		if n < 0 || size < 0 {
			return Profile{}, fmt.Errorf("profile: a sample of %d objects and %d bytes", n, size)
		}
		if n == 0 {
			continue
		}
		// A sample has objects of one size, but scaling rounds both numbers.
		k := key{m.what(stack), (size + n/2) / n}
		if i, ok := at[k]; ok {
			p.Samples[i].Objects += n
			continue
		}
		at[k] = len(p.Samples)
		p.Samples = append(p.Samples, Sample{What: k.what, Size: k.size, Objects: n})
	}
	return p, nil
}

// what returns the name of the innermost function outside the runtime.
func (m *message) what(stack []uint64) string {
	name := ""
	for _, location := range stack {
		for _, f := range m.locations[location] {
			if name = m.string(m.functions[f]); name != "" && !strings.HasPrefix(name, "runtime.") {
				return name
			}
		}
	}
	return name
}

// Ops returns the operations that fill a heap with the objects of the profile, one for
// each scale objects; a scale below 1 is 1. A size that is a slot of the release that
// made the profile gets just that slot.
func (p Profile) Ops(scale int64) iter.Seq2[alloc.Op, error] {
	scale = max(scale, 1)
	return func(yield func(alloc.Op, error) bool) {
		for i, s := range p.Samples {
			n := s.Objects / scale
			if s.Objects%scale > scale/2 {
				n++
			}
			if n == 0 {
				continue
			}
			op := rounded(fmt.Sprint(i), s.Size)
			op.What, op.Count = s.What, n
			if !yield(op, nil) {
				return
			}
		}
	}
}

// rounded allocates an object in a slot of the size: without pointers, since an object
// with pointers may have a header there, except for 8 bytes, where an object without
// pointers would be tiny.
func rounded(id string, slot int64) alloc.Op {
	return alloc.Op{Verb: alloc.AllocVerb, ID: id, Size: slot, Noscan: slot >= 16, Rounded: true}
}

// Objects counts the objects of all samples.
func (p Profile) Objects() int64 {
	n := int64(0)
	for _, s := range p.Samples {
		n += min(s.Objects, 1<<62-n)
	}
	return n
}
