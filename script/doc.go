// Package script runs text scenarios on the models: commands, and their output. A
// scenario is a lesson that a test keeps true, and needs no Go to write:
//
//	# A slice of 1,000 in 1,024 gets 25 more.
//	model slicegrow
//	new release=go1.15
//	grow len=1000 cap=1024 count=25 size=8
//	----
//	double: 2048
//
// A line that begins with # is a comment. A block is one or more commands, a line
// of four dashes, and the expected output up to an empty line. A command that fails
// prints "error: " and the error. A command is a verb with words and key=value
// arguments; a word in quotes or backquotes may hold blanks. The verb model says
// whose verbs follow; [New] does the same. The verbs mean the same in every model:
// new begins, do lets a goroutine act, resume lets it go on, advance lets time pass,
// step and run let the model go on by itself, show shows the state, check looks at
// the invariants.
//
// Scenarios are in <model>/testdata/*.txt. The test of this package runs them all,
// and with -update writes what the models say now; examples/play runs one:
//
//	go test ./script -update
//	go run ./examples/play chanq/testdata/barging.txt
//	go run ./examples/play -verbs chanq
//
// # Concurrent use
//
// Several goroutines may run scenarios at once, each with an [Interpreter] of its
// own.
//
// # Verbs
//
// alloc:
//
//	new [release=] [word=4] [procs=1] [limit=0]
//	                                       take the rules of a release and make a heap; limit: of its bytes
//	place SIZE... [scan]                   where requests of these sizes go
//	roundup SIZE... [scan]                 the bytes that are left for the caller
//	classes [from=1] [to=10]               a part of the table of size classes
//	malloc SIZE [scan] [times=1] [p=0] [quiet]
//	                                       allocate; tell the steps of the last
//	make value|slice|chan|map [size=8] [n=1] [scan]
//	                                       what new and make allocate
//	gc [keep=0] [quiet]                    collect; every keep-th object lives
//	mark [keep=0] [quiet]                  collect without the sweeping
//	sweep [spans=1] [quiet]                sweep some spans
//	free object=N [p=0]                    give an object back
//	stats                                  read the statistics
//	show [spans=8]                         draw arenas, spans and slots
//	check                                  which invariant is broken
//
// chanq:
//
//	new [release=go1.5] [seed=1] [steps]   begin; steps: tell each step
//	make CAPACITY... [size=8] [pointers]   make channels c1, c2, ...
//	go N                                   add N goroutines: 1, 2, ...
//	do G "c1 <- 7"                         goroutine G sends; also "<-c1", "close(c1)", "try c1 <- 7", "try <-c1", "select { c1 <- 7; <-c2; default }"
//	resume G                               goroutine G, which is ready, goes on
//	timer D                                make a timer that fires after D: 5ms
//	stop C                                 stop the timer of channel C
//	reset C D                              reset the timer of channel C to D
//	advance D                              let time pass
//	show                                   the channels, and the goroutines that wait
//	states [release=]                      every operation in every state of a channel
//	check                                  which invariant is broken
//
// ctxtree:
//
//	new [release=go1.17] [steps]           begin; steps: tell each step
//	do "a := WithTimeout(background, 2s)"  make a context a; also WithCancel, WithCancelCause, WithDeadline, WithDeadlineCause(b, 2s, why), WithTimeoutCause, WithValue(b, key, value), WithoutCancel, AfterFunc, Custom(b, own Done, no Value, AfterFunc, deadline 2s); or cancel(a), cancel(a, why), stop(f), finish(c, why), a.Err(), Cause(a), a.Done(), a.Deadline(), a.Value(key), a.String()
//	path A KEY                             the contexts that Value looks at
//	commute "cancel(a)" "cancel(b)"        whether their order makes a difference
//	advance D                              let time pass
//	settle                                 let all goroutines run
//	run G                                  let goroutine G run
//	step                                   do the next thing that happens by itself
//	ready                                  the goroutines that can run
//	show                                   the tree
//	check                                  which invariant is broken
//
// epollsim:
//
//	new [steps]                            begin; steps: tell each step
//	do "r, w := pipe()"                    make files: also socketpair(), tcp(), eventfd(0), semaphore(3), file(), epoll_create1(), epoll_create(1), dup(r); or add(ep, r, IN|ET), mod(ep, r, OUT), del(ep, r), wait(ep, 8), write(w, 5), read(r, 5), signal(e, 3), shutdown(a, WR), close(r), block(ep, 8), block(ep, 8, 50ms), resume(1), interrupt(1), scan(ep, 8), step(1), poll(r IN, w OUT), select(r, w)
//	advance D                              let time pass
//	awake                                  the calls that can go on
//	cost                                   what was done and copied so far
//	show                                   the epolls and the files
//	check                                  which invariant is broken
//
// escape:
//
//	new [release=] [arch=amd64]            begin with an empty package
//	go SOURCE...                           add declarations, in quotes: "func f() *int { x := 1; return &x }"
//	run                                    analyse: the compiler's messages
//	why NAME                               why a variable or an expression is where it is
//	step [n=20]                            the first n steps of the analysis
//	show [function=]                       the data flow: what is assigned to what
//
// gc:
//
//	new [release=] [algorithm=] [globals=1] [slots=2] [steps]
//	                                       begin, with one goroutine; steps: tell each step
//	go G SLOTS S                           goroutine G starts another, with what its slot S holds
//	do G "s0 = new 2"                      goroutine G allocates an object with two slots ([bytes=] of another size; -1: of none); also "s1 = s0.0", "s0.0 = s1", "s0 = s1", "s0 = nil", "s0.0 = nil", "g0 = s1", "s1 = g0", "s1 = map s0" (also channel, closure), "finalizer s0 s1" (its closure holds s1), "clear s0", "cleanup s0 s1", "stop 1", "weak s0 8" (8 bytes inside)
//	run-cleanup G S                        goroutine G runs the next cleanup, with its argument in slot S
//	gc                                     runtime.GC: a whole cycle, with its sweep
//	run-finalizer G S                      goroutine G runs the next finalizer, with its object in slot S
//	value W                                the object of weak pointer W
//	start                                  ask for a cycle
//	step [n=1]                             n steps of the collector
//	until TEXT                             steps, until one is told in words that hold TEXT
//	run                                    steps, until there is nothing to do
//	show                                   the objects, the stacks and the globals
//	pauses                                 what was done in the pauses of the last cycle
//	check                                  which invariant is broken
//	search ALGORITHM [objects=3] [fields=1]
//	                                       explore it: the states, or the shortest way to lose an object
//
// gomap:
//
//	new [release=] [hint=] [seed=] [hash=mix|same|low] [key=int] [elem=int] [nil] [steps]
//	                                       make a map; key and elem: the types that it stands for; same, low: hashes that collide; steps: tell each step
//	put K [V]                              assign to a key
//	fill N [from=0]                        put k0, k1 and so on, N in all
//	get K                                  look a key up
//	delete K                               delete a key
//	clear                                  delete all
//	range                                  begin a range
//	next [N]                               the next key of the range, or N of them
//	race                                   another goroutine begins to write, and is not done
//	memory                                 what the map has allocated
//	show                                   the memory: . is empty, x a tombstone
//	check                                  which invariant is broken
//
// iface:
//
//	new [release=] [seed=]                 begin a program of a release
//	do STATEMENT                           declare, convert, compare, assert, switch, as Go does: `i == nil`
//	step STATEMENT                         the same, step by step
//	cost STATEMENT                         the same, and how many bytes its conversions ask of the heap
//	words NAME                             the two words of an interface, and what they lead to
//	type TYPE                              what the runtime knows of a type
//	assignable TYPE TYPE                   whether the first can be assigned to the second, and why
//	show                                   the itabs
//	check                                  which invariant is broken
//
// ipc:
//
//	new [nonblock] [steps]                 begin, with processes 1 and 2; steps: tell each step
//	do P "r, w := pipe()"                  process P makes files: also stream(), datagram(), queue(10, 100), fifo(), open(1, read); or write(w, 5000), read(r, 100), send(a, 10, w), recv(a, 100), r2 := give(r, 2), close(r), post(q, 10, 5), fetch(q, 100), resize(w, 8192), kill(2, 10), take(), resume(1)
//	awake                                  the calls that can go on
//	cost                                   calls and copies so far
//	costs N                                what a message of N bytes takes each way
//	show                                   the processes and their files
//	check                                  which invariant is broken
//
// layout:
//
//	new [release=] [arch=386]              take the rules of a release and an architecture
//	show TYPE                              draw it word by word, with the reason of each pad
//	optimal TYPE                           draw it in its best order, and say why
//	atomics TYPE                           which of its 64-bit integers may be used atomically
//	compare TYPE                           whether its values can be compared, and if not, why
//	map KEY ELEM                           how a map holds its entries
//
// lb:
//
//	new METHOD servers=a*5,b,c [max-fails=0] [fail-timeout=10s] [max-conns=0] [balance=150] [seed=0] [steps]
//	                                       begin with servers and their weights; steps: tell each step
//	methods                                the methods
//	pick [n=1] [key=] [source=] [cookie=NAME=VALUE] [hold]
//	                                       send n requests, one after the other, each tried again while it fails; hold: they stay; a * in key or source is the number of the request
//	done SERVER [failed]                   end a held request
//	break SERVER                           its requests and checks fail
//	mend SERVER                            they do not any more
//	set SERVER up|drain|down               what a server is given
//	weight SERVER N                        change a weight
//	add SERVER*WEIGHT                      add a server
//	remove SERVER                          remove a server
//	moves [keys=9000] [add=d*1] [remove=a]
//	                                       how many keys go to another server after the change
//	health [interval=2s] [rise=2] [fall=3] [panic=0] [slow-start=0s]
//	                                       check the servers while time passes
//	sticky [cookie=NAME] [expire=0s] [size=65536]
//	                                       keep clients with their servers, by a cookie or by address
//	pair break|mend|request first|second|link
//	                                       a pair of balancers: break or mend a part, or send a request
//	simulate [METHOD...] [requests=10000] [every=1ms] [service=2ms] [keys=0] [seed=0]
//	                                       compare methods with the same traffic, at random times
//	advance D                              let time pass
//	show                                   the servers
//	check                                  which invariant is broken
//
// leak:
//
//	new                                    begin with nothing
//	struct NAME [OBJECT...]                a struct on the heap, which refers to objects
//	chan NAME [OBJECT...]                  a channel, whose buffer is full of them
//	mutex NAME [OBJECT...] [holder=G]      a struct with a mutex that is locked, by a goroutine that is there or has ended
//	rwmutex NAME [OBJECT...] [holder=G]    with a reader/writer mutex that is locked for writing
//	waitgroup NAME [OBJECT...]             with a WaitGroup whose counter is above 0
//	cond NAME [OBJECT...]                  with a condition variable
//	refer NAME OBJECT...                   an object refers to more
//	go G OP [OBJECT...] [has=OBJECT,...]   a goroutine in send, recv, select, lock, rlock, wait, nil, sleep, io, syscall, coroutine or runnable; a case !c of select is a send
//	global OBJECT...                       a global variable refers to them
//	timer OBJECT...                        the function of a timer does
//	finalizer OBJECT [OBJECT...]           an object has a finalizer, whose function refers to the others
//	cleanup OBJECT [OBJECT...]             it has a cleanup
//	find                                   the goroutines that are leaked, and how the others were found
//
// locks:
//
//	new [release=go1.9] [goroutines=2] PRIMITIVE...
//	                                       begin, with locks 1, 2, ...: mutex, rwmutex, waitgroup, once, cond (of lock 1)
//	do G "lock 1"                          goroutine G does it: lock, trylock, unlock, rlock, tryrlock, runlock, add (of a number), wait, signal, broadcast, do, return
//	resume G                               goroutine G, which is ready, goes on
//	exit G                                 goroutine G ends
//	advance D                              let time pass: 2ms
//	show [ID]                              the state of a lock, or of all
//	asleep                                 what the runtime says if no goroutine can go on
//	check                                  which invariant is broken
//	graph [processes=2] UNITS...           begin a graph of resources with these numbers of units
//	request P R [units=1]                  process P asks for resource R
//	release P R [units=1]                  process P gives units of resource R back
//	cycle                                  tell the cycle in the wait-for graph
//
// pacer:
//
//	new [release=] [gogc=100] [limit=0] [procs=1] [steps]
//	                                       begin; a limit in KiB, 0 is none; steps: tell each step
//	measured LIVE [scan=] [stacks=0] [globals=0]
//	                                       a cycle has found so much in use, and scanned so much of it
//	memory MAPPED [free=0] [objects=0]     what the process has mapped, and of it free and in objects
//	gogc PERCENT                           debug.SetGCPercent; -1: off
//	limit N                                debug.SetMemoryLimit
//	allocate N                             the heap grows by so much
//	advance D                              let time pass
//	start [stacks=0] [globals=0] [forced]  begin a cycle
//	revise [allocated=0] [scanned=0]       what happened while the cycle runs
//	end MARKED                             end the cycle, which has found so much in use
//	simulate N [release=] [gogc=100] [limit=0] [procs=8] [alloc=33] [scan=1024] [heap=256]
//	                                       N cycles of a steady program: KiB that a processor allocates and scans in a millisecond
//	show                                   the heap, the trigger and the goal
//	check                                  which invariant is broken
//
// race:
//
//	new [release=go1.17] [cells=4] [slots=0] [tsan] [strict] [lockset] [steps]
//	                                       begin; tsan: forget what go build -race forgets; strict: order by the memory model alone; steps: tell each step
//	do G "write x"                         goroutine G acts: also go H, exit, read x 4, write range x 16, atomic load x, atomic store x, atomic add x, failed cas x, make c chan 2 8, make v cond mu, lock mu, unlock mu, rlock mu, runlock mu, send c, recv c, close c, add -1 wg, wait wg, once o, ran o, cond wait v, signal v, broadcast v, acquire r, release r, release merge r, release acquire r, new x 8
//	play "g: write x; main: read x"        the same for several
//	races                                  the races found so far, and why nothing orders them
//	lockset                                the variables that no lock protects
//	other [values]                         an order of the same operations that ends in a race, if there is one; values: reads may see anything
//	rules [ID]                             the rules of the memory model, with examples
//	show                                   what each goroutine knows of, and what is remembered of each variable
//	check                                  which invariant is broken
//
// runes:
//
//	new TEXT                               begin with a text; in quotes it may hold bytes: "a\xc3\xa9"
//	step [n=1]                             decode the next n runes
//	run                                    decode to the end
//	count                                  bytes, runes and clusters of the text
//	show                                   where the decoder stands
//	encode CODE...                         the bytes of code points: 0x6f22
//	convert [escapes]                      what converting the text costs
//	check                                  which invariant is broken
//
// sched:
//
//	program LINE; LINE; ...                the program, in the form of package program
//	new [release=go1.13] [procs=2] [seed=1] [tick=0] [threads=10000] [events=] [time=1s] [free]
//	                                       begin; free: only what the program says takes time
//	step [n=1]                             the next n events, in words
//	until KIND [g=2]                       on to the first event of that kind, in words
//	marks                                  on to the end: which goroutine marked what, in order
//	run                                    on to the end, and how that was
//	table                                  on to the end: the Ps over time
//	show [queues] [threads]                what the queues hold, and what the threads do
//	stats                                  count what happened
//	check                                  which invariant is broken
//
// service:
//
//	service NAME [work=exponential:5ms] [workers=] [queue=] [instances=1] [balance=round-robin] [async] [parallel]
//	                                       a service; work: constant, exponential, uniform (and the spread) or erlang (and the stages); queue: -1 for none
//	call FROM TO [timeout=] [deadline=] [attempts=1] [backoff=] [cap=] [jitter=none] [budget=] [reserve=10] [throttle] [breaker=] [open=1m] [bulkhead=] [share=] [propagate] [optional]
//	                                       how a service calls another; breaker: failures in a row that open it
//	client [TO] [timeout=] [deadline=] [attempts=1] [backoff=] [cap=] [jitter=none] [budget=] [reserve=10] [throttle] [breaker=] [open=1m] [bulkhead=] [share=] [propagate] [optional]
//	                                       how services are called from outside
//	fault NAME [from=0s] [to=] [fail=] [slow=] [down]
//	                                       what is wrong with a service for a time
//	limit NAME token|leaky|fixed|sliding|log [rate=] [burst=] [delay=] [window=]
//	                                       what may come in
//	codel NAME [target=5ms] [interval=100ms]
//	                                       drop what has waited too long
//	adaptive NAME [max=] [slow=]           find how many at once are good
//	autoscale NAME max= target= [start=0s]
//	                                       change the number of instances
//	load open|closed|paced [rate=] [users=1] [think=0s] [requests=] [for=]
//	                                       what comes from outside; "load at 0s 1ms 5ms": just then
//	new [seed=1] [sample=] [budget=]       begin with what was described; the next description is of another system
//	step [n=1]                             the next n events
//	until KIND                             on to the first event of that kind
//	run                                    on to the end
//	show                                   the services: workers, queues, breakers
//	report                                 what has come out
//	samples [NAME]                         the metrics over time, of a service or of the outside
//	spans                                  the spans so far, as JSON lines
//	check                                  which invariant is broken
//	limiter token|leaky|fixed|sliding|log [rate=] [burst=] [delay=] [window=]
//	                                       a limiter alone
//	allow [n=1] [times=1]                  ask the limiter
//	breaker [failures=6] [open=1m] [interval=] [period=] [tries=1]
//	                                       a breaker alone
//	request success|failure|excluded [times=1]
//	                                       ask the breaker, and end so
//	advance D                              let time pass for the limiter and the breaker
//
// slicegrow:
//
//	new [release=] [word=4]                take the rules of a release
//	grow len= cap= count= size= [pointers] [op=spread|grow] [dest=local|returned]
//	                                       the capacity after an append
//	sequence n= count= size= [pointers] [dest=]
//	                                       the capacities of n appends
//	move len= cap= size= [dest=returned]   what a return makes of a slice on the stack
//	diff A B                               the first append on which two releases differ
//
// syncmap:
//
//	new [release=] [seed=] [hash=mix|same] [steps]
//	                                       make a map; same: all keys have one hash; steps: tell each step
//	store K [V]                            assign to a key
//	load K                                 look a key up
//	loadorstore K [V]                      look a key up, and assign to it if it is not there
//	delete K                               delete a key
//	loadanddelete K                        delete a key, and tell what was there
//	swap K V                               assign to a key, and tell what was there
//	compareandswap K OLD NEW               assign to a key if its value is OLD
//	compareanddelete K OLD                 delete a key if its value is OLD
//	clear                                  delete all
//	range                                  the keys of a range
//	memory                                 what a trie has allocated
//	show                                   the maps, - is a deleted entry and x an expunged one; or the trie
//	check                                  which invariant is broken
package script
