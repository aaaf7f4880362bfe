package ctxtree

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// Name returns what the context's method String returns, as fmt prints it:
// "context.Background.WithCancel". It calls String of keys and values as Go does, and up
// to Go 1.12 prints them with %#v. The date of a deadline has no reading of the monotonic
// clock, and a context of another package is printed as its type's name. It returns an
// error if the node is unknown or not a context.
func (t *Tree) Name(n Node) (string, error) {
	if err := t.readable(n); err != nil {
		return "", err
	}
	var parts []string // from the context upwards
	for ; ; n = t.cold[n].parent {
		part := ""
		switch t.hot[n].form {
		case cancelForm:
			part = ".WithCancel"
		case timerForm:
			when := t.timer(n).when
			date := t.config.Start.Add(when.at).Add(time.Duration(when.over)) // over is at most a Duration
			part = ".WithDeadline(" + date.String() + " [" + t.until(when).String() + "])"
		case withoutForm:
			part = ".WithoutCancel"
		case valueForm:
			v := t.values[t.cold[n].data]
			switch t.rules.naming {
			case byFmt:
				part = fmt.Sprintf(".WithValue(%#v, %#v)", v.key, v.val)
			case keyType:
				part = ".WithValue(type " + reflect.TypeOf(v.key).String() + ", val " + t.stringify(v.val) + ")"
			default:
				part = ".WithValue(" + t.stringify(v.key) + ", " + t.stringify(v.val) + ")"
			}
		case customForm:
			parts = append(parts, t.customName(n))
		case emptyForm:
			parts = append(parts, "context."+map[Node]string{Background: "Background", TODO: "TODO"}[n])
		case noForm:
			if t.rules.naming != byFmt {
				return "", NilDereference
			}
			parts = append(parts, "<nil>")
		}
		if part == "" {
			break
		}
		parts = append(parts, part)
		if t.cold[n].stop {
			// Its parent was wrapped together with the stop function.
			parts = append(parts, "context.stopCtx")
			break
		}
	}
	var b strings.Builder
	for i := len(parts) - 1; i >= 0; i-- {
		b.WriteString(parts[i])
	}
	return b.String(), nil
}

// until reports how far away a moment is, or the most that a Duration can say.
func (t *Tree) until(m moment) time.Duration {
	switch d := m.at - t.now.at; {
	case m.over > 0 && uint64(t.now.at) < m.over:
		return math.MaxInt64
	case m.over > 0:
		return math.MaxInt64 - t.now.at + time.Duration(m.over)
	case m.at < 0 && d > 0:
		return math.MinInt64
	default:
		return d
	}
}

func (t *Tree) customName(n Node) string {
	if name := t.custom(n).Name; name != "" {
		return name
	}
	return "custom"
}

// stringify is package context's: a value without String is its type, and before Go
// 1.23 not even that.
func (t *Tree) stringify(v any) string {
	switch s := v.(type) {
	case fmt.Stringer:
		return s.String()
	case string:
		return s
	case nil:
		if t.rules.naming == anyValue {
			return "<nil>"
		}
	}
	if t.rules.naming == anyValue {
		return reflect.TypeOf(v).String()
	}
	return "<not Stringer>"
}
