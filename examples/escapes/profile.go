package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"path"
)

// A place is a line of a file, by its base name.
type place struct {
	file string
	line int
}

// fields calls f for each field of a protocol buffer's message: its number, and its
// value or bytes.
func fields(data []byte, f func(num int, value uint64, data []byte) error) error {
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		if n <= 0 {
			return errors.New("not a profile: a field without a number")
		}
		data = data[n:]
		var value uint64
		var part []byte
		switch key & 7 {
		case 0:
			if value, n = binary.Uvarint(data); n <= 0 {
				return errors.New("not a profile: a number without an end")
			}
			data = data[n:]
		case 2:
			size, n := binary.Uvarint(data)
			if n <= 0 || size > uint64(len(data)-n) {
				return errors.New("not a profile: a part that is longer than the whole")
			}
			part, data = data[n:n+int(size)], data[n+int(size):]
		default:
			return fmt.Errorf("not a profile: a field of kind %d", key&7)
		}
		if err := f(int(key>>3), value, part); err != nil {
			return err
		}
	}
	return nil
}

// numbers returns a field's values, packed or not.
func numbers(list []uint64, value uint64, data []byte) []uint64 {
	if data == nil {
		return append(list, value)
	}
	for len(data) > 0 {
		v, n := binary.Uvarint(data)
		if n <= 0 {
			break
		}
		list, data = append(list, v), data[n:]
	}
	return list
}

// allocated reads how many bytes each line has allocated, from a profile as
// runtime/pprof writes it: github.com/google/pprof/proto/profile.proto.
func allocated(data []byte) (map[place]int64, error) {
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		if data, err = io.ReadAll(io.LimitReader(z, 1<<28)); err != nil {
			return nil, err
		}
	}
	type sample struct{ locations, values []uint64 }
	type line struct{ function, number uint64 }
	var kinds []uint64
	var samples []sample
	lines := map[uint64]line{}   // of locations, the innermost call
	files := map[uint64]uint64{} // of functions
	var names []string
	err := fields(data, func(num int, _ uint64, part []byte) error {
		switch num {
		case 1:
			return fields(part, func(num int, v uint64, _ []byte) error {
				if num == 1 {
					kinds = append(kinds, v)
				}
				return nil
			})
		case 2:
			var s sample
			err := fields(part, func(num int, v uint64, data []byte) error {
				switch num {
				case 1:
					s.locations = numbers(s.locations, v, data)
				case 2:
					s.values = numbers(s.values, v, data)
				}
				return nil
			})
			samples = append(samples, s)
			return err
		case 4:
			var id uint64
			var at *line
			err := fields(part, func(num int, v uint64, data []byte) error {
				switch {
				case num == 1:
					id = v
				case num == 4 && at == nil:
					at = new(line)
					return fields(data, func(num int, v uint64, _ []byte) error {
						switch num {
						case 1:
							at.function = v
						case 2:
							at.number = v
						}
						return nil
					})
				}
				return nil
			})
			if at != nil {
				lines[id] = *at
			}
			return err
		case 5:
			var id, file uint64
			err := fields(part, func(num int, v uint64, _ []byte) error {
				switch num {
				case 1:
					id = v
				case 4:
					file = v
				}
				return nil
			})
			files[id] = file
			return err
		case 6:
			names = append(names, string(part))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	name := func(i uint64) string {
		if i < uint64(len(names)) {
			return names[i]
		}
		return ""
	}
	space := -1
	for i, k := range kinds {
		if name(k) == "alloc_space" {
			space = i
		}
	}
	if space < 0 {
		return nil, errors.New("not a heap profile: it has no alloc_space")
	}
	out := map[place]int64{}
	for _, s := range samples {
		if len(s.locations) == 0 || space >= len(s.values) {
			continue
		}
		at := lines[s.locations[0]]
		out[place{path.Base(name(files[at.function])), int(at.number)}] += int64(s.values[space])
	}
	return out, nil
}
