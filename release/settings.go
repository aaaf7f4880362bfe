package release

// A Setting is a value of GODEBUG that changes an answer that a model here gives.
type Setting struct {
	GODEBUG string `json:"godebug"` // "asyncpreemptoff=1"
	Since   string `json:"since"`   // the first release that has it
	Until   string `json:"until"`   // the first that has it no more, "" if the newest known has it
	GoLine  string `json:"goLine"`  // a go line in go.mod below this one implies it; "" if none does

	Model string `json:"model"` // the package that answers differently
	Rule  string `json:"rule"`  // the id of a row of the model's fidelity.md that it changes

	// As is the way to set it in the model, in most cases a field of its Config; "" if
	// there is none, and the model answers as if the setting did not exist.
	As   string `json:"as"`
	What string `json:"what"` // what changes
}

// Settings lists the values of GODEBUG that change the answer of a model. It was made
// from the table of settings of package runtime (runtime1.go: dbgvars, and its
// forerunners) in the newest patch of each release since 1.2, and from internal/godebugs
// since 1.21. What else is there only prints, checks or traces (schedtrace, scavtrace,
// inittrace, gccheckmark, checkfinalizers, invalidptr, cgocheck, clobberfree,
// allocfreetrace, wbshadow), moves stacks and memory of the system that no model counts
// (gcshrinkstackoff, adaptivestackstart, efence on stacks, madvdontneed, harddecommit,
// disablethp, scavenge, gcstackbarrieroff and -all), or is of packages that no model
// speaks of. The slice is the caller's own.
func Settings() []Setting {
	return []Setting{
		{"asyncpreemptoff=1", "go1.14", "", "", "sched", "tight-loop", "sched.Config.NoAsyncPreempt", "a loop without calls is not stopped by a signal, as before 1.14"},
		{"asynctimerchan=1", "go1.23", "go1.27", "go1.23", "chanq", "asynctimerchan", "chanq.Config.AsyncTimers", "a timer's channel has a buffer, and Stop and Reset leave in it what is there"},
		{"asynctimerchan=1", "go1.23", "go1.27", "go1.23", "sched", "timers-chan", "sched.Config.AsyncTimers", "a heap holds each timer from its start, and Stop and Reset leave in its channel what is there"},
		{"containermaxprocs=0", "go1.25", "", "go1.25", "sched", "procs-cgroup", "a machine without a cgroup's limit", "the limit of the cgroup does not bound the number of Ps at the start"},
		{"updatemaxprocs=0", "go1.25", "", "go1.25", "sched", "begin", "sched.Config.NoUpdateMaxProcs", "no goroutine follows changes of the machine's CPUs"},
		{"gcstoptheworld=1", "go1.5", "", "", "gc", "mark-in-pause", `gc.Config.Algorithm "mark-lazysweep"`, "a cycle marks in one pause, with the world stopped"},
		{"gcstoptheworld=2", "go1.5", "", "", "gc", "sweep", `gc.Config.Algorithm "mark-sweep"`, "and sweeps in it, too"},
		{"gcrescanstacks=1", "go1.8", "go1.12", "", "gc", "stack-rescan", "gc.Config.Algorithm of the release, with StackRescan", "the stacks are scanned again in the last pause, as before 1.8"},
		{"gctrace=2", "go1.2", "go1.11", "", "gc", "tiny-one-a-cycle", "", "each collection marks and sweeps twice, with no finalizer run between: one finds two finalizers of a block of tiny objects in 1.3 and 1.4"},
		{"sbrk=1", "go1.5", "", "", "gc", "finalizer", "", "nothing is freed: no finalizer or cleanup runs, and a weak pointer never becomes nil"},
		{"sbrk=1", "go1.5", "", "", "alloc", "request-bytes", "", "an object comes from a piece of memory that only grows, without classes, spans or statistics"},
		{"efence=1", "go1.3", "go1.4", "", "alloc", "tiny", "", "each object has pages of its own"},
		{"efence=1", "go1.3", "", "", "alloc", "collection", "", "the pages of a large object are never used again"},
		{"httpmuxgo121=1", "go1.22", "", "go1.22", "service", "routes", "", "patterns have no methods and no wildcards, as before 1.22"},
	}
}
