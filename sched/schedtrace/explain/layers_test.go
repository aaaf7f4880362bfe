package explain

import "testing"

// TestLayers: values of a layer stay what they are until what is settled is past it, and are
// used again then, so that there are no more than a few layers need.
func TestLayers(t *testing.T) {
	var all layers[uint64]
	given := map[uint64][]uint64{}
	const lag = 40 // layers that are not settled
	for layer := uint64(1); layer < 2000; layer++ {
		settled := max(layer, lag) - lag
		n := 1 + int(layer*7%60)
		if layer == 100 {
			n = 3 * layerArray
		}
		if len(all.arrays) > 100 || len(all.free) > 100 {
			t.Fatalf("layer %d: %d arrays, %d free", layer, len(all.arrays), len(all.free))
		}
		values := all.next(n, layer, settled)
		if len(values) != n || cap(values) != n {
			t.Fatalf("%d values of %d, want %d", len(values), cap(values), n)
		}
		for i := range values {
			values[i] = layer
		}
		given[layer] = values
		for l := max(settled, 1); l <= layer; l++ {
			for _, v := range given[l] {
				if v != l {
					t.Fatalf("settled up to %d: a value of layer %d is of layer %d", settled, l, v)
				}
			}
		}
	}
	if len(all.free)+len(all.arrays) > 2+2*lag*60/layerArray {
		t.Errorf("%d arrays, %d free", len(all.arrays), len(all.free))
	}
	all.reset()
	if len(all.arrays) > 1 || all.used != 0 {
		t.Errorf("%d arrays after the reset", len(all.arrays))
	}
}
