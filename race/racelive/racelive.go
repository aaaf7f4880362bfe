// Package racelive compares package race with the race detectors of real Go releases:
// goroutines perform the same operations in the same forced order, in a program built
// with -race, in which the forcing itself does not synchronize them.
package racelive

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/orrery-go/orrery/crash"
	"github.com/orrery-go/orrery/race"
)

// Base is the address at which a program's variables begin in the model.
const Base = 1 << 20

// TSan are the limits of go build -race, as far as they matter to a program with fewer
// than 255 goroutines and 30,000 accesses.
var TSan = race.Limits{Cells: race.MaxCells, FirstByte: true}

// A Run is the result of a program in the model.
type Run struct {
	Text  string // the program, as the probe reads it
	Logs  string // the result of each operation
	First int    // the operation at which the first race was found, from 0; -1: none
	Races []race.Report

	Ops     int
	Evicted bool   // an access was forgotten before the last operation, whose result depends on chance
	Played  string // the part of Text that ran
}

// A Player runs a program in the model, one operation at a time, and writes it down.
type Player struct {
	D     *race.Detector
	text  []string
	logs  []string
	first int
	late  bool                 // an access was forgotten before the last operation
	rw    bool                 // the next mutex is a sync.RWMutex
	waits map[race.G]race.Verb // operations that goroutines wait to perform
	woken map[race.G]race.Verb // goroutines woken by the current operation
}

// NewPlayer returns a Player for a detector.
func NewPlayer(c race.Config) (*Player, error) {
	p := &Player{first: -1, waits: map[race.G]race.Verb{}, woken: map[race.G]race.Verb{}}
	c.Trace = func(e race.Event) {
		switch e.Kind {
		case race.Waits:
			delete(p.woken, e.G) // it waits again: for the lock, after the signal
			p.waits[e.G] = e.Verb
		case race.Woken:
			p.woken[e.G] = p.waits[e.G]
			delete(p.waits, e.G)
		}
	}
	var err error
	p.D, err = race.New(c)
	return p, err
}

// Raced reports whether there was a race.
func (p *Player) Raced() bool { return p.first >= 0 }

// Run returns the run so far.
func (p *Player) Run() Run {
	text := strings.Join(p.text, " ")
	return Run{text, strings.Join(p.logs, " "), p.first, p.D.Reports(), len(p.logs), p.late, text}
}

// Do performs an operation. Its error is that of the model, except that a panic of Go is
// not an error here.
func (p *Player) Do(op race.Op) (race.Outcome, error) {
	clear(p.woken)
	p.late = p.D.Evicted() > 0
	o, err := p.D.Do(op)
	var c *crash.Error
	if err != nil && !errors.As(err, &c) {
		return o, fmt.Errorf("%v: %w", op, err)
	}
	p.text = append(p.text, Text(op, p.rw))
	if op.Verb != race.MakeVerb {
		told := "d"
		switch {
		case err != nil:
			told = "p"
		case o.What == race.DoesWait:
			told = "w"
		}
		for _, g := range slices.Sorted(maps.Keys(p.woken)) {
			told += fmt.Sprint(g)
			if op.Verb == race.CloseVerb && p.woken[g] == race.SendVerb {
				told += "p"
			}
		}
		p.logs = append(p.logs, told)
	}
	if o.Races > 0 && p.first < 0 {
		p.first = len(p.text) - 1
	}
	return o, nil
}

// verbs are the probe's words for the verbs.
var verbs = map[race.Verb]string{
	race.GoVerb: "go", race.ExitVerb: "ex", race.ReadVerb: "r", race.WriteVerb: "w", race.ReadRangeVerb: "R", race.WriteRangeVerb: "W",
	race.LoadVerb: "ld", race.StoreVerb: "st", race.ModifyVerb: "ad", race.FailVerb: "cf",
	race.LockVerb: "lk", race.UnlockVerb: "ul", race.RLockVerb: "rl", race.RUnlockVerb: "ru",
	race.SendVerb: "sn", race.RecvVerb: "rc", race.CloseVerb: "cl", race.AddVerb: "wa", race.WaitVerb: "ww",
	race.OnceDoVerb: "od", race.OnceReturnVerb: "or", race.WaitCondVerb: "cw", race.SignalVerb: "cs", race.BroadcastVerb: "cb",
	race.AcquireVerb: "aq", race.ReleaseVerb: "re", race.ReleaseMergeVerb: "rm",
}

