package program

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestParse holds that what is wrong with a program is told.
func TestParse(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", "0 functions"},
		{"main:\njump\n", `line 2: program: no operation "jump"`},
		{"chan\nmain:\n", "want the kind and name"},
		{"chan c x\nmain:\n", `"x" is not a whole number`},
		{"chan c -1\nmain:\n", "capacity -1 out of range"},
		{"chan c\nchan c\nmain:\n", `"c" is there twice`},
		{"chan nil\nmain:\n", `"nil" is no name`},
		{"mutex m 3\nmain:\n", `mutex does not take "3"`},
		{"cond k\nmain:\n", "want chan, mutex"},
		{"cond k m\nmain:\n", `"m" is no mutex`},
		{"main:\nsend\n", "send without a channel"},
		{"main:\nsend c\n", `no channel "c"`},
		{"main:\nlock m\n", `no mutex "m"`},
		{"waitgroup w\nmain:\nlock w\n", `"w" is a waitgroup: want a mutex`},
		{"main:\ngo f\n", `no function "f"`},
		{"main:\nwork\n", "invalid duration"},
		{"main:\nwork -1ms\n", "out of range"},
		{"main:\nloop 0\nend\n", "a loop of no turns"},
		{"main:\nloop\n", "a loop without its end"},
		{"main:\nend\n", "an end without its loop"},
		{"main:\nloop\nloop\nloop\nloop\nend\nend\nend\nend\n", "more than 3 loops"},
		{"chan c\nmain:\nselect take c\n", `case "take c"`},
		{"main:\nselect recv c\n", `no channel "c"`},
		{"main:\nyield 3\n", `yield does not take "3"`},
		{"main:\nprocs 0\n", "0 out of range [1,1024]"},
		{"waitgroup w\nmain:\nadd w\n", "want a waitgroup and a number"},
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
	if _, err := json.Marshal(last); err == nil {
		t.Error("a verb that there is not has a word")
	}
	if v := new(Verb); json.Unmarshal([]byte(`""`), v) == nil {
		t.Error("a verb without a word")
	}
}

func FuzzParse(f *testing.F) {
	f.Add("chan c 1\nmain:\nsend c 7\nselect send c 1, default\nloop 3\nend\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(p.String())
		if err != nil || again.String() != p.String() {
			t.Fatalf("%q becomes %q, %v", p, again, err)
		}
	})
}
