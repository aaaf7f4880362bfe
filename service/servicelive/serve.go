package servicelive

import (
	"context"
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/orrery-go/orrery/service"
	"github.com/orrery-go/orrery/service/dist"
)

// A visit is an attempt at the service that it calls.
type visit struct {
	s        *system
	server   *server
	instance int
	request  int
	key      dist.Key
	above    dist.Key // of the attempt that makes the call
	caller   dist.Key // of the call
	tries    int
	answer   chan answer
	alone    bool // no caller waits for the answer

	came     time.Duration
	wait     time.Duration
	began    bool
	degraded bool
}

// serve performs the service's part for a request.
func (v *visit) serve(ctx context.Context) {
	v.came = v.s.now()
	st := v.enter(ctx)
	if ctx.Err() != nil && (st == service.Canceled || st == service.Lost) {
		st = v.why(ctx)
	}
	v.s.mu.Lock()
	if !v.began {
		v.wait = v.s.now() - v.came
	}
	p := service.Span{
		SpanID: spanID(v.key), ParentID: spanID(v.above), Service: v.server.Name, Instance: v.instance, Try: v.tries,
		Start: v.came, Wait: v.wait, End: v.s.now(), Status: st, Degraded: v.degraded, Wasted: v.alone && ctx.Err() == nil,
	}
	trace := v.s.key.Child(uint64(v.request))
	binary.BigEndian.PutUint64(p.TraceID[:8], uint64(trace))
	binary.BigEndian.PutUint64(p.TraceID[8:], uint64(trace.Child(0))|1)
	v.s.out.Spans = append(v.s.out.Spans, p)
	v.s.mu.Unlock()
	v.answer <- answer{st, v.degraded && st == service.OK}
}

func spanID(k dist.Key) (id service.SpanID) {
	binary.BigEndian.PutUint64(id[:], uint64(k))
	return id
}

// why returns the status with which a context has ended, as the attempt sees it.
func (v *visit) why(ctx context.Context) service.Status {
	var g gaveUp
	if errors.As(context.Cause(ctx), &g) && (g.key == v.key || g.key == v.caller) {
		return g.st
	}
	return service.Canceled
}

// fault returns the current fault of the service.
func (v *visit) fault() service.Fault {
	now := v.s.now()
	out := service.Fault{Slow: 1}
	for _, f := range v.server.Faults {
		if now < f.From || f.To != 0 && now >= f.To {
			continue
		}
		out.Down = out.Down || f.Down
		out.Fail = max(out.Fail, f.Fail)
		if f.Slow > 0 {
			out.Slow *= f.Slow
		}
	}
	return out
}

func (v *visit) enter(ctx context.Context) service.Status {
	n := v.server
	if v.fault().Down {
		return service.Down
	}
	if n.limiter != nil {
		v.s.mu.Lock()
		o, err := n.limiter.Allow(v.s.now(), 1)
		v.s.mu.Unlock()
		switch {
		case err != nil:
			panic(err)
		case !o.OK:
			return service.Limited
		case o.After > 0 && !sleep(ctx, o.After):
			return service.Canceled
		}
	}
	v.s.mu.Lock()
	if len(n.instances) > 1 {
		v.instance = n.turn % len(n.instances)
		n.turn++
	}
	i := n.instances[v.instance]
	if i.adaptive != nil && !i.adaptive.Enter() {
		v.s.mu.Unlock()
		return service.Shed
	}
	v.s.mu.Unlock()
	st, tried := v.queue(ctx, i)
	if i.adaptive != nil {
		v.s.mu.Lock()
		took := v.s.now() - v.came
		if !tried {
			took = 0
		}
		ok := st == service.OK || ctx.Err() != nil && v.why(ctx) == service.Canceled
		if err := i.adaptive.Leave(took, ok); err != nil {
			panic(err)
		}
		v.s.mu.Unlock()
	}
	return st
}

// queue waits for a worker of the instance; tried is false if there was no room in the
// queue.
func (v *visit) queue(ctx context.Context, i *instance) (st service.Status, tried bool) {
	if i.workers == nil {
		v.began = true
		return v.work(ctx, func() {}), true
	}
	v.s.mu.Lock()
	if q := v.server.Queue; q != 0 && i.in >= cap(i.workers)+max(q, 0) {
		v.s.mu.Unlock()
		return service.Full, false
	}
	i.in++
	v.s.mu.Unlock()
	leave := func() {
		v.s.mu.Lock()
		defer v.s.mu.Unlock()
		i.in--
	}
	select {
	case i.workers <- struct{}{}:
	default:
		select {
		case i.workers <- struct{}{}: // waiting senders form a queue
		case <-ctx.Done():
			leave()
			return service.Canceled, true
		}
		if i.codel != nil {
			v.s.mu.Lock()
			drop, err := i.codel.Dequeue(v.s.now(), v.came, i.in-cap(i.workers))
			v.s.mu.Unlock()
			if err != nil {
				panic(err)
			}
			if drop {
				leave()
				<-i.workers
				return service.Dropped, true
			}
		}
	}
	var once sync.Once
	free := func() { once.Do(func() { leave(); <-i.workers }) }
	defer free()
	v.began = true
	return v.work(ctx, free), true
}

// work performs the work and the calls of a request that has a worker, which free
// releases.
func (v *visit) work(ctx context.Context, free func()) service.Status {
	n := v.server
	v.wait = v.s.now() - v.came
	d := n.Work.Draw(v.key.Child(keyWork))
	if f := v.fault(); f.Slow != 1 {
		d = time.Duration(min(float64(d)*f.Slow, float64(dist.Max)))
	}
	if !sleep(ctx, d) {
		return service.Canceled
	}
	if f := v.fault(); f.Fail > 0 && v.key.Child(keyFail).Float64() < f.Fail {
		return service.Failed
	}
	if n.Async && len(n.Calls) > 0 {
		free()
	}
	var calls sync.WaitGroup
	lost := false
	for i, c := range n.clients {
		key := v.key.Child(keyCall + uint64(i))
		if c.Share > 0 && key.Float64() >= c.Share {
			continue
		}
		one := func() {
			st, degraded := v.s.call(ctx, c, v.request, key, v.key)
			if st != service.OK && c.Optional && ctx.Err() == nil {
				st, degraded = service.OK, true
			}
			v.s.mu.Lock()
			defer v.s.mu.Unlock()
			lost = lost || st != service.OK
			v.degraded = v.degraded || degraded
		}
		if n.Parallel {
			calls.Go(one)
			continue
		}
		if one(); lost {
			break
		}
	}
	calls.Wait()
	if ctx.Err() != nil {
		return service.Canceled
	}
	if lost {
		return service.Lost
	}
	return service.OK
}
