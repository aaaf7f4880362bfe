// The probe of package gomaplive, in the Go of 1.2. It runs programs on maps with its
// own hash function and with seeds and starts of ranges that it chooses, and sums up
// their whole memory after each operation.
package main

import (
	"encoding/json"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"unsafe"
)

type (
	pairKey [2]uint64
	numKey  uint64
	textKey string
	bigKey  [17]uint64
	bigElem [18]uint64
)

var minor int // of the release

// A kind is a map and its operations.
type kind struct {
	key, elem         int // bytes in the map
	text, indirect    bool
	header            func() *header
	typ               func() uintptr // of the map
	make              func(hint int)
	put               func(k, v uint64)
	del               func(k uint64)
	clear             func()
	rng               func(body func(k, v uint64) bool)
	readKey, readElem func(p unsafe.Pointer) uint64
	length            func() int
}

type header [6]uint64

func word(p unsafe.Pointer, off int) uint64 {
	return *(*uint64)(unsafe.Pointer(uintptr(p) + uintptr(off)))
}
func octet(p unsafe.Pointer, off int) uint64 {
	return uint64(*(*uint8)(unsafe.Pointer(uintptr(p) + uintptr(off))))
}
func short(p unsafe.Pointer, off int) uint64 {
	return uint64(*(*uint16)(unsafe.Pointer(uintptr(p) + uintptr(off))))
}
func half(p unsafe.Pointer, off int) uint64 {
	return uint64(*(*uint32)(unsafe.Pointer(uintptr(p) + uintptr(off))))
}
func pointer(p unsafe.Pointer, off int) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(uintptr(p) + uintptr(off)))
}
func first(v interface{}) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&v)) }

// mix returns the hash of a number.
func mix(x, seed uint64) uint64 {
	x ^= seed * 0x9E3779B97F4A7C15
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	x *= 0xD6E8FEB86659FD93
	x ^= x >> 32
	return x
}

// weak selects a bad hash: few buckets, or few tables, get everything.
var weak bool

func hash(x, seed uint64) uint64 {
	x = mix(x, seed)
	if weak {
		x &= 0x3FFFFFFFFFFFFF03
	}
	return x
}

func textOf(k uint64) string { return "key number " + strconv.Itoa(int(k)) }

// numOf returns the number of a text.
func numOf(s string) uint64 {
	n, i := uint64(0), len(s)
	for i > 0 && s[i-1] >= '0' && s[i-1] <= '9' {
		i--
	}
	for ; i < len(s); i++ {
		n = n*10 + uint64(s[i]-'0')
	}
	return n
}

func hashPair(p unsafe.Pointer, seed uintptr) uintptr { return uintptr(hash(word(p, 0), uint64(seed))) }
func hashText(p unsafe.Pointer, seed uintptr) uintptr {
	return uintptr(hash(numOf(*(*string)(p)), uint64(seed)))
}
func hashPair4(p unsafe.Pointer, size, seed uintptr) uintptr { return hashPair(p, seed) }
func hashText4(p unsafe.Pointer, size, seed uintptr) uintptr { return hashText(p, seed) }

// The C code of Go 1.2 and 1.3 calls the hash.
func hashPairC(h *uintptr, size uintptr, p unsafe.Pointer) { *h = hashPair(p, *h) }
func hashTextC(h *uintptr, size uintptr, p unsafe.Pointer) { *h = hashText(p, *h) }

var (
	fPair, fText   = hashPair, hashText
	fPair4, fText4 = hashPair4, hashText4
	fPairC, fTextC = hashPairC, hashTextC
)

var keep [][8]unsafe.Pointer

