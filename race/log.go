package race

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/orrery-go/orrery/internal/brief"
)

// An Entry is an operation in which everything has a name: a line of a log. A line is a
// JSON object with these members; all but g and do may be left out.
type Entry struct {
	G    Name   `json:"g"`              // the goroutine; "main" or "1" is the one that exists from the beginning
	Verb Verb   `json:"do"`             // the operation
	New  Name   `json:"new,omitempty"`  // of go: the name of the new goroutine
	On   Name   `json:"on,omitempty"`   // the object: of make a new name; made by its first use, if it is no chan and no cond
	Var  Name   `json:"var,omitempty"`  // of accesses and atomics: a variable, or
	Addr Name   `json:"addr,omitempty"` // an address, "0xc000012340" or a number
	Size int    `json:"size,omitempty"` // in bytes: of an access, 8 if left out; of a chan's elements
	Type Type   `json:"type,omitempty"` // of make: of what type
	Cap  int64  `json:"cap,omitempty"`  // of make of a chan: its capacity
	Lock Name   `json:"lock,omitempty"` // of make of a cond: its lock
	N    int64  `json:"n,omitempty"`    // of add: what is added, such as -1
	At   string `json:"at,omitempty"`   // where in the program, as the log's reader wants to see it
}

// A Name is a name of a log. In JSON it may also be a number.
type Name string

// UnmarshalJSON reads a string or a whole number.
func (n *Name) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err == nil {
		*n = Name(s)
		return nil
	}
	var u uint64
	if err := json.Unmarshal(data, &u); err != nil {
		return fmt.Errorf("%.40s is neither a string nor a whole number", data)
	}
	*n = Name(strconv.FormatUint(u, 10))
	return nil
}

// The limits of a log.
const (
	MaxLine  = 1 << 16 // bytes of a line
	maxNames = 1 << 20 // of one kind
)

// A Log is a [Detector] with names. Get one from [NewLog]. Each operation is a line, in
// the order in which they take effect: a lock when it is acquired, an unlock before
// another goroutine acquires the lock, a read or write when it is done. An operation that
// waits for others (send, recv, wait, once, cond wait) is a line when it begins; the
// goroutine later goes on without a line.
type Log struct {
	Detector
	line int

	goroutines map[Name]G
	objects    map[Name]Object
	vars       map[Name]uint64
	places     map[string]Place

	goroutineNames []Name // by G
	objectNames    []Name
	varNames       []Name
	placeNames     []string
}

// Where variables that have names are: one each 2 * MaxAccess bytes.
const (
	varBase = 1 << 48
	varSize = 2 * MaxAccess
)

// NewLog makes a log. Errors are those of [New].
func NewLog(c Config) (*Log, error) {
	d, err := New(c)
	if err != nil {
		return nil, err
	}
	return &Log{
		Detector:   *d,
		goroutines: map[Name]G{"main": Main, "1": Main}, goroutineNames: []Name{"", "main"},
		objects: map[Name]Object{}, objectNames: []Name{""},
		vars: map[Name]uint64{}, places: map[string]Place{}, placeNames: []string{""},
	}, nil
}

// Read performs the entries of a log in JSON lines, and skips empty lines. It returns the
// first error, which names the line.
func (l *Log) Read(r io.Reader) error {
	if l.objects == nil {
		return errUseNewLog
	}
	if r == nil {
		return errors.New("race: the reader is nil")
	}
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 4096), MaxLine)
	for s.Scan() {
		l.line++
		line := bytes.TrimSpace(s.Bytes())
		if len(line) == 0 {
			continue
		}
		var e Entry
		dec := json.NewDecoder(bytes.NewReader(line))
		dec.DisallowUnknownFields()
		err := dec.Decode(&e)
		if err == nil && dec.More() {
			err = errors.New("more than one JSON value")
		}
		if err == nil {
			_, err = l.Do(e)
		}
		if err != nil {
			return brief.Errorf("race: line %d: %s", l.line, strings.TrimPrefix(err.Error(), "race: "))
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("race: line %d: %w", l.line+1, err)
	}
	return nil
}

var errUseNewLog = errors.New("race: the zero Log has no detector: use NewLog")

// types are those of the objects that a verb makes when it is the first to use one.
var types = map[Verb]Type{
	LockVerb: Mutex, UnlockVerb: Mutex, RLockVerb: Mutex, RUnlockVerb: Mutex,
	SendVerb: Chan, RecvVerb: Chan, CloseVerb: Chan,
	AddVerb: WaitGroup, WaitVerb: WaitGroup, OnceDoVerb: Once, OnceReturnVerb: Once,
	WaitCondVerb: Cond, SignalVerb: Cond, BroadcastVerb: Cond,
	AcquireVerb: Raw, ReleaseVerb: Raw, ReleaseMergeVerb: Raw, ReleaseAcquireVerb: Raw,
}

