package program

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// TestParse checks the errors for faulty programs.
func TestParse(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "line 1, column 1: no function: want main:"},
		{"w:\nmark w\nmain:\ngo w\n", "line 3, column 1: main: want it as the first function"},
		{"main:\nchan c\n", `line 2, column 1: no operation "chan": declarations stand before the first function`},
		{"lock m\nmain:\n", "line 1, column 1: lock stands before the first function"},
		{"main:\nSend c\n", `no operation "Send" (want send CHAN [VALUE])`},
		{"main:\nyeild\n", `no operation "yeild" (want yield)`},
		{"main:\nrecieve c\n", `no operation "recieve" (want go, work`},
		{"main:\nreceive c\n", `no operation "receive" (want recv)`},
		{"main:\nrcv c\n", `no operation "rcv" (want [value, ok =] recv SOURCE)`},
		{"main:\nc <- 1\n", `no operation "c" (want send c VALUE)`},
		{"main:\nx := 1\n", `(want x = VALUE [OPERATOR VALUE]; no variable`},
		{"main:\nx++\n", "(want x = x + VALUE)"},
		{"main:\nx -= 1\n", "(want x = x - VALUE)"},
		{"main:\nfor x < 3\n", `no operation "for" (want loop or while)`},
		{"main:\nruntime.Gosched()\n", `no operation "runtime.Gosched" (want yield, exit`},
		{"main:\nsleep 10\n", "line 2, column 7: \"10\" is no duration such as 10ms: want its unit directly after"},
		{"main:\nsleep x\n", `"x" is no duration such as 10ms: one that a variable gives is written 1ms*x`},
		{"main:\nsleep 9999999h\n", "duration 9999999h out of range [0,1281023h53m38.427387903s]"},
		{"main:\nsleep 10MS\n", `"10MS" is no duration such as 10ms`},
		{"main:\nif 1\nw:\nmark w\nend\n", "line 2, column 1: main, operation 1, if: an if without its end"},
		{"main:\n  jump\n", `line 2, column 3: no operation "jump"`},
		{"chan\nmain:\n", "line 1, column 1: \"chan\": want int, chan"},
		{"chan c x\nmain:\n", `line 1, column 8: "x" is not a whole number`},
		{"mutex m\n chan c -1\nmain:\n", "line 2, column 7: chan c: capacity -1 out of range"},
		{"chan c\nchan c\nmain:\n", `line 2, column 6: "c" is there twice`},
		{"chan main\nmain:\n", `line 2, column 1: "main" is there twice`},
		{"chan nil\nmain:\n", `"nil" is no name`},
		{"chan after\nmain:\n", `"after" is no name of a chan`},
		{"int len\nmain:\n", `"len" is no name of an int`},
		{"int 7\nmain:\n", `"7" is no name of an int`},
		{"int " + strings.Repeat("x", 256) + "\nmain:\n", "a name of 256 bytes (want at most 255)"},
		{"main:\ngo " + strings.Repeat("x", 256) + "\n", "a name of 256 bytes (want at most 255)"},
		{"main" + strings.Repeat("x", 1<<15) + ":\n", "a name of 32772 bytes (want at most 255)"},
		{"main:\n" + strings.Repeat("x", 1<<15) + " = 1\n", "a name of 32768 bytes (want at most 255)"},
		{"chan c[0]\nmain:\n", "line 1, column 8: an array of 0"},
		{"chan c[2\nmain:\n", "want ] after the length"},
		{"chan c[70000]\nmain:\n", "70000 of them out of range"},
		{"chan c[60000]\nint n[60000]\nmain:\n", "line 1, column 6: more than 65536"},
		{"mutex m 3\nmain:\n", `mutex does not take "3"`},
		{"cond k\nmain:\n", "cond without a lock"},
		{"cond k m\nmain:\n", `line 1, column 6: cond k: "m" is no mutex`},
		{"mutex m\ncond k m rlocker\nmain:\n", `"m" is no rwmutex`},
		{"mutex m[2]\ncond k[3] m\nmain:\n", "m is an array of 2: want as many"},
		{"queue q\nmain:\n", `"queue": want int, chan`},
		{"$\nmain:\n", "line 1, column 1: '$' is no part of a program"},
		{"main(x):\n", "the first function has no parameters"},
		{"main:\nf(x, x):\n", `f: "x" is there twice`},
		{"main:\nf(x y):\n", "line 2, column 5: want a comma or )"},
		{"main:\nsend\n", "line 2, column 5: send without its object: want send CHAN [VALUE]"},
		{"main:\n\tsend c\n", `line 2, column 2: main, operation 1, send: no channel "c"`},
		{"main:\nlock m\n", `no mutex "m"`},
		{"waitgroup w\nmain:\nlock w\n", `"w" is a waitgroup: want a mutex`},
		{"main:\ngo f\n", `no function "f"`},
		{"main:\ngo f(1)\nf:\n", "1 arguments for f: want 0"},
		{"main:\ngo f(x)\nf(x):\n", `there is no "x"`},
		{"main:\ngo f(1 2)\nf(x):\n", "line 2, column 8: want a comma or )"},
		{"main:\nwork\n", `"" is no duration`},
		{"main:\nwork -1ms\n", "line 2, column 6: duration -1ms out of range"},
		{"main:\nwork 1ms*\n", "line 2, column 10: \"\" is no name of a variable"},
		{"main:\nwork 1ms*y\n", `there is no "y"`},
		{"main:\nloop 0\nend\n", "line 2, column 6: a loop of no turns"},
		{"main:\nloop\n", "line 2, column 1: main, operation 1, loop: a loop without its end"},
		{"main:\nif 1\nelse\nelse\nend\n", "line 4, column 1: main, operation 3, else: an else without its if"},
		{"main:\nend\n", "an end without its loop"},
		{"main:\nloop\nloop\nloop\nloop\nend\nend\nend\nend\n", "more than 3 loops"},
		{"main:\n" + strings.Repeat("if 1\n", 17) + strings.Repeat("end\n", 17), "more than 16 bodies"},
		{"main:\nbreak\n", "no loop is around it"},
		{"main:\nloop\ndefer\nbreak\nend\nend\n", "no loop is around it"},
		{"once o\nmain:\ndo o\nreturn 3\nend\n", "do is a function of its own"},
		{"chan c\nmain:\nselect take c\n", `line 3, column 8: case "take"`},
		{"main:\nselect recv c\n", `no channel "c"`},
		{"main:\nselect default, default\n", `case "default"`},
		{"chan c\nmain:\nselect recv c recv c\n", `line 3, column 15: want a comma before "recv"`},
		{"context x\nmain:\nselect send x\n", `"x" is a context: want a channel`},
		{"main:\nyield 3\n", `line 2, column 7: yield does not take "3"`},
		{"main:\nprocs 2000\n", "2000 out of range [0,1024]"},
		{"main:\nx = 1025\nprocs\n", "\"\" is not a whole number"},
		{"waitgroup w\nmain:\nadd w\n", "line 3, column 6: \"\" is not a whole number"},
		{"main:\nx = \n", "want a number or a variable"},
		{"main:\nx = y\n", `there is no "y"`},
		{"main:\nx = 1 ! 2\n", "line 2, column 7: '!' is no part"},
		{"main:\nx = 1 = 2\n", `"=" is no operator`},
		{"main:\nx = 3 -1\n", `"-1" is no operator`},
		{"main:\nx, y = 1\n", "2 results: want at most 1"},
		{"main:\nx = yield\n", "1 results: want at most 0"},
		{"main:\nx y\n", `no operation "x"`},
		{"main:\nset 1\n", `no operation "set"`},
		{"chan c\nmain:\nc = 1\n", `"c" is the name of something else`},
		{"int n[3]\nmain:\nn[3] = 1\n", "n[3]: index out of range [0,3)"},
		{"int n[3]\nmain:\nn = 1\n", "n is an array: want n[INDEX]"},
		{"int n\nmain:\nn[1] = 1\n", "n is no array"},
		{"int n[3]\nmain:\nx = n[n[0]]\n", "n[n[0]]: want a number or a variable for the index"},
		{"int n[3]\nmain:\natomiccas n[0] 1\n", "want a number or a variable"},
		{"main:\nmark {x}\n", `there is no "x"`},
		{"timer t\nmain:\nafterfunc t 1ms\n", `"" is no name of a function`},
		{"main:\nrecv after 1ms*y\n", `there is no "y"`},
		{"chan c\nmain:\nsend c y\n", `there is no "y"`},
		{"main:\nf(,):\n", `"," is no name of a parameter`},
		{"ticker t\nmain:\nnewtimer t 1ms\n", `"t" is a ticker: want a timer`},
		{"main:\nx = 99999999999999999999\n", "99999999999999999999 out of range of 64 bits"},
	} {
		if p, err := Parse(tt.text); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, %v; want %q", tt.text, p, err, tt.want)
		}
	}
}