// setHash replaces the hash function of a type by one of ours. The type is in memory
// that is otherwise read-only.
func setHash(m, key unsafe.Pointer, text bool) {
	var at unsafe.Pointer
	if minor >= 14 {
		at = unsafe.Pointer(uintptr(m) + 72)
	} else if minor >= 5 {
		at = unsafe.Pointer(uintptr(key) + 24)
	} else {
		at = unsafe.Pointer(uintptr(key) + 16)
	}
	page := uintptr(at) &^ 4095
	if _, _, e := syscall.RawSyscall(syscall.SYS_MPROTECT, page, 8192, 7); e != 0 {
		panic("mprotect: " + e.Error())
	}
	var f unsafe.Pointer
	switch {
	case minor >= 5 && text:
		f = *(*unsafe.Pointer)(unsafe.Pointer(&fText))
	case minor >= 5:
		f = *(*unsafe.Pointer)(unsafe.Pointer(&fPair))
	case minor == 4 && text:
		f = *(*unsafe.Pointer)(unsafe.Pointer(&fText4))
	case minor == 4:
		f = *(*unsafe.Pointer)(unsafe.Pointer(&fPair4))
	case text:
		f = **(**unsafe.Pointer)(unsafe.Pointer(&fTextC))
	default:
		f = **(**unsafe.Pointer)(unsafe.Pointer(&fPairC))
	}
	if minor >= 14 {
		*(*unsafe.Pointer)(at) = f
		return
	}
	alg := new([8]unsafe.Pointer) // hash, equal, and more up to Go 1.3
	old := *(**[8]unsafe.Pointer)(at)
	n := 2
	if minor < 4 {
		n = 4
	}
	for i := 0; i < n; i++ {
		alg[i] = old[i]
	}
	alg[0] = f
	algs = append(algs, alg)
	*(*unsafe.Pointer)(at) = unsafe.Pointer(alg)
}

var algs []*[8]unsafe.Pointer

// setSeed sets the seed in the header.
func (k *kind) setSeed(s uint64) {
	if minor >= 24 {
		k.header()[1] = s
	} else {
		*(*uint32)(unsafe.Pointer(uintptr(unsafe.Pointer(k.header())) + 12)) = uint32(s)
	}
}

func (k *kind) seed() uint64 {
	if minor >= 24 {
		return k.header()[1]
	}
	return half(unsafe.Pointer(k.header()), 12)
}

// A sum hashes words, like FNV-1a.
type sum uint64

func (s *sum) add(x uint64) {
	*s = (*s ^ sum(x)) * 1099511628211
	*s ^= *s >> 32
}

// dump adds the memory of a map to the sum.
func (k *kind) dump(s *sum) {
	h := unsafe.Pointer(k.header())
	s.add(word(h, 0))
	s.add(k.seed())
	if minor >= 24 {
		k.dumpSwiss(s, h)
		return
	}
	var flags, b, over, evacuated uint64
	var buckets, old unsafe.Pointer
	left := uint64(0)
	if minor < 5 {
		flags, b = half(h, 8), octet(h, 16)
		if minor < 4 {
			flags >>= 2
		}
		buckets, old, evacuated = pointer(h, 24), pointer(h, 32), word(h, 40)
	} else {
		flags, b = octet(h, 8), octet(h, 9)
		if minor >= 8 {
			over = short(h, 10)
		}
		buckets, old, evacuated = pointer(h, 16), pointer(h, 24), word(h, 32)
		if extra := pointer(h, 40); minor >= 9 && extra != nil {
			for next := pointer(extra, 16); next != nil; next = unsafe.Pointer(uintptr(next) + uintptr(k.size())) {
				left++
				if pointer(next, k.size()-8) != nil {
					break
				}
			}
		}
	}
	for _, x := range []uint64{flags & 11, b, over, evacuated, left} {
		s.add(x)
	}
	k.dumpArray(s, buckets, 1<<b)
	if old != nil && flags&8 == 0 || old != nil && minor < 8 {
		b--
	}
	k.dumpArray(s, old, 1<<b)
}

func (k *kind) size() int { return 16 + 8*(k.key+k.elem) }

