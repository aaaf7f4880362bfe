package main

import (
	"debug/dwarf"
	"debug/elf"
	"fmt"
	"strings"
)

// structs reads the runtime's structures from this program's debugging information.
func structs() (map[string]string, error) {
	f, err := elf.Open("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for r := d.Reader(); ; {
		e, err := r.Next()
		if err != nil || e == nil {
			return out, err
		}
		name, _ := e.Val(dwarf.AttrName).(string)
		switch {
		case e.Tag == dwarf.TagVariable && strings.HasPrefix(name, "runtime.mheap"):
			out["variable"] = strings.TrimPrefix(name, "runtime.")
		case e.Tag == dwarf.TagStructType && (name == "runtime.mcache" || name == "runtime.mcentral" || name == "runtime.mheap" || name == "runtime.p"):
			t, err := d.Type(e.Offset)
			if err != nil {
				return nil, err
			}
			var fields []string
			for _, field := range t.(*dwarf.StructType).Field {
				text := field.Name + ":" + field.Type.Common().Name
				if a, ok := field.Type.(*dwarf.ArrayType); ok {
					text = fmt.Sprintf("%s[%d]", field.Name, a.Count)
				}
				fields = append(fields, text)
			}
			out[strings.TrimPrefix(name, "runtime.")] = strings.Join(fields, " ")
		}
	}
}
