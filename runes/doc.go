// Package runes models how Go reads and writes text: UTF-8, a rune at a time, as
// unicode/utf8, for range over a string and the conversions between strings, []byte
// and []rune do it.
//
// # The mechanism
//
// A string is bytes. By convention they are UTF-8, in which a code point takes one to
// four bytes:
//
//	0xxxxxxx                             U+0000 to U+007F
//	110xxxxx 10xxxxxx                    U+0080 to U+07FF
//	1110xxxx 10xxxxxx 10xxxxxx           U+0800 to U+FFFF, without the surrogates
//	11110xxx 10xxxxxx 10xxxxxx 10xxxxxx  U+10000 to U+10FFFF
//
// Not every such pattern is allowed. A code point has one encoding, the shortest; the
// surrogates D800 to DFFF, which are halves of a UTF-16 pair, have none; and there is
// nothing above 10FFFF. All of that is decided by the second byte: after E0 it must be A0
// to BF (or the code point would fit two bytes), after ED 80 to 9F (no surrogates), after
// F0 90 to BF (or three would do), after F4 80 to 8F (the end). C0, C1 and F5 to FF begin
// nothing. So an automaton of nine states that reads a byte a step decides: see [DFA].
//
// # The steps
//
// [Decoder.Step] decodes one rune:
//
//  1. Read the first byte. Below 80 it is the rune.
//  2. If it begins a sequence, read as many bytes as it announces, as long as each is
//     allowed where it stands.
//  3. If all are, the rune is made of their low bits.
//  4. If one is not, or the text ends, the rune is U+FFFD of width 1: one byte is
//     skipped, and the next step begins at the byte after it. (Decoders that follow
//     WHATWG replace a whole broken sequence by one U+FFFD instead.)
//
// U+FFFD may also stand in the text, as EF BF BD: then its width is 3. Only the width
// tells the two apart.
//
// # Bytes, runes and what a reader calls a character
//
// len counts bytes, len([]rune(s)) code points, and neither what a reader sees: é may
// be two code points, a family emoji seven. [Clusters] counts those, by a part of
// Unicode's rules that fidelity.md names. rune is int32, an alias: any number fits,
// a code point or not.
//
// # Conversions
//
// []byte(s), string(b), []rune(s) and string(r) copy; [Conversions] says how many bytes
// into how large an array, and where the compiler leaves the copy out.
//
// # Releases
//
// The rules of decoding are those of every release since 1.2. The costs of conversions
// are those of Go 1.26 and 1.27.
//
// # Sources
//
// unicode/utf8/utf8.go, runtime/string.go, runtime/utf8.go; RFC 3629; The Unicode
// Standard, section 3.9, table 3-7; UAX #29 for clusters.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once. A [Decoder] is for one
// goroutine at a time.
package runes
