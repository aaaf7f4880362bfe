package gotrace

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"time"
)

// The events, with their numbers in the file (internal/trace/tracev2/events.go).
const (
	evEventBatch          = 1
	evStacks              = 2
	evStack               = 3
	evStrings             = 4
	evString              = 5
	evFrequency           = 8
	evProcsChange         = 9
	evProcStart           = 10
	evProcStop            = 11
	evProcSteal           = 12
	evProcStatus          = 13
	evGoCreate            = 14
	evGoStart             = 16
	evGoDestroy           = 17
	evGoStop              = 19
	evGoBlock             = 20
	evGoUnblock           = 21
	evGoSyscallBegin      = 22
	evGoSyscallEnd        = 23
	evGoSyscallEndBlocked = 24
	evSTWBegin            = 26
	evSTWEnd              = 27
	evUserLog             = 44
	evGoSwitch            = 45
	evGoSwitchDestroy     = 46
	evGoCreateBlocked     = 47
	evGoStatusStack       = 48
	evSync                = 50
	evClockSnapshot       = 51
	evEndOfGeneration     = 52
)

const (
	header = "go 1.26 trace\x00\x00\x00"

	maxBatch  = 64 << 10
	maxText   = 1 << 10
	maxFrames = 128

	batchSize = 16 << 10 // of the batches that are written
	noThread  = -1       // of what is of no thread
)

// generation is the number of bytes in one before it ends if nothing happens. With 4
// times as many it ends in any case. Tests have shorter ones.
var generation = 1 << 20

// A Frame is a place in a program.
type Frame struct {
	Func string
	File string
	Line int
}

// tables are the texts and stacks of a generation.
type tables struct {
	texts  map[string]uint64
	stacks map[string]uint64
	order  []string // texts, by number
	frames [][]byte // stacks, by number: their frames, encoded
	size   int
	key    []byte
}

func (t *tables) reset() {
	*t = tables{texts: map[string]uint64{}, stacks: map[string]uint64{}, key: t.key}
}

// text returns the number of a text, which is cut to what one may have.
func (t *tables) text(s string) uint64 {
	if len(s) > maxText {
		s = s[:maxText]
	}
	if n, ok := t.texts[s]; ok {
		return n
	}
	t.order = append(t.order, s)
	n := uint64(len(t.order))
	t.texts[s] = n
	t.size += len(s) + 16
	return n
}

// stack returns the number of a stack, the leaf first; 0 is that of none.
func (t *tables) stack(frames []Frame) uint64 {
	if len(frames) == 0 {
		return 0
	}
	frames = frames[:min(len(frames), maxFrames)]
	t.key = t.key[:0]
	for _, f := range frames {
		t.key = binary.AppendUvarint(t.key, pc(f))
		t.key = binary.AppendUvarint(t.key, t.text(f.Func))
		t.key = binary.AppendUvarint(t.key, t.text(f.File))
		t.key = binary.AppendUvarint(t.key, uint64(max(f.Line, 0)))
	}
	if n, ok := t.stacks[string(t.key)]; ok {
		return n
	}
	t.frames = append(t.frames, slices.Clone(t.key))
	n := uint64(len(t.frames))
	t.stacks[string(t.key)] = n
	t.size += 2*len(t.key) + 32
	return n
}

// pc returns an address for a frame, the same in every generation, so that tools which
// group by address see one place.
func pc(f Frame) uint64 {
	h := fnv.New64a()
	h.Write([]byte(f.Func))
	h.Write([]byte{0})
	h.Write([]byte(f.File))
	h.Write([]byte{0, byte(f.Line), byte(f.Line >> 8), byte(f.Line >> 16)})
	return h.Sum64()>>16 | 1<<22
}

// batch writes the batch of a thread.
func (w *Writer) batch(m ThreadID, from uint64, data []byte) {
	w.raw = append(w.raw[:0], evEventBatch)
	for _, v := range []uint64{w.gen, uint64(m), from, uint64(len(data))} {
		w.raw = binary.AppendUvarint(w.raw, v)
	}
	w.write(w.raw)
	w.write(data)
}

func (w *Writer) write(data []byte) {
	if w.err == nil {
		_, w.err = w.out.Write(data)
	}
}

// table writes the entries of a table in batches.
func (w *Writer) table(kind byte, n int, entry func(b []byte, i int) []byte) {
	data := []byte{kind}
	for i := range n {
		if len(data) > batchSize {
			w.batch(noThread, w.began, data)
			data = data[:1]
		}
		data = entry(data, i)
	}
	if len(data) > 1 {
		w.batch(noThread, w.began, data)
	}
}

// endGeneration writes what the generation still has to say.
func (w *Writer) endGeneration() {
	for _, t := range w.threads.list {
		w.flushThread(t)
	}
	w.table(evStrings, len(w.tables.order), func(b []byte, i int) []byte {
		b = binary.AppendUvarint(append(b, evString), uint64(i+1))
		b = binary.AppendUvarint(b, uint64(len(w.tables.order[i])))
		return append(b, w.tables.order[i]...)
	})
	w.table(evStacks, len(w.tables.frames), func(b []byte, i int) []byte {
		b = binary.AppendUvarint(append(b, evStack), uint64(i+1))
		b = binary.AppendUvarint(b, uint64(frameCount(w.tables.frames[i])))
		return append(b, w.tables.frames[i]...)
	})
	sync := binary.AppendUvarint([]byte{evSync, evFrequency}, uint64(time.Second))
	wall := epoch.Add(time.Duration(w.began))
	sync = append(sync, evClockSnapshot)
	for _, v := range []uint64{0, w.began, uint64(wall.Unix()), uint64(wall.Nanosecond())} {
		sync = binary.AppendUvarint(sync, v)
	}
	w.batch(noThread, w.began, sync)
	w.write([]byte{evEndOfGeneration})
	w.tables.reset()
	w.size = 0
	w.threads.forget()
}

// epoch is what the wall clock shows at the virtual time 0: any moment would do.
var epoch = time.Date(2009, time.November, 10, 23, 0, 0, 0, time.UTC)

// frameCount counts the frames of an encoded stack: four numbers each.
func frameCount(data []byte) (n int) {
	for _, b := range data {
		if b < 0x80 {
			n++
		}
	}
	return n / 4
}
