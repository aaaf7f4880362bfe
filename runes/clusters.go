package runes

import "unicode"

// Clusters splits a text into what a reader calls characters: grapheme clusters, by a
// part of UAX #29. Combining marks, variation selectors and emoji modifiers belong to
// what is before them; a zero-width joiner binds emoji together; two regional
// indicators make a flag; Hangul jamo make a syllable; CR LF is one. Prepended marks
// and the conjuncts of Indic scripts are left out.
func Clusters(s string) []string {
	var out []string
	begin, prev, flags := 0, rune(-1), 0
	for i, r := range s {
		if i > 0 && breaks(prev, r, flags) {
			out = append(out, s[begin:i])
			begin = i
		}
		if regional(r) {
			flags++
		} else {
			flags = 0
		}
		if begin == i && regional(r) {
			flags = 1
		}
		prev = r
	}
	if begin < len(s) {
		out = append(out, s[begin:])
	}
	return out
}

const joiner = '\u200d'

// breaks reports whether a cluster ends between two runes. flags counts the regional
// indicators of the cluster so far.
func breaks(a, b rune, flags int) bool {
	switch {
	case a == '\r' && b == '\n':
		return false
	case unicode.IsControl(a) || unicode.IsControl(b):
		return true
	case extends(b) || b == joiner:
		return false
	case a == joiner && pictographic(b):
		return false
	case regional(a) && regional(b):
		return flags%2 == 0
	}
	return !syllable(a, b)
}

// extends reports whether a rune belongs to what is before it.
func extends(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc) || r == '\u200c' || 0x1f3fb <= r && r <= 0x1f3ff || 0xe0020 <= r && r <= 0xe007f
}

// pictographic reports whether a joiner binds a rune to an emoji before it.
func pictographic(r rune) bool {
	return r >= 0x1f000 && r <= 0x1faff && !regional(r) || r >= 0x2190 && r <= 0x2bff && unicode.Is(unicode.So, r)
}

func regional(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// syllable reports whether two Hangul runes belong together (UAX #29, GB6 to GB8).
func syllable(a, b rune) bool {
	const (
		none = iota
		l    // leading consonant
		v    // vowel
		t    // trailing consonant
		lv   // a syllable without one
		lvt  // and with one
	)
	kind := func(r rune) int {
		switch {
		case 0x1100 <= r && r <= 0x115f || 0xa960 <= r && r <= 0xa97c:
			return l
		case 0x1160 <= r && r <= 0x11a7 || 0xd7b0 <= r && r <= 0xd7c6:
			return v
		case 0x11a8 <= r && r <= 0x11ff || 0xd7cb <= r && r <= 0xd7fb:
			return t
		case 0xac00 <= r && r <= 0xd7a3 && (r-0xac00)%28 == 0:
			return lv
		case 0xac00 <= r && r <= 0xd7a3:
			return lvt
		}
		return none
	}
	switch x, y := kind(a), kind(b); x {
	case l:
		return y == l || y == v || y == lv || y == lvt
	case v, lv:
		return y == v || y == t
	case t, lvt:
		return y == t
	}
	return false
}
