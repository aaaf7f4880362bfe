//go:build go1.7
// +build go1.7

// Package contexts asks the Go that builds it the ledger's questions about package
// context. It is in the Go of 1.7, the first that has one, and part of the probe of
// package claims, too.
//
// # Concurrent use
//
// The questions may be asked by several goroutines at once.
package contexts

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"sync/atomic"
	"time"
)

type contextKey int

// Questions are the questions, by row.
var Questions = map[string]func() string{
	"9-1":  ignored,
	"9-2":  upwards,
	"9-3":  together,
	"9-4":  purposes,
	"9-5":  deadlines,
	"9-6":  whenDone,
	"9-7":  doneTwice,
	"9-8":  errEarly,
	"9-9":  errs,
	"9-10": valueTwice,
	"10-1": inherits,
	"10-2": pairs,
	"10-3": chain,
	"10-4": walk,
	"10-5": theEnd,
	"10-6": changes,
}

// ignored counts the goroutines that end after a cancel, out of three that do not look
// at their context.
func ignored() string {
	ctx, cancel := context.WithCancel(context.Background())
	_ = ctx
	var ended int32
	stop := make(chan bool)
	for i := 0; i < 3; i++ {
		go func() {
			<-stop
			atomic.AddInt32(&ended, 1)
		}()
	}
	cancel()
	time.Sleep(5 * time.Millisecond)
	n := atomic.LoadInt32(&ended)
	close(stop)
	return fmt.Sprint(n)
}

func upwards() string {
	parent, cancelParent := context.WithCancel(context.Background())
	defer cancelParent()
	child, cancel := context.WithCancel(context.WithValue(parent, contextKey(1), 7))
	cancel()
	return fmt.Sprint(parent.Value(contextKey(1)) == child.Value(contextKey(1)), parent.Err() == child.Err())
}

// together counts the inconsistencies that two goroutines see while another cancels.
func together() string {
	var wrong int32
	for i := 0; i < 300; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan bool, 2)
		for j := 0; j < 2; j++ {
			go func() {
				for ctx.Err() == nil {
					runtime.Gosched()
				}
				if ctx.Err() == nil {
					atomic.AddInt32(&wrong, 1)
				}
				ended <- true
			}()
		}
		go cancel()
		<-ended
		<-ended
	}
	return fmt.Sprint(atomic.LoadInt32(&wrong))
}

func purposes() string {
	ctx, cancel := context.WithCancel(context.WithValue(context.Background(), contextKey(1), "gopher"))
	defer cancel()
	n := 0
	for ; n < 10 && ctx.Err() == nil; n++ {
		if n == 2 {
			cancel()
		}
	}
	return fmt.Sprint(n, " ", ctx.Value(contextKey(1)))
}

func deadlines() string {
	_, has := context.Background().Deadline()
	now := time.Now()
	parent, cancelParent := context.WithDeadline(context.Background(), now.Add(time.Hour))
	defer cancelParent()
	child, cancel := context.WithDeadline(parent, now.Add(2*time.Hour))
	defer cancel()
	d, _ := child.Deadline()
	return fmt.Sprint(has, d.Sub(now))
}

func closed(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	default:
		return false
	}
}

func whenDone() string {
	ctx, cancel := context.WithCancel(context.Background())
	before := closed(ctx)
	cancel()
	return fmt.Sprint(before, closed(ctx))
}

func doneTwice() string {
	ctx, cancel := context.WithCancel(context.Background())
	first := ctx.Done()
	second := ctx.Done()
	cancel()
	return fmt.Sprint(first == second, first == ctx.Done())
}

// errEarly counts the contexts that have an error before their Done is closed.
func errEarly() string {
	n := 0
	for i := 0; i < 300; i++ {
		ctx, cancel := context.WithCancel(context.Background())
		done := ctx.Done()
		go cancel()
		for ctx.Err() == nil {
			runtime.Gosched()
		}
		select {
		case <-done:
		default:
			n++
		}
	}
	return fmt.Sprint(n)
}

func errs() string {
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancelLate := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancelLate()
	<-late.Done()
	return fmt.Sprint(canceled.Err(), "; ", late.Err())
}

func valueTwice() string {
	ctx := context.WithValue(context.Background(), contextKey(1), 7)
	return fmt.Sprint(ctx.Value(contextKey(1)), ctx.Value(contextKey(1)))
}

// inherits reports which of the methods that a valueCtx lacks it takes from the context
// that it embeds.
func inherits() string {
	parent, cancel := context.WithTimeout(context.Background(), time.Hour)
	child := context.WithValue(parent, contextKey(1), 7)
	var same []string
	if child.Done() == parent.Done() {
		same = append(same, "Done")
	}
	d, _ := child.Deadline()
	if e, _ := parent.Deadline(); d.Equal(e) {
		same = append(same, "Deadline")
	}
	cancel()
	if child.Err() == parent.Err() && child.Err() != nil {
		same = append(same, "Err")
	}
	return strings.Join(same, " ")
}

// pairs counts the keys that a valueCtx has fields for.
func pairs() string {
	t := reflect.TypeOf(context.WithValue(context.Background(), contextKey(1), 7)).Elem()
	n := 0
	for i := 0; i < t.NumField(); i++ {
		if t.Field(i).Name == "key" {
			n++
		}
	}
	return fmt.Sprint(n)
}

// chain counts the contexts that three calls of WithValue make, and asks the first one
// for the key of the last.
func chain() string {
	first := context.WithValue(context.Background(), contextKey(1), 7)
	last := context.WithValue(context.WithValue(first, contextKey(2), 7), contextKey(3), 7)
	n := 0
	for v := reflect.ValueOf(last); v.Kind() == reflect.Ptr && v.Elem().Kind() == reflect.Struct && v.Elem().FieldByName("key").IsValid(); n++ {
		v = v.Elem().FieldByName("Context").Elem()
	}
	return fmt.Sprint(n, first.Value(contextKey(3)) != nil)
}

// A counted counts the calls of its method Value.
type counted struct {
	context.Context
	n *int
}

func (a counted) Value(key interface{}) interface{} {
	*a.n++
	return a.Context.Value(key)
}

func walk() string {
	n := new(int)
	ctx := context.Background()
	for i := 0; i < 10; i++ {
		ctx = counted{ctx, n}
	}
	ctx.Value(contextKey(1))
	return fmt.Sprint(*n)
}

func theEnd() string {
	return fmt.Sprint(reflect.TypeOf(context.Background()), context.Background().Value(contextKey(1)))
}

func changes() string {
	parent, cancelParent := context.WithCancel(context.Background())
	defer cancelParent()
	children := func() int { return reflect.ValueOf(parent).Elem().FieldByName("children").Len() }
	before := children()
	_, cancel := context.WithCancel(parent)
	defer cancel()
	return fmt.Sprint(before, children())
}
