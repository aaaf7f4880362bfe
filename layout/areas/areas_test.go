package areas_test

import (
	"bytes"
	"debug/elf"
	"debug/macho"
	"debug/pe"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/orrery-go/orrery/layout/areas"
)

// file writes the parts of an executable one after another.
func file(t *testing.T, order binary.ByteOrder, parts ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, p := range parts {
		if err := binary.Write(&b, order, p); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

// TestSections reads small executables of each format, which are built here from the
// formats' own definitions (ELF gABI 4; Mach-O's loader.h; Microsoft's PE/COFF), with
// the sections that Go's linker makes.
func TestSections(t *testing.T) {
	macho := []areas.Section{
		{Name: "__TEXT,__text", Area: areas.Code, Addr: 0x1000, Size: 500},
		{Name: "__TEXT,__stubs", Area: areas.Code, Addr: 0x2000, Size: 48},
		{Name: "__TEXT,__rodata", Area: areas.Constants, Addr: 0x3000, Size: 300},
		{Name: "__DATA_CONST,__typelink", Area: areas.Constants, Addr: 0x4000, Size: 200},
		{Name: "__DATA,__rodata", Area: areas.Constants, Addr: 0x4800, Size: 80},
		{Name: "__DATA,__data", Area: areas.Data, Addr: 0x5000, Size: 24},
		{Name: "__DATA,__noptrdata", Area: areas.Data, Addr: 0x6000, Size: 16, NoPointers: true},
		{Name: "__DATA,__bss", Area: areas.Zero, Addr: 0x7000, Size: 4096},
		{Name: "__DATA,__noptrbss", Area: areas.Zero, Addr: 0x9000, Size: 8192, NoPointers: true},
	}
	for _, tt := range []struct {
		name string
		data []byte
		want []areas.Section
	}{
		{"ELF", elfFile(t), []areas.Section{
			{Name: ".note.go.buildid", Area: areas.Other, Addr: 0x400f00, Size: 100},
			{Name: ".text", Area: areas.Code, Addr: 0x401000, Size: 500},
			{Name: ".rodata", Area: areas.Constants, Addr: 0x402000, Size: 300},
			{Name: ".typelink", Area: areas.Constants, Addr: 0x402800, Size: 40},
			{Name: ".data.rel.ro", Area: areas.Constants, Addr: 0x403000, Size: 200},
			{Name: ".noptrdata", Area: areas.Data, Addr: 0x404000, Size: 16, NoPointers: true},
			{Name: ".data", Area: areas.Data, Addr: 0x405000, Size: 24},
			{Name: ".bss", Area: areas.Zero, Addr: 0x406000, Size: 4096},
			{Name: ".noptrbss", Area: areas.Zero, Addr: 0x407000, Size: 8192, NoPointers: true},
		}},
		{"Mach-O", machoFile(t, binary.LittleEndian), macho},
		{"Mach-O, the highest byte first", machoFile(t, binary.BigEndian), macho},
		{"PE", peFile(t), []areas.Section{
			{Name: ".text", Area: areas.Code, Addr: 0x401000, Size: 500},
			{Name: ".rdata", Area: areas.Constants, Addr: 0x402000, Size: 300},
			{Name: ".data", Area: areas.Data, Addr: 0x403000, Size: 512},
			{Name: ".data", Area: areas.Zero, Addr: 0x403200, Size: 9488},
			{Name: ".more", Area: areas.Data, Addr: 0x406000, Size: 512}, // no rest that begins as zero
		}},
	} {
		list, err := areas.Sections(bytes.NewReader(tt.data))
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.want, list); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", tt.name, diff)
		}
		sum := map[areas.Area]uint64{}
		for _, s := range list {
			sum[s.Area] += s.Size
			for addr, in := range map[uint64]bool{s.Addr: true, s.Addr + s.Size - 1: true, s.Addr + s.Size: false} {
				if got, ok := areas.Find(list, addr); (ok && got == s) != in {
					t.Errorf("%s: %#x lies in %+v, %v", tt.name, addr, got, ok)
				}
			}
		}
		if diff := cmp.Diff(sum, areas.Sizes(list)); diff != "" {
			t.Errorf("%s: (-want +got):\n%s", tt.name, diff)
		}
		if _, err := areas.Sections(bytes.NewReader(tt.data[:20])); err == nil {
			t.Errorf("%s: 20 bytes of it are read", tt.name)
		}
	}
	for _, bad := range []string{"", "ELF", "#!/bin/sh\n"} {
		if list, err := areas.Sections(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: %+v", bad, list)
		}
	}
}

func elfFile(t *testing.T) []byte {
	names := "\x00"
	sections := []elf.Section64{{}}
	add := func(name string, kind elf.SectionType, flags elf.SectionFlag, addr, size uint64) {
		sections = append(sections, elf.Section64{Name: uint32(len(names)), Type: uint32(kind), Flags: uint64(flags), Addr: addr, Off: 64, Size: size})
		names += name + "\x00"
	}
	const load, write, code = elf.SHF_ALLOC, elf.SHF_ALLOC | elf.SHF_WRITE, elf.SHF_ALLOC | elf.SHF_EXECINSTR
	add(".text", elf.SHT_PROGBITS, code, 0x401000, 500)
	add(".bss", elf.SHT_NOBITS, write, 0x406000, 4096)
	add(".noptrbss", elf.SHT_NOBITS, write, 0x407000, 8192)
	add(".rodata", elf.SHT_PROGBITS, load, 0x402000, 300)
	add(".typelink", elf.SHT_PROGBITS, load, 0x402800, 40)
	add(".data.rel.ro", elf.SHT_PROGBITS, write, 0x403000, 200)
	add(".noptrdata", elf.SHT_PROGBITS, write, 0x404000, 16)
	add(".data", elf.SHT_PROGBITS, write, 0x405000, 24)
	add(".note.go.buildid", elf.SHT_NOTE, load, 0x400f00, 100)
	add(".tbss", elf.SHT_NOBITS, write|elf.SHF_TLS, 0x408000, 8)
	add(".debug_info", elf.SHT_PROGBITS, 0, 0, 700)
	add(".shstrtab", elf.SHT_STRTAB, 0, 0, 0)
	last := &sections[len(sections)-1]
	last.Off, last.Size = 64, uint64(len(names))
	head := elf.Header64{
		Ident: [16]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT),
		Ehsize: 64, Shentsize: 64, Shnum: uint16(len(sections)), Shstrndx: uint16(len(sections) - 1), Shoff: 64 + uint64(len(names)),
	}
	return file(t, binary.LittleEndian, head, []byte(names), sections)
}

