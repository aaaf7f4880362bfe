package overlay

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/orrery-go/orrery/internal/child"
	"github.com/orrery-go/orrery/internal/toolchain"
	"github.com/orrery-go/orrery/release"
)

// Programs is the import path of a program that runs others, which use the scheduler. It
// answers a [Question] with an [Answer].
const Programs = "github.com/orrery-go/orrery/internal/overlay/programs"

// A Question names a program.
type Question struct {
	Program string // "" asks for their names
	Procs   int
	Size    int
	Room    uint64 // for this number of notes of each thread
	Kinds   Kinds
	Pauses  uint64 // if not 0, a thread pauses before one statement of the scheduler in that number
}

// An Answer is the result of a run.
type Answer struct {
	Programs []string
	Trace    []byte
	Notes    []Thread
	Base     uint64 // address of what the program shares, if it is one about that
}

// A Thread has a thread's notes.
type Thread struct {
	ID    uint64 // as the trace has it
	Lost  uint64 // number of notes for which there was no room
	Words []uint64
}

// ErrLost says that a thread had no room for all its notes.
var ErrLost = errors.New("overlay: notes were lost")

// Start builds the main package of that import path with a runtime that takes notes, and
// the tag overlay, and runs it. Errors are those of [Write] and [child.Start].
func Start(ctx context.Context, importPath string, o child.Options) (*child.Child, error) {
	root, err := toolchain.Root(ctx, release.Running)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", child.ErrCannotBuild, err)
	}
	dir, err := os.MkdirTemp("", "orrery-overlay-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file, err := Write(root, dir)
	if err != nil {
		return nil, err
	}
	o.Flags = append([]string{"-overlay=" + file, "-tags=overlay", "-ldflags=-checklinkname=0"}, o.Flags...)
	return child.Start(ctx, importPath, o)
}

// All returns the notes of all threads in the order of time. Of two threads that hold the
// same lock one after the other, the notes are in the order in which they held it. It
// returns an error that wraps [ErrLost] if there was no room for all.
func All(threads []Thread) (notes []Note, err error) {
	steps, err := Steps(threads, 0)
	for _, s := range steps {
		notes = append(notes, s.Note)
	}
	return notes, err
}

// Steps returns the notes of all threads as [All] does; those of the kinds in parts are
// parts of the last one before them that is not.
func Steps(threads []Thread, parts Kinds) (steps []Step, err error) {
	for _, t := range threads {
		if t.Lost > 0 {
			err = fmt.Errorf("%w: %d of a thread", ErrLost, t.Lost)
		}
		from := len(steps)
		for _, n := range Notes(t.Words) {
			if last := len(steps) - 1; parts.Has(n.Kind) && last >= from {
				steps[last].Parts = append(steps[last].Parts, n)
				continue
			}
			steps = append(steps, Step{Note: n})
		}
	}
	slices.SortStableFunc(steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return steps, err
}
