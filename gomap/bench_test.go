package gomap_test

import (
	"testing"

	"github.com/orrery-go/orrery/gomap"
)

const benchKeys = 10_000

func benchMap(b *testing.B) (*gomap.Map[uint64, uint64], map[uint64]uint64) {
	m, err := gomap.New[uint64, uint64](gomap.Config[uint64]{Release: "running"})
	if err != nil {
		b.Fatal(err)
	}
	real := map[uint64]uint64{}
	for k := range uint64(benchKeys) {
		real[k] = k
		if _, err := m.Put(k, k); err != nil {
			b.Fatal(err)
		}
	}
	return m, real
}

// BenchmarkPut makes maps of 10,000 entries.
func BenchmarkPut(b *testing.B) {
	b.Run("model", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m, err := gomap.New[uint64, uint64](gomap.Config[uint64]{Release: "running"})
			if err != nil {
				b.Fatal(err)
			}
			for k := range uint64(benchKeys) {
				m.Put(k, k)
			}
		}
	})
	b.Run("real", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			m := map[uint64]uint64{}
			for k := range uint64(benchKeys) {
				m[k] = k
			}
		}
	})
}

var sink uint64

func BenchmarkGet(b *testing.B) {
	m, real := benchMap(b)
	b.Run("model", func(b *testing.B) {
		k := uint64(0)
		for b.Loop() {
			k = (k + 7919) % benchKeys
			v, _, _ := m.Get(k)
			sink += v
		}
	})
	b.Run("real", func(b *testing.B) {
		k := uint64(0)
		for b.Loop() {
			k = (k + 7919) % benchKeys
			sink += real[k]
		}
	})
}

func BenchmarkDeletePut(b *testing.B) {
	m, real := benchMap(b)
	b.Run("model", func(b *testing.B) {
		k := uint64(0)
		for b.Loop() {
			k = (k + 7919) % benchKeys
			m.Delete(k)
			m.Put(k, k)
		}
	})
	b.Run("real", func(b *testing.B) {
		k := uint64(0)
		for b.Loop() {
			k = (k + 7919) % benchKeys
			delete(real, k)
			real[k] = k
		}
	})
}

func BenchmarkRange(b *testing.B) {
	m, real := benchMap(b)
	b.Run("model", func(b *testing.B) {
		for b.Loop() {
			it, err := m.Range()
			if err != nil {
				b.Fatal(err)
			}
			for it.Next() {
				sink += it.Elem()
			}
		}
	})
	b.Run("real", func(b *testing.B) {
		for b.Loop() {
			for _, v := range real {
				sink += v
			}
		}
	})
}
