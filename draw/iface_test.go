package draw_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/orrery-go/orrery/draw"
	"github.com/orrery-go/orrery/iface"
	"github.com/orrery-go/orrery/iface/source"
)

func ifaceValues(t rapid.TB, statements ...string) []iface.Value {
	t.Helper()
	p, err := source.New(iface.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := p.Do(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	var out []iface.Value
	for _, name := range []string{"a", "b", "c", "d"} {
		v, err := p.Var(name)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v)
	}
	return out
}

func TestIfaceWords(t *testing.T) {
	got := draw.IfaceWords(ifaceValues(t,
		"type MyError struct{ code int }", "func (*MyError) Error() string", "func (*MyError) Code() int",
		"var a error", "var p *MyError", "var b error = p", "var c interface { Code() int; Error() string } = &MyError{7}", "var d any = MyError{1000}")...)
	wellFormed(t, got)
	same(t, "iface_words.svg", got)
	many := make([]iface.Value, 10_000)
	if long := draw.IfaceWords(many...); len(long) > 20_000 {
		t.Errorf("ten thousand interfaces take %d bytes", len(long))
	}
	rapid.Check(t, func(t *rapid.T) {
		m, err := iface.New(iface.Config{})
		if err != nil {
			t.Fatal(err)
		}
		v, err := m.ValuesOf(rapid.String().Draw(t, "s"), rapid.Int().Draw(t, "n"), rapid.SliceOf(rapid.String()).Draw(t, "list"), &struct{ A any }{1}, nil)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, draw.IfaceWords(append(v, iface.Value{})...))
	})
}