func (k *kind) dumpArray(s *sum, array unsafe.Pointer, n uint64) {
	if array == nil {
		s.add(0)
		return
	}
	s.add(n)
	keys, next := 8, k.size()-8
	if minor < 4 {
		keys, next = 16, 8
	}
	for i := uint64(0); i < n; i++ {
		for b := unsafe.Pointer(uintptr(array) + uintptr(i)*uintptr(k.size())); ; {
			moved := minor == 2 && word(b, next)&1 != 0
			for j := 0; j < 8; j++ {
				top := octet(b, j)
				s.add(top)
				full := (top >= 5 || minor < 12 && top >= 4 || minor < 3 && top > 0) && !moved
				k.slot(s, unsafe.Pointer(uintptr(b)+uintptr(keys+j*k.key)), unsafe.Pointer(uintptr(b)+uintptr(keys+8*k.key+j*k.elem)), full)
			}
			if moved {
				s.add(3)
			}
			o := uintptr(word(b, next)) &^ 1
			if o == 0 || minor >= 9 && minor < 24 && o == uintptr(array) {
				s.add(1)
				break
			}
			s.add(2)
			b = *(*unsafe.Pointer)(unsafe.Pointer(&o))
		}
	}
}

// slot adds a slot to the sum. If the slot is not full, only the length of a string
// counts, and memory elsewhere does not.
func (k *kind) slot(s *sum, key, elem unsafe.Pointer, full bool) {
	switch {
	case full:
		s.add(k.readKey(key))
		s.add(k.readElem(elem))
	case k.text:
		s.add(word(key, 8))
		s.add(word(elem, 8))
	case !k.indirect:
		s.add(word(key, 0))
		s.add(word(elem, 0))
	}
}

func (k *kind) dumpSwiss(s *sum, h unsafe.Pointer) {
	dir, n := pointer(h, 16), word(h, 24)
	s.add(n)
	s.add(octet(h, 32))
	if minor >= 25 {
		s.add(octet(h, 35))
	}
	s.add(word(h, 40))
	if n == 0 {
		if dir != nil {
			k.group(s, dir)
		}
		return
	}
	var last unsafe.Pointer
	for i := uint64(0); i < n; i++ {
		t := pointer(dir, int(i)*8)
		if t == last {
			s.add(7)
			continue
		}
		last = t
		for _, x := range []uint64{short(t, 0), short(t, 2), short(t, 4), octet(t, 6), word(t, 8)} {
			s.add(x)
		}
		for g := uint64(0); g <= word(t, 24); g++ {
			k.group(s, unsafe.Pointer(uintptr(pointer(t, 16))+uintptr(g)*uintptr(8+8*(k.key+k.elem))))
		}
	}
}

func (k *kind) group(s *sum, g unsafe.Pointer) {
	for j := 0; j < 8; j++ {
		c := octet(g, j)
		s.add(c)
		at := 8 + j*(k.key+k.elem)
		k.slot(s, unsafe.Pointer(uintptr(g)+uintptr(at)), unsafe.Pointer(uintptr(g)+uintptr(at+k.key)), c < 0x80)
	}
}

// start finds where the innermost range over the map began: its state is on the
// stack, above the frame of what the loop calls.
//
//go:noinline
func (k *kind) start() (bucket, offset uint64, ok bool) {
	var here uint64
	at := uintptr(unsafe.Pointer(&here)) &^ 7
	typ, h := uint64(k.typ()), uint64(uintptr(unsafe.Pointer(k.header())))
	for i := 0; i < 4000; i++ {
		p := (*[10]uint64)(*(*unsafe.Pointer)(unsafe.Pointer(&at)))
		if p[0] == typ && p[1] == h {
			b := func(off int) uint64 { return octet(unsafe.Pointer(p), off) }
			switch {
			case minor >= 24:
				return p[3], p[2], true
			case minor >= 5:
				return p[6], b(56), true
			case minor == 4:
				return p[4], b(40), true
			case minor == 3:
				return 0, b(32), true
			}
			return p[2], 0, true
		}
		at += 8
	}
	return 0, 0, false
}

