package racelive

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/race"
)

// TestCells fills the four cells of a word by writes of four goroutines to a byte each,
// makes a fifth goroutine write a fifth byte, and then another one write one of the
// five: it races with the first writer of that byte, unless its cell was replaced.
// Repeating this for each byte shows which cell was replaced; that depends on the number
// of earlier events of the fifth goroutine.
func TestCells(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
	const pads = 8
	var programs []string
	for _, verb := range []string{"w", "r"} { // operation of the fifth goroutine
		for pad := range pads {
			for last := range 5 {
				var b strings.Builder
				b.WriteString("1:go 1:go 1:go 1:go 1:go 1:go")
				for i := range pad {
					fmt.Fprintf(&b, " 6:r%d,1", 64+8*i)
				}
				b.WriteString(" 2:w0,1 3:w1,1 4:w2,1 5:w3,1 6:" + verb + "4,1")
				fmt.Fprintf(&b, " 7:w%d,1", last)
				programs = append(programs, b.String())
			}
		}
	}
	// The running release, and some of the two older designs.
	for _, rel := range []string{"running", "go1.10.8", "go1.18.10", "go1.19.13", "go1.24.13", "go1.27.4"} {
		t.Run(rel, func(t *testing.T) {
			a, err := toolchain.Run[Answers](t.Context(), rel, Probe(programs, true))
			if err != nil {
				t.Fatal(err)
			}
			compareCells(t, rel, programs, a)
		})
	}
}

func compareCells(t *testing.T, rel string, programs []string, a Answers) {
	cells := map[int]bool{}
	for at := 0; at < len(programs); at += 5 {
		// The replaced cell: the choice with which the model agrees for all five bytes.
		fits := []int{}
		for choice := range race.MaxCells {
			same := true
			for i, p := range programs[at : at+5] {
				c := Config(rel)
				c.Choose = func(int) int { return choice }
				run, err := Play(c, p)
				if err != nil {
					t.Fatal(err)
				}
				same = same && run.First == a.First[at+i]
			}
			if same {
				fits = append(fits, choice)
			}
		}
		if len(fits) == 1 {
			cells[fits[0]] = true
		} else {
			t.Errorf("%s ...: real %v, and the model says so for cells %v", programs[at], a.First[at:at+5], fits)
		}
	}
	if len(cells) != race.MaxCells {
		t.Errorf("of four cells only %v gave way", cells)
	}
}

// TestExited makes a goroutine write and exit, others start and exit after it, and then
// another one write the same: the race is reported as long as the history of the first
// goroutine is kept. A range that begins with a race ends there, reported or not: what
// another goroutine wrote beside it is not looked at.
func TestExited(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
	for _, n := range []int{0, 20, 62, 63, 64, 65, 100} {
		var b strings.Builder
		b.WriteString("1:go 2:w0,8 2:ex")
		for i := range n {
			fmt.Fprintf(&b, " 1:go %d:ex", i+3)
		}
		fmt.Fprintf(&b, " 1:go 1:go %d:w8,8 %d:", n+3, n+4)
		for _, last := range []string{"w0,8", "W0,16", "W8,16"} {
			// Each in a process of its own, since earlier goroutines count.
			p := b.String() + last
			a, err := Ask(t.Context(), []string{p})
			if err != nil {
				t.Fatal(err)
			}
			c := Config("running")
			c.Limits.Exited = 64
			run, err := Play(c, p)
			if err != nil {
				t.Fatal(err)
			}
			if run.First != a.First[0] {
				t.Errorf("%d others, %s: model %d, real %d", n, last, run.First, a.First[0])
			}
		}
	}
}

// TestSlots makes a goroutine write, others start, and then another one write the same:
// there are 255 slots, and if it gets the slot of the first, it takes that one's write
// for its own. The first goroutine lives on, so that its history is kept. In the model
// that happens when 254 have started between them; in Go a goroutine that fills a part
// of its history moves its slot to the end of the queue, so that it happens with one or
// two fewer.
func TestSlots(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
	var model, real []int
	for n := 249; n <= 258; n++ {
		var b strings.Builder
		// Each starts the next and exits: a goroutine that had lost its slot would take
		// another.
		b.WriteString("1:go 2:w0,8 1:go")
		for i := range n {
			fmt.Fprintf(&b, " %d:go %d:ex", i+3, i+3)
		}
		fmt.Fprintf(&b, " %d:w0,8", n+3)
		a, err := Ask(t.Context(), []string{b.String()})
		if err != nil {
			t.Fatal(err)
		}
		c := Config("running")
		c.Limits.Slots = race.MaxSlots
		run, err := Play(c, b.String())
		if err != nil {
			t.Fatal(err)
		}
		if run.First < 0 {
			model = append(model, n)
		}
		if a.First[0] < 0 {
			real = append(real, n)
		}
	}
	// Later goroutines have learned of it from the one that took the slot.
	if len(model) != 258-254+1 || model[0] != 254 || len(real) == 0 || real[0] > 254 || real[0] < 252 || len(real) != 258-real[0]+1 {
		t.Errorf("numbers of goroutines in between with which the race is missed: model %v, real %v", model, real)
	}
	t.Logf("model %v, real %v", model, real)
}

// TestLostSlot makes a goroutine write, lose its slot to others, synchronize, and write
// again.
func TestLostSlot(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
	for _, then := range []string{
		"1:rm1 1:w0,8",
		"1:w8,8 1:rm1 1:w8,8 1:w0,8",
		"1:w8,8 2:w8,8",
		"1:w8,8 1:rm1 2:aq1 2:w8,8",
		"1:w8,8 1:rm1 2:w8,8",
	} {
		var b strings.Builder
		b.WriteString("mkx 1:go 2:w16,8 1:w0,8 2:go")
		for i := range 260 {
			fmt.Fprintf(&b, " %d:go %d:ex", i+3, i+3)
		}
		p := b.String() + " " + then
		a, err := Ask(t.Context(), []string{p})
		if err != nil {
			t.Fatal(err)
		}
		c := Config("running")
		c.Limits.Slots = race.MaxSlots
		if run, err := Play(c, p); err != nil || run.First != a.First[0] {
			t.Errorf("%s: the model finds a race at %d (%v), the detector at %d", then, run.First, err, a.First[0])
		}
	}
}

// TestEmptyCells checks that up to 1.18 a write takes the cells of all reads of the same
// bytes that happened before it, and leaves all but one of them empty: so three more
// writes find room, and each of the four is still known when another goroutine writes
// the same bytes.
func TestEmptyCells(t *testing.T) {
	if os.Getenv("ORRERY_FULL") == "" {
		t.Skip("ORRERY_FULL is not set")
	}
	var programs []string
	for last := range 4 {
		programs = append(programs, fmt.Sprintf("mkx 1:go 1:go 1:go 1:go 2:r0,1 2:rm1 3:r0,1 3:rm1 4:aq1 4:w0,1 4:w1,1 4:w2,1 4:w3,1 5:w%d,1", last))
	}
	for _, rel := range []string{"go1.10.8", "go1.18.10"} {
		a, err := toolchain.Run[Answers](t.Context(), rel, Probe(programs, true))
		if err != nil {
			t.Fatal(err)
		}
		compare(t, Config(rel), programs, a)
	}
}
