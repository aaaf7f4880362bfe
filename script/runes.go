//go:build !orrery_lean

package script

import (
	"fmt"
	"strings"

	"github.com/orrery-go/orrery/runes"
)

// runesScript is a text and a decoder of it.
type runesScript struct {
	text    string
	decoder *runes.Decoder
}

func init() { interpreters["runes"] = newRunes }

func newRunes() *Interpreter {
	s := new(runesScript)
	return &Interpreter{begun: func() bool { return s.decoder != nil }, verbs: []Verb{
		{Name: "new", Args: "TEXT", Doc: `begin with a text; in quotes it may hold bytes: "a\xc3\xa9"`, first: true, run: s.begin},
		{Name: "step", Args: "[n=1]", Doc: "decode the next n runes", run: s.step},
		{Name: "run", Doc: "decode to the end", run: s.run},
		{Name: "count", Doc: "bytes, runes and clusters of the text", run: s.count},
		{Name: "show", Doc: "where the decoder stands", run: s.show},
		{Name: "encode", Args: "CODE...", Doc: "the bytes of code points: 0x6f22", first: true, run: runesEncode},
		{Name: "convert", Args: "[escapes]", Doc: "what converting the text costs", run: s.convert},
		{Name: "check", Doc: "which invariant is broken", run: func(*Command) (string, error) { return checked(s.decoder.Check()) }},
	}}
}

func (s *runesScript) begin(c *Command) (string, error) {
	text := c.Word()
	d, err := runes.New(runes.Config{Text: text})
	if err == nil {
		s.text, s.decoder = text, d
	}
	return "", err
}

func (s *runesScript) step(c *Command) (string, error) {
	n := c.Int("n", 1)
	if c.Err() != nil || n < 1 || n > 1000 {
		return "", fmt.Errorf("script: %d steps out of range [1,1000]", n)
	}
	return s.tell(int(n)), nil
}

func (s *runesScript) run(*Command) (string, error) { return s.tell(1000), nil }

func (s *runesScript) tell(n int) string {
	var b strings.Builder
	for e := range s.decoder.Events() {
		fmt.Fprintln(&b, e)
		if n--; n == 0 {
			break
		}
	}
	return b.String()
}

func (s *runesScript) count(*Command) (string, error) {
	return fmt.Sprintf("%d bytes, %d runes, %d clusters", len(s.text), runes.Count(s.text), len(runes.Clusters(s.text))), nil
}

func (s *runesScript) show(*Command) (string, error) {
	k := s.decoder.Snapshot()
	return fmt.Sprintf("at %d of %d bytes, %d runes decoded", k.Offset, k.Bytes, k.Decoded), nil
}

func runesEncode(c *Command) (string, error) {
	var b strings.Builder
	for _, n := range c.Numbers() {
		if n != int64(int32(n)) {
			return "", fmt.Errorf("script: %d is no int32", n)
		}
		fmt.Fprintf(&b, "%U: % X, RuneLen %d\n", rune(n), runes.Append(nil, rune(n)), runes.Len(rune(n)))
	}
	return b.String(), c.Err()
}

func (s *runesScript) convert(c *Command) (string, error) {
	escapes := c.Flag("escapes")
	var b strings.Builder
	for _, k := range []runes.Conversion{runes.BytesOfString, runes.StringOfBytes, runes.RunesOfString, runes.StringOfRunes} {
		cost, err := runes.Convert(k, s.text, escapes)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%-10v len %d, cap %d, %d bytes copied %s\n", k, cost.Len, cost.Cap, cost.Copied, cost.Why)
	}
	return b.String(), nil
}