// A program is a sequence of operations, by numbers that come from a seed.
type program struct {
	k     *kind
	state uint64
	draws uint64
	keys  int
	sum   sum
	depth int
	ops   int
	limit int
	was   uint64 // seed of the previous map
}

func (p *program) next(n int) int {
	p.state = p.state*6364136223846793005 + 1442695040888963407
	return int(p.state >> 33 % uint64(n))
}

// draw returns a random number of the runtime, as the model predicts it.
func (p *program) draw() uint64 {
	p.draws++
	return mix(p.draws, p.state0())
}

func (p *program) state0() uint64 { return 77 }

// settled is called after an operation: it replaces a new seed by the next one of the
// program.
func (p *program) settled() {
	if s := p.k.seed(); s != p.was {
		p.was = p.draw()
		p.k.setSeed(p.was)
		p.was = p.k.seed()
	}
	p.k.dump(&p.sum)
	p.ops++
}

func (p *program) put(i int) { p.k.put(uint64(i), uint64(p.next(1000))); p.reseed() }
func (p *program) del(i int) { p.k.del(uint64(i)); p.reseed() }

func (p *program) reseed() {
	if s := p.k.seed(); s != p.was {
		p.k.setSeed(p.draw())
		p.was = p.k.seed()
	}
}

func (p *program) step() {
	i := p.next(p.keys)
	switch c := p.next(100); {
	case c < 40:
		p.put(i)
	case c < 62:
		p.del(i)
	case c < 78:
		for j := 0; j < 1+p.keys/16; j++ {
			p.put((i + j) % p.keys)
		}
	case c < 88:
		for j := 0; j < 1+p.keys/16; j++ {
			p.del((i + j) % p.keys)
		}
	case c < 91:
		p.wave()
	case c < 97 && p.depth == 0:
		p.rng(func() {
			if p.next(8) == 0 {
				p.step()
			}
		})
	case c >= 97 && p.depth == 0:
		if minor < 11 {
			p.rng(nil)
		} else {
			p.k.clear()
			p.reseed()
		}
	default:
		p.put(i)
	}
	p.settled()
}

// wave puts keys of one chain and deletes them again, which leaves overflow buckets.
func (p *program) wave() {
	seed, class := p.k.seed(), uint64(p.next(4))
	for n := 0; n < 2; n++ {
		left := p.keys / 3
		for i := p.keys; i < 4*p.keys && left > 0; i++ {
			if hash(uint64(i), seed)&3 != class {
				continue
			}
			if left--; n == 0 {
				p.put(i)
			} else {
				p.del(i)
			}
		}
	}
}

// rng ranges from the place that the next random numbers determine: a range that the
// runtime begins elsewhere is broken off. Without a body, it deletes everything.
func (p *program) rng(body func()) {
	if p.k.length() == 0 {
		return
	}
	p.depth++
	r := p.draw()
	d := uint64(0)
	if minor >= 24 {
		d = p.draw()
	}
	for done := false; !done; {
		began := false
		p.k.rng(func(k, v uint64) bool {
			if !began {
				bucket, offset, ok := p.k.start()
				if !ok {
					panic("no range")
				}
				if !p.wanted(bucket, offset, r, d) {
					return false
				}
				began = true
			}
			done = true
			p.sum.add(k)
			p.sum.add(v)
			if body == nil {
				p.del(int(k))
			} else {
				body()
			}
			return true
		})
	}
	p.depth--
}

