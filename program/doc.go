// Package program represents concurrent programs as data: the operations of goroutines,
// one after the other, on named channels, locks, timers, contexts and variables. Package
// sched runs them in its simulator, and the benches run them on real goroutines. A
// program can be built in Go, made at random, kept as JSON, or written by hand in the
// form that [Parse] reads:
//
//	chan c 1
//	waitgroup group 3
//	int sum
//
//	main:
//		i = loop 3
//			go worker(i)
//		end
//		wait group
//		mark sum {sum}
//	worker(i):
//		x = i * 10
//		send c x
//		x, ok = recv c
//		if ok
//			atomicadd sum x
//		end
//		done group
//
// # Operations
//
// Results are in brackets: they may be left out, and _ drops one. Truth values are 1 and
// 0.
//
//	go FUNC[(VALUE, ...)] [TIMES]                go f(x)
//	work DURATION                                a loop with calls in it, for that time
//	spin DURATION                                a loop without calls, for that time
//	yield                                        runtime.Gosched()
//	send CHAN [VALUE]                            c <- v
//	[value, ok =] recv SOURCE                    v, ok = <-c, or t.C, ctx.Done(), time.After(d)
//	[case, value, ok =] select [CASE, ...]       select { case c <- 1: k = 0; case v, ok = <-d: k = 1; default: k = -1 }
//	close CHAN                                   close(c)
//	lock LOCK                                    m.Lock()
//	unlock LOCK                                  m.Unlock()
//	rlock LOCK                                   m.RLock()
//	runlock LOCK                                 m.RUnlock()
//	add WAITGROUP DELTA                          wg.Add(n)
//	done WAITGROUP                               wg.Done()
//	wait WAITGROUP or COND                       wg.Wait()
//	signal COND                                  k.Signal()
//	broadcast COND                               k.Broadcast()
//	sleep DURATION                               time.Sleep(d)
//	syscall DURATION                             syscall.Syscall(...)
//	block DURATION                               a call that enters by entersyscallblock, such as os/signal's
//	netread DURATION                             conn.Read(b)
//	lockthread                                   runtime.LockOSThread()
//	unlockthread                                 runtime.UnlockOSThread()
//	[old =] procs N                              old = runtime.GOMAXPROCS(n)
//	grow BYTES                                   a call of a function with a large frame
//	mark WORDS                                   fmt.Println("words", x)
//	[turn =] loop [TIMES]                        for i = 0; i < n; i++ { ... }
//	end                                          }
//	exit                                         runtime.Goexit()
//	[ready =] trysend CHAN [VALUE]               select { case c <- v: ready = true; default: }
//	[value, ok, ready =] tryrecv SOURCE          select { case v, ok = <-c: ready = true; default: }
//	[ok =] trylock LOCK                          ok = m.TryLock()  (go1.18)
//	[ok =] tryrlock LOCK                         ok = m.TryRLock()  (go1.18)
//	do ONCE                                      o.Do(func() { ... })
//	[n =] len CHAN or TIMER                      n = len(c), or t.C
//	[n =] cap CHAN or TIMER                      n = cap(c), or t.C
//	[state, sema, ... =] words LOCK              state, sema = *(*[2]int32)(unsafe.Pointer(&m))
//	newtimer TIMER DURATION                      t = time.NewTimer(d)
//	newticker TICKER DURATION                    t = time.NewTicker(d)
//	afterfunc TIMER DURATION FUNC[(VALUE, ...)]  t = time.AfterFunc(d, func() { f(x) })
//	[ok =] stop TIMER                            ok = t.Stop()
//	[ok =] reset TIMER DURATION                  ok = t.Reset(d)
//	withcancel CONTEXT [PARENT]                  ctx, cancel = context.WithCancel(parent)  (go1.7)
//	withtimeout CONTEXT DURATION [PARENT]        ctx, cancel = context.WithTimeout(parent, d)  (go1.7)
//	cancel CONTEXT                               cancel()  (go1.7)
//	[err =] ctxerr CONTEXT                       err = ctx.Err()  (go1.7)
//	gc                                           runtime.GC()
//	[n =] numgoroutine                           n = runtime.NumGoroutine()
//	VARIABLE = VALUE [OPERATOR VALUE]            x = y + 1
//	if VALUE [OPERATOR VALUE]                    if x == 1 { ... }
//	else                                         } else {
//	while VALUE [OPERATOR VALUE]                 for x < 10 { ... }
//	break                                        break
//	continue                                     continue
//	[value =] call FUNC[(VALUE, ...)]            v = f(x)
//	return [VALUE]                               return v
//	panic WORDS                                  panic("words")
//	defer                                        defer func() { ... }()
//	[ok =] recover                               ok = recover() != nil
//	[value =] atomicload INT                     v = atomic.LoadInt64(&n)
//	atomicstore INT VALUE                        atomic.StoreInt64(&n, v)
//	[new =] atomicadd INT DELTA                  v = atomic.AddInt64(&n, d)
//	[old =] atomicswap INT VALUE                 old = atomic.SwapInt64(&n, v)
//	[ok =] atomiccas INT OLD NEW                 ok = atomic.CompareAndSwapInt64(&n, old, new)
//
// A CASE of select is send CHAN [VALUE], recv SOURCE or default, with commas between; the
// result is the index of the case, or -1 for default. A SOURCE is a channel, the name of
// a timer, ticker or context, nil, or after DURATION. A value received from a timer is 0.
// Names have letters, digits and _, at most 255. WORDS are taken literally, except that {x} is the value of x.
// Arguments of afterfunc are evaluated when the timer is made, like those of go: x in the
// Go form is a copy.
//
// # Bodies
//
// After loop, while, if, do and defer comes a body up to its end; an if may have an else.
// Bodies of do and defer are functions of their own: return and recover in them are
// theirs, and break and continue do not leave them. Deferred bodies run in reverse order
// when their function returns, panics or exits. They see the function's variables with
// their values at that time. A recovered panic ends: the function returns to its caller,
// with result 0.
//
// # Variables
//
// A variable declared with int is shared by all goroutines. Parameters, and all other
// variables that get a result, belong to one call of a function, begin at 0, and are
// declared at the function's top, so that a loop has the same variable in every turn. All
// have 64 bits and wrap around. Even without atomics an operation on a shared variable is
// one step in the simulator. A variable of 0 as TIMES means no time; a go without TIMES
// starts one goroutine, and a loop without TIMES never ends.
//
// # Panics
//
// Operations that panic in Go panic here: integer division by 0, an index out of range, a
// nil timer or context, and operations on channels and locks. Two operations panic with
// the same text have the same value, as equal constants have in Go, unless it has
// variables in it. If recover is among the declarations of a program, each goroutine
// recovers from a panic that its deferred bodies have not recovered from, and then calls
// runtime.Goexit.
//
// # JSON
//
// A [Program] is marshalled with a flat list of operations for each function, in which
// bodies end with an operation "end". Values are strings such as "7" and "i". The fields
// can be read into structs of the same shape by any Go since 1.2.
//
// # Concurrent use
//
// A [Program] is data: several goroutines may use it as long as none changes it.
package program