// Do performs the operation of an entry. It returns an error if a name is unknown, or a
// member is missing or does not belong to the verb. Other errors are those of
// [Detector.Do].
func (l *Log) Do(e Entry) (Outcome, error) {
	if l.objects == nil {
		return Outcome{}, errUseNewLog
	}
	op, made := Op{Verb: e.Verb}, e.On
	var err error
	if op.G, err = l.goroutine(e.G); err != nil {
		return Outcome{}, err
	}
	if op.Place, err = l.place(e.At); err != nil {
		return Outcome{}, err
	}
	switch typ := types[e.Verb]; {
	case typ != "":
		err = l.object(&op, &e, typ)
	case e.Verb == MakeVerb:
		err = l.make(&op, &e)
	case e.Verb == GoVerb:
		if _, live := l.goroutines[e.New]; live {
			err = fmt.Errorf("race: there is a goroutine %.40q already", e.New)
		}
		if e.New == "" {
			err = fmt.Errorf("race: go without the name of the new goroutine")
		}
	case e.Verb == ExitVerb:
	case e.Verb == ReadVerb, e.Verb == WriteVerb, e.Verb == ReadRangeVerb, e.Verb == WriteRangeVerb, e.Verb == NewVerb,
		e.Verb == LoadVerb, e.Verb == StoreVerb, e.Verb == ModifyVerb, e.Verb == FailVerb:
		err = l.address(&op, &e)
	}
	if err == nil {
		err = e.unused()
	}
	if err != nil {
		return Outcome{}, err
	}
	o, err := l.Detector.Do(op)
	if err != nil {
		return o, err
	}
	switch e.Verb {
	case GoVerb:
		l.goroutines[e.New] = o.G
		if len(l.goroutineNames) == int(o.G) && o.G < maxNames {
			l.goroutineNames = append(l.goroutineNames, e.New)
		}
	case ExitVerb:
		delete(l.goroutines, e.G)
		if op.G == Main {
			delete(l.goroutines, "main")
			delete(l.goroutines, "1")
		}
	case MakeVerb:
		l.called(made, o.Object)
	}
	return o, nil
}

func (l *Log) called(name Name, o Object) {
	l.objects[name] = o
	for len(l.objectNames) <= int(o) {
		l.objectNames = append(l.objectNames, "")
	}
	l.objectNames[o] = name
}

// unused returns an error for a member that the verb does not have. Those that it has
// were cleared.
func (e Entry) unused() error {
	for _, m := range []struct {
		name string
		is   bool
	}{
		{"new", e.New != "" && e.Verb != GoVerb}, {"on", e.On != ""}, {"var", e.Var != ""}, {"addr", e.Addr != ""}, {"size", e.Size != 0},
		{"type", e.Type != ""}, {"cap", e.Cap != 0}, {"lock", e.Lock != ""}, {"n", e.N != 0},
	} {
		if m.is {
			return fmt.Errorf("race: %s does not take %q", e.Verb, m.name)
		}
	}
	return nil
}

func (l *Log) goroutine(n Name) (G, error) {
	if g, ok := l.goroutines[n]; ok {
		return g, nil
	}
	if n == "" {
		return 0, errors.New("race: without the name of a goroutine")
	}
	return 0, fmt.Errorf("race: there is no goroutine %.40q", n)
}

func (l *Log) place(at string) (Place, error) {
	if at == "" {
		return 0, nil
	}
	p, ok := l.places[at]
	if !ok {
		if len(l.places) == maxNames {
			return 0, fmt.Errorf("race: more than %d places", maxNames)
		}
		at = strings.Clone(at)
		p = Place(len(l.placeNames))
		l.places[at] = p
		l.placeNames = append(l.placeNames, at)
	}
	return p, nil
}

// object finds what an operation is about, and makes it if it is new.
func (l *Log) object(op *Op, e *Entry, typ Type) error {
	if e.On == "" {
		return fmt.Errorf("race: %s of what? \"on\" is missing", e.Verb)
	}
	op.On, op.N = l.objects[e.On], 0
	if e.Verb == AddVerb {
		op.N, e.N = e.N, 0
	}
	if op.On == 0 {
		if typ == Chan || typ == Cond {
			return fmt.Errorf("race: there is no %s %.40q: make it first", typ, e.On)
		}
		o, err := l.Make(op.G, typ, op.Place)
		if err != nil {
			return err
		}
		l.called(e.On, o)
		op.On = o
	}
	e.On = ""
	return nil
}

