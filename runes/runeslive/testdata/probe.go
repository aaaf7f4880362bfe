// The questions for old releases, in the Go of 1.2: sums (FNV-1a) of the results of
// decoding and encoding, over texts that are too many to list.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"unicode/utf8"
)

type sum uint64

func (h *sum) add(n int) {
	for i := 0; i < 4; i++ {
		*h = (*h ^ sum(byte(n>>(8*uint(i))))) * 1099511628211
	}
}

func (h *sum) text(s string) {
	r, w := utf8.DecodeRuneInString(s)
	h.add(int(r))
	h.add(w)
	r, w = utf8.DecodeLastRuneInString(s)
	h.add(int(r))
	h.add(w)
	for i, r := range s {
		h.add(i)
		h.add(int(r))
	}
}

func (h sum) String() string { return fmt.Sprintf("%016x", uint64(h)) }

const start = sum(14695981039346656037)

func main() {
	decode := map[string]string{}
	h := start
	for n := 1; n <= 2; n++ {
		for i := 0; i < 1<<uint(8*n); i++ {
			h.text(string([]byte{byte(i), byte(i >> 8)}[:n]))
		}
	}
	decode["1 and 2 bytes"] = h.String()
	h = start
	edges := []byte{0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xff}
	for _, a := range edges {
		for _, b := range edges {
			for _, c := range edges {
				h.text(string([]byte{a, b, c}))
				for _, d := range edges {
					h.text(string([]byte{a, b, c, d}))
				}
			}
		}
	}
	decode["3 and 4 bytes at the edges"] = h.String()
	h = start
	buf := make([]byte, 4)
	for r := rune(-1000); r < 0x111000; r++ {
		n := utf8.EncodeRune(buf, r)
		h.add(n)
		for _, b := range buf[:n] {
			h.add(int(b))
		}
		h.add(utf8.RuneLen(r))
	}
	json.NewEncoder(os.Stdout).Encode(map[string]interface{}{"decode": decode, "encode": h.String()})
}
