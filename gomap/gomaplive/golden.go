package gomaplive

import (
	"embed"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/gomap"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Answers are the probe's answers about a release: for programs on maps of each kind, a
// sum of their whole memory after each operation and of the entries that ranges yield.
type Answers struct {
	Sums   map[string][]string
	Blocks map[string]string // blocks and bytes of maps, by kind: of some lengths, with and without a hint, and of maps with only a hint
	Texts  map[string]string // of panics
	Marked bool              // a recovered panic leaves a map marked as being written
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

// The number of programs of each kind that every release ran, and the number of
// operations of each.
const (
	recordedPrograms   = 8
	recordedOperations = 120
)

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{
		Name:   "gomaplive",
		Source: strings.NewReplacer("PROGRAMS", strconv.Itoa(recordedPrograms), "OPERATIONS", strconv.Itoa(recordedOperations)).Replace(probe),
		Env:    []string{"GOMAXPROCS=1"},
	},
	Files: files,
	Dir:   "gomap/gomaplive",
}

// recordedKinds are the kinds of the probe.
var recordedKinds = []string{"pair", "num", "text", "big"}

// Predict runs n of the recorded programs of each kind on the model of a release. It
// also returns the numbers of operations performed.
func Predict(rel string, programs int) (Answers, Counts, error) {
	a := Answers{Sums: map[string][]string{}}
	var c Counts
	r, err := release.Parse(rel)
	if err != nil {
		return a, c, err
	}
	for i, name := range recordedKinds {
		if r.AtLeast("go1.27") && (name == "num" || name == "text") {
			continue // the fast paths have a hash function of their own
		}
		for n := range uint64(min(programs, recordedPrograms)) {
			seed := n + 1 + uint64(1000*i)
			var sum string
			var err error
			switch name {
			case "pair":
				sum, err = predict[[2]uint64, uint64](&c, r, seed, func(k int) [2]uint64 { return [2]uint64{uint64(k)} }, func(v int) uint64 { return uint64(v) })
			case "num":
				sum, err = predict[uint64, uint64](&c, r, seed, func(k int) uint64 { return uint64(k) }, func(v int) uint64 { return uint64(v) })
			case "text":
				sum, err = predict[string, string](&c, r, seed, textOf, textOf)
			case "big":
				sum, err = predict[[17]uint64, [18]uint64](&c, r, seed, func(k int) [17]uint64 { return [17]uint64{uint64(k)} }, func(v int) [18]uint64 { return [18]uint64{uint64(v)} })
			}
			if err != nil {
				return a, c, fmt.Errorf("%s, program %s %d: %w", rel, name, n, err)
			}
			a.Sums[name] = append(a.Sums[name], sum)
			c.Programs++
		}
	}
	return a, c, nil
}

// sizes are the lengths and hints for which the probe counts blocks.
var sizes = []int{0, 1, 8, 9, 14, 15, 27, 60, 100, 300, 1000}

// PredictBlocks returns the numbers of blocks that the model's maps allocate.
func PredictBlocks(rel string) (map[string]string, error) {
	out := map[string]string{}
	for _, err := range []error{
		blocks(out, rel, "pair", func(k int) [2]uint64 { return [2]uint64{uint64(k)} }, uint64(1)),
		blocks(out, rel, "num", func(k int) uint64 { return uint64(k) }, uint64(1)),
		blocks(out, rel, "big", func(k int) [17]uint64 { return [17]uint64{uint64(k)} }, [18]uint64{1}),
	} {
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func blocks[K comparable, V any](out map[string]string, rel, name string, key func(int) K, elem V) error {
	seed := uint64(0) // of map number n it is n
	for _, n := range sizes {
		for how := range 3 {
			c := gomap.Config[K]{
				Release: rel,
				Hash:    func(k K, seed uint64) uint64 { return mix(number(k), seed) },
				Rand:    func() uint64 { seed++; return seed },
			}
			if how > 0 {
				c.Hint = int64(n)
			}
			m, err := gomap.New[K, V](c)
			if err != nil {
				return err
			}
			for i := 0; i < n && how < 2; i++ {
				if _, err := m.Put(key(i), elem); err != nil {
					return err
				}
			}
			b := m.Allocated()
			out[name] += fmt.Sprintf("%d %d,", b.Mallocs, b.Bytes)
		}
	}
	return nil
}

// PredictTexts returns the panics of the model's maps, and whether such a panic leaves a
// map marked as being written.
func PredictTexts(rel string) (texts map[string]string, marked bool, err error) {
	texts = map[string]string{}
	try := func(name string, err error) {
		if c := (*crash.Error)(nil); errors.As(err, &c) {
			texts[name] = c.Text
		}
	}
	for _, of := range []string{"nil", "empty", "full"} {
		fill := func() *gomap.Map[any, int] {
			m, err2 := gomap.New[any, int](gomap.Config[any]{Release: rel, Nil: of == "nil"})
			err = errors.Join(err, err2)
			if of == "full" && err == nil {
				_, err = m.Put(1, 1)
			}
			return m
		}
		m, fresh := fill(), fill()
		if err != nil {
			return nil, false, err
		}
		_, _, read := fill().Get([]int{1})
		try("read "+of, read)
		_, deleted := fill().Delete([]int{1})
		try("delete "+of, deleted)
		if of == "nil" {
			_, assigned := m.Put(1, 1)
			try("assign to nil", assigned)
			continue
		}
		_, written := fresh.Put([]int{1}, 1)
		try("write "+of, written)
		marked = fresh.Snapshot().Flags&4 != 0
	}
	_, hinted := gomap.New[int, int](gomap.Config[int]{Release: rel, Hint: -1})
	try("negative hint", hinted)
	return texts, marked, nil
}

func textOf(n int) string { return "key number " + strconv.Itoa(n) }

func numOf(s string) uint64 {
	n, _ := strconv.Atoi(strings.TrimPrefix(s, "key number "))
	return uint64(n)
}

// mix returns the probe's hash of a number.
func mix(x, seed uint64) uint64 {
	x ^= seed * 0x9E3779B97F4A7C15
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	return x ^ x>>32
}

// number returns the number that the probe uses for a key or element.
func number(v any) uint64 {
	switch v := v.(type) {
	case uint64:
		return v
	case string:
		return numOf(v)
	case [2]uint64:
		return v[0]
	case [17]uint64:
		return v[0]
	case [18]uint64:
		return v[0]
	}
	return 0
}

// A program is a program of the probe, in the model.
type program[K comparable, V any] struct {
	m     *gomap.Map[K, V]
	rel   release.Release
	state uint64
	draws uint64
	keys  int
	sum   uint64
	depth int
	ops   int
	weak  bool
	key   func(int) K
	elem  func(int) V
	*Counts
}

func predict[K comparable, V any](c *Counts, r release.Release, seed uint64, key func(int) K, elem func(int) V) (string, error) {
	p := &program[K, V]{rel: r, state: seed * 1000003, key: key, elem: elem, Counts: c}
	p.weak = p.next(3) == 0
	var err error
	p.m, err = gomap.New[K, V](gomap.Config[K]{
		Release: r.Name(), Hint: []int64{0, 0, 9, 60}[p.next(4)],
		Hash: func(k K, seed uint64) uint64 { return p.hash(number(k), seed) },
		Rand: func() uint64 { p.draws++; return mix(p.draws, 77) },
		Trace: func(e gomap.Event) {
			switch e.Kind {
			case gomap.Grew:
				p.Grew++
			case gomap.SameSize:
				p.SameSize++
			case gomap.Split:
				p.Splits++
			case gomap.Pruned:
				p.Pruned++
			case gomap.Reseeded:
				p.Reseeded++
			}
		},
	})
	if err != nil {
		return "", err
	}
	p.keys = []int{10, 60, 60, 300, 300, 900}[p.next(6)]
	for p.ops < recordedOperations {
		if err := p.step(); err != nil {
			return "", err
		}
	}
	p.Operations += p.ops
	return strconv.FormatUint(p.sum, 36), p.m.Check()
}

// hash returns the probe's hash. A weak one puts everything into few buckets, or few
// tables.
func (p *program[K, V]) hash(x, seed uint64) uint64 {
	if x = mix(x, seed); p.weak {
		x &= 0x3FFFFFFFFFFFFF03
	}
	return x
}

func (p *program[K, V]) next(n int) int {
	p.state = p.state*6364136223846793005 + 1442695040888963407
	return int(p.state >> 33 % uint64(n))
}

func (p *program[K, V]) add(x uint64) {
	p.sum = (p.sum ^ x) * 1099511628211
	p.sum ^= p.sum >> 32
}

func (p *program[K, V]) put(i int) error {
	_, err := p.m.Put(p.key(i), p.elem(p.next(1000)))
	return err
}

func (p *program[K, V]) del(i int) error {
	_, err := p.m.Delete(p.key(i))
	return err
}

func (p *program[K, V]) step() (err error) {
	i := p.next(p.keys)
	switch c := p.next(100); {
	case c < 40:
		err = p.put(i)
	case c < 62:
		err = p.del(i)
	case c < 78:
		for j := 0; err == nil && j < 1+p.keys/16; j++ {
			err = p.put((i + j) % p.keys)
		}
	case c < 88:
		for j := 0; err == nil && j < 1+p.keys/16; j++ {
			err = p.del((i + j) % p.keys)
		}
	case c < 91:
		err = p.wave()
	case c < 97 && p.depth == 0:
		err = p.rng()
	case c >= 97 && p.depth == 0:
		if p.rel.AtLeast("go1.11") {
			_, err = p.m.Clear()
		} else {
			err = p.deleteAll()
		}
	default:
		err = p.put(i)
	}
	p.dump()
	p.ops++
	return err
}

func (p *program[K, V]) wave() (err error) {
	seed, class := p.m.Snapshot().Seed, uint64(p.next(4))
	for n := range 2 {
		left := p.keys / 3
		for i := p.keys; i < 4*p.keys && left > 0 && err == nil; i++ {
			if p.hash(uint64(i), seed)&3 != class {
				continue
			}
			if left--; n == 0 {
				err = p.put(i)
			} else {
				err = p.del(i)
			}
		}
	}
	return err
}

func (p *program[K, V]) rng() error {
	if p.m.Len() == 0 {
		return nil
	}
	p.depth++
	it, err := p.m.Range()
	if err != nil {
		return err
	}
	p.Ranges++
	for it.Next() {
		p.Steps++
		p.add(number(it.Key()))
		p.add(number(it.Elem()))
		if p.next(8) == 0 {
			if err := p.step(); err != nil {
				return err
			}
		}
	}
	p.depth--
	return it.Err()
}

func (p *program[K, V]) deleteAll() error {
	if p.m.Len() == 0 {
		return nil
	}
	it, err := p.m.Range()
	if err != nil {
		return err
	}
	for it.Next() {
		p.add(number(it.Key()))
		p.add(number(it.Elem()))
		if err := p.del(int(number(it.Key()))); err != nil {
			return err
		}
	}
	return it.Err()
}

// dump adds the memory to the sum, as the probe does.
func (p *program[K, V]) dump() {
	s := p.m.Snapshot()
	p.Comparisons++
	p.add(uint64(s.Len))
	p.add(s.Seed)
	if s.Design == gomap.Swiss {
		p.dumpSwiss(&s)
		return
	}
	for _, x := range []uint64{uint64(s.Flags & 11), uint64(s.B), uint64(s.Overflows), uint64(s.Evacuated), uint64(s.Preallocated)} {
		p.add(x)
	}
	if len(s.OldBuckets) > 0 {
		p.Mid++
	}
	for _, array := range [][][]gomap.Unit[K, V]{s.Buckets, s.OldBuckets} {
		p.add(uint64(len(array)))
		for _, chain := range array {
			for i := range chain {
				from := p.minTop()
				p.unit(&chain[i], func(c uint8) bool { return c >= from && !chain[i].Evacuated })
				if chain[i].Evacuated {
					p.add(3)
				}
				if i+1 < len(chain) {
					p.add(2)
				} else {
					p.add(1)
				}
			}
		}
	}
}

// minTop returns the lowest tophash of an entry.
func (p *program[K, V]) minTop() uint8 {
	switch {
	case p.rel.AtLeast("go1.12"):
		return 5
	case p.rel.AtLeast("go1.3"):
		return 4
	}
	return 1
}

func (p *program[K, V]) unit(u *gomap.Unit[K, V], full func(control uint8) bool) {
	for i, c := range u.Control {
		p.add(uint64(c))
		e := u.Slots[i]
		_, indirect := any(e.Key).([17]uint64)
		switch text, isText := any(e.Key).(string); {
		case full(c):
			p.add(number(e.Key))
			p.add(number(e.Elem))
		case isText:
			p.add(uint64(len(text)))
			p.add(uint64(len(any(e.Elem).(string))))
		case !indirect:
			p.add(number(e.Key))
			p.add(number(e.Elem))
		}
		p.Slots++
	}
}

func (p *program[K, V]) dumpSwiss(s *gomap.Snapshot[K, V]) {
	p.add(uint64(len(s.Directory)))
	p.add(uint64(s.GlobalDepth))
	if p.rel.AtLeast("go1.25") {
		p.add(map[bool]uint64{true: 1}[s.TombstonePossible])
	}
	p.add(s.ClearSeq)
	for i := range s.Small {
		p.unit(&s.Small[i], isFull)
	}
	for i, t := range s.Directory {
		if i > 0 && t == s.Directory[i-1] {
			p.add(7)
			continue
		}
		table := &s.Tables[t]
		for _, x := range []uint64{uint64(table.Used), uint64(table.Capacity), uint64(table.GrowthLeft), uint64(table.LocalDepth), uint64(table.Index)} {
			p.add(x)
		}
		for g := range table.Groups {
			p.unit(&table.Groups[g], isFull)
		}
	}
}

// isFull reports whether a control byte is that of an entry.
func isFull(c uint8) bool { return c < 0x80 }
