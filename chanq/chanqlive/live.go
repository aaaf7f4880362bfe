package chanqlive

import (
	"fmt"
	"reflect"
	"runtime"

	"github.com/orrery-go/orrery/chanq"
	"github.com/orrery-go/orrery/crash"
)

// A Live performs operations on channels of the running Go. It has the methods of
// [chanq.Chans] for them, for one goroutine: the caller's.
type Live struct{ chans []chan int64 }

// Make makes a channel. It returns a [*crash.Error] if the runtime refuses the capacity.
func (l *Live) Make(size int64) (c chanq.Chan, err error) {
	defer recovered(&err)
	if len(l.chans) == 0 {
		l.chans = append(l.chans, nil)
	}
	l.chans = append(l.chans, make(chan int64, size))
	return chanq.Chan(len(l.chans) - 1), nil
}

// Of returns a Live with these channels, from number 1 on.
func Of(chans []chan int64) *Live { return &Live{append([]chan int64{nil}, chans...)} }

// recovered turns a panic of the runtime into an error.
func recovered(err *error) {
	if e := recover(); e != nil {
		r, ok := e.(runtime.Error)
		if !ok {
			panic(e)
		}
		*err = crash.Panic(r.Error())
	}
}

func (l *Live) channel(c chanq.Chan) chan int64 { return l.chans[c] }

// Do performs the operation, which may wait: without end, if no other goroutine acts.
func (l *Live) Do(op chanq.Op) (o chanq.Outcome, err error) {
	defer func() {
		if err != nil {
			o = chanq.Outcome{What: chanq.Panicked}
		}
	}()
	defer recovered(&err)
	switch op.Verb {
	case chanq.SendVerb:
		l.channel(op.Chan) <- op.Value
	case chanq.RecvVerb:
		o.Value, o.OK = <-l.channel(op.Chan)
	case chanq.TrySendVerb:
		select {
		case l.channel(op.Chan) <- op.Value:
		default:
			o.What = chanq.NotReady
		}
	case chanq.TryRecvVerb:
		select {
		case o.Value, o.OK = <-l.channel(op.Chan):
		default:
			o.What = chanq.NotReady
		}
	case chanq.CloseVerb:
		close(l.channel(op.Chan))
	case chanq.SelectVerb:
		return l.choose(op), nil
	default:
		return o, fmt.Errorf("chanqlive: %v is no operation", op)
	}
	return o, nil
}

func (l *Live) choose(op chanq.Op) (o chanq.Outcome) {
	var cases []reflect.SelectCase
	if op.Default {
		cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})
	}
	for _, k := range op.Cases {
		c := reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(l.channel(k.Chan))}
		if k.Send {
			c.Dir, c.Send = reflect.SelectSend, reflect.ValueOf(k.Value)
		}
		cases = append(cases, c)
	}
	i, v, ok := reflect.Select(cases)
	if op.Default {
		i--
	}
	if i < 0 {
		return chanq.Outcome{What: chanq.NotReady, Case: -1}
	}
	o.Case, o.OK = int32(i), ok
	if !op.Cases[i].Send {
		o.Value = v.Int()
	}
	return o
}

// Len returns the len of the channel.
func (l *Live) Len(c chanq.Chan) int64 { return int64(len(l.channel(c))) }

// Cap returns the cap of the channel.
func (l *Live) Cap(c chanq.Chan) int64 { return int64(cap(l.channel(c))) }
