package bench

import (
	_ "embed" // for the lessons
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/program"
)

// A Lesson is a program that was written to show a rule, or a change of one.
type Lesson struct {
	Name    string
	Program *program.Program
}

//go:embed lessons.txt
var lessons string

//go:embed puzzles.txt
var puzzles string

// Lessons returns the programs that every release ran among others, on one P. It returns
// an error if their text is malformed.
func Lessons() ([]Lesson, error) { return parse(lessons) }

// Puzzles returns the programs that every release ran by themselves, as a user would run
// them, on one P; programs that set GOMAXPROCS themselves begin with two. It returns an
// error if their text is malformed.
func Puzzles() ([]Lesson, error) { return parse(puzzles) }

func parse(text string) (all []Lesson, err error) {
	for _, part := range strings.Split("\n"+text, "\n# ")[1:] {
		name, text, _ := strings.Cut(part, "\n")
		p, err := program.Parse(text)
		if err != nil {
			return nil, fmt.Errorf("bench: the lesson %q: %w", name, err)
		}
		all = append(all, Lesson{name, p})
	}
	return all, nil
}

// Recorded returns the programs that every release ran.
func Recorded() (all []*program.Program, err error) {
	lessons, err := Lessons()
	if err != nil {
		return nil, err
	}
	for _, l := range lessons {
		all = append(all, l.Program)
	}
	seeds := map[Shape][]uint64{
		"slow starving":  {43, 50, 53, 65, 79, 117}, // in which 1.8 and 1.9, or 1.13 and 1.14, differ
		"slow computing": {242, 259},
		"reuse":          {0, 1, 3, 4, 5},
	}
	for _, shape := range append([]Shape{"slow starving", "slow computing"}, Shapes...) {
		if strings.HasPrefix(string(shape), "crowd") {
			continue
		}
		list := seeds[shape]
		if list == nil {
			list = []uint64{0, 1}
		}
		for _, seed := range list {
			p := Random(rand.New(rand.NewPCG(seed, 1)), Style{Shapes: []Shape{shape}})
			if since, _ := p.Since(); since == "go1" {
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// compact shortens the log of a program where a goroutine performs several operations in
// a row, or where several goroutines end in a row: 1.4-7 is 1.4 1.5 1.6 1.7, and 4-7x is
// 4x 5x 6x 7x. It does not change a compact log.
func compact(log string) string {
	var out []string
	last, first := token{}, token{}
	flush := func() {
		switch {
		case last == first || last.kind == 0:
		case last.kind == 'x':
			out[len(out)-1] = fmt.Sprintf("%d-%dx", first.g, last.g)
		default:
			out[len(out)-1] = fmt.Sprintf("%d.%d-%d", first.g, first.pc, last.pc)
		}
	}
	for word := range strings.FieldsSeq(log) {
		t := tokenOf(word)
		next := t.kind != 0 && t.kind == last.kind && (t.kind == 'x' && t.g == last.g+1 || t.kind == '.' && t.g == last.g && t.pc == last.pc+1)
		if next {
			last = t
			continue
		}
		flush()
		out = append(out, word)
		first, last = t, t
	}
	flush()
	return strings.Join(out, " ")
}

// A token is a word of a log: the end of an operation ('.') or of a goroutine ('x'), or
// anything else.
type token struct {
	kind  byte
	g, pc int
}

func tokenOf(word string) token {
	if g, ok := strings.CutSuffix(word, "x"); ok {
		if n, err := strconv.Atoi(g); err == nil {
			return token{'x', n, 0}
		}
	}
	if left, right, ok := strings.Cut(word, "."); ok {
		g, err := strconv.Atoi(left)
		if pc, err2 := strconv.Atoi(right); err == nil && err2 == nil {
			return token{'.', g, pc}
		}
	}
	return token{}
}
