package program

import "time"

// The limits of a program.
const (
	MaxFuncs  = 1 << 12
	MaxOps    = 1 << 16 // of all functions
	MaxNames  = 1 << 16 // channels, locks and so on, each element of an array counted
	MaxCases  = 1 << 8  // of a select
	MaxCap    = 1 << 20 // values of a channel's buffer
	MaxLoops  = 3       // inside each other
	MaxDepth  = 16      // bodies inside each other
	MaxRepeat = 1 << 31 // of a loop and a go statement
	MaxLocals = 64      // of a function, its parameters counted
)

// A Program describes goroutines and their operations. Its first function is main, which
// a goroutine runs in the beginning. When main returns, the program ends.
type Program struct {
	Vars     []Var     `json:"vars,omitempty"`
	Chans    []Chan    `json:"chans,omitempty"`
	Locks    []Lock    `json:"locks,omitempty"`
	Timers   []Timer   `json:"timers,omitempty"`
	Contexts []Context `json:"contexts,omitempty"`
	Funcs    []Func    `json:"funcs"`

	// Recover says that each goroutine recovers from its panics, and then calls
	// runtime.Goexit. Else a panic ends the program.
	Recover bool `json:"recover,omitempty"`
}

// A Var is an int64 that all goroutines share. Its Count, like that of the other
// declarations, is 0 for a single variable, and else the length of an array, whose
// elements are NAME[0] and so on.
type Var struct {
	Name  string `json:"name"`
	N     int64  `json:"n,omitempty"` // to begin with
	Count int64  `json:"count,omitempty"`
}

// A Chan is a channel of int64.
type Chan struct {
	Name  string `json:"name"`
	Cap   int64  `json:"cap,omitempty"`
	Count int64  `json:"count,omitempty"`
}

// A Type is the kind of a declared name. The kinds of package sync are those of a [Lock].
type Type string

// The kinds.
const (
	Mutex     Type = "mutex"
	RWMutex   Type = "rwmutex"
	WaitGroup Type = "waitgroup"
	Cond      Type = "cond"
	Once      Type = "once"

	IntType     Type = "int"
	ChanType    Type = "chan"
	TimerType   Type = "timer"
	TickerType  Type = "ticker"
	ContextType Type = "context"
	FuncType    Type = "func"
)

// A Lock is a mutex or another object of package sync.
type Lock struct {
	Name    string `json:"name"`
	Type    Type   `json:"kind"`
	Counter int64  `json:"counter,omitempty"` // of a WaitGroup, to begin with
	L       string `json:"l,omitempty"`       // of a Cond: a mutex or rwmutex; for an array, an array of the same length, or one lock for all
	RLocker bool   `json:"rlocker,omitempty"` // of a Cond: its L is L.RLocker()
	Count   int64  `json:"count,omitempty"`
}

// A Timer is a variable for a *time.Timer, or for a *time.Ticker. It is nil before
// NewTimer, AfterFunc or NewTicker.
type Timer struct {
	Name   string `json:"name"`
	Ticker bool   `json:"ticker,omitempty"`
	Count  int64  `json:"count,omitempty"`
}

// A Context is a variable for a context.Context and its cancel function. It is nil
// before WithCancel or WithTimeout.
type Context struct {
	Name  string `json:"name"`
	Count int64  `json:"count,omitempty"`
}

// A Func is a function that a goroutine runs or calls. Its variables are its parameters
// and all other names that an operation sets and that are not a [Var]. They begin at 0,
// and are declared at its top: a loop has the same variable in every turn.
type Func struct {
	Name   string   `json:"name"`
	Params []string `json:"params,omitempty"`
	Ops    []Op     `json:"ops,omitempty"`
}

// A Value is a number, or the name of a variable: "7", "i", "n[i]".
type Value string

// An Op is one operation. The meaning of its fields depends on its verb: see
// [Verb.Usage]. An object or variable is named as NAME, or as NAME[INDEX] if it is one of
// an array, where INDEX is a number or a variable that is not itself of an array.
type Op struct {
	Verb     Verb          `json:"verb"`
	Set      []string      `json:"set,omitempty"`      // the variables that get its results; "_" for none
	On       string        `json:"on,omitempty"`       // the object or function, or the text of Mark and Panic
	Of       string        `json:"of,omitempty"`       // the parent of a context, the function of AfterFunc
	Args     []Value       `json:"args,omitempty"`     // of the function, or of AtomicCAS
	N        int64         `json:"n,omitempty"`        // a number
	Var      string        `json:"var,omitempty"`      // the variable that is the number in place of N, or by which D is multiplied
	D        time.Duration `json:"d,omitempty"`        // in nanoseconds
	X        Value         `json:"x,omitempty"`        // of If, While and Set: X, or X Operator Y
	Operator string        `json:"operator,omitempty"` // + - * / % == != < <= > >=
	Y        Value         `json:"y,omitempty"`
	Cases    []Case        `json:"cases,omitempty"`
	Default  bool          `json:"default,omitempty"` // of Select
}

// A Case is a case of a Select: a send of N, or of Var, or a receive.
type Case struct {
	Chan string        `json:"chan"` // "" is nil; of a receive also a timer, ticker or context, or [After]
	Send bool          `json:"send,omitempty"`
	N    int64         `json:"n,omitempty"`
	Var  string        `json:"var,omitempty"`
	D    time.Duration `json:"d,omitempty"` // of After; times Var, if there is one
}

// After stands for the channel of time.After(D) where one is received from.
const After = "after"
