package program

import (
	"encoding/json"
	"testing"
)

func FuzzParse(f *testing.F) {
	f.Add("chan c 1\nmain:\nsend c 7\nselect send c 1, default\nloop 3\nend\n")
	f.Add("recover\nint n[3] -1\nonce o\ntimer t\nticker u[2]\ncontext x\nmain:\ni = loop n[1]\ngo f(i, 3) 2\nbreak\nend\nf(a, b):\nk, v, ok = select recv t, recv after 1ms*a, send nil, recv x\nif a <= -1\nmark {a}\nelse\nreturn 7\nend\n")
	f.Add("mutex m[2]\nrwmutex r\ncond k r rlocker\nmain:\ndefer\nok = recover\npanic again {ok}\nend\ns, w = words m[1]\n_ = atomiccas n 0 1\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			if e, ok := err.(*Error); !ok || e.Line < 1 || e.Column < 1 {
				t.Fatalf("%q: %v without its place", text, err)
			}
			return
		}
		again, err := Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q becomes %q, %v", p, again, err)
		}
	})
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"vars":[{"name":"n","count":2}],"funcs":[{"name":"main","ops":[{"verb":"if","x":"n[0]","operator":"<","y":"3"},{"verb":"end"}]}]}`))
	f.Add([]byte(`{"locks":[{"name":"k","kind":"cond","l":"k"}],"funcs":[{"name":"main","params":["a"],"ops":[{"verb":"select","cases":[{"chan":"after","d":-1}]}]}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p := new(Program)
		if json.Unmarshal(text, p) != nil || p.Check() != nil {
			return
		}
		again, err := Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q becomes %q, %v", p, again, err)
		}
	})
}