func TestVerbs(t *testing.T) {
	for v := Go; v < last; v++ {
		text, err := json.Marshal(v)
		var again Verb
		if err != nil || json.Unmarshal(text, &again) != nil || again != v {
			t.Errorf("%v is %s, and then %v, %v", v, text, again, err)
		}
	}
	if last.String() != "Verb(71)" && last.Usage()+last.Go()+last.Since() != "" || last.Opens() {
		t.Errorf("%v is a known verb", last)
	}
	if _, err := json.Marshal(last); err == nil {
		t.Error("a verb that there is not has a word")
	}
	if v := new(Verb); json.Unmarshal([]byte(`""`), v) == nil {
		t.Error("a verb without a word")
	}
}

// TestLines: every operation has the line of the text from which it was parsed, also in
// a text with comments, empty lines and several operations in a line.
func TestLines(t *testing.T) {
	text := "# a program\nchan c\n\nmain:\n\tgo w 2\n\n\tsend c 7 # here\n\nw:\n\trecv c\n\tloop 2\n\t\tyield\n\tend\nnothing:\n"
	got, err := Lines(text)
	if err != nil {
		t.Fatal(err)
	}
	if want := []int{5, 7, 7, 10, 11, 12, 13, 13, 14}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if _, err := Lines("main:\n\tsned c\n"); err == nil {
		t.Error("a malformed text has lines")
	}
}

