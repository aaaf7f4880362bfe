package race

import (
	"fmt"
	"strconv"
	"strings"
)

// ParseEntry reads an entry in words, as scenarios have them: "write x", "read x 4",
// "lock mu", "add -1 wg", "go g", "make c chan 2 8", "make c cond mu". Numbers after a
// variable are its size. It returns an error if there is no such verb, or if a word is
// missing or superfluous.
func ParseEntry(g Name, text string) (Entry, error) {
	e := Entry{G: g}
	words := strings.Fields(text)
	// A verb has up to two words.
	for n := min(2, len(words)); n > 0 && e.Verb == ""; n-- {
		if v := Verb(strings.Join(words[:n], " ")); verbs[v] {
			e.Verb, words = v, words[n:]
		}
	}
	if e.Verb == "" {
		return e, fmt.Errorf("race: no verb in %.60q", text)
	}
	next := func() (w string) {
		if len(words) > 0 {
			w, words = words[0], words[1:]
		}
		return w
	}
	number := func(w string, def int64) int64 {
		if w == "" {
			return def
		}
		n, err := strconv.ParseInt(w, 0, 64)
		if err != nil {
			words = append(words, w) // too many words: the error below
		}
		return n
	}
	switch types[e.Verb] {
	case "":
		switch e.Verb {
		case GoVerb:
			e.New = Name(next())
		case ExitVerb:
		case MakeVerb:
			e.On, e.Type = Name(next()), Type(next())
			switch e.Type {
			case Chan:
				e.Cap = number(next(), 0)
				e.Size = int(number(next(), 8))
			case Cond:
				e.Lock = Name(next())
			}
		default:
			if w := next(); strings.HasPrefix(w, "0x") {
				e.Addr = Name(w)
			} else {
				e.Var = Name(w)
			}
			e.Size = int(number(next(), 0))
		}
	default:
		if e.Verb == AddVerb {
			e.N = number(next(), 0)
		}
		e.On = Name(next())
	}
	if len(words) > 0 {
		return e, fmt.Errorf("race: %s does not take %.40q", e.Verb, words[0])
	}
	return e, nil
}

// ParseEntries reads entries in words, "g: write x; main: read x".
func ParseEntries(text string) ([]Entry, error) {
	var out []Entry
	for part := range strings.SplitSeq(text, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		g, rest, ok := strings.Cut(part, ":")
		if !ok {
			return nil, fmt.Errorf("race: %.60q has no goroutine (want like %q)", part, "g: write x")
		}
		e, err := ParseEntry(Name(strings.TrimSpace(g)), rest)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// Play performs entries in words, as [ParseEntries] reads them, up to the first error,
// which it returns.
func (l *Log) Play(text string) error {
	entries, err := ParseEntries(text)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, err := l.Do(e); err != nil {
			return err
		}
	}
	return nil
}

// verbs are all there are.
var verbs = allVerbs()

func allVerbs() map[Verb]bool {
	all := map[Verb]bool{}
	for _, v := range []Verb{GoVerb, ExitVerb, MakeVerb, ReadVerb, WriteVerb, ReadRangeVerb, WriteRangeVerb, NewVerb, LoadVerb, StoreVerb, ModifyVerb, FailVerb} {
		all[v] = true
	}
	for v := range types {
		all[v] = true
	}
	return all
}
