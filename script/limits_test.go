package script

import (
	"fmt"
	"strings"
	"testing"
)

// TestLimits: the most that a scenario may ask for, and what is next to it.
func TestLimits(t *testing.T) {
	repeat := func(n int, format string, last ...string) []string {
		lines := []string{"new"}
		for i := range n {
			lines = append(lines, fmt.Sprintf(format, i))
		}
		return append(lines, last...)
	}
	random, lb := strings.Repeat(" random", 10), "new random servers=a,b"
	for _, tt := range []struct {
		model string
		lines []string // the last one is looked at
		says  string   // a part of what it says, or of its error
		fails bool
	}{
		{"service", []string{"limiter token rate=1 burst=2147483648", "allow"}, "yes", false}, // as many as there can be
		{"service", []string{"service db workers=1 work=exponential:10ms", "client db", "load paced rate=200 users=1 requests=5", "new", "run", "report"}, "as intended, ", false},
		{"service", []string{"service db workers=1 work=exponential:10ms", "client db", "load open rate=200 requests=5", "new", "run", "report"}, "latency of", false},
		{"gomap", []string{"new", "fill 10000"}, "", false},
		{"gomap", []string{"new", "fill 10001"}, "fill puts 0 to 10000 keys", true},
		{"leak", repeat(999, "chan c%d", "chan last"), "", false},
		{"leak", repeat(1000, "chan c%d", "chan last"), "column 6: script: 1000 objects are the most", true},
		{"leak", repeat(999, "go g%d sleep", "go last sleep"), "", false},
		{"leak", repeat(1000, "go g%d sleep", "go last sleep"), "column 4: script: 1000 goroutines are the most", true},
		{"leak", []string{"new", "go g sleep", "rwmutex mu holder=g"}, "", false},
		{"lb", []string{lb, "simulate requests=100001"}, "100001 requests out of range", true},
		{"lb", []string{lb, "simulate requests=10" + random + " random"}, "more than 10 methods", true},
		{"lb", []string{lb, "simulate requests=10" + random}, "random  ", false},
		{"pacer", []string{"new procs=1", "measured 4096 scan=8", "allocate 4096", "start", "revise"}, "assist ratio 0.125", false},
		{"pacer", []string{"new procs=1", "measured 4096 scan=8", "allocate 4096", "start", "revise scanned=1"}, "assist ratio 0.109", false},
		{"epollsim", []string{"new", `do "nonsense"`}, `column 4: script: "nonsense" is no call`, true},
		{"ipc", []string{"new", `do 0 "pipe()"`}, "ipc: no process 0", true},
		{"ipc", []string{"new", `do -1 "pipe()"`}, "there is no process -1", true},
		{"ctxtree", []string{"new", "run x"}, `column 5: script: "x" is no whole number`, true},
	} {
		in, err := New(tt.model)
		if err != nil {
			t.Fatal(err)
		}
		var text string
		for i, line := range tt.lines {
			if text, err = in.Do(line); err != nil && i < len(tt.lines)-1 {
				t.Fatalf("%s: %s: %v", tt.model, line, err)
			}
		}
		line := tt.lines[len(tt.lines)-1]
		if (err != nil) != tt.fails || !strings.Contains(fmt.Sprint(text, err), tt.says) {
			t.Errorf("%s: %s: %q, %v; want %q", tt.model, line, text, err, tt.says)
		}
	}
}

// TestTries: a request is tried at 101 servers at most.
func TestTries(t *testing.T) {
	in, err := New("lb")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	var names []string
	for i := range 150 {
		name := fmt.Sprint("s", i)
		names, lines = append(names, name), append(lines, "break "+name)
	}
	for _, line := range append([]string{`new "round robin" servers=` + strings.Join(names, ",")}, lines...) {
		if _, err := in.Do(line); err != nil {
			t.Fatal(err)
		}
	}
	text, err := in.Do("pick")
	if n := strings.Count(text, "!"); err != nil || n != 101 {
		t.Errorf("%d tries, %v: %s", n, err, text)
	}
}