// Text writes an operation in the form that the probe reads. A mutex is a sync.Mutex, or
// with rw a sync.RWMutex.
func Text(op race.Op, rw bool) string {
	v := fmt.Sprintf("%d:%s", op.G, verbs[op.Verb])
	switch op.Verb {
	case race.MakeVerb:
		switch op.Type {
		case race.Mutex:
			if rw {
				return "mkr"
			}
			return "mkm"
		case race.Chan:
			return fmt.Sprintf("mkc%d,%d", op.N, op.Size)
		case race.Cond:
			return fmt.Sprintf("mkd%d", op.On)
		}
		return "mk" + map[race.Type]string{race.WaitGroup: "w", race.Once: "o", race.Raw: "x"}[op.Type]
	case race.GoVerb, race.ExitVerb:
		return v
	case race.AddVerb:
		return fmt.Sprintf("%s%d,%d", v, op.On, op.N)
	}
	if op.On == 0 {
		return fmt.Sprintf("%s%d,%d", v, op.Addr-Base, op.Size)
	}
	return fmt.Sprintf("%s%d", v, op.On)
}

// Play runs a program in the probe's form, up to the first race.
func Play(c race.Config, text string) (Run, error) {
	p, err := NewPlayer(c)
	if err != nil {
		return Run{}, err
	}
	for word := range strings.FieldsSeq(text) {
		op, rw, err := Parse(word)
		if err != nil {
			return Run{}, err
		}
		p.rw = rw
		if _, err := p.Do(op); err != nil {
			return Run{}, err
		}
		if p.Raced() {
			break
		}
	}
	r := p.Run()
	r.Text = text
	return r, nil
}

// Parse parses an operation written by [Text].
func Parse(word string) (op race.Op, rw bool, err error) {
	if form, ok := strings.CutPrefix(word, "mk"); ok && form != "" {
		op = race.Op{Verb: race.MakeVerb, G: race.Main}
		switch form[0] {
		case 'm', 'r':
			op.Type = race.Mutex
		case 'w':
			op.Type = race.WaitGroup
		case 'o':
			op.Type = race.Once
		case 'x':
			op.Type = race.Raw
		case 'c':
			op.Type = race.Chan
			_, err = fmt.Sscanf(form[1:], "%d,%d", &op.N, &op.Size)
		case 'd':
			op.Type = race.Cond
			_, err = fmt.Sscanf(form[1:], "%d", &op.On)
		default:
			err = fmt.Errorf("racelive: %q makes nothing", word)
		}
		return op, form[0] == 'r', err
	}
	g, rest, _ := strings.Cut(word, ":")
	if _, err := fmt.Sscan(g, &op.G); err != nil {
		return op, false, fmt.Errorf("racelive: %q: %w", word, err)
	}
	name := strings.TrimRight(rest, "0123456789,-")
	for v, text := range verbs {
		if text == name {
			op.Verb = v
		}
	}
	arg := rest[len(name):]
	switch name {
	case "go", "ex":
	case "wa":
		_, err = fmt.Sscanf(arg, "%d,%d", &op.On, &op.N)
	case "r", "w", "R", "W", "ld", "st", "ad", "cf":
		_, err = fmt.Sscanf(arg, "%d,%d", &op.Addr, &op.Size)
		op.Addr += Base
	default:
		_, err = fmt.Sscan(arg, &op.On)
	}
	if err != nil {
		err = fmt.Errorf("racelive: %q: %w", word, err)
	}
	return op, false, err
}