func name16(s string) (out [16]byte) {
	copy(out[:], s)
	return out
}

func machoFile(t *testing.T, order binary.ByteOrder) []byte {
	const code, zero = 0x80000400, 1 // S_ATTR_PURE_INSTRUCTIONS with S_ATTR_SOME_INSTRUCTIONS; S_ZEROFILL
	var commands []byte
	segments := 0
	add := func(seg string, sections ...macho.Section64) {
		for i := range sections {
			sections[i].Seg = name16(seg)
		}
		head := macho.Segment64{Cmd: macho.LoadCmdSegment64, Len: uint32(72 + 80*len(sections)), Name: name16(seg), Nsect: uint32(len(sections))}
		commands = append(commands, file(t, order, head, sections)...)
		segments++
	}
	add("__TEXT",
		macho.Section64{Name: name16("__text"), Addr: 0x1000, Size: 500, Flags: code},
		macho.Section64{Name: name16("__stubs"), Addr: 0x2000, Size: 48, Flags: code | 8}, // S_SYMBOL_STUBS
		macho.Section64{Name: name16("__rodata"), Addr: 0x3000, Size: 300})
	add("__DATA_CONST", macho.Section64{Name: name16("__typelink"), Addr: 0x4000, Size: 200})
	add("__DATA",
		macho.Section64{Name: name16("__noptrbss"), Addr: 0x9000, Size: 8192, Flags: zero},
		macho.Section64{Name: name16("__bss"), Addr: 0x7000, Size: 4096, Flags: zero},
		macho.Section64{Name: name16("__noptrdata"), Addr: 0x6000, Size: 16},
		macho.Section64{Name: name16("__rodata"), Addr: 0x4800, Size: 80},
		macho.Section64{Name: name16("__data"), Addr: 0x5000, Size: 24})
	add("__DWARF", macho.Section64{Name: name16("__debug_info"), Addr: 0x20000, Size: 700})
	head := macho.FileHeader{Magic: macho.Magic64, Cpu: macho.CpuAmd64, Type: macho.TypeExec, Ncmd: uint32(segments), Cmdsz: uint32(len(commands))}
	return file(t, order, head, uint32(0), commands)
}

func peFile(t *testing.T) []byte {
	dos := make([]byte, 0x40)
	copy(dos, "MZ")
	dos[0x3c] = 0x40 // where "PE" is
	const load = pe.IMAGE_SCN_MEM_READ
	section := func(name string, at, virtual, size, flags uint32) pe.SectionHeader32 {
		s := pe.SectionHeader32{VirtualSize: virtual, VirtualAddress: at, SizeOfRawData: size, Characteristics: flags}
		copy(s.Name[:], name)
		return s
	}
	sections := []pe.SectionHeader32{
		section(".text", 0x1000, 500, 512, load|pe.IMAGE_SCN_CNT_CODE|pe.IMAGE_SCN_MEM_EXECUTE),
		section(".rdata", 0x2000, 300, 512, load|pe.IMAGE_SCN_CNT_INITIALIZED_DATA),
		section(".data", 0x3000, 10000, 512, load|pe.IMAGE_SCN_CNT_INITIALIZED_DATA|pe.IMAGE_SCN_MEM_WRITE),
		section(".more", 0x6000, 512, 512, load|pe.IMAGE_SCN_CNT_INITIALIZED_DATA|pe.IMAGE_SCN_MEM_WRITE),
		section(".debug", 0x7000, 700, 1024, load|pe.IMAGE_SCN_CNT_INITIALIZED_DATA|pe.IMAGE_SCN_MEM_DISCARDABLE),
		section(".none", 0x8000, 0, 512, load|pe.IMAGE_SCN_CNT_INITIALIZED_DATA),
	}
	optional := pe.OptionalHeader64{Magic: 0x20b, ImageBase: 0x400000, NumberOfRvaAndSizes: 16}
	head := pe.FileHeader{Machine: pe.IMAGE_FILE_MACHINE_AMD64, NumberOfSections: uint16(len(sections)), SizeOfOptionalHeader: uint16(binary.Size(optional))}
	return file(t, binary.LittleEndian, dos, []byte("PE\x00\x00"), head, optional, sections)
}

// FuzzSections gives files to Sections.
func FuzzSections(f *testing.F) {
	for _, s := range []string{"\x7fELF", "MZ", "\xcf\xfa\xed\xfe", "\xfe\xed\xfa\xce", "#!/bin/sh"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		list, err := areas.Sections(bytes.NewReader(file))
		if err != nil {
			return
		}
		for i, s := range list {
			if i > 0 && s.Addr < list[i-1].Addr {
				t.Fatal("out of order")
			}
			if got, ok := areas.Find(list, s.Addr); ok && got.Addr > s.Addr {
				t.Fatalf("found %+v for %#x", got, s.Addr)
			}
		}
		areas.Sizes(list)
	})
}