func (p *program) wanted(bucket, offset, r, d uint64) bool {
	h := unsafe.Pointer(p.k.header())
	switch {
	case minor >= 24:
		n := word(h, 24)
		if n == 0 {
			return offset&7 == r&7
		}
		most := uint64(8) // slots of the largest table
		for i := uint64(0); i < n; i++ {
			if c := short(pointer(pointer(h, 16), int(i)*8), 2); c > most {
				most = c
			}
		}
		return offset&(most-1) == r&(most-1) && bucket&(n-1) == d&(n-1)
	case minor == 2:
		return bucket == r&(1<<octet(h, 16)-1)
	case minor == 3:
		return offset == r&7
	case minor == 4:
		b := octet(h, 16)
		return bucket == r&(1<<b-1) && offset == r>>b&7
	}
	b := octet(h, 9)
	return bucket == r&(1<<b-1) && offset == r>>b&7
}

func (p *program) run() string {
	weak = p.next(3) == 0
	p.k.make([]int{0, 0, 9, 60}[p.next(4)])
	p.was = p.k.seed()
	p.k.setSeed(p.draw())
	p.was = p.k.seed()
	p.keys = []int{10, 60, 60, 300, 300, 900}[p.next(6)]
	for p.ops < p.limit {
		p.step()
	}
	return strconv.FormatUint(uint64(p.sum), 36)
}

func kinds() map[string]*kind {
	pairs := map[pairKey]uint64{}
	nums := map[numKey]uint64{}
	texts := map[textKey]string{}
	bigs := map[bigKey]bigElem{}
	setHash(first(pairs), first(pairKey{}), false)
	setHash(first(nums), first(numKey(0)), false)
	setHash(first(texts), first(textKey("")), true)
	setHash(first(bigs), first(bigKey{}), false)
	plain := func(p unsafe.Pointer) uint64 { return word(p, 0) }
	text := func(p unsafe.Pointer) uint64 { return numOf(*(*string)(p)) }
	ind := func(p unsafe.Pointer) uint64 { return word(pointer(p, 0), 0) }
	return map[string]*kind{
		"pair": {key: 16, elem: 8, readKey: plain, readElem: plain,
			header: func() *header { return *(**header)(unsafe.Pointer(&pairs)) }, typ: func() uintptr { return uintptr(first(pairs)) },
			make: func(n int) { pairs = make(map[pairKey]uint64, n) }, put: func(k, v uint64) { pairs[pairKey{k}] = v }, del: func(k uint64) { delete(pairs, pairKey{k}) },
			clear: func() {
				for k := range pairs {
					delete(pairs, k)
				}
			},
			rng: func(body func(k, v uint64) bool) {
				for k, v := range pairs {
					if !body(k[0], v) {
						break
					}
				}
			}, length: func() int { return len(pairs) }},
		"num": {key: 8, elem: 8, readKey: plain, readElem: plain,
			header: func() *header { return *(**header)(unsafe.Pointer(&nums)) }, typ: func() uintptr { return uintptr(first(nums)) },
			make: func(n int) { nums = make(map[numKey]uint64, n) }, put: func(k, v uint64) { nums[numKey(k)] = v }, del: func(k uint64) { delete(nums, numKey(k)) },
			clear: func() {
				for k := range nums {
					delete(nums, k)
				}
			},
			rng: func(body func(k, v uint64) bool) {
				for k, v := range nums {
					if !body(uint64(k), v) {
						break
					}
				}
			}, length: func() int { return len(nums) }},
		"text": {key: 16, elem: 16, text: true, readKey: text, readElem: text,
			header: func() *header { return *(**header)(unsafe.Pointer(&texts)) }, typ: func() uintptr { return uintptr(first(texts)) },
			make: func(n int) { texts = make(map[textKey]string, n) }, put: func(k, v uint64) { texts[textKey(textOf(k))] = textOf(v) }, del: func(k uint64) { delete(texts, textKey(textOf(k))) },
			clear: func() {
				for k := range texts {
					delete(texts, k)
				}
			},
			rng: func(body func(k, v uint64) bool) {
				for k, v := range texts {
					if !body(numOf(string(k)), numOf(v)) {
						break
					}
				}
			}, length: func() int { return len(texts) }},
		"big": {key: 8, elem: 8, indirect: true, readKey: ind, readElem: ind,
			header: func() *header { return *(**header)(unsafe.Pointer(&bigs)) }, typ: func() uintptr { return uintptr(first(bigs)) },
			make: func(n int) { bigs = make(map[bigKey]bigElem, n) }, put: func(k, v uint64) { bigs[bigKey{k}] = bigElem{v} }, del: func(k uint64) { delete(bigs, bigKey{k}) },
			clear: func() {
				for k := range bigs {
					delete(bigs, k)
				}
			},
			rng: func(body func(k, v uint64) bool) {
				for k, v := range bigs {
					if !body(k[0], v[0]) {
						break
					}
				}
			}, length: func() int { return len(bigs) }},
	}
}

