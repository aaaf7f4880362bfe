package runes_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/orrery-go/orrery/runes"
)

// ranged returns the offset, rune and width in each turn of a for range loop over a
// text.
func ranged(t *testing.T, text string) string {
	t.Helper()
	d, err := runes.New(runes.Config{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for e := range d.Events() {
		out = append(out, fmt.Sprintf("%d:%04X/%d", e.Offset, e.Rune, e.Width))
	}
	return strings.Join(out, " ")
}

// TestPublished checks cases that people asked about or reported as a bug.
func TestPublished(t *testing.T) {
	for _, c := range []struct{ from, text, want string }{
		{"golang/go#25306", "\xd5\xbc\xbd\xbe", "0:057C/2 2:FFFD/1 3:FFFD/1"},
		{"golang/go#47826: U+FFFD itself", "C\xef\xbf\xbd", "0:0043/1 1:FFFD/3"},
		{"samber/lo#1007, go-tools#751", "\xffa", "0:FFFD/1 1:0061/1"},
		{"golang/go#26542: indexes are of bytes", "aÑb", "0:0061/1 1:00D1/2 3:0062/1"},
		{"vlang/v#27630: overlong, surrogate, cut off", "\xc1\xa1-\xed\xa0\x80-\xc3", "0:FFFD/1 1:FFFD/1 2:002D/1 3:FFFD/1 4:FFFD/1 5:FFFD/1 6:002D/1 7:FFFD/1"},
		{"Unicode 15, table 3-8", "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "0:FFFD/1 1:FFFD/1 2:FFFD/1 3:FFFD/1 4:FFFD/1 5:FFFD/1 6:FFFD/1 7:FFFD/1 8:0041/1"},
		{"Unicode 15, table 3-11: Go replaces byte by byte, not part by part", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "0:FFFD/1 1:FFFD/1 2:FFFD/1 3:FFFD/1 4:FFFD/1 5:FFFD/1 6:FFFD/1 7:FFFD/1 8:0041/1"},
		{"the largest code point, and the next", "\xf4\x8f\xbf\xbf\xf4\x90\x80\x80", "0:10FFFF/4 4:FFFD/1 5:FFFD/1 6:FFFD/1 7:FFFD/1"},
		{"a byte order mark is a rune", "\ufeffx", "0:FEFF/3 3:0078/1"},
		{"Java's NUL", "\xc0\x80", "0:FFFD/1 1:FFFD/1"},
		{"CESU-8: two surrogates for one emoji", "\xed\xa0\xbd\xed\xb8\x80", "0:FFFD/1 1:FFFD/1 2:FFFD/1 3:FFFD/1 4:FFFD/1 5:FFFD/1"},
		{"Markus Kuhn's stress test, 3.1.9: every lone tail", "\x80\xbf", "0:FFFD/1 1:FFFD/1"},
		{"the same, 3.2.5: six-byte sequences are none", "\xfc\x84\x80\x80\x80\x80", "0:FFFD/1 1:FFFD/1 2:FFFD/1 3:FFFD/1 4:FFFD/1 5:FFFD/1"},
	} {
		if got := ranged(t, c.text); got != c.want {
			t.Errorf("%s: % X is %s, want %s", c.from, c.text, got, c.want)
		}
	}
	// RuneLen depends on the decoded rune, not on the bytes that were read.
	r, width := runes.Decode("\xffa")
	if width != 1 || runes.Len(r) != 3 || runes.Len(0xd800) != -1 {
		t.Errorf("width %d, Len %d, of a surrogate %d", width, runes.Len(r), runes.Len(0xd800))
	}
	// tinygo#2181: string of a surrogate is U+FFFD.
	if got := string(runes.Append(nil, 0xd800)); got != "\ufffd" {
		t.Errorf("a surrogate is encoded as % X", got)
	}
	if !runes.Valid("C\xef\xbf\xbd") || runes.Count("C\xef\xbf\xbd") != 2 {
		t.Error("U+FFFD itself is valid, and a rune")
	}
}
