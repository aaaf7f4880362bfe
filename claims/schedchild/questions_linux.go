package main

import "fmt"

// schedQuestions are the questions of the ledger, by row.
var schedQuestions = map[string]func() string{
	"2.0-1": func() string { return on1("objects", "objects") },
	"2.0-6": func() string { return detail("idle", "GOMAXPROCS=1") },
	"2.0-7": func() string { return ask("procs", "are", "GODEBUG=containermaxprocs=0") },

	"2.1-1": func() string {
		if inGlobal(300) > 0 {
			return "some"
		}
		return "none"
	},
	"2.1-2": func() string {
		for n := 256; n <= 258; n++ {
			if inGlobal(n) > 0 {
				return fmt.Sprint(n - 1)
			}
		}
		return "more"
	},
	"2.1-4": func() string { return fmt.Sprint(overflow()) },
	"2.1-5": sizes,
	"2.1-6": func() string { return on1("most", "most") },
	"2.1-8": func() string {
		d := watch(1, "batch", "GOMAXPROCS=1")[0]
		return fmt.Sprint(d.local[0] + 1) // plus the first of them, which is running
	},
	"2.1-9": func() string {
		a, b := stolen(102)
		return fmt.Sprint(a, b)
	},

	"2.2-4": func() string { return on1("first", "most threads") },
	"2.3-1": func() string { return fmt.Sprint(len(watch(3, "resize", "GOMAXPROCS=1")[1].local)) },

	"3-2": func() string {
		switch n := overflow(); {
		case n == 0:
			return "none"
		case on1("first", "of 258") == "257":
			return fmt.Sprint(n, " others")
		default:
			return fmt.Sprint(n-1, " and the new one")
		}
	},
	"3-4": func() string {
		before := watch(1, "crowd 300", "GOMAXPROCS=1")[0]
		after := watch(1, "steal 300", "GOMAXPROCS=2")[0]
		if after.global < before.global && (after.local[0] == before.local[0] || after.local[1] == before.local[0]) {
			return "the global queue"
		}
		return "the other P"
	},
	"3-8": func() string {
		before, after := withoutP()
		return fmt.Sprint(after.idle-before.idle, after.global)
	},

	"4-7": func() string {
		_, after := withoutP()
		return fmt.Sprint(after.local[0], after.global)
	},

	"6-6": func() string { return on1("switches", "kernel") },

	"18-1": func() string { return on1("stacks", "first") },
	"18-3": func() string { return on1("stacks", "second") },
	"18-4": func() string { return on1("leak", "profile") },
}

func on1(name, key string) string { return ask(name, key, "GOMAXPROCS=1") }

func inGlobal(n int) int { return watch(1, fmt.Sprint("crowd ", n), "GOMAXPROCS=1")[0].global }

// overflow returns the length of the global queue once there was no room for a goroutine
// in the P's queue.
func overflow() int {
	for n := 256; n <= 258; n++ {
		if k := inGlobal(n); k != 0 {
			return k
		}
	}
	return 0
}

// stolen returns the lengths of the queues of two Ps, the shorter first, after one has
// stolen from the other.
func stolen(n int) (a, b int) {
	d := watch(1, fmt.Sprint("steal ", n), "GOMAXPROCS=2")[0]
	if a, b = d.local[0], d.local[1]; a > b {
		return b, a
	}
	return a, b
}

func withoutP() (before, after dump) {
	seen := watch(2, "returns", "GOMAXPROCS=1")
	return seen[0], seen[1]
}

func sizes() string {
	seen := watch(3, "resize", "GOMAXPROCS=1")
	return fmt.Sprint(len(seen[0].local), len(seen[1].local), len(seen[2].local))
}
