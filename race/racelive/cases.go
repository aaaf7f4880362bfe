package racelive

// A Case is a program that people wrote about, with a race or without one, in the form
// that the probe reads.
type Case struct {
	Name    string
	Source  string
	Program string
	Races   bool // for go build -race of the newest release
}

// Cases are programs from bug reports and articles, reduced to their point.
var Cases = []Case{
	{"a semaphore of 2, one after the other", "golang/go#37355", "mkc2,8 1:go 1:go 2:sn1 2:r0,8 2:w0,8 2:rc1 3:sn1 3:r0,8 3:w0,8 3:rc1", true},
	{"a semaphore of 2, both inside", "golang/go#37355", "mkc2,8 1:go 1:go 2:sn1 3:sn1 2:w0,8 2:rc1 3:rc1 3:w0,8", true},
	{"a semaphore of 2, the second after the first", "golang/go#37355", "mkc2,8 1:go 1:go 2:sn1 3:sn1 2:w0,8 2:rc1 3:w0,8", true},
	{"a semaphore of 1 is a lock", "go.dev/ref/mem", "mkc1,8 1:go 1:go 2:sn1 2:w0,8 2:rc1 3:sn1 3:w0,8 3:rc1", false},
	{"a channel variable is replaced beside a select on it", "golang/go#34350", "mkc0,8 1:go 2:r0,8 2:rc1 1:w0,8", true},
	{"the place in the buffer must keep what the sender knew", "golang/go#42598", "mkc2,8 1:sn1 1:w0,8 1:go 1:go 2:r0,8 2:rc1 3:r0,8 3:sn1 3:sn1 2:rc1 2:rc1 2:w0,8", false},
	{"receives have an order that is no edge", "golang/go#69821", "mkc2,8 1:go 1:go 1:go 2:sn1 3:sn1 4:w0,8 4:rc1 1:rc1 1:r0,8", true},
	{"two goroutines increment", "llvm/llvm-project#173049", "mkw 1:wa1,2 1:go 1:go 2:r0,8 2:w0,8 3:r0,8 3:w0,8 2:wa1,-1 3:wa1,-1 1:ww1", true},
	{"zero-size elements share one address: order that is none", "runtime/chan.go:racenotify", "mkc2,0 1:go 1:go 2:w0,8 2:sn1 3:sn1 1:rc1 3:w0,8", false},
	{"the same with elements of 8 bytes", "runtime/chan.go:racenotify", "mkc2,8 1:go 1:go 2:w0,8 2:sn1 3:sn1 1:rc1 3:w0,8", true},
	{"the loop counter is shared", "go.dev/doc/articles/race_detector#Race_on_loop_counter", "mkw 1:wa1,1 1:w0,8 1:go 1:w0,8 2:r0,8 2:wa1,-1 1:ww1", true},
	{"err is shared", "go.dev/doc/articles/race_detector#Accidentally_shared_variable", "mkc0,8 1:W0,16 1:go 2:W0,16 1:W0,16 2:sn1 1:rc1", true},
	{"a global map", "go.dev/doc/articles/race_detector#Unprotected_global_variable", "1:go 1:go 2:r0,8 3:w0,8", true},
	{"last = time.Now() unprotected", "go.dev/doc/articles/race_detector#Primitive_unprotected_variable", "1:go 1:w0,8 2:r0,8", true},
	{"the same, atomically", "go.dev/doc/articles/race_detector#Primitive_unprotected_variable", "1:go 1:st0,8 2:ld0,8", false},
	{"send and close at the same time", "go.dev/doc/articles/race_detector#Unsynchronized_send_and_close_operations", "mkc1,0 1:go 2:sn1 1:cl1", true},
	{"the sender is received from before the close", "go.dev/doc/articles/race_detector#Unsynchronized_send_and_close_operations", "mkc1,0 1:go 2:sn1 1:rc1 1:cl1", false},
	{"done is a plain flag", "go.dev/ref/mem#badsync", "1:go 2:w0,8 2:w8,1 1:r8,1 1:r0,8", true},
	{"done is an atomic flag", "go.dev/ref/mem#atomic", "1:go 2:w0,8 2:st8,4 1:ld8,4 1:r0,8", false},
	{"double-checked locking without a lock for the check", "go.dev/ref/mem#badsync", "mkm 1:go 1:go 2:r8,1 2:lk1 2:w0,8 2:w8,1 2:ul1 3:r8,1", true},
	{"Add inside the goroutine", "golang/go#23842", "mkw 1:go 2:wa1,1 1:ww1", true},
	{"Add before the go", "golang/go#23842", "mkw 1:wa1,1 1:go 1:ww1 2:w0,8 2:wa1,-1 1:r0,8", false},
	{"RLock around a write", "uber.com/blog/data-race-patterns-in-go", "mkr 1:go 1:go 2:rl1 3:rl1 2:w0,8 3:w0,8 2:ru1 3:ru1", true},
	{"an atomic add and a plain read", "uber.com/blog/data-race-patterns-in-go", "1:go 1:ad0,8 2:r0,8", true},
	{"a slice header is copied while another one appends", "uber.com/blog/data-race-patterns-in-go", "mkm 1:go 1:R0,16 2:lk1 2:W0,16 2:ul1", true},
	{"two bytes of one word", "the address is what counts, not the word", "1:go 1:w0,1 2:w1,1", false},
	{"two halves of a number: only the first byte is looked at", "cmd/compile/internal/ssagen: instrument", "1:go 1:w0,8 2:w4,4", false},
	{"the same as an atomic", "race_amd64.s", "1:go 1:st0,8 2:w4,4", true},
	{"a signal orders nothing by itself", "sync/cond.go", "mkm mkd1 1:go 1:lk1 1:cw2 2:w0,8 2:cs2 1:r0,8", true},
	{"a signal inside the lock", "sync/cond.go", "mkm mkd1 1:go 1:lk1 1:cw2 2:lk1 2:w0,8 2:cs2 2:ul1 1:r0,8", false},
	{"a failed CompareAndSwap gets what the last store knew", "sync/atomic", "1:go 2:w0,8 2:st8,4 1:cf8,4 1:r0,8", false},
	{"a failed CompareAndSwap lets know nothing", "sync/atomic", "1:go 2:w0,8 2:st8,4 2:w16,8 2:cf8,4 1:ld8,4 1:r16,8", true},
	{"a store forgets what was stored before", "tsan_interface_atomic.cpp", "1:go 1:go 2:w0,8 2:st8,4 3:st8,4 1:ld8,4 1:r0,8", true},
	{"an add keeps it", "tsan_interface_atomic.cpp", "1:go 1:go 2:w0,8 2:ad8,4 3:ad8,4 1:ld8,4 1:r0,8", false},
	{"an unlock by another goroutine", "sync/mutex.go", "mkm 1:go 1:lk1 1:w0,8 2:ul1 2:lk1 2:r0,8", true},
	{"an atomic load of what was written before it was stored", "tsan_interface_atomic.cpp", "1:go 1:w0,8 1:st0,8 2:ld0,8", false},
}
