package iface

import (
	"crypto/md5"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/orrery-go/orrery/release"
)

// rules are what releases differ in.
type rules struct {
	release release.Release

	// Conversion: what needs no box.
	wordInside  bool // a value of up to 8 bytes is the data word itself
	ptrBytes    bool // a word that is all pointer is the data word, whatever else of size 0 is beside it
	stackTemp   bool // the box of an interface that does not escape is on the stack
	staticBytes bool // bools and one-byte integers have boxes that are always there
	zeroWords   bool // zero words, empty strings and nil slices share a box
	smallInts   bool // integers below 256, of any size
	soleString  bool // a struct or array of one string or slice is as that
	soleByte    bool // likewise of one bool or byte
	constants   bool // basic constants have boxes in the program
	literals    bool // composite literals of constants too

	// Comparison.
	noElements bool // arrays of no elements can be compared, whatever they are of

	deep deepRules

	// Assertion.
	namesInter   bool // a failed assertion to a concrete type says of which interface
	namesPointer bool // so it does only if the type is a pointer, channel, map or function
	namesScopes  bool // and why two types of one name differ
	itabChains   bool // the itab table is 1009 lists
	itabStatic   bool // the compiler makes the itabs of conversions, the start of the program adds them
	siteCaches   bool // assertions and switches have caches at their place
	jumpTables   bool // from 5 concrete cases on
	hashFields   bool // the hash knows the package of unexported fields
	hash         func(string) uint32
}

// deepRules are the changes of reflect.DeepEqual.
type deepRules struct {
	sameAddress   bool // addressable arrays, maps, slices and structs at one address are equal
	samePointer   bool // equal pointers are
	missingKeys   bool // a key that neither map finds again has equal elements
	hardStructs   bool // remembers arrays and structs, not pointers and interfaces
	unaddressable bool // remembers pointers, maps, slices and interfaces wherever they lie
	places        bool // by where they lie, also pointers and maps, unless they lie in a word of their own
}

func rulesFor(name string) (rules, error) {
	rel, err := release.Parse(name)
	if err != nil {
		return rules{}, fmt.Errorf("iface: %w", err)
	}
	at := rel.AtLeast
	r := rules{
		release:     rel,
		wordInside:  !at("go1.4"),
		ptrBytes:    at("go1.26"),
		stackTemp:   at("go1.5"),
		staticBytes: at("go1.9"),
		zeroWords:   at("go1.9"),
		smallInts:   at("go1.15"),
		soleString:  at("go1.13"),
		soleByte:    at("go1.19"),
		constants:   at("go1.9"),
		literals:    at("go1.25"),
		noElements:  !at("go1.3"),
		deep: deepRules{
			sameAddress:   !at("go1.6"),
			samePointer:   at("go1.6"),
			missingKeys:   !at("go1.6"),
			hardStructs:   !at("go1.8"),
			unaddressable: at("go1.14"),
			places:        at("go1.14") && !at("go1.14.7"),
		},
		namesInter:   at("go1.8"),
		namesPointer: at("go1.5"),
		namesScopes:  at("go1.11"),
		itabChains:   !at("go1.10"),
		itabStatic:   at("go1.8"),
		siteCaches:   at("go1.22"),
		jumpTables:   at("go1.19"),
		hashFields:   at("go1.19"),
		hash:         hashFor(rel),
	}
	return r, nil
}

// hashFor returns the hash of a release's compiler for the text of a type
// (cmd/compile/internal/types/fmt.go:TypeHash): four bytes of a sum.
func hashFor(rel release.Release) func(string) uint32 {
	sum := func(text string) [4]byte {
		s := sha256.Sum256([]byte(text))
		return [4]byte(s[:4])
	}
	flip := [4]byte{0xff}
	switch {
	case !rel.AtLeast("go1.19"):
		flip = [4]byte{}
		sum = func(text string) [4]byte {
			s := md5.Sum([]byte(text))
			return [4]byte(s[:4])
		}
	case !rel.AtLeast("go1.24"):
		flip = [4]byte{0xff, 0xff, 0xff, 0xff}
	case !rel.AtLeast("go1.25"):
		flip = [4]byte{}
		sum = func(text string) [4]byte {
			s := sha256.Sum256([]byte(text))
			return [4]byte(s[8:12])
		}
	}
	return func(text string) uint32 {
		s := sum(text)
		for i := range s {
			s[i] ^= flip[i]
		}
		return binary.LittleEndian.Uint32(s[:])
	}
}
