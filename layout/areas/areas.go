// Package areas reads which parts of an executable are loaded into which area of memory:
// code, constants, data, and variables that begin as zero. It is a package of its own so
// that a program that only lays types out does not link the readers of executables.
//
// # Concurrent use
//
// All functions may be called by several goroutines at once.
package areas

import (
	"bytes"
	"cmp"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// An Area is a kind of memory that holds parts of a program.
type Area string

// The areas. Two of the five that textbooks name, heap and stack, are not in an
// executable: the runtime takes them from the system, and a goroutine's stack is
// a span of the heap's own arena. The "global data" of the textbooks is Data and
// Zero; Constants they leave out.
const (
	Code      Area = "code"      // machine code
	Constants Area = "constants" // read-only: strings, type descriptors, tables
	Data      Area = "data"      // variables with an initial value
	Zero      Area = "zero"      // variables that begin as zero: memory without bytes in the file
	Other     Area = "other"     // loaded and none of these: for the system's loader
)

// All lists all areas.
func All() []Area { return []Area{Code, Constants, Data, Zero, Other} }

// A Section is a part of an executable that is loaded into memory.
type Section struct {
	Name string `json:"name"`
	Area Area   `json:"area"`
	Addr uint64 `json:"addr"` // where the linker put it; a position-independent program is moved as a whole
	Size uint64 `json:"size"` // bytes in memory
	// NoPointers says that the collector never looks for pointers in it: Go's
	// linker puts variables without pointers into sections of their own.
	NoPointers bool `json:"noPointers,omitempty"`
}

// Sections returns the parts of an ELF, Mach-O or PE executable that are loaded into
// memory, in order of address. It checks nothing else in the file.
func Sections(file io.ReaderAt) ([]Section, error) {
	if file == nil {
		return nil, errors.New("areas: reading an executable: the file is nil")
	}
	var magic [4]byte
	if _, err := file.ReadAt(magic[:], 0); err != nil {
		return nil, fmt.Errorf("areas: reading an executable: %w", err)
	}
	var list []Section
	var err error
	switch {
	case string(magic[:]) == elf.ELFMAG:
		list, err = elfSections(file)
	case string(magic[:2]) == "MZ":
		list, err = peSections(file)
	case bytes.Equal(magic[1:], []byte{0xfa, 0xed, 0xfe}), bytes.Equal(magic[:3], []byte{0xfe, 0xed, 0xfa}):
		list, err = machoSections(file)
	default:
		err = errors.New("neither ELF, Mach-O nor PE")
	}
	if err != nil {
		return nil, fmt.Errorf("areas: reading an executable: %w", err)
	}
	slices.SortStableFunc(list, func(a, b Section) int { return cmp.Compare(a.Addr, b.Addr) })
	return list, nil
}

// area classifies a section by how it is loaded. Go marks names: sections with "rodata"
// and "relro" are constant once the program runs.
func area(name string, code, writable, zero bool) Area {
	switch {
	case code:
		return Code
	case zero:
		return Zero
	case !writable || strings.Contains(name, ".rel.ro") || strings.Contains(name, "rodata"):
		return Constants
	}
	return Data
}

// noPointers reports whether a section is one of those that the linker makes for
// variables without pointers (cmd/link/internal/ld/data.go:dodata).
func noPointers(name string) bool {
	return strings.Contains(name, "noptrdata") || strings.Contains(name, "noptrbss")
}

func elfSections(file io.ReaderAt) ([]Section, error) {
	f, err := elf.NewFile(file)
	if err != nil {
		return nil, err
	}
	var list []Section
	for _, s := range f.Sections {
		if s.Flags&elf.SHF_ALLOC == 0 || s.Flags&elf.SHF_TLS != 0 {
			continue
		}
		a := area(s.Name, s.Flags&elf.SHF_EXECINSTR != 0, s.Flags&elf.SHF_WRITE != 0, s.Type == elf.SHT_NOBITS)
		switch s.Type {
		case elf.SHT_PROGBITS, elf.SHT_NOBITS:
		default:
			a = Other // symbols, relocations and notes
		}
		list = append(list, Section{Name: s.Name, Area: a, Addr: s.Addr, Size: s.Size, NoPointers: noPointers(s.Name)})
	}
	return list, nil
}

func machoSections(file io.ReaderAt) ([]Section, error) {
	f, err := macho.NewFile(file)
	if err != nil {
		return nil, err
	}
	const (
		sectionType  = 0xff
		zerofill     = 1
		instructions = 0x80000400 // S_ATTR_PURE_INSTRUCTIONS and S_ATTR_SOME_INSTRUCTIONS
	)
	var list []Section
	for _, s := range f.Sections {
		if s.Seg == "__DWARF" {
			continue
		}
		a := area(s.Name, s.Flags&instructions != 0, strings.HasPrefix(s.Seg, "__DATA") && s.Seg != "__DATA_CONST", s.Flags&sectionType == zerofill)
		list = append(list, Section{Name: s.Seg + "," + s.Name, Area: a, Addr: s.Addr, Size: s.Size, NoPointers: noPointers(s.Name)})
	}
	return list, nil
}

func peSections(file io.ReaderAt) ([]Section, error) {
	f, err := pe.NewFile(file)
	if err != nil {
		return nil, err
	}
	base := uint64(0)
	switch h := f.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		base = uint64(h.ImageBase)
	case *pe.OptionalHeader64:
		base = h.ImageBase
	}
	var list []Section
	for _, s := range f.Sections {
		if s.Characteristics&pe.IMAGE_SCN_MEM_DISCARDABLE != 0 || s.VirtualSize == 0 {
			continue // debugging information
		}
		a := area(s.Name, s.Characteristics&pe.IMAGE_SCN_CNT_CODE != 0, s.Characteristics&pe.IMAGE_SCN_MEM_WRITE != 0, s.Characteristics&pe.IMAGE_SCN_CNT_UNINITIALIZED_DATA != 0)
		data := min(s.Size, s.VirtualSize)
		sec := Section{Name: s.Name, Area: a, Addr: base + uint64(s.VirtualAddress), Size: uint64(data)}
		list = append(list, sec)
		if a == Data && s.VirtualSize > data {
			// The rest of .data begins as zero, and Go's linker counts on it.
			list = append(list, Section{Name: s.Name, Area: Zero, Addr: sec.Addr + uint64(data), Size: uint64(s.VirtualSize - data)})
		}
	}
	return list, nil
}

// Sizes adds up the sections of each area, in bytes.
func Sizes(list []Section) map[Area]uint64 {
	sizes := make(map[Area]uint64)
	for _, s := range list {
		sizes[s.Area] += s.Size
	}
	return sizes
}

// Find returns the section that an address lies in. ok is false for the heap, the stack,
// and all other memory that is not in an executable.
func Find(list []Section, addr uint64) (s Section, ok bool) {
	for _, s := range list {
		if addr >= s.Addr && addr-s.Addr < s.Size {
			return s, true
		}
	}
	return Section{}, false
}
