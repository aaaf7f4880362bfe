package lb

import (
	"hash/crc32"
	"math/bits"
)

// sdbm is HAProxy's hash_sdbm (src/hash.c).
func sdbm(text string) uint32 {
	h := uint32(0)
	for i := range len(text) {
		h = uint32(text[i]) + h<<6 + h<<16 - h
	}
	return h
}

// avalanche is HAProxy's full_hash (include/haproxy/intops.h): Bob Jenkins' hash of
// an integer, and a factor.
func avalanche(a uint32) uint32 {
	a = a + 0x7ed55d16 + a<<12
	a = a ^ 0xc761c23c ^ a>>19
	a = a + 0x165667b1 + a<<5
	a = (a + 0xd3a2646c) ^ a<<9
	a = a + 0xfd7046c5 + a<<3
	a = a ^ 0xb55a4f09 ^ a>>16
	return a * 3221225473
}

// crc returns the CRC-32 of IEEE 802.3, as ngx_crc32_long.
func crc(text string) uint32 { return crcMore(^uint32(0), text) ^ ^uint32(0) }

// crcMore goes on with one that has begun with all bits set, and is not turned yet
// (ngx_crc32_update).
func crcMore(h uint32, text string) uint32 {
	for i := range len(text) {
		h = crcByte(h, text[i])
	}
	return h
}

func crcByte(h uint32, b byte) uint32 { return crc32.IEEETable[byte(h)^b] ^ h>>8 }

// mix returns the finalizer of splitmix64: it spreads every bit over all.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// HashKey returns the hash of a key that [Rendezvous] and [Maglev] use, for their Lookup:
// it takes eight bytes at a time, the last eight may overlap those before, and multiplies
// them to 128 bits whose halves it combines.
func HashKey(key string) uint64 {
	const k = 0x9e3779b97f4a7c15 // 2^64 over the golden ratio
	h := uint64(len(key)) ^ k
	rest := key
	for len(rest) > 8 {
		h = halves(h^eight(rest), k)
		rest = rest[8:]
	}
	x := uint64(0)
	switch n := len(key); {
	case n >= 8:
		x = eight(key[n-8:])
	case n >= 4:
		x = four(key) | four(key[n-4:])<<32
	default:
		for i := range n {
			x = x<<8 | uint64(key[i])
		}
	}
	return mix(halves(h^x, k))
}

// halves combines the halves of a product.
func halves(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func four(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}

func eight(s string) uint64 {
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
