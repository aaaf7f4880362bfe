package ctxtreelive

import (
	"embed"
	"fmt"
	"hash/fnv"
	"strings"

	"github.com/orrery-go/orrery/ctxtree"
	"github.com/orrery-go/orrery/internal/golden"
	"github.com/orrery-go/orrery/internal/toolchain"
)

// Answers are the probe's answers about a release. All are empty if it has no package
// context.
type Answers struct {
	Package bool
	Logs    []string          // of the lessons
	Hashes  []string          // FNV-1a of the logs of random programs
	Panics  map[string]string // texts, by the operation; "" for none
	Types   map[string]string // of contexts
	Frames  map[string]int    // calls of Value on the stack, by chain
	API     []string          // functions that came after 1.7
}

//go:embed testdata/golden
var files embed.FS

//go:embed testdata/probe.go
var probe string

//go:embed testdata/contexts.go
var probeContexts string

//go:embed testdata/causes.go
var probeCauses string

//go:embed testdata/later.go
var probeLater string

// Golden are the answers of every release since 1.2.
var Golden = golden.Set[Answers]{
	Probe: toolchain.Probe{
		Name:   "ctxtreelive",
		Source: source(),
		More:   map[string]string{"contexts.go": probeContexts, "causes.go": probeCauses, "later.go": probeLater},
		Env:    []string{"GOMAXPROCS=1"},
	},
	Files: files,
	Dir:   "ctxtree/ctxtreelive",
}

// Lessons are programs that show where releases differ.
var Lessons = []string{
	"0 c1 c3 c4 x4 x3",
	"0 c1 c1 x3 o3 x4 o4",                    // closedchan
	"1 c1 k3,iiii- x3",                       //
	"0 c1 k3,iiii- c4 x3",                    // found through another package since 1.14
	"0 c1 k3,ooii- c4 x3 f4,e1",              //
	"0 C1 k3,ooii- c4 X3,e2 f4,e1 c4",        // Cause of a context of another package
	"0 C1 k3,ooii- X3,e2",                    //
	"0 C1 k3,ooii- f4,e1 C4 a4",              //
	"0 k1,ooin- f3,e1 c3",                    // without a cancelCtx
	"0 k1,ooiia c3 a3 a3 s5 f3,e1 s6",        //
	"0 k1,ooiia c3 x4 f3,e1",                 //
	"0 C1 w3 X3,e1 c4",                       //
	"0 c1 a3 a3 s4 s4 x3 s5 a3",              //
	"1 d1,2 t3,3 d3,2 D3,1,e1 T3,1,e2 +1 +1", // the earlier deadline
	"1 T1,2,e1 T1,3,e2 x4 +3",                //
	"0 T1,-1,e1 d1,-2 c3 c4",                 // in the past
	"0 v1,0,0 v3,2,1 v4,3,2 v5,0,3 v6,7,5 v3,5,6",
	"0 v1,4,4 v3,6,2 c4 v5,8,6",
}

// randomPrograms is the number of random programs that every release ran, for each set
// of functions.
const randomPrograms = 20

func source() string {
	programs := Recorded()
	return strings.NewReplacer("LESSONS", strings.Join(programs[:len(Lessons)], "\n"), "PROGRAMS", strings.Join(programs[len(Lessons):], "\n")).Replace(probe)
}

// hash returns the hash under which the log of a random program is recorded.
func hash(log string) string {
	h := fnv.New64a()
	h.Write([]byte(log))
	return fmt.Sprintf("%x", h.Sum64())
}

// Recorded returns the programs that every release ran, as text: whether each Done is
// looked at, and then operations. A letter says which, a number of which node:
//
//	c C  WithCancel, WithCancelCause        x X  cancel, with a cause
//	d D  WithDeadline, with a cause         f    finish, with a reason
//	t T  WithTimeout, with a cause          s    stop
//	v    WithValue, key, value              o    ask for Done
//	w a  WithoutCancel, AfterFunc           +    let time pass
//	k    a context of another package: of Done, Err, Value and Deadline whether it
//	     is inherited, its own or nil; a: with AfterFunc
func Recorded() []string {
	out := append([]string(nil), Lessons...)
	for i, release := range []string{"go1.7", "go1.20", "go1.21"} {
		for n := range uint64(randomPrograms) {
			out = append(out, randomProgram(release, uint64(1_000_000*(i+1))+n))
		}
	}
	return out
}

// tick is the unit of time in programs, a nanosecond in the model.
const tick = 1

// randomProgram makes a program of functions that the release has.
func randomProgram(release string, seed uint64) string {
	model, err := ctxtree.New(ctxtree.Config{Release: release})
	if err != nil {
		return err.Error() // TestGolden fails
	}
	s := &textSource{Source: *NewSource(seed), timers: seed%2 == 0}
	ops := []string{[]string{"0", "1"}[seed%3%2]}
	for len(ops) < 30 {
		text := s.next(model)
		if told := do(model, text); told == "?" || strings.HasPrefix(told, "!") {
			continue
		}
		_ = model.Settle() // a program that ends here is not made
		ops = append(ops, text)
	}
	return strings.Join(ops, " ")
}