var out struct {
	Sums   map[string][]string // by kind, of programs
	Blocks map[string]string   // by kind: of maps of some lengths, made with some hints
	Texts  map[string]string   // texts of panics
	Marked bool                // as being written, after a recovered panic
}

// sizes are lengths or hints.
var sizes = []int{0, 1, 8, 9, 14, 15, 27, 60, 100, 300, 1000}

// blocks counts the blocks and bytes that maps allocate.
func blocks(k *kind) string {
	text, seed := "", uint64(0)
	for _, n := range sizes {
		for how := 0; how < 3; how++ {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			if how > 0 {
				k.make(n)
			} else {
				k.make(0)
			}
			seed++
			k.setSeed(seed)
			if how < 2 {
				for i := 0; i < n; i++ {
					k.put(uint64(i), 1)
				}
			}
			runtime.ReadMemStats(&after)
			text += strconv.Itoa(int(after.Mallocs-before.Mallocs)) + " " + strconv.Itoa(int(after.TotalAlloc-before.TotalAlloc)) + ","
		}
	}
	return text
}

func texts() {
	try := func(name string, f func()) {
		defer func() {
			if r := recover(); r != nil {
				if e, ok := r.(error); ok {
					r = e.Error()
				}
				out.Texts[name] = r.(string)
			}
		}()
		f()
	}
	for _, of := range []string{"nil", "empty", "full"} {
		var m map[interface{}]int
		if of != "nil" {
			m = map[interface{}]int{}
		}
		if of == "full" {
			m[1] = 1
		}
		bad := []int{1}
		try("read "+of, func() { _ = m[bad] })
		try("delete "+of, func() { delete(m, bad) })
		if of == "nil" {
			try("assign to nil", func() { m[1] = 1 })
			continue
		}
		fresh := map[interface{}]int{}
		if of == "full" {
			fresh[1] = 1
		}
		try("write "+of, func() { fresh[bad] = 1 })
		if h := *(*unsafe.Pointer)(unsafe.Pointer(&fresh)); minor >= 6 && minor < 24 {
			out.Marked = octet(h, 8)&4 != 0
		}
	}
	n := -1
	try("negative hint", func() { _ = make(map[int]int, n) })
}

func main() {
	v := strings.Split(strings.TrimPrefix(runtime.Version(), "go1."), ".")[0]
	minor, _ = strconv.Atoi(v)
	out.Sums = map[string][]string{}
	out.Blocks, out.Texts = map[string]string{}, map[string]string{}
	all := kinds()
	debug.SetGCPercent(-1)
	for _, name := range []string{"pair", "num", "big"} {
		out.Blocks[name] = blocks(all[name])
	}
	debug.SetGCPercent(100)
	texts()
	for i, name := range []string{"pair", "num", "text", "big"} {
		if minor >= 27 && name != "pair" && name != "big" {
			continue // the fast paths have a hash function of their own
		}
		for seed := uint64(0); seed < PROGRAMS; seed++ {
			p := &program{k: all[name], state: (seed + 1 + uint64(1000*i)) * 1000003, limit: OPERATIONS}
			out.Sums[name] = append(out.Sums[name], p.run())
		}
	}
	json.NewEncoder(os.Stdout).Encode(out)
}
