package gomap

import (
	"fmt"
	"math"
	"math/bits"
	"reflect"
)

// Hash returns the default hash function of a map: a mixer, the same on every machine and
// in every process, whereas Go's has a key of its own in each. Equal keys have equal
// hashes.
//
// Keys may have any comparable type. Pointers, channels and what contains them are hashed
// by their type alone, since addresses differ from run to run.
func Hash[K comparable]() func(key K, seed uint64) uint64 {
	var zero K
	var f any
	switch any(zero).(type) {
	case int:
		f = func(k int, seed uint64) uint64 { return mix(uint64(k), seed) }
	case int64:
		f = func(k int64, seed uint64) uint64 { return mix(uint64(k), seed) }
	case uint64:
		f = func(k uint64, seed uint64) uint64 { return mix(k, seed) }
	case string:
		f = hashString
	default:
		return func(k K, seed uint64) uint64 { return hashValue(reflect.ValueOf(&k).Elem(), seed, 0) }
	}
	return f.(func(K, uint64) uint64)
}

// mix returns the finisher of wyhash.
func mix(k, seed uint64) uint64 {
	hi, lo := bits.Mul64(k^0x9E3779B97F4A7C15, seed|1)
	hi, lo = bits.Mul64(hi^lo^0xE7037ED1A0B428DB, 0x8EBC6AF09C88C6E3)
	return hi ^ lo
}

func hashString(s string, seed uint64) uint64 {
	h := seed ^ uint64(len(s))
	for len(s) >= 8 {
		var w uint64
		for i := range 8 {
			w |= uint64(s[i]) << (8 * i)
		}
		h, s = mix(w, h), s[8:]
	}
	var w uint64
	for i := range len(s) {
		w |= uint64(s[i]) << (8 * i)
	}
	return mix(w, h)
}

func hashValue(v reflect.Value, h uint64, depth int) uint64 {
	if depth > 1000 {
		return h
	}
	switch v.Kind() {
	case reflect.Bool:
		if v.Bool() {
			return mix(1, h)
		}
		return mix(0, h)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return mix(uint64(v.Int()), h)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return mix(v.Uint(), h)
	case reflect.Float32, reflect.Float64:
		return mix(floatBits(v.Float()), h)
	case reflect.Complex64, reflect.Complex128:
		return mix(floatBits(imag(v.Complex())), mix(floatBits(real(v.Complex())), h))
	case reflect.String:
		return hashString(v.String(), h)
	case reflect.Interface:
		if v.IsNil() {
			return mix(0, h)
		}
		return hashValue(v.Elem(), hashString(v.Elem().Type().String(), h), depth+1)
	case reflect.Array:
		for i := range v.Len() {
			h = hashValue(v.Index(i), h, depth+1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "_" {
				h = hashValue(v.Field(i), h, depth+1)
			}
		}
	default:
		return hashString(fmt.Sprint(v.Type()), h)
	}
	return mix(0, h)
}

// floatBits returns the same for both zeros.
func floatBits(f float64) uint64 {
	if f == 0 {
		return 0
	}
	return math.Float64bits(f)
}