// TestByteOrderMark checks that a program may begin with the mark with which some editors
// begin a file, and may have their ends of lines.
func TestByteOrderMark(t *testing.T) {
	p, err := Parse("\ufeffchan c 1\r\nmain:\r\n\tsend c 1\r\n\tmark hi  there\r\n")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Funcs[0].Ops[1].On; got != "hi there" {
		t.Errorf("%q is marked", got)
	}
}

// TestOperate: all operators, and a division by zero.
func TestOperate(t *testing.T) {
	for operator, want := range map[string]int64{"+": 9, "-": 5, "*": 14, "/": 3, "%": 1, "==": 0, "!=": 1, "<": 0, "<=": 0, ">": 1, ">=": 1} {
		if v, ok := Operate(7, operator, 2); v != want || !ok {
			t.Errorf("7 %s 2 is %d, %v, want %d", operator, v, ok, want)
		}
	}
	for _, operator := range []string{"/", "%", "&", ""} {
		if v, ok := Operate(7, operator, 0); ok {
			t.Errorf("7 %q 0 is %d", operator, v)
		}
	}
}

// TestCheckLocks: only a Cond has a lock of another name.
func TestCheckLocks(t *testing.T) {
	main := []Func{{Name: "main"}}
	for what, l := range map[string]Lock{"a lock": {Name: "m", Type: Mutex, L: "n"}, "an RLocker": {Name: "m", Type: Mutex, RLocker: true}, "a counter": {Name: "m", Type: Mutex, Counter: 1}} {
		p := Program{Locks: []Lock{l}, Funcs: main}
		if err := p.Check(); err == nil || !strings.Contains(err.Error(), "mutex m: it takes no counter and no lock") {
			t.Errorf("a mutex with %s: %v", what, err)
		}
	}
}

// TestLongErrors: a text is cut after 500 bytes.
func TestLongErrors(t *testing.T) {
	p := Program{Funcs: []Func{{Name: "main", Ops: []Op{{Verb: Go, On: strings.Repeat("x", 5000)}}}}}
	err := p.Check()
	e, ok := err.(*Error)
	if !ok || len(e.Text) != 503 || !strings.HasSuffix(e.Text, "...") {
		t.Errorf("%v", err)
	}
}
