package race

import "fmt"

// An Object is the number of an object by which goroutines synchronize: 1, 2, 3, and so
// on, in the order in which they are made.
type Object int32

// String reads like "object 3".
func (o Object) String() string { return fmt.Sprintf("object %d", int32(o)) }

// A Type is the type of an object.
type Type string

// The types. A Raw object has only the primitives of the detector, acquire and release,
// for whatever is not modelled itself, such as timers and finalizers.
const (
	Mutex     Type = "mutex" // also a sync.RWMutex
	Chan      Type = "chan"
	WaitGroup Type = "waitgroup"
	Once      Type = "once"
	Cond      Type = "cond"
	Raw       Type = "raw"
)

// String returns the name.
func (t Type) String() string { return string(t) }

// own is the address at which the objects' own memory begins, which the detector looks at
// when one is closed or waited for. Addresses of variables are below it.
const own = 1 << 62

// object is one of any type. What a type does not need stays zero.
type object struct {
	typ   Type
	point point // a mutex's is what Unlock releases

	// A mutex.
	writer  G
	readers int
	shared  point // what RUnlock releases
	queue   queue // goroutines that wait: for the lock, for a counter of 0, for a once, for a signal
	rw      bool  // RLock was called

	counter int64  // of a WaitGroup
	lock    Object // of a Cond
	running G      // the goroutine that runs the function of a Once
	done    bool   // a Once's function has returned
	closed  bool   // a channel

	ch *channel
}

// queue is goroutines that wait, first in, first out.
type queue struct{ head, tail G }

func (d *Detector) push(q *queue, me *goroutine) {
	me.next = 0
	if q.head == 0 {
		q.head = me.id
	} else {
		d.gs.find(q.tail).next = me.id
	}
	q.tail = me.id
}

func (d *Detector) pop(q *queue) *goroutine {
	me := d.gs.find(q.head)
	if me != nil {
		q.head, me.next = me.next, 0
	}
	return me
}

// waitFor makes a goroutine wait.
func (d *Detector) waitFor(q *queue, me *goroutine, verb Verb, o Object, at Place) Outcome {
	me.waits, me.on, me.since, me.place = verb, o, d.ops, at
	d.push(q, me)
	if d.trace != nil {
		d.event(Event{Kind: Waits, Rule: "wait", G: me.id, Verb: verb, On: o})
	}
	return Outcome{What: DoesWait}
}

// wake ends a wait.
func (d *Detector) wake(me *goroutine) {
	me.waits, me.on, me.since = "", 0, 0
	if d.trace != nil {
		d.event(Event{Kind: Woken, Rule: "wait", G: me.id})
	}
}

// Make makes an object other than a channel or a [Cond]. It returns an error if the type
// is one of these or unknown, the goroutine cannot act, or there are too many objects.
func (d *Detector) Make(g G, t Type, at Place) (Object, error) {
	switch t {
	case Mutex, WaitGroup, Once, Raw:
		return d.make(Op{Verb: MakeVerb, G: g, Type: t, Place: at}, object{typ: t})
	case Chan, Cond:
		return 0, fmt.Errorf("race: a %s is made by another method", t)
	}
	return 0, fmt.Errorf("race: no type %.40q (want %s, %s, %s or %s)", t, Mutex, WaitGroup, Once, Raw)
}

// MakeCond makes a [Cond] with a lock. It returns an error if there is no such lock.
// Other errors are those of [Detector.Make].
func (d *Detector) MakeCond(g G, lock Object, at Place) (Object, error) {
	if _, err := d.object(lock, Mutex); err != nil {
		return 0, err
	}
	return d.make(Op{Verb: MakeVerb, G: g, Type: Cond, On: lock, Place: at}, object{typ: Cond, lock: lock})
}

func (d *Detector) make(op Op, o object) (Object, error) {
	if _, err := d.begin(op.G); err != nil {
		return 0, err
	}
	if len(d.objects) > MaxObjects {
		return 0, fmt.Errorf("race: more than %d objects", MaxObjects)
	}
	d.done(op)
	d.objects = append(d.objects, o)
	n := Object(len(d.objects) - 1)
	if d.trace != nil {
		d.event(Event{Kind: Made, Rule: "op", G: op.G, On: n})
	}
	return n, nil
}

// object finds one of a type.
func (d *Detector) object(n Object, t Type) (*object, error) {
	if n < 1 || int(n) >= len(d.objects) {
		return nil, fmt.Errorf("race: there is no %v", n)
	}
	o := &d.objects[n]
	if o.typ != t {
		return nil, fmt.Errorf("race: %v is a %s, no %s", n, o.typ, t)
	}
	return o, nil
}

// on begins an operation on an object.
func (d *Detector) on(g G, n Object, t Type) (*goroutine, *object, error) {
	me, err := d.begin(g)
	if err != nil {
		return nil, nil, err
	}
	o, err := d.object(n, t)
	return me, o, err
}

// Acquire joins the clock of a [Raw] object into that of goroutine g. Release replaces
// the object's clock by g's, ReleaseMerge joins g's into it, and ReleaseAcquire exchanges
// the two, like runtime.RaceAcquire and so on. They return an error if the goroutine
// cannot act, or there is no such object.
func (d *Detector) Acquire(g G, n Object, at Place) error { return d.raw(AcquireVerb, g, n, at) }

// Release is a release at a [Raw] object. See [Detector.Acquire].
func (d *Detector) Release(g G, n Object, at Place) error { return d.raw(ReleaseVerb, g, n, at) }

// ReleaseMerge adds to what was released at a [Raw] object. See [Detector.Acquire].
func (d *Detector) ReleaseMerge(g G, n Object, at Place) error {
	return d.raw(ReleaseMergeVerb, g, n, at)
}

// ReleaseAcquire is a release and an acquire at once. See [Detector.Acquire].
func (d *Detector) ReleaseAcquire(g G, n Object, at Place) error {
	return d.raw(ReleaseAcquireVerb, g, n, at)
}

func (d *Detector) raw(v Verb, g G, n Object, at Place) error {
	me, o, err := d.on(g, n, Raw)
	if err != nil {
		return err
	}
	d.done(Op{Verb: v, G: g, On: n, Place: at})
	switch v {
	case AcquireVerb:
		d.acquire(me, &o.point, "raw")
	case ReleaseVerb:
		d.store(me, &o.point, "raw")
	case ReleaseMergeVerb:
		d.merge(me, &o.point, "raw")
	case ReleaseAcquireVerb:
		d.swap(me, &o.point, "raw")
	}
	return nil
}

// self returns an access to an object's own memory.
func (d *Detector) self(me *goroutine, n Object, kind uint8, v Verb, at Place) (Outcome, error) {
	if d.config.Strict {
		return Outcome{What: DidOp}, nil
	}
	return d.touch(me, own+uint64(n)<<3, 1, kind, v, at)
}
