package bench

import (
	"testing"
	"time"
)

// TestPanicAgain checks the output for a panic after another one with the same value, or
// with one that looks the same.
func TestPanicAgain(t *testing.T) {
	linux(t)
	real := begin(t, 1)
	for _, text := range []string{
		"main:\ndefer\npanic a\nend\npanic a\n", // equal constants, in two places
		"main:\ndefer\npanic b\nend\npanic a\n",
		"main:\ndefer\nx = recover\npanic a\nend\npanic a\n",
		"main:\ndefer\ncall f\nend\ncall f\nf:\npanic a\n", // one place, twice
		"main:\ndefer\nx = recover\ncall f\nend\ncall f\nf:\npanic a\n",
		"main:\ndefer\ndefer\npanic a\nend\npanic a\nend\npanic a\n", // three
		"main:\ndefer\ndefer\npanic b\nend\npanic a\nend\npanic a\n",
		"main:\ndefer\ndefer\nx = recover\npanic a\nend\npanic b\nend\npanic a\n",
		"main:\nx = 1\ndefer\npanic a {x}\nend\npanic a {x}\n", // equal texts are two strings if they are made as it runs
		"main:\nx = 1\ndefer\ny = recover\ncall f(x)\nend\ncall f(x)\nf(x):\npanic a {x}\n",
		"main:\ndefer\nz = 1 / 0\nend\nz = 2 / 0\n",
		"main:\ndefer\ny = recover\nz = 1 / 0\nend\nz = 2 / 0\n",
		"int a[2]\nmain:\nx = 5\ndefer\ny = recover\nz = a[x]\nend\nz = a[x]\n", // each has its index
		"chan c\nmain:\nclose c\ndefer\ny = recover\nclose c\nend\nclose c\n",
		"chan c\nmain:\nclose c\ndefer\ny = recover\nclose c\nend\npanic close of closed channel\n", // a string is no error
		"main:\ndefer\npanic a\nend\ndefer\nexit\nend\npanic a\n",
	} {
		_, live, model := both(t, real, 5*time.Second, text, "GOMAXPROCS=1")
		if live.Says != model.Says || live.Says == "" {
			t.Errorf("%q: model %q, real %q", text, model.Says, live.Says)
		}
		t.Logf("%q", live.Says)
	}
}