func (l *Log) make(op *Op, e *Entry) error {
	if e.On == "" {
		return errors.New(`race: make of what? "on" is missing`)
	}
	if l.objects[e.On] != 0 {
		return fmt.Errorf("race: there is a %.40q already", e.On)
	}
	op.Type = e.Type
	switch e.Type {
	case Chan:
		op.N, op.Size, e.Cap, e.Size = e.Cap, e.Size, 0, 0
	case Cond:
		op.On = l.objects[e.Lock]
		if op.On == 0 {
			return fmt.Errorf("race: there is no lock %.40q", e.Lock)
		}
		e.Lock = ""
	}
	e.On, e.Type = "", ""
	return nil
}

func (l *Log) address(op *Op, e *Entry) error {
	switch {
	case (e.Var == "") == (e.Addr == ""):
		return fmt.Errorf("race: %s of what? one of \"var\" and \"addr\" is wanted", e.Verb)
	case e.Var != "":
		addr, ok := l.vars[e.Var]
		if !ok {
			if len(l.vars) == maxNames {
				return fmt.Errorf("race: more than %d variables", maxNames)
			}
			addr = varBase + uint64(len(l.varNames))*varSize
			l.vars[e.Var] = addr
			l.varNames = append(l.varNames, e.Var)
		}
		op.Addr = addr
	default:
		addr, err := strconv.ParseUint(string(e.Addr), 0, 64)
		if err != nil || addr >= varBase {
			return fmt.Errorf("race: address %.40q (want a number below %#x)", e.Addr, uint64(varBase))
		}
		op.Addr = addr
	}
	if op.Size = e.Size; op.Size == 0 {
		op.Size = 8
	}
	e.Var, e.Addr, e.Size = "", "", 0
	return nil
}

// Line returns the number of lines read.
func (l *Log) Line() int { return l.line }

// Goroutine returns the name of a goroutine, or its number where it has none.
func (l *Log) Goroutine(g G) string {
	if g > 0 && int(g) < len(l.goroutineNames) && l.goroutineNames[g] != "" {
		return string(l.goroutineNames[g])
	}
	return fmt.Sprintf("goroutine %d", g)
}

// ObjectName returns the name of an object, or its number where it has none.
func (l *Log) ObjectName(o Object) string {
	if o > 0 && int(o) < len(l.objectNames) && l.objectNames[o] != "" {
		return string(l.objectNames[o])
	}
	return o.String()
}

// Variable returns the name of what is at an address, with its offset if that is not 0;
// or the address.
func (l *Log) Variable(addr uint64) string {
	switch i := (addr - varBase) / varSize; {
	case addr >= own && addr < own+8*uint64(len(l.objectNames)):
		return l.ObjectName(Object((addr - own) >> 3))
	case addr < varBase || i >= uint64(len(l.varNames)):
		return fmt.Sprintf("%#x", addr)
	case (addr-varBase)%varSize != 0:
		return fmt.Sprintf("%s+%d", l.varNames[i], (addr-varBase)%varSize)
	default:
		return string(l.varNames[i])
	}
}

// PlaceName returns the log's text for a place, "" if there is none.
func (l *Log) PlaceName(p Place) string {
	if p > 0 && int(p) < len(l.placeNames) {
		return l.placeNames[p]
	}
	return ""
}

// Describe describes a race in two lines.
func (l *Log) Describe(r Report) string {
	side := func(a Access) string {
		text := fmt.Sprintf("%s of %s by %s", a.Verb, l.Variable(a.Addr), l.Goroutine(a.G))
		if at := l.PlaceName(a.Place); at != "" {
			text += " at " + at
		}
		return text
	}
	return side(r.Second) + "\n  races with the " + side(r.First)
}

// Explain is [Detector.Why] with the names of the log.
func (l *Log) Explain(r Report) (string, error) {
	return l.why(r, l.OpText, l.Goroutine)
}

// OpText returns an operation with the names of the log, like "main: lock mu".
func (l *Log) OpText(op Op) string {
	text := l.Goroutine(op.G) + ": " + l.what(op)
	if at := l.PlaceName(op.Place); at != "" {
		text += " at " + at
	}
	return text
}

// what is OpText without the goroutine and the place.
func (l *Log) what(op Op) string {
	text := op.Verb.String()
	switch {
	case op.Verb == GoVerb || op.Verb == ExitVerb:
		return text
	case op.Verb == MakeVerb:
		return text + " " + op.Type.String()
	case op.Verb == AddVerb:
		return text + fmt.Sprintf(" %d %s", op.N, l.ObjectName(op.On))
	case op.On != 0:
		return text + " " + l.ObjectName(op.On)
	}
	return text + " " + l.Variable(op.Addr)
}

// Graph is [Detector.Graph] with the names of the log.
func (l *Log) Graph() (Graph, error) {
	g, err := l.Detector.Graph()
	if err != nil {
		return g, err
	}
	return l.graph(g.Edges, l.what, l.Goroutine), nil
}
