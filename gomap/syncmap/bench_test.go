package syncmap_test

import (
	"sync"
	"testing"

	"github.com/orrery-go/orrery/gomap/syncmap"
)

const benchKeys = 10_000

func BenchmarkStoreLoad(b *testing.B) {
	b.Run("model", func(b *testing.B) {
		m, err := syncmap.New[int, int](syncmap.Config[int]{Release: "running"})
		if err != nil {
			b.Fatal(err)
		}
		for k := 0; b.Loop(); k = (k + 7919) % benchKeys {
			m.Store(k, k)
			m.Load(k)
		}
	})
	b.Run("real", func(b *testing.B) {
		var m sync.Map
		for k := 0; b.Loop(); k = (k + 7919) % benchKeys {
			m.Store(k, k)
			m.Load(k)
		}
	})
}
